"""From a Submission to its Scorecard: every score recomputed, with its arithmetic.

Scores are exact fractions in 分; a total is rounded once, to two decimals.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.repeated_sheets import item_of
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.scoring.indicator_lines import indicator_lines
from jixiao_xlsx.scoring.score_formulas import score_line
from jixiao_xlsx.values.cells import Cell, Submission
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.scores import Execution, IndicatorScore, Method, Scorecard
from jixiao_xlsx.values.text import percent, plain, rounded


def score(submission: Submission, template: Template) -> Scorecard:
    """Return the recomputed scores; what cannot be recomputed is named in `incomplete`.

    Raises ValueError for a workbook of several projects: each of its `parts` has its own.
    """
    cards = score_each(submission, template)
    if len(cards) > 1:
        raise ValueError("several projects: score each of submission.parts")
    return cards[0]


def score_each(submission: Submission, template: Template) -> tuple[Scorecard, ...]:
    """Return the scores of a workbook: one, or one per copy of the sheet that repeats."""
    form = hidden_mark.edition_of(submission.meta, template)
    return tuple(
        _with_item(scorecard(part, form), item_of(part, form)) for part in submission.parts
    )


def _with_item(card: Scorecard, item: Cell | None) -> Scorecard:
    """Return `card` with the project it is about; by its sheet where no name was typed."""
    return card if item is None else replace(card, item=item.text or item.sheet, sheet=item.sheet)


@lru_cache(maxsize=8)  # rules need it first, the outputs later
def scorecard(submission: Submission, template: Template) -> Scorecard:
    """Return the score of one part, by the form as it was when the file was handed out."""
    scored = tuple(score_line(line, template) for line in indicator_lines(submission, template))
    execution = _execution(submission, template)
    total, scaling = scaled(scored, template.full_mark)
    whole = (
        None
        if total is None or (template.execution_weight and execution.score is None)
        else total + (execution.score or 0)
    )
    printed = None if whole is None else Fraction(rounded(whole, 2))
    typed = [item.self_score for item in scored if item.self_score is not None]
    return Scorecard(
        department=submission.department,
        indicators=scored,
        full_mark=template.full_mark,
        self_sum=_self_sum(submission, template, typed),
        score=total,
        scaling=scaling,
        execution=execution,
        self_total=_number_at(submission, template.roles.get("self_total")),
        self_grade=_text_at(submission, template.roles.get("self_grade")),
        exact_total=whole,
        grade="" if printed is None else template.grade(printed),
        incomplete=_incomplete(scored, execution, template),
    )


def scaled(scored: tuple[IndicatorScore, ...], full_mark: Fraction) -> tuple[Fraction | None, str]:
    """Return Σ得分 / Σ适用权重 × full mark, in 分, and its arithmetic; weights never change."""
    applicable = [item for item in scored if item.method is not Method.NOT_APPLICABLE]
    weight = sum((item.weight for item in applicable), Fraction(0))
    if not weight or any(item.score is None for item in applicable):
        return None, ""
    got = sum((item.score for item in applicable if item.score is not None), Fraction(0))
    if weight == full_mark:
        return got, f"各项复算分之和 {plain(got)}"
    total = got / weight * full_mark
    left_out = len(scored) - len(applicable)
    why = f"{left_out} 项不适用，" if left_out else ""
    return (
        total,
        f"{why}{plain(got)} ÷ 适用权重 {plain(weight)} × {plain(full_mark)} = {plain(total, 2)}",
    )


def _execution(submission: Submission, template: Template) -> Execution:
    """Return 预算执行率 = 全年执行数 ÷ 全年预算数; its score is proportional and capped.

    Source: 财预〔2020〕10号.
    """
    columns, weight = template.execution_columns, template.execution_weight
    if not columns:
        return Execution(weight, None, None, None, None, None, "")
    cells = {
        role: submission.cell(template.execution_table, template.execution_row, title)
        for role, title in columns.items()
    }
    budget, spent = _number(cells.get("budget")), _number(cells.get("spent"))
    typed, unit = _number(cells.get("score")), _unit(cells.get("budget"))
    self_score = None if typed is None else Fraction(typed)
    if budget is None or spent is None or budget <= 0:
        why = (
            "全年预算数或全年执行数未填，不能复算"
            if budget is None or spent is None
            else "全年预算数为 0，不能计算执行率"
        )
        return Execution(weight, budget, spent, None, self_score, None, why, unit=unit)
    rate = Fraction(spent) / Fraction(budget)
    got = weight * min(max(rate, Fraction(0)), Fraction(1))
    words = (
        f"{plain(weight)} × {plain(spent)} ÷ {plain(budget)}"
        f" = {plain(weight)} × {percent(rate)} = {plain(got, 2)}"
    )
    return Execution(weight, budget, spent, rate, self_score, got, words, unit=unit)


def _number_at(submission: Submission, ref: Ref | None) -> Fraction | None:
    """Return the number at an address; None where there is none."""
    value = _number(submission.cell(ref.table, ref.row, ref.column)) if ref else None
    return None if value is None else Fraction(value)


def _text_at(submission: Submission, ref: Ref | None) -> str:
    """Return the text at an address; "" where there is none."""
    cell = submission.cell(ref.table, ref.row, ref.column) if ref else None
    return cell.text if cell else ""


def _unit(cell: Cell | None) -> str:
    return cell.unit if cell is not None and cell.unit else "元"


def _number(cell: Cell | None) -> Decimal | None:
    return None if cell is None else cell.number


def _self_sum(submission: Submission, template: Template, typed: list[Fraction]) -> Fraction | None:
    """Return the 合计 as typed, else (or where it holds more) the sum of what was typed, in 分."""
    table = submission.get(template.indicator_table)
    total = table.total if table and not template.total_includes_execution else None
    cell = total.get(template.indicator_columns["score"]) if total else None
    if cell is not None and cell.number is not None:
        return Fraction(cell.number)
    return sum(typed, Fraction(0)) if typed else None


def _incomplete(
    scored: tuple[IndicatorScore, ...], execution: Execution, template: Template
) -> str:
    reasons = [
        f"“{item.name}”不能复算"
        for item in scored
        if item.score is None and item.method is not Method.NOT_APPLICABLE
    ]
    if not scored:
        reasons.append("没有读到指标")
    if template.execution_weight and execution.score is None:
        reasons.append(execution.arithmetic)
    return "；".join(reasons)
