"""指标得分矩阵: 复算分 by department and indicator, coloured by share of the full mark."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from statistics import fmean
from typing import Any

from jixiao_xlsx.form.spec import IndicatorSpec, Template
from jixiao_xlsx.output.xlsx.cells import CellContent, Live, put, put_merged
from jixiao_xlsx.output.xlsx.page import row_height, set_page, set_widths
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.values.addresses import column_letters
from jixiao_xlsx.values.scores import IndicatorScore, Method, Scorecard
from jixiao_xlsx.values.text import plain, rounded, tidy

MATRIX = "指标得分矩阵"
_LEVELS, _NAMES, _FULL, _AVERAGE, _FIRST = 2, 3, 4, 5, 6  # rows, counted from 0
_NAME_WIDTH, _WIDTH = 26.0, 8.5
_ON_A_PAGE = 45  # departments
_REMARK = (
    "表中为复算分，颜色按占满分的比例由红（60% 以下）到绿（满分）；个性指标按表样定了权重的那一级合计。"
    "权重与表样不同的、组内有不适用的写出它自己的满分，不计入平均。"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the matrix: a 共性 indicator, or the 个性 indicators of one 二级指标 together.

    `full` is the full mark in 分.
    """

    level1: str
    level2: str
    name: str
    full: float


@dataclass(frozen=True)
class ScoreMatrix:
    """复算分 by (line, heading); `unscored` has the text for what has no number."""

    headings: tuple[Heading, ...]
    scores: Mapping[tuple[int, int], float]
    unscored: Mapping[tuple[int, int], str]


_Key = tuple[str, str, str]


def score_matrix(cards: Sequence[Scorecard], template: Template) -> ScoreMatrix:
    """Return the matrix of `cards`: one line each, in their order."""
    entries = [
        (line, _key(one, template), one)
        for line, card in enumerate(cards)
        for one in card.indicators
    ]
    headings = _headings(entries, template)
    at = {heading: column for column, heading in enumerate(headings)}
    scores: dict[tuple[int, int], float] = {}
    for line, which, one in entries:
        if one.score is not None:
            place = line, at[which]
            scores[place] = scores.get(place, 0.0) + float(one.score)
    odd = {
        place: f"{scores.pop(place):.2f}/{weight}"
        for place, weight in _of_other_weight(entries, headings, at).items()
    }
    words = odd | {
        (line, at[which]): "不适用" if one.method is Method.NOT_APPLICABLE else "—"
        for line, which, one in entries
        if one.score is None
    }
    return ScoreMatrix(tuple(headings.values()), scores, words)


def _of_other_weight(
    entries: Sequence[tuple[int, _Key, IndicatorScore]],
    headings: Mapping[_Key, Heading],
    at: Mapping[_Key, int],
) -> dict[tuple[int, int], str]:
    """Return the weights of scored indicators that do not add to the full mark of their column."""
    weights: dict[tuple[int, _Key], Fraction] = {}
    for line, which, one in entries:
        if one.score is not None:
            weights[line, which] = weights.get((line, which), Fraction(0)) + one.weight
    return {
        (line, at[which]): plain(weight)
        for (line, which), weight in weights.items()
        if float(weight) != headings[which].full
    }


def _key(one: IndicatorScore, template: Template) -> _Key:
    spec = template.library.get(tidy(one.name))
    if spec and spec.common:
        return spec.level1, spec.level2, spec.name
    return _group(spec or one, template)


def _group(one: IndicatorScore | IndicatorSpec, template: Template) -> _Key:
    """Return the group of a 个性 indicator: the level whose weight the form fixes.

    Within that level a department divides the weight as it likes.
    """
    return one.level1, one.level2 if template.weights_by == "level2" else one.level1, ""


def _headings(
    entries: Sequence[tuple[int, _Key, IndicatorScore]], template: Template
) -> dict[_Key, Heading]:
    """Return the library's columns in its order, then those that only departments have."""
    full: dict[_Key, Fraction] = {}
    for spec in template.indicators:
        which = (spec.level1, spec.level2, spec.name) if spec.common else _group(spec, template)
        full[which] = full.get(which, Fraction(0)) + spec.weight
    typed: dict[_Key, dict[int, Fraction]] = {}
    names: dict[_Key, set[str]] = {}
    for line, which, one in entries:
        names.setdefault(which, set()).add(one.name)
        if which not in full:
            weights = typed.setdefault(which, {})
            weights[line] = weights.get(line, Fraction(0)) + one.weight
    for which in sorted(typed):
        full[which] = max(typed[which].values())
    return {
        which: Heading(
            which[0], which[1], which[2] or _group_name(names.get(which, set())), float(weight)
        )
        for which, weight in full.items()
    }


def _group_name(names: set[str]) -> str:
    """Return the only name of a group of 个性 indicators, where all departments use one."""
    return next(iter(names)) if len(names) == 1 else "个性指标合计"


def write_matrix(
    sheet: Any, styles: Styles, cards: Sequence[Scorecard], matrix: ScoreMatrix
) -> None:
    """Write the sheet 指标得分矩阵; `cards` and the lines of `matrix` are in one order."""
    count = len(matrix.headings)
    set_widths(sheet, [_NAME_WIDTH, *[_WIDTH] * (count + 2)])
    put_merged(sheet, (0, 0, 0, count + 2), MATRIX, styles["title"])
    sheet.set_row(0, 28)
    put_merged(sheet, (1, 0, 1, count + 2), _REMARK, styles["remark"])
    sheet.set_row(1, 18)
    _write_heads(sheet, styles, matrix.headings)
    last = _FIRST + len(cards)  # as Excel counts
    for line, card in enumerate(cards):
        _write_line(sheet, styles, line, card, matrix)
    given: dict[int, list[float]] = defaultdict(list)
    for (_, at), score in matrix.scores.items():
        given[at].append(score)
    for at, heading in enumerate(matrix.headings):
        _write_average(sheet, styles, at + 1, heading.full, given[at], last)
    sheet.freeze_panes(_FIRST, 1)
    set_page(sheet, repeat=(_LEVELS, _AVERAGE), footer=MATRIX)
    sheet.fit_to_pages(1, max(math.ceil(len(cards) / _ON_A_PAGE), 1))
    sheet.repeat_columns(0)


def _write_heads(sheet: Any, styles: Styles, headings: Sequence[Heading]) -> None:
    put_merged(sheet, (_LEVELS, 0, _NAMES, 0), "部门", styles["head"])
    put(sheet, _FULL, 0, "满分", styles["cell center total"])
    put(sheet, _AVERAGE, 0, "平均得分率", styles["cell center total"])
    at = 1
    for level2, run in groupby(headings, key=lambda heading: (heading.level1, heading.level2)):
        width = len(list(run))
        put_merged(sheet, (_LEVELS, at, _LEVELS, at + width - 1), level2[1], styles["head"])
        at += width
    for column, heading in enumerate(headings, 1):
        put(sheet, _NAMES, column, heading.name, styles["head"])
        put(sheet, _FULL, column, heading.full, styles["cell weight total"])
    for column, title in enumerate(("预算执行率得分", "复算总分"), len(headings) + 1):
        put_merged(sheet, (_LEVELS, column, _NAMES, column), title, styles["head"])
        put(sheet, _FULL, column, None, styles["cell total"])
        put(sheet, _AVERAGE, column, None, styles["cell total"])
    for row in (_FULL, _AVERAGE):
        sheet.set_row(row, 20)
    sheet.set_row(_LEVELS, row_height([(heading.level2, _WIDTH) for heading in headings], least=30))
    sheet.set_row(_NAMES, row_height([(heading.name, _WIDTH) for heading in headings], least=48))


def _write_line(
    sheet: Any, styles: Styles, line: int, card: Scorecard, matrix: ScoreMatrix
) -> None:
    at = _FIRST + line
    put(sheet, at, 0, card.name, styles["cell"])
    for column in range(len(matrix.headings)):
        place = line, column
        content: CellContent = matrix.scores.get(place, matrix.unscored.get(place))
        put(sheet, at, column + 1, content, styles["cell score"])
    execution, total = card.execution.score, card.exact_total
    end = len(matrix.headings)
    put(sheet, at, end + 1, "—" if execution is None else execution, styles["cell score"])
    put(sheet, at, end + 2, "—" if total is None else rounded(total, 2), styles["cell sum strong"])
    sheet.set_row(at, row_height([(card.name, _NAME_WIDTH)]))


def _write_average(
    sheet: Any, styles: Styles, column: int, full: float, scores: Sequence[float], last: int
) -> None:
    """Write 平均得分率 of a column, and colour its scores."""
    letter = column_letters(column)
    area = f"{letter}{_FIRST + 1}:{letter}{max(last, _FIRST + 1)}"
    value = fmean(scores) / full if scores and full else ""
    formula = f'=IF(COUNT({area})=0,"",AVERAGE({area})/{letter}{_FULL + 1})'
    put(
        sheet,
        _AVERAGE,
        column,
        Live(formula, value) if full else None,
        styles["cell percent total"],
    )
    scale = {
        "type": "3_color_scale",
        "min_type": "num", "mid_type": "num", "max_type": "num",
        "min_value": 0.6 * full, "mid_value": 0.85 * full, "max_value": full,
        "min_color": "#F8A5A5", "mid_color": "#FFF2CC", "max_color": "#C6E0B4",
    }  # fmt: skip
    sheet.conditional_format(area, scale)
