"""The single corrections a hint may suggest for a suspect cell, each with its reason. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

from jixiao_xlsx.checking.balance.suspects import Suspect
from jixiao_xlsx.values.amounts import MONEY_UNITS
from jixiao_xlsx.values.cells import Cell, Submission
from jixiao_xlsx.values.digit_slips import DIGITS_SWAPPED, SIGN_REVERSED, swaps
from jixiao_xlsx.values.text import decimals_of, plain, rounded

_TOO_BIG, _TOO_SMALL = "填大了 10000 倍（元当作万元）", "填小了 10000 倍（万元当作元）"
_SHIFTS = (
    (4, _TOO_BIG),
    (-4, _TOO_SMALL),
    (3, "多了三位"),
    (-3, "少了三位"),
    (1, "多一位"),
    (-1, "少一位"),
)
_LEAST_STEPS = 10  # last digits: a correction smaller than that would repair nearly anything

Values = Iterator[tuple[Decimal, str]]  # values to try, each with its reason
Correction = Callable[[Suspect], Values]


def by_units(suspect: Suspect) -> Values:
    """Yield the number with its decimal point moved: a wrong unit, or digits too many or few."""
    if suspect.cell.unit in MONEY_UNITS:
        least = _LEAST_STEPS * Decimal(1).scaleb(-suspect.cell.decimals)
        for power, why in _SHIFTS:
            value = suspect.number.scaleb(-power)
            if abs(value) >= least:
                yield value, why


def by_ten_thousand(suspect: Suspect) -> Values:
    """Yield the number in the other of 元 and 万元."""
    yield from ten_thousand(suspect.cell, suspect.number)


def ten_thousand(cell: Cell, number: Decimal) -> Values:
    """Yield a number of money divided and multiplied by 10000."""
    if cell.unit in MONEY_UNITS:
        yield number.scaleb(-4), _TOO_BIG
        yield number.scaleb(4), _TOO_SMALL


def by_lost_digits(suspect: Suspect) -> Values:
    """Yield the wanted figure where its 万元 were typed, rounded: 954.82 for 9548199.71 元."""
    cell, wanted = suspect.cell, suspect.wanted
    if cell.unit not in MONEY_UNITS or wanted is None:
        return
    if rounded(wanted.scaleb(-4), cell.decimals) != suspect.number:
        return
    if abs(suspect.number) >= Decimal("0.1") or suspect.blame > 1:
        yield as_printed(wanted, cell), _TOO_SMALL


def by_sign(suspect: Suspect) -> Values:
    """Yield the negated number; people, cars and questionnaires are never fewer than none."""
    if suspect.number < 0 or suspect.cell.unit in MONEY_UNITS:
        yield -suspect.number, SIGN_REVERSED


def by_swap(suspect: Suspect) -> Values:
    """Yield the numbers with two neighbouring digits exchanged."""
    yield from swapped_digits(suspect.cell, suspect.number)


def swapped_digits(cell: Cell, number: Decimal) -> Values:
    """Yield the same for any cell, with the zeros that the form prints."""
    printed = cell.decimals if cell.unit in MONEY_UNITS else 0
    for value in swaps(plain(number, max(printed, decimals_of(number)))):
        yield value, DIGITS_SWAPPED


def by_row_above(suspect: Suspect) -> Values:
    """Yield the balancing value where what was typed is the number of the row above."""
    cell = suspect.cell
    above = _cell_above(cell, suspect.judged.submission) if cell.unit != "分" else None
    if suspect.wanted is not None and above is not None and above.number == suspect.number:
        yield as_printed(suspect.wanted, cell), f"抄了上一行“{above.row}”的数"


def _cell_above(cell: Cell, submission: Submission) -> Cell | None:
    for table in submission.tables.values():
        if table.sheet == cell.sheet and cell.column in table.columns:
            for before, row in pairwise(table.rows):
                if row.get(cell.column) is cell:
                    return before.get(cell.column)
    return None


def by_digit(suspect: Suspect) -> Values:
    """Yield the balancing value where it differs from the typed one in a single digit."""
    if suspect.wanted is None:
        return
    decimals = suspect.cell.decimals
    old, new = plain(suspect.number, decimals), plain(suspect.wanted, decimals)
    if len(old) == len(new) and sum(a != b for a, b in zip(old, new, strict=True)) == 1:
        yield Decimal(new), "填错一位数字"


def as_printed(value: Decimal, cell: Cell) -> Decimal:
    """Return a value rounded to the decimals of the cell."""
    return rounded(value, cell.decimals)


def with_unit(value: Decimal, cell: Cell) -> str:
    """Return a value as a message shows it for the cell: money with its decimals, and the unit."""
    return f"{plain(value, cell.decimals if cell.unit in MONEY_UNITS else None)} {cell.unit}"
