"""IND127–131: an indicator needs a target, a result and a score; what was forgotten besides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from jixiao_xlsx.checking.bases import EVALUATION_MEASURES, FORM_PRINTED
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.points import expected_points, points_text
from jixiao_xlsx.checking.rule import Looked, Observation, flag, rule
from jixiao_xlsx.scoring.indicator_lines import BaseState, IndicatorLine
from jixiao_xlsx.scoring.score_formulas import tier_of
from jixiao_xlsx.scoring.word_results import Reached
from jixiao_xlsx.values.scores import Method
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import State

_WANTED: tuple[tuple[str, Callable[[IndicatorLine], bool]], ...] = (
    ("target", lambda line: line.spec is None or not line.spec.common),
    ("actual", lambda line: not _open(line)),
    ("score", lambda line: not line.not_applicable),
)

_NOT_COMPUTABLE = frozenset({"不可计算", "不能计算", "无法计算"})
_PROMPT = re.compile(
    r"[（(][^（）()]{0,80}\d字(?:以内|左右|以下)[^（）()]{0,80}[）)]|小于预算数[（(]或"
)
_SOME_FIGURE = re.compile(r"[\d一二三四五六七八九十]")
_ELSEWHERE = ("见", "详见", "参见", "附")  # a result that stands in another paper


def _open(line: IndicatorLine) -> bool:
    """Return whether the county has not decided yet how this indicator is judged."""
    return bool(line.spec and line.spec.shape == "未定")


@rule("IND127", "指标没有填全", severity=Severity.ERROR, basis=EVALUATION_MEASURES)
def unfilled(evidence: Evidence) -> Iterator[Observation]:
    """每项指标都要有目标值、业绩值和得分，缺了就没法评。同一列缺的合成一条。共性指标的目标值是印好的，另行核对。

    改法：补填；没有这项工作的，业绩值填“不适用”并写明理由。
    """
    for role, wanted in _WANTED if evidence.lines else ():
        title = evidence.template.indicator_columns.get(role, "")
        required = [line for line in evidence.lines if role in line.cells and wanted(line)]
        yield Looked(len(required))
        blank = [line for line in required if line.cell(role).blank]
        if blank:
            names = "、".join(f"“{line.name}”" for line in blank[:5]) + (
                f"等 {len(blank)} 项" if len(blank) > 5 else ""
            )
            places = tuple(line.cell(role).place for line in blank)
            text = f"{names}的“{title}”没有填。"
            yield flag(
                blank[0].cell(role),
                text,
                "请补填。",
                expected="必填",
                related=places,
                count=len(blank),
            )


@rule(
    "IND128",
    "目标值、业绩值读不懂",
    severity=Severity.WARNING,
    basis=EVALUATION_MEASURES,
    relations=("C47",),
)
def unreadable(evidence: Evidence) -> Iterator[Observation]:
    """目标值是数的，业绩值也要能读出一个数，不然没法复算，只能保留自评分；写了数而程序读不准的只作提示。两个都是文字的，业绩值与目标值一样或更好即为达成；
    看不出达到没有的只作提示，填的是数或“见附件”的作警告。

    改法：目标值是数的填一个数；是文字的填“达成”“部分达成”或“未达成”。
    """
    tiers = "、".join(tier.name for tier in evidence.template.tiers)
    for line in evidence.lines:
        if _open(line) or line.not_applicable:
            continue
        yield Looked(2)
        if line.direction == "定性":
            if _undecided(line, evidence):
                text = (
                    f"“{line.name}”业绩值填“{line.actual.text}”，看不出达到目标没有，自评分照旧。"
                )
                demand = f"请从“{tiers}”中选填。"
                empty = line.actual.number is not None or line.actual.text.startswith(_ELSEWHERE)
                note = None if empty else Severity.NOTE
                yield flag(line.cell("actual"), text, demand, expected=tiers, severity=note)
            continue
        for role in _no_figure(line):
            cell = line.cell(role)
            text = (
                f"“{line.name}”的“{cell.column}”填“{cell.text}”，读不出一个数，不能复算得分。"
                "请填一个数，说明写到偏差原因里。"
            )
            figure = _SOME_FIGURE.search(cell.text + line.actual.text)
            note = Severity.NOTE if figure and not cell.text.startswith(_ELSEWHERE) else None
            yield flag(cell, text, expected="一个数", severity=note)


def _no_figure(line: IndicatorLine) -> Iterator[str]:
    """Yield the roles of what should be a figure and is none.

    Not the word of our own rule IND122, nor “按时” beside a deadline.
    """
    for role, measure in (("target", line.target), ("actual", line.actual)):
        cell = line.cell(role)
        accepted = line.base.state is not BaseState.KNOWN and tidy(cell.text) in _NOT_COMPUTABLE
        if cell.blank or measure.number is not None or accepted:
            continue
        if line.words_reached is Reached.UNKNOWN:
            yield role


def _undecided(line: IndicatorLine, evidence: Evidence) -> bool:
    """Return whether a result in words tells nothing about its target."""
    return (
        not line.cell("actual").blank
        and not line.actual.rate
        and tier_of(line.actual.text, evidence.template) is None
        and line.words_reached is Reached.UNKNOWN
    )


@rule("IND129", "目标值与业绩值没法相比", severity=Severity.NOTE, basis=EVALUATION_MEASURES)
def incomparable(evidence: Evidence) -> Iterator[Observation]:
    """目标值和业绩值单位不同、没有写百分号、写的是约数或一段时间，比不出达到没有的，不复算，保留自评分。

    改法：目标值和业绩值用同一个单位填，百分数写上百分号；确实这样的，不用改。
    """
    for line, item in evidence.scored_lines:
        if line.target.number is None or line.actual.number is None:
            continue
        yield Looked(2)
        if item.method is Method.KEPT and item.met is None and line.base.state is BaseState.NONE:
            why = item.arithmetic.removesuffix("，保留自评分")
            if line.direction and line.direction != "定性":
                words = f"“{line.name}”{why}，没法复算，自评分照旧。"
                yield flag(
                    line.cell("actual"),
                    words,
                    "请核对两个数和单位。",
                    related=(line.cell("target").place,),
                )


@rule("IND130", "预算执行率得分空着", severity=Severity.NOTE, basis=EVALUATION_MEASURES)
def no_execution_score(evidence: Evidence) -> Iterator[Observation]:
    """预算数、执行数都填了，执行率的得分却空着（多半是公式被删了），自评总分无从核对。

    改法：从空白表里把公式复制回来，或按“分值 × 执行数 ÷ 预算数”补填得分。
    """
    cell, right = evidence.execution("score"), evidence.card.execution.score
    if cell is None or right is None:
        return
    yield Looked(1)
    if cell.blank and evidence.lines:
        words = (
            f"“{cell.row}”的“{cell.column}”没有填，按预算数和执行数应为 {points_text(right)}"
            f"（{evidence.card.execution.arithmetic}）。"
        )
        yield flag(cell, words, "请恢复公式或补填。", expected=expected_points(right))


@rule(
    "IND131",
    "填报提示没有删",
    severity=Severity.WARNING,
    basis=FORM_PRINTED,
    yields_to=("NAR111",),
)
def prompt_left(evidence: Evidence) -> Iterator[Observation]:
    """格里还留着表样的填报提示，如“（…100字以内）”“小于预算数（或与预算数持平）”，没有换成实际内容。

    改法：换成实际内容，把提示删去。
    """
    texts = evidence.by_state[State.TEXT]
    yield Looked(len(texts))
    for cell in texts:
        if found := _PROMPT.search(cell.text):
            words = f"“{cell.row}”里的“{found[0]}”是表样的填报提示，没有删去。"
            yield flag(cell, words, "请换成实际内容。", expected="实际内容")
