"""The 复算分 of an indicator as a live formula of its row in 评分说明."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from jixiao_xlsx.output.xlsx.cells import CellContent, Live
from jixiao_xlsx.values.scores import IndicatorScore, Method

NONE = "—"


# Columns: C weight, G target, H actual, I parameter, J upper bound, K self-score; # is the row.
_FORMULAS: Mapping[Method, str] = {
    Method.HIGHER: "=IF(H#>=G#,C#,IF(G#>0,MAX(0,C#*H#/G#),0))",
    Method.LOWER: "=IF(H#<=G#,C#,IF(G#>0,C#*G#/H#,0))",
    Method.CHANGE: "=IF(H#<=G#,C#,MAX(0,C#-C#*I#*(H#-G#)*100))",
    Method.EQUAL: (
        "=IF(G#=H#,C#,IF(MIN(G#,H#)<=0,0,"
        "IF(ROUND(MIN(G#,H#)/MAX(G#,H#),10)>=I#,C#,C#*MIN(G#,H#)/MAX(G#,H#))))"
    ),
    Method.COEFFICIENT: "=C#*MAX(0,MIN(1,H#))",
    Method.TIER: "=MAX(C#*I#,MIN(C#*J#,K#))",
    Method.KEPT: "=K#",
}


def score_content(row: int, one: IndicatorScore) -> CellContent:
    """Return the live formula of the score, or the score where no formula leads to it."""
    if one.score is None:
        return "不适用" if one.method is Method.NOT_APPLICABLE else NONE
    if taken_as_met(one):
        return Live(f"=C{row}", float(one.weight))
    value = recompute(one)
    if value is None or value != one.score:
        return one.score
    return Live(_FORMULAS[one.method].replace("#", str(row)), float(value))


def taken_as_met(one: IndicatorScore) -> bool:
    """Return whether full marks were given without a calculation."""
    return one.method is Method.KEPT and bool(one.met) and one.score == one.weight


def recompute(one: IndicatorScore) -> Fraction | None:
    """Return exactly what the formula of the indicator's row gives; None where it has none."""
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
