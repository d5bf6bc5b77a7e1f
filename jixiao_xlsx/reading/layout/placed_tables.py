"""Read the tables of a county's own form from a copy of its blank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from jixiao_xlsx.form.spec import ColumnSpec, RowSpec, TableSpec
from jixiao_xlsx.reading.cell_value import cell_spec, read_cell, text_cell
from jixiao_xlsx.reading.find_tables import Header, Region, TitledRows
from jixiao_xlsx.reading.layout.inside import value_inside
from jixiao_xlsx.reading.layout.match import SheetPair, area_of
from jixiao_xlsx.reading.layout.printed import own_lines_of, titled_lines_of
from jixiao_xlsx.reading.stated_units import stated_units
from jixiao_xlsx.reading.table_draft import TableDraft
from jixiao_xlsx.reading.table_frame import finish
from jixiao_xlsx.reading.table_rows import (
    SheetTables,
    fixed_rows,
    headings,
    rows_between,
    total_row,
)
from jixiao_xlsx.reading.titles import FormTitles
from jixiao_xlsx.values.addresses import Position, column_index, position
from jixiao_xlsx.values.cells import Cell, Row, StatedUnit, Table
from jixiao_xlsx.values.typed_numbers import State, is_not_applicable, read_number

_NEVER_ALONE = frozenset({"code", "year", "date"})
PARENT = "parent"  # the kind of a row with a code that others begin with: their sum


def read_placed(pair: SheetPair, titles: FormTitles) -> SheetTables:
    """Read the tables of one sheet, and mark what is the blank's own print as understood."""
    drafts, tables = [], []
    for spec in pair.blank.tables:
        header = _header(pair, spec)
        region = Region(spec, *_region(pair, spec), header)
        draft = TableDraft(pair.copy, region, titles.tables[spec.name])
        drafts.append(draft)
        table = _record(draft, pair) if spec.shape == "record" else _columns(draft, pair)
        if table is None:
            text = f"工作表“{pair.copy.name}”里没有找到“{spec.name}”，该表没有读取"
            draft.note("missing_title", (0, 0), spec.name, text)
        else:
            tables.append(table)
    _mark_printed(pair)
    notes = tuple(note for draft in drafts for note in draft.notes)
    return SheetTables(tuple(tables), notes, tuple(drafts))


def _region(pair: SheetPair, table: TableSpec) -> tuple[int, int]:
    """Return the lines of a table in the copy: first, and that after the last."""
    top, _, bottom, _ = area_of(table)
    there = [pair.lines[line] for line in range(top, bottom + 1) if line in pair.lines]
    own = own_lines(pair, table)
    there += [line for line in (own.start, own.stop - 1) if own]
    return (min(there), max(there) + 1) if there else (0, 0)


def _header(pair: SheetPair, table: TableSpec) -> Header | None:
    """Return the headings of a table in the copy; None where it has none of its columns."""
    columns, cells = {}, {}
    for column in table.columns:
        at = column_index(column.at) if column.at else -1
        there = pair.columns[table.name].get(at)
        if there is not None and table.shape != "record":
            columns[column.title] = there
            line = pair.lines.get(_heading_line(pair, table, at), _region(pair, table)[0])
            covered = pair.copy.covered.get((line, there))
            cells[column.title] = covered[:2] if covered else (line, there)
    if not columns:
        return None
    lines = [place[0] for place in cells.values()]
    return Header(min(lines), max(lines), columns, cells)


def _heading_line(pair: SheetPair, table: TableSpec, column: int) -> int:
    """Return the line of the blank with the innermost heading of a column."""
    top = area_of(table)[0]
    first = min((line for line in titled_lines_of(table) if line > top), default=top + 1)
    sheet = pair.blank.worksheet
    for line in range(first - 1, top - 1, -1):
        if sheet.text(line, column):
            covered = sheet.covered.get((line, column))
            return covered[0] if covered else line
    return first - 1


# ------------------------------------------------------------------------------------------ shapes


def _columns(draft: TableDraft, pair: SheetPair) -> Table | None:
    header, table = draft.region.header, draft.table
    if header is None:
        return None
    lines = _titled(pair, table, header)
    own = own_lines(pair, table)
    if not lines.at and not table.lines:
        return None
    rows = fixed_rows(draft, _without(lines, own))
    if own:
        above = [row for row in rows if lines.at[row.title] < own.start]
        below = [row for row in rows if lines.at[row.title] >= own.stop]
        rows = [*above, *rows_between(draft, header, lines, own), *below]
    rows = _with_parents(rows, table)
    total = pair.lines.get(table.total_at - 1) if table.total_at else None
    if total is not None:
        rows.append(total_row(draft, total))
    missing = _missing(table, header, lines)
    if table.total_at and total is None:
        missing.append(table.total)
    read = finish(draft, rows, headings(draft, header), missing, draft.region.start)
    return replace(read, stated_units=tuple(_newly_stated(draft, pair, header, lines)))


def _missing(table: TableSpec, header: Header, lines: TitledRows) -> list[str]:
    """Return the titles of the columns and rows of a table that its copy lacks."""
    missing = [column.title for column in table.columns if column.title not in header.columns]
    return missing + [row.title for row in table.rows if row.title not in lines.at]


def _newly_stated(
    draft: TableDraft, pair: SheetPair, header: Header, lines: TitledRows
) -> Iterator[StatedUnit]:
    """Yield the units that the copy states and the blank does not.

    A line 单位：元 of the blank may stand over a table whose rows or section have units of their own.
    """
    printed = set(pair.blank.printed.values())
    for one in stated_units(draft, header, lines):
        if pair.keys.get(position(one.cell.ref)) not in printed:
            yield one


def _without(lines: TitledRows, own: range) -> TitledRows:
    """Return the rows outside the lines that a department names."""
    return replace(lines, at={title: line for title, line in lines.at.items() if line not in own})


def _titled(pair: SheetPair, table: TableSpec, header: Header) -> TitledRows:
    at, labels = {}, {}
    for row in table.rows:
        line = pair.lines.get(int(row.at) - 1) if row.at else None
        if line is not None:
            at[row.title] = line
            labels[row.title] = _label(pair, table, row, header) or (
                line,
                min(header.columns.values()),
            )
    return TitledRows(at, labels)


def _label(pair: SheetPair, table: TableSpec, row: RowSpec, header: Header) -> Position | None:
    """Return where the title of a row stands in the copy: nearest to the left of its figures."""
    line = int(row.at) - 1
    first = min(column_index(column.at) for column in table.columns if column.at)
    left = [at for at in range(first - 1, -1, -1) if pair.blank.worksheet.text(line, at)]
    place = pair.place(table.name, (line, left[0])) if left else None
    if place is None:
        return None
    covered = pair.copy.covered.get(place)
    return covered[:2] if covered else place


def own_lines(pair: SheetPair, table: TableSpec) -> range:
    """Return the lines of the copy that the department named: between what the blank prints."""
    own = own_lines_of(table)
    if not own:
        return range(0)
    above = [line for line in pair.lines if line < own.start]
    first = pair.lines[max(above)] + 1 if above else own.start
    below = [line for line in pair.chain if line >= own.stop and pair.chain[line] >= first]
    last = pair.chain[min(below)] if below else max(pair.copy.height, first + len(own))
    return range(first, max(last, first))


def _with_parents(rows: list[Row], table: TableSpec) -> list[Row]:
    """Mark the rows whose code begins that of a row below: they are the sums of those."""
    if not table.codes:
        return rows
    codes = [row.cells[table.codes].text if table.codes in row.cells else "" for row in rows]
    return [
        replace(row, code=code, kind=PARENT if after.startswith(code) and after != code else "open")
        if row.kind == "open" and code
        else row
        for row, (code, after) in zip(rows, pairwise([*codes, ""]), strict=True)
    ]


# ------------------------------------------------------------------------------------------ records


def _record(draft: TableDraft, pair: SheetPair) -> Table | None:
    table, column = draft.table, draft.table.columns[0]
    rows, missing, first = [], [], None
    for row in table.rows:
        place = pair.place(table.name, position(row.at)) if row.at else None
        if place is None:
            missing.append(row.title)
            continue
        covered = pair.copy.covered.get(place)
        place = covered[:2] if covered else place
        draft.mark_handled(place)
        cell = _inside(draft, row, column, place) if row.inside else _value(draft, row, place)
        rows.append(Row(row.title, "fixed", {column.title: cell}))
        first = place if first is None else first
    if first is None:
        return None
    anchor = {column.title: text_cell(pair.copy, *first, "", column.title)}
    return finish(draft, rows, anchor, missing, draft.region.start)


def _value(draft: TableDraft, row: RowSpec, place: Position) -> Cell:
    """Read a value beside its label."""
    kind = cell_spec(draft.table, row.title, draft.table.columns[0])
    return read_cell(draft.sheet, row.title, kind, place)


def _inside(draft: TableDraft, row: RowSpec, column: ColumnSpec, place: Position) -> Cell:
    """Read a value in the cell of its label."""
    kind = cell_spec(draft.table, row.title, column)
    whole = text_cell(draft.sheet, *place, row.title, column.title)
    text = value_inside(whole.text, row.inside, row.part) if whole.text else ""
    if text is None:
        text = "" if row.part in _NEVER_ALONE else whole.text
    cell = whole._replace(unit=kind.unit, decimals=kind.decimals)
    if not text:
        return cell._replace(raw=None, value=None, state=State.BLANK)
    if not kind.numeric:
        return cell._replace(raw=text, value=text, state=State.TEXT)
    state, value, _ = read_number(text, kind.unit, percent=kind.type == "percent")
    return cell._replace(raw=text, value=value, state=state)


# ------------------------------------------------------------------------------------------- print


def _mark_printed(pair: SheetPair) -> None:
    """Mark what the blank prints as understood, wherever in the copy it stands."""
    printed = set(pair.blank.printed.values())
    for place, key in pair.keys.items():
        if key in printed and not key.startswith("#"):
            pair.copy.handled.add(place)
    for place, key in _numbers(pair):
        if pair.keys.get(place) == key:
            pair.copy.handled.add(place)
    labels = {text.rstrip(":") for text in printed if text.endswith(":")}
    for place, key in pair.keys.items():
        head, mark, _ = key.partition(":")
        if is_not_applicable(key) or (mark and head in labels):
            pair.copy.handled.add(place)


def _numbers(pair: SheetPair) -> Iterator[tuple[Position, str]]:
    """Yield the printed numbers (行次, 栏次) where they stand in the copy."""
    for place, key in pair.blank.printed.items():
        line = pair.lines.get(place[0], pair.chain.get(place[0]))
        if key.startswith("#") and line is not None:
            for columns in pair.columns.values():
                if place[1] in columns:
                    yield (line, columns[place[1]]), key
