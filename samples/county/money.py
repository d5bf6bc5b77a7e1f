"""True amounts in whole 分, and figures as a clerk types them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction

WAN = 1_000_000  # 分 in 1 万元
YUAN = 100


@dataclass(frozen=True)
class Amounts:
    """年初预算, 全年预算 and 决算 of one thing, in 分."""

    original: int = 0
    budget: int = 0
    spent: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.original + other.original, self.budget + other.budget, self.spent + other.spent
        )


NIL = Amounts()


def vary(key: str, low: int, high: int) -> int:
    """A whole number in low…high that depends on the key alone: the same on every machine and every
    run.
    """
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    return low + number % (high - low + 1)


def amounts(key: str, budget: int, rate: str = "1", original: str = "0.95") -> Amounts:
    """About `budget` 元 for the year, of which `rate` was spent; the year began with the share
    `original` of it.
    """
    if not budget:
        return NIL
    full = budget * YUAN + vary(key, 0, 9_999)
    spent = full if rate == "1" else int(full * Fraction(rate)) + vary(key + "+", 0, 99)
    return Amounts(int(budget * Fraction(original) / 100) * 100 * YUAN, full, min(spent, full))


def yuan(fen: int) -> float:
    """分 → 元, exact to the 分."""
    return round(fen / YUAN, 2)


def wan(fen: int, *, cut: bool = False) -> float:
    """分 → 万元 with two decimals, 四舍五入 (away from zero) or cut off."""
    steps, rest = divmod(abs(fen), WAN // 100)
    steps += 0 if cut else int(2 * rest >= WAN // 100)
    return round((steps if fen >= 0 else -steps) / 100, 2)


def percent(value: Fraction, digits: int = 2) -> str:
    """0.9876 → “98.76%”, 1 → “100%”."""
    text = f"{float(half_up(value * 100, digits)):.{digits}f}"
    return (text.removesuffix("." + "0" * digits) if digits else text) + "%"


def half_up(value: Fraction, digits: int) -> Fraction:
    """Rounded half away from zero."""
    scaled = abs(value) * 10**digits
    size = Fraction(
        (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**digits
    )
    return size if value >= 0 else -size
