"""Targets and results as typed: a sign, and a quantity with its unit, a date, a rank, or words.

What cannot be read as one quantity is words; a figure is never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from jixiao_xlsx.scoring.dates import read_period
from jixiao_xlsx.scoring.number_formats import as_shown
from jixiao_xlsx.scoring.numerals import NUMERAL, chinese_number, with_digits
from jixiao_xlsx.scoring.wording import RATE_DIMENSION, Unit, folded_words, unit_of, wording
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.text import decimals_of, plain
from jixiao_xlsx.values.typed_numbers import believable

PERCENT = Unit("%", RATE_DIMENSION, Fraction(1, 100))
SHARE = Unit("", RATE_DIMENSION)  # a rate typed as a fraction: 0.95
DATE = Unit("日", "日期")
RANK_DIMENSION = "名次"
DAY_OF_MONTH = Unit("日", "每月几日")
_RATIO = Unit("", "比例")
_LARGEST_SHARE = Fraction(3, 2)  # typed as a fraction; from there on a percentage without its sign

_NUM = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = re.compile(rf"(?<![\d.,])(?:(?<!\d)[+-])?(?:{_NUM})(?![\d]|[.,]\d)")
_GLUED = re.compile(r"\d[ \t]*[\r\n]+[\s]*\d")
_SPACED = re.compile(r"\d(?:[ \t\u00a0\u3000]+\d)+")
_THOUSANDS = re.compile(r"\d{1,3}(?:[ \u00a0]\d{3})+")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_FROM_TO = re.compile(
    r"[由从]?(?P<start>[^\d]{0,4}\d[\d.,]*[^\d]{0,4}?)"
    r"(?:提高|提升|增加|增长|上升|下降|降低|减少|缩短|压减)(?:到了?|至|为)(?=\d)"
)
_YEAR_FIRST = re.compile(r"^20\d\d年度?(?=.*\d)")
_RANGE = re.compile(rf"(?P<low>{_NUM})(?P<unit>[^\d]{{0,4}}?)(?:-|~|—+|至|到)(?P<high>{_NUM})")
_RATIO_FORM = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)")
_DAY_OF_MONTH = re.compile(r"(?:每个?|次|下个?|当)月(\d\d?)[日号]")
_RANK_FORM = re.compile(rf"[^\d前第]{{0,8}}[前第](\d+|{NUMERAL.pattern})[名位强]?(?:以内|内)?")
_OF_PLANNED = re.compile(r"(\d+)[^\d/]{0,3}/(\d+)[^\d/]{0,3}")
_LONGEST_CLASSIFIER = 4
_LONGEST = 300  # letters; a longer text is a report, no figure
_EACH = re.compile(r"每(人|户|月|季度|季|周|天|日|亩|次|个|村|件|台|处|生)")
_MONEY_SIGN = re.compile(r"¥|人民币")


@dataclass(frozen=True, slots=True)
class Measure:
    """A 目标值 or 业绩值 as understood.

    `typed` is the numeral, `high` the upper end of an interval (a date is the interval of its
    days), `step` one in the last digit; all in `scale` × `unit` (None: no unit was typed). `trend`
    is + or - where growth or decline was said, `about` an approximate figure, `implied` the
    direction that goes with what was typed, `planned` the 12 of 11/12.
    """

    text: str
    sign: str = ""
    typed: Fraction | None = None
    high: Fraction | None = None
    step: Fraction = Fraction(1)
    scale: int = 1
    unit: Unit | None = None
    trend: str = ""
    about: bool = False
    implied: str = ""
    planned: Fraction | None = None
    shown: str = ""

    @property
    def factor(self) -> Fraction:
        """Return how many base units of its dimension 1 of the numeral is."""
        return self.scale * (self.unit.factor if self.unit else Fraction(1))

    @property
    def number(self) -> Fraction | None:
        """Return the quantity in base units: 95 % as 0.95, 1.2万人次 as 12000."""
        return None if self.typed is None else self.typed * self.factor

    @property
    def last(self) -> Fraction | None:
        """Return the upper end of an interval, else the quantity, in base units."""
        return self.number if self.high is None else self.high * self.factor

    @property
    def dimension(self) -> str:
        """Return what it can be compared with; "" for a number without unit, and for words."""
        return self.unit.dimension if self.unit else ""

    @property
    def rate(self) -> bool:
        """Return whether it is a percentage, however written."""
        return self.dimension == RATE_DIMENSION

    @property
    def date(self) -> bool:
        """Return whether it is a date or a deadline."""
        return self.unit == DATE

    @property
    def words(self) -> str:
        """Return the text, where it is not a quantity."""
        return "" if self.typed is not None else self.text

    def near(self, exact: Fraction) -> bool:
        """Return whether the number can be `exact`, rounded or truncated to the typed digits."""
        return self.number is not None and abs(self.number - exact) < self.step * self.factor

    def __str__(self) -> str:
        if self.number is None or not self.rate:
            return self.shown or self.text
        if self.unit in {PERCENT, SHARE}:
            return f"{plain(self.number * 100)}%"
        return self.shown


def read_measure(cell: Cell | None, unit: str = "", year: int | None = None) -> Measure:
    """Read the measure in a cell: “<=100%”, “95%以上”, 0.95 in a percent cell, 12, “健全”.

    `unit` is that of its row, `year` the one that a date without a year is in.
    """
    if cell is None or cell.blank:
        return Measure("")
    if isinstance(cell.value, Decimal):
        text = as_shown(cell.value, cell.format, percent=cell.note == "%")
        return read_measure_text(text or cell.as_seen, unit, year)
    return read_measure_text(cell.text, unit, year)


@lru_cache(maxsize=4096)
def read_measure_text(typed: str, unit: str = "", year: int | None = None) -> Measure:
    """Read a measure typed as text; what has no quantity of its own is words."""
    measure = (_read(typed, year) if len(typed) <= _LONGEST else None) or Measure(typed)
    return (
        under_percent(measure)
        if measure.typed is not None and unit_of(unit) == PERCENT
        else measure
    )


def under_percent(measure: Measure) -> Measure:
    """Return a number without unit as the percentage it is by itself: 95 and 0.95 are both 95 %."""
    if measure.unit is not None or measure.typed is None:
        return measure
    return replace(measure, unit=PERCENT if abs(measure.typed) > _LARGEST_SHARE else SHARE)


def _read(typed: str, year: int | None) -> Measure | None:
    if _GLUED.search(typed) or any(
        not _THOUSANDS.fullmatch(part) for part in _SPACED.findall(typed)
    ):
        return None  # two numbers in one cell
    text = _without_asides(with_digits(folded_words(typed)))
    if text is None:
        return None
    if period := read_period(text, year):
        said = _explained(period.rest, period.rest)
        if said is None or said.sign == "≥" or said.trend:
            return None
        first, last = Fraction(period.first.toordinal()), Fraction(period.last.toordinal())
        return Measure(typed, said.sign, first, last, unit=DATE, implied="≤", shown=typed.strip())
    return (
        _day_of_month(typed, text)
        or _rank(typed, text)
        or _nothing(typed, text)
        or _figure(typed, text)
    )


def _without_asides(text: str) -> str | None:
    """Return `text` without bracketed remarks; None where one may change the figure."""
    phrases = wording().phrases

    def inner(found: re.Match[str]) -> str:
        content = found[1]
        if text[: found.start()][-1:].isdigit() and unit_of(content):
            return content
        harmless = content.startswith(phrases["aside"]) or not (
            re.search(r"\d", content) or any(char in content for char in phrases["doubtful"])
        )
        return "" if harmless or content == "不含" else "\0"

    stripped = _BRACKETS.sub(inner, text)
    return None if "\0" in stripped else stripped


def _unexplained(before: str) -> str:
    return wording().before.sub("", _EACH.sub("", _MONEY_SIGN.sub("", before)))


@dataclass(frozen=True, slots=True)
class _Said:
    """What the words around a figure say."""

    sign: str
    trend: str
    about: bool
    other: str


def _explained(before: str, after: str = "") -> _Said | None:
    """Return what the words around a figure say; None where they may change the figure."""
    words = wording()
    at = 0
    found = words.before.findall(before)
    while known := words.after.match(after, at):
        found.append(known[0])
        at = known.end()
    if last := words.limit_at_end.search(after, at):
        found.append(last[0])
    other = words.before.sub("", before) + after[at : last.start() if last else None]
    signs = {words.signs.get(one) or words.signs_after.get(one) for one in found} - {None}
    trends = {words.trends[one] for one in found if one in words.trends}
    if (
        len(signs) > 1
        or len(trends) > 1
        or any(char in words.phrases["doubtful"] for char in other)
    ):
        return None
    about = any(one in words.phrases["about"] for one in found)
    return _Said("".join(str(one) for one in signs), "".join(trends), about, other)


def _rank(typed: str, text: str) -> Measure | None:
    found = _RANK_FORM.fullmatch(text)
    if found is None:
        return None
    place = Decimal(found[1]) if found[1].isdigit() else chinese_number(found[1])
    if not place:
        return None
    return Measure(
        typed,
        "",
        Fraction(place),
        unit=Unit(RANK_DIMENSION, RANK_DIMENSION),
        implied="≤",
        shown=typed.strip(),
    )


def _day_of_month(typed: str, text: str) -> Measure | None:
    """Return the day that comes every month: 每月15日前, 次月10日."""
    found = _DAY_OF_MONTH.search(text)
    if found is None or not 1 <= int(found[1]) <= 31:
        return None
    rest = text[: found.start()] + text[found.end() :]
    said = None if re.search(r"\d", rest) else _explained(rest, rest)
    if said is None or said.sign == "≥" or said.trend:
        return None
    day = Fraction(int(found[1]))
    return Measure(typed, said.sign, day, unit=DAY_OF_MONTH, implied="≤", shown=typed.strip())


def _nothing(typed: str, text: str) -> Measure | None:
    """Return 0 for 零事故, 未发生投诉, 无: what should not happen has not."""
    phrases = wording().phrases
    is_none = text in phrases["none_alone"] or (
        text.startswith(phrases["none"])
        and text.endswith(phrases["none_of"])
        and len(text) < 12
        and not re.search(r"[1-9]", text)
    )
    return Measure(typed, "", Fraction(0), implied="≤", shown=typed.strip()) if is_none else None


def _figure(typed: str, text: str) -> Measure | None:
    """Return the one quantity in `text`; None where there is none, or more than one."""
    text = _YEAR_FIRST.sub("", _FROM_TO.sub("", text)).rstrip(".。;；,，、")
    if ratio := _RATIO_FORM.fullmatch(text):
        top, bottom = (Fraction(Decimal(part)) for part in ratio.groups())
        value = top / bottom if bottom else None
        return (
            None
            if value is None
            else Measure(typed, "", value, unit=_RATIO, implied="=", shown=typed.strip())
        )
    if done := _OF_PLANNED.fullmatch(text):
        part, whole = (Fraction(Decimal(one)) for one in done.groups())
        return Measure(typed, "", part, planned=whole, shown=typed.strip())
    if interval := _RANGE.search(text):
        return _interval(typed, text, interval)
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return _in_characters(typed, text)
    found = numbers[0]
    rest = text[: found.start()] + text[found.end() :]
    if len(numbers) > 1 or re.search(r"\d", rest) or re.search("[a-z]$", text[: found.start()]):
        return None
    return _quantity(typed, text[: found.start()], found[0], text[found.end() :])


def _in_characters(typed: str, text: str) -> Measure | None:
    """Return a quantity whose number is in Chinese characters, if nothing else is in `text`."""
    runs = list(NUMERAL.finditer(text))
    number = chinese_number(runs[0][0]) if len(runs) == 1 else None
    if number is None:
        return None
    before, after = text[: runs[0].start()], text[runs[0].end() :]
    measure = _quantity(typed, before, str(number), after)
    strict = measure is not None and not _other_words(before, after)
    return measure if strict and measure and (measure.unit or measure.sign or not after) else None


def _other_words(before: str, after: str) -> str:
    """Return what is neither known words nor scale and unit."""
    said = _explained(before, _units(after)[2])
    return said.other if said else after


def _interval(typed: str, text: str, found: re.Match[str]) -> Measure | None:
    low = _quantity(typed, text[: found.start()], found["low"], "")
    high = _quantity(typed, "", found["high"], text[found.end() :])
    if low is None or high is None or low.typed is None or high.typed is None:
        return None
    if low.typed >= high.typed or re.search(r"\d", text[: found.start()] + text[found.end() :]):
        return None
    if found["unit"] and unit_of(found["unit"]) != high.unit:
        return None
    sign = low.sign or high.sign
    return replace(high, sign=sign, typed=low.typed, high=high.typed, shown=typed.strip())


def _quantity(typed: str, before: str, numeral: str, after: str) -> Measure | None:
    number = Decimal(numeral.replace(",", ""))
    if not believable(number):
        return None
    money = _MONEY_SIGN.search(before)
    scale, unit, rest = _units(after)
    per = "".join(f"/{one}" for one in sorted(_EACH.findall(before)))
    said = _explained(_EACH.sub("", _MONEY_SIGN.sub("", before)), rest)
    if said is None:
        return None
    if unit is None and (classifier := said.other.removeprefix(_unexplained(before))):
        longest = max(map(len, classifier.split("/")))
        if longest > _LONGEST_CLASSIFIER or re.search("[年月日号时]", classifier):
            return None
        unit = Unit(classifier, classifier)  # one that the list has not
    if unit is None and money:
        unit = unit_of("元")
    if per:
        unit = unit_of(f"{unit.name}{per}") if unit else Unit(per, per)
    shown = numeral + after[: len(after) - len(rest)]
    return Measure(
        typed,
        said.sign,
        Fraction(number),
        step=Fraction(1, 10 ** decimals_of(number)),
        scale=scale,
        unit=unit,
        trend=said.trend,
        about=said.about,
        implied="" if number or said.trend else "≤",
        shown=shown,
    )


_MORE_THEN_SCALE = re.compile(r"[余多来]?(十万|百万|千万|十|百|千|万|亿)?[余多来]?")
_PER = re.compile(r"(?:/|每)[^\d以左上下内及]{1,6}")


def _units(after: str) -> tuple[int, Unit | None, str]:
    """Return scale, unit and the rest of the text that follows a numeral."""
    words = wording()
    scale = 1
    at = 0
    found = words.unit.match(after)
    if found is None:
        more = _MORE_THEN_SCALE.match(after)
        assert more is not None
        scale, at = words.scales.get(more[1] or "", 1), more.end()
        found = words.unit.match(after, at)
    if found is None:
        return scale, None, after[at:]
    per = _PER.match(after, found.end())
    end = per.end() if per else found.end()
    return scale, unit_of(after[found.start() : end]), after[end:]
