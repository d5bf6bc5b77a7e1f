"""A workbook as values and merges alone, for what cannot be carried as it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import python_calamine as calamine
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.workbook.workbook import Workbook

from jixiao_xlsx.values.addresses import column_letters

_WIDEST = 46


def workbook_of_values(
    data: bytes,
    is_read: Callable[[str, bool], bool] = lambda name, hidden: True,
    *,
    empty_results: bool = False,
) -> Workbook:
    """Return every worksheet of a readable workbook with its values, merges and hidden state.

    Sheets for which `is_read(name, hidden)` is false stay empty: the guard has not checked them, so
    no library may load them. `empty_results`: the format (.xls) keeps a 0 for a formula that shows
    nothing, so that a row of zeros is a blank row. Columns are wide enough to be read.
    """
    source = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
    book = openpyxl.Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
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
        for (top, left), (bottom, right) in content.merged_cell_ranges or ():
            sheet.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
    return book


def _fill(sheet: Any, rows: list[list[Any]], empty_results: bool) -> None:
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
