"""审核情况汇报 for the leadership, one page without names, and its internal annex with them.

Both are made from Word templates that a bureau may edit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.text.notices import asked_of
from jixiao_xlsx.output.word.bar_chart import Bars
from jixiao_xlsx.output.word.letters import bureau_words
from jixiao_xlsx.output.word.templates import filled, word_file
from jixiao_xlsx.output.xlsx.summary.ranking import (
    FINAL_GRADE,
    FINAL_TOTAL,
    RANK,
    RESULT,
    department_results,
    ranking,
)
from jixiao_xlsx.season.at_stake import at_stake
from jixiao_xlsx.season.rounds.compare_rounds import open_counts
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.findings import Report, Result
from jixiao_xlsx.values.season import Entry, FileStatus, Season
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import percent, rounded

BRIEFING_TITLE, ANNEX_TITLE = "审核情况汇报", "审核情况附件（内部）"
_MOST_GROUPS = 9  # of a kind that one page has room for
_MOST_KINDS = 4  # of mistakes that are named
_UNITS = "unit_"  # causes of this kind: 元 taken for 万元, or the other way


def write_briefing(season: Season, template: Template, titles: Mapping[str, str]) -> bytes:
    """Return 审核情况汇报 (.docx): coverage, results and amounts, by 归口股室 and 单位性质, conclusion
    and proposals. No department is named; `titles` name the rules by code.
    """
    context = bureau_words(season.bureau) | {
        "年度": f"{season.year}年度" if season.year else "",
        "报表": template.title,
        "概况": _coverage(season),
        "审核": _reviewed(season),
        "报送图": Bars("报送与审核（部门数）", _statuses(season), "bar", 7.7, 4.7),
        "等级图": Bars("评定等级（部门数）", _grades(season, template), "column", 7.7, 4.7),
        "分组": [*_groups(season)],
        "结论": _conclusion(season, titles),
        "建议": [*_proposals(season)],
    }
    return filled(word_file(BRIEFING_TITLE, template), context)


def write_annex(season: Season, template: Template) -> bytes:
    """Return the annex (.docx) with names, in the order of the roster; 名次 as in 汇总.xlsx."""
    offices = {one.name: one.office for one in season.roster}
    entries = {one.file: one for one in season.submitted}
    results = department_results(season)
    ranks = {(line["文件"], line["部门名称"]): line[RANK] for line in ranking(results)}
    lines = [
        {
            "股室": offices.get(entries[line["文件"]].department, "") or "—",
            "部门": line["部门名称"],
            "结果": line[RESULT],
            "总分": "—" if line[FINAL_TOTAL] is None else f"{line[FINAL_TOTAL]:.2f}",
            "等级": line[FINAL_GRADE] or "—",
            "名次": ranks[line["文件"], line["部门名称"]] or "暂不排名",
            "差额": _yuan(_sums([entries[line["文件"]]]).total),
        }
        for line in results
    ]
    lines += [
        {
            "股室": one.office or "—",
            "部门": one.name,
            "结果": "以前报过" if one.name in season.silent else FileStatus.MISSING.value,
            **dict.fromkeys(("总分", "等级", "名次", "差额"), "—"),
        }
        for one in season.missing
    ]
    context = bureau_words(season.bureau) | {
        "年度": f"{season.year}年度" if season.year else "",
        "报表": template.title,
        "名单": lines,
    }
    return filled(word_file(ANNEX_TITLE, template), context)


@dataclass(frozen=True, slots=True)
class _Sums:
    """The money in open 错误 and 警告, in 元: one amount a mistake; units mistaken stand apart."""

    places: int
    total: Decimal
    units: Decimal


def _sums(entries: Iterable[Entry]) -> _Sums:
    amounts: list[tuple[Decimal, bool]] = []
    for entry in entries:
        for notice in asked_of(entry.report) if entry.report else ():
            found = [amount for one in notice.findings if (amount := at_stake(one))]
            mistaken = notice.cause is not None and notice.cause.kind.startswith(_UNITS)
            amounts += [(max(found), mistaken)] if found else []
    real = [amount for amount, mistaken in amounts if not mistaken]
    units = [amount for amount, mistaken in amounts if mistaken]
    return _Sums(len(real), sum(real, Decimal(0)), sum(units, Decimal(0)))


def _money(entries: Iterable[Entry]) -> tuple[Decimal, Decimal]:
    """Return 全年预算 and 全年执行 of the entries, in 元; what is not filled in counts for nothing."""
    budget = spent = Decimal(0)
    for entry in entries:
        for card in entry.scorecards:
            each = atoms_per(card.execution.unit) / Decimal(atoms_per("元"))
            if card.execution.budget is not None and card.execution.spent is not None:
                budget += card.execution.budget * each
                spent += card.execution.spent * each
    return budget, spent


def _coverage(season: Season) -> str:
    done = len(season.submitted)
    due = len(season.roster) or done
    share = f"（{percent(Fraction(done, due))}）" if due else ""
    budget, spent = _money(season.submitted)
    text = f"应报 {due} 个部门，已报 {done} 个{share}，未报 {len(season.missing)} 个。"
    if season.silent:
        text += f"另有 {len(season.silent)} 个部门以前报过，这次没有再报。"
    if budget:
        text += (
            f"已报部门全年预算 {_yuan(budget)} 万元，执行 {_yuan(spent)} 万元，"
            f"执行率 {percent(Fraction(spent) / Fraction(budget))}。"
        )
    return text


def _reviewed(season: Season) -> str:
    reports = _reports(season)
    counts = "、".join(
        f"{severity.label} {sum(report.count(severity) for report in reports)} 条"
        for severity in (Severity.ERROR, Severity.WARNING)
    )
    sums = _sums(season.submitted)
    text = f"未了结的{counts}；涉及金额的 {sums.places} 处，差额合计 {_yuan(sums.total)} 万元"
    text += "（一处错误只计一次，是表内、表间数字的差，不是资金问题）"
    text += f"，另有疑似单位填错（元、万元）{_yuan(sums.units)} 万元。" if sums.units else "。"
    rounds = [open_counts(report) for report in reports if report.round > 1]
    if rounds:
        mended, kept, fresh = (sum(one) for one in zip(*rounds, strict=True))
        text += (
            f"再次报送的 {len(rounds)} 个部门，与上次相比已改正 {mended} 条、"
            f"未改正 {kept} 条、新出现 {fresh} 条。"
        )
    return text


def _statuses(season: Season) -> list[tuple[str, int]]:
    """Return how many departments were to report, have, with what result, and have not."""
    results = Counter(report.result for report in _reports(season))
    done = len(season.submitted)
    return [
        ("应报", len(season.roster) or done),
        ("已报", done),
        *((result.value, results[result]) for result in reversed(Result)),
        (FileStatus.MISSING.value, len(season.missing)),
    ]


def _grades(season: Season, template: Template) -> list[tuple[str, int]]:
    cards = (card for entry in season.submitted for card in entry.scorecards)
    counts = Counter(card.final[1] for card in cards)
    return [(grade.name, counts[grade.name]) for grade in template.grades]


def _groups(season: Season) -> Iterator[dict[str, object]]:
    """Yield a line for each 归口股室 of the roster, and each 单位性质 that was filled in."""
    offices = {one.name: one.office or "未列" for one in season.roster}
    due = Counter(offices.values())
    if set(due) - {"未列"}:
        groups: dict[str, list[Entry]] = {name: [] for name in offices.values()}
        groups |= _by(season.submitted, lambda one: offices.get(one.department, "名册外"))
        yield from _lines("归口股室", groups, due)
    natures = _by(season.submitted, lambda one: one.facts.nature or "未填")
    yield from _lines("单位性质", natures, {})


def _lines(
    kind: str, groups: Mapping[str, Sequence[Entry]], due: Mapping[str, int]
) -> Iterator[dict[str, object]]:
    """Yield the lines of a kind; those beyond what a page holds as one."""
    names = list(groups)
    named = names if len(names) <= _MOST_GROUPS else names[: _MOST_GROUPS - 1]
    rest = [entry for name in names[len(named) :] for entry in groups[name]]
    shown = {name: groups[name] for name in named} | (
        {"其他": rest} if len(named) < len(names) else {}
    )
    others = sum(due.get(name, 0) for name in names[len(named) :])
    for name, entries in shown.items():
        results = Counter(one.report.result for one in entries if one.report)
        budget, spent = _money(entries)
        expected = due.get(name, others if name == "其他" else 0)
        yield {
            "类别": kind,
            "名称": name,
            "应报": expected or "—",
            "已报": len(entries),
            **{result.name: results[result] for result in Result},
            "预算": _yuan(budget),
            "执行率": percent(Fraction(spent) / Fraction(budget)) if budget else "—",
            "差额": _yuan(_sums(entries).total),
        }


def _conclusion(season: Season, titles: Mapping[str, str]) -> str:
    reports = _reports(season)
    if not reports:
        return "还没有收到可用的报表。"
    passed = sum(report.result is Result.PASS for report in reports)
    text = f"已报的 {len(reports)} 个部门中 {passed} 个通过审核（{percent(Fraction(passed, len(reports)))}）。"
    hit = Counter(code for report in reports for code in _codes(report))
    often = sorted(hit.items(), key=lambda one: (-one[1], one[0]))[:_MOST_KINDS]
    if often:
        named = "、".join(f"{titles.get(code) or code}（{count} 个部门）" for code, count in often)
        text += f"问题主要是：{named}。"
    totals = [card.exact_total for one in season.submitted for card in one.scorecards]
    known = [total for total in totals if total is not None]
    if known:
        mean = rounded(sum(known, Fraction(0)) / len(known), 2)
        text += f"复算平均分 {mean} 分；复算分是按填报数算出的建议分，评定以财政复核为准。"
    return text


def _proposals(season: Season) -> Iterator[str]:
    """Yield what could be decided, as far as the figures speak for it."""
    results = Counter(report.result for report in _reports(season))
    until = f"于{season.bureau.return_by}前" if season.bureau.return_by else "限期"
    never = len(season.missing) - len(season.silent)
    if never:
        yield f"未报的 {never} 个部门，由归口股室催报。"
    if results[Result.RETURN]:
        yield f"退回修改的 {results[Result.RETURN]} 个部门，{until}核实更正后重报。"
    if results[Result.EXPLAIN]:
        yield f"待核实的 {results[Result.EXPLAIN]} 个部门，{until}报送情况说明。"
    if _sums(season.submitted).units:
        yield "填报培训中提醒核对金额单位（元、万元）。"
    if results[Result.PASS]:
        yield f"通过的 {results[Result.PASS]} 个部门，进入财政复核。"


def _codes(report: Report) -> set[str]:
    return {
        one.code
        for notice in asked_of(report)
        for one in notice.findings[:1]
        if one.severity is not Severity.NOTE
    }


def _by(entries: Iterable[Entry], key: Callable[[Entry], str]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(key(entry), []).append(entry)
    return groups


def _reports(season: Season) -> list[Report]:
    return [entry.report for entry in season.submitted if entry.report]


def _yuan(amount: Decimal) -> str:
    """Return an amount of 元 in 万元, with two decimals and separators."""
    return f"{rounded(amount / atoms_per('万元') * atoms_per('元'), 2):,}"
