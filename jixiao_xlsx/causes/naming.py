"""What may be said of a remedy: a guess is not named, and a value only where it follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jixiao_xlsx.causes.changes import Standing, try_change
from jixiao_xlsx.causes.given import Given
from jixiao_xlsx.causes.kinds.single_cells import cell_changes
from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.readings import Remedy
from jixiao_xlsx.causes.relations import BaseRate, Condition, FillingRule, Linear, Rate
from jixiao_xlsx.causes.scores import FairScore

_TELLING = frozenset({"sign", "unit_cell", "unit_column", "unit_table", "unit_heading"})


def as_named(remedy: Remedy, mended: Sequence[Condition], model: Model) -> Remedy | None:
    """Return the remedy as it may be told to a department; None where it is a guess.

    A limit that is exceeded does not say what was typed wrong, if anything was: only a sign or
    another unit shows by itself. Any cell of a single equation may be the wrong one, unless no
    other can be.
    """
    if all(_is_limit(one) for one in mended) and remedy.kind not in _TELLING:
        return replace(remedy, kind="figure", determined=False) if len(mended) > 1 else None
    if len(mended) > 1:
        return remedy
    if remedy.kind == "figure" and _has_rivals(remedy, mended[0], model):
        return None
    return replace(remedy, determined=False) if remedy.kind == "blank" else remedy


def _is_limit(relation: Condition) -> bool:
    if isinstance(relation, Linear):
        return not relation.equal
    return not isinstance(relation, Rate | BaseRate | FairScore | Given | FillingRule)


def _has_rivals(remedy: Remedy, relation: Condition, model: Model) -> bool:
    """Return whether another cell would put the relation right as well."""
    alone = Standing({}, {id(relation): relation})
    return any(
        try_change(model, alone, other) is not None
        for other in cell_changes(model, alone, whole=True)
        if other.culprits != remedy.culprits
    )
