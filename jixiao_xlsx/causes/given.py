"""Cells whose figure is not the department's to choose: weights of the form, approved figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.causes.numbered_cells import NumberedCells
from jixiao_xlsx.causes.readings import Holding
from jixiao_xlsx.causes.relations import Assumed
from jixiao_xlsx.checking.reference_cells import reference_pairs
from jixiao_xlsx.values.amounts import MONEY_UNITS, atoms_per
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.people import ReferenceLine, Stage

_UNCHANGED: Assumed = {}
_OF_THE_FORM, _APPROVED = "表样规定", "财政部门的批复数是"


@dataclass(eq=False, slots=True)
class Given:
    """A cell that must hold `right`, in its unit; `source` says who gives it.

    `grain` is the last digit to which that is known, 0 for an exact figure. The findings are at the
    cell.
    """

    shown: int
    right: Decimal
    source: str
    readings: Sequence[Holding]
    grain: Decimal = Decimal(0)
    code: str = ""
    binding: bool = True
    cells: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.cells = frozenset((self.shown,))

    def holds(self, changes: Assumed = _UNCHANGED) -> bool:
        """Return whether it holds with these changes; a row taken away asks for nothing."""
        number = changes.get(self.shown, self.readings[self.shown]).number
        if number is None:
            return self.readings[self.shown].number is not None
        return number == self.right or abs(number - self.right) < self.grain

    def exceeded(self, changes: Assumed) -> float:
        """Return how many times over a limit is exceeded: it is none, whatever was typed may be
        meant.
        """
        return float("inf")


def given_figures(model: NumberedCells) -> Iterator[Given]:
    """Yield the weights of 共性 indicators, the share of 预算执行率, and what the bureau approved."""
    evidence = model.evidence
    for line in evidence.lines:
        cell = line.cells.get("weight")
        if cell is not None and line.spec and line.spec.common and not cell.blank:
            yield _given(model, cell, _decimal(line.spec.weight), _OF_THE_FORM)
    share = evidence.execution("weight")
    if share is not None and share.number is not None:
        right = _decimal(evidence.template.execution_weight)
        yield _given(model, share, right, _OF_THE_FORM)
    for known, kind, cell in reference_pairs(evidence):
        if cell is not None and cell.number is not None:
            yield _of_the_bureau(model, cell, known, kind)


def _of_the_bureau(model: NumberedCells, cell: Cell, line: ReferenceLine, kind: str) -> Given:
    """Return what a figure of the bureau asks of its cell, on the coarser of both grids."""
    final = line.stage is Stage.APPROVED
    source = _APPROVED if final else f"{line.named(kind)}是"
    unit = cell.unit if cell.unit in MONEY_UNITS else "元"
    factor = Decimal(atoms_per("元")) / atoms_per(unit)
    right, grain = line.amounts[kind] * factor, line.grain * factor
    exact = round(right, cell.decimals) if unit != "元" else right
    if exact != right:
        grain = max(grain, Decimal(1).scaleb(-cell.decimals))
    return Given(model.cell_number(cell), right, source, model.readings, grain)


def _given(model: NumberedCells, cell: Cell, right: Decimal, source: str) -> Given:
    return Given(model.cell_number(cell), right, source, model.readings)


def _decimal(points: Fraction) -> Decimal:
    return Decimal(points.numerator) / Decimal(points.denominator)
