"""The registry of rules: a rule is a decorated function that yields observations.

A rule never raises, prints or changes anything. It yields a Flag for each finding, a Skipped for a
check it could not make, and Looked(cells) for the cells it checked. Code, severity and basis are
given to the decorator; the docstring is the rule's page.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.cells import Cell, Place
from jixiao_xlsx.values.findings import Expected, Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding before the runner has added its rule's code, severity and basis.

    `severity` and `basis` override the rule's. `related` are in the order of use, first the cells
    that the hint names: the finding keeps the first eight, each once. `problem` says what is wrong,
    `demand` what to do; one after the other they are the finding's message.
    """

    place: Place
    item: str
    field: str
    reported: str
    problem: str
    expected: Expected | str | None = None
    difference: str = ""
    hint: str = ""
    related: tuple[Place, ...] = ()
    count: int = 1
    severity: Severity | None = None
    basis: str = ""
    demand: str = ""


class Looked(NamedTuple):
    """The number of cells that a rule has checked."""

    cells: int


Observation = Flag | Looked | Skipped
Check = TypeVar("Check", bound=Callable[..., Iterator[Observation]])


@dataclass(frozen=True)
class Rule:
    """One entry of the catalogue.

    `doc` says what is checked and why and, in a paragraph of its own (改法：…), how to correct it.
    `relations` are the numbers of the relations (勾稽关系) it covers. `yields_to` are the rules whose
    finding on the same item makes one of this rule needless. `configured`: the form sets its
    severity. `in_word`: it also applies to a table of the form in a Word report.
    """

    code: str
    title: str
    severity: Severity
    basis: str
    doc: str
    check: Callable[[Any], Iterator[Observation]]
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
) -> Callable[[Check], Check]:
    """Register a rule function.

    Raises:
        ValueError: the code is taken.
    """

    def register(check: Check) -> Check:
        if code in _REGISTRY:
            raise ValueError(f"规则编号重复：{code}")
        doc = (check.__doc__ or "").strip()
        _REGISTRY[code] = Rule(
            code, title, severity, basis, doc, check, relations, yields_to, in_word=in_word
        )
        return check

    return register


@cache
def coded_rules(*rooms: ModuleType) -> tuple[Rule, ...]:
    """Return every rule in the modules of these packages, by code."""
    for room in rooms:
        for module in pkgutil.iter_modules(room.__path__):
            importlib.import_module(f"{room.__name__}.{module.name}")
    return tuple(_REGISTRY[code] for code in sorted(_REGISTRY))


def flag(cell: Cell, problem: str, demand: str = "", **more: object) -> Flag:
    """Return a flag at a cell, with what was typed there."""
    typed, more = _as_typed(cell), {"demand": demand, **more}
    return Flag(cell.place, cell.row, cell.column, typed, problem, **more)  # type: ignore[arg-type]


def _as_typed(cell: Cell) -> str:
    """Return what was typed; a number shown as a percentage as “98.55%”, not 0.9855."""
    as_rate = cell.unit == "%" or cell.note == "%"
    if (
        as_rate
        and cell.number is not None
        and isinstance(cell.raw, int | float)
        and Decimal(str(cell.raw)) == cell.number
    ):
        return f"{plain(cell.number * 100)}%"
    return cell.as_seen


def cell_name(cell: Cell, template: Template) -> str:
    """Return “row”的“column”; the row alone where the form has no other column for it."""
    for table in template.tables:
        here = table.sheet == cell.sheet and cell.column in table.column and cell.row in table.row
        if here and sum(table.exists(cell.row, column) for column in table.columns) == 1:
            return f"“{cell.row}”"
    return f"“{cell.row}”的“{cell.column}”"
