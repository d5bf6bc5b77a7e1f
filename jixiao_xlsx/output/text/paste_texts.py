"""Short texts to paste into OA or 微信, that go with what a department or an office is sent. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from jixiao_xlsx.output.text.notice_words import notice_address, notice_problem, notice_subject
from jixiao_xlsx.output.text.notices import asked_of
from jixiao_xlsx.output.text.terminal import line_safe, with_separators
from jixiao_xlsx.values.findings import Report, Result
from jixiao_xlsx.values.people import Bureau
from jixiao_xlsx.values.season import Entry

_MOST = 8  # things that a message names; the letter has them all
_ASKED = {
    Result.RETURN: "在批注副本上更正后重新报送",
    Result.EXPLAIN: "在批注副本的核实说明里写明情况后报送（确有填错的一并更正）",
}


def department_text(
    name: str,
    report: Report,
    bureau: Bureau,
    form_title: str,
    attached: Sequence[str],
    balance: Collection[str],
) -> str:
    """Return what a department is told with its parcel: its result, what to look at, until when.

    `attached` are the names of the files, `balance` the rules that say that figures disagree.
    """
    return _text(_department_lines(name, report, bureau, form_title, attached, balance))


def _department_lines(
    name: str,
    report: Report,
    bureau: Bureau,
    form_title: str,
    attached: Sequence[str],
    balance: Collection[str],
) -> Iterator[str]:
    yield f"【{report.result.value}】{name}："
    if report.result is Result.PASS:
        yield f"你单位报送的《{form_title}》已审核通过。"
    else:
        asked = asked_of(report)
        yield f"你单位报送的《{form_title}》有 {len(asked)} 项需要核对："
        for number, notice in enumerate(asked[:_MOST], 1):
            what = f"{notice_address(notice)} {notice_subject(notice, ())}"
            yield f"{number}. {what}：{notice_problem(notice, balance)}"
        if len(asked) > _MOST:
            yield f"其余 {len(asked) - _MOST} 项见反馈单。"
        yield f"请对照账簿、决算报表核实，{_until(bureau)}{_ASKED[report.result]}。"
    yield f"附件：{'、'.join(attached)}。"
    yield from _asking_whom(bureau)


def reminder_text(name: str, bureau: Bureau, form_title: str) -> str:
    """Return what a department that has not sent anything usable is told."""
    due = f"（截止日期 {bureau.deadline}）" if bureau.deadline else ""
    lines = (
        f"【催报】{name}：",
        f"尚未收到你单位可用的《{form_title}》{due}。请尽快报送；已经报送的，请与我们联系核对。",
        *_asking_whom(bureau),
    )
    return _text(lines)


def office_text(
    office: str,
    entries: Sequence[Entry],
    missing: Sequence[str],
    bureau: Bureau,
    form_title: str,
) -> str:
    """Return what an office (归口股室) is told of its departments: those that counted, by result, in
    the order of the roster, and those that have not sent anything.
    """
    names = {
        result: [one.department for one in entries if one.report and one.report.result is result]
        for result in reversed(Result)
    }
    counts = "，".join(f"{result.value} {len(of)} 个" for result, of in names.items())
    lines = [
        f"{office}：",
        f"归口部门《{form_title}》应报 {len(entries) + len(missing)} 个，已报 {len(entries)} 个"
        f"（{counts}），未报 {len(missing)} 个。",
    ]
    asked = {Result.RETURN: "更正重报", Result.EXPLAIN: "报送情况说明"}
    for result, of in names.items():
        if of and result is not Result.PASS:
            lines.append(
                f"{result.value}（请督促{_until(bureau)}{asked[result]}）：{'、'.join(of)}"
            )
    if missing:
        lines.append(f"未报（请催报）：{'、'.join(missing)}")
    if entries:
        lines.append("各部门的反馈单和批注副本在压缩包里，一个部门一个文件夹，请分别转发。")
    return _text((*lines, *_asking_whom(bureau)))


def _until(bureau: Bureau) -> str:
    return f"于{bureau.return_by}前" if bureau.return_by else "尽快"


def _asking_whom(bureau: Bureau) -> Iterator[str]:
    who = "　".join(part for part in (bureau.name + bureau.office, bureau.contact) if part)
    if who or bureau.phone:
        yield "　".join(part for part in (who, bureau.phone) if part)


def _text(lines: Sequence[str] | Iterator[str]) -> str:
    return with_separators("".join(f"{line_safe(line)}\n" for line in lines))
