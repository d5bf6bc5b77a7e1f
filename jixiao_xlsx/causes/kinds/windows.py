"""By how much a cell must change for a relation to hold, solved from the relation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from typing import NamedTuple

from jixiao_xlsx.causes.relations import Assumed, BaseRate, Condition, Linear, Rate

Bundle = Mapping[int, int]  # a cell and the totals typed from it, each by how often it counts
_ENDLESS = 10**18


class Window(NamedTuple):
    """By how many atoms a cell must change, at least and at most.

    `plain` is what fits the figures as printed; None where only a range is asked for.
    """

    low: int
    high: int
    plain: int | None = None

    def meet(self, other: Window) -> Window | None:
        """Return what satisfies both; None where nothing does."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        plain = other.plain if self.plain is None else self.plain
        if low > high:
            return None
        return Window(low, high, None if plain is None else min(max(plain, low), high))


NOWHERE = Window(1, 0)


def window_of(relation: Condition, bundle: Bundle, changes: Assumed) -> Window | None:
    """Return by how much the cell of a bundle must change; None where that is not solved.

    NOWHERE where no change of the bundle helps.
    """
    if isinstance(relation, Linear):
        return _in_sum(relation, bundle, changes)
    if isinstance(relation, Rate | BaseRate):
        return _in_rate(relation, bundle, changes)
    return None


def _in_sum(relation: Linear, bundle: Bundle, changes: Assumed) -> Window | None:
    shares = relation.shares(bundle)
    sums = [side.amounts(changes) for side in relation.sides]
    windows = []
    for at, share in enumerate(shares):
        for later in range(at + 1, len(shares)):
            net = share - shares[later]
            if not net:
                continue
            filled = (share or sums[at][5]) and (shares[later] or sums[later][5])
            if filled:
                windows.append(_between(relation, sums[at], sums[later], net))
    if not windows:
        return None
    return reduce(lambda one, other: (one and one.meet(other)) or NOWHERE, windows)


def _between(
    relation: Linear, left: Sequence[Decimal | int], right: Sequence[Decimal | int], net: int
) -> Window:
    """Return the change, counted `net` times, that makes left = right or left ≤ right."""
    most = max(left[2] - right[1], left[4] - right[3]) + relation.slack
    least = min(left[1] - right[2], left[3] - right[4]) - relation.slack
    if relation.equal:
        ends = sorted((-Fraction(most) / net, -Fraction(least) / net))
        return Window(floor(ends[0]), ceil(ends[1]), int((right[0] - left[0]) / Decimal(net)))
    bound = -Fraction(least) / net
    return Window(-_ENDLESS, ceil(bound)) if net > 0 else Window(floor(bound), _ENDLESS)


def _in_rate(relation: Rate | BaseRate, bundle: Bundle, changes: Assumed) -> Window | None:
    """Return how much the numerator or the denominator of a rate must change."""
    sides = relation.sides(changes)
    if relation.shown is None or relation.shown in bundle or sides is None:
        return None
    typed = changes.get(relation.shown, relation.readings[relation.shown]).number
    top, bottom = (
        sum(side.terms.get(cell, 0) * times for cell, times in bundle.items()) for side in sides
    )
    if not typed or bool(top) == bool(bottom):
        return None
    low, high = Fraction(typed) - relation.reach, Fraction(typed) + relation.reach
    above, below = (side.amounts(changes) for side in sides)
    if top:
        ends = [rate * Fraction(end) for rate in (low, high) for end in below[1:3]]
        return _reaching(ends, above, top)
    if low * high <= 0:
        return None
    ends = [Fraction(end) / rate for rate in (low, high) for end in above[1:3]]
    return _reaching(ends, below, bottom)


def _reaching(ends: Sequence[Fraction], side: Sequence[Decimal | int], times: int) -> Window:
    """Return the change, counted so many times, that brings a side to between these ends."""
    changes = [(end - Fraction(side[0])) / times for end in ends]
    return Window(floor(min(changes)), ceil(max(changes)))
