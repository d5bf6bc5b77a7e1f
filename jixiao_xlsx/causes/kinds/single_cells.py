"""Remedies of one cell, with the totals typed from it: solved from the relations that fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.causes.changes import Standing
from jixiao_xlsx.causes.given import Given
from jixiao_xlsx.causes.kinds.slips import DIGIT, DOUBLED, DROPPED, SWAP
from jixiao_xlsx.causes.kinds.windows import Bundle, Window, window_of
from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.readings import Remedy, holding_of
from jixiao_xlsx.causes.relations import BaseRate, Condition, Rate
from jixiao_xlsx.causes.scores import FairScore
from jixiao_xlsx.values.amounts import atoms_per, grid_of

COSTS = {
    "unit_cell": 1.0, "sign": 1.0, SWAP: 1.2, DOUBLED: 1.3, DROPPED: 1.4, DIGIT: 1.6,
    "decimal_point": 1.3, "neighbour": 1.5, "blank": 1.4, "carry_missing": 1.0,
    "result": 1.8, "score": 1.5, "given": 0.8, "old_total": 2.2, "left_out": 1.5,
    "added_twice": 1.7, "figure": 4.0,
}  # fmt: skip
_FOLLOWING = 0.3  # what typed totals that follow a cell add to the cost
_FAR = 50  # times over: a matter of units, not of spending
_COMMON = frozenset({"unit_cell", "sign", SWAP, "decimal_point", DOUBLED})
_ODD_SIGN = 0.4  # what a minus where none belongs takes off
_FEW = 4  # figures tried where several fit
_TOO_FEW = 3  # parts: of two, leaving out one is no likelier than anything else


def cell_changes(model: Model, standing: Standing, *, whole: bool) -> Iterator[Remedy]:
    """Yield remedies of single cells that may mend relations which fail.

    `whole`: only of cells that count in all of them.
    """
    failing = list(standing.failing.values())
    for cell in _suspects(model, failing):
        for bundle in model.bundles(cell):
            using = [one for one in failing if not one.cells.isdisjoint(bundle)]
            if using and (not whole or len(using) == len(failing)):
                yield from _of_bundle(model, cell, bundle, using, standing, whole=whole)


def _of_bundle(
    model: Model,
    cell: int,
    bundle: Bundle,
    using: list[Condition],
    standing: Standing,
    *,
    whole: bool,
) -> Iterator[Remedy]:
    """Yield the remedies of a cell, with the totals that were typed from it."""
    near = all(one.exceeded(standing.changes) < _FAR for one in using)
    solved = any(window_of(one, bundle, standing.changes) for one in using)
    yield from _results(model, cell, using, standing)
    yield from _determined(model, cell, bundle, using, standing)
    if not solved:
        yield from _anything(model, cell, bundle, standing)
    if model.read(cell, standing.changes).number is None:
        using = [*using, *(r for r in model.of_cell[cell] if id(r) not in standing.failing)]
    for window in _windows(using, bundle, standing, whole=whole):
        for remedy in _in_window(model, cell, bundle, window, standing):
            if not (near and remedy.kind == "unit_cell"):
                yield remedy


def _determined(
    model: Model, cell: int, bundle: Bundle, using: Iterable[Condition], standing: Standing
) -> Iterator[Remedy]:
    """Yield what a cell must hold by itself: the score its result deserves, a given figure."""
    for relation in using:
        if isinstance(relation, FairScore) and relation.shown == cell:
            kind, known, source = "score", relation.determined, ""
        elif isinstance(relation, Given) and relation.shown == cell and not relation.grain:
            kind, known, source = "given", True, relation.source
        else:
            continue
        atoms = holding_of(model.cells[cell], relation.right).atoms
        change = _change(model, cell, bundle, atoms, kind, standing, determined=known)
        yield replace(change, what=source)


def _suspects(model: Model, failing: Iterable[Condition]) -> list[int]:
    """Return the cells of failing relations, those in most of them first."""
    counts: dict[int, int] = {}
    for relation in failing:
        for cell in relation.cells:
            counts[cell] = counts.get(cell, 0) + 1
    phantoms = set(model.phantoms.values())
    aside = phantoms | model.unread
    return sorted(
        (c for c in counts if c not in aside),
        key=lambda c: -counts[c],
    )


def _windows(
    using: Iterable[Condition], bundle: Bundle, standing: Standing, *, whole: bool
) -> list[Window]:
    """Return by how much a bundle must change: for all relations together, or for each.

    Relations that say nothing yet (a blank cell) ask for nothing. Where equalities ask, limits and
    rates only narrow what they ask.
    """
    windows = [
        window for one in using if (window := window_of(one, bundle, standing.changes)) is not None
    ]
    if not windows:
        return []
    met: Window | None = windows[0]
    for window in windows[1:]:
        met = met and met.meet(window)
    if whole:
        return [met] if met else []
    sharp = [window for window in windows if window.plain is not None] or windows
    return list(dict.fromkeys((*sharp, met) if met else sharp))


def _in_window(
    model: Model, cell: int, bundle: Bundle, window: Window, standing: Standing
) -> Iterator[Remedy]:
    """Yield the figures that fit a window: slips of the typed one first, else what was solved."""
    now = model.read(cell, standing.changes)
    grid = _grid(model, cell)
    low, high = now.atoms + window.low - grid + 1, now.atoms + window.high + grid - 1
    single = window.plain is not None and high - low < 2 * grid
    for atoms, kind, coarse in model.slips(cell):
        reach = grid * coarse if coarse > 1 else 0
        if low - reach <= atoms <= high + reach and _possible(model, cell, atoms):
            yield _change(
                model, cell, bundle, atoms, kind, standing, coarse=coarse,
                determined=single or (kind == "unit_cell" and coarse == 1),
            )  # fmt: skip
    if window.plain is None:
        return
    kind = _other_kind(model, cell)
    aim = now.atoms + window.plain
    for atoms in _on_grid(aim, low, high, grid):
        if atoms != now.atoms and _possible(model, cell, atoms):
            total, part = _kind_of_total(model, cell, atoms)
            kind = total or kind
            change = _change(model, cell, bundle, atoms, kind, standing, determined=single)
            yield replace(change, what=part)


def _on_grid(aim: Decimal | int, low: Decimal | int, high: Decimal | int, grid: int) -> list[int]:
    """Return printable figures between two ends, those nearest to the plain one first."""
    middle = int((Decimal(aim) / grid).to_integral_value())
    found = [(middle + step) * grid for step in (0, 1, -1, 2, -2)]
    return [atoms for atoms in found if low <= atoms <= high][:_FEW]


def _grid(model: Model, cell: int) -> int:
    known = model.cells[cell]
    return grid_of(known.unit, known.decimals)


def _possible(model: Model, cell: int, atoms: Decimal | int) -> bool:
    """Return whether a cell may hold that: nothing below 0 where no sign was typed before."""
    number = model.readings[cell].number
    return atoms >= 0 or bool(number and number < 0) or model.may_be_negative(cell)


def _other_kind(model: Model, cell: int) -> str:
    number = model.readings[cell].number
    if number is None:
        return "carry_missing" if cell in model.carried else "blank"
    if number and model.cells[cell].unit != "分" and number in model.beside(cell):
        return "neighbour"
    return "old_total" if cell in model.totals else "figure"


def _kind_of_total(model: Model, cell: int, atoms: Decimal | int) -> tuple[str, str]:
    """Return whether a total leaves out one of its parts or counts one twice, and which part."""
    parts = model.parts_below.get(cell, {})
    if len(parts) < _TOO_FEW or model.cells[cell].unit == "分":  # scores are often alike
        return "", ""
    gap = atoms - model.readings[cell].atoms
    for part, times in parts.items():
        amount = model.readings[part].atoms * times
        if amount and amount in {gap, -gap}:
            return "left_out" if amount == gap else "added_twice", model.cells[part].ref
    return "", ""


def _anything(model: Model, cell: int, bundle: Bundle, standing: Standing) -> Iterator[Remedy]:
    """Yield the commonest slips of a cell that no relation pins down."""
    for atoms, kind, coarse in model.slips(cell):
        if kind in _COMMON and _possible(model, cell, atoms):
            yield _change(model, cell, bundle, atoms, kind, standing, coarse=coarse)


def _results(
    model: Model, cell: int, using: Iterable[Condition], standing: Standing
) -> Iterator[Remedy]:
    """Yield the rate that its parts give, for a cell that shows it."""
    for relation in using:
        right: Fraction | None = None
        decimals = 4
        if isinstance(relation, Rate) and relation.shown == cell:
            above = relation.above.amounts(standing.changes)[0]
            below = relation.below.amounts(standing.changes)[0]
            right = Fraction(above) / Fraction(below) if below else None
            decimals = model.cells[cell].decimals + 2
        elif isinstance(relation, BaseRate) and relation.shown == cell:
            right = relation.right(standing.changes)
        if right is not None:
            number = round(Decimal(right.numerator) / right.denominator, decimals)
            reading = holding_of(model.cells[cell], number)
            yield Remedy("result", (cell,), {cell: reading}, COSTS["result"], determined=True)


def _change(
    model: Model,
    cell: int,
    bundle: Bundle,
    atoms: Decimal | int,
    kind: str,
    standing: Standing,
    *,
    coarse: int = 1,
    determined: bool = False,
) -> Remedy:
    """Build the change of a cell to so many atoms; the rest of its bundle follows."""
    now = model.read(cell, standing.changes)
    readings = {}
    for one, times in bundle.items():
        known = model.cells[one]
        base = model.read(one, standing.changes)
        value = Decimal(base.atoms + (atoms - now.atoms) * times) / atoms_per(known.unit)
        grid = _grid(model, one) * coarse if coarse > 1 else None
        readings[one] = holding_of(known, value, grid)
    number = model.readings[cell].number
    unlikely = bool(number and number < 0) and not model.may_be_negative(cell)
    cost = (
        COSTS[kind]
        - _ODD_SIGN * (kind == "sign" and unlikely)
        + _FOLLOWING * (len(bundle) > 1)
        + model.trust(cell)
    )
    return Remedy(kind, (cell,), readings, cost, determined)
