"""审核意见: the first sheet of an annotated copy, written with openpyxl."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from jixiao_xlsx.output.text.wording import (
    about,
    advice,
    before_and_after,
    expected_with_place,
    progress_text,
    severity_text,
    subject,
)
from jixiao_xlsx.output.xlsx.cells import clip
from jixiao_xlsx.output.xlsx.page import row_height
from jixiao_xlsx.output.xlsx.styles import HEI, SONG
from jixiao_xlsx.season.rounds.compare_rounds import open_counts
from jixiao_xlsx.values.addresses import column_letters
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Finding, FindingState, Report
from jixiao_xlsx.values.severity import Severity

_COLUMNS = (
    ("序号", 6), ("级别", 8), ("单元格", 20), ("项目", 22), ("填报", 14), ("应为（范围）", 18), ("问题", 46),
    ("提示", 28), ("依据", 18), ("编号", 9), ("状态", 9),
)  # fmt: skip
# 警告 is a stronger orange than elsewhere: the cells to be filled in are pale yellow.
SEVERITY_COLOURS = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFCC80", Severity.NOTE: "DDEBF7"}
_LINK = Font(name=SONG, size=10, color="FF0563C1", underline="single")


@dataclass(frozen=True, slots=True)
class NumberedFinding:
    """A finding with its 序号 and the cell to jump to ("" where there is none)."""

    number: int
    finding: Finding
    cell: str


def write_opinion_sheet(
    sheet: Worksheet,
    report: Report,
    numbered: Sequence[NumberedFinding],
    notes: Iterable[str],
    lone: Collection[str],
) -> None:
    """Write the sheet: how to go on, `notes`, the numbered findings, what was mended or changed."""
    columns = _COLUMNS if report.round > 1 else _COLUMNS[:-1]
    page = _Page(sheet, columns)
    for at, (_, width) in enumerate(columns, 1):
        sheet.column_dimensions[column_letters(at - 1)].width = width
    page.line(
        f"{report.department}　审核意见"
        + (f"（第 {report.round} 次报送）" if report.round > 1 else ""),
        "title",
        28,
    )
    page.line(_conclusion(report), "strong", 22)
    page.line(
        "改法：点“单元格”一列跳到要改的地方，把鼠标移到着色的单元格上看批注；"
        "点各表标题（标题要改的，点它下面一行）回到本页。"
        "错误须改正；警告须改正，或在核实说明中写明情况；提示供参考。"
        "改了得分、合计的，自评总分、等级和正文里的同一数字一并改。"
        "直接在本文件中改好后报送本文件即可，本页、底色和批注不必删除。",
        "remark",
    )
    for text in notes:
        page.line(f"注意：{text}", "remark")
    page.row([title for title, _ in columns], ["head"] * len(columns))
    head = page.at
    for one in numbered:
        page.row(_cells(one, report, lone)[: len(columns)], _traits(one)[: len(columns)])
        if one.cell:
            page.link(3, f"'{one.finding.place.sheet.replace(chr(39), chr(39) * 2)}'!{one.cell}")
    if not numbered:
        page.line("没有发现问题。", "cell")
    _write_history(page, report)
    _set_up(sheet, head)


def _conclusion(report: Report) -> str:
    counts = "，".join(f"{severity.label} {report.count(severity)} 条" for severity in Severity)
    text = f"结论：{report.result.value}　　{counts}"
    if report.round > 1:
        mended, kept, fresh = open_counts(report)
        text += (
            f"　　与上次相比：已改正 {mended} 条，未改正 {kept} 条，新出现 {fresh} 条，"
            f"另有 {len(report.changes)} 处改动"
        )
    return text


def _cells(one: NumberedFinding, report: Report, lone: Collection[str]) -> list[object]:
    finding = one.finding
    place = str(finding.place) + (f"（共 {finding.count} 处）" if finding.count > 1 else "")
    return [
        one.number,
        severity_text(finding),
        place,
        subject(finding, lone),
        finding.reported,
        expected_with_place(finding),
        finding.message,
        advice(finding),
        finding.basis,
        finding.code,
        progress_text(finding, report.round),
    ]


def _traits(one: NumberedFinding) -> list[str]:
    traits = ["center", one.finding.severity.value, "link", *["cell"] * 6, "center", "center"]
    if one.finding.state is not FindingState.OPEN:
        traits[1] = "center"
    if not one.cell:
        traits[2] = "cell"
    return traits


def _write_history(page: _Page, report: Report) -> None:
    """Write what an earlier round asked for and is mended, and what else is different."""
    mended = [one for one in report.mended if one.until == report.round]
    if mended:
        page.line(f"已改正（{len(mended)} 条）", "section", 20)
        for one in mended:
            what = "·".join(part for part in (one.item, one.field) if part)
            page.line(f"{one.code}　{Place(one.sheet, one.cell)}　{what}：{one.message}", "cell")
    if report.changes:
        page.line(
            f"另有 {len(report.changes)} 处改动（上次审核没有要求改，请确认不是误改）",
            "section",
            20,
        )
        for change in report.changes[:100]:
            page.line(
                f"{change.place}　{about(change)}：{' → '.join(before_and_after(change))}", "cell"
            )
        if len(report.changes) > 100:
            page.line(f"……共 {len(report.changes)} 处，只列前 100 处。", "cell")


class _Page:
    """Writes rows one below the other.

    Each look is made once and its style id copied, which is a hundred times faster.
    """

    def __init__(self, sheet: Worksheet, columns: Sequence[tuple[str, int]]) -> None:
        self.sheet: Any = sheet
        self.columns = columns
        self.at = 0
        self._looks: dict[str, Any] = {}

    def line(self, text: str, look: str, tall: float = 0) -> None:
        """Write one text over the whole width."""
        self.at += 1
        self._put(1, text, look)
        self.sheet.merge_cells(
            start_row=self.at, start_column=1, end_row=self.at, end_column=len(self.columns)
        )
        self.sheet.row_dimensions[self.at].height = tall or row_height(
            [(text, sum(width for _, width in self.columns))], least=18
        )

    def row(self, contents: Sequence[object], looks: Sequence[str]) -> None:
        """Write one content per column."""
        self.at += 1
        measured = []
        for column, (content, look) in enumerate(zip(contents, looks, strict=True), 1):
            self._put(column, content, look)
            measured.append(
                (content if isinstance(content, str) else "", float(self.columns[column - 1][1]))
            )
        self.sheet.row_dimensions[self.at].height = row_height(measured, least=24)

    def link(self, column: int, location: str) -> None:
        """Link a cell of the last row to `location` in the workbook."""
        self.sheet.cell(self.at, column).hyperlink = Hyperlink(ref="", location=location)

    def _put(self, column: int, content: object, look: str) -> None:
        cell = self.sheet.cell(self.at, column)
        if isinstance(content, str):
            cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", clip(content))
            if content:
                cell.data_type = "s"  # a department's text never becomes a formula
        else:
            cell.value = content
        made = self._looks.get(look)
        if made is None:
            _dress(cell, look)
            self._looks[look] = cell._style
        else:
            cell._style = copy(made)


def _dress(cell: Any, look: str) -> None:
    side = Side(style="thin", color="FF7F7F7F")
    plain = look in {"title", "remark", "section", "strong"}
    cell.font = Font(
        name=HEI if look in {"title", "head", "section"} else SONG,
        size={"title": 16, "section": 11, "strong": 11, "remark": 9}.get(look, 10),
        bold=look == "strong",
    )
    if look == "link":
        cell.font = _LINK
    centred = look in {"title", "head", "center", "error", "warning", "note"}
    cell.alignment = Alignment(
        horizontal="center" if centred else "left", vertical="center", wrap_text=True
    )
    if not plain:
        cell.border = Border(left=side, right=side, top=side, bottom=side)
    colour = (
        "D9E2F3"
        if look == "head"
        else next((c for s, c in SEVERITY_COLOURS.items() if s.value == look), "")
    )
    if colour:
        cell.fill = PatternFill("solid", fgColor=f"FF{colour}")


def _set_up(sheet: Any, head: int) -> None:
    sheet.freeze_panes = f"A{head + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.55, 0.65
    sheet.oddFooter.right.text = "第 &P 页，共 &N 页"
    sheet.sheet_properties.tabColor = "FFC00000"
    sheet.sheet_view.showGridLines = False
