"""Whether a quantity reaches its target: met, missed, or not to be decided. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from jixiao_xlsx.scoring.measures import Measure


class Held(NamedTuple):
    """A result held against its target, both as numbers in the unit of the target.

    Of an interval each is the end nearest to the other. `met` is None where that cannot be decided.
    """

    actual: Fraction
    target: Fraction
    met: bool | None


def hold(target: Measure, actual: Measure, direction: str) -> Held:
    """Hold a result against its target; both are quantities of one dimension."""
    factor = Fraction(1) if target.rate or actual.rate else target.factor
    low, high = _ends(target, factor)
    least, most = _ends(actual, factor)
    open_below, open_above = actual.sign == "≤", actual.sign == "≥"  # “95%以上”, “不到3天”
    if direction == "=":
        wanted = min(max(low, least), high)  # the nearest of what was wanted
        exact = least == most and not open_below and not open_above
        return Held(least, wanted, least == wanted if exact else None)
    if direction == "≤":
        found = _at_least(None if open_above else -most, None if open_below else -least, -high)
        return Held(-found.actual, high, found.met)
    return _at_least(None if open_below else least, None if open_above else most, low)


def _at_least(least: Fraction | None, most: Fraction | None, wanted: Fraction) -> Held:
    """Hold what lies between `least` and `most` (None: without end) against a lower limit."""
    if least is not None and least >= wanted:
        return Held(least, wanted, True)
    if most is not None and most < wanted:
        return Held(most, wanted, False)
    known = least if least is not None else most
    return Held(wanted if known is None else known, wanted, None)


def _ends(measure: Measure, factor: Fraction) -> tuple[Fraction, Fraction]:
    """Return the ends of an interval, twice the number where it is none, in units of `factor`."""
    number, last = measure.number, measure.last
    assert number is not None and last is not None
    return number / factor, last / factor
