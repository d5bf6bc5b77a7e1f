"""What a cell has from others: a merge that covers it, a cell above that holds down."""

from __future__ import annotations

from jixiao_xlsx.reading.cell_value import text_cell
from jixiao_xlsx.reading.find_tables import Header
from jixiao_xlsx.reading.table_draft import TableDraft
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.cells import Cell

_INHERITS_IN_MERGES = frozenset({"text", "choice", "long"})


def note_merge(draft: TableDraft, place: Position, cell: Cell) -> None:
    """Note a figure merged over several rows, and one that a merge covers: nobody sees it."""
    sheet = draft.sheet
    area = sheet.covered.get(place)
    if area is None:
        return
    top, left, bottom, right = area
    if place == (top, left) and bottom == top:
        return
    span = f"{sheet.ref(top, left)}:{sheet.ref(bottom, right)}"
    if place != (top, left):
        text = f"{cell.ref} 被合并单元格 {span} 盖住，里面还存着看不见的 {cell.text}，已照常核对"
    else:
        text = f"{span} 是合并单元格，数字算在第一行“{cell.row}”"
    draft.note("merged_amount", place, f"{cell.row}·{cell.column}", text)


def inherited(
    draft: TableDraft, header: Header, line: int, above: dict[str, Cell], title: str
) -> dict[str, Cell]:
    """Return the cells of columns that hold down to the next filled cell, at the row's address."""
    cells = {}
    for name in draft.table.inherit:
        at = header.columns.get(name)
        if at is None:
            continue
        if (line, at) in draft.sheet.filled:
            own = text_cell(draft.sheet, line, at, title, name)
            if not own.blank:
                above[name] = own
        elif name in above:
            source = above[name]
            cells[name] = source._replace(row=title, ref=draft.sheet.ref(line, at), formula=None)
    return cells


def from_merges(
    draft: TableDraft, header: Header, line: int, cells: dict[str, Cell]
) -> dict[str, Cell]:
    """Return the cells with words that are merged over several rows given to each of them."""
    if line not in draft.sheet.merged_lines:
        return cells
    for title, cell in cells.items():
        at = header.columns[title]
        area = draft.sheet.covered.get((line, at))
        if not area or not cell.blank or not header.bottom < area[0] < line:
            continue
        if draft.table.column[title].type in _INHERITS_IN_MERGES:
            source = text_cell(draft.sheet, area[0], area[1], cell.row, title)
            cells[title] = cell._replace(raw=source.raw, value=source.value, state=source.state)
    return cells
