"""The constants of a form's cells: what is typed into them, and what the form prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.form.spec import IndicatorSpec, Template
from jixiao_xlsx.output.xlsx.blank.layout import (
    EMPTY_TABLE,
    INDICATORS,
    CellAddress,
    Filling,
    Layout,
    RowKey,
    TableFilling,
    TablePlace,
)
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.text import from_float
from jixiao_xlsx.values.typed_numbers import read_number

EMPTY_FILLING: Filling = {}
CellValue = Decimal | str | dt.date | None


@dataclass(frozen=True, slots=True)
class Constants:
    """Constants by address: typed by the caller, and printed by the form.

    `locked`: those printed ones that are no mere first suggestion; `given`: those of the bureau's.
    """

    typed: Mapping[CellAddress, CellValue]
    printed: Mapping[CellAddress, CellValue]
    locked: frozenset[CellAddress]
    given: frozenset[CellAddress] = frozenset()


def gather_constants(
    layout: Layout,
    filling: Filling,
    known: Mapping[Ref, object],
    given: Collection[Ref] = (),
    ahead: Filling = EMPTY_FILLING,
) -> Constants:
    """Gather constants; `known` figures by reference go behind those of `filling`, of which those
    `given` are not for the department to change, nor what is typed `ahead`.

    Raises KeyError for a row or column that the form has not.
    """
    typed: dict[CellAddress, CellValue] = {}
    printed: dict[CellAddress, CellValue] = {
        (ref.table, ref.row, ref.column): _cleaned(value) for ref, value in known.items()
    }
    locked: set[CellAddress] = set()
    for address in printed:
        layout.position(address)  # KeyError for what the form has not
    for table in layout.tables.values():
        for address, value in _titles(table):
            printed[address] = value
            locked.add(address)
        for address, value, fixed in _presets(
            layout.template, table, filling.get(table.spec.name, EMPTY_TABLE)
        ):
            printed[address] = value
            locked |= {address} if fixed else set()
        typed.update(_typed(layout.template, table, filling.get(table.spec.name, EMPTY_TABLE)))
    own = frozenset((ref.table, ref.row, ref.column) for ref in given) | frozenset(
        (name, number, title)
        for name, table in ahead.items()
        for number, row in enumerate(table.open_rows)
        for title in row
    )
    return Constants(typed, printed, frozenset(locked), own)


def _titles(table: TablePlace) -> Iterator[tuple[CellAddress, CellValue]]:
    """Titles of fixed rows and of the total in an open table stand in its own columns."""
    if table.labelled:
        return
    spec = table.spec
    for row in table.rows:
        if row.kind != "open":
            column = (
                spec.columns[0].title if row.kind == "total" or not spec.label else spec.label[0]
            )
            yield (spec.name, row.key, column), row.title


def _presets(
    template: Template, table: TablePlace, filling: TableFilling
) -> Iterator[tuple[CellAddress, CellValue, bool]]:
    spec = table.spec
    for row in table.rows:
        for column in spec.columns:
            if column.preset and table.exists(row, column):
                number = read_number(column.preset).value if column.numeric else None
                yield (
                    (spec.name, row.key, column.title),
                    column.preset if number is None else number,
                    True,
                )
    if spec.source == INDICATORS:
        library = {name: one for one in template.indicators for name in (one.name, *one.aliases)}
        for place, one in zip(
            table.open_rows, _indicator_rows(template, filling, library), strict=False
        ):
            if one:
                for title, value, fixed in _indicator(template, one):
                    if not filling.open_rows or fixed:
                        yield (spec.name, place.key, title), value, fixed


def _indicator_rows(
    template: Template, filling: TableFilling, library: Mapping[str, IndicatorSpec]
) -> Sequence[IndicatorSpec | None]:
    if not filling.open_rows:
        return template.indicators
    title = template.indicator_columns.get("name", "")
    return [library.get(str(row.get(title) or "")) for row in filling.open_rows]


def _indicator(template: Template, one: IndicatorSpec) -> Iterator[tuple[str, CellValue, bool]]:
    """(column, value, locked): a 共性 indicator is fixed as far as the library decides it."""
    weight = Decimal(one.weight.numerator) / Decimal(one.weight.denominator)
    printed: dict[str, tuple[CellValue, bool]] = {
        "level1": (one.level1, True),
        "level2": (one.level2, True),
        "name": (one.name, one.common),
        "direction": (one.direction or None, one.common and bool(one.direction)),
        "unit": (one.unit or None, one.common and bool(one.unit or one.direction)),
        "weight": (weight, one.common),
        "target": (one.target or None, one.common and bool(one.target)),
    }
    for part, (value, fixed) in printed.items():
        if part in template.indicator_columns:
            yield template.indicator_columns[part], value, fixed


def _typed(
    template: Template, table: TablePlace, filling: TableFilling
) -> Iterator[tuple[CellAddress, CellValue]]:
    spec = table.spec
    by_name: Mapping[str, RowKey] = {}
    if spec.source == INDICATORS and not filling.open_rows:
        by_name = {one.name: number for number, one in enumerate(template.indicators)}
    lines: list[tuple[RowKey, Mapping[str, object]]] = [
        (by_name.get(title, title), row) for title, row in filling.rows.items()
    ]
    lines += list(enumerate(filling.open_rows))
    for key, row in lines:
        if key not in table.row:
            raise KeyError(f"{spec.name}：没有“{key}”这一行")
        for title, value in row.items():
            if title not in table.columns:
                raise KeyError(f"{spec.name}：没有“{title}”这一列")
            yield (spec.name, key, title), _cleaned(value)


def _cleaned(value: object) -> CellValue:
    """Return a filling's value as it is written: numbers exact, everything else as it stands."""
    match value:
        case bool():
            return "是" if value else "否"
        case None | Decimal() | str() | dt.date():
            return value or None if isinstance(value, str) else value
        case int():
            return Decimal(value)
        case float():
            return from_float(value)
        case Fraction():
            return Decimal(value.numerator) / Decimal(value.denominator)
        case _:
            return str(value)
