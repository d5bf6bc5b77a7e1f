"""Whether a wrong figure looks like a slip of the right one, and so is a mistake, not another
figure.

A slip is one digit changed, added or lost, digits that changed places, a decimal point (or a unit)
off, or the last digits rounded otherwise. A figure of something else has nothing in common with the
right one.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

_LAST = 2  # of the last digit that is written: what different ways of rounding can make


def is_slip(written: Decimal, right: Decimal | Fraction, decimals: int) -> bool:
    """Return whether `written`, with so many decimals and in one unit with `right`, looks like a
    slip of it.
    """
    exact = (
        right
        if isinstance(right, Decimal)
        else Decimal(right.numerator) / Decimal(right.denominator)
    )
    one, other, step = abs(written), abs(exact), Decimal(1).scaleb(-decimals)
    if abs(one - other) <= _LAST * step:
        return True
    digits = _digits(one, decimals)
    printed = {_digits(other.quantize(step, how), decimals) for how in (ROUND_HALF_UP, ROUND_DOWN)}
    return any(
        _near(digits, text) for text in (*printed, _digits(other, _places(other)))
    ) or _scaled(one, other)


def _places(number: Decimal) -> int:
    return min(max(-int(number.normalize().as_tuple().exponent), 0), 4)


def _digits(number: Decimal, decimals: int) -> str:
    return f"{number:.{decimals}f}".replace(".", "").lstrip("0") or "0"


def _near(one: str, other: str) -> bool:
    """Return whether one digit was changed, added or lost, or the same digits stand in another
    order.
    """
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
