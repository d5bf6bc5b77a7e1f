"""REF2: approved targets (批复的绩效目标) and what a department evaluated itself by."""

from __future__ import annotations

from collections.abc import Iterator

from jixiao_xlsx.checking.bases import APPROVED_TARGETS
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, flag, rule
from jixiao_xlsx.checking.target_pairs import (
    Kept,
    TargetPair,
    own_targets,
    target_as_typed,
    target_pairs,
)
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.people import ApprovedTarget
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain

_PAPER = "经批准调整的，请附调整批复文号；没有调整的，请改回批复的。"


def _pairs(evidence: Evidence) -> Iterator[TargetPair | Skipped]:
    if not own_targets(evidence):
        yield Skipped("没有提供本部门（项目）批复的绩效目标")
    yield from target_pairs(evidence)


def _matched(
    evidence: Evidence,
) -> Iterator[tuple[TargetPair, ApprovedTarget, IndicatorLine] | Skipped]:
    """Yield the pairs of which both are there and no paper allows a difference."""
    for pair in _pairs(evidence):
        if isinstance(pair, Skipped):
            yield pair
        elif pair.approved is not None and pair.line is not None:
            yield pair, pair.approved, pair.line


@rule("REF201", "批复的绩效指标没有自评", severity=Severity.WARNING, basis=APPROVED_TARGETS)
def left_out(evidence: Evidence) -> Iterator[Observation]:
    """批复的绩效目标里有这项指标，自评表里没有。自评应对照批复的目标，逐项填报。

    改法：补上这项指标并自评；经批准取消的，附调整批复文号。
    """
    table = evidence.indicator_table
    for pair in _pairs(evidence):
        if isinstance(pair, Skipped):
            yield pair
        elif pair.approved is not None and table is not None:
            yield Looked(1)
            one = pair.approved
            if pair.name is Kept.MISSING and not pair.adjusted:
                words = (
                    f"批复的绩效指标“{one.name}”（目标值 {one.in_force}，{one.source}）"
                    "自评表里没有。"
                )
                demand = "请补上并自评；经批准取消的，请附调整批复文号。"
                place = table.anchor.place
                yield Flag(place, one.name, "三级指标", "", words, one.name, demand=demand)


@rule("REF202", "自评的指标不在批复之内", severity=Severity.WARNING, basis=APPROVED_TARGETS)
def unapproved(evidence: Evidence) -> Iterator[Observation]:
    """自评表里的指标，批复的绩效目标里没有，也看不出是哪一项改了名。共性指标由表样规定，不在此列。

    改法：改回批复的指标；经批准增加的，附调整批复文号。
    """
    for pair in _pairs(evidence):
        if isinstance(pair, Skipped):
            yield pair
        elif pair.line is not None:
            yield Looked(1)
            if pair.name is Kept.ADDED:
                cell = pair.line.cell("name")
                words = f"指标“{pair.line.name}”不在批复的绩效目标里。"
                demand = "经批准增加的，请附调整批复文号；没有批准的，请按批复的指标自评。"
                yield flag(cell, words, demand)


@rule("REF203", "指标名称与批复不同", severity=Severity.WARNING, basis=APPROVED_TARGETS)
def renamed(evidence: Evidence) -> Iterator[Observation]:
    """自评的指标与批复的一项指标相近而名称不同，疑似改了名。

    改法：改回批复的名称；确是另一项指标的，附调整批复文号。
    """
    for found in _matched(evidence):
        if isinstance(found, Skipped):
            yield found
            continue
        pair, one, line = found
        yield Looked(1)
        if pair.name is Kept.RENAMED and not pair.adjusted:
            words = f"指标“{line.name}”疑似由批复的“{one.name}”（{one.source}）改名。"
            demand = "请改回批复的名称；确是另一项指标的，请附调整批复文号。"
            yield flag(line.cell("name"), words, demand, expected=one.name)


_HOW = {
    Kept.LOOSENED: "比批复的目标值放宽了",
    Kept.TIGHTENED: "比批复的目标值要求更高",
    Kept.CHANGED: "与批复的目标值不同",
}


@rule("REF204", "目标值与批复不一致", severity=Severity.WARNING, basis=APPROVED_TARGETS)
def moved_target(evidence: Evidence) -> Iterator[Observation]:
    """自评用的目标值应是批复的目标值；有调整批复文号的，按调整后的目标值。比方向：≥ 的调低、≤ 的调高是放宽。

    改法：改回批复的目标值；经批准调整的，附调整批复文号。
    """
    for found in _matched(evidence):
        if isinstance(found, Skipped):
            yield found
            continue
        pair, one, line = found
        yield Looked(1)
        undocumented = bool(one.adjusted) and not one.document
        allowed = pair.adjusted and not one.adjusted  # the paper does not say what it allows
        cell = line.cell("target")
        if pair.target is not Kept.SAME and not allowed:
            words = (
                f"“{line.name}”的目标值 {target_as_typed(line)} {_HOW[pair.target]}："
                f"批复 {one.in_force}（{_paper(one)}）。"
            )
            yield flag(cell, words, _PAPER, expected=one.in_force)
        elif undocumented and one.adjusted != one.value:
            words = (
                f"“{line.name}”的目标值由批复的 {one.shown} 调整为 {one.in_force}"
                f"（{one.source}），没有调整批复文号。"
            )
            yield flag(cell, words, _PAPER)


def _paper(one: ApprovedTarget) -> str:
    return f"{one.document}，{one.source}" if one.document else one.source


@rule("REF205", "指标分值与批复不一致", severity=Severity.WARNING, basis=APPROVED_TARGETS)
def moved_weight(evidence: Evidence) -> Iterator[Observation]:
    """自评用的分值（权重）应是批复的分值。把分值从没完成的指标移到完成的指标上，得分就不可比了。

    改法：改回批复的分值；经批准调整的，附调整批复文号。
    """
    for found in _matched(evidence):
        if isinstance(found, Skipped):
            yield found
            continue
        pair, one, line = found
        if one.weight is None or (line.spec and line.spec.common):
            continue
        yield Looked(1)
        if pair.weight_moved and not pair.adjusted:
            cell = line.cell("weight")
            right = plain(one.weight)
            words = f"“{line.name}”的分值填 {cell.text} 分，批复 {right} 分（{one.source}）。"
            yield flag(cell, words, _PAPER, expected=f"{right} 分")
