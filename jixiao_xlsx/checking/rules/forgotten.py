"""IND130, 131: what was forgotten: the score of 预算执行率, and the prompts of the form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jixiao_xlsx.checking.bases import EVALUATION_MEASURES, FORM_PRINTED
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.points import expected_points, points_text
from jixiao_xlsx.checking.rule import Looked, Observation, flag, rule
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.typed_numbers import State

_PROMPT = re.compile(
    r"[（(][^（）()]{0,80}\d字(?:以内|左右|以下)[^（）()]{0,80}[）)]|小于预算数[（(]或"
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
