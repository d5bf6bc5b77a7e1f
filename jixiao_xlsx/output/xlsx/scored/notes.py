"""评分说明: every score as a formula that the reviewer can follow, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.cells import CellContent, Live, Styled, put_merged
from jixiao_xlsx.output.xlsx.page import Column, set_page, write_listing
from jixiao_xlsx.output.xlsx.scored.grades import grade_content, grade_text
from jixiao_xlsx.output.xlsx.scored.live_scores import NONE, score_content, taken_as_met
from jixiao_xlsx.output.xlsx.scored.score_columns import execution_title
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.values.scores import Execution, IndicatorScore, Method, Scorecard, score_differs
from jixiao_xlsx.values.text import plain

NOTES = "评分说明"
_HEAD = 2  # the row of the column titles, counted from 0
_COLUMNS = (
    Column("序号", 5, "cell int"),
    Column("三级指标", 21),
    Column("权重", 7, "cell weight"),
    Column("评分方法", 27),
    Column("填报目标值", 10, "cell center"),
    Column("填报业绩值", 10, "cell center"),
    Column("目标数", 13, "cell weight"),
    Column("实际数", 13, "cell weight"),
    Column("参数", 8, "cell weight"),
    Column("系数上限", 8, "cell weight"),
    Column("自评分", 8, "cell score"),
    Column("复算分", 9, "cell score strong"),
    Column("计算过程", 34),
    Column("理由", 30),
)
_LAST = len(_COLUMNS) - 1
_REMARK = (
    "“复算分”是公式，由同一行的权重、目标数、实际数和参数算出，比率以 1 为 100%。"
    "各行分数不四舍五入，总分只保留一次两位小数。"
)

_METHODS: Mapping[Method, str] = {
    Method.HIGHER: "正向：达到目标得满分，否则 权重×实际÷目标",
    Method.LOWER: "反向：不超过目标得满分，否则 权重×目标÷实际",
    Method.CHANGE: "变动率：不超过目标得满分，每超 1 个百分点扣权重的 {first}",
    Method.EQUAL: "等于目标：权重×较小数÷较大数，达到 {first} 得满分",
    Method.COEFFICIENT: "定性：所填百分数作为得分系数",
    Method.TIER: "定性分档：自评分应为权重的 {first}～{second}，超出时取最近的界限",
    Method.KEPT: "无法复算，保留自评分",
    Method.NOT_APPLICABLE: "不适用，权重不计入",
}


@dataclass(frozen=True, slots=True)
class ScoreRefs:
    """Where 评分说明 holds the recomputed scores: references for formulas of other sheets.

    `indicators` has one reference per indicator.
    """

    indicators: tuple[str, ...]
    score: str
    execution: str
    total: str
    grade: str


def write_notes(sheet: Any, styles: Styles, card: Scorecard, template: Template) -> ScoreRefs:
    """Write the sheet 评分说明; return where its scores stand."""
    put_merged(sheet, (0, 0, 0, _LAST), f"{card.name}　{NOTES}", styles["title"])
    sheet.set_row(0, 28)
    put_merged(sheet, (1, 0, 1, _LAST), _REMARK, styles["remark"])
    sheet.set_row(1, 20)
    first = _HEAD + 2  # as Excel counts
    last = first + max(len(card.indicators), 1) - 1
    totals = _total_rows(card, template, first, last)
    rows = [
        _indicator_row(number, first + number, one) for number, one in enumerate(card.indicators)
    ]
    rows = rows or [[None, "没有读到指标", *[None] * (_LAST - 1)]]
    write_listing(sheet, styles, _HEAD, _COLUMNS, [*rows, *totals.values()])
    sheet.freeze_panes(_HEAD + 1, 2)
    set_page(sheet, repeat=(_HEAD, _HEAD), footer=f"{card.name}　{NOTES}")
    at = {name: f"'{sheet.get_name()}'!L{last + 1 + index}" for index, name in enumerate(totals)}
    return ScoreRefs(
        tuple(f"'{sheet.get_name()}'!L{first + number}" for number in range(len(card.indicators))),
        at["score"],
        at["execution"],
        at["total"],
        at["grade"],
    )


# --------------------------------------------------------------------------------------- indicators


def _indicator_row(number: int, row: int, one: IndicatorScore) -> list[CellContent | Styled]:
    first, second = _parameters(one)
    rate = "cell percent" if "%" in one.target_text + one.actual_text else "cell weight"
    share = "cell percent" if one.method is Method.CHANGE else "cell weight"
    return [
        number + 1,
        one.name,
        one.weight,
        _method_text(one).format(first=_share(first), second=_share(second)),
        one.target_text,
        one.actual_text,
        Styled(one.target, rate),
        Styled(one.actual, rate),
        Styled(first, share),
        second,
        one.self_score,
        Styled(
            score_content(row, one),
            "cell score strong differs" if score_differs(one) else "cell score strong",
        ),
        one.arithmetic,
        one.reason,
    ]


def _method_text(one: IndicatorScore) -> str:
    return "基数与实际均为 0，视为达标，得满分" if taken_as_met(one) else _METHODS[one.method]


def _share(value: Fraction | None) -> str:
    return "" if value is None else f"{plain(value * 100)}%"


def _parameters(one: IndicatorScore) -> tuple[Fraction | None, Fraction | None]:
    """Return 参数 and 系数上限, for the methods that have them."""
    if one.method is Method.CHANGE:
        return one.per_point, None
    if one.method is Method.EQUAL:
        return one.full_from, None
    if one.method is Method.TIER:
        return one.low, one.high
    return None, None


# ------------------------------------------------------------------------------------------- totals


def _total_rows(
    card: Scorecard, template: Template, first: int, last: int
) -> dict[str, list[CellContent | Styled]]:
    """Return one row each for the sum, its scaling if any, 预算执行率, total and grade."""
    rows: dict[str, list[CellContent | Styled]] = {}
    got = _sum_if_complete(
        [one.score for one in card.indicators if one.method is not Method.NOT_APPLICABLE]
    )
    weights = Live(
        f"=SUM(C{first}:C{last})", float(sum((one.weight for one in card.indicators), Fraction(0)))
    )
    own = Live(
        f"=SUM(K{first}:K{last})",
        float(sum((one.self_score or 0 for one in card.indicators), Fraction(0))),
    )
    summed = f"=SUM(L{first}:L{last})"
    if card.is_scaled:
        rows["sum"] = _total_row("复算分之和", weights, own, _live(summed, got, got))
        rows["score"] = _scaled_row(card, got, first, last)
    else:
        rows["score"] = _total_row(
            "指标得分", weights, own, _live(summed, got, card.score), card.scaling
        )
    execution_at = last + len(rows) + 1
    rows["execution"] = _execution_row(execution_at, card.execution, template)
    total = None if card.score is None else card.score + (card.execution.score or 0)
    parts = f"指标得分 + {template.execution_table}得分" if template.execution_table else "指标得分"
    words = card.incomplete or parts
    rows["total"] = _total_row(
        "总分（100）",
        None,
        None,
        _live(f"=SUM(L{execution_at - 1}:L{execution_at})", total, card.exact_total),
        words,
    )
    rows["grade"] = _total_row(
        "等级",
        None,
        None,
        grade_content(card, template, f"L{execution_at + 1}"),
        grade_text(template),
    )
    return rows


def _scaled_row(
    card: Scorecard, got: Fraction | None, first: int, last: int
) -> list[CellContent | Styled]:
    weight, full = card.applicable_weight, card.full_mark
    applicable = Live(f"=SUMPRODUCT(--ISNUMBER(L{first}:L{last}),C{first}:C{last})", float(weight))
    value = got / weight * full if got is not None and weight else None
    score = _live(f"=L{last + 1}/C{last + 2}*{plain(full)}", value, card.score)
    return _total_row(f"指标得分（折算到 {plain(full)} 分）", applicable, None, score, card.scaling)


def _sum_if_complete(scores: Sequence[Fraction | None]) -> Fraction | None:
    """Return the sum, where every part is known."""
    given = [score for score in scores if score is not None]
    return sum(given, Fraction(0)) if len(given) == len(scores) else None


def _live(formula: str, value: Fraction | None, wanted: Fraction | None) -> CellContent:
    """Return the formula where it leads to the wanted number, else the number itself."""
    if wanted is None:
        return NONE
    return Live(formula, float(value)) if value == wanted else wanted


def _total_row(
    name: str, weight: CellContent, own: CellContent, score: CellContent, words: str = ""
) -> list[CellContent | Styled]:
    row: list[CellContent | Styled] = [Styled(None, "cell total") for _ in _COLUMNS]
    row[1] = Styled(name, "cell total")
    row[2] = Styled(weight, "cell weight total")
    row[10] = Styled(own, "cell score total")
    row[11] = Styled(score, "cell score total")
    row[12] = Styled(words, "cell")
    return row


def _execution_row(
    row: int, execution: Execution, template: Template
) -> list[CellContent | Styled]:
    budget, spent = execution.budget, execution.spent
    columns = template.execution_columns
    content: CellContent = NONE
    if execution.score is not None:
        value = None
        if budget is not None and spent is not None and budget > 0:
            value = max(
                Fraction(0),
                min(execution.weight, execution.weight * Fraction(spent) / Fraction(budget)),
            )
        content = _live(f"=MAX(0,MIN(C{row},C{row}*H{row}/G{row}))", value, execution.score)
    made = _total_row(
        execution_title(template),
        execution.weight,
        execution.self_score,
        content,
        execution.arithmetic,
    )
    spent_title, budget_title = columns.get("spent", "执行数"), columns.get("budget", "预算数")
    law = f"权重×{spent_title}÷{budget_title}（{execution.unit}），不超过权重" if columns else ""
    made[3] = Styled(law, "cell")
    made[6], made[7] = Styled(budget, "cell money total"), Styled(spent, "cell money total")
    return made
