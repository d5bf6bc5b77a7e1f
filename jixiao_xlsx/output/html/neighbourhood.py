"""The cells around those that a notice is about, taken from the workbook and drawn as a table.

Pure. Whatever a department typed is escaped: it becomes text of the page, never markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from jixiao_xlsx.values.cells import Cell, Document, Place, Row, Submission, Table

_MOST_ROWS, _MOST_COLUMNS, _MOST_LETTERS = 12, 7, 200
CULPRIT, BESIDE = "culprit", "beside"


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell as a person sees it; `mark` is CULPRIT, BESIDE or ""."""

    cell: str
    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A row by its title; `gap`: rows of the table that are not drawn lie before it."""

    title: str
    cells: tuple[DrawnCell, ...]
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A part of one table (or of a report's text) with the marked cells in it."""

    sheet: str
    table: str
    columns: tuple[str, ...]
    rows: tuple[DrawnRow, ...]


def neighbourhoods(
    submission: Submission, culprits: Sequence[Place], compared: Sequence[Place] = ()
) -> tuple[Neighbourhood, ...]:
    """Return the parts of tables and reports around the places given, the first culprit's first.

    What lies in no table (a missing sheet, a heading) is not drawn.
    """
    marks = {**dict.fromkeys(compared, BESIDE), **dict.fromkeys(culprits, CULPRIT)}
    wanted = dict.fromkeys((*culprits, *compared))
    sheets = {place.sheet for place in wanted}
    tables = (table for table in _tables(submission) if table.sheet in sheets)
    found = [
        *filter(None, (_of_table(table, marks) for table in tables)),
        *filter(None, (_of_text(report, marks) for report in submission.documents)),
    ]
    order = {place: at for at, place in enumerate(wanted)}
    return tuple(sorted(found, key=lambda one: _first(one, order)))


def _first(part: Neighbourhood, order: dict[Place, int]) -> int:
    cells = (Place(part.sheet, cell.cell) for row in part.rows for cell in row.cells)
    return min(order.get(place, len(order)) for place in cells)


def _tables(submission: Submission) -> Iterator[Table]:
    for part in submission.copies or (submission,):
        yield from part.tables.values()
    for document in submission.documents:
        yield from document.tables


# ------------------------------------------------------------------------------------------- taken


def _of_table(table: Table, marks: dict[Place, str]) -> Neighbourhood | None:
    refs = {place.cell for place in marks if place.sheet == table.sheet}
    if refs.isdisjoint(cell.ref for cell in table.cells()):
        return None
    lines = [*table.rows, *_around(table)]
    hit = [any(cell.place in marks for cell in row.cells.values()) for row in lines]
    columns = _columns(table, lines, marks)
    kept = _kept_rows(lines, hit)
    rows = tuple(
        DrawnRow(
            lines[at].title,
            tuple(_drawn_cell(lines[at].get(column), marks) for column in columns),
            gap=at > 0 and at - 1 not in kept,
        )
        for at in kept
    )
    return Neighbourhood(table.sheet, table.name, columns, rows)


def _around(table: Table) -> Iterator[Row]:
    """Yield the labelled cells around the grid, each as a row of one cell."""
    first = next(iter(table.columns), "")
    for title, cell in table.extras.items():
        yield Row(title, "extra", {first: cell})


def _kept_rows(lines: Sequence[Row], hit: Sequence[bool]) -> list[int]:
    """Return which rows are drawn: those hit, one beside each, and the total, as room permits."""
    marked = [at for at, is_hit in enumerate(hit) if is_hit][:_MOST_ROWS]
    beside = [at + step for at in marked for step in (-1, 1) if 0 <= at + step < len(lines)]
    totals = [at for at, row in enumerate(lines) if row.kind == "total"]
    return sorted([*dict.fromkeys((*marked, *totals, *beside))][:_MOST_ROWS])


def _columns(table: Table, lines: Sequence[Row], marks: dict[Place, str]) -> tuple[str, ...]:
    """Return which columns are drawn: all where they are few, else those hit and their fellows."""
    titles = [*table.columns]
    if len(titles) <= _MOST_COLUMNS:
        return tuple(titles)
    marked = [
        at
        for at, title in enumerate(titles)
        if any((cell := row.get(title)) and cell.place in marks for row in lines)
    ]
    beside = [at + step for step in (-1, 1, -2, 2) for at in marked]
    kept = [at for at in dict.fromkeys((*marked, *beside)) if 0 <= at < len(titles)]
    return tuple(titles[at] for at in sorted(kept[: max(_MOST_COLUMNS, len(marked))]))


def _drawn_cell(cell: Cell | None, marks: dict[Place, str]) -> DrawnCell:
    if cell is None:
        return DrawnCell("", "")
    return DrawnCell(cell.ref, _shortened(cell.as_seen), marks.get(cell.place, ""))


def _of_text(document: Document, marks: dict[Place, str]) -> Neighbourhood | None:
    paragraphs = (*document.paragraphs, *document.margins)
    rows = tuple(
        DrawnRow(one.ref, (DrawnCell(one.ref, one.text, mark),))
        for one in paragraphs
        if (mark := marks.get(Place(document.file, one.ref)))
    )
    return Neighbourhood(document.file, "", ("",), rows[:_MOST_ROWS]) if rows else None


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else text[:_MOST_LETTERS] + "…"


# ------------------------------------------------------------------------------------------- drawn


def drawn(part: Neighbourhood) -> str:
    """Return a neighbourhood as an HTML table; classes: near, culprit, beside, gap."""
    name = part.sheet if part.table in {"", part.sheet} else f"{part.sheet} · {part.table}"
    heads = "".join(f"<th>{escape(title)}</th>" for title in part.columns)
    head = f"<tr><th></th>{heads}</tr>" if any(part.columns) else ""
    body = "".join(_drawn_row(row, len(part.columns)) for row in part.rows)
    return f'<table class="near"><caption>{escape(name)}</caption>{head}{body}</table>'


def _drawn_row(row: DrawnRow, columns: int) -> str:
    before = f'<tr class="gap"><td colspan="{columns + 1}">⋮</td></tr>' if row.gap else ""
    cells = "".join(map(_drawn_td, row.cells))
    return f"{before}<tr><th>{escape(row.title)}</th>{cells}</tr>"


def _drawn_td(cell: DrawnCell) -> str:
    if not cell.mark:
        return f"<td>{escape(cell.text)}</td>"
    return (
        f'<td class="{cell.mark}" data-cell="{escape(cell.cell)}">'
        f"<small>{escape(cell.cell)}</small> {escape(cell.text)}</td>"
    )
