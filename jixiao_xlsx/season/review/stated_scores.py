"""What a reviewer's reason says of the score, held against the score itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from jixiao_xlsx.values.text import plain, rounded, tidy

_NUMBER = r"(\d{1,3}(?:\.\d{1,4})?)"
_MINUS_POINTS = re.compile(rf"扣(?:除|减)?{_NUMBER}分")
_MINUS_SHARE = re.compile(rf"扣(?:除|减)?(?:权重的?|该项的?|分值的?)?{_NUMBER}%")
_ALL = re.compile(
    r"(?:扣(?:除|减)?全部分值|(?:全部|全额|全)扣(?:除|完|光)?|扣完|不得分|不予得分|不给分)"
)
_GIVEN = re.compile(rf"(?:得|计|按|给|评)(?:为|予)?{_NUMBER}分")


def contradiction(reason: str, score: Fraction, weight: Fraction, computed: Fraction | None) -> str:
    """Return what a reason says of the score where that is another one; "" where they agree.

    Points and shares may be taken off the weight or off 复算分. A reason that names several
    deductions is right if their sum is.
    """
    said = list(_said(tidy(reason), weight, computed))
    if not said or any(rounded(value, 2) == rounded(score, 2) for _, value in said):
        return ""
    words, value = said[0]
    return f"理由写“{words}”，应为 {plain(value, 2)} 分"


def _said(
    reason: str, weight: Fraction, computed: Fraction | None
) -> Iterator[tuple[str, Fraction]]:
    """Yield each score that the reason can mean, with its words."""
    if match := _ALL.search(reason):
        yield match.group(), Fraction(0)
    for match in _GIVEN.finditer(reason):
        yield match.group(), Fraction(match[1])
    points = [Fraction(match[1]) for match in _MINUS_POINTS.finditer(reason)]
    shares = [Fraction(match[1]) / 100 * weight for match in _MINUS_SHARE.finditer(reason)]
    if not points and not shares:
        return
    off = sum((*points, *shares), Fraction(0))
    words = "、".join(m.group() for p in (_MINUS_POINTS, _MINUS_SHARE) for m in p.finditer(reason))
    for start in (weight, computed):
        if start is not None:
            yield words, max(start - off, Fraction(0))
    if computed is not None and shares:
        share = sum(shares, Fraction(0)) / weight if weight else Fraction(0)
        yield words, computed * (1 - share)
