"""Slips of the hand: whether a wrong figure is one, and what it was probably meant to be. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Expected
from jixiao_xlsx.values.text import decimals_of, plain

DIGITS_SWAPPED, SIGN_REVERSED = "有两位数字填颠倒", "正负号填反"
_ROUNDING = 2  # of the last digit that is written: what different ways of rounding can make
_TOLERANCE = Decimal("0.01")  # percentage points: what rounding a rate can make


def swaps(text: str) -> Iterator[Decimal]:
    """Yield the numbers that result when two neighbouring digits of `text` change places."""
    places = [i for i, char in enumerate(text) if char.isdigit()]
    for a, b in pairwise(places):
        if text[a] != text[b]:
            chars = list(text)
            chars[a], chars[b] = chars[b], chars[a]
            yield Decimal("".join(chars))


def slip_hint(place: Place, reported: str, expected: Expected | str | None) -> str:
    """Return the message on what was mistyped in a cell whose right value is known.

    "" if no single slip explains it.
    """
    ranges = list(_ranges(expected))
    is_rate = any(unit == "%" for _, _, unit in ranges)
    typed = _typed(reported, is_rate=is_rate)
    if typed is None:
        return ""
    digits = plain(typed, max(decimals_of(typed), 2) if is_rate else None)
    slips = [(-typed, SIGN_REVERSED), *((value, DIGITS_SWAPPED) for value in swaps(digits))]
    for value, cause in slips:
        for low, high, unit in ranges:
            near = _TOLERANCE if unit == "%" else Decimal(0)
            if low - near <= value <= high + near and not low - near <= typed <= high + near:
                suffix = unit if unit == "%" else f" {unit}"
                return f"{place} 可能{cause}，若为 {plain(value)}{suffix}，则相符"
    return ""


def _ranges(expected: Expected | str | None) -> Iterator[tuple[Decimal, Decimal, str]]:
    """Yield what is admissible as (low, high, unit); in a text, each percentage."""
    if isinstance(expected, Expected):
        yield expected.low, expected.high, expected.unit
    for text in re.findall(r"(-?\d+(?:\.\d+)?)%", expected if isinstance(expected, str) else ""):
        yield Decimal(text), Decimal(text), "%"


def _typed(reported: str, *, is_rate: bool) -> Decimal | None:
    """Return the number typed, as a percentage for a rate; None for other text."""
    if not re.fullmatch(r"-?\d+(\.\d+)?%?", reported):
        return None
    number = Decimal(reported.removesuffix("%"))
    as_fraction = is_rate and not reported.endswith("%") and abs(number) <= Decimal("1.5")
    return number * 100 if as_fraction else number


def is_slip(written: Decimal, right: Decimal | Fraction, decimals: int) -> bool:
    """Return whether `written`, with so many decimals, looks like a slip of `right` (one unit).

    A slip is one digit changed, added or lost, digits that changed places, a decimal point (or a
    unit) off, or the last digits rounded otherwise. A figure of something else has nothing in
    common with the right one.
    """
    exact = (
        right
        if isinstance(right, Decimal)
        else Decimal(right.numerator) / Decimal(right.denominator)
    )
    one, other, step = abs(written), abs(exact), Decimal(1).scaleb(-decimals)
    if abs(one - other) <= _ROUNDING * step:
        return True
    digits = _digits(one, decimals)
    printed = {_digits(other.quantize(step, how), decimals) for how in (ROUND_HALF_UP, ROUND_DOWN)}
    return any(
        _near(digits, text) for text in (*printed, _digits(other, min(decimals_of(other), 4)))
    ) or _scaled(one, other)


def _digits(number: Decimal, decimals: int) -> str:
    return f"{number:.{decimals}f}".replace(".", "").lstrip("0") or "0"


def _near(one: str, other: str) -> bool:
    """Return whether one digit was changed, added or lost, or the digits are in other order."""
    if one == other:
        return True
    if len(one) == len(other):
        apart = [at for at in range(len(one)) if one[at] != other[at]]
        shuffled = sorted(one) == sorted(other)
        return len(apart) == 1 or (shuffled and (len(apart) == 2 or len(set(one)) > 2))
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return len(longer) == len(shorter) + 1 and any(
        longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))
    )


def _scaled(one: Decimal, other: Decimal) -> bool:
    """Return whether the digits are the same and the point is elsewhere."""
    texts = [f"{number.normalize():f}".replace(".", "").strip("0") for number in (one, other)]
    return texts[0] == texts[1] != ""
