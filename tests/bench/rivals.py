"""What a scored workbook is timed against: the floor, and the script that a user would write.

floor   calamine reading the same files, and xlsxwriter in memory making every call that our writer
made: the same bytes
script  pandas.read_excel with openpyxl, and openpyxl writing the same cells with their formats,
merges, widths and links
"""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet


class Call(NamedTuple):
    """One call of xlsxwriter: on which object, and what its result is called later on."""

    on: str
    method: str
    args: tuple[Any, ...]
    named: dict[str, Any]
    made: str


class _Name(str):
    """Stands for an object that an earlier call made."""

    __slots__ = ()


# ---------------------------------------------------------------------------------------- recording


class _Recorder:
    """Stands in for an object of xlsxwriter and keeps every call."""

    def __init__(self, real: Any, name: str, log: list[Call]) -> None:
        self.__dict__.update(_real=real, _name=name, _log=log)

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(self._real, attribute)
        if not callable(value):
            return value

        def call(*args: Any, **named: Any) -> Any:
            result = value(*map(_real, args), **_real(named))
            made = f"o{len(self._log)}"
            self._log.append(
                Call(self._name, attribute, tuple(map(_named, args)), _named(named), made)
            )
            return (
                _Recorder(result, made, self._log)
                if isinstance(result, Worksheet | Format)
                else result
            )

        return call

    def __setattr__(self, attribute: str, value: Any) -> None:
        setattr(self._real, attribute, value)


def _real(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _real(item) for key, item in value.items()}
    return value._real if isinstance(value, _Recorder) else value


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _named(item) for key, item in value.items()}
    return _Name(value._name) if isinstance(value, _Recorder) else value


def record(write: Callable[[], None]) -> list[Call]:
    """Every call of xlsxwriter that `write` makes on one workbook; the first is the workbook's own
    making.
    """
    log: list[Call] = []
    original = xlsxwriter.Workbook

    def recording(target: Any, options: Any = None) -> Any:
        log.append(
            Call("", "Workbook", (), copy.deepcopy(options or {}), "book")
        )  # the library changes what it is given
        return _Recorder(original(target, options), "book", log)

    xlsxwriter.Workbook = recording  # type: ignore[assignment,misc]
    try:
        write()
    finally:
        xlsxwriter.Workbook = original  # type: ignore[misc]
    return log


# ---------------------------------------------------------------------------------------- the floor

_MAKERS = frozenset({"add_worksheet", "add_format"})


def floor_read(path: Path) -> None:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def floor_write(log: list[Call]) -> bytes:
    """The same calls without our code. Returns the workbook."""
    stream = io.BytesIO()
    objects: dict[str, Any] = {"book": xlsxwriter.Workbook(stream, copy.deepcopy(log[0].named))}

    def real(options: dict[str, Any]) -> dict[str, Any]:
        return {key: objects[one] if type(one) is _Name else one for key, one in options.items()}

    for on, method, args, named, made in log[1:]:
        plain = [
            objects[one] if type(one) is _Name else real(one) if type(one) is dict else one
            for one in args
        ]
        result = getattr(objects[on], method)(*plain, **named)
        if method in _MAKERS:
            objects[made] = result
    return stream.getvalue()


# --------------------------------------------------------------------------------------- the script


def script_read(path: Path) -> None:
    import pandas as pd

    pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")


def script_write(log: list[Call]) -> bytes:
    """The same workbook by openpyxl, its formats made once each. Returns the workbook."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    sheets: dict[str, Any] = {}
    formats: dict[str, list[tuple[str, Any]]] = {}
    for call in log[1:]:
        if call.method == "add_worksheet":
            sheets[call.made] = book.create_sheet(call.args[0])
        elif call.method == "add_format":
            formats[call.made] = _format(call.args[0])
        elif call.on in sheets:
            _CALLS.get(call.method, _nothing)(sheets[call.on], formats, *call.args, **call.named)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _format(wanted: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The properties of a format as openpyxl wants them, those that are asked for."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    def colour(name: str) -> str | None:
        return str(wanted[name]).lstrip("#") if name in wanted else None

    font = Font(
        wanted.get("font_name"),
        wanted.get("font_size"),
        bold=wanted.get("bold"),
        color=colour("font_color"),
        underline="single" if wanted.get("underline") else None,
    )
    found: list[tuple[str, Any]] = [("font", font)]
    if wanted.keys() & {"align", "valign", "text_wrap"}:
        upright = {"vcenter": "center"}.get(wanted.get("valign", ""), wanted.get("valign"))
        found.append(
            (
                "alignment",
                Alignment(wanted.get("align"), upright, wrap_text=wanted.get("text_wrap")),
            )
        )
    if "border" in wanted:
        side = Side("medium" if wanted["border"] == 2 else "thin", color=colour("border_color"))
        found.append(("border", Border(side, side, side, side)))
    if "bg_color" in wanted:
        found.append(("fill", PatternFill("solid", fgColor=colour("bg_color"))))
    if "num_format" in wanted:
        found.append(("number_format", wanted["num_format"]))
    if "locked" in wanted:
        found.append(("protection", Protection(locked=wanted["locked"])))
    return found


Formats = Mapping[str, list[tuple[str, Any]]]


def _cell(
    sheet: Any,
    formats: Formats,
    row: int,
    column: int,
    value: Any,
    look: str | None = None,
    *_: Any,
) -> Any:
    cell = sheet.cell(row + 1, column + 1, value)
    for attribute, part in formats.get(look or "", ()):
        setattr(cell, attribute, part)
    return cell


def _link(
    sheet: Any,
    formats: Formats,
    row: int,
    column: int,
    target: str,
    look: str | None = None,
    text: str = "",
) -> None:
    _cell(sheet, formats, row, column, text, look).hyperlink = "#" + target.removeprefix(
        "internal:"
    )


def _merge(
    sheet: Any,
    formats: Formats,
    top: int,
    left: int,
    bottom: int,
    right: int,
    value: Any,
    look: str | None = None,
) -> None:
    _cell(sheet, formats, top, left, value, look)
    sheet.merge_cells(
        start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
    )


def _widths(sheet: Any, _: Formats, first: int, last: int, width: float, *__: Any) -> None:
    from openpyxl.utils import get_column_letter

    for column in range(first, last + 1):
        sheet.column_dimensions[get_column_letter(column + 1)].width = width


def _height(sheet: Any, _: Formats, row: int, height: float, *__: Any) -> None:
    sheet.row_dimensions[row + 1].height = height


def _nothing(*_: Any, **__: Any) -> None:
    """Page set-up, protection and the like: a line or two per sheet that cost nothing."""


_CALLS: Mapping[str, Callable[..., Any]] = {
    "write_string": _cell,
    "write_number": _cell,
    "write_blank": _cell,
    "write_formula": _cell,
    "write_url": _link,
    "merge_range": _merge,
    "set_column": _widths,
    "set_row": _height,
}
