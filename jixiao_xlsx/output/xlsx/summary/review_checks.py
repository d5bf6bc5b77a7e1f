"""复核检查: who reviewed each department, and what is odd about the reviewers' own entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from jixiao_xlsx.output.xlsx.cells import Styled
from jixiao_xlsx.output.xlsx.page import Column
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import ListRow, write_list_sheet
from jixiao_xlsx.season.review.apply_reviews import CONTRADICTS, NO_REASON, NO_SCORE
from jixiao_xlsx.season.review.clauses import (
    APART,
    BEYOND,
    IDLE,
    NO_EVIDENCE,
    OVERRULED,
    UNKNOWN,
)
from jixiao_xlsx.season.review.review_marks import SIGNED_TITLES
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.scores import ReviewOutcome, Signed
from jixiao_xlsx.values.season import Season

REVIEW_CHECKS = "复核检查"
_CHECKS = frozenset(
    {
        *(NO_REASON, NO_SCORE, CONTRADICTS),
        *(BEYOND, NO_EVIDENCE, UNKNOWN, APART, OVERRULED, IDLE),
    }
)
_COLUMNS = (
    Column("部门", 24),
    Column("级别", 8, "cell center"),
    Column("问题", 70),
    Column("建议", 40),
    *(Column(title, 12, "cell center") for title in SIGNED_TITLES),
    Column("编号", 10, "cell center"),
)


def review_check_rows(season: Season) -> Iterator[ListRow]:
    """Yield a line for each check of a reviewer's entries, then one for each department reviewed
    without any; none where nobody chose a clause or signed.
    """
    if not _is_by_criteria(season):
        return
    reviewed: dict[str, list[ReviewOutcome]] = defaultdict(list)
    for entry in season.submitted:
        reviews = [card.review for card in entry.scorecards if card.review]
        if reviews:
            reviewed[entry.department] += reviews
    found = [one for one in season.findings if one.code in _CHECKS]
    for one in found:
        yield _row(one, [it for name in one.departments for it in reviewed.get(name, ())])
    told = {name for one in found for name in one.departments}
    for name, reviews in reviewed.items():
        if name not in told:
            yield [name, "", "没有发现问题", "", *_signed(reviews), ""]


def _is_by_criteria(season: Season) -> bool:
    cards = [card for entry in season.submitted for card in entry.scorecards]
    return any(
        (card.review and card.review.signed != Signed())
        or any(one.reviewed and one.reviewed.clauses for one in card.lines)
        for card in cards
    )


def _row(finding: BatchFinding, reviews: Sequence[ReviewOutcome]) -> ListRow:
    return [
        "、".join(finding.departments),
        Styled(finding.severity.label, f"cell center {finding.severity.value}"),
        finding.message.removeprefix("财政复核："),
        finding.hint,
        *_signed(reviews),
        finding.code,
    ]


def _signed(reviews: Sequence[ReviewOutcome]) -> list[str]:
    """Return 初审人, 初审日期, 复核人 and 复核日期, of several departments each that differs."""
    signed = [
        (one.signed.first, one.signed.first_date, one.signed.second, one.signed.second_date)
        for one in reviews
    ]
    return [
        "、".join(dict.fromkeys(names[at] for names in signed if names[at]))
        for at in range(len(SIGNED_TITLES))
    ]


def write_review_checks(sheet: Any, styles: Styles, rows: Sequence[ListRow]) -> None:
    """Write the sheet 复核检查 from `review_check_rows`."""
    remark = (
        "只给财政局看：复核人填的条款、扣分、复核分和理由之间对不上的，列在这里；"
        "分数照填的采用，没有改动。初审、复核的姓名和日期取自评分表。"
    )
    write_list_sheet(sheet, styles, REVIEW_CHECKS, remark, _COLUMNS, rows, frozen=1)
