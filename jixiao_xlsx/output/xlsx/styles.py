"""Workbooks that print well: formats, row heights and page set-up shared by the scored workbook and the summary."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from jixiao_xlsx.output.files import write_bytes
from jixiao_xlsx.output.xlsx.formula_values import cached

CREATED = dt.datetime(2020, 1, 1)  # a fixed date: the same input gives the same bytes
SONG, HEI = "宋体", "黑体"
SIZE = 10
_SURROGATES = re.compile("[\ud800-\udfff]")
MAX_TEXT = 1500  # characters of one cell; a longer text says how long it was
MAX_HEIGHT = 409.0  # points; Excel's own limit

# Traits that a format is put together from: Styles["cell money error"].
TRAITS: Mapping[str, Mapping[str, object]] = {
    "plain": {"valign": "vcenter"},
    "title": {"font_name": HEI, "font_size": 16, "align": "center", "valign": "vcenter"},
    "section": {"font_name": HEI, "font_size": 11, "valign": "vcenter", "font_color": "#1F3864"},
    "remark": {"font_size": 9, "font_color": "#595959", "valign": "vcenter", "text_wrap": True},
    "head": {
        "font_name": HEI,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
        "border": 1,
        "bg_color": "#D9E2F3",
    },
    "cell": {"valign": "vcenter", "text_wrap": True, "border": 1},
    "center": {"align": "center"},
    "right": {"align": "right"},
    "strong": {"bold": True},
    "big": {"font_size": 18, "bold": True},
    "total": {"bold": True, "bg_color": "#F2F2F2"},
    "money": {"num_format": "#,##0.00##", "align": "right"},
    "score": {"num_format": "0.0##", "align": "center"},
    "sum": {"num_format": "0.00", "align": "center"},
    "gap": {"num_format": "+0.0##;-0.0##;0", "align": "center"},
    "weight": {"num_format": "General", "align": "center"},
    "percent": {"num_format": "0.00%", "align": "center"},
    "int": {"num_format": "0", "align": "center"},
    "error": {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
    "warning": {"bg_color": "#FFEB9C", "font_color": "#7F6000"},
    "note": {"bg_color": "#DDEBF7"},
    "good": {"bg_color": "#E2EFDA", "font_color": "#375623"},
    "differs": {"bg_color": "#FCE4D6", "font_color": "#C00000"},
    "input": {"bg_color": "#FFFFCC", "border": 2, "border_color": "#BF9000", "locked": False},
    "link": {"font_color": "#0563C1", "underline": 1},
    "left": {"align": "left"},
}


class Styles:
    """The formats of one workbook, each made when it is first asked for: `styles["cell money"]`."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}

    def __getitem__(self, traits: str) -> Any:
        made = self._made.get(traits)
        if made is None:
            properties: dict[str, object] = {"font_name": SONG, "font_size": SIZE}
            for trait in traits.split():
                properties |= TRAITS[trait]
            made = self._made[traits] = self._book.add_format(properties)
        return made


@dataclass(frozen=True, slots=True)
class Live:
    """A formula and the value it has now."""

    formula: str
    value: float | str


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads elsewhere; `target` starts with internal: or external: and is made by us, never by a department."""

    target: str
    text: str


Content = str | int | float | Decimal | Fraction | Live | Link | None


@dataclass(frozen=True, slots=True)
class Styled:
    """A content with traits of its own instead of its column's."""

    content: Content
    traits: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a listing: its title, width in characters, and the traits of its cells."""

    title: str
    width: float
    traits: str = "cell"


class _Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet that takes cell formulas as they are.

    xlsxwriter looks through each for thirty newer functions that a file spells differently; ours hold none of them, and the
    search takes longer than writing the cell.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return (
            super()._prepare_formula(formula, True)
            if expand_future_functions
            else formula.removeprefix("=")
        )


@contextmanager
def new_book(target: Path | BinaryIO, title: str, *, in_memory: bool = True) -> Iterator[Any]:
    """A workbook that is written to `target` whole, when the block ends well, or not at all. Same content, same bytes.

    `in_memory` False puts its parts together in the system's folder for temporary files: slower, and a large book takes less
    memory. Raises files.Blocked where a path cannot be written.
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
    book.set_properties({"title": printable(title), "created": CREATED})
    yield book
    book.close()
    if isinstance(target, Path):
        write_bytes(target, memory.getvalue())
    else:
        target.write(memory.getbuffer())


def put(sheet: Any, row: int, column: int, content: Content, style: Any) -> None:
    """Write one cell by the kind of its content; text stays text whatever it looks like."""
    if content is None or (isinstance(content, str) and not content):
        sheet.write_blank(row, column, None, style)
    elif isinstance(content, str):
        sheet.write_string(row, column, clip(content), style)
    elif isinstance(content, Live):
        sheet.write_formula(row, column, content.formula, style, cached(content.value))
    elif isinstance(content, Link):
        sheet.write_url(row, column, content.target, style, clip(content.text))
    else:
        sheet.write_number(row, column, float(content), style)


def put_merged(sheet: Any, area: tuple[int, int, int, int], content: Content, style: Any) -> None:
    """Write `content` into the first cell of `area` (first row, first column, last row, last column) and merge it."""
    top, left, bottom, right = area
    if (top, left) != (bottom, right):
        sheet.merge_range(top, left, bottom, right, "", style)
    put(sheet, top, left, content, style)


def printable(text: str) -> str:
    """`text` for the parts of a file that take no control characters: document title, footer."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def clip(text: str) -> str:
    """At most MAX_TEXT characters, saying so when there were more; bytes of a file name that are no text become �."""
    if not text.isprintable():
        text = _SURROGATES.sub("\ufffd", text)
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}……（原文共 {len(text)} 字）"


def shown(content: Content) -> str:
    """Roughly what a cell shows: enough to measure it."""
    if isinstance(content, Live):
        content = content.value
    elif isinstance(content, Link):
        content = content.text
    if isinstance(content, str):
        return clip(content)
    return "" if content is None else f"{float(content):.6g}"


def lines(text: str, width: float, size: int = SIZE) -> int:
    """How many lines `text` takes in a column `width` characters wide, at `size` points."""
    room = max(
        width * 10.4 / size - 1.0, 2.0
    )  # in half-width letters; breaking between words costs a little
    if len(text) * 2 <= room and "\n" not in text:
        return 1
    return sum(
        max(1, math.ceil(len(part.encode("gb18030", "replace")) / room))
        for part in text.split("\n")
    )


def height(cells: Iterable[tuple[Content, float]], size: int = SIZE, least: float = 20.0) -> float:
    """Points for a row in which every (content, column width) is to be read in full: LibreOffice doesn't grow rows."""
    most = max((lines(shown(content), width, size) for content, width in cells), default=1)
    return min(max(most * size * 1.42 + 5, least), MAX_HEIGHT)


def page(
    sheet: Any, *, portrait: bool = False, repeat: tuple[int, int] | None = None, footer: str = ""
) -> None:
    """A4, one page wide, page numbers, `repeat` rows (first, last) on every page."""
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
    sheet.set_footer(f"&L&8 {printable(footer)[:80].replace('&', '&&')}&R&8 第 &P 页，共 &N 页")
    sheet.hide_gridlines(2)


def listing(
    sheet: Any,
    styles: Styles,
    top: int,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Content | Styled]],
    *,
    wide: bool = True,
) -> int:
    """Head and rows of a table starting at row `top`; returns the row after the last. `wide` also sets the column widths."""
    if wide:
        set_widths(sheet, [column.width for column in columns])
    sheet.set_row(top, height([(column.title, column.width) for column in columns], least=24))
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
        sheet.set_row(here, height(measured))
    return here + 1


def set_widths(sheet: Any, widths: Sequence[float]) -> None:
    """Column widths in characters; equal neighbours in one go."""
    at = 0
    for width, run in groupby(widths):
        count = len(list(run))
        sheet.set_column(at, at + count - 1, width)
        at += count
