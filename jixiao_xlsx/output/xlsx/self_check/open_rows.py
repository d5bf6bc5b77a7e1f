"""The rows that departments add, as 自检 sees them: by their order, wherever they stand.

A row that is inserted has no formula of its own that points at it. So the helper sheet repeats the
rows between the one above and the one below, first to last, with room for more than the blank form
has; all arithmetic is on these repetitions. A row counts wherever it is inserted, also directly
above the 合计; a deleted one leaves no #REF!.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from jixiao_xlsx.output.xlsx.blank.canvas import Canvas
from jixiao_xlsx.output.xlsx.blank.contents import GridCell
from jixiao_xlsx.output.xlsx.blank.layout import CellAddress, RowPlace, TablePlace
from jixiao_xlsx.output.xlsx.cells import cached_result, qualified, typed_text
from jixiao_xlsx.values.addresses import Position, a1

ROOM = 12  # rows that can be inserted into a table and are still checked one by one


def with_room(canvas: Canvas) -> Canvas:
    """Return the canvas with ROOM more open rows in each table that has figures in such rows."""
    more: dict[CellAddress, GridCell] = {}
    sheets = []
    for sheet in canvas.layout.sheets:
        tables = []
        for table in sheet.tables:
            extra = _extra_rows(table)
            for row in extra:
                for column in table.spec.columns:
                    more[table.spec.name, row.key, column.title] = GridCell()
            tables.append(_with_rows(table, extra))
        sheets.append(replace(sheet, tables=tuple(tables)))
    layout = replace(canvas.layout, sheets=tuple(sheets))
    return replace(canvas, layout=layout, contents={**canvas.contents, **more})


def _extra_rows(table: TablePlace) -> list[RowPlace]:
    if not has_room(table):
        return []
    rows = table.open_rows
    return [
        RowPlace(len(rows) + number, "", "open", rows[-1].line + 1 + number)
        for number in range(ROOM)
    ]


def _with_rows(table: TablePlace, extra: Sequence[RowPlace]) -> TablePlace:
    at = next((n for n, row in enumerate(table.rows) if row.kind == "total"), len(table.rows))
    return replace(table, rows=(*table.rows[:at], *extra, *table.rows[at:]))


class OpenRows:
    """The repetitions on the helper sheet, each column written when it is first needed."""

    def __init__(self, canvas: Canvas, sheet: Any) -> None:
        self._canvas, self._sheet = canvas, sheet  # the canvas with room
        self._first: dict[str, int] = {}
        self._written: set[tuple[str, str]] = set()

    def lines(self, table: str) -> int:
        """Return how many lines of the helper sheet a table's repetition takes."""
        return len(self._canvas.layout.tables[table].open_rows)

    def place(self, table: str, first: int) -> None:
        """Let the repetition of a table begin in that line of the helper sheet."""
        self._first[table] = first

    def placed(self, table: str) -> bool:
        """Return whether a table has its lines."""
        return table in self._first

    def position(self, address: CellAddress) -> Position:
        """Return where a cell of an open row is repeated."""
        table, key, column = address
        assert isinstance(key, int)
        at = 1 + list(self._canvas.layout.tables[table].columns).index(column)
        if (table, column) not in self._written:
            self._written.add((table, column))
            self._write(table, column, at)
        return self._first[table] + key, at

    def _write(self, table: str, column: str, at: int) -> None:
        area = self.area(table, column)
        for row in self._canvas.layout.tables[table].open_rows:
            value = self._canvas.contents[table, row.key, column].value
            now = float(value) if isinstance(value, Decimal) else typed_text(value)
            own = f"INDEX({area},{int(row.key) + 2})"
            formula = f'=IF(ROWS({area})>{int(row.key) + 2},IF({own}="","",{own}),"")'
            self._sheet.write_formula(
                self._first[table] + int(row.key), at, formula, None, cached_result(now)
            )

    def area(self, table: str, column: str) -> str:
        """Return a column of the form from the row above the open rows to the one below."""
        place = self._canvas.layout.tables[table]
        rows, at = place.open_rows, place.columns[column]
        above, below = a1(rows[0].line - 1, at, absolute=True), rows[self.drawn(table) - 1].line + 1
        return qualified(place.spec.sheet, f"{above}:{a1(below, at, absolute=True)}")

    def standing(self, address: CellAddress) -> str:
        """Return the cell of an open row where it stands on its sheet."""
        table, key, column = address
        return f"INDEX({self.area(table, column)},{int(key) + 2})"

    def all_standing(self, table: str, column: str) -> str:
        """Return all open rows of a column where they stand on their sheet."""
        area = self.area(table, column)
        return f"INDEX({area},2):INDEX({area},ROWS({area})-1)"

    def are_all(self, first: CellAddress, last: CellAddress) -> bool:
        """Return whether a run of cells is every open row of a column."""
        return (first[1], last[1]) == (0, self.lines(first[0]) - 1)

    def drawn(self, table: str) -> int:
        """Return how many open rows the sheet has before any is inserted."""
        lines = self.lines(table)
        return lines - ROOM if has_room(self._canvas.layout.tables[table]) else lines

    def is_extra(self, address: CellAddress) -> bool:
        """Return whether a cell stands in a row that is still to be inserted."""
        return isinstance(address[1], int) and address[1] >= self.drawn(address[0])


def is_open(address: CellAddress) -> bool:
    """Return whether a cell stands in a row that departments add."""
    return isinstance(address[1], int)


def has_room(table: TablePlace) -> bool:
    """Return whether a table has rows that departments add, with figures in them."""
    return bool(table.open_rows) and any(column.numeric for column in table.spec.columns)
