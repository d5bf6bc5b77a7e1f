"""Tables of a web page that is named .xls, as some public systems export them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from jixiao_xlsx.intake.file_kinds import MAX_PAGE_BYTES, SAVE_AS, Refused
from jixiao_xlsx.reading.flags.sheet_flags import (
    MAX_AREA,
    MAX_COLUMNS,
    MAX_ROWS,
    SheetFlags,
    far_cell,
)
from jixiao_xlsx.reading.texts.text_sheet import TextSheet, decoded, rows_of
from jixiao_xlsx.values.addresses import Area, Position

_NUMBER = re.compile(r"[-−]?(?:0|[1-9]\d{0,14}|[1-9]\d{0,2}(?:,\d{3}){1,4})(?:\.\d{1,10})?(%?)")
_NUMBER_WITH_UNIT = re.compile(rf"({_NUMBER.pattern})\s?[^\d.,%]{{1,6}}")
_SHEET_NAMES = re.compile(r"<x:Name>([^<]{1,64})</x:Name>", re.IGNORECASE)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "caption"})
_UNSEEN = frozenset({"script", "style", "title", "head"})
_FIRST_PART = 1 << 16
_LEAST_CELLS = 4  # fewer make no table of a form


def read_html_tables(data: bytes) -> list[TextSheet]:
    """Return every table of a page as a worksheet. Raises Refused: none, or far too wide."""
    if len(data) > MAX_PAGE_BYTES:
        raise Refused(f"这是网页（HTML），又超过 {MAX_PAGE_BYTES // 2**20} MB，未读取。{SAVE_AS}")
    text = decoded(data)
    page = _Page()
    page.feed(text)
    page.close()
    tables = [table for table in page.tables if len(table.cells) >= _LEAST_CELLS]
    if not tables:
        raise Refused(f"这是网页（HTML），只是用了工作簿的文件名，里面没有能读的表格。{SAVE_AS}")
    names = _SHEET_NAMES.findall(text[:_FIRST_PART])
    if len(names) != len(tables):
        names = [table.title or f"表{number}" for number, table in enumerate(tables, 1)]
    return [table.sheet(name) for table, name in zip(tables, _distinct(names), strict=True)]


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the names, a repeated one with its number."""
    return [
        name if name not in names[:at] else f"{name}（{at + 1}）" for at, name in enumerate(names)
    ]


class _Table:
    """A table while it is read; `next` is the column after the last cell of the row."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.cells: dict[Position, object] = {}
        self.percents: set[Position] = set()
        self.merges: list[Area] = []
        self.taken: set[Position] = set()
        self.row, self.next = -1, 0
        self.place: Position | None = None
        self.texts: list[str] = []
        self.stored = ""

    def start_row(self) -> None:
        """Begin a row."""
        self.end_cell()
        self.row, self.next = self.row + 1, 0

    def start_cell(self, attributes: dict[str, str | None]) -> None:
        """Begin a cell: the next place that no cell above reaches into."""
        self.end_cell()
        if self.row < 0:
            self.start_row()
        while (self.row, self.next) in self.taken:
            self.next += 1
        across, down = (_span(attributes.get(key)) for key in ("colspan", "rowspan"))
        self.place = top, left = self.row, self.next
        bottom, right = top + down - 1, left + across - 1
        if bottom >= MAX_ROWS or right >= MAX_COLUMNS:
            raise far_cell(self.title or "网页", self.place)
        if across > 1 or down > 1:
            self._merge((top, left, bottom, right))
        self.next = right + 1
        self.texts, self.stored = [], attributes.get("x:num") or attributes.get("sdval") or ""

    def _merge(self, area: Area) -> None:
        """Take the places of the rows below that the current cell reaches into."""
        top, left, bottom, right = area
        below = range(top + 1, min(bottom, top + 999) + 1)
        self.taken |= {(row, at) for row in below for at in range(left, right + 1)}
        if len(self.taken) > MAX_AREA:
            raise far_cell(self.title or "网页", (top, left))
        self.merges.append(area)

    def end_cell(self) -> None:
        """Keep what the current cell shows."""
        if self.place is None:
            return
        lines = (" ".join(line.split()) for line in "".join(self.texts).split("\0"))
        shown = "\n".join(line for line in lines if line)
        if shown:
            self.cells[self.place] = self._value(shown)
        self.place = None

    def _value(self, shown: str) -> object:
        """Return what is shown; a number where it is one, with all digits that the page stores."""
        number = _NUMBER.fullmatch(shown)
        if number is None and self.stored and (beside := _NUMBER_WITH_UNIT.fullmatch(shown)):
            shown, number = beside[1], _NUMBER.fullmatch(beside[1])
        if number is None:
            return shown
        assert self.place is not None
        if number[1]:
            self.percents.add(self.place)
        typed = float(shown.rstrip("%").replace(",", "").replace("−", "-"))
        typed = typed / 100 if number[1] else typed
        decimals = len(shown.rstrip("%").partition(".")[2]) + (2 if number[1] else 0)
        try:
            stored = float(self.stored)
        except ValueError:
            return typed
        return stored if abs(stored - typed) <= 0.51 / 10**decimals else typed

    def sheet(self, name: str) -> TextSheet:
        """Return the table as a worksheet."""
        rows = rows_of(self.cells, name)
        merges = tuple(self.merges)
        return TextSheet(name, rows, SheetFlags(percents=frozenset(self.percents), merges=merges))


def _span(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text[:6]) > 0 else 1


class _Page(HTMLParser):
    """The tables of a page; a table inside another is one of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self.heading: list[str] | None = None
        self.title = ""
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, row or cell."""
        table = self.open[-1] if self.open else None
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag == "table":
            self.open.append(_Table(self.title))
            self.tables.append(self.open[-1])
            self.title = ""
        elif tag in _HEADINGS:
            self.heading = []
        elif tag == "em" and self.heading is not None:
            self.heading.clear()  # a spreadsheet program writes “表 1: ” before the sheet's name
        elif table is not None and tag == "tr":
            table.start_row()
        elif table is not None and tag in {"td", "th"}:
            table.start_cell(dict(attrs))
        elif table is not None and tag in {"br", "p", "div"}:
            table.texts.append("\0")

    def handle_endtag(self, tag: str) -> None:
        """End what was begun."""
        if tag in _UNSEEN:
            self.unseen = max(self.unseen - 1, 0)
        elif tag in _HEADINGS and self.heading is not None:
            title, self.heading = " ".join("".join(self.heading).split())[:31], None
            if tag == "caption" and self.open:
                self.open[-1].title = title
            else:
                self.title = title
        elif self.open and tag in {"td", "th", "tr"}:
            self.open[-1].end_cell()
        elif self.open and tag == "table":
            self.open.pop().end_cell()

    def handle_data(self, data: str) -> None:
        """Keep text where it is shown."""
        if self.unseen:
            return
        if self.heading is not None:
            self.heading.append(data)
        elif self.open and self.open[-1].place is not None:
            self.open[-1].texts.append(data)
