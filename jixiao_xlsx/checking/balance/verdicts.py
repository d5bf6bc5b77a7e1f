"""The verdict on each equation, and the look-ups over all of them for rules and hints. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from jixiao_xlsx.checking.balance.formula_totals import balanced
from jixiao_xlsx.checking.balance.instances import Instance
from jixiao_xlsx.values.amounts import Convention
from jixiao_xlsx.values.cells import Cell, Place, Submission
from jixiao_xlsx.values.operands import Operands

NO_TOTAL = "其中的合计未填"


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
    """

    submission: Submission
    conventions: Mapping[str, Convention] = field(default_factory=dict)
    proofs: Mapping[str, tuple[Verdict, ...]] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()

    @cached_property
    def by_code(self) -> Mapping[str, tuple[Verdict, ...]]:
        """The verdicts on each equation."""
        verdicts: dict[str, list[Verdict]] = {}
        for verdict in self.verdicts:
            verdicts.setdefault(verdict.instance.spec.code, []).append(verdict)
        return {code: tuple(those) for code, those in verdicts.items()}

    @cached_property
    def failing_cells(self) -> frozenset[Place]:
        """The cells of the equations that fail."""
        failed = (one.instance for one in self.verdicts if one.outcome is Outcome.FAILS)
        return frozenset(cell.place for instance in failed for cell in instance.cells)

    @cached_property
    def formulas(self) -> Mapping[Place, Operands]:
        """The parts of each total that is a formula and adds up, blanks among them or not."""
        parts: dict[Place, Operands] = {}
        for verdict in self.verdicts:
            if self._is_formula(verdict.instance):
                left, right = verdict.instance.sides
                parts.setdefault(left[0].cell.place, right)
        return parts

    def _is_formula(self, instance: Instance) -> bool:
        spec, sides = instance.spec, instance.sides
        if spec.across or instance.missing not in {"", NO_TOTAL} or not instance.is_equality:
            return False
        if len(sides) != 2 or len(sides[0]) != 1:
            return False
        return bool(sides[0][0].cell.formula) and balanced(instance)
