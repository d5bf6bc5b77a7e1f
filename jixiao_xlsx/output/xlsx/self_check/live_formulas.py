"""Formulas built together with the value they have now."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from jixiao_xlsx.output.xlsx.cells import Live, text_constant

LIVE_ZERO = Live("0", 0.0)


class Test(NamedTuple):
    """A condition: its formula, and whether it is true now."""

    formula: str
    now: bool


def constant(text: str) -> Live:
    """Return a text as a formula."""
    return Live(text_constant(text), text)


def choose(cases: Sequence[tuple[Test, Live]], otherwise: Live) -> Live:
    """Return nested IFs: the result of the first case whose test is true, or `otherwise`."""
    text, value = otherwise.formula, otherwise.value
    for test, result in reversed(cases):
        text = f"IF({test.formula},{result.formula},{text})"
        value = result.value if test.now else value
    return Live(text, value)


def positive(cell: Live) -> Test:
    """Return whether a count is above 0."""
    return Test(f"{cell.formula}>0", bool(cell.value))


def counted_text(before: str, count: Live, after: str) -> Live:
    """Return a count between two texts: “还有 3 处不平”."""
    formula = f"{text_constant(before)}&{count.formula}&{text_constant(after)}"
    return Live(formula, f"{before}{int(float(count.value))}{after}")


def number_of(cell: Live) -> Decimal:
    """Return the number a helper cell has now; an empty one is 0."""
    return Decimal(repr(float(cell.value))) if cell.value != "" else Decimal(0)


def plus(one: Live, other: Live, sign: str = "+") -> Live:
    """Return the sum, or with `sign` "-" the difference, of two cells that hold whole atoms."""
    a, b = float(one.value), float(other.value)
    return Live(f"({one.formula}{sign}{other.formula})", a + b if sign == "+" else a - b)
