"""Numbers as people type them into the cells of a form."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from jixiao_xlsx.values.amounts import MONEY_UNITS, atoms_per
from jixiao_xlsx.values.text import INVISIBLE, from_float, tidy, without_spaces


class State(StrEnum):
    """What a cell holds."""

    BLANK = "blank"
    ZERO = "zero"
    NA = "na"
    NUMBER = "number"
    TEXT = "text"
    ERROR = "error"
    UNCALCULATED = "uncalculated"


NOT_APPLICABLE = frozenset(
    {"/", "-", "--", "—", "——", "―", "－", "*", "无", "不适用", "不涉及", "n/a", "N/A", "NA"}
)
# In cells of figures: other words for the same.
_NOTHING_THERE = frozenset(
    {
        "\\",
        "无此项",
        "本单位无此项",
        "无此项目",
        "没有",
        "未发生",
        "无发生",
        "未发生支出",
        "未安排",
        "未涉及",
        "无数据",
    }
)
NO_FIGURE = NOT_APPLICABLE | _NOTHING_THERE
_LONGEST_DASH = 8  # of those that are listed
NO_FIGURE_AS_LISTED = NO_FIGURE | {
    char * count for char in "-—―－/\\／" for count in range(1, _LONGEST_DASH + 1)
}  # for programs that can only look into a list
ERROR_VALUES = frozenset(
    {"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
    | {"#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#EXTERNAL!"}
    | {"#PYTHON!", "#TIMEOUT!"}
)
_MOST_DIGITS = 15  # that Excel holds; no county's money reaches them
_NO_NUMBERS = (bool, dt.date, dt.time, dt.timedelta)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+")
_ERROR_CODE = re.compile(r"ERR:\d{3}")  # of LibreOffice
_DASHES = re.compile(r"[-—―/\\]+")
_ZERO = re.compile(r"零(?:元|万元)?整?")
_CURRENCY = re.compile(r"^([+-]?)(?:¥Y?|人民币)")
_SUFFIX = re.compile(r"(亿元|亿|万元|万|元|%)$")
_WHOLE = re.compile(r"(?<=元)整$")
_BROKEN_LINE = re.compile(r"\d\D*[\n\r\v\f\x85\u2028\u2029]\D*\d")
_GAP = re.compile(rf"\d[{INVISIBLE}]*\s[\s{INVISIBLE}]*\d")
_SPACED_THOUSANDS = re.compile(r"\D*\d{1,3}(?:\s+\d{3})+(?:\.\d*)?\D*")
OLD_RESULT = "公式结果是旧的"  # notes on formulas
CALCULATED = "公式没有结果，由程序算得"
_TWO_NUMBERS = "一格里有两个数，分不清是哪一个"
_YEAR = re.compile(r"([0-9〇零○一二三四五六七八九]{4})(?:年度|年|年底|年末)?")
_HANZI_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_YEARS = range(1990, 2100)
_EPOCH = dt.date(1899, 12, 30)  # day 0 of a workbook
_SUFFIX_UNIT = {"亿元": "亿元", "亿": "亿元", "万元": "万元", "万": "万元", "元": "元"}
_LARGEST_RATE = Decimal("1.5")  # typed as a fraction; from there on a percentage without its sign


class Reading(NamedTuple):
    """How a typed cell was understood.

    `value` is in the unit of the form (95 % as 0.95); `note` says what was odd about it.
    """

    state: State
    value: Decimal | None = None
    note: str = ""


def read_number(
    raw: object, unit: str = "", *, percent: bool = False, percent_format: bool | None = None
) -> Reading:
    """Read what was typed into a number cell of `unit`; what is unclear is TEXT, never guessed.

    `percent` asks for a rate: 0.955, “95.5%” and 95.5 in a cell without a percent format are all
    0.955; `percent_format` says whether the cell shows percentages (None: unknown).
    """
    if isinstance(raw, float):
        if not math.isfinite(raw):
            return Reading(State.ERROR, None, "不是有限的数")
        number = from_float(raw)
    elif raw is None or (isinstance(raw, str) and not without_spaces(raw)):
        return Reading(State.BLANK)
    elif unit == "年" and (year := _year(raw)):
        return Reading(State.NUMBER, Decimal(year), _year_note(raw))
    elif isinstance(raw, _NO_NUMBERS):
        return Reading(State.TEXT, None, "日期或逻辑值，不是数字")
    elif isinstance(raw, int | Decimal):
        number = Decimal(raw)
    else:
        return _read_text(str(raw), unit, percent=percent)
    return _number(number, *_as_rate(number, percent_format)) if percent else _number(number)


def is_not_applicable(text: str) -> bool:
    """Return whether a tidied text is a word for 不适用, or a dash of any length."""
    return text in NOT_APPLICABLE or _DASHES.fullmatch(text) is not None


def believable(number: Decimal) -> bool:
    """Return whether a person can have meant a number.

    It is finite, within the digits of Excel, and no mere rounding residue of a sum.
    """
    return number.is_finite() and -2 * _MOST_DIGITS < number.adjusted() < _MOST_DIGITS


def _as_rate(number: Decimal, percent_format: bool | None) -> tuple[Decimal, str]:
    """Return the factor that makes a typed number a rate, and the note on it."""
    if percent_format or abs(number) <= (2 if percent_format is None else _LARGEST_RATE):
        return Decimal(1), ""
    return Decimal("0.01"), "没有写百分号"


def _number(number: Decimal, factor: Decimal = Decimal(1), note: str = "") -> Reading:
    value = number * factor
    if not believable(value):
        return Reading(State.TEXT, None, "超过 15 位，不是可信的数")
    return Reading(State.NUMBER if value else State.ZERO, value, note)


def _read_text(raw: str, unit: str, *, percent: bool) -> Reading:
    text = tidy(raw)
    if text in _NOTHING_THERE or is_not_applicable(text):
        return Reading(State.NA)
    if text.upper() in ERROR_VALUES or _ERROR_CODE.fullmatch(text.upper()):
        return Reading(State.ERROR, None, text.upper())
    if _ZERO.fullmatch(text):
        return Reading(State.ZERO, Decimal(0), "文本型数字")
    if _holds_two(raw):
        return Reading(State.TEXT, None, _TWO_NUMBERS)
    negative = text.startswith("(") and text.endswith(")")
    body = text.strip("()") if negative else text
    body = _WHOLE.sub("", _CURRENCY.sub(r"\1", body))
    match = _SUFFIX.search(body)
    suffix = match.group() if match else ""
    digits = body.removesuffix(suffix).rstrip(".。")
    if not _NUMBER.fullmatch(digits):
        return Reading(State.TEXT, None, "读不出数字")
    number = Decimal(digits.replace(",", ""))
    factor = _suffix_factor(suffix, unit, percent=percent)
    if factor is None:
        return Reading(State.TEXT, None, f"带有与本列不符的单位“{suffix}”")
    if percent and not suffix:
        factor = _as_rate(number, None)[0]
    return _number(-number if negative else number, factor, "文本型数字")


def _holds_two(raw: str) -> bool:
    """Return whether digits stand on both sides of a line break, or of a space within a number.

    Spaces between thousands are none; without them the two would be read as one number.
    """
    text = unicodedata.normalize("NFKC", raw.strip())
    if _BROKEN_LINE.search(text):
        return True
    return bool(_GAP.search(text)) and not _SPACED_THOUSANDS.fullmatch(text)


def _year(raw: object) -> int | None:
    """Return the year that a text or a date names; None where it names none.

    A date of 1905 is a year typed into a cell that shows dates: its day 2023 is a day in 1905.
    """
    if isinstance(raw, dt.datetime | dt.date):
        day = raw.date() if isinstance(raw, dt.datetime) else raw
        typed = (day - _EPOCH).days
        return typed if typed in _YEARS else day.year
    match = _YEAR.fullmatch(tidy(raw)) if isinstance(raw, str) else None
    return int(match[1].translate(_HANZI_DIGITS)) if match else None


def _year_note(raw: object) -> str:
    return "文本型数字" if isinstance(raw, str) else "单元格是日期格式"


def _suffix_factor(suffix: str, unit: str, *, percent: bool) -> Decimal | None:
    """Return the factor from the typed unit to `unit`; None where the two cannot meet."""
    if not suffix:
        return Decimal(1)
    if suffix == "%":
        return Decimal("0.01") if percent else None
    if percent or unit not in MONEY_UNITS:
        return None
    return Decimal(atoms_per(_SUFFIX_UNIT[suffix])) / Decimal(atoms_per(unit))
