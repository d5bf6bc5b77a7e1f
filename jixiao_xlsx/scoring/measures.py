"""Targets and results as typed: sign, number, digits, or words; 95 % is 0.95."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.text import decimals_of, percent, plain, tidy
from jixiao_xlsx.values.typed_numbers import believable

SIGNS = {
    "<=": "≤", "≤": "≤", "≦": "≤", "<": "≤",
    "小于等于": "≤", "不超过": "≤", "不高于": "≤", "不大于": "≤", "控制在": "≤",
    ">=": "≥", "≥": "≥", "≧": "≥", ">": "≥", "大于等于": "≥", "不低于": "≥", "不少于": "≥", "达到": "≥",
    "=": "=", "等于": "=",
}  # fmt: skip
_SIGN = "|".join(sorted(SIGNS, key=len, reverse=True))
_MEASURE = re.compile(rf"(?P<sign>{_SIGN})?(?P<number>[+-]?\d+(?:,\d{{3}})*(?:\.\d+)?)(?P<rest>.*)")
_TRAILING = {"以上": "≥", "及以上": "≥", "以内": "≤", "以下": "≤", "及以下": "≤"}


@dataclass(frozen=True, slots=True)
class Measure:
    """A 目标值 or 业绩值 as understood: sign, number (a rate as a fraction), digits, or words."""

    text: str
    sign: str = ""
    number: Fraction | None = None
    digits: int = 0
    rate: bool = False

    @property
    def words(self) -> str:
        """Return the text, where it is not a number."""
        return "" if self.number is not None else self.text

    def near(self, exact: Fraction) -> bool:
        """Return whether the number can be `exact`, rounded or truncated to the typed digits."""
        return self.number is not None and abs(self.number - exact) < Fraction(1, 10**self.digits)

    def __str__(self) -> str:
        if self.number is None:
            return self.text
        return percent(self.number, self.digits - 2) if self.rate else plain(self.number)


def read_measure(cell: Cell | None, unit: str = "") -> Measure:
    """Read the measure in a cell: “<=100%”, “95%以上”, 0.95 in a percent cell, 12, “健全”."""
    if cell is None or cell.blank:
        return Measure("")
    if isinstance(cell.value, Decimal):
        return _number_measure(cell.value, unit, percent_format=cell.note == "%")
    return read_measure_text(cell.text, unit)


@lru_cache(maxsize=1024)
def read_measure_text(typed: str, unit: str = "") -> Measure:
    """Read a measure typed as text; what has no number of its own is words."""
    match = _MEASURE.fullmatch(tidy(typed))
    if not match or re.search(r"\d", match["rest"]):
        return Measure(typed)
    number = Decimal(match["number"].replace(",", ""))
    if not believable(number):
        return Measure(typed)
    rest = match["rest"].removeprefix("%")
    sign = SIGNS.get(match["sign"] or "", "") or _TRAILING.get(rest, "")
    if match["rest"].startswith("%"):
        return Measure(typed, sign, Fraction(number) / 100, decimals_of(number) + 2, rate=True)
    return Measure(typed, sign, *_scaled(number, unit))


def _number_measure(value: Decimal, unit: str, *, percent_format: bool) -> Measure:
    if percent_format:
        return Measure(percent(value), "", Fraction(value), max(decimals_of(value), 2), rate=True)
    return Measure(plain(value), "", *_scaled(value, unit))


def _scaled(value: Decimal, unit: str) -> tuple[Fraction, int, bool]:
    """Return number, digits, and whether it is a rate; under %, 95 and 0.95 both mean 95 %."""
    if unit not in {"%", "％"}:
        return Fraction(value), decimals_of(value), False
    if abs(value) > Decimal("1.5"):
        return Fraction(value) / 100, decimals_of(value) + 2, True
    return Fraction(value), max(decimals_of(value), 2), True
