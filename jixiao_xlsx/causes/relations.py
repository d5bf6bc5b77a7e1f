"""The relations that a workbook must satisfy, over numbered cells, quick to test again and again.

`Assumed` maps the number of a cell to what it is assumed to hold instead. A relation over blanks
says nothing and holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import inf
from typing import Protocol

from jixiao_xlsx.causes.readings import Holding
from jixiao_xlsx.values.amounts import Interval, rate_holds
from jixiao_xlsx.values.cells import Cell

Assumed = Mapping[int, Holding]
Terms = Mapping[int, int]  # cell → how often it is counted; negative where subtracted
_EMPTY: Assumed = {}
_Sums = Sequence[Decimal | int]  # what Total.amounts gives


class Condition(Protocol):
    """Something that must hold. `code` is the rule that reports it; `binding` False: only a 提示."""

    code: str
    cells: frozenset[int]
    binding: bool

    def holds(self, changes: Assumed = _EMPTY) -> bool:
        """Return whether it holds with these changes."""
        ...

    def exceeded(self, changes: Assumed) -> float:
        """Return how many times over a limit is exceeded; infinity for what is no limit."""
        ...


class Total:
    """A sum over cells: plain atoms, both intervals, and how many of its cells hold a number."""

    __slots__ = ("_base", "_readings", "terms")

    def __init__(self, terms: Terms, readings: Sequence[Holding]) -> None:
        self.terms = terms
        self._readings = readings
        sums: list[Decimal | int] = [0, 0, 0, 0, 0, 0]
        for cell, times in terms.items():
            _add(sums, times, readings[cell], 1)
        self._base = tuple(sums)

    def amounts(self, changes: Assumed) -> Sequence[Decimal | int]:
        """Return [plain, rounded low, high, truncated low, high, cells with a number]."""
        terms = self.terms
        moved = [c for c in changes if c in terms]
        if not moved:
            return self._base
        sums = list(self._base)
        for cell in moved:
            times = terms[cell]
            _add(sums, times, self._readings[cell], -1)
            _add(sums, times, changes[cell], 1)
        return sums


class Constant(Total):
    """An amount that is known, in atoms."""

    __slots__ = ()

    def __init__(self, atoms: int) -> None:
        super().__init__({}, ())
        self._base = (atoms, atoms, atoms, atoms, atoms, 1)


def _add(sums: list[Decimal | int], times: int, reading: Holding, way: int) -> None:
    if reading.number is None:
        return
    share = times * way
    sums[0] += share * reading.atoms
    rounded, truncated = reading.rounded, reading.truncated
    if times > 0:
        sums[1] += share * rounded.lo
        sums[2] += share * rounded.hi
        sums[3] += share * truncated.lo
        sums[4] += share * truncated.hi
    else:
        sums[1] += share * rounded.hi
        sums[2] += share * rounded.lo
        sums[3] += share * truncated.hi
        sums[4] += share * truncated.lo
    sums[5] += way


@dataclass(eq=False, slots=True)
class Linear:
    """Sides that must be equal, or in order (≤), on the amounts behind the figures.

    `slack` is what a last digit between sheets may differ by (平尾差), in atoms. `about` is the
    column or row it is about, `total` the cell that the other side adds up within its table.
    """

    code: str
    sides: tuple[Total, ...]
    equal: bool
    binding: bool
    slack: int = 0
    about: str = ""
    total: int | None = None
    cells: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.cells = frozenset(cell for side in self.sides for cell in side.terms)

    def holds(self, changes: Assumed = _EMPTY) -> bool:
        """Return whether it holds with these changes."""
        sums = [one for side in self.sides if (one := side.amounts(changes))[5]]
        if len(sums) < 2:
            return True
        if self.equal:
            if all(one[0] == sums[0][0] for one in sums):
                return True
            return any(
                max(one[low] for one in sums) <= min(one[low + 1] for one in sums) + self.slack
                for low in (1, 3)
            )
        return any(
            all(a[low] <= b[low + 1] for i, a in enumerate(sums) for b in sums[i + 1 :])
            for low in (1, 3)
        )

    def exceeded(self, changes: Assumed) -> float:
        """Return how many times over a limit is exceeded; infinity for what is no limit."""
        if self.equal:
            return inf
        sizes = [abs(float(side.amounts(changes)[0])) for side in self.sides]
        return max(sizes) / min(sizes) if min(sizes) else inf

    def shares(self, bundle: Mapping[int, int]) -> list[int]:
        """Return how much each side grows when the cells of a bundle grow by their multiples."""
        return [
            sum(side.terms.get(cell, 0) * times for cell, times in bundle.items())
            for side in self.sides
        ]


@dataclass(eq=False, slots=True)
class Rate:
    """A rate that must be what its parts give, in the cell `result`, whose number is `shown`.

    `shown` None: the form computes it.
    """

    code: str
    result: Cell
    shown: int | None
    above: Total
    below: Total
    step: Fraction
    readings: Sequence[Holding]
    binding: bool = True
    cells: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        own = () if self.shown is None else (self.shown,)
        self.cells = frozenset((*self.above.terms, *self.below.terms, *own))

    @property
    def reach(self) -> Fraction:
        """By how much the typed rate may differ from the exact one."""
        return self.step

    def exceeded(self, changes: Assumed) -> float:
        """Return how many times over a limit is exceeded; infinity for what is no limit."""
        return inf

    def sides(self, changes: Assumed) -> tuple[Total, Total] | None:
        """Return numerator and denominator."""
        return (self.above, self.below) if self.below.amounts(changes)[0] else None

    def holds(self, changes: Assumed = _EMPTY) -> bool:
        """Return whether it holds with these changes."""
        above, below = self.above.amounts(changes), self.below.amounts(changes)
        if not above[5] or not below[5]:
            return True
        if below[0] == 0:
            return above[0] <= 0
        if self.shown is None:
            return True
        shown = changes.get(self.shown, self.readings[self.shown]).number
        if shown is None or below[1] <= 0 or below[3] <= 0:
            return True
        typed = Fraction(shown)
        return any(
            rate_holds(typed, self.step, _interval(above, at), _interval(below, at))
            for at in (1, 3)
        )


def _interval(sums: Sequence[Decimal | int], at: int) -> Interval:
    return Interval(int(sums[at]), int(sums[at + 1]))


@dataclass(eq=False, slots=True)
class BaseRate:
    """A result that must be what its base data give; `reach`: one in its last typed digit.

    Of several ratios, as (leading term, above, below), the first whose leading term is filled
    counts.
    """

    code: str
    shown: int
    ratios: tuple[tuple[Total, Total, Total], ...]
    reach: Fraction
    readings: Sequence[Holding]
    binding: bool = True
    cells: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        parts = [cell for _, *pair in self.ratios for side in pair for cell in side.terms]
        self.cells = frozenset((self.shown, *parts))

    def holds(self, changes: Assumed = _EMPTY) -> bool:
        """Return whether it holds with these changes."""
        shown = changes.get(self.shown, self.readings[self.shown]).number
        sides = self.sides(changes)
        if shown is None or sides is None:
            return True
        above, below = (side.amounts(changes) for side in sides)
        return _within(Fraction(shown), self.reach, above, below)

    def exceeded(self, changes: Assumed) -> float:
        """Return how many times over a limit is exceeded; infinity for what is no limit."""
        return inf

    def right(self, changes: Assumed = _EMPTY) -> Fraction | None:
        """Return what the base data give; None where they give nothing."""
        sides = self.sides(changes)
        if sides is None:
            return None
        above, below = (side.amounts(changes)[0] for side in sides)
        return Fraction(above) / Fraction(below)

    def sides(self, changes: Assumed) -> tuple[Total, Total] | None:
        """Return numerator and denominator of the ratio that counts, if it gives a rate."""
        for lead, above, below in self.ratios:
            if not lead.amounts(changes)[5]:
                continue
            bottom = below.amounts(changes)
            if bottom[5]:
                return (above, below) if bottom[0] else None
        return None


def _within(rate: Fraction, reach: Fraction, above: _Sums, below: _Sums) -> bool:
    """Return whether a rate is less than `reach` from a quotient that rounded figures allow.

    In whole numbers: quotients are tried by the thousand.
    """
    ends = (1, 2) if below[1] > 0 else (0, 0)
    scale = rate.denominator * reach.denominator
    low, high = (int((rate - way * reach) * scale) for way in (1, -1))
    quotients = [(above[i] * scale, below[j]) for i in set(ends) for j in set(ends)]
    positive = below[ends[0]] > 0
    under = [low * bottom < top if positive else low * bottom > top for top, bottom in quotients]
    over = [top < high * bottom if positive else top > high * bottom for top, bottom in quotients]
    return any(under) and any(over)


@dataclass(eq=False, slots=True)
class OtherCondition:
    """Anything else over totals of cells, given their plain atoms (None where all are blank)."""

    code: str
    totals: tuple[Total, ...]
    good: Callable[..., bool]
    binding: bool = True
    cells: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.cells = frozenset(cell for total in self.totals for cell in total.terms)

    def holds(self, changes: Assumed = _EMPTY) -> bool:
        """Return whether it holds with these changes."""
        sums = [total.amounts(changes) for total in self.totals]
        return self.good(*(one[0] if one[5] else None for one in sums))

    def exceeded(self, changes: Assumed) -> float:
        """Return how many times over a limit is exceeded; infinity for what is no limit."""
        return inf


@dataclass(eq=False, slots=True)
class FillingRule:
    """Cells to be filled, to be blank, or (`wanted` None) all to be read in another unit."""

    code: str
    cells: frozenset[int]
    wanted: bool | None
    readings: Sequence[Holding]
    binding: bool = True

    def holds(self, changes: Assumed = _EMPTY) -> bool:
        """Return whether it holds with these changes."""
        if self.wanted is None:
            return self.cells <= changes.keys()
        return all(
            (changes.get(cell, self.readings[cell]).number is not None) is self.wanted
            for cell in self.cells
        )

    def exceeded(self, changes: Assumed) -> float:
        """Return how many times over a limit is exceeded; infinity for what is no limit."""
        return inf
