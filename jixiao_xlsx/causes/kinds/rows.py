"""Rows too many, too few, or shifted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from jixiao_xlsx.causes.changes import Standing
from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.readings import BLANK, Holding, Remedy, holding_of, shown_number
from jixiao_xlsx.causes.relations import Linear
from jixiao_xlsx.checking.subtotals import RowFigures, row_figures, subtotals, sums_last_rows
from jixiao_xlsx.values.amounts import grid_of
from jixiao_xlsx.values.cells import Cell, Row, Table
from jixiao_xlsx.values.text import tidy

_SUBTOTAL_WORDS = ("小计", "合计", "总计")
_FEWEST, _LONGEST = 2, 12  # rows
_SCORES = "分"
_NAMED = 0.6  # the cost of a row that is called 小计


def rows_too_many(model: Model, table: Table) -> Iterator[Remedy]:
    """Yield rows of an open table that add up others, or repeat one."""
    rows = [(row, figures) for row in table.open_rows if (figures := row_figures(row))]
    for at, (row, figures) in enumerate(rows):
        others = [those for _, those in (*rows[:at], *rows[:at:-1])]
        yield from _summing(model, row, others[:at], others[at:])
        for other, those in rows[:at]:
            if figures == those and _same_label(row, other):
                yield _without(model, row, "row_twice", 0.8, other)
        yield from _repeats_rest(model, row, others)
    for row, sums in subtotals(table):
        if sums:
            yield from _not_added(model, table, row)


def _summing(
    model: Model, row: Row, above: Sequence[RowFigures], below: Sequence[RowFigures]
) -> Iterator[Remedy]:
    """Yield a row that adds up those above it; one that is called so, those below it as well."""
    figures, named = row_figures(row), _called_subtotal(row)
    if not named and all(row.cells[title].unit == _SCORES for title in figures):
        return  # weights and scores are round and few: one is often the sum of others
    if sums_last_rows(figures, above, _FEWEST) or (
        named and sums_last_rows(figures, below, _FEWEST)
    ):
        yield _without(model, row, "subtotal_row", _NAMED if named else 1.5)


def _not_added(model: Model, table: Table, row: Row) -> Iterator[Remedy]:
    """Yield a 小计 row taken away, and the totals that count it without it."""
    alone = _without(model, row, "subtotal_row", _NAMED)
    yield alone
    totals: dict[int, Holding] = {}
    for cell in row.cells.values():
        total = table.total.get(cell.column) if table.total else None
        if cell.number and cell.unit != "%" and total is not None and total.number is not None:
            totals[model.cell_number(total)] = holding_of(total, total.number - cell.number)
    if totals:
        yield replace(alone, readings={**totals, **alone.readings})


def _repeats_rest(model: Model, row: Row, others: Sequence[RowFigures]) -> Iterator[Remedy]:
    """Yield a figure that is the sum of all other rows, counted in its own row's total as well."""
    for title, number in row_figures(row).items():
        rest = [those[title] for those in others if title in those]
        cell = model.cell_number(row.cells[title])
        if len(rest) < _FEWEST or sum(rest) != number or model.follows(row.cells[title]):
            continue
        for bundle in model.bundles(cell):
            readings = {cell: BLANK}
            for total, times in bundle.items():
                if total != cell:
                    less = model.readings[total].atoms - times * model.readings[cell].atoms
                    known = model.cells[total]
                    readings[total] = holding_of(known, shown_number(less, known))
            yield Remedy("repeats_rest", (cell,), readings, 1.3)


def _called_subtotal(row: Row) -> bool:
    label = tidy("".join(cell.text for cell in row.cells.values() if cell.number is None))
    return any(word in label for word in _SUBTOTAL_WORDS)


def _same_label(one: Row, other: Row) -> bool:
    texts = [
        [tidy(cell.text) for cell in row.cells.values() if isinstance(cell.value, str)]
        for row in (one, other)
    ]
    return texts[0] == texts[1]


def _without(model: Model, row: Row, kind: str, cost: float, twin: Row | None = None) -> Remedy:
    cells = model.typed_figures(row.cells.values())
    named = cells if twin is None else [*cells, *model.typed_figures(twin.cells.values())]
    what = row.title if twin is None else f"{_line(twin)}|{_line(row)}"
    return Remedy(kind, tuple(named), dict.fromkeys(cells, BLANK), cost, False, what)


def _line(row: Row) -> str:
    """Return the number of the row in the sheet."""
    first = next(iter(row.cells.values()))
    return "".join(char for char in first.ref if char.isdigit())


def row_missing(model: Model, table: Table, standing: Standing) -> Iterator[Remedy]:
    """Yield a row left out: the totals of an open table exceed its rows in several columns."""
    phantoms = {n: column for (name, column), n in model.phantoms.items() if name == table.name}
    readings: dict[int, Holding] = {}
    for relation in standing.failing.values():
        own = phantoms.keys() & relation.cells
        if len(own) != 1 or not isinstance(relation, Linear) or not relation.equal:
            continue
        for phantom in own - readings.keys():
            if (gap := _left_over(relation, phantom, standing)) > 0:
                readings[phantom] = _nearest(model.cells[phantom], gap)
    total = table.total
    if len(readings) < _FEWEST or total is None:
        return
    named = _total_cells(model, total, [phantoms[one] for one in readings])
    if named:
        yield Remedy("row_missing", named, readings, 1.7, what=table.name)


def _total_cells(model: Model, total: Row, columns: Sequence[str]) -> tuple[int, ...]:
    cells = [total.get(column) for column in columns]
    return tuple(model.cell_number(cell) for cell in cells if cell is not None)


def _left_over(relation: Linear, phantom: int, standing: Standing) -> Decimal | int:
    """Return by how much the side without the phantom is larger."""
    if len(relation.sides) != 2:
        return 0
    left, right = (side.amounts(standing.changes)[0] for side in relation.sides)
    return left - right if phantom in relation.sides[1].terms else right - left


def _nearest(cell: Cell, atoms: Decimal | int) -> Holding:
    """Return the printable figure nearest to an amount."""
    grid = grid_of(cell.unit, cell.decimals)
    return holding_of(cell, shown_number((int(atoms) + grid // 2) // grid * grid, cell))


def shifted_figures(model: Model, table: Table, column: str) -> Iterator[Remedy]:
    """Yield figures of a column that slid down or up by one row."""
    for numbers in _runs(model, table, column):
        yield from _shifts_in(model, numbers, "下")
        yield from _shifts_in(model, numbers[::-1], "上")


def _runs(model: Model, table: Table, column: str) -> Iterator[list[int]]:
    """Yield the cells of a column, divided by the totals between them."""
    run: list[int] = []
    for row in table.rows:
        cell = row.cells.get(column)
        if cell is None or cell.unit in {"", "%"}:
            continue
        number = model.cell_number(cell)
        if row.kind == "total" or number in model.totals_in_columns:
            yield run
            run = []
        else:
            run.append(number)
    yield run


def _shifts_in(model: Model, order: Sequence[int], way: str) -> Iterator[Remedy]:
    """Yield the stretches of cells that may have slid away from one that nothing was typed in."""
    typed = [_typed(model, one) for one in order]
    if sum(reading.number is not None for reading in typed) >= _FEWEST:
        for start in range(len(order)):
            if typed[start].number:
                continue
            for end in range(start + 2, min(len(order), start + _LONGEST)):
                if typed[end].number:
                    run = slice(start, end + 1)
                    more = end + 1 < len(order) and bool(typed[end + 1].number)
                    yield from _moved_back(model, order[run], typed[run], way, 1.8 if more else 1.5)


def _typed(model: Model, one: int) -> Holding:
    """Return what was typed in a cell: nothing over a formula of its row."""
    return BLANK if model.follows(model.cells[one]) else model.readings[one]


def _moved_back(
    model: Model, run: Sequence[int], before: Sequence[Holding], way: str, cost: float
) -> Iterator[Remedy]:
    """Yield the figures of a run, whose first cell is blank, moved by one towards it.

    A formula that stayed where the figure before it slid away gives that figure.
    """
    after = [*before[1:], BLANK]
    changed = {}
    for one, old, new in zip(run, before, after, strict=True):
        if model.follows(model.cells[one]):
            if (model.readings[one].number or 0) != (new.number or 0):
                return
        elif old.number != new.number:
            changed[one] = holding_of(model.cells[one], new.number)
    if sum(reading.number is not None for reading in before) >= _FEWEST:
        yield Remedy("shifted", tuple(changed), changed, cost, False, way)
