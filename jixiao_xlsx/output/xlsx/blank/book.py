"""The workbook a department fills: a form drawn from its spec, empty or filled, to print on A4."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.repeated_sheets import unrolled
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.blank.canvas import CALC, Canvas
from jixiao_xlsx.output.xlsx.blank.contents import contents
from jixiao_xlsx.output.xlsx.blank.data_sheets import draw_sheet
from jixiao_xlsx.output.xlsx.blank.form_styles import form_styles
from jixiao_xlsx.output.xlsx.blank.guide import draw_guide
from jixiao_xlsx.output.xlsx.blank.layout import NO_FILLING, Filling, Layout, lay_out
from jixiao_xlsx.output.xlsx.cells import cached_result, qualified, typed_text
from jixiao_xlsx.output.xlsx.page import new_book
from jixiao_xlsx.output.xlsx.self_check.progress import mark_wrong, write_progress
from jixiao_xlsx.output.xlsx.self_check.sheet import SelfCheck, draw_self_check
from jixiao_xlsx.output.xlsx.self_check.states import MARKS_NAME, STATES_NAME
from jixiao_xlsx.reading.explanations import REMARKS_SHEET
from jixiao_xlsx.values.addresses import a1
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.people import Bureau

_NO_BUREAU = Bureau()
_NO_PREFILL: Mapping[Ref, Decimal] = {}
# What a person may still do on a protected sheet: there is no password, only a guard against slips.
_ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "autofilter": True,
}


def write_workbook(
    template: Template,
    target: Path | BinaryIO,
    *,
    filling: Filling = NO_FILLING,
    year: int | None = None,
    department: str = "",
    code: str = "",
    prefill: Mapping[Ref, Decimal] = _NO_PREFILL,
    locked: Collection[Ref] = (),
    ahead: Filling = NO_FILLING,
    bureau: Bureau = _NO_BUREAU,
) -> None:
    """Write the form, filled with `filling`, to `target`. The same arguments give the same bytes.

    Numbers in `filling` are in the unit of their cell (95 % = 0.95); text is written as text
    whatever it looks like. `prefill` is what the bureau types ahead into fixed rows: the file
    remembers it, and those `locked` cannot be typed over. `ahead` are open rows of the
    bureau's, locked as well, where nothing is filled in there. The first sheet says until when
    and to whom in the `bureau` to report. Raises KeyError for a row or column that the form has
    not, OSError when the file cannot be written.
    """
    filling = {**ahead, **filling}
    layout = lay_out(unrolled(template), filling)
    cells = contents(
        layout,
        filling,
        year=year,
        department=department,
        code=code,
        prefill=prefill,
        locked=locked,
        ahead=ahead,
    )
    # What the form's own formula shows anyway stays a formula, and nothing that could be changed.
    remembered = {
        ref: value
        for ref, value in prefill.items()
        if not cells[ref.table, ref.row, ref.column].formula
    }
    printed, formulas = _fixed(lay_out(unrolled(template)) if filling else layout)
    handed = hidden_mark.HandedOut(remembered, printed, formulas, _given(ahead, template))
    mark = hidden_mark.mark_lines(template, year, department, code, handed)
    with new_book(target, template.title) as book:
        canvas = Canvas(book, form_styles(book), layout, cells, filling)
        _draw_sheets(canvas, bureau)
        sheet = book.add_worksheet(hidden_mark.MARK_SHEET)
        for row, (key, value) in enumerate(mark.items()):
            sheet.write_string(row, 0, key)
            sheet.write_string(row, 1, value)
        sheet.very_hidden()


def _draw_sheets(canvas: Canvas, bureau: Bureau) -> None:
    """Draw the sheets of the form and what 自检 needs; shared texts are stored in this order."""
    book, places = canvas.book, canvas.layout.sheets
    sheets = [(book.add_worksheet(place.spec.title), place) for place in places]
    helper = book.add_worksheet(CALC)
    helper.very_hidden()
    for sheet, where in sheets:
        sheet.protect("", _ALLOWED)
        if where.tables:
            draw_sheet(canvas, sheet, where)
    check = None
    for sheet, where in sheets:
        if where.spec.kind == "selfcheck":
            check = draw_self_check(canvas, sheet, where.spec, helper)
    for sheet, where in sheets:
        if where.spec.kind == "guide":
            draw_guide(canvas, sheet, where.spec, check, bureau)
        elif where.tables and check:
            write_progress(canvas, sheet, where, check)
            mark_wrong(canvas, sheet, where, check)
    if check:
        book.define_name(STATES_NAME, f"={check.states}")
        if check.wrong:
            book.define_name(MARKS_NAME, f"={qualified(CALC, check.wrong.area)}")
        _write_remarks(canvas, check)


def _given(ahead: Filling, template: Template) -> hidden_mark.TextsByRef:
    """Return what is typed ahead into open rows, by the title of each row."""
    found: dict[Ref, str] = {}
    for name, filled in ahead.items():
        label = template.table[name].label[0]
        for row in filled.open_rows:
            for title, value in row.items():
                found[Ref(name, str(row.get(label, "")), title)] = typed_text(value)
    return found


def _fixed(layout: Layout) -> tuple[hidden_mark.TextsByRef, hidden_mark.TextsByRef]:
    """Return what the empty form prints and computes, which must not be changed.

    Of copies of a sheet, what the first holds.
    """
    printed: dict[Ref, str] = {}
    formulas: dict[Ref, str] = {}
    cells = contents(layout, NO_FILLING)
    for (name, key, title), cell in cells.items():
        table = layout.tables[name]
        row = table.row[key]
        label = row.title
        if row.kind == "open":
            labels = (typed_text(cells[name, key, one].value) for one in table.spec.label)
            label = next(labels, "")
        if cell.formula:
            where = a1(row.line, table.columns[title])
            shape = hidden_mark.formula_shape(cell.formula, where)
            formulas.setdefault(Ref(table.spec.base, row.title, title), shape)
        elif cell.role == "fixed" and label:
            printed.setdefault(Ref(table.spec.base, label, title), typed_text(cell.value))
    return printed, formulas


def _write_remarks(canvas: Canvas, check: SelfCheck) -> None:
    """Repeat the 情况说明 of 自检 on a small sheet: reading all of 自检 would double a file's cost."""
    sheet = canvas.book.add_worksheet(REMARKS_SHEET)
    titles = canvas.template.remarks
    heads = [titles.get(key, key) for key in ("code", "line", "text")]
    # Only a form with a sheet that repeats has to tell the sheets apart.
    with_sheet = "sheet" in titles
    for column, title in enumerate([*heads, titles["sheet"]] if with_sheet else heads):
        sheet.write_string(0, column, title)
    for row, (one, ref) in enumerate(check.remarks(), start=1):
        sheet.write_string(row, 0, one.line.code)
        sheet.write_string(row, 1, one.line.label)
        sheet.write_formula(row, 2, f'=IF({ref}="","",{ref})', None, cached_result(""))
        if with_sheet:
            sheet.write_string(row, 3, one.sheet)
    sheet.very_hidden()
