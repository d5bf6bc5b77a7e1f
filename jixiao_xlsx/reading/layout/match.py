"""Which sheet of a copy is which of the blank, and where its lines and columns have gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jixiao_xlsx.form.paths import relative_years, years_in
from jixiao_xlsx.form.spec import TableSpec
from jixiao_xlsx.reading.layout.align import Alike, completed, heaviest_chain
from jixiao_xlsx.reading.layout.printed import (
    BlankSheet,
    inputs_of,
    keys_of,
    own_lines_of,
    titled_lines_of,
)
from jixiao_xlsx.reading.titles import loosen
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Area, Position, column_index, position
from jixiao_xlsx.values.text import tidy

_LOOSELY, _NUMBER, _ELSEWHERE, _FAR = 0.6, 0.15, 0.7, 0.01
_TOO_COMMON = 60  # times that a key stands in a copy: it tells nothing of where
_ALIKE = 0.4  # share of what a sheet of the blank prints that a copy of it must have
_SAME_NAME = 0.1
_HEADINGS = 4  # most heading lines above a table whose area is not known
_LABEL_ENDS = ":"


class _Index:
    """The cells of a copy by every spelling of what stands in them."""

    def __init__(self, keys: Mapping[Position, str]) -> None:
        self._exact: dict[str, list[Position]] = defaultdict(list)
        self._loose: dict[str, list[Position]] = defaultdict(list)
        self._label: dict[str, list[Position]] = defaultdict(list)
        for place, key in keys.items():
            self._exact[key].append(place)
            if not key.startswith("#"):
                self._loose[_loose(key)].append(place)
                head, mark, _ = key.partition(_LABEL_ENDS)
                if mark:
                    self._label[loosen(head)].append(place)

    def find(self, key: str) -> Iterator[tuple[Position, float]]:
        """Yield the cells that hold what the blank prints, each with how surely."""
        if key.startswith("#"):
            numbers = self._exact.get(key, ())
            if len(numbers) <= _TOO_COMMON:
                yield from ((place, _NUMBER) for place in numbers)
            return
        exact = self._exact.get(key, ())
        yield from ((place, 1.0) for place in exact)
        loose = _loose(key)
        if loose and not exact:
            yield from ((place, _LOOSELY) for place in self._loose.get(loose, ()))
        head, mark, _ = key.partition(_LABEL_ENDS)
        if mark:
            yield from ((place, _LOOSELY) for place in self._label.get(loosen(head), ()))


def _loose(key: str) -> str:
    """Return a key without numbering, unit and year: a blank may leave room for that."""
    return loosen(key.replace("{year}", ""))


@dataclass(frozen=True)
class Years:
    """The year that a copy's texts count from; `stated` where it is the year evaluated too."""

    base: int | None
    stated: int | None


@dataclass(frozen=True, eq=False)
class SheetPair:
    """A sheet of the blank and its copy: `lines` and `columns` of the blank → of the copy.

    `keys` is what stands in the copy, `share` the part of the `texts` of the blank that is in it.
    """

    blank: BlankSheet
    copy: Worksheet
    keys: Mapping[Position, str]
    lines: Mapping[int, int]
    columns: Mapping[str, Mapping[int, int]]
    share: float
    texts: int
    chain: Mapping[int, int] = field(default_factory=dict)

    def place(self, table: str, place: Position) -> Position | None:
        """Return where a cell of the blank stands in the copy; None where it has none."""
        row, column = self.lines.get(place[0]), self.columns[table].get(place[1])
        return None if row is None or column is None else (row, column)


def area_of(table: TableSpec) -> Area:
    """Return the area of a table in the blank, headings included."""
    first, mark, last = table.at.rpartition("!")[2].partition(":")
    if mark:
        return (*position(first), *position(last))
    rows = titled_lines_of(table) or [0]
    columns = [place[1] for place in inputs_of(table)] or [0]
    if table.shape == "record":
        columns = [position(row.at)[1] for row in table.rows if row.at] or [0]
        return rows[0], 0, rows[-1], max(columns)
    return max(rows[0] - _HEADINGS, 0), 0, rows[-1], max(columns)


# ------------------------------------------------------------------------------------------ sheets


def match_blank(
    blanks: Sequence[BlankSheet], sheets: Sequence[Worksheet]
) -> tuple[list[SheetPair], int | None]:
    """Return the pairs that look alike, each sheet once, and the year that the copy speaks of."""
    years = _years(blanks, sheets)
    year = years.base
    keys = {number: keys_of(sheet, year) for number, sheet in enumerate(sheets)}
    claims = sorted(
        (
            (_overlap(blank, keys[number]) + _name_bonus(blank, sheet, year), at, number)
            for at, blank in enumerate(blanks)
            for number, sheet in enumerate(sheets)
            if sheet.filled and not sheet.hidden
        ),
        key=lambda claim: (-claim[0], claim[1:]),
    )
    taken: dict[int, int] = {}
    for share, at, number in claims:
        if share >= _ALIKE and at not in taken and number not in taken.values():
            taken[at] = number
    pairs = [_pair(blanks[at], sheets[number], keys[number]) for at, number in taken.items()]
    order = {id(blank): number for number, blank in enumerate(blanks)}
    pairs.sort(key=lambda pair: order[id(pair.blank)])
    return [pair for pair in pairs if pair.share >= _ALIKE], years.stated


def _name_bonus(blank: BlankSheet, sheet: Worksheet, year: int | None) -> float:
    own, other = tidy(blank.spec.title), tidy(sheet.name)
    same = relative_years(own, blank.year) == relative_years(other, year)
    return _SAME_NAME if same else 0.0


def _years(blanks: Sequence[BlankSheet], sheets: Sequence[Worksheet]) -> Years:
    """Return the year of a copy: that by which most of its texts are those of the blank."""
    texts = [text for sheet in sheets for text in {*sheet.texts, tidy(sheet.name)}]
    years = {year for text in texts for year in years_in(text)}
    printed = {key for blank in blanks for key in blank.printed.values() if "{year" in key}
    printed |= {relative_years(tidy(one.spec.title), one.year) for one in blanks if one.year}

    def found(year: int) -> tuple[int, int, int]:
        alike = len(printed & {relative_years(text, year) for text in texts})
        return alike, sum(f"{year}年度" in text for text in texts), year

    base = max(years, key=found, default=None)
    is_stated = base is not None and any(found(base)[:2])
    return Years(base, base if is_stated else None)


def _overlap(blank: BlankSheet, keys: Mapping[Position, str]) -> float:
    """Return the share of what the blank prints that stands anywhere in a copy."""
    index = _Index(keys)
    words = Counter(key for key in blank.printed.values() if not key.startswith("#"))
    found = sum(1 for key in words if any(True for _ in index.find(key)))
    return found / len(words) if words else 0.0


# ---------------------------------------------------------------------------- lines and columns


def _pair(blank: BlankSheet, copy: Worksheet, keys: Mapping[Position, str]) -> SheetPair:
    index = _Index(keys)
    outside = _without_own_lines(blank)
    common = Counter(blank.printed.values())
    found = {
        place: [(there, sure / common[key] ** 0.5) for there, sure in index.find(key)]
        for place, key in outside.items()
    }
    chain = _aligned_lines(found)
    chain |= _moved_lines(found, chain)
    wanted = sorted(
        {
            line
            for table in blank.tables
            for line in titled_lines_of(table)
            if line not in own_lines_of(table)
        }
    )
    lines = completed(chain, wanted, lambda line: bool(copy.columns_in(line)), copy.height)
    columns = {
        table.name: _columns(table, found, lines, copy, blank.worksheet) for table in blank.tables
    }
    words = [place for place in outside if not outside[place].startswith("#")]
    held = sum(
        1 for place in words if any(lines.get(place[0]) == there[0] for there, _ in found[place])
    )
    share = held / len(words) if words else 0.0
    return SheetPair(blank, copy, keys, lines, columns, share, len(words), chain)


def _without_own_lines(blank: BlankSheet) -> dict[Position, str]:
    """Return what the blank prints outside the lines that departments name themselves."""
    own = {
        (line, column)
        for table in blank.tables
        for line in own_lines_of(table)
        for column in range(area_of(table)[1], area_of(table)[3] + 1)
    }
    return {place: key for place, key in blank.printed.items() if place not in own}


_Found = Mapping[Position, Sequence[tuple[Position, float]]]


def _aligned_lines(found: _Found) -> dict[int, int]:
    weights: dict[tuple[int, int], float] = defaultdict(float)
    for place, theirs in found.items():
        best: dict[int, float] = {}
        for there, sure in theirs:
            weight = sure * (1 if there[1] == place[1] else _ELSEWHERE)
            best[there[0]] = max(best.get(there[0], 0), weight)
        for line, weight in best.items():
            weights[place[0], line] += weight
    return heaviest_chain((*pair, weight) for pair, weight in weights.items())


def _moved_lines(found: _Found, chain: Mapping[int, int]) -> dict[int, int]:
    """Return the lines that left their order, by a text that only they have."""
    moved: dict[int, int] = {}
    taken = set(chain.values())
    for place, theirs in found.items():
        lines = {there[0] for there, sure in theirs if sure >= _LOOSELY}
        if place[0] not in chain and place[0] not in moved and len(lines) == 1:
            (line,) = lines
            if line not in taken:
                moved[place[0]] = line
                taken.add(line)
    return moved


def _columns(
    table: TableSpec, found: _Found, lines: Mapping[int, int], copy: Worksheet, blank: Worksheet
) -> dict[int, int]:
    """Return the columns of a table, by its own titles and, far less, by those of the sheet."""
    top, _, bottom, _ = area_of(table)
    weights: dict[tuple[int, int], float] = defaultdict(float)
    for place, theirs in found.items():
        near = 1 if top <= place[0] <= bottom else _FAR
        for there, sure in theirs:
            if lines.get(place[0]) == there[0]:
                weights[place[1], there[1]] += sure * near
    votes: list[Alike] = [(*pair, weight) for pair, weight in weights.items()]
    chain = heaviest_chain(votes)
    chain |= _moved_columns(votes, chain)
    heads = {lines[line] for line in range(top, bottom + 1) if line in lines}
    wanted = sorted({place[1] for place in _cells(table)})
    width = max((len(row) for row in copy.rows[:1]), default=0)
    return completed(
        chain, wanted, lambda at: any((line, at) in copy.filled for line in heads), width
    )


def _moved_columns(votes: Iterable[Alike], chain: Mapping[int, int]) -> dict[int, int]:
    """Return the columns that left their order, by titles that they share with one other alone."""
    theirs: dict[int, set[int]] = defaultdict(set)
    for first, second, weight in votes:
        if weight >= _LOOSELY:
            theirs[first].add(second)
    taken = set(chain.values())
    return {
        first: next(iter(seconds))
        for first, seconds in theirs.items()
        if first not in chain and len(seconds) == 1 and not seconds & taken
    }


def _cells(table: TableSpec) -> Iterator[Position]:
    if table.shape == "record":
        yield from (position(row.at) for row in table.rows if row.at)
    else:
        yield from ((0, column_index(column.at)) for column in table.columns if column.at)
