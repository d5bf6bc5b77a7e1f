"""The account of what was not understood: nothing in a workbook is dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jixiao_xlsx.reading.cell_value import value_text
from jixiao_xlsx.reading.table_being_read import Part
from jixiao_xlsx.reading.titles import FormTitles, is_note, is_signature, loosen, title_key
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.cells import Note, Place

MOST_NOTES = 50
_LONGEST_QUOTE = 20


def of_sheet(grid: Worksheet, parts: Sequence[Part], words: FormTitles) -> list[Note]:
    """Notes for a sheet of the form after its tables were read: hidden rows, unknown columns, rows and cells."""
    _pass_known_text(grid, parts, words)
    told: set[Position] = set().union(*(part.twice for part in parts))
    notes = list(_hidden(grid))
    if not grid.left():
        return notes
    for part in parts:
        notes += _unread_columns(grid, part, told)
    if any(part.found for part in parts):  # else missing_title speaks for the whole sheet
        notes += _capped(grid, list(_unread_lines(grid, parts, told)))
    return notes


def of_other_sheets(grids: Iterable[Worksheet]) -> Iterator[Note]:
    """Sheets that the form does not have, where they hold anything."""
    for grid in grids:
        if grid.filled:
            first = next(iter(grid.filled))
            kind, hidden = ("hidden_sheet", "隐藏的") if grid.hidden else ("unread_sheet", "")
            text = (
                f"{hidden}工作表“{grid.name}”不在表单内，其中 {len(grid.filled)} 个单元格没有读取"
            )
            yield Note(kind, Place(grid.name, grid.ref(*first)), grid.name, text)


def _pass_known_text(grid: Worksheet, parts: Sequence[Part], words: FormTitles) -> None:
    """Notes, unit lines, signatures, titles: text that belongs to a form and is no content."""
    known = words.words.union(*(part.lexicon.words for part in parts))
    above = min((part.top for part in parts if part.found), default=0)
    for place in grid.left():
        row, column = place
        text = grid.keys.get(place)
        if text is None:
            # a title's formula that was never calculated; .xls may keep a 0 for it
            if row < above and (
                place in grid.flags.formulas
                or (not grid.knows_formats and grid.raw(row, column) == 0)
            ):
                grid.handled.add(place)
            continue
        text = text or title_key(str(grid.raw(row, column)).strip()[:_LONGEST_QUOTE])
        if is_signature(text):
            grid.handled.update((row, other) for other in grid.columns_in(row) if other >= column)
        elif (
            is_note(text)
            or text in known
            or loosen(text) in known
            or any(pattern.fullmatch(text) for pattern in words.headings)
            or (row < above and (text.startswith("附件") or place in grid.flags.formulas))
        ):
            grid.handled.add(place)


def _hidden(grid: Worksheet) -> Iterator[Note]:
    if grid.hidden and grid.filled:
        first = next(iter(grid.filled))
        text = f"工作表“{grid.name}”被隐藏，里面的内容已照常读取"
        yield Note("hidden_sheet", Place(grid.name, grid.ref(*first)), grid.name, text)
    rows = [row for row in sorted(grid.flags.hidden_rows) if grid.columns_in(row)]
    for row in rows[:MOST_NOTES]:
        place = Place(grid.name, grid.ref(row, grid.columns_in(row)[0]))
        yield Note(
            "hidden_row", place, f"第{row + 1}行", f"第 {row + 1} 行被隐藏，里面的内容已照常读取"
        )


def _unread_columns(grid: Worksheet, part: Part, told: set[Position]) -> Iterator[Note]:
    """Headings that the form has not, with what stands beneath them."""
    header = part.region.header
    if header is None:
        return
    left = [place for place in grid.left() if place not in told]
    headings = [
        place for place in left if header.top <= place[0] <= header.bottom and grid.keys.get(place)
    ]
    for heading in headings:
        beneath = [p for p in left if p[1] == heading[1] and header.bottom < p[0] < part.region.end]
        if not beneath:
            grid.handled.add(heading)
            continue
        told.update((heading, *beneath))
        title = value_text(grid.raw(*heading))
        text = f"列“{_quote(title)}”不在表单内，其中 {len(beneath)} 个单元格没有读取"
        yield Note("unread_column", Place(grid.name, grid.ref(*heading)), title, text)


def _unread_lines(grid: Worksheet, parts: Sequence[Part], told: set[Position]) -> Iterator[Note]:
    lines: dict[int, list[Position]] = {}
    for place in grid.left():
        if place not in told:
            lines.setdefault(place[0], []).append(place)
    for line, places in lines.items():
        where = Place(grid.name, grid.ref(*places[0]))
        quote = _quote(value_text(_raw(grid, places[0])))
        more = f"等 {len(places)} 个单元格" if len(places) > 1 else ""
        within = f"其中 {len(places)} 个单元格" if len(places) > 1 else ""
        if any(_in_data(part, place) for part in parts for place in places):
            yield Note(
                "unread_row", where, quote, f"第 {line + 1} 行“{quote}”不在表单内，{within}没有读取"
            )
        else:
            yield Note("stray_cell", where, quote, f"表格以外有内容“{quote}”{more}，没有读取")


def _in_data(part: Part, place: Position) -> bool:
    header, region = part.region.header, part.region
    return (
        header is not None
        and header.bottom < place[0] < region.end
        and place[1] in header.columns.values()
    )


def _raw(grid: Worksheet, place: Position) -> object:
    raw = grid.raw(*place)
    return raw if raw is not None else grid.flags.errors.get(place, "")


def _quote(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[:_LONGEST_QUOTE] + "…"


def _capped(grid: Worksheet, notes: list[Note]) -> list[Note]:
    """A pasted page of a thousand lines is told once."""
    if len(notes) <= MOST_NOTES:
        return notes
    rest = notes[MOST_NOTES - 1 :]
    text = f"工作表“{grid.name}”里另有 {len(rest)} 行内容不在表单内，没有读取"
    return [*notes[: MOST_NOTES - 1], Note(rest[0].kind, rest[0].place, rest[0].item, text)]
