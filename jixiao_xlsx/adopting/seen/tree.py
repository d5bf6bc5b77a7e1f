"""Titles in a column as a tree: by numbering, indentation and 其中：, which belongs to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jixiao_xlsx.adopting.seen.words import (
    is_total,
    number_of_part,
    numbering,
    of_which,
    plain_title,
)
from jixiao_xlsx.values.text import tidy


@dataclass(frozen=True, slots=True)
class TitleLine:
    """A title as printed; `indent` in half-width spaces, `group` the titles merged beside it.

    `level` is that of a number printed beside it in a column of its own, 0 where none is; `heads`:
    nothing stands beside it, it is the title of those below.
    """

    text: str
    indent: int = 0
    group: tuple[str, ...] = ()
    level: int = 0
    heads: bool = False


@dataclass(frozen=True, slots=True)
class TitlePlace:
    """Where a title stands: its parent's number (None at the top), and how it says so."""

    parent: int | None
    of_which: bool = False


@dataclass(frozen=True, slots=True)
class _Rank:
    number: int
    level: int
    indent: int
    of_which: bool
    heads: bool = False
    listed: int = 0  # the level of its number in a list that begins 其中：1.


def placed(titles: Sequence[TitleLine]) -> tuple[TitlePlace, ...]:
    """Return for each title the one that it is part of, if any."""
    found: list[TitlePlace] = []
    stack: list[_Rank] = []
    for number, title in enumerate(titles):
        if not title.text and stack and not title.group:
            found.append(
                TitlePlace(found[stack[-1].number].parent, found[stack[-1].number].of_which)
            )
            continue
        if number and titles[number - 1].group != title.group:
            stack = []
        key = tidy(title.text)
        rank = _rank(number, title, key, stack)
        if _closes(title, key, stack):
            stack = []
        while stack and not _inside(stack[-1], rank, titles):
            stack.pop()
        parent = stack[-1].number if stack else None
        part = rank.of_which or (parent is not None and _among_which(found, titles, number, parent))
        found.append(TitlePlace(parent, part))
        stack.append(rank)
    return tuple(found)


def _rank(number: int, title: TitleLine, key: str, stack: Sequence[_Rank]) -> _Rank:
    """Return the rank of a title; “2.…” below “其中：1.…” goes on with that list."""
    level = title.level or numbering(key)
    goes_on = bool(stack) and level != 0 and level == stack[-1].listed
    listed = level if goes_on else number_of_part(key)
    return _Rank(number, level, title.indent, of_which(key) or goes_on, title.heads, listed)


def _closes(title: TitleLine, key: str, stack: Sequence[_Rank]) -> bool:
    """Return whether a title is a total at the margin, which belongs to nothing above it."""
    return (
        bool(stack)
        and is_total(key)
        and not (title.level or numbering(key))
        and not of_which(key)
        and (title.indent <= stack[0].indent)
    )


def _inside(above: _Rank, below: _Rank, titles: Sequence[TitleLine]) -> bool:
    """Return whether a title is part of one above it."""
    if below.of_which:
        same = above.of_which and abs(below.indent - above.indent) < 2
        return not same and below.indent >= above.indent
    if above.heads:
        return not below.heads or bool(above.level and below.level > above.level)
    if above.level and below.level:
        return below.level > above.level
    if above.of_which:
        return False
    if below.indent > above.indent:
        return True
    if below.level or below.indent < above.indent:
        return False
    return _sum_of_which(above, below, titles)


def _sum_of_which(above: _Rank, below: _Rank, titles: Sequence[TitleLine]) -> bool:
    """Return whether a total followed by 其中： takes in what stands below at the same margin.

    “年度资金总额, 其中：当年财政拨款, 上年结转资金, 其他资金” without a space before the last two.
    """
    first = above.number + 1
    key = tidy(titles[above.number].text)
    return (
        first < below.number
        and is_total(key)
        and of_which(tidy(titles[first].text))
        and not is_total(tidy(titles[below.number].text))
    )


def _among_which(
    found: Sequence[TitlePlace], titles: Sequence[TitleLine], number: int, parent: int
) -> bool:
    """Return whether a title goes on a list that 其中： began, at the words after the colon."""
    first = parent + 1
    return (
        first < number
        and found[first].of_which
        and found[first].parent == parent
        and not numbering(tidy(titles[number].text))
    )


def path_of(
    number: int, titles: Sequence[TitleLine], places: Sequence[TitlePlace]
) -> tuple[str, ...]:
    """Return the titles from the outermost to this one, as printed."""
    own: list[str] = []
    at: int | None = number
    while at is not None:
        own.append(titles[at].text.strip())
        at = places[at].parent
    group = [one for one in titles[number].group if plain_title(one)]
    return (*group, *reversed(own))
