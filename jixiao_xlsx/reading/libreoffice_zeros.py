"""Zeros that nobody typed: in an .xls from LibreOffice, a total that shows nothing is kept as the number 0.

Only formulas where the form has one are looked at, and only where everything they would add up is blank.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.cells import Cell, Row, Table
from jixiao_xlsx.values.equations import ALL_ROWS, Scope
from jixiao_xlsx.values.typed_numbers import State


def without_ghosts(table: Table, form: Template) -> Table:
    """The table with such zeros blank again; totals of totals follow."""
    spec = form.table[table.name]
    while True:
        ghosts = {
            cell.ref
            for row in table.rows
            for cell in row.cells.values()
            if cell.state is State.ZERO
            and cell.raw == 0
            and cell.formula is not None
            and spec.is_auto(row.title, spec.column[cell.column])
            and _nothing_behind(cell, row, table, form)
        }
        if not ghosts:
            return table
        rows = [
            {
                title: _blank(cell) if cell.ref in ghosts else cell
                for title, cell in row.cells.items()
            }
            for row in table.rows
        ]
        table = replace(
            table,
            rows=tuple(
                replace(row, cells=cells) for row, cells in zip(table.rows, rows, strict=True)
            ),
        )


def _blank(cell: Cell) -> Cell:
    return cell._replace(raw=None, value=None, state=State.BLANK)


def _nothing_behind(cell: Cell, row: Row, table: Table, form: Template) -> bool:
    """Whether the form computes the cell from others of the table, and all of them are blank."""
    parts = list(_parts(cell, row, table, form))
    return bool(parts) and all(part.state in {State.BLANK, State.NA} for part in parts)


def _parts(cell: Cell, row: Row, table: Table, form: Template) -> Iterator[Cell]:
    for equation in form.equations:
        relation = equation.relation
        if equation.table != table.name or relation.op != "=" or len(relation.sides[0]) != 1:
            continue
        whole, others = relation.sides[0][0].ref, [term.ref for term in relation.sides[1]]
        if relation.scope is Scope.COLUMN and whole.row == row.title:
            sources = [
                r
                for ref in others
                for r in (
                    table.open_rows if ref.row == ALL_ROWS else (table.by_title.get(ref.row),)
                )
                if r
            ]
            yield from (found for source in sources if (found := source.get(cell.column)))
        elif relation.scope is Scope.ROW and whole.column == cell.column:
            yield from (found for ref in others if (found := row.get(ref.column)))
    for rate in form.rates:
        if rate.table == table.name and rate.ratio.shown and rate.ratio.shown.column == cell.column:
            yield from (
                found for term in rate.ratio.numerator if (found := row.get(term.ref.column))
            )
    if (table.name, row.title, cell.column) == (
        form.execution_table,
        form.execution_row,
        form.execution_columns.get("score"),
    ):
        yield from (
            found
            for role in ("spent", "budget")
            if (found := row.get(form.execution_columns.get(role, "")))
        )
