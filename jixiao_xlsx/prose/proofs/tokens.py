"""A sentence → its numbers, each with the words and marks before it. Pure.

Every character is accounted for: words of the lexicon, what stands between clauses, and nouns,
which is whatever the lexicon does not know. So a number keeps a subject even if it is unknown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.prose.language.vocabulary import Lexicon
from jixiao_xlsx.values.amounts import (
    MONEY_UNITS,
    Convention,
    Figure,
    Interval,
    atoms_per,
)

NOUN, BREAK, BARE = "noun", "break", ""
NOUNS = frozenset({NOUN, "item", "subject", "respondent", "indicator", "rate", "fiscal"})
_COUNTERS = (
    "剂次|户次|家次|车次|课时|学时|剂|根|颗|艘|笔|张|盏|天|"
    "人次|批次|场次|人|名|个|项|次|件|场|户|家|台|套|辆|份|篇|期|条|处|所|座|宗|起|册|批|亩|公里|吨|例|间|栋|幅|部|只|头|株|棵|米"
)
_NUMBER = re.compile(
    r"(?<![\d.A-Za-z第])(?P<sign>(?<![\d月日年\u4e00-\u9fa5])-)?"
    r"(?P<number>\d{1,3}(?:,\d{3}){1,6}(?:\.\d+)?|\d+(?:\.\d+)?)\s*"
    rf"(?P<unit>亿元|万元|元|%|个百分点|万(?:{_COUNTERS})|分(?![钟管别之局公为类级析工配解散批项部行支院会期值店厂担成])|{_COUNTERS})"
    r"|百分之(?P<spelled>\d+(?:\.\d+)?)"
    r"|(?<![\d.A-Za-z第-])(?P<bare>\d{1,3}(?:,\d{3}){0,6}\.\d{1,2}|\d+\.\d{1,2}|\d+(?=[+=]))"
    rf"(?P<wan>万(?!{_COUNTERS}|字|平方|立方|千瓦|余|多|元))?(?![\d.年月日:号万])"
)
_YEAR = re.compile(r"(20\d\d)年(?:度)?")
_MARKS = "，,;:()、。!?+=〔〕“”"
_VAGUE_BEFORE = {"approximate", "target"}
_VAGUE_AFTER = re.compile(
    r"(?:[(〔]不?含[)〕])?(?:左右|以上|以下|以内|之内|多(?![支花用收出])|余|上下)|[—~～-]+\d"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the lexicon, a mark, or a noun. `kind`: see Word; “break” for a mark."""

    kind: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a sentence and all tokens since the one before; positions are of the passage."""

    start: int
    end: int
    value: Decimal
    unit: str
    decimals: int
    numeral: str
    tokens: tuple[Token, ...]
    tail: str
    left: bool
    vague: bool

    @property
    def kind(self) -> str:
        """money, %, 个百分点, 分, or the thing counted (people in 人)."""
        return "money" if self.unit in MONEY_UNITS else {"名": "人"}.get(self.unit, self.unit)

    @property
    def family(self) -> str:
        """The same with every counted thing as “count”, as frames name them."""
        return self.kind if self.kind in {"money", "%", "个百分点", "分"} else "count"

    @property
    def span(self) -> Interval:
        """Every true amount it can stand for, in atoms; scores and counts are exact."""
        if self.kind != "money":
            return Interval(math.floor(self.atoms), math.ceil(self.atoms))
        figure = Figure(self.value, self.unit, self.decimals)
        both = [figure.believed(how) for how in Convention]
        return Interval(min(one.lo for one in both), max(one.hi for one in both))

    @property
    def atoms(self) -> Fraction:
        """As printed, in atoms."""
        return Fraction(self.value) * atoms_per(self.unit)

    @property
    def step(self) -> Fraction:
        """One in its last digit, of a percentage as a fraction of 1."""
        return Fraction(1, 10 ** (self.decimals + 2))

    @property
    def lead(self) -> tuple[Token, ...]:
        """The tokens after the last mark, without “、” and quotation marks."""
        cut = max((at + 1 for at, one in enumerate(self.tokens) if one.text in _HARD), default=0)
        return tuple(one for one in self.tokens[cut:] if one.kind != BREAK)

    @property
    def marks(self) -> str:
        """The marks since the number before."""
        return "".join(one.text for one in self.tokens if one.kind == BREAK)

    def has(self, *kinds: str) -> bool:
        """Return whether a token of its lead is of one of these kinds."""
        return any(one.kind in kinds for one in self.lead)

    @property
    def subject(self) -> str:
        """What the lead names, as it is written; "" where it names nothing."""
        nouns = [one for one in self.lead if one.kind in NOUNS]
        return "".join(one.text for one in nouns)


_HARD = frozenset("，,;:()。!?")


def numbers(start: int, sentence: str, lexicon: Lexicon, year: int | None) -> tuple[Number, ...]:
    """Return the numbers of a sentence that starts there in a folded text."""
    found: list[Number] = []
    after = 0
    for match in _NUMBER.finditer(sentence):
        typed = match["number"] or match["spelled"] or match["bare"]
        unit = match["unit"] or ("%" if match["spelled"] else "万元" if match["wan"] else BARE)
        tokens = tuple(tokenized(sentence[after : match.start()], after, lexicon, year))
        tail = sentence[match.end() : match.end() + 20]
        vague = bool(_VAGUE_AFTER.match(tail)) or any(
            one.kind in _VAGUE_BEFORE for one in tokens[-3:]
        )
        numeral = typed.replace(",", "")
        found.append(
            Number(
                start + match.start(),
                start + match.end(),
                Decimal(("-" if match["sign"] else "") + numeral),
                unit,
                len(numeral.partition(".")[2]),
                typed,
                tokens,
                tail,
                _is_left(tail, lexicon),
                vague,
            )
        )
        after = match.end()
    return tuple(_with_units(found))


def _is_left(tail: str, lexicon: Lexicon) -> bool:
    """Return whether the words after a number say that it is what is left: “1.31 万元未支出”."""
    hit = lexicon.at(tail, 0) if tail else None
    return hit is not None and hit[1].kind == "left"


def _with_units(found: list[Number]) -> Iterator[Number]:
    """Give a bare number the unit of the amount after it in its list, else of the one before; drop
    it where the sentence has no amount.
    """
    for at, one in enumerate(found):
        if one.unit:
            yield one
            continue
        near = [*found[at + 1 :], *reversed(found[:at])]
        unit = next((other.unit for other in near if other.unit in MONEY_UNITS), "")
        if unit:
            yield replace(one, unit=unit)


def tokenized(text: str, offset: int, lexicon: Lexicon, year: int | None) -> Iterator[Token]:
    """Yield the tokens of a text; `offset` is added to their positions. Fillers are left out."""
    position, unknown = 0, 0
    while position < len(text):
        token, length = _at(text, position, lexicon, year)
        if token is None:
            position += 1
            continue
        if unknown < position:
            yield Token(NOUN, text[unknown:position], offset + unknown)
        if token.kind != "filler":
            yield Token(token.kind, token.text, offset + position)
        position += length
        unknown = position
    if unknown < len(text):
        yield Token(NOUN, text[unknown:], offset + unknown)


def _at(text: str, position: int, lexicon: Lexicon, year: int | None) -> tuple[Token | None, int]:
    """Return the token that starts at a position and its length; None for an unknown character."""
    char = text[position]
    if char in _MARKS:
        return Token(BREAK, char, 0), 1
    if char == " ":
        return Token("filler", char, 0), 1
    if match := _YEAR.match(text, position):
        apart = int(match[1]) - year if year else 0
        kind = {0: "this", -1: "previous"}.get(apart, "other")
        return Token(kind, match.group(), 0), len(match.group())
    hit = lexicon.at(text, position)
    if hit is None:
        return None, 1
    word, meaning = hit
    return Token(NOUN if meaning.kind == "plain" else meaning.kind, word, 0), len(word)
