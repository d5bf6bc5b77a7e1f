"""Tables copied into a Word report: their equations cannot need what the copy leaves out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from jixiao_xlsx.values.cells import Row, Table


def without_gaps(copy: Table, original: Table | None) -> Table:
    """Return the copy without cells that only the original fills, nor totals of what it left out.

    The original is the table of the workbook, None where the workbook has none.
    """
    if original is None:
        return copy
    gaps = [_gaps(row, original) for row in copy.rows]
    in_open_rows = {
        title
        for row, titles in zip(copy.rows, gaps, strict=True)
        if row.kind == "open"
        for title in titles
    }
    lacks_rows = _lacks_open_rows(copy, original)
    rows = []
    for row, titles in zip(copy.rows, gaps, strict=True):
        if row.kind != "total":
            rows.append(_without(row, titles))
        elif not lacks_rows:
            rows.append(_without(row, titles | in_open_rows))
    return replace(copy, rows=tuple(rows))


def _gaps(row: Row, original: Table) -> set[str]:
    """Return the columns in which the row is blank and filled in the original."""
    # Titles may repeat: any row of the same title may be the one that was copied.
    rows = [other for other in original.rows if other.title == row.title]
    return {
        title
        for title, cell in row.cells.items()
        if cell.blank and any(_filled(other, title) for other in rows)
    }


def _lacks_open_rows(copy: Table, original: Table) -> bool:
    titles = Counter(row.title for row in original.open_rows)
    return bool(titles - Counter(row.title for row in copy.open_rows))


def _filled(row: Row, title: str) -> bool:
    cell = row.get(title)
    return cell is not None and bool(cell.number)


def _without(row: Row, titles: Collection[str]) -> Row:
    return replace(
        row, cells={title: cell for title, cell in row.cells.items() if title not in titles}
    )
