"""What a cell shows of its number: the signs and units of its number format. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from jixiao_xlsx.values.text import decimals_of, plain

_PIECES = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|\[\$(?P<money>[^\-\[\]]*)(?:-[^\[\]]*)?\]|'
    r"\[[^\[\]]*\]|[_*].|"
    r"(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<letter>[A-Za-z]+)|(?P<other>.)"
)
# commas after the last digit, or a point that is a mere letter between digits
_OTHER_UNIT = re.compile(r'[0#?],+(?![0#?,])|[0#?](?:[\\!]\.|"\.")[0#?]')
_NOISE = Decimal("1e-9")


def as_shown(value: Decimal, code: str, *, percent: bool = False) -> str:
    """Return a number with what its format adds: 1.2 under `0.00"万亩"` is “1.20万亩”.

    All digits that are stored stay, but for the noise of binary fractions. "" for a format that
    shows the number in another unit.
    """
    if _OTHER_UNIT.search(code.partition(";")[0]):
        return ""
    value = _without_noise(value)
    before, after, decimals, shows_percent = _affixes(code)
    if percent or shows_percent:
        return f"{before}{_digits(value * 100, decimals)}%{after}"
    return f"{before}{_digits(value, decimals)}{after}"


def _digits(value: Decimal, decimals: int) -> str:
    return plain(value, max(decimals, decimals_of(value)))


def _without_noise(value: Decimal) -> Decimal:
    near = round(value, 6)
    return near if abs(value - near) <= _NOISE * max(Decimal(1), abs(value)) else value


def _affixes(code: str) -> tuple[str, str, int, bool]:
    """Return the text before and after the digits, the decimals, and whether it is a percentage."""
    before = after = ""
    seen = point = percent = False
    decimals = 0
    for piece in _PIECES.finditer(code.partition(";")[0]):
        if piece["digit"]:
            seen = True
            decimals += point
        elif piece["point"]:
            point = seen
        elif piece["percent"]:
            percent = True
        elif piece["letter"]:
            return "", "", 0, False  # General, a date, an exponent
        else:
            text = piece["quoted"] or piece["escaped"] or piece["money"] or piece["other"] or ""
            before, after = (before, after + text) if seen else (before + text, after)
    return before, after, decimals, percent
