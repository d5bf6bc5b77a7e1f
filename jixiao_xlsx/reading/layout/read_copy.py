"""A copy of a county's own form as read: its tables, notes, and the year that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.find_template import file_of
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.reading.layout.match import SheetPair, match_blank
from jixiao_xlsx.reading.layout.own_content import as_changed, is_untouched
from jixiao_xlsx.reading.layout.placed_tables import read_placed
from jixiao_xlsx.reading.layout.printed import BlankSheet, blank_sheets
from jixiao_xlsx.reading.sheets import SheetsRead, read_worksheets
from jixiao_xlsx.reading.table_rows import SheetTables, read_tables
from jixiao_xlsx.reading.titles import title_key, titles_of
from jixiao_xlsx.reading.unread_cells import notes_of_other_sheets, notes_of_sheet
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.cells import Note, Place, Table

# Part of the texts of the blank, on the sheets that look like its own, that a copy has.
_SAME_FORM = 0.75


@dataclass(frozen=True)
class CopyRead:
    """What a copy gave; no tables where it is none of the form.

    `likeness` is the part of all that the blank prints that the copy has.
    """

    tables: tuple[Table, ...] = ()
    notes: tuple[Note, ...] = ()
    year: int | None = None
    untouched: bool = False
    likeness: float = 0.0


@lru_cache(maxsize=8)
def sheets_of_blank(form: Template) -> tuple[BlankSheet, ...]:
    """Return what the blank of a form prints. Raises Refused, OSError: it cannot be read."""
    data = file_of(form.folder, form.blank).read_bytes()
    return blank_sheets(form, read_worksheets(data, lambda name, hidden: True))


@lru_cache(maxsize=8)
def tables_of_blank(form: Template) -> Mapping[str, Table]:
    """Return the tables of the blank itself, by name."""
    blanks = sheets_of_blank(form)
    pairs, _ = match_blank(blanks, [blank.worksheet for blank in blanks])
    titles = titles_of(form)
    read = [read_placed(pair, titles) for pair in pairs]
    return {table.name: table for content in read for table in content.tables}


def read_copy(form: Template, sheets: SheetsRead) -> CopyRead:
    """Read a copy of the blank; without tables where less than half of the form's are in it."""
    blanks = sheets_of_blank(form)
    pairs, year = match_blank(blanks, sheets.worksheets)
    titles = titles_of(form)
    read = [(pair, read_placed(pair, titles)) for pair in pairs]
    tables = tuple(table for _, content in read for table in content.tables)
    if 2 * len(tables) <= sum(len(blank.tables) for blank in blanks):
        return CopyRead()
    texts = sum(pair.texts for pair in pairs)
    found = sum(pair.share * pair.texts for pair in pairs)
    if found < _SAME_FORM * texts and not _is_marked(form, sheets):
        return CopyRead()  # another form that has some of the titles
    own = tables_of_blank(form)
    untouched = is_untouched(form, tables, own)
    tables = tuple(as_changed(form, table, own.get(table.name)) for table in tables)
    added = list(_added(form, blanks, sheets))
    notes = tuple(_notes(form, blanks, read, sheets))
    tables = (*tables, *(table for one in added for table in one.tables))
    whole = sum(len(blank.printed) for blank in blanks)
    return CopyRead(tables, notes, year, untouched, found / whole if whole else 0.0)


def _is_marked(form: Template, sheets: SheetsRead) -> bool:
    mark = hidden_mark.read_mark(sheets.bare.get(hidden_mark.MARK_SHEET, ()))
    return mark.get(hidden_mark.TEMPLATE) == form.id


def _added(
    form: Template, blanks: Sequence[BlankSheet], sheets: SheetsRead
) -> Iterator[SheetTables]:
    """Yield what stands on sheets of the form that its blank does not have: 核实说明."""
    titles = titles_of(form)
    own = {blank.spec.title for blank in blanks}
    for spec in form.sheets:
        for sheet in sheets.worksheets if spec.title not in own else ():
            if title_key(sheet.name) == title_key(spec.title):
                yield read_tables(sheet, form.tables_of(spec.title), titles)
                sheet.handled |= sheet.filled.keys()


def _notes(
    form: Template,
    blanks: Sequence[BlankSheet],
    read: Sequence[tuple[SheetPair, SheetTables]],
    sheets: SheetsRead,
) -> Iterator[Note]:
    titles = titles_of(form)
    there = {pair.blank.spec.title for pair, _ in read}
    for blank in blanks:
        if blank.spec.title not in there:
            text = f"没有工作表“{blank.spec.title}”"
            yield Note("missing_sheet", Place(sheets.names[0], "A1"), blank.spec.title, text)
    for pair, content in read:
        yield from content.notes
        yield from notes_of_sheet(pair.copy, content.drafts, titles)
    yield from notes_of_other_sheets(_others(sheets.worksheets, read))


def _others(
    worksheets: Sequence[Worksheet], read: Sequence[tuple[SheetPair, SheetTables]]
) -> Iterator[Worksheet]:
    taken = {pair.copy.name for pair, _ in read}
    return (
        sheet
        for sheet in worksheets
        if sheet.name not in taken and sheet.filled.keys() - sheet.handled
    )
