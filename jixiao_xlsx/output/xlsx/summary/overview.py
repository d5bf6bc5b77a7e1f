"""总览: the key figures of the season at a glance, with native charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.cells import CellContent, put, put_merged
from jixiao_xlsx.output.xlsx.page import row_height, set_page, set_widths
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.overview_charts import (
    CHART_ROWS,
    OVERVIEW,
    bar_chart,
    column_chart,
    doughnut_chart,
    insert_chart,
    paired_chart,
)
from jixiao_xlsx.output.xlsx.summary.ranking import COMPUTED_TOTAL, FINAL_GRADE, SELF_TOTAL
from jixiao_xlsx.values.findings import Result
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.season import FileStatus, Season
from jixiao_xlsx.values.severity import Severity

_COLUMNS, _WIDTH = 12, 8.0
_MOST_RULES = 10
_CHARTS = 10  # the first row of the charts


def level_averages(cards: Iterable[Scorecard]) -> pd.DataFrame:
    """Return the average 得分率 (score ÷ weight) per 一级指标, 自评 and 复算.

    Only indicators that have both scores count.
    """
    lines = [
        (one.level1, float(one.weight), float(one.self_score), float(one.score))
        for card in cards
        for one in card.indicators
        if one.score is not None and one.self_score is not None
    ]
    frame = pd.DataFrame(lines, columns=["一级指标", "权重", "自评", "复算"])
    sums = frame.groupby("一级指标", sort=False).sum()
    sums = sums[sums["权重"] > 0]
    return pd.DataFrame({"自评": sums["自评"] / sums["权重"], "复算": sums["复算"] / sums["权重"]})


def write_overview(
    book: Any,
    sheet: Any,
    styles: Styles,
    season: Season,
    results: pd.DataFrame,
    levels: pd.DataFrame,
    hits: pd.DataFrame,
    template: Template,
) -> None:
    """Write the sheet 总览."""
    set_widths(sheet, [_WIDTH] * _COLUMNS)
    _write_heading(sheet, styles, season, template)
    _write_cards(sheet, styles, 3, _cards(season, results))
    write = partial(_write_table, sheet, styles)
    top = _CHARTS + 2 * CHART_ROWS + 1
    grades, states = _grades(results, template), _states(season)
    rates = list(levels.itertuples(name=None))
    left, middle, right = ((0, 1), (2, 3)), ((4, 5), (6, 7)), ((8, 9), (10, 10), (11, 11))
    ends = (
        write(top, "等级分布", left, (FINAL_GRADE, "部门数"), grades),
        write(top, "报送与结果", middle, ("状态", "部门数"), states),
        write(top, "平均得分率", right, ("一级指标", "自评", "复算"), rates, "percent"),
    )
    common = max(ends) + 1
    rules = _most_hit(hits)
    wide = ((0, 7), (8, 9), (10, 10), (11, 11))
    end = write(common, "最常见的问题", wide, ("规则", "级别", "部门数", "问题数"), rules)
    if not rules:
        put_merged(sheet, (end, 0, end, _COLUMNS - 1), "没有错误和警告。", styles["cell good"])
    first = top + 2
    charts = (
        column_chart(book, "等级分布", (first, 0, len(grades)), 2),
        doughnut_chart(book, "报送与结果", (first, 4, len(states)), 6),
        paired_chart(book, "平均得分率：自评与复算", (first, 8, len(levels)), (10, 11)),
        bar_chart(book, "最常见的问题（部门数）", (common + 2, 0, len(rules)), 10),
    )
    for at, chart in enumerate(charts):
        insert_chart(sheet, _CHARTS + at // 2 * CHART_ROWS, at % 2 * 6, chart)
    set_page(sheet, portrait=True, footer=f"{template.title}　{OVERVIEW}")


def _write_heading(sheet: Any, styles: Styles, season: Season, template: Template) -> None:
    year = f"{season.year}年度" if season.year else ""
    put_merged(sheet, (0, 0, 0, _COLUMNS - 1), f"{year}{template.title}汇总", styles["title"])
    sheet.set_row(0, 32)
    bureau = "　".join(part for part in (season.bureau.name, season.bureau.office) if part)
    made = f"收到文件 {len(season.entries)} 个　分数满分 100"
    put_merged(
        sheet,
        (1, 0, 1, _COLUMNS - 1),
        "　".join(part for part in (bureau, made) if part),
        styles["remark center"],
    )
    sheet.set_row(1, 18)


def _cards(season: Season, results: pd.DataFrame) -> list[tuple[str, CellContent, str]]:
    """Return label, figure and traits of each key figure."""
    due = len(season.roster) or None
    not_counted = sum(entry.status is not FileStatus.SUBMITTED for entry in season.entries)
    reports = [entry.report for entry in season.submitted if entry.report]

    def count(result: Result) -> int:
        return sum(report.result is result for report in reports)

    def mean(column: str) -> float | str:
        return "—" if results[column].isna().all() else round(float(results[column].mean()), 2)

    return [
        ("应报部门", "无名册" if due is None else due, "int"),
        ("已报", len(reports), "int"),
        (
            "未报",
            "—" if due is None else len(season.missing),
            "int error" if season.missing else "int",
        ),
        (Result.PASS.value, count(Result.PASS), "int good"),
        *(
            (result.value, count(result), f"int {traits}" if count(result) else "int")
            for result, traits in ((Result.EXPLAIN, "warning"), (Result.RETURN, "error"))
        ),
        ("未计入的文件", not_counted, "int"),
        *(
            (
                f"{severity.label}（条）",
                sum(report.count(severity) for report in reports),
                f"int {severity.value}",
            )
            for severity in Severity
        ),
        ("平均自评分", mean(SELF_TOTAL), "sum"),
        ("平均复算分", mean(COMPUTED_TOTAL), "sum"),
    ]


def _write_cards(
    sheet: Any, styles: Styles, top: int, cards: Sequence[tuple[str, CellContent, str]]
) -> None:
    """Write six key figures to a line, each a label over a figure."""
    for at, (label, content, traits) in enumerate(cards):
        row, column = top + at // 6 * 3, at % 6 * 2
        put_merged(sheet, (row, column, row, column + 1), label, styles["head"])
        put_merged(
            sheet,
            (row + 1, column, row + 1, column + 1),
            content,
            styles[f"cell {traits} center big"],
        )
        sheet.set_row(row, 18)
        sheet.set_row(row + 1, 32)
    sheet.set_row(top + 2, 6)


def _grades(results: pd.DataFrame, template: Template) -> list[tuple[str, int]]:
    counts = results[FINAL_GRADE].value_counts()
    lines = [(grade.name, int(counts.get(grade.name, 0))) for grade in template.grades]
    return [*lines, ("未评出", int((results[FINAL_GRADE] == "").sum()))]


def _states(season: Season) -> list[tuple[str, int]]:
    counts = Counter(entry.report.result for entry in season.submitted if entry.report)
    lines = [(f"已报·{result.value}", counts[result]) for result in reversed(Result)]
    return [*lines, (FileStatus.MISSING.value, len(season.missing))]


def _most_hit(hits: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return the rules that hit most departments; 提示 are no faults."""
    faults = hits[(hits["问题数"] > 0) & (hits["级别"] != Severity.NOTE.label)]
    return [
        (f"{row.编号} {row.规则}", row.级别, row.部门数, row.问题数)
        for row in faults.head(_MOST_RULES).itertuples()
    ]


def _write_table(
    sheet: Any,
    styles: Styles,
    top: int,
    caption: str,
    spans: Sequence[tuple[int, int]],
    titles: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    kind: str = "int",
) -> int:
    """Write a small table whose columns span grid columns; return the row after it."""
    put(sheet, top, spans[0][0], caption, styles["section"])
    sheet.set_row(top, 22)
    for (left, right), title in zip(spans, titles, strict=True):
        put_merged(sheet, (top + 1, left, top + 1, right), title, styles["head"])
    for at, row in enumerate(rows, top + 2):
        for (left, right), content in zip(spans, row, strict=True):
            traits = "cell" if left == spans[0][0] else f"cell {kind}"
            put_merged(sheet, (at, left, at, right), content, styles[traits])
        first = (str(row[0]), (spans[0][1] - spans[0][0] + 1) * _WIDTH)
        sheet.set_row(at, row_height([first], least=18))
    return top + 2 + len(rows)
