"""评分说明: every score recomputed by a formula that the reviewer can follow, and the same in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.cells import CellContent, Live, Styled, put_merged
from jixiao_xlsx.output.xlsx.page import Column, set_page, write_listing
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.values.number_text import plain, rounded
from jixiao_xlsx.values.scores import Execution, IndicatorScore, Method, Scorecard

NOTES = "评分说明"
NONE = "—"
HEAD = 2  # the row of the column titles, counted from 0
COLUMNS = (
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
LAST = len(COLUMNS) - 1
_REMARK = "“复算分”是公式，由同一行的权重、目标数、实际数和参数算出，比率以 1 为 100%。各行分数不四舍五入，总分只保留一次两位小数。"

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
    """Where 评分说明 holds the recomputed scores, for formulas elsewhere: one reference per indicator, then the totals."""

    indicators: tuple[str, ...]
    score: str
    execution: str
    total: str
    grade: str


def write_notes(sheet: Any, styles: Styles, card: Scorecard, template: Template) -> ScoreRefs:
    """Fill the sheet 评分说明."""
    put_merged(sheet, (0, 0, 0, LAST), f"{card.name}　{NOTES}", styles["title"])
    sheet.set_row(0, 28)
    put_merged(sheet, (1, 0, 1, LAST), _REMARK, styles["remark"])
    sheet.set_row(1, 20)
    first = HEAD + 2  # as Excel counts
    last = first + max(len(card.indicators), 1) - 1
    totals = _total_rows(card, template, first, last)
    rows = [
        _indicator_row(number, first + number, one) for number, one in enumerate(card.indicators)
    ]
    rows = rows or [[None, "没有读到指标", *[None] * (LAST - 1)]]
    write_listing(sheet, styles, HEAD, COLUMNS, [*rows, *totals.values()])
    sheet.freeze_panes(HEAD + 1, 2)
    set_page(sheet, repeat=(HEAD, HEAD), footer=f"{card.name}　{NOTES}")
    at = {name: f"'{sheet.get_name()}'!L{last + 1 + index}" for index, name in enumerate(totals)}
    return ScoreRefs(
        tuple(f"'{sheet.get_name()}'!L{first + number}" for number in range(len(card.indicators))),
        at["score"],
        at["execution"],
        at["total"],
        at["grade"],
    )


# ------------------------------------------------------------------------------------------------------- indicators


def _indicator_row(number: int, row: int, one: IndicatorScore) -> list[CellContent | Styled]:
    first, second = _parameters(one)
    rate = "cell percent" if "%" in one.target_text + one.actual_text else "cell weight"
    share = "cell percent" if one.method is Method.CHANGE else "cell weight"
    changed = one.self_score is not None and one.score is not None and one.self_score != one.score
    return [
        number + 1,
        one.name,
        one.weight,
        _words(one).format(first=_share(first), second=_share(second)),
        one.target_text,
        one.actual_text,
        Styled(one.target, rate),
        Styled(one.actual, rate),
        Styled(first, share),
        second,
        one.self_score,
        Styled(
            _score_content(row, one),
            "cell score strong differs" if changed else "cell score strong",
        ),
        one.arithmetic,
        one.reason,
    ]


def _words(one: IndicatorScore) -> str:
    return "基数与实际均为 0，视为达标，得满分" if _taken_as_met(one) else _METHODS[one.method]


def _taken_as_met(one: IndicatorScore) -> bool:
    """Whether full marks were given without a calculation."""
    return one.method is Method.KEPT and bool(one.met) and one.score == one.weight


def _share(value: Fraction | None) -> str:
    return "" if value is None else f"{plain(value * 100)}%"


def _parameters(one: IndicatorScore) -> tuple[Fraction | None, Fraction | None]:
    """参数 and 系数上限, for the methods that have them."""
    if one.method is Method.CHANGE:
        return one.per_point, None
    if one.method is Method.EQUAL:
        return one.full_from, None
    if one.method is Method.TIER:
        return one.low, one.high
    return None, None


def _score_content(row: int, one: IndicatorScore) -> CellContent:
    """The live formula of the score, or the score itself where no formula of this sheet leads to it."""
    if one.score is None:
        return "不适用" if one.method is Method.NOT_APPLICABLE else NONE
    if _taken_as_met(one):
        return Live(f"=C{row}", float(one.weight))
    value = recompute(one)
    if value is None or value != one.score:
        return one.score
    return Live(_FORMULAS[one.method].replace("#", str(row)), float(value))


# C weight, G target, H actual, I parameter, J upper bound, K self-score; # stands for the row.
_FORMULAS: Mapping[Method, str] = {
    Method.HIGHER: "=IF(H#>=G#,C#,IF(G#>0,MAX(0,C#*H#/G#),0))",
    Method.LOWER: "=IF(H#<=G#,C#,IF(G#>0,C#*G#/H#,0))",
    Method.CHANGE: "=IF(H#<=G#,C#,MAX(0,C#-C#*I#*(H#-G#)*100))",
    Method.EQUAL: "=IF(G#=H#,C#,IF(MIN(G#,H#)<=0,0,IF(ROUND(MIN(G#,H#)/MAX(G#,H#),10)>=I#,C#,C#*MIN(G#,H#)/MAX(G#,H#))))",
    Method.COEFFICIENT: "=C#*MAX(0,MIN(1,H#))",
    Method.TIER: "=MAX(C#*I#,MIN(C#*J#,K#))",
    Method.KEPT: "=K#",
}


def recompute(one: IndicatorScore) -> Fraction | None:
    """What the formula of this indicator's row gives, exactly; None where it has none."""
    if one.method in _BY_NUMBERS:
        if one.actual is None or (one.target is None and one.method is not Method.COEFFICIENT):
            return None
        return _BY_NUMBERS[one.method](one, one.target or Fraction(0), one.actual)
    if one.self_score is None or one.method is Method.NOT_APPLICABLE:
        return None
    return (
        one.self_score
        if one.method is Method.KEPT
        else max(one.weight * one.low, min(one.weight * one.high, one.self_score))
    )


def _higher(one: IndicatorScore, target: Fraction, actual: Fraction) -> Fraction:
    if actual >= target:
        return one.weight
    return max(Fraction(0), one.weight * actual / target) if target > 0 else Fraction(0)


def _lower(one: IndicatorScore, target: Fraction, actual: Fraction) -> Fraction:
    if actual <= target:
        return one.weight
    return one.weight * target / actual if target > 0 else Fraction(0)


def _change(one: IndicatorScore, target: Fraction, actual: Fraction) -> Fraction:
    return (
        one.weight
        if actual <= target
        else max(Fraction(0), one.weight - one.weight * one.per_point * (actual - target) * 100)
    )


def _equal(one: IndicatorScore, target: Fraction, actual: Fraction) -> Fraction:
    if target == actual:
        return one.weight
    small, large = min(target, actual), max(target, actual)
    if small <= 0:
        return Fraction(0)
    return one.weight if small / large >= one.full_from else one.weight * small / large


def _coefficient(one: IndicatorScore, _: Fraction, actual: Fraction) -> Fraction:
    return one.weight * max(Fraction(0), min(Fraction(1), actual))


_BY_NUMBERS: Mapping[Method, Callable[[IndicatorScore, Fraction, Fraction], Fraction]] = {
    Method.HIGHER: _higher,
    Method.LOWER: _lower,
    Method.CHANGE: _change,
    Method.EQUAL: _equal,
    Method.COEFFICIENT: _coefficient,
}


# ----------------------------------------------------------------------------------------------------------- totals


def _total_rows(
    card: Scorecard, template: Template, first: int, last: int
) -> dict[str, list[CellContent | Styled]]:
    """Σ, scaling where there is some, 预算执行率, total and grade: one row each, in order."""
    rows: dict[str, list[CellContent | Styled]] = {}
    got = _known([one.score for one in card.indicators if one.method is not Method.NOT_APPLICABLE])
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
    words = card.incomplete or f"指标得分 + {template.execution_table}得分"
    rows["total"] = _total_row(
        "总分（100）",
        None,
        None,
        _live(f"=SUM(L{execution_at - 1}:L{execution_at})", total, card.total),
        words,
    )
    rows["grade"] = _total_row(
        "等级",
        None,
        None,
        grade_content(card, template, f"L{execution_at + 1}"),
        grade_words(template),
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


def _known(scores: Sequence[Fraction | None]) -> Fraction | None:
    """The sum, where every part is known."""
    known = [score for score in scores if score is not None]
    return sum(known, Fraction(0)) if len(known) == len(scores) else None


def _live(formula: str, value: Fraction | None, wanted: Fraction | None) -> CellContent:
    """The formula where it leads to the wanted number, else the number itself."""
    if wanted is None:
        return NONE
    return Live(formula, float(value)) if value == wanted else wanted


def _total_row(
    name: str, weight: CellContent, own: CellContent, score: CellContent, words: str = ""
) -> list[CellContent | Styled]:
    row: list[CellContent | Styled] = [Styled(None, "cell total") for _ in COLUMNS]
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
        template.execution_table,
        execution.weight,
        execution.self_score,
        content,
        execution.arithmetic,
    )
    made[3] = Styled(f"权重×{columns['spent']}÷{columns['budget']}（元），不超过权重", "cell")
    made[6], made[7] = Styled(budget, "cell money total"), Styled(spent, "cell money total")
    return made


def grade_formula(template: Template, ref: str) -> str:
    """Nested IFs over the template's grades, for the total at `ref` rounded once to two decimals; without the equals sign."""
    *upper, lowest = template.grades
    formula = f'"{lowest.name}"'
    for grade in reversed(upper):
        formula = f'IF(ROUND({ref},2)>={plain(grade.floor)},"{grade.name}",{formula})'
    return formula


def grade_content(card: Scorecard, template: Template, ref: str) -> CellContent:
    """The live grade of the recomputed total."""
    if card.total is None:
        return card.grade or NONE
    same = template.grade(Fraction(rounded(card.total, 2))) == card.grade
    return Live(f"={grade_formula(template, ref)}", card.grade) if same else card.grade


def grade_words(template: Template) -> str:
    """The bands in words: 优 ≥ 90，良 ≥ 80，…"""
    *upper, lowest = template.grades
    return (
        "，".join(f"{grade.name} ≥ {plain(grade.floor)}" for grade in upper)
        + f"，其余为{lowest.name}"
    )
