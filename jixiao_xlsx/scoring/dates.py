"""Dates and deadlines as people write them: 2023年12月底前, 2023.11.25, 第三季度, 2023年3月-10月. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

_Y = r"(?P<y>20\d\d)"
_NEXT = r"(?P<next>次年|翌年|下一?年)"
_Y2 = r"(?P<y2>20\d\d)"
# 2023.12 is a month before such words only: 2062.4公里 is not
_NO_UNIT = r"(?=[底末初前]|上旬|中旬|下旬|以前|之前|完成|[\-~—至到]\d)|(?<=[\-/]\d\d)(?=$)"
_PART = r"(?P<part>初|上旬|中旬|下旬|底|末|中)?"
_DAY = re.compile(
    rf"(?:(?:{_Y}[年\-./]|{_NEXT})(?P<m>\d\d?)[月\-./](?P<d>\d\d?)[日号]?|"
    r"(?P<m2>\d\d?)月(?P<d2>\d\d?)[日号]|"
    r"(?<![\d.])(?P<m3>\d\d?)\.(?P<d3>\d\d?)(?=[以之]?前))(?!\d)"
)
_MONTH = re.compile(
    rf"(?:{_Y}年(?P<m>\d\d?)(?:月份?)?|{_Y2}[\-./](?P<m3>\d\d?)(?:月份?|{_NO_UNIT})|"
    rf"{_NEXT}(?P<m1>\d\d?)月份?|(?P<m2>\d\d?)月份?){_PART}(?![\d./])"
)
_QUARTER = re.compile(
    rf"(?:{_Y}年|{_NEXT})?(?:第?(?P<q>[一二三四1-4])季度|(?P<h>[上下])半年)[底末内初]?"
)
_WHOLE = re.compile(rf"(?:{_Y}年度?|{_NEXT})(?:[底末内]|年[底末])?")
_YEAR_END = re.compile(r"年(?:[底末内]|度内)|^(?:当年|本年度?)(?=(?:完成|完工|竣工|建成)?$)")
_COMPACT = re.compile(r"(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])")
_DOTTED = re.compile(r"(20\d\d)\.(0[1-9]|1[0-2])")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TO = re.compile(r"(?:-|~|—+|至|到)(?=[\d第上下次翌])")
_THIRDS = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "中": (11, 20), "下旬": (21, 31)}
_QUARTERS = {
    name: number for number, names in enumerate(("一1", "二2", "三3", "四4"), 1) for name in names
}


class Period(NamedTuple):
    """The days from `first` to `last` in which something happened; `rest` is other text."""

    first: dt.date
    last: dt.date
    rest: str


def read_period(text: str, year: int | None) -> Period | None:
    """Return the date in `text`, as precise as it is; of a range its end. `year` is the default.

    None where there is no date, or more than one that are not a range.
    """
    if _NUMBER.fullmatch(text):
        return None
    for pattern in (_DAY, _MONTH, _QUARTER, _WHOLE, _YEAR_END):
        found = pattern.search(text)
        if found and _starts_cleanly(text, found.start()):
            return _continued(text, found, year)
    return None


def _starts_cleanly(text: str, at: int) -> bool:
    return at == 0 or not (text[at - 1].isdigit() or text[at - 1] in ".,:")


def _continued(text: str, found: re.Match[str], year: int | None) -> Period | None:
    """Return the date `found`, or the end of the range that it opens."""
    own = _typed_year(found, year)
    days = _days(found, own)
    before, after = text[: found.start()], text[found.end() :]
    if to := _TO.match(after):
        end = read_period(after[to.end() :], own)
        return end and end._replace(rest=before + end.rest)
    if days is None or re.search(r"\d", before + after):
        return None
    return Period(*days, before + after)


def _typed_year(found: re.Match[str], year: int | None) -> int | None:
    parts = found.groupdict()
    if typed := parts.get("y") or parts.get("y2"):
        return int(typed)
    return year + 1 if parts.get("next") and year else year


def _days(found: re.Match[str], year: int | None) -> tuple[dt.date, dt.date] | None:
    parts = found.groupdict()
    ends = found[0][-1] in "底末"
    month = parts.get("m") or parts.get("m1") or parts.get("m2") or parts.get("m3")
    if year is None:
        return None
    if not month:
        first, last = _months(parts)
        return dt.date(year, last if ends else first, 1), _last_day(year, last)
    if not 1 <= int(month) <= 12:
        return None
    end = _last_day(year, int(month))
    if day := parts.get("d") or parts.get("d2") or parts.get("d3"):
        if not 1 <= int(day) <= end.day:
            return None
        exact = end.replace(day=int(day))
        return exact, exact
    low, high = _THIRDS.get(parts.get("part") or "", (21 if ends else 1, 31))
    return end.replace(day=low), end.replace(day=min(high, end.day))


def _months(parts: dict[str, str | None]) -> tuple[int, int]:
    """Return the first and the last month of a quarter, half or whole year."""
    if quarter := parts.get("q"):
        return 3 * _QUARTERS[quarter] - 2, 3 * _QUARTERS[quarter]
    return {"上": (1, 6), "下": (7, 12)}.get(parts.get("h") or "", (1, 12))


def _last_day(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def compact_period(text: str) -> tuple[dt.date, dt.date] | None:
    """Return the day that 20231031 may be, or the month of 2023.10; None for other numbers."""
    if found := _COMPACT.fullmatch(text):
        try:
            day = dt.date(*map(int, found.groups()))
        except ValueError:
            return None
        return day, day
    if found := _DOTTED.fullmatch(text):
        year, month = map(int, found.groups())
        return dt.date(year, month, 1), _last_day(year, month)
    return None
