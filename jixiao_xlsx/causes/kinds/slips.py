"""Slips of the hand: the figures that a clerk may have meant by the figure that was typed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from jixiao_xlsx.causes.readings import Holding
from jixiao_xlsx.values.amounts import MONEY_UNITS, atoms_per, grid_of
from jixiao_xlsx.values.cells import Cell

SWAP, DROPPED, DOUBLED, DIGIT = "digits_swapped", "digit_missing", "digit_extra", "digit_wrong"
_MONEY_FACTORS: tuple[int, ...] = (10_000, 10, 100, 1000)
_LEAST = 10  # last digits: a smaller figure would fit nearly anything
_OTHER_FACTORS: tuple[int, ...] = (10, 100)


def slips(digits: str, places: int) -> Iterator[tuple[str, str]]:
    """Yield (digits meant, kind of slip) for the digits of a figure; `places` are decimals.

    One digit can be left out or typed twice in the whole part only: the decimals stay decimals.
    """
    whole, rest = digits[: len(digits) - places], digits[len(digits) - places :]
    for at in range(len(digits) - 1):
        if digits[at] != digits[at + 1]:
            yield digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :], SWAP
    for at in range(len(whole) - 1):
        if whole[at] == whole[at + 1]:
            yield whole[:at] + whole[at + 1 :] + rest, DOUBLED
    for at in range(len(whole) + 1):
        for digit in "0123456789":
            if at or digit != "0":
                yield whole[:at] + digit + whole[at:] + rest, DROPPED
    for at, own in enumerate(digits):
        for digit in "0123456789":
            if digit != own:
                yield digits[:at] + digit + digits[at + 1 :], DIGIT


def slips_in(cell: Cell, reading: Holding) -> tuple[tuple[Decimal | int, str, int], ...]:
    """Return (atoms meant, kind, how many times coarser than typed) for the figure in a cell."""
    if not reading.number or cell.unit == "%":
        return ()
    grid = grid_of(cell.unit, cell.decimals)
    money, atoms = cell.unit in MONEY_UNITS, reading.atoms
    found: list[tuple[Decimal | int, str, int]] = [(-atoms, "sign", 1)]
    for factor in _MONEY_FACTORS if money else _OTHER_FACTORS:
        kind = "unit_cell" if factor == _MONEY_FACTORS[0] else "decimal_point"
        if abs(int(atoms)) >= _LEAST * grid:
            found.append((atoms * factor, kind, factor))
        if not atoms % factor and abs(int(atoms)) >= _LEAST * grid * factor:
            found.append((atoms // factor, kind, 1))
    places = len(str(atoms_per(cell.unit) // grid)) - 1
    digits = str(abs(int(atoms)) // grid)
    sign = -1 if reading.number < 0 else 1
    for meant, slip in slips(digits, min(places, len(digits))):
        if meant and (meant[0] != "0" or len(meant) <= places + 1):
            found.append((int(meant) * grid * sign, slip, 1))
    return tuple(found)
