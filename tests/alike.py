"""Whether two workbooks are alike, as openpyxl reads them: every value, formula, look, validation,
merge and print setting.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from copy import copy
from typing import Any

import openpyxl
import python_calamine as calamine

from jixiao_xlsx.reading.titles import OPINION_SHEET

_MARKS = ("fill", "border")  # how a cell is marked: a colour, or an outline
_LOOKS = ("font", "border", "alignment", "number_format", "protection")


def apart(
    before: bytes, after: bytes, *, marked: Collection[tuple[str, str]], prefilled: str
) -> Iterator[str]:
    """Each difference that is none of the marks: the sheet 审核意见, the fill, outline and comment
    of `marked` cells, a link back to it from a cell that is not marked, lines typed ahead into the
    sheet `prefilled`.
    """
    old, new = openpyxl.load_workbook(io.BytesIO(before)), openpyxl.load_workbook(io.BytesIO(after))
    cached = [shown_by(data) for data in (before, after)]
    names = [name for name in new.sheetnames if name != OPINION_SHEET]
    if names != old.sheetnames:
        yield f"sheets {old.sheetnames} → {names}"
        return
    yield from _differs("names", _defined(old), _defined(new))
    looks: dict[Any, bool] = {}
    for name in names:
        yield from _cells(
            old[name], new[name], [book[name] for book in cached], marked, name == prefilled, looks
        )
        yield from _differs(
            f"{name} merges",
            sorted(map(str, old[name].merged_cells.ranges)),
            sorted(map(str, new[name].merged_cells.ranges)),
        )
        yield from _sheet(name, old[name], new[name], prefilled=name == prefilled)


def _cells(
    old: Any,
    new: Any,
    cached: list[Any],
    marked: Collection[tuple[str, str]],
    free: bool,
    looks: dict[Any, bool],
) -> Iterator[str]:
    for place in sorted(old._cells.keys() | new._cells.keys()):
        one, other = old._cells.get(place), new._cells.get(place)
        a, b = (_said(cell) for cell in (one, other))
        where = f"{old.title}!{(one or other).coordinate}"
        if a != b and not (free and a is None):
            yield f"{where}: {a!r} → {b!r}"
        results = [values.get(place) for values in cached]
        if results[0] != results[1] and not (free and a is None):
            yield f"{where} shows {results[0]!r} → {results[1]!r}"
        if one is None or other is None:
            continue
        mark = (old.title, one.coordinate) in marked
        key = (*one._style, *other._style, mark)
        if key not in looks:
            looks[key] = all(
                copy(getattr(one, look)) == copy(getattr(other, look))
                for look in (*_LOOKS, "fill")
                if not (mark and look in _MARKS)
            )
        if not looks[key]:
            yield f"{where} looks different"
        if _words(one.comment) != _words(other.comment) and not mark:
            yield f"{where} comment {_words(one.comment)!r} → {_words(other.comment)!r}"
        ahead = free and one.value is None and not one.hyperlink
        if (
            _link(one) != _link(other)
            and not ahead
            and (one.hyperlink or mark or _link(other) != (None, f"'{OPINION_SHEET}'!A1"))
        ):
            yield f"{where} link"


def _said(cell: Any) -> object:
    """What is in a cell; an empty text is none."""
    return None if cell is None or cell.value == "" else cell.value


def shown_by(data: bytes) -> dict[str, dict[tuple[int, int], object]]:
    """What each sheet shows, by row and column: a formula's result, as it was last saved."""
    book = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
    rows = {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }
    return {
        name: {
            (at, column): value
            for at, row in enumerate(found, 1)
            for column, value in enumerate(row, 1)
            if value != ""
        }
        for name, found in rows.items()
    }


def merges_of(data: bytes) -> dict[str, list[object]]:
    """The merged areas of each sheet."""
    book = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
    return {
        name: sorted(book.get_sheet_by_name(name).merged_cell_ranges or ())
        for name in book.sheet_names
    }


def _words(comment: Any) -> str | None:
    return comment.text if comment else None


def _link(cell: Any) -> tuple[str | None, str | None] | None:
    return (cell.hyperlink.target, cell.hyperlink.location) if cell.hyperlink else None


def _sheet(name: str, old: Any, new: Any, *, prefilled: bool) -> Iterator[str]:
    for what, of in _PARTS.items():
        if prefilled and what in {"rows", "titles"}:  # as high as the lines, all printed
            continue
        yield from _differs(f"{name} {what}", of(old), of(new))


def _conditions(sheet: Any) -> list[str]:
    return sorted(
        f"{area.sqref} {rule.type} {rule.operator} {rule.formula} "
        f"{rule.dxf.fill.bgColor.rgb if rule.dxf and rule.dxf.fill else ''}"
        for area in sheet.conditional_formatting
        for rule in area.rules
    )


_PARTS = {
    "validations": lambda s: sorted(repr(one) for one in s.data_validations.dataValidation),
    "conditions": _conditions,
    "page": lambda s: repr(s.page_setup),
    "margins": lambda s: repr(s.page_margins),
    "options": lambda s: repr(s.print_options),
    "titles": lambda s: (s.print_title_rows, s.print_title_cols, s.print_area),
    "header": lambda s: [
        (part.left.text, part.center.text, part.right.text)
        for part in (s.oddHeader, s.oddFooter, s.evenFooter, s.firstFooter)
    ],
    "breaks": lambda s: (repr(s.row_breaks), repr(s.col_breaks)),
    "protection": lambda s: repr(s.protection),
    "state": lambda s: (
        s.sheet_state,
        s.freeze_panes,
        s.sheet_view.zoomScale,
        s.sheet_view.showGridLines,
        s.sheet_format.defaultRowHeight,
    ),
    "colour": lambda s: repr(s.sheet_properties),
    "columns": lambda s: {
        at: (one.width, one.hidden, one.outlineLevel, one.min, one.max)
        for at, one in s.column_dimensions.items()
    },
    "rows": lambda s: {
        at: (one.height, one.hidden, one.outlineLevel) for at, one in s.row_dimensions.items()
    },
    "filter": lambda s: repr(s.auto_filter),
    "pictures": lambda s: (len(s._images), len(s._charts), sorted(s.tables)),
}


def _defined(book: Any) -> dict[str, str]:
    return {name: one.attr_text for name, one in book.defined_names.items()}


def _differs(what: str, one: object, other: object) -> Iterator[str]:
    if one != other:
        yield f"{what}: {one} → {other}"
