"""Numbers of a sentence held against the row and the column of a table that its words name.

A row or a column that was named holds for the numbers after it, until words come that are not
understood: those numbers are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from jixiao_xlsx.prose.language.clauses import Passage, sentences
from jixiao_xlsx.prose.language.grids import LINES, GridColumn, NamedGrid
from jixiao_xlsx.prose.language.vocabulary import Lexicon, Vocabulary, Word, fold
from jixiao_xlsx.prose.proofs.tokens import Number, Token, numbers
from jixiao_xlsx.prose.table_figures import TableFigure
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell, Submission
from jixiao_xlsx.values.text import tidy

Cells = Mapping[str, Cell]
_SHORTEST = 2  # letters of a row's name
_TELLING = 4  # letters of one that may stand after words that are not understood
_ROW, _COLUMN = "row", "column"
_UNDERSTOOD = frozenset(
    {_ROW, _COLUMN, "break", "this", "together", "counted", "parts", "all_parts", "among", "ours",
     "respectively", "spent", "execution", "scored"}
)  # fmt: skip
_LISTED = {"、", "，", "和", ""}
_PERCENT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*[%％]")


@dataclass(frozen=True, slots=True)
class Misfit:
    """A number that is not what the cells of the rows and column named hold: `right`, in atoms, a
    percentage as a fraction of 1.
    """

    number: Number
    rows: tuple[str, ...]
    column: GridColumn
    right: Fraction
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class FilledGrid:
    """A grid as a submission filled it: of each name its rows, a row's cells by column."""

    grid: NamedGrid
    rows: Mapping[str, Sequence[Cells]]
    words: Lexicon

    @cached_property
    def columns(self) -> Mapping[str, tuple[GridColumn, ...]]:
        """The columns that each word may mean."""
        meant: dict[str, tuple[GridColumn, ...]] = {}
        for column in self.grid.columns:
            for word in column.words:
                meant[fold(word)] = (*meant.get(fold(word), ()), column)
        return meant

    def cells(self, names: Sequence[str], title: str) -> tuple[Cell, ...]:
        """Return the cells of a column in all rows of these names; () where one is missing."""
        rows = [row for name in names for row in self.rows[name]]
        cells = tuple(
            row[title] for row in rows if title in row and _amount(row[title]) is not None
        )
        return cells if len(cells) == len(rows) else ()

    def right(self, names: Sequence[str], column: GridColumn) -> Fraction | None:
        """Return what the column holds for these rows together; None where that is not known."""
        first = self.cells(names, column.first)
        second = self.cells(names, column.second) if column.second else ()
        if not first or (column.second and not second):
            return None
        one, other = _sum(first), _sum(second)
        if column.operator == "/":
            return one / other if other else None
        return one + other if column.operator == "+" else one - other

    def holds(self, number: Number, names: Sequence[str], column: GridColumn) -> bool:
        """Return whether the number can be what the column holds."""
        right = self.right(names, column)
        if right is None:
            return True
        if number.kind == "money":
            return TableFigure(self.cells(names, column.first)).meets(number.span)
        if number.family == "count":
            return number.atoms == right
        last = Fraction(1, 10**number.decimals)
        return abs(_stated(number) - right) < (last / 100 if number.kind == "%" else last * 10_000)


def _stated(number: Number) -> Fraction:
    return number.atoms / 100 if number.kind == "%" else number.atoms


def _amount(cell: Cell) -> Fraction | None:
    """Return a cell's number in atoms; of “完成 95%” its percentage."""
    if cell.number is not None:
        return Fraction(cell.number * atoms_per(cell.unit))
    shares = _PERCENT.findall(cell.text)
    return Fraction(shares[0]) / 100 if len(shares) == 1 else None


def _sum(cells: Sequence[Cell]) -> Fraction:
    return sum((_amount(cell) or Fraction(0) for cell in cells), Fraction(0))


# ---------------------------------------------------------------------------------- what was filled


def filled_grids(
    submission: Submission, lines: Sequence[IndicatorLine], vocabulary: Vocabulary
) -> Iterator[FilledGrid]:
    """Yield the grids of a form that this submission filled."""
    for grid in vocabulary.grids:
        named = _lines(lines) if grid.label == LINES else _table_rows(submission, grid)
        rows = {name: cells for name, cells in named.items() if len(name) >= _SHORTEST}
        if rows:
            words = [(fold(text), Word(_COLUMN)) for one in grid.columns for text in one.words]
            words += [(fold(text), Word("filler")) for text in grid.fillers]
            words += [(fold(name), Word(_ROW, name)) for name in rows if name != grid.total]
            yield FilledGrid(grid, rows, Lexicon(words, vocabulary.tokens))


def _table_rows(submission: Submission, grid: NamedGrid) -> dict[str, Sequence[Cells]]:
    table = submission.get(grid.table)
    if table is None:
        return {}
    labels = ((row, row.get(grid.label)) for row in table.open_rows)
    named = {tidy(cell.text): [row.cells] for row, cell in labels if cell and not cell.blank}
    total = table.by_title.get(grid.total) if grid.total else None
    return {**named, grid.total: [total.cells]} if total is not None else dict(named)


def _lines(lines: Sequence[IndicatorLine]) -> dict[str, Sequence[Cells]]:
    """Return the lines of the indicator table by what they are called and by their groups."""
    named: dict[str, list[Cells]] = {}
    for line in lines:
        for name in dict.fromkeys(map(tidy, (line.level1, line.level2, line.name))):
            named.setdefault(name, []).append(line.cells)
    return dict(named)


# -------------------------------------------------------------------------------------- the reading


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the words have named so far; `queue`: what “分别” says of the next numbers; `lost`: words
    that are not understood stood before a number.
    """

    rows: tuple[str, ...] = ()
    column: GridColumn | None = None
    queue: tuple[tuple[tuple[str, ...], GridColumn], ...] = ()
    lost: bool = False


def misfits(
    filled: FilledGrid, source: Passage, year: int | None, skip: Callable[[Passage, Number], bool]
) -> Iterator[Misfit]:
    """Yield the numbers of a passage that are not what their row and column hold; `skip`: of
    another body or year, or told elsewhere.
    """
    if filled.grid.near and not any(word in source.folded for word in filled.grid.near):
        return
    named = [name for name in filled.rows if fold(name) in source.folded]
    if not filled.grid.total and not named:
        return
    for start, sentence in sentences(source.folded):
        words = filled.columns if filled.grid.total else map(fold, named)
        if not any(word in sentence for word in words):
            continue
        reading = _Reading()
        for number in numbers(start, sentence, filled.words, year):
            reading, meant = _read(filled, reading, number)
            if meant is None or number.vague or number.left or skip(source, number):
                continue
            rows, column = meant
            if not filled.holds(number, rows, column) and not _is_of_another_row(
                filled, number, column, named
            ):
                right = filled.right(rows, column)
                assert right is not None
                cells = tuple(
                    cell
                    for title in (column.first, column.second)
                    if title
                    for cell in filled.cells(rows, title)
                )
                yield Misfit(number, rows, column, right, cells)


_Meant = tuple[tuple[str, ...], GridColumn]


def _read(filled: FilledGrid, before: _Reading, number: Number) -> tuple[_Reading, _Meant | None]:
    """Return what is known after the words before a number, and what the number is."""
    tokens = number.tokens
    if before.queue and "".join(one.text for one in tokens) in _LISTED:
        meant, *rest = before.queue
        return replace(before, queue=tuple(rest)), meant
    lead = _lead(tokens)
    kinds = {one.kind for one in tokens}
    if not before.rows and _ROW not in kinds and not kinds <= _UNDERSTOOD:
        return _Reading(lost=True), None  # “……中，很满意 100 份” may be of a group
    rows = () if _is_whole_score(number) else _rows(filled, before, tokens)
    columns = _columns(filled, lead, number)
    understood = {one.kind for one in lead} <= _UNDERSTOOD and not (
        "counted" in kinds and "together" not in kinds
    )
    if not rows or not understood:
        return _Reading(lost=True), None
    if "respectively" in kinds:
        return _in_turn(rows, columns)
    if len(rows) > 1 and "together" not in kinds:
        return _Reading(lost=True), None
    if len(columns) == 2 and "together" in kinds:
        column = replace(columns[0], operator="+", second=columns[1].first)
    elif len(columns) == 1:
        column = columns[0]
    elif columns or _COLUMN in {one.kind for one in lead}:
        return _Reading(rows), None
    elif _ROW in kinds and before.column is not None and before.column.unit == number.kind:
        column = before.column  # “发放 280 份，其中村民 170 份”
    elif _ROW in kinds and (usual := _usual(filled, rows, number)):
        return _Reading(rows), (rows, usual)
    else:
        return _Reading(rows), None
    return _Reading(rows if len(rows) == 1 else (), column), (rows, column)


def _is_whole_score(number: Number) -> bool:
    """Return whether it is a score, said to be a total or ours, that names no group: it is the
    whole report's.
    """
    kinds = {one.kind for one in number.tokens}
    return number.kind == "分" and bool({"together", "ours"} & kinds) and _ROW not in kinds


def _lead(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Return the tokens after the last mark, or from a row named later."""
    cut = max((at + 1 for at, one in enumerate(tokens) if one.text in "，,;:()。"), default=0)
    names = [at for at, one in enumerate(tokens) if one.kind == _ROW]
    named = max((at for at in names if len(tokens[at].text) >= _TELLING), default=cut)
    return tuple(one for one in tokens[max(cut, named) :] if one.kind != "break")


def _rows(filled: FilledGrid, before: _Reading, tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return the rows named, else those named before, else the total."""
    names = {fold(name): name for name in filled.rows}
    if named := [names[one.text] for one in tokens if one.kind == _ROW]:
        return tuple(dict.fromkeys(named))
    total = (filled.grid.total,) if filled.grid.total in filled.rows and not before.lost else ()
    return before.rows or total


def _columns(filled: FilledGrid, lead: Sequence[Token], number: Number) -> tuple[GridColumn, ...]:
    """Return the columns that the words of a lead can mean for a number of that unit."""
    words = (one.text for one in lead if one.kind == _COLUMN)
    meant = (one for word in words for one in filled.columns[word] if one.unit == number.kind)
    return tuple(dict.fromkeys(meant))


def _usual(filled: FilledGrid, rows: Sequence[str], number: Number) -> GridColumn | None:
    """Return the column that is meant where none is named, unless the number is of another."""
    alike = [one for one in filled.grid.columns if one.unit == number.kind and not one.operator]
    if any(filled.holds(number, rows, one) for one in alike):
        return None
    return next((one for one in alike if one.usual), None)


def _in_turn(rows: Sequence[str], columns: Sequence[GridColumn]) -> tuple[_Reading, _Meant | None]:
    """Read “甲、乙分别发放 80 份、90 份” and “很满意、满意分别为 50 份、30 份”."""
    if len(columns) == 1:
        queue: list[_Meant] = [((row,), columns[0]) for row in rows]
    elif len(rows) == 1:
        queue = [(tuple(rows), column) for column in columns]
    else:
        queue = []
    if not queue:
        return _Reading(lost=True), None
    return _Reading(queue=tuple(queue[1:])), queue[0]


def _is_of_another_row(
    filled: FilledGrid, number: Number, column: GridColumn, named: Sequence[str]
) -> bool:
    """Return whether the number names no row and is the total’s or that of a row named nearby."""
    others = {*named, filled.grid.total} & filled.rows.keys()
    return not any(one.kind == _ROW for one in number.tokens) and any(
        filled.right((name,), column) is not None and filled.holds(number, (name,), column)
        for name in others
    )
