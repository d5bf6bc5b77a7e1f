"""Read a workbook into a Submission.

python-calamine gives the values of every format. The guard of the format runs first, and gives the
flags that values do not show. Cells are found by titles; what is not understood is in the notes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.find_template import edition, find_template, title_of
from jixiao_xlsx.form.paths import years_in
from jixiao_xlsx.form.repeated_sheets import untouched, with_parts
from jixiao_xlsx.form.spec import SheetSpec, Template
from jixiao_xlsx.intake.file_kinds import Refused, WorkbookFormat, refuse_too_large
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.reading.explanations import REMARKS_SHEET, remarks_of
from jixiao_xlsx.reading.find_sheets import SheetMatch, match_sheets
from jixiao_xlsx.reading.layout.read_copy import read_copy
from jixiao_xlsx.reading.sheets import SheetsRead, read_sheets
from jixiao_xlsx.reading.table_rows import SheetTables, read_tables
from jixiao_xlsx.reading.titles import titles_of
from jixiao_xlsx.reading.unread_cells import (
    note_of_original,
    notes_of_other_sheets,
    notes_of_pictures,
    notes_of_sheet,
)
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.cells import Cell, Note, Place, Submission, Table
from jixiao_xlsx.values.season import FileStatus

# What the format of a file does not show, for people.
_HIDES = {
    WorkbookFormat.XLS: "旧版 .xls（.et）格式：只看得出哪些格有公式，看不到公式的内容；"
    "空着的公式可能被存成 0，如与填报不符，请另存为 .xlsx 后重报",
    WorkbookFormat.XML_2003: "“XML 表格 2003”格式：只看得出哪些格有公式，不看公式的内容",
    WorkbookFormat.XLSB: "该格式不含公式信息，也看不出错误值、隐藏行和百分比格式，有关核对未做",
}
_FEW_TABLES = 0.25  # of a form: less is another workbook that has some of its titles
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


def _form_sheets(data: bytes, form: Template) -> SheetsRead:
    titles = titles_of(form)
    return read_sheets(data, lambda name, hidden: titles.reads(name, hidden=hidden))


# ------------------------------------------------------------------------------------------ tables


@dataclass
class _Content:
    """What the sheets of a file gave: tables by name, those of each copy by sheet, and notes."""

    tables: dict[str, Table] = field(default_factory=dict)
    copies: dict[str, Mapping[str, Table]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    year: int | None = None
    untouched: bool = False
    likeness: float = 1.0

    @property
    def found(self) -> Mapping[str, Table]:
        """All tables by name; of the copies of a sheet those of the first."""
        return {**self.tables, **next(iter(self.copies.values()), {})}


class _ReadSheet(NamedTuple):
    """A worksheet and the tables read from it."""

    worksheet: Worksheet
    content: SheetTables


def submission_from(data: bytes, name: str, form: Template, sheets: SheetsRead) -> Submission:
    """Return what the worksheets hold. Raises Unreadable: none of them is one of the form."""
    if not sheets.names:
        raise Unreadable("文件里一张工作表也没有。请在本机打开确认，重新保存后报送")
    mark = hidden_mark.read_mark(sheets.bare.get(hidden_mark.MARK_SHEET, ()))
    content = _content_of_copy(form, sheets) if form.blank else _content(form, sheets, mark)
    tables = content.found
    if not tables or (content.likeness < _FEW_TABLES and not form.blank):
        raise Unreadable(_unrecognised(form, sheets.names), FileStatus.UNRECOGNISED)
    worksheets = sheets.worksheets
    knows_formats = all(worksheet.knows_formats for worksheet in worksheets)
    whole = Submission(
        file=name,
        sha256=hashlib.sha256(data).hexdigest(),
        template=form.id,
        department=_text(_role(form, tables, "department")),
        code=_text(_role(form, tables, "department_code")),
        year=_year(_role(form, tables, "year")) or content.year or _stated_year(form, name, sheets),
        tables={
            table.name: content.tables[table.name]
            for table in form.tables
            if table.name in content.tables
        },
        notes=tuple(content.notes),
        remarks=remarks_of(form, content.tables, sheets.bare.get(REMARKS_SHEET, ())),
        meta=mark,
        sheets=sheets.names,
        knows_formulas=knows_formats,
        untouched=content.untouched,
        likeness=content.likeness,
        hides=_HIDES.get(sheets.format if knows_formats else WorkbookFormat.XLSB, ""),
        cells_read=sum(len(worksheet.filled) for worksheet in worksheets),
        cells_handled=sum(len(one.filled) - len(one.left()) for one in worksheets),
    )
    for worksheet in worksheets:
        worksheet.recalculate = None  # it refers back to the sheets: all would be garbage
    return with_parts(whole, content.copies)


def _content_of_copy(form: Template, sheets: SheetsRead) -> _Content:
    """Read a copy of the county's own blank."""
    try:
        copy = read_copy(form, sheets)
    except (Refused, OSError) as error:
        raise Unreadable(f"表单“{form.title}”的空白表“{form.blank}”读不出来：{error}") from error
    tables = {table.name: table for table in copy.tables}
    mark = hidden_mark.read_mark(sheets.bare.get(hidden_mark.MARK_SHEET, ()))
    marked = mark.get(hidden_mark.YEAR, "")
    year = int(marked) if marked.isdigit() else copy.year
    return _Content(
        tables,
        notes=list(copy.notes),
        year=year,
        untouched=copy.untouched,
        likeness=copy.likeness,
    )


def _content(form: Template, sheets: SheetsRead, mark: hidden_mark.MarkLines) -> _Content:
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
    content.likeness = _share(form, content.found, mark)
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


def _share(form: Template, tables: Mapping[str, Table], mark: hidden_mark.MarkLines) -> float:
    """Return the part of the form's tables that a file has; all of it where it is marked as one."""
    return 1.0 if mark.get(hidden_mark.TEMPLATE) == form.id else len(tables) / len(form.tables)


def _stated_year(form: Template, name: str, sheets: SheetsRead) -> int | None:
    """Return the year that the names of sheets or of the file state, where no cell asks for it."""
    if not form.blank:
        return None
    named = {year for text in (name.rpartition("/")[2], *sheets.names) for year in years_in(text)}
    return next(iter(named)) if len(named) == 1 else None


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
