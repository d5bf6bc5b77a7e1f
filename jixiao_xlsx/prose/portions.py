"""Shares in round words: “近三成”, “约三分之二”, “一半以上”, and how far they may be from the truth. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

_NUMERALS = {letter: number for number, letter in enumerate("零一二三四五六七八九十")} | {"两": 2}
_PORTION = re.compile(
    r"(?:占(?:比|到|了|据)?(?P<whole>[^，,。;:、()\d占]{0,14}?)的?|^的)(?P<about>大?约|近|接近|将近|超过?|逾|"
    r"不到|不足|刚过|已?过|仅|只)*"
    r"(?P<body>(?P<tenths>[一二三四五六七八九])成(?P<half>半)?(?![一二三四五六七八九])|(?P<below>[二三四五六七八九十])"
    r"分之(?P<above>[一二两三四五六七八九])|半数|一半)"
    r"(?P<more>以上|多|强|有余|左右|弱|以下)?"
)
_NEAR, _LOOSE = Fraction(1, 10), Fraction(1, 100)
_UNDER, _UP_TO, _OVER, _SOME = (
    {"不到", "不足", "以下"},
    {"近", "接近", "将近", "弱"},
    {"超", "超过", "逾", "以上"},
    {"刚过", "过", "已过", "多", "强", "有余"},
)


@dataclass(frozen=True, slots=True)
class Portion:
    """A share in round words: place, text, named whole ("" if none), and its possible range."""

    start: int
    end: int
    text: str
    whole: str
    low: Fraction
    high: Fraction


def has_portions(text: str) -> bool:
    """Return whether there may be one."""
    return "占" in text and _PORTION.search(text) is not None


def portions(text: str) -> Iterator[Portion]:
    """Yield every share in round words that follows a “占”, and one with which the text begins
    (after “占……1075.76 万元”).
    """
    if "占" not in text and not text.startswith("的"):
        return
    for match in _PORTION.finditer(text):
        low, high = _range(_share(match), {match["about"] or "", match["more"] or ""})
        start = max(match.end("whole"), 0)
        yield Portion(
            match.start(),
            match.end(),
            text[start : match.end()].removeprefix("的"),
            match["whole"] or "",
            low,
            high,
        )


def _share(match: re.Match[str]) -> Fraction:
    if match["tenths"]:
        return Fraction(_NUMERALS[match["tenths"]], 10) + (Fraction(1, 20) if match["half"] else 0)
    if match["below"]:
        return Fraction(_NUMERALS[match["above"]], _NUMERALS[match["below"]])
    return Fraction(1, 2)


def _range(share: Fraction, words: set[str]) -> tuple[Fraction, Fraction]:
    if words & _UNDER:
        return Fraction(0), share + _LOOSE
    if words & _UP_TO:
        return share - _NEAR * 6 / 10, share + _LOOSE
    if words & _OVER:
        return share - _LOOSE, Fraction(1)
    if words & _SOME:
        return share - _LOOSE, share + _NEAR + _LOOSE
    about = max(share / 5, Fraction(3, 100)) if share < Fraction(1, 4) else Fraction(6, 100)
    return share - about, share + about
