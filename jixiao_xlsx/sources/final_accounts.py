"""Final accounts (部门决算) read from exports and published tables; what to look for is data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from jixiao_xlsx.reading.sheets import read_worksheets
from jixiao_xlsx.reading.titles import title_key
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.sources.found import AccountFigure, AccountSheet
from jixiao_xlsx.sources.sheet_titles import (
    beside_label,
    has_number,
    heading_key,
    headings_of,
    is_numbering,
    last_heading,
    name_and_code,
    titled_table,
    unit_of_sheet,
    year_of_sheet,
)
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.typed_numbers import read_number

_DATA = Path(__file__).with_name("final_accounts.toml")
_ITEMS = "项目"
_NO_UNIT = "没有写明金额单位（元或万元），没有采用"
_NO_FIGURES = "没有找到决算数，没有采用"


@dataclass(frozen=True)
class AccountTable:
    """A table of final accounts as the data describe it; titles as keys. Without `rows` and
    `items` it is one of which nothing is taken.
    """

    titles: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)
    across: bool = False
    list: bool = False
    kind: str = ""
    row: tuple[str, ...] = ()

    @property
    def wanted(self) -> bool:
        """Return whether figures are taken of it."""
        return bool(self.rows or self.items)


@dataclass(frozen=True)
class AccountsLayout:
    """All tables by their titles, and the labels beside which a department stands."""

    tables: Mapping[str, AccountTable]
    name: tuple[str, ...]
    code: tuple[str, ...]
    stage: Mapping[str, tuple[str, ...]]


@cache
def accounts_layout() -> AccountsLayout:
    """Return what final accounts look like: final_accounts.toml."""
    data = tomllib.loads(_DATA.read_text("utf-8"))
    tables = [
        AccountTable(
            tuple(one["titles"]),
            columns=_by_key(one.get("columns", {})),
            rows=_by_key(one.get("rows", {})),
            items=_by_key(one.get("items", {})),
            across=one.get("across", False),
            list=one.get("list", False),
            kind=one.get("kind", ""),
            row=tuple(title_key(text) for text in one.get("row", ())),
        )
        for one in data["table"]
    ]
    return AccountsLayout(
        {title: table for table in tables for title in table.titles},
        tuple(data["department"]["name"]),
        tuple(data["department"]["code"]),
        {name: tuple(words) for name, words in data["stage"].items()},
    )


def _by_key(titles: Mapping[str, str]) -> Mapping[str, str]:
    return {title_key(title): name for title, name in titles.items()}


def read_final_accounts(data: bytes, file: str) -> tuple[AccountSheet, ...]:
    """Return the tables of final accounts in a workbook, one per department. Raises Refused.

    A department that only one of its tables names is that of them all.
    """
    layout = accounts_layout()
    found: list[AccountSheet] = []
    for sheet in read_worksheets(data, lambda name, hidden: not hidden):
        table = titled_table(sheet, layout.tables)
        if table is not None and table.wanted:
            found += _of_sheet(sheet, table, layout, file)
    named = {(one.name, one.code) for one in found} - {("", "")}
    if len(named) == 1:
        (name, code) = named.pop()
        found = [replace(one, name=name, code=code) for one in found]
    return tuple(found)


def _of_sheet(
    sheet: Worksheet, table: AccountTable, layout: AccountsLayout, file: str
) -> Iterator[AccountSheet]:
    name, code = name_and_code(beside_label(sheet, layout.name), beside_label(sheet, layout.code))
    one = AccountSheet(file, sheet.name, name, code, year_of_sheet(sheet))
    unit = unit_of_sheet(sheet)
    if not unit:
        yield replace(one, problem=_NO_UNIT)
        return
    if table.list:
        yield from _listed(sheet, table, layout, one, unit)
        return
    raw = tuple(_across(sheet, table, unit) if table.across else _down(sheet, table, unit))
    if not raw:
        yield replace(one, problem=_NO_FIGURES)
        return
    yield _with_figures(one, raw, unit)


_Raw = tuple[str, str, Decimal, str]  # item, kind, number in the unit of the sheet, cell


def _with_figures(one: AccountSheet, raw: Sequence[_Raw], unit: str) -> AccountSheet:
    """Return the sheet with its figures in 元: the first of each item and kind."""
    factor = Decimal(atoms_per(unit)) / atoms_per("元")
    decimals = max(2, *(_decimals(number) for _, _, number, _ in raw))
    last = factor.scaleb(-decimals)
    figures: dict[tuple[str, str], AccountFigure] = {}
    for item, kind, number, cell in raw:
        figures.setdefault((item, kind), AccountFigure(item, kind, number * factor, cell))
    grain = last if last > Decimal("0.01") else Decimal(0)
    return replace(one, figures=tuple(figures.values()), grain=grain)


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


# ----------------------------------------------------------------------------- items down a column


def _down(sheet: Worksheet, table: AccountTable, unit: str) -> Iterator[_Raw]:
    """Yield the figures of a table whose rows are items, in one block of columns or in several."""
    headings = headings_of(sheet, table.columns)
    labels = [
        column for column, texts in headings.items() if any(t.startswith(_ITEMS) for t in texts)
    ]
    bottom = last_heading(sheet, set(table.columns))
    if bottom is None:
        return
    for row in range(bottom + 1, sheet.height):
        for column in labels:
            text = sheet.keys.get((row, column), "")
            item = _item(heading_key(text), headings[column], table.rows) if text else ""
            if item:
                yield from _beside(sheet, (row, column), item, headings, labels, table, unit)


def _item(label: str, above: Sequence[str], rows: Mapping[str, str]) -> str:
    """Return the item that a label means under its headings; "" for none that is wanted."""
    for side in above:
        if found := rows.get(f"{side}·{label}"):
            return found
    return rows.get(label, "")


def _beside(
    sheet: Worksheet,
    place: tuple[int, int],
    item: str,
    headings: Mapping[int, Sequence[str]],
    labels: Sequence[int],
    table: AccountTable,
    unit: str,
) -> Iterator[_Raw]:
    """Yield the figures right of a label, up to the next label; of each kind the first column."""
    row, column = place
    start = sheet.right_of(row, column)
    end = next(
        (at for at in labels if at >= start and sheet.keys.get((row, at))), max(headings) + 1
    )
    done: set[str] = set()
    for at in range(start, end):
        kind = next((table.columns[t] for t in headings.get(at, ()) if t in table.columns), "")
        if not kind or kind in done:
            continue
        done.add(kind)
        number = read_number(sheet.raw(row, at), unit).value
        if number is not None:
            yield item, kind, number, sheet.ref(row, at)


# --------------------------------------------------------------------------- items across the top


def _across(sheet: Worksheet, table: AccountTable, unit: str) -> Iterator[_Raw]:
    """Yield the figures of the one row that counts: its 合计, or the first with figures."""
    headings = headings_of(sheet, table.items)
    bottom = last_heading(sheet, set(table.items))
    if bottom is None:
        return
    rows = range(bottom + 1, sheet.height)
    named = (row for row in rows if table.row and _labels(sheet, row) & set(table.row))
    plain = (row for row in rows if has_number(sheet, row) and not is_numbering(sheet, row))
    row = next(named if table.row else plain, None)
    if row is not None:
        yield from _along(sheet, row, headings, table, unit)


def _labels(sheet: Worksheet, row: int) -> set[str]:
    return {sheet.keys.get((row, column), "") for column in sheet.columns_in(row)}


def _along(
    sheet: Worksheet,
    row: int,
    headings: Mapping[int, Sequence[str]],
    table: AccountTable,
    unit: str,
) -> Iterator[_Raw]:
    for column, texts in headings.items():
        item = _heading_item(texts, table.items)
        kind = next((table.columns[t] for t in texts if t in table.columns), table.kind)
        number = read_number(sheet.raw(row, column), unit).value if item and kind else None
        if number is not None:
            yield item, kind, number, sheet.ref(row, column)


def _heading_item(texts: Sequence[str], items: Mapping[str, str]) -> str:
    if not texts:
        return ""
    for start in range(len(texts)):
        if found := items.get("·".join(texts[start:])):
            return found
    return ""


def _listed(
    sheet: Worksheet, table: AccountTable, layout: AccountsLayout, one: AccountSheet, unit: str
) -> Iterator[AccountSheet]:
    """Yield a sheet for each row of a list of departments."""
    name_titles, code_titles = (
        {title_key(title) for title in titles} for titles in (layout.name, layout.code)
    )
    headings = headings_of(sheet, {*table.items, *name_titles, *code_titles})
    bottom = last_heading(sheet, {*table.items, *name_titles, *code_titles})
    if bottom is None:
        yield replace(one, problem=_NO_FIGURES)
        return
    names = [at for at, texts in headings.items() if name_titles & set(texts[-1:])]
    codes = [at for at, texts in headings.items() if code_titles & set(texts[-1:])]
    for row in range(bottom + 1, sheet.height):
        texts = [_cell_text(sheet, row, columns) for columns in (names, codes)]
        raw = tuple(_along(sheet, row, headings, table, unit))
        if any(texts) and raw and "合计" not in texts[0]:
            name, code = name_and_code(*texts)
            yield _with_figures(replace(one, name=name, code=code), raw, unit)


def _cell_text(sheet: Worksheet, row: int, columns: Sequence[int]) -> str:
    raw = sheet.raw(row, columns[0]) if columns else None
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return "" if raw is None else str(raw).strip()
