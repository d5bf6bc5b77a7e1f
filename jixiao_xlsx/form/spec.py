"""A form as typed values: Template and what it is made of.

A form is data: `workbook_templates/*/spec.toml` and `indicators.csv`, read by `load_spec`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from jixiao_xlsx.form.carry import Carry, ReferenceTable
from jixiao_xlsx.form.grades import Grade, Tier
from jixiao_xlsx.values.equations import Ratio, Ref, Relation
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.showing.brief import Brief
from jixiao_xlsx.values.text import tidy

NUMERIC = frozenset({"money", "count", "score", "percent"})
_DEFAULT_DECIMALS = {"money": 2, "count": 0, "score": 4, "percent": 2}


class SpecError(ValueError):
    """A form that cannot be used; `mistakes` lists every one, each with its path."""

    def __init__(self, source: str, mistakes: list[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(
            f"表单定义有 {len(mistakes)} 处错误（{source}）：\n"
            + "\n".join(f"  {m}" for m in mistakes)
        )


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column and what a clerk may type. `only` limits it to some rows; `auto`: a formula.

    `optional`: read where a file has it, never printed and never missed.
    In a county's own form `path` are its headings and `at` the letters of its column in the blank.
    """

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
    optional: bool = False
    path: tuple[str, ...] = ()
    at: str = ""

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC


@dataclass(frozen=True, slots=True)
class RowSpec:
    """A fixed row. `type`, `unit`, `decimals`, `choices` go before the column's.

    `required` names the columns that must be filled in it; `optional` as for a column. In a
    county's own form `path` are its titles and `at` its line in the blank; of a single cell its
    address, and `inside` the patterns of a label that holds its value as the placeholder `part`.
    """

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
    optional: bool = False
    path: tuple[str, ...] = ()
    at: str = ""
    inside: tuple[str, ...] = ()
    part: str = ""


@dataclass(frozen=True, slots=True)
class ExtraSpec:
    """A labelled cell outside the grid, such as a reason."""

    title: str
    type: str = "text"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSpec:
    """A sheet, or a part of one. `copy_of` names the table it repeats, where its sheet repeats.

    `columns` and `rows` are those that the form prints, `more_columns` and `more_rows` optional.
    In a county's own form `at` is its area in the blank, `lines` those that a department names
    itself, `total_at` the line of its total, and `codes` the column of 类/款/项 codes. `keys` of a
    list are the columns that say whose a line is: department, code, item, year.
    """

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
    copy_of: str = ""
    more_columns: tuple[ColumnSpec, ...] = ()
    more_rows: tuple[RowSpec, ...] = ()
    at: str = ""
    lines: str = ""
    total_at: int = 0
    codes: str = ""
    keys: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def base(self) -> str:
        """Return its name in the rest of the form."""
        return self.copy_of or self.name

    @cached_property
    def column(self) -> Mapping[str, ColumnSpec]:
        return {column.title: column for column in (*self.columns, *self.more_columns)}

    @cached_property
    def row(self) -> Mapping[str, RowSpec]:
        return {row.title: row for row in (*self.rows, *self.more_rows)}

    @cached_property
    def computed(self) -> Mapping[str, tuple[str, ...]]:
        """Return the columns that the blank form computes, by row; "" for open rows."""
        titles = {"", self.total, *self.row}
        return {
            title: tuple(column.title for column in self.columns if self.is_auto(title, column))
            for title in titles
        }

    @cached_property
    def chosen(self) -> tuple[ColumnSpec, ...]:
        """Return the columns that hold a choice, in some row at least."""
        if any(row.type == "choice" for row in self.rows):
            return self.columns
        return tuple(column for column in self.columns if column.type == "choice")

    def choices_of(self, row: str, column: ColumnSpec) -> tuple[str, ...]:
        """Return what may be chosen at `row` and `column`; () where nothing is chosen."""
        spec = self.row.get(row)
        choices = spec.choices if spec and spec.choices else column.choices
        return choices if self.kind(row, column) == "choice" else ()

    def kind(self, row: str, column: ColumnSpec) -> str:
        """Return the type of the cell at `row` (any title for an open row) and `column`."""
        spec = self.row.get(row)
        return spec.type if spec and spec.type else column.type

    def unit_of(self, row: str, column: ColumnSpec) -> str:
        """Return 元, 万元, 分, 人 …; "%" for rates, "" for words."""
        kind = self.kind(row, column)
        if kind == "percent":
            return "%"
        if kind not in NUMERIC:
            return ""
        spec = self.row.get(row)
        return (spec.unit if spec else "") or column.unit or self.unit

    def decimals_of(self, row: str, column: ColumnSpec) -> int:
        """Return the decimals that the form prints; a rate's are of its percentage."""
        spec = self.row.get(row)
        money = self.decimals if column.type == "money" else None
        for choice in (spec.decimals if spec else None, column.decimals, money):
            if choice is not None:
                return choice
        return _DEFAULT_DECIMALS.get(self.kind(row, column), 2)

    def exists(self, row: str, column: ColumnSpec) -> bool:
        """Return whether the form has a cell to fill there at all."""
        spec = self.row.get(row)
        return (not column.only or row in column.only) and (
            not spec or not spec.only or column.title in spec.only
        )

    def is_auto(self, row: str, column: ColumnSpec) -> bool:
        """Return whether that cell of the blank form is a formula."""
        if not self.exists(row, column) or not column.numeric:
            return False
        spec = self.row.get(row)
        in_total = self.total_auto and row == self.total
        return (
            column.auto
            or (column.type != "percent" and column.type != "score" and bool(spec and spec.auto))
            or in_total
        )


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """A worksheet. kind: data | guide | selfcheck; `repeats`: its copies in the blank form."""

    title: str
    kind: str = "data"
    heading: str = ""
    repeats: int = 0
    aliases: tuple[str, ...] = ()
    orientation: str = "portrait"
    signature: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EquationSpec:
    """A reconciliation relation as data: one rule of the catalogue.

    `reason` says why it was proposed, where a machine did.
    """

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
    reason: str = ""

    @property
    def across(self) -> bool:
        """Return whether it holds between tables."""
        return not self.table


@dataclass(frozen=True, slots=True)
class RateSpec:
    """A rate shown in a column, recomputed per row; a `share` is never above 100 %."""

    code: str
    title: str
    ratio: Ratio
    severity: Severity
    basis: str
    table: str
    relations: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    reason: str = ""
    share: bool = False


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


@dataclass(frozen=True, eq=False, repr=False)
class Template(Brief):
    """Everything that is agreed about one form.

    `blank` is a county's own form in its folder, `year` the one it speaks of; `proposals` are
    relations that nobody has confirmed; `trust` are tables, those first whose figures count most.
    """

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
    weights_by: str = "level2"
    execution_table: str = ""
    execution_row: str = ""
    execution_weight: Fraction = Fraction(0)
    execution_columns: Mapping[str, str] = field(default_factory=dict)
    references: tuple[ReferenceTable, ...] = ()
    remarks: Mapping[str, str] = field(default_factory=dict)
    carries: tuple[Carry, ...] = ()
    plan: Mapping[str, str] = field(default_factory=dict)
    funds: Mapping[str, str] = field(default_factory=dict)
    blank: str = ""
    year: int | None = None
    proposals: tuple[EquationSpec | RateSpec, ...] = ()
    total_includes_execution: bool = False
    trust: tuple[str, ...] = ()

    @cached_property
    def table(self) -> Mapping[str, TableSpec]:
        return {table.name: table for table in self.tables}

    @cached_property
    def sheet(self) -> Mapping[str, SheetSpec]:
        return {sheet.title: sheet for sheet in self.sheets}

    @cached_property
    def repeated(self) -> SheetSpec | None:
        """Return the sheet of which a workbook holds several; a form has one at most."""
        return next((sheet for sheet in self.sheets if sheet.repeats), None)

    @cached_property
    def listed(self) -> TableSpec | None:
        """Return the list of all departments in one sheet; None in most forms."""
        return next((table for table in self.tables if table.shape == "list"), None)

    @cached_property
    def library(self) -> Mapping[str, IndicatorSpec]:
        """Return the indicators by tidied name and alias; a name goes before an alias."""
        names = {tidy(alias): spec for spec in self.indicators for alias in spec.aliases}
        return names | {tidy(spec.name): spec for spec in self.indicators}

    @cached_property
    def tier_words(self) -> Mapping[str, Tier]:
        """Return the 定性 tiers by tidied word; a word of two tiers means the first."""
        return {
            tidy(word): tier for tier in reversed(self.tiers) for word in tier.words if tidy(word)
        }

    @cached_property
    def labels(self) -> frozenset[str]:
        """Return the rows of tables with one column: they are called by the row alone."""
        narrow = (table for table in self.tables if len(table.columns) == 1)
        return frozenset(row for table in narrow for row in table.row)

    def unit_of(self, ref: Ref) -> str:
        """Return the unit of the cell at an address by titles."""
        table = self.table[ref.table]
        return table.unit_of(ref.row, table.column[ref.column])

    def is_auto(self, ref: Ref) -> bool:
        """Return whether the cell at an address by titles is a formula in the blank form."""
        table = self.table[ref.table]
        return table.is_auto(ref.row, table.column[ref.column])

    @cached_property
    def _by_sheet(self) -> Mapping[str, tuple[TableSpec, ...]]:
        titles = dict.fromkeys(table.sheet for table in self.tables)
        return {
            title: tuple(table for table in self.tables if table.sheet == title) for title in titles
        }

    def tables_of(self, sheet: str) -> tuple[TableSpec, ...]:
        return self._by_sheet.get(sheet, ())

    def grade(self, score: Fraction) -> str:
        """Return the grade of a score on 100; "" where the form has no grades."""
        lowest = self.grades[-1].name if self.grades else ""
        return next((g.name for g in self.grades if score >= g.floor), lowest)
