"""A slip of the hand in a cell behind a rate. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from jixiao_xlsx.checking.balance.corrections import swapped_digits, ten_thousand, with_unit
from jixiao_xlsx.checking.balance.suspects import repairs_all
from jixiao_xlsx.checking.balance.verdicts import Judgement
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.digit_slips import SIGN_REVERSED


def ratio_slip(
    cells: Sequence[Cell], fits: Callable[[Mapping[Cell, Decimal]], bool], judged: Judgement
) -> str:
    """Return which of the cells was mistyped, in words, or "".

    One slip must explain the rate (`fits` is given the corrected number) and break no equation.
    """
    for cell in cells:
        for value, why in _corrections(cell):
            if fits({cell: value}) and (
                cell.place not in judged.by_place or repairs_all({cell.place: value}, judged)
            ):
                return f"{cell.place} 可能{why}，若为 {with_unit(value, cell)}，则相符"
    return ""


def _corrections(cell: Cell) -> Iterator[tuple[Decimal, str]]:
    if cell.number:
        if cell.number < 0:
            yield -cell.number, SIGN_REVERSED
        yield from swapped_digits(cell, cell.number)
        yield from ten_thousand(cell, cell.number)
