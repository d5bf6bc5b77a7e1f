"""The words and items that reports are read with, as values; a lexicon to find them in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from jixiao_xlsx.prose.language.grids import NamedGrid
from jixiao_xlsx.values.equations import Ref

ROW = "row"  # the kind of an item that is a row of this submission


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
    rest: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    differences: tuple[tuple[re.Pattern[str], ...], ...] = ()
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
