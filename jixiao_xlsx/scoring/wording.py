"""What words in 目标值 and 业绩值 mean: signs, units, degrees. Data: wording.toml beside this module."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from jixiao_xlsx.values.text import tidy

RATE_DIMENSION = "率"
_DIGITS_OF_UNITS = re.compile(r"(?<![a-z])(km|hm|m)([23])(?![0-9])")
_PER_MANY = re.compile(r"/(?:每)?(?:10万|100000|1万|10000)(?=人|$|[^\d.])")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its name, the dimension in which it can be compared, how many of the base unit.

    `scale` is the part of `factor` that a word such as 万 before the unit gives.
    """

    name: str
    dimension: str
    factor: Fraction = Fraction(1)
    scale: int = 1


@dataclass(frozen=True)
class Wording:
    """The words of wording.toml, folded; lists of words are patterns, the longest first."""

    signs: Mapping[str, str]
    signs_after: Mapping[str, str]
    direction_words: Mapping[str, str]
    trends: Mapping[str, str]
    phrases: Mapping[str, tuple[str, ...]]
    units: Mapping[str, Unit]
    scales: Mapping[str, int]
    words: Mapping[str, tuple[str, ...]]
    degrees: Mapping[str, int]
    ladder: Mapping[str, int]
    same: Mapping[str, str]
    opposite: frozenset[tuple[str, str]]
    limits: Mapping[str, str]
    around: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    limit_at_end: re.Pattern[str]
    unit: re.Pattern[str]


def folded_words(text: str) -> str:
    """Return `text` half-width, in small letters, without spaces and invisible characters."""
    folded = tidy(_INVISIBLE.sub("", text)).lower().replace("(次)", "次")
    return _DIGITS_OF_UNITS.sub(_power, _PER_MANY.sub(_per_many, folded))


def _per_many(found: re.Match[str]) -> str:
    """Return “/10万” without a digit, so that only figures have digits."""
    return "/十万" if "10万" in found[0] or "100000" in found[0] else "/万"


def _power(found: re.Match[str]) -> str:
    """Return m2 as a name without a digit, so that only figures have digits."""
    return found[1] + {"2": "sq", "3": "cu"}[found[2]]


def _by_word(section: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {folded_words(word): meaning for meaning, words in section.items() for word in words}


def _longest_first(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _units_by_name(section: Mapping[str, list[tuple[list[str], str]]]) -> dict[str, Unit]:
    """Return the units by every name; each classifier (量词) is a dimension of its own."""
    units = {
        folded_words(name): Unit(names[0], dimension, Fraction(factor))
        for dimension, group in section.items()
        for names, factor in group
        for name in names
    }
    return units | {folded_words(name): Unit(name, name) for name in section["量词"][0][0]}


@cache
def wording() -> Wording:
    """Return the words, read once."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    signs, after, trends = (_by_word(data[key]) for key in ("signs", "signs_after", "trends"))
    phrases = {key: tuple(map(folded_words, words)) for key, words in data["phrases"].items()}
    units = _units_by_name(data["units"])
    section = data["words"]
    degrees, ladder = (
        {word: level for level, words in enumerate(section[key], 1) for word in words}
        for key in ("degrees", "ladder")
    )
    about = (*phrases["about"], *phrases["plain"], *trends)
    around = data["limits"].pop("around")
    return Wording(
        signs,
        after,
        _by_word(data["direction_words"]),
        trends,
        phrases,
        units,
        data["scales"],
        {
            key: tuple(section[key])
            for key in ("not", "filler", "undone", "on_time", "late", "sooner", "lasting")
        },
        degrees,
        ladder,
        {word: group[0] for group in section["same"] for word in group},
        frozenset(
            pair for one, other in section["opposite"] for pair in ((one, other), (other, one))
        ),
        _by_word(data["limits"]),
        re.compile(_longest_first(around)),
        re.compile(_longest_first((*signs, *about))),
        re.compile(_longest_first((*after, *about))),
        re.compile(rf"(?:{_longest_first(word for word in after if len(word) > 1)})$"),
        re.compile(rf"(?:{_longest_first(units)})(?<![a-z](?=[a-z]))"),
    )


def unit_of(text: str) -> Unit | None:
    """Return the unit that `text` names: 万人次, 元/人·月; None where it is blank or none is known."""
    folded = folded_words(text)
    return None if folded in {"", "/", "-", "无"} else _unit(folded)


def _unit(folded: str) -> Unit | None:
    words = wording()
    if known := words.units.get(folded):
        return known
    for scale, size in sorted(words.scales.items(), key=lambda item: -len(item[0])):
        if folded.startswith(scale) and (inner := _unit(folded.removeprefix(scale))):
            return Unit(scale + inner.name, inner.dimension, inner.factor * size, size)
    top, slash, rest = folded.replace("每", "/").partition("/")
    if slash and rest and (inner := _unit(top)):
        per = "/".join(sorted(filter(None, re.split(r"[·*./]", rest))))
        return Unit(f"{inner.name}/{per}", f"{inner.dimension}/{per}", inner.factor, inner.scale)
    return None


def scale_word(scale: int) -> str:
    """Return 万 for 10000; "" for 1."""
    return next((word for word, size in wording().scales.items() if size == scale), "")
