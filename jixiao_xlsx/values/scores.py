"""Scores of indicators and submissions, and the reviewer's. Frozen, without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.showing.brief import Brief, html_table
from jixiao_xlsx.values.text import plain, rounded


class Method(StrEnum):
    """How an indicator's score was recomputed; the live formulas of 评分说明 follow it."""

    HIGHER = "≥"
    LOWER = "≤"
    CHANGE = "变动率"
    EQUAL = "="
    COEFFICIENT = "定性系数"
    TIER = "定性档次"
    KEPT = "保留自评"
    NOT_APPLICABLE = "不适用"


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """One indicator: 自评分 and 复算分, with the numbers and words that lead to it; exact, in 分.

    `actual`, `target` feed `method` (rates as fractions: 95 % = 0.95); `low`, `high` bound a tier's
    coefficient; `per_point` is the share of the weight lost per percentage point (变动率).
    """

    level1: str
    level2: str
    name: str
    kind: str
    direction: str
    weight: Fraction
    self_score: Fraction | None
    score: Fraction | None
    method: Method
    arithmetic: str
    reason: str
    target_text: str
    actual_text: str
    rate_text: str
    deviation_text: str
    actual: Fraction | None = None
    target: Fraction | None = None
    full_from: Fraction = Fraction(1)
    per_point: Fraction = Fraction(0)
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    met: bool | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    reviewed: Reviewed | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """预算执行率 as scored: 10 × 执行数 / 预算数, capped. Amounts in `unit`, scores in 分."""

    weight: Fraction
    budget: Decimal | None
    spent: Decimal | None
    rate: Fraction | None
    self_score: Fraction | None
    score: Fraction | None
    arithmetic: str
    reviewed: Reviewed | None = None
    unit: str = "元"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the bureau's 复核口径: what it deducts at least and at most.

    `is_share`: of the weight (0.1 = 10 %), else in 分. `needs_evidence`: 佐证编号 must be named.
    """

    code: str
    wording: str
    low: Fraction
    high: Fraction
    is_share: bool = True
    needs_evidence: bool = False

    @property
    def span(self) -> str:
        """Return the range as people write it."""
        unit, factor = ("%", 100) if self.is_share else (" 分", 1)
        ends = dict.fromkeys(plain(end * factor) for end in (self.low, self.high))
        return "至".join(ends) + unit


@dataclass(frozen=True, slots=True)
class ClauseUse:
    """A clause chosen on a line, and the deduction typed beside it in 分 (None: the least).

    `typed` is what stands there where it is no number from 0.
    """

    clause: str
    points: Fraction | None = None
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a reviewer typed on one line of a scored workbook: 财政复核分 and 复核理由.

    `typed` is the score as typed, `score` as read in 分 (None: unusable). `own` and `computed` are
    自评分 and 复算分 as printed on that line; `note` says what was odd about the way it was typed.
    `name` is the line's, numbered ("#2") where names repeat. `clauses` are those chosen, `given`
    the score they give, which counts where none is typed; `evidence` is the 佐证编号.
    """

    name: str
    typed: str = ""
    score: Fraction | None = None
    reason: str = ""
    own: Fraction | None = None
    computed: Fraction | None = None
    note: str = ""
    clauses: tuple[ClauseUse, ...] = ()
    evidence: str = ""
    given: Fraction | None = None

    @property
    def counts(self) -> Fraction | None:
        """Return the score that counts: the one typed, else the one that clauses give."""
        return self.score if self.typed else self.given

    @property
    def is_blank(self) -> bool:
        """Return whether nothing was typed on the line."""
        return not (self.typed or self.reason or self.clauses or self.evidence)


@dataclass(frozen=True, slots=True)
class Signed:
    """Who reviewed first and who went over it, with dates as typed."""

    first: str = ""
    first_date: str = ""
    second: str = ""
    second_date: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer typed into one table of a scored workbook.

    `item` is the project it is about, numbered (“#2”) where names repeat, "" where a workbook has
    one; `sources` are the digests of the files in which it was typed.
    """

    file: str
    department: str
    code: str
    template: str
    version: str
    year: int | None
    item: str = ""
    lines: tuple[Reviewed, ...] = ()
    sources: tuple[str, ...] = ()
    signed: Signed = field(default_factory=Signed)


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """The scores that follow from a review, in 分, and the findings for the reviewer.

    `score` is that of the indicators, `total` with 预算执行率 (None: nothing typed, or not every line
    has a score); `left` are lines that no longer fit an indicator.
    """

    score: Fraction | None = None
    total: Fraction | None = None
    grade: str = ""
    left: tuple[Reviewed, ...] = ()
    sources: tuple[str, ...] = ()
    findings: tuple[BatchFinding, ...] = ()
    signed: Signed = field(default_factory=Signed)


def score_gap(own: Fraction, score: Fraction) -> Fraction:
    """Return 自评 less 复算 on the two decimals that people type."""
    return Fraction(rounded(own, 2)) - Fraction(rounded(score, 2))


def score_differs(line: IndicatorScore | Execution) -> bool:
    """Return whether 自评分 and 复算分 are both known and differ on the decimals people type."""
    own, score = line.self_score, line.score
    return own is not None and score is not None and score_gap(own, score) != 0


@dataclass(frozen=True, repr=False)
class Scorecard(Brief):
    """All scores of one submission in 分, exact; `total` is rounded once, to two decimals.

    `score` is the sum of the indicators' 复算分, scaled to the full mark where some are 不适用;
    `exact_total` adds 预算执行率. `item` and `sheet` name the project that was scored and its sheet,
    where a workbook may hold several. `review` is None where no reviewer gave scores.
    """

    department: str
    indicators: tuple[IndicatorScore, ...]
    full_mark: Fraction
    self_sum: Fraction | None
    score: Fraction | None
    scaling: str
    execution: Execution
    self_total: Fraction | None
    self_grade: str
    exact_total: Fraction | None
    grade: str
    incomplete: str = ""
    item: str = ""
    sheet: str = ""
    review: ReviewOutcome | None = None

    @property
    def total(self) -> Decimal | None:
        """Return 复算总分 in 分 as it is shown everywhere, 四舍五入 to two decimals."""
        return None if self.exact_total is None else rounded(self.exact_total, 2)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: 自评分 beside 复算分, and the arithmetic."""
        rows: list[tuple[object, ...]] = [
            (one.name, one.weight, one.self_score, one.score, one.arithmetic)
            for one in self.indicators
        ]
        execution = self.execution
        own, score = execution.self_score, execution.score
        rows.append(("预算执行率", execution.weight, own, score, execution.arithmetic))
        rows.append(("总分", "", self.self_total, self.exact_total, self.grade))
        titles = ("指标", "分值", "自评分", "复算分", "算法")
        return html_table(f"{self.name} 评分", titles, rows)

    @cached_property
    def is_scaled(self) -> bool:
        """Return whether `score` was scaled: Σ得分 / Σ适用权重 × the full mark."""
        return self.score is not None and self.score != sum(
            (one.score or 0 for one in self.indicators), Fraction(0)
        )

    @cached_property
    def applicable_weight(self) -> Fraction:
        """Return the weights that count, in 分: those of the indicators with a score."""
        return sum((one.weight for one in self.indicators if one.score is not None), Fraction(0))

    @cached_property
    def own_sum(self) -> Fraction:
        """Return the sum of the self-scores, scaled where the department scaled its own."""
        return self._scaled_own if self.own_is_scaled else self._plain_own

    @property
    def _plain_own(self) -> Fraction:
        scores = (one.self_score for one in self.indicators if one.self_score is not None)
        return sum(scores, Fraction(0))

    @property
    def _scaled_own(self) -> Fraction:
        return self._plain_own / self.applicable_weight * self.full_mark

    @cached_property
    def own_is_scaled(self) -> bool:
        """Return whether the department scaled its own sum as 复算分 are; the plain one is right
        too.
        """
        if not self.is_scaled or not self.applicable_weight:
            return False
        execution = self.execution.self_score or Fraction(0)
        typed = ((self.self_sum, Fraction(0)), (self.self_total, execution))
        return any(
            value is not None and abs(value - self._scaled_own - more) < Fraction(1, 100)
            for value, more in typed
        )

    @property
    def is_comparable(self) -> bool:
        """Return whether the self-scores' total and `total` are on the same scale."""
        return not self.is_scaled or self.own_is_scaled

    @property
    def lines(self) -> tuple[IndicatorScore | Execution, ...]:
        """Return everything that is scored, 预算执行率 last."""
        return (*self.indicators, self.execution)

    @property
    def gap(self) -> Fraction | None:
        """Return 自评总分 less 复算总分, in 分 of two decimals.

        0 where no line differs and the department added up right: the rest is rounding. None where
        one of them is not known, or they are not on the same scale.
        """
        if self.self_total is None or self.exact_total is None or not self.is_comparable:
            return None
        own = self.own_sum + (self.execution.self_score or 0)
        added_up = abs(own - self.self_total) < Fraction(1, 100)
        if added_up and not any(map(score_differs, self.lines)):
            return Fraction(0)
        return score_gap(self.self_total, self.exact_total)

    @property
    def name(self) -> str:
        """Return the department, and the project where there are several."""
        return f"{self.department}·{self.item}" if self.item else self.department

    @property
    def final(self) -> tuple[Fraction | None, str]:
        """Return the exact total and grade that count: the reviewer's, else the recomputed ones."""
        if self.review is not None and self.review.total is not None:
            return self.review.total, self.review.grade
        return self.exact_total, self.grade
