"""总览: the key figures of the season at a glance, with native charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.cells import CellContent, put, put_merged
from jixiao_xlsx.output.xlsx.page import row_height, set_page, set_widths
from jixiao_xlsx.output.xlsx.styles import HEI, SONG, Styles
from jixiao_xlsx.output.xlsx.summary.ranking import COMPUTED_TOTAL, FINAL_GRADE, SELF_TOTAL
from jixiao_xlsx.values.answers import Batch, FileStatus
from jixiao_xlsx.values.findings import Result, Severity
from jixiao_xlsx.values.scores import Scorecard

OVERVIEW = "总览"
_COLUMNS, _WIDTH = 12, 8.0
_CHART_ROWS, _ROW_PIXELS, _CHART_WIDTH = 12, 20, 364
_TOP = 10
_GREEN, _BLUE, _YELLOW, _RED, _GREY = "#70AD47", "#5B9BD5", "#FFC000", "#E15759", "#A6A6A6"
_PALETTE = (_GREEN, _BLUE, _YELLOW, _RED)
_Span = tuple[int, int]  # first and last column


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
    batch: Batch,
    results: pd.DataFrame,
    levels: pd.DataFrame,
    rules: pd.DataFrame,
    template: Template,
) -> None:
    """Write the sheet 总览."""
    set_widths(sheet, [_WIDTH] * _COLUMNS)
    _write_heading(sheet, styles, batch, template)
    _write_cards(sheet, styles, 3, _cards(batch, results))
    charts = 10
    tables = charts + 2 * _CHART_ROWS + 1
    grades, states = _grades(results, template), _states(batch)
    left, middle, right = ((0, 1), (2, 3)), ((4, 5), (6, 7)), ((8, 9), (10, 10), (11, 11))
    ends = [
        _write_table(
            sheet, styles, tables, "等级分布", left, (FINAL_GRADE, "部门数"), grades, "int"
        ),
        _write_table(
            sheet, styles, tables, "报送与结果", middle, ("状态", "部门数"), states, "int"
        ),
        _write_table(
            sheet,
            styles,
            tables,
            "平均得分率",
            right,
            ("一级指标", "自评", "复算"),
            list(levels.itertuples(name=None)),
            "percent",
        ),
    ]
    top = [
        (f"{row.编号} {row.规则}", row.级别, row.部门数, row.问题数)
        for row in _most_hit(rules).itertuples()
    ]
    common = max(ends) + 1
    wide = ((0, 7), (8, 9), (10, 10), (11, 11))
    end = _write_table(
        sheet,
        styles,
        common,
        "最常见的问题",
        wide,
        ("规则", "级别", "部门数", "问题数"),
        top,
        "int",
    )
    if not top:
        put_merged(sheet, (end, 0, end, _COLUMNS - 1), "没有错误和警告。", styles["cell good"])
    first = tables + 2
    _insert(book, sheet, charts, 0, _column(book, "等级分布", (first, 0, len(grades)), 2))
    _insert(book, sheet, charts, 6, _doughnut(book, "报送与结果", (first, 4, len(states)), 6))
    _insert(
        book,
        sheet,
        charts + _CHART_ROWS,
        0,
        _pair(book, "平均得分率：自评与复算", (first, 8, len(levels)), (10, 11)),
    )
    _insert(
        book,
        sheet,
        charts + _CHART_ROWS,
        6,
        _bars(book, "最常见的问题（部门数）", (common + 2, 0, len(top)), 10),
    )
    set_page(sheet, portrait=True, footer=f"{template.title}　{OVERVIEW}")


def _write_heading(sheet: Any, styles: Styles, batch: Batch, template: Template) -> None:
    year = f"{batch.year}年度" if batch.year else ""
    put_merged(sheet, (0, 0, 0, _COLUMNS - 1), f"{year}{template.title}汇总", styles["title"])
    sheet.set_row(0, 32)
    bureau = "　".join(part for part in (batch.bureau.name, batch.bureau.office) if part)
    made = f"表单 {batch.template_id} {batch.template_version}　收到文件 {len(batch.answers)} 个　分数满分 100"
    put_merged(
        sheet,
        (1, 0, 1, _COLUMNS - 1),
        "　".join(part for part in (bureau, made) if part),
        styles["remark center"],
    )
    sheet.set_row(1, 18)


def _cards(batch: Batch, results: pd.DataFrame) -> list[tuple[str, CellContent, str]]:
    """Label, figure, traits."""
    due = len(batch.roster) or None
    not_counted = sum(answer.status is not FileStatus.SUBMITTED for answer in batch.answers)
    reports = [answer.report for answer in batch.submitted if answer.report]
    errors = sum(report.count(Severity.ERROR) > 0 for report in reports)

    def count(result: Result) -> int:
        return sum(report.result is result for report in reports)

    def mean(column: str) -> float | str:
        return "—" if results[column].isna().all() else round(float(results[column].mean()), 2)

    return [
        ("应报部门", "无名册" if due is None else due, "int"),
        ("已报", len(reports), "int"),
        (
            "未报",
            "—" if due is None else len(batch.missing),
            "int error" if batch.missing else "int",
        ),
        ("通过", count(Result.PASS), "int good"),
        ("退回", count(Result.RETURN), "int warning" if count(Result.RETURN) else "int"),
        ("未计入的文件", not_counted, "int"),
        *(
            (
                f"{severity.label}（条）",
                sum(report.count(severity) for report in reports),
                f"int {severity.value}",
            )
            for severity in Severity
        ),
        ("有错误的部门", errors, "int"),
        ("平均自评分", mean(SELF_TOTAL), "sum"),
        ("平均复算分", mean(COMPUTED_TOTAL), "sum"),
    ]


def _write_cards(
    sheet: Any, styles: Styles, top: int, cards: Sequence[tuple[str, CellContent, str]]
) -> None:
    """Six to a line, a label over a figure."""
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


def _states(batch: Batch) -> list[tuple[str, int]]:
    counts = Counter(answer.report.result for answer in batch.submitted if answer.report)
    lines = [(f"已报·{result.value}", counts[result]) for result in (Result.PASS, Result.RETURN)]
    return [*lines, (FileStatus.MISSING.value, len(batch.missing))]


def _most_hit(rules: pd.DataFrame) -> pd.DataFrame:
    """The rules of most departments; 提示 are no faults."""
    return rules[(rules["问题数"] > 0) & (rules["级别"] != Severity.NOTE.label)].head(_TOP)


def _write_table(
    sheet: Any,
    styles: Styles,
    top: int,
    caption: str,
    spans: Sequence[_Span],
    titles: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    kind: str,
) -> int:
    """A small table whose columns span grid columns; returns the row after it."""
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


# ------------------------------------------------------------------------------------------- charts

_Area = tuple[int, int, int]  # first row, column of the categories, number of rows


def _series(area: _Area, column: int) -> dict[str, object]:
    first, categories, count = area
    last = first + max(count, 1) - 1
    return {
        "categories": [OVERVIEW, first, categories, last, categories],
        "values": [OVERVIEW, first, column, last, column],
    }


def _chart(book: Any, kind: str, title: str, subtype: str = "") -> Any:
    chart = book.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})
    chart.set_title(
        {"name": title, "name_font": {"name": HEI, "size": 11, "bold": False}, "overlay": False}
    )
    chart.set_chartarea({"border": {"color": "#BFBFBF"}})
    return chart


_FONT = {"name": SONG, "size": 9}
_LABELS = {"value": True, "font": _FONT}
_WHOLE = {
    "num_font": _FONT,
    "major_gridlines": {"visible": True, "line": {"color": "#E7E6E6"}},
    "num_format": "0",
    "min": 0,
}


def _column(book: Any, title: str, area: _Area, column: int) -> Any:
    chart = _chart(book, "column", title)
    colours = [*_PALETTE[: area[2] - 1], _GREY] if area[2] <= len(_PALETTE) + 1 else []
    points = [{"fill": {"color": colour}} for colour in colours]
    chart.add_series({**_series(area, column), "points": points, "data_labels": _LABELS, "gap": 80})
    chart.set_legend({"none": True})
    chart.set_x_axis({"num_font": _FONT})
    chart.set_y_axis({**_WHOLE, "visible": False, "major_gridlines": {"visible": False}})
    return chart


def _doughnut(book: Any, title: str, area: _Area, column: int) -> Any:
    chart = _chart(book, "doughnut", title)
    points = [{"fill": {"color": colour}} for colour in (_GREEN, _YELLOW, _RED)]
    chart.add_series(
        {
            **_series(area, column),
            "points": points,
            "data_labels": {**_LABELS, "leader_lines": False},
        }
    )
    chart.set_legend({"position": "right", "font": _FONT})
    chart.set_hole_size(55)
    return chart


def _pair(book: Any, title: str, area: _Area, columns: tuple[int, int]) -> Any:
    chart = _chart(book, "column", title)
    for column, name, colour in zip(columns, ("自评", "复算"), (_GREY, _BLUE), strict=True):
        labels = {**_LABELS, "num_format": "0.0%"}
        chart.add_series(
            {
                **_series(area, column),
                "name": name,
                "fill": {"color": colour},
                "data_labels": labels,
                "gap": 80,
            }
        )
    chart.set_legend({"position": "bottom", "font": _FONT})
    chart.set_x_axis({"num_font": _FONT})
    chart.set_y_axis(
        {"visible": False, "major_gridlines": {"visible": False}, "num_format": "0%", "min": 0}
    )
    return chart


def _bars(book: Any, title: str, area: _Area, column: int) -> Any:
    chart = _chart(book, "bar", title)
    chart.add_series(
        {**_series(area, column), "fill": {"color": _RED}, "data_labels": _LABELS, "gap": 40}
    )
    chart.set_legend({"none": True})
    chart.set_y_axis({"num_font": {"name": SONG, "size": 8}, "reverse": True})
    chart.set_x_axis({**_WHOLE, "visible": False, "major_gridlines": {"visible": False}})
    return chart


def _insert(book: Any, sheet: Any, row: int, column: int, chart: Any) -> None:
    chart.set_size({"width": _CHART_WIDTH, "height": _CHART_ROWS * _ROW_PIXELS - 6})
    sheet.insert_chart(row, column, chart, {"object_position": 1})
