"""What the form asks of how cells are filled: required columns, no 小计, its own unit."""

from __future__ import annotations

from collections.abc import Iterator

from jixiao_xlsx.causes.numbered_cells import NumberedCells
from jixiao_xlsx.causes.relations import FillingRule
from jixiao_xlsx.checking.subtotals import subtotals
from jixiao_xlsx.form.spec import TableSpec
from jixiao_xlsx.values.amounts import MONEY_UNITS
from jixiao_xlsx.values.cells import Table

_FEWEST = 2


def filling_rules(model: NumberedCells) -> Iterator[FillingRule]:
    """Yield what is asked of cells as such, where it is not so."""
    evidence = model.evidence
    for name, table in evidence.submission.tables.items():
        yield from _subtotals(model, table)
        yield from _empty_columns(model, table, evidence.template.table[name])
        yield from _units(model, table)


def _subtotals(model: NumberedCells, table: Table) -> Iterator[FillingRule]:
    for row, sums in subtotals(table):
        cells = [cell for cell in row.cells.values() if cell.number and cell.unit != "%"]
        if sums:
            numbers = frozenset(model.cell_number(cell) for cell in cells)
            yield FillingRule("STR118", numbers, False, model.readings)


def _empty_columns(model: NumberedCells, table: Table, form: TableSpec) -> Iterator[FillingRule]:
    """Yield columns of which all required figures are blank."""
    wanted: dict[str, list[int]] = {}
    for row in form.rows:
        typed = table.by_title.get(row.title)
        for column in row.required if typed else ():
            cell = typed.get(column) if typed else None
            if cell is not None and cell.unit in MONEY_UNITS:
                wanted.setdefault(column, []).append(model.cell_number(cell))
    for cells in wanted.values():
        if len(cells) >= _FEWEST and all(model.cells[one].blank for one in cells):
            yield FillingRule("STR103", frozenset(cells), True, model.readings)


def _units(model: NumberedCells, table: Table) -> Iterator[FillingRule]:
    """Yield headings that state another unit of money than the form: all under them is in it."""
    for stated in table.stated_units:
        rows = [row for row in table.rows if stated.row in {"", row.title}]
        cells = [row.get(c) for row in rows for c in table.columns if stated.column in {"", c}]
        money = [cell for cell in cells if cell is not None and cell.unit in MONEY_UNITS]
        typed = model.typed_figures(money)
        if stated.unit in MONEY_UNITS and stated.unit not in {cell.unit for cell in money}:
            yield FillingRule("STR115", frozenset(typed), None, model.readings)
