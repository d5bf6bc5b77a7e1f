"""A sheet of a workbook that is text, its cells by place, and what both readers share."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jixiao_xlsx.intake.file_kinds import broken
from jixiao_xlsx.reading.flags.sheet_flags import SheetFlags, far_cell, too_far
from jixiao_xlsx.values.addresses import Position

_DECLARED = re.compile(rb"""(?:encoding|charset)\s{0,9}=\s{0,9}["']?([A-Za-z0-9_\-]{2,20})""")
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_HEAD = 2048


@dataclass(frozen=True, slots=True)
class TextSheet:
    """A worksheet: rows from A1 on as python-calamine gives them, "" for an empty cell."""

    name: str
    rows: Sequence[Sequence[object]]
    flags: SheetFlags
    hidden: bool = False


def decoded(data: bytes) -> str:
    """Return the text by its mark, its declared encoding, UTF-8 or GB 18030. Raises Refused."""
    mark = next((name for start, name in _MARKS.items() if data.startswith(start)), "")
    declared = _DECLARED.search(data[:_HEAD])
    said = declared[1].decode("ascii").lower() if declared else ""
    said = "gb18030" if said.startswith("gb") else said
    for name in (mark, said, "utf-8", "gb18030"):
        try:
            if name:
                return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    raise broken()


def rows_of(cells: Mapping[Position, object], sheet: str) -> list[list[object]]:
    """Return the rows that hold `cells`. Raises Refused where one is far out."""
    height = max((row for row, _ in cells), default=-1) + 1
    width = max((column for _, column in cells), default=-1) + 1
    if too_far(height, width):
        raise far_cell(sheet, max(cells, key=lambda place: (place[0] + place[1], place)))
    rows: list[list[object]] = [[""] * width for _ in range(height)]
    for (row, column), value in cells.items():
        rows[row][column] = value
    return rows
