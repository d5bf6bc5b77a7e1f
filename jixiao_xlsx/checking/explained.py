"""Findings that the department has explained in a 情况说明. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from jixiao_xlsx.values.cells import Remark
from jixiao_xlsx.values.findings import Finding, FindingState
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy


def mark_explained(findings: Iterable[Finding], remarks: Sequence[Remark]) -> list[Finding]:
    """Return the findings with every 警告 that a 情况说明 explains marked so.

    They are matched by rule and item, not by cell. A 错误 can only be waived, never explained.
    """
    return [_with_remark(finding, remarks) for finding in findings]


def _with_remark(finding: Finding, remarks: Sequence[Remark]) -> Finding:
    if finding.severity is not Severity.WARNING or finding.state is not FindingState.OPEN:
        return finding
    names = {
        tidy(name) for name in (finding.item, finding.field, finding.item + finding.field) if name
    }
    for remark in remarks:
        if remark.text and tidy(remark.code).upper() == finding.code and tidy(remark.item) in names:
            return replace(finding, state=FindingState.EXPLAINED, explanation=remark.text)
    return finding
