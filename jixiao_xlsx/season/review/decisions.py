"""Apply a reviewer's decisions to findings, and say which of them do nothing. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from jixiao_xlsx.values.findings import BatchFinding, Finding, FindingState, Report
from jixiao_xlsx.values.people import Action, Decision
from jixiao_xlsx.values.severity import Severity

DISAGREED, VOID, NOT_ALLOWED = "DEC102", "DEC103", "DEC104"
_STATES = {
    Action.RETURN: FindingState.OPEN,
    Action.ACCEPT: FindingState.ACCEPTED,
    Action.WAIVE: FindingState.WAIVED,
    Action.STRIKE: FindingState.STRUCK,
}


def agreed(
    decisions: Iterable[Decision],
) -> tuple[tuple[Decision, ...], tuple[BatchFinding, ...]]:
    """Return the decisions on which nobody disagrees, and the findings on the others.

    Of two reviewers who decide the same, the first is kept. Where they differ, neither counts.
    """
    by_finding: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for one in decisions:
        by_finding[one.department, one.finding].append(one)
    kept = [every[0] for every in by_finding.values() if len({one.action for one in every}) == 1]
    torn = [every for every in by_finding.values() if len({one.action for one in every}) > 1]
    return tuple(kept), tuple(map(_conflict, torn))


def _conflict(every: Sequence[Decision]) -> BatchFinding:
    said = "；".join(f"{one.source} 填“{one.said}”" for one in every)
    return BatchFinding(
        DISAGREED,
        Severity.WARNING,
        (every[0].department,),
        f"同一问题的处理意见不一致，都没有采用：{said}。",
        "请商定后只留一种意见，再运行一次",
    )


def decided(
    findings: Sequence[Finding], decisions: Sequence[Decision]
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Return a department's findings, decided ones marked, and the sources of the decisions used.

    A decision holds for the finding it names while the cell holds what it held then.
    """
    by_finding = {one.finding: one for one in decisions}
    settled, used = [], []
    for finding in findings:
        decision = by_finding.get(finding.fingerprint)
        if decision is None or hindrance(decision, finding):
            settled.append(finding)
            continue
        used.append(decision.source)
        state = _STATES[decision.action]
        settled.append(replace(finding, state=state, decision=decision))
    return tuple(settled), tuple(used)


def hindrance(decision: Decision, finding: Finding) -> str:
    """Return why a decision cannot be applied to its finding; "" where it can."""
    if not decision.holds_for(finding.reported):
        now = f"现填“{finding.reported}”" if finding.reported else "现在空着"
        return f"决定时填报“{decision.reported or '（空）'}”，{now}，原意见作废"
    if decision.action is Action.ACCEPT and finding.severity is Severity.ERROR:
        return "错误不能“接受说明”"
    return ""


def idle_decisions(
    decisions: Iterable[Decision], used: Collection[str], reports: Iterable[tuple[str, Report]]
) -> Iterator[BatchFinding]:
    """Yield a finding on each decision that did nothing; `reports` are by department."""
    there = {
        (department, finding.fingerprint): finding
        for department, report in reports
        for finding in report.findings
    }
    for one in decisions:
        if one.source in used:
            continue
        finding = there.get((one.department, one.finding))
        why = hindrance(one, finding) if finding else "这个问题已经没有了"
        is_void = finding is None or not one.holds_for(finding.reported)
        hint = "不用改" if finding is None else "请在新的“问题清单”里重新填写处理意见"
        words = f"{one.source} 的处理意见“{one.said}”没有采用：{why}。"
        code, severity = (VOID, Severity.NOTE) if is_void else (NOT_ALLOWED, Severity.WARNING)
        yield BatchFinding(code, severity, (one.department,), words, hint)
