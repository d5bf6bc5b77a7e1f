"""IND112, 113, 118–120, 124, 125: the whole indicator table and the self-assessment from it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from jixiao_xlsx.checking.bases import EVALUATION_MEASURES, POSTS
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Looked, Observation, flag, rule
from jixiao_xlsx.checking.rules.scores import overstates
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.digit_slips import slip_hint
from jixiao_xlsx.values.findings import Expected, Skipped
from jixiao_xlsx.values.scores import Method
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, rounded
from jixiao_xlsx.values.typed_numbers import State


@rule(
    "IND112",
    "全部指标满分",
    severity=Severity.WARNING,
    basis=EVALUATION_MEASURES,
    relations=("C49",),
)
def all_full(evidence: Evidence) -> Iterator[Observation]:
    """所有指标都是满分，自评流于形式。

    改法：据实自评；确无不足的，附情况说明。
    """
    scored = [
        item
        for item in evidence.card.indicators
        if item.method is not Method.NOT_APPLICABLE and item.self_score is not None
    ]
    cell = evidence.total_anchor("score")
    yield Looked(len(scored))
    if (
        cell is not None
        and len(scored) > 4
        and all(item.self_score == item.weight for item in scored)
    ):
        yield flag(
            cell,
            f"{len(scored)} 项指标全部满分。",
            "请据实自评，有不足的扣分并写明原因；确无不足的，请附情况说明。",
        )


@rule(
    "IND113",
    "业绩值多数等于目标值",
    severity=Severity.WARNING,
    basis=EVALUATION_MEASURES,
    relations=("C49",),
    yields_to=("IND112",),
)
def copied_targets(evidence: Evidence) -> Iterator[Observation]:
    """多数比率指标的业绩值与目标值一模一样（目标为 100% 的自然上限不算）。

    改法：业绩值按实际填写；确属巧合的，附情况说明。
    """
    cell = evidence.total_anchor("score")
    own = [
        line
        for line in evidence.lines
        if line.target.rate
        and line.target.number not in {None, Fraction(1), Fraction(0)}
        and line.actual.rate
    ]
    yield Looked(len(own))
    same = [line for line in own if line.actual.number == line.target.number]
    if (
        cell is not None
        and len(same) > 2
        and Fraction(len(same), len(own))
        > evidence.template.thresholds.get("copied_share", Fraction(1))
    ):
        names = "、".join(f"“{line.name}”" for line in same[:4])
        related = tuple(line.cell("actual").place for line in same)
        yield flag(
            cell,
            f"{len(same)} 项指标的业绩值与目标值完全相同（{names}{'等' if len(same) > 4 else ''}）。",
            "请按实际填写；确属实情的，请附情况说明。",
            related=related,
            count=len(same),
        )


@rule(
    "IND118",
    "自评合计高于复算合计",
    severity=Severity.ERROR,
    basis=EVALUATION_MEASURES,
    relations=("C42",),
)
def total_overstated(evidence: Evidence) -> Iterator[Observation]:
    """有指标多计了分，合计随之偏高。

    改法：先改正多计的各项，再重新合计。
    """
    cell, card = evidence.total_cell("score"), evidence.card
    if cell is None or cell.number is None or card.score is None:
        yield Skipped("合计未填或不能复算")
        return
    over = [line for line, item in evidence.scored_lines if overstates(line, item)]
    yield Looked(1)
    right = rounded(card.score, 2)
    if over and cell.number > right:
        words = f"指标得分合计填 {cell.text} 分，复算 {plain(right)} 分，有 {len(over)} 项多计。"
        difference = f"{plain(cell.number - right)} 分"
        related = tuple(line.cell("score").place for line in over)
        yield flag(
            cell,
            words,
            "请改正各项后重新合计。",
            expected=Expected(right, right, "分"),
            difference=difference,
            related=related,
        )


@rule(
    "IND125",
    "得分合计按适用权重折算",
    severity=Severity.NOTE,
    basis=EVALUATION_MEASURES,
    relations=("C38",),
)
def scaled_total(evidence: Evidence) -> Iterator[Observation]:
    """有不适用指标时，得分合计填的是折算后的数。与直接相加不同，但算对，不作错误。

    改法：不用改。
    """
    cell, left_out = (
        evidence.total_cell("score"),
        [line for line in evidence.lines if line.not_applicable],
    )
    typed = [item for item in evidence.card.indicators if item.method is not Method.NOT_APPLICABLE]
    weight = sum((item.weight for item in typed), Fraction(0))
    if cell is None or cell.number is None or not left_out or not weight:
        return
    yield Looked(1)
    plain_sum = sum((item.self_score for item in typed if item.self_score is not None), Fraction(0))
    scaled = plain_sum / weight * evidence.template.full_mark
    if (
        abs(Fraction(cell.number) - scaled)
        < Fraction(1, 100)
        <= abs(Fraction(cell.number) - plain_sum)
    ):
        words = (
            f"得分合计填 {cell.text} 分，是 {plain(plain_sum)} 按适用权重 {plain(weight)} 折算的，算对，不用改；"
            f"各行直接相加为 {plain(plain_sum)} 分。"
        )
        yield flag(cell, words)


@rule(
    "IND119",
    "自评总分与各部分之和不符",
    severity=Severity.ERROR,
    basis=EVALUATION_MEASURES,
    relations=("C38", "C39"),
)
def self_total(evidence: Evidence) -> Iterator[Observation]:
    """自评总分 = 指标得分合计 + 预算执行率得分；有不适用指标的，按原合计或折算后的合计都算对。

    改法：按“指标得分合计 + 预算执行率得分”改正自评总分。
    """
    cell, card = evidence.role("self_total"), evidence.card
    if cell is None or cell.number is None or card.self_sum is None:
        yield Skipped("自评总分或合计未填")
        return
    related = _parts_of_total(evidence)
    if any(c.state is State.UNCALCULATED for c in related):
        yield Skipped("得分的公式未计算")
        return
    yield Looked(3)
    allowed = _allowed_totals(evidence)
    step = Fraction(1, 10 ** max(-int(cell.number.normalize().as_tuple().exponent), 1))
    if any(abs(Fraction(cell.number) - value) < step for value in allowed):
        return
    right = allowed[-1]
    parts = f"指标得分合计 {plain(card.self_sum, 2)}"
    if card.execution.self_score is not None:
        parts += f" + 预算执行率得分 {plain(card.execution.self_score, 2)}"
    full = evidence.template.full_mark + card.execution.weight
    expected: Expected | str | None = f"{plain(right, 2)} 分"
    words = f"自评总分填 {cell.text} 分，{parts}，应为 {plain(right, 2)} 分。"
    demand = "请改正。"
    if right > full:  # then a part is wrong, and no total above the full mark is asked for
        words = f"自评总分填 {cell.text} 分，{parts}，两项之和超过满分 {plain(full)} 分。"
        demand = "请先核对各项得分，再改合计和自评总分。"
        expected = None
    elif card.execution.self_score is not None:
        expected = Expected(rounded(min(allowed), 2), rounded(max(allowed), 2), "分")
    difference = f"{plain(Fraction(cell.number) - right, 2)} 分"
    settled = not any(c.place in evidence.judged.failing_cells for c in related)
    hint = slip_hint(cell.place, cell.text, expected) if settled and expected else ""
    yield flag(
        cell,
        words,
        demand,
        expected=expected,
        difference=difference,
        hint=hint,
        related=tuple(c.place for c in related),
    )


def _parts_of_total(evidence: Evidence) -> list[Cell]:
    return [c for c in (evidence.total_cell("score"), evidence.execution("score")) if c]


def _allowed_totals(evidence: Evidence) -> list[Fraction]:
    """Return the plain and the scaled sum, each with the execution score as typed.

    Where that was left blank: with none and with the computed one.
    """
    card = evidence.card
    assert card.self_sum is not None
    typed = tuple(item for item in card.indicators if item.method is not Method.NOT_APPLICABLE)
    weight = sum((item.weight for item in typed), Fraction(0))
    sums = [card.self_sum]
    if len(typed) != len(card.indicators) and weight:
        sums.append(card.self_sum / weight * evidence.template.full_mark)
    if card.execution.self_score is not None:
        return [value + card.execution.self_score for value in sums]
    computed = card.execution.score or Fraction(0)
    return [value + more for value in sums for more in (Fraction(0), computed)]


@rule(
    "IND120",
    "自评等级与分数不符",
    severity=Severity.ERROR,
    basis=EVALUATION_MEASURES,
    relations=("C39",),
)
def self_grade(evidence: Evidence) -> Iterator[Observation]:
    """等级按总分划分：优 ≥ 90，良 ≥ 80，中 ≥ 60，其余为差（县里可改）。

    改法：按自评总分改正等级。
    """
    grade, total = evidence.role("self_grade"), evidence.role("self_total")
    if grade is None or total is None or grade.blank or total.number is None:
        return
    yield Looked(2)
    right = evidence.template.grade(Fraction(total.number))
    if grade.text != right and grade.text in {g.name for g in evidence.template.grades}:
        words = f"自评等级填“{grade.text}”，自评总分 {total.text} 分应为“{right}”。"
        yield flag(grade, words, "请改正。", expected=right, related=(total.place,))


@rule(
    "IND124",
    "在职人数大于编制数",
    severity=Severity.WARNING,
    basis=POSTS,
    relations=("C51",),
)
def over_posts(evidence: Evidence) -> Iterator[Observation]:
    """年末在职（编内）人数大于核定编制数。

    改法：核对两个人数的口径；确属实情的，附情况说明。
    """
    staff, posts = evidence.role("staff"), evidence.role("posts")
    if staff is None or posts is None or staff.number is None or not posts.number:
        return
    yield Looked(2)
    if staff.number > posts.number:
        rate = plain(Fraction(staff.number) / Fraction(posts.number) * 100, 2)
        words = (
            f"年末在职 {staff.text} 人，编制 {posts.text} 人，多 {plain(staff.number - posts.number)} 人，"
            f"控制率 {rate}%。年末在职人数大于编制数。"
        )
        demand = "请核对口径；确属实情的，请附情况说明。"
        yield flag(staff, words, demand, expected=f"不大于 {posts.text} 人", related=(posts.place,))
