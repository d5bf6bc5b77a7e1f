"""Which cells of open rows are wrong now, row by row, for the colours of the form.

A colour must follow the order of the rows, not the cell: rows are inserted, deleted and sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jixiao_xlsx.output.xlsx.blank.layout import CellAddress
from jixiao_xlsx.output.xlsx.self_check.helper_cells import HelperSheet
from jixiao_xlsx.output.xlsx.self_check.live_formulas import Test
from jixiao_xlsx.values.addresses import a1


@dataclass(frozen=True, slots=True)
class WrongCells:
    """A column of the helper sheet that is 1 for each wrong cell.

    `first`: by table and column the number of the line (from 1) for the row above the open rows;
    theirs follow, `rows` of the table, then one that is always 0.
    """

    area: str
    first: Mapping[tuple[str, str], int]
    rows: Mapping[str, int]


def write_wrong_cells(
    helper: HelperSheet, tests: Iterable[tuple[CellAddress, Test]]
) -> WrongCells | None:
    """Write a line for each open row of the columns that `tests` (true: wrong) point at."""
    columns: dict[tuple[str, str], dict[int, list[Test]]] = {}
    for (table, key, column), test in tests:
        columns.setdefault((table, column), {}).setdefault(int(key), []).append(test)
    if not columns:
        return None
    top = helper.row
    first: dict[tuple[str, str], int] = {}
    for (table, column), rows in columns.items():
        first[table, column] = helper.row - top + 1
        for key in range(-1, helper.open_rows.lines(table) + 1):
            row = helper.next_row(f"{table} {column} 有误")
            helper.put_test(row, 1, rows.get(key) or [Test("FALSE", now=False)])
    area = f"{a1(top, 1, absolute=True)}:{a1(helper.row - 1, 1, absolute=True)}"
    numbers = {table: helper.open_rows.lines(table) for table, _ in first}
    return WrongCells(area, first, numbers)
