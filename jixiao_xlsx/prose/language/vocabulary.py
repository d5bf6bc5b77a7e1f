"""language.toml and a form's items.toml → the words its reports are read with.

The language is the same in every county; a form adds its items and their addresses, and words of
its own under the same keys. Nothing else in the package reads these files.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.prose.language.grids import NamedGrid, read_grids
from jixiao_xlsx.values.equations import Ref

_LANGUAGE = Path(__file__).with_name("language.toml")
ROW = "row"  # the kind of an item that is a row of this submission
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


@dataclass(frozen=True, slots=True)
class Item:
    """Something the form has cells for: name and addresses of its figures by role.

    `unit`: "" is money. `rest`: two figures whose difference it is, where it is not filled.
    """

    name: str
    kind: str = ""
    unit: str = ""
    cells: Mapping[str, tuple[Ref, ...]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    rest: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class RowItems:
    """A table each row of which is an item: the column of their names, columns by role."""

    table: str
    label: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RateItem:
    """A rate of the form: the cell that shows it, its part and its whole."""

    name: str
    display_ref: Ref | None
    part: Ref
    whole: Ref


@dataclass(frozen=True, slots=True)
class Word:
    """The meaning of a string of the text: `kind` is item, rate, indicator, subject, respondent or
    a key of [words]; `name` is the thing named.

    `spends`: the word contains 支出 (支出决算, 支出预算). `near`: the meaning needs one of those words (a|b)
    earlier in the sentence.
    """

    kind: str
    name: str = ""
    vague: bool = False
    spends: bool = False
    near: str = ""


@dataclass(frozen=True, slots=True)
class Subjects:
    """Where 支出功能分类科目 stand, and their names: `under` those of the levels below by their class,
    `economic` what is none.
    """

    table: str
    column: str
    source: str
    execution: str
    parts: tuple[str, ...]
    original: str
    granted: str
    whole: str
    income: str
    names: tuple[str, ...]
    wrong: Mapping[str, str]
    under: Mapping[str, str]
    economic: tuple[str, ...]

    def classes(self, labels: Iterable[str]) -> dict[str, str]:
        """Return the class of each label of a lower level, where other labels are classes."""
        all_labels = set(labels)
        tops = all_labels & {*self.names, *self.wrong}
        return {label: self.under[label] for label in all_labels & self.under.keys() if tops}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the words before a number say it is: `units` it may have, kinds of words there must be
    (of each set one) and must not be.
    """

    units: frozenset[str]
    has: tuple[frozenset[str], ...]
    without: frozenset[str]
    means: str

    def fits(self, unit: str, kinds: set[str]) -> bool:
        """Return whether a number of that unit with these words before it is meant."""
        return (
            unit in self.units and all(one & kinds for one in self.has) and not self.without & kinds
        )


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice without ground if all of `zero` are 0, or within[0] is not more than within[1]."""

    title: str
    pattern: re.Pattern[str]
    zero: tuple[Ref, ...]
    within: tuple[Ref, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Endings:
    """Ends of names, and what must not stand right before or after one (words joined by “|”)."""

    names: tuple[str, ...]
    not_after: str = ""
    not_before: str = ""


@dataclass(frozen=True, slots=True)
class Scoping:
    """The words for the owner (ours, others, halves, bodies, ventures) and the period (previous,
    times) of a sentence.
    """

    ours: tuple[str, ...]
    others: tuple[str, ...]
    halves: tuple[str, ...]
    bodies: tuple[Endings, ...]
    ventures: tuple[Endings, ...]
    previous: tuple[str, ...]
    times: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Everything a form knows of the language of its reports; `report` is what one is called, one
    word of which it must bear.
    """

    table: str
    respondents: tuple[str, str, str] | None
    rate: str
    items: Mapping[str, Item]
    rates: Mapping[str, RateItem]
    partitions: Mapping[str, tuple[str, ...]]
    subjects: Subjects | None
    lexicon: Lexicon
    scoping: Scoping
    words: Mapping[str, tuple[str, ...]]
    selves: Mapping[str, tuple[str, ...]]
    bare: Mapping[str, tuple[str, ...]]
    leftovers: tuple[tuple[str, re.Pattern[str]], ...]
    advice: tuple[Advice, ...]
    listed: re.Pattern[str] | None
    report: tuple[str, ...] = ()
    tokens: Lexicon | None = None
    frames: tuple[Frame, ...] = ()
    overlapping: tuple[str, ...] = ()
    closed: tuple[tuple[str, ...], ...] = ()
    within: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    descending: tuple[tuple[str, ...], ...] = ()
    rows: tuple[RowItems, ...] = ()
    grids: tuple[NamedGrid, ...] = ()


class Lexicon:
    """Longest match at a position, by first character."""

    def __init__(self, words: Iterable[tuple[str, Word]], base: Lexicon | None = None) -> None:
        self._by_first: dict[str, list[tuple[str, Word]]] = dict(base._by_first) if base else {}
        fresh: dict[str, list[tuple[str, Word]]] = {}
        for text, word in words:
            if text:
                fresh.setdefault(text[0], []).append((text, word))
        for first, entries in fresh.items():
            known = [*entries, *self._by_first.get(first, [])]
            self._by_first[first] = sorted(known, key=lambda pair: -len(pair[0]))

    def words(self) -> Iterator[tuple[str, Word]]:
        """Yield every spelling with its meaning."""
        for entries in self._by_first.values():
            yield from entries

    def begins(self, letter: str) -> bool:
        """Return whether some word starts with the letter."""
        return letter in self._by_first

    def at(self, text: str, position: int) -> tuple[str, Word] | None:
        """Return the longest word that starts there."""
        for pair in self._by_first.get(text[position], ()):
            if text.startswith(pair[0], position):
                return pair
        return None


UNSURE = "\u2009"  # a space before what may go on with the line above
_FOLD: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD |= {0xFF0C: "，", 0x3000: " ", 0xA0: " ", 0x2212: "-", ord(UNSURE): "…"}


_ASIDE = re.compile(
    r"(?<=\w)\(([^\W\d一二三四五六七八九十])\)"
)  # 因公出国（境）费, 批（台）: no clause of its own


def fold(text: str) -> str:
    """Convert to half width, character by character, so that positions stay; “，” stays distinct
    from the thousands separator.
    """
    return _ASIDE.sub(r"〔\1〕", text.translate(_FOLD))


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
