"""What the sheets of a county's blank print, and which cells are left to the department."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from jixiao_xlsx.form.paths import relative_years
from jixiao_xlsx.form.spec import RowSpec, SheetSpec, TableSpec, Template
from jixiao_xlsx.reading.titles import title_key
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position, column_index, position
from jixiao_xlsx.values.text import tidy

_LABEL_ENDS = ":"
_YEAR_LINE = re.compile(r"^[(](?:\d{4}|_*|\{year[^}]*\})年度?[)]$")


def keys_of(sheet: Worksheet, year: int | None) -> dict[Position, str]:
    """Return the filled cells of a sheet by what two files share: years count from `year`."""
    keys = {}
    for place in sheet.filled:
        raw = sheet.raw(*place)
        if isinstance(raw, str):
            keys[place] = _shared(tidy(raw), year)
        elif isinstance(raw, int | float) and not isinstance(raw, bool):
            keys[place] = f"#{raw:g}"
    return keys


def _shared(text: str, year: int | None) -> str:
    """Return a text without the room it leaves: “部门:____”, and “(    年度)” as any year's."""
    key = relative_years(text.rstrip("_"), year)
    return _YEAR_LINE.sub("(年度)", key)


@dataclass(frozen=True, eq=False)
class BlankSheet:
    """A sheet of the blank: its tables, its worksheet, and `printed`, all but the input cells."""

    spec: SheetSpec
    worksheet: Worksheet
    tables: tuple[TableSpec, ...]
    year: int | None

    @cached_property
    def inputs(self) -> frozenset[Position]:
        """Return the cells that a department fills."""
        return frozenset(place for table in self.tables for place in inputs_of(table))

    @cached_property
    def labels(self) -> frozenset[Position]:
        """Return the cells that print a label and take its value too."""
        return frozenset(
            position(row.at)
            for table in self.tables
            if table.shape == "record"
            for row in table.rows
            if row.inside and row.at
        )

    @cached_property
    def printed(self) -> Mapping[Position, str]:
        """Return what the blank prints, by place, as keys."""
        return {
            place: key
            for place, key in keys_of(self.worksheet, self.year).items()
            if place not in self.inputs
        }


def blank_sheets(form: Template, worksheets: Sequence[Worksheet]) -> tuple[BlankSheet, ...]:
    """Return the sheets of a form as its blank has them; those it lacks are left out."""
    by_name = {title_key(sheet.name): sheet for sheet in worksheets}
    found = []
    for spec in form.sheets:
        sheet = by_name.get(title_key(spec.title))
        tables = form.tables_of(spec.title)
        if sheet is not None and tables:
            found.append(BlankSheet(spec, sheet, tables, form.year))
    return tuple(found)


def inputs_of(table: TableSpec) -> Iterator[Position]:
    """Yield the cells of the blank that belong to a table."""
    if table.shape == "record":
        yield from (position(row.at) for row in table.rows if row.at and not row.inside)
        return
    columns = [column_index(column.at) for column in table.columns if column.at]
    for row in table.rows:
        if row.at:
            yield from ((int(row.at) - 1, column) for column in _columns_of(row, table))
    if table.total_at:
        yield from ((table.total_at - 1, column) for column in _figures(table))
    for line in own_lines_of(table):
        yield from ((line, column) for column in columns)


def _columns_of(row: RowSpec, table: TableSpec) -> Iterator[int]:
    return (
        column_index(one.at) for one in table.columns if one.at and table.exists(row.title, one)
    )


def _figures(table: TableSpec) -> Iterator[int]:
    return (column_index(one.at) for one in table.columns if one.at and one.numeric)


def own_lines_of(table: TableSpec) -> range:
    """Return the lines of the blank, from 0, that a department names itself."""
    first, _, last = table.lines.partition(":")
    if not first:
        return range(0)
    return range(int(first) - 1, int(last or first))


def titled_lines_of(table: TableSpec) -> list[int]:
    """Return every line of the blank, from 0, with cells of a table."""
    lines = {*own_lines_of(table)}
    if table.shape == "record":
        lines |= {position(row.at)[0] for row in table.rows if row.at}
    else:
        lines |= {int(row.at) - 1 for row in table.rows if row.at}
    if table.total_at:
        lines.add(table.total_at - 1)
    return sorted(lines)
