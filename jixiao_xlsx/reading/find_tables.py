"""Find a form's tables, columns and rows on a worksheet by their titles, never by position."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jixiao_xlsx.form.spec import TableSpec
from jixiao_xlsx.reading.titles import (
    FormTitles,
    Spellings,
    TableTitles,
    is_ticked,
    loosen,
    tick_label,
    title_key,
)
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position

_DEEPEST_HEADER = 3
_SUBTITLE = "其中"


@dataclass(frozen=True)
class Header:
    """The heading rows of a table and the columns that were recognised, by title.

    `repeats` are headings of columns that stand there once more.
    """

    top: int
    bottom: int
    columns: Mapping[str, int]
    cells: Mapping[str, Position]
    repeats: tuple[tuple[str, Position], ...] = ()


@dataclass(frozen=True)
class TitledRows:
    """Where the titled rows of a table stand; `labels` are the cells with their titles."""

    at: Mapping[str, int]
    labels: Mapping[str, Position]
    repeats: tuple[tuple[str, Position], ...] = ()


@dataclass(frozen=True)
class Region:
    """The part of a sheet that belongs to one table: rows `start` to `end` (excluded)."""

    table: TableSpec
    start: int
    end: int
    header: Header | None
    caption: Position | None = None


# ----------------------------------------------------------------------------------------- headers


def find_header(sheet: Worksheet, titles: TableTitles, start: int, end: int) -> Header | None:
    """Return the heading rows between `start` and `end` with most column titles.

    One row is preferred to two, the upper to the lower.
    """
    headings = {text for text in sheet.texts if titles.columns.find(text)}
    lines = sorted(
        {row for (row, _), text in sheet.keys.items() if text in headings and start <= row < end}
    )
    best: Header | None = None
    for depth in range(1, _DEEPEST_HEADER + 1):
        for top in _tops(lines, depth, start, end):
            header = _read_header(sheet, titles.columns, top, top + depth - 1)
            if best is None or len(header.columns) > len(best.columns):
                best = header
        if best is not None and len(best.columns) >= len(titles.table.columns):
            break
    return best if best is not None and best.columns else None


def _tops(lines: Sequence[int], depth: int, start: int, end: int) -> Iterable[int]:
    """Return the first rows of all headers of `depth` rows that contain one of `lines`, once."""
    return dict.fromkeys(
        bottom - depth + 1
        for line in lines
        for bottom in range(line, min(line + depth, end))
        if bottom - depth + 1 >= start
    )


def _read_header(sheet: Worksheet, spellings: Spellings, top: int, bottom: int) -> Header:
    claims: list[tuple[int, int, str, Position]] = []
    width = (
        max((max(sheet.columns_in(row), default=-1) for row in range(top, bottom + 1)), default=-1)
        + 1
    )
    before = ""
    for column in range(width):
        stack = _stack(sheet, top, bottom, column)
        claim = _claim(spellings, [text for text, _ in stack])
        if claim is None and before and stack and stack[-1][0].startswith(_SUBTITLE):
            claim = spellings.find(
                before + stack[-1][0]
            )  # “其中：…” is a part of the column to its left
        if claim is not None:
            before = claim[1]
            claims.append((claim[0], column, claim[1], stack[-1][1]))
    columns: dict[str, int] = {}
    cells: dict[str, Position] = {}
    ranks: dict[str, int] = {}
    repeats = []
    for rank, column, title, place in sorted(claims):
        if title not in columns:
            columns[title], cells[title], ranks[title] = column, place, rank
        elif rank == ranks[title] and place != cells[title]:
            repeats.append((title, place))
    return Header(top, bottom, columns, cells, tuple(repeats))


def _stack(sheet: Worksheet, top: int, bottom: int, column: int) -> list[tuple[str, Position]]:
    """Return the heading texts of a column from the top; a merge counts once for all it covers."""
    stack: list[tuple[str, Position]] = []
    for row in range(top, bottom + 1):
        text = sheet.text(row, column)
        area = sheet.covered.get((row, column))
        place = area[:2] if area else (row, column)
        if text and (not stack or stack[-1][1] != place):
            stack.append((text, place))
    return stack


def _claim(spellings: Spellings, stack: list[str]) -> tuple[int, str] | None:
    """Return the best match of a column's headings: the lowest, or joined with those above."""
    if len(stack) < 2:
        return spellings.find(stack[0]) if stack else None
    joined = ["".join(stack[-count:]) for count in range(1, len(stack) + 1)]
    return min((found for text in joined if (found := spellings.find(text))), default=None)


# ------------------------------------------------------------------------------------------- tables


def divide(sheet: Worksheet, tables: Sequence[TableSpec], titles: FormTitles) -> list[Region]:
    """Share a sheet among its tables, by captions or else by headings and row titles together."""
    if len(tables) == 1:
        header = (
            None
            if tables[0].shape == "record"
            else find_header(sheet, titles.tables[tables[0].name], 0, sheet.height)
        )
        return [Region(tables[0], 0, sheet.height, _enough(tables[0], header))]
    captions = {table.name: _caption(sheet, titles.tables[table.name]) for table in tables}
    starts: dict[str, int] = {name: place[0] for name, place in captions.items() if place}
    for table in sorted(
        tables, key=lambda table: not table.rows
    ):  # row titles are surer than headings alone
        if table.name not in starts:
            header = _best_header(sheet, titles.tables[table.name], table, sorted(starts.values()))
            if header is not None:
                starts[table.name] = header.top
    found = []
    for table in tables:
        start = starts.get(table.name)
        if start is None:
            found.append(Region(table, 0, 0, None))
            continue
        end = min((other for other in starts.values() if other > start), default=sheet.height)
        header = find_header(sheet, titles.tables[table.name], start, end)
        found.append(Region(table, start, end, _enough(table, header), captions[table.name]))
    return found


def _enough(table: TableSpec, header: Header | None) -> Header | None:
    """Return the header unless it has less than half of the columns."""
    return header if header is not None and 2 * len(header.columns) >= len(table.columns) else None


def _caption(sheet: Worksheet, titles: TableTitles) -> Position | None:
    for place, text in sheet.keys.items():
        if text and (titles.heading.fullmatch(text) or loosen(text) == titles.caption):
            return place
    return None


def _best_header(
    sheet: Worksheet, titles: TableTitles, table: TableSpec, taken: Sequence[int]
) -> Header | None:
    """Return the heading rows followed by most row titles, where no caption shows the beginning."""
    best: tuple[int, Header] | None = None
    for line in range(sheet.height):
        header = find_header(sheet, titles, line, line + 1)
        if header is None or _enough(table, header) is None or line in taken:
            continue
        end = min((start for start in taken if start > line), default=sheet.height)
        end = min(end, line + 2 * len(table.rows) + 2)
        score = len(header.columns) + len(
            find_rows(sheet, titles, range(line + 1, end), header.columns.values()).at
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


# --------------------------------------------------------------------------------------------- rows


def find_rows(
    sheet: Worksheet, titles: TableTitles, lines: range, data: Iterable[int]
) -> TitledRows:
    """Return the titled rows among `lines`, by labels outside `data`; the closest spelling wins."""
    columns = set(data)
    claims = []
    for place, text in sheet.keys.items():
        if (
            text
            and place[0] in lines
            and place[1] not in columns
            and (found := titles.rows.find(text))
        ):
            claims.append((found[0], place, found[1]))
    return assign_titles(claims)


def assign_titles(claims: Iterable[tuple[int, Position, str]], *, alone: bool = True) -> TitledRows:
    """Assign one row to a title, the best rank first; `alone`: and one title to a row."""
    at: dict[str, int] = {}
    labels: dict[str, Position] = {}
    ranks: dict[str, int] = {}
    taken: set[int] = set()
    repeats = []
    for rank, place, title in sorted(claims):
        if alone and place[0] in taken:
            continue
        if title not in at:
            at[title], labels[title], ranks[title] = place[0], place, rank
            taken.add(place[0])
        elif rank == ranks[title]:
            repeats.append((title, place))
    return TitledRows(at, labels, tuple(repeats))


# ------------------------------------------------------------------------------------------- around


def find_label(sheet: Worksheet, spellings: Spellings, start: int, end: int) -> dict[str, Position]:
    """Return where labels stand, by title."""
    found: dict[str, Position] = {}
    for place, text in sheet.keys.items():
        if text and start <= place[0] < end and (match := spellings.find(text)):
            found.setdefault(match[1], place)
    return found


def find_tick(
    sheet: Worksheet, label: str, start: int, end: int
) -> tuple[Position, Position, bool] | None:
    """Return (label, cell to mark, ticked?): the box is in the label, after it, or before it."""
    for (row, column), text in sheet.keys.items():
        if not text or not start <= row < end or tick_label(text) != label:
            continue
        own, after = text != label and is_ticked(text), sheet.beside(row, column)
        if own:
            return (row, column), (row, column), True
        for place in (after, (row, column - 1)):
            if _says_yes(sheet, place, label):
                return (row, column), place, True
        return (row, column), (row, column) if text != label else after, False
    return None


def _says_yes(sheet: Worksheet, place: Position, label: str) -> bool:
    raw = sheet.raw(*place)
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        return raw == 1
    return isinstance(raw, str) and is_ticked(title_key(raw), label)
