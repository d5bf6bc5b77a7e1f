"""A workbook as values and merges alone, for what cannot be carried as it is."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import python_calamine as calamine
from openpyxl.workbook.workbook import Workbook

from jixiao_xlsx.values.addresses import column_letters

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WIDEST = 46


def workbook_of_values(
    data: bytes,
    reads: Callable[[str, bool], bool] = lambda name, hidden: True,
    *,
    ghosts: bool = False,
) -> Workbook:
    """Every worksheet of a readable workbook with its values, merges and hidden state; columns wide enough to be read.

    Those that `reads(name, hidden)` is false of stay empty: the guard has not looked into them, and no library may.
    `ghosts`: the format (.xls) keeps a 0 for a formula that shows nothing, so that a line of them is a blank line.
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
        if not reads(facts.name, hidden):
            continue
        found = source.get_sheet_by_name(facts.name)
        _fill(sheet, found.to_python(skip_empty_area=False), ghosts)
        for (top, left), (bottom, right) in found.merged_cell_ranges or ():
            sheet.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
    return book


def _fill(sheet: Any, rows: list[list[Any]], ghosts: bool) -> None:
    widths: dict[int, int] = {}
    for at, row in enumerate(rows, 1):
        if ghosts and not any(value not in ("", 0) for value in row):
            continue
        for column, value in enumerate(row, 1):
            if value == "":
                continue
            cell = sheet.cell(at, column)
            if isinstance(value, str):
                cell.value = _CONTROLS.sub(" ", value)
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
