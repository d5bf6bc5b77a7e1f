"""部门排名: the totals of every department, as typed, recomputed and reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pandas as pd

from jixiao_xlsx.output.xlsx.cells import Link, Styled
from jixiao_xlsx.output.xlsx.page import Column
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import ListRow, write_list_sheet
from jixiao_xlsx.season.rounds.compare_rounds import open_counts
from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.season import Entry, Season
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import rounded

RANKING = "部门排名"
# Column titles of the frames.
SELF_TOTAL, COMPUTED_TOTAL, COMPUTED_GRADE = "自评总分", "复算总分", "复算等级"
REVIEWED_TOTAL, FINAL_TOTAL, FINAL_GRADE = "财政复核总分", "评定总分", "评定等级"
RANK, RESULT, COMPARED = "名次", "结果", "与上次相比"
NOT_RANKED, _GAP = "暂不排名", "差异"
_NUMBERS = (SELF_TOTAL, COMPUTED_TOTAL, _GAP, REVIEWED_TOTAL, FINAL_TOTAL, "执行率")
_RESULT_COLUMNS = (
    "部门编码", "部门名称", SELF_TOTAL, COMPUTED_TOTAL, _GAP, "自评等级", COMPUTED_GRADE,
    REVIEWED_TOTAL, FINAL_TOTAL, FINAL_GRADE, "执行率",
    *(severity.label for severity in Severity),
    RESULT, "文件", "评分表", "说明", COMPARED, "次序",
)  # fmt: skip
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


def department_results(season: Season) -> pd.DataFrame:
    """Return one line per department that counts, or per project where a workbook holds several.

    Totals are in 分 with two decimals, 执行率 is a fraction. Lines are in the order of the roster,
    then of codes and names.
    """
    order = {department.name: at for at, department in enumerate(season.roster)}
    codes = {department.name: department.code for department in season.roster}
    lines = []
    for entry in season.submitted:
        report = entry.report
        assert report is not None, "Season.submitted has it"
        place = {
            "部门编码": codes.get(entry.department) or report.code,
            "次序": order.get(entry.department, len(order)),
        }
        lines += [place | _result(entry, report, card) for card in entry.scorecards]
    frame = pd.DataFrame(lines, columns=_RESULT_COLUMNS)
    for column in _NUMBERS:
        frame[column] = frame[column].astype("float64")
    return frame.sort_values(["次序", "部门编码", "部门名称", "文件"]).reset_index(drop=True)


def _result(entry: Entry, report: Report, card: Scorecard) -> dict[str, object]:
    other_sheets = {other.sheet for other in entry.scorecards} - {card.sheet}
    counts = {severity: report.count(severity, other_sheets) for severity in Severity}
    notes = (_why_not_ranked(counts[Severity.ERROR], card), entry.problem)
    return {
        "部门名称": replace(card, department=entry.department).name,
        SELF_TOTAL: _two_decimals(card.self_total),
        COMPUTED_TOTAL: _two_decimals(card.total),
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
    }


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


def ranking(results: pd.DataFrame) -> pd.DataFrame:
    """Return `results` by the total that counts (财政复核 where given, else 复算), with 名次.

    Departments with an open 错误 or without a total have no 名次 and come last.
    """
    ranked = results.copy()
    counts = (ranked[Severity.ERROR.label] == 0) & ranked[FINAL_TOTAL].notna()
    ranked[RANK] = ranked[FINAL_TOTAL].where(counts).rank(method="min", ascending=False)
    keys = [RANK, FINAL_TOTAL, "次序", "部门编码", "部门名称", "文件"]
    ascending = [key != FINAL_TOTAL for key in keys]
    return ranked.sort_values(keys, ascending=ascending, na_position="last").reset_index(drop=True)


def write_ranking(sheet: Any, styles: Styles, results: pd.DataFrame) -> None:
    """Write the sheet 部门排名."""
    reviewed = int(results[REVIEWED_TOTAL].notna().sum())
    remark = (
        f"有财政复核的按复核总分（{reviewed} 个），其余按复算总分排名（四舍五入两位小数），同分同名次；"
        f"还有未了结错误或不能评出总分的部门{NOT_RANKED}，列在最后。点“打开”看评分表。"
    )
    rows = (_row(line) for line in ranking(results).to_dict("records"))
    write_list_sheet(sheet, styles, RANKING, remark, _COLUMNS, rows, frozen=3)


def _row(line: Mapping[Any, Any]) -> ListRow:
    gap = _number(line[_GAP])
    errors, warnings = line[Severity.ERROR.label], line[Severity.WARNING.label]
    output = str(line["评分表"])
    return [
        Styled(NOT_RANKED, "cell center note") if pd.isna(line[RANK]) else int(line[RANK]),
        line["部门编码"],
        line["部门名称"],
        _number(line[SELF_TOTAL]),
        _number(line[COMPUTED_TOTAL]),
        Styled(gap, "cell gap differs" if gap and gap > 0 else "cell gap"),
        line["自评等级"],
        line[COMPUTED_GRADE],
        _number(line[REVIEWED_TOTAL]),
        line[FINAL_GRADE],
        _number(line["执行率"]),
        Styled(errors, "cell int error" if errors else "cell int"),
        Styled(warnings, "cell int warning" if warnings else "cell int"),
        line[Severity.NOTE.label],
        line[RESULT],
        line[COMPARED],
        line["说明"],
        Styled(Link(f"external:{output}", "打开"), "cell center link") if output else None,
    ]


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
