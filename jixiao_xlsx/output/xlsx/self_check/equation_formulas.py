"""Whether an equation holds, and what may excuse it: formulas over the sides' ends, each with its answer now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from jixiao_xlsx.form.spec import EquationSpec
from jixiao_xlsx.output.xlsx.blank.layout import CellAddress
from jixiao_xlsx.output.xlsx.cells import Live, text_constant
from jixiao_xlsx.output.xlsx.self_check.helper_cells import SIDE_WIDTH, Ends, Signed, Sum, Workings
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.equations import ALL_ROWS, Scope
from jixiao_xlsx.values.number_text import rounded

HOLDS, NOT_FILLED, NOT_NUMERIC, FAILED, EXCUSED, NOT_USED = "✓", "未填", "非数字", "✗", "△", "—"
FIRST_SIDE = 3  # column of the helper sheet where the first side of a line is added up
_CUT = f"{EXCUSED} 按舍尾（不四舍五入）相符"
_ZERO = f"{EXCUSED} 填 0 的项不到一个末位，相符"
_LAST = f"{EXCUSED} 只差一个末位（尾差）"
_COARSE = f"{EXCUSED} 按百元取整相符"
_NO_TOTAL = f"{EXCUSED} 合计未填"
_STAY = Ends(Live("0", 0.0), Live("0", 0.0))


@dataclass(frozen=True, slots=True)
class PlacedEquation:
    """An equation at one row or column of the form, its terms resolved to cells."""

    spec: EquationSpec
    label: str
    sides: tuple[tuple[Signed, ...], ...]

    @property
    def cells(self) -> tuple[CellAddress, ...]:
        """Every cell it touches."""
        return tuple(address for side in self.sides for _, address in side)

    @property
    def anchor(self) -> CellAddress:
        """The cell to look at first: a side that is one cell, left first."""
        return next((side for side in self.sides if len(side) == 1), self.sides[0])[0][1]


@dataclass(frozen=True, slots=True)
class LiveVerdict:
    """The words to show, and the helper cell that is 1 while the equation fails."""

    state: Live
    failed: Live


def write_equation(
    workings: Workings,
    one: PlacedEquation,
    broken: Sequence[Live] = (),
    unknown: Sequence[Live] = (),
) -> LiveVerdict:
    """Write the arithmetic of an instance. `broken`: failures inside tables that rule out a mere 尾差; `unknown`: marks of
    totals among its parts that were left blank, which rule out any judgement."""
    spec = one.spec
    line = workings.next_line(f"{spec.code} {one.label}")
    strays = workings.strays(line, 1, list(dict.fromkeys(one.cells)))
    lacking = Live(
        "+".join(mark.formula for mark in unknown), float(any(mark.value for mark in unknown))
    )
    sums = [
        workings.side(line, FIRST_SIDE + SIDE_WIDTH * n, side, across=spec.across)
        for n, side in enumerate(one.sides)
    ]
    filled = workings.put(
        line,
        2,
        "+".join(f"({s.count.formula}>0)" for s in sums),
        sum(s.count.value != 0 for s in sums),
    )
    reliefs = list(_reliefs(workings, one, line, sums, broken))
    after = FIRST_SIDE + SIDE_WIDTH * len(sums) + len(reliefs)
    held = ",".join(ok.formula for ok, _ in reliefs)
    failing = bool(
        not strays.value
        and filled.value != 0
        and float(filled.value) > 1
        and not any(ok.value for ok, _ in reliefs)
    )
    failure_now = f"IF({filled.formula}<2,0,1-MAX({held}))"
    if unknown:
        failure_now, failing = (
            f"IF({lacking.formula}>0,0,{failure_now})",
            failing and not lacking.value,
        )
    failed = workings.put(line, after, f"IF({strays.formula}>0,0,{failure_now})", int(failing))
    unit = workings.figure(one.anchor).unit
    gap = workings.put(
        line,
        after + 1,
        f"IF({filled.formula}<2,0,{_gap(spec, sums)})",
        _gap_value(spec, sums) if _both(sums) else 0,
    )
    state = _state(
        workings, one, strays, lacking, filled, sums, reliefs, _failure(workings, one, gap, unit)
    )
    return LiveVerdict(state, failed)


def _both(sums: Sequence[Sum]) -> bool:
    return sum(s.count.value != 0 for s in sums) > 1


Ending = tuple[
    list[str], list[str], list[Decimal], list[Decimal]
]  # lows, highs, and their values, side by side


def _reliefs(
    workings: Workings, one: PlacedEquation, line: int, sums: list[Sum], broken: Sequence[Live]
) -> Iterator[tuple[Live, str]]:
    """(helper cell that is 1 when the equation holds that way, what to show): plainly first, then by what may excuse it."""
    column = FIRST_SIDE + SIDE_WIDTH * len(sums)
    rounded_ends, cut_ends = [s.rounded for s in sums], [s.cut for s in sums]
    gridded = any(s.cut is not s.rounded for s in sums)
    plain = _holds(one, sums, _ending(rounded_ends))
    yield write_test(workings, line, column, [plain]), HOLDS
    column += 1
    if gridded:
        yield write_test(workings, line, column, [_holds(one, sums, _ending(cut_ends))]), _CUT
        loose = [
            _loosened(ends, [s.zeros[n] for s in sums])
            for n, ends in enumerate((rounded_ends, cut_ends))
        ]
        yield (
            write_test(workings, line, column + 1, [_holds(one, sums, ending) for ending in loose]),
            _ZERO,
        )
        column += 2
    if gridded and one.spec.across and one.spec.relation.op == "=":
        coarse_figures = [
            (n, term)
            for n, side in enumerate(one.sides)
            for term in side
            if workings.figure(term[1]).grid > 1
        ]
        if len(coarse_figures) == 1:
            yield (
                _last_digit(workings, one, (line, column), sums, *coarse_figures[0], broken),
                _LAST,
            )
            column += 1
    if one.spec.across and any(ends.lo.formula != "0" for s in sums for ends in s.coarse):
        moved = [
            _moved(ends, [s.coarse[n] for s in sums])
            for n, ends in enumerate((rounded_ends, cut_ends))
        ]
        yield (
            write_test(workings, line, column, [_holds(one, sums, ending) for ending in moved]),
            _COARSE,
        )


def _last_digit(
    workings: Workings,
    one: PlacedEquation,
    at: Position,
    sums: list[Sum],
    side: int,
    term: Signed,
    broken: Sequence[Live],
) -> Live:
    """平尾差: the one coarse figure, off by its last digit, while the tables balance by themselves."""
    sign, address = term
    typed = workings.filled(address)
    tests: list[tuple[str, bool]] = []
    for way in (1, -1):
        for ends, move in zip(
            ([s.rounded for s in sums], [s.cut for s in sums]),
            workings.nudged(address, sign, way),
            strict=True,
        ):
            moves = [_STAY] * side + [move] + [_STAY] * (len(sums) - side - 1)
            test, true = _holds(one, sums, _moved(ends, moves))
            tests.append((f"AND({typed.formula}>0,{test})", bool(typed.value) and true))
    return write_test(workings, *at, tests, unless=broken)


def _ending(ends: list[Ends]) -> Ending:
    return (
        [e.lo.formula for e in ends],
        [e.hi.formula for e in ends],
        [value_of(e.lo) for e in ends],
        [value_of(e.hi) for e in ends],
    )


def _loosened(ends: list[Ends], zeros: list[Live]) -> Ending:
    return (
        [f"({e.lo.formula}-{z.formula})" for e, z in zip(ends, zeros, strict=True)],
        [f"({e.hi.formula}+{z.formula})" for e, z in zip(ends, zeros, strict=True)],
        [value_of(e.lo) - value_of(z) for e, z in zip(ends, zeros, strict=True)],
        [value_of(e.hi) + value_of(z) for e, z in zip(ends, zeros, strict=True)],
    )


def _moved(ends: list[Ends], moves: list[Ends]) -> Ending:
    return (
        [f"({e.lo.formula}+{m.lo.formula})" for e, m in zip(ends, moves, strict=True)],
        [f"({e.hi.formula}+{m.hi.formula})" for e, m in zip(ends, moves, strict=True)],
        [value_of(e.lo) + value_of(m.lo) for e, m in zip(ends, moves, strict=True)],
        [value_of(e.hi) + value_of(m.hi) for e, m in zip(ends, moves, strict=True)],
    )


def value_of(live: Live) -> Decimal:
    """A helper cell's number; nothing is 0."""
    return Decimal(repr(float(live.value))) if live.value != "" else Decimal(0)


def _holds(one: PlacedEquation, sums: list[Sum], ending: Ending) -> tuple[str, bool]:
    """Whether every two filled sides have room for the relation: as a formula, and now."""
    low, high, lo, hi = ending
    parts, now = [], True
    for i, j in combinations(range(len(sums)), 2):
        test = f"{low[i]}<={high[j]}"
        true = lo[i] <= hi[j]
        if one.spec.relation.op == "=":
            test, true = f"{test},{low[j]}<={high[i]}", true and lo[j] <= hi[i]
        parts.append(f"OR({sums[i].count.formula}=0,{sums[j].count.formula}=0,AND({test}))")
        now = now and (not sums[i].count.value or not sums[j].count.value or true)
    return (parts[0] if len(parts) == 1 else f"AND({','.join(parts)})"), now


def write_test(
    workings: Workings,
    line: int,
    column: int,
    tests: list[tuple[str, bool]],
    unless: Sequence[Live] = (),
) -> Live:
    """A helper cell that is 1 when one of the tests is true and nothing in `unless` is."""
    text = tests[0][0] if len(tests) == 1 else f"OR({','.join(t for t, _ in tests)})"
    true = any(now for _, now in tests)
    if unless:
        text = f"AND({'+'.join(live.formula for live in unless)}=0,{text})"
        true = true and not any(live.value for live in unless)
    return workings.put(line, column, f"IF({text},1,0)", int(true))


def _gap(spec: EquationSpec, sums: Sequence[Sum]) -> str:
    """The plain difference in atoms: left minus right, or the widest of a chain."""
    refs = [s.plain.formula for s in sums]
    if spec.relation.op == "=":
        return (
            f"{refs[0]}-{refs[1]}"
            if len(refs) == 2
            else f"MAX({','.join(refs)})-MIN({','.join(refs)})"
        )
    pairs = [
        f"IF(OR({sums[i].count.formula}=0,{sums[j].count.formula}=0),0,{refs[i]}-{refs[j]})"
        for i, j in combinations(range(len(sums)), 2)
    ]
    return pairs[0] if len(pairs) == 1 else f"MAX({','.join(pairs)})"


def _gap_value(spec: EquationSpec, sums: Sequence[Sum]) -> Decimal:
    filled = [value_of(s.plain) for s in sums if s.count.value]
    if spec.relation.op == "=":
        return filled[0] - filled[1] if len(sums) == 2 else max(filled) - min(filled)
    gaps = [a - b for a, b in combinations(filled, 2)]
    return (
        gaps[0]
        if len(sums) == 2
        else max([*gaps, *([Decimal(0)] if len(filled) < len(sums) else [])])
    )


def _failure(workings: Workings, one: PlacedEquation, gap: Live, unit: str) -> Live:
    """“✗ 差 12.37 万元”; in a column that only draws a 提示, △ instead."""
    noted = one.label in one.spec.note_columns and one.spec.relation.scope is Scope.COLUMN
    lead, tail = (
        (f"{EXCUSED} 差 ", f" {unit}（预算列，仅供核对）")
        if noted
        else (f"{FAILED} 差 ", f" {unit}")
    )
    picture = "#,##0.00" if unit == "元" else "#,##0.00####" if atoms_per(unit) > 1 else "#,##0"
    formula = f'{text_constant(lead)}&TEXT({gap.formula}/{atoms_per(unit)},"{picture}")&{text_constant(tail)}'
    return Live(formula, lead + _printed(value_of(gap) / atoms_per(unit), picture) + tail)


def _printed(value: Decimal, picture: str) -> str:
    """What TEXT() makes of a number."""
    most = len(picture.partition(".")[2])
    least = picture.partition(".")[2].count("0")
    whole, _, decimals = f"{rounded(value, most):,f}".partition(".")
    while len(decimals) > least and decimals.endswith("0"):
        decimals = decimals[:-1]
    return f"{whole}.{decimals}" if decimals else whole


def _state(
    workings: Workings,
    one: PlacedEquation,
    strays: Live,
    lacking: Live,
    filled: Live,
    sums: list[Sum],
    reliefs: list[tuple[Live, str]],
    failure: Live,
) -> Live:
    text, now = failure.formula, failure.value
    for ok, word in reversed(reliefs):
        text, now = f"IF({ok.formula}=1,{text_constant(word)},{text})", word if ok.value else now
    empty, empty_now = _unfilled(workings, one, sums)
    text, now = f"IF({filled.formula}<2,{empty},{text})", now if _both(sums) else empty_now
    if lacking.formula:
        text, now = (
            f"IF({lacking.formula}>0,{text_constant(NOT_FILLED)},{text})",
            NOT_FILLED if lacking.value else now,
        )
    return Live(
        f"IF({strays.formula}>0,{text_constant(NOT_NUMERIC)},{text})",
        NOT_NUMERIC if strays.value else now,
    )


def _unfilled(workings: Workings, one: PlacedEquation, sums: list[Sum]) -> tuple[str, str]:
    """未填; but a total left blank over parts that are filled is said."""
    sides = _total_and_parts(one)
    if sides is None:
        return text_constant(NOT_FILLED), NOT_FILLED
    single, other = sides
    blank = workings.blank(one.sides[single][0][1])
    now = blank.value and sums[other].count.value and not sums[single].count.value
    test = f"IF(AND({blank.formula},{sums[other].count.formula}>0),{text_constant(_NO_TOTAL)},{text_constant(NOT_FILLED)})"
    return test, _NO_TOTAL if now else NOT_FILLED


def _total_and_parts(one: PlacedEquation) -> tuple[int, int] | None:
    """Which side is a total and which the parts that it sums; None where the relation is no sum inside a table."""
    spec = one.spec
    if spec.across or spec.relation.op != "=" or len(one.sides) != 2:
        return None
    for single, other in ((0, 1), (1, 0)):
        parts, origin = one.sides[other], spec.relation.sides[other]
        is_sum = len(origin) > 1 or origin[0].ref.row == ALL_ROWS
        if (
            len(spec.relation.sides[single]) == 1
            and len(one.sides[single]) == 1
            and is_sum
            and all(sign > 0 for sign, _ in parts)
        ):
            return single, other
    return None


def blank_totals(
    workings: Workings, found: Sequence[PlacedEquation]
) -> dict[CellAddress, list[Live]]:
    """For every total that other relations add up: helper cells that are 1 while it is blank over parts that are filled."""
    added = {address for one in found for side in one.sides if len(side) > 1 for _, address in side}
    marks: dict[CellAddress, list[Live]] = {}
    for one in found:
        sides = _total_and_parts(one)
        if sides is None or (total := one.sides[sides[0]][0][1]) not in added:
            continue
        blank, own = workings.blank(total), workings.counted([total])
        count = workings.counted([address for _, address in one.sides[sides[1]]])
        line = workings.next_line(f"{one.spec.code} {one.label} 合计未填")
        now = int(bool(blank.value and not own.value and count.value))
        test = f"IF(AND({blank.formula},{own.formula}=0,{count.formula}>0),1,0)"
        marks.setdefault(total, []).append(workings.put(line, 1, test, now))
    return marks
