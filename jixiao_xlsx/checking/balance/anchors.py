"""Which cell of a failed equation a finding points at, and what would be right there. Pure."""

from __future__ import annotations

from decimal import Decimal

from jixiao_xlsx.checking.balance.instances import Instance
from jixiao_xlsx.checking.balance.interpretations import Interpretation
from jixiao_xlsx.values.amounts import Convention, Interval, atoms_per
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.operands import Operand, Operands


def anchor_of(instance: Instance) -> tuple[Operands, Cell]:
    """Return the side and the cell to point at.

    In a chain it is the side unlike the others, for ≤ the side that exceeds a later one, otherwise
    the side that is a single cell, left first.
    """
    filled = instance.filled
    if not instance.is_equality:
        side = _exceeding(instance)
    elif len(filled) > 2:
        side = _odd_one_out(filled)
    else:
        side = next((side for side in filled if len(side) == 1), filled[0])
    cells = [operand.cell for operand in side]
    return side, next((cell for cell in cells if cell.number is not None), cells[0])


def _exceeding(instance: Instance) -> Operands:
    """Return the first side that is larger than a later one."""
    filled, sums = instance.filled, instance.sums
    return next(
        (side for i, side in enumerate(filled[:-1]) if sums[i] > min(sums[i + 1 :])), filled[0]
    )


def _odd_one_out(filled: tuple[Operands, ...]) -> Operands:
    rounding = Interpretation(Convention.ROUND)
    ends = [rounding.side(side) for side in filled]
    agreeing = [sum(end.meets(other) for other in ends) for end in ends]
    return filled[agreeing.index(min(agreeing))]


def right_interval(
    interpretation: Interpretation, side: Operands, anchor: Cell, rest: Operands
) -> Interval:
    """Return the true amounts, in atoms, for which the anchor alone would balance the equation."""
    right = interpretation.side(rest) + -interpretation.side(_without(side, anchor))
    return right if _sign(side, anchor) > 0 else -right


def right_value(side: Operands, anchor: Cell, rest: Operands) -> Decimal:
    """Return the same from the plain figures, in the anchor's unit."""
    atoms = _plain_sum(rest) - _plain_sum(_without(side, anchor))
    return _sign(side, anchor) * atoms / atoms_per(anchor.unit)


def upper_limit(instance: Instance, anchor: Cell) -> Decimal:
    """Return the plain value that the anchor's side must not exceed, in the anchor's unit."""
    sides = enumerate(instance.filled)
    at = next(i for i, side in sides if any(operand.cell is anchor for operand in side))
    return min(instance.sums[at + 1 :]) / atoms_per(anchor.unit)


def _without(side: Operands, anchor: Cell) -> Operands:
    return tuple(operand for operand in side if operand.cell is not anchor)


def _sign(side: Operands, anchor: Cell) -> int:
    return next(operand.sign for operand in side if operand.cell is anchor)


def _plain_sum(side: Operands) -> Decimal:
    return sum(map(_atoms, side), Decimal(0))


def _atoms(operand: Operand) -> Decimal:
    return operand.sign * (operand.cell.number or Decimal(0)) * atoms_per(operand.cell.unit)
