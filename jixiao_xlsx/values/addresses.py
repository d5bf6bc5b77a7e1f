"""Cell addresses in A1 notation; positions inside the program count rows and columns from 0."""

from __future__ import annotations

import re
from functools import lru_cache

Position = tuple[int, int]  # row, column, both from 0
Area = tuple[int, int, int, int]  # first row, first column, last row, last column, all from 0
_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def column_letters(column: int) -> str:
    """Return the letters of a column counted from 0: 0 → “A”, 27 → “AB”."""
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the column of letters, counted from 0: “A” → 0, “AB” → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


@lru_cache(maxsize=1 << 15)
def a1(row: int, column: int, *, absolute: bool = False) -> str:
    """Return the address of a position: (8, 2) → “C9”, or “$C$9” if `absolute`."""
    mark = "$" if absolute else ""
    return f"{mark}{column_letters(column)}{mark}{row + 1}"


@lru_cache(maxsize=1 << 15)
def position(address: str) -> Position:
    """Return the position of an address: “C9” → (8, 2). Raises ValueError."""
    match = _A1.fullmatch(address)
    if match is None:
        raise ValueError(address)
    return int(match[2]) - 1, column_index(match[1])
