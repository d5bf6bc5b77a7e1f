"""A copy of a county's own form as read: its tables, notes, and the year that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.reading.layout.match import SheetPair, match_blank
from jixiao_xlsx.reading.layout.placed_tables import read_placed
from jixiao_xlsx.reading.layout.printed import BlankSheet, blank_sheets
from jixiao_xlsx.reading.sheets import SheetsRead, read_worksheets
from jixiao_xlsx.reading.table_rows import SheetTables
from jixiao_xlsx.reading.titles import titles_of
from jixiao_xlsx.reading.unread_cells import notes_of_other_sheets, notes_of_sheet
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.cells import Note, Place, Table


@dataclass(frozen=True)
class CopyRead:
    """What a copy gave; no tables where it is none of the form."""

    tables: tuple[Table, ...] = ()
    notes: tuple[Note, ...] = ()
    year: int | None = None


@lru_cache(maxsize=8)
def sheets_of_blank(form: Template) -> tuple[BlankSheet, ...]:
    """Return what the blank of a form prints. Raises Refused, OSError: it cannot be read."""
    data = (form.folder / form.blank).read_bytes()
    return blank_sheets(form, read_worksheets(data, lambda name, hidden: True))


def read_copy(form: Template, sheets: SheetsRead) -> CopyRead:
    """Read a copy of the blank; without tables where less than half of the form's are in it."""
    blanks = sheets_of_blank(form)
    pairs, year = match_blank(blanks, sheets.worksheets)
    titles = titles_of(form)
    read = [(pair, read_placed(pair, titles)) for pair in pairs]
    tables = tuple(table for _, content in read for table in content.tables)
    if 2 * len(tables) <= len(form.tables):
        return CopyRead()
    return CopyRead(tables, tuple(_notes(form, blanks, read, sheets)), year)


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
    return (sheet for sheet in worksheets if sheet.name not in taken)
