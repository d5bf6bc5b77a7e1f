"""部门排名: the totals of every department, as typed, recomputed and reviewed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from jixiao_xlsx.output.xlsx.cells import Link, Styled
from jixiao_xlsx.output.xlsx.page import Column
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import ListRow, Printed, write_list_sheet
from jixiao_xlsx.season.rounds.compare_rounds import open_counts
from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.season import Entry, Season, YearScore
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import rounded

RANKING = "部门排名"
# Titles of what is known of a line.
SELF_TOTAL, COMPUTED_TOTAL, COMPUTED_GRADE = "自评总分", "复算总分", "复算等级"
REVIEWED_TOTAL, FINAL_TOTAL, FINAL_GRADE = "财政复核总分", "评定总分", "评定等级"
RANK, RESULT, COMPARED = "名次", "结果", "与上次相比"
NOT_RANKED = "暂不排名"
_GAP = "差异"
_ON_A_PAGE = 45
YEARS, _CHANGE = "历年评定总分", "较上年"
# What is known of one line, by the titles above and those of 部门排名.
ResultLine = Mapping[str, Any]
_COLUMNS = (
    Column(RANK, 10, "cell int"),
    Column("部门编码", 11, "cell center"),
    Column("部门名称", 28),
    Column(SELF_TOTAL, 10, "cell sum"),
    Column(COMPUTED_TOTAL, 10, "cell sum"),
    Column("差异（自评−复算）", 11, "cell gap"),
    Column("自评等级", 9, "cell center"),
    Column(COMPUTED_GRADE, 9, "cell center"),
    Column(REVIEWED_TOTAL, 10, "cell sum strong"),
    Column(FINAL_GRADE, 9, "cell center strong"),
    Column("预算执行率", 11, "cell percent"),
    *(Column(severity.label, 7, "cell int") for severity in Severity),
    Column(RESULT, 11, "cell center"),
    Column(COMPARED, 38, "cell center"),
    Column("说明", 24),
    Column("评分表", 9, "cell center"),
)

_OF_YEARS = (Column(YEARS, 34), Column(_CHANGE, 9, "cell gap"))


def department_results(season: Season) -> list[ResultLine]:
    """Return one line per department that counts, or per project where a workbook holds several.

    Totals are in 分 with two decimals, 执行率 is a fraction. Lines are in the order of the roster,
    then of codes and names.
    """
    order = {department.name: at for at, department in enumerate(season.roster)}
    codes = {department.name: department.code for department in season.roster}
    lines: list[ResultLine] = []
    for entry in season.submitted:
        report = entry.report
        assert report is not None, "Season.submitted has it"
        place = {
            "部门编码": codes.get(entry.department) or report.code,
            "次序": order.get(entry.department, len(order)),
        }
        lines += [place | _result(entry, report, card) for card in entry.scorecards]
    return sorted(lines, key=_in_roster)


def _in_roster(line: ResultLine) -> tuple[Any, ...]:
    return line["次序"], line["部门编码"], line["部门名称"], line["文件"]


def _result(entry: Entry, report: Report, card: Scorecard) -> dict[str, object]:
    other_sheets = {other.sheet for other in entry.scorecards} - {card.sheet}
    counts = {severity: report.count(severity, other_sheets) for severity in Severity}
    notes = (_why_not_ranked(counts[Severity.ERROR], card), entry.problem)
    return {
        "部门名称": replace(card, department=entry.department).name,
        SELF_TOTAL: _two_decimals(card.self_total),
        COMPUTED_TOTAL: _two_decimals(card.exact_total),
        _GAP: None if card.gap is None else float(card.gap),
        "自评等级": card.self_grade,
        COMPUTED_GRADE: card.grade,
        REVIEWED_TOTAL: _two_decimals(card.review.total if card.review else None),
        FINAL_TOTAL: _two_decimals(card.final[0]),
        FINAL_GRADE: card.final[1],
        "执行率": None if card.execution.rate is None else float(card.execution.rate),
        **{severity.label: count for severity, count in counts.items()},
        RESULT: report.result.value,
        "文件": entry.file,
        "评分表": entry.output,
        "说明": "；".join(text for text in notes if text),
        COMPARED: _compared(report),
        YEARS: _years(entry.years, card.item),
        _CHANGE: _change(entry.years, card),
    }


def _years(years: Sequence[YearScore], item: str) -> str:
    """Return the totals of earlier years in one line."""
    mine = [one for one in years if one.item == item]
    return "，".join(
        f"{one.year}年 {'—' if one.total is None else one.total}{one.grade and ' ' + one.grade}"
        for one in mine
    )


def _change(years: Sequence[YearScore], card: Scorecard) -> float | None:
    """Return the total less that of the last year before, where both are known."""
    before = [one.total for one in years if one.item == card.item][-1:]
    total = card.final[0]
    if total is None or not before or before[0] is None:
        return None
    return float(rounded(total, 2) - before[0])


def _two_decimals(value: Fraction | None) -> float | None:
    return None if value is None else float(rounded(value, 2))


def _why_not_ranked(errors: int, card: Scorecard) -> str:
    incomplete = card.incomplete
    if incomplete and card.final[0] is None:
        incomplete = f"不能评出总分：{incomplete}"
    open_errors = f"有 {errors} 条错误未了结，{NOT_RANKED}" if errors else ""
    return "；".join(text for text in (open_errors, incomplete) if text)


def _compared(report: Report) -> str:
    """Return what became of the findings of the round before; "" in the first."""
    if report.round <= 1:
        return ""
    mended, kept, fresh = open_counts(report)
    more = f"\n另有 {len(report.changes)} 处改动" if report.changes else ""
    return f"第 {report.round} 次：已改正 {mended}，未改正 {kept}，新出现 {fresh}{more}"


def ranking(results: Sequence[ResultLine]) -> list[ResultLine]:
    """Return `results` by the total that counts (财政复核 where given, else 复算), with 名次.

    Departments with an open 错误 or without a total have no 名次 and come last.
    """
    totals = sorted(-line[FINAL_TOTAL] for line in results if _is_ranked(line))
    ranked = [
        line | {RANK: bisect_left(totals, -line[FINAL_TOTAL]) + 1 if _is_ranked(line) else None}
        for line in map(dict, results)
    ]
    return sorted(ranked, key=_by_rank)


def _is_ranked(line: ResultLine) -> bool:
    return not line[Severity.ERROR.label] and line[FINAL_TOTAL] is not None


def _by_rank(line: ResultLine) -> tuple[Any, ...]:
    rank, total = line[RANK], line[FINAL_TOTAL]
    return rank is None, rank or 0, total is None, -(total or 0), *_in_roster(line)


def write_ranking(sheet: Any, styles: Styles, results: Sequence[ResultLine]) -> None:
    """Write the sheet 部门排名."""
    reviewed = sum(line[REVIEWED_TOTAL] is not None for line in results)
    remark = (
        f"有财政复核的按复核总分（{reviewed} 个），其余按复算总分排名（四舍五入两位小数），同分同名次；"
        f"还有未了结错误或不能评出总分的部门{NOT_RANKED}，列在最后。点“打开”看评分表。"
    )
    ranked = ranking(results)
    rows = [_row(line) for line in ranked]
    columns = _COLUMNS
    if any(line[YEARS] for line in ranked):  # a column only where last year's season was given
        columns = (*_COLUMNS, *_OF_YEARS)
        more = ([line[YEARS], Styled(line[_CHANGE], "cell gap")] for line in ranked)
        rows = [[*row, *cells] for row, cells in zip(rows, more, strict=True)]
    printed = Printed(on_a_page=_ON_A_PAGE)
    write_list_sheet(sheet, styles, RANKING, remark, columns, rows, frozen=3, printed=printed)


def _row(line: ResultLine) -> ListRow:
    gap = line[_GAP]
    errors, warnings = line[Severity.ERROR.label], line[Severity.WARNING.label]
    output = str(line["评分表"])
    return [
        Styled(NOT_RANKED, "cell center note") if line[RANK] is None else line[RANK],
        line["部门编码"],
        line["部门名称"],
        line[SELF_TOTAL],
        line[COMPUTED_TOTAL],
        Styled(gap, "cell gap differs" if gap and gap > 0 else "cell gap"),
        line["自评等级"],
        line[COMPUTED_GRADE],
        line[REVIEWED_TOTAL],
        line[FINAL_GRADE],
        line["执行率"],
        Styled(errors, "cell int error" if errors else "cell int"),
        Styled(warnings, "cell int warning" if warnings else "cell int"),
        line[Severity.NOTE.label],
        line[RESULT],
        line[COMPARED],
        line["说明"],
        Styled(Link(f"external:{output}", "打开"), "cell center link") if output else None,
    ]
