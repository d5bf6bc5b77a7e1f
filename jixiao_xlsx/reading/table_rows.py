"""From a located region of a worksheet to a Table: the rows of its grid, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jixiao_xlsx.form.spec import TableSpec
from jixiao_xlsx.reading.cell_value import read_cell, text_cell, value_text
from jixiao_xlsx.reading.find_tables import (
    Header,
    Region,
    Rows,
    assign,
    find_header,
    find_rows,
    regions,
)
from jixiao_xlsx.reading.table_being_read import Part
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

_INHERITS_IN_MERGES = frozenset({"text", "choice", "long"})


@dataclass(frozen=True)
class Found:
    """What one worksheet gave: its tables, what was odd, and the parts that were looked at (for the account of what was not)."""

    tables: tuple[Table, ...]
    notes: tuple[Note, ...]
    parts: tuple[Part, ...]


def read_tables(grid: Worksheet, specs: Sequence[TableSpec], words: FormTitles) -> Found:
    """Every table of one sheet of the form that can be found on `grid`."""
    return read_regions(grid, regions(grid, specs, words), words)


def read_regions(grid: Worksheet, found: Sequence[Region], words: FormTitles) -> Found:
    """The tables in parts of a sheet that are known."""
    tables = []
    parts = [Part(grid, region, words.tables[region.table.name]) for region in found]
    for part in parts:
        table = _record(part) if part.table.shape == "record" else _gridded(part)
        if table is None:
            name = part.table.name
            part.note(
                "missing_title",
                (0, 0),
                name,
                f"工作表“{grid.name}”里没有找到“{name}”的表头，该表没有读取",
            )
        else:
            tables.append(table)
    return Found(tuple(tables), tuple(note for part in parts for note in part.notes), tuple(parts))


# ------------------------------------------------------------------------------------------------------------- shapes


def _gridded(part: Part) -> Table | None:
    header = part.region.header
    if header is None:
        return None
    lines = _rows(part, header)
    if part.table.shape == "fixed" and not lines.at:
        return None
    account_for_header(part, header, lines)
    rows = (
        _fixed_rows(part, header, lines)
        if part.table.shape == "fixed"
        else _open_table(part, header, lines)
    )
    columns = {
        column.title: text_cell(part.grid, *header.cells[column.title], "", column.title)
        for column in part.table.columns
        if column.title in header.columns
    }
    missing = [column.title for column in part.table.columns if column.title not in columns]
    missing += [row.title for row in part.table.rows if row.title not in lines.at]
    if part.table.total and not any(row.kind == "total" for row in rows):
        missing.append(part.table.total)
    return finish(part, rows, columns, missing, header.top)


def _record(part: Part) -> Table | None:
    """Labels, each with the cell to its right (or the cell under the column's title, where that is shown)."""
    grid, table, lexicon = part.grid, part.table, part.lexicon
    column = table.columns[0]
    header = find_header(grid, lexicon, part.region.start, part.region.end)
    under = header.columns.get(column.title) if header else None
    top = header.bottom if header else -1
    claims: list[tuple[int, Position, str]] = []
    values: dict[Position, Position] = {}
    for place, text in grid.keys.items():
        if (
            not text
            or not part.region.start <= place[0] < part.region.end
            or place[1] == under
            or place in values.values()
        ):
            continue
        if found := lexicon.rows.find(text):
            claims.append((found[0], place, found[1]))
            if under is not None and place[0] > top and place[1] < under:
                values[place] = (place[0], under)
            else:
                values[place] = _beside(grid, lexicon, place)
    lines = assign(claims, alone=False)
    if not lines.at:
        return None
    if header is not None:
        part.handled(*header.cells.values())
        account_for_header(part, header, lines)
    rows = []
    for spec in table.rows:
        if spec.title in lines.labels and table.exists(spec.title, column):
            label = lines.labels[spec.title]
            part.handled(label, values[label])
            cell = read_cell(grid, spec.title, part.kind(spec.title, column), values[label])
            rows.append(Row(spec.title, "fixed", {column.title: cell}))
    missing = [row.title for row in table.rows if row.title not in lines.at]
    first = (
        header.cells[column.title] if header and under is not None else min(lines.labels.values())
    )
    columns = {column.title: text_cell(grid, *first, "", column.title)}
    return finish(
        part, rows, columns, missing, min(lines.at.values()) if header is None else header.top
    )


def _beside(grid: Worksheet, lexicon: TableTitles, label: Position) -> Position:
    """The value of a label; a blank one does not borrow the next label of its line."""
    place = grid.beside(*label)
    other = grid.keys.get(place, "")
    return (label[0], grid.right_of(*label)) if other and lexicon.rows.find(other) else place


def _fixed_rows(part: Part, header: Header, lines: Rows) -> list[Row]:
    rows = []
    for spec in part.table.rows:
        if spec.title in lines.at:
            part.handled(lines.labels[spec.title])
            rows.append(Row(spec.title, "fixed", _cells(part, spec.title, lines.at[spec.title])))
    return rows


def _open_table(part: Part, header: Header, lines: Rows) -> list[Row]:
    """The rows below the header down to the total row, in the order of the sheet; blank ones are dropped."""
    fixed = {row: title for title, row in lines.at.items()}
    total = _total_line(part, header)
    end = part.region.end if total is None else total
    above: dict[str, Cell] = {}
    rows: list[Row] = []
    count = 0
    for line in range(header.bottom + 1, end):
        if line in fixed:
            part.handled(lines.labels[fixed[line]])
            rows.append(Row(fixed[line], "fixed", _cells(part, fixed[line], line)))
            continue
        if not _is_content(part, line):
            _inherited(part, header, line, above, "")
            continue
        title = _title(part, header, line, above) or f"第{count + 1}行"
        count += 1
        cells = _cells(part, title, line) | _inherited(part, header, line, above, title)
        rows.append(Row(title, "open", _from_merges(part, header, line, cells)))
    if total is not None:
        cells = _cells(part, part.table.total, total)
        rows.append(
            Row(
                part.table.total,
                "total",
                {title: _without_label(cell, part) for title, cell in cells.items()},
            )
        )
        part.handled(*(place for place in part.line(total) if _is_total(part, place)))
    return rows


# ------------------------------------------------------------------------------------------------------------- rows


def _rows(part: Part, header: Header) -> Rows:
    data = part.data if part.table.shape == "fixed" else part.numeric
    lines = find_rows(part.grid, part.lexicon, range(header.bottom + 1, part.region.end), data)
    for title, place in lines.twice:
        part.note(
            "duplicate_title",
            place,
            title,
            f"“{title}”出现了两次，只读取了第 {lines.at[title] + 1} 行",
        )
        part.twice.update(part.line(place[0]))
    return lines


def _total_line(part: Part, header: Header) -> int | None:
    if not part.table.total:
        return None
    lines = [
        place[0]
        for place in part.grid.keys
        if header.bottom < place[0] < part.region.end
        and _is_total(part, place)
        and _labels(part, place)
    ]
    for line in lines[1:]:
        if line != lines[0]:
            title = part.table.total
            place = part.line(line)[0]
            part.note(
                "duplicate_title",
                place,
                title,
                f"“{title}”出现了两次，只读取了第 {lines[0] + 1} 行",
            )
            part.twice.update(part.line(line))
    return lines[0] if lines else None


def _labels(part: Part, place: Position) -> bool:
    """Whether a title at `place` can be that of its row: not among the figures, unless the row begins with it."""
    return place[1] not in part.numeric or place == part.line(place[0])[0]


def _without_label(cell: Cell, part: Part) -> Cell:
    """The row's own title, written under a heading of figures, is no figure."""
    if (
        cell.state is State.TEXT
        and cell.unit
        and loosen(title_key(cell.text)) == part.lexicon.total
    ):
        return cell._replace(raw=None, value=None, state=State.BLANK, note="")
    return cell


def _is_total(part: Part, place: Position) -> bool:
    text = part.grid.keys.get(place, "")
    return bool(text) and (text == part.lexicon.total or loosen(text) == part.lexicon.total)


def _is_content(part: Part, line: int) -> bool:
    """Whether a line of an open table is a row of it: not blank, not a footer, not just a group's name or an empty formula's 0."""
    grid = part.grid
    filled = part.line(line)
    if not filled:
        return False
    first = grid.keys.get(filled[0], "")
    if first and (is_note(first) or is_signature(first)):
        return False
    if first and is_ordinal(first):
        part.handled(*filled)
        return False
    if first and (part.lexicon.extras.find(first) or first == part.lexicon.tick):
        return False
    content = [
        p
        for p in filled
        if p[1] in part.data and p[1] not in part.idle and not _computed_nothing(part, p)
    ]
    if not content:
        part.handled(*(place for place in filled if place[1] in part.data))
    return bool(content)


def _computed_nothing(part: Part, place: Position) -> bool:
    """A formula that gave 0, or was never calculated: in an otherwise blank row it says nothing.

    Where formulas aren't known (.xls), the columns that the form computes are taken for formulas.
    """
    if place[1] not in part.numeric:
        return False
    grid = part.grid
    computed = place in grid.flags.formulas or (
        not grid.knows_formats and place[1] in part.computed
    )
    return place in grid.flags.uncalculated or (computed and grid.raw(*place) in (0, None))


def _title(part: Part, header: Header, line: int, above: Mapping[str, Cell]) -> str:
    for title in part.table.label:
        at = header.columns.get(title)
        if at is None:
            continue
        raw = part.grid.raw(line, at)
        if raw is not None and (text := value_text(raw)):
            return text
        if title in part.table.inherit and title in above:
            return str(above[title].value)
    return ""


def _cells(part: Part, title: str, line: int) -> dict[str, Cell]:
    grid = part.grid
    cells = {}
    for at, kind in part.cells_of(title):
        place = (line, at)
        grid.handled.add(place)
        name = kind.column.title
        cell = cells[name] = read_cell(grid, title, kind, place)
        area = grid.covered.get(place) if grid.covered else None
        if (
            area
            and area[2] > area[0]
            and area[0] == line
            and kind.numeric
            and cell.state is not State.BLANK
        ):
            span = f"{cell.ref}:{grid.ref(area[2], area[3])}"
            part.note(
                "merged_amount",
                place,
                f"{title}·{name}",
                f"{span} 是合并单元格，数字算在第一行“{title}”",
            )
    return cells


def _inherited(
    part: Part, header: Header, line: int, above: dict[str, Cell], title: str
) -> dict[str, Cell]:
    """Columns that hold down to the next filled cell: the value of the source, at the row's own address."""
    cells = {}
    for name in part.table.inherit:
        at = header.columns.get(name)
        if at is None:
            continue
        if (line, at) in part.grid.filled:
            own = text_cell(part.grid, line, at, title, name)
            if not own.blank:
                above[name] = own
        elif name in above:
            source = above[name]
            cells[name] = source._replace(row=title, ref=part.grid.ref(line, at), formula=None)
    return cells


def _from_merges(part: Part, header: Header, line: int, cells: dict[str, Cell]) -> dict[str, Cell]:
    """Words merged over several rows hold for each of them (amounts don't)."""
    if line not in part.grid.merged_lines:
        return cells
    for title, cell in cells.items():
        at = header.columns[title]
        area = part.grid.covered.get((line, at))
        if not area or not cell.blank or not header.bottom < area[0] < line:
            continue
        if part.table.column[title].type in _INHERITS_IN_MERGES:
            source = text_cell(part.grid, area[0], area[1], cell.row, title)
            cells[title] = cell._replace(raw=source.raw, value=source.value, state=source.state)
    return cells
