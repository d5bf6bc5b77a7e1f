"""Number formats that show something else than the number stored, and what they show.

Only these are told apart: a percentage sign that is a mere letter, figures shown in another unit
(commas after the digits, a point that is a mere letter), and formats that show nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from jixiao_xlsx.values.text import plain

_TOKEN = re.compile(r'"[^"]*"|[\\!].|[_*].|\[[^\[\]]*\]|.', re.DOTALL)
_DIGITS = frozenset("0#?")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format that hides what is stored: `percent`, its sign is a letter; `blank`, nothing shows.

    `sections` are those for positive and negative numbers and zero, as the program splits them.
    """

    code: str
    sections: tuple[tuple[str, ...], ...]
    percent: bool = False
    blank: bool = False

    def shown(self, number: Decimal) -> str:
        """Return what the cell shows; "" for nothing."""
        at = 0 if number > 0 or (number == 0 and len(self.sections) < 3) else 1 if number else 2
        if at < len(self.sections):
            return _filled(self.sections[at], abs(number))
        sign = "-" if number < 0 else ""
        return sign + _filled(self.sections[0], abs(number))


@lru_cache(maxsize=1024)
def telling_format(code: str) -> NumberFormat | None:
    """Return a format that shows something else than its number; None for all others."""
    if not any(mark in code for mark in '!\\"%,;'):
        return None
    sections = tuple(_sections(code))
    first = sections[0]
    if len(sections) > 1 and all(_says_nothing(part) for part in sections[:3]):
        return NumberFormat(code, sections, blank=True)
    digits = [at for at, token in enumerate(first) if token in _DIGITS]
    if not digits:
        return None
    if any(_letter(token) == "%" for token in first[digits[-1] + 1 :]) and "%" not in first:
        return NumberFormat(code, sections, percent=True)
    points = any(_letter(token) == "." for token in first[digits[0] : digits[-1]])
    return NumberFormat(code, sections) if points or _thousands(first, digits[-1]) else None


def percent_format(code: str) -> bool:
    """Return whether a number format shows a percentage: a sign that is no letter."""
    return "%" in code and any(token == "%" for token in _TOKEN.findall(code))


def _sections(code: str) -> list[tuple[str, ...]]:
    sections: list[list[str]] = [[]]
    for token in _TOKEN.findall(code):
        if token == ";":
            sections.append([])
        elif token[0] not in "[_*":
            sections[-1].append(token)
    return [tuple(tokens) for tokens in sections]


def _says_nothing(section: tuple[str, ...]) -> bool:
    return not any((_letter(token) if len(token) > 1 else token).strip() for token in section)


def _letter(token: str) -> str:
    """Return the text of a token that is shown as it stands; "" for a working one."""
    if len(token) > 1:
        return token[1:-1] if token[0] == '"' else token[1:]
    return ""


def _thousands(section: tuple[str, ...], last: int) -> int:
    """Return by how many thousands the number is divided: the commas after its last digit."""
    count = 0
    while last + 1 + count < len(section) and section[last + 1 + count] == ",":
        count += 1
    return count


def _filled(section: tuple[str, ...], number: Decimal) -> str:
    """Return a section with the digits of a number (not negative) in its places."""
    at_digits = [at for at, token in enumerate(section) if token in _DIGITS]
    if not at_digits:
        return "".join(map(_letter, section)).strip()
    first, last = at_digits[0], at_digits[-1]
    point = next((at for at in range(first, last) if section[at] == "."), last + 1)
    decimals = sum(at > point for at in at_digits)
    scaled = number.scaleb(-3 * _thousands(section, last) + 2 * section.count("%"))
    digits = plain(scaled, decimals).replace(".", "")
    places = len(at_digits)
    digits = digits.zfill(places)
    head, tail = digits[: len(digits) - places + 1], iter(digits[len(digits) - places + 1 :])
    grouped = "," in section[first:last] and not any(_letter(t) == "." for t in section[first:last])
    shown = []
    for at, token in enumerate(section):
        if at == first:
            shown.append(head)
        elif token in _DIGITS:
            shown.append(next(tail))
        elif token != ",":
            shown.append(token if len(token) == 1 else _letter(token))
    text = "".join(shown).strip()
    return _trimmed(text, grouped)


def _trimmed(text: str, grouped: bool) -> str:
    """Return the figure without leading zeros, its thousands separated where the format says so."""
    lead = re.match(r"\D*", text)
    start = lead.end() if lead else 0
    whole = re.match(r"\d+", text[start:])
    if whole is None:
        return text
    digits = whole.group().lstrip("0") or "0"
    if grouped:
        digits = f"{int(digits):,}"
    return text[:start] + digits + text[start + whole.end() :]
