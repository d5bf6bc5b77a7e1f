"""Read the tables of a worksheet: their rows, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jixiao_xlsx.form.spec import TableSpec
from jixiao_xlsx.reading.cell_value import read_cell, text_cell, value_text
from jixiao_xlsx.reading.find_tables import (
    Header,
    Region,
    TitledRows,
    assign_titles,
    divide,
    find_header,
    find_rows,
)
from jixiao_xlsx.reading.merged_cells import from_merges, inherited, note_merge
from jixiao_xlsx.reading.stated_units import stated_units
from jixiao_xlsx.reading.table_draft import TableDraft, row_specs
from jixiao_xlsx.reading.table_frame import account_for_header, finish
from jixiao_xlsx.reading.titles import (
    FormTitles,
    TableTitles,
    is_note,
    is_ordinal,
    is_signature,
    loosen,
    title_key,
)
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.cells import Cell, Note, Row, Table
from jixiao_xlsx.values.typed_numbers import State

_SUBTOTAL = re.compile(r".{0,12}小计(?:[(].*[)])?")


@dataclass(frozen=True)
class SheetTables:
    """What one worksheet gave: its tables, notes, and the drafts of all tables looked for."""

    tables: tuple[Table, ...]
    notes: tuple[Note, ...]
    drafts: tuple[TableDraft, ...]


def read_tables(sheet: Worksheet, specs: Sequence[TableSpec], titles: FormTitles) -> SheetTables:
    """Read every table of one sheet of the form that can be found on `sheet`."""
    return read_regions(sheet, divide(sheet, specs, titles), titles)


def read_regions(sheet: Worksheet, regions: Sequence[Region], titles: FormTitles) -> SheetTables:
    """Read the tables of known regions of a sheet."""
    tables = []
    drafts = [TableDraft(sheet, region, titles.tables[region.table.name]) for region in regions]
    for draft in drafts:
        table = _read_record(draft) if draft.table.shape == "record" else _read_columns(draft)
        if table is None:
            name = draft.table.name
            text = f"工作表“{sheet.name}”里没有找到“{name}”的表头，该表没有读取"
            draft.note("missing_title", (0, 0), name, text)
        else:
            tables.append(table)
    notes = tuple(note for draft in drafts for note in draft.notes)
    return SheetTables(tuple(tables), notes, tuple(drafts))


# ------------------------------------------------------------------------------------------ shapes


def _read_columns(draft: TableDraft) -> Table | None:
    """Read a table with heading rows; None where they or the fixed rows are missing."""
    header = draft.region.header
    if header is None:
        return None
    lines = _titled_rows(draft, header)
    if draft.table.shape == "fixed" and not lines.at:
        return None
    account_for_header(draft, header, lines)
    rows = (
        fixed_rows(draft, lines)
        if draft.table.shape == "fixed"
        else _open_rows(draft, header, lines)
    )
    columns = headings(draft, header)
    missing = [column.title for column in draft.table.columns if column.title not in columns]
    missing += [row.title for row in draft.table.rows if row.title not in lines.at]
    if draft.table.total and not any(row.kind == "total" for row in rows):
        missing.append(draft.table.total)
    stated = tuple(stated_units(draft, header, lines))
    return finish(draft, rows, columns, missing, header.top, stated)


def _read_record(draft: TableDraft) -> Table | None:
    """Read labels with their values: beside them, or under the column's title if that is shown."""
    table, region = draft.table, draft.region
    column = table.columns[0]
    header = find_header(draft.sheet, draft.titles, region.start, region.end)
    lines, values = _find_labels(draft, header)
    if not lines.at:
        return None
    if header is not None:
        draft.mark_handled(*header.cells.values())
        account_for_header(draft, header, lines)
    rows = []
    for spec in table.rows:
        if spec.title in lines.labels and table.exists(spec.title, column):
            label = lines.labels[spec.title]
            draft.mark_handled(label, values[label])
            (_, cell_type), *_ = row_specs(draft.titles, spec.title, ((0, column.title),))
            cell = read_cell(draft.sheet, spec.title, cell_type, values[label])
            rows.append(Row(spec.title, "fixed", {column.title: cell}))
    missing = [row.title for row in table.rows if row.title not in lines.at]
    shown = header.cells.get(column.title) if header else None
    first = shown or min(lines.labels.values())
    columns = {column.title: text_cell(draft.sheet, *first, "", column.title)}
    top = min(lines.at.values()) if header is None else header.top
    return finish(draft, rows, columns, missing, top)


def _find_labels(
    draft: TableDraft, header: Header | None
) -> tuple[TitledRows, Mapping[Position, Position]]:
    """Return the labels of a record, and the place of each label's value."""
    lines = range(draft.region.start, draft.region.end)
    values_at = header.columns.get(draft.table.columns[0].title) if header else None
    bottom = header.bottom if header else -1
    claims: list[tuple[int, Position, str]] = []
    values: dict[Position, Position] = {}
    for place, text in draft.sheet.keys.items():
        if not text or place[0] not in lines or place[1] == values_at:
            continue
        match = draft.titles.rows.find(text)
        if match is None or place in values.values():
            continue
        claims.append((match[0], place, match[1]))
        if values_at is not None and place[0] > bottom and place[1] < values_at:
            values[place] = (place[0], values_at)
        else:
            values[place] = _beside(draft.sheet, draft.titles, place)
    return assign_titles(claims, alone=False), values


def _beside(sheet: Worksheet, titles: TableTitles, label: Position) -> Position:
    """Return the place of a label's value; a blank one does not borrow the next label."""
    place = sheet.beside(*label)
    other = sheet.keys.get(place, "")
    return (label[0], sheet.right_of(*label)) if other and titles.rows.find(other) else place


def headings(draft: TableDraft, header: Header) -> dict[str, Cell]:
    """Read the headings of the columns that a table has."""
    return {
        column.title: text_cell(draft.sheet, *header.cells[column.title], "", column.title)
        for column in draft.table.column.values()
        if column.title in header.columns
    }


def fixed_rows(draft: TableDraft, lines: TitledRows) -> list[Row]:
    """Read the rows that the form names, in its order."""
    rows = []
    for spec in draft.table.row.values():
        if spec.title in lines.at:
            draft.mark_handled(lines.labels[spec.title])
            rows.append(Row(spec.title, "fixed", _cells(draft, spec.title, lines.at[spec.title])))
    return rows


def _open_rows(draft: TableDraft, header: Header, lines: TitledRows) -> list[Row]:
    """Read the rows below the header down to the total row, in order, without blank ones."""
    total = _total_line(draft, header)
    rows = rows_between(draft, header, lines, range(*_span(draft, header, total)))
    return rows if total is None else [*rows, total_row(draft, total)]


def rows_between(draft: TableDraft, header: Header, lines: TitledRows, own: range) -> list[Row]:
    """Read the rows among the lines that a department names, and the form's own among them."""
    fixed = {row: title for title, row in lines.at.items()}
    above: dict[str, Cell] = {}
    rows: list[Row] = []
    count = 0
    for line in own:
        if line in fixed:
            draft.mark_handled(lines.labels[fixed[line]])
            rows.append(Row(fixed[line], "fixed", _cells(draft, fixed[line], line)))
            continue
        if not _is_content(draft, line):
            inherited(draft, header, line, above, "")
            continue
        title = _title(draft, header, line, above) or f"第{count + 1}行"
        count += 1
        kind = "subtotal" if _is_subtotal(draft, line) else "open"
        known = above if kind == "open" else dict(above)  # nothing below belongs to a 小计
        cells = _cells(draft, title, line) | inherited(draft, header, line, known, title)
        rows.append(Row(title, kind, from_merges(draft, header, line, cells)))
    return rows


def _span(draft: TableDraft, header: Header, total: int | None) -> tuple[int, int]:
    """Return the first line of the open rows and that after the last: above the total, or below.

    They are below where nothing stands above it: a total on top.
    """
    first, end = header.bottom + 1, draft.region.end
    if total is None:
        return first, end
    on_top = not any(_is_content(draft, line) for line in range(first, total))
    return (total + 1, end) if on_top and _goes_on(draft, total) else (first, total)


def _goes_on(draft: TableDraft, total: int) -> bool:
    """Return whether rows with a name and a figure follow the total, line by line."""
    after = draft.filled_in(total + 1)
    named = any(place[1] not in draft.numeric for place in after if place[1] in draft.data)
    figures = any(place[1] in draft.numeric for place in after)
    return named and figures and _is_content(draft, total + 1)


def _is_subtotal(draft: TableDraft, line: int) -> bool:
    """Return whether a row is named 小计: it adds up others, and nothing adds it."""
    words = (
        draft.sheet.keys.get(place, "")
        for place in draft.filled_in(line)
        if place[1] not in draft.numeric
    )
    return any(_SUBTOTAL.fullmatch(loosen(word)) for word in words if word)


def total_row(draft: TableDraft, line: int) -> Row:
    """Read the total row."""
    cells = _cells(draft, draft.table.total, line)
    draft.mark_handled(*(place for place in draft.filled_in(line) if _is_total(draft, place)))
    plain = {title: _without_label(cell, draft) for title, cell in cells.items()}
    return Row(draft.table.total, "total", plain)


# -------------------------------------------------------------------------------------------- rows


def _titled_rows(draft: TableDraft, header: Header) -> TitledRows:
    data = draft.data if draft.table.shape == "fixed" else draft.numeric
    below = range(header.bottom + 1, draft.region.end)
    lines = find_rows(draft.sheet, draft.titles, below, data)
    for title, place in lines.repeats:
        draft.note_repeat(place, title, lines.at[title])
    return lines


def _total_line(draft: TableDraft, header: Header) -> int | None:
    if not draft.table.total:
        return None
    lines = [
        place[0]
        for place in draft.sheet.keys
        if header.bottom < place[0] < draft.region.end
        and _is_total(draft, place)
        and _labels_row(draft, place)
    ]
    for line in lines[1:]:
        if line != lines[0]:
            draft.note_repeat(draft.filled_in(line)[0], draft.table.total, lines[0])
    return lines[0] if lines else None


def _labels_row(draft: TableDraft, place: Position) -> bool:
    """Return whether a title can be its row's: not among figures, unless the row begins with it."""
    return place[1] not in draft.numeric or place == draft.filled_in(place[0])[0]


def _without_label(cell: Cell, draft: TableDraft) -> Cell:
    """Return the cell blank where it holds the total row's title under a heading of figures."""
    if (
        cell.state is State.TEXT
        and cell.unit
        and loosen(title_key(cell.text)) == draft.titles.total
    ):
        return cell._replace(raw=None, value=None, state=State.BLANK, note="")
    return cell


def _is_total(draft: TableDraft, place: Position) -> bool:
    text = draft.sheet.keys.get(place, "")
    return bool(text) and (text == draft.titles.total or loosen(text) == draft.titles.total)


def _is_content(draft: TableDraft, line: int) -> bool:
    """Return whether a line of an open table is a row of it.

    A footer, a group's name alone, and formulas that show 0 are none.
    """
    filled = draft.filled_in(line)
    if not filled:
        return False
    first = draft.sheet.keys.get(filled[0], "")
    if is_ordinal(first):
        draft.mark_handled(*filled)
        return False
    if first and _is_outside(draft, first):
        return False
    data = [place for place in filled if place[1] in draft.data]
    for place in data:
        if place[1] not in draft.inherited and not _computed_nothing(draft, place):
            return True
    draft.mark_handled(*data)
    return False


def _is_outside(draft: TableDraft, text: str) -> bool:
    """Return whether a text begins a line around the rows: a note, a signature, a labelled cell."""
    around = is_note(text) or is_signature(text)
    return around or bool(draft.titles.extras.find(text)) or text == draft.titles.tick


def _computed_nothing(draft: TableDraft, place: Position) -> bool:
    """Return whether a cell is a formula that gave 0 or was never calculated.

    Where formulas are not known, the columns that the form computes are taken for formulas.
    """
    if place[1] not in draft.numeric:
        return False
    sheet = draft.sheet
    computed = place in sheet.flags.formulas or (
        not sheet.knows_formats and place[1] in draft.computed
    )
    return place in sheet.flags.uncalculated or (computed and sheet.raw(*place) in (0, None))


def _title(draft: TableDraft, header: Header, line: int, above: Mapping[str, Cell]) -> str:
    for title in draft.table.label:
        at = header.columns.get(title)
        if at is None:
            continue
        raw = draft.sheet.raw(line, at)
        if raw is not None and (text := value_text(raw)):
            return text
        if title in draft.table.inherit and title in above:
            return str(above[title].value)
    return ""


def _cells(draft: TableDraft, title: str, line: int) -> dict[str, Cell]:
    sheet = draft.sheet
    cells = {}
    for at, kind in draft.cells_of(title):
        place = (line, at)
        sheet.handled.add(place)
        name = kind.column.title
        cell = cells[name] = read_cell(sheet, title, kind, place)
        if sheet.covered and kind.numeric and cell.state is not State.BLANK:
            note_merge(draft, place, cell)
    return cells
