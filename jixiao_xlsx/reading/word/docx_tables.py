"""Tables of a Word report that are tables of the form: found by their titles, as on a sheet. What is not plain is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from jixiao_xlsx.form.spec import TableSpec, Template
from jixiao_xlsx.reading.find_tables import Header, Region, find_header, find_rows
from jixiao_xlsx.reading.sheet_flags import SheetFlags
from jixiao_xlsx.reading.table_rows import read_regions
from jixiao_xlsx.reading.titles import FormTitles, TableTitles, loosen, title_key
from jixiao_xlsx.reading.word.content import DocxContent, WordCell, WordTable
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Area
from jixiao_xlsx.values.amounts import MONEY_UNITS
from jixiao_xlsx.values.cells import Cell, Paragraph, Row, Table
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import State

_COLUMNS, _ROWS = 0.6, 0.5  # of a table's titles that must be there
_NEAR = 2  # paragraphs above a table that may speak of it
_TOP = 3  # its first rows, which may say the unit
_UNIT = re.compile(r"单位:?(亿元|千元|万元|百元|元)|\((亿元|千元|万元|百元|元)\)$")
_NO_DIGIT = re.compile(r"[^\d.]")
_OWN_UNIT = re.compile(r"[元万亿]$")  # typed into the cell itself


def form_tables(
    word: DocxContent, file: str, template: Template, words: FormTitles
) -> tuple[tuple[Table, ...], tuple[Cell, ...]]:
    """The tables of the form among those of the report, in its order; and the amounts of the others."""
    found: list[Table] = []
    figures: list[Cell] = []
    for table in word.tables:
        if table.number:
            above = [
                one
                for one in word.paragraphs[max(table.after - _NEAR, 0) : table.after]
                if not one.listed
            ]
            grid = _grid(table, file)
            top = [str(grid.rows[row][column]) for row, column in grid.filled if row < _TOP]
            said = _unit_said([*(one.text for one in above), *top])
            known = list(_recognised(grid, said, above, file, template, words))
            found += known
            if not known and said in MONEY_UNITS:
                figures += _figures(grid, said, file)
    return tuple(found), tuple(figures)


def _figures(grid: Worksheet, unit: str, file: str) -> Iterator[Cell]:
    """The amounts of a table that is none of the form's, under the words above them and beside them; nothing where either is missing."""
    heads: dict[int, list[str]] = {}
    for row in range(grid.height):
        texts = {column: grid.text(row, column) for column in range(len(grid.rows[row]))}
        numbers = [
            column
            for column in grid.columns_in(row)
            if _AMOUNT.fullmatch(tidy(str(grid.rows[row][column])))
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
            typed = str(grid.rows[row][column])
            number, digits = Decimal(tidy(typed).replace(",", "")), _digits_of(tidy(typed))
            title = _HEADS.join(heads.get(column, ()))
            if title:
                yield Cell(
                    file,
                    grid.ref(row, column),
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
    grid: Worksheet,
    said: str,
    above: Sequence[Paragraph],
    file: str,
    form: Template,
    words: FormTitles,
) -> Iterator[Table]:
    for read in read_regions(grid, _regions(grid, form, words, above), words).tables:
        spec = form.table[read.name]
        unit = said or spec.unit
        if spec.unit not in MONEY_UNITS or unit in MONEY_UNITS:
            yield _printed(
                replace(read, heading=_heading(read, above, file, words.tables[spec.name])),
                spec,
                unit,
            )


def _regions(
    grid: Worksheet, form: Template, words: FormTitles, above: Sequence[Paragraph]
) -> list[Region]:
    """Which lines belong to which table of the form; heading rows that may be those of two are nobody's."""
    found = [
        (header, spec)
        for spec in form.tables
        if (header := _header(grid, spec, words.tables[spec.name], above))
    ]
    tops = [header.top for header, _ in found]
    return [
        Region(
            spec,
            header.top,
            min((top for top in tops if top > header.top), default=grid.height),
            header,
        )
        for header, spec in found
        if tops.count(header.top) == 1
    ]


def _header(
    grid: Worksheet, spec: TableSpec, lexicon: TableTitles, above: Sequence[Paragraph]
) -> Header | None:
    """A table's heading rows, where enough of its columns and rows are there; with its own title above, half will do."""
    if spec.shape == "record" or not any(column.numeric for column in spec.columns):
        return None
    titles = {found[1] for text in grid.texts if (found := lexicon.rows.find(text))}
    if len(titles) < _ROWS * len(spec.rows):
        return None  # whichever lines are its own
    header = find_header(grid, lexicon, 0, grid.height)
    if header is None:
        return None
    titled = any(
        lexicon.heading.fullmatch(title_key(one.text))
        or loosen(title_key(one.text)) == lexicon.caption
        for one in above
    )
    if len(header.columns) < max((_ROWS if titled else _COLUMNS) * len(spec.columns), 2):
        return None
    figures = [at for title, at in header.columns.items() if spec.column[title].numeric]
    rows = find_rows(grid, lexicon, range(header.bottom + 1, grid.height), figures)
    return header if len(rows.at) >= _ROWS * len(spec.rows) else None


# ------------------------------------------------------------------------------------------------------------ grid


def _grid(table: WordTable, file: str) -> Worksheet:
    """The table as a sheet: positions count grid columns, addresses the cells of a row as a person counts them."""
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
                cell.merge and bottom + 1 < len(starts) and _goes_on(starts[bottom + 1].get(left))
            ):
                bottom += 1
            if bottom > top or cell.span > 1:
                yield top, left, bottom, left + cell.span - 1


def _goes_on(cell: WordCell | None) -> bool:
    return cell is not None and cell.merge == "continue"


# ------------------------------------------------------------------------------------------------------------ amounts


def _unit_said(texts: Iterable[str]) -> str:
    """The one unit of money that the words around a table name; "" for none, “?” where they name several."""
    found = {one or two for text in texts for one, two in _UNIT.findall(tidy(text))}
    return found.pop() if len(found) == 1 else "?" if found else ""


def _heading(
    table: Table, above: Sequence[Paragraph], file: str, lexicon: TableTitles
) -> Cell | None:
    """The title of the table: a line above it, or in its own first rows."""
    if table.heading is not None and lexicon.heading.fullmatch(title_key(table.heading.text)):
        return table.heading
    for one in reversed(above):
        if lexicon.heading.fullmatch(title_key(one.text)):
            return Cell(file, one.ref, "", "", one.text, one.text, State.TEXT)
    return None


def _printed(table: Table, spec: TableSpec, unit: str) -> Table:
    """The table with its amounts in the unit that is said, each column on the grid it is printed on."""
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
