"""Read one cell as typed: its state and value by the type that the form gives it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from jixiao_xlsx.form.spec import NUMERIC, ColumnSpec, TableSpec
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.text import from_float, percent, plain, tidy
from jixiao_xlsx.values.typed_numbers import NOT_APPLICABLE, State, believable, read_number

PERCENT_NOTE = "%"
_PERCENTAGE = re.compile(r"\d+(?:\.\d+)?%")
_FIGURE_WITH_UNIT = re.compile(r"[\d.,]+[^\x00-\x7f]{1,4}")


@dataclass(frozen=True, slots=True)
class CellSpec:
    """What the form says about one cell."""

    column: ColumnSpec
    type: str
    unit: str
    decimals: int
    exists: bool
    numeric: bool


def cell_spec(table: TableSpec, title: str, column: ColumnSpec) -> CellSpec:
    """Return what the form says about the cell at row `title` and `column`."""
    kind = table.kind(title, column)
    unit, decimals = table.unit_of(title, column), table.decimals_of(title, column)
    return CellSpec(column, kind, unit, decimals, table.exists(title, column), kind in NUMERIC)


def read_cell(sheet: Worksheet, title: str, kind: CellSpec, place: Position) -> Cell:
    """Read the cell at `place`, in the row called `title`, as a cell of that `kind`."""
    flags = sheet.flags
    raw: object = sheet.raw(*place)
    note = ""
    value: Decimal | str | None = None
    if kind.type == "measure" and (meant := _typed_as_formula(sheet, place)):
        raw = value = meant
        state = State.TEXT
    elif place in sheet.odd:
        raw = flags.errors.get(place)
        state, note = (State.UNCALCULATED, "") if raw is None else (State.ERROR, raw)
    elif raw is None:
        state = State.BLANK
    elif kind.numeric:
        shown = (place in flags.percents) if sheet.knows_formats else None
        typed = _without_unit(raw, kind) if isinstance(raw, str) else raw
        state, value, note = read_number(
            typed, kind.unit, percent=kind.type == "percent", percent_format=shown
        )
    elif kind.type == "measure":
        state, value, note = _measure(raw, place in flags.percents)
    else:
        text = (
            percent(from_float(raw), 2)
            if isinstance(raw, float) and place in flags.percents
            else value_text(raw)
        )
        state, value = (State.TEXT, text) if text else (State.BLANK, None)
    return Cell(
        sheet.name,
        sheet.address(*place),
        title,
        kind.column.title,
        raw,
        value,
        state,
        flags.formulas.get(place),
        kind.unit,
        kind.decimals,
        note,
        flags.formats.get(place, ""),
    )


def text_cell(sheet: Worksheet, row: int, column: int, title: str, heading: str = "") -> Cell:
    """Read a cell as text: a heading, a label, a reason, a tick."""
    raw = sheet.raw(row, column)
    value = value_text(raw) if raw is not None else ""
    state = State.TEXT if value else State.BLANK
    return Cell(
        sheet.name,
        sheet.ref(row, column),
        title,
        heading,
        raw,
        value or None,
        state,
        sheet.flags.formulas.get((row, column)),
    )


def value_text(raw: object) -> str:
    """A value as a person sees it in a cell for titles."""
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, int | float):
        return plain(from_float(raw) if isinstance(raw, float) else Decimal(raw))
    if isinstance(raw, dt.datetime):
        return raw.date().isoformat() if raw.time() == dt.time() else raw.isoformat(" ", "minutes")
    return raw.isoformat() if isinstance(raw, dt.date | dt.time) else str(raw)


def _measure(raw: object, as_percent: bool) -> tuple[State, Decimal | str | None, str]:
    """Return state, value and note of a 目标值 or 业绩值: a number, or text such as “≥95%”."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        number = from_float(raw) if isinstance(raw, float) else Decimal(raw)
        if not believable(number):
            return State.TEXT, value_text(raw), ""
        return (State.NUMBER if number else State.ZERO), number, PERCENT_NOTE if as_percent else ""
    text = value_text(raw)
    if tidy(text) in NOT_APPLICABLE:
        return State.NA, None, ""
    return (State.TEXT, text, "") if text else (State.BLANK, None, "")


def _typed_as_formula(sheet: Worksheet, place: Position) -> str:
    """Return what was meant as a target, “=12次”, where the program took it for a formula;
    else "".
    """
    flags = sheet.flags
    text = flags.formulas.get(place, "")
    broken = flags.errors.get(place) == "#NAME?" or place in flags.uncalculated
    meant = broken and _FIGURE_WITH_UNIT.fullmatch(text)
    return f"={text}" if meant or _PERCENTAGE.fullmatch(text) else ""


def _without_unit(raw: str, kind: CellSpec) -> str:
    """Return the text without its unit where counts and scores carry their own: “6人” is “6”.

    The units of money are read with the number.
    """
    if kind.unit and kind.type in {"count", "score"}:
        text = tidy(raw)
        if text.endswith(kind.unit) and text != kind.unit:
            return text.removesuffix(kind.unit)
    return raw
