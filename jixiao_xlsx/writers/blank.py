"""The workbook a department fills: the whole form drawn from its spec, empty or filled, ready to print on A4."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from jixiao_xlsx.spec import Template
from jixiao_xlsx.writers.canvas import CALC, META, Canvas
from jixiao_xlsx.writers.contents import contents, text_of
from jixiao_xlsx.writers.grid import draw_sheet
from jixiao_xlsx.writers.guide import draw_guide
from jixiao_xlsx.writers.layout import NOTHING, Filling, place
from jixiao_xlsx.writers.looks import Looks
from jixiao_xlsx.writers.selfcheck import draw_selfcheck
from jixiao_xlsx.writers.styles import new_book

# What a person may still do on a protected sheet: there is no password, only a guard against slips.
_ALLOWED = {"format_cells": True, "format_columns": True, "format_rows": True, "insert_rows": True, "autofilter": True}


def write_workbook(
    template: Template,
    target: Path | BinaryIO,
    *,
    filling: Filling = NOTHING,
    year: int | None = None,
    department: str = "",
    code: str = "",
) -> None:
    """Write the form, filled with `filling`, to `target`. The same arguments give the same bytes.

    Numbers in `filling` are in the unit of their cell (95 % = 0.95); text is written as text whatever it looks like. Raises
    KeyError for a row or column that the form has not, OSError when the file cannot be written.
    """
    layout = place(template, filling)
    known = contents(layout, filling, year=year, department=department, code=code)
    with new_book(target, template.title) as book:
        canvas = Canvas(book, Looks(book), layout, known, filling)
        sheets = [book.add_worksheet(sheet.spec.title) for sheet in layout.sheets]
        calc = book.add_worksheet(CALC)
        places = list(zip(sheets, layout.sheets, strict=True))
        for sheet, where in places:
            sheet.protect("", _ALLOWED)
            if where.tables:
                draw_sheet(canvas, sheet, where)
        checks = [draw_selfcheck(canvas, sheet, where.spec, calc) for sheet, where in places if where.spec.kind == "selfcheck"]
        for sheet, where in places:
            if where.spec.kind == "guide":
                draw_guide(canvas, sheet, where.spec, checks[0] if checks else None)
        calc.very_hidden()
        _write_meta(canvas, {"year": year, "department": department, "code": code})


def _write_meta(canvas: Canvas, known: Mapping[str, Any]) -> None:
    """What a file says of itself, very hidden: it recognises a form, and never locates a value."""
    sheet = canvas.book.add_worksheet(META)
    lines: dict[str, Any] = {"template": canvas.template.id, "version": canvas.template.version, **known}
    for line, (key, value) in enumerate(lines.items()):
        sheet.write_string(line, 0, key)
        sheet.write_string(line, 1, text_of(value))
    sheet.very_hidden()
