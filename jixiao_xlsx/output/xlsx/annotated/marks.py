"""Which cells of a workbook are marked, in which colour and with which words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from jixiao_xlsx.output.text.wording import expected_text, in_order
from jixiao_xlsx.values.addresses import Position, position
from jixiao_xlsx.values.findings import Finding, FindingState, Report
from jixiao_xlsx.values.severity import Severity

# RGB. 警告 is a stronger orange than elsewhere: the cells to be filled in are pale yellow.
SEVERITY_COLOURS = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFCC80", Severity.NOTE: "DDEBF7"}
_ADDRESS = re.compile(r"[A-Z]{1,3}\d{1,7}")


@dataclass(frozen=True, slots=True)
class NumberedFinding:
    """A finding with its 序号 and the cell to jump to ("" where there is none)."""

    number: int
    finding: Finding
    cell: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell to be coloured for its gravest finding and explained by a comment."""

    sheet: str
    at: Position
    severity: Severity
    text: str


def numbered_findings(
    report: Report, order: Sequence[str], worksheets: Collection[str]
) -> tuple[NumberedFinding, ...]:
    """Return the numbered findings of 审核意见, those of `worksheets` with their cells.

    `order` are the sheets of the file in their order.
    """
    findings = (
        finding
        for finding in in_order(report.findings, order)
        if finding.state is not FindingState.WAIVED
    )
    return tuple(
        NumberedFinding(number, finding, _target(finding, worksheets))
        for number, finding in enumerate(findings, 1)
    )


def marks_of(numbered: Iterable[NumberedFinding]) -> tuple[Mark, ...]:
    """Return one mark per cell: its gravest severity, the words of all its findings."""
    by_cell: dict[tuple[str, str], list[NumberedFinding]] = {}
    for entry in numbered:
        if entry.cell:
            by_cell.setdefault((entry.finding.place.sheet, entry.cell), []).append(entry)
    marks = []
    for (sheet, ref), found in by_cell.items():
        gravest = min((entry.finding.severity for entry in found), key=lambda one: one.rank)
        text = "\n\n".join(_comment_text(entry) for entry in found)
        marks.append(Mark(sheet, position(ref), gravest, text))
    return tuple(marks)


def _target(finding: Finding, worksheets: Collection[str]) -> str:
    place = finding.place
    return place.cell if place.sheet in worksheets and _ADDRESS.fullmatch(place.cell) else ""


def _comment_text(entry: NumberedFinding) -> str:
    finding = entry.finding
    lines = [
        f"【{finding.severity.label}】审核意见第 {entry.number} 条（{finding.code}）",
        finding.message,
    ]
    expected = expected_text(finding)
    if expected:
        lines.append(f"应为：{expected}")
    if finding.hint:
        lines.append(f"提示：{finding.hint}")
    if finding.count > 1:
        lines.append(f"同类共 {finding.count} 处，请一并改正。")
    return "\n".join(lines)
