"""Rows of an open table that add up other rows of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from jixiao_xlsx.values.cells import Row, Table

RowFigures = Mapping[str, Decimal]  # column → figure, without blanks, zeros and rates


def row_figures(row: Row) -> RowFigures:
    """Return the amounts and numbers of a row that say something."""
    return {
        title: cell.number for title, cell in row.cells.items() if cell.number and cell.unit != "%"
    }


def sums_last_rows(figures: RowFigures, rows: Sequence[RowFigures], fewest: int) -> bool:
    """Return whether figures are the sums of the last of these rows, at least so many."""
    sums: dict[str, Decimal] = {}
    for count, row in enumerate(reversed(rows), 1):
        for title, number in row.items():
            sums[title] = sums.get(title, Decimal(0)) + number
        if count >= fewest and {k: v for k, v in sums.items() if v} == figures:
            return True
    return False


def subtotals(table: Table) -> Iterator[tuple[Row, bool]]:
    """Yield the rows named 小计 that hold figures, and whether these add up the rows beside them."""
    for at, row in enumerate(table.rows):
        figures = row_figures(row) if row.kind == "subtotal" else {}
        if figures:
            above, below = table.rows[:at], table.rows[:at:-1]
            known = (_of_open_rows(rows) for rows in (above, below))
            yield row, any(sums_last_rows(figures, rows, 1) for rows in known)


def _of_open_rows(rows: Sequence[Row]) -> list[RowFigures]:
    return [row_figures(row) for row in rows if row.kind == "open"]
