"""The annotated copy: the department's own workbook with every finding at its cell.

Nothing else is changed. Other formats than .xlsx, and workbooks that openpyxl cannot carry, come
back as .xlsx with their values and merges.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import PatternFill
from openpyxl.workbook.properties import CalcProperties
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.file_kinds import WorkbookFormat, sniff
from jixiao_xlsx.output.same_bytes import MemoryZip, packed
from jixiao_xlsx.output.text.wording import expected_text, in_order, lone_columns
from jixiao_xlsx.output.xlsx.annotated import formula_results, losses
from jixiao_xlsx.output.xlsx.annotated.explanations import prefill_explanations
from jixiao_xlsx.output.xlsx.annotated.opinion import (
    SEVERITY_COLOURS,
    NumberedFinding,
    write_opinion_sheet,
)
from jixiao_xlsx.output.xlsx.annotated.values_only import workbook_of_values
from jixiao_xlsx.reading.titles import OPINION_SHEET, title_key, titles_of
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Finding, FindingState, Report

AUTHOR = "财政审核"
_ORIGINAL = re.compile(r"\n原底色：(\S+)$")
_THEIRS = "\n—— 原有批注 ——\n"
_TOP = 5  # rows of a sheet that hold its title and headings
# Comments: Chinese characters per line, then width, height of a line and greatest height in points.
_LETTERS_PER_LINE, _WIDTH, _LINE, _TALLEST = 26, 330, 17, 420
_AS_VALUES = (
    "原件{}，本副本只保留数值、文字和合并单元格，公式已换成结果，格式、打印设置等没有带上。"
    "可在本副本上改正后直接报送。"
)
_UNUSUAL = _AS_VALUES.format("用了少见的写法")


def annotate(data: bytes, submission: Submission, report: Report, template: Template) -> bytes:
    """Return the annotated copy (.xlsx) of the submitted file `data`.

    The same input gives the same bytes. Raises what openpyxl raises only where neither the workbook
    nor its values can be written.
    """
    book, results, notes = _opened(data, template)
    if sniff(data) is not WorkbookFormat.OOXML:
        _without_empty_results(book, submission)
    findings = [
        finding
        for finding in in_order(report.findings, submission.sheets)
        if finding.state is not FindingState.WAIVED
    ]
    numbered = [
        NumberedFinding(number, finding, _target(book, finding))
        for number, finding in enumerate(findings, 1)
    ]
    _remove_earlier_sheet(book)
    _remove_earlier_marks(book)
    _mark_cells(book, numbered)
    notes = (*notes, *prefill_explanations(book, submission, findings, template))
    opinion = book.create_sheet(OPINION_SHEET, 0)
    write_opinion_sheet(opinion, report, numbered, notes, lone_columns(template))
    _link_back(book, numbered)
    _show_first(book)
    return _saved(book, results)


# --------------------------------------------------------------------------------------- in and out


def _opened(
    data: bytes, template: Template
) -> tuple[Workbook, Mapping[str, formula_results.Results], tuple[str, ...]]:
    """Return the workbook, the results of its formulas, and notes for its reader."""
    kind = sniff(data)
    if kind is not WorkbookFormat.OOXML:
        book = workbook_of_values(data, empty_results=kind is WorkbookFormat.XLS)
        return book, {}, (_AS_VALUES.format("不是 .xlsx 格式"),)
    titles = titles_of(template)

    def is_read(name: str, hidden: bool) -> bool:
        return titles.reads(name, hidden=hidden)

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if losses.too_large(archive):
            note = _AS_VALUES.format("含有大量空白的带格式单元格")
            return workbook_of_values(data, is_read), {}, (note,)
        parts = {name: archive.read(name) for name in archive.namelist()}
    if losses.has_doctype(parts) or (loaded := _loaded(data, parts)) is None:
        return workbook_of_values(data, is_read), {}, (_UNUSUAL,)
    lost = "、".join(losses.lost_features(parts))
    note = f"本副本没有带上原件中的：{lost}。需要这些内容时请在原件上改正。"
    return loaded, formula_results.formula_results(parts), (note,) if lost else ()


def _loaded(data: bytes, parts: Mapping[str, bytes]) -> Workbook | None:
    """Return the workbook as openpyxl reads it; None where that is beyond openpyxl."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `losses` finds what openpyxl does not keep
            rich = losses.has_rich_text(parts)
            book: Workbook = openpyxl.load_workbook(io.BytesIO(data), rich_text=rich)
    except Exception:
        return None
    return book if book.worksheets else None


def _saved(book: Workbook, results: Mapping[str, formula_results.Results]) -> bytes:
    book.calculation = book.calculation or CalcProperties()
    book.calculation.fullCalcOnLoad = True
    parts: Any = MemoryZip()
    _Writer(book, parts).save()
    formula_results.put_back(parts, results)
    return packed(parts)


class _Writer(ExcelWriter):
    """openpyxl's writer without the temporary file on disk that it makes for each worksheet."""

    _archive: MemoryZip

    def write_worksheet(self, sheet: Any) -> None:
        """Write the worksheet in memory."""
        sheet._drawing = SpreadsheetDrawing()
        sheet._drawing.charts, sheet._drawing.images = sheet._charts, sheet._images
        stream = io.BytesIO()
        writer: Any = WorksheetWriter(sheet, stream)
        writer.write()
        sheet._rels = writer._rels
        self._archive.writestr(sheet.path[1:], stream.getvalue())
        self.manifest.append(sheet)


def _without_empty_results(book: Workbook, submission: Submission) -> None:
    """Clear the 0 that .xls keeps for a formula that shows nothing, where it was read as blank."""
    for table in submission.tables.values():
        for cell in table.cells():
            if cell.value is None and table.sheet in book.sheetnames:
                target: Any = book[table.sheet][cell.ref]
                if target.value == 0 and not isinstance(target, MergedCell):
                    target.value = None


def _remove_earlier_sheet(book: Workbook) -> None:
    """Remove the 审核意见 that an earlier round left."""
    for sheet in list(book.worksheets):
        if title_key(sheet.title) == title_key(OPINION_SHEET) and len(book.worksheets) > 1:
            book.remove(sheet)


def _show_first(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = False
    book.active = 0
    book.worksheets[0].sheet_view.tabSelected = True
    for view in book.views:
        view.firstSheet = 0


# -------------------------------------------------------------------------------------------- cells


def _target(book: Workbook, finding: Finding) -> str:
    """Return the address to jump to; "" where the file has no such cell."""
    if finding.place.sheet not in book.sheetnames or not re.fullmatch(
        r"[A-Z]{1,3}\d+", finding.place.cell
    ):
        return ""
    sheet = book[finding.place.sheet]
    return finding.place.cell if isinstance(sheet, Worksheet) else ""


def _remove_earlier_marks(book: Workbook) -> None:
    """Remove our comments of an earlier round and put back the fill colours noted in them."""
    for sheet in book.worksheets:
        for cell in sheet._cells.values():
            note = cell.comment
            if note is None or note.author != AUTHOR:
                continue
            ours, _, theirs = note.text.partition(_THEIRS)
            colour = _ORIGINAL.search(ours)
            if colour:
                cell.fill = (
                    PatternFill() if colour[1] == "无" else PatternFill("solid", fgColor=colour[1])
                )
            cell.comment = Comment(theirs, "") if theirs else None


def _mark_cells(book: Workbook, numbered: Sequence[NumberedFinding]) -> None:
    by_cell: dict[tuple[str, str], list[NumberedFinding]] = {}
    for entry in numbered:
        if entry.cell:
            by_cell.setdefault((entry.finding.place.sheet, entry.cell), []).append(entry)
    fills = {
        severity: PatternFill("solid", fgColor=f"FF{colour}")
        for severity, colour in SEVERITY_COLOURS.items()
    }
    for (sheet, ref), marks in by_cell.items():
        cell = _top_left(book[sheet], ref)
        text = "\n\n".join(_comment_text(entry) for entry in marks)
        before = _colour(cell)
        gravest = min((entry.finding.severity for entry in marks), key=lambda one: one.rank)
        cell.fill = fills[gravest]
        cell.comment = _comment(text, before, cell.comment)


def _top_left(sheet: Worksheet, ref: str) -> Cell:
    """Return the cell, or the first cell of the merged area that it belongs to."""
    cell: Any = sheet[ref]
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if ref in area)
        cell = sheet.cell(area.min_row, area.min_col)
    result: Cell = cell
    return result


def _colour(cell: Cell) -> str:
    """Return the colour to put back: rgb of a solid fill, “无”, or "" for any other fill."""
    fill = cell.fill
    if fill.fill_type is None:
        return "无"
    colour = fill.fgColor
    return str(colour.rgb) if fill.fill_type == "solid" and colour.type == "rgb" else ""


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


def _comment(text: str, before: str, theirs: Comment | None) -> Comment:
    """Return our comment, followed by the cell's colour `before` and the department's own."""
    text += f"\n原底色：{before}" if before else ""
    if theirs is not None and theirs.text:
        text += _THEIRS + theirs.text
    lines = sum(max(1, -(-_width(line) // (2 * _LETTERS_PER_LINE))) for line in text.split("\n"))
    height = min(lines * _LINE + 14, _TALLEST)
    return Comment(ILLEGAL_CHARACTERS_RE.sub(" ", text), AUTHOR, height=height, width=_WIDTH)


def _width(text: str) -> int:
    """Return the width of `text` in half-width letters."""
    return len(text.encode("gb18030", "replace"))


def _link_back(book: Workbook, numbered: Sequence[NumberedFinding]) -> None:
    """Let the title of every sheet with findings, or what stands first below it, lead back.

    Cells to be corrected get no link: a click there is to type.
    """
    marked = {(entry.finding.place.sheet, entry.cell) for entry in numbered if entry.cell}
    back = f"'{OPINION_SHEET}'!A1"
    for name in dict.fromkeys(sheet for sheet, _ in marked):
        top = [cell for row in book[name].iter_rows(max_row=_TOP) for cell in row]
        if any(cell.hyperlink and cell.hyperlink.location == back for cell in top):
            continue  # from an earlier round
        free = (cell for cell in top if _may_link(cell) and (name, cell.coordinate) not in marked)
        if (cell := next(free, None)) is not None:
            cell.hyperlink = Hyperlink(ref="", location=back, tooltip=f"回到“{OPINION_SHEET}”")


def _may_link(cell: Cell | MergedCell) -> bool:
    return not isinstance(cell, MergedCell) and cell.value is not None and cell.hyperlink is None
