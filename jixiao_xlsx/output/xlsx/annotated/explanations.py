"""Prefilled 核实说明: one line per open 警告, so that the department only writes its explanation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.annotated.added_page import AddedPage
from jixiao_xlsx.output.xlsx.cells import clip, qualified
from jixiao_xlsx.output.xlsx.page import row_height
from jixiao_xlsx.output.xlsx.patch.sheet import SheetPart
from jixiao_xlsx.output.xlsx.patch.workbook import WorkbookPart
from jixiao_xlsx.values.addresses import Position, position
from jixiao_xlsx.values.cells import Place, Row, Submission, Table
from jixiao_xlsx.values.findings import Finding, FindingState
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy

_ADDRESS = re.compile(r"[A-Z]{1,3}\d{1,7}")
_LETTERS = 10 / 11  # the form's letters are larger than those of `row_height`
_LEAST = 36.0  # points: room for two lines of 情况说明
_FURTHEST = 300  # rows below the heading
_TAB, _TITLE_HEIGHT, _HEADINGS = "FFC000", 30, 3
_HOW_TO = "需要说明的警告已经列出，请在最后一列写明情况，随改好的表一起报回。"
_Key = tuple[str, str]  # code and item of a finding, as they are matched


def prefill_explanations(
    book: WorkbookPart, submission: Submission, findings: Sequence[Finding], template: Template
) -> tuple[str, ...]:
    """Write a line for each open 警告 that has none yet; return notes for the department."""
    warnings = [
        finding
        for finding in findings
        if finding.severity is Severity.WARNING and finding.state is FindingState.OPEN
    ]
    table = submission.get(template.remarks.get("table", ""))
    if not warnings:
        return ()
    if table is None or table.sheet not in book.sheets:
        _append_list(book, warnings, template)
        return ()
    return _fill_list(book, table, warnings, template)


def _fill_list(
    book: WorkbookPart, table: Table, warnings: Sequence[Finding], template: Template
) -> tuple[str, ...]:
    """Write the warnings that have no line yet into the list of the form."""
    columns, heading = _headings(table, template)
    if not {"code", "item"} <= columns.keys():
        return ()
    sheet = book.sheets[table.sheet]
    answered = {_typed_key(row, template) for row in table.open_rows}
    missing = [one for one in _items(warnings) if _key(one[0].code, one[1]) not in answered]
    rows = list(islice(_free_rows(sheet, columns, heading), len(missing)))
    looks = {column: sheet.style((heading + 1, column)) for column in columns.values()}
    for row, (finding, item) in zip(rows, missing, strict=False):
        for column, look in looks.items():  # below the form's own rows: to be typed into too
            sheet.set_style((row, column), look)
        _write_line(sheet, columns, row, finding, item)
        _link(book, sheet, (row, columns.get("place", columns["code"])), finding.place)
    if rows:
        book.print_to(table.sheet, rows[-1])
    left = len(missing) - len(rows)
    note = f"“{table.sheet}”没有空行了，另有 {left} 条警告没有预填，请自行加行填写。"
    return (note,) if left else ()


def _append_list(book: WorkbookPart, warnings: Sequence[Finding], template: Template) -> None:
    """Add the list as a sheet of its own where there is none, for the next round to read."""
    spec = template.table.get(template.remarks.get("table", ""))
    if spec is None or spec.sheet in book.sheets:
        return
    page = AddedPage(book.styles, [round(column.width) for column in spec.columns])
    page.line(spec.heading, "title", _TITLE_HEIGHT)
    page.line(_HOW_TO, "remark")
    titles = [column.title for column in spec.columns]
    page.row(titles, ["head"] * len(titles), {})
    for finding, item in _items(warnings):
        texts = _texts(finding, item)
        by_title = {template.remarks.get(role, ""): text for role, text in texts.items()}
        page.row([by_title.get(title, "") for title in titles], ["cell"] * len(titles), {})
    content = page.xml(_HEADINGS, tab=_TAB, selected=False)
    book.add_last_sheet(spec.sheet, content)


def _headings(table: Table, template: Template) -> tuple[dict[str, int], int]:
    """Return the columns of the list by role, and the lowest row of its headings, from 0."""
    cells = {role: table.columns.get(title) for role, title in template.remarks.items()}
    places = {role: position(cell.ref) for role, cell in cells.items() if cell}
    columns = {role: column for role, (_, column) in places.items()}
    return columns, max((row for row, _ in places.values()), default=0)


def _key(code: str, item: str) -> _Key:
    return tidy(code).upper(), tidy(item)


def _typed_key(row: Row, template: Template) -> _Key:
    code, item = (row.get(template.remarks[role]) for role in ("code", "item"))
    return _key(code.text if code else "", item.text if item else "")


def _items(warnings: Sequence[Finding]) -> Iterator[tuple[Finding, str]]:
    """Yield each finding with its item, and the column where one code has the item twice."""
    often = Counter((finding.code, tidy(finding.item)) for finding in warnings)
    for finding in warnings:
        alone = finding.item and often[finding.code, tidy(finding.item)] == 1
        yield finding, finding.item if alone else finding.item + finding.field


def _write_line(
    sheet: SheetPart, columns: Mapping[str, int], row: int, finding: Finding, item: str
) -> None:
    shown = {
        columns[role]: clip(text) for role, text in _texts(finding, item).items() if role in columns
    }
    for column, text in shown.items():
        sheet.write_text((row, column), text)
    measured = [(text, sheet.width(column) * _LETTERS) for column, text in shown.items()]
    sheet.raise_height(row, row_height(measured, least=_LEAST))


def _texts(finding: Finding, item: str) -> Mapping[str, str]:
    """Return what a line of the list says, by role."""
    return {
        "code": finding.code,
        "item": item,
        "place": str(finding.place),
        "message": finding.message,
    }


def _link(book: WorkbookPart, sheet: SheetPart, at: Position, place: Place) -> None:
    """Let a click on a line's cell lead to what it is about."""
    linked = any(t <= at[0] <= b and le <= at[1] <= r for (t, le, b, r), _ in sheet.links())
    if place.sheet in book.sheets and _ADDRESS.fullmatch(place.cell) and not linked:
        sheet.add_link(at, qualified(place.sheet, place.cell), "转到这个单元格")


def _free_rows(sheet: SheetPart, columns: Mapping[str, int], heading: int) -> Iterator[int]:
    """Yield the blank rows after the last one used, up to the first that holds something else."""
    last = min(sheet.last_row(), heading + _FURTHEST)
    code = columns["code"]
    used = [row for row in range(heading + 1, last + 1) if sheet.is_filled((row, code))]
    for row in range(max(used, default=heading) + 1, heading + _FURTHEST):
        cells = [(row, column) for column in columns.values()]
        if any(sheet.is_filled(at) or sheet.top_left(at) != at for at in cells):
            return
        yield row
