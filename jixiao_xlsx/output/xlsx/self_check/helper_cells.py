"""The very hidden sheet behind 自检: where its arithmetic is written, and what it reads of the form.

The functions used are those that Excel 2010, WPS and LibreOffice share. Each helper cell is written
with the value it has now, so that a file reads right before any program has recalculated it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jixiao_xlsx.output.xlsx.blank.canvas import CALC, Canvas
from jixiao_xlsx.output.xlsx.blank.layout import CellAddress
from jixiao_xlsx.output.xlsx.cells import Live, cached_result, qualified
from jixiao_xlsx.output.xlsx.self_check.live_formulas import Test
from jixiao_xlsx.output.xlsx.self_check.open_rows import OpenRows, is_open
from jixiao_xlsx.values.addresses import Position, a1
from jixiao_xlsx.values.amounts import Figure, atoms_per
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import NO_FIGURE_AS_LISTED

_NA_CELL = a1(0, 1, absolute=True)
_NA_WORDS = "|".join(
    ["", "", *sorted(NO_FIGURE_AS_LISTED | {tidy(word) for word in NO_FIGURE_AS_LISTED}), ""]
)


@dataclass
class HelperSheet:
    """The helper sheet while it is being written: rows are handed out from the top.

    `canvas` is the form with room for rows that are inserted.
    """

    canvas: Canvas
    sheet: Any
    row: int = 1

    def __post_init__(self) -> None:
        self.open_rows = OpenRows(self.canvas, self.sheet)
        self._too_many: dict[str, Live] = {}
        self.sheet.write_string(0, 0, "不适用的写法")
        self.sheet.write_string(0, 1, _NA_WORDS)

    # -- writing

    def next_row(self, label: str) -> int:
        """Take a fresh row and label it, for people who read the sheet."""
        row, self.row = self.row, self.row + 1
        self.sheet.write_string(row, 0, label)
        return row

    def put(self, row: int, column: int, formula: str, value: float | str | Decimal) -> Live:
        """Write a helper formula; return a reference to it, for any sheet, with its value now."""
        now = value if isinstance(value, str) else float(value)
        self.sheet.write_formula(row, column, f"={formula}", None, cached_result(now))
        return Live(qualified(CALC, a1(row, column, absolute=True)), now)

    def put_test(
        self, row: int, column: int, tests: Sequence[Test], unless: Sequence[Live] = ()
    ) -> Live:
        """Write a cell that is 1 when one of the tests is true and nothing in `unless` is."""
        text = tests[0].formula if len(tests) == 1 else f"OR({','.join(t.formula for t in tests)})"
        true = any(test.now for test in tests)
        if unless:
            text = f"AND({'+'.join(live.formula for live in unless)}=0,{text})"
            true = true and not any(live.value for live in unless)
        return self.put(row, column, f"IF({text},1,0)", int(true))

    def put_strays(self, row: int, column: int, addresses: Sequence[CellAddress]) -> Live:
        """Count the cells with an error or a text that is no number and no word for 不适用."""
        parts = [
            f"SUMPRODUCT(ISERROR({span})"
            f'+ISTEXT({span})*ISERROR(FIND("|"&TRIM({span})&"|",{_NA_CELL})))'
            for span in self.spans(addresses)
        ]
        strays = sum(self._is_stray(address) for address in addresses)
        return self.put(row, column, "+".join(parts), strays)

    def _is_stray(self, address: CellAddress) -> bool:
        value = self.canvas.contents[address].value
        return isinstance(value, str) and f"|{value.strip(' ')}|" not in _NA_WORDS

    # -- cells of the form as they stand

    def refer(self, address: CellAddress) -> str:
        """Return a cell of the form for a formula; one of an open row where it is repeated."""
        if not is_open(address):
            return self.canvas.refer(address)
        return qualified(CALC, a1(*self._position(address), absolute=True))

    def _position(self, address: CellAddress) -> Position:
        if not is_open(address):
            return self.canvas.layout.position(address)
        table = address[0]
        if not self.open_rows.placed(table):
            self.open_rows.place(table, self.row)
            for number in range(self.open_rows.lines(table)):
                self.next_row(f"{table} 第 {number + 1} 行")
        return self.open_rows.position(address)

    def number(self, address: CellAddress) -> Decimal:
        """Return what a spreadsheet's N() makes of a cell."""
        value = self.canvas.contents[address].value
        return value if isinstance(value, Decimal) else Decimal(0)

    def is_number(self, address: CellAddress) -> bool:
        """Return whether a cell holds a number now."""
        return isinstance(self.canvas.contents[address].value, Decimal)

    def is_blank(self, address: CellAddress) -> bool:
        """Return whether a cell shows nothing now."""
        return self.canvas.contents[address].value in (None, "")

    def filled(self, address: CellAddress) -> Live:
        """Return 1 for a cell that holds a number."""
        count = float(self.is_number(address))
        return Live(f"COUNT({self.refer(address)})", count)

    def blank(self, address: CellAddress) -> Test:
        """Return whether a cell shows nothing at all."""
        return Test(f'({self.refer(address)}="")', self.is_blank(address))

    def figure(self, address: CellAddress) -> Figure:
        """Return the cell's number on its unit and grid; nothing is 0."""
        table = self.canvas.layout.tables[address[0]]
        title, column = table.row[address[1]].title, table.spec.column[address[2]]
        unit, decimals = table.spec.unit_of(title, column), table.spec.decimals_of(title, column)
        return Figure(self.number(address), unit, decimals)

    def atoms(self, address: CellAddress) -> str:
        """Return the formula of a cell's number in atoms (分 for money)."""
        return f"ROUND(N({self.refer(address)})*{atoms_per(self.figure(address).unit)},2)"

    def spans(self, addresses: Iterable[CellAddress]) -> list[str]:
        """Return references to the cells, neighbours of a column as one range."""
        return [
            self.refer(first)
            + (f":{a1(*self._position(last), absolute=True)}" if first != last else "")
            for first, last in self.canvas.layout.runs(addresses)
        ]

    def overflows(self, addresses: Iterable[CellAddress]) -> list[Live]:
        """Return, per table whose open rows are all among the cells, 1 where there are too many."""
        layout, rows = self.canvas.layout, self.open_rows
        whole = [first for first, last in layout.runs(addresses) if rows.are_all(first, last)]
        return [
            self.overflow(table, column)
            for table, column in {table: column for table, _, column in whole}.items()
        ]

    def overflow(self, table: str, column: str) -> Live:
        """Return 1 while a table has more open rows than are repeated here."""
        if table not in self._too_many:
            rows = self.open_rows
            many = f"IF(ROWS({rows.area(table, column)})-2>{rows.lines(table)},1,0)"
            line = self.next_row(f"{table} 行数太多")
            self._too_many[table] = self.put(line, 1, many, 0)
        return self._too_many[table]

    def standing(self, addresses: Iterable[CellAddress]) -> list[str]:
        """Return references to the cells where they stand on the form.

        Not as the helper sheet repeats them: there a blank cell is a text of nothing.
        """
        spans: list[str] = []
        layout, rows = self.canvas.layout, self.open_rows
        for first, last in layout.runs(addresses):
            table, key, column = first
            if not is_open(first):
                end = f":{a1(*layout.position(last), absolute=True)}" if first != last else ""
                spans.append(self.canvas.refer(first) + end)
            elif rows.are_all(first, last):
                spans.append(rows.all_standing(table, column))
            else:
                keys = range(int(key), int(last[1]) + 1)
                spans += [rows.standing((table, one, column)) for one in keys]
        return spans

    def count(self, addresses: Sequence[CellAddress]) -> Live:
        """Count the cells that hold a number.

        Under a tick (本单位无此项) the blank ones are zeros, but “—” stays what it is.
        """
        parts = [f"COUNT({','.join(self.spans(addresses))})"]
        for tick in sorted({self._tick(address) for address in addresses} - {""}):
            own = self.spans([address for address in addresses if self._tick(address) == tick])
            blanks = "+".join(f'SUMPRODUCT(({span}="")*1)' for span in own)
            parts.append(f'IF({tick}="",0,{blanks})')
        now = sum(self.is_number(a) or (self.is_blank(a) and self._ticked(a)) for a in addresses)
        return Live("+".join(parts), float(now))

    def _tick(self, address: CellAddress) -> str:
        table = self.canvas.layout.tables[address[0]]
        if table.tick is None:
            return ""
        return qualified(table.spec.sheet, a1(*table.tick, absolute=True))

    def _ticked(self, address: CellAddress) -> bool:
        filling = self.canvas.filling.get(address[0])
        return bool(filling and filling.ticked and self._tick(address))
