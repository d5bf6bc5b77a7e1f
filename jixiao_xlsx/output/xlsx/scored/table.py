"""绩效评价表: the official table with 自评分, 复算分 and the reviewer's own 财政复核分 side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from jixiao_xlsx.form.spec import TableSpec, Template
from jixiao_xlsx.output.xlsx.cells import CellContent, Link, Live, put, put_merged
from jixiao_xlsx.output.xlsx.page import row_height, set_page, set_widths
from jixiao_xlsx.output.xlsx.scored.form import (
    ACTUAL,
    DEVIATION,
    GAP,
    LAST,
    LEVEL1,
    LEVEL2,
    NAME,
    OPINIONS,
    RATE,
    SCORE,
    SCORES,
    SELF,
    TARGET,
    WEIGHT,
    WHY,
    WIDTHS,
    Lines,
    gap,
    write_review,
)
from jixiao_xlsx.output.xlsx.scored.funds import content_of
from jixiao_xlsx.output.xlsx.scored.notes import NONE, ScoreRefs
from jixiao_xlsx.output.xlsx.scored.totals import write_totals
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.season.review_marks import REASON_TITLE, SCORE_TITLE
from jixiao_xlsx.values.cells import Place, Row, Submission
from jixiao_xlsx.values.findings import Severity
from jixiao_xlsx.values.number_text import plain
from jixiao_xlsx.values.scores import IndicatorScore, Method, Scorecard

PLAN_LABEL = "年度计划完成情况"
Numbers = Mapping[Place, Sequence[tuple[int, str]]]


def write_table(
    sheet: Any,
    styles: Styles,
    submission: Submission,
    card: Scorecard,
    template: Template,
    refs: ScoreRefs,
    marks: Mapping[Place, Severity],
    numbers: Numbers,
) -> dict[Place, str]:
    """Fill the sheet 绩效评价表; returns where it shows each cell of the file."""
    set_widths(sheet, WIDTHS)
    _write_heading(sheet, styles, submission, card, template)
    links: dict[Place, str] = {}
    head = _write_plan(sheet, styles, submission, template, marks, links)
    _write_titles(sheet, styles, head, template)
    lines = Lines(head + 2, head + 1 + max(len(card.indicators), 1))
    for number, one in enumerate(card.indicators):
        _write_indicator(
            sheet, styles, lines.first + number, one, refs.indicators[number], marks, numbers
        )
        links |= dict.fromkeys(
            one.places.values(), f"internal:'{sheet.get_name()}'!C{lines.first + number}"
        )
    if not card.indicators:
        put_merged(
            sheet,
            (head + 1, 0, head + 1, LAST),
            "报送的文件里没有读到指标。",
            styles["cell warning"],
        )
    _merge_levels(sheet, styles, lines, card.indicators)
    total = _total_places(submission, template)
    links |= dict.fromkeys(total.values(), f"internal:'{sheet.get_name()}'!A{lines.sum}")
    links |= _typed_links(sheet, submission, template)
    write_totals(
        sheet,
        styles,
        lines,
        card,
        template,
        refs,
        {key: marks[place] for key, place in total.items() if place in marks},
    )
    _write_signatures(
        sheet, styles, _write_reminders(sheet, styles, lines.total + 1, card), template
    )
    _finish(sheet, head, card)
    return links


# ---------------------------------------------------------------------------------------------------------- heading


def _write_heading(
    sheet: Any, styles: Styles, submission: Submission, card: Scorecard, template: Template
) -> None:
    spec = template.table.get(template.indicator_table)
    year = "" if submission.year is None else str(submission.year)
    own = (
        spec.heading if spec and not spec.caption else "{year}年度" + template.title
    )  # a caption is no title
    heading = own.replace("{year}年度", f"{year}年度" if year else "")
    put_merged(
        sheet, (0, 0, 0, LAST), heading.replace("{department}", card.department), styles["title"]
    )
    sheet.set_row(0, 32)
    role = template.roles.get("department")
    put_merged(sheet, (1, 0, 1, 1), role.row if role else "部门名称", styles["head"])
    put_merged(sheet, (1, 2, 1, WEIGHT), card.name, styles["cell strong"])
    put_merged(sheet, (1, TARGET, 1, RATE), "部门填报", styles["head"])
    put_merged(sheet, (1, SELF, 1, LAST), _typed(card), styles["cell"])
    sheet.set_row(1, 24)


def _typed_links(sheet: Any, submission: Submission, template: Template) -> dict[Place, str]:
    """The self-reported total and grade stand in the heading."""
    refs = [ref for name, ref in template.roles.items() if name in {"self_total", "self_grade"}]
    cells = [submission.cell(ref.table, ref.row, ref.column) for ref in refs]
    return {cell.place: f"internal:'{sheet.get_name()}'!H2" for cell in cells if cell}


def _total_places(submission: Submission, template: Template) -> dict[str, Place]:
    """The cells of the submitted 合计 row by what they hold: weight, score."""
    table = submission.get(template.indicator_table)
    if table is None or table.total is None:
        return {}
    cells = {key: table.total.get(title) for key, title in template.indicator_columns.items()}
    return {key: cell.place for key, cell in cells.items() if cell}


def _typed(card: Scorecard) -> str:
    """What the department itself says of its scores."""
    parts = (("指标得分合计", card.self_sum), ("自评总分", card.self_total))
    said = [f"{name} {'未填' if value is None else plain(value)}" for name, value in parts]
    return "，".join([*said, f"自评等级 {card.self_grade or '未填'}"])


def _write_plan(
    sheet: Any,
    styles: Styles,
    submission: Submission,
    template: Template,
    marks: Mapping[Place, Severity],
    links: dict[Place, str],
) -> int:
    """The 年度计划完成情况 block; returns the row after it, counted from 0."""
    spec = template.table.get(template.plan.get("table", ""))
    if spec is None:
        return 2
    table = submission.get(spec.name)
    areas = _spans(WIDTHS[1:], [column.width for column in spec.columns])
    for (left, right), column in zip(areas, spec.columns, strict=True):
        put_merged(
            sheet, (2, left, 2, right), _with_unit(column.title, spec, column.type), styles["head"]
        )
    sheet.set_row(2, 22)
    rows = table.rows if table else ()
    for at, row in enumerate(rows, 3):
        _write_plan_row(sheet, styles, at, row, spec, areas, marks)
        links |= {
            cell.place: f"internal:'{sheet.get_name()}'!B{at + 1}" for cell in row.cells.values()
        }
    end = 3 + len(rows)
    if not rows:
        put_merged(
            sheet, (3, 1, 3, LAST), f"报送的文件里没有读到《{spec.name}》。", styles["cell warning"]
        )
        end = 4
    put_merged(sheet, (2, 0, end - 1, 0), PLAN_LABEL, styles["head"])
    return end


def _with_unit(title: str, spec: TableSpec, kind: str) -> str:
    return f"{title}（{spec.unit}）" if kind == "money" and not title.endswith("）") else title


def _write_plan_row(
    sheet: Any,
    styles: Styles,
    at: int,
    row: Row,
    spec: TableSpec,
    areas: Sequence[tuple[int, int]],
    marks: Mapping[Place, Severity],
) -> None:
    measured: list[tuple[CellContent, float]] = []
    for (left, right), column in zip(areas, spec.columns, strict=True):
        cell = row.get(column.title)
        content = content_of(cell)
        kind = " money" if column.type == "money" and not isinstance(content, str) else ""
        mark = f" {marks[cell.place].value}" if cell and cell.place in marks else ""
        put_merged(sheet, (at, left, at, right), content, styles[f"cell{kind}{mark}"])
        measured.append(
            (content if isinstance(content, str) else None, sum(WIDTHS[left : right + 1]))
        )
    sheet.set_row(at, row_height(measured))


def _spans(grid: Sequence[float], wanted: Sequence[float]) -> list[tuple[int, int]]:
    """Share the grid columns (the first of them is column 1) among the wanted widths, at least one each, in order."""
    scale, edges, done, so_far = sum(grid) / sum(wanted), [0], 0.0, 0.0
    for index, width in enumerate(wanted[:-1], 1):
        so_far += width * scale
        at = edges[-1] + 1
        done = sum(grid[:at])
        while at < len(grid) - (len(wanted) - index) and done + grid[at] / 2 < so_far:
            done += grid[at]
            at += 1
        edges.append(at)
    return [(left + 1, right) for left, right in pairwise([*edges, len(grid)])]


# ------------------------------------------------------------------------------------------------------- indicators


USUAL = {  # for a form that has no such column
    "level1": "一级指标",
    "level2": "二级指标",
    "name": "三级指标",
    "weight": "权重",
    "target": "目标值",
    "actual": "实际值",
    "rate": "完成率",
}


def _write_titles(sheet: Any, styles: Styles, at: int, template: Template) -> None:
    columns = template.indicator_columns
    titles = [columns.get(key, usual) for key, usual in USUAL.items()]
    titles += [
        "自评分",
        "复算分",
        "差异（自评−复算）",
        SCORE_TITLE,
        REASON_TITLE,
        columns.get("deviation", ""),
        "核对意见序号",
    ]
    for column, title in enumerate(titles):
        put(sheet, at, column, title, styles["head"])
    sheet.set_row(
        at,
        row_height([(title, width) for title, width in zip(titles, WIDTHS, strict=True)], least=30),
    )


def _write_indicator(
    sheet: Any,
    styles: Styles,
    row: int,
    one: IndicatorScore,
    ref: str,
    marks: Mapping[Place, Severity],
    numbers: Numbers,
) -> None:
    def style(traits: str, *keys: str) -> Any:
        found = [marks[place] for key in keys if (place := one.places.get(key)) and place in marks]
        return styles[f"{traits} {min(found, key=lambda s: s.rank).value}" if found else traits]

    at = row - 1
    differs = (
        " differs"
        if one.self_score is not None and one.score is not None and one.self_score != one.score
        else ""
    )
    put(sheet, at, NAME, one.name, style("cell", "name", "direction"))
    put(sheet, at, WEIGHT, one.weight, style("cell weight", "weight"))
    put(sheet, at, TARGET, one.target_text, style("cell center", "target"))
    put(sheet, at, ACTUAL, one.actual_text, style("cell center", "actual"))
    put(sheet, at, RATE, one.rate_text, style("cell center", "rate"))
    put(sheet, at, SELF, one.self_score, style("cell score", "score"))
    put(sheet, at, SCORE, _recomputed(one, ref), styles[f"cell score strong{differs}"])
    put(sheet, at, GAP, gap(row, one.self_score, one.score), styles[f"cell gap{differs}"])
    write_review(sheet, styles, row, one)
    put(sheet, at, DEVIATION, one.deviation_text, style("cell", "deviation"))
    _write_numbers(sheet, styles, at, one, numbers)
    why = one.reviewed.reason if one.reviewed else ""
    texts = (
        (one.name, NAME),
        (why, WHY),
        (one.target_text, TARGET),
        (one.actual_text, ACTUAL),
        (one.deviation_text, DEVIATION),
    )
    levels = ((one.level1, LEVEL1), (one.level2, LEVEL2))
    sheet.set_row(
        at, row_height([(text, WIDTHS[column]) for text, column in (*texts, *levels)], least=24)
    )


def _recomputed(one: IndicatorScore, ref: str) -> CellContent:
    if one.score is None:
        return "不适用" if one.method is Method.NOT_APPLICABLE else NONE
    return Live(f"={ref}", float(one.score))


def _write_numbers(
    sheet: Any, styles: Styles, at: int, one: IndicatorScore, numbers: Numbers
) -> None:
    """The 序号 of this row's findings, leading to the first of them."""
    found = sorted({entry for place in one.places.values() for entry in numbers.get(place, ())})
    if found:
        text = "、".join(str(number) for number, _ in found[:3]) + ("等" if len(found) > 3 else "")
        put(sheet, at, OPINIONS, Link(found[0][1], text), styles["cell center link"])
    else:
        put(sheet, at, OPINIONS, None, styles["cell"])


def _merge_levels(
    sheet: Any, styles: Styles, lines: Lines, indicators: Sequence[IndicatorScore]
) -> None:
    """一级 and 二级指标, merged over equal neighbours."""
    keys = [(one.level1, one.level2) for one in indicators]
    for column, runs in ((LEVEL1, _runs([(one,) for one, _ in keys])), (LEVEL2, _runs(keys))):
        for top, bottom, key in runs:
            area = (lines.first - 1 + top, column, lines.first - 1 + bottom, column)
            put_merged(sheet, area, key[-1], styles["cell center"])


def _runs(keys: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    at = 0
    for key, group in groupby(keys):
        length = len(list(group))
        yield at, at + length - 1, key
        at += length


# ------------------------------------------------------------------------------------------------------ around it


def _write_reminders(sheet: Any, styles: Styles, at: int, card: Scorecard) -> int:
    """What the reviewer must look at again, and what no longer has a line; returns the row after it."""
    told = (
        [(finding.message, finding.severity) for finding in card.review.findings]
        if card.review
        else []
    )
    for message, severity in told:
        put_merged(sheet, (at, 0, at, LAST), message, styles[f"cell left {severity.value}"])
        sheet.set_row(at, row_height([(message, sum(WIDTHS))]))
        at += 1
    return at


def _write_signatures(sheet: Any, styles: Styles, at: int, template: Template) -> None:
    """Who signed for the department, and room for the reviewer."""
    note = (
        f"“{SCORE_TITLE}”“{REASON_TITLE}”（黄色格）由复核人填写：改动某项时填新分数和理由，不改动的留空，空格按复算分计。"
        "红、黄、蓝底色依次为有错误、警告、提示的填报项，橙色为自评与复算不一致。"
    )
    put_merged(sheet, (at, 0, at, LAST), note, styles["remark"])
    sheet.set_row(at, row_height([(note, sum(WIDTHS))], size=9))
    spec = template.table.get(template.indicator_table)
    own = template.sheet[spec.sheet].signature if spec and spec.sheet in template.sheet else ()
    for row, texts in enumerate(
        (own, ("复核人（签字）：", "股室负责人（签字）：", "复核日期：")), at + 1
    ):
        _spread(sheet, styles, row, texts)


def _spread(sheet: Any, styles: Styles, row: int, texts: Sequence[str]) -> None:
    """A line of texts, evenly over the width."""
    if texts:
        for (left, right), text in zip(_spans(WIDTHS, [1.0] * len(texts)), texts, strict=True):
            put_merged(sheet, (row, left - 1, row, right - 1), text, styles["plain"])
    sheet.set_row(row, 26)


def _finish(sheet: Any, head: int, card: Scorecard) -> None:
    if head < 8:  # a long plan block would fill the screen if it stayed
        sheet.freeze_panes(head + 1, NAME + 1)
    sheet.protect(
        "",
        {
            "format_columns": True,
            "format_rows": True,
            "select_locked_cells": True,
            "select_unlocked_cells": True,
        },
    )
    set_page(sheet, repeat=(head, head), footer=f"{card.name}　{SCORES}")
