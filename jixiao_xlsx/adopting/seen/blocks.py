"""A sheet cut into blocks: lines around the tables, tables with their headings, label–value pairs.

Sheets are read as a person does, from the top: lines of words that stand free (title, unit, notes,
sections) part what lies between them; there, a row of headings with something to fill in below
begins a table, and what does not fit under its headings ends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.boxes import Box, Grid, Print
from jixiao_xlsx.adopting.seen.headings import TableHeading, heading_at, leaf_over
from jixiao_xlsx.adopting.seen.lines import FreeLine, LineKind, free_line


@dataclass(frozen=True, slots=True)
class Block:
    """A table under a heading, or rows of labels and values where `heading` is None.

    `rows` are its rows below the heading, `section` the title above it.
    """

    grid: Grid
    left: int
    right: int
    rows: tuple[int, ...]
    heading: TableHeading | None = None
    section: Box | None = None

    @property
    def top(self) -> int:
        """Return its first row."""
        return self.heading.top if self.heading else self.rows[0]

    @property
    def bottom(self) -> int:
        """Return its last row."""
        return self.rows[-1] if self.rows else self.top


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A sheet as lines and blocks, both in reading order."""

    grid: Grid
    lines: tuple[FreeLine, ...]
    blocks: tuple[Block, ...]


@dataclass
class _Draft:
    """A block while its rows are being gathered."""

    left: int
    right: int
    heading: TableHeading | None
    rows: list[int] = field(default_factory=list)


def layout_of(grid: Grid) -> SheetLayout:
    """Cut a sheet into lines and blocks."""
    lines: list[FreeLine] = []
    blocks: list[Block] = []
    section: Box | None = None
    band: list[int] = []
    for row in range(grid.height + 1):
        line = free_line(grid, row, started=bool(blocks or band)) if row < grid.height else None
        if row < grid.height and (line is None or _heads_a_group(grid, band, row)):
            band.append(row)
            continue
        blocks += _blocks_of(grid, band, section)
        band = []
        if line is not None:
            lines.append(line)
            if line.kind is LineKind.SECTION:
                section = line.boxes[0]
    return SheetLayout(grid, tuple(lines), tuple(blocks))


def _heads_a_group(grid: Grid, band: Sequence[int], row: int) -> bool:
    """Return whether a title as wide as the table above goes on with it: no headings follow.

    The row below has the boxes of the row above it.
    """
    title, below = grid.starting(row)[0], grid.starting(row + 1)
    if len(band) <= 1 or not grid.outlined or not title.drawn:
        return False
    edges = [(box.left, box.right) for box in grid.starting(row - 1) if box.drawn]
    alike = len(edges) > 1 and edges == [(box.left, box.right) for box in below if box.drawn]
    under_it = alike and (title.left, title.right) == (edges[0][0], edges[-1][1])
    return under_it and any(box.label for box in below) and any(box.open for box in below)


# ------------------------------------------------------------------------------------------ blocks


def _blocks_of(grid: Grid, band: Sequence[int], section: Box | None) -> Iterator[Block]:
    """Yield the blocks of consecutive rows, those on the left first."""
    for rows in _segments(grid, _trimmed(grid, band)):
        yield from _blocks_in(grid, rows, section)


def _segments(grid: Grid, rows: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut rows where nothing is drawn at all, and where tables side by side end.

    What stands below may lie across the column that parts them.
    """
    segment: list[int] = []
    for row in rows:
        if grid.outlined and not _used(grid, row, 0, grid.width - 1):
            if segment:
                yield segment
            segment = []
            continue
        if segment and _ends_side_by_side(grid, segment, row):
            yield segment
            segment = []
        segment.append(row)
    if segment:
        yield segment


def _ends_side_by_side(grid: Grid, rows: Sequence[int], row: int) -> bool:
    """Return whether a row lies across a column that parts tables with headings above it."""
    if not grid.outlined or len(rows) <= 2:
        return False
    above, below = list(_columns(grid, rows)), list(_columns(grid, [*rows, row]))
    return len(below) < len(above) and all(
        heading_at(grid, rows[0], *part) or heading_at(grid, rows[1], *part) for part in above
    )


def _blocks_in(grid: Grid, rows: Sequence[int], section: Box | None) -> Iterator[Block]:
    """Yield the blocks of rows with something in each, those on the left first."""
    for left, right in _parts(grid, rows):
        for draft in _scan(grid, rows, left, right):
            if not draft.rows and draft.heading and not grid.outlined:
                draft.rows.append(draft.heading.last + 1)  # nothing tells a blank line at the end
            if draft.rows:
                yield Block(
                    grid, draft.left, draft.right, tuple(draft.rows), draft.heading, section
                )


def _trimmed(grid: Grid, band: Sequence[int]) -> Sequence[int]:
    used = [row for row in band if _used(grid, row, 0, grid.width - 1)]
    if not used:
        return ()
    last = used[-1] if grid.outlined else max(band)
    return [row for row in band if used[0] <= row <= last]


def _used(grid: Grid, row: int, left: int, right: int) -> bool:
    """Return whether something is printed or drawn in those columns of the row."""
    return any((row, column) in grid.at for column in range(left, right + 1))


def _parts(grid: Grid, rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the column ranges of blocks side by side.

    Blocks that touch are told apart by titles over them whose headings differ in depth.
    """
    for left, right in _columns(grid, rows):
        heads = [box for box in grid.starting(rows[0]) if left <= box.left <= right]
        ends = [box.right for box in heads[:-1]] + [right]
        parts = list(zip([left, *(end + 1 for end in ends[:-1])], ends, strict=True))
        crossed = any(grid.box(row, end) == grid.box(row, end + 1) for row in rows for end in ends)
        titles = all(head.label and head.width > 1 for head in heads)
        if titles and not crossed and _differ_in_depth(grid, rows[0], parts):
            yield from parts
        else:
            yield left, right


def _differ_in_depth(grid: Grid, row: int, parts: Sequence[tuple[int, int]]) -> bool:
    """Return whether headings stand in each part, and do not end in one row."""
    headings = [
        heading_at(grid, row, left, right) or heading_at(grid, row + 1, left, right)
        for left, right in parts
    ]
    depths = {heading and heading.last for heading in headings}
    return len(depths) > 1 and None not in depths


def _columns(grid: Grid, rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the column ranges of what stands side by side: a column of nothing parts it."""
    used = [any((row, column) in grid.at for row in rows) for column in range(grid.width)]
    if not grid.outlined:
        yield used.index(True), len(used) - 1 - used[::-1].index(True)
        return
    start = None
    for column, full in enumerate([*used, False]):
        if full and start is None:
            start = column
        elif not full and start is not None:
            yield start, column - 1
            start = None


def _scan(grid: Grid, rows: Sequence[int], left: int, right: int) -> Iterator[_Draft]:
    """Yield the tables and groups of pairs of a band of rows, from the top."""
    draft: _Draft | None = None
    skip = -1
    for row in rows:
        if row <= skip:
            continue
        if not _used(grid, row, left, right):
            if grid.outlined:
                yield from _closed(draft)
                draft = None
            elif draft is not None and _goes_on(grid, draft, row, rows):
                draft.rows.append(row)
            continue
        heading = heading_at(grid, row, left, right)
        if draft is not None and not _begins_anew(heading, draft) and _fits(grid, draft, row):
            draft.rows.append(row)
            continue
        if heading is not None:
            yield from _closed(draft)
            draft = _Draft(left, heading.right, heading)
            skip = heading.last
        elif draft is not None and draft.heading is None:
            draft.rows.append(row)
        else:
            yield from _closed(draft)
            draft = _Draft(left, right, None, [row])
    yield from _closed(draft)


def _begins_anew(heading: TableHeading | None, draft: _Draft) -> bool:
    """Return whether headings stand where a row of the table above could stand too."""
    if heading is None or not draft.rows or len(heading.leaves) < 2:
        return False
    return heading.grid.outlined or heading.bottom > heading.top


def _closed(draft: _Draft | None) -> Iterator[_Draft]:
    if draft is not None:
        yield draft


def _goes_on(grid: Grid, draft: _Draft, row: int, rows: Sequence[int]) -> bool:
    """Return whether a blank row of a sheet without lines belongs to the table above it.

    It does where the table has nothing but blank rows so far, or goes on after it.
    """
    if draft.heading is None:
        return False
    blank = [one for one in draft.rows if not _used(grid, one, draft.left, draft.right)]
    return len(blank) == len(draft.rows)


def _fits(grid: Grid, draft: _Draft, row: int) -> bool:
    """Return whether a row lies under the headings of a table."""
    heading = draft.heading
    if heading is None:
        return False
    boxes = [box for box in grid.starting(row) if draft.left <= box.left <= draft.right]
    beside = any(box.label and box.right < heading.left for box in boxes)
    inner = [box for box in boxes if box.right >= heading.left]
    if (beside and heading.sides) or not inner or not draft.rows:
        return not (beside and heading.sides)
    return not _wider_heading(grid, draft, row) and _under(grid, draft, heading, inner)


def _under(grid: Grid, draft: _Draft, heading: TableHeading, boxes: Sequence[Box]) -> bool:
    """Return whether the boxes of a row keep to the headings: words where words may be."""
    if not all(_may_be_printed(grid, draft, heading, box) for box in boxes if box.label):
        return False
    others = [box for box in boxes if not box.label]
    return not others or not all(box.drawn and _crosses(heading, box) for box in others)


def _wider_heading(grid: Grid, draft: _Draft, row: int) -> bool:
    """Return whether a row is of headings that reach farther right than those above it."""
    beyond = any(box.left > draft.right and box.text.strip() for box in grid.starting(row))
    return beyond and heading_at(grid, row, draft.left, grid.width - 1) is not None


def _may_be_printed(grid: Grid, draft: _Draft, heading: TableHeading, box: Box) -> bool:
    """Return whether a label may stand there in a row of the table: in a column of titles."""
    if box.left <= heading.left or words.is_value_like(box.key):
        return True
    leaf = leaf_over(heading, box.left)
    if leaf is None:
        return False
    if words.is_row_title_heading(leaf.key) or words.is_attribute(leaf.key) or not leaf.key:
        return True
    firsts = [grid.box(row, leaf.left) for row in draft.rows]
    return any(one.label for one in firsts)


def _crosses(heading: TableHeading, box: Box) -> bool:
    """Return whether a box lies under several headings."""
    if box.print is Print.NUMBER:
        return False
    leaves = {leaf_over(heading, column) for column in range(box.left, box.right + 1)} - {None}
    return len(leaves) > 1
