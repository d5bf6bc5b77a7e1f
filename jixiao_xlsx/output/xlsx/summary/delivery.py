"""报送情况: every department that is due, and every file that does not count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from jixiao_xlsx.output.xlsx.cells import CellContent, Styled, put_merged
from jixiao_xlsx.output.xlsx.page import Column, row_height
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import ListRow, write_list_sheet
from jixiao_xlsx.values.findings import Report, Result
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.season import Entry, FileStatus, Season
from jixiao_xlsx.values.severity import Severity

DELIVERY = "报送情况"
_COLUMNS = (
    Column("部门编码", 12, "cell center"),
    Column("部门名称", 34),
    Column("状态", 10, "cell center"),
    Column("结果", 11, "cell center"),
    Column("文件", 52),
    Column("归口股室", 14, "cell center"),
    Column("联系人", 10, "cell center"),
    Column("电话", 16, "cell center"),
    Column("说明", 40),
)
_RESULT_MARKS = {Result.RETURN: " error", Result.EXPLAIN: " warning"}
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


def write_delivery(sheet: Any, styles: Styles, season: Season) -> None:
    """Write the sheet 报送情况."""
    counted = {entry.department: entry for entry in season.submitted}
    others = _others(season, counted.values())
    by_department: dict[str, list[Entry]] = {}
    for entry in others:
        by_department.setdefault(entry.department, []).append(entry)
    due = season.roster or tuple(
        Department(entry.report.code if entry.report else "", name)
        for name, entry in sorted(counted.items())
    )
    rows = [
        _due_row(
            one, counted.get(one.name), by_department.get(one.name, ()), season.silent.get(one.name)
        )
        for one in due
    ]
    silent = f"未报的部门中 {len(season.silent)} 个以前报过，见说明。" if season.silent else ""
    remark = (
        f"应报 {len(due)} 个，已报 {len(counted)} 个，未报 {len(season.missing)} 个。{silent}"
        if season.roster
        else "没有提供部门名册，只列出已报的部门。"
    )
    end = write_list_sheet(sheet, styles, DELIVERY, remark, _COLUMNS, rows, frozen=2)
    _write_files(sheet, styles, end + 1, [entry for entry in others if not entry.material])


def _others(season: Season, counted: Collection[Entry]) -> list[Entry]:
    """Return the files that do not count, the most urgent first."""
    files = {entry.file for entry in counted}
    return sorted(
        (entry for entry in season.entries if entry.file not in files),
        key=lambda entry: (
            _URGENCY.index(entry.status),
            entry.ignorable,
            not entry.department,
            entry.file,
        ),
    )


def _due_row(
    department: Department, entry: Entry | None, others: Sequence[Entry], earlier: Report | None
) -> ListRow:
    """Return the row of a department; `earlier` is its last report where it sent nothing now."""
    status, mark = (
        (FileStatus.SUBMITTED, " good")
        if entry
        else (FileStatus.MISSING, "" if earlier else " error")
    )
    result = entry.report.result if entry and entry.report else None
    result_mark = _RESULT_MARKS.get(result, "") if result else ""
    notes = [_earlier_text(earlier)] if earlier else []
    notes += [entry.problem, entry.reason] if entry else []
    if others:
        notes.append(f"另有文件：{'、'.join(_other_file(other) for other in others)}")
    return [
        department.code,
        department.name,
        Styled(status.value, f"cell center{mark}"),
        Styled(result.value if result else "", f"cell center{result_mark}"),
        entry.file if entry else None,
        department.office,
        department.contact,
        department.phone,
        "；".join(note for note in notes if note),
    ]


def _other_file(entry: Entry) -> str:
    if entry.material:
        return f"{entry.file}：{entry.reason}"
    return f"{entry.file}（{entry.status.value}）"


def _earlier_text(report: Report) -> str:
    """Return what the last round of a department came to that sent nothing this time."""
    counts = "、".join(
        f"{severity.label} {report.count(severity)} 条"
        for severity in (Severity.ERROR, Severity.WARNING)
        if report.count(severity)
    )
    end = f"{report.result.value}，还有{counts}" if counts else "已通过"
    return f"这次没有报送；第 {report.round} 次报送{end}"


def _write_files(sheet: Any, styles: Styles, top: int, files: Sequence[Entry]) -> None:
    """List the files that do not count, each with its status and the reason."""
    last = len(_COLUMNS) - 1
    put_merged(sheet, (top, 0, top, last), f"没有计入的文件（{len(files)} 个）", styles["section"])
    sheet.set_row(top, 24)
    areas = ((0, 0), (1, 1), (2, 3), (4, 4), (5, last))
    for (left, right), title in zip(
        areas, ("状态", "部门", "大小（KB）", "文件", "原因"), strict=True
    ):
        put_merged(sheet, (top + 1, left, top + 1, right), title, styles["head"])
    for at, entry in enumerate(files, top + 2):
        reason = "；".join(text for text in (entry.reason, entry.problem) if text)
        contents: list[tuple[CellContent, str]] = [
            (entry.status.value, "cell center warning"),
            (entry.department, "cell"),
            (round(entry.size / 1024, 1), "cell weight"),
            (entry.file, "cell"),
            (reason, "cell"),
        ]
        measured = []
        for (left, right), (content, traits) in zip(areas, contents, strict=True):
            put_merged(sheet, (at, left, at, right), content, styles[traits])
            measured.append((content, sum(column.width for column in _COLUMNS[left : right + 1])))
        sheet.set_row(at, row_height(measured))
