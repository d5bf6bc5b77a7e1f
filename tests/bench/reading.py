"""A Book as the reader would give it, without a file; and the same through a real workbook."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from departments import FACTS, Address, Book

from jixiao_xlsx.form.spec import NUMERIC, ColumnSpec, TableSpec, Template
from jixiao_xlsx.output.xlsx.blank import book as blank
from jixiao_xlsx.output.xlsx.blank.layout import Layout, TableFilling, TablePlace, lay_out
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.cell_value import cell_spec, read_cell, text_cell
from jixiao_xlsx.reading.flags.sheet_flags import SheetFlags
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.cells import Cell, Place, Row, Submission, Table

YEAR = 2023


def filling(book: Book, template: Template) -> dict[str, TableFilling]:
    """The values by table, as the writer of the blank form takes them."""
    found: dict[str, TableFilling] = {}
    for table in template.tables:
        fixed: dict[str, dict[str, object]] = {}
        loose: dict[int, dict[str, object]] = {}
        for (name, row, column), value in book.values.items():
            if name == table.name:
                (fixed if isinstance(row, str) else loose).setdefault(row, {})[column] = value
        rows = [loose[number] for number in sorted(loose)]
        extras = {title: text for (name, title), text in book.extras.items() if name == table.name}
        found[table.name] = TableFilling(fixed, rows, extras, None, table.name in book.ticks)
    return found


class Reader:
    """Reads one Book again and again while single cells of it change: everything else is kept."""

    def __init__(self, book: Book, template: Template) -> None:
        self.book, self.template = book, template
        self.layout: Layout = lay_out(template, filling(book, template))
        self.number = {
            name: {row: index for index, row in enumerate(book.rows(name))}
            for name in template.table
        }
        self.places = {at: self._place(at) for at in book.values}
        self.address = {spot: at for at, spot in self.places.items()}
        self.tables = {table.name: self._table(table, book) for table in template.tables}
        self.submission = self._submission(self.tables)

    def _place(self, at: Address) -> Place:
        table, row, column = at
        key = self.number[table][row] if isinstance(row, int) else row
        return Place(*self.layout.ref(table, key, column))

    def with_values(self, book: Book, changed: set[Address]) -> Submission:
        """The Submission of a Book of the same rows, of which these cells differ."""
        touched = {name for name, _, _ in changed}
        tables = {
            name: self._changed(table, book, changed) if name in touched else table
            for name, table in self.tables.items()
        }
        return replace(self.submission, tables=tables, year=_year(book))

    def _submission(self, tables: dict[str, Table]) -> Submission:
        names = tuple(sheet.title for sheet in self.template.sheets)
        return Submission(
            file="一.xlsx",
            sha256="0" * 64,
            template=self.template.id,
            department=self.book.department,
            code="",
            year=_year(self.book),
            tables=tables,
            sheets=names,
        )

    def _table(self, spec: TableSpec, book: Book) -> Table:
        where = self.layout.tables[spec.name]
        keys: dict[int, Any] = {index: row for row, index in self.number[spec.name].items()}
        rows = []
        for row in where.rows:
            key = keys.get(row.key) if isinstance(row.key, int) else row.key
            if key is None:
                continue
            title = row.title or self._title(spec, key, book)
            cells = {
                column.title: self._cell(
                    where, spec, (spec.name, key, column.title), title, column, row.line, book
                )
                for column in spec.columns
                if where.exists(row, column)
            }
            rows.append(
                _ticked(spec, Row(title, row.kind, cells))
                if spec.name in book.ticks
                else Row(title, row.kind, cells)
            )
        heading = spec.heading.format(year=YEAR, department=book.department)
        grid = _grid(spec.sheet, heading)
        anchor = text_cell(grid, 0, 0, "")._replace(ref=self.layout.heading_ref(spec.name)[1])
        columns = {
            column.title: text_cell(
                _grid(spec.sheet, column.title), 0, 0, "", column.title
            )._replace(ref=self.layout.column_ref(spec.name, column.title)[1])
            for column in spec.columns
        }
        extras = {
            extra.title: text_cell(
                _grid(spec.sheet, book.extras.get((spec.name, extra.title), "")), 0, 0, extra.title
            )._replace(ref=self.layout.extra_ref(spec.name, extra.title)[1])
            for extra in spec.extras
        }
        return Table(
            spec.name,
            spec.sheet,
            anchor,
            tuple(rows),
            columns,
            (),
            extras,
            anchor,
            spec.name in book.ticks,
        )

    @staticmethod
    def _title(spec: TableSpec, row: int, book: Book) -> str:
        typed = (book.values.get((spec.name, row, label)) for label in spec.label)
        return next((str(text) for text in typed if text), f"第{row + 1}行")

    def _cell(
        self,
        where: TablePlace,
        spec: TableSpec,
        at: Address,
        title: str,
        column: ColumnSpec,
        line: int,
        book: Book,
    ) -> Cell:
        cell = _read(
            spec, title, column, book.values.get(at), at in book.percents, at in book.formulas
        )
        return cell._replace(sheet=spec.sheet, ref=_a1(line, where.columns[column.title]))

    def _changed(self, table: Table, book: Book, changed: set[Address]) -> Table:
        spec = self.template.table[table.name]
        spots = {self._place(at): at for at in changed if at[0] == table.name}
        rows = []
        for row in table.rows:
            cells = dict(row.cells)
            for column, cell in row.cells.items():
                at = spots.get(cell.place)
                if at is not None:
                    new = _read(
                        spec,
                        row.title,
                        spec.column[column],
                        book.values.get(at),
                        at in book.percents,
                        at in book.formulas,
                    )
                    cells[column] = new._replace(sheet=cell.sheet, ref=cell.ref)
            rows.append(Row(row.title, row.kind, cells))
        return replace(table, rows=tuple(rows))


def _year(book: Book) -> int | None:
    typed = book.values.get((FACTS, "评价年度", "填报内容"))
    return typed if isinstance(typed, int) else None


def _a1(row: int, column: int) -> str:
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def _grid(sheet: str, value: object, *, percent: bool = False, formula: bool = False) -> Worksheet:
    flags = SheetFlags(
        {(0, 0): "…"} if formula else {}, {}, frozenset(), frozenset({(0, 0)} if percent else ())
    )
    typed = float(value) if isinstance(value, int) else value
    return Worksheet(sheet, [["" if typed is None else typed]], flags)


def _read(
    spec: TableSpec, title: str, column: ColumnSpec, value: object, percent: bool, formula: bool
) -> Cell:
    return read_cell(
        _grid(spec.sheet, value, percent=percent, formula=formula),
        title,
        cell_spec(spec, title, column),
        (0, 0),
    )


def _ticked(spec: TableSpec, row: Row) -> Row:
    """本单位无此项: blanks are zeros."""
    from decimal import Decimal

    from jixiao_xlsx.values.typed_numbers import State

    cells = {
        title: cell._replace(state=State.ZERO, value=Decimal(0), note=spec.tick)
        if cell.blank and spec.kind(row.title, spec.column[title]) in NUMERIC
        else cell
        for title, cell in row.cells.items()
    }
    return Row(row.title, row.kind, cells)


def through_a_file(book: Book, template: Template) -> Submission:
    """The same book written as a workbook and read back."""
    stream = io.BytesIO()
    filled = filling(book, template)
    blank.write_workbook(
        template,
        stream,
        filling=filled,
        year=YEAR,
        department=str(book.values[FACTS, "部门名称", "填报内容"]),
        code="",
    )
    return workbook.read_bytes(stream.getvalue(), "一.xlsx", template)
