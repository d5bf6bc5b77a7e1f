"""Judge every equation of the form on a submission: holds, fails, or holds for a reason worth a 提示.

Each instance is judged with intervals of whole 分 under both conventions, then under the reliefs.
Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache

from jixiao_xlsx.checking.balance.anchors import (
    anchor_of,
    right_interval,
    right_value,
    upper_limit,
)
from jixiao_xlsx.checking.balance.conventions import (
    by_convention,
    choose_convention,
    convention_proofs,
)
from jixiao_xlsx.checking.balance.formula_totals import (
    expand,
    parts_of_computed_totals,
    parts_of_formula_totals,
)
from jixiao_xlsx.checking.balance.instances import Instance, find_instances
from jixiao_xlsx.checking.balance.interpretations import EXACT, LOOSE, holds
from jixiao_xlsx.checking.balance.reliefs import (
    by_coarse_grid,
    by_last_digit,
    by_typed_zero,
    coarse_sheets,
)
from jixiao_xlsx.checking.balance.verdicts import NO_TOTAL, Judgement, Outcome, Verdict
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.amounts import Convention, printable
from jixiao_xlsx.values.cells import Cell, Place, Submission
from jixiao_xlsx.values.equations import names_rows
from jixiao_xlsx.values.operands import Operands
from jixiao_xlsx.values.typed_numbers import OLD_RESULT

UNSETTLED = "公式结果是旧的，重算后才能核对"


def judge(submission: Submission, template: Template) -> Judgement:
    """Judge every equation of the form on a submission."""
    instances = [
        instance
        for spec in template.equations
        for instance in find_instances(spec, submission, template)
    ]
    instances = _without_old_results(instances)
    parts = parts_of_formula_totals([one for one in instances if not one.spec.across])
    # After the parts: a formula over a blank total is its sum all the same.
    judgeable = _without_blank_totals(instances)
    within = [instance for instance in judgeable if not instance.spec.across]
    between = [instance for instance in judgeable if instance.spec.across]
    across = [expand(instance, parts) for instance in between]
    proofs = convention_proofs(across)
    conventions = {sheet: choose_convention(votes) for sheet, votes in proofs.items()}
    coarse = cache(lambda: coarse_sheets(submission))  # only few submissions need it
    inner = [_judge_within(instance, conventions, parts, coarse) for instance in within]
    computed = parts_of_computed_totals(within, template)
    sums = [expand(instance, computed) for instance in between]
    ways = list(zip(between, across, sums, strict=True))
    outer = _judge_across(ways, conventions, _broken(inner), coarse)
    return Judgement(submission, conventions, proofs, (*inner, *outer))


def _without_old_results(instances: list[Instance]) -> list[Instance]:
    """Mark what uses an old result, or a figure beside one: nobody knows yet which is meant."""
    unsettled = {
        cell.place
        for one in instances
        if any(cell.note.startswith(OLD_RESULT) for cell in one.cells)
        for cell in (one.cells if not one.spec.across else ())
    }
    if not unsettled:
        return instances
    return [
        one._replace(missing=one.missing or UNSETTLED)
        if any(cell.place in unsettled for cell in one.cells)
        else one
        for one in instances
    ]


def _without_blank_totals(instances: list[Instance]) -> list[Instance]:
    """Mark what adds up a total left blank over filled parts: that total is not 0."""
    totals = (_blank_total(one, one.filled[0]) for one in instances if len(one.filled) == 1)
    blank = {cell.place for cell in totals if cell is not None}
    if not blank:
        return instances
    return [
        one._replace(missing=one.missing or NO_TOTAL)
        if any(operand.cell.place in blank for side in one.filled for operand in side)
        else one
        for one in instances
    ]


def _judge_within(
    instance: Instance,
    conventions: Mapping[str, Convention],
    parts: Mapping[Place, Operands],
    coarse: Callable[[], frozenset[str]],
) -> Verdict:
    return (
        _not_comparable(instance)
        or _as_printed(instance)
        or by_convention(instance, conventions)
        or _by_formula(instance, conventions, parts)
        or by_typed_zero(expand(instance, parts))
        or by_coarse_grid(instance, coarse)
        or _failed(instance)
    )


def _judge_across(
    ways: Sequence[tuple[Instance, Instance, Instance]],
    conventions: Mapping[str, Convention],
    broken: frozenset[Place],
    coarse: Callable[[], frozenset[str]],
) -> list[Verdict]:
    """Judge each relation between tables.

    It is given as typed, with its formula totals as sums, and with every computed total as a sum.
    """
    return [
        _not_comparable(instance)
        or _as_printed(instance)
        or by_convention(instance, conventions)
        or by_typed_zero(instance)
        or by_last_digit(typed, broken)
        or by_coarse_grid(instance, coarse)
        or _by_sum(instance, summed, coarse)
        or _failed(instance)
        for typed, instance, summed in ways
    ]


def _by_sum(
    instance: Instance, summed: Instance, coarse: Callable[[], frozenset[str]]
) -> Verdict | None:
    """Judge by the parts of totals that the form computes, whose formulas were lost."""
    if summed.cells == instance.cells or not summed.comparable:
        return None
    if any(holds(summed, one) for one in (*EXACT, *LOOSE)) or by_coarse_grid(summed, coarse):
        return Verdict(instance, Outcome.HOLDS)
    return None


def _broken(verdicts: Sequence[Verdict]) -> frozenset[Place]:
    """Return the cells of the equations that fail."""
    failed = (one.instance for one in verdicts if one.outcome is Outcome.FAILS)
    return frozenset(cell.place for instance in failed for cell in instance.cells)


def _not_comparable(instance: Instance) -> Verdict | None:
    if instance.obstacle:
        return Verdict(instance, Outcome.SKIPPED, reason=instance.obstacle)
    if len(instance.filled) > 1:
        return None
    total = _blank_total(instance, instance.filled[0]) if instance.filled else None
    if total is None:
        return Verdict(instance, Outcome.SKIPPED, reason="未填")
    parts = sum((part.cell.number or Decimal(0) for part in instance.filled[0]), Decimal(0))
    return Verdict(instance, Outcome.BLANK_TOTAL, total, "合计未填", others=parts)


def _blank_total(instance: Instance, parts: Operands) -> Cell | None:
    """Return the blank cell that these parts add up to, in a sum inside a table; else None."""
    if not instance.is_equality or instance.spec.across or len(instance.sides) != 2:
        return None
    at = next(i for i, side in enumerate(instance.sides) if side is parts)
    terms, other = instance.spec.relation.sides[at], instance.sides[1 - at]
    is_sum = len(terms) > 1 or names_rows(terms[0].ref.row)
    if not is_sum or len(other) != 1 or not all(part.sign > 0 for part in parts):
        return None
    return other[0].cell if other[0].cell.blank else None


def _as_printed(instance: Instance) -> Verdict | None:
    """Judge as holding what agrees as printed: it then agrees under every convention."""
    sums = list(instance.sums)
    agree = sums.count(sums[0]) == len(sums) if instance.is_equality else sorted(sums) == sums
    return Verdict(instance, Outcome.HOLDS) if agree else None


def _by_formula(
    instance: Instance,
    conventions: Mapping[str, Convention],
    parts: Mapping[Place, Operands],
) -> Verdict | None:
    """Judge by the parts of formula totals: a sum of printed figures is no rounded figure."""
    expanded = expand(instance, parts)
    return None if expanded is instance else by_convention(expanded, conventions)


def _failed(instance: Instance) -> Verdict:
    anchor_side, anchor = anchor_of(instance)
    if not instance.is_equality:
        limit = upper_limit(instance, anchor)
        return Verdict(instance, Outcome.FAILS, anchor, others=limit)
    rest = next(side for side in instance.filled if side is not anchor_side)
    ranges = [
        printable(
            right_interval(interpretation, anchor_side, anchor, rest),
            interpretation.how,
            anchor.unit,
            anchor.decimals,
        )
        for interpretation in EXACT
    ]
    return Verdict(
        instance,
        Outcome.FAILS,
        anchor,
        low=min(low for low, _ in ranges),
        high=max(high for _, high in ranges),
        others=right_value(anchor_side, anchor, rest),
    )
