"""汇总.xlsx of several counties: each county, its departments, rule by rule, what does not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from statistics import fmean
from typing import Any, BinaryIO

from jixiao_xlsx.output.xlsx.cells import Styled
from jixiao_xlsx.output.xlsx.page import Column, new_book
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import FIRST_ROW, ListRow, write_list_sheet
from jixiao_xlsx.season.counties import (
    County,
    DepartmentLine,
    RuleLine,
    rules_of,
    what_does_not_fit,
)
from jixiao_xlsx.values.findings import FindingState, Result

COUNTIES, DEPARTMENTS, RULES, MISFITS = "各县", "各部门", "各规则", "合并说明"
_WAN = Decimal(10000)
_STATES = {
    FindingState.OPEN: "未了结",
    FindingState.EXPLAINED: "已说明",
    FindingState.ACCEPTED: "接受说明",
    FindingState.WAIVED: "豁免",
    FindingState.STRUCK: "误报",
}
_OF_COUNTIES = (
    Column("县区（局）", 24),
    Column("评价年度", 9, "cell center"),
    Column("应报", 8, "cell int"),
    Column("已报", 8, "cell int"),
    Column("未报", 8, "cell int"),
    *(Column(one.value, 10, "cell int") for one in Result),
    Column("错误", 8, "cell int"),
    Column("警告", 8, "cell int"),
    Column("平均自评分", 10, "cell sum"),
    Column("平均评定分", 10, "cell sum"),
    Column("涉及金额（万元）", 14, "cell money"),
    Column("未报部门", 40),
)
_OF_DEPARTMENTS = (
    Column("县区（局）", 22),
    Column("部门编码", 11, "cell center"),
    Column("部门名称", 28),
    Column("归口股室", 14),
    Column("自评总分", 10, "cell sum"),
    Column("评定总分", 10, "cell sum strong"),
    Column("等级", 8, "cell center"),
    Column("县内名次", 9, "cell int"),
    Column("结果", 12, "cell center"),
    Column("错误", 8, "cell int"),
    Column("警告", 8, "cell int"),
    Column("涉及金额（万元）", 14, "cell money"),
)
_OF_RULES = (
    Column("编号", 10, "cell center"),
    Column("规则", 46),
    Column("县区数", 9, "cell int"),
    Column("部门数", 9, "cell int"),
    *(Column(title, 10, "cell int") for title in _STATES.values()),
)


def write_counties(
    target: Path | BinaryIO, counties: Sequence[County], titles: Mapping[str, str], title: str
) -> None:
    """Write the workbook; `titles` are those of rules by code. Deterministic bytes.

    Raises files.Blocked.
    """
    notes = list(what_does_not_fit(counties))
    with new_book(target, title, in_memory=False) as book:
        styles = Styles(book)
        sheets = [book.add_worksheet(name) for name in (COUNTIES, DEPARTMENTS, RULES, MISFITS)]
        remark = (
            "各县的数取自各自结果里的轮次记录。涉及金额是每个部门未了结问题中差额最大的一项之和。"
        )
        if notes:
            remark += f"有 {len(notes)} 处要留意，见“{MISFITS}”。"
        rows = [_county_row(one) for one in counties]
        rows.append(_all_row(counties))
        write_list_sheet(sheets[0], styles, title, remark, _OF_COUNTIES, rows, frozen=1)
        _chart(book, sheets[0], len(counties))
        lines = [row for one in counties for row in _department_rows(one)]
        remark = "名次只在本县内排；有未改错误的部门暂不排名。"
        write_list_sheet(sheets[1], styles, DEPARTMENTS, remark, _OF_DEPARTMENTS, lines, frozen=3)
        rules = [_rule_row(one, titles) for one in rules_of(counties)]
        remark = f"{len(rules)} 条规则发现过问题，列在前面的涉及部门最多。"
        write_list_sheet(sheets[2], styles, RULES, remark, _OF_RULES, rules, frozen=2)
        said: list[ListRow] = [[at, note] for at, note in enumerate(notes, 1)]
        remark = "合并时发现的不一致，都没有自动处理。" if notes else "没有发现不一致。"
        columns = (Column("序号", 8, "cell int"), Column("说明", 100))
        write_list_sheet(sheets[3], styles, MISFITS, remark, columns, said, frozen=1)


def _counts(counties: Sequence[County]) -> ListRow:
    """Return what is counted of some counties, from 应报 to 涉及金额."""
    departments = [line for one in counties for line in one.departments.values()]
    lines = [line for one in counties for line in one.lines]
    results = Counter(line.result for line in departments)
    due = [one.due for one in counties if one.due is not None]
    known = len(due) == len(counties)
    return [
        sum(due) if known else "—",
        len(departments),
        sum(len(one.missing) for one in counties) if known else "—",
        *(results[one.value] for one in Result),
        *_open(departments),
        _mean([line.own for line in lines]),
        _mean([line.total for line in lines]),
        _stakes(counties, departments),
    ]


def _open(departments: Sequence[DepartmentLine]) -> tuple[int, int]:
    """Return how many 错误 and 警告 are open."""
    errors, warnings = (
        (line.errors for line in departments),
        (line.warnings for line in departments),
    )
    return sum(errors), sum(warnings)


def _stakes(counties: Sequence[County], departments: Sequence[DepartmentLine]) -> Decimal | str:
    """Return the money at stake in 万元; “—” where some county does not tell."""
    gaps = (line.stake for line in departments if line.stake is not None)
    return sum(gaps, Decimal(0)) / _WAN if all(one.stakes for one in counties) else "—"


def _mean(scores: Sequence[Decimal | None]) -> float | str:
    given = [one for one in scores if one is not None]
    return round(fmean(given), 2) if given else "—"


def _county_row(one: County) -> ListRow:
    return [one.name, one.year or "—", *_counts([one]), "、".join(one.missing)]


def _all_row(counties: Sequence[County]) -> ListRow:
    columns = _OF_COUNTIES[2:]
    cells = [*_counts(counties), ""]
    total = [
        Styled(cell if not isinstance(cell, Styled) else cell.content, f"{column.traits} total")
        for column, cell in zip(columns, cells, strict=True)
    ]
    return [Styled("合计", "cell total"), Styled("", "cell total"), *total]


def _department_rows(county: County) -> list[ListRow]:
    ranks = _ranks(county.lines)
    return [
        [
            county.name,
            one.code,
            f"{one.department}·{one.item}" if one.item else one.department,
            one.office,
            one.own,
            one.total,
            one.grade,
            rank if (rank := ranks[at]) else "暂不排名",
            one.result,
            one.errors,
            one.warnings,
            None if one.stake is None else one.stake / _WAN,
        ]
        for at, one in enumerate(county.lines)
    ]


def _ranks(lines: Sequence[DepartmentLine]) -> list[int]:
    """Return the place of each line by its total, 0 for one that is not ranked."""
    totals = [None if one.errors else one.total for one in lines]
    ranked = sorted((one for one in totals if one is not None), reverse=True)
    return [0 if one is None else ranked.index(one) + 1 for one in totals]


def _rule_row(one: RuleLine, titles: Mapping[str, str]) -> ListRow:
    counts = [one.states.get(state, 0) for state in _STATES]
    return [one.code, titles.get(one.code, ""), one.counties, one.departments, *counts]


def _chart(book: Any, sheet: Any, number: int) -> None:
    """Draw the results of each county as stacked bars under the list."""
    if not number:
        return
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    last = FIRST_ROW + number - 1
    colours = ("#E15759", "#FFC000", "#70AD47")
    for column, result, colour in zip(range(5, 8), Result, colours, strict=True):
        chart.add_series(
            {
                "name": result.value,
                "categories": [COUNTIES, FIRST_ROW, 0, last, 0],
                "values": [COUNTIES, FIRST_ROW, column, last, column],
                "fill": {"color": colour},
            }
        )
    chart.set_title({"name": "各县审核结果（部门数）", "name_font": {"size": 11, "bold": False}})
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 900, "height": 120 + 28 * number})
    sheet.insert_chart(last + 3, 0, chart)
