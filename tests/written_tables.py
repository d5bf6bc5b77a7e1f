"""Workbooks written as text, for tests of what the bureau gives."""

from __future__ import annotations

import io

import openpyxl


def book(text: str, name: str = "Sheet1") -> bytes:
    """A workbook of one sheet, columns separated by “|”; digits are numbers."""
    made = openpyxl.Workbook()
    made.active.title = name
    for line in text.strip().splitlines():
        made.active.append([_typed(cell.strip()) for cell in line.split("|")])
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _typed(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text or None
