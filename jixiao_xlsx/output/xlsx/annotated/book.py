"""The annotated copy: the department's own workbook with every finding at its cell, and nothing else changed.

Other formats than .xlsx, and workbooks that openpyxl cannot carry, come back as .xlsx with their values and merges.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
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
from jixiao_xlsx.output.same_bytes import Sink, packed
from jixiao_xlsx.output.text.wording import expected_text, in_order, lone_columns
from jixiao_xlsx.output.xlsx.annotated import formula_results, losses
from jixiao_xlsx.output.xlsx.annotated.explanations import prefill_remarks
from jixiao_xlsx.output.xlsx.annotated.opinion import Entry, write_opinions
from jixiao_xlsx.output.xlsx.annotated.values_only import workbook_of_values
from jixiao_xlsx.reading.titles import OPINION_SHEET, title_key, titles_of
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Finding, FindingState, Report, Severity

AUTHOR = "财政审核"
# 警告 is a stronger orange than elsewhere: the cells that a form has to be filled in are pale yellow.
COLOURS = {Severity.ERROR: "FFFFC7CE", Severity.WARNING: "FFFFCC80", Severity.NOTE: "FFDDEBF7"}
_ORIGINAL = re.compile(r"\n原底色：(\S+)$")
_THEIRS = "\n—— 原有批注 ——\n"
_TOP = 5  # lines of a sheet that its title and headings are in
_LETTERS_PER_LINE, _WIDTH, _LINE, _TALLEST = 26, 330, 17, 420


def annotate(data: bytes, submission: Submission, report: Report, template: Template) -> bytes:
    """The annotated copy (.xlsx) of the submitted file `data`: the same input gives the same bytes.

    Raises what openpyxl raises only where neither the workbook nor its values can be written.
    """
    book, known, told = _opened(data, template)
    if sniff(data) is not WorkbookFormat.OOXML:
        _without_empty_results(book, submission)
    lone = lone_columns(template)
    findings = [
        f
        for f in in_order(report.findings, submission.sheets)
        if f.state is not FindingState.WAIVED
    ]
    entries = [
        Entry(number, finding, _target(book, finding)) for number, finding in enumerate(findings, 1)
    ]
    title = _sheet_title(book)
    _clear(book)
    _mark_cells(book, entries)
    told = (*told, *prefill_remarks(book, submission, findings, template))
    write_opinions(book.create_sheet(title, 0), report, entries, told, lone)
    _link_back(book, entries, title)
    _show_first(book)
    return _saved(book, known)


# ------------------------------------------------------------------------------------------------------- in and out


def _opened(
    data: bytes, template: Template
) -> tuple[Workbook, Mapping[str, formula_results.Results], tuple[str, ...]]:
    """The workbook, the results of its formulas, and what a person must be told about the copy."""
    kind = sniff(data)
    if kind is not WorkbookFormat.OOXML:
        return (
            workbook_of_values(data, ghosts=kind is WorkbookFormat.XLS),
            {},
            (_AS_VALUES.format("不是 .xlsx 格式"),),
        )
    words = titles_of(template)

    def read(name: str, hidden: bool) -> bool:
        return words.reads(name, hidden=hidden)

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if losses.too_large(archive):
            return (
                workbook_of_values(data, read),
                {},
                (_AS_VALUES.format("含有大量空白的带格式单元格"),),
            )
        parts = {name: archive.read(name) for name in archive.namelist()}
    if losses.has_doctype(parts):
        return workbook_of_values(data, read), {}, (_AS_VALUES.format("用了少见的写法"),)
    gone = losses.losses(parts)
    rich = losses.has_rich_text(parts)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it does not keep was looked for above
            book = openpyxl.load_workbook(io.BytesIO(data), rich_text=rich)
    except Exception:  # a workbook may be readable and still be beyond openpyxl
        book = None
    if book is None or not book.worksheets:
        return workbook_of_values(data, read), {}, (_AS_VALUES.format("用了少见的写法"),)
    return (
        book,
        formula_results.results(parts),
        (f"本副本没有带上原件中的：{'、'.join(gone)}。需要这些内容时请在原件上改正。",)
        if gone
        else (),
    )


_AS_VALUES = "原件{}，本副本只保留数值、文字和合并单元格，公式已换成结果，格式、打印设置等没有带上。可在本副本上改正后直接报送。"


def _saved(book: Workbook, known: Mapping[str, formula_results.Results]) -> bytes:
    book.calculation = book.calculation or CalcProperties()
    book.calculation.fullCalcOnLoad = True
    parts: Any = Sink()  # all of a ZipFile that openpyxl makes use of
    _Writer(book, parts).save()
    formula_results.put_back(parts, known)
    return packed(parts)


class _Writer(ExcelWriter):
    """openpyxl's own, but for the file on disk that it makes for each worksheet, and removes."""

    _archive: Sink

    def write_worksheet(self, sheet: Any) -> None:
        """As the one it stands in for, with the worksheet written in memory."""
        sheet._drawing = SpreadsheetDrawing()
        sheet._drawing.charts, sheet._drawing.images = sheet._charts, sheet._images
        stream = io.BytesIO()
        writer: Any = WorksheetWriter(sheet, stream)
        writer.write()
        sheet._rels = writer._rels
        self._archive.writestr(sheet.path[1:], stream.getvalue())
        self.manifest.append(sheet)


def _without_empty_results(book: Workbook, submission: Submission) -> None:
    """Clear the 0 that .xls keeps for a formula that shows nothing, wherever it was read as blank."""
    for table in submission.tables.values():
        for cell in table.cells():
            if cell.value is None and table.sheet in book.sheetnames:
                found: Any = book[table.sheet][cell.ref]
                if found.value == 0 and not isinstance(found, MergedCell):
                    found.value = None


def _sheet_title(book: Workbook) -> str:
    """The name for our sheet; one that an earlier round left is replaced."""
    for sheet in list(book.worksheets):
        if title_key(sheet.title) == title_key(OPINION_SHEET) and len(book.worksheets) > 1:
            book.remove(sheet)
    return OPINION_SHEET


def _show_first(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = False
    book.active = 0
    book.worksheets[0].sheet_view.tabSelected = True
    for view in book.views:
        view.firstSheet = 0


# ------------------------------------------------------------------------------------------------------------ cells


def _target(book: Workbook, finding: Finding) -> str:
    """The address to jump to; "" where the file has no such cell."""
    if finding.place.sheet not in book.sheetnames or not re.fullmatch(
        r"[A-Z]{1,3}\d+", finding.place.cell
    ):
        return ""
    sheet = book[finding.place.sheet]
    return finding.place.cell if isinstance(sheet, Worksheet) else ""


def _clear(book: Workbook) -> None:
    """Take away what an earlier round marked: comments of ours, and the colour that they remember."""
    for sheet in book.worksheets:
        for cell in sheet._cells.values():
            note = cell.comment
            if note is None or note.author != AUTHOR:
                continue
            ours, _, theirs = note.text.partition(_THEIRS)
            found = _ORIGINAL.search(ours)
            if found:
                cell.fill = (
                    PatternFill() if found[1] == "无" else PatternFill("solid", fgColor=found[1])
                )
            cell.comment = Comment(theirs, "") if theirs else None


@dataclass(frozen=True, slots=True)
class _Mark:
    severity: Severity
    words: str


def _mark_cells(book: Workbook, entries: Sequence[Entry]) -> None:
    marks: dict[tuple[str, str], list[_Mark]] = {}
    for entry in entries:
        if entry.cell:
            place = (entry.finding.place.sheet, entry.cell)
            marks.setdefault(place, []).append(_Mark(entry.finding.severity, _comment_words(entry)))
    fills = {severity: PatternFill("solid", fgColor=colour) for severity, colour in COLOURS.items()}
    for (sheet, ref), found in marks.items():
        cell = _top_left(book[sheet], ref)
        words = "\n\n".join(mark.words for mark in found)
        before = _colour(cell)
        severity = min((mark.severity for mark in found), key=lambda s: s.rank)
        cell.fill = fills[severity]
        cell.comment = _comment(words, before, cell.comment)


def _top_left(sheet: Worksheet, ref: str) -> Cell:
    """The cell, or the one that speaks for the merged area it is in."""
    found: Any = sheet[ref]
    if isinstance(found, MergedCell):
        found = next(
            sheet.cell(area.min_row, area.min_col)
            for area in sheet.merged_cells.ranges
            if ref in area
        )
    cell: Cell = found
    return cell


def _colour(cell: Cell) -> str:
    """The colour to go back to: rrggbb of a solid fill, “无”, or "" where words can't tell."""
    fill = cell.fill
    if fill.fill_type is None:
        return "无"
    colour = fill.fgColor
    return str(colour.rgb) if fill.fill_type == "solid" and colour.type == "rgb" else ""


def _comment_words(entry: Entry) -> str:
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


def _comment(words: str, before: str, theirs: Comment | None) -> Comment:
    text = words + (f"\n原底色：{before}" if before else "")
    if theirs is not None and theirs.text:
        text += _THEIRS + theirs.text
    lines = sum(max(1, -(-_width(line) // (2 * _LETTERS_PER_LINE))) for line in text.split("\n"))
    return Comment(_clean(text), AUTHOR, height=min(lines * _LINE + 14, _TALLEST), width=_WIDTH)


def _width(text: str) -> int:
    return len(text.encode("gb18030", "replace"))


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _clean(text: str) -> str:
    return _CONTROLS.sub(" ", text)


def _link_back(book: Workbook, entries: Sequence[Entry], title: str) -> None:
    """The title line of every sheet with findings leads back, or what stands first below it. Cells to be corrected stay free of
    links: a click there is to type.
    """
    marked = {(entry.finding.place.sheet, entry.cell) for entry in entries if entry.cell}
    back = f"'{title}'!A1"
    for name in dict.fromkeys(sheet for sheet, _ in marked):
        top = [
            cell
            for row in book[name].iter_rows(max_row=_TOP)
            for cell in row
            if not isinstance(cell, MergedCell)
        ]
        if any(cell.hyperlink and cell.hyperlink.location == back for cell in top):
            continue  # from an earlier round
        free = (
            c
            for c in top
            if c.value is not None and c.hyperlink is None and (name, c.coordinate) not in marked
        )
        if (cell := next(free, None)) is not None:
            cell.hyperlink = Hyperlink(ref="", location=back, tooltip=f"回到“{title}”")
