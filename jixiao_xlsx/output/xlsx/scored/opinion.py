"""核对意见: what is wrong, where, what would have been right, and what was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.text.notice_words import (
    balance_codes,
    line_advice,
    line_message,
    line_place,
    notice_address,
    notice_subject,
    probably_text,
)
from jixiao_xlsx.output.text.notices import NoticeLine
from jixiao_xlsx.output.text.wording import (
    STATE_LABELS,
    address,
    expected_with_place,
    lone_columns,
    severity_text,
    subject,
)
from jixiao_xlsx.output.xlsx.cells import CellContent, Link, Styled, put_merged
from jixiao_xlsx.output.xlsx.page import Column, row_height, set_page, write_listing
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import FindingState, Report, Result, Skipped
from jixiao_xlsx.values.severity import Severity

OPINION = "核对意见"
_COLUMNS = (
    Column("序号", 6, "cell center"),
    Column("级别", 7, "cell center"),
    Column("编号", 8, "cell center"),
    Column("工作表", 12),
    Column("单元格", 17),
    Column("项目", 17),
    Column("定位", 6, "cell center"),
    Column("填报", 12, "cell center"),
    Column("应为（范围）", 15, "cell center"),
    Column("差额", 12, "cell center"),
    Column("问题", 38),
    Column("建议／可能原因", 28),
    Column("依据", 20),
)
_LAST = len(_COLUMNS) - 1
_WIDTH = sum(column.width for column in _COLUMNS)
_MOST_NAMED = 8  # subjects of checks that were not made
_HEAD = 3  # the row of the column titles, counted from 0


def line_row(at: int) -> int:
    """Return the row of a line of the list, as Excel counts; the first line is 1."""
    return _HEAD + 1 + at


def write_check_opinion(
    sheet: Any,
    styles: Styles,
    report: Report,
    listed: Sequence[NoticeLine],
    links: Mapping[Place, str],
    template: Template,
) -> None:
    """Write the sheet 核对意见 from the lines of its list.

    `links` lead from a cell of the file to where this workbook shows it.
    """
    put_merged(sheet, (0, 0, 0, _LAST), f"{report.department}　{OPINION}", styles["title"])
    sheet.set_row(0, 28)
    _conclusion(sheet, styles, report)
    balance, lone = balance_codes(template), lone_columns(template)
    rows = [_row(line, links, balance, lone) for line in listed]
    end = write_listing(sheet, styles, _HEAD, _COLUMNS, rows)
    if rows:
        sheet.autofilter(_HEAD, 0, end - 1, _LAST)
    else:
        put_merged(sheet, (end, 0, end, _LAST), "没有发现问题。", styles["cell good"])
        end += 1
    _coverage(sheet, styles, report, end + 1)
    sheet.freeze_panes(_HEAD + 1, 0)
    set_page(sheet, repeat=(_HEAD, _HEAD), footer=f"{report.department}　{OPINION}")


def _conclusion(sheet: Any, styles: Styles, report: Report) -> None:
    counts = "，".join(f"{severity.label} {report.count(severity)} 条" for severity in Severity)
    states = Counter(finding.state for finding in report.findings)
    counts += "".join(
        f"，{label} {states[state]} 条"
        for state, label in STATE_LABELS.items()
        if states[state] and state is not FindingState.OPEN
    )
    advice_, look = {
        Result.RETURN: ("错误须更正，警告须更正或填写情况说明后重报", "error"),
        Result.EXPLAIN: ("无须退回；警告请部门核实后填写情况说明", "warning"),
        Result.PASS: ("无须退回；提示供参考", "good"),
    }[report.result]
    text = f"结论：{report.result.value}　　{counts}　　（{advice_}）"
    put_merged(
        sheet,
        (1, 0, 1, _LAST),
        text,
        styles[f"cell strong {look}"],
    )
    sheet.set_row(1, 24)
    looked, cells = looked_at(report)
    text = (
        f"文件：{report.file}　　用 {looked} 条规则核对了 {cells} 个单元格（一个单元格用几条规则就计几次），"
        f"有 {len(report.skipped)} 项没有核对，原因见表后。点“查看”可跳到本工作簿中的对应位置。"
    )
    put_merged(sheet, (2, 0, 2, _LAST), text, styles["remark"])
    sheet.set_row(2, row_height([(text, _WIDTH)], size=9))


def _row(
    line: NoticeLine, links: Mapping[Place, str], balance: Collection[str], lone: Collection[str]
) -> list[CellContent | Styled]:
    """Return the row of a cause, or of a finding; what follows from a cause has no colour."""
    notice, finding = line.notice, line.finding
    words = line_message(line, balance), line_advice(line, balance)
    target = next((links[place] for place in _places(line) if place in links), None)
    link = Styled(Link(target, "查看"), "cell center link") if target else None
    if finding is None:
        assert notice.cause
        first = notice.cause.cells[0]
        mark = f" {notice.severity.value}" if notice.is_open else ""
        return [
            line.number,
            Styled(notice.severity.label, f"cell center{mark}"),
            "起因",
            first.place.sheet,
            notice_address(notice),
            notice_subject(notice, lone),
            link,
            first.reported,
            probably_text(first.probably),
            None,
            *words,
            None,
        ]
    is_coloured = finding.state is FindingState.OPEN and notice.cause is None
    mark = f" {finding.severity.value}" if is_coloured else ""
    return [
        line.number,
        Styled(severity_text(finding), f"cell center{mark}"),
        finding.code,
        finding.place.sheet,
        address(finding),
        subject(finding, lone),
        link,
        finding.reported,
        expected_with_place(finding),
        finding.difference,
        *words,
        finding.basis,
    ]


def _places(line: NoticeLine) -> tuple[Place, ...]:
    """Return the cell of a line; after a paragraph of a report, the cells it is compared with."""
    place = line_place(line)
    return (place,) if place.cell.isascii() or not line.finding else (place, *line.finding.related)


def _coverage(sheet: Any, styles: Styles, report: Report, top: int) -> None:
    """Write what was checked and what was not, and why, in words."""
    put_merged(sheet, (top, 0, top, _LAST), "核对范围", styles["section"])
    sheet.set_row(top, 20)
    looked, cells = looked_at(report)
    lines = [
        ("已核对", f"{looked} 条规则，{cells} 格次。每条规则查什么，见汇总.xlsx 的“规则命中”。")
    ]
    lines += [
        ("未核对", f"{reason}：{_skipped_words(group)}") for reason, group in _by_reason(report)
    ]
    for at, (label, text) in enumerate(lines, top + 1):
        put_merged(sheet, (at, 0, at, 1), label, styles["cell center"])
        put_merged(sheet, (at, 2, at, _LAST), text, styles["cell"])
        sheet.set_row(at, row_height([(text, _WIDTH - 12)]))


def looked_at(report: Report) -> tuple[int, int]:
    """Return how many rules looked at anything, and at how many cells, one for each rule."""
    counts = [count for count in report.checked.values() if count]
    return len(counts), sum(counts)


def _by_reason(report: Report) -> list[tuple[str, list[Skipped]]]:
    """Return the skipped checks by reason."""
    groups: dict[str, list[Skipped]] = {}
    for one in report.skipped:
        groups.setdefault(one.reason, []).append(one)
    return sorted(groups.items())


def _skipped_words(group: Sequence[Skipped]) -> str:
    """Return how many checks were skipped, and about what where that is known."""
    count = f"{sum(one.count for one in group)} 项"
    about = list(dict.fromkeys(one.subject for one in group if one.subject))
    if not about:
        return count
    named = "、".join(about[:_MOST_NAMED]) + ("等" if len(about) > _MOST_NAMED else "")
    return f"{count}（{named}）"
