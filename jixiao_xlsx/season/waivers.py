"""What lets a finding stand: the department's 情况说明, and the bureau's waiver. A 错误 can only be waived, never explained. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from jixiao_xlsx.values.answers import Answer
from jixiao_xlsx.values.findings import BatchFinding, Finding, FindingState, Severity
from jixiao_xlsx.values.people import Waiver
from jixiao_xlsx.values.text import tidy

UNUSED, EXPIRED = "WAV101", "WAV102"


def waived(
    answers: Sequence[Answer], waivers: Sequence[Waiver], today: dt.date
) -> tuple[tuple[Answer, ...], tuple[BatchFinding, ...]]:
    """Answers with waived findings kept visible as such, and what is to be said of waivers that no longer do anything."""
    live = [waiver for waiver in waivers if waiver.until is None or waiver.until >= today]
    used: set[str] = set()
    settled = tuple(_waived_answer(answer, live, used) for answer in answers)
    told = [_expired(waiver) for waiver in waivers if waiver not in live]
    told += [_unused(waiver) for waiver in live if waiver.source not in used]
    return settled, tuple(told)


def _waived_answer(answer: Answer, waivers: Sequence[Waiver], used: set[str]) -> Answer:
    if answer.report is None:
        return answer
    mine = [
        waiver
        for waiver in waivers
        if tidy(waiver.department) in {tidy(answer.department), tidy(answer.report.code)}
    ]
    if not mine:
        return answer
    findings = tuple(_with_waiver(finding, mine, used) for finding in answer.report.findings)
    return replace(answer, report=replace(answer.report, findings=findings))


def _with_waiver(finding: Finding, waivers: Sequence[Waiver], used: set[str]) -> Finding:
    for waiver in waivers:
        if waiver.code == finding.code and (
            not waiver.item or tidy(waiver.item) == tidy(finding.item)
        ):
            used.add(waiver.source)
            words = f"已豁免：{waiver.reason}（{waiver.approver}，{waiver.source}）"
            return replace(finding, state=FindingState.WAIVED, explanation=words)
    return finding


def _expired(waiver: Waiver) -> BatchFinding:
    words = f"豁免已于 {waiver.until} 到期，不再起作用：{_named(waiver)}。"
    return BatchFinding(EXPIRED, Severity.NOTE, (waiver.department,), words, "请续批或删去这一行")


def _unused(waiver: Waiver) -> BatchFinding:
    words = f"豁免没有用上：{_named(waiver)}，没有这样的问题。"
    return BatchFinding(
        UNUSED,
        Severity.NOTE,
        (waiver.department,),
        words,
        "请核对部门、规则编号和项目，或删去这一行",
    )


def _named(waiver: Waiver) -> str:
    return f"{' '.join(filter(None, (waiver.department, waiver.code, waiver.item)))}（{waiver.source}）"
