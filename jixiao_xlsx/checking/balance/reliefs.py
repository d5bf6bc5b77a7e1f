"""Reasons for which an equation that fails on its figures is no error. Pure.

They are typed zeros, 平尾差 and the 100 元 grid; each is reported as a 提示.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from decimal import Decimal

from jixiao_xlsx.checking.balance.instances import Instance
from jixiao_xlsx.checking.balance.interpretations import (
    LOOSE,
    Interpretation,
    holds,
    holds_somehow,
)
from jixiao_xlsx.checking.balance.verdicts import Outcome, Verdict
from jixiao_xlsx.values.amounts import Convention
from jixiao_xlsx.values.cells import Place, Submission


def by_typed_zero(instance: Instance) -> Verdict | None:
    """Judge with every typed 0 read as an amount below half its last digit."""
    if any(holds(instance, interpretation) for interpretation in LOOSE):
        zero = next(cell for cell in instance.cells if cell.number == 0)
        return Verdict(instance, Outcome.TYPED_ZERO, zero)
    return None


def by_last_digit(instance: Instance, broken: Set[Place]) -> Verdict | None:
    """Judge by 平尾差: one 万元 figure is off by its last digit while its own sheet balances.

    `broken` are the cells of the equations that fail within a sheet.
    """
    gridded = [cell for cell in instance.cells if cell.gridded]
    if len(gridded) != 1 or not instance.is_equality:
        return None
    if any(cell.place in broken for cell in instance.cells):
        return None
    cell = gridded[0]
    assert cell.number is not None
    step = Decimal(1).scaleb(-cell.decimals)
    for value in (cell.number + step, cell.number - step):
        if holds_somehow(instance, {cell.place: value}):
            return Verdict(instance, Outcome.LAST_DIGIT, cell)
    return None


def by_coarse_grid(instance: Instance, coarse: Callable[[], frozenset[str]]) -> Verdict | None:
    """Judge with the 元 figures of coarse sheets read on a grid of 100 元."""
    sheets = coarse()
    cells = [
        cell
        for cell in instance.cells
        if cell.sheet in sheets and cell.unit == "元" and cell.number
    ]
    if cells and any(holds(instance, Interpretation(how, coarse=sheets)) for how in Convention):
        return Verdict(instance, Outcome.COARSE, cells[0])
    return None


def coarse_sheets(submission: Submission) -> frozenset[str]:
    """Return the sheets whose every 元 figure is a multiple of 100 元: 万元 × 10000 typed as 元."""
    coarse: dict[str, bool] = {}
    for table in submission.tables.values():
        for cell in table.cells():
            if cell.unit == "元" and coarse.get(cell.sheet, True) and (number := cell.number):
                coarse[cell.sheet] = number % 100 == 0
    return frozenset(sheet for sheet, is_coarse in coarse.items() if is_coarse)
