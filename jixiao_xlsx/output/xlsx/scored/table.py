"""绩效评价表: the official table with 自评分, 复算分 and the reviewer's own 财政复核分 side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.cells import CellContent, Link, Live, put, put_merged
from jixiao_xlsx.output.xlsx.page import row_height, set_page, set_widths
from jixiao_xlsx.output.xlsx.scored import score_columns as col
from jixiao_xlsx.output.xlsx.scored.clause_columns import COUNTED_LETTER, write_clauses
from jixiao_xlsx.output.xlsx.scored.live_scores import NONE
from jixiao_xlsx.output.xlsx.scored.notes import ScoreRefs
from jixiao_xlsx.output.xlsx.scored.plan import write_plan
from jixiao_xlsx.output.xlsx.scored.score_columns import (
    SCORES,
    ScoreRows,
    gap_formula,
    share_columns,
    write_review,
)
from jixiao_xlsx.output.xlsx.scored.totals import write_totals
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.season.review.review_marks import REASON_TITLE, SCORE_TITLE
from jixiao_xlsx.values.cells import Place, Submission
from jixiao_xlsx.values.scores import Clause, IndicatorScore, Method, Scorecard, score_differs
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain

_ONE_PAGE = 24  # indicators that can still be read when all is on one page
_Numbers = Mapping[Place, Sequence[tuple[int | str, str]]]


def write_table(
    sheet: Any,
    styles: Styles,
    submission: Submission,
    card: Scorecard,
    template: Template,
    refs: ScoreRefs,
    marks: Mapping[Place, Severity],
    numbers: _Numbers,
    criteria: Sequence[Clause] = (),
) -> dict[Place, str]:
    """Write the sheet 绩效评价表; return where it shows each cell of the submitted file.

    With `criteria` columns of clauses stand to the right of it.
    """
    set_widths(sheet, col.WIDTHS)
    _write_heading(sheet, styles, submission, card, template)
    links: dict[Place, str] = {}
    head = write_plan(sheet, styles, submission, template, marks, links)
    _write_titles(sheet, styles, head, template)
    reviewed = COUNTED_LETTER if criteria else "K"
    rows = ScoreRows(head + 2, head + 1 + max(len(card.indicators), 1), reviewed)
    for number, one in enumerate(card.indicators):
        _write_indicator(
            sheet, styles, rows.first + number, one, refs.indicators[number], marks, numbers
        )
        links |= dict.fromkeys(
            one.places.values(), f"internal:'{sheet.get_name()}'!C{rows.first + number}"
        )
    if not card.indicators:
        put_merged(
            sheet,
            (head + 1, 0, head + 1, col.LAST_COLUMN),
            "报送的文件里没有读到指标。",
            styles["cell warning"],
        )
    _merge_levels(sheet, styles, rows, card.indicators)
    total = _total_places(submission, template)
    links |= dict.fromkeys(total.values(), f"internal:'{sheet.get_name()}'!A{rows.sum}")
    links |= _typed_links(sheet, submission, template)
    write_totals(
        sheet,
        styles,
        rows,
        card,
        template,
        refs,
        {key: marks[place] for key, place in total.items() if place in marks},
    )
    if criteria:
        write_clauses(sheet, styles, head, rows, card, criteria)
    _write_signatures(
        sheet, styles, _write_reminders(sheet, styles, rows.total + 1, card), template
    )
    _finish(sheet, head, card)
    return links


# ------------------------------------------------------------------------------------------ heading


def _write_heading(
    sheet: Any, styles: Styles, submission: Submission, card: Scorecard, template: Template
) -> None:
    spec = template.table.get(template.indicator_table)
    year = "" if submission.year is None else str(submission.year)
    # A caption is no title.
    own = spec.heading if spec and not spec.caption else "{year}年度" + template.title
    heading = own.replace("{year}年度", f"{year}年度" if year else "")
    put_merged(
        sheet,
        (0, 0, 0, col.LAST_COLUMN),
        heading.replace("{department}", card.department),
        styles["title"],
    )
    sheet.set_row(0, 32)
    role = template.roles.get("department")
    put_merged(sheet, (1, 0, 1, 1), role.row if role else "部门名称", styles["head"])
    put_merged(sheet, (1, 2, 1, col.WEIGHT), card.name, styles["cell strong"])
    put_merged(sheet, (1, col.TARGET, 1, col.RATE), "部门填报", styles["head"])
    put_merged(sheet, (1, col.SELF, 1, col.LAST_COLUMN), _self_reported(card), styles["cell"])
    sheet.set_row(1, 24)


def _typed_links(sheet: Any, submission: Submission, template: Template) -> dict[Place, str]:
    """Return links to the heading, which shows the self-reported total and grade."""
    refs = [ref for name, ref in template.roles.items() if name in {"self_total", "self_grade"}]
    cells = [submission.cell(ref.table, ref.row, ref.column) for ref in refs]
    return {cell.place: f"internal:'{sheet.get_name()}'!H2" for cell in cells if cell}


def _total_places(submission: Submission, template: Template) -> dict[str, Place]:
    """Return the cells of the submitted 合计 row by what they hold: weight, score."""
    table = submission.get(template.indicator_table)
    if table is None or table.total is None:
        return {}
    cells = {key: table.total.get(title) for key, title in template.indicator_columns.items()}
    return {key: cell.place for key, cell in cells.items() if cell}


def _self_reported(card: Scorecard) -> str:
    """Return the totals and the grade as the department typed them."""
    parts = (("指标得分合计", card.self_sum), ("自评总分", card.self_total))
    texts = [f"{name} {'未填' if value is None else plain(value)}" for name, value in parts]
    return "，".join([*texts, f"自评等级 {card.self_grade or '未填'}"])


# --------------------------------------------------------------------------------------- indicators


# Titles for a form that has no such column.
USUAL_TITLES = {
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
    titles = [columns.get(key, usual) for key, usual in USUAL_TITLES.items()]
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
    sheet.set_row(at, row_height(zip(titles, col.WIDTHS, strict=True), least=30))


def _write_indicator(
    sheet: Any,
    styles: Styles,
    row: int,
    one: IndicatorScore,
    ref: str,
    marks: Mapping[Place, Severity],
    numbers: _Numbers,
) -> None:
    def style(traits: str, *keys: str) -> Any:
        places = [one.places.get(key) for key in keys]
        severities = [marks[place] for place in places if place and place in marks]
        gravest = min(severities, key=lambda severity: severity.rank, default=None)
        return styles[f"{traits} {gravest.value}" if gravest else traits]

    at = row - 1
    changed = " differs" if score_differs(one) else ""
    put(sheet, at, col.NAME, one.name, style("cell", "name", "direction"))
    put(sheet, at, col.WEIGHT, one.weight, style("cell weight", "weight"))
    put(sheet, at, col.TARGET, one.target_text, style("cell center", "target"))
    put(sheet, at, col.ACTUAL, one.actual_text, style("cell center", "actual"))
    put(sheet, at, col.RATE, one.rate_text, style("cell center", "rate"))
    put(sheet, at, col.SELF, one.self_score, style("cell score", "score"))
    put(sheet, at, col.SCORE, _recomputed(one, ref), styles[f"cell score strong{changed}"])
    put(
        sheet,
        at,
        col.GAP,
        gap_formula(row, one.self_score, one.score),
        styles[f"cell gap{changed}"],
    )
    write_review(sheet, styles, row, one)
    put(sheet, at, col.DEVIATION, one.deviation_text, style("cell", "deviation"))
    _write_numbers(sheet, styles, at, one, numbers)
    why = one.reviewed.reason if one.reviewed else ""
    texts = (
        (one.name, col.NAME),
        (why, col.WHY),
        (one.target_text, col.TARGET),
        (one.actual_text, col.ACTUAL),
        (one.deviation_text, col.DEVIATION),
    )
    levels = ((one.level1, col.LEVEL1), (one.level2, col.LEVEL2))
    sheet.set_row(
        at, row_height([(text, col.WIDTHS[column]) for text, column in (*texts, *levels)], least=24)
    )


def _recomputed(one: IndicatorScore, ref: str) -> CellContent:
    if one.score is None:
        return "不适用" if one.method is Method.NOT_APPLICABLE else NONE
    return Live(f"={ref}", float(one.score))


def _write_numbers(
    sheet: Any, styles: Styles, at: int, one: IndicatorScore, numbers: _Numbers
) -> None:
    """Write the 序号 of this row's findings, with a link to the first of them."""
    found = {entry for place in one.places.values() for entry in numbers.get(place, ())}
    entries = sorted(found, key=lambda entry: [int(part) for part in str(entry[0]).split("-")])
    if entries:
        text = "、".join(str(number) for number, _ in entries[:3]) + (
            "等" if len(entries) > 3 else ""
        )
        put(sheet, at, col.OPINIONS, Link(entries[0][1], text), styles["cell center link"])
    else:
        put(sheet, at, col.OPINIONS, None, styles["cell"])


def _merge_levels(
    sheet: Any, styles: Styles, rows: ScoreRows, indicators: Sequence[IndicatorScore]
) -> None:
    """Write 一级 and 二级指标, merged over equal neighbours."""
    keys = [(one.level1, one.level2) for one in indicators]
    for column, runs in (
        (col.LEVEL1, _runs([(one,) for one, _ in keys])),
        (col.LEVEL2, _runs(keys)),
    ):
        for top, bottom, key in runs:
            area = (rows.first - 1 + top, column, rows.first - 1 + bottom, column)
            put_merged(sheet, area, key[-1], styles["cell center"])


def _runs(keys: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    at = 0
    for key, group in groupby(keys):
        length = len(list(group))
        yield at, at + length - 1, key
        at += length


# ---------------------------------------------------------------------------------------- around it


def _write_reminders(sheet: Any, styles: Styles, at: int, card: Scorecard) -> int:
    """Write what the reviewer must look at again, and what no longer has a line.

    Return the row after it.
    """
    for finding in card.review.findings if card.review else ():
        style = styles[f"cell left {finding.severity.value}"]
        put_merged(sheet, (at, 0, at, col.LAST_COLUMN), finding.message, style)
        sheet.set_row(at, row_height([(finding.message, sum(col.WIDTHS))]))
        at += 1
    return at


def _write_signatures(sheet: Any, styles: Styles, at: int, template: Template) -> None:
    """Write the signature lines of the department and of the reviewer."""
    note = (
        f"“{SCORE_TITLE}”“{REASON_TITLE}”（黄色格）由复核人填写：改动某项时填新分数和理由，不改动的留空，空格按复算分计。"
        "红、黄、蓝底色依次为有错误、警告、提示的填报项，橙色为自评与复算不一致。"
    )
    put_merged(sheet, (at, 0, at, col.LAST_COLUMN), note, styles["remark"])
    sheet.set_row(at, row_height([(note, sum(col.WIDTHS))], size=9))
    spec = template.table.get(template.indicator_table)
    own = template.sheet[spec.sheet].signature if spec and spec.sheet in template.sheet else ()
    for row, texts in enumerate(
        (own, ("复核人（签字）：", "股室负责人（签字）：", "复核日期：")), at + 1
    ):
        _spread(sheet, styles, row, texts)


def _spread(sheet: Any, styles: Styles, row: int, texts: Sequence[str]) -> None:
    """Write a line of texts evenly over the width."""
    if texts:
        for (left, right), text in zip(
            share_columns(col.WIDTHS, [1.0] * len(texts)), texts, strict=True
        ):
            put_merged(sheet, (row, left - 1, row, right - 1), text, styles["plain"])
    sheet.set_row(row, 26)


def _finish(sheet: Any, head: int, card: Scorecard) -> None:
    if head < 8:  # a long plan block would fill the screen if it stayed
        sheet.freeze_panes(head + 1, col.NAME + 1)
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
    _keep_signatures(sheet, head, card)


def _keep_signatures(sheet: Any, head: int, card: Scorecard) -> None:
    """Print the table on one page with its signatures; a longer one breaks above its totals."""
    if len(card.indicators) <= _ONE_PAGE:
        sheet.fit_to_pages(1, 1)
    else:
        sheet.set_h_pagebreaks([head + 1 + len(card.indicators)])
