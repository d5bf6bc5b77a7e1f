"""IND103–IND107: the score of each indicator compared with its weight and recomputed score."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from jixiao_xlsx.checking.bases import EVALUATION_MEASURES
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.points import expected_points, points_text
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, flag, rule
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.scoring.score_formulas import highest
from jixiao_xlsx.values.digit_slips import SIGN_REVERSED, slip_hint
from jixiao_xlsx.values.findings import Expected
from jixiao_xlsx.values.scores import IndicatorScore, Method
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import decimals_of, plain, rounded


def _typed_decimals(line: IndicatorLine) -> int:
    """Return with how many decimals the score was typed."""
    number = line.cell("score").number
    assert number is not None
    return decimals_of(number)


def overstates(line: IndicatorLine, item: IndicatorScore) -> bool:
    """Return whether the 自评 score exceeds the recomputed one, on the decimals that were typed.

    At most four, since a formula gives many; two for a full mark, which is typed without any.
    """
    if (
        item.self_score is None
        or item.score is None
        or item.method in {Method.KEPT, Method.NOT_APPLICABLE}
        or item.self_score <= item.score
    ):
        return False
    digits = 2 if item.self_score >= item.weight else min(_typed_decimals(line), 4)
    return rounded(item.self_score, digits) > rounded(highest(line, item), digits)


def understates(line: IndicatorLine, item: IndicatorScore) -> bool:
    """Return whether points are given away without a reason.

    A full mark is typed without decimals, other scores with as many as the clerk types.
    """
    if (
        item.self_score is None
        or item.score is None
        or item.method in {Method.KEPT, Method.NOT_APPLICABLE}
    ):
        return False
    step = Fraction(1, 10 ** (2 if item.met else _typed_decimals(line)))
    return item.self_score + step <= item.score and not line.deviation


def unfair(line: IndicatorLine, item: IndicatorScore) -> bool:
    """Return whether a score is outside its weight, or not what the result deserves."""
    score = item.self_score
    if score is None:
        return False
    outside = not 0 <= score <= line.weight
    return outside or overstates(line, item) or understates(line, item)


@rule(
    "IND103",
    "得分超出权重或为负",
    severity=Severity.ERROR,
    basis=EVALUATION_MEASURES,
    relations=("C37",),
)
def within_weight(evidence: Evidence) -> Iterator[Observation]:
    """指标得分应在 0 与权重之间。

    改法：得分改到 0 与权重之间。
    """
    for line in evidence.lines:
        score = line.number("score")
        if score is None:
            continue
        yield Looked(1)
        if not 0 <= score <= line.weight:
            words = f"“{line.name}”得分填 {plain(score)} 分，应在 0–{plain(line.weight)} 分之间。"
            cell, within = line.cell("score"), expected_points(Fraction(0), line.weight)
            hint = slip_hint(cell.place, cell.text, within)
            yield flag(
                cell,
                words,
                "请改正。",
                expected=within,
                hint=hint,
                related=(line.cell("weight").place,),
            )


@rule(
    "IND104",
    "未达目标仍得满分",
    severity=Severity.ERROR,
    basis=EVALUATION_MEASURES,
    relations=("C43",),
    yields_to=("IND103",),
)
def full_though_missed(evidence: Evidence) -> Iterator[Observation]:
    """按指标应有的方向判断未达到目标，却得了满分。定性指标填了不足 100% 的，也按未完全达成看。

    改法：按复算分扣分，在偏差原因里写明原因和改进措施。
    """
    for line, item in evidence.scored_lines:
        if item.met is None or item.self_score is None:
            continue
        yield Looked(3)
        if (
            item.met is False
            and item.self_score >= item.weight
            and overstates(line, item)
            and item.score is not None
        ):
            words = (
                f"“{line.name}”未达目标仍填满分 {points_text(item.self_score)}，"
                f"复算 {points_text(item.score)}（{item.arithmetic}）。"
            )
            yield _score_flag(line, item, words, "请扣分并说明偏差原因。")


@rule(
    "IND105",
    "自评分高于复算分",
    severity=Severity.ERROR,
    basis=EVALUATION_MEASURES,
    relations=("C42",),
    yields_to=("IND103", "IND104"),
)
def overstated(evidence: Evidence) -> Iterator[Observation]:
    """自评得分高于按公式复算的得分。

    改法：把得分改为不高于复算分；业绩值填错的，改业绩值。
    """
    for line, item in evidence.scored_lines:
        if item.self_score is None or item.score is None:
            continue
        yield Looked(3)
        if overstates(line, item):
            words = (
                f"“{line.name}”自评 {points_text(item.self_score)}，复算 {points_text(item.score)}（"
                f"{item.arithmetic}）。"
            )
            yield _score_flag(line, item, words, "请改正得分。")


def _score_flag(line: IndicatorLine, item: IndicatorScore, words: str, demand: str) -> Flag:
    assert item.score is not None
    assert item.self_score is not None
    low = item.weight * item.low if item.method is Method.TIER else item.score
    return flag(
        line.cell("score"),
        words,
        demand,
        expected=expected_points(low, item.score),
        difference=f"{plain(item.self_score - item.score)} 分",
        hint=_negative(line)
        or slip_hint(line.cell("score").place, line.cell("score").text, _to_cents(low, item.score)),
        related=(line.cell("actual").place, line.cell("target").place, line.cell("weight").place),
    )


def _to_cents(low: Fraction, high: Fraction) -> Expected:
    return Expected(rounded(low, 2), rounded(high, 2), "分")


def _negative(line: IndicatorLine) -> str:
    """Return which of result and target has a wrong sign, in words; else ""."""
    for role, measure, other in (
        ("actual", line.actual, line.target),
        ("target", line.target, line.actual),
    ):
        if (
            measure.number is not None
            and other.number is not None
            and measure.number < 0 < other.number
        ):
            scale = 100 if measure.rate else 1
            return (
                f"{line.cell(role).place} 可能{SIGN_REVERSED}，若为 {plain(-measure.number * scale)}"
                f"{'%' if measure.rate else ''}，则相符"
            )
    return ""


@rule(
    "IND106",
    "自评分低于复算分且未说明",
    severity=Severity.WARNING,
    basis=EVALUATION_MEASURES,
    relations=("C44",),
    yields_to=("IND103",),
)
def understated(evidence: Evidence) -> Iterator[Observation]:
    """已达到目标却扣了分，或扣得比复算多，又没有写原因。

    改法：改正得分，或在偏差原因里写明为什么扣分。
    """
    for line, item in evidence.scored_lines:
        if (
            item.self_score is None
            or item.score is None
            or item.method in {Method.KEPT, Method.NOT_APPLICABLE}
        ):
            continue
        yield Looked(3)
        if understates(line, item):
            met = "已达标却扣分" if item.met else "扣分多于复算"
            words = (
                f"“{line.name}”{met}：自评 {points_text(item.self_score)}，"
                f"复算 {points_text(item.score)}（{item.arithmetic}）。"
            )
            yield _score_flag(line, item, words, "请改正，或在偏差原因里说明。")


@rule(
    "IND107",
    "扣分未填偏差原因",
    severity=Severity.WARNING,
    basis=EVALUATION_MEASURES,
    relations=("C45",),
    yields_to=("IND106",),
)
def no_reason(evidence: Evidence) -> Iterator[Observation]:
    """得分低于权重的指标须填偏差原因及改进措施。

    改法：在偏差原因及改进措施里写明原因。
    """
    for line in evidence.lines:
        score, cell = line.number("score"), line.cells.get("deviation")
        if score is None or cell is None or line.not_applicable:
            continue
        yield Looked(1)
        if 0 <= score < line.weight and cell.blank:
            words = f"“{line.name}”得 {plain(score)} 分，低于权重 {plain(line.weight)} 分，未填偏差原因及改进措施。"
            yield flag(
                cell,
                words,
                "请补填。",
                expected="偏差原因及改进措施",
                related=(line.cell("score").place,),
            )
