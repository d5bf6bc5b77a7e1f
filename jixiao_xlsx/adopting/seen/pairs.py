"""Labels and their values: beside, below, or in the same cell."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.blocks import Block
from jixiao_xlsx.adopting.seen.boxes import Box, Grid, Print
from jixiao_xlsx.adopting.seen.lines import FreeLine, LineKind


@dataclass(frozen=True, slots=True)
class LabelPair:
    """A label and the box its value goes into; `value_at` is right, below or inside."""

    label: Box
    value: Box
    value_at: str
    outer: tuple[str, ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the label with what stands left of it for several rows."""
        own = self.label.text.strip().rstrip("_ \u3000").rstrip(":：")
        return (*self.outer, own)


def pairs_of(block: Block) -> Iterator[LabelPair]:
    """Yield the pairs of rows without headings."""
    reading = _Reading(block.grid)
    for row in block.rows:
        boxes = _row(block.grid, row, block.left, block.right)
        outer = tuple(box.text.strip() for box in boxes if box.top < row and box.label)
        yield from _pairs_in(reading, [box for box in boxes if box.top == row], outer)


@dataclass
class _Reading:
    """Rows of pairs while they are read from the top.

    `inline` are the labels so far whose value stands with them, `over` those without a value of
    their own, that may stand over others.
    """

    grid: Grid
    inline: list[Box] = field(default_factory=list)
    over: list[Box] = field(default_factory=list)

    def above(self, box: Box) -> tuple[str, ...]:
        """Return the labels that stand over another."""
        wider = (one for one in self.over if one.covers(box) and one.top < box.top)
        return tuple(one.text.strip() for one in wider)

    def stands_over(self, box: Box) -> None:
        """Keep a label without a value, in place of those in its columns."""
        apart = [one for one in self.over if not box.covers(one) and not one.covers(box)]
        self.over = [*apart, box]


def _pairs_in(reading: _Reading, row: Sequence[Box], outer: tuple[str, ...]) -> Iterator[LabelPair]:
    """Yield the pairs of one row; `outer` are the labels beside it that began higher."""
    grid = reading.grid
    for box, after in itertools.zip_longest(row, row[1:]):
        if not box.label:
            continue
        labels_follow = after is not None and after.label
        if box.bottom > box.top and labels_follow:
            outer = (*outer, box.text.strip())
            continue
        titles = (*outer, *reading.above(box))
        if pair := _pair_of(grid, box, after, reading.inline, titles):
            yield pair
        elif labels_follow and _names_what_follows(grid, box, row):
            outer = (*outer, box.text.strip())
        else:
            reading.stands_over(box)


def _names_what_follows(grid: Grid, box: Box, row: Sequence[Box]) -> bool:
    """Return whether a label stands before labels with values: 编制数 | 行政 | __ | 事业 | __.

    What a wider one has below it are labels of its own parts.
    """
    if words.is_inline(box.text):
        return False
    below = grid.box(box.bottom + 1, box.left)
    if below.label and below.width < box.width:
        return False
    return any(one.open or one.print is Print.FORMULA for one in row if one.left > box.right)


def _pair_of(
    grid: Grid, box: Box, after: Box | None, inline: list[Box], outer: tuple[str, ...]
) -> LabelPair | None:
    """Return a label with its value; `inline` gathers those whose value stands with them."""
    if _holds_its_value(box, after, inline):
        inline.append(box)
        return LabelPair(box, box, "inside", outer)
    if after is None and not grid.outlined:
        return LabelPair(box, grid.box(box.top, box.right + 1), "right", outer)
    if after is not None and (after.open or after.print is Print.FORMULA):
        return LabelPair(box, after, "right", outer)
    below = _below(grid, box)
    return None if below is None else LabelPair(box, below, "below", outer)


def _row(grid: Grid, row: int, left: int, right: int) -> Sequence[Box]:
    """Return the boxes over a row, drawn or not; one undrawn cell for each run of nothing."""
    boxes: list[Box] = []
    for column in range(left, right + 1):
        box = grid.box(row, column)
        if boxes and boxes[-1] == box:
            continue
        undrawn = not box.drawn and not box.text
        if undrawn and (grid.outlined or (boxes and not boxes[-1].label)):
            continue
        boxes.append(box)
    return boxes


def _holds_its_value(box: Box, after: Box | None, inline: Sequence[Box]) -> bool:
    """Return whether a label with a colon has no box of its own for the value."""
    if not words.is_inline(box.text):
        return False
    if after is None or after.label:
        return True
    same = [one for one in inline if (one.left, one.right) == (box.left, box.right)]
    return any(one.bottom == box.top - 1 for one in same) or box.text.rstrip("_ \u3000") != (
        box.text.rstrip()
    )


def _below(grid: Grid, box: Box) -> Box | None:
    below = grid.box(box.bottom + 1, box.left)
    if box.left and grid.box(below.top, box.left - 1).label:
        return None  # it is the value of that label
    same = (below.left, below.right) == (box.left, box.right)
    return below if below.open and same and (below.drawn or not grid.outlined) else None


def pairs_in_lines(lines: Sequence[FreeLine]) -> Iterator[LabelPair]:
    """Yield the labels in lines outside the tables: 部门：     ，填报日期：    ."""
    for line in lines:
        if line.kind is LineKind.INLINE:
            yield from (LabelPair(box, box, "inside") for box in line.labels)
