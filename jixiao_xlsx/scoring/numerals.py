"""Numbers in Chinese characters: 三百二十一点五, 九成五, 百分之九十五. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = r"[零〇一二两三四五六七八九十百千]+(?:点[零〇一二三四五六七八九]+)?"
NUMERAL = re.compile(_NUMERAL)
_ANY = rf"(?:\d+(?:\.\d+)?|{_NUMERAL})"
_SHARES = {"百分之": "%", "千分之": "‰"}
_SHARE = re.compile(rf"(百分之|千分之)({_ANY})(?![百千万亿])")
_TENTHS = re.compile(r"([一二三四五六七八九])成([一二三四五六七八九半])?(?=$|[^\d本果功立员])")
_YEAR = re.compile(r"([〇零一二三四五六七八九]{4})(?=年)")
_MONTH_OR_DAY = re.compile(
    r"(?<![点百千十零〇一二三四五六七八九])([一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=月|日|号)"
)


def chinese_number(text: str) -> Decimal | None:
    """Return the number that `text` is, in Chinese characters; None where it is none."""
    whole, _, fraction = text.partition("点")
    total = _whole(whole)
    if total is None:
        return None
    digits = "".join(str(_DIGITS[char]) for char in fraction)
    return Decimal(f"{total}.{digits}") if digits else Decimal(total)


def _whole(text: str) -> int | None:
    total = digit = 0
    place = 10_000
    if _place_before_tail(text) > 10:
        return None  # 一百五 is said for 150, and read as 105
    for char in text:
        if char in _DIGITS:
            if digit:
                return None  # 二三: an approximate number, or digits read out one by one
            digit = _DIGITS[char]
        elif _PLACES[char] < place:
            place = _PLACES[char]
            total, digit = total + (digit or 1) * place, 0
        else:
            return None
    return total + digit if text else None


def _place_before_tail(text: str) -> int:
    """Return the place before a last digit that follows it directly: 100 in 一百五; 0 elsewhere."""
    return _PLACES.get(text[-2], 0) if len(text) > 1 and text[-1] in _DIGITS else 0


def with_digits(text: str) -> str:
    """Return `text` with shares and dates in Chinese characters in digits: 百分之九十五 → 95%."""
    text = _SHARE.sub(_share, text)
    text = _TENTHS.sub(_tenths, text)
    text = _YEAR.sub(lambda found: "".join(str(_DIGITS[char]) for char in found[1]), text)
    return _MONTH_OR_DAY.sub(lambda found: str(_whole(found[1])), text)


def _share(found: re.Match[str]) -> str:
    number = found[2] if found[2][0].isdigit() else chinese_number(found[2])
    return found[0] if number is None else f"{number}{_SHARES[found[1]]}"


def _tenths(found: re.Match[str]) -> str:
    after = "5" if found[2] == "半" else str(_DIGITS[found[2]]) if found[2] else "0"
    return f"{_DIGITS[found[1]]}{after}%"
