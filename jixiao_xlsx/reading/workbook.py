"""Read a workbook into a Submission.

python-calamine gives the values of every format. The guard of the format runs first, and gives the
flags that values do not show. Cells are found by titles; what is not understood is in the notes.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import python_calamine as calamine

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.find_template import edition, find_template, title_of
from jixiao_xlsx.form.repeated_sheets import untouched, with_parts
from jixiao_xlsx.form.spec import SheetSpec, Template
from jixiao_xlsx.intake.file_kinds import (
    Encrypted,
    Refused,
    WorkbookFormat,
    broken,
    refuse_too_large,
    sniff,
)
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.reading.explanations import REMARKS_SHEET, remarks_of
from jixiao_xlsx.reading.find_sheets import SheetMatch, match_sheets
from jixiao_xlsx.reading.flags.mended_bytes import (
    unknown_errors,
    with_known_errors,
    with_unicode_page,
)
from jixiao_xlsx.reading.flags.ods_flags import read_ods_flags
from jixiao_xlsx.reading.flags.sheet_flags import MAX_AREA, MAX_ROWS, SheetFlags
from jixiao_xlsx.reading.flags.xls_flags import read_xls_flags, workbook_stream
from jixiao_xlsx.reading.flags.xlsx_flags import read_xlsx_flags
from jixiao_xlsx.reading.recalculation import Recalculation
from jixiao_xlsx.reading.table_rows import SheetTables, read_tables
from jixiao_xlsx.reading.titles import OPINION_SHEET, READ_BARE, title_key, titles_of
from jixiao_xlsx.reading.unread_cells import (
    note_of_original,
    notes_of_other_sheets,
    notes_of_pictures,
    notes_of_sheet,
)
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Area
from jixiao_xlsx.values.cells import Cell, Note, Place, Submission, Table
from jixiao_xlsx.values.season import FileStatus

_Rows = Sequence[Sequence[object]]
# What the format of a file does not show, for people.
_HIDES = {
    WorkbookFormat.XLS: "旧版 .xls（.et）格式：只看得出哪些格有公式，看不到公式的内容；"
    "空着的公式可能被存成 0，如与填报不符，请另存为 .xlsx 后重报",
    WorkbookFormat.XLSB: "该格式不含公式信息，也看不出错误值、隐藏行和百分比格式，有关核对未做",
}
_YEAR = re.compile(r"(?:19|20)\d\d")
LOCK_FILES = ("~$", ".~")


class Unreadable(Exception):
    """A file that gives no Submission.

    `reason` says what it is and what to do, `status` is its status in 报送情况.
    """

    def __init__(self, reason: str, status: FileStatus = FileStatus.UNREADABLE) -> None:
        self.reason = reason
        self.status = status
        super().__init__(reason)


def read(path: str | Path, template: Template | None = None) -> Submission:
    """Read a filled workbook (.xlsx, .xlsm, .xls, .et, .ods). Raises Unreadable.

    Amounts stay in each table's unit.
    """
    path = Path(path)
    try:
        refuse_too_large(path.stat().st_size)
        data = path.read_bytes()
    except Refused as refusal:
        raise Unreadable(refusal.reason) from refusal
    except OSError as error:
        raise Unreadable(f"文件打不开（{why(error)}）。请检查文件是否存在、有无读取权限") from error
    return read_bytes(data, path.name, template)


def read_bytes(data: bytes, name: str, template: Template | None = None) -> Submission:
    """Read a filled workbook from memory; `name` is that of its file. Raises Unreadable."""
    form = find_template() if template is None else template
    if name.rpartition("/")[2].startswith(LOCK_FILES):
        raise Unreadable("这是打开表格时留下的临时锁文件，不是报表。请关闭表格后报送原件")
    try:
        sheets = _form_sheets(data, form)
        dated = _edition(form, hidden_mark.read_mark(sheets.bare.get(hidden_mark.MARK_SHEET, ())))
        if dated is not form:
            sheets = _form_sheets(data, dated)
    except Refused as refusal:
        raise Unreadable(refusal.reason) from refusal
    return submission_from(data, name, dated, sheets)


def _edition(form: Template, mark: hidden_mark.MarkLines) -> Template:
    """Return the form as it was when the file was handed out. Raises Unreadable: not known."""
    if mark.get(hidden_mark.TEMPLATE, form.id) != form.id:
        other = title_of(mark[hidden_mark.TEMPLATE])
        which = f"这是“{other}”的表" if other else "这是另一套表"
        raise Unreadable(
            f"{which}，不是“{form.title}”。请核对是否报错了文件", FileStatus.UNRECOGNISED
        )
    version = mark.get(hidden_mark.VERSION, "")
    kept = edition(form, version)
    if kept is None:
        raise Unreadable(
            f"这份表用的是 {version} 版表样，现在用的是 {form.version} 版，没有留存 {version} 版的定义。"
            f"请用现在的空白表重新填报；或请维护人员把 {version} 版的定义放到表单文件夹的 versions/{version} 里",
            FileStatus.UNRECOGNISED,
        )
    return kept


# ------------------------------------------------------------------------------------------ values


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


def _form_sheets(data: bytes, form: Template) -> SheetsRead:
    titles = titles_of(form)
    return read_sheets(data, lambda name, hidden: titles.reads(name, hidden=hidden))


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
        if not own.merges:
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


# ------------------------------------------------------------------------------------------ tables


@dataclass
class _Content:
    """What the sheets of a file gave: tables by name, those of each copy by sheet, and notes."""

    tables: dict[str, Table] = field(default_factory=dict)
    copies: dict[str, Mapping[str, Table]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


class _ReadSheet(NamedTuple):
    """A worksheet and the tables read from it."""

    worksheet: Worksheet
    content: SheetTables


def submission_from(data: bytes, name: str, form: Template, sheets: SheetsRead) -> Submission:
    """Return what the worksheets hold. Raises Unreadable: none of them is one of the form."""
    content = _content(form, sheets)
    tables = {**content.tables, **next(iter(content.copies.values()), {})}
    if not tables:
        raise Unreadable(_unrecognised(form, sheets.names), FileStatus.UNRECOGNISED)
    worksheets = sheets.worksheets
    knows_formats = all(worksheet.knows_formats for worksheet in worksheets)
    whole = Submission(
        file=name,
        sha256=hashlib.sha256(data).hexdigest(),
        template=form.id,
        department=_text(_role(form, tables, "department")),
        code=_text(_role(form, tables, "department_code")),
        year=_year(_role(form, tables, "year")),
        tables={
            table.name: content.tables[table.name]
            for table in form.tables
            if table.name in content.tables
        },
        notes=tuple(content.notes),
        remarks=remarks_of(form, content.tables, sheets.bare.get(REMARKS_SHEET, ())),
        meta=hidden_mark.read_mark(sheets.bare.get(hidden_mark.MARK_SHEET, ())),
        sheets=sheets.names,
        knows_formulas=knows_formats,
        hides=_HIDES.get(sheets.format if knows_formats else WorkbookFormat.XLSB, ""),
        cells_read=sum(len(worksheet.filled) for worksheet in worksheets),
        cells_handled=sum(len(one.filled) - len(one.left()) for one in worksheets),
    )
    return with_parts(whole, content.copies)


def _content(form: Template, sheets: SheetsRead) -> _Content:
    """Read the tables of every sheet of the form, with the notes on what was not understood."""
    titles, worksheets = titles_of(form), sheets.worksheets
    match = match_sheets(form, titles, worksheets)
    content = _Content()
    for spec in form.sheets:
        tables = form.tables_of(spec.title)
        if spec.kind != "data" or not tables:
            continue
        read = [
            _ReadSheet(worksheets[number], read_tables(worksheets[number], tables, titles))
            for number in match.of(spec)
        ]
        if not read:
            place = Place(sheets.names[0], "A1")
            text = f"没有工作表“{spec.title}”"
            content.notes.append(Note("missing_sheet", place, spec.title, text))
        for one in _used(read, form) if spec.repeats else read:
            _add_sheet(content, one, spec, match, worksheets)
            content.notes += notes_of_sheet(one.worksheet, one.content.drafts, titles)
    if content.tables or content.copies:
        taken = {number for spec in form.sheets for number in match.of(spec)}
        taken |= set(match.originals.values())
        others = [sheet for number, sheet in enumerate(worksheets) if number not in taken]
        content.notes += notes_of_other_sheets(others)
    return content


def _add_sheet(
    content: _Content,
    read: _ReadSheet,
    spec: SheetSpec,
    match: SheetMatch,
    sheets: Sequence[Worksheet],
) -> None:
    name = read.worksheet.name
    tables = {table.name: table for table in read.content.tables}
    if spec.repeats:
        content.copies[name] = tables
    else:
        content.tables |= tables
    if spec.title in match.renamed:
        text = f"工作表“{name}”按内容认作“{spec.title}”，请改回原名"
        content.notes.append(Note("renamed_sheet", Place(name, "A1"), spec.title, text))
    if spec.title in match.originals:
        content.notes.append(
            note_of_original(spec.title, sheets[match.originals[spec.title]], read.worksheet)
        )
    content.notes += read.content.notes
    if read.worksheet.flags.pictures:
        content.notes += notes_of_pictures(read.content.tables)


def _used(copies: Sequence[_ReadSheet], form: Template) -> Sequence[_ReadSheet]:
    """Return the copies of a repeated sheet that a department filled.

    Of none such the first, so that the form's rules are applied to it; the others are handled.
    """
    used = [
        copy
        for copy in copies
        if not copy.content.tables or not untouched(copy.content.tables, form)
    ] or copies[:1]
    names = {copy.worksheet.name for copy in used}
    for copy in copies:
        if copy.worksheet.name not in names:
            copy.worksheet.handled |= copy.worksheet.filled.keys()
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
    """Return the year typed as 2023, “2023” or “2023年”."""
    if cell is None:
        return None
    year = _YEAR.search(str(cell.number) if cell.number is not None else cell.text)
    return int(year.group()) if year else None
