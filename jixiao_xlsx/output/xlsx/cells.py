"""What a written cell holds, and how it is written: text stays text, also “=1+1”."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from jixiao_xlsx.values.addresses import Area

_SURROGATES = re.compile("[\ud800-\udfff]")
_MAX_TEXT = 1500  # characters of one cell


class _Nothing(str):
    """An empty text that xlsxwriter stores as text.

    For a plain "" it leaves the type out, and every reader then takes the formula for one that was
    never calculated.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = str.__hash__


_NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class Live:
    """A formula and the value it has now."""

    formula: str
    value: float | str


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads elsewhere; `target` (internal: or external:) is never a department's."""

    target: str
    text: str


CellContent = str | int | float | Decimal | Fraction | dt.date | Live | Link | None


@dataclass(frozen=True, slots=True)
class Styled:
    """A content with traits of its own instead of its column's."""

    content: CellContent
    traits: str


def put(
    sheet: Any, row: int, column: int, content: CellContent, style: Any, *, whole: bool = False
) -> None:
    """Write one cell by the kind of its content. Texts are clipped unless `whole`."""
    if content is None or (isinstance(content, str) and not content):
        sheet.write_blank(row, column, None, style)
    elif isinstance(content, str):
        text = _no_markup(content) if whole else clip(content)
        sheet.write_string(row, column, text, style)
    elif isinstance(content, Live):
        sheet.write_formula(row, column, content.formula, style, cached_result(content.value))
    elif isinstance(content, Link):
        sheet.write_url(row, column, content.target, style, clip(content.text))
    elif isinstance(content, dt.date):
        midnight = dt.datetime(content.year, content.month, content.day)
        sheet.write_datetime(row, column, midnight, style)
    else:
        sheet.write_number(row, column, float(content), style)


def put_merged(
    sheet: Any, area: Area, content: CellContent, style: Any, *, whole: bool = False
) -> None:
    """Write `content` into the first cell of `area` and merge it; a single cell is not merged."""
    top, left, bottom, right = area
    if (top, left) != (bottom, right):
        sheet.merge_range(top, left, bottom, right, "", style)
    put(sheet, top, left, content, style, whole=whole)


def cached_result(value: float | str | None) -> float | str:
    """Return a formula's result as xlsxwriter must be given it."""
    return _NOTHING if value is None or value == "" else value


def clip(text: str) -> str:
    """Return at most _MAX_TEXT characters and, of a longer text, its length.

    Bytes of a file name that are no text become �.
    """
    if not text.isprintable():
        text = _SURROGATES.sub("\ufffd", text)
    text = _no_markup(text)
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}……（原文共 {len(text)} 字）"


def _no_markup(text: str) -> str:
    """Return a text that xlsxwriter takes for words: from <r> to </r> it would be markup."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def display_text(content: CellContent) -> str:
    """Return roughly what a cell shows: enough to measure it."""
    if isinstance(content, Live):
        content = content.value
    elif isinstance(content, Link):
        content = content.text
    if isinstance(content, str):
        return clip(content)
    if isinstance(content, dt.date):
        return content.isoformat()
    return "" if content is None else f"{float(content):.6g}"


def typed_text(value: object) -> str:
    """Return a value as a clerk would type it, every digit of it."""
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def qualified(sheet: str, ref: str) -> str:
    """Return a reference as it stands in a formula of another sheet."""
    return "'" + sheet.replace("'", "''") + "'!" + ref


def text_constant(text: str) -> str:
    """Return `text` as a constant of a formula."""
    return '"' + text.replace('"', '""') + '"'
