"""One fault at a time, in the hand of a clerk: each kind says what it makes of a cell, or that it
cannot.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from departments import FACTS, FUNDS, JUDGED, PLAN, SURVEY, Address, Book, Formula, Row
from oracle import kind_of, tables, typed_number

NUMBERS = frozenset({"money", "count", "score", "percent", "measure"})
OPEN = (FUNDS, PLAN, JUDGED, SURVEY)
UNIT, SIGN, SWAP = "差一万倍", "正负号", "颠倒"


@dataclass(frozen=True)
class Fault:
    """A book with one fault: what was done, in which cells (none are left of a deleted row), and
    what a hint should say.
    """

    kind: str
    table: str
    cells: tuple[Address, ...]
    book: Book
    word: str = ""
    rows_moved: bool = False


@dataclass(frozen=True)
class Typed:
    """A number as it looks in its cell: 95.55 for 95.55%, with its decimals; `back` types another
    one in its place.
    """

    number: Decimal
    decimals: int
    back: Callable[[Decimal], object]


def inputs(book: Book) -> list[Address]:
    """The cells with a typed number; formulas follow by themselves."""
    return [
        at
        for at, value in book.values.items()
        if at not in book.formulas and kind_of(at) in NUMBERS and typed_number(value) is not None
    ]


def typed(book: Book, at: Address) -> Typed:
    value, kind = book.values[at], kind_of(at)
    number = typed_number(value)
    assert number is not None
    if isinstance(value, str):
        rate = value.endswith("%")
        printed = number * 100 if rate else number
        return Typed(printed, 2 if rate else 0, lambda new: f"{new}%" if rate else str(new))
    if kind == "percent" or at in book.percents:
        return Typed((number * 100).quantize(Decimal("0.01")), 2, lambda new: float(new / 100))
    decimals = 0 if kind == "count" or (kind == "measure" and number == int(number)) else 2
    return Typed(
        number, decimals, lambda new: int(new) if decimals == 0 and new == int(new) else float(new)
    )


# ----------------------------------------------------------------------------------- kinds of cells


Change = Callable[[Book, Address, random.Random], object]
SAME = object()


def _shifted(sign: int) -> Change:
    def change(book: Book, at: Address, dice: random.Random) -> object:
        one = typed(book, at)
        return one.back(one.number + sign * Decimal(1).scaleb(-one.decimals))

    return change


def _scaled(factor: str) -> Change:
    def change(book: Book, at: Address, dice: random.Random) -> object:
        one = typed(book, at)
        if Decimal(factor).adjusted() in {4, -4} and kind_of(at) != "money":
            return SAME
        new = _cut(one.number * Decimal(factor), one.decimals)
        return one.back(new) if new else SAME

    return change


def _cut(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _negated(book: Book, at: Address, dice: random.Random) -> object:
    one = typed(book, at)
    return one.back(-one.number)


def _swapped(book: Book, at: Address, dice: random.Random) -> object:
    one = typed(book, at)
    text = f"{_cut(one.number, one.decimals):f}"
    digits = [i for i, char in enumerate(text) if char.isdigit()]
    pairs = [(a, b) for a, b in pairwise(digits) if text[a] != text[b]]
    if not pairs:
        return SAME
    a, b = dice.choice(pairs)
    chars = list(text)
    chars[a], chars[b] = chars[b], chars[a]
    return one.back(Decimal("".join(chars)))


def _digit(book: Book, at: Address, dice: random.Random) -> object:
    one = typed(book, at)
    text = f"{_cut(one.number, one.decimals):f}"
    place = dice.choice([i for i, char in enumerate(text) if char.isdigit()])
    new = dice.choice([d for d in "0123456789" if d != text[place]])
    return one.back(Decimal(text[:place] + new + text[place + 1 :]))


def _above(book: Book, at: Address, dice: random.Random) -> object:
    order = row_order(book, at[0])
    index = order.index(at[1])
    for row in reversed(order[:index]):
        value = book.values.get((at[0], row, at[2]))
        if typed_number(value) is not None and kind_of((at[0], row, at[2])) == kind_of(at):
            return value
    return SAME


CHANGES: dict[str, tuple[Change, str]] = {
    "末位+1": (_shifted(1), ""),
    "末位−1": (_shifted(-1), ""),
    "+1%": (_scaled("1.01"), ""),
    "−1%": (_scaled("0.99"), ""),
    "×10⁴": (_scaled("10000"), "填大了 10000 倍"),
    "÷10⁴": (_scaled("0.0001"), "填小了 10000 倍"),
    "正负号": (_negated, "正负号"),
    "颠倒两位": (_swapped, "颠倒"),
    "错一位": (_digit, ""),
    "空白": (lambda book, at, dice: None, ""),
    "抄了上一行": (_above, ""),
    "文字": (lambda book, at, dice: dice.choice(("见附表", "约3万", "1.2.3", "同上")), ""),
}


def row_order(book: Book, table: str) -> list[Row]:
    form = tables()[table]
    return [
        *(row["title"] for row in form.get("rows", ())),
        *book.rows(table),
        *([form["total"]] if form.get("total") else []),
    ]


# ------------------------------------------------------------------------------------------- faults


KINDS = (*CHANGES, "两格互换", "改权重", "改目标", "删一行", "重一行")
HINTED = ("×10⁴", "÷10⁴", "正负号", "颠倒两位")


def inject(book: Book, kind: str, dice: random.Random, at: Address | None = None) -> Fault | None:
    """A fault of that kind (in that cell); None where it would change nothing."""
    if kind == "删一行" or kind == "重一行":
        return _row(book, kind, dice)
    cells = inputs(book)
    if kind == "两格互换":
        return _exchange(book, at or dice.choice(cells), cells, dice)
    if kind in {"改权重", "改目标"}:
        return _judged(book, kind, dice)
    at = at or dice.choice(cells)
    change, word = CHANGES[kind]
    value = change(book, at, dice)
    return None if value is SAME else _with(book, kind, {at: value}, word)


def _with(book: Book, kind: str, values: dict[Address, object], word: str = "") -> Fault | None:
    if all(
        typed_number(new) == typed_number(book.values.get(at)) and isinstance(new, int | float)
        for at, new in values.items()
    ):
        return None
    hurt = book.copy()
    for at, new in values.items():
        if new is None:
            hurt.values.pop(at, None)
        else:
            hurt.values[at] = new
    hurt.recalculate()
    return Fault(kind, next(iter(values))[0], tuple(values), hurt, word)


def _exchange(book: Book, at: Address, cells: list[Address], dice: random.Random) -> Fault | None:
    order = row_order(book, at[0])
    near = [
        other
        for other in cells
        if other[0] == at[0]
        and other != at
        and kind_of(other) == kind_of(at)
        and book.values[other] != book.values[at]
        and (
            other[1] == at[1]
            or (other[2] == at[2] and abs(order.index(other[1]) - order.index(at[1])) == 1)
        )
    ]
    if not near:
        return None
    other = dice.choice(near)
    return _with(book, "两格互换", {at: book.values[other], other: book.values[at]})


def _judged(book: Book, kind: str, dice: random.Random) -> Fault | None:
    row = dice.choice(book.rows(JUDGED))
    at = (JUDGED, row, "权重" if kind == "改权重" else "目标值")
    if at not in book.values:
        return None
    if kind == "改权重":
        return _with(
            book,
            kind,
            {
                at: float(
                    Decimal(repr(book.values[at]))
                    + dice.choice((Decimal("0.3"), Decimal("-0.5"), Decimal(2)))
                )
            },
        )
    one = typed(book, at) if typed_number(book.values[at]) is not None else None
    return (
        None
        if one is None
        else _with(
            book,
            kind,
            {
                at: one.back(
                    _cut(
                        one.number * dice.choice((Decimal("0.9"), Decimal("1.05"))) + 1,
                        one.decimals,
                    )
                )
            },
        )
    )


def _row(book: Book, kind: str, dice: random.Random) -> Fault | None:
    table = dice.choice([name for name in OPEN if len(book.rows(name)) > 1])
    row = dice.choice(book.rows(table))
    hurt = book.copy()
    copy = max(book.rows(table)) + 1
    if kind == "删一行":
        hurt.values = {at: value for at, value in book.values.items() if at[:2] != (table, row)}
        hurt.formulas = {
            at: _without(formula, table, row)
            for at, formula in book.formulas.items()
            if at[:2] != (table, row)
        }
        cells: tuple[Address, ...] = ()
    else:
        for at, value in book.values.items():
            if at[:2] == (table, row):
                hurt.values[table, copy, at[2]] = value
                if at in book.percents:
                    hurt.percents.add((table, copy, at[2]))
        hurt.formulas = dict(_copied(book, table, row, copy))
        cells = tuple(at for at in hurt.values if at[0] == table and at[1] in {row, copy})
    hurt.recalculate()
    return Fault(kind, table, cells, hurt, rows_moved=True)


def _without(formula: Formula, table: str, row: Row) -> Formula:
    return Formula(
        tuple(term for term in formula.above if term[1][:2] != (table, row)), formula.below
    )


def _copied(book: Book, table: str, row: Row, copy: int) -> Iterator[tuple[Address, Formula]]:
    """The formulas with the copied row's own among them, and totals that reach over it."""
    for at, formula in book.formulas.items():
        if at[:2] == (table, row):
            yield at, formula
            yield (
                (table, copy, at[2]),
                Formula(
                    tuple((sign, (table, copy, cell[2])) for sign, cell in formula.above),
                    formula.below,
                ),
            )
        else:
            extra = tuple(
                (sign, (table, copy, cell[2]))
                for sign, cell in formula.above
                if cell[:2] == (table, row)
            )
            yield at, Formula((*formula.above, *extra), formula.below)


def row_name(at: Address) -> str:
    """How a cell is listed: open rows are one."""
    row = at[1] if isinstance(at[1], str) else "各行"
    return f"{at[0]}.{row}.{at[2]}"


__all__ = ["FACTS", "HINTED", "KINDS", "Fault", "inject", "inputs", "row_name"]
