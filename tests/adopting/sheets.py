"""Small county forms drawn from text: a line a row, cells parted by |, < and ^ merged into another.

A cell ~ is not drawn.
`borders`: all | none. A cell "=…" is a formula, a number a number, all else a text.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl
from openpyxl.styles import Alignment, Border, Side
from openpyxl.utils import get_column_letter

_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def book(sheets: Mapping[str, str], *, borders: str = "all") -> bytes:
    """Return a workbook with these sheets; a row that starts with "!" has no borders."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, text in sheets.items():
        draw(workbook.create_sheet(name), text, borders)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def draw(sheet: object, text: str, borders: str) -> None:
    rows = [line.strip("\n") for line in text.strip("\n").split("\n")]
    cells: dict[tuple[int, int], str] = {}
    for row, line in enumerate(rows, 1):
        free = line.startswith("!")
        for column, content in enumerate(line.removeprefix("!").split("|"), 1):
            if content == "~":
                continue
            cells[row, column] = content.rstrip()
            cell = sheet.cell(row, column)  # type: ignore[attr-defined]
            if not free and borders == "all":
                cell.border = _BOX
            if not free:
                cell.alignment = Alignment(vertical="center")
    merged = _merges(cells)
    for (row, column), content in cells.items():
        if content not in ("", "<", "^"):
            number = content.replace(".", "", 1).isdigit()
            value = float(content) if number else content
            sheet.cell(row, column).value = value  # type: ignore[attr-defined]
    for top, left, bottom, right in merged:
        area = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
        sheet.merge_cells(area)  # type: ignore[attr-defined]


def _merges(cells: dict[tuple[int, int], str]) -> list[tuple[int, int, int, int]]:
    found = []
    for (row, column), content in cells.items():
        if content in ("<", "^"):
            continue
        right, bottom = column, row
        while cells.get((row, right + 1)) == "<":
            right += 1
        while cells.get((bottom + 1, column)) == "^":
            bottom += 1
        if (right, bottom) != (column, row):
            found.append((row, column, bottom, right))
    return found


def filled(blank: bytes, values: Mapping[str, object]) -> bytes:
    """Return a copy of a workbook with values at “表!格”."""
    workbook = openpyxl.load_workbook(io.BytesIO(blank))
    for place, value in values.items():
        sheet, _, ref = place.rpartition("!")
        workbook[sheet][ref].value = value
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
