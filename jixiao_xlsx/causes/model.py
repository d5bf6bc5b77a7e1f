"""What is known of a submission while causes are sought: cells, relations, slips of the hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from itertools import pairwise, zip_longest

from jixiao_xlsx.causes.filling import filling_rules
from jixiao_xlsx.causes.given import given_figures
from jixiao_xlsx.causes.kinds.slips import slips_in
from jixiao_xlsx.causes.numbered_cells import NumberedCells
from jixiao_xlsx.causes.other_relations import other_relations
from jixiao_xlsx.causes.readings import Holding, Remedy, holding_of
from jixiao_xlsx.causes.relations import Assumed, Condition, Linear
from jixiao_xlsx.causes.scores import FairScore, fair_scores, sums_of_weights
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.values.cells import Cell, Place
from jixiao_xlsx.values.typed_numbers import State

_TRUSTED = 0.2  # what a change in the most trusted table costs more
_CARRIED = ("carried_in", "carried_out", "fiscal_carried_in", "fiscal_carried_out")


class Model(NumberedCells):
    """The relations of a submission, each cell's own, and what may have been meant in a cell."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self._slips: dict[int, tuple[tuple[Decimal | int, str, int], ...]] = {}
        self._bundles: dict[int, tuple[Mapping[int, int], ...]] = {}
        self._beside: dict[str, Mapping[Place, frozenset[Decimal]]] = {}
        self.tries = 0  # changes tried one after the other
        self.cut_short = False  # whether the search left out what it might have tried
        self.table_remedies: dict[str, tuple[Remedy, ...]] = {}

    @cached_property
    def relations(self) -> tuple[Condition, ...]:
        """Every relation that can be tested."""
        return (
            *self.linear,
            *other_relations(self),
            *fair_scores(self),
            *sums_of_weights(self),
            *given_figures(self),
            *filling_rules(self),
        )

    @cached_property
    def totals(self) -> frozenset[int]:
        """The cells that add up others."""
        return frozenset(one.total for one in self._sums if one.total is not None)

    @cached_property
    def _sums(self) -> tuple[Linear, ...]:
        """The relations of a cell that adds up others."""
        linear = (one for one in self.relations if isinstance(one, Linear))
        return tuple(one for one in linear if one.total is not None)

    @cached_property
    def parts_below(self) -> Mapping[int, Mapping[int, int]]:
        """The parts of each typed total, with how often it counts them."""
        typed = (one for one in self._sums if one.total in one.sides[0].terms)
        return {one.total: one.sides[1].terms for one in typed if one.total is not None}

    @cached_property
    def totals_in_columns(self) -> frozenset[int]:
        """The cells that add up others of their own column."""
        return frozenset(
            one.total
            for one in self.linear
            if one.total is not None and one.about == self.cells[one.total].column
        )

    @cached_property
    def _above(self) -> Mapping[int, tuple[tuple[int, int], ...]]:
        """The typed totals that add up each cell exactly, with how often they count it."""
        found: dict[int, list[tuple[int, int]]] = {}
        for one in self._sums:
            assert one.total is not None
            left, right = (side.amounts({}) for side in one.sides)
            if left[5] and right[5] and left[0] == right[0] and one.total in one.sides[0].terms:
                for part, times in one.sides[1].terms.items():
                    found.setdefault(part, []).append((one.total, times))
        return {part: tuple(those) for part, those in found.items()}

    def bundles(self, cell: int) -> tuple[Mapping[int, int], ...]:
        """Return a cell alone, with the totals of its row typed from it, and with all of them."""
        found = self._bundles.get(cell)
        if found is None:
            found = self._bundles[cell] = self._bundled(cell)
        return found

    def _bundled(self, cell: int) -> tuple[Mapping[int, int], ...]:
        known = self.cells[cell]
        alone: Mapping[int, int] = {cell: 1}
        in_row = self._with_totals(cell, lambda total: total.row == known.row)
        in_table = self._with_totals(cell, lambda total: total.sheet == known.sheet)
        everywhere = self._with_totals(cell, lambda total: True)
        distinct = [alone]
        for bundle in (in_row, in_table, everywhere):
            if bundle not in distinct:
                distinct.append(bundle)
        return tuple(distinct)

    def _with_totals(self, cell: int, wanted: Callable[[Cell], bool]) -> Mapping[int, int]:
        bundle, waiting = {cell: 1}, [cell]
        while waiting:
            part = waiting.pop()
            for total, times in self._above.get(part, ()):
                if total not in bundle and wanted(self.cells[total]):
                    bundle[total] = bundle[part] * times
                    waiting.append(total)
        return bundle

    def slips(self, cell: int) -> tuple[tuple[Decimal | int, str, int], ...]:
        """Return the figures that may have been meant by the one typed in a cell."""
        found = self._slips.get(cell)
        if found is None:
            found = slips_in(self.cells[cell], self.readings[cell])
            if (fair := self._fair.get(cell)) is not None:
                found = tuple(slip for slip in found if slip[0] == fair)
            self._slips[cell] = found
        return found

    @cached_property
    def scores(self) -> frozenset[int]:
        """The scores that were typed."""
        return frozenset(one.shown for one in self.relations if isinstance(one, FairScore))

    @cached_property
    def _fair(self) -> Mapping[int, Decimal | int]:
        """The scores that results deserve, in atoms, of the cells with one that is not."""
        scores = [one for one in self.failing if isinstance(one, FairScore)]
        return {
            one.shown: holding_of(self.cells[one.shown], one.right).atoms
            for one in scores
            if one.determined
        }

    def may_be_negative(self, cell: int) -> bool:
        """Return whether a cell may hold an amount below 0."""
        known = self.cells[cell]
        template = self.evidence.template
        return known.column == template.execution_columns.get("adjustment")

    @cached_property
    def unread(self) -> frozenset[int]:
        """The cells that hold something else than a number or nothing."""
        odd = (State.TEXT, State.ERROR, State.UNCALCULATED)
        return frozenset(n for n, cell in enumerate(self.cells) if cell.state in odd)

    @cached_property
    def carried(self) -> frozenset[int]:
        """The cells with what was carried over from last year and into the next."""
        cells = (self.evidence.role(name) for name in _CARRIED)
        return frozenset(self.cell_number(cell) for cell in cells if cell is not None)

    def beside(self, cell: int) -> frozenset[Decimal]:
        """Return the figures in the cells beside a cell: its neighbours in row and column."""
        known = self.cells[cell]
        return self._neighbours(known.sheet).get(known.place, frozenset())

    def _neighbours(self, sheet: str) -> Mapping[Place, frozenset[Decimal]]:
        known = self._beside.get(sheet)
        if known is not None:
            return known
        found: dict[Place, set[Decimal]] = {}
        for table in self.evidence.submission.tables.values():
            if table.sheet != sheet:
                continue
            grid = [list(row.cells.values()) for row in table.rows]
            for cells in (*grid, *map(list, zip_longest(*grid))):
                for one, other in pairwise(cell for cell in cells if cell is not None):
                    if one.number and other.number:
                        found.setdefault(one.place, set()).add(other.number)
                        found.setdefault(other.place, set()).add(one.number)
        result = {place: frozenset(numbers) for place, numbers in found.items()}
        self._beside[sheet] = result
        return result

    def trust(self, cell: int) -> float:
        """Return what a change of a cell costs more because its table is trusted."""
        return self._trust.get(self.cells[cell].sheet, 0.0)

    @cached_property
    def _trust(self) -> Mapping[str, float]:
        """What changes cost more, by sheet: most in the table that is trusted most."""
        order = self.evidence.template.trust
        tables = {name: self.evidence.submission.get(name) for name in order}
        return {
            table.sheet: _TRUSTED * (len(order) - at) / len(order)
            for at, table in enumerate(tables.values())
            if table is not None
        }

    @cached_property
    def of_cell(self) -> Mapping[int, tuple[Condition, ...]]:
        """The relations that each cell counts in."""
        found: dict[int, list[Condition]] = {}
        for relation in self.relations:
            for cell in relation.cells:
                found.setdefault(cell, []).append(relation)
        return {cell: tuple(those) for cell, those in found.items()}

    @cached_property
    def failing(self) -> tuple[Condition, ...]:
        """The relations that fail as typed."""
        return tuple(relation for relation in self.relations if not relation.holds())

    def touched(self, cells: Iterable[int]) -> list[Condition]:
        """Return the relations that any of these cells counts in, each once."""
        found: dict[int, Condition] = {}
        for cell in cells:
            for relation in self.of_cell.get(cell, ()):
                found[id(relation)] = relation
        return list(found.values())

    def read(self, number: int, changes: Assumed) -> Holding:
        """Return what a cell holds with these changes."""
        return changes.get(number) or self.readings[number]
