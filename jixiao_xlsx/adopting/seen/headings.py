"""Headings of a table: one to four rows of words, each under a wider one, with room below."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.boxes import Box, Grid, Print

_MOST_LEVELS = 6
_FEWEST_NUMBERS = 2  # of columns, or one beside the word 栏次
_SHORT = 4


@dataclass(frozen=True, slots=True)
class TableHeading:
    """The headings of a table: rows `top` to `bottom`; `last` is the last before its content.

    Between `bottom` and `last` are rows of column numbers (栏次). `sides` are labels on the left
    that reach down beside the table; `leaves` are the lowest headings from left to right, and
    `index` the texts of the column numbers by column.
    """

    grid: Grid
    top: int
    bottom: int
    last: int
    left: int
    right: int
    sides: tuple[Box, ...]
    leaves: tuple[Box, ...]
    index: tuple[Box, ...] = ()

    def path(self, column: int) -> tuple[Box, ...]:
        """Return the headings over a column, the widest first; none twice."""
        boxes = dict.fromkeys(
            self.grid.box(row, column) for row in range(self.top, self.bottom + 1)
        )
        return tuple(box for box in boxes if box.label and box not in self.sides)


def leaf_over(heading: TableHeading, column: int) -> Box | None:
    """Return the lowest heading over a column; None beside the table."""
    found = (leaf for leaf in heading.leaves if leaf.left <= column <= leaf.right)
    return next(found, None)


def heading_at(grid: Grid, row: int, left: int, right: int) -> TableHeading | None:
    """Return the headings that begin in a row; None where none do."""
    boxes = [box for box in grid.starting(row) if left <= box.left <= right]
    sides, inner = _without_sides(grid, row, boxes)
    if not _may_head(grid, inner):
        return None
    bottom = _bottom(grid, row, inner)
    last, index = _below_index(grid, bottom, inner[0].left, inner[-1].right)
    sides = tuple(box for box in sides if box.bottom > bottom)
    first = inner[0].left if grid.outlined else _corner(grid, row, last, inner[0].left, left)
    end = max(box.right for box in inner)
    leaves = tuple(
        leaf
        for leaf in dict.fromkeys(
            _leaf(grid, row, bottom, column) for column in range(first, end + 1)
        )
        if leaf.text or leaf.drawn or not grid.outlined
    )
    heading = TableHeading(grid, row, bottom, last, first, end, sides, leaves, index)
    return heading if _has_room(heading, inner) else None


def _without_sides(
    grid: Grid, row: int, boxes: Sequence[Box]
) -> tuple[tuple[Box, ...], Sequence[Box]]:
    """Return labels at the left that reach deeper than the headings, and the other boxes."""
    sides: list[Box] = []
    rest = list(boxes)
    while len(rest) > 1 and rest[0].label and _reaches_deeper(grid, rest[0], rest[1:]):
        sides.append(rest.pop(0))
    return tuple(sides), rest


def _reaches_deeper(grid: Grid, box: Box, others: Sequence[Box]) -> bool:
    """Return whether a label goes on below the lowest heading that starts in its row.

    Where the others all are one row high and what lies below them are headings too, it is a
    heading itself: 项目 beside 预算数 over 合计, 基本支出.
    """
    deepest = max(other.bottom for other in others)
    if box.bottom <= deepest:
        return False
    lower = _bottom(grid, box.top, others)
    return box.bottom > lower


def _may_head(grid: Grid, boxes: Sequence[Box]) -> bool:
    """Return whether the boxes of a row can be headings: words side by side, nothing to fill in."""
    texts = [box for box in boxes if box.text.strip() or box.print is Print.FORMULA]
    if not texts or not all(box.label and not words.is_inline(box.text) for box in texts):
        return False
    first = boxes.index(texts[0])
    if any(box.drawn and not box.text.strip() for box in boxes[first:]):
        return False
    if len(texts) == 1:
        return first > 0 or (grid.outlined and _field_below(grid, texts[0]))
    return _side_by_side(grid, texts)


def _side_by_side(grid: Grid, texts: Sequence[Box]) -> bool:
    """Return whether words stand without room for a value after each of them."""
    gaps = sum(a.right + 1 < b.left for a, b in itertools.pairwise(texts))
    return gaps < len(texts) - 1 or gaps == 0 or grid.outlined


def _field_below(grid: Grid, box: Box) -> bool:
    """Return whether a box as wide as this one lies below it, to be filled in."""
    below = grid.box(box.bottom + 1, box.left)
    same = (below.left, below.right) == (box.left, box.right)
    return below.open and below.drawn and same


def _bottom(grid: Grid, row: int, inner: Sequence[Box]) -> int:
    """Return the last row of headings: each further row parts headings of the rows above."""
    bottom = max(box.bottom for box in inner)
    first, end = inner[0].left, inner[-1].right
    while bottom - row < _MOST_LEVELS:
        below = _row_below(grid, bottom, first, end)
        if not below or not _parts(grid, row, bottom, below):
            return bottom
        bottom = max(box.bottom for box in below)
    return bottom


def _row_below(grid: Grid, bottom: int, first: int, end: int) -> Sequence[Box]:
    return [box for box in grid.starting(bottom + 1) if first <= box.left <= end]


def _parts(grid: Grid, top: int, bottom: int, boxes: Sequence[Box]) -> bool:
    """Return whether a row holds only headings that part wider ones above them."""
    if not all(box.label for box in boxes):
        return False
    parents = [grid.box(bottom, box.left) for box in boxes]
    if not all(_is_over(parent, box, top) for parent, box in zip(parents, boxes, strict=True)):
        return False
    parted = [parent for parent in parents if parents.count(parent) > 1]
    single = [
        (parent, box) for parent, box in zip(parents, boxes, strict=True) if parent not in parted
    ]
    return bool(parted) and all(parent.width == box.width for parent, box in single)


def _is_over(parent: Box, box: Box, top: int) -> bool:
    """Return whether a box of the headings from `top` on covers the columns of one below."""
    return parent.label and parent.top >= top and parent.covers(box)


def _below_index(grid: Grid, bottom: int, first: int, end: int) -> tuple[int, tuple[Box, ...]]:
    """Return the last row of column numbers below the headings, and their boxes."""
    boxes = _row_below(grid, bottom, first, end)
    texts = _told(boxes)
    numbers = [box for box in texts if _is_column_number(box)]
    named = [box for box in texts if words.is_index(box.key)]
    others = [box for box in texts if box not in numbers and box not in named]
    if not all(_parts_one(grid, bottom, box) for box in others):
        return bottom, ()
    if len(numbers) + bool(named) < _FEWEST_NUMBERS or not numbers:
        return bottom, ()
    return max(box.bottom for box in boxes), tuple(boxes)


def _told(boxes: Sequence[Box]) -> Sequence[Box]:
    return [box for box in boxes if box.text.strip() and box.print is not Print.NOT_HERE]


def _parts_one(grid: Grid, bottom: int, box: Box) -> bool:
    """Return whether a short heading parts a wider one: 类, 款, 项 beside the column numbers."""
    return len(box.key) < _SHORT and grid.box(bottom, box.left).width > box.width


def _is_column_number(box: Box) -> bool:
    """Return whether a box holds the number of a column: 3, （3）, 3=1+2, 甲."""
    key = box.key.replace("(", "").replace(")", "")
    plain = key.replace("=", "").replace("+", "").replace("-", "").replace("/", "")
    return (plain.isdigit() and len(plain) < 12) or key in {"甲", "乙", "丙", "A", "B"}


def _corner(grid: Grid, row: int, last: int, first: int, left: int) -> int:
    """Return the first column of a table whose corner is not drawn: titles stand below it."""
    while first > left and grid.box(row, first - 1).print is Print.EMPTY:
        if not grid.box(last + 1, first - 1).label:
            break
        first -= 1
    return first


def _leaf(grid: Grid, top: int, bottom: int, column: int) -> Box:
    """Return the lowest heading over a column; the empty corner box where none is printed."""
    for row in range(bottom, top - 1, -1):
        box = grid.box(row, column)
        if box.label:
            return box
    return grid.box(bottom, column)


def _has_room(heading: TableHeading, inner: Sequence[Box]) -> bool:
    """Return whether something can be filled in right below one of the headings."""
    grid, row = heading.grid, heading.last + 1
    fields = [grid.box(row, leaf.left) for leaf in heading.leaves if leaf.text.strip()]
    if grid.outlined:
        return any(
            (box.open and (box.drawn or box.text)) or box.print is Print.FORMULA for box in fields
        )
    return any(box.open or box.print is Print.FORMULA for box in fields)
