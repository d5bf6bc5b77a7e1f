"""The registry: a rule is a decorated function that yields what it saw.

A rule never raises, prints or changes anything. It yields a Flag for each thing to tell, a Skipped for a check it could not
make, and Looked(cells) for what it looked at. Code, severity and basis stand beside the function; the text of the docstring
is the rule's page.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import NamedTuple

from jixiao_xlsx.amounts import plain
from jixiao_xlsx.balance import Judge, judge
from jixiao_xlsx.indicators import Line, lines
from jixiao_xlsx.model import (
    Cell,
    Expected,
    Place,
    ReferenceLine,
    Scorecard,
    Severity,
    Skipped,
    State,
    Submission,
    Table,
)
from jixiao_xlsx.narrative.facts import Story
from jixiao_xlsx.narrative.measures import Measures
from jixiao_xlsx.narrative.source import own_words, passages
from jixiao_xlsx.narrative.story import read_story
from jixiao_xlsx.narrative.vocabulary import Vocabulary, vocabulary
from jixiao_xlsx.narrative.yardstick import Yardsticks
from jixiao_xlsx.partial import without_gaps
from jixiao_xlsx.scorer import scorecard
from jixiao_xlsx.spec import Template


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding before its rule has signed it. `severity` overrides the rule's for this one; `related` in the order of use:
    the finding keeps the first eight, each once.
    """

    place: Place
    item: str
    field: str
    reported: str
    message: str
    expected: Expected | str | None = None
    difference: str = ""
    hint: str = ""
    related: tuple[Place, ...] = ()
    count: int = 1
    severity: Severity | None = None
    basis: str = ""


class Looked(NamedTuple):
    """That many cells were looked at."""

    cells: int


Saw = Flag | Looked | Skipped


@dataclass(frozen=True)
class Desk:
    """What lies before a rule: the submission, the form, and what was worked out once for all rules."""

    submission: Submission
    template: Template
    reference: tuple[ReferenceLine, ...] = ()

    @cached_property
    def judged(self) -> Judge:
        """Every equation's verdict."""
        return judge(self.submission, self.template)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The indicator table, line by line."""
        return lines(self.submission, self.template)

    @cached_property
    def card(self) -> Scorecard:
        """The scores as recomputed."""
        return scorecard(self.submission, self.template)

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """The words reports of this form are read with."""
        return vocabulary(self.template)

    @cached_property
    def story(self) -> Story | None:
        """What the written report says; None where there is none."""
        known = self.vocabulary
        texts = passages(self.submission, self.template, known) if known else ()
        return (
            read_story(texts, known, own_words(self.submission, known), self.submission.year)
            if known and texts
            else None
        )

    @cached_property
    def yards(self) -> Yardsticks:
        """The tables' figures by item and role. Only asked where there is a story."""
        assert self.vocabulary is not None
        return Yardsticks(self.submission, self.vocabulary, self.judged)

    @cached_property
    def word_tables(self) -> tuple[Desk, ...]:
        """Each table of the reports that came along, on a desk of its own, without what it leaves out."""
        found = [table for document in self.submission.documents for table in document.tables]
        whole = [without_gaps(table, self.submission.get(table.name)) for table in found]
        bare = replace(self.submission, notes=(), remarks=(), documents=())
        return tuple(
            Desk(replace(bare, tables={table.name: table}), self.template) for table in whole
        )

    @cached_property
    def measures(self) -> Measures:
        """What the report says, held against the tables. Only asked where there is a story."""
        return Measures(self.yards, tuple(self.story.facts) if self.story else ())

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell of every table."""
        return tuple([cell for table in self.submission.tables.values() for cell in table.cells()])

    @cached_property
    def numbers(self) -> tuple[Cell, ...]:
        """Those of them that hold a number."""
        return tuple([cell for cell in self.cells if isinstance(cell.value, Decimal)])

    @cached_property
    def by_state(self) -> Mapping[State, Sequence[Cell]]:
        """The cells by what was found in them."""
        found: dict[State, list[Cell]] = {state: [] for state in State}
        for cell in self.cells:
            found[cell.state].append(cell)
        return found

    def role(self, name: str) -> Cell | None:
        """The cell that the form gives this role, or None where the form or the file has none."""
        ref = self.template.roles.get(name)
        return self.submission.cell(ref.table, ref.row, ref.column) if ref else None

    @property
    def indicator_table(self) -> Table | None:
        """The indicator table as read."""
        return self.submission.get(self.template.indicator_table)

    def total_cell(self, role: str) -> Cell | None:
        """The 合计 cell of an indicator column."""
        table = self.indicator_table
        total = table.total if table else None
        return total.get(self.template.indicator_columns[role]) if total else None

    def execution(self, role: str) -> Cell | None:
        """A cell of the execution row."""
        title = self.template.execution_columns.get(role)
        return (
            self.submission.cell(self.template.execution_table, self.template.execution_row, title)
            if title
            else None
        )


@dataclass(frozen=True)
class Rule:
    """One entry of the catalogue. `doc` says what and why, and in a paragraph of its own (改法：…) how to mend it.

    `yields_to` names rules whose finding on the same item explains this one away.

    `configured`: its severity is the form's word, not the rule's own. `in_word`: it also holds for a table of the form that
    stands alone in a Word report.
    """

    code: str
    title: str
    severity: Severity
    basis: str
    doc: str
    check: Callable[[Desk], Iterator[Saw]]
    relations: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    configured: bool = False
    in_word: bool = False


_REGISTRY: dict[str, Rule] = {}


def rule(
    code: str,
    title: str,
    *,
    severity: Severity,
    basis: str,
    relations: tuple[str, ...] = (),
    yields_to: tuple[str, ...] = (),
    in_word: bool = False,
) -> Callable[[Callable[[Desk], Iterator[Saw]]], Callable[[Desk], Iterator[Saw]]]:
    """Register a rule function. A code taken twice is a ValueError."""

    def register(check: Callable[[Desk], Iterator[Saw]]) -> Callable[[Desk], Iterator[Saw]]:
        if code in _REGISTRY:
            raise ValueError(f"规则编号重复：{code}")
        doc = (check.__doc__ or "").strip()
        _REGISTRY[code] = Rule(
            code, title, severity, basis, doc, check, relations, yields_to, in_word=in_word
        )
        return check

    return register


@cache
def coded_rules() -> tuple[Rule, ...]:
    """Every rule in code, by code."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return tuple(_REGISTRY[code] for code in sorted(_REGISTRY))


def flag(cell: Cell, message: str, **more: object) -> Flag:
    """A flag at a cell, with what was typed there."""
    return Flag(cell.place, cell.row, cell.column, _as_typed(cell), message, **more)  # type: ignore[arg-type]


def _as_typed(cell: Cell) -> str:
    """A number shown as a percentage reads “98.55%”, not 0.9855."""
    as_rate = cell.unit == "%" or cell.note == "%"
    if (
        as_rate
        and cell.number is not None
        and isinstance(cell.raw, int | float)
        and Decimal(str(cell.raw)) == cell.number
    ):
        return f"{plain(cell.number * 100)}%"
    return cell.text


def name_of(cell: Cell, template: Template) -> str:
    """“row”的“column”; the row alone where the form has no other column for it."""
    for table in template.tables:
        here = table.sheet == cell.sheet and cell.column in table.column and cell.row in table.row
        if here and sum(table.exists(cell.row, column) for column in table.columns) == 1:
            return f"“{cell.row}”"
    return f"“{cell.row}”的“{cell.column}”"
