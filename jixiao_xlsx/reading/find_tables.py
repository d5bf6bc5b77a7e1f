"""Finding a form's sheets, tables, columns and rows by their titles, never by position."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from jixiao_xlsx.form.spec import SheetSpec, TableSpec, Template
from jixiao_xlsx.reading.titles import (
    FormTitles,
    Names,
    TableTitles,
    is_ticked,
    loosen,
    tick_label,
    title_key,
)
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position

DEEPEST_HEADER = 3
_PART = "其中"
_CONTENT_COLUMNS = 0.6
_CONTENT_ROWS = 0.5


@dataclass(frozen=True)
class Header:
    """The heading rows of a table and the columns that were recognised; `twice` are headings met again."""

    top: int
    bottom: int
    columns: Mapping[str, int]
    cells: Mapping[str, Position]
    twice: tuple[tuple[str, Position], ...] = ()


@dataclass(frozen=True)
class Rows:
    """Where the titled rows of a table stand; `labels` are the cells with their titles."""

    at: Mapping[str, int]
    labels: Mapping[str, Position]
    twice: tuple[tuple[str, Position], ...] = ()


@dataclass(frozen=True)
class Region:
    """The part of a sheet that belongs to one table: rows `start` to `end` (excluded), its caption and its heading rows."""

    table: TableSpec
    start: int
    end: int
    header: Header | None
    caption: Position | None = None


@dataclass(frozen=True)
class Match:
    """Which worksheet is which sheet of the form: titles to positions in the list, and those recognised by content.

    `copies` are the worksheets that are the form's repeated sheet, in the order of the file.
    """

    by_title: Mapping[str, int]
    renamed: frozenset[str] = field(default_factory=frozenset)
    copies: tuple[int, ...] = ()

    def of(self, sheet: SheetSpec) -> tuple[int, ...]:
        """The worksheets that are this sheet of the form: one, several where it repeats, or none."""
        if sheet.repeats:
            return self.copies
        return (self.by_title[sheet.title],) if sheet.title in self.by_title else ()


# ------------------------------------------------------------------------------------------------------------- sheets


def match_sheets(template: Template, words: FormTitles, grids: Sequence[Worksheet]) -> Match:
    """Title, then alias, then a freer spelling, then content (only where there is no doubt)."""
    found: dict[str, int] = {}
    repeated = template.repeated
    claims = sorted(
        (hit[0], number, hit[1])
        for number, grid in enumerate(grids)
        if (hit := words.sheets.find(title_key(grid.name))) is not None
        and not (repeated and hit[1] == repeated.title)
    )
    for _, number, title in claims:
        if title not in found and number not in found.values():
            found[title] = number
    copies = _copies(template, words, grids, set(found.values()))
    known = {*found, repeated.title if repeated else ""}
    missing = [
        s.title
        for s in template.sheets
        if s.kind == "data" and s.title not in known and template.tables_of(s.title)
    ]
    free = [
        n
        for n, grid in enumerate(grids)
        if n not in {*found.values(), *copies} and not grid.hidden and grid.filled
    ]
    likely = [
        (title, n)
        for title in missing
        for n in free
        if _looks_like(template, words, title, grids[n])
    ]
    sole = {
        title: n
        for title, n in likely
        if sum(t == title for t, _ in likely) == 1 and sum(m == n for _, m in likely) == 1
    }
    return Match(found | sole, frozenset(sole), copies)


def _copies(
    template: Template, words: FormTitles, grids: Sequence[Worksheet], taken: set[int]
) -> tuple[int, ...]:
    """The worksheets that are the repeated sheet: by name, or, whatever a department calls them, by most of their tables."""
    repeated = template.repeated
    if repeated is None:
        return ()
    tables = template.tables_of(repeated.title)

    def alike(grid: Worksheet) -> bool:
        if words.copies and words.copies.fullmatch(title_key(grid.name)):
            return True
        return not grid.hidden and 2 * sum(
            _has(words.tables[table.name], table, grid) for table in tables
        ) > len(tables)

    return tuple(number for number, grid in enumerate(grids) if number not in taken and alike(grid))


def _looks_like(template: Template, words: FormTitles, title: str, grid: Worksheet) -> bool:
    return all(_has(words.tables[table.name], table, grid) for table in template.tables_of(title))


def _has(lexicon: TableTitles, table: TableSpec, grid: Worksheet) -> bool:
    labels = {
        found[1] for text in grid.keys.values() if text and (found := lexicon.rows.find(text))
    }
    if table.shape == "record":
        return len(table.rows) > 1 and len(labels) >= _CONTENT_COLUMNS * len(table.rows)
    header = find_header(grid, lexicon, 0, grid.height)
    enough = header is not None and len(header.columns) >= max(
        _CONTENT_COLUMNS * len(table.columns), 1
    )
    return enough and len(labels) >= _CONTENT_ROWS * len(table.rows)


# ------------------------------------------------------------------------------------------------------------- headers


def find_header(grid: Worksheet, lexicon: TableTitles, start: int, end: int) -> Header | None:
    """The heading rows between `start` and `end` with most column titles; one row is preferred to two, the upper to the lower."""
    titles = {text for text in grid.texts if lexicon.columns.find(text)}
    if not titles:
        return None
    lines = sorted(
        {row for (row, _), text in grid.keys.items() if text in titles and start <= row < end}
    )
    best: Header | None = None
    tried: set[tuple[int, int]] = set()
    for depth in range(1, DEEPEST_HEADER + 1):
        for line in lines:
            for bottom in range(line, min(line + depth, end)):
                top = bottom - depth + 1
                if top < start or (top, bottom) in tried:
                    continue
                tried.add((top, bottom))
                header = _header(grid, lexicon.columns, top, bottom)
                if best is None or len(header.columns) > len(best.columns):
                    best = header
        if best is not None and len(best.columns) == len(lexicon.columns.exact):
            break
    return best if best is not None and best.columns else None


def _header(grid: Worksheet, names: Names, top: int, bottom: int) -> Header:
    claims: list[tuple[int, int, str, Position]] = []
    width = (
        max((max(grid.columns_in(row), default=-1) for row in range(top, bottom + 1)), default=-1)
        + 1
    )
    before = ""
    for column in range(width):
        stack = _stack(grid, top, bottom, column)
        claim = _claim(names, [text for text, _ in stack])
        if claim is None and before and stack and stack[-1][0].startswith(_PART):
            claim = names.find(
                before + stack[-1][0]
            )  # “其中：…” is a part of the column to its left
        if claim is not None:
            before = claim[1]
            claims.append((claim[0], column, claim[1], stack[-1][1]))
    columns: dict[str, int] = {}
    cells: dict[str, Position] = {}
    ranks: dict[str, int] = {}
    twice = []
    for rank, column, title, place in sorted(claims):
        if title not in columns:
            columns[title], cells[title], ranks[title] = column, place, rank
        elif rank == ranks[title] and place != cells[title]:
            twice.append((title, place))
    return Header(top, bottom, columns, cells, tuple(twice))


def _stack(grid: Worksheet, top: int, bottom: int, column: int) -> list[tuple[str, Position]]:
    """The heading texts above one another in a column, each once, from the top; a merge speaks for all it covers."""
    stack: list[tuple[str, Position]] = []
    for row in range(top, bottom + 1):
        text = grid.text(row, column)
        area = grid.covered.get((row, column))
        place = area[:2] if area else (row, column)
        if text and (not stack or stack[-1][1] != place):
            stack.append((text, place))
    return stack


def _claim(names: Names, stack: list[str]) -> tuple[int, str] | None:
    """The best reading of a column's headings: the lowest alone, or joined with those above it."""
    if len(stack) < 2:
        return names.find(stack[0]) if stack else None
    joined = ["".join(stack[-count:]) for count in range(1, len(stack) + 1)]
    return min((found for text in joined if (found := names.find(text))), default=None)


# ------------------------------------------------------------------------------------------------------------- tables


def regions(grid: Worksheet, tables: Sequence[TableSpec], words: FormTitles) -> list[Region]:
    """Share a sheet among its tables. Captions decide; without them, headings and row titles together."""
    if len(tables) == 1:
        header = (
            None
            if tables[0].shape == "record"
            else find_header(grid, words.tables[tables[0].name], 0, grid.height)
        )
        return [Region(tables[0], 0, grid.height, _enough(tables[0], header))]
    captions = {table.name: _caption(grid, words.tables[table.name]) for table in tables}
    starts: dict[str, int] = {name: place[0] for name, place in captions.items() if place}
    for table in sorted(
        tables, key=lambda table: not table.rows
    ):  # row titles say more than headings alone
        if table.name not in starts:
            header = _best_header(grid, words.tables[table.name], table, sorted(starts.values()))
            if header is not None:
                starts[table.name] = header.top
    found = []
    for table in tables:
        start = starts.get(table.name)
        if start is None:
            found.append(Region(table, 0, 0, None))
            continue
        end = min((other for other in starts.values() if other > start), default=grid.height)
        header = find_header(grid, words.tables[table.name], start, end)
        found.append(Region(table, start, end, _enough(table, header), captions[table.name]))
    return found


def _enough(table: TableSpec, header: Header | None) -> Header | None:
    """Less than half of the columns is no heading row."""
    return header if header is not None and 2 * len(header.columns) >= len(table.columns) else None


def _caption(grid: Worksheet, lexicon: TableTitles) -> Position | None:
    for place, text in grid.keys.items():
        if text and (lexicon.heading.fullmatch(text) or loosen(text) == lexicon.caption):
            return place
    return None


def _best_header(
    grid: Worksheet, lexicon: TableTitles, table: TableSpec, taken: Sequence[int]
) -> Header | None:
    """The heading rows followed by most of the table's row titles, where no caption says where it begins."""
    best: tuple[int, Header] | None = None
    for line in range(grid.height):
        header = find_header(grid, lexicon, line, line + 1)
        if header is None or _enough(table, header) is None or line in taken:
            continue
        end = min((start for start in taken if start > line), default=grid.height)
        end = min(end, line + 2 * len(table.rows) + 2)
        score = len(header.columns) + len(
            find_rows(grid, lexicon, range(line + 1, end), header.columns.values()).at
        )
        later = bool(
            table.rows
        )  # the heading nearest above the rows; without row titles, the first
        if best is None or score > best[0] or (later and score == best[0]):
            best = (score, header)
    if best is None:
        return None
    return (
        best[1]
        if best[0] > len(best[1].columns) or (not table.rows and len(best[1].columns) > 1)
        else None
    )


# ------------------------------------------------------------------------------------------------------------- rows


def find_rows(grid: Worksheet, lexicon: TableTitles, lines: range, data: Iterable[int]) -> Rows:
    """The titled rows among `lines`, by their labels outside the `data` columns; the closest spelling wins."""
    columns = set(data)
    claims = []
    for place, text in grid.keys.items():
        if (
            text
            and place[0] in lines
            and place[1] not in columns
            and (found := lexicon.rows.find(text))
        ):
            claims.append((found[0], place, found[1]))
    return assign(claims)


def assign(claims: Iterable[tuple[int, Position, str]], *, alone: bool = True) -> Rows:
    """One row per title, the best rank first; `alone`: and one title per row."""
    at: dict[str, int] = {}
    labels: dict[str, Position] = {}
    ranks: dict[str, int] = {}
    taken: set[int] = set()
    twice = []
    for rank, place, title in sorted(claims):
        if alone and place[0] in taken:
            continue
        if title not in at:
            at[title], labels[title], ranks[title] = place[0], place, rank
            taken.add(place[0])
        elif rank == ranks[title]:
            twice.append((title, place))
    return Rows(at, labels, tuple(twice))


# ------------------------------------------------------------------------------------------------------------- around


def find_label(grid: Worksheet, names: Names, start: int, end: int) -> dict[str, Position]:
    """Labelled cells around a grid: title → the label's place."""
    found: dict[str, Position] = {}
    for place, text in grid.keys.items():
        if text and start <= place[0] < end and (hit := names.find(text)):
            found.setdefault(hit[1], place)
    return found


def find_tick(
    grid: Worksheet, label: str, start: int, end: int
) -> tuple[Position, Position, bool] | None:
    """(label, the cell to mark, ticked?): the box stands in the label's own cell, after it, or before it."""
    for (row, column), text in grid.keys.items():
        if not text or not start <= row < end or tick_label(text) != label:
            continue
        own, after = text != label and is_ticked(text), grid.beside(row, column)
        if own:
            return (row, column), (row, column), True
        for place in (after, (row, column - 1)):
            if _says_yes(grid, place, label):
                return (row, column), place, True
        return (row, column), (row, column) if text != label else after, False
    return None


def _says_yes(grid: Worksheet, place: Position, label: str) -> bool:
    raw = grid.raw(*place)
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        return raw == 1
    return isinstance(raw, str) and is_ticked(title_key(raw), label)
