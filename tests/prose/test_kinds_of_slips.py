"""What sentences prove by themselves, kind by kind, beside a book: right ones nothing is said of,
wrong ones an 错误 or 警告.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from test_corpora import HERE, findings_in

from jixiao_xlsx.values.severity import Severity

RIGHT, WRONG = "对", "错"


def lines() -> Iterator[tuple[str, str]]:
    for line in (HERE / "kinds.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            _, verdict, text = (part.strip() for part in line.split("|", 2))
            yield verdict, text


@pytest.mark.parametrize("text", [text for verdict, text in lines() if verdict == RIGHT])
def test_nothing_is_said_of_what_is_right(text: str) -> None:
    assert findings_in(text) == []


@pytest.mark.parametrize("text", [text for verdict, text in lines() if verdict == WRONG])
def test_what_a_sentence_disproves_is_an_error(text: str) -> None:
    assert any(one.severity is not Severity.NOTE for one in findings_in(text))
