"""What every cell of a form holds before it is drawn: constants, formulas, and the value each formula must show.

Formulas come from the equations and rates of the spec. Their values are worked out here the way a spreadsheet does it (text
counts as nothing, blanks stay blank), because a workbook must read right before any program has recalculated it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.form.spec import ColumnSpec, IndicatorSpec, Template
from jixiao_xlsx.output.xlsx.blank.layout import (
    EMPTY_TABLE,
    INDICATORS,
    CellAddress,
    Filling,
    Layout,
    RowKey,
    RowPlace,
    TableFilling,
    TablePlace,
)
from jixiao_xlsx.output.xlsx.cells import CellContent, Live, qualified, typed_text
from jixiao_xlsx.values.addresses import a1
from jixiao_xlsx.values.amounts import ATOMS
from jixiao_xlsx.values.equations import Ref, Scope, Side
from jixiao_xlsx.values.number_text import from_float, rounded
from jixiao_xlsx.values.typed_numbers import read_number

CellValue = Decimal | str | dt.date | None
RATE_DIGITS = 4  # a rate is kept as printed: 95.55 % is 0.9555


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: what it shows, by which formula, and whose it is (input | auto | fixed | void)."""

    value: CellValue = None
    formula: str = ""
    role: str = "input"

    @property
    def content(self) -> CellContent:
        """What is written into the cell."""
        if not self.formula:
            return self.value
        now = float(self.value) if isinstance(self.value, Decimal) else typed_text(self.value)
        return Live(f"={self.formula}", now)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula without its equals sign, and what it shows now."""

    text: str
    value: Decimal | str


def contents(
    layout: Layout,
    filling: Filling,
    *,
    year: int | None = None,
    department: str = "",
    code: str = "",
    prefill: Mapping[Ref, Decimal] | None = None,
) -> Mapping[CellAddress, GridCell]:
    """The content of every grid cell of the workbook. `prefill` gives figures by address; those of `filling` go before it."""
    known: dict[Ref, object] = dict(prefill or {})
    for role, value in (("year", year), ("department", department), ("department_code", code)):
        if value and role in layout.template.roles:
            known[layout.template.roles[role]] = value
    return _Resolver(layout, _given(layout, filling, known)).all()


def cleaned(value: object) -> CellValue:
    """A filling's value as it is written: whole numbers and decimals exact, everything else as it stands."""
    match value:
        case bool():
            return "是" if value else "否"
        case None | Decimal() | str() | dt.date():
            return value or None if isinstance(value, str) else value
        case int():
            return Decimal(value)
        case float():
            return from_float(value)
        case Fraction():
            return Decimal(value.numerator) / Decimal(value.denominator)
        case _:
            return str(value)


# ------------------------------------------------------------------------------------------------------ what is given


@dataclass(frozen=True, slots=True)
class _Given:
    """Constants by address: typed by the caller, and printed by the form (locked or a first suggestion)."""

    typed: Mapping[CellAddress, CellValue]
    printed: Mapping[CellAddress, CellValue]
    locked: frozenset[CellAddress]


def _given(layout: Layout, filling: Filling, known: Mapping[Ref, object]) -> _Given:
    typed: dict[CellAddress, CellValue] = {}
    printed: dict[CellAddress, CellValue] = {
        (ref.table, ref.row, ref.column): cleaned(value) for ref, value in known.items()
    }
    locked: set[CellAddress] = set()
    for address in printed:
        layout.position(address)  # KeyError for what the form has not
    for table in layout.tables.values():
        for address, value in _titles(table):
            printed[address] = value
            locked.add(address)
        for address, value, fixed in _presets(
            layout.template, table, filling.get(table.spec.name, EMPTY_TABLE)
        ):
            printed[address] = value
            locked |= {address} if fixed else set()
        typed.update(_typed(layout.template, table, filling.get(table.spec.name, EMPTY_TABLE)))
    return _Given(typed, printed, frozenset(locked))


def _titles(table: TablePlace) -> Iterator[tuple[CellAddress, CellValue]]:
    """Titles of fixed rows and of the total in an open table stand in its own columns."""
    if table.labelled:
        return
    spec = table.spec
    for row in table.rows:
        if row.kind != "open":
            column = (
                spec.columns[0].title if row.kind == "total" or not spec.label else spec.label[0]
            )
            yield (spec.name, row.key, column), row.title


def _presets(
    template: Template, table: TablePlace, filling: TableFilling
) -> Iterator[tuple[CellAddress, CellValue, bool]]:
    spec = table.spec
    for row in table.rows:
        for column in spec.columns:
            if column.preset and table.exists(row, column):
                number = read_number(column.preset).value if column.numeric else None
                yield (
                    (spec.name, row.key, column.title),
                    column.preset if number is None else number,
                    True,
                )
    if spec.source == INDICATORS:
        library = {name: one for one in template.indicators for name in (one.name, *one.aliases)}
        for place, one in zip(
            table.open_rows, _indicator_rows(template, filling, library), strict=False
        ):
            if one:
                for title, value, fixed in _indicator(template, one):
                    if not filling.open_rows or fixed:
                        yield (spec.name, place.key, title), value, fixed


def _indicator_rows(
    template: Template, filling: TableFilling, library: Mapping[str, IndicatorSpec]
) -> Sequence[IndicatorSpec | None]:
    if not filling.open_rows:
        return template.indicators
    title = template.indicator_columns.get("name", "")
    return [library.get(str(row.get(title) or "")) for row in filling.open_rows]


def _indicator(template: Template, one: IndicatorSpec) -> Iterator[tuple[str, CellValue, bool]]:
    """(column, value, locked): a 共性 indicator is fixed as far as the library decides it."""
    weight = Decimal(one.weight.numerator) / Decimal(one.weight.denominator)
    printed: dict[str, tuple[CellValue, bool]] = {
        "level1": (one.level1, True),
        "level2": (one.level2, True),
        "name": (one.name, one.common),
        "direction": (one.direction or None, one.common and bool(one.direction)),
        "unit": (one.unit or None, one.common and bool(one.unit or one.direction)),
        "weight": (weight, one.common),
        "target": (one.target or None, one.common and bool(one.target)),
    }
    for part, (value, fixed) in printed.items():
        if part in template.indicator_columns:
            yield template.indicator_columns[part], value, fixed


def _typed(
    template: Template, table: TablePlace, filling: TableFilling
) -> Iterator[tuple[CellAddress, CellValue]]:
    spec = table.spec
    by_name: Mapping[str, RowKey] = {}
    if spec.source == INDICATORS and not filling.open_rows:
        by_name = {one.name: number for number, one in enumerate(template.indicators)}
    lines: list[tuple[RowKey, Mapping[str, object]]] = [
        (by_name.get(title, title), row) for title, row in filling.rows.items()
    ]
    lines += list(enumerate(filling.open_rows))
    for key, row in lines:
        if key not in table.row:
            raise KeyError(f"{spec.name}：没有“{key}”这一行")
        for title, value in row.items():
            if title not in table.columns:
                raise KeyError(f"{spec.name}：没有“{title}”这一列")
            yield (spec.name, key, title), cleaned(value)


# ------------------------------------------------------------------------------------------------------ what follows


class _Resolver:
    """Works cells out on demand, each once; a formula asks for the cells it adds up."""

    def __init__(self, layout: Layout, given: _Given) -> None:
        self.layout = layout
        self.template = layout.template
        self.given = given
        self.done: dict[CellAddress, GridCell] = {}

    def all(self) -> Mapping[CellAddress, GridCell]:
        for table, row, column in self.layout.cells():
            self.content((table.spec.name, row.key, column.title))
        return self.done

    def content(self, address: CellAddress) -> GridCell:
        if address not in self.done:
            self.done[address] = GridCell(role="void")  # a circle of formulas ends here
            self.done[address] = self._content(address)
        return self.done[address]

    def _content(self, address: CellAddress) -> GridCell:
        table = self.layout.tables[address[0]]
        row, column = table.row[address[1]], table.spec.column[address[2]]
        exists = table.exists(row, column)
        auto = exists and table.spec.is_auto(row.title, column)
        formula = self._formula(address, table, row, column) if auto else None
        role = (
            "fixed"
            if address in self.given.locked
            else "auto"
            if formula
            else "input"
            if exists and not auto
            else "void"
        )
        if address in self.given.typed:
            return GridCell(self.given.typed[address], role=role)
        if address in self.given.printed and not (
            formula and formula.value == self.given.printed[address]
        ):
            return GridCell(self.given.printed[address], role=role)
        return GridCell(formula.value, formula.text, "auto") if formula else GridCell(role=role)

    def number(self, address: CellAddress) -> Decimal | None:
        value = self.content(address).value
        return value if isinstance(value, Decimal) else None

    def cell(self, address: CellAddress, home: str) -> str:
        ref = a1(*self.layout.position(address))
        sheet = self.layout.sheet_of(address[0])
        return ref if sheet == home else qualified(sheet, ref)

    # -- the three kinds of formula

    def _formula(
        self, address: CellAddress, table: TablePlace, row: RowPlace, column: ColumnSpec
    ) -> Formula | None:
        if column.type == "percent":
            return self._rate(address)
        if self._is_execution_score(address):
            return self._execution_score(table, row)
        parts = self._parts(address)
        if not parts:
            return None
        digits = _digits(table.spec.unit_of(row.title, column))
        return self._sum(parts, table.spec.sheet, digits)

    def _parts(self, address: CellAddress) -> list[tuple[int, CellAddress]]:
        """The signed cells an automatic total adds up: the second side of the equation that names it alone."""
        name, row, column = address
        own = [
            e
            for e in self.template.equations
            if e.table == name and e.relation.op == "=" and len(e.relation.sides[0]) == 1
        ]
        for (
            equation
        ) in own:  # rows of a column before columns of a row: a 合计 adds up what stands above it
            named = (
                equation.relation.scope is Scope.COLUMN
                and equation.relation.sides[0][0].ref.row == row
            )
            if named and (not equation.columns or column in equation.columns):
                return self._signed(equation.relation.sides[1], "", column)
        for equation in own:
            named = (
                equation.relation.scope is Scope.ROW
                and equation.relation.sides[0][0].ref.column == column
            )
            if named and (not equation.rows or row in equation.rows):
                return self._signed(equation.relation.sides[1], row, "")
        return []

    def _signed(self, side: Side, row: RowKey, column: str) -> list[tuple[int, CellAddress]]:
        return [
            (term.sign, address)
            for term in side
            for address in self.layout.addresses(term.ref, row, column)
        ]

    def _sum(self, parts: list[tuple[int, CellAddress]], home: str, digits: int) -> Formula:
        every = ",".join(self._ranges([address for _, address in parts], home))
        text = f'IF(COUNT({every})=0,"",ROUND({self._signed_sum(parts, home)},{digits}))'
        numbers = self._numbers(parts)
        return Formula(text, rounded(sum(numbers, Decimal(0)), digits) if numbers else "")

    def _numbers(self, parts: list[tuple[int, CellAddress]]) -> list[Decimal]:
        return [
            sign * number for sign, address in parts if (number := self.number(address)) is not None
        ]

    def _signed_sum(self, parts: list[tuple[int, CellAddress]], home: str) -> str:
        plus = self._ranges([address for sign, address in parts if sign > 0], home)
        minus = self._ranges([address for sign, address in parts if sign < 0], home)
        return (f"SUM({','.join(plus)})" if plus else "0") + (
            f"-SUM({','.join(minus)})" if minus else ""
        )

    def _ranges(self, addresses: Sequence[CellAddress], home: str) -> list[str]:
        """References, with neighbours of one column joined into a range."""
        runs: list[list[CellAddress]] = []
        for address in addresses:
            if runs and self._below(runs[-1][-1], address):
                runs[-1].append(address)
            else:
                runs.append([address])
        return [
            self.cell(run[0], home)
            + (":" + a1(*self.layout.position(run[-1])) if len(run) > 1 else "")
            for run in runs
        ]

    def _below(self, upper: CellAddress, lower: CellAddress) -> bool:
        (line, column), (next_line, next_column) = (
            self.layout.position(upper),
            self.layout.position(lower),
        )
        return upper[0] == lower[0] and column == next_column and next_line == line + 1

    def _rate(self, address: CellAddress) -> Formula | None:
        name, row, column = address
        for rate in self.template.rates:
            shown = rate.ratio.shown
            if rate.table == name and shown and shown.column == column:
                part = self._signed(rate.ratio.numerator, row, "")
                whole = self._signed(rate.ratio.denominator, row, "")
                return self._quotient(part, whole, self.layout.sheet_of(name))
        return None

    def _quotient(
        self, part: list[tuple[int, CellAddress]], whole: list[tuple[int, CellAddress]], home: str
    ) -> Formula:
        typed = ",".join(self._ranges([address for _, address in part], home))
        above, below = self._signed_sum(part, home), self._signed_sum(whole, home)
        above = f"({above})" if "-" in above else above
        text = f'IF(OR(COUNT({typed})=0,{below}=0),"",ROUND({above}/({below}),{RATE_DIGITS}))'
        numbers, base = self._numbers(part), sum(self._numbers(whole), Decimal(0))
        if not numbers or not base:
            return Formula(text, "")
        return Formula(
            text, rounded(Fraction(sum(numbers, Decimal(0))) / Fraction(base), RATE_DIGITS)
        )

    def _is_execution_score(self, address: CellAddress) -> bool:
        template = self.template
        own = (self.layout.tables[address[0]].spec.base, *address[1:])
        return own == (
            template.execution_table,
            template.execution_row,
            template.execution_columns.get("score", ""),
        )

    def _execution_score(self, table: TablePlace, row: RowPlace) -> Formula:
        """Points from the amounts themselves: from the printed rate they would be rounded twice."""
        titles = self.template.execution_columns
        spent, budget, weight = (
            (table.spec.name, row.key, titles[part]) for part in ("spent", "budget", "weight")
        )
        a, b, w = (self.cell(one, table.spec.sheet) for one in (spent, budget, weight))
        text = f'IF(COUNT({a},{b},{w})<3,"",IF({b}<=0,"",ROUND(MAX(0,MIN(1,{a}/{b}))*{w},2)))'
        done, base, points = self.number(spent), self.number(budget), self.number(weight)
        if done is None or base is None or points is None or base <= 0:
            return Formula(text, "")
        share = max(Fraction(0), min(Fraction(1), Fraction(done) / Fraction(base)))
        return Formula(text, rounded(share * Fraction(points), 2))


def _digits(unit: str) -> int:
    """Decimals that hold every whole atom of a unit: sums are cleaned of binary dust there."""
    return len(str(ATOMS.get(unit, 10_000))) - 1
