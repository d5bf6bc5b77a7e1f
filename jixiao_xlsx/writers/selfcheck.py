"""自检: what is still open in the form, said while it is being filled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jixiao_xlsx.spec import SheetSpec
from jixiao_xlsx.writers.canvas import Canvas, quoted, span, write_title
from jixiao_xlsx.writers.checklines import FAILED, GOOD, MISSING, SOFT, STRAY, CheckLine, across, required_cells, within
from jixiao_xlsx.writers.layout import a1
from jixiao_xlsx.writers.looks import BAD, BAND_FILL, FAIR, TODO
from jixiao_xlsx.writers.looks import GOOD as GREEN
from jixiao_xlsx.writers.styles import height, page
from jixiao_xlsx.writers.workings import Workings

COLUMNS: Sequence[tuple[str, float]] = (
    ("编号", 9),
    ("工作表", 15),
    ("行 / 列", 25),
    ("核对关系", 58),
    ("单元格", 9),
    ("结果", 32),
    ("情况说明", 32),
)
_LINK, _STATE, _REMARK = 4, 5, 6
_COUNTERS, _LEGEND, _HEADER = 1, 2, 3
_EXPLAINED = f"{SOFT} 已说明，"
_HOW = (
    f"{GOOD} 相符；{FAILED} 不平，请改正；{SOFT} 尾差或仅供核对，不必改；{MISSING} 有一边还没有填；{STRAY} 数字栏里填了文字。"
    "“差”＝左边－右边。黄色格写情况说明：确有原因不能改的，写明原因。"
)


def draw_selfcheck(canvas: Canvas, sheet: Any, spec: SheetSpec, calc: Any) -> None:
    """Draw the sheet; its arithmetic goes to `calc`."""
    widths = [width for _, width in COLUMNS]
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    workings = Workings(canvas, calc)
    inner, failures = within(workings)
    outer = across(workings, failures)
    musts = list(required_cells(canvas))
    write_title(canvas, sheet, (0, 0), "{year}年度" + spec.title + "情况", widths)
    for number, (title, _) in enumerate(COLUMNS):
        sheet.write_string(_HEADER, number, title, canvas.looks.head)
    sheet.set_row(_HEADER, 26)
    line = _HEADER + 1
    for heading, lines in (("一、必填项", musts), ("二、表内关系", inner), ("三、表间关系", outer)):
        span(sheet, (line, 0, line, len(COLUMNS) - 1), heading, canvas.looks.band)
        sheet.set_row(line, 22)
        line = _draw_lines(canvas, sheet, line + 1, lines)
    _draw_counters(canvas, sheet, line - 1, [*musts, *inner, *outer], len(musts))
    _colour(canvas, sheet, line - 1)
    page(sheet, portrait=spec.orientation == "portrait", repeat=(_HEADER, _HEADER), footer=spec.title)
    sheet.freeze_panes(_HEADER + 1, 0)
    sheet.autofilter(_HEADER, 0, line - 1, len(COLUMNS) - 1)


def _draw_lines(canvas: Canvas, sheet: Any, line: int, lines: Sequence[CheckLine]) -> int:
    looks = canvas.looks
    for one in lines:
        where = canvas.layout.sheet_of(one.anchor[0])
        ref = a1(*canvas.layout.position(one.anchor))
        for number, text in enumerate((one.code, where, one.label, one.text)):
            sheet.write_string(line, number, text, looks.boxed(align="center" if number < 2 else "left"))
        target = "internal:'" + where.replace("'", "''") + f"'!{ref}"
        sheet.write_url(line, _LINK, target, looks.boxed(align="center", font_color="#0563C1", underline=1), ref, "转到这个单元格")
        formula, shown = _with_remark(one, a1(line, _REMARK))
        sheet.write_formula(line, _STATE, f"={formula}", looks.boxed(align="left", indent=1), shown)
        look = looks.cell("input" if one.explainable else "void", "left", "General")
        sheet.write_blank(line, _REMARK, None, look)
        sheet.set_row(line, height([(one.text, COLUMNS[3][1]), (one.label, COLUMNS[2][1]), (shown, COLUMNS[5][1])], least=20))
        line += 1
    return line


def _with_remark(one: CheckLine, remark: str) -> tuple[str, str]:
    """The verdict; once a 警告-type failure is explained it no longer counts."""
    state = one.state.formula
    if one.explainable:
        state = f'IF(AND({remark}<>"",LEFT({state},1)={quoted(FAILED)}),{quoted(_EXPLAINED)}&MID({state},3,99),{state})'
    return state, str(one.state.value)


def _draw_counters(canvas: Canvas, sheet: Any, last: int, lines: Sequence[CheckLine], musts: int) -> None:
    """How much is left, in words, at the top."""
    first = _HEADER + 2
    states = f"{a1(first, _STATE, absolute=True)}:{a1(last, _STATE, absolute=True)}"
    early = f"{a1(first, _STATE, absolute=True)}:{a1(first + max(musts, 1) - 1, _STATE, absolute=True)}"
    failed = sum(str(one.state.value).startswith(FAILED) for one in lines)
    stray = sum(one.state.value == STRAY for one in lines)
    missing = sum(one.state.value == MISSING for one in lines[:musts])
    looks = canvas.looks
    parts = (
        ((0, 2), f"SUMPRODUCT(--(LEFT({states},1)={quoted(FAILED)}))", failed, ("还有 ", " 处不平", "没有不平的地方"), BAD),
        ((3, 4), f"SUMPRODUCT(--({early}={quoted(MISSING)}))", missing, ("还有 ", " 项必填未填", "必填项已填完"), FAIR),
        ((5, 6), f"SUMPRODUCT(--({states}={quoted(STRAY)}))", stray, ("还有 ", " 处数字栏填了文字", "数字栏没有文字"), FAIR),
    )
    for (left, right), count, now, (lead, tail, done), colour in parts:
        look = looks.boxed(bold=True, align="center", font_size=12, bg_color=BAND_FILL, font_color=GREEN)
        sheet.merge_range(_COUNTERS, left, _COUNTERS, right, "", look)
        formula = f"=IF({count}=0,{quoted(done)},{quoted(lead)}&{count}&{quoted(tail)})"
        sheet.write_formula(_COUNTERS, left, formula, look, f"{lead}{now}{tail}" if now else done)
        loud = canvas.book.add_format({"font_color": colour})
        rule = {"type": "formula", "criteria": f"=LEFT({a1(_COUNTERS, left, absolute=True)},2)={quoted('还有')}", "format": loud}
        sheet.conditional_format(_COUNTERS, left, _COUNTERS, right, rule)
    sheet.set_row(_COUNTERS, 28)
    span(sheet, (_LEGEND, 0, _LEGEND, len(COLUMNS) - 1), _HOW, looks(text_wrap=True, font_size=9, font_color=TODO))
    sheet.set_row(_LEGEND, 30)


def _colour(canvas: Canvas, sheet: Any, last: int) -> None:
    first = a1(_HEADER + 1, _STATE).replace("F", "$F", 1)
    for mark, colour, bold in (
        (FAILED, BAD, True),
        (STRAY[0], BAD, True),
        (SOFT, FAIR, False),
        (GOOD, GREEN, False),
        (MISSING[0], TODO, False),
    ):
        look = canvas.book.add_format({"font_color": colour, "bold": bold})
        rule = {"type": "formula", "criteria": f"=LEFT({first},1)={quoted(mark)}", "format": look}
        sheet.conditional_format(_HEADER + 1, _STATE, last, _STATE, rule)
