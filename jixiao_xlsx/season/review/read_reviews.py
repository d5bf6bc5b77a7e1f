"""Read scored workbooks that a reviewer typed into: lines by name, columns by title."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.reading.cell_value import value_text
from jixiao_xlsx.reading.sheets import read_worksheets
from jixiao_xlsx.reading.titles import title_key
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.season.review.review_marks import (
    AS_TEXT,
    CLAUSE_TITLES,
    EVIDENCE_TITLE,
    OFF_TITLES,
    REASON_TITLE,
    SCORE_TITLE,
    SHEET,
    SIGNED_TITLES,
    Scores,
    Written,
    decode,
    numbered,
    shown,
)
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.scores import ClauseUse, Review, Reviewed, Signed
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import read_number

UNUSABLE = "REV107"
_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods"})
_PASSED_OVER = ("~$", ".")
_UNIT = "分"


def read_reviews(
    folder: Path, read: Callable[[bytes, str], tuple[Review, ...]]
) -> tuple[tuple[Review, ...], tuple[BatchFinding, ...]]:
    """Return the reviews in `folder`, and findings on files that hold none. Raises OSError.

    `read` is `read_review`, done where a file can harm nobody.
    """
    found: list[Review] = []
    refused: list[BatchFinding] = []
    for path in sorted(folder.iterdir()):
        if (
            path.suffix.lower() not in _SUFFIXES
            or path.name.startswith(_PASSED_OVER)
            or not path.is_file()
        ):
            continue
        try:
            reviews = read(path.read_bytes(), path.name)
        except (Refused, OSError) as error:
            reason = error.reason if isinstance(error, Refused) else why(error)
            refused.append(_unusable(path.name, f"打不开：{reason}"))
            continue
        found += reviews
        if not reviews:
            refused.append(_unusable(path.name, "不是本程序写出的评分表（或里面的标记页已被删去）"))
    return tuple(found), tuple(refused)


def _unusable(file: str, why: str) -> BatchFinding:
    message = f"财政复核：“{file}”{why}，里面的复核分没有采用。"
    return BatchFinding(
        UNUSABLE, Severity.ERROR, (), message, "请在评分文件夹里的评分表上填写复核分，保存后再运行"
    )


def read_review(data: bytes, file: str) -> tuple[Review, ...]:
    """Return what was typed into each table of a scored workbook; () for another. Raises
    Refused.
    """
    grids = read_worksheets(data, lambda name, hidden: name.startswith(SHEET) or not hidden)
    by_name = {grid.name: grid for grid in grids}
    marks = [mark for grid in grids if grid.name.startswith(SHEET) and (mark := decode(grid.rows))]
    tables = [(one, _table(by_name[one.table], one.names)) for one in marks if one.table in by_name]
    return tuple(_review(one, table, data, file) for one, table in tables if table)


def _review(mark: Written, table: _Table, data: bytes, file: str) -> Review:
    written = {
        tidy(line.name): (line, scores)
        for line, scores in zip(mark.review.lines, mark.scores, strict=True)
    }
    lines = [_line(typed, written.get(tidy(typed.name))) for typed in _typed(table, written)]
    given = tuple(line for line in lines if not line.is_blank)
    signed = _signed(table.grid) or mark.review.signed
    sources = mark.review.sources
    before = tuple(line for line in mark.review.lines if not line.is_blank)
    if given != before or signed != mark.review.signed:
        sources = (*sources, hashlib.sha256(data).hexdigest())
    lines_now = (*given, *mark.left)
    return replace(mark.review, file=file, lines=lines_now, sources=sources, signed=signed)


def _signed(grid: Worksheet) -> Signed | None:
    """Return who reviewed and when: each to the right of its title; None where there are none."""
    found = {key: at for at, key in grid.keys.items()}
    places = [found.get(title_key(title)) for title in SIGNED_TITLES]
    if None in places:
        return None
    return Signed(*(_text(grid, at[0], at[1] + 1) for at in places if at))


def _line(typed: Reviewed, written: tuple[Reviewed, Scores] | None) -> Reviewed:
    """Return the line as written if nobody touched it, else with the scores then beside it."""
    if written is None:
        return typed
    line, (own, computed) = written
    before = (shown(line), line.reason, line.clauses, line.evidence)
    if (typed.typed, typed.reason, typed.clauses, typed.evidence) == before:
        return line
    return replace(typed, own=own, computed=computed)


# -------------------------------------------------------------------------------------- the table


@dataclass(frozen=True, slots=True)
class _Table:
    """Where the heading of the table stands, and the columns of names, 财政复核分 and 复核理由."""

    grid: Worksheet
    head: int
    name: int
    score: int
    reason: int
    clauses: tuple[tuple[int, int], ...] = ()
    evidence: int | None = None


def _table(grid: Worksheet, names: str) -> _Table | None:
    titles = [title_key(title) for title in (names, SCORE_TITLE, REASON_TITLE)]
    for row in grid.lines:
        at = {
            grid.keys[row, column]: column
            for column in reversed(grid.columns_in(row))
            if (row, column) in grid.keys
        }
        if all(title and title in at for title in titles):
            name, score, reason = (at[title] for title in titles)
            evidence = at.get(title_key(EVIDENCE_TITLE))
            return _Table(grid, row, name, score, reason, _pairs(at), evidence)
    return None


def _pairs(at: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    """Return the columns of each clause and of the deduction beside it."""
    keys = (map(title_key, pair) for pair in zip(CLAUSE_TITLES, OFF_TITLES, strict=True))
    return tuple((at[one], at[other]) for one, other in keys if one in at and other in at)


def _typed(table: _Table, written: Collection[str]) -> Iterator[Reviewed]:
    """Yield each line that names an indicator or was written as one.

    Rows below the last of them are no lines of a review.
    """
    grid = table.grid
    below = [row for row in grid.lines if row > table.head]
    named = {row: _text(grid, row, table.name) or _text(grid, row, 0) for row in below}
    lines = [row for row in below if tidy(named[row]) in written]
    last = max(lines, default=table.head)
    rows = [row for row in below if row <= last and (row in lines or _text(grid, row, table.name))]
    for row, name in zip(rows, numbered(named[row] for row in rows), strict=True):
        yield _typed_line(table, row, name)


def _typed_line(table: _Table, row: int, name: str) -> Reviewed:
    grid = table.grid
    clauses, evidence = _clauses(table, row), _text(grid, row, table.evidence)
    raw, reason = grid.raw(row, table.score), _text(grid, row, table.reason)
    if (row, table.score) in grid.flags.uncalculated:
        return Reviewed(name, "（公式没有结果）", None, reason, None, None, "", clauses, evidence)
    text = value_text(raw) if raw is not None else ""
    value = read_number(text if text == _UNIT else text.removesuffix(_UNIT), _UNIT).value
    score = None if value is None else Fraction(value)
    note = AS_TEXT if isinstance(raw, str) and score is not None else ""
    return Reviewed(name, text, score, reason, None, None, note, clauses, evidence)


def _clauses(table: _Table, row: int) -> tuple[ClauseUse, ...]:
    """Return the clauses chosen in a row, each with the deduction typed beside it."""
    grid = table.grid
    found = []
    for clause, off in table.clauses:
        if name := _text(grid, row, clause):
            typed = _text(grid, row, off)
            value = read_number(typed if typed == _UNIT else typed.removesuffix(_UNIT), _UNIT).value
            points = None if value is None or value < 0 else Fraction(value)
            found.append(ClauseUse(name, points, typed if points is None else ""))
    return tuple(found)


def _text(grid: Worksheet, row: int, column: int | None) -> str:
    if column is None:
        return ""
    raw = grid.raw(row, column)
    return value_text(raw) if raw is not None else ""
