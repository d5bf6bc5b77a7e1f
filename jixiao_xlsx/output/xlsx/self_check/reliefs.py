"""The ways in which an equation holds: plainly, or by what may excuse that it does not.

A cut-off last digit, typed zeros, 平尾差, figures typed as 万元 × 10000 (制度依据: as the checker's).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import NamedTuple

from jixiao_xlsx.output.xlsx.blank.layout import SignedCell
from jixiao_xlsx.output.xlsx.cells import Live
from jixiao_xlsx.output.xlsx.self_check.coarse_figures import Ends
from jixiao_xlsx.output.xlsx.self_check.live_formulas import Test, number_of, plus
from jixiao_xlsx.output.xlsx.self_check.placed_equations import PlacedEquation
from jixiao_xlsx.output.xlsx.self_check.side_sums import (
    FIRST_SIDE,
    SIDE_WIDTH,
    STILL,
    SideAdder,
    SideSum,
)
from jixiao_xlsx.output.xlsx.self_check.states import EXCUSED, HOLDS

_CUT = f"{EXCUSED} 按舍尾（不四舍五入）相符"
_ZERO = f"{EXCUSED} 填 0 的项不到一个末位，相符"
_LAST = f"{EXCUSED} 只差一个末位（尾差）"
_COARSE = f"{EXCUSED} 按百元取整相符"

ROUNDED, CUT = 0, 1
Reliefs = list[tuple[Live, str]]


def write_reliefs(
    adder: SideAdder, one: PlacedEquation, row: int, sums: Sequence[SideSum], broken: Sequence[Live]
) -> Reliefs:
    """Write a cell for each way; return (1 when the equation holds that way, what to show)."""
    summed = adder.add_computed(one) or sums
    ways = [*_plain_ways(one, sums, summed)]
    if any(side.coarse for side in sums):
        zeros = [_holds(one, summed, _loosened(summed, n)) for n in (ROUNDED, CUT)]
        ways.append(_Way(_ZERO, zeros))
        if single := _single_coarse_figure(adder, one):
            ways.append(_Way(_LAST, _last_digit(adder, one, sums, *single), broken))
    if one.spec.across and any(side.shifted for side in summed):
        moves = [[side.shifts[n] for side in summed] for n in (ROUNDED, CUT)]
        tests = [_holds(one, summed, _moved(_ends(summed, n), moves[n])) for n in (ROUNDED, CUT)]
        ways.append(_Way(_COARSE, tests))
    first = FIRST_SIDE + SIDE_WIDTH * len(sums)
    return [
        (adder.helper.put_test(row, column, way.tests, way.unless), way.text)
        for column, way in enumerate(ways, start=first)
    ]


class _Way(NamedTuple):
    """A way in which an equation may hold: what to show, its tests, and what must not be."""

    text: str
    tests: Sequence[Test]
    unless: Sequence[Live] = ()


def _plain_ways(
    one: PlacedEquation, sums: Sequence[SideSum], summed: Sequence[SideSum]
) -> Iterator[_Way]:
    """Yield: as printed, as cut off, and both with computed totals as sums of their parts.

    Between tables only the latter: a sum of rounded figures is not called cut off.
    """
    if summed is sums or not one.spec.across:
        yield _Way(HOLDS, [_holds(one, sums, _ends(sums, ROUNDED))])
        if any(side.coarse for side in sums):
            yield _Way(_CUT, [_holds(one, sums, _ends(sums, CUT))])
    if summed is not sums:
        yield _Way(HOLDS, [_holds(one, summed, _ends(summed, ROUNDED))])
        yield _Way(_CUT, [_holds(one, summed, _ends(summed, CUT))])


def _single_coarse_figure(adder: SideAdder, one: PlacedEquation) -> tuple[int, SignedCell] | None:
    """Return the side and term of the only coarse figure of an equality between tables."""
    if not one.spec.across or one.spec.relation.op != "=":
        return None
    terms = [
        (number, term)
        for number, side in enumerate(one.sides)
        for term in side
        if adder.helper.figure(term[1]).grid > 1
    ]
    return terms[0] if len(terms) == 1 else None


def _last_digit(
    adder: SideAdder, one: PlacedEquation, sums: Sequence[SideSum], number: int, term: SignedCell
) -> list[Test]:
    """平尾差: the one coarse figure off by its last digit, while tables balance by themselves."""
    sign, address = term
    typed = adder.helper.filled(address)
    nudges = {way: adder.coarse.nudged(address, sign, way) for way in (1, -1)}
    tests = []
    for way, convention in product((1, -1), (ROUNDED, CUT)):
        moves = [STILL] * len(sums)
        moves[number] = nudges[way][convention]
        test = _holds(one, sums, _moved(_ends(sums, convention), moves))
        now = bool(typed.value) and test.now
        tests.append(Test(f"AND({typed.formula}>0,{test.formula})", now))
    return tests


def _ends(sums: Sequence[SideSum], convention: int) -> list[Ends]:
    return [side.ends[convention] for side in sums]


def _loosened(sums: Sequence[SideSum], convention: int) -> list[Ends]:
    """Return the ends opened by what typed zeros may hide."""
    return [
        Ends(plus(ends.lo, zero, "-"), plus(ends.hi, zero))
        for ends, zero in ((side.ends[convention], side.zeros[convention]) for side in sums)
    ]


def _moved(ends: Sequence[Ends], moves: Sequence[Ends]) -> list[Ends]:
    return [
        Ends(plus(one.lo, move.lo), plus(one.hi, move.hi))
        for one, move in zip(ends, moves, strict=True)
    ]


def _holds(one: PlacedEquation, sums: Sequence[SideSum], ends: Sequence[Ends]) -> Test:
    """Return whether every two filled sides have room for the relation."""
    pairs = combinations(zip(sums, ends, strict=True), 2)
    tests = [_pair_holds(one.spec.relation.op, *left, *right) for left, right in pairs]
    text = ",".join(test.formula for test in tests)
    return Test(text if len(tests) == 1 else f"AND({text})", all(test.now for test in tests))


def _pair_holds(op: str, left: SideSum, left_ends: Ends, right: SideSum, right_ends: Ends) -> Test:
    text = f"{left_ends.lo.formula}<={right_ends.hi.formula}"
    now = number_of(left_ends.lo) <= number_of(right_ends.hi)
    if op == "=":
        text += f",{right_ends.lo.formula}<={left_ends.hi.formula}"
        now = now and number_of(right_ends.lo) <= number_of(left_ends.hi)
    blank = not left.count.value or not right.count.value
    return Test(f"OR({left.count.formula}=0,{right.count.formula}=0,AND({text}))", blank or now)
