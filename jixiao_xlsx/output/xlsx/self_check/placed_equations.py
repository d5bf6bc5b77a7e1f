"""The places of the form where an equation applies, its terms resolved to cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jixiao_xlsx.form.spec import EquationSpec
from jixiao_xlsx.output.xlsx.blank.layout import CellAddress, Layout, RowKey, RowPlace, SignedCell
from jixiao_xlsx.values.equations import ALL_ROWS, Scope


@dataclass(frozen=True, slots=True)
class PlacedEquation:
    """An equation at one row or column of the form."""

    spec: EquationSpec
    label: str
    sides: tuple[tuple[SignedCell, ...], ...]

    @property
    def cells(self) -> tuple[CellAddress, ...]:
        """Every cell it touches."""
        return tuple(address for side in self.sides for _, address in side)

    @property
    def anchor(self) -> CellAddress:
        """The cell to look at first: a side that is one cell, left first."""
        return next((side for side in self.sides if len(side) == 1), self.sides[0])[0][1]

    def total_and_parts(self) -> tuple[int, int] | None:
        """Return which side is a total and which the parts that it sums.

        None where the relation is no sum inside a table.
        """
        relation = self.spec.relation
        if self.spec.across or relation.op != "=" or len(self.sides) != 2:
            return None
        for single, other in ((0, 1), (1, 0)):
            origin = relation.sides[other]
            is_sum = len(origin) > 1 or origin[0].ref.row == ALL_ROWS
            is_single = len(relation.sides[single]) == len(self.sides[single]) == 1
            if is_sum and is_single and all(sign > 0 for sign, _ in self.sides[other]):
                return single, other
        return None


def place_equations(layout: Layout) -> Iterator[PlacedEquation]:
    """Find every place where an enabled equation of the form applies."""
    template = layout.template
    for spec in template.equations:
        if spec.code in template.disabled:
            continue
        if spec.relation.scope is Scope.SHEET:
            yield from _placed(layout, spec, "表间", "", "")
        elif spec.relation.scope is Scope.ROW:
            yield from _by_row(layout, spec)
        else:
            yield from _by_column(layout, spec)


def _by_row(layout: Layout, spec: EquationSpec) -> Iterator[PlacedEquation]:
    table = layout.tables[spec.table]
    names = [term.ref.column for side in spec.relation.sides for term in side]
    for row in table.rows:
        if spec.rows and row.title not in spec.rows:
            continue
        if all(table.exists(row, table.spec.column[name]) for name in names):
            yield from _placed(layout, spec, row_label(row), row.key, "")


def _by_column(layout: Layout, spec: EquationSpec) -> Iterator[PlacedEquation]:
    table = layout.tables[spec.table]
    rows = [term.ref.row for side in spec.relation.sides for term in side]
    for column in table.spec.columns:
        if spec.columns:
            applies = column.title in spec.columns
        else:
            applies = column.numeric and column.type != "percent"
        if applies and all(table.spec.exists(row, column) for row in rows if row != ALL_ROWS):
            yield from _placed(layout, spec, column.title, "", column.title)


def _placed(
    layout: Layout, spec: EquationSpec, label: str, row: RowKey, column: str
) -> Iterator[PlacedEquation]:
    sides = tuple(layout.signed_cells(side, row, column) for side in spec.relation.sides)
    if all(sides):
        yield PlacedEquation(spec, label, sides)


def row_label(row: RowPlace) -> str:
    """Return a row's title, or “第 3 行” for an open row."""
    return row.title or f"第 {int(row.key) + 1} 行"
