"""Lines for a terminal: as wide as it is, no figure broken, gravity in colour. Pure.

A Chinese character takes two columns, which textwrap does not know.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_RED, _YELLOW, _CYAN, _RESET = "\x1b[31m", "\x1b[33m", "\x1b[36m", "\x1b[0m"
_COLOURS = {"错误": _RED, "注意": _RED, "警告": _YELLOW, "无法读取": _YELLOW, "提示": _CYAN}
_GRAVITY = re.compile(rf"^(\s*)({'|'.join(_COLOURS)})")
# What stays together: an address with its sheet's last letter, a figure with its unit, what closes
# with what it closes.
_PIECE = re.compile(
    r" +|[“‘（《【]*(?:(?:[^!-~ ](?=!))?[!-~]+(?: ?(?:亿元|万元|元|分|条|个))?|[^ ])"
    r"[，。、；：！？”’）》】…]*"
)
_NARROWEST = 20  # columns that text gets, however deep it is indented


def width_of(text: str) -> int:
    """Return the columns that `text` takes; what may be narrow or wide counts as wide."""
    wide = sum(unicodedata.east_asian_width(letter) in "WFA" for letter in text)
    return len(text) + wide


def wrapped(text: str, columns: int, hang: int = 0) -> str:
    """Return every line of `text` within `columns`, what goes on indented by `hang` more than it
    began. Only a piece longer than a line is cut.
    """
    return "\n".join(part for line in text.split("\n") for part in _folded(line, columns, hang))


def coloured(text: str) -> str:
    """Return `text` with the gravity at the beginning of its lines in colour."""
    return "\n".join(_GRAVITY.sub(_painted, line) for line in text.split("\n"))


def _painted(found: re.Match[str]) -> str:
    return f"{found[1]}{_COLOURS[found[2]]}{found[2]}{_RESET}"


def _folded(line: str, columns: int, hang: int) -> Iterator[str]:
    start = len(line) - len(line.lstrip(" "))
    indent = " " * min(start + hang, max(columns - _NARROWEST, 0))
    made = line[:start]
    for piece in _pieces(line[start:], columns - len(indent)):
        if width_of(made + piece.rstrip()) > columns and made.strip():
            yield made.rstrip()
            made, piece = indent, piece.lstrip(" ")
        made += piece
    yield made.rstrip()


def _pieces(text: str, most: int) -> Iterator[str]:
    for found in _PIECE.finditer(text):
        piece = found.group()
        while width_of(piece) > most:
            at = next(n for n in range(len(piece), 0, -1) if n == 1 or width_of(piece[:n]) <= most)
            yield piece[:at]
            piece = piece[at:]
        yield piece
