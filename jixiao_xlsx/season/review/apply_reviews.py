"""Apply a Review to a Scorecard: 财政复核分 beside 自评分 and 复算分, checked, decides. Pure.

Nothing is overridden in silence: what cannot be used, lacks a reason, or was typed before the
figures changed is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from jixiao_xlsx.form.find_template import title_of
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.scoring.scorer import scaled
from jixiao_xlsx.season.review.clauses import by_clauses, odd_clauses
from jixiao_xlsx.season.review.review_marks import (
    AS_TEXT,
    EVIDENCE_TITLE,
    REASON_TITLE,
    SCORE_TITLE,
    numbered,
)
from jixiao_xlsx.season.review.stated_scores import contradiction
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.scores import (
    Clause,
    Execution,
    IndicatorScore,
    Method,
    Review,
    Reviewed,
    ReviewOutcome,
    Scorecard,
    Signed,
)
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, rounded, tidy

_FAMILY = "REV"
OUT_OF_RANGE, NO_REASON, NO_SCORE, CHANGED, NO_LINE, TEXT, _FILE, CONFLICT, EDITION, UNUSED = (
    f"{_FAMILY}{n}" for n in range(101, 111)
)
CONTRADICTS = f"{_FAMILY}111"
_SHOWN = 3  # decimals that a scored workbook shows of a score


def line_names(card: Scorecard, template: Template) -> list[str]:
    """Return the names of the lines of a scored workbook: indicators, then 预算执行率."""
    return numbered([*(one.name for one in card.indicators), template.execution_table])


def items(cards: Sequence[Scorecard]) -> list[str]:
    """Return the item of each table of a scored workbook; "" where it has one without a name."""
    return (
        numbered(card.item for card in cards) if len(cards) > 1 else [card.item for card in cards]
    )


def told(findings: Iterable[BatchFinding]) -> list[str]:
    """Return the findings about the reviewer's own entries, as a line each."""
    return [
        f"{one.severity.label}：{one.message}{one.hint}。"
        for one in findings
        if one.code.startswith(_FAMILY)
    ]


# ----------------------------------------------------------------------------- which review counts


def review_for(reviews: Iterable[Review], names: Sequence[str], item: str) -> Review | None:
    """Return the review of `item` for one of `names` (names and codes, the surest first)."""
    known: dict[str, Review] = {}
    for review in reviews:
        if tidy(review.item) == tidy(item):
            for name in (review.department, review.code):
                known.setdefault(tidy(name), review)
    return next((known[tidy(name)] for name in names if name and tidy(name) in known), None)


def joined_reviews(
    reviews: Sequence[Review],
) -> tuple[tuple[Review, ...], tuple[BatchFinding, ...]]:
    """Return one review per department (and project), and findings on conflicts.

    Of several workbooks the one named after the department decides; lines that only another has
    are added. One whose entries another has taken over already is left out.
    """
    known: dict[tuple[str, str], list[Review]] = {}
    for review in reviews:
        known.setdefault((tidy(review.department), tidy(review.item)), []).append(review)
    findings: list[BatchFinding] = []
    result = []
    for several in known.values():
        findings += [
            _misnamed(review)
            for review in several
            if tidy(review.department) not in tidy(review.file) and review.lines
        ]
        first, *others = sorted(several, key=lambda r: (len(r.file), r.file))
        for other in others:
            first, conflicts = _with_other(first, other)
            findings += conflicts
        if first.lines:
            result.append(first)
    return tuple(result), tuple(findings)


def _with_other(first: Review, other: Review) -> tuple[Review, list[BatchFinding]]:
    if not other.lines or set(other.sources) <= set(first.sources):
        return first, []
    there = {tidy(line.name): line for line in first.lines}
    more = tuple(line for line in other.lines if tidy(line.name) not in there)
    apart = [
        line.name
        for line in other.lines
        if (mine := there.get(tidy(line.name)))
        and (mine.typed, mine.reason, mine.clauses) != (line.typed, line.reason, line.clauses)
    ]
    sources = tuple(dict.fromkeys((*first.sources, *other.sources)))
    signed = first.signed if first.signed != Signed() else other.signed
    merged = replace(first, signed=signed, lines=(*first.lines, *more), sources=sources)
    if not apart:
        return merged, []
    words = f"财政复核：“{first.file}”和“{other.file}”是同一部门的评分表，{_list(apart)}填得不同，采用“{first.file}”。"
    return merged, [
        BatchFinding(
            CONFLICT, Severity.WARNING, (first.department,), words, "请核对后把不要的一份移出文件夹"
        )
    ]


def _misnamed(review: Review) -> BatchFinding:
    words = f"财政复核：“{review.file}”里面是{review.department}的评分表，与文件名不符，按里面的部门采用。"
    return BatchFinding(
        _FILE, Severity.WARNING, (review.department,), words, "请核对是不是填错了部门的表"
    )


def unused(
    reviews: Iterable[Review], taken: Iterable[tuple[Sequence[str], str]]
) -> Iterator[BatchFinding]:
    """Yield findings on reviews without a counting workbook.

    `taken` are the names and items of workbooks that count.
    """
    known = {(tidy(name), tidy(item)) for names, item in taken for name in names if name}
    for review in reviews:
        if (
            not {(tidy(name), tidy(review.item)) for name in (review.department, review.code)}
            & known
        ):
            name = f"{review.department}·{review.item}" if review.item else review.department
            words = f"财政复核：“{review.file}”里有 {len(review.lines)} 处填写，但{name}这次没有计入的报送，没有用上。"
            yield BatchFinding(
                UNUSED,
                Severity.WARNING,
                (review.department,),
                words,
                "原文件没有改动，请保留到该部门重报后再用",
            )


# ------------------------------------------------------------------------------- applying a review


def reviewed(
    card: Scorecard,
    review: Review | None,
    year: int | None,
    department: str,
    template: Template,
    criteria: Sequence[Clause] = (),
) -> Scorecard:
    """Return `card` with a review; `year` is the submission's, `department` as in the roster.

    `criteria` are the clauses that a reviewer may choose.
    """
    if review is None:
        return card
    outcome, card = _settled(
        replace(card, department=department).name, card, review, year, template, criteria
    )
    findings = tuple(replace(finding, departments=(department,)) for finding in outcome.findings)
    return replace(card, review=replace(outcome, findings=findings))


def _settled(
    department: str,
    card: Scorecard,
    review: Review,
    year: int | None,
    template: Template,
    criteria: Sequence[Clause],
) -> tuple[ReviewOutcome, Scorecard]:
    """Return the outcome of a review, and the card with its lines; `department` is for messages."""
    refused = _refusal(review, year, department, template)
    if refused:
        return ReviewOutcome(findings=(refused,)), card
    lines = {tidy(line.name): line for line in review.lines}
    findings: list[BatchFinding] = []
    if review.version != template.version:
        words = f"{_head(department)}评分表按 {review.version} 版表样写出，这次是 {template.version} 版，已按指标名称对上。"
        findings.append(
            BatchFinding(EDITION, Severity.NOTE, (department,), words, "请看一遍复核分是否仍合适")
        )
    names = line_names(card, template)
    indicators = tuple(
        replace(
            one, reviewed=_checked(lines.pop(tidy(name), None), one, department, findings, criteria)
        )
        for name, one in zip(names, card.indicators, strict=False)
    )
    execution = replace(
        card.execution,
        reviewed=_checked(
            lines.pop(tidy(names[-1]), None), card.execution, department, findings, criteria
        ),
    )
    left = tuple(lines.values())
    findings += [_without_line(line, department) for line in left]
    card = replace(card, indicators=indicators, execution=execution)
    return replace(
        _totals(card, template),
        left=left,
        signed=review.signed,
        sources=review.sources,
        findings=tuple(findings),
    ), card


def _refusal(
    review: Review, year: int | None, department: str, template: Template
) -> BatchFinding | None:
    if review.template != template.id:
        why = f"是{f'“{other}”' if (other := title_of(review.template)) else '另一套表'}的评分表"
    elif review.year is not None and year is not None and review.year != year:
        why = f"是 {review.year} 年度的评分表，这次是 {year} 年度"
    else:
        return None
    words = f"{_head(department)}“{review.file}”{why}，里面的复核分没有采用。"
    return BatchFinding(_FILE, Severity.ERROR, (department,), words, "请核对 --review 给的文件夹")


def _checked(
    line: Reviewed | None,
    one: IndicatorScore | Execution,
    department: str,
    findings: list[BatchFinding],
    criteria: Sequence[Clause],
) -> Reviewed | None:
    """Return the line as far as it can be used; findings on it are added to `findings`."""
    if line is None:
        return None
    where = f"{_head(department)}“{line.name}”"
    line = replace(line, given=by_clauses(line, one, criteria))
    findings += (
        BatchFinding(code, severity, (department,), words, hint)
        for code, severity, words, hint in odd_clauses(line, one, criteria, where)
    )
    usable = line.score is not None and 0 <= line.score <= one.weight
    if line.typed and not usable:
        words = f"{where}的{SCORE_TITLE}“{line.typed}”应是 0 到 {plain(one.weight)} 之间的数字，没有采用，仍按复算分计。"
        findings.append(BatchFinding(OUT_OF_RANGE, Severity.ERROR, (department,), words, _DO))
        return replace(line, score=None)
    if line.typed and line.score is not None:
        findings += _on_typed(line, line.score, one, department, where)
    elif line.given is None and (line.reason or line.evidence):
        what = REASON_TITLE if line.reason else EVIDENCE_TITLE
        words = f"{where}填了{what}，没有填{SCORE_TITLE}，按复算分计。"
        findings.append(BatchFinding(NO_SCORE, Severity.NOTE, (department,), words, _DO))
    return line


def _on_typed(
    line: Reviewed, score: Fraction, one: IndicatorScore | Execution, department: str, where: str
) -> Iterator[BatchFinding]:
    """Yield the findings on a score that was typed and can be used."""
    if line.note == AS_TEXT:
        words = f"{where}的{SCORE_TITLE}“{line.typed}”是文本，按 {plain(score)} 分采用。"
        yield BatchFinding(TEXT, Severity.NOTE, (department,), words, "请核对读得对不对")
    if not (line.reason or line.clauses) and _apart(score, one.score):
        words = f"{where}复核 {plain(score)} 分，与复算分{_points(one.score)}不同，没有写{REASON_TITLE}；已采用。"
        yield BatchFinding(NO_REASON, Severity.WARNING, (department,), words, _DO)
    if said := contradiction(line.reason, score, one.weight, one.score):
        words = f"{where}复核 {plain(score)} 分，{said}；已按所填的分采用。"
        yield BatchFinding(CONTRADICTS, Severity.WARNING, (department,), words, _DO)
    if changed := changes_since(line, one):
        words = f"{where}复核 {plain(score)} 分以后，{'，'.join(changed)}；仍按复核分采用。"
        hint = f"请再看一次：改填{SCORE_TITLE}，或在{REASON_TITLE}里补一句仍按此分的原因"
        yield BatchFinding(CHANGED, Severity.WARNING, (department,), words, hint)


def changes_since(line: Reviewed, one: IndicatorScore | Execution) -> list[str]:
    """Return what changed since the reviewer typed the score."""
    pairs = (("自评分", line.own, one.self_score), ("复算分", line.computed, one.score))
    return [
        f"{what}由{_points(before)}变为{_points(now)}"
        for what, before, now in pairs
        if _apart(before, now)
    ]


_DO = "请在评分文件夹里该部门评分表的“绩效评价表”这一行改好，保存后再运行"


def _apart(one: Fraction | None, other: Fraction | None) -> bool:
    """Return whether two scores differ as displayed."""
    if one is None or other is None:
        return one is not other
    return rounded(one, _SHOWN) != rounded(other, _SHOWN)


def _points(score: Fraction | None) -> str:
    return "（无）" if score is None else f" {plain(rounded(score, _SHOWN))} 分"


def _without_line(line: Reviewed, department: str) -> BatchFinding:
    scores = "，".join(
        part
        for part in (
            f"复核分 {line.typed}" if line.typed else "",
            "、".join(f"条款“{use.clause}”" for use in line.clauses),
            f"理由“{line.reason}”" if line.reason else "",
        )
        if part
    )
    words = f"{_head(department)}原来给“{line.name}”的{scores}没有用上：这次报来的表里没有这项指标。已记在新评分表的表尾。"
    return BatchFinding(
        NO_LINE, Severity.WARNING, (department,), words, "指标改了名的，请在新评分表里重新填写"
    )


def _head(department: str) -> str:
    return f"财政复核：{department}"


def _list(names: Sequence[str]) -> str:
    return "、".join(f"“{name}”" for name in names[:3]) + (
        f"等 {len(names)} 项" if len(names) > 3 else ""
    )


def _totals(card: Scorecard, template: Template) -> ReviewOutcome:
    """Return the card with sums over the reviewed scores, where one can be used.

    不适用 that the reviewer scores counts with its weight.
    """
    lines: tuple[IndicatorScore | Execution, ...] = (*card.indicators, card.execution)
    if not any(one.reviewed and one.reviewed.counts is not None for one in lines):
        return ReviewOutcome()
    ones = tuple(
        replace(one, score=one.reviewed.counts, method=Method.KEPT)
        if one.reviewed and one.reviewed.counts is not None
        else one
        for one in card.indicators
    )
    score, _ = scaled(ones, template.full_mark)
    typed = card.execution.reviewed
    execution = card.execution.score if typed is None or typed.counts is None else typed.counts
    if score is None or (template.execution_weight and execution is None):
        return ReviewOutcome(score)
    total = score + (execution or 0)
    return ReviewOutcome(score, total, template.grade(Fraction(rounded(total, 2))))
