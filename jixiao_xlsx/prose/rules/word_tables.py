"""NAR120: the tables of a Word report against the same tables of the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import groupby

from jixiao_xlsx.checking.bases import SAME_AS_TABLES
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, flag, rule
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.clauses import parse_lead
from jixiao_xlsx.prose.language.vocabulary import Vocabulary, Word
from jixiao_xlsx.prose.table_figures import TableFigure
from jixiao_xlsx.reading.titles import loosen, title_key
from jixiao_xlsx.values.amounts import MONEY_UNITS, Convention, Figure, Interval, atoms_per
from jixiao_xlsx.values.cells import Cell, Document, Row, Table
from jixiao_xlsx.values.findings import Expected, Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, rounded, tidy

_AGREEING = (
    2  # at least one in so many figures must agree before the others are held to be the same ones
)


@rule(
    "NAR120",
    "报告里的表与工作簿不符",
    severity=Severity.ERROR,
    basis=SAME_AS_TABLES,
    relations=("C67",),
)
def word_table_differs(evidence: ProseEvidence) -> Iterator[Observation]:
    """Word 报告里的表与工作簿里同一张表、同一格的数对不上，四舍五入或截断都不能解释。多数的数都不同的，可能口径不同，不作比较。

    不是表样里的表，只比较行名是本表样的事项、列名说明了口径（年初预算、全年预算、决算）、写了单位的数，作警告。

    改法：按表改报告；工作簿填错的，改工作簿。
    """
    for file, reason in evidence.submission.unread:
        yield Skipped(f"报告“{file}”没有读成：{reason}")
    for document in evidence.submission.documents:
        yield from _other_tables(evidence, document)
        for table in document.tables:
            pairs = list(
                _pairs(
                    table,
                    evidence.submission.get(table.name),
                    evidence.template.table[table.name].label,
                )
            )
            apart = [pair for pair in pairs if not _agree(*pair)]
            if _AGREEING * (len(pairs) - len(apart)) < len(pairs):
                yield Skipped(f"报告里的“{table.name}”与工作簿多数的数不同，可能口径不同，没有比较")
                continue
            yield Looked(len(pairs))
            for theirs, ours in apart:
                same = (
                    ""
                    if ours.unit == theirs.unit
                    else f"（{plain(_in_their_unit(theirs, ours))} {theirs.unit}）"
                )
                workbook_text = f"工作簿《{ours.sheet}》{ours.ref} 是 {_display_text(ours)}{same}"
                gap = _gap(theirs, ours)
                words = (
                    f"报告里“{theirs.row}”的“{theirs.column}”是 {_display_text(theirs)}，{workbook_text}，"
                    f"相差 {gap.lstrip('-')}。"
                )
                yield flag(
                    theirs,
                    words,
                    "请核对后改成一致。",
                    expected=_expected(theirs, ours),
                    difference=gap,
                    related=(ours.place,),
                )


def _other_tables(evidence: ProseEvidence, document: Document) -> Iterator[Observation]:
    """Yield differing amounts of tables that are not the form's, whose row is an item and whose
    column names the role.
    """
    if not document.figures or evidence.vocabulary is None:
        return
    for _, cells in groupby(document.figures, key=lambda cell: cell.ref.split(" ")[0]):
        known = [(cell, figures) for cell in cells if (figures := _figures_named(evidence, cell))]
        apart = [
            (cell, figures)
            for cell, figures in known
            if not any(figure.meets(_believed(cell)) for figure in figures)
        ]
        agree = len(known) - len(apart)
        if agree < max(_LEAST, len(apart)):
            continue  # it may be of something else
        yield Looked(len(known))
        for cell, figures in apart:
            nearest = min(
                figures,
                key=lambda figure: abs(figure.atoms - (cell.number or 0) * atoms_per(cell.unit)),
            )
            right = rounded(nearest.atoms / atoms_per(cell.unit), max(cell.decimals, 2))
            gap = f"{plain((cell.number or Decimal(0)) - right, max(cell.decimals, 2))} {cell.unit}"
            same = (
                ""
                if nearest.unit == cell.unit
                else f"（{nearest.display_text_in(cell.unit, cell.decimals)}）"
            )
            title = cell.column.rpartition("／")[2]
            words = (
                f"报告里“{cell.row}”的“{title}”是 {cell.text} {cell.unit}，{nearest.where}是 "
                f"{nearest.display_text}{same}，相差 {gap.lstrip('-')}。"
            )
            related = tuple(one.place for one in nearest.cells)
            yield Flag(
                cell.place,
                cell.row,
                title,
                cell.text,
                words,
                Expected(right, right, cell.unit),
                gap,
                demand="请核对后改成一致。",
                related=related,
                severity=Severity.WARNING,
            )


def _figures_named(evidence: ProseEvidence, cell: Cell) -> tuple[TableFigure, ...]:
    """Return the workbook's figures of the row's item in the column's role."""
    assert evidence.vocabulary is not None
    word = _by_key(evidence.vocabulary).get(loosen(cell.row))
    if word is None:
        return ()
    heads = [loosen(head, cell.unit) for head in cell.column.split("／")]
    for title in (heads[-1], "".join(heads[-2:])):
        kinds = {
            one.kind
            for one in parse_lead(_YEAR.sub("", title), evidence.vocabulary.lexicon)[0] or ()
        }
        roles = kinds & {"original", "budget", "execution"}
        if len(roles) == 1 and not kinds & {
            "previous",
            "plan",
            "share",
            "up",
            "down",
            "rate",
            "fiscal",
            *_OTHERS,
        }:
            return evidence.table_figures.of(word.name, roles.pop())
    return ()


_OTHERS = ("item", "subject", "over", "under", "than", "target")
_LEAST = 2  # figures that must agree
_YEAR = re.compile(r"20\d\d年度?")


@cache
def _by_key(vocabulary: Vocabulary) -> dict[str, Word]:
    """Return the items and subjects by the titles they have in tables."""
    return {
        title_key(spelled): word
        for spelled, word in vocabulary.lexicon.words()
        if word.kind in {"item", "subject"} and not word.near
    }


def _believed(cell: Cell) -> Interval:
    figure = Figure(cell.number or Decimal(0), cell.unit, cell.decimals)
    both = [figure.believed(how, loose_zero=True) for how in Convention]
    return Interval(min(one.lo for one in both), max(one.hi for one in both))


def _pairs(table: Table, ours: Table | None, labels: Sequence[str]) -> Iterator[tuple[Cell, Cell]]:
    """Yield the figures that stand in both, by row and column; `labels` are the columns that tell
    open rows apart.
    """
    for row, other in _rows(table, ours, labels) if ours else ():
        yield from _figures(row, other)


def _figures(row: Row, other: Row) -> list[tuple[Cell, Cell]]:
    both = [
        (cell, match)
        for title, cell in row.cells.items()
        if (match := other.get(title)) is not None
    ]
    return [
        (cell, match)
        for cell, match in both
        if cell.number is not None and match.number is not None
    ]


def _rows(table: Table, ours: Table, labels: Sequence[str]) -> Iterator[tuple[Row, Row]]:
    """Yield rows of the same labels. Several of the same labels go in order, where there are as
    many and most of their figures agree.
    """
    shared = [title for title in labels if title in table.columns and title in ours.columns]
    theirs, mine = _by_label(table, shared), _by_label(ours, shared)
    for label, rows in theirs.items():
        others = mine.get(label, [])
        if len(rows) != len(others):
            continue
        for row, other in zip(rows, others, strict=True):
            figures = _figures(row, other)
            if len(rows) == 1 or _AGREEING * sum(_agree(*pair) for pair in figures) > len(figures):
                yield row, other


def _by_label(table: Table, labels: Sequence[str]) -> dict[tuple[str, ...], list[Row]]:
    matches: dict[tuple[str, ...], list[Row]] = {}
    for row in table.rows:
        cells = [row.get(title) for title in labels] if row.kind == "open" else []
        matches.setdefault(
            (row.title, *(tidy(cell.text) for cell in cells if cell is not None)), []
        ).append(row)
    return matches


def _agree(theirs: Cell, ours: Cell) -> bool:
    """Return whether both can be the same true amount, each rounded or cut in its own way."""
    one, two = theirs.figure, ours.figure
    assert one is not None and two is not None
    if theirs.unit not in MONEY_UNITS:
        return abs(one.value - two.value) < Decimal(1).scaleb(-_digits(theirs))
    printed = [
        one.believed(how, loose_zero=True) for how in Convention
    ]  # a 0 may be a small amount that is printed as nothing
    return any(mine.meets(two.believed(how)) for mine in printed for how in Convention)


def _digits(cell: Cell) -> int:
    """Return decimals of a rate or a count as typed; those of a percentage count two more."""
    typed = cell.text.rstrip("%％")
    return len(typed.partition(".")[2]) + (2 if cell.unit == "%" else 0)


def _display_text(cell: Cell) -> str:
    if cell.unit == "%":
        return f"{plain((cell.number or Decimal(0)) * 100)}%"
    return f"{plain(cell.number or Decimal(0))} {cell.unit}".rstrip()


def _gap(theirs: Cell, ours: Cell) -> str:
    """Return the difference, in the unit of the report."""
    if theirs.unit == "%":
        return (
            f"{plain(((theirs.number or Decimal(0)) - (ours.number or Decimal(0))) * 100)} 个百分点"
        )
    return (
        f"{plain((theirs.number or Decimal(0)) - _in_their_unit(theirs, ours))} "
        f"{theirs.unit}".rstrip()
    )


def _expected(theirs: Cell, ours: Cell) -> Expected:
    value = (
        (ours.number or Decimal(0)) * 100 if theirs.unit == "%" else _in_their_unit(theirs, ours)
    )
    return Expected(value, value, theirs.unit)


def _in_their_unit(theirs: Cell, ours: Cell) -> Decimal:
    """Return the figure of the workbook as the report would print it."""
    number = ours.number or Decimal(0)
    if theirs.unit not in MONEY_UNITS or ours.unit == theirs.unit:
        return number
    return rounded(number * atoms_per(ours.unit) / atoms_per(theirs.unit), max(theirs.decimals, 2))
