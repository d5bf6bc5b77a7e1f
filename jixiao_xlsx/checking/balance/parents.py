"""类 = Σ款, 款 = Σ项: the lines of a table of codes, each with the parts below it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jixiao_xlsx.values.cells import Row, Table
from jixiao_xlsx.values.operands import Operand, Operands

Sum = tuple[Operands, Operands]  # the line, and its parts


def sums_of_parents(table: Table) -> Mapping[str, Sequence[Sum]]:
    """Return, by column, every line with parts and the parts of the next level."""
    families = list(_families(table.coded_rows))
    return {
        column: [
            ((Operand(1, parent.cells[column]),), tuple(Operand(1, c.cells[column]) for c in parts))
            for parent, parts in families
            if all(column in row.cells for row in (parent, *parts))
        ]
        for column in table.columns
    }


def _families(rows: Sequence[Row]) -> Iterator[tuple[Row, list[Row]]]:
    for at, parent in enumerate(rows):
        parts: list[Row] = []
        for row in rows[at + 1 :]:
            if row.code == parent.code or not row.code.startswith(parent.code):
                break
            if not parts or not row.code.startswith(parts[-1].code):
                parts.append(row)
        if parts:
            yield parent, parts
