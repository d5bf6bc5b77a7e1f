"""Workbook → Submission.

python-calamine gives the values of every format. For .xlsx the pass of `ooxml` runs first, as guard and for the flags that
values don't show. Cells are found by titles; what is not understood is told in the notes, never dropped.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import python_calamine as calamine

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.find_template import edition, find_template, title_of
from jixiao_xlsx.form.repeated_sheets import untouched, with_parts
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.file_kinds import (
    MAX_WORKBOOK_BYTES,
    Encrypted,
    Refused,
    WorkbookFormat,
    broken,
    sniff,
)
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.reading import unread_cells
from jixiao_xlsx.reading.explanations import REMARKS_SHEET, remarks_of
from jixiao_xlsx.reading.find_tables import match_sheets
from jixiao_xlsx.reading.ods_flags import read_ods_flags
from jixiao_xlsx.reading.sheet_flags import MAX_AREA, MAX_ROWS, SheetFlags
from jixiao_xlsx.reading.table_rows import Found, read_tables
from jixiao_xlsx.reading.titles import OPINION_SHEET, READ_BARE, FormTitles, title_key, titles_of
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.reading.xls_flags import read_xls_flags
from jixiao_xlsx.reading.xlsx_flags import read_xlsx_flags
from jixiao_xlsx.values.addresses import Area
from jixiao_xlsx.values.answers import FileStatus
from jixiao_xlsx.values.cells import Cell, Note, Place, Submission, Table

Rows = Sequence[Sequence[object]]
# What the format of a file does not show, for people.
HIDES = {
    WorkbookFormat.XLS: "旧版 .xls（.et）格式：只看得出哪些格有公式，看不到公式的内容",
    WorkbookFormat.XLSB: "该格式不含公式信息，也看不出错误值、隐藏行和百分比格式，有关核对未做",
}
_YEAR = re.compile(r"(?:19|20)\d\d")
_LOCK_FILES = ("~$", ".~")


class Unreadable(Exception):
    """A file that gives no Submission; `reason` says what it is and what to do, `status` what to put into the list."""

    def __init__(self, reason: str, status: FileStatus = FileStatus.UNREADABLE) -> None:
        self.reason = reason
        self.status = status
        super().__init__(reason)


def read(path: str | Path, template: Template | None = None) -> Submission:
    """Read a filled workbook (.xlsx, .xlsm, .xls, .et, .ods). Amounts stay in each table's unit. Raises Unreadable."""
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > MAX_WORKBOOK_BYTES:
            raise Unreadable(
                f"文件有 {size / 2**20:.0f} MB，超过 {MAX_WORKBOOK_BYTES // 2**20} MB 的上限。请删去图片等无关内容后重报"
            )
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"文件打不开（{why(error)}）。请检查文件是否存在、有无读取权限") from error
    return read_bytes(data, path.name, template)


def read_bytes(data: bytes, name: str, template: Template | None = None) -> Submission:
    """Read a filled workbook from memory; `name` is what the Submission calls its file. Raises Unreadable."""
    form = find_template() if template is None else template
    if name.rpartition("/")[2].startswith(_LOCK_FILES):
        raise Unreadable("这是打开表格时留下的临时锁文件，不是报表。请关闭表格后报送原件")
    try:
        sheets = _sheets(data, titles_of(form))
        dated = _edition(form, hidden_mark.read_mark(sheets.bare.get(hidden_mark.MARK_SHEET, ())))
        if dated is not form:
            sheets = _sheets(data, titles_of(dated))
    except Refused as refusal:
        raise Unreadable(refusal.reason) from refusal
    return _submission(data, name, dated, sheets)


def _edition(form: Template, said: hidden_mark.MarkLines) -> Template:
    """The form as it was when the file was handed out. Raises Unreadable where that is not known."""
    if said.get(hidden_mark.TEMPLATE, form.id) != form.id:
        other = title_of(said[hidden_mark.TEMPLATE])
        which = f"这是“{other}”的表" if other else "这是另一套表"
        raise Unreadable(
            f"{which}，不是“{form.title}”。请核对是否报错了文件", FileStatus.UNRECOGNISED
        )
    version = said.get(hidden_mark.VERSION, "")
    kept = edition(form, version)
    if kept is None:
        raise Unreadable(
            f"这份表用的是 {version} 版表样，现在用的是 {form.version} 版，没有留存 {version} 版的定义。"
            f"请用现在的空白表重新填报；或请维护人员把 {version} 版的定义放到表单文件夹的 versions/{version} 里",
            FileStatus.UNRECOGNISED,
        )
    return kept


# ------------------------------------------------------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class _Sheets:
    """The worksheets of a file: all their names, those that may hold content, and the bare rows of those for machines."""

    kind: WorkbookFormat
    names: tuple[str, ...]
    grids: Sequence[Worksheet]
    bare: Mapping[str, Rows]


def _sheets(data: bytes, words: FormTitles) -> _Sheets:
    """Every worksheet that is worth reading, with its flags. Raises Refused."""

    def wanted(name: str, hidden: bool) -> bool:
        return words.reads(name, hidden=hidden)

    return _opened(data, wanted)


def read_worksheets(data: bytes, wanted: Callable[[str, bool], bool]) -> Sequence[Worksheet]:
    """The worksheets of any workbook that are `wanted` (name, hidden), as they stand. Raises Refused."""
    return _opened(data, wanted).grids


def _opened(data: bytes, wanted: Callable[[str, bool], bool]) -> _Sheets:
    kind = sniff(data)
    flags: Mapping[str, SheetFlags] = {}
    if kind is WorkbookFormat.OOXML:
        flags = read_xlsx_flags(data, wanted)
    elif kind is WorkbookFormat.ODS:
        flags = read_ods_flags(data)
    elif kind is WorkbookFormat.XLS:
        flags = read_xls_flags(data)
    try:
        return _values(data, kind, flags, wanted)
    except calamine.PasswordError as error:
        raise Encrypted from error
    except calamine.CalamineError as error:
        raise broken() from error
    except (OSError, ValueError) as error:
        raise broken() from error
    except BaseException as error:  # a panic of the library is no Exception
        if type(error).__name__ == "PanicException":
            raise broken() from error
        raise


def _values(
    data: bytes,
    kind: WorkbookFormat,
    flags: Mapping[str, SheetFlags],
    wanted: Callable[[str, bool], bool],
) -> _Sheets:
    bare: dict[str, Rows] = {}
    book = calamine.CalamineWorkbook.from_object(io.BytesIO(data))
    grids = []
    for sheet in book.sheets_metadata:
        hidden = sheet.visible != calamine.SheetVisibleEnum.Visible
        if sheet.typ != calamine.SheetTypeEnum.WorkSheet or not wanted(sheet.name, hidden):
            continue
        if kind is WorkbookFormat.OOXML and sheet.name not in flags:
            raise broken()  # nothing that the guard has not seen
        found = book.get_sheet_by_name(sheet.name)
        if found.total_height > MAX_ROWS or found.total_height * found.total_width > MAX_AREA:
            raise Refused(
                f"工作表“{sheet.name}”用到的范围过大，无法读取。请删去表格以外的内容，保存后重报"
            )
        rows = found.to_python(skip_empty_area=False)
        if sheet.name in READ_BARE:
            bare[sheet.name] = rows
            continue
        seen = flags.get(sheet.name, SheetFlags())
        if not seen.merges:
            seen = replace(seen, merges=_merges(found))
        grids.append(Worksheet(sheet.name, rows, seen, hidden, bool(flags)))
    names = tuple(book.sheet_names)
    return _Sheets(
        kind,
        tuple(name for name in names if title_key(name) != title_key(OPINION_SHEET)) or names,
        grids,
        bare,
    )


def _merges(sheet: calamine.CalamineSheet) -> tuple[Area, ...]:
    return tuple(
        (top, left, bottom, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )


# ------------------------------------------------------------------------------------------------------------- tables


def _submission(data: bytes, name: str, form: Template, sheets: _Sheets) -> Submission:
    words, names, grids = titles_of(form), sheets.names, sheets.grids
    match = match_sheets(form, words, grids)
    tables: dict[str, Table] = {}
    copies: dict[str, Mapping[str, Table]] = {}
    notes: list[Note] = []
    for sheet in form.sheets:
        if sheet.kind != "data" or not form.tables_of(sheet.title):
            continue
        found = [
            _Taken(grids[number], read_tables(grids[number], form.tables_of(sheet.title), words))
            for number in match.of(sheet)
        ]
        if not found:
            notes.append(
                Note(
                    "missing_sheet",
                    Place(names[0], "A1"),
                    sheet.title,
                    f"没有工作表“{sheet.title}”",
                )
            )
        for grid, seen in _used(found, form) if sheet.repeats else found:
            here = {table.name: table for table in seen.tables}
            if sheet.repeats:
                copies[grid.name] = here
            else:
                tables |= here
            if sheet.title in match.renamed:
                told = f"工作表“{grid.name}”按内容认作“{sheet.title}”，请改回原名"
                notes.append(Note("renamed_sheet", Place(grid.name, "A1"), sheet.title, told))
            notes += seen.notes
            notes += unread_cells.of_sheet(grid, seen.parts, words)
    everything = {**tables, **next(iter(copies.values()), {})}
    if not everything:
        raise Unreadable(_unrecognised(form, names), FileStatus.UNRECOGNISED)
    taken = {number for sheet in form.sheets for number in match.of(sheet)}
    notes += unread_cells.of_other_sheets(
        [grid for number, grid in enumerate(grids) if number not in taken]
    )
    whole = Submission(
        file=name,
        sha256=hashlib.sha256(data).hexdigest(),
        template=form.id,
        department=_text(_role(form, everything, "department")),
        code=_text(_role(form, everything, "department_code")),
        year=_year(_role(form, everything, "year")),
        tables={table.name: tables[table.name] for table in form.tables if table.name in tables},
        notes=tuple(notes),
        remarks=remarks_of(form, tables, sheets.bare.get(REMARKS_SHEET, ())),
        meta=hidden_mark.read_mark(sheets.bare.get(hidden_mark.MARK_SHEET, ())),
        sheets=names,
        knows_formulas=all(grid.knows_formats for grid in sheets.grids),
        hides=HIDES.get(sheets.kind, "")
        if all(grid.knows_formats for grid in sheets.grids)
        else HIDES[WorkbookFormat.XLSB],
        cells_read=sum(len(grid.filled) for grid in grids),
        cells_handled=sum(len(grid.filled) - len(grid.left()) for grid in grids),
    )
    return with_parts(whole, copies)


class _Taken(NamedTuple):
    """A worksheet and what was found on it."""

    grid: Worksheet
    found: Found


def _used(copies: Sequence[_Taken], form: Template) -> Sequence[_Taken]:
    """The copies of a repeated sheet that a department filled; of none such the first, to be held to the form."""
    used = [
        copy for copy in copies if not copy.found.tables or not untouched(copy.found.tables, form)
    ] or copies[:1]
    names = {copy.grid.name for copy in used}
    for copy in copies:
        if copy.grid.name not in names:
            copy.grid.handled |= copy.grid.filled.keys()
    return used


def _unrecognised(form: Template, names: Sequence[str]) -> str:
    titles = "、".join(sheet.title for sheet in form.sheets if sheet.kind == "data")
    there = "、".join(names[:5]) + (" 等" if len(names) > 5 else "")
    return f"不是“{form.title}”的报表：应有工作表 {titles}，文件里是 {there}。请核对是否报错了文件"


def _role(form: Template, tables: Mapping[str, Table], role: str) -> Cell | None:
    ref = form.roles.get(role)
    table = tables.get(ref.table) if ref else None
    return table.cell(ref.row, ref.column) if ref and table else None


def _text(cell: Cell | None) -> str:
    return cell.text if cell is not None and cell.raw is not None else ""


def _year(cell: Cell | None) -> int | None:
    """The year typed as 2023, “2023” or “2023年”."""
    if cell is None:
        return None
    found = _YEAR.search(str(cell.number) if cell.number is not None else cell.text)
    return int(found.group()) if found else None
