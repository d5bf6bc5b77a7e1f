"""narrative.toml of a form → the words a report is read with. Nothing else in the package reads that file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jixiao_xlsx.equations import Ref
from jixiao_xlsx.spec import Template

ROLES = ("original", "budget", "execution", "previous")
WORDS = (
    "original", "budget", "plan", "execution", "previous", "spent", "up", "down", "up_to", "than", "share", "among",
    "respectively", "together", "approximate", "target", "fiscal", "filler",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """Something the form has cells for: its name and the addresses of its figures by role. `unit` "" is money."""

    name: str
    kind: str = ""
    unit: str = ""
    cells: Mapping[str, tuple[Ref, ...]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RateItem:
    """A rate of the form: where it is shown, and what it is made of."""

    name: str
    shown: Ref | None
    part: Ref
    whole: Ref


@dataclass(frozen=True, slots=True)
class Word:
    """What a string of the text means: `kind` is item, rate, indicator, subject or a key of [words]; `name` what it names."""

    kind: str
    name: str = ""
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Subjects:
    """Where 支出功能分类科目 stand."""

    table: str
    column: str
    source: str
    execution: str
    parts: tuple[str, ...]
    original: str
    whole: str
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice that is empty where all of `zero` are 0 or blank."""

    title: str
    pattern: re.Pattern[str]
    zero: tuple[Ref, ...]
    says: str


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Everything a form knows of the language of its reports; `report` is what one is called, one word of which it must bear."""

    table: str
    items: Mapping[str, Item]
    rates: Mapping[str, RateItem]
    partitions: tuple[tuple[str, tuple[str, ...]], ...]
    subjects: Subjects | None
    lexicon: Lexicon
    words: Mapping[str, tuple[str, ...]]
    selves: Mapping[str, tuple[str, ...]]
    leftovers: tuple[tuple[str, re.Pattern[str]], ...]
    advice: tuple[Advice, ...]
    report: tuple[str, ...] = ()


class Lexicon:
    """Longest match at a position, by first character."""

    def __init__(self, words: Iterable[tuple[str, Word]], base: Lexicon | None = None) -> None:
        self._by_first: dict[str, list[tuple[str, Word]]] = dict(base._by_first) if base else {}
        fresh: dict[str, list[tuple[str, Word]]] = {}
        for text, word in words:
            if text:
                fresh.setdefault(text[0], []).append((text, word))
        for first, found in fresh.items():
            known = [*found, *self._by_first.get(first, [])]
            self._by_first[first] = sorted(known, key=lambda pair: -len(pair[0]))

    def at(self, text: str, position: int) -> tuple[str, Word] | None:
        """The longest word that starts there."""
        for spelled, word in self._by_first.get(text[position], ()):
            if text.startswith(spelled, position):
                return spelled, word
        return None


_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0xFF0C: "，", 0x3000: " ", 0xA0: " ", 0x2212: "-"}


_ASIDE = re.compile(r"(?<=\w)\(([^\W\d一二三四五六七八九十])\)")  # 因公出国（境）费, 批（台）: no clause of its own


def fold(text: str) -> str:
    """Half-width, character by character, so that positions stay; “，” is kept apart from the separator of thousands."""
    return _ASIDE.sub(r"〔\1〕", text.translate(_FOLD))


def vocabulary(template: Template) -> Vocabulary | None:
    """The vocabulary of a form; None where it has none, and its reports are not read."""
    return _load(template)


@cache
def _load(template: Template) -> Vocabulary | None:
    path = template.folder / "narrative.toml"
    return _vocabulary(tomllib.loads(Path(path).read_text("utf-8")), template) if path.is_file() else None


def _vocabulary(data: Mapping[str, Any], template: Template) -> Vocabulary:
    columns = data.get("columns", {})
    items = {spec["name"]: _item(spec, columns) for spec in data.get("item", ())}
    rates = {spec["name"]: _rate(spec) for spec in data.get("rate", ())}
    words = {key: tuple(values) for key, values in data["words"].items()}
    subjects = _subjects(data["subjects"]) if "subjects" in data else None
    return Vocabulary(
        table=data["table"],
        items=items,
        rates=rates,
        partitions=tuple((group["whole"], tuple(group["parts"])) for group in data.get("partition", ())),
        subjects=subjects,
        lexicon=Lexicon(_spellings(data, words, template)),
        words=words,
        selves={key: tuple(value) for key, value in data.get("self", {}).items()},
        leftovers=tuple((title, re.compile(pattern)) for title, pattern in data.get("leftovers", {}).items()),
        advice=tuple(_advice(spec) for spec in data.get("advice", ())),
        report=tuple(data.get("report", ())),
    )


def _spellings(data: Mapping[str, Any], words: Mapping[str, tuple[str, ...]], template: Template) -> list[tuple[str, Word]]:
    """Every string and its meaning; of two meanings of one string the last in this list gives way."""
    found: dict[str, Word] = {}
    for kind in WORDS:
        for text in words.get(kind, ()):
            found.setdefault(fold(text), Word(kind))
    for name in data.get("self", {}):
        found.setdefault(f"我{name}", Word("filler"))
        found.setdefault(f"本{name}", Word("filler"))
    for kind in ("item", "rate"):
        for spec in data.get(kind, ()):
            for text in (spec["name"], *spec.get("aliases", ())):
                found[fold(text)] = Word(kind, spec["name"])
            for text in spec.get("vague", ()):
                found[fold(text)] = Word(kind, spec["name"], vague=True)
    for text in words.get("spent", ()):
        found[fold(text)] = Word("spent")
    subjects = data.get("subjects", {})
    for name in subjects.get("names", ()):
        found[fold(name)] = Word("subject", name)
    for text, name in subjects.get("wrong", {}).items():
        found[fold(text)] = Word("subject", name)
    for spec in template.indicators:
        for text in (spec.name, *spec.aliases):
            found.setdefault(fold(text), Word("indicator", spec.name))
    return list(found.items())


def _item(spec: Mapping[str, Any], columns: Mapping[str, Mapping[str, str]]) -> Item:
    cells: dict[str, list[Ref]] = {}
    for address in spec.get("rows", ()):
        table, row = address.split(".", 1)
        for role, column in columns[table].items():
            cells.setdefault(role, []).append(Ref(table, row, column))
    for role in ROLES:
        cells.setdefault(role, []).extend(_ref(address) for address in spec.get(role, ()))
    known = {role: tuple(refs) for role, refs in cells.items() if refs}
    return Item(spec["name"], spec.get("kind", ""), spec.get("unit", ""), known, tuple(spec.get("sources", ())))


def _rate(spec: Mapping[str, Any]) -> RateItem:
    return RateItem(spec["name"], _ref(spec["shown"]) if "shown" in spec else None, _ref(spec["part"]), _ref(spec["whole"]))


def _subjects(spec: Mapping[str, Any]) -> Subjects:
    keys = ("table", "column", "source", "execution", "original", "whole")
    wrong = {fold(text): name for text, name in spec.get("wrong", {}).items()}
    return Subjects(**{key: spec[key] for key in keys}, parts=tuple(spec["parts"]), wrong=wrong)


def _advice(spec: Mapping[str, Any]) -> Advice:
    return Advice(spec["title"], re.compile(spec["pattern"]), tuple(_ref(address) for address in spec["zero"]), spec["says"])


def _ref(address: str) -> Ref:
    return Ref(*address.split("."))
