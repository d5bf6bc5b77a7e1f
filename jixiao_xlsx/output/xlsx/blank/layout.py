"""Where everything of a form stands in the workbook: pure arithmetic on the spec.

Positions are zero-based (row, column) pairs, as xlsxwriter takes them; `ref` methods give "C9". A
row of a table is named by its title (fixed rows and the total) or by its number from 0 (open rows).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from jixiao_xlsx.form.spec import ColumnSpec, SheetSpec, TableSpec, Template
from jixiao_xlsx.values.addresses import Position, a1
from jixiao_xlsx.values.equations import ALL_ROWS, Ref, Side

INDICATORS = "indicators"
_SIGNATURES_PER_ROW = 3
_ROOM = 2  # spare rows that stay free below a table that was filled beyond the form's own number

RowKey = str | int
CellAddress = tuple[str, RowKey, str]  # table, row, column
SignedCell = tuple[int, CellAddress]  # +1 or -1, and the cell


@dataclass(frozen=True)
class TableFilling:
    """What to write into a table.

    `rows`: fixed rows and the total, by title; `open_rows`: the others, in order. In the indicator
    table `rows` also takes the library's indicators by name, as long as `open_rows` is empty.

    A key with None leaves that cell blank, whatever the form would put there. `merges` joins a
    column over open rows: (column, first, last), both included, counted from 0; the value of the
    first one counts.
    """

    rows: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    open_rows: Sequence[Mapping[str, object]] = ()
    extras: Mapping[str, object] = field(default_factory=dict)
    heading: str | None = None
    ticked: bool = False
    merges: Sequence[tuple[str, int, int]] = ()


Filling = Mapping[str, TableFilling]
NO_FILLING: Filling = {}
EMPTY_TABLE = TableFilling()


@dataclass(frozen=True, slots=True)
class RowPlace:
    """A row of a table. kind: fixed | open | total; `title` is "" for an open row."""

    key: RowKey
    title: str
    kind: str
    line: int


@dataclass(frozen=True)
class TablePlace:
    """A table on its sheet.

    `tick` is the cell to mark; its label stands in the column before. `bands` are group titles.
    """

    spec: TableSpec
    heading: Position
    unit: Position
    header: int
    columns: Mapping[str, int]
    rows: tuple[RowPlace, ...]
    bands: Mapping[int, str]
    extras: Mapping[str, Position]
    tick: Position | None
    width: int
    end: int

    @cached_property
    def row(self) -> Mapping[RowKey, RowPlace]:
        """Rows by title or number."""
        return {row.key: row for row in self.rows}

    @property
    def labelled(self) -> bool:
        """Whether row titles have a column of their own, before the first column of the spec."""
        return self.spec.shape != "open"

    @cached_property
    def open_rows(self) -> tuple[RowPlace, ...]:
        """The rows a clerk adds, spare ones included."""
        return tuple(row for row in self.rows if row.kind == "open")

    @cached_property
    def words(self) -> int:
        """How many leading columns hold words: 合计 is written across them."""
        return next((i for i, column in enumerate(self.spec.columns) if column.numeric), 1)

    def exists(self, row: RowPlace, column: ColumnSpec) -> bool:
        """Whether there is something to fill or compute at that place."""
        if row.kind == "total" and not column.numeric:
            return False
        return self.spec.exists(row.title, column)


@dataclass(frozen=True)
class SheetPlace:
    """A worksheet: its tables from top to bottom, width in columns, places of signatures."""

    spec: SheetSpec
    tables: tuple[TablePlace, ...]
    titled: bool
    width: int
    signature: tuple[tuple[str, int, int, int], ...]
    end: int


@dataclass(frozen=True)
class Layout:
    """The whole workbook, sheet by sheet, and the way from titles to cells."""

    template: Template
    sheets: tuple[SheetPlace, ...]

    @cached_property
    def tables(self) -> Mapping[str, TablePlace]:
        """Tables by name."""
        return {table.spec.name: table for sheet in self.sheets for table in sheet.tables}

    def position(self, address: CellAddress) -> Position:
        """Return (row, column) of a cell. Raises KeyError for what the form has not."""
        table, row, column = address
        place = self.tables[table]
        return place.row[row].line, place.columns[column]

    def sheet_of(self, table: str) -> str:
        """Return the sheet a table stands on."""
        return self.tables[table].spec.sheet

    def ref(self, table: str, row: RowKey, column: str) -> tuple[str, str]:
        """Return (sheet, "C9") of a cell. Raises KeyError for what the form has not."""
        return self.sheet_of(table), a1(*self.position((table, row, column)))

    def heading_ref(self, table: str) -> tuple[str, str]:
        """Return (sheet, cell) of the table's title line."""
        return self.sheet_of(table), a1(*self.tables[table].heading)

    def column_ref(self, table: str, column: str) -> tuple[str, str]:
        """Return (sheet, cell) of a column's heading."""
        place = self.tables[table]
        return place.spec.sheet, a1(place.header, place.columns[column])

    def extra_ref(self, table: str, title: str) -> tuple[str, str]:
        """Return (sheet, cell) to fill for a labelled cell beside the grid."""
        return self.sheet_of(table), a1(*self.tables[table].extras[title])

    def tick_ref(self, table: str) -> tuple[str, str]:
        """Return the cell to mark with √. Raises KeyError for a table without one."""
        tick = self.tables[table].tick
        if tick is None:
            raise KeyError(table)
        return self.sheet_of(table), a1(*tick)

    def cells(self) -> Iterator[tuple[TablePlace, RowPlace, ColumnSpec]]:
        """Yield every place of every grid, in reading order, empty ones included."""
        for sheet in self.sheets:
            for table in sheet.tables:
                for row in table.rows:
                    for column in table.spec.columns:
                        yield table, row, column

    def addresses(self, ref: Ref, row: RowKey = "", column: str = "") -> tuple[CellAddress, ...]:
        """Return the cells of a term where its scope supplies `row` or `column`."""
        place = self.tables[ref.table]
        title = ref.column or column
        keys = [r.key for r in place.open_rows] if ref.row == ALL_ROWS else [ref.row or row]
        known = [key for key in keys if key in place.row and title in place.columns]
        spec = place.spec.column.get(title)
        return tuple(
            (ref.table, key, title) for key in known if spec and place.exists(place.row[key], spec)
        )

    def signed_cells(
        self, side: Side, row: RowKey = "", column: str = ""
    ) -> tuple[SignedCell, ...]:
        """Return the cells of a side where its scope supplies `row` or `column`."""
        return tuple(
            (term.sign, address)
            for term in side
            for address in self.addresses(term.ref, row, column)
        )

    def runs(self, addresses: Iterable[CellAddress]) -> list[tuple[CellAddress, CellAddress]]:
        """Join neighbours of one column of a table: (first, last) of each run."""
        runs: list[tuple[CellAddress, CellAddress]] = []
        for address in addresses:
            if runs and self._is_below(runs[-1][1], address):
                runs[-1] = (runs[-1][0], address)
            else:
                runs.append((address, address))
        return runs

    def around(self, first: CellAddress, last: CellAddress) -> tuple[Position, Position] | None:
        """Return the cells above and below all open rows of a column.

        None where `first` to `last` are fewer rows or others.
        """
        rows = self.tables[first[0]].open_rows
        if not rows or (first[1], last[1]) != (rows[0].key, rows[-1].key):
            return None
        (top, column), (bottom, _) = self.position(first), self.position(last)
        return (top - 1, column), (bottom + 1, column)

    def _is_below(self, upper: CellAddress, lower: CellAddress) -> bool:
        (line, column), below = self.position(upper), self.position(lower)
        alike = isinstance(upper[1], int) == isinstance(lower[1], int)
        return alike and upper[0] == lower[0] and below == (line + 1, column)


def lay_out(template: Template, filling: Filling = NO_FILLING) -> Layout:
    """Return the layout of the blank form, with as many open rows as `filling` needs."""
    return Layout(template, tuple(_sheet(template, sheet, filling) for sheet in template.sheets))


def _sheet(template: Template, sheet: SheetSpec, filling: Filling) -> SheetPlace:
    specs = template.tables_of(sheet.title)
    width = max((_width(spec) for spec in specs), default=0)
    titled = bool(specs) and specs[0].caption
    line = 2 if titled else 0
    tables: list[TablePlace] = []
    for number, spec in enumerate(specs):
        line += 1 if number else 0
        table = _table(template, spec, line, width, filling.get(spec.name, EMPTY_TABLE))
        tables.append(table)
        line = table.end
    signature = tuple(_signature(sheet.signature, line + 1, width))
    end = max([line, *(row + 1 for _, row, _, _ in signature)])
    return SheetPlace(sheet, tuple(tables), titled, width, signature, end)


def _width(spec: TableSpec) -> int:
    return len(spec.columns) + (spec.shape != "open")


def _table(
    template: Template, spec: TableSpec, top: int, width: int, filling: TableFilling
) -> TablePlace:
    first = int(spec.shape != "open")
    line = top + (1 if spec.caption else 2)
    tick = (line, 1) if spec.tick else None
    header = line + (1 if spec.tick else 0)
    bands, rows, line = _rows(template, spec, header + 1, filling)
    extras = {extra.title: (line + number, 1) for number, extra in enumerate(spec.extras)}
    return TablePlace(
        spec=spec,
        heading=(top, 0),
        unit=(top, (width if spec.shape == "record" else _width(spec)) - 1)
        if spec.caption
        else (top + 1, width - 1),
        header=header,
        columns={column.title: first + number for number, column in enumerate(spec.columns)},
        rows=rows,
        bands=bands,
        extras=extras,
        tick=tick,
        width=_width(spec),
        end=line + len(extras),
    )


def _rows(
    template: Template, spec: TableSpec, line: int, filling: TableFilling
) -> tuple[dict[int, str], tuple[RowPlace, ...], int]:
    """Return group bands; fixed rows, open rows and total; and the line after them."""
    bands: dict[int, str] = {}
    rows: list[RowPlace] = []
    for row in spec.rows:
        if row.group:
            bands[line] = row.group
            line += 1
        rows.append(RowPlace(row.title, row.title, "fixed", line))
        line += 1
    for number in range(_open(template, spec, filling)):
        rows.append(RowPlace(number, "", "open", line))
        line += 1
    if spec.total:
        rows.append(RowPlace(spec.total, spec.total, "total", line))
        line += 1
    return bands, tuple(rows), line


def _open(template: Template, spec: TableSpec, filling: TableFilling) -> int:
    if spec.shape != "open":
        return 0
    if spec.source == INDICATORS:
        return (len(filling.open_rows) or len(template.indicators)) + spec.spare
    return max(spec.spare, len(filling.open_rows) + _ROOM)


def _signature(texts: Sequence[str], line: int, width: int) -> Iterator[tuple[str, int, int, int]]:
    """Yield (text, row, first column, last column), the last line filled from the right."""
    share = min(_SIGNATURES_PER_ROW, max(width, 1))
    for start in range(0, len(texts), share):
        group = texts[start : start + share]
        offset = share - len(group)
        for number, text in enumerate(group, start=offset):
            yield (
                text,
                line + start // share,
                number * width // share,
                (number + 1) * width // share - 1,
            )
