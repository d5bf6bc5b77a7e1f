"""What is understood of a workbook: every cell to be filled, its path on both axes, its unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jixiao_xlsx.adopting.seen import kinds, words
from jixiao_xlsx.adopting.seen.blocks import SheetLayout, layout_of
from jixiao_xlsx.adopting.seen.boxes import Box, Grid, Print
from jixiao_xlsx.adopting.seen.lines import LineKind
from jixiao_xlsx.adopting.seen.pairs import LabelPair, pairs_in_lines, pairs_of
from jixiao_xlsx.adopting.seen.tables import (
    RowSeen,
    TableColumn,
    TableFound,
    Use,
    fields_of,
    tables_of,
)


@dataclass(frozen=True, slots=True)
class Field:
    """A cell to be filled in: its table, the titles of its row and its column, kind and unit.

    `box` is where it stands; `computed`: the county's own formula stands there.
    """

    sheet: str
    box: Box
    table: str
    row: tuple[str, ...]
    column: tuple[str, ...]
    kind: str
    unit: str

    @property
    def ref(self) -> str:
        """Return its address, “C9”."""
        return self.box.ref

    @property
    def computed(self) -> bool:
        """Return whether a formula of the county stands there."""
        return self.box.print is Print.FORMULA


@dataclass(frozen=True, slots=True)
class TableUnderstood:
    """A table and its fields; `unit` is the money unit stated for it, "" where none is."""

    name: str
    sheet: str
    found: TableFound
    fields: tuple[Field, ...]
    unit: str = ""

    def at(self, line: RowSeen, column: TableColumn) -> Field | None:
        """Return the field on a line under a column."""
        return next(
            (one for one in self.fields if one.box.top == line.row and one.box.left == column.at),
            None,
        )


@dataclass(frozen=True, slots=True)
class PairUnderstood:
    """A label and its value as a field of the record `field.table`."""

    pair: LabelPair
    field: Field


@dataclass(frozen=True)
class Understanding:
    """Everything understood of a workbook, sheet by sheet."""

    layouts: tuple[SheetLayout, ...]
    tables: tuple[TableUnderstood, ...]
    pairs: tuple[PairUnderstood, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return all cells to be filled in, table by table."""
        in_tables = (one for table in self.tables for one in table.fields)
        return (*(one.field for one in self.pairs), *in_tables)


def understand(grids: Sequence[Grid]) -> Understanding:
    """Return what is understood of the sheets of a blank workbook."""
    layouts = tuple(layout_of(grid) for grid in grids)
    names: dict[str, int] = {}
    tables: list[TableUnderstood] = []
    pairs: list[PairUnderstood] = []
    for layout in layouts:
        record = _named(f"{layout.grid.sheet}·填报项", names)
        pairs += [_pair(layout, one, record) for one in pairs_in_lines(layout.lines)]
        for block in layout.blocks:
            if block.heading is None:
                pairs += [_pair(layout, one, record) for one in pairs_of(block)]
                continue
            tables.extend(_table(layout, found, names) for found in tables_of(block))
    return Understanding(layouts, tuple(tables), tuple(pairs))


def _named(name: str, names: dict[str, int]) -> str:
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name}（{names[name]}）"


def _pair(layout: SheetLayout, pair: LabelPair, record: str) -> PairUnderstood:
    titles = pair.titles
    beside = next((unit for text in reversed(pair.outer) if (unit := words.unit_in(text))), "")
    stated = words.unit_in(titles[-1])
    around = (stated, beside, *_units_above(layout, pair.label.top))
    kind = kinds.kind_of(titles[-1:], (), stated or beside) or "text"
    if kind == "count" and not stated:
        kind = "text"
    if words.is_total(words.plain_title(titles[-1])) and beside in kinds.PRINTED_MONEY:
        kind = "money"
    if pair.value_at == "inside" and kind == "score":
        kind = "text"
    unit = kinds.unit_for(kind, titles, (), around) or stated
    field = Field(layout.grid.sheet, pair.value, record, titles, (), kind, unit)
    return PairUnderstood(pair, field)


def _table(layout: SheetLayout, found: TableFound, names: dict[str, int]) -> TableUnderstood:
    name = _named(_name(layout, found), names)
    outer = _outer_units(layout, found)
    fields = []
    for line, column, box in fields_of(found):
        if not _beside_total(found, line, column, box):
            kind, unit = _measured(found, line, column, box, outer)
            sheet = layout.grid.sheet
            fields.append(Field(sheet, box, name, line.path, column.path, kind, unit))
    unit = next((one for one in outer if one in kinds.PRINTED_MONEY), "")
    return TableUnderstood(name, layout.grid.sheet, found, tuple(fields), unit)


def _measured(
    found: TableFound, line: RowSeen, column: TableColumn, box: Box, outer: Sequence[str]
) -> tuple[str, str]:
    """Return the type and the unit of a cell; `outer` are the units stated around the table."""
    near = _row_units(found, line)
    headings = [words.unit_in(text) for text in reversed(column.path)]
    if kinds.is_valued(column.path) and _counts_beside(found):
        near = [unit for unit in near if unit in kinds.PRINTED_MONEY]
    around = [*near, *headings, *outer]
    stated = next((unit for unit in (*near, *headings) if unit), "")
    if not stated and outer and outer[0] not in kinds.PRINTED_MONEY:
        stated = outer[0]
    money = any(one in kinds.PRINTED_MONEY for one in around)
    kind = _kind(found, line, column, box, stated, money=money)
    if kind == "count" and (counted := _counted(found)):
        around.append(counted)
    return kind, kinds.unit_for(kind, line.path, column.path, around)


def _counts_beside(found: TableFound) -> bool:
    """Return whether a table has a column of numbers of things, whose units its rows print."""
    return any(kinds.counts(column.path) for column in found.columns)


def _beside_total(found: TableFound, line: RowSeen, column: TableColumn, box: Box) -> bool:
    """Return whether a cell of words stands beside a total, where nobody writes any."""
    if not line.total or line.title is None:
        return False
    beside = found.levels or box.left < line.title.left
    return beside and kinds.kind_of((), column.path, "") in kinds.WORD_KINDS


def _kind(
    found: TableFound,
    line: RowSeen,
    column: TableColumn,
    box: Box,
    stated: str,
    *,
    money: bool,
) -> str:
    """Return the type of a cell; a titled row of a money table has money where words are silent."""
    if fixed := _kind_by_place(found, column, box):
        return fixed
    others = _kinds_of_titled(found, column)
    if line.total and others in ({"money"}, {"count"}) and not stated:
        return next(iter(others))
    titles = () if line.total else line.path
    headings = () if words.is_any_content(column.leaf.key) and titles else column.path
    if kind := kinds.kind_of(titles, headings, stated):
        return kind
    others = others or _kinds_beside(found, column)
    if len(others) == 1:
        return next(iter(others))
    return _kind_unsaid(found, money=money or bool(others))


def _kind_by_place(found: TableFound, column: TableColumn, box: Box) -> str:
    """Return the type that the use of a column or the format of a cell settles; "" for none."""
    if column.use is Use.TITLE or (found.levels and words.is_level(column.leaf.key)):
        return "text"
    if found.levels and column.leaf.key == "数值":
        return "measure"
    return "percent" if box.look.format.endswith("%") else ""


def _kinds_of_titled(found: TableFound, column: TableColumn) -> set[str]:
    """Return the types that the words of titled rows give their cells in a column."""
    named = [other.path for other in found.lines if other.path and not other.total]
    return {kinds.kind_of(path, column.path, "") for path in named} - {""}


def _kinds_beside(found: TableFound, column: TableColumn) -> set[str]:
    """Return the types of figures that columns under the same wider heading have by their words."""
    beside = [
        other.path
        for other in found.columns
        if len(column.path) > 1 and other is not column and other.path[:-1] == column.path[:-1]
    ]
    kinds_there = {kinds.kind_of((), path[-1:], "") for path in beside} - {""}
    return kinds_there if kinds_there in ({"money"}, {"count"}) else set()


def _kind_unsaid(found: TableFound, *, money: bool) -> str:
    """Return the type of a cell of which no word tells: that of its table, in titled rows."""
    if not any(line.path and not line.total for line in found.lines):
        return "text"
    return "count" if _counted(found) else "money" if money else "text"


def _counted(found: TableFound) -> str:
    """Return the unit of people or things that headings of a table print, where no other is."""
    units = {words.unit_in(text) for column in found.columns for text in column.path} - {"", "%"}
    return next(iter(units)) if len(units) == 1 and not units & kinds.PRINTED_MONEY else ""


# ------------------------------------------------------------------------------------------- units


def _row_units(found: TableFound, line: RowSeen) -> Sequence[str]:
    """Return the units printed for a row: in its titles, or in a column 计量单位."""
    own = [words.unit_in(text) for text in reversed(line.path)]
    units = [unit for unit in own if unit != "分"]
    for column, box in zip(found.columns, line.boxes, strict=True):
        if column.use is Use.ATTRIBUTE and box.label and "单位" in column.leaf.key:
            units.insert(0, kinds.printed_unit(box.text))
    return units


def _outer_units(layout: SheetLayout, found: TableFound) -> Sequence[str]:
    """Return the units stated for a table, the nearest first.

    In the heading over its titles (the corner), at its side, in the section, in lines above.
    """
    heading, block = found.heading, found.block
    titles = [column for column in found.columns if column.use is Use.TITLE]
    corner = [
        words.unit_in(text) or words.money_stated(text)
        for column in titles
        for text in reversed(column.path)
    ]
    sides = [words.unit_in(box.text) for box in heading.sides]
    section = [words.money_stated(block.section.text)] if block.section else []
    around = [unit for unit in (*corner, *sides, *section) if unit and unit != "分"]
    return around + _units_above(layout, block.top)


def _units_above(layout: SheetLayout, row: int) -> list[str]:
    """Return the units of money stated in the lines above a row, the nearest first."""
    lines = [line for line in layout.lines if line.row < row and line.kind is not LineKind.SECTION]
    texts = [text for line in reversed(lines) for text in line.stated]
    return [unit for unit in map(words.money_stated, texts) if unit] or _only_unit(layout)


def _only_unit(layout: SheetLayout) -> list[str]:
    """Return the one unit of money that lines below state, where no line of a sheet differs."""
    units = {words.money_stated(text) for line in layout.lines for text in line.stated} - {""}
    return list(units) if len(units) == 1 else []


def _titles_above(layout: SheetLayout, row: int) -> Iterator[str]:
    """Yield the titles above a row, the nearest first; not the year alone, nor “附件2”."""
    for line in reversed(layout.lines):
        for box in line.boxes if line.kind is LineKind.TITLE and line.row < row else ():
            if not words.is_year_line(box.key) and not words.is_attachment(box.key):
                yield box.text


def _name(layout: SheetLayout, found: TableFound) -> str:
    """Return what a table is called: by its side label, its section or the sheet."""
    heading, block = found.heading, found.block
    whole = [column.path[0] for column in found.columns if len(column.path) > 1]
    top = whole[0] if whole and len(set(whole)) == 1 and len(whole) == len(found.columns) else ""
    title = next(_titles_above(layout, block.top), layout.grid.sheet)
    outer = (
        heading.sides[-1].text if heading.sides else block.section.text if block.section else title
    )
    parts = [words.plain_title(one) for one in (outer, top) if one]
    return "·".join(part for part in parts if part) or layout.grid.sheet
