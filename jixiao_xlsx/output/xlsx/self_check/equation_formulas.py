"""Whether an equation holds: formulas over the ends of its sides, each with its answer now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from jixiao_xlsx.form.spec import EquationSpec
from jixiao_xlsx.output.xlsx.blank.layout import CellAddress
from jixiao_xlsx.output.xlsx.cells import Live, text_constant
from jixiao_xlsx.output.xlsx.self_check.first_causes import CAUSE_WIDTH, write_first_cause
from jixiao_xlsx.output.xlsx.self_check.helper_cells import HelperSheet
from jixiao_xlsx.output.xlsx.self_check.live_formulas import (
    LIVE_ZERO,
    Test,
    choose,
    constant,
    number_of,
    positive,
)
from jixiao_xlsx.output.xlsx.self_check.placed_equations import PlacedEquation
from jixiao_xlsx.output.xlsx.self_check.reliefs import write_reliefs
from jixiao_xlsx.output.xlsx.self_check.side_sums import (
    FIRST_SIDE,
    SIDE_WIDTH,
    SideAdder,
    SideSum,
)
from jixiao_xlsx.output.xlsx.self_check.states import (
    EXCUSED,
    FAILED,
    NOT_FILLED,
    NOT_NUMERIC,
    TOO_MANY,
)
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.equations import Scope
from jixiao_xlsx.values.text import rounded

_NO_TOTAL = f"{EXCUSED} 合计未填"


@dataclass(frozen=True, slots=True)
class LiveVerdict:
    """What to show, and the helper cell that is 1 while the equation fails."""

    state: Live
    failed: Live


def write_equation(
    adder: SideAdder,
    one: PlacedEquation,
    broken: Sequence[Live] = (),
    blank_parts: Sequence[Live] = (),
) -> LiveVerdict:
    """Write the arithmetic of an equation in a row of the helper sheet.

    `broken`: failures inside tables that rule out a mere 尾差; `blank_parts`: marks of totals among
    its parts that were left blank, which rule out any judgement.
    """
    helper = adder.helper
    row = helper.next_row(f"{one.spec.code} {one.label}")
    strays = helper.put_strays(row, 1, list(dict.fromkeys(one.cells)))
    sums = adder.add_sides(row, one)
    counts = "+".join(f"({side.count.formula}>0)" for side in sums)
    filled = helper.put(row, 2, counts, sum(side.count.value != 0 for side in sums))
    reliefs = write_reliefs(adder, one, row, sums, broken)
    after = FIRST_SIDE + SIDE_WIDTH * len(sums) + len(reliefs)

    unjudged = [(positive(many), constant(TOO_MANY)) for many in adder.overflows(one)]
    unjudged.append((positive(strays), constant(NOT_NUMERIC)))
    if blank_parts:
        marks = "+".join(mark.formula for mark in blank_parts)
        lacking = Test(f"{marks}>0", any(mark.value for mark in blank_parts))
        unjudged.append((lacking, constant(NOT_FILLED)))
    alone = Test(f"{filled.formula}<2", float(filled.value) < 2)
    held = ",".join(holds.formula for holds, _ in reliefs)
    fails = Live(f"1-MAX({held})", float(not any(holds.value for holds, _ in reliefs)))
    failing = choose([*((test, LIVE_ZERO) for test, _ in unjudged), (alone, LIVE_ZERO)], fails)
    failed = helper.put(row, after, failing.formula, failing.value)
    difference = choose([(alone, LIVE_ZERO)], _difference(one.spec, sums))
    gap = helper.put(row, after + 1, difference.formula, difference.value)
    cause = write_first_cause(helper, one, (row, after + 3), gap)
    held_ways = [
        (Test(f"{holds.formula}=1", bool(holds.value)), constant(text)) for holds, text in reliefs
    ]
    # In two cells: older programs take no more than seven functions, one in another.
    verdict = choose(held_ways, _failure(one, gap, helper.figure(one.anchor).unit, cause))
    verdict = helper.put(row, after + 2, verdict.formula, verdict.value)
    state = choose([*unjudged, (alone, _unfilled(helper, one, sums))], verdict)
    return LiveVerdict(helper.put(row, after + 3 + CAUSE_WIDTH, state.formula, state.value), failed)


def _difference(spec: EquationSpec, sums: Sequence[SideSum]) -> Live:
    """Return the plain difference in atoms: left minus right, or the widest of a chain."""
    refs = [side.plain.formula for side in sums]
    filled = [number_of(side.plain) for side in sums if side.count.value]
    if spec.relation.op == "=" and len(sums) > 2:
        spread = max(filled, default=Decimal(0)) - min(filled, default=Decimal(0))
        return Live(f"MAX({','.join(refs)})-MIN({','.join(refs)})", float(spread))
    gaps = [one - other for one, other in combinations(filled, 2)]
    if len(filled) < len(sums):
        gaps.append(Decimal(0))
    if spec.relation.op == "=":
        return Live(f"{refs[0]}-{refs[1]}", float(gaps[0]))
    pairs = [
        f"IF(OR({one.count.formula}=0,{other.count.formula}=0),0,"
        f"{one.plain.formula}-{other.plain.formula})"
        for one, other in combinations(sums, 2)
    ]
    text = pairs[0] if len(pairs) == 1 else f"MAX({','.join(pairs)})"
    return Live(text, float(max(gaps)))


def _failure(one: PlacedEquation, gap: Live, unit: str, cause: Live) -> Live:
    """Return “✗ 差 12.37 万元” and a cause; in a column that only draws a 提示, △ instead."""
    lead, tail = f"{FAILED} 差 ", f" {unit}"
    if one.label in one.spec.note_columns and one.spec.relation.scope is Scope.COLUMN:
        lead, tail = f"{EXCUSED} 差 ", f" {unit}（预算列，仅供核对）"
    picture = "#,##0.00" if unit == "元" else "#,##0.00####" if atoms_per(unit) > 1 else "#,##0"
    amount = f'TEXT({gap.formula}/{atoms_per(unit)},"{picture}")'
    formula = f"{text_constant(lead)}&{amount}&{text_constant(tail)}"
    formula += f"&{cause.formula}" if cause.formula != text_constant("") else ""
    now = lead + _pictured(number_of(gap) / atoms_per(unit), picture) + tail
    return Live(formula, f"{now}{cause.value}")


def _pictured(value: Decimal, picture: str) -> str:
    """Return what TEXT() makes of a number."""
    digits = picture.partition(".")[2]
    least = digits.count("0")
    whole, _, decimals = f"{rounded(value, len(digits)):,f}".partition(".")
    decimals = decimals[:least] + decimals[least:].rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def _unfilled(helper: HelperSheet, one: PlacedEquation, sums: Sequence[SideSum]) -> Live:
    """Return 未填, or △ 合计未填 for a total left blank over parts that are filled."""
    sides = one.total_and_parts()
    if sides is None:
        return constant(NOT_FILLED)
    single, other = sides
    blank, parts = helper.blank(one.sides[single][0][1]), sums[other].count
    now = blank.now and bool(parts.value) and not sums[single].count.value
    no_total = Test(f"AND({blank.formula},{parts.formula}>0)", now)
    return choose([(no_total, constant(_NO_TOTAL))], constant(NOT_FILLED))


def write_blank_totals(
    helper: HelperSheet, equations: Sequence[PlacedEquation]
) -> dict[CellAddress, list[Live]]:
    """Mark each total that other relations add up while it is blank over parts that are filled."""
    added = {
        address for one in equations for side in one.sides if len(side) > 1 for _, address in side
    }
    marks: dict[CellAddress, list[Live]] = {}
    for one in equations:
        sides = one.total_and_parts()
        if sides is None or (total := one.sides[sides[0]][0][1]) not in added:
            continue
        blank, own = helper.blank(total), helper.count([total])
        parts = helper.count([address for _, address in one.sides[sides[1]]])
        row = helper.next_row(f"{one.spec.code} {one.label} 合计未填")
        now = bool(blank.now and not own.value and parts.value)
        test = Test(f"AND({blank.formula},{own.formula}=0,{parts.formula}>0)", now)
        marks.setdefault(total, []).append(helper.put_test(row, 1, [test]))
    return marks
