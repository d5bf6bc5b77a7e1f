"""A block with headings as tables: which columns hold titles, which are filled in, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.blocks import Block
from jixiao_xlsx.adopting.seen.boxes import Box, Print
from jixiao_xlsx.adopting.seen.headings import TableHeading
from jixiao_xlsx.adopting.seen.tree import TitleLine, TitlePlace, path_of, placed


class Use(StrEnum):
    """What a column is for."""

    INDEX = "index"
    TITLE = "title"
    ATTRIBUTE = "attribute"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table, called by the headings over it."""

    leaf: Box
    path: tuple[str, ...]
    use: Use

    @property
    def at(self) -> int:
        """Return its first column on the sheet."""
        return self.leaf.left


_TOP = TitlePlace(None)


@dataclass(frozen=True, slots=True)
class RowSeen:
    """A row of a table; `path` are its titles, () for a line that a department names.

    `boxes` are what stands under each column; `total`: it sums the lines around it; `heads`: it is
    only the title of those below.
    """

    row: int
    path: tuple[str, ...]
    title: Box | None
    boxes: tuple[Box, ...]
    placed: TitlePlace = _TOP
    group: tuple[str, ...] = ()
    heads: bool = False

    @property
    def total(self) -> bool:
        """Return whether its title is of a sum."""
        return self.title is not None and words.is_total(self.title.key)


@dataclass(frozen=True, slots=True)
class TableFound:
    """One table: its columns from left to right, its lines from the top."""

    block: Block
    columns: tuple[TableColumn, ...]
    lines: tuple[RowSeen, ...]

    @property
    def heading(self) -> TableHeading:
        """Return its headings."""
        assert self.block.heading is not None
        return self.block.heading

    def box(self, line: RowSeen, column: TableColumn) -> Box:
        """Return what stands on a line under a column."""
        return line.boxes[self.columns.index(column)]

    @property
    def levels(self) -> bool:
        """Return whether it lists indicators by level."""
        return words.lists_indicators(column.leaf.key for column in self.columns)


def tables_of(block: Block) -> Iterator[TableFound]:
    """Yield the tables of a block: one for each set of titles with the columns beside it."""
    heading = block.heading
    assert heading is not None
    leaves = [(leaf, _use(block, heading, leaf)) for leaf in heading.leaves]
    for side in _sides(leaves):
        columns = tuple(TableColumn(leaf, _path(heading, leaf), use) for leaf, use in side)
        lines = tuple(_lines(block, columns))
        if any(column.use is not Use.INDEX for column in columns):
            yield TableFound(block, columns, lines)


def _path(heading: TableHeading, leaf: Box) -> tuple[str, ...]:
    return tuple(box.text.strip() for box in heading.path(leaf.left))


def _use(block: Block, heading: TableHeading, leaf: Box) -> Use:
    """Return what a column is for: by its heading, and by what is printed under it."""
    if words.is_index(leaf.key):
        return Use.INDEX
    own = _titles_under(block, leaf)
    if words.is_attribute(leaf.key) and not (own and leaf.left == heading.left):
        return Use.ATTRIBUTE  # one over the titles of rows is none: 单位 over the names of units
    return _use_by_titles(block, heading, leaf, own)


def _use_by_titles(block: Block, heading: TableHeading, leaf: Box, own: Sequence[Box]) -> Use:
    levels = words.lists_indicators(other.key for other in heading.leaves)
    if levels and not words.is_level(leaf.key) and not _outside_levels(heading, leaf):
        return Use.ATTRIBUTE if own else Use.VALUE
    if any(not words.is_total(box.key) for box in own):
        return Use.TITLE
    totals_only = bool(own) and not levels and leaf.left == heading.left
    return Use.TITLE if totals_only and not _opens(block, leaf) else Use.VALUE


def _outside_levels(heading: TableHeading, leaf: Box) -> bool:
    """Return whether a heading stands left of all levels: 评价内容, whose titles hold them."""
    return all(leaf.left < other.left for other in heading.leaves if words.is_level(other.key))


def _titles_under(block: Block, leaf: Box) -> Sequence[Box]:
    """Return the titles printed under a heading.

    None that reaches in from the left: a total, or what heads the rows below over the whole width.
    """
    boxes = [block.grid.box(row, leaf.left) for row in block.rows]
    titles = [box for box in boxes if box.label and not words.is_value_like(box.key)]
    return [
        box
        for box in titles
        if box.left >= leaf.left or not (words.is_total(box.key) or box.right >= block.right)
    ]


def _opens(block: Block, leaf: Box) -> bool:
    """Return whether a column has rows in which a name is to be written."""
    return any(block.grid.box(row, leaf.left).open for row in block.rows)


def _sides(leaves: Sequence[tuple[Box, Use]]) -> Iterator[list[tuple[Box, Use]]]:
    """Part the columns where titles stand again behind columns to be filled in."""
    side: list[tuple[Box, Use]] = []
    filled = False
    for leaf, use in leaves:
        if use is Use.TITLE and filled:
            yield side
            side, filled = [], False
        side.append((leaf, use))
        filled = filled or (use is Use.VALUE and any(one is Use.TITLE for _, one in side))
    if side:
        yield side


# -------------------------------------------------------------------------------------------- rows


def _lines(block: Block, columns: Sequence[TableColumn]) -> Iterator[RowSeen]:
    """Yield the rows of one side of a block."""
    found = _titled_rows(block, columns)
    levels = _number_levels(block, columns, [row for row, _ in found])
    last = columns[-1].leaf.right
    lines = [
        _title_line(titles, level, last) for (_, titles), level in zip(found, levels, strict=True)
    ]
    places = placed(lines) if any(line.text for line in lines) else (_TOP,) * len(lines)
    for number, (row, titles) in enumerate(found):
        path = path_of(number, lines, places) if titles else ()
        title = titles[-1] if titles else None
        boxes = tuple(block.grid.box(row, column.at) for column in columns)
        own = lines[number]
        yield RowSeen(row, path, title, boxes, places[number], own.group, own.heads)


def _rows(block: Block, columns: Sequence[TableColumn]) -> Iterator[int]:
    """Yield the rows in which something of these columns begins."""
    for row in block.rows:
        if any(block.grid.box(row, column.at).top == row for column in columns):
            yield row


def _titled_elsewhere(block: Block, columns: Sequence[TableColumn], row: int) -> bool:
    """Return whether words are printed in a row beside these columns."""
    left, right = columns[0].at, columns[-1].leaf.right
    return any(
        box.label and (box.right < left or box.left > right) for box in block.grid.starting(row)
    )


def _titled_rows(
    block: Block, columns: Sequence[TableColumn]
) -> Sequence[tuple[int, tuple[Box, ...]]]:
    """Return the rows of one side of a block with their titles, none that is only another's."""
    found = [(row, _titles(block, columns, row)) for row in _rows(block, columns)]
    if any(titles and not words.is_total(titles[-1].key) for _, titles in found):
        return [one for one in found if one[1] or not _titled_elsewhere(block, columns, one[0])]
    return found


def _number_levels(
    block: Block, columns: Sequence[TableColumn], rows: Sequence[int]
) -> Sequence[int]:
    """Return the level of each row's number in a column 序号 with 一, 1, 2, 二; else zeros."""
    for column in columns:
        if column.use is Use.INDEX:
            keys = [block.grid.box(row, column.at).key for row in rows]
            levels = [words.running_number(key) for key in keys]
            if len({*levels} - {0}) > 1:
                return levels
    return [0] * len(rows)


def _title_line(titles: Sequence[Box], level: int, last: int) -> TitleLine:
    """Return the title of a row as one of a tree; `last` is the last column of its table."""
    if not titles:
        return TitleLine("", level=level)
    *outer, own = titles
    heads = own.width > 1 and own.right >= last
    return TitleLine(own.text, own.indent, tuple(box.text.strip() for box in outer), level, heads)


def _titles(block: Block, columns: Sequence[TableColumn], row: int) -> tuple[Box, ...]:
    """Return the titles of a row, the outermost first; a blank outer one holds from above."""
    grid = block.grid
    heading = block.heading
    assert heading is not None
    found: list[Box] = []
    titles = [one for one in columns if one.use is Use.TITLE]
    for at in [at for one in reversed(titles) for at in range(one.leaf.right, one.at - 1, -1)]:
        box = grid.box(row, at)
        if not box.label and found:
            box = _above(block, at, row) or box
        if box.label and box.top > heading.bottom and box not in found:
            found.append(box)
    return tuple(reversed(found)) or _total_over(block, columns, row)


def _total_over(block: Block, columns: Sequence[TableColumn], row: int) -> tuple[Box, ...]:
    """Return the title of a total that is printed over columns to be filled in."""
    first = next((one for one in columns if one.use is not Use.TITLE), None)
    if first is None:
        return ()
    box = block.grid.box(row, first.at)
    over = box.label and (words.is_total(box.key) or box.left < first.at)
    return (box,) if over else ()


def _above(block: Block, column: int, row: int) -> Box | None:
    """Return the title that stands higher in a column whose cells below it are left blank."""
    for other in reversed([one for one in block.rows if one < row]):
        box = block.grid.box(other, column)
        if box.label:
            return None if words.is_total(box.key) else box
        if box.print is not Print.EMPTY:
            return None
    return None


def fields_of(table: TableFound) -> Iterator[tuple[RowSeen, TableColumn, Box]]:
    """Yield what is to be filled in: the line, the column, and the box."""
    grid = table.block.grid
    for line in table.lines:
        for column, box in zip(table.columns, line.boxes, strict=True):
            if _to_fill(table, line, column, box) and (box.drawn or box.text or not grid.outlined):
                yield line, column, box


def _to_fill(table: TableFound, line: RowSeen, column: TableColumn, box: Box) -> bool:
    if column.use is Use.INDEX or box.top != line.row or box.left != column.at:
        return False
    if not (box.open or box.print is Print.FORMULA):
        return False
    crossed = [
        other
        for other in table.columns
        if other.use is Use.VALUE and box.left <= other.at <= box.right
    ]
    if len(crossed) > 1:
        return False
    if column.use is Use.TITLE:
        return line.title is None or (line.title.left < box.left and not line.total)
    return column.use is Use.VALUE or not _mostly_printed(table, column)


def _mostly_printed(table: TableFound, column: TableColumn) -> bool:
    """Return whether what a column says of its rows is printed, so that a blank there is meant."""
    number = table.columns.index(column)
    boxes = [line.boxes[number] for line in table.lines if not line.total]
    printed = [box for box in boxes if not box.open]
    return 2 * len(printed) > len(boxes)
