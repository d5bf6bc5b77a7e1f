"""The smallest and likeliest sets of changes after which every relation holds.

One change first; where none suffices, two or three, by best-first search within a budget.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jixiao_xlsx.causes.changes import Remedy, Repair, Standing, try_change
from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.rows import row_missing, rows_too_many, shifted_figures
from jixiao_xlsx.causes.single_cells import cell_changes
from jixiao_xlsx.causes.sum_formulas import sum_formulas
from jixiao_xlsx.causes.units import other_units

_WIDTH, _MANY = 6, 12  # first steps that are followed up; of more failures than that, one
_DEEPEST = 4
_ALIKE = 0.25  # costs that differ by less are equally likely


@dataclass(frozen=True, slots=True)
class Explanation:
    """Assumed that together leave nothing failing, or as little as was found."""

    remedies: tuple[Remedy, ...]
    after: Standing

    @property
    def cost(self) -> float:
        """How unlikely its changes are, all together."""
        return sum(remedy.cost for remedy in self.remedies)

    @property
    def rank(self) -> tuple[int, int, float]:
        """Return the order: what leaves least, with fewest changes, of the likeliest kinds."""
        return len(self.after.failing), len(self.remedies), self.cost


def explain(model: Model) -> list[Explanation]:
    """Return the best explanations of what fails, likeliest first, equally likely ones together."""
    start = Standing.at_first(model)
    if not start.failing:
        return []
    if found := _whole(model, start, ()):
        return found
    beam = [Explanation((), start)]
    for _ in range(_DEEPEST):
        following: list[Explanation] = []
        for explanation in beam:
            following += _steps(model, explanation)
        if not following:
            break
        done = [one for one in following if not one.after.failing]
        if done:
            return _best(done)
        width = _WIDTH if len(start.failing) <= _MANY else 1
        beam = _best(following, alike=False)[:width]
    return beam[:1] if beam[0].remedies else []


def _whole(model: Model, standing: Standing, before: tuple[Remedy, ...]) -> list[Explanation]:
    """Return single changes that leave nothing failing."""
    repairs = (
        repair
        for remedy in _changes(model, standing, whole=True)
        if (repair := try_change(model, standing, remedy, whole=True))
    )
    return _best([Explanation((*before, one.remedy), one.after) for one in repairs])


def _steps(model: Model, explanation: Explanation) -> list[Explanation]:
    """Return an explanation with one more change: one that ends it, else those that mend most."""
    standing, before = explanation.after, explanation.remedies
    if before and (ended := _whole(model, standing, before)):
        return ended
    repairs: dict[tuple[str, tuple[int, ...]], Repair] = {}
    for remedy in _changes(model, standing, whole=False):
        key = (remedy.kind, remedy.culprits)
        known = repairs.get(key)
        if known is not None and known.remedy.cost <= remedy.cost and known.complete:
            continue
        repair = try_change(model, standing, remedy)
        if repair and (known is None or _order(repair) < _order(known)):
            repairs[key] = repair
    ranked = sorted(repairs.values(), key=_order)[:_WIDTH]
    return [Explanation((*before, one.remedy), one.after) for one in ranked]


def _order(repair: Repair) -> tuple[int, float]:
    return len(repair.after.failing), repair.remedy.cost


def _changes(model: Model, standing: Standing, *, whole: bool) -> Iterator[Remedy]:
    yield from cell_changes(model, standing, whole=whole)
    yield from _table_remedies(model, standing)


def _table_remedies(model: Model, standing: Standing) -> Iterator[Remedy]:
    """Yield remedies for the tables that count in relations which fail."""
    used = {
        (model.cells[cell].sheet, model.cells[cell].column)
        for relation in standing.failing.values()
        for cell in relation.cells
    }
    yield from sum_formulas(model, standing)
    for table in model.evidence.submission.tables.values():
        columns = [column for column in table.columns if (table.sheet, column) in used]
        form = model.evidence.template.table.get(table.name)
        if not columns or form is None or form.shape == "record":
            continue
        yield from other_units(model, table)
        yield from rows_too_many(model, table)
        yield from row_missing(model, table, standing)
        for column in columns:
            yield from shifted_figures(model, table, column)


def _best(found: list[Explanation], *, alike: bool = True) -> list[Explanation]:
    """Return explanations in order, one per set of culprits; `alike`: only those as good."""
    ranked = sorted(found, key=lambda one: one.rank)
    distinct: dict[frozenset[tuple[int, ...]], Explanation] = {}
    for one in ranked:
        distinct.setdefault(frozenset(remedy.culprits for remedy in one.remedies), one)
    kept = list(distinct.values())
    if not alike or not kept:
        return kept
    best = kept[0]
    return [one for one in kept if one.rank[:2] == best.rank[:2] and one.cost < best.cost + _ALIKE]
