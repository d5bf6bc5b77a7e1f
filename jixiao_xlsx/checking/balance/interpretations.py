"""Ways to read figures as intervals of true amounts, and whether equations hold then. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from jixiao_xlsx.checking.balance.instances import Instance
from jixiao_xlsx.values.amounts import ZERO, Convention, Figure, Interval, interval_sum
from jixiao_xlsx.values.cells import Cell, Place
from jixiao_xlsx.values.operands import Operands

_HUNDRED_YUAN = 10_000  # 分: the grid of a 万元 figure with two decimals
Replacements = Mapping[Place, Decimal]  # figures assumed instead of those typed, in the cell's unit
_NONE: Replacements = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One way to read figures: the convention, whether a typed 0 may be a small amount, and the
    sheets whose 元 figures are read on a grid of 100 元.
    """

    how: Convention
    loose_zero: bool = False
    coarse: frozenset[str] = frozenset()

    def interval(self, cell: Cell, replaced: Replacements = _NONE) -> Interval:
        """Return the true amounts, in atoms, that a cell can stand for; [0, 0] for no number."""
        figure = cell.figure
        if replaced and (value := replaced.get(cell.place)) is not None:
            figure = Figure(value, cell.unit, cell.decimals)
        if figure is None:
            return ZERO
        if cell.sheet in self.coarse and figure.grid == 1 and cell.unit == "元":
            return figure.believed(self.how, grid=_HUNDRED_YUAN)
        return figure.believed(self.how, loose_zero=self.loose_zero)

    def side(self, side: Operands, replaced: Replacements = _NONE) -> Interval:
        """Return the true amounts, in atoms, that a whole side can stand for."""
        return interval_sum(
            (operand.sign, self.interval(operand.cell, replaced)) for operand in side
        )


EXACT = tuple(Interpretation(how) for how in Convention)
LOOSE = tuple(Interpretation(how, loose_zero=True) for how in Convention)


def holds(
    instance: Instance, interpretation: Interpretation, replaced: Replacements = _NONE
) -> bool:
    """Return whether some true amounts behind the figures satisfy the relation."""
    sides = [interpretation.side(side, replaced) for side in instance.filled]
    if instance.is_equality:
        return max(s.lo for s in sides) <= min(s.hi for s in sides)
    return all(a.lo <= b.hi for i, a in enumerate(sides) for b in sides[i + 1 :])


def holds_somehow(instance: Instance, replaced: Replacements) -> bool:
    """Return whether the relation holds with these figures, in either convention."""
    return any(holds(instance, interpretation, replaced) for interpretation in EXACT)
