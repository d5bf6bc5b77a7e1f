"""The reviewer's clauses: columns to the right of 绩效评价表, and the sheet 复核口径 they refer to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jixiao_xlsx.output.xlsx.cells import Live, put, put_merged
from jixiao_xlsx.output.xlsx.page import Column, row_height
from jixiao_xlsx.output.xlsx.scored.score_columns import LAST_COLUMN, ScoreRows
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import FIRST_ROW, ListRow, write_list_sheet
from jixiao_xlsx.season.review.clauses import base_of, choices, clause_of, takes_clauses
from jixiao_xlsx.season.review.review_marks import (
    CLAUSE_TITLES,
    EVIDENCE_TITLE,
    GIVEN_TITLE,
    OFF_TITLES,
    SIGNED_TITLES,
)
from jixiao_xlsx.values.addresses import column_letters
from jixiao_xlsx.values.scores import Clause, Execution, IndicatorScore, Method, Reviewed, Scorecard
from jixiao_xlsx.values.text import plain

CRITERIA = "复核口径"
_COUNTED_TITLE = "采用复核分"
_FIRST = LAST_COLUMN + 1
_PAIRS = tuple((_FIRST + 2 * at, _FIRST + 2 * at + 1) for at in range(len(CLAUSE_TITLES)))
_EVIDENCE = _FIRST + 2 * len(CLAUSE_TITLES)
_GIVEN, _COUNTED = _EVIDENCE + 1, _EVIDENCE + 2
COUNTED_LETTER = column_letters(_COUNTED)
_WIDTHS = (*(18.0, 7.0) * len(CLAUSE_TITLES), 14.0, 9.0, 10.0)


def write_clauses(
    sheet: Any,
    styles: Styles,
    head: int,
    rows: ScoreRows,
    card: Scorecard,
    criteria: Sequence[Clause],
) -> None:
    """Write 条款1–3, 扣分, 佐证编号, 条款得分 and 采用复核分 beside each line, and who signs."""
    titles = [title for pair in zip(CLAUSE_TITLES, OFF_TITLES, strict=True) for title in pair]
    titles += [EVIDENCE_TITLE, GIVEN_TITLE, _COUNTED_TITLE]
    for column, (title, width) in enumerate(zip(titles, _WIDTHS, strict=True), _FIRST):
        sheet.set_column(column, column, width)
        put(sheet, head, column, title, styles["head"])
    for row, one in enumerate(card.indicators, rows.first):
        _write_line(sheet, styles, row, one, criteria)
    _write_line(sheet, styles, rows.execution, card.execution, criteria)
    signed = card.review.signed if card.review else None
    names = (signed.first, signed.first_date, signed.second, signed.second_date) if signed else ()
    for at, title in enumerate(SIGNED_TITLES):
        put(sheet, 0, _FIRST + 2 * at, title, styles["head"])
        text = names[at] if at < len(names) else ""
        put(sheet, 0, _FIRST + 2 * at + 1, text, styles["cell input"])
    note = "条款从下拉里选；扣分空着按该条下限扣，在“复核口径”里。财政复核分填了的，以填的为准。"
    put_merged(sheet, (1, _FIRST, 1, _COUNTED), note, styles["remark"])


def _write_line(
    sheet: Any,
    styles: Styles,
    row: int,
    one: IndicatorScore | Execution,
    criteria: Sequence[Clause],
) -> None:
    at, line = row - 1, one.reviewed or Reviewed("")
    last = FIRST_ROW + len(criteria)
    for number, (clause, off) in enumerate(_PAIRS):
        use = line.clauses[number] if number < len(line.clauses) else None
        known = clause_of(use.clause, criteria) if use else None
        name = next((n for n, c in choices(criteria).items() if c is known), "") if known else ""
        put(sheet, at, clause, name or (use.clause if use else ""), styles["cell input"])
        typed = None if use is None else use.typed if use.points is None else use.points
        put(sheet, at, off, typed, styles["cell input score"])
        source = f"='{CRITERIA}'!$A${FIRST_ROW + 1}:$A${last}"
        sheet.data_validation(at, clause, at, clause, {"validate": "list", "source": source})
        limits = {"validate": "decimal", "criteria": ">=", "value": 0}
        sheet.data_validation(at, off, at, off, limits)
    put(sheet, at, _EVIDENCE, line.evidence, styles["cell input"])
    if takes_clauses(one):
        given = "" if line.given is None else float(line.given)
        put(sheet, at, _GIVEN, Live(_given(row, one, last), given), styles["cell score"])
    else:
        put(sheet, at, _GIVEN, Method.NOT_APPLICABLE.value, styles["cell score"])
    counted = f'=IF(ISNUMBER(K{row}),K{row},IF(ISNUMBER({_l(_GIVEN)}{row}),{_l(_GIVEN)}{row},""))'
    value = "" if line.counts is None else float(line.counts)
    put(sheet, at, _COUNTED, Live(counted, value), styles["cell score strong"])


def _given(row: int, one: IndicatorScore | Execution, last: int) -> str:
    """Return the formula of 条款得分: 复算分 less what each clause takes off, not below 0."""
    table = f"'{CRITERIA}'!$A${FIRST_ROW + 1}:$H${last}"
    weight = plain(one.weight)
    offs = []
    for clause, off in _PAIRS:
        name, typed = f"{_l(clause)}{row}", f"{_l(off)}{row}"
        share, points = (f"VLOOKUP({name},{table},{column},FALSE)" for column in (7, 8))
        least = f"IFERROR({share}*{weight}+{points},0)"
        known = f"ISNUMBER({typed})*ISNUMBER(MATCH({name},'{CRITERIA}'!$A:$A,0))"
        offs.append(f'IF({name}="",0,IF({known},{typed},{least}))')
    names = ",".join(f"{_l(clause)}{row}" for clause, _ in _PAIRS)
    any_known = "+".join(
        f"COUNTIF('{CRITERIA}'!$A${FIRST_ROW + 1}:$A${last},{name})" for name in names.split(",")
    )
    base = f"I{row}" if one.score is not None else plain(base_of(one))
    return f'=IF({any_known}=0,"",ROUND(MAX({base}-({"+".join(offs)}),0),4))'


def _l(column: int) -> str:
    return column_letters(column)


def write_criteria(sheet: Any, styles: Styles, criteria: Sequence[Clause]) -> None:
    """Write the sheet 复核口径: the clauses, their ranges, and what the formulas look up."""
    columns = (
        Column("选项", 44),
        Column("编号", 9, "cell center"),
        Column("内容", 40),
        Column("扣分幅度", 14, "cell center"),
        Column("要佐证", 9, "cell center"),
        Column("扣分方式", 14, "cell center"),
        Column("下限（占分值）", 12, "cell center"),
        Column("下限（分）", 12, "cell center"),
    )
    rows: list[ListRow] = [
        [
            name,
            one.code,
            one.wording,
            one.span,
            "是" if one.needs_evidence else "",
            "占分值" if one.is_share else "分",
            float(one.low) if one.is_share else 0,
            0 if one.is_share else float(one.low),
        ]
        for name, one in choices(criteria).items()
    ]
    remark = "取自 criteria.toml。条款得分＝复算分（没有复算分的按分值）减各条扣分，最低 0 分，不适用的不扣；扣分没有填的按下限。"
    write_list_sheet(sheet, styles, CRITERIA, remark, columns, rows, frozen=1)
    sheet.set_row(1, row_height([(remark, 120)], size=9, least=18))
