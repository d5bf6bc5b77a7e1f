"""The columns and rows of the sheet 绩效评价表, and the cells that its parts have in common."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from jixiao_xlsx.output.xlsx.cells import CellContent, Live, put
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.season.review import changes_since
from jixiao_xlsx.season.review_marks import SCORE_TITLE
from jixiao_xlsx.values.number_text import plain, rounded
from jixiao_xlsx.values.scores import Execution, IndicatorScore, Reviewed

SCORES = "绩效评价表"
(
    LEVEL1,
    LEVEL2,
    NAME,
    WEIGHT,
    TARGET,
    ACTUAL,
    RATE,
    SELF,
    SCORE,
    GAP,
    REVIEW,
    WHY,
    DEVIATION,
    OPINIONS,
) = range(14)
WIDTHS = (10.0, 15.0, 23.0, 7.0, 11.0, 11.0, 10.0, 9.0, 9.0, 9.0, 11.0, 22.0, 24.0, 9.0)
LAST = len(WIDTHS) - 1


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows (as Excel counts) that the formulas speak of."""

    first: int
    last: int

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
        """The indicator rows of a column."""
        return f"{letter}{self.first}:{letter}{self.last}"


def gap(row: int, own: Fraction | None, score: Fraction | None) -> CellContent:
    """自评 − 复算 as a live formula, where both are known."""
    if own is None or score is None:
        return None
    return Live(f"=ROUND(H{row}-I{row},4)", float(rounded(own - score, 4)))


def write_review(sheet: Any, styles: Styles, row: int, one: IndicatorScore | Execution) -> None:
    """The two cells that the reviewer types into, with what was typed before: a number that counts as a number, else as text."""
    weight, said = one.weight, one.reviewed or Reviewed("")
    mark = ""
    if said.typed:
        mark = " error" if said.score is None else " warning" if changes_since(said, one) else ""
    put(
        sheet,
        row - 1,
        REVIEW,
        said.typed if said.score is None else said.score,
        styles[f"cell input score{mark}"],
    )
    put(sheet, row - 1, WHY, said.reason, styles["cell input"])
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
