"""A workbook as values and merges alone, for what cannot be marked as it is."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import openpyxl
import python_calamine as calamine
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.workbook.child import INVALID_TITLE_REGEX
from openpyxl.workbook.workbook import Workbook

from jixiao_xlsx.intake.file_kinds import TEXT_FORMATS, sniff
from jixiao_xlsx.output.same_bytes import repacked
from jixiao_xlsx.reading.sheets import read_worksheets
from jixiao_xlsx.values.addresses import Area, column_letters
from jixiao_xlsx.values.cells import Submission

_WIDEST = 46


def book_of_values(
    data: bytes,
    is_read: Callable[[str, bool], bool],
    submission: Submission,
    *,
    empty_results: bool = False,
) -> bytes:
    """Return an .xlsx of every worksheet of a readable workbook with values, merges, hidden state.

    Sheets for which `is_read(name, hidden)` is false stay empty: the guard has not checked them, so
    no library may load them. `empty_results`: the format (.xls) keeps a 0 for a formula that shows
    nothing, so that a row of zeros is a blank row. Columns are wide enough to be read.
    """
    book = _filled_book(data, is_read, empty_results)
    _without_empty_results(book, submission)
    stream = io.BytesIO()
    book.save(stream)
    return repacked(stream.getvalue())


def _without_empty_results(book: Workbook, submission: Submission) -> None:
    """Clear the 0 that .xls keeps for a formula that shows nothing, where it was read as blank."""
    for table in submission.tables.values():
        for cell in table.cells():
            if cell.value is None and table.sheet in book.sheetnames:
                target: Any = book[table.sheet][cell.ref]
                if target.value == 0 and not isinstance(target, MergedCell):
                    target.value = None


def _filled_book(
    data: bytes, is_read: Callable[[str, bool], bool], empty_results: bool
) -> Workbook:
    book = openpyxl.Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    if sniff(data) in TEXT_FORMATS:
        for one in read_worksheets(data, is_read):
            sheet = book.create_sheet(INVALID_TITLE_REGEX.sub("_", one.name)[:31])
            sheet.sheet_state = "hidden" if one.hidden else "visible"
            _fill(sheet, one.rows, empty_results)
            _merge(sheet, one.flags.merges)
        return book
    source = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
    for facts in source.sheets_metadata:
        if facts.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.create_sheet(facts.name)
        hidden = facts.visible != calamine.SheetVisibleEnum.Visible
        if hidden:
            sheet.sheet_state = (
                "veryHidden" if facts.visible == calamine.SheetVisibleEnum.VeryHidden else "hidden"
            )
        if not is_read(facts.name, hidden):
            continue
        content = source.get_sheet_by_name(facts.name)
        _fill(sheet, content.to_python(skip_empty_area=False), empty_results)
        ranges = content.merged_cell_ranges or ()
        _merge(sheet, [(*first, *last) for first, last in ranges])
    return book


def _merge(sheet: Any, areas: Iterable[Area]) -> None:
    for top, left, bottom, right in areas:
        sheet.merge_cells(
            start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
        )


def _fill(sheet: Any, rows: Sequence[Sequence[Any]], empty_results: bool) -> None:
    widths: dict[int, int] = {}
    for at, row in enumerate(rows, 1):
        if empty_results and not any(value not in ("", 0) for value in row):
            continue
        for column, value in enumerate(row, 1):
            if value == "":
                continue
            cell = sheet.cell(at, column)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
                cell.data_type = "s"  # whatever it looks like
                widths[column] = max(
                    widths.get(column, 0), min(len(value.encode("gb18030", "replace")), _WIDEST)
                )
            else:
                cell.value = (
                    int(value)
                    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15
                    else value
                )
                widths[column] = max(widths.get(column, 0), 12)
    for column, width in widths.items():
        sheet.column_dimensions[column_letters(column - 1)].width = max(width * 0.9 + 2, 8)
