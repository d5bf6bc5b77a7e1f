"""A table copied into a report need not be whole: what it leaves out, its equations cannot ask for. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from jixiao_xlsx.values.cells import Row, Table


def without_gaps(table: Table, ours: Table | None) -> Table:
    """`table` without the cells that are blank in it and filled in the workbook, and without a total whose rows are not all there."""
    if ours is None:
        return table
    lacking = bool(
        Counter(row.title for row in ours.open_rows) - Counter(row.title for row in table.open_rows)
    )
    gaps: set[str] = set()
    rows = []
    for row in table.rows:
        others = [
            other for other in ours.rows if other.title == row.title
        ]  # titles may repeat: any of them may be this one
        left = {
            title
            for title, cell in row.cells.items()
            if cell.blank and any(_filled(other, title) for other in others)
        }
        gaps |= left if row.kind == "open" else set()
        rows.append(
            replace(
                row, cells={title: cell for title, cell in row.cells.items() if title not in left}
            )
        )
    return replace(
        table,
        rows=tuple(
            _total(row, gaps) if row.kind == "total" else row
            for row in rows
            if row.kind != "total" or not lacking
        ),
    )


def _filled(row: Row, title: str) -> bool:
    cell = row.get(title)
    return cell is not None and bool(cell.number)


def _total(row: Row, gaps: set[str]) -> Row:
    return replace(
        row, cells={title: cell for title, cell in row.cells.items() if title not in gaps}
    )
