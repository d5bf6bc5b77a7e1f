"""Whole-number intervals of true amounts that printed figures stand for.

Money is held in whole 分. A figure printed with few decimals (万元 with two, say) stands for every
true amount that would have been printed that way, so figures become closed integer intervals and
intervals are compared, never rounded floats. Pure: no files, no workbook types.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import NamedTuple


class Convention(StrEnum):
    """How a sheet turned true amounts into printed ones."""

    ROUND = "四舍五入"
    TRUNCATE = "截尾"


# Atoms per unit: money is counted in 分, points (分值) in ten-thousandths, things that are
# counted (people, copies, cars) whole.
ATOMS: dict[str, int] = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000, "分": 10_000}
MONEY_UNITS = frozenset({"元", "万元", "亿元"})


def atoms_per(unit: str) -> int:
    """Return the whole atoms in one `unit`: 分 of money, 1/10000 of a point, 1 of a count."""
    return ATOMS.get(unit, 1)


@cache
def grid_of(unit: str, decimals: int) -> int:
    """Return the atoms in the last of `decimals` printed digits, at least one."""
    return max(atoms_per(unit) // int(10**decimals), 1)


def dimension(unit: str) -> str:
    """Return the kind of quantity; only units of one dimension may meet in an equation."""
    return "money" if unit in MONEY_UNITS else unit


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed range of whole atoms."""

    lo: int
    hi: int

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.lo + other.lo, self.hi + other.hi)

    def __neg__(self) -> Interval:
        return Interval(-self.hi, -self.lo)

    def __contains__(self, atoms: int) -> bool:
        return self.lo <= atoms <= self.hi

    def meets(self, other: Interval) -> bool:
        """Return whether some true amount lies in both."""
        return self.lo <= other.hi and other.lo <= self.hi


ZERO = Interval(0, 0)


def interval_sum(terms: Iterable[tuple[int, Interval]]) -> Interval:
    """Return Σ sign·interval; a sign is 1 or -1."""
    lo = hi = 0
    for sign, part in terms:
        lo += part.lo if sign > 0 else -part.hi
        hi += part.hi if sign > 0 else -part.lo
    return Interval(lo, hi)


class Figure(NamedTuple):
    """A figure as printed, on its own unit and grid.

    `value` is in `unit` (元, 万元, 分 for points, or a counted thing); `decimals` is what the form
    prints.
    """

    value: Decimal
    unit: str
    decimals: int

    @property
    def grid(self) -> int:
        """Return the atoms in one last printed digit, at least one."""
        return grid_of(self.unit, self.decimals)

    @property
    def atoms(self) -> Decimal:
        return self.value * atoms_per(self.unit)

    @property
    def excess(self) -> bool:
        """Return whether the cell holds digits that the form does not print."""
        return bool(self.atoms % self.grid)

    def believed(
        self, how: Convention, *, loose_zero: bool = False, grid: int | None = None
    ) -> Interval:
        """Return every true amount this figure can stand for under `how`, in atoms.

        A typed zero is exactly zero unless `loose_zero`; a figure with excess digits is exact.
        `grid` overrides the form's own (the 100 元 reading of figures converted from 万元).
        """
        atoms = self.atoms
        whole = int(atoms)
        if whole != atoms:
            return Interval(math.floor(atoms), math.ceil(atoms))
        step = self.grid if grid is None else grid
        if step == 1 or whole % step:
            return Interval(whole, whole)
        if whole == 0:
            if not loose_zero:
                return ZERO
            reach = step // 2 if how is Convention.ROUND else step
            return Interval(1 - reach, reach - 1)
        inner, outer = (step // 2, step // 2 - 1) if how is Convention.ROUND else (0, step - 1)
        if whole > 0:
            return Interval(whole - inner, whole + outer)
        return Interval(whole - outer, whole + inner)


def vote(exact: Interval, printed: Figure) -> Convention | None:
    """Return the convention that an exact amount and its printed figure prove.

    None where both or neither fit.
    """
    fits = [how for how in Convention if printed.believed(how).meets(exact)]
    return fits[0] if len(fits) == 1 else None


def printable(
    target: Interval, how: Convention, unit: str, decimals: int
) -> tuple[Decimal, Decimal]:
    """Return the lowest and highest figure, in `unit`, that `how` may print for `target`."""
    step = grid_of(unit, decimals)
    fit = _round_atoms if how is Convention.ROUND else _truncate_atoms
    low, high = (Decimal(fit(end, step)) / atoms_per(unit) for end in (target.lo, target.hi))
    return low, high


def _round_atoms(atoms: int, step: int) -> int:
    size = (abs(atoms) + step // 2) // step * step
    return size if atoms >= 0 else -size


def _truncate_atoms(atoms: int, step: int) -> int:
    size = abs(atoms) // step * step
    return size if atoms >= 0 else -size


_FLOAT = Fraction(1, 10**13)  # finer digits of a formula's result are noise of its floating point


def rate_holds(printed: Fraction, step: Fraction, part: Interval, whole: Interval) -> bool:
    """Return whether some true amounts give the printed rate, rounded or truncated to `step`.

    `printed` and `step` are finite decimals as fractions (95.55 % = 0.9555, step 0.0001);
    `whole.lo` must be positive. Integer cross-multiplication: no division, so the tolerance
    follows the size of the amounts.
    """
    # More digits than the form prints (a formula's result): those digits are the grid.
    while step > _FLOAT and printed % step:
        step /= 10
    below = step if printed <= 0 else Fraction(0)
    above = step if printed >= 0 else Fraction(0)
    return _between(printed, step / 2, step / 2, part, whole) or _between(
        printed, below, above, part, whole
    )


def _between(
    printed: Fraction, below: Fraction, above: Fraction, part: Interval, whole: Interval
) -> bool:
    """Return whether some true rate lies within; the end away from zero is excluded.

    So exactly 100 % is never truncated to 99.99 %.
    """
    least = Fraction(part.lo, whole.hi if part.lo >= 0 else whole.lo)
    most = Fraction(part.hi, whole.lo if part.hi >= 0 else whole.hi)
    low, high = printed - below, printed + above
    reaches = low <= most if printed > 0 else low < most
    return reaches and (least <= high if printed < 0 else least < high)
