"""The cells of a submission by number, and the sums that its form puts between them.

A total that is a formula over its parts is replaced by the parts, so that a change of a part moves
every relation it counts in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property

from jixiao_xlsx.causes.readings import BLANK, Holding, holding_of
from jixiao_xlsx.causes.relations import Linear, Terms, Total
from jixiao_xlsx.checking.balance.instances import Instance
from jixiao_xlsx.checking.balance.verdicts import Outcome, Verdict
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.values.amounts import grid_of
from jixiao_xlsx.values.cells import Cell, Place, Table
from jixiao_xlsx.values.equations import ALL_ROWS
from jixiao_xlsx.values.operands import Operand

_UNJUDGED = frozenset({Outcome.COARSE})


class NumberedCells:
    """What is known about one submission while its causes are sought.

    `cells[n]` holds `readings[n]`; phantoms, one per column of an open table, stand for a row that
    was left out. `parts` are the cells a formula total is replaced by.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.cells: list[Cell] = []
        self.readings: list[Holding] = []
        self.number: dict[Place, int] = {}
        self.phantoms: dict[tuple[str, str], int] = {}
        self._parts: dict[int, dict[int, int]] = {}
        self._by_identity: dict[int, int] = {}  # quicker than by place; the cells live as long
        self.linear = list(self._linear_relations())

    def cell_number(self, cell: Cell) -> int:
        """Return the number of a cell, giving it one when it is first met."""
        number = self._by_identity.get(id(cell))
        if number is None:
            place = cell.place
            number = self.number.get(place)
            if number is None:
                number = self.number[place] = self._add(cell, holding_of(cell, cell.number))
            self._by_identity[id(cell)] = number
        return number

    def _add(self, cell: Cell, reading: Holding) -> int:
        self.cells.append(cell)
        self.readings.append(reading)
        return len(self.cells) - 1

    def phantom(self, table: Table, column: str) -> int:
        """Return the number of the phantom that stands for a missing row's figure in a column."""
        key = (table.name, column)
        if key not in self.phantoms:
            like = table.open_rows[0].cells.get(column) if table.open_rows else None
            heading = table.columns[column]
            unit, decimals = (like.unit, like.decimals) if like else ("", 0)
            cell = Cell(table.sheet, heading.ref, "", column, unit=unit, decimals=decimals)
            self.phantoms[key] = self._add(cell, BLANK)
        return self.phantoms[key]

    def terms(self, operands: Iterable[Operand], phantom: int | None = None) -> Terms:
        """Return the cells of a side with their signs, formula totals replaced by their parts."""
        terms: defaultdict[int, int] = defaultdict(int)
        for sign, cell in operands:
            for number, times in self.parts_of(cell).items():
                terms[number] += sign * times
        if phantom is not None:
            terms[phantom] += 1
        return {number: times for number, times in terms.items() if times}

    def parts_of(self, cell: Cell) -> Mapping[int, int]:
        """Return what a cell adds up, if it is a formula total that adds up; else the cell."""
        number = self.cell_number(cell)
        found = self._parts.get(number)
        if found is None:
            self._parts[number] = found = {number: 1}  # also ends circles
            formula = self.evidence.judged.formulas.get(cell.place) if cell.formula else None
            if formula is not None:
                phantom = self._rows_behind.get(cell.place)
                self._parts[number] = found = dict(self.terms(formula, phantom))
        return found

    @cached_property
    def _rows_behind(self) -> Mapping[Place, int]:
        """The phantoms of formula totals over open rows."""
        found = {}
        for verdict in self.evidence.judged.verdicts:
            phantom = self._phantom_of(verdict.instance)
            if phantom is not None:
                found[verdict.instance.sides[0][0].cell.place] = phantom
        return found

    def _phantom_of(self, instance: Instance) -> int | None:
        spec, sides = instance.spec, instance.sides
        if not (instance.is_equality and len(sides) == 2 and len(sides[0]) == 1):
            return None
        if spec.across or spec.relation.sides[1][0].ref.row != ALL_ROWS:
            return None
        table = self.evidence.submission.get(spec.table)
        return self.phantom(table, instance.label) if table and table.open_rows else None

    def total(self, operands: Iterable[Operand], phantom: int | None = None) -> Total:
        """Return the sum of a side, formula totals replaced by their parts."""
        return Total(self.terms(operands, phantom), self.readings)

    def _linear_relations(self) -> Iterator[Linear]:
        for verdict in self.evidence.judged.verdicts:
            instance = verdict.instance
            if instance.obstacle or not instance.sides or verdict.outcome in _UNJUDGED:
                continue
            if self._follows(verdict):
                continue
            phantom = self._phantom_of(instance)
            sides = tuple(
                self.total(side, phantom if at == 1 else None)
                for at, side in enumerate(instance.sides)
            )
            yield Linear(
                instance.spec.code,
                sides,
                instance.is_equality,
                instance.column not in instance.spec.note_columns,
                _slack(instance),
                instance.label,
                self._total_of(instance),
            )

    def _total_of(self, instance: Instance) -> int | None:
        """Return the cell that the other side of a relation within a table adds up."""
        sides = instance.sides
        if instance.spec.across or not instance.is_equality or len(sides) != 2:
            return None
        return self.cell_number(sides[0][0].cell) if len(sides[0]) == 1 else None

    def _follows(self, verdict: Verdict) -> bool:
        """Return whether a relation only says what a formula total is."""
        sides = verdict.instance.sides
        if verdict.instance.spec.across or len(sides) != 2 or len(sides[0]) != 1:
            return False
        formula = self.evidence.judged.formulas.get(sides[0][0].cell.place)
        return formula is sides[1]

    def follows(self, cell: Cell) -> bool:
        """Return whether a cell is a formula whose result follows from other cells."""
        return bool(cell.formula) and (
            cell.place in self.evidence.judged.formulas or cell.unit == "%"
        )

    def typed_figures(self, cells: Iterable[Cell | None]) -> list[int]:
        """Return the numbers of those cells into which a figure was typed."""
        return [
            self.cell_number(cell)
            for cell in cells
            if cell is not None and cell.number is not None and not self.follows(cell)
        ]

    def follows_from(self, cells: Set[int]) -> frozenset[int]:
        """Return the score of 预算执行率 where it is a formula over one of these cells."""
        if self.execution is None:
            return frozenset()
        score, *sides = self.execution
        apart = all(cells.isdisjoint(side.terms) for side in sides)
        return frozenset() if apart else frozenset((score,))

    @cached_property
    def execution(self) -> tuple[int, Total, Total] | None:
        """The score of 预算执行率 where it is a formula, with what was spent and what was planned."""
        score, *others = (self.evidence.execution(name) for name in ("score", "spent", "budget"))
        spent, budget = others
        if score is None or not score.formula or spent is None or budget is None:
            return None
        done, plan = (self.total((Operand(1, cell),)) for cell in (spent, budget))
        return self.cell_number(score), done, plan


def _slack(instance: Instance) -> int:
    """Return what may be off by a last digit (平尾差) between sheets, in atoms."""
    if not instance.spec.across:
        return 0
    return max((grid_of(c.unit, c.decimals) for c in instance.cells if c.gridded), default=0)
