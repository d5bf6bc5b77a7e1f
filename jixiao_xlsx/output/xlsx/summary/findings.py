"""问题清单: every finding of every department, then those between departments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any

from jixiao_xlsx.output.text.notice_words import notice_address, notice_reason
from jixiao_xlsx.output.text.notices import Notice, notices
from jixiao_xlsx.output.text.wording import advice, expected_text, severity_text, subject
from jixiao_xlsx.output.xlsx.cells import Link, Styled, qualified
from jixiao_xlsx.output.xlsx.page import Column
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import FIRST_ROW, ListRow, Printed, write_list_sheet
from jixiao_xlsx.season.at_stake import at_stake
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
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import BatchFinding, Expected, Finding, FindingState
from jixiao_xlsx.values.people import Action
from jixiao_xlsx.values.season import Entry

FINDINGS = FINDINGS_SHEET
_COPY = "-批注副本.xlsx"  # how the name of an annotated copy ends
_MOST_LINKS = 60_000  # a worksheet holds 65,530
_NUMBER = "cell money"
# What is read first stands first: on a small screen no farther than 可能原因.
_COLUMNS = (
    Column("部门", 17),
    Column("级别", 7, "cell center"),
    Column("单元格", 16),
    Column("项目", 17),
    Column("问题", 42),
    Column("建议／可能原因", 28),
    Column("填报", 14, "cell center"),
    Column("应为（范围）", 15, "cell center"),
    Column("差额", 12, "cell center"),
    Column("单位", 6, "cell center"),
    Column("差额折合元", 14, _NUMBER),
    Column("编号", 8, "cell center"),
    Column("依据", 18),
    Column("起因", 26),
    Column("文件", 15),
    Column(ACTION, 11, "cell center input"),
    Column(REASON, 22, "cell input"),
    Column(BY, 9, "cell center input"),
    Column(APPROVED_BY, 9, "cell center input"),
    Column(AT, 11, "cell center input"),
    Column(MARK, 9),
)
_FIRST_TYPED = len(_COLUMNS) - 6
_ON_A_SCREEN = 6  # columns


def write_findings(
    sheet: Any,
    styles: Styles,
    entries: Sequence[Entry],
    lone: Collection[str],
    across: Sequence[BatchFinding],
) -> None:
    """Write the sheet 问题清单; column titles in `lone` go without saying."""
    count = sum(len(entry.report.findings) for entry in entries if entry.report) + len(across)
    links = iter(range(_MOST_LINKS))
    rows = chain(
        (row for entry in entries for row in _rows(entry, lone, links)),
        map(_row_between_departments, across),
    )
    remark = (
        f"共 {count} 条，按部门、级别、位置排列，同一起因的排在一起；可用筛选箭头只看某个部门、级别或编号，"
        "按“差额折合元”从大到小排，金额大的在前。点“部门”看评分表，点“单元格”到批注副本的那一格。"
        "这张表在屏幕上用，打印时只印到这里；要纸质的，打印“整改台账”。"
    )
    on_screen = Printed(rows=0, columns=_ON_A_SCREEN)
    end = write_list_sheet(
        sheet, styles, FINDINGS, remark, _COLUMNS, rows, frozen=1, printed=on_screen
    )
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


def _rows(entry: Entry, lone: Collection[str], links: Iterator[int]) -> Iterator[ListRow]:
    report = entry.report
    listed = notices(report.findings, report.causes) if report else []
    copy = copy_of(entry)
    for notice, finding in ((one, finding) for one in listed for finding in one.findings):
        mark = f" {finding.severity.value}" if finding.state is FindingState.OPEN else ""
        gap, unit = _difference(finding)
        yield [
            department_link(entry, links),
            Styled(severity_text(finding), f"cell center{mark}"),
            place_link(finding.place, copy, links),
            subject(finding, lone),
            finding.message,
            advice(finding),
            _figure(finding.reported),
            _expected(finding),
            _figure(gap),
            unit,
            at_stake(finding),
            finding.code,
            finding.basis,
            _origin(notice),
            entry.file,
            *_decided(finding),
        ]


def copy_of(entry: Entry) -> str:
    """Return the path of the annotated copy; "" where none was written."""
    return next((path for path in entry.returned if path.endswith(_COPY)), "")


def department_link(entry: Entry, links: Iterator[int]) -> Styled | str:
    """Return the department's name, which leads to its scored workbook."""
    if not entry.output or next(links, None) is None:
        return entry.department
    return Styled(Link(f"external:{entry.output}", entry.department), "cell link")


def place_link(place: Place, copy: str, links: Iterator[int]) -> Styled | str:
    """Return a cell, which leads to it in the annotated copy."""
    if not copy or not place.cell.isascii() or next(links, None) is None:
        return str(place)
    target = f"external:{copy}#{qualified(place.sheet, place.cell)}"
    return Styled(Link(target, str(place)), "cell link")


def _figure(content: Decimal | str | None) -> Styled | str | None:
    """Return a figure as a number to sort by; what is none stays as it was typed."""
    number = _number(content) if isinstance(content, str) else content
    return Styled(number, _NUMBER) if isinstance(number, Decimal) else number


def _number(text: str) -> Decimal | str:
    try:
        number = Decimal(text.replace(",", "").replace("−", "-"))
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def _expected(finding: Finding) -> Styled | str:
    expected = finding.expected
    if isinstance(expected, Expected) and expected.low == expected.high and expected.unit != "%":
        return Styled(expected.low, _NUMBER)
    return expected_text(finding)


def _difference(finding: Finding) -> tuple[Decimal | str | None, str]:
    """Return 差额 and its unit, which holds for 填报 and 应为 too."""
    text, _, unit = finding.difference.rpartition(" ")
    if text:
        return _number(text), unit
    expected = finding.expected
    own = expected.unit if isinstance(expected, Expected) else ""
    return finding.difference or None, own


def _origin(notice: Notice) -> str:
    """Return the cell that a finding probably comes from, and why; "" where no cause
    explains it.
    """
    return f"{notice_address(notice)}：{notice_reason(notice, ())}" if notice.cause else ""


def _row_between_departments(finding: BatchFinding) -> ListRow:
    """Return the row of what concerns several departments or a waiver, so no cell of a workbook."""
    return [
        "、".join(finding.departments),
        Styled(finding.severity.label, f"cell center {finding.severity.value}"),
        "、".join(f"{place.sheet}!{place.cell}" for place in finding.places),
        None,
        finding.message,
        finding.hint,
        *[None] * 5,
        finding.code,
        *[None] * 2,
        "（财政复核）" if finding.code.startswith("REV") else "（部门之间）",
        *[None] * 6,
    ]
