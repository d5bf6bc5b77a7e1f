"""The lines of 自检: every instance of an equation, every rate and every required cell, each with its live verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from jixiao_xlsx.amounts import atoms_per, rounded
from jixiao_xlsx.equations import ALL_ROWS, Scope, Side
from jixiao_xlsx.model import Severity
from jixiao_xlsx.spec import EquationSpec, RateSpec
from jixiao_xlsx.writers.canvas import Canvas, quoted
from jixiao_xlsx.writers.layout import Address, Layout, RowPlace, TablePlace
from jixiao_xlsx.writers.styles import Live
from jixiao_xlsx.writers.workings import SIDE_WIDTH, Ends, Signed, Sum, Workings

GOOD, MISSING, STRAY, FAILED, SOFT = "✓", "未填", "非数字", "✗", "△"
_CUT = f"{SOFT} 按舍尾（不四舍五入）相符"
_ZERO = f"{SOFT} 填 0 的项不到一个末位，相符"
_LAST = f"{SOFT} 只差一个末位（尾差）"
_COARSE = f"{SOFT} 按百元取整相符"
_NO_TOTAL = f"{SOFT} 合计未填"
_NO_BASE = "不计算"
_FIRST_SIDE = 3


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line to show. `state` is the verdict without 情况说明; a failed `explainable` line is settled by one."""

    code: str
    table: str
    label: str
    text: str
    anchor: Address
    state: Live
    explainable: bool = False


@dataclass(frozen=True, slots=True)
class Instance:
    """An equation at one row or column of the form, its terms resolved to cells."""

    spec: EquationSpec
    label: str
    sides: tuple[tuple[Signed, ...], ...]

    @property
    def cells(self) -> tuple[Address, ...]:
        """Every cell it touches."""
        return tuple(address for side in self.sides for _, address in side)

    @property
    def anchor(self) -> Address:
        """The cell to look at first: a side that is one cell, left first."""
        return next((side for side in self.sides if len(side) == 1), self.sides[0])[0][1]


def within(workings: Workings) -> tuple[list[CheckLine], dict[Address, list[Live]]]:
    """Equations and rates inside tables; and, per cell, the failures of the equations that touch it."""
    canvas = workings.canvas
    found = [one for one in instances(canvas) if not one.spec.across]
    workings.register(sorted({a for one in found for a in one.cells}, key=lambda a: _column_order(canvas.layout, a)))
    lines: list[CheckLine] = []
    failures: dict[Address, list[Live]] = {}
    for one in found:
        line, failed = _equation(workings, one, [])
        lines.append(line)
        for address in one.cells:
            failures.setdefault(address, []).append(failed)
    lines += [
        line for rate in canvas.template.rates if rate.code not in canvas.template.disabled for line in _rates(workings, rate)
    ]
    order = list(canvas.layout.tables)
    return sorted(lines, key=lambda line: order.index(line.table)), failures


def across(workings: Workings, failures: dict[Address, list[Live]]) -> list[CheckLine]:
    """Equations between tables."""
    found = [one for one in instances(workings.canvas) if one.spec.across]
    return [_equation(workings, one, [failed for address in one.cells for failed in failures.get(address, [])])[0] for one in found]


def required_cells(canvas: Canvas) -> Iterator[CheckLine]:
    """A line for each cell that must not stay blank."""
    for table in canvas.layout.tables.values():
        for row in table.rows:
            spec = table.spec.row.get(row.title)
            for title in spec.required if spec else ():
                if title in table.columns and table.exists(row, table.spec.column[title]):
                    yield _required(canvas, table, row, title)


def _required(canvas: Canvas, table: TablePlace, row: RowPlace, title: str) -> CheckLine:
    address: Address = (table.spec.name, row.key, title)
    filled = canvas.contents[address].value not in (None, "")
    formula = f'IFERROR(IF({canvas.refer(address)}="",{quoted(MISSING)},{quoted(GOOD)}),{quoted(STRAY)})'
    text = row.title if len(table.columns) == 1 else f"{row.title} · {title}"
    return CheckLine("", table.spec.name, "必填", text, address, Live(formula, GOOD if filled else MISSING))


# ------------------------------------------------------------------------------------------------------ instances


def instances(canvas: Canvas) -> Iterator[Instance]:
    """Every place where an equation of the form applies."""
    for spec in canvas.template.equations:
        if spec.code in canvas.template.disabled:
            continue
        if spec.relation.scope is Scope.SHEET:
            yield from _instance(canvas.layout, spec, "表间", "", "")
        elif spec.relation.scope is Scope.ROW:
            yield from _by_row(canvas.layout, spec)
        else:
            yield from _by_column(canvas.layout, spec)


def _by_row(layout: Layout, spec: EquationSpec) -> Iterator[Instance]:
    table = layout.tables[spec.table]
    names = [term.ref.column for side in spec.relation.sides for term in side]
    for row in table.rows:
        if spec.rows and row.title not in spec.rows:
            continue
        if all(table.exists(row, table.spec.column[name]) for name in names):
            label = row.title or f"第 {int(row.key) + 1} 行"
            yield from _instance(layout, spec, label, row.key, "")


def _by_column(layout: Layout, spec: EquationSpec) -> Iterator[Instance]:
    table = layout.tables[spec.table]
    rows = [term.ref.row for side in spec.relation.sides for term in side if term.ref.row != ALL_ROWS]
    for column in table.spec.columns:
        wanted = column.title in spec.columns if spec.columns else column.numeric and column.type != "percent"
        if wanted and all(table.spec.exists(row, column) for row in rows):
            yield from _instance(layout, spec, column.title, "", column.title)


def _instance(layout: Layout, spec: EquationSpec, label: str, row: str | int, column: str) -> Iterator[Instance]:
    sides = tuple(_resolve(layout, side, row, column) for side in spec.relation.sides)
    if all(sides):
        yield Instance(spec, label, sides)


def _resolve(layout: Layout, side: Side, row: str | int, column: str) -> tuple[Signed, ...]:
    return tuple((term.sign, address) for term in side for address in layout.addresses(term.ref, row, column))


def _column_order(layout: Layout, address: Address) -> tuple[int, int, int]:
    line, column = layout.position(address)
    return list(layout.tables).index(address[0]), column, line


# ------------------------------------------------------------------------------------------------------ equations


def _equation(workings: Workings, one: Instance, broken: list[Live]) -> tuple[CheckLine, Live]:
    """The line of an instance, and the helper cell that says whether it fails."""
    spec = one.spec
    line = workings.next_line(f"{spec.code} {one.label}")
    strays = workings.strays(line, 1, list(dict.fromkeys(one.cells)))
    sums = [workings.side(line, _FIRST_SIDE + SIDE_WIDTH * n, side, across=spec.across) for n, side in enumerate(one.sides)]
    filled = workings.put(line, 2, "+".join(f"({s.count.formula}>0)" for s in sums), sum(s.count.value != 0 for s in sums))
    reliefs = list(_reliefs(workings, one, line, sums, broken))
    after = _FIRST_SIDE + SIDE_WIDTH * len(sums) + len(reliefs)
    held = ",".join(ok.formula for ok, _ in reliefs)
    failing = bool(not strays.value and filled.value != 0 and float(filled.value) > 1 and not any(ok.value for ok, _ in reliefs))
    failed = workings.put(line, after, f"IF({strays.formula}>0,0,IF({filled.formula}<2,0,1-MAX({held})))", int(failing))
    unit = workings.figure(one.anchor).unit
    gap = workings.put(line, after + 1, f"IF({filled.formula}<2,0,{_gap(spec, sums)})", _gap_now(spec, sums) if _both(sums) else 0)
    state = _state(workings, one, strays, filled, sums, reliefs, _failure(workings, one, gap, unit))
    severity = workings.canvas.template.severities.get(spec.code, spec.severity)
    text = spec.relation.text if spec.relation.op in spec.relation.text else spec.title
    table = spec.table or one.anchor[0]
    return CheckLine(spec.code, table, one.label, text, one.anchor, state, severity is Severity.WARNING), failed


def _both(sums: Sequence[Sum]) -> bool:
    return sum(s.count.value != 0 for s in sums) > 1


Ending = tuple[list[str], list[str], list[Decimal], list[Decimal]]  # lows, highs, and their values, side by side


def _reliefs(workings: Workings, one: Instance, line: int, sums: list[Sum], broken: list[Live]) -> Iterator[tuple[Live, str]]:
    """(helper cell that is 1 when the equation holds that way, what to show): plainly first, then by what may excuse it."""
    column = _FIRST_SIDE + SIDE_WIDTH * len(sums)
    rounded_ends, cut_ends = [s.rounded for s in sums], [s.cut for s in sums]
    gridded = any(s.cut is not s.rounded for s in sums)
    plain = _holds(one, sums, _ending(rounded_ends))
    yield _mark(workings, line, column, [plain]), GOOD
    column += 1
    if gridded:
        yield _mark(workings, line, column, [_holds(one, sums, _ending(cut_ends))]), _CUT
        loose = [_loosened(ends, [s.zeros[n] for s in sums]) for n, ends in enumerate((rounded_ends, cut_ends))]
        yield _mark(workings, line, column + 1, [_holds(one, sums, ending) for ending in loose]), _ZERO
        column += 2
    if gridded and one.spec.across and one.spec.relation.op == "=":
        coarse_figures = [(side, a) for side, terms in enumerate(one.sides) for _, a in terms if workings.figure(a).grid > 1]
        if len(coarse_figures) == 1:
            side, address = coarse_figures[0]
            grid = workings.figure(address).grid
            endings = [_shifted(ends, side, way * grid) for ends in (rounded_ends, cut_ends) for way in (1, -1)]
            yield _mark(workings, line, column, [_holds(one, sums, e) for e in endings], unless=broken), _LAST
            column += 1
    if one.spec.across and any(ends.lo.formula != "0" for s in sums for ends in s.coarse):
        moved = [_moved(ends, [s.coarse[n] for s in sums]) for n, ends in enumerate((rounded_ends, cut_ends))]
        yield _mark(workings, line, column, [_holds(one, sums, ending) for ending in moved]), _COARSE


def _ending(ends: list[Ends]) -> Ending:
    return [e.lo.formula for e in ends], [e.hi.formula for e in ends], [_now(e.lo) for e in ends], [_now(e.hi) for e in ends]


def _loosened(ends: list[Ends], zeros: list[Live]) -> Ending:
    return (
        [f"({e.lo.formula}-{z.formula})" for e, z in zip(ends, zeros, strict=True)],
        [f"({e.hi.formula}+{z.formula})" for e, z in zip(ends, zeros, strict=True)],
        [_now(e.lo) - _now(z) for e, z in zip(ends, zeros, strict=True)],
        [_now(e.hi) + _now(z) for e, z in zip(ends, zeros, strict=True)],
    )


def _shifted(ends: list[Ends], side: int, shift: int) -> Ending:
    low, high, lo, hi = _ending(ends)
    low[side], high[side] = f"({low[side]}{shift:+d})", f"({high[side]}{shift:+d})"
    lo[side], hi[side] = lo[side] + shift, hi[side] + shift
    return low, high, lo, hi


def _moved(ends: list[Ends], moves: list[Ends]) -> Ending:
    return (
        [f"({e.lo.formula}+{m.lo.formula})" for e, m in zip(ends, moves, strict=True)],
        [f"({e.hi.formula}+{m.hi.formula})" for e, m in zip(ends, moves, strict=True)],
        [_now(e.lo) + _now(m.lo) for e, m in zip(ends, moves, strict=True)],
        [_now(e.hi) + _now(m.hi) for e, m in zip(ends, moves, strict=True)],
    )


def _now(live: Live) -> Decimal:
    return Decimal(repr(float(live.value))) if live.value != "" else Decimal(0)


def _holds(one: Instance, sums: list[Sum], ending: Ending) -> tuple[str, bool]:
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


def _mark(workings: Workings, line: int, column: int, tests: list[tuple[str, bool]], unless: Sequence[Live] = ()) -> Live:
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
        return f"{refs[0]}-{refs[1]}" if len(refs) == 2 else f"MAX({','.join(refs)})-MIN({','.join(refs)})"
    pairs = [
        f"IF(OR({sums[i].count.formula}=0,{sums[j].count.formula}=0),0,{refs[i]}-{refs[j]})"
        for i, j in combinations(range(len(sums)), 2)
    ]
    return pairs[0] if len(pairs) == 1 else f"MAX({','.join(pairs)})"


def _gap_now(spec: EquationSpec, sums: Sequence[Sum]) -> Decimal:
    filled = [_now(s.plain) for s in sums if s.count.value]
    if spec.relation.op == "=":
        return filled[0] - filled[1] if len(sums) == 2 else max(filled) - min(filled)
    gaps = [a - b for a, b in combinations(filled, 2)]
    return gaps[0] if len(sums) == 2 else max([*gaps, *([Decimal(0)] if len(filled) < len(sums) else [])])


def _failure(workings: Workings, one: Instance, gap: Live, unit: str) -> Live:
    """“✗ 差 12.37 万元”; in a column that only draws a 提示, △ instead."""
    noted = one.label in one.spec.note_columns and one.spec.relation.scope is Scope.COLUMN
    lead, tail = (f"{SOFT} 差 ", f" {unit}（预算列，仅供核对）") if noted else (f"{FAILED} 差 ", f" {unit}")
    picture = "#,##0.00" if unit == "元" else "#,##0.00####" if atoms_per(unit) > 1 else "#,##0"
    formula = f'{quoted(lead)}&TEXT({gap.formula}/{atoms_per(unit)},"{picture}")&{quoted(tail)}'
    return Live(formula, lead + _printed(_now(gap) / atoms_per(unit), picture) + tail)


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
    one: Instance,
    strays: Live,
    filled: Live,
    sums: list[Sum],
    reliefs: list[tuple[Live, str]],
    failure: Live,
) -> Live:
    text, now = failure.formula, failure.value
    for ok, word in reversed(reliefs):
        text, now = f"IF({ok.formula}=1,{quoted(word)},{text})", word if ok.value else now
    empty, empty_now = _unfilled(workings, one, sums)
    text, now = f"IF({filled.formula}<2,{empty},{text})", now if _both(sums) else empty_now
    return Live(f"IF({strays.formula}>0,{quoted(STRAY)},{text})", STRAY if strays.value else now)


def _unfilled(workings: Workings, one: Instance, sums: list[Sum]) -> tuple[str, str]:
    """未填; but a total left blank over parts that are filled is said."""
    spec = one.spec
    if spec.across or spec.relation.op != "=" or len(sums) != 2:
        return quoted(MISSING), MISSING
    for single, other in ((0, 1), (1, 0)):
        parts, origin = one.sides[other], spec.relation.sides[other]
        is_sum = len(origin) > 1 or origin[0].ref.row == ALL_ROWS
        if len(spec.relation.sides[single]) == 1 and len(one.sides[single]) == 1 and is_sum and all(sign > 0 for sign, _ in parts):
            blank = workings.blank(one.sides[single][0][1])
            now = blank.value and sums[other].count.value and not sums[single].count.value
            test = f"IF(AND({blank.formula},{sums[other].count.formula}>0),{quoted(_NO_TOTAL)},{quoted(MISSING)})"
            return test, _NO_TOTAL if now else MISSING
    return quoted(MISSING), MISSING


# ------------------------------------------------------------------------------------------------------ rates


def _rates(workings: Workings, rate: RateSpec) -> Iterator[CheckLine]:
    layout = workings.canvas.layout
    table = layout.tables[rate.table]
    shown = rate.ratio.shown
    for row in table.rows:
        if shown is None or not table.exists(row, table.spec.column[shown.column]):
            continue
        part = _resolve(layout, rate.ratio.numerator, row.key, "")
        whole = _resolve(layout, rate.ratio.denominator, row.key, "")
        if part and whole:
            yield _rate(workings, rate, table, row, part, whole)


def _rate(
    workings: Workings, rate: RateSpec, table: TablePlace, row: RowPlace, part: tuple[Signed, ...], whole: tuple[Signed, ...]
) -> CheckLine:
    assert rate.ratio.shown is not None
    address: Address = (table.spec.name, row.key, rate.ratio.shown.column)
    label = row.title or f"第 {int(row.key) + 1} 行"
    line = workings.next_line(f"{rate.code} {label}")
    strays = workings.strays(line, 1, [address, *(a for _, a in part), *(a for _, a in whole)])
    above = workings.side(line, _FIRST_SIDE, part, across=False)
    below = workings.side(line, _FIRST_SIDE + SIDE_WIDTH, whole, across=False)
    column = table.spec.column[address[2]]
    step = Fraction(1, 10 ** (table.spec.decimals_of(row.title, column) + 2))
    ok = _mark(workings, line, _FIRST_SIDE + 2 * SIDE_WIDTH, [_near(workings, address, step, above, below)])
    state = _rate_state(workings, address, strays, above, below, ok)
    severity = workings.canvas.template.severities.get(rate.code, rate.severity)
    return CheckLine(rate.code, rate.table, label, rate.ratio.text, address, state, severity is Severity.WARNING)


def _near(workings: Workings, address: Address, step: Fraction, above: Sum, below: Sum) -> tuple[str, bool]:
    """Whether some pair of true amounts gives the rate shown, rounded or cut to `step`."""
    q, half, dust = workings.canvas.refer(address), float(step / 2), "0.000000001"
    readings = {(s.lo.formula, w.lo.formula): (s, w) for s, w in ((above.rounded, below.rounded), (above.cut, below.cut))}
    tests: list[str] = []
    true = False
    shown = Fraction(workings.number(address))
    for s, w in readings.values():
        least = f"{s.lo.formula}/IF({s.lo.formula}>=0,{w.hi.formula},{w.lo.formula})"
        most = f"{s.hi.formula}/IF({s.hi.formula}>=0,{w.lo.formula},{w.hi.formula})"
        tests.append(f"AND(N({q})-{half}<={most}+{dust},{least}<=N({q})+{float(step)}+{dust})")
        if _now(w.lo) > 0:
            low = Fraction(_now(s.lo)) / Fraction(_now(w.hi) if s.lo.value != "" and _now(s.lo) >= 0 else _now(w.lo))
            high = Fraction(_now(s.hi)) / Fraction(_now(w.lo) if _now(s.hi) >= 0 else _now(w.hi))
            true = true or (shown - step / 2 <= high and low <= shown + step)
    lows = ",".join(w.lo.formula for _, w in readings.values())
    return f"IF(MIN({lows})<=0,FALSE,{tests[0] if len(tests) == 1 else 'OR(' + ','.join(tests) + ')'})", true


def _rate_state(workings: Workings, address: Address, strays: Live, above: Sum, below: Sum, ok: Live) -> Live:
    counts = (f"COUNT({workings.canvas.refer(address)})", above.count.formula, below.count.formula)
    blank = not workings.counts([address]) or not above.count.value or not below.count.value
    lead = f"{FAILED} 应为 "
    formula = (
        f"IF({strays.formula}>0,{quoted(STRAY)},IF(OR({','.join(f'{c}=0' for c in counts)}),{quoted(MISSING)},"
        f"IF({below.rounded.lo.formula}<=0,{quoted(_NO_BASE)},IF({ok.formula}=1,{quoted(GOOD)},"
        f'{quoted(lead)}&TEXT({above.plain.formula}/{below.plain.formula},"0.00%")))))'
    )
    if strays.value or blank or _now(below.rounded.lo) <= 0 or ok.value:
        now = STRAY if strays.value else MISSING if blank else _NO_BASE if _now(below.rounded.lo) <= 0 else GOOD
        return Live(formula, now)
    right = Fraction(_now(above.plain)) / Fraction(_now(below.plain))
    return Live(formula, f"{lead}{rounded(right * 100, 2)}%")
