"""A sheet of 汇总.xlsx that is one list: title, remark, filter and one row per entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from jixiao_xlsx.output.xlsx.cells import CellContent, Styled, put_merged
from jixiao_xlsx.output.xlsx.page import Column, row_height, set_page, write_listing
from jixiao_xlsx.output.xlsx.styles import Styles

ListRow = list[CellContent | Styled]
_HEAD = 2  # the row of the column titles, counted from 0
FIRST_ROW = _HEAD + 1


def write_list_sheet(
    sheet: Any,
    styles: Styles,
    title: str,
    remark: str,
    columns: Sequence[Column],
    rows: Iterable[ListRow],
    *,
    frozen: int,
) -> int:
    """Write the list with filter, frozen head and print set-up; return the row after the last.

    `frozen` is the number of columns that stay in view.
    """
    last = len(columns) - 1
    put_merged(sheet, (0, 0, 0, last), title, styles["title"])
    sheet.set_row(0, 28)
    put_merged(sheet, (1, 0, 1, last), remark, styles["remark"])
    sheet.set_row(
        1, row_height([(remark, sum(column.width for column in columns))], size=9, least=18)
    )
    end = write_listing(sheet, styles, _HEAD, columns, rows)
    sheet.autofilter(_HEAD, 0, max(end - 1, _HEAD), last)
    sheet.freeze_panes(_HEAD + 1, frozen)
    set_page(sheet, repeat=(_HEAD, _HEAD), footer=title)
    return end
