"""Forms that come along with a county's own blank: drafted, and read wherever cells went."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from office import converted, office
from openpyxl.worksheet.cell_range import CellRange

from jixiao_xlsx.adopting.adopt import draft_from_blank
from jixiao_xlsx.adopting.drafting.toml_text import toml_text
from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.form.find_template import find_template, templates_folder
from jixiao_xlsx.values.severity import Severity
from tests.adopting.sheets import filled

COPIES = {path.stem: path for path in (Path(__file__).parent / "copies").glob("*.toml")}
FORMS = sorted(path.parent.name for path in templates_folder().glob("*/空白表.xlsx"))


def copy_of(form: str, *, wrong: bool = False) -> bytes:
    data = tomllib.loads(COPIES[form].read_text())
    values = data["filled"] | (data["wrong"] if wrong else {})
    return filled((templates_folder() / form / "空白表.xlsx").read_bytes(), values)


def found(form: str, data: bytes, folder: Path) -> tuple[str, set[str]]:
    """Return the department, and the cells of every 错误 and 警告, and of what caused them."""
    path = folder / "报送.xlsx"
    path.write_bytes(data)
    (entry,) = check_files([path], template=find_template(form))
    assert entry.report is not None, entry
    findings = [one for one in entry.report.findings if one.severity is not Severity.NOTE]
    cells = {str(one.place) for one in findings}
    cells |= {str(cell.place) for cause in entry.report.causes for cell in cause.cells}
    return entry.department, cells


def test_every_form_with_a_blank_has_a_filled_copy() -> None:
    assert set(FORMS) == set(COPIES)


@pytest.mark.parametrize("form", FORMS)
def test_is_what_adopt_drafts(form: str) -> None:
    """But for its name: nothing in it was written by hand."""
    folder = templates_folder() / form
    blank = folder / "空白表.xlsx"
    drafted = draft_from_blank(blank.read_bytes(), blank, form).spec
    kept = tomllib.loads((folder / "spec.toml").read_text())
    names = {"title": kept["title"], "file_name": kept["file_name"]}
    assert tomllib.loads(toml_text(drafted | names)) == kept


def as_it_is(workbook: Any) -> None:
    pass


def renamed(workbook: Any) -> None:
    for number, sheet in enumerate(workbook.worksheets, 1):
        sheet.title = f"表{number}"


def moved_down(workbook: Any) -> None:
    for sheet in workbook.worksheets:
        merged = [CellRange(area.coord) for area in sheet.merged_cells.ranges]
        for area in merged:
            sheet.unmerge_cells(area.coord)
        sheet.move_range(sheet.dimensions, rows=2, cols=1)
        for area in merged:
            area.shift(row_shift=2, col_shift=1)
            sheet.merge_cells(area.coord)


def next_year(workbook: Any) -> None:
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and type(cell).__name__ == "Cell":
                    cell.value = re.sub(
                        r"(20\d\d)(?=年)", lambda year: str(int(year[1]) + 1), cell.value
                    )


Change = Callable[[Any], None]
CHANGES: list[Change] = [as_it_is, renamed, moved_down, next_year]


def changed(data: bytes, change: Change) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    change(workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("form", FORMS)
def test_a_right_copy_is_not_accused(form: str, change: Change, tmp_path: Path) -> None:
    department, cells = found(form, changed(copy_of(form), change), tmp_path)
    assert department and not cells


@office
def test_right_copies_saved_as_xls_are_not_accused(tmp_path: Path) -> None:
    copies = []
    for form in FORMS:
        copies.append(tmp_path / f"{form}.xlsx")
        copies[-1].write_bytes(copy_of(form))
    converted("xls:MS Excel 97", copies, tmp_path / "旧")
    for form in FORMS:
        data = (tmp_path / "旧" / f"{form}.xls").read_bytes()
        department, cells = found(form, data, tmp_path)
        assert department and not cells, form


@pytest.mark.parametrize("form", FORMS)
def test_no_indicator_is_taken_for_a_sum_of_others(form: str, tmp_path: Path) -> None:
    """Weights and scores are round: one is often what others add up to."""
    (tmp_path / "报送.xlsx").write_bytes(copy_of(form, wrong=True))
    (entry,) = check_files([tmp_path / "报送.xlsx"], template=find_template(form))
    assert entry.report is not None
    assert "subtotal_row" not in {cause.kind for cause in entry.report.causes}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_wrong_is_found_at_its_cell(form: str, tmp_path: Path) -> None:
    wrong = tomllib.loads(COPIES[form].read_text())["wrong"]
    cells = found(form, copy_of(form, wrong=True), tmp_path)[1]
    scores = {place.replace("!F", "!H").replace("!G", "!H") for place in wrong}
    for place in wrong:  # 实际值 too low for its score: the score is named
        beside = {place, *(score for score in scores if score[-2:] == place[-2:])}
        assert beside & cells, (place, sorted(cells))
