"""Whether the 万元 figures of a sheet were rounded or truncated, from its 元/万元 pairs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jixiao_xlsx.checking.balance.anchors import anchor_of, right_interval, right_value
from jixiao_xlsx.checking.balance.instances import Instance
from jixiao_xlsx.checking.balance.interpretations import EXACT, holds
from jixiao_xlsx.checking.balance.verdicts import Outcome, Verdict
from jixiao_xlsx.values.amounts import Convention, vote

_ENOUGH = 5  # truncated pairs that outweigh one in ten that was rounded


def convention_proofs(across: Sequence[Instance]) -> dict[str, tuple[Verdict, ...]]:
    """Return, per sheet, the pairs of a 万元 figure and exact amounts that prove a convention.

    The reason of each verdict is the convention proved.
    """
    proofs: dict[str, list[Verdict]] = {}
    for instance in across:
        if (proof := _proof(instance)) is not None and proof.anchor is not None:
            proofs.setdefault(proof.anchor.sheet, []).append(proof)
    return {sheet: tuple(verdicts) for sheet, verdicts in proofs.items()}


def _proof(instance: Instance) -> Verdict | None:
    filled = instance.filled
    if not instance.is_equality or instance.obstacle or len(filled) != 2:
        return None
    gridded = [operand.cell for side in filled for operand in side if operand.cell.gridded]
    figure = gridded[0].figure if len(gridded) == 1 else None
    if figure is None or not figure.value:
        return None
    cell = gridded[0]
    at = next(i for i, side in enumerate(filled) if any(part.cell is cell for part in side))
    side, rest = filled[at], filled[1 - at]
    how = vote(right_interval(EXACT[0], side, cell, rest), figure)
    if how is None:
        return None
    others = right_value(side, cell, rest)
    return Verdict(instance, Outcome.HOLDS, cell, others=others, how=how)


def choose_convention(proofs: Sequence[Verdict]) -> Convention:
    """Return truncation where all or most pairs prove it; else rounding, as exports do."""
    truncated = sum(proof.how is Convention.TRUNCATE for proof in proofs)
    rounded = len(proofs) - truncated
    if not rounded or (truncated >= _ENOUGH and rounded * 10 <= len(proofs)):
        return Convention.TRUNCATE
    return Convention.ROUND


def by_convention(instance: Instance, conventions: Mapping[str, Convention]) -> Verdict | None:
    """Judge by the convention of the sheet, then by the other one; None when neither holds."""
    gridded = next((cell for cell in instance.cells if cell.gridded), None)
    chosen = conventions.get(gridded.sheet, Convention.ROUND) if gridded else Convention.ROUND
    ranked = sorted(EXACT, key=lambda interpretation: interpretation.how is not chosen)
    for interpretation in ranked if gridded else ranked[:1]:
        if holds(instance, interpretation):
            how = interpretation.how
            if how is chosen:
                return Verdict(instance, Outcome.HOLDS, how=how)
            return Verdict(instance, Outcome.OTHER_CONVENTION, anchor_of(instance)[1], how=how)
    return None
