"""Cells that may be wrong in a failed equation, and whether a correction repairs it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from jixiao_xlsx.checking.balance.instances import Instance
from jixiao_xlsx.checking.balance.interpretations import (
    EXACT,
    LOOSE,
    Replacements,
    holds,
    out_of_reach,
)
from jixiao_xlsx.checking.balance.verdicts import Judgement, Verdict
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell, Place

_DEEPEST = 4  # formulas over formulas


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell that may be wrong, and what it is judged with.

    `wanted` is the value that would balance the failed equation, give or take `slack` (None for
    a limit); `blame` counts the failed equations that use the cell or a formula that follows it.
    """

    cell: Cell
    number: Decimal
    wanted: Decimal | None
    slack: Decimal
    blame: int
    judged: Judgement

    def repaired_by(self, value: Decimal) -> bool:
        """Return whether every equation of the cell would hold with this value in it."""
        near = self.wanted is None or abs(value - self.wanted) <= self.slack
        return near and repairs_all({self.cell.place: value}, self.judged)


def find_suspects(verdict: Verdict, judged: Judgement) -> list[Suspect]:
    """Return every number typed into the equation or behind its formulas.

    Those in most failed equations come first, then the anchor.
    """
    cells = {cell.place: cell for cell in verdict.instance.cells}
    for place in list(cells):
        cells |= {part.place: part for part in _behind(place, judged, frozenset())}
    typed = [cell for place, cell in cells.items() if place not in judged.formulas]
    suspects = [_suspect(cell, cell.number, verdict, judged) for cell in typed if cell.number]
    return sorted(suspects, key=lambda one: (-one.blame, one.cell is not verdict.anchor))


def _suspect(cell: Cell, number: Decimal, verdict: Verdict, judged: Judgement) -> Suspect:
    wanted, slack = _balancing(cell, number, verdict.instance, judged)
    return Suspect(cell, number, wanted, slack, _blame(cell, judged), judged)


def _behind(place: Place, judged: Judgement, above: frozenset[Place]) -> Iterator[Cell]:
    """Yield the cells that a formula adds up, and those behind them."""
    for operand in judged.formulas.get(place, ()):
        if operand.cell.place not in above:
            yield operand.cell
            yield from _behind(operand.cell.place, judged, above | {place})


def _blame(cell: Cell, judged: Judgement) -> int:
    """Return how many failed equations use a cell or a formula that follows it."""
    places = {cell.place, *_above(cell.place, judged, frozenset())}
    return len({one for place in places for one in judged.failures.get(place, ())})


def _above(place: Place, judged: Judgement, below: frozenset[Place]) -> Iterator[Place]:
    for total in judged.followers.get(place, ()):
        if total not in below:
            yield total
            yield from _above(total, judged, below | {place})


def _balancing(
    cell: Cell, number: Decimal, instance: Instance, judged: Judgement
) -> tuple[Decimal | None, Decimal]:
    """Return the plain value of `cell` that makes its side equal another, and how exact that is.

    Formulas follow the cell; None where the relation is ≤ or the cell is on all sides or several.
    """
    if not instance.is_equality:
        return None, Decimal(0)
    shares = [
        sum(o.sign * _share(cell, o.cell, judged, 0) * atoms_per(o.cell.unit) for o in side)
        for side in instance.filled
    ]
    own = [at for at, share in enumerate(shares) if share]
    rest = [at for at, share in enumerate(shares) if not share]
    if len(own) != 1 or not rest:
        return None, Decimal(0)
    share = Decimal(shares[own[0]])
    gap = instance.sums[own[0]] - instance.sums[rest[0]]
    return number - gap / share, instance.reach / abs(share)


def _share(cell: Cell, of: Cell, judged: Judgement, depth: int) -> int:
    """Return how often `of` contains `cell`: itself, or through formulas."""
    if of is cell:
        return 1
    if depth > _DEEPEST or of.place not in judged.formulas:
        return 0
    return sum(o.sign * _share(cell, o.cell, judged, depth + 1) for o in judged.formulas[of.place])


def repairs_all(replaced: Replacements, judged: Judgement) -> bool:
    """Return whether every equation of these cells, and of formulas over them, would hold."""
    moved = follow(replaced, judged)
    touched = {id(i): i for place in moved for i in judged.by_place.get(place, ()) if i.comparable}
    failed_first = sorted(touched.values(), key=lambda instance: id(instance) not in judged.failed)
    if not touched or out_of_reach(failed_first[0], moved):
        return False
    return all(
        any(holds(instance, interpretation, moved) for interpretation in (*EXACT, *LOOSE))
        for instance in failed_first
    )


def follow(replaced: Replacements, judged: Judgement) -> dict[Place, Decimal]:
    """Return the replaced figures, and the formulas above them as they would come out."""
    moved = dict(replaced)
    waiting = [total for place in replaced for total in judged.followers.get(place, ())]
    for _ in range(len(judged.formulas)):  # a form may define totals in a circle
        if not waiting:
            break
        total = waiting.pop(0)
        if total in replaced:
            continue
        value = sum(
            (
                o.sign * moved.get(o.cell.place, o.cell.number or Decimal(0))
                for o in judged.formulas[total]
            ),
            Decimal(0),
        )
        if moved.get(total) != value:
            moved[total] = value
            waiting += judged.followers.get(total, ())
    return moved
