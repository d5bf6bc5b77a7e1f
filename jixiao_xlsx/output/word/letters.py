"""The letters 退回修改通知, 核实说明通知 and 审核通过通知, and 审核情况汇报 for the leadership.

They are made from Word templates that a bureau may edit, in the form's folder `word/` or else in
that of the default form.
"""

from __future__ import annotations

from collections import Counter
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
from jixiao_xlsx.output.text.notices import Notice, notices
from jixiao_xlsx.output.text.wording import lone_columns, progress_text
from jixiao_xlsx.output.word.bar_chart import Bars
from jixiao_xlsx.output.word.templates import filled, prepare, word_file
from jixiao_xlsx.season.rounds.compare_rounds import open_counts
from jixiao_xlsx.values.findings import Finding, FindingState, Report, Result
from jixiao_xlsx.values.people import Bureau
from jixiao_xlsx.values.season import FileStatus, Season
from jixiao_xlsx.values.severity import Severity

_BRIEFING = "审核情况汇报"
_BLANK_DATE = "　　　　年　　月　　日"
_RULES = 6
_CHANGES = 4  # places that a letter names


def write_letter(
    report: Report, department: str, bureau: Bureau, template: Template, sheets: Sequence[str] = ()
) -> bytes:
    """Return the letter that the result calls for as .docx; the same input gives the same bytes.

    `sheets` are in the order of the file, so that findings have the order of the annotated copy.
    """
    asked = [
        notice
        for notice in notices(_asking(report), report.causes, sheets)
        if notice.is_open and notice.severity is not Severity.NOTE
    ]
    context = _bureau(bureau) | {
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


def write_briefing(season: Season, template: Template, titles: Mapping[str, str]) -> bytes:
    """Return 审核情况汇报, one page with charts; `titles` name the rules by code."""
    entries = season.submitted
    reports = [entry.report for entry in entries if entry.report]
    due = len(season.roster) or len(entries)
    grades = Counter(
        card.final[1] for entry in entries for card in entry.scorecards if card.final[1]
    )
    hits = Counter(
        f.code for report in reports for f in report.findings if f.severity is not Severity.NOTE
    )
    often = sorted(hits.items(), key=lambda one: (-one[1], one[0]))[:_RULES]
    context = _bureau(season.bureau) | {
        "年度": f"{season.year}年度" if season.year else "",
        "报表": template.title,
        "概况": _overview(season, due, reports),
        "报送图": Bars("报送与审核（部门数）", _statuses(season, due, reports), "bar", 7.7, 5.6),
        "等级图": Bars(
            "评定等级（部门数）",
            [(grade.name, grades[grade.name]) for grade in template.grades],
            "column",
            7.7,
            5.6,
        ),
        "规则图": Bars(
            "最常见的错误和警告（条，含已说明的）",
            [(titles.get(code, code), count) for code, count in often] or [("无", 0)],
            "bar",
            16.2,
            6.4,
        ),
        "须关注": _attention(season),
    }
    return _filled(_BRIEFING, context, template)


def _statuses(season: Season, due: int, reports: Sequence[Report]) -> list[tuple[str, int]]:
    """Return how many departments were to report, have, with what result, and have not."""
    results = Counter(report.result for report in reports)
    return [
        ("应报", due),
        ("已报", len(season.submitted)),
        *((result.value, results[result]) for result in reversed(Result)),
        (FileStatus.MISSING.value, len(season.missing)),
    ]


def _overview(season: Season, due: int, reports: Sequence[Report]) -> str:
    cards = [card for entry in season.submitted for card in entry.scorecards]
    rates = [card.execution.rate for card in cards if card.execution.rate is not None]
    totals = [card.exact_total for card in cards if card.exact_total is not None]
    counts = "、".join(
        f"{severity.label} {sum(report.count(severity) for report in reports)} 条"
        for severity in Severity
    )
    text = (
        f"应报 {due} 个部门，已报 {len(reports)} 个，未报 {len(season.missing)} 个。"
        f"审核发现未了结的{counts}。"
    )
    rounds = [open_counts(report) for report in reports if report.round > 1]
    if rounds:
        mended, kept, fresh = (sum(counts) for counts in zip(*rounds, strict=True))
        text += (
            f"再次报送的 {len(rounds)} 个部门，与上次相比已改正 {mended} 条、"
            f"未改正 {kept} 条、新出现 {fresh} 条。"
        )
    if totals:
        text += f"复算平均分 {float(sum(totals) / len(totals)):.2f} 分"
        text += f"，平均预算执行率 {float(sum(rates) / len(rates)):.2%}。" if rates else "。"
    return text


def _attention(season: Season) -> str:
    worst = sorted(
        (
            (entry.report.count(Severity.ERROR), entry.department)
            for entry in season.submitted
            if entry.report
        ),
        key=lambda one: (-one[0], one[1]),
    )
    errors = "、".join(f"{name}（错误 {count} 条）" for count, name in worst[:5] if count)
    never = [
        department.name for department in season.missing if department.name not in season.silent
    ]
    missing = "、".join(never[:10]) or "无"
    more = f"等 {len(never)} 个" if len(never) > 10 else ""
    again = f"另有 {len(season.silent)} 个部门以前报过，这次没有再报。" if season.silent else ""
    return f"错误较多：{errors or '无'}。未报：{missing}{more}。{again}"


def _bureau(bureau: Bureau) -> dict[str, object]:
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
