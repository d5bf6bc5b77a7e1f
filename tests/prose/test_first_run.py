"""Six whole reports of other departments: the right one is left alone, what was planted in the
wrong one is found. README.md of the folder has the figures of the first run.

`python tests/prose/test_first_run.py` changes every figure of the right ones once.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from test_corpora import findings_in, sample

from jixiao_xlsx.values.severity import Severity

HERE = Path(__file__).parent / "first_run"
BOOKS: list[dict[str, Any]] = tomllib.loads((HERE / "books.toml").read_text("utf-8"))["book"]
NAMES = [book["sample"].strip("*") for book in BOOKS]
AT_LEAST = 38  # of the 48 faults of the six wrong reports
_FIGURE = re.compile(
    r"(?<![\d.第:])\d+(?:\.\d+)?(?=万元|元|%|人|名|件|户|份|分(?!类)|辆|处|场|期|家)"
)
_NEAR = 40  # letters around a figure that a finding may quote


def told(text: str, book: dict[str, Any]) -> list[tuple[str, bool]]:
    """What is quoted as wrong, and whether as 错误 or 警告."""
    findings = findings_in(text, sample(book["sample"]))
    return [(one.reported, one.severity is not Severity.NOTE) for one in findings]


def wrong_report(book: dict[str, Any]) -> str:
    text: str = book["right"]
    for right, wrong in book["wrong"]:
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    return text


@pytest.mark.parametrize("book", BOOKS, ids=NAMES)
def test_the_right_report_is_left_alone(book: dict[str, Any]) -> None:
    accused = [quote for quote, sure in told(book["right"], book) if sure]
    assert accused == book.get("wrong_in_the_tables", [])


def planted(book: dict[str, Any]) -> list[str]:
    """The faults of its wrong report that are found, each alone in the right one."""
    text: str = book["right"]
    quiet = set(told(text, book))
    return [
        wrong
        for right, wrong in book["wrong"]
        if set(told(text.replace(right, wrong), book)) - quiet
    ]


def test_what_was_planted_is_found() -> None:
    assert sum(len(planted(book)) for book in BOOKS) >= AT_LEAST


@pytest.mark.parametrize("book", BOOKS, ids=NAMES)
def test_a_wrong_report_is_sent_back(book: dict[str, Any]) -> None:
    assert len({quote for quote, sure in told(wrong_report(book), book) if sure}) >= 3


def changed_once(text: str, dice: random.Random) -> Iterator[tuple[str, str]]:
    """The text with each figure changed, one at a time, and the words around it."""
    for match in _FIGURE.finditer(text):
        old = Decimal(match.group())
        digits = len(match.group().partition(".")[2])
        if digits:
            factor = Decimal(dice.choice(("0.83", "0.91", "1.09", "1.27")))
            new = str((old * factor).quantize(Decimal(1).scaleb(-digits)))
        else:
            new = str(old + dice.choice((1, 2, 3)))
        if new != match.group():
            around = text[max(match.start() - 14, 0) : match.end() + 3]
            yield text[: match.start()] + new + text[match.end() :], around


def main() -> None:
    dice = random.Random(1)
    whole: Counter[str] = Counter()
    for book in BOOKS:
        quiet = set(told(book["right"], book))
        here: Counter[str] = Counter()
        for text, around in changed_once(book["right"], dice):
            fresh = [one for one in told(text, book) if one not in quiet]
            grade = "错误" if any(sure for _, sure in fresh) else "提示" if fresh else "没有"
            here[grade] += 1
            if not fresh:
                print("   ", around.replace("\n", " "))
        accused = [quote for quote, sure in quiet if sure]
        print(
            book["sample"],
            len(book["right"]),
            dict(here),
            f"planted {len(planted(book))} of 8",
            accused,
        )
        whole += here
    print(dict(whole))


if __name__ == "__main__":
    main()
