"""Whether a printed rate can come from its amounts: a formula, and its answer now."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from jixiao_xlsx.output.xlsx.blank.layout import CellAddress
from jixiao_xlsx.output.xlsx.cells import Live, text_constant
from jixiao_xlsx.output.xlsx.self_check.equation_formulas import FIRST_SIDE, value_of, write_test
from jixiao_xlsx.output.xlsx.self_check.helper_cells import SIDE_WIDTH, Signed, Sum, Workings
from jixiao_xlsx.output.xlsx.self_check.states import FAILED, HOLDS, NOT_FILLED, NOT_NUMERIC
from jixiao_xlsx.values.number_text import rounded

_NO_BASE = "不计算"


def judge_rate(
    workings: Workings,
    label: str,
    shown: CellAddress,
    part: Sequence[Signed],
    whole: Sequence[Signed],
) -> Live:
    """Write the arithmetic of a rate in one row; the answer is what to show."""
    line = workings.next_line(label)
    strays = workings.strays(line, 1, [shown, *(a for _, a in part), *(a for _, a in whole)])
    above = workings.side(line, FIRST_SIDE, part, across=False)
    below = workings.side(line, FIRST_SIDE + SIDE_WIDTH, whole, across=False)
    step = Fraction(1, 10 ** (workings.figure(shown).decimals + 2))
    ok = write_test(
        workings, line, FIRST_SIDE + 2 * SIDE_WIDTH, [_near(workings, shown, step, above, below)]
    )
    return _rate_state(workings, shown, strays, above, below, ok)


def _near(
    workings: Workings, address: CellAddress, step: Fraction, above: Sum, below: Sum
) -> tuple[str, bool]:
    """Whether some pair of true amounts gives the rate shown, rounded or cut to `step`."""
    q, half, dust = workings.canvas.refer(address), float(step / 2), "0.000000001"
    readings = {
        (s.lo.formula, w.lo.formula): (s, w)
        for s, w in ((above.rounded, below.rounded), (above.cut, below.cut))
    }
    tests: list[str] = []
    true = False
    shown = Fraction(workings.number(address))
    for s, w in readings.values():
        least = f"{s.lo.formula}/IF({s.lo.formula}>=0,{w.hi.formula},{w.lo.formula})"
        most = f"{s.hi.formula}/IF({s.hi.formula}>=0,{w.lo.formula},{w.hi.formula})"
        tests.append(f"AND(N({q})-{half}<={most}+{dust},{least}<=N({q})+{float(step)}+{dust})")
        if value_of(w.lo) > 0:
            low = Fraction(value_of(s.lo)) / Fraction(
                value_of(w.hi) if s.lo.value != "" and value_of(s.lo) >= 0 else value_of(w.lo)
            )
            high = Fraction(value_of(s.hi)) / Fraction(
                value_of(w.lo) if value_of(s.hi) >= 0 else value_of(w.hi)
            )
            true = true or (shown - step / 2 <= high and low <= shown + step)
    lows = ",".join(w.lo.formula for _, w in readings.values())
    return (
        f"IF(MIN({lows})<=0,FALSE,{tests[0] if len(tests) == 1 else 'OR(' + ','.join(tests) + ')'})",
        true,
    )


def _rate_state(
    workings: Workings, address: CellAddress, strays: Live, above: Sum, below: Sum, ok: Live
) -> Live:
    counts = (f"COUNT({workings.canvas.refer(address)})", above.count.formula, below.count.formula)
    blank = not workings.counts([address]) or not above.count.value or not below.count.value
    lead = f"{FAILED} 应为 "
    formula = (
        f"IF({strays.formula}>0,{text_constant(NOT_NUMERIC)},IF(OR({','.join(f'{c}=0' for c in counts)}),{text_constant(NOT_FILLED)},"
        f"IF({below.rounded.lo.formula}<=0,{text_constant(_NO_BASE)},IF({ok.formula}=1,{text_constant(HOLDS)},"
        f'{text_constant(lead)}&TEXT({above.plain.formula}/{below.plain.formula},"0.00%")))))'
    )
    if strays.value or blank or value_of(below.rounded.lo) <= 0 or ok.value:
        now = (
            NOT_NUMERIC
            if strays.value
            else NOT_FILLED
            if blank
            else _NO_BASE
            if value_of(below.rounded.lo) <= 0
            else HOLDS
        )
        return Live(formula, now)
    right = Fraction(value_of(above.plain)) / Fraction(value_of(below.plain))
    return Live(formula, f"{lead}{rounded(right * 100, 2)}%")
