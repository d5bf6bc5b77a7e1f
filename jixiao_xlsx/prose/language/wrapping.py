"""Line breaks that are only where a line was full: text pasted from a PDF is one sentence again.
Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from jixiao_xlsx.prose.language.vocabulary import UNSURE, Lexicon, fold

_STOPS = "。！？!?；;：:…"
_NUMBERED = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}[、.．是]|第[一二三四五六七八九十]+[章节部条]|[（(][一二三四五六七八九十\d]{1,3}[）)]|"
    r"\d{1,2}(?:[、．]|\.(?!\d))|[①-⑳•·●○◆◇■□▲►※*—–-])"
)
_GOES_ON = re.compile(  # a single letter before a comma begins no sentence either
    r"[，,、。；;：:）)》”%％]|[^\W\da-zA-Z][，,；;。]|万元|亿元|元|\d+(?:[.,]\d+)*\s*(?:万元|亿元|元|%|％|人|名|份|辆|分)"
)
_UNFINISHED = re.compile(r"[，,、（(《“]$|\d[.,]?$|(?:其中|为|的|占|和|与|及|比|较)$")
_COMPLETE = re.compile(r"(?:万元|亿元|元|[%％人名份辆分个项次件台])$")
_TITLE = re.compile("(?:报告|情况|说明|表|总结|分析|概况|建议|措施|问题)$")
_NARROWEST = 15  # letters: no page is narrower
_LONGEST = 8  # letters of a word that are looked at on either side
_SPARE = 2  # letters that may be missing at the end of a full line


def unwrapped(text: str, lexicon: Lexicon) -> str:
    """Return the text with the lines of a sentence put together."""
    return (
        "\n".join(line for _, line in put_together(text.split("\n"), lexicon))
        if "\n" in text
        else text
    )


def put_together(lines: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[int, str]]:
    """Yield lines with those that go on with them, each with the number of its first. What may be a
    list, a heading or a new paragraph stays as it is.

    A line that may go on with the one before it begins with UNSURE: what it starts with is not
    understood, and so not held against anything.
    """
    full = (
        _full(lines) if "".join(lines[-1:]).rstrip()[-1:] in _STOPS else set()
    )  # a list without any stops is none
    first, held = 0, "".join(lines[:1])
    for number in range(1, len(lines)):
        before, line = lines[number - 1], lines[number]
        between = _between(
            before,
            line,
            number - 1 in full,
            parted=_parts_a_word(before, line, lexicon),
            alone=len(full) < 2,
        )
        if between:
            yield first, held
            first, held = number, between[1:] + line
        else:
            held += line
    yield first, held


def _full(lines: Sequence[str]) -> set[int]:
    """Return the lines that are as long as the longest, in letters or in breadth."""
    full_lines: set[int] = set()
    for measure, spare in ((len, _SPARE), (_breadth, 2 * _SPARE)):
        sizes = [measure(line.rstrip()) for line in lines]
        full_lines |= {number for number, size in enumerate(sizes) if size >= max(sizes) - spare}
    return {number for number in full_lines if len(lines[number].rstrip()) >= _NARROWEST}


def _breadth(line: str) -> int:
    """Return the number of screen columns: a Chinese letter takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in line)


def _parts_a_word(before: str, line: str, lexicon: Lexicon) -> bool:
    """Return whether a word of the field lies across the break: “人员经/费”."""
    if len(before.rstrip()) < _NARROWEST:
        return False
    end, start = fold(before.rstrip()[-_LONGEST:]), fold(line[:_LONGEST])
    return any(
        (match := lexicon.at(end[at:] + start, 0)) and len(match[0]) > len(end) - at
        for at in range(len(end))
    )


def _between(before: str, line: str, full: bool, *, parted: bool, alone: bool) -> str:
    """Return what stands between two lines: nothing where one goes on with the other."""
    before = before.rstrip()
    if (
        not before
        or not line.strip()
        or before[-1] in _STOPS
        or line[0] in " \t\u3000"
        or _NUMBERED.match(line)
    ):
        return "\n"
    if parted or _UNFINISHED.search(before) or _GOES_ON.match(line):
        return ""
    if not full or _COMPLETE.search(before) or _TITLE.search(before):
        return "\n"
    return f"\n{UNSURE}" if alone else ""
