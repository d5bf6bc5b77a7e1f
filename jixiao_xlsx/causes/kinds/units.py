"""Columns and tables typed in another unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.readings import Holding, Remedy, holding_of
from jixiao_xlsx.values.amounts import MONEY_UNITS, atoms_per, grid_of
from jixiao_xlsx.values.cells import Table
from jixiao_xlsx.values.text import decimals_of

_TEN_THOUSAND = 10_000
_FEWEST = 2


def other_units(model: Model, table: Table) -> Iterator[Remedy]:
    """Yield the table, and each column of it, read in 元 for 万元 or the other way round."""
    typed = model.typed_figures(cell for row in table.rows for cell in row.cells.values())
    money = [one for one in typed if model.cells[one].unit in MONEY_UNITS]
    yield from _in_other_unit(model, money, "")
    for column in table.columns:
        yield from _in_other_unit(
            model, [one for one in money if model.cells[one].column == column], column
        )


def in_stated_units(model: Model, table: Table) -> Iterator[Remedy]:
    """Yield the figures of a table, or of a column of it, read in the unit that its heading states.

    The heading comes first: it is what was changed, and the figures with it.
    """
    for stated in table.stated_units:
        rows = [row for row in table.rows if stated.row in {"", row.title}]
        cells = (row.get(c) for row in rows for c in table.columns if stated.column in {"", c})
        money = [one for one in model.typed_figures(cells) if model.cells[one].unit in MONEY_UNITS]
        units = {model.cells[one].unit for one in money}
        if stated.unit not in MONEY_UNITS or len(money) < _FEWEST or stated.unit in units:
            continue
        readings = {one: _read_in(model, one, stated.unit) for one in money}
        culprits = (model.cell_number(stated.cell), *money)
        yield Remedy("unit_heading", culprits, readings, 0.4, what=stated.unit)


def _read_in(model: Model, one: int, unit: str) -> Holding:
    """Return a figure as it reads in another unit, to as many decimals as were typed."""
    cell, number = model.cells[one], model.readings[one].number
    assert number is not None
    value = number * atoms_per(unit) / atoms_per(cell.unit)
    return holding_of(cell, value, grid_of(unit, max(decimals_of(number), 2)))


def _in_other_unit(model: Model, cells: Sequence[int], column: str) -> Iterator[Remedy]:
    """Yield the figures of a column (a table: "") divided and multiplied by 10000."""
    culprits = tuple(one for one in cells if model.readings[one].number)
    if len(culprits) < _FEWEST:
        return
    kind, cost = ("unit_column", 1.0) if column else ("unit_table", 0.9)
    whole = not any(model.readings[one].atoms % _TEN_THOUSAND for one in cells)
    if whole and _remain(model, culprits):  # else there would be parts of a 分
        down = {one: _scaled(model, one, Fraction(1, _TEN_THOUSAND)) for one in cells}
        yield Remedy(kind, culprits, down, cost, determined=True, what=column)
    up = {one: _scaled(model, one, Fraction(_TEN_THOUSAND)) for one in cells}
    yield Remedy(kind, culprits, up, cost, what=column)


def _remain(model: Model, culprits: Sequence[int]) -> bool:
    """Return whether most figures still show digits when divided: nobody reports zeros only."""
    shown = [
        one
        for one in culprits
        if abs(Decimal(model.readings[one].atoms))
        >= _TEN_THOUSAND * grid_of(model.cells[one].unit, model.cells[one].decimals)
    ]
    return 2 * len(shown) >= len(culprits)


def _scaled(model: Model, one: int, factor: Fraction) -> Holding:
    cell, number = model.cells[one], model.readings[one].number
    assert number is not None
    value = number * factor.numerator / factor.denominator
    grid = grid_of(cell.unit, cell.decimals) * _TEN_THOUSAND if factor > 1 else None
    return holding_of(cell, value, grid)
