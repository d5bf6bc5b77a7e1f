"""What a row or column of a county's own form is called: the path of its headings as one name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from jixiao_xlsx.values.text import without_spaces

BETWEEN = "·"
NO_TITLE = "金额"  # of the one line of a table that runs across
RECORD_COLUMN = "填报内容"
_YEAR = re.compile(r"\{year(?:([+-])(\d))?\}(?:年度|年)?")
_FOUR_DIGITS = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年)")
_WORDS = {0: "本年", -1: "上年", -2: "前年", 1: "下年"}


def name_of(path: Sequence[str]) -> str:
    """Return the name of a row or column, unique by its path: “支出·上年决算数”."""
    parts = (_YEAR.sub(_in_words, without_spaces(part)) for part in path)
    return BETWEEN.join(part for part in parts if part) or NO_TITLE


def _in_words(found: re.Match[str]) -> str:
    distance = int(f"{found[1]}{found[2]}") if found[1] else 0
    return _WORDS.get(distance, f"{abs(distance)}年{'后' if distance > 0 else '前'}")


@lru_cache(maxsize=1 << 14)
def relative_years(text: str, year: int | None) -> str:
    """Return `text` with every year as its distance from `year`: 2022 → “{year-1}”."""
    if year is None:
        return text
    return _FOUR_DIGITS.sub(lambda found: _distance(int(found[0]) - year), text)


def _distance(years: int) -> str:
    return f"{{year{years:+d}}}" if years else "{year}"


def years_in(text: str) -> set[int]:
    """Return the years that a text names: 2023年."""
    return {int(found) for found in _FOUR_DIGITS.findall(text)}
