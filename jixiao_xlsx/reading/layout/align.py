"""Align two sequences by what their items have in common: the heaviest chain of matches. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

Alike = tuple[int, int, float]  # item of the first, item of the second, weight
_NEARER = 1e-6  # of two equal chains the one that moves less


def heaviest_chain(matches: Iterable[Alike]) -> dict[int, int]:
    """Return the matches, first → second, that keep the order of both and weigh most together."""
    ordered = sorted(matches, key=lambda match: (match[0], -match[1]))
    best = _BestBefore(max((match[1] for match in ordered), default=0))
    before: list[int] = []
    sums: list[float] = []
    for number, (first, second, weight) in enumerate(ordered):
        total, last = best.below(second)
        before.append(last)
        sums.append(total + weight - _NEARER * abs(first - second))
        best.add(second, sums[number], number)
    chain: dict[int, int] = {}
    at = max(range(len(sums)), key=lambda number: sums[number], default=-1)
    while at >= 0:
        chain[ordered[at][0]] = ordered[at][1]
        at = before[at]
    return chain


class _BestBefore:
    """The heaviest chain that ends below a position (a Fenwick tree of maxima)."""

    def __init__(self, size: int) -> None:
        self._best = [(0.0, -1)] * (size + 2)

    def below(self, at: int) -> tuple[float, int]:
        best = (0.0, -1)
        while at > 0:
            best = max(best, self._best[at])
            at -= at & -at
        return best

    def add(self, at: int, total: float, number: int) -> None:
        at += 1
        while at < len(self._best):
            self._best[at] = max(self._best[at], (total, number))
            at += at & -at


def completed(
    chain: Mapping[int, int], wanted: Sequence[int], filled: Callable[[int], bool], size: int
) -> dict[int, int]:
    """Return `chain` with the `wanted` items that matched nothing: those between two that did.

    In a gap of equal size they stand as in the first; where items were inserted, on those that
    are `filled` if these are as many, else behind the one above. `size` counts the second.
    """
    result = dict(chain)
    edges = [-1, *sorted(chain), max([*chain, *wanted], default=-1) + 1]
    for start, end in pairwise(edges):
        left = [item for item in wanted if start < item < end]
        gap = _Gap(start, end, chain.get(start, -1), chain.get(end, size), end not in chain)
        some = [item for item in range(gap.low + 1, gap.high) if filled(item)] if left else []
        known = not gap.open and (start in chain or start < 0)
        if len(some) == len(left) and not (known and gap.equal):
            result |= dict(zip(left, some, strict=True))
        else:
            result |= gap.unmoved(left)
    return result


class _Gap(NamedTuple):
    """The items between two matches: of the first between `start` and `end`, of the second `low`
    and `high`; `open` where nothing below matched."""

    start: int
    end: int
    low: int
    high: int
    open: bool

    @property
    def equal(self) -> bool:
        """Whether as many items are in it in both."""
        return self.end - self.start == self.high - self.low

    def unmoved(self, items: Iterable[int]) -> dict[int, int]:
        """Return items that stand from the match above as far as in the first, if there is room.

        Above the first match of all they are counted from that one.
        """
        if self.start < 0 and not self.open:
            places = {item: self.high - (self.end - item) for item in items}
        else:
            places = {item: self.low + item - self.start for item in items}
        return {
            item: there
            for item, there in places.items()
            if there > self.low and (there < self.high or self.open)
        }
