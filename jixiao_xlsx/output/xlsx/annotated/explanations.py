"""核实说明 typed ahead: one line per open 警告, so that the department only has to write why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.cells import clip
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Finding, FindingState, Severity
from jixiao_xlsx.values.text import tidy

_FURTHEST = 300  # rows below the heading


def prefill_remarks(
    book: Workbook, submission: Submission, findings: Sequence[Finding], template: Template
) -> tuple[str, ...]:
    """Write a line for each open 警告 that has none yet; returns what a person must be told."""
    warnings = [
        f for f in findings if f.severity is Severity.WARNING and f.state is FindingState.OPEN
    ]
    table = submission.get(template.remarks.get("table", ""))
    if not warnings or table is None or table.sheet not in book.sheetnames:
        return ()
    headings = {role: table.columns.get(title) for role, title in template.remarks.items()}
    found = {
        role: coordinate_from_string(cell.ref)
        for role, cell in headings.items()
        if cell is not None
    }
    if "code" not in found or "item" not in found:
        return ()
    columns = {role: column for role, (column, _) in found.items()}
    sheet = book[table.sheet]
    there = {
        (tidy(_typed(row, template, "code")).upper(), tidy(_typed(row, template, "item")))
        for row in table.open_rows
    }
    free = _free_rows(sheet, columns, max(row for _, row in found.values()))
    missed = 0
    for finding, item in _items(warnings):
        if (finding.code, tidy(item)) in there:
            continue
        at = next(free, None)
        if at is None:
            missed += 1
            continue
        words = {
            "code": finding.code,
            "item": item,
            "place": str(finding.place),
            "message": finding.message,
        }
        for role, text in words.items():
            if role in columns:
                cell = sheet[f"{columns[role]}{at}"]
                cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", clip(text))
                cell.data_type = "s"
    return (
        (f"“{table.sheet}”没有空行了，另有 {missed} 条警告没有预填，请自行加行填写。",)
        if missed
        else ()
    )


def _items(warnings: Sequence[Finding]) -> Iterator[tuple[Finding, str]]:
    """What names each finding: its item, with the column where one code has several of the same item."""
    often = Counter((finding.code, tidy(finding.item)) for finding in warnings)
    for finding in warnings:
        alone = finding.item and often[finding.code, tidy(finding.item)] == 1
        yield finding, finding.item if alone else finding.item + finding.field


def _typed(row: object, template: Template, role: str) -> str:
    cell = row.get(template.remarks[role])  # type: ignore[attr-defined]
    return cell.text if cell else ""


def _free_rows(sheet: Worksheet, columns: Mapping[str, str], heading: int) -> Iterator[int]:
    """The blank lines of the list after the last one used, down to the first line that is something else."""

    def used(row: int) -> bool:
        return any(sheet[f"{column}{row}"].value not in (None, "") for column in columns.values())

    last = min(sheet.max_row, heading + _FURTHEST)
    first = (
        max(
            (row for row in range(heading + 1, last + 1) if sheet[f"{columns['code']}{row}"].value),
            default=heading,
        )
        + 1
    )
    for row in range(first, heading + _FURTHEST):
        cells = [sheet[f"{column}{row}"] for column in columns.values()]
        if used(row) or any(isinstance(cell, MergedCell) for cell in cells):
            return
        yield row
