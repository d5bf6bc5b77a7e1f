"""Workbooks that print well: new books, widths and heights, listings, page set-up."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import Worksheet

from jixiao_xlsx.output.files import write_bytes
from jixiao_xlsx.output.xlsx.cells import CellContent, Styled, display_text, put
from jixiao_xlsx.output.xlsx.styles import SIZE, SONG, Styles

_CREATED = dt.datetime(2020, 1, 1)  # a fixed date: the same input gives the same bytes
_MAX_HEIGHT = 409.0  # points; Excel's own limit


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a listing: its title, width in characters, and the traits of its cells."""

    title: str
    width: float
    traits: str = "cell"


class _Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet that writes the same as its parent, in less time."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Take cell formulas as they are.

        xlsxwriter searches each for thirty newer functions that a file spells differently; ours
        hold none of them, and the search takes longer than writing the cell.
        """
        return (
            super()._prepare_formula(formula, True)
            if expand_future_functions
            else formula.removeprefix("=")
        )

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        """Write the usual cells at once: their attributes hold nothing to be escaped."""
        kind = type(cell).__name__
        content = (
            "/>" if kind == "Blank"
            else f"><v>{cell.number:.16G}</v></c>" if kind == "Number"
            else f' t="s"><v>{cell.string}</v></c>' if kind == "String" and not self.constant_memory
            else ""
        )  # fmt: skip
        if not content or not cell.format:
            super()._write_cell(row, col, cell)
            return
        address = xl_rowcol_to_cell_fast(row, col)
        self.fh.write(f'<c r="{address}" s="{cell.format._get_xf_index()}"{content}')

    def _escape_attributes(self, attribute: Any) -> Any:
        """Leave numbers alone without the exception that the parent meets."""
        return super()._escape_attributes(attribute) if isinstance(attribute, str) else attribute


@contextmanager
def new_book(target: Path | BinaryIO, title: str, *, in_memory: bool = True) -> Iterator[Any]:
    """Give a workbook that is written to `target` whole when the block ends well, or not at all.

    The same content gives the same bytes. `in_memory` False puts its parts together in the system's
    folder for temporary files: slower, and a large book takes less memory. Raises files.Blocked
    where a path cannot be written.
    """
    memory = BytesIO()
    book = xlsxwriter.Workbook(
        memory,
        {
            "in_memory": in_memory,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": SONG, "font_size": SIZE},
        },
    )
    book.worksheet_class = _Sheet
    book.set_properties({"title": _one_line(title), "created": _CREATED})
    yield book
    book.close()
    for sheet in book.worksheets():
        sheet.table.clear()  # a book and its sheets refer to one another: that would be garbage
    if isinstance(target, Path):
        write_bytes(target, memory.getvalue())
    else:
        target.write(memory.getbuffer())


def line_count(text: str, width: float, size: int = SIZE) -> int:
    """Count the lines of `text` in a column `width` characters wide, at `size` points."""
    # In half-width letters; breaking between words costs a little.
    room = max(width * 10.4 / size - 1.0, 2.0)
    if len(text) * 2 <= room and "\n" not in text:
        return 1
    return sum(
        max(1, math.ceil(len(part.encode("gb18030", "replace")) / room))
        for part in text.split("\n")
    )


def row_height(
    cells: Iterable[tuple[CellContent, float]], size: int = SIZE, least: float = 20.0
) -> float:
    """Return the points of a row that shows every (content, column width) in full.

    LibreOffice doesn't grow rows by itself.
    """
    counts = (line_count(display_text(content), width, size) for content, width in cells)
    most = max(counts, default=1)
    return min(max(most * size * 1.42 + 5, least), _MAX_HEIGHT)


def _one_line(text: str) -> str:
    """Return `text` for parts of a file that take no control characters: title, footer."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def set_page(
    sheet: Any, *, portrait: bool = False, repeat: tuple[int, int] | None = None, footer: str = ""
) -> None:
    """Set A4, one page wide, page numbers, and `repeat` rows (first, last) on every page."""
    sheet.set_paper(9)
    if portrait:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    sheet.set_margins(left=0.45, right=0.45, top=0.55, bottom=0.65)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    if repeat:
        sheet.repeat_rows(*repeat)
    sheet.set_footer(f"&L&8 {_one_line(footer)[:80].replace('&', '&&')}&R&8 第 &P 页，共 &N 页")
    sheet.hide_gridlines(2)


def write_listing(
    sheet: Any,
    styles: Styles,
    top: int,
    columns: Sequence[Column],
    rows: Iterable[Sequence[CellContent | Styled]],
    *,
    wide: bool = True,
) -> int:
    """Write head and rows of a table from row `top` on and return the row after the last.

    `wide` also sets the column widths.
    """
    if wide:
        set_widths(sheet, [column.width for column in columns])
    sheet.set_row(top, row_height([(column.title, column.width) for column in columns], least=24))
    for at, column in enumerate(columns):
        put(sheet, top, at, column.title, styles["head"])
    here = top
    for row in rows:
        here += 1
        measured = []
        for at, (column, item) in enumerate(zip(columns, row, strict=True)):
            content, traits = (
                (item.content, item.traits) if isinstance(item, Styled) else (item, column.traits)
            )
            put(sheet, here, at, content, styles[traits])
            measured.append((content, column.width))
        sheet.set_row(here, row_height(measured))
    return here + 1


def set_widths(sheet: Any, widths: Sequence[float]) -> None:
    """Set column widths in characters; equal neighbours in one go."""
    at = 0
    for width, run in groupby(widths):
        count = len(list(run))
        sheet.set_column(at, at + count - 1, width)
        at += count
