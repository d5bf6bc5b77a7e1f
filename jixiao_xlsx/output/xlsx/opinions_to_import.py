"""审核意见导入.xlsx: opinions in the columns that the county's system takes in (bureau.toml)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.text.notice_words import (
    balance_codes,
    notice_address,
    notice_demand,
    notice_problem,
)
from jixiao_xlsx.output.text.notices import notices
from jixiao_xlsx.output.xlsx.cells import put
from jixiao_xlsx.output.xlsx.page import new_book
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.values.findings import FindingState, Report, Result
from jixiao_xlsx.values.people import OPINION_PARTS, OpinionLayout
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.season import Entry, Season
from jixiao_xlsx.values.severity import Severity

_PASSED = "审核通过。"
_WIDTHS = {"审核意见": 80.0, "名称": 24.0, "项目": 24.0}
_USUAL_WIDTH = 16.0
_Content = str | float | None


def write_opinions(target: Path | BinaryIO, season: Season, template: Template) -> None:
    """Write a line per department, or per project where a workbook holds several.

    Titles in the first row, nothing merged: a system reads it. 得分 is only given where nothing is
    open any more, or where the bureau scored it.
    """
    layout = season.bureau.opinions or OpinionLayout()
    codes = {one.name: one.code for one in season.roster}
    with new_book(target, layout.sheet) as book:
        styles = Styles(book)
        sheet = book.add_worksheet(layout.sheet)
        for column, (title, part) in enumerate(layout.columns):
            sheet.set_column(column, column, _WIDTHS.get(part, _USUAL_WIDTH))
            put(sheet, 0, column, title, styles["head"])
        for row, line in enumerate(_lines(season, codes, layout, template), start=1):
            for column, (_, part) in enumerate(layout.columns):
                put(sheet, row, column, line[part], styles["cell"], whole=True)
        sheet.freeze_panes(1, 0)


def _lines(
    season: Season, codes: Mapping[str, str], layout: OpinionLayout, template: Template
) -> Iterator[Mapping[str, _Content]]:
    balance = balance_codes(template)
    order = {one.name: at for at, one in enumerate(season.roster)}
    for entry in sorted(
        season.submitted, key=lambda one: (order.get(one.department, len(order)), one.file)
    ):
        assert entry.report is not None, "Season.submitted has it"
        for card in entry.scorecards:
            line = _line(entry, entry.report, card, layout, balance)
            yield line | {"编码": codes.get(entry.department) or entry.report.code}


def _line(
    entry: Entry, report: Report, card: Scorecard, layout: OpinionLayout, balance: frozenset[str]
) -> dict[str, _Content]:
    result = report.result
    scored = result is Result.PASS or card.review is not None
    total, grade = card.final if scored else (None, "")
    line: dict[str, _Content] = dict.fromkeys(OPINION_PARTS)
    line |= {
        "名称": entry.department,
        "项目": card.item,
        "年度": None if report.year is None else float(report.year),
        "审核结果": layout.words.get(result.value, result.value),
        "审核意见": _opinion(report, card, entry, balance),
        "得分": None if total is None else round(float(total), 2),
        "等级": grade,
    }
    return line


def _opinion(report: Report, card: Scorecard, entry: Entry, balance: frozenset[str]) -> str:
    """Return what is to be corrected or explained, numbered; of projects, what is on their sheet
    and on the shared ones.
    """
    others = {one.sheet for one in entry.scorecards} - {card.sheet}
    asked = [
        notice
        for notice in notices(_asking(report, others), report.causes)
        if notice.is_open and notice.severity is not Severity.NOTE
    ]
    if not asked:
        return _PASSED
    return "\n".join(
        f"{number}. {notice_address(notice)}：{notice_problem(notice, balance)}"
        f"{notice_demand(notice, balance)}"
        for number, notice in enumerate(asked, start=1)
    )


def _asking(report: Report, others: set[str]) -> Iterator[Any]:
    return (
        finding
        for finding in report.findings
        if finding.state is FindingState.OPEN
        and finding.severity is not Severity.NOTE
        and finding.place.sheet not in others
    )
