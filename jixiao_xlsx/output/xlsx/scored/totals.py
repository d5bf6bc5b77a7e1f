"""The rows under the indicators of 绩效评价表: 合计, 预算执行率, 总分 and 等级.

Each has the department's figure, the recomputed one and the reviewer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.cells import CellContent, Live, put, put_merged
from jixiao_xlsx.output.xlsx.page import row_height
from jixiao_xlsx.output.xlsx.scored import score_columns as col
from jixiao_xlsx.output.xlsx.scored.grades import grade_formula, grade_text
from jixiao_xlsx.output.xlsx.scored.live_scores import NONE
from jixiao_xlsx.output.xlsx.scored.notes import ScoreRefs
from jixiao_xlsx.output.xlsx.scored.score_columns import (
    ScoreRows,
    execution_title,
    gap_formula,
    write_review,
)
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.values.scores import Execution, Method, Scorecard, score_differs, score_gap
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import percent, plain, rounded


def write_totals(
    sheet: Any,
    styles: Styles,
    rows: ScoreRows,
    card: Scorecard,
    template: Template,
    refs: ScoreRefs,
    marks: Mapping[str, Severity],
) -> None:
    """Write 合计, 预算执行率, 总分 and 等级.

    `marks` are the gravest findings about the submitted 合计, by what its cells hold.
    """
    _write_sum(sheet, styles, rows, card, refs, marks)
    _write_execution(sheet, styles, rows, card.execution, template, refs)
    _write_total(sheet, styles, rows, card, refs)
    _write_grade(sheet, styles, rows, card, template, refs)


def _total_line(
    sheet: Any,
    styles: Styles,
    row: int,
    label: str,
    contents: Mapping[int, tuple[CellContent, str]],
    words: str = "",
    words_at: int = col.WHY,
) -> None:
    """Write a row: a label, contents with their traits by column, and a text to the right."""
    at = row - 1
    put_merged(sheet, (at, 0, at, col.NAME), label, styles["cell center total"])
    for column in range(col.WEIGHT, words_at):
        content, traits = contents.get(column, (None, "cell total"))
        put(sheet, at, column, content, styles[traits])
    put_merged(sheet, (at, words_at, at, col.LAST_COLUMN), words, styles["cell"])
    sheet.set_row(at, row_height([(words, sum(col.WIDTHS[words_at:]))], least=24))


def _write_sum(
    sheet: Any,
    styles: Styles,
    rows: ScoreRows,
    card: Scorecard,
    refs: ScoreRefs,
    marks: Mapping[str, Severity],
) -> None:
    weight_mark, own_mark = (
        f" {marks[key].value}" if key in marks else "" for key in ("weight", "score")
    )
    weight, own = sum((one.weight for one in card.indicators), Fraction(0)), card.own_sum
    contents: dict[int, tuple[CellContent, str]] = {
        col.WEIGHT: (
            Live(f"=SUM({rows.of('D')})", float(weight)),
            f"cell weight total{weight_mark}",
        ),
        col.SELF: (
            Live(f"={_own_formula(rows, card)}", float(own)),
            f"cell score total{own_mark}",
        ),
        col.SCORE: (_referred(card.score, refs.score), "cell score total"),
        col.GAP: (_gap(rows, rows.sum, card.score, card), "cell gap total"),
        col.REVIEW: (
            Live(
                _reviewed_sum(rows, card),
                _number_or_blank(card.review.score if card.review else None),
            ),
            "cell score total",
        ),
    }
    like = "自评分、财政复核分" if card.own_is_scaled else "财政复核分"
    words = f"{card.scaling}；{like}的合计按同一办法折算。" if card.is_scaled else ""
    _total_line(sheet, styles, rows.sum, "合计", contents, words)


def _gap(rows: ScoreRows, row: int, score: Fraction | None, card: Scorecard) -> CellContent:
    """Return 自评分 less 复算分 of a sum; none where only one of them is scaled.

    Where no line differs, what is left is rounding, and no difference.
    """
    if score is None or not card.is_comparable:
        return None if score is None else NONE
    with_execution = row == rows.total
    own = card.own_sum + (card.execution.self_score or 0 if with_execution else 0)
    lines = card.lines if with_execution else card.indicators
    gaps = f"J{rows.first}:J{rows.last}" + (f",J{rows.execution}" if with_execution else "")
    text = f"=IF(SUMSQ({gaps})=0,0,ROUND(ROUND(H{row},2)-ROUND(I{row},2),2))"
    return Live(text, float(score_gap(own, score)) if any(map(score_differs, lines)) else 0.0)


def _own_formula(rows: ScoreRows, card: Scorecard) -> str:
    formula = f"SUM({rows.of('H')})"
    if not card.own_is_scaled:
        return formula
    weights = f"SUMPRODUCT(--ISNUMBER({rows.of('I')}),{rows.of('D')})"
    return f"({formula})/{weights}*{plain(card.full_mark)}"


def _referred(value: Fraction | None, ref: str) -> CellContent:
    return NONE if value is None else Live(f"={ref}", float(value))


def _number_or_blank(score: Fraction | None) -> float | str:
    return "" if score is None else float(score)


def _reviewed_sum(rows: ScoreRows, card: Scorecard) -> str:
    """Return the formula of what the reviewer typed, and 复算分 where no number was typed.

    It is blank while nothing is typed, or a score is missing. The reviewer may score what was
    不适用: then its weight counts again.
    """
    reviewed = rows.reviewed
    own, typed, weights = rows.of("I"), rows.of(reviewed), rows.of("D")
    mixed = f"(SUM({typed})+SUMPRODUCT(--NOT(ISNUMBER({typed})),{own}))"
    if any(one.method is Method.NOT_APPLICABLE for one in card.indicators) or card.is_scaled:
        mixed += f"/SUMPRODUCT(--(ISNUMBER({own})+ISNUMBER({typed})>0),{weights})"
        mixed += f"*{plain(card.full_mark)}"
    missing = f'SUMPRODUCT(({own}="{NONE}")*NOT(ISNUMBER({typed})))'
    return f'=IF(OR(COUNT({typed},{reviewed}{rows.execution})=0,{missing}>0),"",{mixed})'


def _write_execution(
    sheet: Any,
    styles: Styles,
    rows: ScoreRows,
    execution: Execution,
    template: Template,
    refs: ScoreRefs,
) -> None:
    titles = template.execution_columns
    mark = " differs" if score_differs(execution) else ""
    contents: dict[int, tuple[CellContent, str]] = {
        col.WEIGHT: (execution.weight, "cell weight total"),
        col.RATE: (
            None if execution.rate is None else percent(execution.rate),
            "cell center total",
        ),
        col.SELF: (execution.self_score, "cell score total"),
        col.SCORE: (_referred(execution.score, refs.execution), f"cell score total{mark}"),
        col.GAP: (
            gap_formula(rows.execution, execution.self_score, execution.score),
            f"cell gap total{mark}",
        ),
    }
    amounts = [
        f"{titles[key]} {'未填' if amount is None else f'{plain(amount)} {execution.unit}'}"
        for key, amount in (("budget", execution.budget), ("spent", execution.spent))
        if key in titles
    ]
    _total_line(
        sheet,
        styles,
        rows.execution,
        execution_title(template),
        contents,
        "，".join(amounts),
        col.DEVIATION,
    )
    write_review(sheet, styles, rows.execution, execution)


def _write_total(
    sheet: Any, styles: Styles, rows: ScoreRows, card: Scorecard, refs: ScoreRefs
) -> None:
    weight = sum((one.weight for one in card.indicators), Fraction(0)) + card.execution.weight
    own = card.own_sum + (card.execution.self_score or 0)
    above = (rows.sum, rows.execution)
    given = f"{rows.reviewed}{above[1]}"
    execution = f"IF(ISNUMBER({given}),{given},I{above[1]})"
    execution = execution if card.execution.weight else f"N({execution})"
    reviewed = f'=IF(AND(ISNUMBER(K{above[0]}),ISNUMBER({execution})),K{above[0]}+{execution},"")'
    contents: dict[int, tuple[CellContent, str]] = {
        col.WEIGHT: (Live(f"=SUM(D{above[0]}:D{above[1]})", float(weight)), "cell weight total"),
        col.SELF: (Live(f"=SUM(H{above[0]}:H{above[1]})", float(own)), "cell sum total"),
        col.SCORE: (_referred(card.exact_total, refs.total), "cell sum total"),
        col.GAP: (_gap(rows, rows.total, card.exact_total, card), "cell gap total"),
        col.REVIEW: (
            Live(reviewed, _number_or_blank(card.review.total if card.review else None)),
            "cell sum total",
        ),
    }
    words = card.incomplete or _added_up_otherwise(card, own)
    _total_line(sheet, styles, rows.total, "总分（100 分）", contents, words)


def _added_up_otherwise(card: Scorecard, own: Fraction) -> str:
    """Return what a department that added up wrongly typed: 部门排名 has that, this line the sum."""
    typed = card.self_total
    if typed is None or not card.is_comparable or abs(typed - own) < Fraction(1, 100):
        return ""
    return f"部门填报的自评总分是 {plain(typed, 2)}，各项相加是 {plain(own, 2)}；部门排名列的是填报数。"


def _write_grade(
    sheet: Any,
    styles: Styles,
    rows: ScoreRows,
    card: Scorecard,
    template: Template,
    refs: ScoreRefs,
) -> None:
    row, total = rows.total + 1, rows.total
    own = card.own_sum + (card.execution.self_score or 0)
    is_graded = card.exact_total is not None and bool(card.grade)
    contents: dict[int, tuple[CellContent, str]] = {
        col.SELF: (
            Live(
                f"={grade_formula(template, f'H{total}')}",
                template.grade(Fraction(rounded(own, 2))),
            ),
            "cell center total",
        ),
        col.SCORE: (Live(f"={refs.grade}", card.grade) if is_graded else NONE, "cell center total"),
        col.REVIEW: (
            Live(
                f'=IF(K{total}="","",{grade_formula(template, f"K{total}")})',
                card.review.grade if card.review else "",
            ),
            "cell center total",
        ),
    }
    _total_line(sheet, styles, row, "等级", contents, grade_text(template))
