"""What a rule is given: the submission, the form, and what is calculated once for all rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Self

from jixiao_xlsx.checking.balance.judging import judge
from jixiao_xlsx.checking.balance.verdicts import Judgement
from jixiao_xlsx.checking.partial_tables import without_gaps
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine, indicator_lines
from jixiao_xlsx.scoring.scorer import scorecard
from jixiao_xlsx.values.cells import Cell, Submission, Table
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.people import ApprovedTarget, ReferenceLine
from jixiao_xlsx.values.scores import IndicatorScore, Scorecard
from jixiao_xlsx.values.typed_numbers import State


@dataclass(frozen=True)
class Evidence:
    """What a rule is given; properties are calculated when first used, once for all rules."""

    submission: Submission
    template: Template
    reference: tuple[ReferenceLine, ...] = ()
    opening: Mapping[Ref, Decimal] = field(default_factory=dict)
    targets: tuple[ApprovedTarget, ...] = ()

    @cached_property
    def judged(self) -> Judgement:
        """The verdicts on all equations."""
        return judge(self.submission, self.template)

    @cached_property
    def lines(self) -> tuple[IndicatorLine, ...]:
        """The lines of the indicator table."""
        return indicator_lines(self.submission, self.template)

    @cached_property
    def card(self) -> Scorecard:
        """The recomputed scores."""
        return scorecard(self.submission, self.template)

    @cached_property
    def scored_lines(self) -> tuple[tuple[IndicatorLine, IndicatorScore], ...]:
        """Each line of the indicator table with its recomputed score."""
        return tuple(zip(self.lines, self.card.indicators, strict=True))

    @cached_property
    def word_tables(self) -> tuple[Self, ...]:
        """Each table of the Word reports as evidence of its own, without what it leaves out."""
        tables = [table for document in self.submission.documents for table in document.tables]
        whole = [without_gaps(table, self.submission.get(table.name)) for table in tables]
        bare = replace(self.submission, notes=(), remarks=(), documents=())
        return tuple(
            replace(
                self,
                submission=replace(bare, tables={table.name: table}),
                reference=(),
                opening={},
                targets=(),
            )
            for table in whole
        )

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell of every table."""
        return tuple([cell for table in self.submission.tables.values() for cell in table.cells()])

    @cached_property
    def numbers(self) -> tuple[Cell, ...]:
        """Every cell that holds a number."""
        return tuple([cell for cell in self.cells if isinstance(cell.value, Decimal)])

    @cached_property
    def by_state(self) -> Mapping[State, Sequence[Cell]]:
        """The cells by state."""
        by_state: dict[State, list[Cell]] = {state: [] for state in State}
        for cell in self.cells:
            by_state[cell.state].append(cell)
        return by_state

    def role(self, name: str) -> Cell | None:
        """Return the cell of this role, or None where the form or the file has none."""
        ref = self.template.roles.get(name)
        return self.submission.cell(ref.table, ref.row, ref.column) if ref else None

    @property
    def indicator_table(self) -> Table | None:
        """The indicator table as read, if the file has it."""
        return self.submission.get(self.template.indicator_table)

    def total_cell(self, role: str) -> Cell | None:
        """Return the cell with the sum of an indicator column; None where it holds more than that.

        A grand total has the score of 预算执行率 in it too.
        """
        return None if self.template.total_includes_execution else self.total_anchor(role)

    def total_anchor(self, role: str) -> Cell | None:
        """Return the cell of an indicator column in the 合计 row, whatever is added up in it."""
        table = self.indicator_table
        total = table.total if table else None
        title = self.template.indicator_columns.get(role)
        return total.get(title) if total and title else None

    def execution(self, role: str) -> Cell | None:
        """Return a cell of the row with the department's budget execution (预算执行率)."""
        title = self.template.execution_columns.get(role)
        return (
            self.submission.cell(self.template.execution_table, self.template.execution_row, title)
            if title
            else None
        )
