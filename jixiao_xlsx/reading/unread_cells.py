"""Notes on what was not understood: nothing in a workbook is dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jixiao_xlsx.reading.cell_value import value_text
from jixiao_xlsx.reading.table_draft import TableDraft
from jixiao_xlsx.reading.titles import FormTitles, is_note, is_signature, loosen, title_key
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position, column_letters
from jixiao_xlsx.values.cells import Note, Place, Table

_MOST_NOTES = 50
_LONGEST_QUOTE = 20


def notes_of_sheet(
    sheet: Worksheet, drafts: Sequence[TableDraft], titles: FormTitles
) -> list[Note]:
    """Return the notes on hidden rows, unknown columns, rows and cells of a sheet of the form."""
    _mark_known_texts(sheet, drafts, titles)
    ignored: set[Position] = set().union(*(draft.ignored for draft in drafts))
    notes = [*_hidden(sheet), *_hidden_columns(sheet), *_invisible(sheet)]
    if not sheet.left():
        return notes
    for draft in drafts:
        notes += _unread_columns(sheet, draft, ignored)
    if any(draft.complete for draft in drafts):  # else the note missing_title covers the sheet
        notes += _capped(sheet, list(_unread_lines(sheet, drafts, ignored)))
    return notes


def notes_of_other_sheets(sheets: Iterable[Worksheet]) -> Iterator[Note]:
    """Yield a note for each sheet that the form does not have, where it holds anything."""
    for sheet in sheets:
        if sheet.filled:
            first = next(iter(sheet.filled))
            kind, hidden = ("hidden_sheet", "隐藏的") if sheet.hidden else ("unread_sheet", "")
            text = (
                f"{hidden}工作表“{sheet.name}”不在表单内，其中 {len(sheet.filled)} 个单元格没有读取"
            )
            yield Note(kind, Place(sheet.name, sheet.ref(*first)), sheet.name, text)


def note_of_original(title: str, original: Worksheet, copy: Worksheet) -> Note:
    """Return the note on a hidden sheet whose visible copy was read; its text names differences."""
    original.handled |= original.filled.keys()
    places = sorted({*original.filled, *copy.filled})
    differing = [place for place in places if original.raw(*place) != copy.raw(*place)]
    first = differing[0] if differing else (0, 0)
    texts = [
        f"{sheet.ref(*first)} 在“{sheet.name}”为 {_content(sheet, first)}"
        for sheet in (original, copy)
    ]
    more = f"等 {len(differing)} 格" if len(differing) > 1 else ""
    text = "，".join(texts) + more if differing else ""
    return Note("hidden_original", Place(copy.name, copy.ref(*first)), title, text)


def _content(sheet: Worksheet, place: Position) -> str:
    raw = sheet.raw(*place)
    return "空白" if raw is None else value_text(raw)


def notes_of_pictures(tables: Iterable[Table]) -> Iterator[Note]:
    """Yield a note for each table without any figure on a sheet with a picture."""
    for table in tables:
        numeric = [cell for row in table.rows for cell in row.cells.values() if cell.unit]
        if numeric and not table.ticked and all(cell.blank for cell in numeric):
            yield Note("picture", table.anchor.place, table.name, "表上有图片")


def _mark_known_texts(sheet: Worksheet, drafts: Sequence[TableDraft], titles: FormTitles) -> None:
    """Mark notes, unit lines, signatures and titles as handled: of the form, but no content."""
    known = titles.other_texts.union(*(draft.titles.other_texts for draft in drafts))
    top = min((draft.top for draft in drafts if draft.complete), default=0)
    for row, column in sheet.left():
        text = sheet.keys.get((row, column))
        if text is None:
            if row < top and _is_heading_formula(sheet, row, column):
                sheet.handled.add((row, column))
            continue
        text = text or title_key(str(sheet.raw(row, column)).strip()[:_LONGEST_QUOTE])
        if is_signature(text):
            sheet.handled.update((row, at) for at in sheet.columns_in(row) if at >= column)
        elif _is_known(text, known, titles) or (
            row < top and _is_heading_text(sheet, row, column, text)
        ):
            sheet.handled.add((row, column))


def _is_heading_text(sheet: Worksheet, row: int, column: int, text: str) -> bool:
    """Return whether a text above the tables numbers an annex or is computed."""
    return text.startswith("附件") or (row, column) in sheet.flags.formulas


def _is_heading_formula(sheet: Worksheet, row: int, column: int) -> bool:
    """Return whether a cell without text is a title's formula never calculated; .xls may keep 0."""
    if (row, column) in sheet.flags.formulas:
        return True
    return not sheet.knows_formats and sheet.raw(row, column) == 0


def _is_known(text: str, known: frozenset[str], titles: FormTitles) -> bool:
    if is_note(text) or text in known or loosen(text) in known:
        return True
    return any(pattern.fullmatch(text) for pattern in titles.headings)


def _hidden(sheet: Worksheet) -> Iterator[Note]:
    if sheet.hidden and sheet.filled:
        first = next(iter(sheet.filled))
        text = f"工作表“{sheet.name}”被隐藏，里面的内容已照常读取"
        yield Note("hidden_sheet", Place(sheet.name, sheet.ref(*first)), sheet.name, text)
    rows = [row for row in sorted(sheet.flags.hidden_rows) if sheet.columns_in(row)]
    for row in rows[:_MOST_NOTES]:
        place = Place(sheet.name, sheet.ref(row, sheet.columns_in(row)[0]))
        yield Note(
            "hidden_row", place, f"第{row + 1}行", f"第 {row + 1} 行被隐藏，里面的内容已照常读取"
        )


def _hidden_columns(sheet: Worksheet) -> Iterator[Note]:
    for column in sorted(sheet.flags.hidden_columns)[:_MOST_NOTES]:
        inside = [place for place in sheet.filled if place[1] == column]
        if inside:
            letters = column_letters(column)
            text = f"{letters} 列被隐藏，里面的内容已照常读取"
            place = Place(sheet.name, sheet.ref(*inside[0]))
            yield Note("hidden_column", place, f"{letters} 列", text)


def _invisible(sheet: Worksheet) -> Iterator[Note]:
    """Yield a note for each figure that its number format does not show."""
    blank = {code for code, style in sheet.telling.items() if style.blank}
    if blank:
        for place, code in sheet.flags.formats.items():
            if code in blank and place in sheet.filled and sheet.raw(*place) not in (0, None):
                ref = sheet.ref(*place)
                text = f"{ref} 的格式不显示内容，里面的内容已照常读取"
                yield Note("invisible_cell", Place(sheet.name, ref), ref, text)


def _unread_columns(sheet: Worksheet, draft: TableDraft, ignored: set[Position]) -> Iterator[Note]:
    """Yield a note for each heading that the form does not have, with the cells beneath it."""
    header = draft.region.header
    if header is None:
        return
    left = [place for place in sheet.left() if place not in ignored]
    headings = [
        place for place in left if header.top <= place[0] <= header.bottom and sheet.keys.get(place)
    ]
    for heading in headings:
        beneath = [
            p for p in left if p[1] == heading[1] and header.bottom < p[0] < draft.region.end
        ]
        if not beneath:
            sheet.handled.add(heading)
            continue
        ignored.update((heading, *beneath))
        title = value_text(sheet.raw(*heading))
        text = f"列“{_quote(title)}”不在表单内，其中 {len(beneath)} 个单元格没有读取"
        yield Note("unread_column", Place(sheet.name, sheet.ref(*heading)), title, text)


def _unread_lines(
    sheet: Worksheet, drafts: Sequence[TableDraft], ignored: set[Position]
) -> Iterator[Note]:
    lines: dict[int, list[Position]] = {}
    for place in sheet.left():
        if place not in ignored:
            lines.setdefault(place[0], []).append(place)
    for line, places in lines.items():
        where = Place(sheet.name, sheet.ref(*places[0]))
        quote = _quote(value_text(_raw(sheet, places[0])))
        more = f"等 {len(places)} 个单元格" if len(places) > 1 else ""
        within = f"其中 {len(places)} 个单元格" if len(places) > 1 else ""
        if any(_in_data(draft, place) for draft in drafts for place in places):
            yield Note(
                "unread_row", where, quote, f"第 {line + 1} 行“{quote}”不在表单内，{within}没有读取"
            )
        else:
            yield Note("stray_cell", where, quote, f"表格以外有内容“{quote}”{more}，没有读取")


def _in_data(draft: TableDraft, place: Position) -> bool:
    header, region = draft.region.header, draft.region
    return (
        header is not None
        and header.bottom < place[0] < region.end
        and place[1] in header.columns.values()
    )


def _raw(sheet: Worksheet, place: Position) -> object:
    raw = sheet.raw(*place)
    return raw if raw is not None else sheet.flags.errors.get(place, "")


def _quote(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[:_LONGEST_QUOTE] + "…"


def _capped(sheet: Worksheet, notes: list[Note]) -> list[Note]:
    """Return the notes, those beyond the limit as one: a pasted page may have a thousand lines."""
    if len(notes) <= _MOST_NOTES:
        return notes
    rest = notes[_MOST_NOTES - 1 :]
    text = f"工作表“{sheet.name}”里另有 {len(rest)} 行内容不在表单内，没有读取"
    return [*notes[: _MOST_NOTES - 1], Note(rest[0].kind, rest[0].place, rest[0].item, text)]
