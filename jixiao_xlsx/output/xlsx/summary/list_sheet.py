"""A sheet of 汇总.xlsx that is one list: title, remark, filter and one row per entry."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from jixiao_xlsx.output.xlsx.cells import CellContent, Styled, put_merged
from jixiao_xlsx.output.xlsx.page import Column, row_height, set_page, write_listing
from jixiao_xlsx.output.xlsx.styles import Styles

ListRow = list[CellContent | Styled]
_HEAD = 2  # the row of the column titles, counted from 0
FIRST_ROW = _HEAD + 1


@dataclass(frozen=True, slots=True)
class Printed:
    """What of a list goes on paper: its first `rows` (None: all; 0: what is said above it, without
    the head) and `columns` (0: all), with so many rows `on_a_page` (0: as they come).
    """

    rows: int | None = None
    columns: int = 0
    on_a_page: int = 0
    portrait: bool = False


def write_list_sheet(
    sheet: Any,
    styles: Styles,
    title: str,
    remark: str,
    columns: Sequence[Column],
    rows: Iterable[ListRow],
    *,
    frozen: int,
    printed: Printed | None = None,
) -> int:
    """Write the list with filter, frozen head and print set-up; return the row after the last.

    `frozen` is the number of columns that stay in view.
    """
    last = len(columns) - 1
    printed = printed or Printed()
    seen = printed.columns or len(columns)  # what is said above the list is printed with it
    put_merged(sheet, (0, 0, 0, seen - 1), title, styles["title"])
    sheet.set_row(0, 28)
    put_merged(sheet, (1, 0, 1, seen - 1), remark, styles["remark"])
    width = sum(column.width for column in columns[:seen])
    sheet.set_row(1, row_height([(remark, width)], size=9, least=18))
    end = write_listing(sheet, styles, _HEAD, columns, rows)
    sheet.autofilter(_HEAD, 0, max(end - 1, _HEAD), last)
    sheet.freeze_panes(_HEAD + 1, frozen)
    repeated = (_HEAD, _HEAD) if printed.rows is None or printed.rows > 0 else None
    set_page(sheet, portrait=printed.portrait, repeat=repeated, footer=title)
    if printed.rows is not None or printed.columns:
        until = end - 1 if printed.rows is None else _HEAD + printed.rows if printed.rows else 1
        sheet.print_area(0, 0, max(until, 1), (printed.columns or last + 1) - 1)
    if printed.on_a_page:
        count = end - FIRST_ROW if printed.rows is None else printed.rows
        sheet.fit_to_pages(1, max(math.ceil(count / printed.on_a_page), 1))
    return end
