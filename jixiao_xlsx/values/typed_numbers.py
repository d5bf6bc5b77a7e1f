"""Numbers as people type them into the cells of a form."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from jixiao_xlsx.values.amounts import MONEY_UNITS, atoms_per
from jixiao_xlsx.values.text import from_float, tidy, without_spaces


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
ERROR_VALUES = frozenset(
    {"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_MOST_DIGITS = 15  # that Excel holds; no county's money reaches them
_NO_NUMBERS = (bool, dt.date, dt.time, dt.timedelta)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+")
_CURRENCY = re.compile(r"^¥Y?")
_SUFFIX = re.compile(r"(亿元|亿|万元|万|元|%)$")
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
    elif isinstance(raw, _NO_NUMBERS):
        return Reading(State.TEXT, None, "日期或逻辑值，不是数字")
    elif isinstance(raw, int):
        number = Decimal(raw)
    else:
        return _read_text(str(raw), unit, percent=percent)
    return _number(number, *_as_rate(number, percent_format)) if percent else _number(number)


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
    if text in NOT_APPLICABLE:
        return Reading(State.NA)
    if text.upper() in ERROR_VALUES:
        return Reading(State.ERROR, None, text.upper())
    negative = text.startswith("(") and text.endswith(")")
    body = text.strip("()") if negative else text
    body = _CURRENCY.sub("", body)
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


def _suffix_factor(suffix: str, unit: str, *, percent: bool) -> Decimal | None:
    """Return the factor from the typed unit to `unit`; None where the two cannot meet."""
    if not suffix:
        return Decimal(1)
    if suffix == "%":
        return Decimal("0.01") if percent else None
    if percent or unit not in MONEY_UNITS:
        return None
    return Decimal(atoms_per(_SUFFIX_UNIT[suffix])) / Decimal(atoms_per(unit))
