"""A change that may put a workbook right, and whether it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.other_relations import follow_execution
from jixiao_xlsx.causes.readings import Holding, Remedy
from jixiao_xlsx.causes.relations import Condition

_SCALED = frozenset({"unit_column", "unit_table"})  # a heading shows by itself


@dataclass(frozen=True, slots=True)
class Standing:
    """What has been changed so far, the relations that fail all the same, and those set aside."""

    changes: Mapping[int, Holding]
    failing: Mapping[int, Condition]
    aside: frozenset[int] = frozenset()

    @classmethod
    def at_first(cls, model: Model) -> Standing:
        """Return the workbook as typed."""
        return cls({}, {id(one): one for one in model.failing})

    def with_changes(self, changes: Mapping[int, Holding]) -> Standing:
        """Return it with these changes, and without what they mend."""
        left = {key: one for key, one in self.failing.items() if not one.holds(changes)}
        return Standing(changes, left, self.aside)

    def only(self, problem: Iterable[Condition]) -> Standing:
        """Return it with only these relations to be mended; the others that fail may go on."""
        known = {id(one) for one in problem}
        left = {key: one for key, one in self.failing.items() if key in known}
        aside = self.aside | (self.failing.keys() - known)
        return Standing(self.changes, left, aside)


@dataclass(frozen=True, slots=True)
class Repair:
    """A change that mends at least one relation and breaks none, and what is left afterwards."""

    remedy: Remedy
    after: Standing

    @property
    def complete(self) -> bool:
        """Whether nothing fails any more."""
        return not self.after.failing


def try_change(
    model: Model, standing: Standing, remedy: Remedy, *, whole: bool = False
) -> Repair | None:
    """Return the repair that a remedy makes; None where it mends nothing or breaks something.

    `whole`: only a remedy that leaves nothing failing counts.
    """
    changes = follow_execution(model, {**standing.changes, **remedy.readings})
    touched = model.touched(_different(standing.changes, changes))
    failing = [one for one in touched if id(one) in standing.failing]
    if not failing or (whole and len(failing) < len(standing.failing)):
        return None
    mended = _mended(failing, changes, whole=whole)
    if not mended or not _all_hold(changes, touched, standing):
        return None
    if remedy.kind in _SCALED and not any(_goes_beyond(model, one, remedy) for one in mended):
        return None  # in another unit nothing within it is different, only coarser
    settled = {id(one) for one in mended}
    left = {key: one for key, one in standing.failing.items() if key not in settled}
    return Repair(remedy, Standing(changes, left, standing.aside))


def _different(before: Mapping[int, Holding], after: Mapping[int, Holding]) -> Iterator[int]:
    return (cell for cell, new in after.items() if new != before.get(cell))


def _mended(
    failing: Iterable[Condition], changes: Mapping[int, Holding], *, whole: bool
) -> list[Condition]:
    """Return what holds with these changes; `whole`: nothing, unless all does."""
    mended = []
    for relation in failing:
        if relation.holds(changes):
            mended.append(relation)
        elif whole:
            return []
    return mended


def _all_hold(
    changes: Mapping[int, Holding], touched: Iterable[Condition], standing: Standing
) -> bool:
    """Return whether nothing is broken that held before."""
    return all(
        one.holds(changes)
        for one in touched
        if id(one) not in standing.failing and id(one) not in standing.aside
    )


def _goes_beyond(model: Model, relation: Condition, remedy: Remedy) -> bool:
    """Return whether a relation holds figures that a remedy leaves alone."""
    rest = relation.cells - remedy.readings.keys()
    return any(model.readings[cell].number for cell in rest)
