"""Whether a printed rate can come from its amounts: a formula, and its answer now."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from jixiao_xlsx.output.xlsx.blank.layout import CellAddress, SignedCell
from jixiao_xlsx.output.xlsx.cells import Live, text_constant
from jixiao_xlsx.output.xlsx.self_check.coarse_figures import Ends
from jixiao_xlsx.output.xlsx.self_check.helper_cells import HelperSheet
from jixiao_xlsx.output.xlsx.self_check.live_formulas import (
    Test,
    choose,
    constant,
    number_of,
    positive,
)
from jixiao_xlsx.output.xlsx.self_check.side_sums import (
    FIRST_SIDE,
    SIDE_WIDTH,
    SideAdder,
    SideSum,
)
from jixiao_xlsx.output.xlsx.self_check.states import FAILED, HOLDS, NOT_FILLED, NOT_NUMERIC
from jixiao_xlsx.values.text import rounded

_NO_BASE = "不计算"
_DUST = "0.000000001"  # what binary fractions may be off by


def write_rate(
    adder: SideAdder,
    label: str,
    address: CellAddress,
    part: Sequence[SignedCell],
    whole: Sequence[SignedCell],
) -> Live:
    """Write the arithmetic of a rate in a row of the helper sheet; return what to show."""
    helper = adder.helper
    row = helper.next_row(label)
    cells = [address, *(a for _, a in part), *(a for _, a in whole)]
    strays = helper.put_strays(row, 1, cells)
    above = adder.add(row, 0, part, across=False)
    below = adder.add(row, 1, whole, across=False)
    near = _is_near(helper, address, above, below)
    holds = helper.put_test(row, FIRST_SIDE + 2 * SIDE_WIDTH, [near])
    counts = (helper.filled(address), above.count, below.count)
    blank = ",".join(f"{count.formula}=0" for count in counts)
    least_base = below.ends[0].lo
    state = choose(
        [
            (positive(strays), constant(NOT_NUMERIC)),
            (Test(f"OR({blank})", not all(c.value for c in counts)), constant(NOT_FILLED)),
            (Test(f"{least_base.formula}<=0", number_of(least_base) <= 0), constant(_NO_BASE)),
            (Test(f"{holds.formula}=1", bool(holds.value)), constant(HOLDS)),
        ],
        _failure(above, below),
    )
    return helper.put(row, FIRST_SIDE + 2 * SIDE_WIDTH + 1, state.formula, state.value)


def _failure(above: SideSum, below: SideSum) -> Live:
    lead, base = f"{FAILED} 应为 ", number_of(below.plain)
    share = Fraction(number_of(above.plain)) / Fraction(base) if base else Fraction(0)
    formula = f'{text_constant(lead)}&TEXT({above.plain.formula}/{below.plain.formula},"0.00%")'
    return Live(formula, f"{lead}{rounded(share * 100, 2)}%")


def _is_near(helper: HelperSheet, address: CellAddress, above: SideSum, below: SideSum) -> Test:
    """Return whether some pair of true amounts gives the printed rate, rounded or cut off."""
    step = Fraction(1, 10 ** (helper.figure(address).decimals + 2))
    readings = list(zip(above.ends, below.ends, strict=True))
    if not above.coarse and not below.coarse:
        readings = readings[:1]
    tests = [_reading_is_near(helper, address, step, *reading) for reading in readings]
    text = ",".join(test.formula for test in tests)
    near = text if len(tests) == 1 else f"OR({text})"
    lows = ",".join(base.lo.formula for _, base in readings)
    return Test(f"IF(MIN({lows})<=0,FALSE,{near})", any(test.now for test in tests))


def _reading_is_near(
    helper: HelperSheet, address: CellAddress, step: Fraction, part: Ends, base: Ends
) -> Test:
    """Return whether amounts between these ends give the printed rate."""
    printed, half = f"N({helper.refer(address)})", step / 2
    least = f"{part.lo.formula}/IF({part.lo.formula}>=0,{base.hi.formula},{base.lo.formula})"
    most = f"{part.hi.formula}/IF({part.hi.formula}>=0,{base.lo.formula},{base.hi.formula})"
    text = f"AND({printed}-{float(half)}<={most}+{_DUST},{least}<={printed}+{float(step)}+{_DUST})"
    lo, hi, base_lo, base_hi = (
        Fraction(number_of(end)) for end in (part.lo, part.hi, base.lo, base.hi)
    )
    if base_lo <= 0:
        return Test(text, now=False)
    lowest = lo / (base_hi if lo >= 0 else base_lo)
    highest = hi / (base_lo if hi >= 0 else base_hi)
    now = Fraction(helper.number(address))
    return Test(text, now - half <= highest and lowest <= now + step)
