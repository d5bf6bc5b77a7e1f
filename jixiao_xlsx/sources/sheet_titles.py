"""What a sheet of the bureau says of itself: which table it is, whose, of what year and unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from jixiao_xlsx.form.paths import years_in
from jixiao_xlsx.reading.titles import loosen, title_key
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.amounts import MONEY_UNITS

_TOP = 8  # rows above the figures in which a sheet names itself
# A title may follow the year, the office or a number of its own, but is no end of a longer title.
_BEFORE = r"(?:^|[^\u4e00-\u9fff]|年度?|部门|单位|局|财政拨款(?=三公))"
_UNIT = re.compile(r"单位:(?:人民币)?[(]?(亿元|万元|元)(?![\u4e00-\u9fff])")
_CODED = re.compile(r"[\[(]?([0-9A-Za-z]{3,20})[\])]?[-_、 ]*(\D.*)")
_Table = TypeVar("_Table")


def titled_table(sheet: Worksheet, titles: Mapping[str, _Table]) -> _Table | None:
    """Return the table whose title the sheet bears, in its name or in its first rows.

    The longest title counts: 财政拨款收入支出决算总表 is no 收入支出决算总表.
    """
    texts = [title_key(sheet.name), *(text for _, text in _top(sheet))]
    found = [title for title in titles if any(_bears(text, title) for text in texts)]
    return titles[max(found, key=len)] if found else None


def _bears(text: str, title: str) -> bool:
    return title_key(title) in text and bool(_pattern(title).search(text))


@lru_cache(maxsize=256)
def _pattern(title: str) -> re.Pattern[str]:
    return re.compile(rf"{_BEFORE}{re.escape(title_key(title))}(?![\u4e00-\u9fff])")


def _top(sheet: Worksheet) -> Iterator[tuple[Position, str]]:
    return ((place, text) for place, text in sheet.keys.items() if place[0] < _TOP and text)


def unit_of_sheet(sheet: Worksheet) -> str:
    """Return the unit of money stated above the figures; "" where there is none, or two."""
    units = {found[1] for _, text in _top(sheet) if (found := _UNIT.search(text))}
    return units.pop() if len(units) == 1 else ""


def year_of_sheet(sheet: Worksheet) -> int | None:
    """Return the one year that the name and the first rows of a sheet state; else None."""
    texts = [sheet.name, *(text for _, text in _top(sheet))]
    years = {year for text in texts for year in years_in(text)}
    return years.pop() if len(years) == 1 else None


def beside_label(sheet: Worksheet, labels: Iterable[str]) -> str:
    """Return what stands behind one of the labels in the first rows: “部门：某局”, or beside it."""
    wanted = [title_key(label) for label in labels]
    for (row, column), text in _top(sheet):
        head, colon, value = text.partition(":")
        if head.strip("*") not in wanted or value in MONEY_UNITS:
            continue
        if value:
            raw = str(sheet.raw(row, column))
            return re.split("[:：]", raw, maxsplit=1)[1].strip() if colon else value
        beside = sheet.raw(*sheet.beside(row, column))
        if beside is not None and row == sheet.beside(row, column)[0]:
            return _as_text(beside)
    return ""


def _as_text(raw: object) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()


def name_and_code(name: str, code: str = "") -> tuple[str, str]:
    """Return a department's name and code, which may stand in one text: “219001-某局”."""
    if not code and (match := _CODED.fullmatch(name.strip())):
        return match[2].strip(), match[1]
    return name.strip(), code.strip()


def heading_key(text: str) -> str:
    """Return a heading without numbering, 其中：and its unit in brackets."""
    return loosen(loosen(text, "元"), "万元")


def headings_of(
    sheet: Worksheet, wanted: Iterable[str], *, most: int = 20
) -> Mapping[int, Sequence[str]]:
    """Return the headings over each column, from above, of the rows down to the last that has one
    of the `wanted` titles (as keys); {} where none has.

    The lines that name a sheet are among them: they are equal to no heading.
    """
    titles = set(wanted)
    bottom = last_heading(sheet, titles, most=most)
    if bottom is None:
        return {}
    width = max((len(row) for row in sheet.rows[: bottom + 1]), default=0)
    return {
        column: tuple(
            dict.fromkeys(
                key for row in range(bottom + 1) if (key := heading_key(sheet.text(row, column)))
            )
        )
        for column in range(width)
    }


def last_heading(sheet: Worksheet, titles: set[str], *, most: int = 20) -> int | None:
    """Return the last of the first rows that has one of these headings, before any figure."""
    found = None
    for row in range(min(most, sheet.height)):
        keys = {heading_key(sheet.text(row, column)) for column in sheet.columns_in(row)}
        if keys & titles:
            if found is not None and _has_amounts(sheet, found + 1, row):
                break
            found = row
    return found


def _has_amounts(sheet: Worksheet, first: int, end: int) -> bool:
    """Return whether figures stand in these rows, other than the numbers of columns."""
    return any(not is_numbering(sheet, row) and has_number(sheet, row) for row in range(first, end))


def has_number(sheet: Worksheet, row: int) -> bool:
    """Return whether a row holds a number."""
    return any(isinstance(sheet.raw(row, column), int | float) for column in sheet.columns_in(row))


def is_numbering(sheet: Worksheet, row: int) -> bool:
    """Return whether a row only numbers the columns: 栏次, 1, 2, 3 …"""
    numbers = [
        float(raw)
        for column in sheet.columns_in(row)
        if (raw := _number(sheet.raw(row, column))) is not None
    ]
    return len(numbers) > 1 and numbers == [float(n + 1) for n in range(len(numbers))]


def _number(raw: object) -> float | None:
    try:
        return float(raw) if isinstance(raw, int | float | str) else None
    except ValueError:
        return None
