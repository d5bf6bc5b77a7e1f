"""The very hidden sheet for each table of a scored workbook: its department and its lines.

It separates a reviewer's entries from those an earlier run wrote, and keeps lines without an
indicator.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from fractions import Fraction

from jixiao_xlsx.values.scores import ClauseUse, Review, Reviewed, Signed
from jixiao_xlsx.values.text import plain, tidy

SHEET = "_review"
SCORE_TITLE, REASON_TITLE = "财政复核分", "复核理由"
CLAUSE_TITLES = ("条款1", "条款2", "条款3")
OFF_TITLES = ("扣分1", "扣分2", "扣分3")
GIVEN_TITLE, EVIDENCE_TITLE = "条款得分", "佐证编号"
SIGNED_TITLES = ("初审人", "初审日期", "复核人", "复核日期")
_HEAD = ("file", "department", "code", "template", "version", "year", "item")
_SIGNED = "signed"
_TABLE, _NAMES, _SOURCES, _LINE, _LEFT = "table", "names", "sources", "line", "left"
MOST_LINES = 2_000
AS_TEXT = "text"  # a note: the number was typed as text


Scores = tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True, slots=True)
class Written:
    """The sheet as read.

    `review` has every line of the table as a run wrote it, typed or not, `scores` the 自评分 and
    复算分 beside each; `table` is the name of the table's sheet, `names` the title of the column with
    the names of lines, `left` are lines without an indicator.
    """

    review: Review
    scores: tuple[Scores, ...]
    table: str
    names: str
    left: tuple[Reviewed, ...]


def numbered(names: Iterable[str]) -> list[str]:
    """Return the names of lines, the second of equal ones as “…#2”."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[tidy(name)] += 1
        result.append(name if seen[tidy(name)] == 1 else f"{name}#{seen[tidy(name)]}")
    return result


def shown(line: Reviewed) -> str:
    """Return the content for the cell 财政复核分: the number that counts, else the typed text."""
    return line.typed if line.score is None else plain(line.score)


def encode(written: Written) -> Iterator[tuple[str, ...]]:
    """Return the rows of the hidden sheet."""
    for key in _HEAD:
        yield key, str(getattr(written.review, key) or "")
    yield _TABLE, written.table
    yield _NAMES, written.names
    yield (_SOURCES, *written.review.sources)
    if written.review.signed != Signed():
        yield (_SIGNED, *astuple(written.review.signed))
    for line, (own, computed) in zip(written.review.lines, written.scores, strict=True):
        yield (_LINE, *_cells(line), _text(own), _text(computed), *_packed(line))
    for line in written.left:
        yield (_LEFT, *_cells(line), *(("", "", *_packed(line)) if _packed(line) else ()))


def _cells(line: Reviewed) -> tuple[str, ...]:
    return (
        line.name,
        line.typed,
        _text(line.score),
        line.reason,
        _text(line.own),
        _text(line.computed),
        line.note,
    )


def decode(rows: Sequence[Sequence[object]]) -> Written | None:
    """Return the content of the hidden sheet; None where it is damaged."""
    head: dict[str, str] = {}
    sources: tuple[str, ...] = ()
    signed = Signed()
    lines: dict[str, list[Reviewed]] = {_LINE: [], _LEFT: []}
    scores: list[Scores] = []
    try:
        for kind, *values in ([str(value) for value in row] for row in rows[:MOST_LINES]):
            if kind in lines:
                name, typed, score, reason, own, computed, note = values[:7]
                lines[kind].append(
                    Reviewed(
                        name,
                        typed,
                        _number(score),
                        reason,
                        _number(own),
                        _number(computed),
                        note,
                        *_unpacked(values[9] if len(values) > 9 else ""),
                    )
                )
                if kind == _LINE:
                    scores.append((_number(values[7]), _number(values[8])))
            elif kind == _SIGNED:
                signed = Signed(*values[:4])
            elif kind == _SOURCES:
                sources = tuple(value for value in values if value)
            else:
                head[kind] = values[0]
        year = int(head["year"]) if head["year"] else None
        words = {key: head[key] for key in _HEAD if key != "year"}
    except (ValueError, KeyError, IndexError, TypeError, ZeroDivisionError):
        return None
    review = Review(**words, year=year, lines=tuple(lines[_LINE]), sources=sources, signed=signed)
    return Written(
        review, tuple(scores), head.get(_TABLE, ""), head.get(_NAMES, ""), tuple(lines[_LEFT])
    )


def _text(value: Fraction | None) -> str:
    return "" if value is None else str(value)


def _packed(line: Reviewed) -> tuple[str, ...]:
    """Return the clauses and 佐证编号 of a line as one text; () without any."""
    if not line.clauses and not line.evidence:
        return ()
    uses = [[use.clause, _text(use.points), use.typed] for use in line.clauses]
    return (json.dumps([uses, line.evidence], ensure_ascii=False),)


def _unpacked(text: str) -> tuple[tuple[ClauseUse, ...], str]:
    """Return clauses and 佐证编号. Raises ValueError for a damaged text."""
    uses, evidence = json.loads(text) if text else ([], "")
    clauses = (ClauseUse(str(one), _number(points), str(typed)) for one, points, typed in uses)
    return tuple(clauses), str(evidence)


def _number(text: str) -> Fraction | None:
    return Fraction(text) if text else None
