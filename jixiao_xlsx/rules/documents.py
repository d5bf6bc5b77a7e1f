"""NAR120: the tables of a Word report against the same tables of the workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from jixiao_xlsx.amounts import MONEY_UNITS, Convention, atoms_per, plain, rounded
from jixiao_xlsx.model import Cell, Expected, Severity, Skipped, Table
from jixiao_xlsx.rules import Desk, Looked, Saw, flag, rule
from jixiao_xlsx.rules.narrative import SAME

AGREEING = 2  # at least one in so many figures must agree before the others are held to be the same ones


@rule("NAR120", "报告里的表与工作簿不符", severity=Severity.ERROR, basis=SAME, relations=("C67",))
def word_table_differs(desk: Desk) -> Iterator[Saw]:
    """Word 报告里的表与工作簿里同一张表、同一格的数对不上，四舍五入或截断都不能解释。多数的数都不同的，可能口径不同，不作比较。"""
    for file, reason in desk.submission.unread:
        yield Skipped("NAR120", f"报告“{file}”没有读成：{reason}")
    for document in desk.submission.documents:
        for table in document.tables:
            pairs = list(_pairs(table, desk.submission.get(table.name)))
            apart = [pair for pair in pairs if not _agree(*pair)]
            if AGREEING * (len(pairs) - len(apart)) < len(pairs):
                yield Skipped("NAR120", f"报告里的“{table.name}”与工作簿多数的数不同，可能口径不同，没有比较")
                continue
            yield Looked(len(pairs))
            for theirs, ours in apart:
                same = "" if ours.unit == theirs.unit else f"（{plain(_in_their_unit(theirs, ours))} {theirs.unit}）"
                shown = f"工作簿《{ours.sheet}》{ours.ref} 是 {_shown(ours)}{same}"
                gap = _gap(theirs, ours)
                words = f"报告里“{theirs.row}”的“{theirs.column}”是 {_shown(theirs)}，{shown}，相差 {gap.lstrip('-')}。请核对后改成一致。"
                yield flag(theirs, words, expected=_expected(theirs, ours), difference=gap, related=(ours.place,))


def _pairs(table: Table, ours: Table | None) -> Iterator[tuple[Cell, Cell]]:
    """The figures that stand in both, by row and column; rows whose title is there twice are nobody's."""
    if ours is None:
        return
    often = [Counter(row.title for row in one.rows) for one in (table, ours)]
    for row in table.rows:
        other = ours.by_title.get(row.title)
        if other is None or any(count[row.title] > 1 for count in often):
            continue
        for title, cell in row.cells.items():
            match = other.get(title)
            if match is not None and cell.number is not None and match.number is not None:
                yield cell, match


def _agree(theirs: Cell, ours: Cell) -> bool:
    """Whether both can be the same true amount, each rounded or cut in its own way."""
    one, two = theirs.figure, ours.figure
    assert one is not None and two is not None
    if theirs.unit not in MONEY_UNITS:
        return abs(one.value - two.value) < Decimal(1).scaleb(-_digits(theirs))
    return any(one.believed(mine).meets(two.believed(yours)) for mine in Convention for yours in Convention)


def _digits(cell: Cell) -> int:
    """Decimals of a rate or a count as typed; those of a percentage count two more."""
    typed = cell.text.rstrip("%％")
    return len(typed.partition(".")[2]) + (2 if cell.unit == "%" else 0)


def _shown(cell: Cell) -> str:
    if cell.unit == "%":
        return f"{plain((cell.number or Decimal(0)) * 100)}%"
    return f"{plain(cell.number or Decimal(0))} {cell.unit}".rstrip()


def _gap(theirs: Cell, ours: Cell) -> str:
    """The difference, in the unit of the report."""
    if theirs.unit == "%":
        return f"{plain(((theirs.number or Decimal(0)) - (ours.number or Decimal(0))) * 100)} 个百分点"
    return f"{plain((theirs.number or Decimal(0)) - _in_their_unit(theirs, ours))} {theirs.unit}".rstrip()


def _expected(theirs: Cell, ours: Cell) -> Expected:
    value = (ours.number or Decimal(0)) * 100 if theirs.unit == "%" else _in_their_unit(theirs, ours)
    return Expected(value, value, theirs.unit)


def _in_their_unit(theirs: Cell, ours: Cell) -> Decimal:
    """The figure of the workbook as the report would print it."""
    number = ours.number or Decimal(0)
    if theirs.unit not in MONEY_UNITS or ours.unit == theirs.unit:
        return number
    return rounded(number * atoms_per(ours.unit) / atoms_per(theirs.unit), max(theirs.decimals, 2))
