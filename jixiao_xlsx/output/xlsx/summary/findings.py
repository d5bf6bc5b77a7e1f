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
from jixiao_xlsx.output.xlsx.summary.list_sheet import FIRST_ROW, ListRow, write_list_sheet
from jixiao_xlsx.season.review.read_decisions import (
    ACTION,
    APPROVED_BY,
    AT,
    BY,
    FINDINGS_SHEET,
    MARK,
    REASON,
    mark_of,
)
from jixiao_xlsx.values.findings import BatchFinding, Finding, FindingState
from jixiao_xlsx.values.people import Action
from jixiao_xlsx.values.season import Entry

FINDINGS = FINDINGS_SHEET
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
    Column(ACTION, 11, "cell center input"),
    Column(REASON, 22, "cell input"),
    Column(BY, 9, "cell center input"),
    Column(APPROVED_BY, 9, "cell center input"),
    Column(AT, 11, "cell center input"),
    Column(MARK, 9),
)
_FIRST_TYPED = len(_COLUMNS) - 6


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
    end = write_list_sheet(sheet, styles, FINDINGS, remark, _COLUMNS, rows, frozen=1)
    _offer_decisions(sheet, end)


def _offer_decisions(sheet: Any, end: int) -> None:
    """Let the reviewer choose 处理意见 in the rows of findings, and hide what marks them."""
    if end > FIRST_ROW:
        names = [action.label for action in Action]
        sheet.data_validation(
            FIRST_ROW,
            _FIRST_TYPED,
            end - 1,
            _FIRST_TYPED,
            {
                "validate": "list",
                "source": names,
                "input_title": ACTION,
                "input_message": "豁免须填批准人和理由；接受说明、误报须填理由。填好保存，用 --decisions 再运行一次。",
                "error_title": ACTION,
                "error_message": f"请从“{'、'.join(names)}”中选。",
            },
        )
    last = len(_COLUMNS) - 1
    sheet.set_column(last, last, None, None, {"hidden": True})


def _decided(finding: Finding) -> ListRow:
    """Return what is decided on a finding, for the reviewer to keep or to change."""
    mark = mark_of(finding.fingerprint, finding.reported)
    one = finding.decision
    return (
        [one.action.label, one.reason, one.by, one.approved_by, one.at, mark]
        if one
        else [*[None] * 5, mark]
    )


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
            *_decided(finding),
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
        *[None] * 7,
    ]
