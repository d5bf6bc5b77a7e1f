"""What every cell of a form holds: constants, formulas, and what each formula shows.

Formulas come from the equations and rates of the spec. Their values are worked out here the way a
spreadsheet does it (text counts as nothing, blanks stay blank), because a workbook must read right
before any program has recalculated it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.form.spec import ColumnSpec, EquationSpec
from jixiao_xlsx.output.xlsx.blank.constants import (
    EMPTY_FILLING,
    CellValue,
    Constants,
    gather_constants,
)
from jixiao_xlsx.output.xlsx.blank.layout import (
    CellAddress,
    Filling,
    Layout,
    RowPlace,
    SignedCell,
    TablePlace,
)
from jixiao_xlsx.output.xlsx.cells import CellContent, Live, qualified, typed_text
from jixiao_xlsx.values.addresses import a1
from jixiao_xlsx.values.amounts import ATOMS
from jixiao_xlsx.values.equations import Ref, Scope
from jixiao_xlsx.values.text import rounded

_RATE_DIGITS = 4  # a rate is kept as printed: 95.55 % is 0.9555


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: what it shows, by which formula, and whose it is.

    `role` is input | auto | fixed | given | void.
    """

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
class _Formula:
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
    locked: Collection[Ref] = (),
    ahead: Filling = EMPTY_FILLING,
) -> Mapping[CellAddress, GridCell]:
    """Work out every grid cell of the workbook; `filling` goes before `prefill`.

    Of `prefill` the cells `locked`, and what is typed `ahead`, are not for the department to
    change.
    """
    known: dict[Ref, object] = dict(prefill or {})
    for role, value in (("year", year), ("department", department), ("department_code", code)):
        if value and role in layout.template.roles:
            known[layout.template.roles[role]] = value
    return _Resolver(layout, gather_constants(layout, filling, known, locked, ahead)).all()


class _Resolver:
    """Works cells out on demand, each once; a formula asks for the cells it adds up."""

    def __init__(self, layout: Layout, constants: Constants) -> None:
        self.layout = layout
        self.template = layout.template
        self.constants = constants
        self.done: dict[CellAddress, GridCell] = {}

    def all(self) -> Mapping[CellAddress, GridCell]:
        for table, row, column in self.layout.cells():
            self.cell((table.spec.name, row.key, column.title))
        return self.done

    def cell(self, address: CellAddress) -> GridCell:
        if address not in self.done:
            self.done[address] = GridCell(role="void")  # a circle of formulas ends here
            self.done[address] = self._cell(address)
        return self.done[address]

    def _cell(self, address: CellAddress) -> GridCell:
        table = self.layout.tables[address[0]]
        row, column = table.row[address[1]], table.spec.column[address[2]]
        exists = table.exists(row, column)
        auto = exists and table.spec.is_auto(row.title, column)
        formula = self._formula(address, table, row, column) if auto else None
        typed, printed = self.constants.typed, self.constants.printed
        role = self._role(
            address, "auto" if formula else "input" if exists and not auto else "void"
        )
        if address in typed and not (formula and formula.value == typed[address]):
            return GridCell(typed[address], role=role)
        if address in printed and not (formula and formula.value == printed[address]):
            return GridCell(printed[address], role=role)
        if formula:
            return GridCell(formula.value, formula.text, "auto")
        return GridCell(role=role)

    def _role(self, address: CellAddress, empty: str) -> str:
        """Return whose a cell is; `empty`: what it is where nothing is known of it."""
        if address in self.constants.locked:
            return "fixed"
        return "given" if address in self.constants.given else empty

    def number(self, address: CellAddress) -> Decimal | None:
        value = self.cell(address).value
        return value if isinstance(value, Decimal) else None

    def refer(self, address: CellAddress, home: str) -> str:
        """Return a reference to a cell for a formula on sheet `home`."""
        ref = a1(*self.layout.position(address))
        sheet = self.layout.sheet_of(address[0])
        return ref if sheet == home else qualified(sheet, ref)

    # -- the three kinds of formula

    def _formula(
        self, address: CellAddress, table: TablePlace, row: RowPlace, column: ColumnSpec
    ) -> _Formula | None:
        if column.type == "percent":
            return self._rate(address)
        if self._is_execution_score(address):
            return self._execution_score(table, row)
        parts = self._parts(address)
        if not parts:
            return None
        return self._sum(parts, table.spec.sheet, _digits(table.spec.unit_of(row.title, column)))

    def _parts(self, address: CellAddress) -> Sequence[SignedCell]:
        """Return the cells an automatic total adds up.

        They are the second side of the equation that names the total alone.
        """
        table, _, column = address
        beside, above = self._parts_beside(address), self._parts_above(address)
        # A column that every row computes is computed in the 合计 too: rows that were inserted
        # without the formula count all the same. Elsewhere a 合计 adds up what stands above it.
        if self.layout.tables[table].spec.column[column].auto:
            return beside or above
        return above or beside

    def _parts_above(self, address: CellAddress) -> Sequence[SignedCell]:
        _, row, column = address
        for one in self._equations_of(address, Scope.COLUMN):
            if one.relation.sides[0][0].ref.row == row and column in (one.columns or [column]):
                return self.layout.signed_cells(one.relation.sides[1], column=column)
        return ()

    def _parts_beside(self, address: CellAddress) -> Sequence[SignedCell]:
        _, row, column = address
        for one in self._equations_of(address, Scope.ROW):
            if one.relation.sides[0][0].ref.column == column and row in (one.rows or [row]):
                return self.layout.signed_cells(one.relation.sides[1], row)
        return ()

    def _equations_of(self, address: CellAddress, scope: Scope) -> Iterator[EquationSpec]:
        """Find the equations of a table that give a single cell as a sum."""
        for one in self.template.equations:
            relation = one.relation
            single = relation.op == "=" and len(relation.sides[0]) == 1
            if one.table == address[0] and relation.scope is scope and single:
                yield one

    def _sum(self, parts: Sequence[SignedCell], home: str, digits: int) -> _Formula:
        every = ",".join(self._ranges([address for _, address in parts], home))
        text = f'IF(COUNT({every})=0,"",ROUND({self._signed_sum(parts, home)},{digits}))'
        numbers = self._numbers(parts)
        return _Formula(text, rounded(sum(numbers, Decimal(0)), digits) if numbers else "")

    def _numbers(self, parts: Sequence[SignedCell]) -> list[Decimal]:
        return [
            sign * number for sign, address in parts if (number := self.number(address)) is not None
        ]

    def _signed_sum(self, parts: Sequence[SignedCell], home: str) -> str:
        plus = self._ranges([address for sign, address in parts if sign > 0], home)
        minus = self._ranges([address for sign, address in parts if sign < 0], home)
        above = f"SUM({','.join(plus)})" if plus else "0"
        return above + (f"-SUM({','.join(minus)})" if minus else "")

    def _ranges(self, addresses: Sequence[CellAddress], home: str) -> list[str]:
        """Return references, with neighbours of one column joined into a range.

        All rows that departments add are what stands between the row above them and the 合计, so
        that a row counts wherever it is inserted.
        """
        ranges = []
        for first, last in self.layout.runs(addresses):
            around = self.layout.around(first, last)
            if around and home == self.layout.sheet_of(first[0]):
                above, below = around
                ranges.append(f"OFFSET({a1(*above)},1,0):OFFSET({a1(*below)},-1,0)")
            elif first == last:
                ranges.append(self.refer(first, home))
            else:
                ranges.append(f"{self.refer(first, home)}:{a1(*self.layout.position(last))}")
        return ranges

    def _rate(self, address: CellAddress) -> _Formula | None:
        name, row, column = address
        for rate in self.template.rates:
            printed = rate.ratio.shown
            if rate.table == name and printed and printed.column == column:
                part = self.layout.signed_cells(rate.ratio.numerator, row)
                whole = self.layout.signed_cells(rate.ratio.denominator, row)
                return self._quotient(part, whole, self.layout.sheet_of(name))
        return None

    def _quotient(
        self, part: Sequence[SignedCell], whole: Sequence[SignedCell], home: str
    ) -> _Formula:
        typed = ",".join(self._ranges([address for _, address in part], home))
        above, below = self._signed_sum(part, home), self._signed_sum(whole, home)
        above = f"({above})" if "-" in above else above
        text = f'IF(OR(COUNT({typed})=0,{below}=0),"",ROUND({above}/({below}),{_RATE_DIGITS}))'
        numbers, base = self._numbers(part), sum(self._numbers(whole), Decimal(0))
        if not numbers or not base:
            return _Formula(text, "")
        share = Fraction(sum(numbers, Decimal(0))) / Fraction(base)
        return _Formula(text, rounded(share, _RATE_DIGITS))

    def _is_execution_score(self, address: CellAddress) -> bool:
        template = self.template
        own = (self.layout.tables[address[0]].spec.base, *address[1:])
        return own == (
            template.execution_table,
            template.execution_row,
            template.execution_columns.get("score", ""),
        )

    def _execution_score(self, table: TablePlace, row: RowPlace) -> _Formula:
        """Compute points from the amounts: from the printed rate they would be rounded twice."""
        titles = self.template.execution_columns
        spent, budget, weight = (
            (table.spec.name, row.key, titles[part]) for part in ("spent", "budget", "weight")
        )
        a, b, w = (self.refer(one, table.spec.sheet) for one in (spent, budget, weight))
        text = f'IF(COUNT({a},{b},{w})<3,"",IF({b}<=0,"",ROUND(MAX(0,MIN(1,{a}/{b}))*{w},2)))'
        done, base, points = self.number(spent), self.number(budget), self.number(weight)
        if done is None or base is None or points is None or base <= 0:
            return _Formula(text, "")
        share = max(Fraction(0), min(Fraction(1), Fraction(done) / Fraction(base)))
        return _Formula(text, rounded(share * Fraction(points), 2))


def _digits(unit: str) -> int:
    """Return the decimals that hold every whole atom of a unit: binary dust ends there."""
    return len(str(ATOMS.get(unit, 10_000))) - 1
