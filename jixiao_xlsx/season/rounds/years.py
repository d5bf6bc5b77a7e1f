"""The totals of a department year by year: each season keeps its own and those before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.season import YearScore
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, rounded
from jixiao_xlsx.values.work import Record

_MOST = 10  # years that are kept


def years_before(last_year: Record | None, year: int | None) -> tuple[YearScore, ...]:
    """Return the years that last year's record knows of, the earliest first, before `year`."""
    found = [score for one in (last_year.history if last_year else ()) if (score := _score(one))]
    before = (one for one in found if year is None or one.year < year)
    return tuple(sorted(before, key=lambda one: (one.year, one.item))[-_MOST:])


def history(
    before: Sequence[YearScore], report: Report, cards: Sequence[Scorecard]
) -> list[dict[str, Any]]:
    """Return the years before and this one, as a record keeps them."""
    now = list(_this_year(report, cards)) if report.year else []
    return [_kept(one) for one in (*before, *now)]


def history_of_scores(scores: Sequence[Mapping[str, Any]], year: object) -> list[dict[str, Any]]:
    """Return the one year of a record that was written before records had a history."""
    return [
        {
            "year": year,
            "item": one.get("item", ""),
            "total": one.get("total"),
            "grade": one["grade"],
        }
        for one in scores
        if isinstance(year, int)
    ]


def _this_year(report: Report, cards: Sequence[Scorecard]) -> Iterator[YearScore]:
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    for card in cards:
        total, grade = card.final
        shown = None if total is None else rounded(total, 2)
        yield YearScore(report.year or 0, card.item, shown, grade, errors, warnings)


def _kept(one: YearScore) -> dict[str, Any]:
    total = None if one.total is None else plain(one.total, 2)
    return {**one._asdict(), "total": total}


def _score(one: Mapping[str, Any]) -> YearScore | None:
    """Return a year as kept; None for one that is damaged."""
    try:
        total = one["total"]
        return YearScore(
            int(one["year"]),
            str(one.get("item", "")),
            None if total is None else rounded(Fraction(total), 2),
            str(one["grade"]),
            int(one.get("errors", 0)),
            int(one.get("warnings", 0)),
        )
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError):
        return None
