"""The cells of a submission that the terms of an equation or a ratio name."""

from __future__ import annotations

from typing import NamedTuple

from jixiao_xlsx.values.cells import Cell, Submission
from jixiao_xlsx.values.equations import ALL_ROWS, Ref, Side, code_length


class Operand(NamedTuple):
    """A resolved cell with its sign."""

    sign: int
    cell: Cell


Operands = tuple[Operand, ...]


def cells_at(submission: Submission, ref: Ref) -> list[Cell] | None:
    """Return the cells a reference names; None where its table, row or column is missing."""
    table = submission.tables.get(ref.table)
    if table is None or ref.column not in table.columns:
        return None
    if ref.row == ALL_ROWS:
        return [row.cells[ref.column] for row in table.open_rows if ref.column in row.cells]
    length = code_length(ref.row)
    if length is not None:
        rows = [row for row in table.coded_rows if len(row.code) == length]
        return [row.cells[ref.column] for row in rows if ref.column in row.cells]
    total = table.total
    row = total if total and total.title == ref.row else table.by_title.get(ref.row)
    cell = row.cells.get(ref.column) if row else None
    return None if cell is None else [cell]


def side_cells(submission: Submission, side: Side) -> list[Operand] | None:
    """Return the operands of a side of full addresses; None where something is missing."""
    operands: list[Operand] = []
    for term in side:
        cells = cells_at(submission, term.ref)
        if cells is None:
            return None
        operands += [Operand(term.sign, cell) for cell in cells]
    return operands
