"""The bureau's waivers: findings that may stand, and waivers that no longer do anything. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from jixiao_xlsx.values.findings import BatchFinding, Finding, FindingState
from jixiao_xlsx.values.people import Waiver
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy

UNUSED_WAIVER, EXPIRED_WAIVER = "WAV101", "WAV102"


def live_waivers(waivers: Sequence[Waiver], today: dt.date) -> tuple[Waiver, ...]:
    """Return the waivers that hold on that day."""
    return tuple(one for one in waivers if one.until is None or one.until >= today)


def waived(
    findings: Sequence[Finding], waivers: Sequence[Waiver]
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Return a department's findings, waived ones marked, and the sources of the waivers used."""
    used: dict[str, None] = {}
    settled = []
    for finding in findings:
        waiver = next((one for one in waivers if _covers(one, finding)), None)
        if waiver is None:
            settled.append(finding)
            continue
        used[waiver.source] = None
        words = f"已豁免：{waiver.reason}（{waiver.approver}，{waiver.source}）"
        settled.append(replace(finding, state=FindingState.WAIVED, explanation=words))
    return tuple(settled), tuple(used)


def _covers(waiver: Waiver, finding: Finding) -> bool:
    same_item = not waiver.item or tidy(waiver.item) == tidy(finding.item)
    return waiver.code == finding.code and same_item


def idle_waivers(
    waivers: Sequence[Waiver], used: Collection[str], today: dt.date
) -> Iterator[BatchFinding]:
    """Yield findings on waivers that expired, and on live ones that were not used."""
    live = live_waivers(waivers, today)
    for waiver in waivers:
        if waiver not in live:
            words = f"豁免已于 {waiver.until} 到期，不再起作用：{_name(waiver)}。"
            hint = "请续批或删去这一行"
            yield BatchFinding(EXPIRED_WAIVER, Severity.NOTE, (waiver.department,), words, hint)
    for waiver in live:
        if waiver.source not in used:
            words = f"豁免没有用上：{_name(waiver)}，没有这样的问题。"
            hint = "请核对部门、规则编号和项目，或删去这一行"
            yield BatchFinding(UNUSED_WAIVER, Severity.NOTE, (waiver.department,), words, hint)


def _name(waiver: Waiver) -> str:
    parts = (waiver.department, waiver.code, waiver.item)
    return f"{' '.join(filter(None, parts))}（{waiver.source}）"
