"""Lines of words that stand free around the tables: titles, sections, units, notes, labels."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.boxes import Box, Grid


class LineKind(StrEnum):
    """What a line of words outside the tables is."""

    TITLE = "title"
    SECTION = "section"
    NOTE = "note"
    UNIT = "unit"
    INLINE = "inline"


@dataclass(frozen=True, slots=True)
class FreeLine:
    """A row of words outside the tables."""

    row: int
    kind: LineKind
    boxes: tuple[Box, ...]

    @property
    def stated(self) -> tuple[str, ...]:
        """Return the texts that may state a unit; one in two cells as one text."""
        apart = _units_in_two(self.boxes)
        whole = ("".join(box.text for box in apart),) if apart else ()
        return (*whole, *(box.text for box in self.boxes if box not in apart))

    @property
    def labels(self) -> tuple[Box, ...]:
        """Return the boxes that hold a label with room for its value: “部门：    ”."""
        apart = _units_in_two(self.boxes)
        return tuple(box for box in self.boxes if words.is_inline(box.text) and box not in apart)


def free_line(grid: Grid, row: int, *, started: bool) -> FreeLine | None:
    """Return the row as a line of words; None where it belongs to a table, or is blank."""
    texts = _only_words(grid, row)
    kind = _kind_of(grid, texts, started=started) if texts else None
    return None if kind is None else FreeLine(row, kind, texts)


def _only_words(grid: Grid, row: int) -> tuple[Box, ...]:
    """Return the words of a row that holds nothing else; () of any other."""
    boxes = [box for box in grid.starting(row) if box.text.strip() or box.drawn]
    inside = any(grid.box(row, column).top < row for column in range(grid.width))
    texts = [box for box in boxes if box.text.strip()]
    if len(texts) == 1 and words.is_unit_line(texts[0].key):
        return tuple(texts)
    return () if inside or not all(box.label for box in boxes) else tuple(boxes)


def _kind_of(grid: Grid, texts: Sequence[Box], *, started: bool) -> LineKind | None:
    if all(_labels_a_value(box) for box in texts):
        return LineKind.INLINE
    if all(words.explains_or_signs(box.key) for box in texts):
        return LineKind.NOTE
    if len(texts) == 1:
        return _single(grid, texts[0], started=started) or _several(texts)
    return _several(texts)


def _labels_a_value(box: Box) -> bool:
    return words.is_inline(box.text) and not words.is_explanation(box.key)


def _several(texts: Sequence[Box]) -> LineKind | None:
    """Return what texts side by side are, none of which belongs to a table."""
    texts = [box for box in texts if box not in _units_in_two(texts)]
    if not all(map(_beside_tables, texts)):
        return None
    stated = all(words.is_unit_line(box.key) or words.is_attachment(box.key) for box in texts)
    return LineKind.UNIT if stated else LineKind.INLINE


def _units_in_two(texts: Sequence[Box]) -> Sequence[Box]:
    """Return the boxes that state the unit in two cells: “金额单位：” beside “万元”."""
    return [
        box
        for pair in itertools.pairwise(texts)
        if words.is_unit_label(pair[0].key) and words.is_money_unit(pair[1].key)
        for box in pair
    ]


def _beside_tables(box: Box) -> bool:
    return (
        words.is_inline(box.text)
        or words.is_unit_line(box.key)
        or words.is_attachment(box.key)
        or words.explains_or_signs(box.key)
        or len(words.inline_labels(box.text)) > 1
    )


def _single(grid: Grid, box: Box, *, started: bool) -> LineKind | None:
    """Return what a text is that stands alone in its row; None for the title of a row."""
    if words.is_unit_line(box.key):
        return LineKind.UNIT
    if words.is_year_line(box.key) or words.is_attachment(box.key):
        return LineKind.TITLE
    wide = box.width > 1 and box.width * 2 >= grid.width
    alone = grid.outlined or _heads(grid, box)
    labels = wide and _fills_below(grid, box)
    if not labels and _is_section(grid, box, wide=wide, alone=alone):
        return LineKind.SECTION
    if wide and not labels:
        return LineKind.SECTION if started else LineKind.TITLE
    return LineKind.TITLE if alone and not started and not box.look.edges else None


def _is_section(grid: Grid, box: Box, *, wide: bool, alone: bool) -> bool:
    return words.is_section(box.key) and (wide or (alone and not _in_a_list(grid, box)))


def _in_a_list(grid: Grid, box: Box) -> bool:
    """Return whether a title goes on the numbering of one right above it: 二、…, 三、…."""
    above = grid.box(box.top - 1, box.left)
    return above.label and words.numbering(above.key) == words.numbering(box.key) != 0


def _fills_below(grid: Grid, box: Box) -> bool:
    """Return whether one wide box to be filled in lies below: then the text is its label."""
    below = grid.box(box.bottom + 1, box.left)
    return below.open and (below.left, below.right) == (box.left, box.right) and below.drawn


def _heads(grid: Grid, box: Box) -> bool:
    """Return whether the next row with words has several, as headings do."""
    for row in range(box.bottom + 1, grid.height):
        if texts := [one for one in grid.starting(row) if one.text.strip()]:
            return len(texts) > 1 and all(one.label for one in texts)
    return False
