"""The workbook a department fills: the whole form drawn from its spec, empty or filled, ready to print on A4."""

from __future__ import annotations

from collections.abc import Mapping
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
from jixiao_xlsx.output.xlsx.blank.layout import NO_FILLING, Filling, Layout, place
from jixiao_xlsx.output.xlsx.cells import cached_result, typed_text
from jixiao_xlsx.output.xlsx.page import new_book
from jixiao_xlsx.output.xlsx.self_check.progress import STATES, mark_wrong, write_progress
from jixiao_xlsx.output.xlsx.self_check.sheet import Summary, draw_selfcheck
from jixiao_xlsx.reading.explanations import REMARKS_SHEET
from jixiao_xlsx.values.addresses import a1
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.people import Bureau

NO_BUREAU = Bureau()
NO_PREFILL: Mapping[Ref, Decimal] = {}
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
    prefill: Mapping[Ref, Decimal] = NO_PREFILL,
    bureau: Bureau = NO_BUREAU,
) -> None:
    """Write the form, filled with `filling`, to `target`. The same arguments give the same bytes.

    Numbers in `filling` are in the unit of their cell (95 % = 0.95); text is written as text whatever it looks like. `prefill`
    is what the bureau types ahead into fixed rows: the file remembers it. Raises KeyError for a row or column that the form
    has not, OSError when the file cannot be written. `bureau` is told on the first sheet: until when and to whom.
    """
    layout = place(unrolled(template), filling)
    known = contents(layout, filling, year=year, department=department, code=code, prefill=prefill)
    # What the form's own formula shows anyway stays a formula, and nothing that could be changed.
    remembered = {
        ref: value
        for ref, value in prefill.items()
        if not known[ref.table, ref.row, ref.column].formula
    }
    printed, formulas = _fixed(place(unrolled(template)) if filling else layout)
    with new_book(target, template.title) as book:
        canvas = Canvas(book, form_styles(book), layout, known, filling)
        sheets = [book.add_worksheet(sheet.spec.title) for sheet in layout.sheets]
        calc = book.add_worksheet(CALC)
        places = list(zip(sheets, layout.sheets, strict=True))
        for sheet, where in places:
            sheet.protect("", _ALLOWED)
            if where.tables:
                draw_sheet(canvas, sheet, where)
        checks = [
            draw_selfcheck(canvas, sheet, where.spec, calc)
            for sheet, where in places
            if where.spec.kind == "selfcheck"
        ]
        for sheet, where in places:
            if where.spec.kind == "guide":
                draw_guide(canvas, sheet, where.spec, checks[0] if checks else None, bureau)
            elif where.tables and checks:
                write_progress(canvas, sheet, where, checks[0])
                mark_wrong(canvas, sheet, where, checks[0])
        for check in checks[:1]:
            book.define_name(STATES, f"={check.states}")
        calc.very_hidden()
        for check in checks:
            _write_remarks(canvas, check)
        said = book.add_worksheet(hidden_mark.MARK_SHEET)
        ahead = hidden_mark.HandedOut(remembered, printed, formulas)
        for line, (key, value) in enumerate(
            hidden_mark.mark_lines(template, year, department, code, ahead).items()
        ):
            said.write_string(line, 0, key)
            said.write_string(line, 1, value)
        said.very_hidden()


def _fixed(layout: Layout) -> tuple[hidden_mark.TextsByRef, hidden_mark.TextsByRef]:
    """What the empty form prints and computes, and nobody is to change; of copies, what the first holds."""
    printed: dict[Ref, str] = {}
    formulas: dict[Ref, str] = {}
    known = contents(layout, NO_FILLING)
    for (name, key, title), content in known.items():
        table = layout.tables[name]
        row = table.row[key]
        label = (
            next((typed_text(known[name, key, one].value) for one in table.spec.label), "")
            if row.kind == "open"
            else row.title
        )
        if content.formula:
            where = a1(row.line, table.columns[title])
            formulas.setdefault(
                Ref(table.spec.base, row.title, title),
                hidden_mark.formula_shape(content.formula, where),
            )
        elif content.role == "fixed" and label:
            printed.setdefault(Ref(table.spec.base, label, title), typed_text(content.value))
    return printed, formulas


def _write_remarks(canvas: Canvas, check: Summary) -> None:
    """The 情况说明 of 自检 once more, on a small sheet of their own: reading the whole of 自检 would double the cost of a file."""
    sheet = canvas.book.add_worksheet(REMARKS_SHEET)
    titles = canvas.template.remarks
    where = (
        [titles["sheet"]] if "sheet" in titles else []
    )  # only a form with a sheet that repeats has to tell them apart
    for column, title in enumerate(
        [*(titles.get(key, key) for key in ("code", "line", "text")), *where]
    ):
        sheet.write_string(0, column, title)
    for line, (code, label, where_told, ref) in enumerate(check.remarks, start=1):
        sheet.write_string(line, 0, code)
        sheet.write_string(line, 1, label)
        sheet.write_formula(line, 2, f'=IF({ref}="","",{ref})', None, cached_result(""))
        for column in range(3, 3 + len(where)):
            sheet.write_string(line, column, where_told)
    sheet.very_hidden()
