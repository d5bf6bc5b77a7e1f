"""What is read of a file: cells, tables, reports, the submission. Frozen, without I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from jixiao_xlsx.values.amounts import Figure, grid_of
from jixiao_xlsx.values.equations import ALL_ROWS
from jixiao_xlsx.values.showing.brief import Brief, html_table
from jixiao_xlsx.values.showing.frames import (
    ColumnKind,
    Columns,
    Kinds,
    address_frame,
    value_frame,
)
from jixiao_xlsx.values.typed_numbers import State

if TYPE_CHECKING:
    import pandas as pd


_ADDRESS = re.compile(r"([A-Z]{1,3})(\d+)")
_DIGITS = re.compile(r"\d+")
_LAST_ROW = 1_048_577


class Cell(NamedTuple):
    """One cell of a table: its address, its titles and its content; a file has thousands.

    `value` is a Decimal in `unit` for number cells (a rate of 95 % is 0.95), the trimmed text for
    text cells, None otherwise. `note` says what was odd about the way it was typed; `format` is the
    number format, where the file spells one out: `0.00"万亩"`; `shown` is what the cell shows where
    that is not its number.
    """

    sheet: str
    ref: str
    row: str
    column: str
    raw: object = None
    value: Decimal | str | None = None
    state: State = State.BLANK
    formula: str | None = None
    unit: str = ""
    decimals: int = 2
    note: str = ""
    format: str = ""
    shown: str = ""

    @property
    def as_seen(self) -> str:
        """Return what a person sees there."""
        return self.shown or self.text

    @property
    def number(self) -> Decimal | None:
        """Return the number; None for anything else."""
        return self.value if isinstance(self.value, Decimal) else None

    @property
    def text(self) -> str:
        """Return what was typed there, without surrounding spaces."""
        if self.raw is None:
            return ""
        if isinstance(self.raw, float) and self.raw.is_integer() and abs(self.raw) < 1e15:
            return str(int(self.raw))
        return str(self.raw).strip()

    @property
    def figure(self) -> Figure | None:
        """Return the number on its unit and grid; None for anything else."""
        number = self.number
        return None if number is None else Figure(number, self.unit, self.decimals)

    @property
    def gridded(self) -> bool:
        """Return whether its number is printed coarser than its atoms (万元, two decimals)."""
        return isinstance(self.value, Decimal) and grid_of(self.unit, self.decimals) > 1

    @property
    def blank(self) -> bool:
        return self.state is State.BLANK

    @property
    def place(self) -> Place:
        return Place(self.sheet, self.ref)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `title` is its business name, `kind` fixed | open | subtotal | total.

    A `parent` is the sum of the rows below whose `code` (类/款/项) begins with its own.
    """

    title: str
    kind: str
    cells: Mapping[str, Cell]
    code: str = ""

    def __getitem__(self, column: str) -> Cell:
        """Return the cell in that column. Raises KeyError, which names those there are."""
        if column not in self.cells:
            raise KeyError(f"没有“{column}”这一列；有：{'、'.join(self.cells)}")
        return self.cells[column]

    def get(self, column: str) -> Cell | None:
        return self.cells.get(column)


@dataclass(frozen=True, slots=True)
class StatedUnit:
    """A unit of money as the file states it at `cell`: for a column, for a row, or for the table.

    Nothing is read by it; it may be the form's own unit or another one.
    """

    unit: str
    cell: Cell
    column: str = ""
    row: str = ""


@dataclass(frozen=True, repr=False)
class Table(Brief):
    """A sheet, or a part of one, with a row axis and a column axis.

    `anchor` is the cell that findings about the whole table point at; `columns` maps each column
    title to the cell of its heading; `absent` lists titles of rows and columns that the form has
    and the file has not; `extras` are the labelled cells around the grid (a tick, a reason);
    `heading` is the readable title line, where the form has one; `stated_units` are the units of
    money that the file states, in headings and above them; `kinds` says of a column what the form
    asks for in all of its rows.
    """

    name: str
    sheet: str
    anchor: Cell
    rows: tuple[Row, ...]
    columns: Mapping[str, Cell]
    absent: tuple[str, ...] = ()
    extras: Mapping[str, Cell] = field(default_factory=dict)
    heading: Cell | None = None
    ticked: bool = False
    stated_units: tuple[StatedUnit, ...] = ()
    kinds: Mapping[str, ColumnKind] = field(default_factory=dict)

    @property
    def stated_unit(self) -> str:
        """Return the unit of money stated for the whole table; "" where none is."""
        whole = (one.unit for one in self.stated_units if not one.column and not one.row)
        return next(whole, "")

    @cached_property
    def open_rows(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.kind == "open")

    @cached_property
    def coded_rows(self) -> tuple[Row, ...]:
        """Return the rows that have a code, parents and parts, in order."""
        return tuple(row for row in self.rows if row.code)

    @cached_property
    def total(self) -> Row | None:
        return next((row for row in self.rows if row.kind == "total"), None)

    @cached_property
    def by_title(self) -> Mapping[str, Row]:
        """Return the rows by title; the first of equal open rows."""
        return {row.title: row for row in reversed(self.rows)}

    def cell(self, row: str, column: str) -> Cell | None:
        """Return the cell at those titles, or None; of 各行 that of the first open row."""
        line = self.by_title.get(row)
        if line is None and row == ALL_ROWS and self.open_rows:
            line = self.open_rows[0]
        return None if line is None else line.cells.get(column)

    def cells(self) -> Iterator[Cell]:
        """Yield every cell of the grid and around it."""
        for row in self.rows:
            yield from row.cells.values()
        yield from self.extras.values()

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Return the values, shape (rows, columns), by the form's titles: numbers are float64 in
        the table's unit (a rate of 95 % is 0.95), words are text; a column of quantities (业绩值)
        is followed by its number and its unit (业绩值·数值, 业绩值·单位).
        """
        return value_frame(*self._by_column)

    @cached_property
    def refs(self) -> pd.DataFrame:
        """Return the cell addresses, in the shape of `frame`."""
        return address_frame(*self._by_column)

    @property
    def _by_column(self) -> tuple[Sequence[str], Columns, Kinds]:
        columns = {title: [row.get(title) for row in self.rows] for title in self.columns}
        return [row.title for row in self.rows], columns, self.kinds

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the cells as typed."""
        rows = (
            [
                row.title,
                *(cell.as_seen if (cell := row.get(title)) else "" for title in self.columns),
            ]
            for row in self.rows
        )
        return html_table(f"{self.name}（工作表 {self.sheet}）", ("", *self.columns), rows)


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader reports. `kind` is one of its fixed words."""

    kind: str
    place: Place
    item: str
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A 情况说明 as typed for a finding: its rule, its item, its sheet ("" for any)."""

    code: str
    item: str
    text: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a written report outside its tables; `number` counts those with text, from 1.

    `heading`: it heads what follows; `numbered`: Word counts it, so that its number is not in the
    text; `listed`: a line of the table of contents, which only repeats a heading. `aside`: where it
    stands when not in the text (页眉, 页脚, 脚注); then `number` counts those of its kind.
    """

    number: int
    text: str
    heading: bool = False
    numbered: bool = False
    listed: bool = False
    aside: str = ""

    @property
    def ref(self) -> str:
        """Return its name in findings."""
        return f"{self.aside}第{self.number}段" if self.aside else f"第{self.number}段"


@dataclass(frozen=True, repr=False)
class Document(Brief):
    """A written report (.docx) as read. `file` is what findings call it: the sheet of its places.

    `tables` are those in which a table of the form was recognised, their cells called “表2
    第3行第4列”; `tables_seen` counts all. `margins` are headers, footers and notes; `figures` the
    amounts of other tables, by the titles of their rows and columns.
    """

    file: str
    sha256: str
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Table, ...] = ()
    tables_seen: int = 0
    margins: tuple[Paragraph, ...] = ()
    figures: tuple[Cell, ...] = ()


# Compared by identity: caches of what follows from it use that.
@dataclass(frozen=True, eq=False, repr=False)
class Submission(Brief):
    """One workbook as read: tables by name, and everything around them that a rule may need.

    `meta` are the lines of its hidden mark, {} for a file that was not made from a blank form.
    `untouched`: a county's own form as it was handed out, with nothing typed. `likeness`: how much
    of what the form prints was found, from 0 to 1; of several forms the most alike is meant.
    `documents` are the written reports that came with it, `unread` those that could not be read, as
    (file, reason). `copies` is the submission once per copy of a sheet that repeats, each with the
    tables of that copy under the form's own names; () for a form without such a sheet.
    """

    file: str
    sha256: str
    template: str
    department: str
    code: str
    year: int | None
    tables: Mapping[str, Table]
    notes: tuple[Note, ...] = ()
    remarks: tuple[Remark, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    knows_formulas: bool = True
    hides: str = ""
    cells_read: int = 0
    cells_handled: int = 0
    documents: tuple[Document, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    copies: tuple[Submission, ...] = ()
    untouched: bool = False
    likeness: float = 1.0

    def __getitem__(self, table: str) -> Table:
        """Return the table of that name. Raises KeyError, which names those there are."""
        if table not in self.tables:
            raise KeyError(f"没有“{table}”这张表；有：{'、'.join(self.tables)}")
        return self.tables[table]

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the tables that were read."""
        rows = (
            (
                name,
                table.sheet,
                f"{len(table.rows)} × {len(table.columns)}",
                sum(not cell.blank for cell in table.cells()),
            )
            for name, table in self.tables.items()
        )
        about = " ".join(filter(None, (self.department, str(self.year or ""), self.file)))
        return html_table(about, ("表", "工作表", "行 × 列", "已填格数"), rows)

    @property
    def parts(self) -> tuple[Submission, ...]:
        """Return what is checked and scored by itself: each copy (each project), else itself."""
        return tuple(
            replace(copy, documents=self.documents, unread=self.unread) for copy in self.copies
        ) or (self,)

    def get(self, table: str) -> Table | None:
        return self.tables.get(table)

    def cell(self, table: str, row: str, column: str) -> Cell | None:
        """Return the cell at an address by titles; None where any of the three is missing."""
        part = self.tables.get(table)
        return None if part is None else part.cell(row, column)


class Place(NamedTuple):
    """A cell of the workbook; or “第12段”, “表2 第3行第4列” of a report, named as its sheet."""

    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.cell.isascii() else f"{self.sheet} {self.cell}"

    @property
    def order(self) -> tuple[int, int, str]:
        """Return the order: row, column; in a report paragraphs, then tables; the rest last."""
        if address := _ADDRESS.fullmatch(self.cell):
            return int(address[2]), len(address[1]), address[1]
        numbers = [int(number) for number in _DIGITS.findall(self.cell)]
        within = sum(number * 10_000**power for power, number in enumerate(reversed(numbers)))
        return _LAST_ROW + len(numbers), within, self.cell
