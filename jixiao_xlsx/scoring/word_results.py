"""A result in words held against a target in words: as much, more, less, the opposite."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from jixiao_xlsx.scoring.measures import Measure
from jixiao_xlsx.scoring.wording import folded_words, wording

_MARKS = re.compile(r"[,.;:，。；、：！!·]")

_FULFIL = {"≤": "≤<=", "<": "<", "≥": "≥>=", ">": ">", "=": "="}
_BREAK = {"≤": ">", "<": ">=≥", "≥": "<", ">": "<=≤", "=": "<>"}


class Reached(StrEnum):
    """Whether a target in words was reached."""

    YES = "达成"
    NO = "未达成"
    UNKNOWN = "看不出"


class _Phrase(NamedTuple):
    """A phrase without its fillers: what it says, how strongly, whether it denies or halves it."""

    stem: str
    degree: int
    denied: bool
    partly: bool


def words_reached(target: Measure, actual: Measure) -> Reached:
    """Return whether the words of a result say that the words of its target were reached."""
    wanted, said = (_MARKS.sub("", folded_words(one.text)) for one in (target, actual))
    if not wanted or not said:
        return Reached.UNKNOWN
    if wanted == said:
        return Reached.YES
    if target.date:
        return _in_time(said)
    if limits := _limits(wanted, said):
        return _within(*limits)
    if rungs := _rungs(wanted, said):
        return Reached.YES if rungs[1] >= rungs[0] else Reached.NO
    return Reached.NO if _opposed(wanted, said) else _held(_phrase(wanted), _phrase(said), said)


def _held(wanted: _Phrase, said: _Phrase, text: str) -> Reached:
    """Hold one phrase against the other; `text` is the result as typed."""
    if _undone(text) and not wanted.denied:
        return Reached.NO
    if not _alike(wanted.stem, said.stem) or (wanted.denied and not said.denied):
        return Reached.UNKNOWN
    weaker = 0 < said.degree < wanted.degree or (said.partly and not wanted.partly)
    return Reached.NO if weaker or said.denied != wanted.denied else Reached.YES


def _limits(wanted: str, said: str) -> tuple[str, str] | None:
    """Return how both stand to the same thing: ≤ for 不超过预算, > for 超预算; else None."""
    one, other = _limit(wanted), _limit(said)
    if one is None or other is None or not _alike(one[1], other[1]):
        return None
    return one[0], other[0]


def _limit(text: str) -> tuple[str, str] | None:
    """Return the relation that a phrase states, and to what."""
    words = wording()
    text = text.replace("超支", "超预算")
    found = max((word for word in words.limits if word in text), key=len, default="")
    thing = words.around.sub("", text.replace(found, "", 1)) if found else ""
    return (words.limits[found], thing) if thing else None


def _within(wanted: str, said: str) -> Reached:
    """Return whether one relation to a thing fulfils another."""
    if said in _FULFIL[wanted]:
        return Reached.YES
    return Reached.NO if said in _BREAK[wanted] else Reached.UNKNOWN


def _in_time(said: str) -> Reached:
    words = wording().words
    if any(word in said for word in words["late"]):
        return Reached.NO
    return Reached.YES if any(word in said for word in words["on_time"]) else Reached.UNKNOWN


def _rungs(wanted: str, said: str) -> tuple[int, int] | None:
    """Return both grades, 合格 below 良好 below 优秀; None where one is no grade."""
    ladder = wording().ladder
    grades = [ladder.get(re.sub(r"及?以上$", "", text)) for text in (wanted, said)]
    return (grades[0], grades[1]) if grades[0] and grades[1] else None


def _undone(said: str) -> bool:
    return any(word in said for word in wording().words["undone"])


def _opposed(wanted: str, said: str) -> bool:
    """Return whether one says a word and the other its opposite."""
    words = wording()
    denied = any(word in said for word in words.words["not"])
    return any(
        one in _plain_words(wanted) and other in _plain_words(said) and not denied
        for one, other in words.opposite
    )


def _plain_words(text: str) -> str:
    """Return `text` with every word by the first of its synonyms."""
    for word, first in wording().same.items():
        text = text.replace(word, first)
    return text


def _phrase(text: str) -> _Phrase:
    words = wording()
    denied = False
    negations = re.compile("|".join(words.words["not"]))
    for word in words.words["filler"]:
        text = text.replace(word, "") if negations.search(word) else text  # 不断 denies nothing
    for word in sorted(words.words["not"], key=len, reverse=True):
        if word in text:
            denied, text = True, text.replace(word, "")
    degree = 0
    partly = any(word in text for word, level in words.degrees.items() if level == 1)
    for word in sorted(words.degrees, key=len, reverse=True):
        if word in text and text != word:
            degree, text = max(degree, words.degrees[word]), text.replace(word, "")
    kept = text
    for word in words.words["filler"]:
        kept = kept.replace(word, "")
    return _Phrase(_plain_words(kept or text), degree, denied, partly)


def _alike(one: str, other: str) -> bool:
    """Return whether two stems are the same, or one begins or ends with the other."""
    short, long = sorted((one, other), key=len)
    return len(short) > 0 and (
        short == long or (len(short) > 1 and (long.startswith(short) or long.endswith(short)))
    )
