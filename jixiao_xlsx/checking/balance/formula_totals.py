"""Totals that are formulas over their parts: read as the sum of the parts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jixiao_xlsx.checking.balance.instances import Instance, build_instance
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.operands import Operand, Operands


def balanced(instance: Instance) -> bool:
    """Return whether both sides have the same plain sum; a blank side counts as 0."""
    sums = instance.sums
    return sums[0] == sums[1] if len(sums) > 1 else not any(sums)


def parts_of_formula_totals(within: Sequence[Instance]) -> dict[Place, Operands]:
    """Return the typed figures behind each printed total that is a formula over its own parts.

    Such a total is no rounded figure: it is the exact sum of the printed parts.
    """
    parts: dict[Place, Operands] = {}
    for instance in within:
        if instance.obstacle or not instance.is_equality or len(instance.sides) != 2:
            continue
        left, right = instance.sides
        cell = left[0].cell
        if len(left) == 1 and cell.formula and cell.gridded and balanced(instance):
            parts.setdefault(cell.place, right)
    return {place: tuple(_leaves(place, parts, frozenset())) for place in parts}


def _leaves(
    place: Place, parts: Mapping[Place, Operands], above: frozenset[Place]
) -> Iterator[Operand]:
    """Yield the typed figures at the bottom of a formula over formulas."""
    for operand in parts[place]:
        here = operand.cell.place
        if here in parts and here not in above:
            for leaf in _leaves(here, parts, above | {place}):
                yield Operand(operand.sign * leaf.sign, leaf.cell)
        else:
            yield operand


def expand(instance: Instance, parts: Mapping[Place, Operands]) -> Instance:
    """Return the instance with every formula total replaced by its typed parts."""
    if not parts or not any(cell.place in parts for cell in instance.cells):
        return instance
    sides = tuple(
        tuple(
            Operand(operand.sign * part.sign, part.cell)
            for operand in side
            for part in parts.get(operand.cell.place, (Operand(1, operand.cell),))
        )
        for side in instance.sides
    )
    return build_instance(instance.spec, instance.label, sides)._replace(missing=instance.missing)
