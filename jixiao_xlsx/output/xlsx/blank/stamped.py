"""The county's own blank, stamped for one department; nothing else in it is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.spec import RowSpec, TableSpec, Template
from jixiao_xlsx.intake.file_kinds import WorkbookFormat, sniff
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.xlsx.patch.new_sheet import NewCell, NewRow, worksheet_xml
from jixiao_xlsx.output.xlsx.patch.package import Package
from jixiao_xlsx.output.xlsx.patch.sheet import SheetPart
from jixiao_xlsx.output.xlsx.patch.workbook import WorkbookPart
from jixiao_xlsx.reading.layout.inside import with_values
from jixiao_xlsx.reading.layout.printed import inputs_of, own_lines_of
from jixiao_xlsx.reading.layout.read_copy import sheets_of_blank
from jixiao_xlsx.reading.titles import title_key
from jixiao_xlsx.values.addresses import Position, a1, column_index, position
from jixiao_xlsx.values.equations import Ref

_STAMPED = {"department": "department", "department_code": "code", "year": "year"}
_NOTHING = hidden_mark.HandedOut({}, {}, {})


def stamped_blank(
    template: Template,
    *,
    year: int | None = None,
    department: str = "",
    code: str = "",
) -> bytes:
    """Return the blank with name, code and year in their cells, lists of choices, and the mark.

    All but the input cells are locked, without a password. The same arguments give the same bytes.
    Raises InputError: the blank is no .xlsx.
    """
    data = (template.folder / template.blank).read_bytes()
    if sniff(data) is not WorkbookFormat.OOXML:
        advice = "请用 WPS 或 Excel 另存为 .xlsx 放进表单文件夹，并改好 spec.toml 里的 blank"
        raise InputError(
            template.blank, [f"空白表不是 .xlsx，可以照它核对，不能盖上部门名称；{advice}"]
        )
    values = {
        part: text
        for part, text in (("department", department), ("code", code), ("year", str(year or "")))
        if text
    }
    book = WorkbookPart(Package(data))
    sheets = {title_key(name): sheet for name, sheet in book.sheets.items()}
    for table in template.tables:
        sheet = sheets.get(title_key(table.sheet))
        if sheet is not None:
            for at, text in _texts(template, table, values):
                sheet.write_text(sheet.top_left(at), text)
            for area, choices in _choices(table):
                sheet.add_list(area, choices)
    _protect(template, book, sheets)
    _mark(template, book, year, department, code)
    return book.package.save()


def _texts(
    template: Template, table: TableSpec, values: Mapping[str, str]
) -> Iterator[tuple[Position, str]]:
    """Yield what is written into which cells of a record: labels keep their own words."""
    if table.shape != "record":
        return
    for row in table.rows:
        if not row.at:
            continue
        if row.inside:
            text = with_values(_printed(template, table, row), row.inside, values)
            if row.part in values and text:
                yield position(row.at), text
        else:
            ref = Ref(table.name, row.title, table.columns[0].title)
            for role, part in _STAMPED.items():
                if template.roles.get(role) == ref and part in values:
                    yield position(row.at), values[part]


def _printed(template: Template, table: TableSpec, row: RowSpec) -> str:
    blanks = {title_key(one.spec.title): one.worksheet for one in sheets_of_blank(template)}
    sheet = blanks.get(title_key(table.sheet))
    return str(sheet.raw(*position(row.at)) or "") if sheet else ""


def _choices(table: TableSpec) -> Iterator[tuple[str, str]]:
    """Yield the areas in which one of a list is chosen, each with the list."""
    for row in table.rows:
        for column in table.chosen:
            choices = table.choices_of(row.title, column)
            at = _cell(table, row, column.at)
            if choices and at:
                yield at, ",".join(choices)
    own = own_lines_of(table)
    for column in table.chosen if own else ():
        choices = table.choices_of("", column)
        if choices and column.at:
            yield f"{column.at}{own.start + 1}:{column.at}{own.stop}", ",".join(choices)


def _cell(table: TableSpec, row: RowSpec, column: str) -> str:
    """Return the address of a cell in the blank; "" where it is not known."""
    if table.shape == "record":
        return "" if row.inside else row.at
    return a1(int(row.at) - 1, column_index(column)) if row.at and column else ""


def _protect(template: Template, book: WorkbookPart, sheets: Mapping[str, SheetPart]) -> None:
    """Lock the sheets of the form but for the cells that a department fills."""
    for blank in sheets_of_blank(template):
        sheet = sheets[title_key(blank.spec.title)]
        places = {sheet.top_left(at) for table in blank.tables for at in inputs_of(table)}
        places |= {sheet.top_left(at) for at in blank.labels}
        for at in sorted(places):
            sheet.set_style(at, book.styles.unlocked(sheet.style(at)))
        sheet.protect()


def _mark(
    template: Template, book: WorkbookPart, year: int | None, department: str, code: str
) -> None:
    """Add the hidden sheet that tells for whom the file is."""
    if hidden_mark.MARK_SHEET in book.sheets:
        book.remove_sheet(hidden_mark.MARK_SHEET)
    lines = hidden_mark.mark_lines(template, year, department, code, _NOTHING)
    rows = [NewRow([NewCell(key, 0), NewCell(text, 0)], 15) for key, text in lines.items()]
    content = worksheet_xml(
        rows, (20, 40), namespace=book.styles.namespace, frozen=1, tab="7F7F7F", selected=False
    )
    book.add_last_sheet(hidden_mark.MARK_SHEET, content, hidden=True)
