"""Read one cell as typed: its state and value by the type that the form gives it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from jixiao_xlsx.form.spec import NUMERIC, ColumnSpec, TableSpec
from jixiao_xlsx.reading.flags.number_formats import NumberFormat
from jixiao_xlsx.reading.formulas.formula_values import UnknownFormula
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.text import from_float, percent, plain, tidy
from jixiao_xlsx.values.typed_numbers import (
    CALCULATED,
    OLD_RESULT,
    State,
    believable,
    is_not_applicable,
    read_number,
)

PERCENT_NOTE = "%"
_PERCENTAGE = re.compile(r"\d+(?:\.\d+)?%")
_FIGURE_WITH_UNIT = re.compile(r"[\d.,]+[^\x00-\x7f]{1,4}")
_NOTHING_TYPED: tuple[State, Decimal | str | None, str] = State.BLANK, None, ""
_NEVER_CALCULATED = frozenset({State.ERROR, State.TEXT, State.NA})
_NOISE = 1e-9  # part of a number that two programs may calculate differently
_HALF_AGAIN = 1.5  # of the last digit printed, which they may round differently


@dataclass(frozen=True, slots=True)
class CellSpec:
    """What the form says about one cell; `auto`: it is a formula of the form."""

    column: ColumnSpec
    type: str
    unit: str
    decimals: int
    exists: bool
    numeric: bool
    auto: bool = False


def cell_spec(table: TableSpec, title: str, column: ColumnSpec) -> CellSpec:
    """Return what the form says about the cell at row `title` and `column`."""
    kind = table.kind(title, column)
    unit, decimals = table.unit_of(title, column), table.decimals_of(title, column)
    exists, auto = table.exists(title, column), table.is_auto(title, column)
    return CellSpec(column, kind, unit, decimals, exists, kind in NUMERIC, auto)


def read_cell(sheet: Worksheet, title: str, kind: CellSpec, place: Position) -> Cell:
    """Read the cell at `place`, in the row called `title`, as a cell of that `kind`."""
    flags = sheet.flags
    raw: object = sheet.raw(*place)
    state, value, note = _NOTHING_TYPED
    if raw is None and place not in sheet.odd:
        pass
    elif kind.type == "measure" and (meant := _typed_as_formula(sheet, place)):
        raw = value = meant
        state = State.TEXT
    elif place in sheet.odd:
        raw = flags.errors.get(place)
        state, note = (State.UNCALCULATED, "") if raw is None else (State.ERROR, raw)
    elif kind.numeric:
        state, value, note = _number(sheet, kind, place, raw)
    elif kind.type == "measure":
        state, value, note = _measure(raw, place in flags.percents)
    else:
        text = (
            percent(from_float(raw), 2)
            if isinstance(raw, float) and place in flags.percents
            else value_text(raw)
        )
        state, value = (State.TEXT, text) if text else (State.BLANK, None)
    cell = Cell(
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
        _shown(sheet.telling.get(flags.formats.get(place, "")), raw) if sheet.telling else "",
    )
    return _calculated(sheet, kind, place, cell) if kind.numeric and cell.formula else cell


def _number(
    sheet: Worksheet, kind: CellSpec, place: Position, raw: object
) -> tuple[State, Decimal | None, str]:
    """Return state, value and note of a number cell that holds something."""
    as_percent = (place in sheet.flags.percents) if sheet.knows_formats else None
    telling = sheet.telling
    style = telling.get(sheet.flags.formats.get(place, "")) if telling else None
    if style and style.percent and kind.type == "percent" and isinstance(raw, int | float):
        raw, as_percent = _exact(raw) / 100, True  # 99.79 shown as 99.79%
    if _in_points(kind) and isinstance(raw, int | float) and not as_percent:
        raw, as_percent = _exact(raw) / 100, True
    typed = _without_unit(raw, kind) if isinstance(raw, str) else raw
    return read_number(typed, kind.unit, percent=kind.type == "percent", percent_format=as_percent)


def _in_points(kind: CellSpec) -> bool:
    """Return whether a rate is typed without a sign, its heading saying （%）: 0.31 is 0.31%."""
    return kind.type == "percent" and kind.column.unit == "%"


def _shown(style: NumberFormat | None, raw: object) -> str:
    """Return what a cell shows where its format does not show its number."""
    if style is None or isinstance(raw, bool) or not isinstance(raw, int | float):
        return ""
    return style.shown(_exact(raw))


def _exact(raw: float) -> Decimal:
    return from_float(raw) if isinstance(raw, float) else Decimal(raw)


def _calculated(sheet: Worksheet, kind: CellSpec, place: Position, cell: Cell) -> Cell:
    """Return a cell with a formula as it would be if it were calculated now.

    A formula of the form that shows nothing, never calculated or not since the figures around it
    were typed, has its result. One whose saved result is not what it gives has none: the figures
    around it were changed after it, or it was.
    """
    if sheet.recalculate is None or cell.state in _NEVER_CALCULATED:
        return cell
    try:
        result = sheet.recalculate(place)
    except UnknownFormula:
        return cell
    if cell.state is State.UNCALCULATED:
        return _result(cell, result) if kind.auto else cell
    if cell.blank and kind.auto and result:
        return _result(cell, result)
    saved = float(cell.value or 0)
    grid = 10.0 ** -(kind.decimals + (2 if kind.type == "percent" else 0))
    if abs((result or 0.0) - saved) <= max(grid * _HALF_AGAIN, abs(saved) * _NOISE):
        return cell
    now = f"{OLD_RESULT}，现在应为 {_written(result, kind)}"
    return cell._replace(value=None, state=State.UNCALCULATED, note=now)


def _written(result: float | None, kind: CellSpec) -> str:
    """Return a result as a clerk writes it in a cell of that kind."""
    number = from_float(result or 0.0)
    if kind.type == "percent":
        return percent(number, kind.decimals)
    return plain(number, kind.decimals if kind.type == "money" else None)


def _result(cell: Cell, result: float | None) -> Cell:
    """Return a cell that was never calculated with its result."""
    if result is None:
        return cell._replace(state=State.BLANK)
    state = State.NUMBER if result else State.ZERO
    number = from_float(result)
    return cell._replace(raw=float(number), value=number, state=state, note=CALCULATED)


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
        number = _exact(raw)
        if not believable(number):
            return State.TEXT, value_text(raw), ""
        return (State.NUMBER if number else State.ZERO), number, PERCENT_NOTE if as_percent else ""
    text = value_text(raw)
    if is_not_applicable(tidy(text)):
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
            return raw[: raw.rindex(kind.unit)] if kind.unit in raw else text
    return raw
