"""Scored workbooks that a reviewer typed into → Reviews. It reads only; lines are found by name, columns by title."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.reading.cell_value import value_text
from jixiao_xlsx.reading.titles import title_key
from jixiao_xlsx.reading.workbook import read_worksheets
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.season.review.review_marks import (
    AS_TEXT,
    REASON_TITLE,
    SCORE_TITLE,
    SHEET,
    Scores,
    Written,
    decode,
    numbered,
    shown,
)
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.scores import Review, Reviewed
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import read_number

UNUSABLE = "REV107"
_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods"})
_PASSED_OVER = ("~$", ".")
_UNIT = "分"


def read_reviews(folder: Path) -> tuple[tuple[Review, ...], tuple[BatchFinding, ...]]:
    """Every scored workbook of `folder`, and what is to be said of files that are none. Raises OSError."""
    found: list[Review] = []
    told: list[BatchFinding] = []
    for path in sorted(folder.iterdir()):
        if (
            path.suffix.lower() not in _SUFFIXES
            or path.name.startswith(_PASSED_OVER)
            or not path.is_file()
        ):
            continue
        try:
            reviews = read_review(path.read_bytes(), path.name)
        except (Refused, OSError) as error:
            reason = error.reason if isinstance(error, Refused) else why(error)
            told.append(_unusable(path.name, f"打不开：{reason}"))
            continue
        found += reviews
        if not reviews:
            told.append(_unusable(path.name, "不是本程序写出的评分表（或里面的标记页已被删去）"))
    return tuple(found), tuple(told)


def _unusable(file: str, why: str) -> BatchFinding:
    words_ = f"财政复核：“{file}”{why}，里面的复核分没有采用。"
    return BatchFinding(
        UNUSABLE, Severity.ERROR, (), words_, "请在评分文件夹里的评分表上填写复核分，保存后再运行"
    )


def read_review(data: bytes, file: str) -> tuple[Review, ...]:
    """What was typed into each table of one scored workbook; () where it is none. Raises Refused."""
    grids = read_worksheets(data, lambda name, hidden: name.startswith(SHEET) or not hidden)
    by_name = {grid.name: grid for grid in grids}
    said = [found for grid in grids if grid.name.startswith(SHEET) and (found := decode(grid.rows))]
    tables = [(one, _table(by_name[one.table], one.names)) for one in said if one.table in by_name]
    return tuple(_review(one, table, data, file) for one, table in tables if table)


def _review(said: Written, table: _Table, data: bytes, file: str) -> Review:
    written = {
        tidy(line.name): (line, scores)
        for line, scores in zip(said.review.lines, said.scores, strict=True)
    }
    lines = [_line(typed, written.get(tidy(typed.name))) for typed in _typed(table, written)]
    given = tuple(line for line in lines if line.typed or line.reason)
    sources = said.review.sources
    if given != tuple(line for line in said.review.lines if line.typed or line.reason):
        sources = (*sources, hashlib.sha256(data).hexdigest())
    return replace(said.review, file=file, lines=(*given, *said.left), sources=sources)


def _line(typed: Reviewed, written: tuple[Reviewed, Scores] | None) -> Reviewed:
    """The line as it was written, where nobody has touched it since; else with the scores that stood beside it."""
    if written is None:
        return typed
    line, (own, computed) = written
    if (typed.typed, typed.reason) == (shown(line), line.reason):
        return line
    return replace(typed, own=own, computed=computed)


# ---------------------------------------------------------------------------------------------------------- the table


@dataclass(frozen=True, slots=True)
class _Table:
    """Where the heading of the table stands, and the columns of names, 财政复核分 and 复核理由."""

    grid: Worksheet
    head: int
    name: int
    score: int
    reason: int


def _table(grid: Worksheet, names: str) -> _Table | None:
    titles = [title_key(title) for title in (names, SCORE_TITLE, REASON_TITLE)]
    for row in grid.lines:
        at = {
            grid.keys[row, column]: column
            for column in reversed(grid.columns_in(row))
            if (row, column) in grid.keys
        }
        if all(title and title in at for title in titles):
            return _Table(grid, row, *(at[title] for title in titles))
    return None


def _typed(table: _Table, written: Collection[str]) -> Iterator[Reviewed]:
    """Each line that names an indicator or was written as one; what stands below the last of them is no line of a review."""
    grid = table.grid
    named = {
        row: _text(grid, row, table.name) or _text(grid, row, 0)
        for row in grid.lines
        if row > table.head
    }
    last = max((row for row, name in named.items() if tidy(name) in written), default=table.head)
    rows = [
        row
        for row, name in named.items()
        if row <= last and (_text(grid, row, table.name) or tidy(name) in written)
    ]
    for row, name in zip(rows, numbered(named[row] for row in rows), strict=True):
        raw, reason = grid.raw(row, table.score), _text(grid, row, table.reason)
        if (row, table.score) in grid.flags.uncalculated:
            yield Reviewed(name, "（公式没有结果）", None, reason)
            continue
        text = value_text(raw) if raw is not None else ""
        value = read_number(text if text == _UNIT else text.removesuffix(_UNIT), _UNIT).value
        score = None if value is None else Fraction(value)
        yield Reviewed(
            name,
            text,
            score,
            reason,
            note=AS_TEXT if isinstance(raw, str) and score is not None else "",
        )


def _text(grid: Worksheet, row: int, column: int) -> str:
    raw = grid.raw(row, column)
    return value_text(raw) if raw is not None else ""
