"""spec.toml and indicators.csv → Template, with every mistake reported at once, each with its path."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar, cast

from jixiao_xlsx.form.check_spec import inconsistencies
from jixiao_xlsx.form.spec import (
    NUMERIC,
    Carry,
    ColumnSpec,
    EquationSpec,
    ExtraSpec,
    Grade,
    IndicatorSpec,
    RateSpec,
    RowSpec,
    SheetSpec,
    SpecError,
    TableSpec,
    Template,
    Tier,
)
from jixiao_xlsx.values.equations import (
    EquationError,
    Ratio,
    Ref,
    Relation,
    Scope,
    parse_ratio,
    parse_relation,
)
from jixiao_xlsx.values.findings import Severity

TYPES = NUMERIC | {"text", "long", "choice", "date", "measure"}
SHAPES = ("record", "fixed", "open")
SECTIONS = (
    "id", "version", "title", "file_name", "sheet", "table", "equation", "rate", "grade", "tier", "roles", "thresholds",
    "severity", "disabled", "directions", "indicators", "execution", "plan", "funds", "carry", "reference", "remarks",
)  # fmt: skip
T = TypeVar("T")


def load(folder: Path) -> Template:
    """The form in `folder`. Raises SpecError with every mistake."""
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
        indicators, execution, reference = (
            self.section(data, key) for key in ("indicators", "execution", "reference")
        )
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
            roles={
                name: self.address(f"roles.{name}", text)
                for name, text in self.section(data, "roles").items()
            },
            thresholds={
                name: self.fraction(f"thresholds.{name}", value)
                for name, value in self.section(data, "thresholds").items()
            },
            severities={
                code: self.severity(f"severity.{code}", value)
                for code, value in self.section(data, "severity").items()
            },
            disabled=self.words(data, "disabled"),
            directions={
                sign: self.names(f"directions.{sign}", words)
                for sign, words in self.section(data, "directions").items()
            },
            indicator_table=self.optional(indicators, "table", "indicators"),
            indicator_columns=self.words(indicators, "columns", "indicators"),
            full_mark=self.fraction("indicators.full_mark", indicators.get("full_mark", 100)),
            weights_by=self.one_of(
                "indicators.weights_by",
                indicators.get("weights_by", "level2"),
                ("level1", "level2"),
            ),
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
        self.mistakes += inconsistencies(template)
        if self.mistakes:
            raise SpecError(str(self.folder), self.mistakes)
        return template

    # -- pieces

    def sheet(self, path: str, data: Mapping[str, Any]) -> SheetSpec:
        self.unknown(path, data, SheetSpec)
        return SheetSpec(
            title=self.text(data, "title", f"{path}.title"),
            kind=self.one_of(
                f"{path}.kind", data.get("kind", "data"), ("data", "guide", "selfcheck")
            ),
            heading=self.optional(data, "heading", path),
            repeats=self.whole(data, "repeats", path) or 0,
            aliases=self.names(f"{path}.aliases", data.get("aliases", [])),
            orientation=self.one_of(
                f"{path}.orientation",
                data.get("orientation", "portrait"),
                ("portrait", "landscape"),
            ),
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
            rows=tuple(
                self.each(
                    data, "rows", lambda p, d: self.row(p, d, default_required or everything), here
                )
            ),
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
        wanted = (
            data["required"]
            if isinstance(data.get("required"), list)
            else self.yes(data, "required", path)
        )
        return RowSpec(
            title=self.text(data, "title", f"{path}.title"),
            type=self.one_of(f"{path}.type", data["type"], TYPES) if "type" in data else "",
            aliases=self.names(f"{path}.aliases", data.get("aliases", [])),
            unit=self.optional(data, "unit", path),
            decimals=self.whole(data, "decimals", path),
            required=self.names(f"{path}.required", wanted)
            if isinstance(wanted, list)
            else (required if wanted else ()),
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
        return Carry(
            self.address(f"{path}.from", data.get("from")),
            self.address(f"{path}.to", data.get("to")),
        )

    def grade(self, path: str, data: Mapping[str, Any]) -> Grade:
        self.unknown(path, data, also={"name", "from"})
        return Grade(
            self.text(data, "name", f"{path}.name"),
            self.fraction(f"{path}.from", data.get("from", 0)),
        )

    def tier(self, path: str, data: Mapping[str, Any]) -> Tier:
        self.unknown(path, data, also={"name", "low", "high", "aliases"})
        name = self.text(data, "name", f"{path}.name")
        words = (name, *self.names(f"{path}.aliases", data.get("aliases", [])))
        return Tier(
            name,
            self.fraction(f"{path}.low", data.get("low")),
            self.fraction(f"{path}.high", data.get("high")),
            words,
        )

    # -- indicators.csv

    def library(self) -> Iterator[IndicatorSpec]:
        path = self.folder / "indicators.csv"
        if not path.is_file():
            return
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for number, line in enumerate(csv.DictReader(stream), start=2):
                yield self.indicator(
                    f"indicators.csv 第 {number} 行",
                    {k: (v or "").strip() for k, v in line.items() if k},
                )

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
            direction=self.one_of(
                f"{here}·指标方向", line.get("指标方向", ""), ("≥", "≤", "=", "定性", "")
            ),
            shape=self.one_of(
                f"{here}·评分形式",
                line.get("评分形式", ""),
                ("比率", "控制率", "变动率", "档次", "未定"),
            ),
            target=line.get("目标值", ""),
            unit=line.get("计量单位", ""),
            full_from=self.fraction(f"{here}·满分起点", line.get("满分起点") or "1"),
            per_point=self.fraction(f"{here}·每百分点扣减", line.get("每百分点扣减") or "0"),
            may_be_na=self.one_of(f"{here}·可不适用", line.get("可不适用", "否"), ("是", "否"))
            == "是",
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
        fits = value is None or (
            isinstance(value, int) and not isinstance(value, bool) and value >= 0
        )
        return value if fits else self.wrong(f"{path}.{key}", "不小于 0 的整数", None)

    def number(self, data: Mapping[str, Any], key: str, path: str, default: float) -> float:
        value = data.get(key, default)
        fits = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        return value if fits else self.wrong(f"{path}.{key}", "不小于 0 的数", default)

    def yes(self, data: Mapping[str, Any], key: str, path: str) -> bool:
        value = data.get(key, False)
        return (
            value
            if isinstance(value, bool)
            else self.wrong(f"{path}.{key}", " true 或 false", False)
        )

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
            self.mistakes.append(
                f"{path}：“{value}”不在允许的取值内（{'、'.join(sorted(filter(None, allowed)))}）"
            )
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

    def unknown(
        self, path: str, data: Mapping[str, Any], spec: Any = None, also: Collection[str] = ()
    ) -> None:
        known = {*(spec.__dataclass_fields__ if spec else ()), *also}
        self.mistakes += [f"{path}.{key}：不认识的键" for key in data if key not in known]
