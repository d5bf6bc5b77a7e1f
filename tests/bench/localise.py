"""Which single change would put a workbook right again? By brute force, without the product.

A fault is *localisable* when there is such a change and every one of them lies in the cells that
were spoilt. Changes tried: every typed figure by a slip of the hand, its neighbours' figures, a
figure that a failing sum asks for in a blank cell, whole columns and tables in the other unit, rows
too many, columns slid by a row. What is right is for oracle.py to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from departments import ACCOUNTS, EXECUTION, FACTS, FUNDS, JUDGED, SURVEY, Address, Book
from injuries import inputs, row_order, typed
from oracle import (
    Figures,
    Law,
    contradictions,
    doubts,
    figures,
    kind_of,
    laws,
    relieved,
    typed_number,
)

Change = dict[Address, object]  # what stands in some cells instead; None: nothing
_MANY = 8
_SUSPECTS = (ACCOUNTS, EXECUTION, FACTS, FUNDS, JUDGED, SURVEY)


class TooManyError(Exception):
    """So many cells may be wrong that nobody could say which: not tried."""


class Explanation(NamedTuple):
    """A kind of change that puts everything right, and the cells it changes."""

    kind: str
    cells: frozenset[Address]


def explanations(book: Book) -> list[Explanation]:
    """Return every single change that puts a book right; raises TooManyError."""
    asked = _Failing(book)
    found = {
        Explanation(kind, frozenset(change))
        for kind, change in _changes(book, asked)
        if asked.put_right(change)
    }
    return sorted(found, key=lambda one: (one.kind, sorted(map(str, one.cells))))


def localisable(book: Book, culprits: Iterable[Address]) -> bool:
    """Return whether a change puts it right, and all that do are of the culprits."""
    known, spoilt = explanations(book), frozenset(culprits)
    return bool(known) and all(one.cells <= spoilt for one in known)


def broken(book: Book) -> list[object]:
    """Return what fails in a book: laws, and the parts of everything else."""
    asked = _Failing(book)
    return [*asked.laws, *asked.others]


def changed(book: Book, change: Change) -> Book:
    """Return the book with other contents in some cells, its formulas calculated again."""
    new = book.copy()
    for at, value in change.items():
        if value is None:
            new.values.pop(at, None)
        else:
            new.values[at] = value
    new.recalculate()
    return new


class _Failing:
    """What fails in a book, quick to ask again."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.known = figures(book)
        self.laws = [law for law in laws(book) if not relieved(law, self.known)]
        self.others = contradictions(book)

    def put_right(self, change: Change) -> bool:
        """Return whether nothing fails with a change: what failed before is asked first."""
        new = changed(self.book, change)
        known = figures(new)
        if not all(relieved(law, known) for law in self.laws):
            return False
        if any(contradictions(new, one) for one in self.others):
            return False
        return doubts(new, joint=False) in {"", "soft"}

    def suspects(self) -> list[Address]:
        """Return the typed cells that count in everything that fails."""
        there = [at for at in inputs(self.book) if at[0] in _SUSPECTS or self.laws]
        if self.laws:
            sets = [self.feeds(law) for law in self.laws]
            return [at for at in there if all(at in one for one in sets)]
        found = [at for at in there if self._matters(at)]
        if len(found) > _MANY:
            raise TooManyError
        return found

    def feeds(self, law: Law) -> set[Address]:
        """Return the cells of a law and those that its formulas use."""
        found: set[Address] = set()
        waiting = [at for side in law.sides for _, at in side]
        while waiting:
            at = waiting.pop()
            if at not in found:
                found.add(at)
                formula = self.book.formulas.get(at)
                if formula:
                    waiting += [one for _, one in (*formula.above, *formula.below)]
        return found

    def _matters(self, at: Address) -> bool:
        """Return whether what fails apart from sums is another once a cell holds another figure."""
        one = typed(self.book, at)
        for number in (one.number * 3 + 1, -one.number, one.number / 100):
            new = changed(self.book, {at: one.back(round(number, one.decimals))})
            if any(contradictions(new, name) != self.others[name] for name in self.others):
                return True
        return False


def _changes(book: Book, asked: _Failing) -> Iterator[tuple[str, Change]]:
    for at in asked.suspects():
        for number in _meant(book, at):
            yield "cell", {at: number}
    yield from _blanks(book, asked)
    yield from _totals(book, asked)
    for at in {at for law in asked.laws for at in asked.feeds(law)}:
        if isinstance(book.values.get(at), str) and kind_of(at) == "money":
            yield "text", {at: float(typed_number(book.values[at]) or 0)}
    touched = {at[0] for law in asked.laws for side in law.sides for _, at in side}
    for table in sorted(touched):
        yield from _units(book, table)
        yield from _rows_too_many(book, table)
        yield from _slid(book, table)


def _meant(book: Book, at: Address) -> Iterator[object]:
    """Yield what a clerk may have meant by a figure."""
    one = typed(book, at)
    for number in dict.fromkeys(
        (*_slips(one.number, one.decimals, kind_of(at)), *_beside(book, at))
    ):
        if number != one.number:
            yield one.back(number)


def _slips(number: Decimal, decimals: int, kind: str) -> Iterator[Decimal]:
    unit = Decimal(1).scaleb(-decimals)
    yield -number
    for power in (1, 2, 3, 4) if kind == "money" else (1, 2):
        for other in (number.scaleb(power), number.scaleb(-power)):
            yield other.quantize(unit)
    digits, sign = str(int(abs(number) / unit)), 1 if number > 0 else -1
    whole = digits[: len(digits) - decimals]
    rest = digits[len(digits) - decimals :]
    texts = {
        *(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)),
        *(digits[:i] + c + digits[i + 1 :] for i in range(len(digits)) for c in "0123456789"),
        *(whole[:i] + c + whole[i:] + rest for i in range(len(whole) + 1) for c in "0123456789"),
        *(
            whole[:i] + whole[i + 1 :] + rest
            for i in range(len(whole) - 1)
            if whole[i] == whole[i + 1]
        ),
    }
    for text in sorted(texts):
        if text and text != digits:
            yield sign * int(text) * unit


def _beside(book: Book, at: Address) -> Iterator[Decimal]:
    table, row, column = at
    order = row_order(book, table)
    near = [
        other
        for other in book.values
        if other[0] == table
        and kind_of(other) == kind_of(at)
        and (other[1] == row) != (other[2] == column)
        and (other[1] == row or abs(order.index(other[1]) - order.index(row)) == 1)
    ]
    for other in near:
        number = typed_number(book.values[other])
        if number:
            yield number


def _blanks(book: Book, asked: _Failing) -> Iterator[tuple[str, Change]]:
    """Yield figures that the first failing sum asks for in a blank cell."""
    if not asked.laws:
        return
    first = asked.laws[0]
    cells = set.intersection(*(asked.feeds(law) for law in asked.laws))
    for at in sorted(cells - book.values.keys(), key=str):
        if kind_of(at) == "money" and (gap := _gap(first, asked.known, at)):
            per = 1_000_000 if at[0] == FUNDS else 100
            yield "blank", {at: float(round(Decimal(gap) / per, 2))}


def _totals(book: Book, asked: _Failing) -> Iterator[tuple[str, Change]]:
    """Yield a typed total of an earlier draft: any figure may have been meant."""
    for law in asked.laws:
        (_, at), *more = law.sides[0]
        if more or law.across or len(law.sides) > 2 or at in book.formulas:
            continue
        if typed_number(book.values.get(at)) is not None and kind_of(at) in {"money", "count"}:
            one = typed(book, at)
            per = {"money": 1_000_000 if at[0] == FUNDS else 100}.get(kind_of(at), 1)
            gap = Decimal(_gap(law, asked.known, at)) / per
            yield "total", {at: one.back(round(one.number + gap, one.decimals))}


def _gap(law: Law, known: Figures, at: Address) -> int:
    sums = [sum(sign * known.atoms.get(one, 0) for sign, one in side) for side in law.sides]
    for number, side in enumerate(law.sides):
        for sign, one in side:
            if one == at and len(sums) == 2:
                return sign * (sums[1 - number] - sums[number])
    return 0


def _money(book: Book, table: str) -> list[Address]:
    return [at for at in inputs(book) if at[0] == table and kind_of(at) == "money"]


def _units(book: Book, table: str) -> Iterator[tuple[str, Change]]:
    cells = _money(book, table)
    columns = dict.fromkeys(at[2] for at in cells)
    for some in ([at for at in cells if at[2] == column] for column in columns):
        yield from _scaled(book, some)
    yield from _scaled(book, cells)


def _scaled(book: Book, cells: list[Address]) -> Iterator[tuple[str, Change]]:
    if len(cells) > 1:
        for factor in (Decimal(10_000), Decimal("0.0001")):
            yield (
                "unit",
                {
                    at: float((typed(book, at).number * factor).quantize(Decimal("0.01")))
                    for at in cells
                },
            )


def _rows_too_many(book: Book, table: str) -> Iterator[tuple[str, Change]]:
    rows = book.rows(table)
    lines = {row: _line(book, table, row) for row in rows}
    for row in rows:
        others = [lines[one] for one in rows if one != row]
        above = [lines[one] for one in rows if one < row]
        sums: dict[str, Decimal] = {}
        for line in above:
            for column, number in line.items():
                sums[column] = sums.get(column, Decimal(0)) + number
        if lines[row] in others or (len(above) > 1 and lines[row] == sums):
            cells = [at for at in book.values if at[:2] == (table, row)]
            yield "row", dict.fromkeys(cells)


def _line(book: Book, table: str, row: str | int) -> dict[str, Decimal]:
    return {
        at[2]: number
        for at, value in book.values.items()
        if at[:2] == (table, row) and (number := typed_number(value)) and kind_of(at) != "percent"
    }


def _slid(book: Book, table: str) -> Iterator[tuple[str, Change]]:
    for column in dict.fromkeys(at[2] for at in _money(book, table)):
        rows = [row for row in row_order(book, table) if isinstance(row, int)]
        for order in (rows, rows[::-1]) if rows else ():
            cells = [(table, row, column) for row in order]
            contents = [book.values.get(at) for at in cells]
            change = {
                at: new
                for at, old, new in zip(cells, contents, (*contents[1:], None), strict=True)
                if old != new and at not in book.formulas
            }
            if change and contents[0] is None:
                yield "slid", change
