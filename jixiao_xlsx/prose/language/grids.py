"""Tables whose rows and columns a sentence may name, and the words for their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LINES = "indicators"  # the label of a grid whose rows are the lines of the indicator table


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column, or what two of them give; `operator` is "", "-" or "/".

    `unit` is money, %, 分, or what is counted. `usual`: meant where only a row is named.
    """

    first: str
    operator: str
    second: str
    unit: str
    words: tuple[str, ...]
    usual: bool = False


@dataclass(frozen=True, slots=True)
class NamedGrid:
    """A table read by rows and columns. `near`: words one of which its paragraph must have;
    `fillers`: words that mean nothing there.
    """

    table: str
    label: str
    total: str
    near: tuple[str, ...]
    fillers: tuple[str, ...]
    columns: tuple[GridColumn, ...]


def read_grids(specs: Sequence[Mapping[str, Any]]) -> tuple[NamedGrid, ...]:
    """Return the grids of a form's items.toml."""
    return tuple(
        NamedGrid(
            spec["table"],
            spec["label"],
            spec.get("total", ""),
            tuple(spec.get("near", ())),
            tuple(spec.get("filler", ())),
            tuple(_column(title, one) for title, one in spec["columns"].items()),
        )
        for spec in specs
    )


def _column(title: str, spec: Mapping[str, Any]) -> GridColumn:
    first, operator, second = (*title.split(" "), "", "")[:3]
    return GridColumn(
        first, operator, second, spec["unit"], tuple(spec["words"]), spec.get("usual", False)
    )
