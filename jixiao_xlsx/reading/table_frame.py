"""What stands around a table's grid: its heading rows, its title line, the labelled cells and the tick beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from jixiao_xlsx.form.spec import NUMERIC, ColumnSpec, TableSpec
from jixiao_xlsx.reading.cell_value import cell_spec, read_cell, text_cell
from jixiao_xlsx.reading.find_tables import Header, Rows, find_label, find_tick
from jixiao_xlsx.reading.table_being_read import Part
from jixiao_xlsx.reading.titles import is_note, is_ordinal, is_signature
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.cells import Cell, Row, Table
from jixiao_xlsx.values.typed_numbers import State


def account_for_header(part: Part, header: Header, lines: Rows) -> None:
    """Headings that are understood; headings met twice; headings that the form has not but that count or name rows."""
    grid = part.grid
    for column in header.columns.values():
        for row in range(header.top, header.bottom + 1):
            area = grid.covered.get((row, column))
            part.handled(area[:2] if area else (row, column))
    labels = {place[1] for place in lines.labels.values()}
    for row in range(header.top, header.bottom + 1):
        for place in part.line(row):
            text = grid.keys.get(place, "")
            if text in part.lexicon.words or place[1] in labels:
                part.handled(place)
            elif is_ordinal(text):
                part.handled(place, *((line, place[1]) for line in range(row, part.region.end)))
    for title, place in header.twice:
        part.note(
            "duplicate_title",
            place,
            title,
            f"列“{title}”出现了两次，只读取了 {grid.ref(*header.cells[title])} 这一列",
        )
        part.twice.update((line, place[1]) for line in range(place[0], part.region.end))


def finish(
    part: Part, rows: list[Row], columns: Mapping[str, Cell], missing: Iterable[str], top: int
) -> Table:
    """Heading, extras and tick; then the Table."""
    grid, table, region = part.grid, part.table, part.region
    part.top, part.found = top, True
    heading = _heading(part, top)
    extras = _extras(part)
    ticked = False
    if table.tick and (tick := find_tick(grid, part.lexicon.tick, region.start, region.end)):
        label, mark, ticked = tick
        part.handled(label, mark)
        extras[table.tick] = text_cell(grid, *mark, table.tick)
    return Table(
        name=table.name,
        sheet=grid.name,
        anchor=heading or next(iter(columns.values())),
        rows=tuple(_zeros(table, row) for row in rows) if ticked else tuple(rows),
        columns=columns,
        absent=tuple(missing),
        extras=extras,
        heading=heading,
        ticked=ticked,
    )


def _zeros(table: TableSpec, row: Row) -> Row:
    """本单位无此项 is ticked: a blank number means nothing was spent."""
    cells = {
        title: cell._replace(state=State.ZERO, value=Decimal(0), note=table.tick)
        if cell.state is State.BLANK and table.kind(row.title, table.column[title]) in NUMERIC
        else cell
        for title, cell in row.cells.items()
    }
    return Row(row.title, row.kind, cells)


def _extras(part: Part) -> dict[str, Cell]:
    if not part.table.extras:
        return {}
    labels = find_label(part.grid, part.lexicon.extras, part.region.start, part.region.end)
    found = {}
    for spec in part.table.extras:
        label = labels.get(spec.title)
        if label is not None:
            place = part.grid.beside(*label)
            part.handled(label, place)
            kind = cell_spec(part.table, "", ColumnSpec(spec.title, type=spec.type))
            found[spec.title] = read_cell(part.grid, spec.title, kind, place)
    return found


def _heading(part: Part, top: int) -> Cell | None:
    """The title line above the header: the one the form has, or the longest (a merged one first); never the unit line."""
    grid, region = part.grid, part.region
    if region.caption is not None:
        part.handled(region.caption)
        return text_cell(grid, *region.caption, "")
    best: tuple[bool, bool, int, Position] | None = None
    for place, text in grid.keys.items():
        if (
            not region.start <= place[0] < top
            or not text
            or is_note(text)
            or is_signature(text)
            or "单位:" in text
        ):
            continue
        known, wide = bool(part.lexicon.heading.fullmatch(text)), place in grid.covered
        if known or (len(text) > 4 and not text.startswith("附件")):
            rank = (known, wide, len(text), place)
            best = rank if best is None or rank[:3] > best[:3] else best
    if best is not None:
        part.handled(best[3])
        return text_cell(grid, *best[3], "")
    never = sorted(place for place in grid.flags.uncalculated if region.start <= place[0] < top)
    if not never:
        return None
    part.handled(*never)
    return text_cell(grid, *never[0], "")._replace(state=State.UNCALCULATED)
