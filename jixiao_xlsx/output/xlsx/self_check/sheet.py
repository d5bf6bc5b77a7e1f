"""自检: what is still open in the form, said while it is being filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jixiao_xlsx.form.spec import SheetSpec
from jixiao_xlsx.output.xlsx.blank.canvas import Canvas, write_title
from jixiao_xlsx.output.xlsx.blank.form_styles import (
    AMBER,
    BAND_FILL,
    GREEN,
    GREY,
    RED,
    form_row_height,
    grid_style,
)
from jixiao_xlsx.output.xlsx.cells import (
    Live,
    absolute_reference,
    cached_result,
    put_merged,
    qualified,
    text_constant,
)
from jixiao_xlsx.output.xlsx.page import set_page
from jixiao_xlsx.output.xlsx.self_check.helper_cells import Workings
from jixiao_xlsx.output.xlsx.self_check.lines import CheckLine, all_lines
from jixiao_xlsx.output.xlsx.self_check.states import (
    EXCUSED,
    FAILED,
    HOLDS,
    NOT_FILLED,
    NOT_NUMERIC,
    NOT_USED,
)
from jixiao_xlsx.values.addresses import a1

_COLUMNS: Mapping[str, float] = {
    "编号": 10,
    "工作表": 17,
    "行 / 列": 30,
    "核对关系": 60,
    "单元格": 9,
    "结果": 34,
    "情况说明": 34,
}
_SHEET, _LABEL, _TEXT, _LINK, _STATE, _REMARK = 1, 2, 3, 4, 5, 6
_COUNTERS, _LEGEND, _HEADER = 1, 2, 3
_EXPLAINED = f"{EXCUSED} 已说明，"
_LINK_COLOUR = "#0563C1"
_HOW = (
    f"{HOLDS} 相符；{FAILED} 不平，请改正；{EXCUSED} 尾差，或仅供核对，不必改；{NOT_FILLED}：有一边还没有填；{NOT_NUMERIC}：数字栏里填了文字。"
    "“差”是左边减右边。黄色格是警告类的情况说明：确有原因不能改的，在这里写明，就不再算作不平。"
)


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line of the list: the sheet and cell it points at, its label, what it says now, and its number among the `states`."""

    sheet: str
    ref: str
    label: str
    state: str
    number: int


@dataclass(frozen=True)
class Summary:
    """The list for whoever counts in it: where it begins, references to its columns, and its lines as they are now.

    `remarks` are the cells for a 情况说明: code, label and sheet of the line, and the reference. `filled`: for
    each sheet how many cells a person has filled.
    """

    home: str
    sheets: str
    labels: str
    states: str
    required: int
    lines: Sequence[ListedLine]
    remarks: Sequence[tuple[str, str, str, str]] = ()
    filled: Mapping[str, Live] = field(default_factory=dict)

    def count(self, test: str, now: int) -> Live:
        """How many lines pass `test`, in which {sheets}, {labels} and {states} stand for the columns."""
        return Live(
            f"SUMPRODUCT({test.format(sheets=self.sheets, labels=self.labels, states=self.states)})",
            float(now),
        )


def draw_selfcheck(canvas: Canvas, sheet: Any, spec: SheetSpec, calc: Any) -> Summary:
    """Draw the sheet; its arithmetic goes to `calc`."""
    widths = list(_COLUMNS.values())
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    every = all_lines(Workings(canvas, calc))
    write_title(canvas, sheet, (0, 0), "{year}年度填报" + spec.title, widths)
    for number, title in enumerate(_COLUMNS):
        sheet.write_string(_HEADER, number, title, canvas.styles["head"])
    sheet.set_row(_HEADER, 26)
    line = _HEADER + 1
    placed: list[ListedLine] = []
    remarks: list[tuple[str, str, str, str]] = []
    for heading, lines in (
        ("一、必填项", every.required),
        ("二、表内关系", every.inner),
        ("三、表间关系", every.outer),
    ):
        put_merged(sheet, (line, 0, line, len(_COLUMNS) - 1), heading, canvas.styles["band"])
        sheet.set_row(line, 22)
        remarks += [
            (
                one.code,
                one.label,
                canvas.layout.sheet_of(one.anchor[0]),
                qualified(spec.title, absolute_reference(line + 1 + number, _REMARK)),
            )
            for number, one in enumerate(lines)
            if one.explainable
        ]
        placed += [
            _placed(canvas, one, line + 1 + number - _HEADER) for number, one in enumerate(lines)
        ]
        line = _draw_lines(canvas, sheet, line + 1, lines)
    summary = replace(
        _summary(spec, line - 1, placed, len(every.required)), remarks=remarks, filled=every.filled
    )
    _draw_counters(canvas, sheet, summary)
    _colour(canvas, sheet, line - 1)
    set_page(
        sheet, portrait=spec.orientation == "portrait", repeat=(_HEADER, _HEADER), footer=spec.title
    )
    sheet.freeze_panes(_HEADER + 1, 0)
    sheet.autofilter(_HEADER, 0, line - 1, len(_COLUMNS) - 1)
    return summary


def _draw_lines(canvas: Canvas, sheet: Any, line: int, lines: Sequence[CheckLine]) -> int:
    styles = canvas.styles
    for one in lines:
        where = canvas.layout.sheet_of(one.anchor[0])
        ref = a1(*canvas.layout.position(one.anchor))
        for number, text in enumerate((one.code, where, one.label, one.text)):
            sheet.write_string(
                line,
                number,
                text,
                styles(
                    "boxed",
                    align="center" if number <= _SHEET else "left",
                    indent=int(number > _SHEET),
                ),
            )
        link = styles("boxed", align="center", font_color=_LINK_COLOUR, underline=1)
        sheet.write_url(
            line, _LINK, f"internal:{qualified(where, ref)}", link, ref, "转到这个单元格"
        )
        formula, shown = _with_remark(one, a1(line, _REMARK))
        sheet.write_formula(
            line,
            _STATE,
            f"={formula}",
            styles("boxed", align="left", indent=1),
            cached_result(shown),
        )
        sheet.write_blank(
            line,
            _REMARK,
            None,
            grid_style(styles, "input" if one.explainable else "fixed", "left", "General"),
        )
        wide = list(_COLUMNS.values())
        texts = [
            (one.text, wide[_TEXT] - 2),
            (one.label, wide[_LABEL] - 2),
            (shown, wide[_STATE] - 2),
        ]
        sheet.set_row(line, form_row_height(texts, 20))
        line += 1
    return line


def _with_remark(one: CheckLine, remark: str) -> tuple[str, str]:
    """The verdict; once a 警告-type failure is explained it no longer counts."""
    state = one.state.formula
    if one.explainable:
        state = f'IF(AND({remark}<>"",LEFT({state},1)={text_constant(FAILED)}),{text_constant(_EXPLAINED)}&MID({state},3,99),{state})'
    return state, str(one.state.value)


def _placed(canvas: Canvas, one: CheckLine, number: int) -> ListedLine:
    where = canvas.layout.sheet_of(one.anchor[0])
    return ListedLine(
        where,
        a1(*canvas.layout.position(one.anchor)),
        one.label,
        str(one.state.value),
        number,
    )


def _summary(spec: SheetSpec, last: int, lines: Sequence[ListedLine], required: int) -> Summary:
    sheets, labels, states = (
        qualified(
            spec.title,
            f"{absolute_reference(_HEADER + 1, column)}:{absolute_reference(last, column)}",
        )
        for column in (_SHEET, _LABEL, _STATE)
    )
    return Summary(qualified(spec.title, "A1"), sheets, labels, states, required, lines)


def _draw_counters(canvas: Canvas, sheet: Any, summary: Summary) -> None:
    """How much is left, in words, at the top."""
    styles = canvas.styles
    first = absolute_reference(_HEADER + 2, _STATE)
    musts = f"{first}:{absolute_reference(_HEADER + 1 + max(summary.required, 1), _STATE)}"
    failed = sum(line.state.startswith(FAILED) for line in summary.lines)
    missing = sum(line.state == NOT_FILLED for line in summary.lines[: summary.required])
    stray = sum(line.state == NOT_NUMERIC for line in summary.lines)
    parts = (
        (
            (0, 2),
            summary.count(f"--(LEFT({{states}},1)={text_constant(FAILED)})", failed),
            (" 处不平", "没有不平的地方"),
            RED,
        ),
        (
            (3, 4),
            summary.count(f"--({musts}={text_constant(NOT_FILLED)})", missing),
            (" 项必填未填", "必填项已填完"),
            AMBER,
        ),
        (
            (5, 6),
            summary.count(f"--({{states}}={text_constant(NOT_NUMERIC)})", stray),
            (" 处数字栏填了文字", "数字栏没有文字"),
            AMBER,
        ),
    )
    for (left, right), count, (tail, done), colour in parts:
        look = styles(
            "boxed", bold=True, align="center", font_size=12, bg_color=BAND_FILL, font_color=GREEN
        )
        sheet.merge_range(_COUNTERS, left, _COUNTERS, right, "", look)
        formula = f"=IF({count.formula}=0,{text_constant(done)},{text_constant('还有 ')}&{count.formula}&{text_constant(tail)})"
        sheet.write_formula(
            _COUNTERS,
            left,
            formula,
            look,
            f"还有 {int(float(count.value))}{tail}" if count.value else done,
        )
        test = f"=LEFT({absolute_reference(_COUNTERS, left)},1)={text_constant('还')}"
        rule = {
            "type": "formula",
            "criteria": test,
            "format": styles.conditional(font_color=colour),
        }
        sheet.conditional_format(_COUNTERS, left, _COUNTERS, right, rule)
    sheet.set_row(_COUNTERS, 28)
    copies = any(table.spec.copy_of for table in canvas.layout.tables.values())
    how = _HOW + (f"{NOT_USED}：这张表没有用。" if copies else "")
    put_merged(
        sheet,
        (_LEGEND, 0, _LEGEND, len(_COLUMNS) - 1),
        how,
        styles(text_wrap=True, font_size=9, font_color="#595959"),
    )
    sheet.set_row(_LEGEND, 30)


def _colour(canvas: Canvas, sheet: Any, last: int) -> None:
    first = f"${a1(_HEADER + 1, _STATE)}"
    shades = (
        (FAILED, RED, True),
        (NOT_NUMERIC[0], RED, True),
        (EXCUSED, AMBER, False),
        (HOLDS, GREEN, False),
        (NOT_FILLED[0], GREY, False),
    )
    for sign, colour, bold in shades:
        rule = {"type": "formula", "criteria": f"=LEFT({first},1)={text_constant(sign)}"}
        look = canvas.styles.conditional(font_color=colour, bold=bold)
        sheet.conditional_format(_HEADER + 1, _STATE, last, _STATE, rule | {"format": look})
