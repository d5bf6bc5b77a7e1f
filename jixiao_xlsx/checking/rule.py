"""The registry: a rule is a decorated function that yields what it saw.

A rule never raises, prints or changes anything. It yields a Flag for each thing to tell, a Skipped for a check it could not
make, and Looked(cells) for what it looked at. Code, severity and basis stand beside the function; the text of the docstring
is the rule's page.
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
from jixiao_xlsx.values.findings import Expected, Severity, Skipped
from jixiao_xlsx.values.number_text import plain


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


Observation = Flag | Looked | Skipped
Check = TypeVar("Check", bound=Callable[..., Iterator[Observation]])


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
    """Register a rule function. A code taken twice is a ValueError."""

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
