"""The worksheets of a file as values: the guard of its format runs first, then python-calamine."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import python_calamine as calamine

from jixiao_xlsx.intake.file_kinds import (
    TEXT_FORMATS,
    Encrypted,
    Refused,
    WorkbookFormat,
    broken,
    sniff,
)
from jixiao_xlsx.reading.flags.mended_bytes import (
    unknown_errors,
    with_known_errors,
    with_unicode_page,
)
from jixiao_xlsx.reading.flags.ods_flags import read_ods_flags
from jixiao_xlsx.reading.flags.sheet_flags import MAX_AREA, MAX_ROWS, SheetFlags
from jixiao_xlsx.reading.flags.xls_flags import read_xls_flags, workbook_stream
from jixiao_xlsx.reading.flags.xlsx_flags import read_xlsx_flags
from jixiao_xlsx.reading.formulas.recalculation import Recalculation
from jixiao_xlsx.reading.texts.read_texts import read_texts
from jixiao_xlsx.reading.texts.text_sheet import TextSheet
from jixiao_xlsx.reading.titles import OPINION_SHEET, READ_BARE, title_key
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Area

_Rows = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class SheetsRead:
    """The worksheets of a file.

    `names` are all their names, `worksheets` those that may hold content, `bare` the rows of those
    for machines.
    """

    format: WorkbookFormat
    names: tuple[str, ...]
    worksheets: Sequence[Worksheet]
    bare: Mapping[str, _Rows]


def read_worksheets(data: bytes, wanted: Callable[[str, bool], bool]) -> Sequence[Worksheet]:
    """Read the worksheets of any workbook that are `wanted` (name, hidden). Raises Refused."""
    return read_sheets(data, wanted).worksheets


def read_sheets(data: bytes, wanted: Callable[[str, bool], bool]) -> SheetsRead:
    """Run the guard, then read the values. Raises Refused."""
    kind = sniff(data)
    flags: Mapping[str, SheetFlags] = {}
    if kind is WorkbookFormat.OOXML:
        flags = read_xlsx_flags(data, wanted)
        if unknown_errors(text for own in flags.values() for text in own.errors.values()):
            data = with_known_errors(data)
    elif kind is WorkbookFormat.ODS:
        flags = read_ods_flags(data)
    elif kind in TEXT_FORMATS:
        return _text_sheets(kind, read_texts(data, kind), wanted)
    elif kind is WorkbookFormat.XLS:
        flags = read_xls_flags(data)
        data = with_unicode_page(data, workbook_stream(data))
    try:
        return _values(data, kind, flags, wanted)
    except calamine.PasswordError as error:
        raise Encrypted from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise broken() from error
    except BaseException as error:  # a panic of the library is no Exception
        if type(error).__name__ == "PanicException":
            raise broken() from error
        raise


def _text_sheets(
    kind: WorkbookFormat, sheets: Sequence[TextSheet], wanted: Callable[[str, bool], bool]
) -> SheetsRead:
    """Return the worksheets of a workbook that is text."""
    read = [sheet for sheet in sheets if wanted(sheet.name, sheet.hidden)]
    knows = kind is not WorkbookFormat.HTML
    worksheets = [
        Worksheet(sheet.name, sheet.rows, sheet.flags, sheet.hidden, knows)
        for sheet in read
        if sheet.name not in READ_BARE
    ]
    bare = {sheet.name: sheet.rows for sheet in read if sheet.name in READ_BARE}
    return SheetsRead(kind, tuple(sheet.name for sheet in sheets), worksheets, bare)


def _values(
    data: bytes,
    kind: WorkbookFormat,
    flags: Mapping[str, SheetFlags],
    wanted: Callable[[str, bool], bool],
) -> SheetsRead:
    bare: dict[str, _Rows] = {}
    worksheets = []
    book = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
    for listed in book.sheets_metadata:
        hidden = listed.visible != calamine.SheetVisibleEnum.Visible
        if listed.typ != calamine.SheetTypeEnum.WorkSheet or not wanted(listed.name, hidden):
            continue
        if kind is WorkbookFormat.OOXML and listed.name not in flags:
            raise broken()  # the guard has not checked it
        source = book.get_sheet_by_name(listed.name)
        rows = _rows(source, listed.name)
        if listed.name in READ_BARE:
            bare[listed.name] = rows
            continue
        own = flags.get(listed.name, SheetFlags())
        if not own.merges and kind is not WorkbookFormat.OOXML:
            own = replace(own, merges=_merges(source))
        worksheets.append(Worksheet(listed.name, rows, own, hidden, bool(flags)))
    recalculation = Recalculation({sheet.name: sheet for sheet in worksheets})
    for sheet in worksheets:
        if sheet.flags.formulas:
            sheet.recalculate = partial(recalculation.number, sheet.name)
    names = tuple(book.sheet_names)
    ours = title_key(OPINION_SHEET)
    others = tuple(name for name in names if title_key(name) != ours)
    return SheetsRead(kind, others or names, worksheets, bare)


def _rows(sheet: calamine.CalamineSheet, name: str) -> _Rows:
    area = sheet.total_height * sheet.total_width
    if sheet.total_height > MAX_ROWS or area > MAX_AREA:
        raise Refused(f"工作表“{name}”用到的范围过大，无法读取。请删去表格以外的内容，保存后重报")
    return sheet.to_python(skip_empty_area=False)


def _merges(sheet: calamine.CalamineSheet) -> tuple[Area, ...]:
    return tuple(
        (top, left, bottom, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
