"""The frame of a table: heading rows, title line, labelled cells and the tick around its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

from jixiao_xlsx.form.spec import NUMERIC, ColumnSpec, TableSpec
from jixiao_xlsx.reading.cell_value import cell_spec, read_cell, text_cell
from jixiao_xlsx.reading.find_tables import Header, TitledRows, find_label, find_tick
from jixiao_xlsx.reading.table_draft import TableDraft
from jixiao_xlsx.reading.titles import is_note, is_ordinal, is_signature
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.cells import Cell, Row, StatedUnit, Table
from jixiao_xlsx.values.showing.frames import ColumnKind
from jixiao_xlsx.values.typed_numbers import State

_SHORTEST_HEADING = 4  # letters: only longer texts
_KINDS = dict.fromkeys(NUMERIC, ColumnKind.NUMBER) | {"measure": ColumnKind.MEASURE}


def account_for_header(draft: TableDraft, header: Header, lines: TitledRows) -> None:
    """Mark the headings that are understood, and note those that stand there twice.

    Headings that only count lines, or stand above the labels, are understood too.
    """
    sheet = draft.sheet
    for column in header.columns.values():
        for row in range(header.top, header.bottom + 1):
            area = sheet.covered.get((row, column))
            draft.mark_handled(area[:2] if area else (row, column))
    labels = {place[1] for place in lines.labels.values()}
    for row in range(header.top, header.bottom + 1):
        for place in draft.filled_in(row):
            text = sheet.keys.get(place, "")
            if text in draft.titles.other_texts or place[1] in labels:
                draft.mark_handled(place)
            elif is_ordinal(text):
                draft.mark_handled(
                    place, *((line, place[1]) for line in range(row, draft.region.end))
                )
    for title, place in header.repeats:
        draft.note(
            "duplicate_title",
            place,
            title,
            f"列“{title}”出现了两次，只读取了 {sheet.ref(*header.cells[title])} 这一列",
        )
        draft.ignored.update((line, place[1]) for line in range(place[0], draft.region.end))


def finish(
    draft: TableDraft,
    rows: list[Row],
    columns: Mapping[str, Cell],
    missing: Iterable[str],
    top: int,
    stated: tuple[StatedUnit, ...] = (),
) -> Table:
    """Return the Table with its heading, extras and tick."""
    sheet, table, region = draft.sheet, draft.table, draft.region
    draft.top, draft.complete = top, True
    heading = _heading(draft, top)
    extras = _extras(draft)
    ticked = False
    if table.tick and (tick := find_tick(sheet, draft.titles.tick, region.start, region.end)):
        label, mark, ticked = tick
        draft.mark_handled(label, mark)
        extras[table.tick] = text_cell(sheet, *mark, table.tick)
    return Table(
        name=table.name,
        sheet=sheet.name,
        anchor=heading or next(iter(columns.values())),
        rows=tuple(_zeros(table, row) for row in rows) if ticked else tuple(rows),
        columns=columns,
        absent=tuple(missing),
        extras=extras,
        heading=heading,
        ticked=ticked,
        stated_units=stated,
        kinds=_kinds(table),
    )


@lru_cache
def _kinds(table: TableSpec) -> Mapping[str, ColumnKind]:
    """Return what the form asks for in each column, where it asks for one thing in all rows."""
    kinds = {
        column.title: {
            _KINDS.get(table.kind(row, column), ColumnKind.TEXT)
            for row in (*table.row, "")
            if (row or not table.rows) and table.exists(row, column)
        }
        for column in table.column.values()
    }
    return {title: next(iter(asked)) for title, asked in kinds.items() if len(asked) == 1}


def _zeros(table: TableSpec, row: Row) -> Row:
    """Return a row of a table that is ticked 本单位无此项: its blank numbers are zeros."""
    cells = {
        title: cell._replace(state=State.ZERO, value=Decimal(0), note=table.tick)
        if cell.state is State.BLANK and table.kind(row.title, table.column[title]) in NUMERIC
        else cell
        for title, cell in row.cells.items()
    }
    return Row(row.title, row.kind, cells)


def _extras(draft: TableDraft) -> dict[str, Cell]:
    if not draft.table.extras:
        return {}
    labels = find_label(draft.sheet, draft.titles.extras, draft.region.start, draft.region.end)
    extras = {}
    for spec in draft.table.extras:
        label = labels.get(spec.title)
        if label is not None:
            place = draft.sheet.beside(*label)
            draft.mark_handled(label, place)
            kind = cell_spec(draft.table, "", ColumnSpec(spec.title, type=spec.type))
            extras[spec.title] = read_cell(draft.sheet, spec.title, kind, place)
    return extras


def _heading(draft: TableDraft, top: int) -> Cell | None:
    """Return the title line above the header, or its formula that was never calculated."""
    sheet, region = draft.sheet, draft.region
    place = region.caption or _best_heading(draft, range(region.start, top))
    if place is not None:
        draft.mark_handled(place)
        return text_cell(sheet, *place, "")
    uncalculated = sorted(one for one in sheet.flags.uncalculated if region.start <= one[0] < top)
    if not uncalculated:
        return None
    draft.mark_handled(*uncalculated)
    return text_cell(sheet, *uncalculated[0], "")._replace(state=State.UNCALCULATED)


def _best_heading(draft: TableDraft, lines: range) -> Position | None:
    """Return the title line among `lines`: the form's own, else a merged one, else the longest."""
    ranks: dict[Position, tuple[bool, bool, int]] = {}
    for place, text in draft.sheet.keys.items():
        if place[0] in lines and text and not _is_aside(text):
            own = bool(draft.titles.heading.fullmatch(text))
            if own or (len(text) > _SHORTEST_HEADING and not text.startswith("附件")):
                ranks[place] = (own, place in draft.sheet.covered, len(text))
    return max(ranks, key=lambda place: ranks[place], default=None)


def _is_aside(text: str) -> bool:
    return is_note(text) or is_signature(text) or "单位:" in text
