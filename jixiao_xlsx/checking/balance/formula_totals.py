"""Totals that are sums of their printed parts: read as the sum of the parts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from jixiao_xlsx.checking.balance.instances import Instance, build_instance
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.equations import Scope
from jixiao_xlsx.values.operands import Operand, Operands


def balanced(instance: Instance) -> bool:
    """Return whether both sides have the same plain sum; a blank side counts as 0."""
    sums = instance.sums
    return sums[0] == sums[1] if len(sums) > 1 else not any(sums)


def parts_of_formula_totals(within: Sequence[Instance]) -> dict[Place, Operands]:
    """Return the typed figures behind each printed total that is a formula over its own parts.

    Such a total is no rounded figure: it is the exact sum of the printed parts.
    """
    return _parts(one for one in _printed_sums(within) if one.sides[0][0].cell.formula)


def parts_of_computed_totals(
    within: Sequence[Instance], template: Template
) -> dict[Place, Operands]:
    """Return the typed figures behind each total that the blank form computes.

    Its formula may be gone: a copy of values only, a format that does not tell formulas. The
    figure is the sum of the printed parts all the same, as long as it is equal to it.
    """
    return _parts(one for one in _printed_sums(within) if _is_computed(one, template))


def _printed_sums(within: Sequence[Instance]) -> Iterator[Instance]:
    """Yield the instances in which one printed figure is exactly the sum of others."""
    for instance in within:
        if not instance.obstacle and instance.is_equality and len(instance.sides) == 2:
            left = instance.sides[0]
            if len(left) == 1 and left[0].cell.gridded and balanced(instance):
                yield instance


def _is_computed(instance: Instance, template: Template) -> bool:
    """Return whether the blank form has a formula in the total's cell."""
    ref = instance.spec.relation.sides[0][0].ref
    along_row = instance.spec.relation.scope is Scope.ROW
    row, column = (instance.label, ref.column) if along_row else (ref.row, instance.label)
    table = template.table[instance.spec.table]
    return table.is_auto(row, table.column[column])


def _parts(sums: Iterable[Instance]) -> dict[Place, Operands]:
    parts: dict[Place, Operands] = {}
    for instance in sums:
        left, right = instance.sides
        parts.setdefault(left[0].cell.place, right)
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
