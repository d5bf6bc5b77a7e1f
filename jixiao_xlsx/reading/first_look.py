"""What a part of a workbook tells: whose it is, and whether anything was filled in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.find_template import edition
from jixiao_xlsx.form.repeated_sheets import nothing_filled
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.file_kinds import Refused, WorkbookFormat, sniff
from jixiao_xlsx.reading.sheets import read_sheets
from jixiao_xlsx.reading.titles import title_key
from jixiao_xlsx.reading.workbook import LOCK_FILES, submission_from
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.equations import Ref

_NAMING_ROLES = ("department", "department_code", "year")


def first_look(data: bytes, name: str, form: Template) -> Submission | None:
    """Read of a filled .xlsx of this form only the sheets that tell whose it is, and one more.

    None where these do not tell what the whole would: another format, an earlier or foreign form,
    a renamed sheet, nothing filled in so far, or anything that cannot be read.
    """
    titles = {title_key(title) for title in _telling_sheets(form)}
    if not titles or name.rpartition("/")[2].startswith(LOCK_FILES):
        return None
    wanted = {*titles, title_key(hidden_mark.MARK_SHEET)}
    try:
        if sniff(data) is not WorkbookFormat.OOXML:
            return None
        sheets = read_sheets(data, lambda sheet, hidden: title_key(sheet) in wanted)
    except Refused:
        return None
    mark = hidden_mark.read_mark(sheets.bare.get(hidden_mark.MARK_SHEET, ()))
    is_ours = mark.get(hidden_mark.TEMPLATE) == form.id
    is_current = edition(form, mark.get(hidden_mark.VERSION, "")) is form
    has_all = sorted(title_key(one.name) for one in sheets.worksheets) == sorted(titles)
    if not (is_ours and is_current and has_all):
        return None
    submission = submission_from(data, name, form, sheets)
    is_typed = not any(_is_formula(submission, ref) for ref in _naming(form))
    return submission if is_typed and not nothing_filled(submission, form) else None


def _naming(form: Template) -> Iterator[Ref]:
    return (form.roles[role] for role in _NAMING_ROLES if role in form.roles)


def _is_formula(submission: Submission, ref: Ref) -> bool:
    """Return whether a cell is a formula, whose result may rest on sheets that were not read."""
    table = submission.tables.get(ref.table)
    cell = table.cell(ref.row, ref.column) if table else None
    return cell is not None and bool(cell.formula)


@lru_cache(maxsize=8)
def _telling_sheets(form: Template) -> tuple[str, ...]:
    """Return the sheets that name the department and year, then the first that is to be filled.

    () where a repeated sheet would have to be read.
    """
    naming = {form.table[ref.table].sheet for ref in _naming(form)}
    remarks = form.remarks["table"] if form.remarks else ""
    content = (
        table.sheet for table in form.tables if table.sheet not in naming and table.name != remarks
    )
    telling = (*sorted(naming), *islice(content, 1))
    repeated = {sheet.title for sheet in form.sheets if sheet.repeats}
    return () if repeated & set(telling) else telling
