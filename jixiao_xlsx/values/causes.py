"""Causes: which cells are probably wrong, and why; each explains findings that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.severity import Severity

SEARCH = "起因"  # the subject of a search for causes that was cut short


class Certainty(StrEnum):
    """How sure a cause is: the only explanation, the likeliest, or one of several."""

    CERTAIN = "一定"
    LIKELY = "很可能"
    POSSIBLE = "可能"


@dataclass(frozen=True, slots=True)
class Probable:
    """What a cell should probably hold, in the unit that was typed there."""

    value: Decimal | str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CauseCell:
    """A cell that is probably wrong: place, names, what was typed, what it should probably hold.

    `probably` is None where neither typed parts nor the bureau's own figures determine a value.
    """

    place: Place
    item: str
    field: str
    reported: str
    probably: Probable | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """One mistake: the culprit cells, first the likeliest, and the findings it explains.

    `kind` names the kind of mistake (unit_cell, digits_swapped, row_missing ...), `id` keeps from
    round to round, `explains` are the fingerprints of the findings that are its consequences.
    `along` are the typed totals that must follow when the culprit is put right.
    """

    id: str
    kind: str
    severity: Severity
    cells: tuple[CauseCell, ...]
    certainty: Certainty
    message: str
    explains: tuple[str, ...] = ()
    along: tuple[Place, ...] = ()
