"""workbook_templates/*/ → one typed Template.

A form is data: `spec.toml` and `indicators.csv`. Loading reports every mistake at once, each with its path, as a
SpecError; nothing else in the package reads these files.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from jixiao_xlsx.amounts import dimension, tidy
from jixiao_xlsx.equations import (
    ALL_ROWS,
    EquationError,
    Ratio,
    Ref,
    Relation,
    Scope,
    Side,
    parse_ratio,
    parse_relation,
)
from jixiao_xlsx.model import Severity

DEFAULT_TEMPLATE = "bumen-zhengti"
NUMERIC = frozenset({"money", "count", "score", "percent"})
TYPES = NUMERIC | {"text", "long", "choice", "date", "measure"}
SHAPES = ("record", "fixed", "open")
SECTIONS = (
    "id", "version", "title", "file_name", "sheet", "table", "equation", "rate", "grade", "tier", "roles", "thresholds",
    "severity", "disabled", "directions", "indicators", "execution", "plan", "funds", "carry", "reference", "remarks",
)  # fmt: skip
T = TypeVar("T")
DEFAULT_DECIMALS = {"money": 2, "count": 0, "score": 4, "percent": 2}


class SpecError(ValueError):
    """A form that cannot be used; `mistakes` lists every one, each with its path."""

    def __init__(self, source: str, mistakes: list[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(f"表单定义有 {len(mistakes)} 处错误（{source}）：\n" + "\n".join(f"  {m}" for m in mistakes))


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column: its title, type, unit and what a clerk may type. `only` limits it to some rows; `auto`: a formula."""

    title: str
    type: str = "text"
    aliases: tuple[str, ...] = ()
    unit: str = ""
    decimals: int | None = None
    width: float = 14
    required: bool = False
    auto: bool = False
    choices: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    preset: str = ""

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC


@dataclass(frozen=True, slots=True)
class RowSpec:
    """A fixed row. `type`, `unit`, `decimals`, `choices` override the column's; `required` names columns ("*" for all)."""

    title: str
    type: str = ""
    aliases: tuple[str, ...] = ()
    unit: str = ""
    decimals: int | None = None
    required: tuple[str, ...] = ()
    auto: bool = False
    choices: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    indent: int = 0
    group: str = ""
    hint: str = ""
    height: float = 0


@dataclass(frozen=True, slots=True)
class ExtraSpec:
    """A labelled cell beside the grid, such as a reason."""

    title: str
    type: str = "text"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSpec:
    """A sheet, or a part of one."""

    name: str
    sheet: str
    shape: str
    heading: str
    columns: tuple[ColumnSpec, ...]
    rows: tuple[RowSpec, ...] = ()
    unit: str = ""
    decimals: int | None = None
    total: str = ""
    total_auto: bool = False
    spare: int = 0
    label: tuple[str, ...] = ()
    label_title: str = "项目"
    inherit: tuple[str, ...] = ()
    source: str = ""
    tick: str = ""
    caption: bool = False
    heading_names_department: bool = False
    extras: tuple[ExtraSpec, ...] = ()

    @cached_property
    def column(self) -> Mapping[str, ColumnSpec]:
        return {column.title: column for column in self.columns}

    @cached_property
    def row(self) -> Mapping[str, RowSpec]:
        return {row.title: row for row in self.rows}

    def kind(self, row: str, column: ColumnSpec) -> str:
        """The type of the cell at `row` (any title for an open row) and `column`."""
        spec = self.row.get(row)
        return spec.type if spec and spec.type else column.type

    def unit_of(self, row: str, column: ColumnSpec) -> str:
        """元, 万元, 分, 人 …; "%" for rates, "" for words."""
        kind = self.kind(row, column)
        if kind == "percent":
            return "%"
        if kind not in NUMERIC:
            return ""
        spec = self.row.get(row)
        return (spec.unit if spec else "") or column.unit or self.unit

    def decimals_of(self, row: str, column: ColumnSpec) -> int:
        """Digits that the form prints; a rate's are of its percentage."""
        spec = self.row.get(row)
        for choice in (spec.decimals if spec else None, column.decimals, self.decimals if column.type == "money" else None):
            if choice is not None:
                return choice
        return DEFAULT_DECIMALS.get(self.kind(row, column), 2)

    def exists(self, row: str, column: ColumnSpec) -> bool:
        """Whether the form has a cell to fill there at all."""
        spec = self.row.get(row)
        return (not column.only or row in column.only) and (not spec or not spec.only or column.title in spec.only)

    def is_auto(self, row: str, column: ColumnSpec) -> bool:
        """Whether that cell of the blank form is a formula."""
        if not self.exists(row, column) or not column.numeric:
            return False
        spec = self.row.get(row)
        in_total = self.total_auto and row == self.total
        return column.auto or (column.type != "percent" and column.type != "score" and bool(spec and spec.auto)) or in_total


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """A worksheet of the form, in its place. kind: data | guide | selfcheck."""

    title: str
    kind: str = "data"
    aliases: tuple[str, ...] = ()
    orientation: str = "portrait"
    signature: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EquationSpec:
    """A reconciliation relation as data: one rule of the catalogue."""

    code: str
    title: str
    relation: Relation
    severity: Severity
    basis: str
    relations: tuple[str, ...] = ()
    table: str = ""
    columns: tuple[str, ...] = ()
    note_columns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()

    @property
    def across(self) -> bool:
        """Whether it holds between tables."""
        return not self.table


@dataclass(frozen=True, slots=True)
class RateSpec:
    """A rate shown in a column, recomputed per row."""

    code: str
    title: str
    ratio: Ratio
    severity: Severity
    basis: str
    table: str
    relations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """One line of the indicator library. Weight in 分; `target` as the form prints it."""

    level1: str
    level2: str
    name: str
    common: bool
    weight: Fraction
    direction: str
    shape: str
    target: str
    unit: str
    full_from: Fraction
    per_point: Fraction
    may_be_na: bool
    base: tuple[Ratio, ...]
    evidence: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carry:
    """A figure of last year's workbook that is typed into this year's: the closing balance is the opening one."""

    source: Ref
    target: Ref


@dataclass(frozen=True, slots=True)
class Grade:
    """等级 and the score it starts from, on 100."""

    name: str
    floor: Fraction


@dataclass(frozen=True, slots=True)
class Tier:
    """A 定性 tier, its words, and the share of the weight it allows."""

    name: str
    low: Fraction
    high: Fraction
    words: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Template:
    """Everything that is agreed about one form."""

    id: str
    version: str
    title: str
    file_name: str
    folder: Path
    sheets: tuple[SheetSpec, ...]
    tables: tuple[TableSpec, ...]
    equations: tuple[EquationSpec, ...]
    rates: tuple[RateSpec, ...]
    indicators: tuple[IndicatorSpec, ...]
    grades: tuple[Grade, ...]
    tiers: tuple[Tier, ...]
    roles: Mapping[str, Ref]
    thresholds: Mapping[str, Fraction]
    severities: Mapping[str, Severity]
    disabled: Mapping[str, str]
    directions: Mapping[str, tuple[str, ...]]
    indicator_table: str = ""
    indicator_columns: Mapping[str, str] = field(default_factory=dict)
    full_mark: Fraction = Fraction(100)
    execution_table: str = ""
    execution_row: str = ""
    execution_weight: Fraction = Fraction(0)
    execution_columns: Mapping[str, str] = field(default_factory=dict)
    reference_table: str = ""
    reference_columns: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    carries: tuple[Carry, ...] = ()
    plan: Mapping[str, str] = field(default_factory=dict)
    funds: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def table(self) -> Mapping[str, TableSpec]:
        return {table.name: table for table in self.tables}

    @cached_property
    def sheet(self) -> Mapping[str, SheetSpec]:
        return {sheet.title: sheet for sheet in self.sheets}

    @cached_property
    def library(self) -> Mapping[str, IndicatorSpec]:
        """The indicator library by tidied name and alias; a name goes before another's alias."""
        names = {tidy(alias): spec for spec in self.indicators for alias in spec.aliases}
        return names | {tidy(spec.name): spec for spec in self.indicators}

    def edition(self, version: str) -> Template | None:
        """The form as it was at a `version`, kept in versions/<version>/; itself for its own or none; None: not kept.

        Raises SpecError for a kept one that cannot be used.
        """
        if version in {"", self.version}:
            return self
        # Compared, never joined: the version comes out of a file.
        kept = next((folder for folder in (self.folder / "versions").glob("*/") if folder.name == version), None)
        return _load(kept) if kept and (kept / "spec.toml").is_file() else None

    def unit_of(self, ref: Ref) -> str:
        """The unit of the cell at an address by titles."""
        table = self.table[ref.table]
        return table.unit_of(ref.row, table.column[ref.column])

    def is_auto(self, ref: Ref) -> bool:
        """Whether the cell at an address by titles is a formula in the blank form."""
        table = self.table[ref.table]
        return table.is_auto(ref.row, table.column[ref.column])

    def tables_of(self, sheet: str) -> tuple[TableSpec, ...]:
        return tuple(table for table in self.tables if table.sheet == sheet)

    def grade(self, score: Fraction) -> str:
        """The grade of a score on 100."""
        return next((g.name for g in self.grades if score >= g.floor), self.grades[-1].name)


# ------------------------------------------------------------------------------------------------------------ loading


def templates_folder() -> Path:
    """The folder of the forms: beside the package in a checkout, inside it in an installed wheel."""
    inside = Path(__file__).parent / "workbook_templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "workbook_templates"


def find_template(name: str | Path = DEFAULT_TEMPLATE) -> Template:
    """The template of that id, or in that folder. Raises SpecError."""
    folder = Path(name)
    if not (folder / "spec.toml").is_file():
        folder = templates_folder() / str(name)
    if not (folder / "spec.toml").is_file():
        known = "、".join(sorted(p.parent.name for p in templates_folder().glob("*/spec.toml")))
        raise SpecError(str(name), [f"找不到这个表单。现有表单：{known}；也可以给出含 spec.toml 的文件夹。"])
    return _load(folder.resolve())


@cache
def _load(folder: Path) -> Template:
    return _Loader(folder).template()


class _Loader:
    """Reads one folder, collecting mistakes as it goes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mistakes: list[str] = []

    def template(self) -> Template:
        try:
            data = tomllib.loads((self.folder / "spec.toml").read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SpecError(str(self.folder), [f"spec.toml 不是有效的 TOML：{error}"]) from error
        self.unknown("spec.toml", data, also=SECTIONS)
        indicators, execution, reference = (self.section(data, key) for key in ("indicators", "execution", "reference"))
        template = Template(
            id=self.text(data, "id", "id"),
            version=self.text(data, "version", "version"),
            title=self.text(data, "title", "title"),
            file_name=self.text(data, "file_name", "file_name"),
            folder=self.folder,
            sheets=tuple(self.each(data, "sheet", self.sheet)),
            tables=tuple(self.each(data, "table", self.table)),
            equations=tuple(self.each(data, "equation", self.equation)),
            rates=tuple(self.each(data, "rate", self.rate)),
            indicators=tuple(self.library()),
            grades=tuple(self.each(data, "grade", self.grade)),
            tiers=tuple(self.each(data, "tier", self.tier)),
            roles={name: self.address(f"roles.{name}", text) for name, text in self.section(data, "roles").items()},
            thresholds={
                name: self.fraction(f"thresholds.{name}", value) for name, value in self.section(data, "thresholds").items()
            },
            severities={code: self.severity(f"severity.{code}", value) for code, value in self.section(data, "severity").items()},
            disabled=self.words(data, "disabled"),
            directions={sign: self.names(f"directions.{sign}", words) for sign, words in self.section(data, "directions").items()},
            indicator_table=self.optional(indicators, "table", "indicators"),
            indicator_columns=self.words(indicators, "columns", "indicators"),
            full_mark=self.fraction("indicators.full_mark", indicators.get("full_mark", 100)),
            execution_table=self.optional(execution, "table", "execution"),
            execution_row=self.optional(execution, "row", "execution"),
            execution_weight=self.fraction("execution.weight", execution.get("weight", 0)),
            execution_columns=self.words(execution, "columns", "execution"),
            plan=self.words(data, "plan"),
            funds=self.words(data, "funds"),
            reference_table=self.optional(reference, "table", "reference"),
            reference_columns=self.words(reference, "columns", "reference"),
            remarks=self.words(data, "remarks"),
            carries=tuple(self.each(data, "carry", self.carry)),
        )
        self.mistakes += _inconsistencies(template)
        if self.mistakes:
            raise SpecError(str(self.folder), self.mistakes)
        return template

    # -- pieces

    def sheet(self, path: str, data: Mapping[str, Any]) -> SheetSpec:
        self.unknown(path, data, SheetSpec)
        return SheetSpec(
            title=self.text(data, "title", f"{path}.title"),
            kind=self.one_of(f"{path}.kind", data.get("kind", "data"), ("data", "guide", "selfcheck")),
            aliases=self.names(f"{path}.aliases", data.get("aliases", [])),
            orientation=self.one_of(f"{path}.orientation", data.get("orientation", "portrait"), ("portrait", "landscape")),
            signature=self.names(f"{path}.signature", data.get("signature", [])),
        )

    def table(self, path: str, data: Mapping[str, Any]) -> TableSpec:
        name = self.text(data, "name", f"{path}.name")
        here = f"table[{name}]"
        columns = tuple(self.each(data, "columns", self.column, here))
        everything = tuple(column.title for column in columns)
        default_required = tuple(column.title for column in columns if column.required)
        self.unknown(here, data, TableSpec, also={"columns", "rows", "extras"})
        return TableSpec(
            name=name,
            sheet=self.optional(data, "sheet", here, name),
            shape=self.one_of(f"{here}.shape", data.get("shape", ""), SHAPES),
            heading=self.optional(data, "heading", here, name),
            columns=columns,
            rows=tuple(self.each(data, "rows", lambda p, d: self.row(p, d, default_required or everything), here)),
            unit=self.optional(data, "unit", here),
            decimals=self.whole(data, "decimals", here),
            total=self.optional(data, "total", here),
            total_auto=self.yes(data, "total_auto", here),
            spare=self.whole(data, "spare", here) or 0,
            label=self.names(f"{here}.label", data.get("label", [])),
            label_title=self.optional(data, "label_title", here, "项目"),
            inherit=self.names(f"{here}.inherit", data.get("inherit", [])),
            source=self.optional(data, "source", here),
            tick=self.optional(data, "tick", here),
            caption=self.yes(data, "caption", here),
            heading_names_department=self.yes(data, "heading_names_department", here),
            extras=tuple(self.each(data, "extras", self.extra, here)),
        )

    def column(self, path: str, data: Mapping[str, Any]) -> ColumnSpec:
        self.unknown(path, data, ColumnSpec)
        return ColumnSpec(
            title=self.text(data, "title", f"{path}.title"),
            type=self.one_of(f"{path}.type", data.get("type", "text"), TYPES),
            aliases=self.names(f"{path}.aliases", data.get("aliases", [])),
            unit=self.optional(data, "unit", path),
            decimals=self.whole(data, "decimals", path),
            width=self.number(data, "width", path, 14),
            required=self.yes(data, "required", path),
            auto=self.yes(data, "auto", path),
            choices=self.names(f"{path}.choices", data.get("choices", [])),
            only=self.names(f"{path}.only", data.get("only", [])),
            preset=self.optional(data, "preset", path),
        )

    def row(self, path: str, data: Mapping[str, Any], required: tuple[str, ...]) -> RowSpec:
        self.unknown(path, data, RowSpec)
        wanted = data["required"] if isinstance(data.get("required"), list) else self.yes(data, "required", path)
        return RowSpec(
            title=self.text(data, "title", f"{path}.title"),
            type=self.one_of(f"{path}.type", data["type"], TYPES) if "type" in data else "",
            aliases=self.names(f"{path}.aliases", data.get("aliases", [])),
            unit=self.optional(data, "unit", path),
            decimals=self.whole(data, "decimals", path),
            required=self.names(f"{path}.required", wanted) if isinstance(wanted, list) else (required if wanted else ()),
            auto=self.yes(data, "auto", path),
            choices=self.names(f"{path}.choices", data.get("choices", [])),
            only=self.names(f"{path}.only", data.get("only", [])),
            indent=self.whole(data, "indent", path) or 0,
            group=self.optional(data, "group", path),
            hint=self.optional(data, "hint", path),
            height=self.number(data, "height", path, 0),
        )

    def extra(self, path: str, data: Mapping[str, Any]) -> ExtraSpec:
        self.unknown(path, data, ExtraSpec)
        return ExtraSpec(
            title=self.text(data, "title", f"{path}.title"),
            type=self.one_of(f"{path}.type", data.get("type", "text"), TYPES),
            aliases=self.names(f"{path}.aliases", data.get("aliases", [])),
        )

    def equation(self, path: str, data: Mapping[str, Any]) -> EquationSpec:
        code = self.text(data, "code", f"{path}.code")
        here = f"equation[{code}]"
        self.unknown(here, data, EquationSpec, also={"holds", "scope"})
        table = self.optional(data, "table", here)
        scope = Scope(self.one_of(f"{here}.scope", data.get("scope", "sheet"), tuple(Scope)))
        relation = Relation("", scope, "=", ())
        try:
            relation = parse_relation(self.optional(data, "holds", here), scope, table)
        except EquationError as error:
            self.mistakes.append(f"{here}.holds：{error}")
        return EquationSpec(
            code=code,
            title=self.text(data, "title", f"{here}.title"),
            relation=relation,
            severity=self.severity(f"{here}.severity", data.get("severity", "error")),
            basis=self.text(data, "basis", f"{here}.basis"),
            relations=self.names(f"{here}.relations", data.get("relations", [])),
            table=table,
            columns=self.names(f"{here}.columns", data.get("columns", [])),
            note_columns=self.names(f"{here}.note_columns", data.get("note_columns", [])),
            rows=self.names(f"{here}.rows", data.get("rows", [])),
            yields_to=self.names(f"{here}.yields_to", data.get("yields_to", [])),
        )

    def rate(self, path: str, data: Mapping[str, Any]) -> RateSpec:
        code = self.text(data, "code", f"{path}.code")
        here = f"rate[{code}]"
        self.unknown(here, data, RateSpec, also={"holds"})
        table = self.text(data, "table", f"{here}.table")
        ratio = Ratio("", (), (), Ref(table, "", ""))
        try:
            ratio = parse_ratio(self.optional(data, "holds", here), Scope.ROW, table)
        except EquationError as error:
            self.mistakes.append(f"{here}.holds：{error}")
        if ratio.shown is None:
            self.mistakes.append(f"{here}.holds：应写成“比率 = 分子 / 分母”")
        return RateSpec(
            code=code,
            title=self.text(data, "title", f"{here}.title"),
            ratio=ratio,
            severity=self.severity(f"{here}.severity", data.get("severity", "error")),
            basis=self.text(data, "basis", f"{here}.basis"),
            table=table,
            relations=self.names(f"{here}.relations", data.get("relations", [])),
        )

    def carry(self, path: str, data: Mapping[str, Any]) -> Carry:
        self.unknown(path, data, also={"from", "to"})
        return Carry(self.address(f"{path}.from", data.get("from")), self.address(f"{path}.to", data.get("to")))

    def grade(self, path: str, data: Mapping[str, Any]) -> Grade:
        self.unknown(path, data, also={"name", "from"})
        return Grade(self.text(data, "name", f"{path}.name"), self.fraction(f"{path}.from", data.get("from", 0)))

    def tier(self, path: str, data: Mapping[str, Any]) -> Tier:
        self.unknown(path, data, also={"name", "low", "high", "aliases"})
        name = self.text(data, "name", f"{path}.name")
        words = (name, *self.names(f"{path}.aliases", data.get("aliases", [])))
        return Tier(name, self.fraction(f"{path}.low", data.get("low")), self.fraction(f"{path}.high", data.get("high")), words)

    # -- indicators.csv

    def library(self) -> Iterator[IndicatorSpec]:
        path = self.folder / "indicators.csv"
        if not path.is_file():
            return
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for number, line in enumerate(csv.DictReader(stream), start=2):
                yield self.indicator(f"indicators.csv 第 {number} 行", {k: (v or "").strip() for k, v in line.items() if k})

    def indicator(self, here: str, line: Mapping[str, str]) -> IndicatorSpec:
        base: list[Ratio] = []
        for text in filter(None, line.get("基础数据", "").split("；")):
            try:
                base.append(parse_ratio(text.strip()))
            except EquationError as error:
                self.mistakes.append(f"{here}·基础数据：{error}")
        return IndicatorSpec(
            level1=self.text(line, "一级指标", f"{here}·一级指标"),
            level2=self.text(line, "二级指标", f"{here}·二级指标"),
            name=self.text(line, "三级指标", f"{here}·三级指标"),
            common=self.one_of(f"{here}·类别", line.get("类别", ""), ("共性", "个性")) == "共性",
            weight=self.fraction(f"{here}·权重", line.get("权重")),
            direction=self.one_of(f"{here}·指标方向", line.get("指标方向", ""), ("≥", "≤", "=", "定性", "")),
            shape=self.one_of(f"{here}·评分形式", line.get("评分形式", ""), ("比率", "控制率", "变动率", "档次", "未定")),
            target=line.get("目标值", ""),
            unit=line.get("计量单位", ""),
            full_from=self.fraction(f"{here}·满分起点", line.get("满分起点") or "1"),
            per_point=self.fraction(f"{here}·每百分点扣减", line.get("每百分点扣减") or "0"),
            may_be_na=self.one_of(f"{here}·可不适用", line.get("可不适用", "否"), ("是", "否")) == "是",
            base=tuple(base),
            evidence=line.get("佐证", ""),
            aliases=tuple(part for part in line.get("别名", "").split("|") if part),
        )

    # -- values

    def each(self, data: Mapping[str, Any], key: str, make: Any, parent: str = "") -> Iterator[Any]:
        items = data.get(key, [])
        here = f"{parent}.{key}" if parent else key
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            self.mistakes.append(f"{here}：应是一组条目")
            return
        for number, item in enumerate(items, start=1):
            yield make(f"{here}[{number}]", item)

    def text(self, data: Mapping[str, Any], key: str, path: str) -> str:
        value = data.get(key)
        if not isinstance(value, str) or not value:
            self.mistakes.append(f"{path}：缺少，或不是文字")
            return ""
        return value

    def optional(self, data: Mapping[str, Any], key: str, path: str, default: str = "") -> str:
        value = data.get(key, default)
        return value if isinstance(value, str) else self.wrong(f"{path}.{key}", "文字", default)

    def whole(self, data: Mapping[str, Any], key: str, path: str) -> int | None:
        value = data.get(key)
        fits = value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)
        return value if fits else self.wrong(f"{path}.{key}", "不小于 0 的整数", None)

    def number(self, data: Mapping[str, Any], key: str, path: str, default: float) -> float:
        value = data.get(key, default)
        fits = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        return value if fits else self.wrong(f"{path}.{key}", "不小于 0 的数", default)

    def yes(self, data: Mapping[str, Any], key: str, path: str) -> bool:
        value = data.get(key, False)
        return value if isinstance(value, bool) else self.wrong(f"{path}.{key}", " true 或 false", False)

    def section(self, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = data.get(key, {})
        return value if isinstance(value, dict) else self.wrong(key, "一节", {})

    def words(self, data: Mapping[str, Any], key: str, path: str = "") -> Mapping[str, str]:
        here = f"{path}.{key}" if path else key
        value = data.get(key, {})
        if not isinstance(value, dict):
            return self.wrong(here, "一节", {})
        return {name: self.optional(value, name, here) for name in value}

    def wrong(self, path: str, wanted: str, default: T) -> T:
        self.mistakes.append(f"{path}：应是{wanted}")
        return default

    def names(self, path: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.mistakes.append(f"{path}：应是一组文字")
            return ()
        return tuple(cast("list[str]", value))

    def one_of(self, path: str, value: object, allowed: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            self.mistakes.append(f"{path}：“{value}”不在允许的取值内（{'、'.join(sorted(filter(None, allowed)))}）")
            return str(next(iter(allowed)))
        return str(value)

    def severity(self, path: str, value: object) -> Severity:
        return Severity(self.one_of(path, value, tuple(s.value for s in Severity)))

    def fraction(self, path: str, value: object) -> Fraction:
        try:
            return Fraction(Decimal(str(value)))
        except (InvalidOperation, ValueError):
            self.mistakes.append(f"{path}：“{value}”不是数字")
            return Fraction(0)

    def address(self, path: str, value: object) -> Ref:
        try:
            return parse_ratio(f"{value} / {value}").numerator[0].ref
        except EquationError as error:
            self.mistakes.append(f"{path}：{error}")
            return Ref("", "", "")

    def unknown(self, path: str, data: Mapping[str, Any], spec: Any = None, also: Collection[str] = ()) -> None:
        known = {*(spec.__dataclass_fields__ if spec else ()), *also}
        self.mistakes += [f"{path}.{key}：不认识的键" for key in data if key not in known]


def _inconsistencies(template: Template) -> Iterator[str]:
    """Names that lead nowhere, units that cannot meet, codes used twice."""
    seen: set[str] = set()
    for code in [e.code for e in template.equations] + [r.code for r in template.rates]:
        if code in seen:
            yield f"{code}：编号重复"
        seen.add(code)
    sheets = {sheet.title for sheet in template.sheets}
    for table in template.tables:
        if table.sheet not in sheets:
            yield f"table[{table.name}].sheet：没有名为“{table.sheet}”的工作表"
    for equation in template.equations:
        yield from _wrong_limits(template, equation)
        yield from _wrong_refs(template, f"equation[{equation.code}]", equation.relation.sides)
        yield from _mixed_units(template, equation)
    for rate in template.rates:
        yield from _wrong_refs(template, f"rate[{rate.code}]", (rate.ratio.numerator, rate.ratio.denominator))
        if rate.ratio.shown and (problem := _wrong_ref(template, rate.ratio.shown)):
            yield f"rate[{rate.code}]：{problem}"
    for indicator in template.indicators:
        for base in indicator.base:
            yield from _wrong_refs(template, f"indicators.csv·{indicator.name}·基础数据", (base.numerator, base.denominator))
    for name, ref in template.roles.items():
        if ref.table and (problem := _wrong_ref(template, ref)):
            yield f"roles.{name}：{problem}"
    for part, table_name, columns in (
        ("indicators", template.indicator_table, template.indicator_columns),
        ("execution", template.execution_table, template.execution_columns),
        ("reference", template.reference_table, template.reference_columns),
    ):
        if table_name:
            yield from _wrong_columns(template, part, table_name, columns, f"{part}.columns")
    for part, named, keys in (
        ("funds", template.funds, ("basic", "wages", "office")),
        ("remarks", template.remarks, ("code", "item", "text")),
    ):
        if named:
            titles = {key: named.get(key, "") for key in keys}
            yield from _wrong_columns(template, part, named.get("table", ""), titles, part)
    rows = {"execution.row": Ref(template.execution_table, template.execution_row, "")} if template.execution_table else {}
    if template.plan:
        rows["plan.overall"] = Ref(template.plan.get("table", ""), template.plan.get("overall", ""), "")
    yield from (f"{path}：{problem}" for path, ref in rows.items() if (problem := _wrong_ref(template, ref)))
    for number, carry in enumerate(template.carries, start=1):
        yield from (f"carry[{number}]：{problem}" for problem in _wrong_carry(template, carry))


def _wrong_carry(template: Template, carry: Carry) -> Iterator[str]:
    refs = [ref for ref in (carry.source, carry.target) if ref.table]
    wrong = [problem for ref in refs if (problem := _wrong_ref(template, ref))]
    yield from wrong
    if len(refs) < 2 or wrong:
        return
    for ref in refs:
        if ref.row not in template.table[ref.table].row:
            yield f"“{ref}”不是固定行"
    if template.is_auto(carry.target):
        yield f"“{carry.target}”是自动计算的格，不能预填"
    kinds = {dimension(template.unit_of(ref)) for ref in refs}
    if len(kinds) > 1:
        yield f"单位不同（{'、'.join(sorted(kinds))}）"


def _wrong_limits(template: Template, equation: EquationSpec) -> Iterator[str]:
    """Columns and rows that an equation is limited to, but that its table has not."""
    table = template.table.get(equation.table)
    if table is None:
        if equation.table or equation.relation.scope is not Scope.SHEET:
            yield f"equation[{equation.code}].table：没有名为“{equation.table}”的表"
        return
    titles = {"columns": table.column, "note_columns": table.column, "rows": table.row}
    for key, known in titles.items():
        for title in getattr(equation, key):
            if title not in known and title != table.total:
                yield f"equation[{equation.code}].{key}：表“{table.name}”没有“{title}”"


def _wrong_columns(template: Template, part: str, table_name: str, columns: Mapping[str, str], path: str) -> Iterator[str]:
    table = template.table.get(table_name)
    if table is None:
        yield f"{part}.table：没有名为“{table_name}”的表"
        return
    titles = set(table.column) | {extra.title for extra in table.extras}
    yield from (f"{path}.{key}：表“{table_name}”没有“{title}”" for key, title in columns.items() if title not in titles)


def _wrong_refs(template: Template, here: str, sides: tuple[Side, ...]) -> Iterator[str]:
    for side in sides:
        for term in side:
            if problem := _wrong_ref(template, term.ref):
                yield f"{here}：{problem}"


def _wrong_ref(template: Template, ref: Ref) -> str:
    table = template.table.get(ref.table)
    if table is None:
        return f"没有名为“{ref.table}”的表"
    if ref.row and ref.row not in table.row and ref.row not in {ALL_ROWS, table.total}:
        return f"表“{ref.table}”没有“{ref.row}”这一行"
    if ref.column and ref.column not in table.column:
        return f"表“{ref.table}”没有“{ref.column}”这一列"
    return ""


def _mixed_units(template: Template, equation: EquationSpec) -> Iterator[str]:
    kinds = set()
    for side in equation.relation.sides:
        for term in side:
            table = template.table.get(term.ref.table)
            column = table.column.get(term.ref.column) if table else None
            if table and column:
                kinds.add(dimension(table.unit_of(term.ref.row, column)))
    if len(kinds) > 1:
        yield f"equation[{equation.code}].holds：单位不能相加减（{'、'.join(sorted(kinds))}）"
