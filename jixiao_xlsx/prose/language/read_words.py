"""language.toml and a form's items.toml → the words its reports are read with.

The language is the same in every county; a form adds its items and their addresses, and words of
its own under the same keys. Nothing else in the package reads these files.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.prose.language.grids import read_grids
from jixiao_xlsx.prose.language.vocabulary import (
    Advice,
    Endings,
    Frame,
    Item,
    Lexicon,
    RateItem,
    RowItems,
    Scoping,
    Subjects,
    Vocabulary,
    Word,
    fold,
)
from jixiao_xlsx.values.equations import Ref

_LANGUAGE = Path(__file__).with_name("language.toml")
ROLES = ("original", "budget", "execution", "previous", "quantity")
WORDS = (
    "original",
    "budget",
    "plan",
    "execution",
    "previous",
    "spent",
    "up",
    "down",
    "up_to",
    "than",
    "share",
    "among",
    "respectively",
    "together",
    "approximate",
    "target",
    "fiscal",
    "filler",
    "ours",
    "over",
    "under",
    "start",
    "earned",
)


def read_vocabulary(template: Template) -> Vocabulary | None:
    """Return the vocabulary of a form; None where it has none, and its reports are not read."""
    return _load(template)


@cache
def _load(template: Template) -> Vocabulary | None:
    path = template.folder / "items.toml"
    if not path.is_file():
        return None
    language, items = (tomllib.loads(one.read_text("utf-8")) for one in (_LANGUAGE, path))
    return _vocabulary(_joined(language, items), template)


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return both: lists of the second after those of the first, tables key by key."""
    whole = dict(one)
    for key, value in other.items():
        known = whole.get(key)
        if isinstance(known, Mapping) and isinstance(value, Mapping):
            whole[key] = _joined(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            whole[key] = [*known, *value]
        else:
            whole[key] = value
    return whole


def _vocabulary(data: Mapping[str, Any], template: Template) -> Vocabulary:
    columns = data.get("columns", {})
    items = {spec["name"]: _item(spec, columns) for spec in data.get("item", ())}
    rates = {spec["name"]: _rate(spec) for spec in data.get("rate", ())}
    words = {key: tuple(values) for key, values in data["words"].items()}
    subjects = _subjects(data["subjects"]) if "subjects" in data else None
    lexicon = Lexicon(_spellings(data, words, template))
    more = [(fold(text), Word(kind)) for kind, texts in data["tokens"].items() for text in texts]
    return Vocabulary(
        table=data["table"],
        respondents=tuple(data["respondents"].split(".")) if "respondents" in data else None,
        rate=next(iter(rates), ""),
        items=items,
        rates=rates,
        partitions={group["whole"]: tuple(group["parts"]) for group in data.get("partition", ())},
        subjects=subjects,
        lexicon=lexicon,
        scoping=_scoping(data),
        words=words,
        selves={key: tuple(value) for key, value in data.get("self", {}).items()},
        bare={key: tuple(value) for key, value in data.get("bare", {}).items()},
        leftovers=tuple(
            (title, re.compile(pattern)) for title, pattern in data.get("leftovers", {}).items()
        ),
        advice=tuple(_advice(spec) for spec in data.get("advice", ())),
        listed=re.compile(data["listed"]["pattern"]) if "listed" in data else None,
        report=tuple(data.get("report", ())),
        tokens=Lexicon(more, lexicon),
        frames=tuple(_frame(spec) for spec in data["frame"]),
        overlapping=tuple(data["groups"]["overlapping"]),
        closed=tuple(tuple(one.split("|")) for one in data["groups"]["closed"]),
        within=tuple(data["groups"]["within"]),
        rest=tuple(data["groups"]["rest"]),
        sizes=tuple(data["groups"]["sizes"]),
        headings=tuple(data["groups"]["headings"]),
        differences=tuple(
            tuple(re.compile(one) for one in group) for group in data["groups"]["differences"]
        ),
        named=tuple(data["groups"]["named"]),
        descending=tuple(tuple(one.split("|")) for one in data["groups"]["descending"]),
        rows=tuple(_row_items(spec) for spec in data.get("rows", ())),
        grids=read_grids(data.get("grid", ())),
    )


def _spellings(
    data: Mapping[str, Any], words: Mapping[str, tuple[str, ...]], template: Template
) -> list[tuple[str, Word]]:
    """Return every string and its meaning; of two meanings of one string the last in this list
    gives way.
    """
    meanings: dict[str, Word] = {}
    for kind in WORDS:
        for text in words.get(kind, ()):
            meanings.setdefault(fold(text), Word(kind, spends="支出" in text))
    for name in _selves(data):
        meanings.setdefault(name, Word("ours"))
    for kind in ("item", "rate"):
        for spec in data.get(kind, ()):
            for text in (spec["name"], *spec.get("aliases", ())):
                meanings[fold(text)] = Word(kind, spec["name"])
            for text in spec.get("vague", ()):
                meanings[fold(text)] = Word(kind, spec["name"], vague=True)
            for near, texts in spec.get("near", {}).items():
                meanings.update({fold(text): Word(kind, spec["name"], near=near) for text in texts})
    for text in words.get("spent", ()):
        meanings[fold(text)] = Word("spent")
    subjects = data.get("subjects", {})
    for name in subjects.get("names", ()):
        meanings[fold(name)] = Word("subject", name)
    for text, name in subjects.get("wrong", {}).items():
        meanings[fold(text)] = Word("subject", name)
    for spec in template.indicators:
        for text in (spec.name, *spec.aliases):
            meanings.setdefault(fold(text), Word("indicator", spec.name))
    for name, texts in data.get("indicators", {}).items():
        meanings.update({fold(text): Word("indicator", name) for text in texts})
    return list(meanings.items())


def _selves(data: Mapping[str, Any]) -> list[str]:
    """Return the forms in which departments name themselves: “我局”, “本中心”."""
    return [f"{first}{name}" for name in data.get("self", {}) for first in "我本"]


def _scoping(data: Mapping[str, Any]) -> Scoping:
    spec = data["scope"]

    def listed(key: str) -> tuple[str, ...]:
        return tuple(map(fold, spec[key]))

    def ends(key: str) -> tuple[Endings, ...]:
        return tuple(
            Endings(tuple(one["names"]), one.get("not_after", ""), one.get("not_before", ""))
            for one in spec[key]
        )

    return Scoping(
        ours=(*data["words"]["ours"], *_selves(data)),
        others=listed("others"),
        halves=listed("halves"),
        bodies=ends("bodies"),
        ventures=ends("ventures"),
        previous=listed("previous"),
        times=listed("times"),
    )


def _item(spec: Mapping[str, Any], columns: Mapping[str, Mapping[str, str]]) -> Item:
    cells: dict[str, list[Ref]] = {}
    for address in spec.get("rows", ()):
        table, row = address.split(".", 1)
        for role, column in columns[table].items():
            cells.setdefault(role, []).append(Ref(table, row, column))
    for role in ROLES:
        cells.setdefault(role, []).extend(_ref(address) for address in spec.get(role, ()))
    known = {role: tuple(refs) for role, refs in cells.items() if refs}
    rest = tuple(_ref(address) for address in spec.get("rest", ()))
    return Item(
        spec["name"],
        spec.get("kind", ""),
        spec.get("unit", ""),
        known,
        tuple(spec.get("sources", ())),
        rest,
    )


def _rate(spec: Mapping[str, Any]) -> RateItem:
    return RateItem(
        spec["name"],
        _ref(spec["shown"]) if "shown" in spec else None,
        _ref(spec["part"]),
        _ref(spec["whole"]),
    )


def _subjects(spec: Mapping[str, Any]) -> Subjects:
    keys = ("table", "column", "source", "execution", "original", "granted", "whole", "income")
    wrong = {fold(text): name for text, name in spec.get("wrong", {}).items()}
    under = {fold(text): name for name, texts in spec.get("under", {}).items() for text in texts}
    return Subjects(
        **{key: spec[key] for key in keys},
        parts=tuple(spec["parts"]),
        names=tuple(spec.get("names", ())),
        wrong=wrong,
        under=under,
        economic=tuple(map(fold, spec.get("economic", ()))),
    )


def _row_items(spec: Mapping[str, Any]) -> RowItems:
    columns = {role: spec[role] for role in ROLES if role in spec}
    return RowItems(spec["table"], spec["label"], columns)


def _frame(spec: Mapping[str, Any]) -> Frame:
    return Frame(
        frozenset(spec["units"]),
        tuple(frozenset(one.split("|")) for one in spec.get("has", ())),
        frozenset(kind for one in spec.get("without", ()) for kind in one.split("|")),
        spec["means"],
    )


def _advice(spec: Mapping[str, Any]) -> Advice:
    zero, within = (
        tuple(_ref(address) for address in spec.get(key, ())) for key in ("zero", "within")
    )
    return Advice(spec["title"], re.compile(spec["pattern"]), zero, within, spec["says"])


def _ref(address: str) -> Ref:
    return Ref(*address.split("."))
