"""Words that find guilt or law are for people to say: no message, hint, title or letter says them.

What a department wrote itself may be quoted, and the language of reports knows such words.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_house import constants, modules, room_of

from jixiao_xlsx.examining.check import catalogue
from jixiao_xlsx.form.find_template import find_template, templates_folder

BANNED = (Path(__file__).parent / "banned_words.txt").read_text(encoding="utf-8").split()
PAGES = Path(__file__).parent / "messages"
# Rooms that read what others wrote: their words are patterns.
_READERS = {"prose", "intake", "reading"}


def said(texts: Iterator[str] | list[str]) -> list[str]:
    """Return the texts that say a banned word, shortened."""
    return [text[:80] for text in texts if any(word in text for word in BANNED)]


@pytest.mark.parametrize(
    "path", [p for name, p in modules() if room_of(name) not in _READERS], ids=lambda p: p.stem
)
def test_no_word_of_the_program_finds_guilt(path: Path) -> None:
    assert said(sorted(constants(path))) == []


def test_no_message_of_a_rule_does() -> None:
    pages = [page.read_text(encoding="utf-8") for page in PAGES.glob("*.txt")]
    lines = [line for page in pages for line in page.splitlines() if line.startswith("  ")]
    assert said([line for line in lines if "正文“" not in line]) == []


@pytest.mark.parametrize(
    "form", [path.parent.name for path in templates_folder().glob("*/spec.toml")]
)
def test_no_page_of_a_rule_does(form: str) -> None:
    rules = catalogue(find_template(form))
    assert said([f"{rule.title} {rule.basis} {rule.doc}" for rule in rules]) == []
    folder = templates_folder() / form
    data = [path.read_text(encoding="utf-8") for path in folder.glob("*.csv")]
    data.append((folder / "spec.toml").read_text(encoding="utf-8"))
    assert said([line for text in data for line in text.splitlines()]) == []


def test_the_words_of_rules_on_sentences_are_seen() -> None:
    """Their patterns may hold such words; a formatted message of theirs may not."""
    for name, path in modules():
        if not name.startswith("prose.rules."):
            continue
        messages = [
            "".join(part.value for part in node.values if isinstance(part, ast.Constant))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.JoinedStr)
        ]
        assert said([text for text in messages if "请" in text]) == [], name
