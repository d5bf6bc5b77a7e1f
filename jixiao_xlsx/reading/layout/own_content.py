"""What a blank holds in its input cells before anybody filled them: numbers, placeholders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.cells import Cell, Row, Table
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.typed_numbers import State

_NAMING_ROLES = ("department", "department_code", "year")
_NAMING_PARTS = frozenset({"department", "code", "year"})
_At = tuple[int, str, str]  # number of the row, its title, the column


def is_untouched(form: Template, tables: Iterable[Table], own: Mapping[str, Table]) -> bool:
    """Return whether a copy holds nothing but what the blank did, and whose it is."""
    naming = {form.roles[role] for role in _NAMING_ROLES if role in form.roles} | {
        Ref(table.name, row.title, table.columns[0].title)
        for table in form.tables
        for row in table.rows
        if row.part in _NAMING_PARTS
    }
    return all(
        _typed(table, naming) == _typed(own[table.name], naming)
        for table in tables
        if table.name in own
    )


def _typed(table: Table, naming: set[Ref]) -> dict[_At, str]:
    return {
        (number, row.title, column): cell.text
        for number, row in enumerate(table.rows)
        for column, cell in row.cells.items()
        if not cell.blank and Ref(table.name, row.title, column) not in naming
    }


def as_changed(form: Template, table: Table, own: Table | None) -> Table:
    """Return a table in which what the blank prints to be overwritten (XX, *) counts as blank.

    Units that the blank states in the same way are left out: nobody changed them.
    """
    if own is None:
        return table
    stated = {(one.column, one.row): one.unit for one in own.stated_units}
    changed = tuple(
        one for one in table.stated_units if stated.get((one.column, one.row)) != one.unit
    )
    is_record = form.table[table.name].shape == "record"
    rows = tuple(
        replace(row, cells=dict(_cells(row, own.by_title.get(row.title), record=is_record)))
        for row in table.rows
    )
    return replace(table, rows=rows, stated_units=changed)


def _cells(row: Row, own: Row | None, *, record: bool) -> Iterator[tuple[str, Cell]]:
    for column, cell in row.cells.items():
        printed = own.get(column) if own else None
        same = printed is not None and printed.text == cell.text
        left = same and cell.state is State.TEXT and (bool(cell.unit) or record)
        blank = cell._replace(raw=None, value=None, state=State.BLANK, note="")
        yield column, blank if left else cell
