"""The smallest and likeliest sets of changes after which every relation holds.

One change of a whole table first, where it settles problems that have nothing else in common; then
each problem for itself: one change, or where none suffices two or three, best first, in a budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from jixiao_xlsx.causes.changes import Repair, Standing, try_change
from jixiao_xlsx.causes.kinds.single_cells import cell_changes
from jixiao_xlsx.causes.kinds.whole_tables import table_changes
from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.readings import Remedy
from jixiao_xlsx.causes.relations import Condition

_WIDTH, _MANY = 4, 12  # first steps that are followed up; of more failures than that, one
_DEEPEST = 4
_BUDGET = 800  # changes tried in one workbook; from then on one first step is followed up
_ALIKE = 0.25  # costs that differ by less are equally likely


@dataclass(frozen=True, slots=True)
class Explanation:
    """Changes that together leave nothing of a problem, or as little as was found."""

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


def explain(model: Model) -> list[list[Explanation]]:
    """Return for each problem its explanations, likeliest first, equally likely ones together."""
    standing = Standing.at_first(model)
    found: list[list[Explanation]] = []
    while len(problems := _problems(model, standing)) > 1:
        wide = _across(model, standing, problems)
        if not wide:
            break
        found.append(wide)
        standing = wide[0].after
    for problem in problems:
        explanations = _of_problem(model, standing.only(problem))
        if explanations:
            found.append(explanations)
            standing = standing.with_changes(explanations[0].after.changes)
    return found


def _problems(model: Model, standing: Standing) -> list[list[Condition]]:
    """Return what fails, in groups that no change of one cell, with its totals, can connect."""
    failing = list(standing.failing.values())
    reach = [_reached(model, relation) for relation in failing]
    groups = list(range(len(failing)))
    for one, other in combinations(range(len(failing)), 2):
        apart = reach[one].isdisjoint(failing[other].cells)
        if groups[one] == groups[other] or (apart and reach[other].isdisjoint(failing[one].cells)):
            continue
        old, new = groups[other], groups[one]
        groups = [new if group == old else group for group in groups]
    return [
        [relation for relation, group in zip(failing, groups, strict=True) if group == first]
        for first in dict.fromkeys(groups)
    ]


def _reached(model: Model, relation: Condition) -> set[int]:
    """Return the cells of a relation and the totals that were typed from them."""
    cells = {total for cell in relation.cells for total in model.bundles(cell)[-1]}
    return cells | model.follows_from(cells)


def _across(model: Model, standing: Standing, problems: list[list[Condition]]) -> list[Explanation]:
    """Return single changes of whole tables that settle two problems or more, the most first."""
    found: list[tuple[int, Explanation]] = []
    for remedy in table_changes(model, standing):
        repair = try_change(model, standing, remedy)
        if repair is not None:
            left = repair.after.failing
            settled = sum(all(id(one) not in left for one in problem) for problem in problems)
            if settled > 1:
                found.append((settled, Explanation((remedy,), repair.after)))
    most = max((settled for settled, _ in found), default=0)
    return _best([explanation for settled, explanation in found if settled == most])


def _of_problem(model: Model, start: Standing) -> list[Explanation]:
    """Return the best explanations of one problem; [] where nothing mends any of it."""
    if not start.failing:
        return []
    found = _whole(model, start, ())
    if found or len(start.failing) == 1:
        return found
    beam = [Explanation((), start)]
    for _ in range(_DEEPEST):
        narrow = len(start.failing) > _MANY or model.tries > _BUDGET
        following = [step for explanation in beam for step in _steps(model, explanation)]
        if not following:
            break
        done = [one for one in following if not one.after.failing]
        if done:
            return _best(done)
        steps = _distinct(following)
        beam = steps[: 1 if narrow else _WIDTH]
        model.cut_short |= narrow and len(steps) > 1
    else:
        model.cut_short = True
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
        model.tries += 1
        repair = try_change(model, standing, remedy)
        if repair and (known is None or _order(repair) < _order(known)):
            repairs[key] = repair
    ranked = sorted(repairs.values(), key=_order)[:_WIDTH]
    return [Explanation((*before, one.remedy), one.after) for one in ranked]


def _order(repair: Repair) -> tuple[int, float]:
    return len(repair.after.failing), repair.remedy.cost


def _changes(model: Model, standing: Standing, *, whole: bool) -> Iterator[Remedy]:
    yield from cell_changes(model, standing, whole=whole)
    yield from table_changes(model, standing)


def _best(found: Iterable[Explanation]) -> list[Explanation]:
    """Return the best explanations and those as good, one per set of culprits."""
    kept = _distinct(found)
    first = kept[:1]
    return [
        one
        for one in kept
        for best in first
        if one.rank[:2] == best.rank[:2] and one.cost < best.cost + _ALIKE
    ]


def _distinct(found: Iterable[Explanation]) -> list[Explanation]:
    """Return explanations in order, one per set of culprits."""
    distinct: dict[frozenset[tuple[int, ...]], Explanation] = {}
    for one in sorted(found, key=lambda one: one.rank):
        distinct.setdefault(frozenset(remedy.culprits for remedy in one.remedies), one)
    return list(distinct.values())
