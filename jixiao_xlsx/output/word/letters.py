"""The letters 退回修改通知, 核实说明通知 and 审核通过通知.

They are made from Word templates that a bureau may edit, in the form's folder `word/` or else in
that of the default form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.text.notice_words import (
    balance_codes,
    notice_address,
    notice_demand,
    notice_problem,
    notice_reason,
    notice_subject,
)
from jixiao_xlsx.output.text.notices import Notice, asked_of
from jixiao_xlsx.output.text.wording import lone_columns, progress_text
from jixiao_xlsx.output.word.templates import filled, prepare, word_file
from jixiao_xlsx.season.rounds.compare_rounds import open_counts
from jixiao_xlsx.values.findings import Finding, FindingState, Report, Result
from jixiao_xlsx.values.people import Bureau
from jixiao_xlsx.values.severity import Severity

_BLANK_DATE = "　　　　年　　月　　日"
_CHANGES = 4  # places that a letter names


def write_letter(
    report: Report, department: str, bureau: Bureau, template: Template, sheets: Sequence[str] = ()
) -> bytes:
    """Return the letter that the result calls for as .docx; the same input gives the same bytes.

    `sheets` are in the order of the file, so that findings have the order of the annotated copy.
    """
    asked = asked_of(report, sheets)
    context = bureau_words(bureau) | {
        "部门": department,
        "报表": _form_title(template, report.year),
        "项数": len(asked),
        "错误数": report.count(Severity.ERROR),
        "警告数": report.count(Severity.WARNING),
        "与上次相比": _compared(report),
        "依据": _bases(_asking(report), bureau),
        "问题清单": [
            _item(number, notice, report.round, template) for number, notice in enumerate(asked, 1)
        ],
    }
    return _filled(report.result.letter, context, template)


def load_letters(template: Template) -> None:
    """Prepare the Word templates of letters; what is wrong with one is said when it is filled."""
    for result in Result:
        with suppress(Exception):
            prepare(word_file(result.letter, template))


def _asking(report: Report) -> list[Finding]:
    """Return the open findings that ask for something."""
    open_ = (f for f in report.findings if f.state is FindingState.OPEN)
    return [f for f in open_ if f.severity is not Severity.NOTE]


def bureau_words(bureau: Bureau) -> dict[str, object]:
    """Return what Word templates say of the bureau, by the names of their places."""
    return {
        "局名": bureau.name or "（财政局）",
        "股室": bureau.office,
        "联系人": "　".join(part for part in (bureau.office, bureau.contact) if part) or "　　　　",
        "电话": bureau.phone or "　　　　",
        "正式函": bureau.formal,
        "文号": _blank_number(bureau.document_number),
        "落款": (bureau.name if bureau.formal else bureau.name + bureau.office) or "（财政局）",
        "截止日期": bureau.deadline,
        "退回期限": bureau.return_by or "　　月　　日",
        "落款日期": bureau.dated or _BLANK_DATE,
    }


def _blank_number(number: str) -> str:
    """Return 文号 with its number left blank: 青财绩〔2024〕　　号."""
    before, sign, _ = number.partition("〕")
    return f"{before}{sign}　　号" if sign else "　　　〔　　　　〕　　号"


def _form_title(template: Template, year: int | None) -> str:
    return f"{year}年度{template.title}" if year else template.title


def _compared(report: Report) -> str:
    """Return what became of the round before, in a sentence; "" in the first."""
    if report.round <= 1:
        return ""
    mended, kept, fresh = open_counts(report)
    places = [str(change.place) for change in report.changes[:_CHANGES]]
    which = "、".join(places) + (" 等" if len(report.changes) > _CHANGES else "")
    more = (
        f"；另有 {len(report.changes)} 处改动（{which}）不在上次要求之内，请确认"
        if report.changes
        else ""
    )
    return (
        f"这是第 {report.round} 次报送，与上次相比："
        f"已改正 {mended} 项，未改正 {kept} 项，新出现 {fresh} 项{more}。"
    )


def _item(number: int, notice: Notice, round_: int, template: Template) -> dict[str, object]:
    """Return the line of the letter on a notice; a Word template names its parts."""
    balance, first = balance_codes(template), notice.findings[0] if notice.findings else None
    state = progress_text(first, round_) if first else ""
    what = notice_problem(notice, balance)
    return {
        "序号": number,
        "级别": notice.severity.label,
        "单元格": notice_address(notice),
        "项目": notice_subject(notice, lone_columns(template)),
        "问题": f"【{state}】{what}" if state else what,
        "可能原因": notice_reason(notice, balance) or "—",
        "修改要求": notice_demand(notice, balance),
        "依据": first.basis if first and first.basis else "填报说明",
        "编号": first.code if first else "",
        "状态": state,
    }


def _bases(findings: Sequence[Finding], bureau: Bureau) -> str:
    """Return 依据: the county's own notice, then what the rules quote."""
    own = bureau.notice or "本县绩效自评工作通知和填报说明"
    quoted = dict.fromkeys(_law(finding.basis) for finding in findings)
    return "；".join([own, *(one for one in quoted if one)])


def _law(basis: str) -> str:
    """Return the law or measure that a basis quotes, without its details; "" for a custom."""
    return basis.partition("：")[0] if "《" in basis else ""


def _filled(title: str, context: Mapping[str, object], template: Template) -> bytes:
    return filled(word_file(title, template), context)
