"""The grades of a form, as formulas and as text."""

from __future__ import annotations

from fractions import Fraction

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.cells import CellContent, Live
from jixiao_xlsx.output.xlsx.scored.live_scores import NONE
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.text import plain, rounded


def grade_formula(template: Template, ref: str) -> str:
    """Return nested IFs over the grades for the total at `ref`, without the equals sign.

    The total is rounded once to two decimals.
    """
    if not template.grades:
        return '""'
    *upper, lowest = template.grades
    formula = f'"{lowest.name}"'
    for grade in reversed(upper):
        formula = f'IF(ROUND({ref},2)>={plain(grade.floor)},"{grade.name}",{formula})'
    return formula


def grade_content(card: Scorecard, template: Template, ref: str) -> CellContent:
    """Return the live grade of the recomputed total."""
    if card.exact_total is None:
        return card.grade or NONE
    same = template.grade(Fraction(rounded(card.exact_total, 2))) == card.grade
    return Live(f"={grade_formula(template, ref)}", card.grade) if same else card.grade


def grade_text(template: Template) -> str:
    """Return the bands in words: 优 ≥ 90，良 ≥ 80，…"""
    if not template.grades:
        return "没有规定等级"
    *upper, lowest = template.grades
    return (
        "，".join(f"{grade.name} ≥ {plain(grade.floor)}" for grade in upper)
        + f"，其余为{lowest.name}"
    )
