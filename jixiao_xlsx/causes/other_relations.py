"""Relations that are no sums: rates, results of indicators, 自评总分, limits of sense."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.causes.numbered_cells import NumberedCells
from jixiao_xlsx.causes.readings import Holding, holding_of
from jixiao_xlsx.causes.relations import (
    Assumed,
    BaseRate,
    Condition,
    Linear,
    OtherCondition,
    Rate,
    Total,
)
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell, Row
from jixiao_xlsx.values.equations import Side
from jixiao_xlsx.values.operands import Operand, side_cells
from jixiao_xlsx.values.text import decimals_of, rounded

_Amount = Decimal | int | None


def other_relations(model: NumberedCells) -> Iterator[Condition]:
    """Yield every relation of the form that is no sum and is checked on what was read."""
    yield from _rates(model)
    for line in model.evidence.lines:
        yield from _base_rates(model, line)
    yield from _execution(model)
    yield from _self_total(model)
    yield from _sense(model)


def _rates(model: NumberedCells) -> Iterator[Condition]:
    for spec in model.evidence.template.rates:
        table = model.evidence.submission.get(spec.table)
        for row in table.rows if table else ():
            shown = row.get(spec.ratio.shown.column) if spec.ratio.shown else None
            above = _row_total(model, row, spec.ratio.numerator)
            below = _row_total(model, row, spec.ratio.denominator)
            if shown is not None and above and below:
                yield _rate(model, spec.code, shown, above, below)


def _row_total(model: NumberedCells, row: Row, side: Side) -> Total | None:
    cells = [(term.sign, row.get(term.ref.column)) for term in side]
    operands = [Operand(sign, cell) for sign, cell in cells if cell is not None]
    return model.total(operands) if len(operands) == len(cells) else None


def _rate(model: NumberedCells, code: str, shown: Cell, above: Total, below: Total) -> Rate:
    """Return the relation of a rate; one that the form computes follows its parts."""
    step = Fraction(1, 10 ** (shown.decimals + 2))
    rate = Rate(code, shown, model.cell_number(shown), above, below, step, model.readings)
    if not rate.holds() and shown.number is not None:  # 96.85% may well be shortened to 96.9%
        rate.step = Fraction(1, 10 ** max(decimals_of(shown.number), 2))
    if shown.formula and rate.holds():
        return Rate(code, shown, None, above, below, step, model.readings)
    return rate


def _base_rates(model: NumberedCells, line: IndicatorLine) -> Iterator[Condition]:
    actual = line.cells.get("actual")
    if line.spec is None or actual is None or line.actual.number is None or not line.actual.rate:
        return
    ratios = []
    for ratio in line.spec.base:
        above = side_cells(model.evidence.submission, ratio.numerator)
        below = side_cells(model.evidence.submission, ratio.denominator)
        if above and below:
            ratios.append((model.total(above[:1]), model.total(above), model.total(below)))
    if ratios:
        number = model.cell_number(actual)
        shown, reach = line.actual.number, line.actual.step * line.actual.factor
        value = Decimal(shown.numerator) / Decimal(shown.denominator)
        model.readings[number] = Holding(value)
        yield BaseRate("IND116", number, tuple(ratios), reach, model.readings)


def _execution(model: NumberedCells) -> Iterator[Condition]:
    """Yield the score of 预算执行率, where it was typed, and the rate below which reasons are due."""
    evidence = model.evidence
    spent, budget = evidence.execution("spent"), evidence.execution("budget")
    score = evidence.execution("score")
    if spent is None or budget is None:
        return
    done, plan = _total(model, spent), _total(model, budget)
    if score is not None and score.number is not None and not score.formula:
        weight, step = evidence.template.execution_weight, _step(score)

        def right(got: _Amount, top: _Amount, bottom: _Amount) -> bool:
            if got is None or top is None or not bottom or bottom < 0:
                return True
            share = min(max(Fraction(top) / Fraction(bottom), Fraction(0)), Fraction(1))
            return abs(Fraction(got) / atoms_per(score.unit) - weight * share) < step

        yield OtherCondition("RAT106", (_total(model, score), done, plan), right)
    floor = evidence.template.thresholds.get("low_execution", Fraction(0))
    if not _explained(model):

        def spent_enough(top: _Amount, bottom: _Amount) -> bool:
            if top is None or not bottom or bottom < 0:
                return True
            return Fraction(top) / Fraction(bottom) >= floor

        yield OtherCondition("RAT104", (done, plan), spent_enough)


def _explained(model: NumberedCells) -> bool:
    template = model.evidence.template
    table = model.evidence.submission.get(template.execution_table)
    reason = table.extras.get(template.execution_columns.get("explanation", "")) if table else None
    return reason is not None and not reason.blank


def _step(cell: Cell) -> Fraction:
    assert cell.number is not None
    return Fraction(1, 10 ** max(decimals_of(cell.number), 2))


def _total(model: NumberedCells, cell: Cell) -> Total:
    return model.total((Operand(1, cell),))


def _self_total(model: NumberedCells) -> Iterator[Condition]:
    """Yield 自评总分 = 指标得分合计 + 预算执行率得分."""
    evidence = model.evidence
    total, scores = evidence.role("self_total"), evidence.total_cell("score")
    if total is None or total.number is None or scores is None or scores.number is None:
        return
    if any(line.not_applicable for line in evidence.lines) or not _complete(evidence):
        return
    score = evidence.execution("score")
    if score is None or score.number is None:
        return
    step = Decimal(1).scaleb(-max(decimals_of(total.number), 1))
    parts = model.total((Operand(1, scores), Operand(1, score)))
    slack = int(step * atoms_per(total.unit)) - 1
    number = model.cell_number(total)
    yield Linear("IND119", (_total(model, total), parts), True, True, slack, total=number)


def _complete(evidence: Evidence) -> bool:
    """Return whether the weights make up the whole: else a row is missing, or one too many."""
    weights = sum((line.weight for line in evidence.lines), Fraction(0))
    return weights + evidence.template.execution_weight == 100


def follow_execution(model: NumberedCells, changes: Assumed) -> Assumed:
    """Return changes with the score of 预算执行率 that follows from them, where it is a formula."""
    if model.execution is None:
        return changes
    score, done, plan = model.execution
    if changes.keys().isdisjoint(done.terms) and changes.keys().isdisjoint(plan.terms):
        return changes
    top, bottom = done.amounts(changes)[0], plan.amounts(changes)[0]
    if bottom <= 0:
        return changes
    share = min(max(Fraction(top) / Fraction(bottom), Fraction(0)), Fraction(1))
    right = rounded(model.evidence.template.execution_weight * share, 2)
    return {**changes, score: holding_of(model.cells[score], right)}


def _sense(model: NumberedCells) -> Iterator[Condition]:
    """Yield limits of sense: wages per head, cars behind their costs."""
    evidence = model.evidence
    template = evidence.template
    staff = evidence.role("staff")
    table = evidence.submission.get(template.funds.get("table", ""))
    wages = table.total.get(template.funds["wages"]) if table and table.total else None
    floor = template.thresholds.get("wages_per_head", Fraction(0)) * atoms_per("元")
    if staff is not None and wages is not None:

        def enough(paid: _Amount, people: _Amount) -> bool:
            return not paid or not people or Fraction(paid) / Fraction(people) >= floor

        yield OtherCondition("PLA102", (_total(model, wages), _total(model, staff)), enough)
    cost, cars = evidence.role("vehicle_cost"), evidence.role("vehicles")
    if cost is not None and cars is not None:

        def some_cars(paid: _Amount, number: _Amount) -> bool:
            return not paid or paid < 0 or bool(number and number > 0)

        yield OtherCondition("PLA105", (_total(model, cost), _total(model, cars)), some_cars)
