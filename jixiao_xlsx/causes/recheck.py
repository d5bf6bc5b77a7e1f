"""What the checks would find if some cells held other figures: what is gone follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.other_relations import follow_execution
from jixiao_xlsx.causes.readings import Holding
from jixiao_xlsx.causes.relations import Rate
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Rule
from jixiao_xlsx.checking.run_rules import run_rules
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell, Place, Table
from jixiao_xlsx.values.findings import Finding
from jixiao_xlsx.values.text import percent
from jixiao_xlsx.values.typed_numbers import State

_DEEPEST = 6  # formulas over formulas
_ON_SENTENCES = "NAR"


def gone(
    model: Model,
    changes: Mapping[int, Holding],
    findings: Iterable[Finding],
    rules: Sequence[Rule],
) -> list[Finding]:
    """Return those of the findings that would not be made with these changes."""
    numbers = _new_numbers(model, changes)
    waiting = [one for one in findings if _may_follow(one, numbers)]
    codes = {finding.code for finding in waiting}
    if not codes:
        return []
    evidence = _with_numbers(model.evidence, numbers)
    report = run_rules(evidence, [rule for rule in rules if rule.code in codes])
    left = {finding.fingerprint for finding in report.findings}
    return [finding for finding in waiting if finding.fingerprint not in left]


def _may_follow(finding: Finding, numbers: Mapping[Place, Decimal | None]) -> bool:
    """Return whether a finding may follow from cells: on sentences only where it names one."""
    if not finding.code.startswith(_ON_SENTENCES):
        return True
    return any(place in numbers for place in finding.related)


def _new_numbers(model: Model, changes: Mapping[int, Holding]) -> dict[Place, Decimal | None]:
    """Return what some cells hold with these changes, and the formulas over them."""
    changes = follow_execution(model, changes)
    numbers = {model.cells[cell].place: reading.number for cell, reading in changes.items()}
    numbers |= _formulas_over(model, numbers)
    return numbers | _rates_over(model, numbers)


def _with_numbers(evidence: Evidence, numbers: Mapping[Place, Decimal | None]) -> Evidence:
    tables = {name: _changed(table, numbers) for name, table in evidence.submission.tables.items()}
    return replace(evidence, submission=replace(evidence.submission, tables=tables))


def _formulas_over(
    model: Model, numbers: Mapping[Place, Decimal | None]
) -> dict[Place, Decimal | None]:
    """Return what the totals that are formulas come out at, those that are changed by it."""
    found: dict[Place, Decimal | None] = {}

    def amount(cell: Cell, depth: int) -> Decimal:
        """Return what a cell holds, in atoms."""
        parts = model.evidence.judged.formulas.get(cell.place) if depth < _DEEPEST else None
        if cell.place in numbers or parts is None:
            number = numbers.get(cell.place, cell.number) or Decimal(0)
            return number * atoms_per(cell.unit)
        return sum((o.sign * amount(o.cell, depth + 1) for o in parts), Decimal(0))

    for place, number in model.number.items():
        cell = model.cells[number]
        if (
            place in model.evidence.judged.formulas
            and place not in numbers
            and cell.number is not None
        ):
            result = amount(cell, 0) / atoms_per(cell.unit)
            if result != cell.number:
                found[place] = result
    return found


def _rates_over(
    model: Model, numbers: Mapping[Place, Decimal | None]
) -> dict[Place, Decimal | None]:
    """Return what rates that are formulas come out at, those whose parts are changed."""
    found: dict[Place, Decimal | None] = {}
    for relation in model.relations:
        if not isinstance(relation, Rate) or not relation.result.formula:
            continue
        sides = (relation.above.terms, relation.below.terms)
        cells = [(model.cells[one], times) for side in sides for one, times in side.items()]
        if all(cell.place not in numbers for cell, _ in cells):
            continue
        above, below = (
            sum(times * (numbers.get(cell.place, cell.number) or 0) for cell, times in part)
            for part in (cells[: len(sides[0])], cells[len(sides[0]) :])
        )
        shown = relation.result
        if below:
            found[shown.place] = round(Decimal(above) / Decimal(below), shown.decimals + 2)
    return found


def _changed(table: Table, numbers: Mapping[Place, Decimal | None]) -> Table:
    if all(place.sheet != table.sheet for place in numbers):
        return table
    rows = (
        replace(row, cells={title: _cell(cell, numbers) for title, cell in row.cells.items()})
        for row in table.rows
    )
    return replace(table, rows=tuple(rows))


def _cell(cell: Cell, numbers: Mapping[Place, Decimal | None]) -> Cell:
    """Return a cell as if another figure had been typed there, in the same way."""
    place = cell.place
    if place not in numbers:
        return cell
    number = numbers[place]
    if number is None:
        return cell._replace(raw=None, value=None, state=State.BLANK, note="", shown="")
    if cell.state is State.TEXT and "%" in cell.text:
        shown = percent(Fraction(number))
        return cell._replace(raw=shown, value=shown)
    state = State.NUMBER if number else State.ZERO
    return cell._replace(raw=float(number), value=number, state=state, note="", shown="")
