"""Slips of the hand: what one cell may have been meant to say, where its right value is known. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Expected
from jixiao_xlsx.values.number_text import plain

SWAPPED, SIGN = "有两位数字填颠倒", "正负号填反"


def swaps(text: str) -> Iterator[Decimal]:
    """The numbers that two neighbouring digits, the other way round, give."""
    places = [i for i, char in enumerate(text) if char.isdigit()]
    for a, b in pairwise(places):
        if text[a] != text[b]:
            chars = list(text)
            chars[a], chars[b] = chars[b], chars[a]
            yield Decimal("".join(chars))


def decimals_of(number: Decimal) -> int:
    """Decimals as typed, without needless zeros."""
    exponent = number.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def slip(place: Place, reported: str, expected: Expected | str | None) -> str:
    """What was mistyped where a rule knows the right value of the cell itself; "" if no single slip explains it."""
    typed = _percent_or_number(reported, expected)
    if typed is None:
        return ""
    right = list(_right(expected))
    for value, why in (
        (-typed, SIGN),
        *(
            (value, SWAPPED)
            for value in swaps(
                plain(typed, max(decimals_of(typed), 2) if _rate(expected) else None)
            )
        ),
    ):
        for low, high, unit in right:
            near = Decimal("0.01") if unit == "%" else Decimal(0)
            if low - near <= value <= high + near and not low - near <= typed <= high + near:
                return f"{place} 可能{why}，若为 {plain(value)}{'' if unit == '%' else ' '}{unit}，则相符"
    return ""


def _rate(expected: Expected | str | None) -> bool:
    return any(unit == "%" for _, _, unit in _right(expected))


def _right(expected: Expected | str | None) -> Iterator[tuple[Decimal, Decimal, str]]:
    if isinstance(expected, Expected):
        yield expected.low, expected.high, expected.unit
    for text in re.findall(r"(-?\d+(?:\.\d+)?)%", expected if isinstance(expected, str) else ""):
        yield Decimal(text), Decimal(text), "%"


def _percent_or_number(reported: str, expected: Expected | str | None) -> Decimal | None:
    """What was typed, as a percentage where a percentage is wanted."""
    if not re.fullmatch(r"-?\d+(\.\d+)?%?", reported):
        return None
    number = Decimal(reported.removesuffix("%"))
    return (
        number * 100
        if _rate(expected) and not reported.endswith("%") and abs(number) <= Decimal("1.5")
        else number
    )
