"""What a cell is taken to hold while causes are sought: its number and the amounts behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from jixiao_xlsx.values.amounts import Convention, Figure, Interval, atoms_per
from jixiao_xlsx.values.cells import Cell


class Holding(NamedTuple):
    """A number, its atoms, and what it can stand for when rounded and when truncated.

    `number` is None for a blank cell; then all amounts are 0.
    """

    number: Decimal | None
    atoms: Decimal | int = 0
    rounded: Interval = Interval(0, 0)
    truncated: Interval = Interval(0, 0)


BLANK = Holding(None)


@dataclass(frozen=True, slots=True)
class Remedy:
    """Other readings of some cells. `culprits` are to be named, likeliest first.

    `cost` is lower for likelier mistakes. `determined`: the new figures follow from others.
    `what` completes the message: a row, a column, a unit.
    """

    kind: str
    culprits: tuple[int, ...]
    readings: Mapping[int, Holding]
    cost: float
    determined: bool = False
    what: str = ""


def holding_of(cell: Cell, number: Decimal | None, grid: int | None = None) -> Holding:
    """Return how `number` reads in a cell, on its own grid or on another (in atoms)."""
    return BLANK if number is None else _reading(number, cell.unit, cell.decimals, grid)


@lru_cache(maxsize=4096)
def _reading(number: Decimal, unit: str, decimals: int, grid: int | None) -> Holding:
    figure = Figure(number, unit, decimals)
    atoms = figure.atoms
    whole = int(atoms)
    return Holding(
        number,
        whole if whole == atoms else atoms,
        figure.believed(Convention.ROUND, loose_zero=True, grid=grid),
        figure.believed(Convention.TRUNCATE, loose_zero=True, grid=grid),
    )


def shown_number(atoms: Decimal | int, cell: Cell) -> Decimal:
    """Return atoms as the number that the cell would show, in its unit and to its decimals."""
    value = Decimal(atoms) / atoms_per(cell.unit)
    return round(value, max(cell.decimals, 0))
