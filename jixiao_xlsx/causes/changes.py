"""A change that may put a workbook right, and whether it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.other_relations import follow_execution
from jixiao_xlsx.causes.readings import Holding
from jixiao_xlsx.causes.relations import Condition


@dataclass(frozen=True, slots=True)
class Remedy:
    """Other readings of some cells. `culprits` are to be named, likeliest first.

    `cost` is lower for likelier mistakes. `determined`: the new figures follow from others.
    `what` completes the message: a row, a column, a unit.
    """

    kind: str
    culprits: tuple[int, ...]
    readings: Mapping[int, Holding]
    cost: float
    determined: bool = False
    what: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What has been changed so far, and the relations that fail all the same."""

    changes: Mapping[int, Holding]
    failing: Mapping[int, Condition]

    @classmethod
    def at_first(cls, model: Model) -> Standing:
        """Return the workbook as typed."""
        return cls({}, {id(one): one for one in model.failing({})})


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
    readings = follow_execution(model, remedy.readings)
    touched = model.touched(readings)
    failing = [one for one in touched if id(one) in standing.failing]
    if not failing or (whole and len(failing) < len(standing.failing)):
        return None
    changes = {**standing.changes, **readings}
    mended = set()
    for relation in failing:
        if relation.holds(changes):
            mended.add(id(relation))
        elif whole:
            return None
    if not mended or not _all_hold(changes, touched, standing):
        return None
    left = {key: one for key, one in standing.failing.items() if key not in mended}
    return Repair(remedy, Standing(changes, left))


def _all_hold(
    changes: Mapping[int, Holding], touched: Iterable[Condition], standing: Standing
) -> bool:
    return all(one.holds(changes) for one in touched if id(one) not in standing.failing)
