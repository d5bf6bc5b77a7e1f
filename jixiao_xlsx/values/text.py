"""Titles folded so that two spellings compare equal, and numbers as a clerk writes them."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

# What nobody sees: soft hyphen, joiners, marks of writing direction (the calculator of Windows
# copies figures between two of them), word joiners, byte order marks.
INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_SPACES = re.compile(rf"[\s{INVISIBLE}]+")
_QUOTES_AND_DASHES = str.maketrans(dict.fromkeys("\"'“”‘’「」") | dict.fromkeys("﹣−–", "-"))


def without_spaces(text: str) -> str:
    """Return `text` without spaces, line breaks and invisible characters."""
    return _SPACES.sub("", text)


@lru_cache(maxsize=2048)
def tidy(text: str) -> str:
    """Return `text` half-width, without spaces, line breaks and quotes, with one kind of dash."""
    folded = unicodedata.normalize("NFKC", without_spaces(text))
    return without_spaces(folded).translate(_QUOTES_AND_DASHES)


def joined(*texts: str) -> str:
    """Return the texts that are not empty as one."""
    return "；".join(text for text in texts if text)


def from_float(stored: float) -> Decimal:
    """Return a stored float as the 15 significant digits that Excel works with."""
    return Decimal(f"{stored:.15g}")


def rounded(value: Fraction | Decimal, decimals: int) -> Decimal:
    """Return `value` rounded to `decimals` places, half away from zero (四舍五入)."""
    if isinstance(value, Fraction):
        top, bottom = value.numerator * 10**decimals, value.denominator
        size = (2 * abs(top) + bottom) // (2 * bottom)
        return Decimal(size if top >= 0 else -size).scaleb(-decimals)
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def plain(value: Decimal | Fraction, decimals: int | None = None) -> str:
    """Return a number as a clerk writes it: no exponent, no separators, no trailing zeros.

    With `decimals`, exactly so many places. A fraction without a finite decimal has four.
    """
    if decimals is not None:
        return format(rounded(value, decimals), "f")
    text = format(_finite(value) if isinstance(value, Fraction) else value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _finite(value: Fraction) -> Decimal:
    """Return the exact decimal, or four places where there is none."""
    rest = value.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    exact = rest == 1
    return Decimal(value.numerator) / Decimal(value.denominator) if exact else rounded(value, 4)


def percent(value: Decimal | Fraction, decimals: int = 2) -> str:
    """Return a rate as a percentage: 0.9555 → “95.55%”."""
    return f"{plain(value * 100, decimals)}%"


def decimals_of(number: Decimal) -> int:
    """Return the number of decimals, without trailing zeros."""
    exponent = number.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
