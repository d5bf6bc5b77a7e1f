"""Scores that results deserve: what a score may be, whatever adds it up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.causes.numbered_cells import NumberedCells
from jixiao_xlsx.causes.readings import Holding
from jixiao_xlsx.causes.relations import Assumed, Constant, Linear
from jixiao_xlsx.checking.rules.scores import unfair
from jixiao_xlsx.checking.rules.weights import weight_sums
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.operands import Operand
from jixiao_xlsx.values.scores import IndicatorScore
from jixiao_xlsx.values.text import rounded

_UNCHANGED: Assumed = {}


@dataclass(eq=False, slots=True)
class FairScore:
    """A score within its weight, neither above nor, without a reason, below what its result earns.

    `right` is that, in 分, or the most it can be where nothing determines it. The findings are at
    its cell.
    """

    shown: int
    right: Decimal
    determined: bool
    line: IndicatorLine
    item: IndicatorScore
    readings: Sequence[Holding]
    code: str = ""
    binding: bool = True
    cells: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.cells = frozenset((self.shown,))

    def holds(self, changes: Assumed = _UNCHANGED) -> bool:
        """Return whether it holds with these changes."""
        number = changes.get(self.shown, self.readings[self.shown]).number
        if number is None:
            return True
        return not unfair(self.line, replace(self.item, self_score=Fraction(number)))

    def exceeded(self, changes: Assumed) -> float:
        """Return how many times over a limit is exceeded: a score never by its unit."""
        return 1.0


def fair_scores(model: NumberedCells) -> Iterator[FairScore]:
    """Yield what is known of each score that was typed: of a wrong weight, none is fair."""
    for line, item in model.evidence.scored_lines:
        cell = line.cells.get("score")
        if cell is None or cell.number is None or line.weight <= 0:
            continue
        known = item.score is not None and 0 <= item.score <= line.weight
        right = rounded(item.score if known and item.score is not None else line.weight, 2)
        yield FairScore(model.cell_number(cell), right, known, line, item, model.readings)


def sums_of_weights(model: NumberedCells) -> Iterator[Linear]:
    """Yield what the weights of a group, and all weights, do not add up to and should.

    Where two wrong weights make up for each other, the sum says nothing.
    """
    for code, cells, whole in weight_sums(model.evidence):
        total = model.total(Operand(1, cell) for cell in cells)
        about = cells[0].row if code == "IND102" else ""
        sides = (total, Constant(int(whole * atoms_per(cells[0].unit))))
        relation = Linear(code, sides, True, True, about=about)
        if not relation.holds():
            yield relation
