"""Text → sentences → numbers, each with the words that lead to it, read with a lexicon. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from jixiao_xlsx.prose.language.scope import ScopedLine, StatementScope
from jixiao_xlsx.prose.language.vocabulary import UNSURE, Lexicon, Word, fold
from jixiao_xlsx.prose.language.wrapping import unwrapped
from jixiao_xlsx.values.amounts import MONEY_UNITS
from jixiao_xlsx.values.cells import Place

_NUMBER = re.compile(  # the first lookahead skips fast whatever cannot begin a number
    r"(?=[-\d])(?<![\d.A-Za-z第])(?P<sign>(?<![\d月日年])-)?(?P<number>\d{1,3}(?:,\d{3})"
    r"{1,6}(?:\.\d+)?|\d+(?:\.\d+)?)\s*"
    r"(?P<unit>亿元|万元|元|%|个百分点|分(?![钟管别之局公为类级析工配解散批项部行支院会期值店厂担])|人(?![次民均大才口社])|名|辆|份(?!额)"
    r"|(?<=[为是]0)(?=[，,。;、)]))"
)
_SHORT = re.compile(
    r"(?<=[一-龥、])\d+\.\d{1,2}万?(?=[，,。;:、)(占]|$)"
)  # without its unit, or with half of it
_ANY_NUMBER = re.compile(
    _NUMBER.pattern
    + r"|百分之(?P<digits>\d+(?:\.\d+)?)(?![\d.])"
    + r"|百分之(?P<spelled>[零一二三四五六七八九十百点]+)"
    + r"|(?<=[一-龥、])(?P<short>\d+\.\d{1,2})(?P<wan>万)?(?=[，"
    r",。;:、)(占]|$)"
)
_DIGITS = {letter: number for number, letter in enumerate("零一二三四五六七八九")}
_BARE = "bare"
_SENTENCE = re.compile(r"[^。!?\n】]+[。!?】]?")
_HARD = re.compile(r"[，,;:。!?()\n]")
_YEAR = re.compile(r"(20\d\d)(?:(?=年[末底初])|年(?:度)?(?:\d{1,2}月(?:份)?)?(?:\d{1,2}日)?)")
_COUNT = re.compile(r"\d+(?:\.\d+)?(?:批次|[个批台件套项次场种类处宗部月日])(?:〔.〕)?")
_BASES = {"original", "budget", "plan", "previous", "start", "than"}
VAGUE_AFTER = re.compile(
    r"(?:[(〔]不?含[)〕])?(?:左右|以上|以下|以内|之内|多(?![支花用收出])|余|上下)|[—~～-]+\d"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the report: its place, what it is called, its text as typed and folded.

    `numbered`: it has a number that is not in the text (Word counts by itself). `aside`: it is no
    part of the text (页眉, 脚注).
    """

    place: Place
    title: str
    text: str
    folded: str
    numbered: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A number with its unit and the words before it.

    `words` are the words of its lead (None: part of it is unknown), `kinds` their kinds; `wide` is
    the same across “、”, for lists of names before “分别为”, “共计”; `opening` is the kind of the word
    that the lead begins with; `gap` is all text since the last number; `scope` is the owner and
    period of the statement. `start` and `end` are character positions in the passage.
    """

    passage: Passage
    start: int
    end: int
    value: Decimal
    unit: str
    decimals: int
    numeral: str
    gap: str
    lead: str
    words: tuple[Word, ...] | None
    kinds: frozenset[str]
    wide: tuple[Word, ...] | None
    opening: str
    scope: StatementScope
    year: int | None
    approximate: bool

    @property
    def money(self) -> bool:
        """Return whether it is an amount."""
        return self.unit in MONEY_UNITS

    @property
    def kind(self) -> str:
        """What it counts: "money", or its unit, people in 人."""
        return "money" if self.money else {"名": "人"}.get(self.unit, self.unit)

    @property
    def quote(self) -> str:
        """The words of the report, short enough to stand in a cell."""
        words_before = (
            self.passage.text[max(self.start - len(self.lead), 0) : self.end]
            .replace(UNSURE, "")
            .strip("，、；：。,;:（( \n")
        )
        return words_before if len(words_before) <= 60 else "…" + words_before[-59:]

    @property
    def tail(self) -> str:
        """The words right after it."""
        return self.passage.folded[self.end : self.end + 30]

    @property
    def joined(self) -> bool:
        """Return whether names are joined with “、” before the number, which then covers all."""
        return "、" in self.gap.rsplit("，", 1)[-1].rsplit(":", 1)[-1].lstrip("、")[1:]

    def has(self, *kinds: str) -> bool:
        """Return whether its lead is understood and holds a word of one of these kinds."""
        return not self.kinds.isdisjoint(kinds)


def passage(
    place: Place,
    title: str,
    text: str,
    lexicon: Lexicon,
    *,
    numbered: bool = False,
    aside: bool = False,
) -> Passage:
    """Return a passage with its folded text, wrapped lines joined."""
    text = unwrapped(text, lexicon)
    return Passage(place, title, text, fold(text), numbered, aside)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield each sentence of a folded text with its position; a line break ends one too."""
    for match in _SENTENCE.finditer(text):
        if match.group().strip():
            yield match.start(), match.group()


def mentions(
    source: Passage, start: int, sentence: str, lexicon: Lexicon, line: ScopedLine
) -> list[Mention]:
    """Return the numbers of one sentence, in order."""
    numbers: list[Mention] = []
    after = 0
    for match, numeral, unit in _numbers(sentence):
        one = _mention(source, start, sentence, after, match, numeral, unit, lexicon, line)
        if match.lastgroup in {"short", "wan"} and not _stands_for_money(one):
            continue
        numbers.append(one)
        after = match.end()
    return _with_units(numbers)


def _stands_for_money(mention: Mention) -> bool:
    """Return whether a number without 元 plainly states an amount of an item."""
    plain = mention.has("item", "subject", "spent", "earned", *_BASES)
    return plain and not mention.has("share", "rate", "indicator", "up", "down", "over", "under")


def _numbers(sentence: str) -> Iterator[tuple[re.Match[str], str, str]]:
    """Yield every number: where, its digits, its unit."""
    if "百分之" not in sentence and not _SHORT.search(sentence):
        yield from (
            (match, match["number"].replace(",", ""), match["unit"] or "元")
            for match in _NUMBER.finditer(sentence)
        )
        return  # “上年决算为 0，” is money
    for match in _ANY_NUMBER.finditer(sentence):
        if match["digits"]:
            yield match, match["digits"], "%"
        elif match["spelled"]:
            if (value := _value(match["spelled"])) is not None:
                yield match, value, "%"
        elif match["number"]:
            yield match, match["number"].replace(",", ""), match["unit"] or "元"
        else:
            yield match, match["short"], "万元" if match["wan"] else _BARE


def _value(spelled: str) -> str | None:
    """Read “九十七点三五” as 97.35; None if it is not a number."""
    whole, _, rest = spelled.partition("点")
    tens, ten, ones = whole.rpartition("十")
    digits = [_DIGITS.get(letter) for letter in (tens or ("一" if ten else "")) + ones + rest]
    if None in digits or len(tens) > 1 or len(ones) > 1 or whole == "":
        return "100" if spelled == "百" else None
    number = (_DIGITS[tens or "一"] * 10 if ten else 0) + (_DIGITS[ones] if ones else 0)
    return f"{number}.{''.join(str(_DIGITS[letter]) for letter in rest)}" if rest else str(number)


def _with_units(numbers: list[Mention]) -> list[Mention]:
    """Give a bare number the unit of the amount before it, else after it, as in “全年支出 1075.76
    万元，基本支出 674.52，项目支出 401.24”.
    """
    if not any(one.unit == _BARE for one in numbers):
        return numbers
    units = [one.unit if one.money else "" for one in numbers]
    whole: list[Mention] = []
    for at, one in enumerate(numbers):
        if one.unit == _BARE:
            near = [*reversed(units[:at]), *units[at + 1 :]]
            unit = next((unit for unit in near if unit), "")
            if not unit:
                continue
            one = replace(one, unit=unit)
        whole.append(one)
    return whole


def empty_mention(source: Passage, start: int) -> Mention:
    """Return an empty number that lends its place to a sentence without any."""
    return Mention(
        source,
        start,
        start,
        Decimal(0),
        "",
        0,
        "",
        "",
        "",
        (),
        frozenset(),
        (),
        "",
        StatementScope(),
        None,
        approximate=False,
    )


_COUNTER = re.compile(r"(?<![\d.])(?P<sign>-)?(?P<number>\d{1,7})(?P<unit>[台套件])(?![账帐式面])")


def countable_mentions(
    source: Passage, start: int, sentence: str, lexicon: Lexicon, line: ScopedLine
) -> list[Mention]:
    """Return numbers of 台, 套, 件 with their leads; they state no figure: “设备 312 台，原值……”."""
    return [
        _mention(source, start, sentence, 0, match, match["number"], match["unit"], lexicon, line)
        for match in _COUNTER.finditer(sentence)
    ]


def _mention(
    source: Passage,
    start: int,
    sentence: str,
    after: int,
    match: re.Match[str],
    numeral: str,
    unit: str,
    lexicon: Lexicon,
    line: ScopedLine,
) -> Mention:
    gap = sentence[after : match.start()]
    named = gap.rstrip().removesuffix(":")
    colon = len(named) < len(gap.rstrip())  # “公务接待费：5565 元”: of what stands before the colon
    wide_text = _last_piece(named, _HARD) + gap[len(named) :] if colon else _last_piece(gap, _HARD)
    if after == 0 and (numbering := _NUMBERING.match(wide_text)):
        wide_text = wide_text[numbering.end() :]  # “1.基本支出……”
    lead = wide_text.rsplit("、", 1)[-1]
    before = sentence[: match.start()]
    words, year, consumed = parse_lead(lead, lexicon, before)
    wide = parse_lead(wide_text, lexicon, before)[0] if wide_text != lead else words
    tail = sentence[match.end() : match.end() + 6]
    kinds = frozenset([word.kind for word in consumed])
    vague = (
        bool(VAGUE_AFTER.match(tail))
        or bool(kinds & {"approximate", "target"})
        or gap[-1:] in {"—", "~", "～"}
    )
    vague = vague or (bool(kinds & {"over", "under"}) and not kinds & _BASES)
    sign = "-" if match["sign"] else ""
    return Mention(
        passage=source,
        start=start + match.start(),
        end=start + match.end(),
        value=Decimal(sign + numeral),
        unit=unit,
        decimals=len(numeral.partition(".")[2]),
        numeral=numeral,
        gap=gap,
        lead=wide_text if wide_text != lead and _is_list(wide) else lead,
        words=words,
        kinds=kinds if words is not None else frozenset(),
        wide=wide,
        opening=_opening(lead, lexicon),
        scope=line.at(start + match.start()),
        year=year,
        approximate=vague,
    )


_NUMBERING = re.compile(
    r"\s*(?:\d{1,2}[.、](?:(?!\d)|(?=20\d\d年))|[一二三四五六七八九十]{1,3}[、.])\s*"
)


def _opening(lead: str, lexicon: Lexicon) -> str:
    match = lexicon.at(lead, 0) if lead else None
    return match[1].kind if match else ""


def _is_list(words: tuple[Word, ...] | None) -> bool:
    return words is not None and any(word.kind in {"respectively", "together"} for word in words)


def _last_piece(text: str, boundary: re.Pattern[str]) -> str:
    cut = 0
    for match in boundary.finditer(text):
        cut = match.end()
    return text[cut:]


_APPROVED_BY = re.compile(r"[^\d，、]{1,10}?(?:核定|批准|批复|核准)(?=我|本)")
_STARTS = frozenset("0123456789经按从中")  # of what is read without the lexicon
_ADVERBIAL = re.compile(r"经[^\d，、]{1,8}?后|按[^\d，、]{1,8}?口径|从[^\d，、]{1,8}?看")


def parse_lead(
    text: str, lexicon: Lexicon, before: str = ""
) -> tuple[tuple[Word, ...] | None, int | None, tuple[Word, ...]]:
    """Return what a lead means: its words (None where some of it is not known), the year it names,
    and the words that were known.

    `before` is the sentence up to there, for words that mean something only after another. What
    “其他收入中……” is among is a word of the kind amid.
    """
    words: list[Word] = []
    year: int | None = None
    complete = True
    approved = _APPROVED_BY.match(text) if "我" in text or "本" in text else None
    position = approved.end() if approved else 0
    while position < len(text):
        char = text[position]
        if char in " 、)(":
            position += 1
            continue
        if char not in _STARTS and not lexicon.begins(char):
            complete = False
            position += 1
            continue
        if char.isdigit():
            match = _YEAR.match(text, position)
            if match:
                year = int(match[1])
            else:
                match = _COUNT.match(text, position)
            if match:
                position = match.end()
                continue
        if char in "经按从" and (adverbial := _ADVERBIAL.match(text, position)):
            position = adverbial.end()
            continue
        if char == "中" and words and words[-1].kind in {"item", "subject"}:
            words = [
                *(word for word in words[:-1] if word.kind == "ours"),
                replace(words[-1], kind="amid"),
            ]
            position += 1
            continue
        hit = lexicon.at(text, position)
        if hit is None or (
            hit[1].near and not any(one in before for one in hit[1].near.split("|"))
        ):
            complete = False
            position += 1
            continue
        words.append(hit[1])
        position += len(hit[0])
    return (tuple(words) if complete else None), year, tuple(words)
