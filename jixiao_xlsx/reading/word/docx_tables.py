"""Read the tables of a Word report that are tables of the form, recognised by their titles.

What is not plain is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from jixiao_xlsx.form.spec import TableSpec, Template
from jixiao_xlsx.reading.find_tables import Header, Region, find_header, find_rows
from jixiao_xlsx.reading.flags.sheet_flags import SheetFlags
from jixiao_xlsx.reading.table_rows import read_regions
from jixiao_xlsx.reading.titles import (
    FormTitles,
    TableTitles,
    in_another_unit,
    loosen,
    title_key,
)
from jixiao_xlsx.reading.word.content import DocxContent, WordCell, WordTable
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Area
from jixiao_xlsx.values.amounts import MONEY_UNITS
from jixiao_xlsx.values.cells import Cell, Paragraph, Row, Table
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import State

_COLUMNS, _ROWS = 0.6, 0.5  # of a table's titles that must be there
_NEAR = 2  # paragraphs above a table that may name it
_TOP = 3  # its first rows, which may name the unit
_UNIT = re.compile(r"单位:?(亿元|千元|万元|百元|元)|\((亿元|千元|万元|百元|元)\)$")
_NO_DIGIT = re.compile(r"[^\d.]")
_OWN_UNIT = re.compile(r"[元万亿]$")  # typed into the cell itself


def form_tables(
    content: DocxContent, file: str, template: Template, titles: FormTitles
) -> tuple[tuple[Table, ...], tuple[Cell, ...]]:
    """Return the tables of the form in a report, in its order, and the amounts of the others."""
    tables: list[Table] = []
    figures: list[Cell] = []
    for table in content.tables:
        if table.number:
            above = [
                one
                for one in content.paragraphs[max(table.after - _NEAR, 0) : table.after]
                if not one.listed
            ]
            sheet = _worksheet(table, file)
            top = [str(sheet.rows[row][column]) for row, column in sheet.filled if row < _TOP]
            unit = _stated_unit([*(one.text for one in above), *top])
            recognised = list(_recognised(sheet, unit, above, file, template, titles))
            tables += recognised
            if not recognised and unit in MONEY_UNITS:
                figures += _figures(sheet, unit, file)
    return tuple(tables), tuple(figures)


def _figures(sheet: Worksheet, unit: str, file: str) -> Iterator[Cell]:
    """Yield the amounts of a table that is not the form's, with their headings and row labels.

    An amount without a heading or a label is left out.
    """
    heads: dict[int, list[str]] = {}
    for row in range(sheet.height):
        texts = {column: sheet.text(row, column) for column in range(len(sheet.rows[row]))}
        numbers = [
            column
            for column in sheet.columns_in(row)
            if _AMOUNT.fullmatch(tidy(str(sheet.rows[row][column])))
        ]
        if not numbers:
            for column, text in texts.items():
                if text and text not in heads.setdefault(column, []):
                    heads[column].append(text)
            continue
        label = next(
            (texts[column] for column in range(numbers[0] - 1, -1, -1) if texts[column]), ""
        )
        for column in numbers if label else ():
            typed = str(sheet.rows[row][column])
            number, digits = Decimal(tidy(typed).replace(",", "")), _digits_of(tidy(typed))
            title = _HEADS.join(heads.get(column, ()))
            if title:
                yield Cell(
                    file,
                    sheet.ref(row, column),
                    label,
                    title,
                    typed,
                    number,
                    State.NUMBER,
                    None,
                    unit,
                    digits,
                )


_HEADS = "／"  # between the headings of a column, from the highest down
_AMOUNT = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?")


def _recognised(
    sheet: Worksheet,
    unit: str,
    above: Sequence[Paragraph],
    file: str,
    form: Template,
    titles: FormTitles,
) -> Iterator[Table]:
    for read in read_regions(sheet, _regions(sheet, form, titles, above), titles).tables:
        spec = form.table[read.name]
        own_unit = unit or spec.unit
        if spec.unit not in MONEY_UNITS or own_unit in MONEY_UNITS:
            yield _printed(
                replace(read, heading=_heading(read, above, file, titles.tables[spec.name])),
                spec,
                own_unit,
            )


def _regions(
    sheet: Worksheet, form: Template, titles: FormTitles, above: Sequence[Paragraph]
) -> list[Region]:
    """Return which lines belong to which table; heading rows that fit two tables are left out."""
    found = [
        (header, spec)
        for spec in form.tables
        if (header := _header(sheet, spec, titles.tables[spec.name], above))
    ]
    tops = [header.top for header, _ in found]
    return [
        Region(
            spec,
            header.top,
            min((top for top in tops if top > header.top), default=sheet.height),
            header,
        )
        for header, spec in found
        if tops.count(header.top) == 1
    ]


def _header(
    sheet: Worksheet, spec: TableSpec, titles: TableTitles, above: Sequence[Paragraph]
) -> Header | None:
    """Return a table's heading rows, where enough of its columns and rows are there.

    With its own title above, half of the columns are enough.
    """
    if spec.shape == "record" or not any(column.numeric for column in spec.columns):
        return None
    labels = {found[1] for text in sheet.texts if (found := titles.rows.find(text))}
    if len(labels) < _ROWS * len(spec.rows):
        return None  # whichever lines are its own
    header = find_header(sheet, titles, 0, sheet.height)
    if header is None or _is_in_another_unit(sheet, spec, header):
        return None
    share = _ROWS if _is_titled(titles, above) else _COLUMNS
    if len(header.columns) < max(share * len(spec.columns), 2):
        return None
    figures = [at for title, at in header.columns.items() if spec.column[title].numeric]
    rows = find_rows(sheet, titles, range(header.bottom + 1, sheet.height), figures)
    return header if len(rows.at) >= _ROWS * len(spec.rows) else None


def _is_in_another_unit(sheet: Worksheet, spec: TableSpec, header: Header) -> bool:
    """Return whether a heading states another unit than that of its column."""
    return any(
        in_another_unit(sheet.keys.get(place, ""), spec.unit_of("", spec.column[title]))
        for title, place in header.cells.items()
    )


def _is_titled(titles: TableTitles, above: Sequence[Paragraph]) -> bool:
    """Return whether the table's own title is among the paragraphs above it."""
    keys = [title_key(one.text) for one in above]
    return any(titles.heading.fullmatch(key) or loosen(key) == titles.caption for key in keys)


# -------------------------------------------------------------------------------------------- sheet


def _worksheet(table: WordTable, file: str) -> Worksheet:
    """Return the table as a worksheet; addresses count the cells of a row as a person does."""
    rows: list[list[str]] = []
    names: dict[tuple[int, int], int] = {}
    starts: list[dict[int, WordCell]] = []
    for number, (lead, cells) in enumerate(table.rows):
        line, at, begins = [""] * lead, lead, {}
        for ordinal, cell in enumerate(cells, 1):
            begins[at] = cell
            line += [cell.text if cell.merge != "continue" else "", *[""] * (cell.span - 1)]
            for covered in range(at, at + cell.span):
                names[number, covered] = ordinal
            at += cell.span
        rows.append(line)
        starts.append(begins)
    width = max(map(len, rows), default=0)

    def address(row: int, column: int) -> str:
        return f"表{table.number} 第{row + 1}行第{names.get((row, column), column + 1)}列"

    flags = SheetFlags(merges=tuple(_merges(starts)))
    return Worksheet(
        file,
        [line + [""] * (width - len(line)) for line in rows],
        flags,
        knows_formats=False,
        address=address,
    )


def _merges(starts: Sequence[Mapping[int, WordCell]]) -> Iterator[Area]:
    for top, begins in enumerate(starts):
        for left, cell in begins.items():
            if cell.merge == "continue":
                continue
            bottom = top
            while (
                cell.merge and bottom + 1 < len(starts) and _continues(starts[bottom + 1].get(left))
            ):
                bottom += 1
            if bottom > top or cell.span > 1:
                yield top, left, bottom, left + cell.span - 1


def _continues(cell: WordCell | None) -> bool:
    return cell is not None and cell.merge == "continue"


# ------------------------------------------------------------------------------------------ amounts


def _stated_unit(texts: Iterable[str]) -> str:
    """Return the unit of money in the texts around a table: "" for none, “?” for several."""
    units = {one or two for text in texts for one, two in _UNIT.findall(tidy(text))}
    return units.pop() if len(units) == 1 else "?" if units else ""


def _heading(
    table: Table, above: Sequence[Paragraph], file: str, titles: TableTitles
) -> Cell | None:
    """Return the title of the table: a line above it, or in its own first rows."""
    if table.heading is not None and titles.heading.fullmatch(title_key(table.heading.text)):
        return table.heading
    for one in reversed(above):
        if titles.heading.fullmatch(title_key(one.text)):
            return Cell(file, one.ref, "", "", one.text, one.text, State.TEXT)
    return None


def _printed(table: Table, spec: TableSpec, unit: str) -> Table:
    """Return the table with its amounts in `unit`, with the decimals that each column prints."""
    plain = [
        c
        for row in table.rows
        for c in row.cells.values()
        if c.number is not None and not _OWN_UNIT.search(tidy(c.text))
    ]
    digits: dict[str, int] = {}
    for cell in plain:
        digits[cell.column] = max(digits.get(cell.column, 0), _digits_of(cell.text))
    amounts = {id(cell) for cell in plain if cell.unit in MONEY_UNITS}

    def printed(cell: Cell) -> Cell:
        if id(cell) not in amounts:
            return cell
        return cell._replace(
            unit=unit if cell.unit == spec.unit else cell.unit, decimals=digits[cell.column]
        )

    rows = tuple(
        Row(row.title, row.kind, {title: printed(cell) for title, cell in row.cells.items()})
        for row in table.rows
    )
    return replace(table, rows=rows)


def _digits_of(typed: str) -> int:
    return len(_NO_DIGIT.sub("", typed).partition(".")[2])
