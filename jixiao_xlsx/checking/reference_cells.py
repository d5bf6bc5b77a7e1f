"""Which cell of a form a figure of the bureau stands for, and whether the two agree."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.amounts import MONEY_UNITS, atoms_per, grid_of
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.people import ReferenceLine
from jixiao_xlsx.values.text import tidy

_ATOMS = atoms_per("元")


def reference_ref(template: Template, item: str, kind: str) -> Ref | None:
    """Return the address of the cell that should hold a figure; None where the form has none."""
    for one in template.references:
        if row := one.table in template.table and _row(template, one.table, one.rows, item):
            column = one.columns.get(kind)
            if column:
                return Ref(one.table, row, column)
    return None


def is_referred_to(template: Template, item: str) -> bool:
    """Return whether the form has a row for an item of the bureau, whatever the column."""
    return any(
        one.table in template.table and _row(template, one.table, one.rows, item)
        for one in template.references
    )


def _row(template: Template, table: str, names: object, item: str) -> str:
    """Return the title of the row that an item means; "" where none does."""
    assert isinstance(names, dict)
    wanted = tidy(str(names.get(item, item)))
    for row in template.table[table].rows:
        spellings = {tidy(name) for name in (row.title, *row.aliases)}
        if wanted in spellings or f"其中:{wanted}" in spellings:
            return row.title
    return ""


def reference_pairs(evidence: Evidence) -> Iterator[tuple[ReferenceLine, str, Cell | None]]:
    """Yield every figure of the bureau that the form asks for with the cell that should hold it.

    None: the workbook has no such cell, or the form no such row.
    """
    for line in evidence.reference:
        for kind in line.amounts:
            ref = reference_ref(evidence.template, line.item, kind)
            cell = evidence.submission.cell(ref.table, ref.row, ref.column) if ref else None
            yield line, kind, cell


def in_yuan(cell: Cell) -> tuple[Decimal, Decimal]:
    """Return the number in a cell and its last printed digit, both in 元.

    A cell that holds no money is taken as it stands.
    """
    number = cell.number or Decimal(0)
    if cell.unit not in MONEY_UNITS:
        return number, Decimal(0)
    factor = Decimal(atoms_per(cell.unit)) / _ATOMS
    grid = Decimal(grid_of(cell.unit, cell.decimals)) / _ATOMS
    exact = grid * _ATOMS <= 1 or bool(number * atoms_per(cell.unit) % (grid * _ATOMS))
    return number * factor, Decimal(0) if exact else grid


def agrees(cell: Cell, line: ReferenceLine, kind: str) -> bool:
    """Return whether the number in a cell is the bureau's, as far as both are printed."""
    return line.agrees(kind, *in_yuan(cell))
