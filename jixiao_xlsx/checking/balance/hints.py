"""“Probably because …”: a closed list of single corrections that repair every equation of the cell.

A hint is text on a finding; data are never changed. At most three, likeliest first. Totals that are
formulas follow the cell that is corrected. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jixiao_xlsx.checking.balance.corrections import (
    Correction,
    as_printed,
    by_digit,
    by_lost_digits,
    by_row_above,
    by_sign,
    by_swap,
    by_ten_thousand,
    by_units,
    with_unit,
)
from jixiao_xlsx.checking.balance.sum_slips import sum_slips
from jixiao_xlsx.checking.balance.suspects import Suspect, find_suspects, follow
from jixiao_xlsx.checking.balance.verdicts import Judgement, Verdict
from jixiao_xlsx.values.cells import Place

_MOST_HINTS = 3
_FAR = 50  # a limit exceeded this many times over is a matter of units, not of spending


@dataclass(frozen=True, slots=True)
class Hint:
    """A likely cause in words, and the cell to correct.

    `value` is what should be in it, as a message shows it; "" where that is not the point.
    """

    text: str
    place: Place
    value: str = ""


def hints(verdict: Verdict, judged: Judgement) -> tuple[Hint, ...]:
    """Return the likely causes of a failed equation; () when no single correction explains it."""
    kept: dict[tuple[Place, str], Hint] = {}
    causes = _of_equality if verdict.instance.is_equality else _of_limit
    for hint in causes(verdict, judged):
        kept.setdefault((hint.place, hint.value or hint.text), hint)
        if len(kept) == _MOST_HINTS:
            break
    return tuple(kept.values())


def _of_equality(verdict: Verdict, judged: Judgement) -> Iterator[Hint]:
    suspects = find_suspects(verdict, judged)
    for correction in (by_units, by_lost_digits, by_sign, by_swap):
        yield from _repairs(correction, suspects)
    with_totals = find_suspects(verdict, judged.with_row_totals)
    for correction in (by_units, by_lost_digits):
        yield from _with_row_total(correction, with_totals, judged)
    yield from _only_repair(by_row_above, suspects)
    for text, place in sum_slips(verdict, judged):
        yield Hint(text, place)
    yield from _only_repair(by_digit, suspects)
    yield from _crossing(suspects)


def _of_limit(verdict: Verdict, judged: Judgement) -> Iterator[Hint]:
    """Yield wrong signs, and wrong units where a limit is exceeded many times over.

    The limit comes before what exceeds it.
    """
    suspects = find_suspects(verdict, judged)[::-1]
    suspects.sort(key=lambda suspect: -suspect.blame)
    yield from _repairs(by_sign, [suspect for suspect in suspects if suspect.number < 0])
    sizes = [abs(amount) for amount in verdict.instance.sums]
    if max(sizes) > _FAR * min(sizes):
        yield from _repairs(by_ten_thousand, suspects)


def _repairs(correction: Correction, suspects: list[Suspect]) -> Iterator[Hint]:
    for suspect in suspects:
        place = suspect.cell.place
        for value, why in correction(suspect):
            if suspect.repaired_by(value):
                text = with_unit(value, suspect.cell)
                yield Hint(f"{place} 可能{why}，若为 {text}，则各处都平", place, text)


def _only_repair(correction: Correction, suspects: list[Suspect]) -> Iterator[Hint]:
    """Yield a repair that only one cell allows.

    Any round gap looks like one digit, and equal neighbours are common.
    """
    repairs = list(_repairs(correction, suspects))
    if len(repairs) == 1:
        yield repairs[0]


def _with_row_total(
    correction: Correction, suspects: list[Suspect], judged: Judgement
) -> Iterator[Hint]:
    """Yield repairs of a cell together with the totals of its row that were typed from it."""
    for suspect in suspects:
        cell = suspect.cell
        for value, why in correction(suspect):
            if not suspect.repaired_by(value):
                continue
            alone = follow({cell.place: value}, judged)
            moved = follow({cell.place: value}, suspect.judged)
            if typed := sorted(moved.keys() - alone.keys(), key=lambda place: place.order):
                text = with_unit(value, cell)
                totals = "、".join(
                    f"{place.cell} 为 {with_unit(moved[place], judged.cells[place])}"
                    for place in typed
                )
                yield Hint(
                    f"{cell.place} 可能{why}，本行合计是按它加的，"
                    f"若为 {text}、{totals}，则各处都平",
                    cell.place,
                    text,
                )


def _crossing(suspects: list[Suspect]) -> Iterator[Hint]:
    """Yield the cell in which equations meet that fail by the same amount."""
    for suspect in suspects:
        cell, count = suspect.cell, suspect.blame
        if suspect.wanted is None or count < 2:
            continue
        value = as_printed(suspect.wanted, cell)
        if value != suspect.number and suspect.repaired_by(value):
            text = with_unit(value, cell)
            yield Hint(
                f"{cell.place} 可能填错：有关的 {count} 个等式差额一致，若为 {text}，则各处都平",
                cell.place,
                text,
            )
            return
