"""A worksheet as boxes: merged areas and single cells, with what is printed and drawn there."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from jixiao_xlsx.reading.sheets import SheetsRead, read_sheets
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Area, Position, a1
from jixiao_xlsx.values.text import from_float, tidy

_MARK = re.compile(r"^(?:[*＊xX×_]+|.*[□☐].*|○.*|[.…]+|\d{0,4}年\d{0,2}月\d{0,2}日)$")
_NOT_HERE = re.compile(r"^[-—/\\]+$")
_LEADING = re.compile(r"^[\s\u3000]*")
_NUMBER = re.compile(r"^[(（]?\d+(?:\.\d+)?[)）]?$")


class Print(StrEnum):
    """What is printed in a box.

    A mark (*, XX, □) stands where something is to be filled in; NOT_HERE (—) where nothing is.
    """

    EMPTY = "empty"
    LABEL = "label"
    NUMBER = "number"
    MARK = "mark"
    NOT_HERE = "not here"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class CellLook:
    """How a cell is drawn: edges as letters of “lrtb”; `styled`: not in the sheet's plain style."""

    edges: str = ""
    filled: bool = False
    styled: bool = False
    indent: int = 0
    bold: bool = False
    size: float = 0
    format: str = ""

    @property
    def shown(self) -> bool:
        """Return whether something of it is to be seen: an edge, a fill, a style."""
        return bool(self.edges) or self.filled or self.styled


@dataclass(frozen=True, slots=True)
class Box:
    """A merged area, or one cell; rows and columns count from 0, ends are inside."""

    top: int
    left: int
    bottom: int
    right: int
    text: str = ""
    key: str = ""
    print: Print = Print.EMPTY
    formula: str = ""
    look: CellLook = CellLook()

    @property
    def ref(self) -> str:
        """Return the address of its first cell: “C9”."""
        return a1(self.top, self.left)

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return self.right - self.left + 1

    @property
    def label(self) -> bool:
        """Return whether words are printed there that name something."""
        return self.print is Print.LABEL

    @property
    def open(self) -> bool:
        """Return whether something may be filled in there."""
        return self.print in (Print.EMPTY, Print.MARK)

    @property
    def merged(self) -> bool:
        """Return whether it covers more than one cell."""
        return self.top < self.bottom or self.left < self.right

    @property
    def drawn(self) -> bool:
        """Return whether it is to be seen as a cell of its own."""
        return self.merged or self.look.shown

    @property
    def indent(self) -> int:
        """Return how far its words are moved in, in half-width spaces."""
        lead = _LEADING.match(self.text)
        blanks = lead.group() if lead else ""
        return sum(2 if letter == "\u3000" else 1 for letter in blanks) + 2 * self.look.indent

    def covers(self, other: Box) -> bool:
        """Return whether the columns of `other` lie within its own."""
        return self.left <= other.left and other.right <= self.right


@dataclass(frozen=True, eq=False)
class Grid:
    """The boxes of a sheet in reading order, and where each cell belongs."""

    sheet: str
    boxes: tuple[Box, ...]
    height: int
    width: int
    hidden: bool = False
    at: Mapping[Position, Box] = field(default_factory=dict)

    def box(self, row: int, column: int) -> Box:
        """Return the box over a cell; an undrawn empty one where nothing is."""
        return self.at.get((row, column)) or Box(row, column, row, column)

    def starting(self, row: int) -> tuple[Box, ...]:
        """Return the boxes whose first row this is, from left to right."""
        return self._rows.get(row, ())

    @cached_property
    def _rows(self) -> Mapping[int, tuple[Box, ...]]:
        rows: dict[int, list[Box]] = {}
        for box in self.boxes:
            rows.setdefault(box.top, []).append(box)
        return {row: tuple(sorted(boxes, key=lambda box: box.left)) for row, boxes in rows.items()}

    @cached_property
    def outlined(self) -> bool:
        """Return whether empty boxes are drawn, so that an undrawn cell is none."""
        return any(box.print is Print.EMPTY and box.look.shown for box in self.boxes)


def boxed_sheets(data: bytes) -> tuple[SheetsRead, tuple[Grid, ...]]:
    """Return the visible sheets of a workbook as boxes. Raises Refused.

    Borders and fills are known of .xlsx only; of other kinds texts and merges must do.
    """
    read = read_sheets(data, lambda name, hidden: not hidden)
    looks = _looks(data) if data[:2] == b"PK" and read.format.value == "ooxml" else {}
    return read, tuple(boxed_sheet(sheet, looks.get(sheet.name, {})) for sheet in read.worksheets)


def boxed_sheet(sheet: Worksheet, looks: Mapping[Position, CellLook]) -> Grid:
    """Return a worksheet as boxes."""
    places = {*sheet.filled, *looks, *sheet.flags.formulas}
    areas: dict[Position, Area] = {}
    for top, left, bottom, right in sheet.flags.merges:
        area = (top, left, bottom, right)
        cells = [(row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)]
        areas |= dict.fromkeys(cells, area)
        places |= {(top, left)}
    boxes, at = [], {}
    for place in sorted(places):
        area = areas.get(place, (*place, *place))
        if area[:2] != place:
            continue
        box = _box(sheet, area, looks)
        if box.text or box.formula or box.drawn:
            boxes.append(box)
            at.update(dict.fromkeys(_cells(area), box))
    height = 1 + max((box.bottom for box in boxes), default=-1)
    width = 1 + max((box.right for box in boxes), default=-1)
    return Grid(sheet.name, tuple(boxes), height, width, sheet.hidden, at)


def _cells(area: Area) -> Iterator[Position]:
    top, left, bottom, right = area
    return ((row, col) for row in range(top, bottom + 1) for col in range(left, right + 1))


def _box(sheet: Worksheet, area: Area, looks: Mapping[Position, CellLook]) -> Box:
    place = area[:2]
    raw, formula = sheet.raw(*place), sheet.flags.formulas.get(place, "")
    text = "" if raw is None else _shown(raw)
    look = _whole(looks, area)
    return Box(*area, text, tidy(text), _printed(raw, text, formula, place, sheet), formula, look)


def _shown(raw: object) -> str:
    if isinstance(raw, float):
        return format(from_float(raw).normalize(), "f")
    return str(raw)


def _printed(raw: object, text: str, formula: str, place: Position, sheet: Worksheet) -> Print:
    """Return what is printed; a 0 stands where a figure belongs, as 0.00 in many blanks."""
    if formula or place in sheet.flags.formulas:
        return Print.FORMULA
    key = tidy(text)
    if not key or raw is None:
        return Print.EMPTY
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        return Print.NUMBER if raw else Print.MARK
    if _NOT_HERE.match(key):
        return Print.NOT_HERE
    if _MARK.match(key):
        return Print.MARK
    return Print.NUMBER if _NUMBER.match(key) else Print.LABEL


def printed_at(sheet: Worksheet, place: Position) -> bool:
    """Return whether a blank prints or computes something at a place; a mark (*, XX) is none."""
    raw, formula = sheet.raw(*place), sheet.flags.formulas.get(place, "")
    text = "" if raw is None else _shown(raw)
    return _printed(raw, text, formula, place, sheet) not in (Print.EMPTY, Print.MARK)


def _whole(looks: Mapping[Position, CellLook], area: Area) -> CellLook:
    """Return the look of an area: that of its first cell, with the edges all around it."""
    top, left, bottom, right = area
    first, last = looks.get((top, left), CellLook()), looks.get((bottom, right), CellLook())
    if (top, left) == (bottom, right):
        return first
    edges = {edge for edge in "lt" if edge in first.edges}
    edges |= {edge for edge in "rb" if edge in last.edges}
    return CellLook(
        "".join(sorted(edges)),
        first.filled,
        first.styled,
        first.indent,
        first.bold,
        first.size,
        first.format,
    )


def _looks(data: bytes) -> Mapping[str, Mapping[Position, CellLook]]:
    """Return how the cells of an .xlsx are drawn, by sheet."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: {
            (cell.row - 1, cell.column - 1): _look(cell) for cell in _bounded(sheet.iter_rows())
        }
        for sheet in book.worksheets
    }


def _bounded(rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
    return (cell for row in rows for cell in row if cell.has_style)


def _look(cell: Any) -> CellLook:
    border, fill = cell.border, cell.fill
    sides = {"l": border.left, "r": border.right, "t": border.top, "b": border.bottom}
    edges = "".join(edge for edge, side in sides.items() if side is not None and side.style)
    alignment = cell.alignment
    styled = bool(alignment.horizontal or alignment.vertical or alignment.wrap_text)
    return CellLook(
        edges,
        fill.fill_type is not None,
        styled or not cell.protection.locked,
        int(alignment.indent or 0),
        bool(cell.font.bold),
        float(cell.font.size or 0),
        cell.number_format if cell.number_format != "General" else "",
    )
