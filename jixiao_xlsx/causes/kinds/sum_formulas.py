"""Totals that are formulas and are not the sum of their parts: old, or with parts left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from jixiao_xlsx.causes.changes import Standing
from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.readings import Remedy, holding_of, shown_number
from jixiao_xlsx.causes.relations import Linear


def sum_formulas(model: Model, standing: Standing) -> Iterator[Remedy]:
    """Yield what formulas would give that add up other figures than those beside them."""
    for relation in standing.failing.values():
        total = relation.total if isinstance(relation, Linear) else None
        if total is None or total in standing.changes or not model.cells[total].formula:
            continue
        assert isinstance(relation, Linear)
        if total in relation.sides[0].terms:  # else its formula is another sum, which holds
            yield _recalculated(model, total, relation, standing)


def _recalculated(model: Model, total: int, relation: Linear, standing: Standing) -> Remedy:
    """Return the right result of a formula, with what it passed by where that can be told."""
    cell, parts = model.cells[total], relation.sides[1]
    right = parts.amounts(standing.changes)[0]
    gap = right - model.readings[total].atoms
    filled = [part for part in parts.terms if model.readings[part].number]
    readings = {total: holding_of(cell, shown_number(right, cell))}
    texts = [part for part in filled if isinstance(model.cells[part].raw, str)]
    if left_out := _adding_up_to(model, texts, gap):
        return Remedy("text_in_sum", (*left_out, total), readings, 0.5, determined=True)
    one = next((part for part in filled if model.readings[part].atoms == gap), None)
    if one is not None:
        what = model.cells[one].ref
        return Remedy("sum_range", (total,), readings, 0.6, determined=True, what=what)
    return Remedy("old_result", (total,), readings, 0.6, determined=True)


def _adding_up_to(model: Model, cells: Sequence[int], gap: Decimal | int) -> tuple[int, ...]:
    """Return the cells that make up a gap: one of them, or all."""
    for cell in cells:
        if model.readings[cell].atoms == gap:
            return (cell,)
    return tuple(cells) if cells and sum(model.readings[c].atoms for c in cells) == gap else ()
