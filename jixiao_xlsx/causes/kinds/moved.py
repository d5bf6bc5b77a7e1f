"""Figures in each other's place: two cells exchanged, columns pasted one too far to the left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.readings import BLANK, Holding, Remedy, holding_of, shown_number
from jixiao_xlsx.values.amounts import MONEY_UNITS, grid_of
from jixiao_xlsx.values.cells import Cell, Row, Table

_EXCHANGED, _PASTED = 1.7, 1.6  # costs
_FEWEST = 3  # figures of columns that were pasted elsewhere


def exchanged_cells(model: Model, table: Table) -> Iterator[Remedy]:
    """Yield two figures of a row, or of a column one below the other, in each other's place."""
    for row in table.rows:
        yield from _exchanged(model, combinations(_figures(model, row), 2))
    for above, below in pairwise(table.rows):
        pairs = (
            (cell, below.cells[title])
            for title, cell in above.cells.items()
            if title in below.cells and _typed(model, cell) and _typed(model, below.cells[title])
        )
        yield from _exchanged(model, pairs)


def _exchanged(model: Model, pairs: Iterator[tuple[Cell, Cell]]) -> Iterator[Remedy]:
    for one, other in pairs:
        if one.unit == other.unit and one.number != other.number:
            first, second = model.cell_number(one), model.cell_number(other)
            readings = {
                first: holding_of(one, other.number),
                second: holding_of(other, one.number),
            }
            yield Remedy("exchanged", (first, second), readings, _EXCHANGED)


def _figures(model: Model, row: Row) -> list[Cell]:
    return [cell for cell in row.cells.values() if _typed(model, cell)]


def _typed(model: Model, cell: Cell) -> bool:
    odd = {"", "%", "分"}  # scores are often alike
    return cell.number is not None and cell.unit not in odd and not model.follows(cell)


def pasted_columns(model: Model, table: Table) -> Iterator[Remedy]:
    """Yield the columns up to a blank one, moved by one to the right, with totals or without."""
    money = [
        column
        for column in table.columns
        if any((cell := row.get(column)) and cell.unit in MONEY_UNITS for row in table.rows)
    ]
    filled = {column: _any_typed(model, table.rows, column) for column in money}
    for last in range(1, len(money)):
        if not filled[money[last]] and filled[money[last - 1]]:
            for first in (at for at in range(last) if filled[money[at]]):
                columns = money[first : last + 1]
                yield from _moved_right(model, table.rows, columns)
                rows = [row for row in table.rows if row.kind != "total"]
                if len(rows) < len(table.rows):
                    yield from _moved_right(model, rows, columns)


def _any_typed(model: Model, rows: Sequence[Row], column: str) -> bool:
    cells = [cell for row in rows if row.kind != "total" and (cell := row.get(column))]
    return any(cell.number and not model.follows(cell) for cell in cells)


def _moved_right(model: Model, rows: Sequence[Row], columns: Sequence[str]) -> Iterator[Remedy]:
    changed: dict[int, Holding] = {}
    for row in rows:
        cells = [cell for column in columns if (cell := row.get(column)) is not None]
        if any(model.follows(cell) for cell in cells):
            continue
        before = [BLANK, *(model.readings[model.cell_number(cell)] for cell in cells[:-1])]
        for cell, new in zip(cells, before, strict=True):
            if cell.number != new.number:
                changed[model.cell_number(cell)] = holding_of(cell, new.number)
    for number in [one for one, new in changed.items() if new.number is None]:
        changed[number] = _added_up(model, number, changed)
    if len(changed) >= _FEWEST:
        what = "|".join((columns[0], columns[-2], columns[-1]))
        yield Remedy("columns_left", tuple(changed), changed, _PASTED, False, what)


def _added_up(model: Model, number: int, changed: Mapping[int, Holding]) -> Holding:
    """Return what a typed total is with these changes: the figure in its place was lost."""
    parts = model.parts_below.get(number, {})
    filled = {part: times for part, times in parts.items() if model.read(part, changed).number}
    atoms = sum(model.read(part, changed).atoms * times for part, times in filled.items())
    cell = model.cells[number]
    rounded = len(filled) * grid_of(cell.unit, cell.decimals)
    return holding_of(cell, shown_number(atoms, cell), rounded) if filled else BLANK
