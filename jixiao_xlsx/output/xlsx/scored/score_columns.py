"""The columns and rows of the sheet 绩效评价表, and the cells that several of its parts write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.cells import CellContent, Live, put
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.season.review.apply_reviews import changes_since
from jixiao_xlsx.season.review.review_marks import SCORE_TITLE
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.scores import Execution, IndicatorScore, Reviewed, score_gap
from jixiao_xlsx.values.text import plain

SCORES = "绩效评价表"
LEVEL1, LEVEL2, NAME, WEIGHT, TARGET, ACTUAL, RATE = range(7)
SELF, SCORE, GAP, REVIEW, WHY, DEVIATION, OPINIONS = range(7, 14)
WIDTHS = (10.0, 15.0, 23.0, 7.0, 11.0, 11.0, 10.0, 9.0, 9.0, 9.0, 11.0, 22.0, 24.0, 9.0)
LAST_COLUMN = len(WIDTHS) - 1


@dataclass(frozen=True, slots=True)
class ScoreRows:
    """The rows (as Excel counts) that formulas refer to."""

    first: int
    last: int
    reviewed: str = "K"  # the column of the reviewer's scores that count

    @property
    def sum(self) -> int:
        """合计."""
        return self.last + 1

    @property
    def execution(self) -> int:
        """预算执行率."""
        return self.last + 2

    @property
    def total(self) -> int:
        """总分; 等级 is the row below."""
        return self.last + 3

    def of(self, letter: str) -> str:
        """Return the indicator rows of a column."""
        return f"{letter}{self.first}:{letter}{self.last}"


def gap_formula(row: int, own: Fraction | None, score: Fraction | None) -> CellContent:
    """Return 自评 − 复算 as a live formula on two decimals, where both are known."""
    if own is None or score is None:
        return None
    return Live(f"=ROUND(ROUND(H{row},2)-ROUND(I{row},2),2)", float(score_gap(own, score)))


def write_review(sheet: Any, styles: Styles, row: int, one: IndicatorScore | Execution) -> None:
    """Write the two cells that the reviewer fills, with what was typed there before.

    A score that counts is written as a number, any other as text.
    """
    weight, reviewed = one.weight, one.reviewed or Reviewed("")
    mark = ""
    if reviewed.typed:
        mark = (
            " error"
            if reviewed.score is None
            else " warning"
            if changes_since(reviewed, one)
            else ""
        )
    put(
        sheet,
        row - 1,
        REVIEW,
        reviewed.typed if reviewed.score is None else reviewed.score,
        styles[f"cell input score{mark}"],
    )
    put(sheet, row - 1, WHY, reviewed.reason, styles["cell input"])
    sheet.data_validation(
        row - 1,
        REVIEW,
        row - 1,
        REVIEW,
        {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": float(weight),
            "error_title": SCORE_TITLE,
            "error_message": f"应是 0 到 {plain(weight)} 之间的数字。",
        },
    )


def content_of(cell: Cell | None) -> CellContent:
    """Return the number of a cell, else its text as typed."""
    if cell is None or cell.blank:
        return None
    return cell.number if cell.number is not None else cell.text


def share_columns(grid: Sequence[float], wanted: Sequence[float]) -> list[tuple[int, int]]:
    """Share the grid columns among the wanted widths, in order and at least one each.

    Return first and last column of each share; the first grid column is number 1.
    """
    scale, edges, done, target = sum(grid) / sum(wanted), [0], 0.0, 0.0
    for index, width in enumerate(wanted[:-1], 1):
        target += width * scale
        at = edges[-1] + 1
        done = sum(grid[:at])
        while at < len(grid) - (len(wanted) - index) and done + grid[at] / 2 < target:
            done += grid[at]
            at += 1
        edges.append(at)
    return [(left + 1, right) for left, right in pairwise([*edges, len(grid)])]


def execution_title(template: Template) -> str:
    """Return what the line of 预算执行率 is called; a form may have none."""
    return template.execution_table or "预算执行率（本表没有）"
