"""BAL and REC: the equations of the form, each a rule of the catalogue made from data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jixiao_xlsx.checking.balance.verdicts import Outcome, Verdict
from jixiao_xlsx.checking.equation_messages import (
    amount_text,
    anchor_cell,
    difference_text,
    excess_message,
    mismatch_message,
)
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, Rule
from jixiao_xlsx.form.spec import EquationSpec, Template
from jixiao_xlsx.values.cells import Cell, Place
from jixiao_xlsx.values.equations import ALL_ROWS, CHILD_ROWS
from jixiao_xlsx.values.findings import Expected, Skipped
from jixiao_xlsx.values.severity import Severity

_FEW_GAPS = 2


def equation_rules(template: Template) -> Iterator[Rule]:
    """Yield one rule for every equation of the form."""
    for spec in template.equations:
        yield Rule(
            code=spec.code,
            title=spec.title,
            severity=spec.severity,
            basis=spec.basis,
            doc=_page(spec),
            check=_checker(spec),
            relations=spec.relations,
            yields_to=spec.yields_to,
            in_word=not spec.across,
        )


def _page(spec: EquationSpec) -> str:
    where = f"“{spec.table}”内应有" if spec.table else "各表之间应有（写作“表.行.列”）"
    law = spec.relation.text.replace(ALL_ROWS, f"{ALL_ROWS}之和")
    law = law.replace(CHILD_ROWS, f"{CHILD_ROWS}之和")
    mend = (
        "对照账表，改正等式里填错的一格" if spec.relation.op == "=" else "核对两边，改正填错的一格"
    )
    may = "；确属实情的，附情况说明" if spec.severity is Severity.WARNING else ""
    return f"{where}：{law}。\n\n改法：{mend}{may}。"


def _checker(spec: EquationSpec) -> Callable[[Evidence], Iterator[Observation]]:
    def check(evidence: Evidence) -> Iterator[Observation]:
        checked = 0
        for verdict in evidence.judged.by_code.get(spec.code, ()):
            if verdict.outcome in {Outcome.SKIPPED, Outcome.BLANK_TOTAL}:
                yield _skipped(verdict)
                continue
            checked += len(verdict.instance.cells)
            if verdict.outcome is Outcome.FAILS:
                yield _unbalanced(verdict, evidence)
        yield Looked(checked)

    return check


def _skipped(verdict: Verdict) -> Skipped:
    """Return why an equation was not judged; rows that are merely not filled are not named."""
    is_named = verdict.outcome is Outcome.BLANK_TOTAL or verdict.instance.obstacle
    return Skipped(verdict.reason, subject=verdict.instance.label if is_named else "")


def _unbalanced(verdict: Verdict, evidence: Evidence) -> Flag:
    anchor, spec = anchor_cell(verdict), verdict.instance.spec
    says = mismatch_message if verdict.instance.is_equality else excess_message
    problem, demand = says(verdict, anchor, evidence)
    return Flag(
        place=anchor.place,
        item=anchor.row,
        field=anchor.column,
        reported=anchor.as_seen,
        problem=problem,
        demand=demand,
        expected=_expected(verdict, anchor),
        difference=difference_text(verdict, anchor),
        related=_related(verdict, anchor, evidence),
        severity=Severity.NOTE if verdict.instance.column in spec.note_columns else None,
    )


def _expected(verdict: Verdict, anchor: Cell) -> Expected | str | None:
    if verdict.low is None or verdict.high is None:
        return f"不大于 {amount_text(verdict.others, anchor)}"
    return Expected(verdict.low, verdict.high, anchor.unit)


def _related(verdict: Verdict, anchor: Cell, evidence: Evidence) -> tuple[Place, ...]:
    """Return a gap or two, the other cells, then those behind formulas."""
    others = [cell for cell in verdict.instance.cells if cell is not anchor]
    few = sum(cell.number is None for cell in others) <= _FEW_GAPS
    ranked = sorted(others, key=lambda cell: (cell.number is None) != few)
    behind = [
        part.cell.place
        for cell in (anchor, *others)
        for part in evidence.judged.formulas.get(cell.place, ())
        if part.cell.number
    ]
    filled = [cell.place for cell in ranked if few or cell.number is not None]
    return (*filled, *behind, *(cell.place for cell in ranked))
