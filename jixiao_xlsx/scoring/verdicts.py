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
    wanted = high if direction == "≤" else low
    if direction == "=":
        wanted = min(max(low, least), high)  # the nearest of what was wanted
    if direction == "≤":
        open_below = actual.sign == "≤"
        met = True if most <= wanted and actual.sign != "≥" else None
        missed = least > wanted and not open_below
        return Held(most if met else least, wanted, False if missed else met)
    open_above, open_below = actual.sign == "≥", actual.sign == "≤"
    if direction == "=" and (open_above or open_below or least != most):
        return Held(least, wanted, None)
    if direction == "=":
        return Held(least, wanted, least == wanted)
    met = True if least >= wanted and not open_below else None
    missed = most < wanted and not open_above
    return Held(least if met else most, wanted, False if missed else met)


def _ends(measure: Measure, factor: Fraction) -> tuple[Fraction, Fraction]:
    number, last = measure.number, measure.last
    assert number is not None and last is not None
    return number / factor, last / factor
