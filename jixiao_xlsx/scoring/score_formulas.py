"""The score of each indicator, with its arithmetic in words.

The arithmetic of 财预〔2020〕10号 as the form's data configure it. Scores are exact fractions in 分,
rates fractions (95 % = 0.95).
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.form.grades import Tier
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.scoring.indicator_lines import BaseState, IndicatorLine
from jixiao_xlsx.scoring.measures import DAY_OF_MONTH, RANK_DIMENSION
from jixiao_xlsx.scoring.verdicts import hold
from jixiao_xlsx.scoring.word_results import Reached
from jixiao_xlsx.scoring.wording import scale_word
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.scores import IndicatorScore, Method
from jixiao_xlsx.values.text import percent, plain, tidy


def score_line(line: IndicatorLine, template: Template) -> IndicatorScore:
    """Return the score of a line; where it cannot be recomputed, 自评分 with the reason."""
    weight, self_score = line.weight, line.number("score")
    if line.not_applicable and line.spec and line.spec.may_be_na and line.deviation:
        return _made(line, Method.NOT_APPLICABLE, None, "不适用，不计分", f"理由：{line.deviation}")
    if line.base.state is BaseState.IMPOSSIBLE:
        return _made(
            line, Method.KEPT, self_score, "年初（预算）为 0，不可计算，保留自评分", "基数为 0"
        )
    if line.base.state is BaseState.NOTHING and line.direction != "定性":
        return _made(
            line,
            Method.KEPT,
            weight,
            "基数与实际均为 0，视为达标，得满分",
            line.base.text,
            met=True,
        )
    if line.direction == "":
        return _made(line, Method.KEPT, self_score, "县里未定方向，不复算，保留自评分", "")
    if line.direction == "定性":
        return _qualitative(line, template)
    if line.target.number is None or (line.actual.number is None and line.base.rate is None):
        return _half_in_words(line, template)
    if line.base.rate is not None:
        return _quantitative(line, line.base.rate, line.target.number)
    if line.obstacle:
        return _kept(line, line.obstacle)
    return _held(line, template)


def _held(line: IndicatorLine, template: Template) -> IndicatorScore:
    """Score a result that was typed, by holding it against its target."""
    held = hold(line.target, line.actual, line.direction)
    if held.met is None:
        return _kept(line, f"业绩值“{line.actual.text}”是否达到“{line.target.text}”，看不出来")
    if held.met is False and line.target.about:
        return _kept(line, f"目标值“{line.target.text}”是约数")
    if line.target.date or line.target.dimension in {RANK_DIMENSION, DAY_OF_MONTH.dimension}:
        return _in_words(line, template, reached=held.met)
    return _quantitative(line, held.actual, held.target)


def _half_in_words(line: IndicatorLine, template: Template) -> IndicatorScore:
    """Score a line of which target or result is no quantity: words are held against words."""
    match line.words_reached:
        case Reached.YES:
            return _in_words(line, template, reached=True)
        case Reached.NO:
            return _in_words(line, template, reached=False)
    return _kept(line, f"{'业绩值' if line.actual.number is None else '目标值'}不是数字，不能复算")


def _kept(line: IndicatorLine, why: str) -> IndicatorScore:
    return _made(line, Method.KEPT, line.number("score"), f"{why}，保留自评分", "")


def _in_words(line: IndicatorLine, template: Template, *, reached: bool) -> IndicatorScore:
    """Score a target in words, or a deadline: the best tier where it was reached, else below it."""
    if reached and line.target.number is not None and line.actual.number is not None:
        low = high = Fraction(1)
    elif not template.tiers:
        return _kept(line, "表单没有规定定性指标的档次")
    else:
        best = max(template.tiers, key=lambda tier: tier.high)
        low, high = (best.low, best.high) if reached else (Fraction(0), best.low)
    what = "达到" if reached else "没有达到"
    label = f"“{line.actual.text}”{what}目标“{line.target.text}”"
    return _tier_score(line, label, low, high, met=reached)


def _quantitative(line: IndicatorLine, actual: Fraction, target: Fraction) -> IndicatorScore:
    if line.direction == "≤" and line.spec and line.spec.shape == "变动率":
        return _change(line, actual, target, line.spec.per_point)
    if line.direction == "=":
        return _equal(line, actual, target)
    lower = line.direction == "≤"
    shown, wanted, w = _text(actual, line), _text(target, line), plain(line.weight)
    met = actual <= target if lower else actual >= target
    share = Fraction(1)
    if not met:
        part, whole = (target, actual) if lower else (max(actual, Fraction(0)), target)
        share = part / whole if target > 0 else Fraction(0)
    words = f"{w} × {wanted} ÷ {shown}" if lower else f"{w} × {shown} ÷ {wanted}"
    if met:
        words = _met_words(shown, "≤" if lower else "≥", wanted, w)
    method = Method.LOWER if lower else Method.HIGHER
    return _recomputed(line, method, line.weight * share, words, actual, target, met=met)


def _change(
    line: IndicatorLine, actual: Fraction, target: Fraction, per_point: Fraction
) -> IndicatorScore:
    """Score a 变动率: `per_point` of the weight is lost for each percentage point in excess."""
    lost = max(actual - target, Fraction(0)) * 100 * per_point
    w = plain(line.weight)
    words = (
        _met_words(_text(actual, line), "≤", _text(target, line), w)
        if lost == 0
        else f"{w} × (1 − 超出 {plain((actual - target) * 100)} 个百分点 × {percent(per_point, 0)})"
    )
    score = line.weight * max(1 - lost, Fraction(0))
    return _recomputed(
        line, Method.CHANGE, score, words, actual, target, met=lost == 0, per_point=per_point
    )


def _equal(line: IndicatorLine, actual: Fraction, target: Fraction) -> IndicatorScore:
    """Score an “=”: the smaller over the larger, full from the library's 满分起点 on."""
    full_from = line.spec.full_from if line.spec else Fraction(1)
    small, large = sorted((actual, target))
    ratio = Fraction(1) if small == large else (small / large if small > 0 else Fraction(0))
    met = ratio >= full_from
    shown, wanted, w = _text(actual, line), _text(target, line), plain(line.weight)
    low, high = (shown, wanted) if actual < target else (wanted, shown)
    words = _met_words(shown, "=", wanted, w) if met else f"{w} × {low} ÷ {high}"
    score = line.weight if met else line.weight * ratio
    return _recomputed(line, Method.EQUAL, score, words, actual, target, met=met)


def highest(line: IndicatorLine, item: IndicatorScore) -> Fraction:
    """Return the best score that the exact rate behind the typed one allows, in 分.

    98.37 % is typed for anything from 98.365 % to 98.375 %.
    """
    score, typed, number = item.score or Fraction(0), line.actual, line.actual.number
    if number is None or item.actual is None or item.target is None:
        return score
    if item.method is Method.COEFFICIENT or not typed.rate or not typed.near(item.actual):
        return score
    half = min(typed.step * typed.factor, Fraction(1, 10_000)) / 2
    reach = (number,) if line.base.state is BaseState.KNOWN else (number - half, number + half)
    return max(
        score, *(_quantitative(line, actual, item.target).score or Fraction(0) for actual in reach)
    )


def _qualitative(line: IndicatorLine, template: Template) -> IndicatorScore:
    weight, w = line.weight, plain(line.weight)
    if line.actual.number is not None and line.actual.rate:
        share = min(max(line.actual.number, Fraction(0)), Fraction(1))
        score = weight * share
        return _made(
            line,
            Method.COEFFICIENT,
            score,
            _equals(f"{w} × {line.actual}（所填百分数作系数）", score),
            "定性指标应按三档填写",
            actual=share,
            target=Fraction(1),
            met=share >= 1,
        )
    if tier := tier_of(line.actual.text, template):
        return _tier_score(line, tier.name, tier.low, tier.high, met=tier.high == 1)
    reached = line.words_reached
    if reached is not Reached.UNKNOWN:
        return _in_words(line, template, reached=reached is Reached.YES)
    return _kept(line, f"“{line.actual.text}”不在三档之内" if line.actual.text else "业绩值未填")


def _tier_score(
    line: IndicatorLine, label: str, lowest: Fraction, highest: Fraction, *, met: bool
) -> IndicatorScore:
    """Score by a share of the weight that is a range: a self-score inside it stands."""
    weight, self_score = line.weight, line.number("score")
    low, high = weight * lowest, weight * highest
    score = high if self_score is None else min(max(self_score, low), high)
    words = (
        f"{label}：{plain(weight)} × {percent(lowest, 0)}–{percent(highest, 0)}，"
        f"即 {plain(low)}–{plain(high)} 分，取 {plain(score)}"
    )
    if lowest == highest == 1:
        words = f"{label}，得 {plain(weight)}"
    return _made(line, Method.TIER, score, words, "", met=met, bounds=(lowest, highest))


def tier_of(words: str, template: Template) -> Tier | None:
    """Return the 定性 tier of a word such as “达成” or “健全”; None for any other word."""
    return template.tier_words.get(tidy(words))


def _recomputed(
    line: IndicatorLine,
    method: Method,
    score: Fraction,
    words: str,
    actual: Fraction,
    target: Fraction,
    *,
    met: bool,
    per_point: Fraction = Fraction(0),
) -> IndicatorScore:
    """Return a score that follows from two numbers; `words` lead to it."""
    source = f"按基础数据（{line.base.text}）" if line.base.state is BaseState.KNOWN else ""
    return _made(
        line,
        method,
        score,
        _equals(words, score),
        source,
        actual=actual,
        target=target,
        met=met,
        per_point=per_point,
    )


def _made(
    line: IndicatorLine,
    method: Method,
    score: Fraction | None,
    arithmetic: str,
    reason: str,
    *,
    actual: Fraction | None = None,
    target: Fraction | None = None,
    met: bool | None = None,
    per_point: Fraction = Fraction(0),
    bounds: tuple[Fraction, Fraction] = (Fraction(0), Fraction(1)),
) -> IndicatorScore:
    texts = {role: _cell_text(line.cells.get(role)) for role in ("target", "actual", "rate")}
    return IndicatorScore(
        level1=line.level1,
        level2=line.level2,
        name=line.name,
        kind="共性" if line.spec and line.spec.common else "个性",
        direction=line.direction,
        weight=line.weight,
        self_score=line.number("score"),
        score=score,
        method=method,
        arithmetic=arithmetic,
        reason=reason,
        target_text=texts["target"],
        actual_text=texts["actual"],
        rate_text=texts["rate"],
        deviation_text=line.deviation,
        actual=actual,
        target=target,
        full_from=line.spec.full_from if line.spec else Fraction(1),
        per_point=per_point,
        low=bounds[0],
        high=bounds[1],
        met=met,
        places={role: cell.place for role, cell in line.cells.items()},
    )


def _cell_text(cell: Cell | None) -> str:
    """Return what the clerk sees in the cell: percentages as percentages."""
    if cell is None:
        return ""
    if isinstance(cell.value, Decimal) and (cell.unit == "%" or cell.note == "%"):
        return percent(cell.value)
    return plain(cell.value) if isinstance(cell.value, Decimal) else cell.text


def _text(value: Fraction, line: IndicatorLine) -> str:
    target, actual = line.target, line.actual
    if target.rate or actual.rate or line.base.rate is not None:
        return f"{plain(value * 100)}%"
    unit = target.unit.name if target.unit and target.factor != actual.factor else ""
    return f"{plain(value)}{scale_word(target.scale) if unit else ''}{unit}"


def _met_words(shown: str, sign: str, wanted: str, weight: str) -> str:
    return (
        f"{shown} {sign} {wanted}，达标，得 {weight}"
        if shown != wanted
        else f"{shown} 达到目标，得 {weight}"
    )


def _equals(words: str, score: Fraction) -> str:
    return words if words.endswith(f"得 {plain(score)}") else f"{words} = {plain(score)}"
