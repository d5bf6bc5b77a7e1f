"""问题清单: every finding of every department, then those between departments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Any

from jixiao_xlsx.output.text.notice_words import notice_address, notice_reason
from jixiao_xlsx.output.text.notices import Notice, notices
from jixiao_xlsx.output.text.wording import advice, expected_text, severity_text, subject
from jixiao_xlsx.output.xlsx.cells import Styled
from jixiao_xlsx.output.xlsx.page import Column
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import ListRow, write_list_sheet
from jixiao_xlsx.values.findings import BatchFinding, FindingState
from jixiao_xlsx.values.season import Entry

FINDINGS = "问题清单"
_COLUMNS = (
    Column("部门", 17),
    Column("文件", 15),
    Column("级别", 7, "cell center"),
    Column("编号", 8, "cell center"),
    Column("工作表", 12),
    Column("单元格", 8, "cell center"),
    Column("项目", 18),
    Column("填报", 13, "cell center"),
    Column("应为（范围）", 15, "cell center"),
    Column("差额", 12, "cell center"),
    Column("问题", 36),
    Column("建议／可能原因", 26),
    Column("依据", 18),
    Column("起因", 26),
)


def write_findings(
    sheet: Any,
    styles: Styles,
    entries: Sequence[Entry],
    lone: Collection[str],
    across: Sequence[BatchFinding],
) -> None:
    """Write the sheet 问题清单; column titles in `lone` go without saying."""
    count = sum(len(entry.report.findings) for entry in entries if entry.report) + len(across)
    rows = chain(
        (row for entry in entries for row in _rows(entry, lone)),
        map(_row_between_departments, across),
    )
    remark = f"共 {count} 条，按部门、级别、位置排列，同一起因的排在一起；可用筛选箭头只看某个部门、级别或编号。"
    write_list_sheet(sheet, styles, FINDINGS, remark, _COLUMNS, rows, frozen=1)


def _rows(entry: Entry, lone: Collection[str]) -> Iterator[ListRow]:
    report = entry.report
    listed = notices(report.findings, report.causes) if report else []
    for notice, finding in ((one, finding) for one in listed for finding in one.findings):
        mark = f" {finding.severity.value}" if finding.state is FindingState.OPEN else ""
        yield [
            entry.department,
            entry.file,
            Styled(severity_text(finding), f"cell center{mark}"),
            finding.code,
            finding.place.sheet,
            finding.place.cell,
            subject(finding, lone),
            finding.reported,
            expected_text(finding),
            finding.difference,
            finding.message,
            advice(finding),
            finding.basis,
            _origin(notice),
        ]


def _origin(notice: Notice) -> str:
    """Return the cell that a finding probably comes from, and why; "" where no cause
    explains it.
    """
    return f"{notice_address(notice)}：{notice_reason(notice, ())}" if notice.cause else ""


def _row_between_departments(finding: BatchFinding) -> ListRow:
    """Return the row of what concerns several departments or a waiver, so no cell of a workbook."""
    return [
        "、".join(finding.departments),
        "（财政复核）" if finding.code.startswith("REV") else "（部门之间）",
        Styled(finding.severity.label, f"cell center {finding.severity.value}"),
        finding.code,
        *[None] * 6,
        finding.message,
        finding.hint,
        "、".join(f"{place.sheet}!{place.cell}" for place in finding.places),
        None,
    ]
