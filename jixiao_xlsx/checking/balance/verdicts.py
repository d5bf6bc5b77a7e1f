"""The verdict on each equation, and the look-ups over all of them for rules and hints. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from jixiao_xlsx.checking.balance.formula_totals import balanced
from jixiao_xlsx.checking.balance.instances import Instance
from jixiao_xlsx.values.amounts import Convention
from jixiao_xlsx.values.cells import Cell, Place, Submission
from jixiao_xlsx.values.equations import Scope
from jixiao_xlsx.values.operands import Operands


class Outcome(StrEnum):
    """How an instance was judged."""

    HOLDS = "holds"
    OTHER_CONVENTION = "other convention"
    TYPED_ZERO = "typed zero"
    LAST_DIGIT = "last digit"
    COARSE = "100 yuan"
    BLANK_TOTAL = "blank total"
    FAILS = "fails"
    SKIPPED = "skipped"


class Verdict(NamedTuple):
    """The judgement of one instance.

    `anchor` is the cell a finding points at; `low`, `high` the figures that would have been right
    there (in its unit), None where the relation is ≤; `others` the plain value of the other side,
    in the anchor's unit; `how` the convention that a proof, or the equation, rests on.
    """

    instance: Instance
    outcome: Outcome
    anchor: Cell | None = None
    reason: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    others: Decimal | None = None
    how: Convention | None = None


@dataclass(frozen=True)
class Judgement:
    """All verdicts on one submission.

    `conventions` and `proofs` go by sheet: how its 万元 figures were shortened, and what shows it.
    With `row_totals`, totals of rows that add up are treated as formulas, typed or not.
    """

    submission: Submission
    conventions: Mapping[str, Convention] = field(default_factory=dict)
    proofs: Mapping[str, tuple[Verdict, ...]] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    row_totals: bool = False

    @cached_property
    def with_row_totals(self) -> Judgement:
        """The same verdicts with row totals that add up treated as formulas."""
        return replace(self, row_totals=True)

    @cached_property
    def by_code(self) -> Mapping[str, tuple[Verdict, ...]]:
        """The verdicts on each equation."""
        verdicts: dict[str, list[Verdict]] = {}
        for verdict in self.verdicts:
            verdicts.setdefault(verdict.instance.spec.code, []).append(verdict)
        return {code: tuple(those) for code, those in verdicts.items()}

    @cached_property
    def cells(self) -> Mapping[Place, Cell]:
        """The cells that equations use."""
        return {cell.place: cell for verdict in self.verdicts for cell in verdict.instance.cells}

    @cached_property
    def by_place(self) -> Mapping[Place, tuple[Instance, ...]]:
        """The instances that use each cell; needed only for failures."""
        users: dict[Place, list[Instance]] = {}
        for verdict in self.verdicts:
            for cell in verdict.instance.cells:
                users.setdefault(cell.place, []).append(verdict.instance)
        return {place: tuple(instances) for place, instances in users.items()}

    @cached_property
    def failures(self) -> Mapping[Place, frozenset[int]]:
        """The `id`s of the failed instances that use each cell."""
        failures: dict[Place, set[int]] = {}
        for verdict in self.verdicts:
            if verdict.outcome is Outcome.FAILS:
                for cell in verdict.instance.cells:
                    failures.setdefault(cell.place, set()).add(id(verdict.instance))
        return {place: frozenset(ids) for place, ids in failures.items()}

    @cached_property
    def failed(self) -> frozenset[int]:
        """The `id`s of the instances that fail."""
        return frozenset().union(*self.failures.values())

    @cached_property
    def formulas(self) -> Mapping[Place, Operands]:
        """The parts of each total that follows when a part is corrected."""
        parts: dict[Place, Operands] = {}
        for verdict in self.verdicts:
            if self._is_formula(verdict.instance):
                left, right = verdict.instance.sides
                parts.setdefault(left[0].cell.place, right)
        return parts

    def _is_formula(self, instance: Instance) -> bool:
        spec, sides = instance.spec, instance.sides
        if spec.across or instance.missing or not instance.is_equality:
            return False
        if len(sides) != 2 or len(sides[0]) != 1:
            return False
        by_row = self.row_totals and spec.relation.scope is Scope.ROW
        return bool(sides[0][0].cell.formula or by_row) and balanced(instance)

    @cached_property
    def followers(self) -> Mapping[Place, tuple[Place, ...]]:
        """The formula totals that add up each cell directly."""
        totals: dict[Place, list[Place]] = {}
        for place, parts in self.formulas.items():
            for part in parts:
                totals.setdefault(part.cell.place, []).append(place)
        return {place: tuple(those) for place, those in totals.items()}
