"""The scored workbook of one department: 绩效评价表 (for the reviewer to complete), 核对意见, 评分说明, 资金执行."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.text.notice_words import line_place
from jixiao_xlsx.output.text.notices import NoticeLine, lines, notices
from jixiao_xlsx.output.xlsx.cells import clip
from jixiao_xlsx.output.xlsx.page import new_book
from jixiao_xlsx.output.xlsx.scored.clause_columns import CRITERIA, write_criteria
from jixiao_xlsx.output.xlsx.scored.funds import FUNDS, write_funds
from jixiao_xlsx.output.xlsx.scored.notes import NOTES, write_notes
from jixiao_xlsx.output.xlsx.scored.opinion import OPINION, line_row, write_check_opinion
from jixiao_xlsx.output.xlsx.scored.score_columns import SCORES
from jixiao_xlsx.output.xlsx.scored.table import USUAL_TITLES, write_table
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.typed_cells import digest_of_book
from jixiao_xlsx.season.review.apply_reviews import items, line_names
from jixiao_xlsx.season.review.review_marks import SHEET, Written, encode
from jixiao_xlsx.values.cells import Place, Submission
from jixiao_xlsx.values.findings import Finding, FindingState, Report
from jixiao_xlsx.values.scores import (
    Clause,
    Execution,
    IndicatorScore,
    Review,
    Reviewed,
    ReviewOutcome,
    Scorecard,
)
from jixiao_xlsx.values.severity import Severity


def write_scored_workbook(
    target: Path | BinaryIO,
    submission: Submission,
    report: Report,
    cards: Scorecard | Sequence[Scorecard],
    template: Template,
    criteria: Sequence[Clause] = (),
) -> str:
    """Write the scored workbook: deterministic bytes, every formula with its value.

    `criteria` are the clauses that the reviewer may choose; () for none.

    `cards`: one, or one for each of `submission.parts`, which then have numbered sheets of their
    own. Returns the digest of what is typed in it (see `typed_digest`). Raises files.Blocked.
    """
    cards = (cards,) if isinstance(cards, Scorecard) else cards
    template = hidden_mark.edition_of(submission.meta, template)
    listed = list(lines(notices(report.findings, report.causes, submission.sheets)))
    marks, numbers = _marks(report.findings), _numbers(listed)
    with new_book(target, f"{submission.department}{template.title}") as book:
        styles = Styles(book)
        numbered = [str(number) if len(cards) > 1 else "" for number in range(1, len(cards) + 1)]
        tables = [book.add_worksheet(SCORES + number) for number in numbered]
        opinion = book.add_worksheet(OPINION)
        links: dict[Place, str] = {}
        for part, card, table, number in zip(
            submission.parts, cards, tables, numbered, strict=True
        ):
            notes, funds = (book.add_worksheet(name + number) for name in (NOTES, FUNDS))
            refs = write_notes(notes, styles, card, template)
            links |= write_table(
                table, styles, part, card, template, refs, marks, numbers, criteria
            )
            links |= write_funds(funds, styles, part, card, template, marks)
        write_check_opinion(opinion, styles, report, listed, links, template)
        for card, item, table, number in zip(cards, items(cards), tables, numbered, strict=True):
            head = Review(
                "",
                card.department,
                report.code,
                template.id,
                template.version,
                submission.year,
                item,
            )
            _write_review_marks(
                book.add_worksheet(SHEET + number), table.name, head, card, template
            )
        if criteria:
            write_criteria(book.add_worksheet(CRITERIA), styles, criteria)
        tables[0].activate()
        return digest_of_book(book)


def _write_review_marks(
    sheet: Any, table: str, head: Review, card: Scorecard, template: Template
) -> None:
    """Write the hidden sheet about `table`, for the run that reads the review back."""
    lines: Sequence[IndicatorScore | Execution] = (*card.indicators, card.execution)
    names = line_names(card, template)
    reviewed = [
        one.reviewed or Reviewed(name, own=one.self_score, computed=one.score)
        for name, one in zip(names, lines, strict=True)
    ]
    review = card.review or ReviewOutcome()
    scores = tuple((one.self_score, one.score) for one in lines)
    title = template.indicator_columns.get("name", USUAL_TITLES["name"])
    for at, texts in enumerate(
        encode(
            Written(
                replace(head, lines=tuple(reviewed), sources=review.sources, signed=review.signed),
                scores,
                table,
                title,
                review.left,
            )
        )
    ):
        for column, text in enumerate(texts):
            sheet.write_string(at, column, clip(text))
    sheet.very_hidden()


def _marks(findings: Iterable[Finding]) -> Mapping[Place, Severity]:
    """Return the gravest open severity of each cell."""
    marks: dict[Place, Severity] = {}
    for finding in sorted(findings, key=lambda finding: finding.severity.rank):
        if finding.state is FindingState.OPEN:
            marks.setdefault(finding.place, finding.severity)
    return marks


def _numbers(listed: Sequence[NoticeLine]) -> Mapping[Place, list[tuple[int | str, str]]]:
    """Return for each cell the 序号 of its lines in 核对意见, with links to them."""
    numbers: dict[Place, list[tuple[int | str, str]]] = {}
    for at, line in enumerate(listed, 1):
        numbers.setdefault(line_place(line), []).append(
            (line.number, f"internal:'{OPINION}'!A{line_row(at)}")
        )
    return numbers
