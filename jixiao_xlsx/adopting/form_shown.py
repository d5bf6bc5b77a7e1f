"""What a county's own form says of a file: its cells, equations, roles, indicators, as values."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jixiao_xlsx.adopting.seen.boxes import printed_at
from jixiao_xlsx.form.paths import BETWEEN, RECORD_COLUMN
from jixiao_xlsx.form.spec import ColumnSpec, EquationSpec, RowSpec, TableSpec, Template
from jixiao_xlsx.reading.layout.match import SheetPair, match_blank
from jixiao_xlsx.reading.layout.placed_tables import own_lines
from jixiao_xlsx.reading.layout.printed import own_lines_of
from jixiao_xlsx.reading.layout.read_copy import sheets_of_blank
from jixiao_xlsx.reading.sheets import read_worksheets
from jixiao_xlsx.values.addresses import Position, a1, column_index, position
from jixiao_xlsx.values.equations import ALL_ROWS, Ref, Scope, Term

_YEAR = re.compile(r"\{year([+-]\d)?\}")
_Sides = tuple[list[str], list[str]]


@dataclass
class _Cells:
    """The cells of a form in a file: those to be filled, and where each stands."""

    year: int | None
    shown: list[dict[str, Any]] = field(default_factory=list)
    at: dict[Ref, str] = field(default_factory=dict)
    lines: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def in_year(self, title: str) -> str:
        """Return a title with its years as the file prints them: {year-1} → 2022."""
        if not self.year:
            return title
        year = self.year
        return _YEAR.sub(lambda found: str(year + int(found[1] or 0)), title)

    def find(self, ref: Ref) -> list[str]:
        """Return the addresses of a term; those of every line for 各行."""
        if ref.row == ALL_ROWS:
            lines = self.lines.get(ref.table, [])
            return [line[ref.column] for line in lines if ref.column in line]
        return [self.at[ref]] if ref in self.at else []


def shown_by(form: Template, data: bytes) -> dict[str, Any]:
    """Return what a form says of a copy of its blank. Raises Refused, OSError.

    Only cells that a person fills are listed: what the blank prints, or computes, is not.
    """
    sheets = read_worksheets(data, lambda name, hidden: not hidden)
    pairs, year = match_blank(sheets_of_blank(form), sheets)
    cells = _Cells(year or form.year)
    for pair in pairs:
        for table in pair.blank.tables:
            if table.shape == "record":
                _record(cells, pair, table)
            else:
                _table(cells, pair, table)
    return {
        "cells": cells.shown,
        "roles": dict(_roles(form, cells)),
        "equations": [*_equations(form, cells), *_total(form, cells)],
        "indicators": list(_indicators(form, cells)),
    }


# ------------------------------------------------------------------------------------------- cells


def _record(cells: _Cells, pair: SheetPair, table: TableSpec) -> None:
    for row in table.rows:
        place = pair.place(table.name, position(row.at)) if row.at else None
        if place is None:
            continue
        ref = f"{pair.copy.name}!{a1(*place)}"
        cells.at[Ref(table.name, row.title, RECORD_COLUMN)] = ref
        beside = row.part == "code" and BETWEEN in row.title
        if row.part != "year" and not beside:
            column = table.columns[0]
            _show(cells, pair, table, place, list(row.path or (row.title,)), [], row.title, column)


def _table(cells: _Cells, pair: SheetPair, table: TableSpec) -> None:
    for row in table.rows:
        _line(cells, pair, table, int(row.at) - 1, row, list(row.path))
    if table.total_at:
        _line(cells, pair, table, table.total_at - 1, RowSpec(table.total), [table.total])
    own = cells.lines.setdefault(table.name, [])
    fixed = {int(row.at) - 1 for row in table.rows}
    there = own_lines(pair, table)
    for number, line in enumerate(own_lines_of(table)):
        if line not in fixed and number < len(there):
            path = _titles(pair, table, line)
            own.append(_line(cells, pair, table, line, None, path, there[number]))


def _titles(pair: SheetPair, table: TableSpec, line: int) -> list[str]:
    """Return what the blank prints as the titles of a line that else a department names."""
    sheet = pair.blank.worksheet
    found = []
    for name in (*table.inherit, *table.label):
        at = column_index(table.column[name].at) if name in table.column else -1
        area = sheet.covered.get((line, at))
        raw = sheet.raw(*(area[:2] if area else (line, at)))
        if isinstance(raw, str) and raw.strip():
            found.append(raw.strip())
    return found


def _line(
    cells: _Cells,
    pair: SheetPair,
    table: TableSpec,
    line: int,
    row: RowSpec | None,
    path: list[str],
    copied: int | None = None,
) -> dict[str, str]:
    """List the cells of a line, and return their addresses by column.

    `copied` is the line of the copy, where that is not known by what the blank prints.
    """
    name = row.title if row is not None else ""
    there = {}
    for column in table.columns:
        at = (line, column_index(column.at))
        place = pair.place(table.name, at)
        across = pair.columns[table.name].get(at[1])
        if copied is not None and across is not None:
            place = copied, across
        if place is None or not table.exists(name, column) or not _starts(pair, at):
            continue
        ref = f"{pair.copy.name}!{a1(*place)}"
        there[column.title] = ref
        if row is not None:
            cells.at[Ref(table.name, name, column.title)] = ref
        if not _printed(pair, at) and not _left_blank(pair, table, at):
            titles = list(column.path or (column.title,))
            _show(cells, pair, table, place, path, titles, name, column)
    return there


def _starts(pair: SheetPair, at: Position) -> bool:
    """Return whether a cell of the blank is no part of a merge that begins elsewhere."""
    area = pair.blank.worksheet.covered.get(at)
    return area is None or area[:2] == at


def _printed(pair: SheetPair, at: Position) -> bool:
    """Return whether the blank prints or computes something there, so that nobody fills it."""
    return printed_at(pair.blank.worksheet, at)


def _left_blank(pair: SheetPair, table: TableSpec, at: Position) -> bool:
    """Return whether a cell is blank in a column whose cells the blank prints: it is meant so."""
    lines = own_lines_of(table)
    if at[0] not in lines:
        return False
    return 2 * sum(_printed(pair, (line, at[1])) for line in lines) > len(lines)


def _show(
    cells: _Cells,
    pair: SheetPair,
    table: TableSpec,
    place: Position,
    row: list[str],
    column: list[str],
    name: str,
    spec: ColumnSpec,
) -> None:
    raw = pair.copy.raw(*place)
    cells.shown.append(
        {
            "sheet": pair.copy.name,
            "cell": a1(*place),
            "table": cells.in_year(table.name),
            "row": [cells.in_year(title) for title in row],
            "column": [cells.in_year(title) for title in column],
            "unit": table.unit_of(name, spec),
            "kind": table.kind(name, spec),
            "value": raw if isinstance(raw, (str, int, float, bool, type(None))) else str(raw),
        }
    )


# ------------------------------------------------------------------------------- roles, equations

_NAMES = {"self_total": "total_score"}


def _roles(form: Template, cells: _Cells) -> Iterator[tuple[str, str]]:
    for role, ref in form.roles.items():
        found = cells.find(ref)
        if found:
            yield _NAMES.get(role, role), found[0]


def _equations(form: Template, cells: _Cells) -> Iterator[dict[str, Any]]:
    for ticked, specs in ((True, form.equations), (False, form.proposals)):
        for spec in specs:
            if isinstance(spec, EquationSpec):
                for left, right in _instances(form, spec, cells):
                    op = "=" if spec.relation.op == "=" else "<="
                    yield {"op": op, "left": left, "right": right, "ticked": ticked}


def _instances(form: Template, spec: EquationSpec, cells: _Cells) -> Iterator[_Sides]:
    """Yield an equation wherever it holds, as addresses; none where it has no cells."""
    for terms in _addressed(form, spec, cells):
        sides = [_addresses(side, cells) for side in terms]
        if all(sides):
            for left, right in itertools.pairwise(sides):
                if left is not None and right is not None:
                    yield left, right


def _addresses(side: Sequence[Term], cells: _Cells) -> list[str] | None:
    """Return the addresses of a side; None where one of its cells is missing."""
    found = [(term.sign, cells.find(term.ref)) for term in side]
    if not all(
        refs or term.ref.row == ALL_ROWS for (_, refs), term in zip(found, side, strict=True)
    ):
        return None
    return [("-" if sign < 0 else "") + ref for sign, refs in found for ref in refs]


def _addressed(
    form: Template, spec: EquationSpec, cells: _Cells
) -> Iterator[tuple[Sequence[Term], ...]]:
    relation = spec.relation
    if relation.scope is Scope.SHEET:
        yield relation.sides
        return
    table = form.table[spec.table]
    if relation.scope is Scope.COLUMN:
        named = [column.title for column in table.columns if column.numeric]
        for title in spec.columns or named:
            yield _filled(relation.sides, column=title)
        return
    for row in (*table.rows, *([RowSpec(table.total)] if table.total else [])):
        if not spec.rows or row.title in spec.rows:
            yield _filled(relation.sides, row=row.title)
    for line in cells.lines.get(spec.table, []) if not spec.rows else ():
        for column, ref in line.items():
            cells.at[Ref(spec.table, f"#{id(line)}", column)] = ref
        yield _filled(relation.sides, row=f"#{id(line)}")


def _filled(
    sides: Sequence[Sequence[Term]], row: str = "", column: str = ""
) -> tuple[Sequence[Term], ...]:
    return tuple(
        [
            Term(one.sign, Ref(one.ref.table, one.ref.row or row, one.ref.column or column))
            for one in side
        ]
        for side in sides
    )


def _total(form: Template, cells: _Cells) -> Iterator[dict[str, Any]]:
    """Yield the total score as an equation: the scores, with that of 预算执行率 where it is in it."""
    total = cells.find(form.roles["self_total"]) if "self_total" in form.roles else []
    score = form.indicator_columns.get("score", "")
    parts = [line[score] for line in cells.lines.get(form.indicator_table, []) if score in line]
    if form.total_includes_execution:
        column = form.execution_columns.get("score", "")
        parts += cells.find(Ref(form.execution_table, form.execution_row, column))
    if total and len(parts) > 1:
        yield {"op": "=", "left": total, "right": parts, "ticked": True}


def _indicators(form: Template, cells: _Cells) -> Iterator[dict[str, Any]]:
    columns: Mapping[str, str] = form.indicator_columns
    for line in cells.lines.get(form.indicator_table, []):
        places = {role: line[title] for role, title in columns.items() if title in line}
        if "name" in places:
            sheet, _, ref = places["name"].rpartition("!")
            own = {role: place.rpartition("!")[2] for role, place in places.items()}
            yield {"sheet": sheet, "row": position(ref)[0] + 1, **own}
