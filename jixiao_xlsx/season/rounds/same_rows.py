"""Pair rows of a table with those of the round before: by title, then by contents."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from jixiao_xlsx.values.text import tidy

Line = tuple[
    str, Mapping[str, str]
]  # a row's title, and what is typed in its cells that are not blank
FORMULA = "="  # stands for whatever a formula gives
_UNTITLED = re.compile(
    r"第\d+行"
)  # what a row without a title of its own is called, after its place
_SAYS_NOTHING = frozenset({"0", FORMULA})
_MOST = 10_000  # pairs of rows that are held against each other


def aligned(old: Sequence[Line], new: Sequence[Line]) -> dict[int, int]:
    """Return the number in `old` of each row of `new` that was there; no row is used twice."""
    before, after = _by_title(old), _by_title(new)
    found: dict[int, int] = {}
    for title, rows in after.items():
        found |= _of_one_title(old, before.get(title, []), new, rows)
    return found | _retitled(old, new, found)


def titled_alike(lines: Iterable[Line]) -> set[str]:
    """Return the titles that more than one row has."""
    lines = list(lines)
    groups = _by_title(lines).values()
    return {lines[at][0] for rows in groups if len(rows) > 1 for at in rows}


def _by_title(lines: Sequence[Line]) -> dict[str, list[int]]:
    groups = defaultdict(list)
    for at, (title, _) in enumerate(lines):
        groups["第行" if _UNTITLED.fullmatch(title) else title].append(at)
    return groups


def _of_one_title(
    old: Sequence[Line], before: Sequence[int], new: Sequence[Line], after: Sequence[int]
) -> dict[int, int]:
    """Pair rows of equal contents first, then those with the most in common, then by order."""
    if len(before) == len(after) == 1:
        return {after[0]: before[0]}
    waiting = defaultdict(list)
    for there in reversed(before):
        waiting[frozenset(old[there][1].items())].append(there)
    found: dict[int, int] = {}
    for here in after:
        if same := waiting[frozenset(new[here][1].items())]:
            found[here] = same.pop()
    left, open_ = (
        sorted(set(before) - set(found.values())),
        [here for here in after if here not in found],
    )
    if len(left) * len(open_) > _MOST:
        return found | dict(zip(open_, left, strict=False))
    pairs = [
        (-len(old[there][1].items() & new[here][1].items()), there, here)
        for there in left
        for here in open_
    ]
    for _, there, here in sorted(pairs):
        if here not in found and there not in found.values():
            found[here] = there
    return found


def _retitled(old: Sequence[Line], new: Sequence[Line], found: Mapping[int, int]) -> dict[int, int]:
    """Pair rows that differ in the title only, where enough else identifies them."""
    left, open_ = (
        sorted(set(range(len(old))) - set(found.values())),
        [here for here in range(len(new)) if here not in found],
    )
    if len(left) * len(open_) > _MOST:
        return {}
    pairs: dict[int, int] = {}
    for here in open_:
        there = next(
            (at for at in left if at not in pairs.values() and _only_the_title(old[at], new[here])),
            None,
        )
        if there is not None:
            pairs[here] = there
    return pairs


def _only_the_title(old: Line, new: Line) -> bool:
    (title, was), (other, now) = old, new
    differing = [column for column in {**was, **now} if was.get(column) != now.get(column)]
    if (
        len(differing) != 1
        or sum(
            now[column] not in _SAYS_NOTHING for column in was.keys() & now.keys() - {*differing}
        )
        < 2
    ):
        return False
    (label,) = differing
    return tidy(was.get(label, "")) in {"", tidy(title)} and tidy(now.get(label, "")) in {
        "",
        tidy(other),
    }
