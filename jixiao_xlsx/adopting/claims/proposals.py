"""A proposed equation: which cells must add up, and why that is thought."""

from __future__ import annotations

from dataclasses import dataclass

from jixiao_xlsx.adopting.seen.tables import RowSeen, TableColumn
from jixiao_xlsx.adopting.understanding import TableUnderstood


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of a table by line and column; one of the two is None where it runs along."""

    table: TableUnderstood
    line: RowSeen | None
    column: TableColumn | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An equation in words: signed places on both sides; `along` what it holds for.

    With `along` lines or columns the places leave that one open; without it holds once. `ticked`:
    it is checked unless the county says 改; else only proposed.
    """

    op: str
    left: tuple[tuple[int, Spot], ...]
    right: tuple[tuple[int, Spot], ...]
    reason: str
    ticked: bool = True
    along: tuple[RowSeen, ...] | tuple[TableColumn, ...] = ()

    @property
    def table(self) -> TableUnderstood | None:
        """Return the table it holds within; None between tables."""
        tables = {place.table.name: place.table for _, place in (*self.left, *self.right)}
        return next(iter(tables.values())) if len(tables) == 1 else None
