"""指标得分矩阵: 复算分 by department and indicator, coloured by share of the full mark."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from jixiao_xlsx.output.xlsx.cells import CellContent, Live, put, put_merged
from jixiao_xlsx.output.xlsx.page import row_height, set_page, set_widths
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.frames import Heading, Matrix
from jixiao_xlsx.values.addresses import column_letters
from jixiao_xlsx.values.number_text import rounded
from jixiao_xlsx.values.scores import Scorecard

MATRIX = "指标得分矩阵"
LEVELS, NAMES, FULL, AVERAGE, FIRST = 2, 3, 4, 5, 6  # rows, counted from 0
NAME_WIDTH, WIDTH = 26.0, 8.5
_REMARK = "表中为复算分，颜色按占满分的比例由红（60% 以下）到绿（满分）；个性指标按表样定了权重的那一级合计。"


def write_matrix(
    sheet: Any, styles: Styles, names: Sequence[str], cards: Sequence[Scorecard], matrix: Matrix
) -> None:
    """Fill the sheet 指标得分矩阵; `names`, `cards` and the lines of `matrix` are in one order."""
    count = len(matrix.headings)
    set_widths(sheet, [NAME_WIDTH, *[WIDTH] * (count + 2)])
    put_merged(sheet, (0, 0, 0, count + 2), MATRIX, styles["title"])
    sheet.set_row(0, 28)
    put_merged(sheet, (1, 0, 1, count + 2), _REMARK, styles["remark"])
    sheet.set_row(1, 18)
    _write_heads(sheet, styles, matrix.headings)
    last = FIRST + len(names)  # as Excel counts
    for line, (name, card) in enumerate(zip(names, cards, strict=True)):
        _write_line(sheet, styles, line, name, card, matrix)
    for column, heading in enumerate(matrix.headings, 1):
        _write_average(sheet, styles, column, heading.full, matrix.scores[column - 1], last)
    sheet.freeze_panes(FIRST, 1)
    set_page(sheet, repeat=(LEVELS, AVERAGE), footer=MATRIX)
    sheet.repeat_columns(0)


def _write_heads(sheet: Any, styles: Styles, headings: Sequence[Heading]) -> None:
    put_merged(sheet, (LEVELS, 0, NAMES, 0), "部门", styles["head"])
    put(sheet, FULL, 0, "满分", styles["cell center total"])
    put(sheet, AVERAGE, 0, "平均得分率", styles["cell center total"])
    at = 1
    for level2, run in groupby(headings, key=lambda heading: (heading.level1, heading.level2)):
        width = len(list(run))
        put_merged(sheet, (LEVELS, at, LEVELS, at + width - 1), level2[1], styles["head"])
        at += width
    for column, heading in enumerate(headings, 1):
        put(sheet, NAMES, column, heading.name, styles["head"])
        put(sheet, FULL, column, heading.full, styles["cell weight total"])
    for column, title in enumerate(("预算执行率得分", "复算总分"), len(headings) + 1):
        put_merged(sheet, (LEVELS, column, NAMES, column), title, styles["head"])
        put(sheet, FULL, column, None, styles["cell total"])
        put(sheet, AVERAGE, column, None, styles["cell total"])
    for row in (FULL, AVERAGE):
        sheet.set_row(row, 20)
    sheet.set_row(LEVELS, row_height([(heading.level2, WIDTH) for heading in headings], least=30))
    sheet.set_row(NAMES, row_height([(heading.name, WIDTH) for heading in headings], least=48))


def _write_line(
    sheet: Any, styles: Styles, line: int, name: str, card: Scorecard, matrix: Matrix
) -> None:
    at = FIRST + line
    put(sheet, at, 0, name, styles["cell"])
    for column, score in enumerate(matrix.scores.loc[line]):
        content: CellContent = (
            matrix.unscored.get((line, column)) if pd.isna(score) else float(score)
        )
        put(sheet, at, column + 1, content, styles["cell score"])
    execution, total = card.execution.score, card.total
    end = len(matrix.headings)
    put(sheet, at, end + 1, "—" if execution is None else execution, styles["cell score"])
    put(sheet, at, end + 2, "—" if total is None else rounded(total, 2), styles["cell sum strong"])
    sheet.set_row(at, row_height([(name, NAME_WIDTH)]))


def _write_average(
    sheet: Any, styles: Styles, column: int, full: float, scores: Any, last: int
) -> None:
    """平均得分率 of a column, and its colours."""
    letter = column_letters(column)
    area = f"{letter}{FIRST + 1}:{letter}{max(last, FIRST + 1)}"
    known = scores.dropna()
    value = float(known.mean()) / full if len(known) and full else ""
    formula = f'=IF(COUNT({area})=0,"",AVERAGE({area})/{letter}{FULL + 1})'
    put(
        sheet, AVERAGE, column, Live(formula, value) if full else None, styles["cell percent total"]
    )
    scale = {
        "type": "3_color_scale",
        "min_type": "num", "mid_type": "num", "max_type": "num",
        "min_value": 0.6 * full, "mid_value": 0.85 * full, "max_value": full,
        "min_color": "#F8A5A5", "mid_color": "#FFF2CC", "max_color": "#C6E0B4",
    }  # fmt: skip
    sheet.conditional_format(area, scale)
