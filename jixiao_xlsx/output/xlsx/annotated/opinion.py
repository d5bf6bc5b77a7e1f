"""审核意见: the first sheet of an annotated copy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.text.notice_words import (
    balance_codes,
    gap_or_expected,
    line_advice,
    line_message,
    line_place,
    notice_address,
    notice_subject,
    probably_text,
)
from jixiao_xlsx.output.text.notices import NoticeLine
from jixiao_xlsx.output.text.wording import (
    about,
    before_and_after,
    expected_with_place,
    lone_columns,
    progress_text,
    severity_text,
    subject,
)
from jixiao_xlsx.output.xlsx.annotated.added_page import AddedPage
from jixiao_xlsx.output.xlsx.annotated.marks import NumberedLine
from jixiao_xlsx.output.xlsx.cells import qualified
from jixiao_xlsx.output.xlsx.patch.new_sheet import Content
from jixiao_xlsx.output.xlsx.patch.styles import StyleSheet
from jixiao_xlsx.season.rounds.compare_rounds import open_counts
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import FindingState, Report
from jixiao_xlsx.values.severity import Severity

_COLUMNS = (
    ("序号", 6), ("级别", 8), ("单元格", 20), ("项目", 22), ("填报", 14), ("应为或相差", 18), ("问题", 46),
    ("建议／可能原因", 28), ("依据", 18), ("编号", 9), ("状态", 9),
)  # fmt: skip
_TAB = "C00000"


@dataclass(frozen=True, slots=True)
class OpinionSheet:
    """The sheet as XML, and the row of its headings, counted from 1."""

    xml: bytes
    head: int


def opinion_sheet(
    report: Report,
    numbered: Sequence[NumberedLine],
    notes: Iterable[str],
    template: Template,
    styles: StyleSheet,
) -> OpinionSheet:
    """Return the sheet: how to go on, `notes`, the numbered lines, what was mended or changed.

    Its formats are added to `styles`.
    """
    balance, lone = balance_codes(template), lone_columns(template)
    columns = _COLUMNS if report.round > 1 else _COLUMNS[:-1]
    page = AddedPage(styles, [width for _, width in columns])
    page.line(
        f"{report.department}　审核意见"
        + (f"（第 {report.round} 次报送）" if report.round > 1 else ""),
        "title",
        28,
    )
    page.line(_conclusion(report), "strong", 22)
    page.line(
        "改法：点“单元格”一列跳到要核对的地方，把鼠标移到有底色或粗框的单元格上看批注；"
        "点各表标题（标题要改的，点它下面一行）回到本页。"
        "颜色最深的是疑似填错的格，有粗框的多半随它而错，先核对前者。"
        "错误须改正；警告须改正，或在核实说明中写明情况；提示供参考。"
        "可能原因只供查找：请以账簿、决算报表为准，不要为求相符而改数。"
        "改了得分、合计的，自评总分、等级和正文里的同一数字一并改。"
        "直接在本文件中改好后报送本文件即可，本页、底色、粗框和批注不必删除。",
        "remark",
    )
    for text in notes:
        page.line(f"注意：{text}", "remark")
    page.row([title for title, _ in columns], ["head"] * len(columns), {})
    head = len(page.rows)
    for entry in numbered:
        link = qualified(line_place(entry.line).sheet, entry.cell) if entry.cell else ""
        page.row(_cells(entry.line, report, balance, lone), _traits(entry), {2: link})
    if not numbered:
        page.line("没有发现问题。", "cell")
    _write_history(page, report)
    return OpinionSheet(page.xml(head, tab=_TAB, selected=True), head)


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


def _cells(
    line: NoticeLine, report: Report, balance: Collection[str], lone: Collection[str]
) -> list[Content]:
    notice, finding = line.notice, line.finding
    words = line_message(line, balance), line_advice(line, balance)
    if finding is None:
        assert notice.cause
        first = notice.cause.cells[0]
        return [
            line.number,
            notice.severity.label,
            notice_address(notice),
            notice_subject(notice, lone),
            first.reported,
            probably_text(first.probably),
            *words,
            *("", "", ""),
        ]
    place = str(finding.place) + (f"（共 {finding.count} 处）" if finding.count > 1 else "")
    return [
        line.number,
        severity_text(finding),
        place,
        subject(finding, lone),
        finding.reported,
        gap_or_expected(finding, balance)
        if finding.code in balance
        else expected_with_place(finding),
        *words,
        finding.basis,
        finding.code,
        progress_text(finding, report.round),
    ]


def _traits(entry: NumberedLine) -> list[str]:
    """Return the looks of the cells; only the first line of a notice has its 级别 coloured."""
    notice, finding = entry.line.notice, entry.line.finding
    follows = finding is not None and notice.cause is not None
    coloured = notice.is_open if finding is None else finding.state is FindingState.OPEN
    severity = (finding or notice).severity.value if coloured and not follows else "center"
    where = "link" if entry.cell else "cell"
    return ["center", severity, where, *["cell"] * 6, "center", "center"]


def _write_history(page: AddedPage, report: Report) -> None:
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
