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
class Reviewed:
    """What a reviewer typed on one line of a scored workbook: 财政复核分 and 复核理由.

    `typed` is the score as typed, `score` as read in 分 (None: unusable). `own` and `computed` are
    自评分 and 复算分 as printed on that line; `note` says what was odd about the way it was typed.
    `name` is the line's, numbered ("#2") where names repeat.
    """

    name: str
    typed: str = ""
    score: Fraction | None = None
    reason: str = ""
    own: Fraction | None = None
    computed: Fraction | None = None
    note: str = ""


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


@dataclass(frozen=True)
class Scorecard:
    """All scores of one submission, exact; totals are rounded once, to two decimals, when shown.

    `score` is the sum of the indicators' 复算分, scaled to the full mark where some are 不适用;
    `total` adds 预算执行率. `item` and `sheet` name the project that was scored and its sheet, where a
    workbook may hold several. `review` is None where no reviewer gave scores.
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
    total: Fraction | None
    grade: str
    incomplete: str = ""
    item: str = ""
    sheet: str = ""
    review: ReviewOutcome | None = None

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

    @property
    def name(self) -> str:
        """Return the department, and the project where there are several."""
        return f"{self.department}·{self.item}" if self.item else self.department

    @property
    def final(self) -> tuple[Fraction | None, str]:
        """Return the total and grade that count: the reviewer's, else the recomputed ones."""
        if self.review is not None and self.review.total is not None:
            return self.review.total, self.review.grade
        return self.total, self.grade
