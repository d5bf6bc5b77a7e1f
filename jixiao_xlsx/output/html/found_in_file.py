"""What is found in one workbook, as a part of a page: notices, each with its cells drawn."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.html.neighbourhood import drawn, neighbourhoods
from jixiao_xlsx.output.text.notice_words import (
    balance_codes,
    notice_address,
    notice_demand,
    notice_problem,
    notice_reason,
    notice_subject,
)
from jixiao_xlsx.output.text.notices import Notice, notices
from jixiao_xlsx.output.text.wording import lone_columns, severity_text
from jixiao_xlsx.values.cells import Place, Submission
from jixiao_xlsx.values.findings import Finding, Report
from jixiao_xlsx.values.severity import Severity

_MOST_COMPARED = 8


def found_in_file(submission: Submission, report: Report, template: Template) -> str:
    """Return the notices on a workbook as HTML, the gravest first; every finding is in one."""
    counts = "，".join(f"{one.label} {report.count(one)}" for one in Severity)
    year = f"{report.year}年度" if report.year else ""
    about = "  ".join(filter(None, (report.department, year, counts)))
    listed = notices(report.findings, report.causes, submission.sheets)
    unread = [
        f"<p class=unread>评价报告“{escape(file)}”没有读成：{escape(reason)}。只核对了工作簿。</p>"
        for file, reason in submission.unread
    ]
    nothing = [] if listed else ["<p>没有发现问题。</p>"]
    return "\n".join(
        [
            f"<h2>{escape(report.file)}</h2>",
            f"<p class=counts>{escape(about)}</p>",
            *unread,
            *nothing,
            *(_notice(number, one, submission, template) for number, one in enumerate(listed, 1)),
        ]
    )


def _notice(number: int, notice: Notice, submission: Submission, template: Template) -> str:
    balance = balance_codes(template)
    words = (
        notice_problem(notice, balance),
        notice_reason(notice, balance),
        notice_demand(notice, balance),
    )
    where = f"{notice_address(notice)}  {notice_subject(notice, lone_columns(template))}"
    parts = neighbourhoods(submission, _culprits(notice), _compared(notice))
    return "\n".join(
        [
            f'<article class="{notice.severity.value}">',
            f"<h3>{number}. <b>{notice.severity.label}</b> {escape(where)}</h3>",
            *(f"<p>{escape(text)}</p>" for text in dict.fromkeys(filter(None, words))),
            *map(drawn, parts),
            f"<details><summary>逐条（{len(notice.findings)}）</summary><ul>",
            *map(_finding, notice.findings),
            "</ul></details></article>",
        ]
    )


def _finding(finding: Finding) -> str:
    """Return a finding as a line; programs read the attributes."""
    place = finding.place
    return (
        f'<li data-code="{escape(finding.code)}" data-sheet="{escape(place.sheet)}"'
        f' data-cell="{escape(place.cell)}" data-severity="{finding.severity.value}">'
        f"{escape(severity_text(finding))} {escape(finding.code)} {escape(str(place))} "
        f"<span>{escape(finding.message)}</span></li>"
    )


def _culprits(notice: Notice) -> list[Place]:
    if notice.cause:
        return [cell.place for cell in notice.cause.cells]
    return [notice.place]


def _compared(notice: Notice) -> list[Place]:
    return list(dict.fromkeys(_beside(notice)))[:_MOST_COMPARED]


def _beside(notice: Notice) -> Iterator[Place]:
    for finding in notice.findings:
        yield finding.place
        yield from finding.related
