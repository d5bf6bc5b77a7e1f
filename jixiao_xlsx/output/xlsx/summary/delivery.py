"""报送情况: every department that is due, and every file that does not count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from jixiao_xlsx.output.xlsx.cells import CellContent, Styled, put_merged
from jixiao_xlsx.output.xlsx.page import Column, row_height
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import ListRow, write_list_sheet
from jixiao_xlsx.values.answers import Answer, Batch, FileStatus
from jixiao_xlsx.values.findings import Report, Result
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.severity import Severity

DELIVERY = "报送情况"
_COLUMNS = (
    Column("部门编码", 12, "cell center"),
    Column("部门名称", 28),
    Column("状态", 10, "cell center"),
    Column("结果", 8, "cell center"),
    Column("文件", 34),
    Column("归口股室", 14, "cell center"),
    Column("联系人", 10, "cell center"),
    Column("电话", 16, "cell center"),
    Column("说明", 36),
)
# What the reviewer has to decide comes before what is only to be noted.
_URGENCY = (
    FileStatus.OTHER_DEPARTMENT,
    FileStatus.NOT_IN_ROSTER,
    FileStatus.OTHER_YEAR,
    FileStatus.UNREADABLE,
    FileStatus.DUPLICATE,
    FileStatus.UNRECOGNISED,
    FileStatus.SUBMITTED,
    FileStatus.MISSING,
)


def write_delivery(sheet: Any, styles: Styles, batch: Batch) -> None:
    """Write the sheet 报送情况."""
    counted = {answer.department: answer for answer in batch.submitted}
    others = _others(batch, counted.values())
    by_department: dict[str, list[Answer]] = {}
    for answer in others:
        by_department.setdefault(answer.department, []).append(answer)
    due = batch.roster or tuple(
        Department(answer.report.code if answer.report else "", name)
        for name, answer in sorted(counted.items())
    )
    rows = [
        _due_row(
            one, counted.get(one.name), by_department.get(one.name, ()), batch.silent.get(one.name)
        )
        for one in due
    ]
    silent = f"未报的部门中 {len(batch.silent)} 个以前报过，见说明。" if batch.silent else ""
    remark = (
        f"应报 {len(due)} 个，已报 {len(counted)} 个，未报 {len(batch.missing)} 个。{silent}"
        if batch.roster
        else "没有提供部门名册，只列出已报的部门。"
    )
    end = write_list_sheet(sheet, styles, DELIVERY, remark, _COLUMNS, rows, frozen=2)
    _write_files(sheet, styles, end + 1, [answer for answer in others if not answer.material])


def _others(batch: Batch, counted: Collection[Answer]) -> list[Answer]:
    """Return the files that do not count, the most urgent first."""
    files = {answer.file for answer in counted}
    return sorted(
        (answer for answer in batch.answers if answer.file not in files),
        key=lambda answer: (
            _URGENCY.index(answer.status),
            answer.ignorable,
            not answer.department,
            answer.file,
        ),
    )


def _due_row(
    department: Department, answer: Answer | None, others: Sequence[Answer], earlier: Report | None
) -> ListRow:
    """Return the row of a department; `earlier` is its last report where it sent nothing now."""
    status, mark = (
        (FileStatus.SUBMITTED, " good")
        if answer
        else (FileStatus.MISSING, "" if earlier else " error")
    )
    result = answer.report.result if answer and answer.report else None
    result_mark = " warning" if result is Result.RETURN else ""
    notes = [_earlier_text(earlier)] if earlier else []
    notes += [answer.problem, answer.reason] if answer else []
    if others:
        notes.append(f"另有文件：{'、'.join(_other_file(other) for other in others)}")
    return [
        department.code,
        department.name,
        Styled(status.value, f"cell center{mark}"),
        Styled(result.value if result else "", f"cell center{result_mark}"),
        answer.file if answer else None,
        department.office,
        department.contact,
        department.phone,
        "；".join(note for note in notes if note),
    ]


def _other_file(answer: Answer) -> str:
    if answer.material:
        return f"{answer.file}：{answer.reason}"
    return f"{answer.file}（{answer.status.value}）"


def _earlier_text(report: Report) -> str:
    """Return what the last round of a department came to that sent nothing this time."""
    counts = "、".join(
        f"{severity.label} {report.count(severity)} 条"
        for severity in (Severity.ERROR, Severity.WARNING)
        if report.count(severity)
    )
    return f"这次没有报送；第 {report.round} 次报送{f'退回，还有{counts}' if counts else '已通过'}"


def _write_files(sheet: Any, styles: Styles, top: int, files: Sequence[Answer]) -> None:
    """List the files that do not count, each with its status and the reason."""
    last = len(_COLUMNS) - 1
    put_merged(sheet, (top, 0, top, last), f"没有计入的文件（{len(files)} 个）", styles["section"])
    sheet.set_row(top, 24)
    areas = ((0, 0), (1, 1), (2, 3), (4, 4), (5, last))
    for (left, right), title in zip(
        areas, ("状态", "部门", "大小（KB）", "文件", "原因"), strict=True
    ):
        put_merged(sheet, (top + 1, left, top + 1, right), title, styles["head"])
    for at, answer in enumerate(files, top + 2):
        reason = "；".join(text for text in (answer.reason, answer.problem) if text)
        contents: list[tuple[CellContent, str]] = [
            (answer.status.value, "cell center warning"),
            (answer.department, "cell"),
            (round(answer.size / 1024, 1), "cell weight"),
            (answer.file, "cell"),
            (reason, "cell"),
        ]
        measured = []
        for (left, right), (content, traits) in zip(areas, contents, strict=True):
            put_merged(sheet, (at, left, at, right), content, styles[traits])
            measured.append((content, sum(column.width for column in _COLUMNS[left : right + 1])))
        sheet.set_row(at, row_height(measured))
