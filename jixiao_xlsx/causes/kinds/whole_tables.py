"""Changes of whole tables: their unit, their rows, their columns, their totals."""

from __future__ import annotations

from collections.abc import Iterator

from jixiao_xlsx.causes.changes import Standing
from jixiao_xlsx.causes.kinds.moved import exchanged_cells, pasted_columns
from jixiao_xlsx.causes.kinds.rows import row_missing, rows_too_many, shifted_figures
from jixiao_xlsx.causes.kinds.sum_formulas import sum_formulas
from jixiao_xlsx.causes.kinds.units import in_stated_units, other_units
from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.readings import Remedy
from jixiao_xlsx.values.cells import Table


def table_changes(model: Model, standing: Standing) -> Iterator[Remedy]:
    """Yield remedies for the tables that count in relations which fail."""
    cells = {cell for relation in standing.failing.values() for cell in relation.cells}
    sheets = {model.cells[cell].sheet for cell in cells}
    yield from sum_formulas(model, standing)
    for table in model.evidence.submission.tables.values():
        form = model.evidence.template.table.get(table.name)
        if table.sheet in sheets and form is not None and form.shape != "record":
            yield from row_missing(model, table, standing)
            yield from (
                remedy
                for remedy in _as_typed(model, table)
                if not cells.isdisjoint(remedy.readings)
            )


def _as_typed(model: Model, table: Table) -> tuple[Remedy, ...]:
    """Return what may have happened to a table, whatever fails; made once."""
    known = model.table_remedies.get(table.name)
    if known is None:
        known = tuple(_made(model, table))
        model.table_remedies[table.name] = known
    return known


def _made(model: Model, table: Table) -> Iterator[Remedy]:
    yield from in_stated_units(model, table)
    yield from other_units(model, table)
    yield from rows_too_many(model, table)
    for column in table.columns:
        yield from shifted_figures(model, table, column)
    yield from pasted_columns(model, table)
    yield from exchanged_cells(model, table)
