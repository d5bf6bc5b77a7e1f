"""A list of all departments in one sheet, as exported: each project is its own submission."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.batch.forms.adoption import adopt_blank
from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import SpecError, Template
from tests.adopting.test_shipped_forms import copy_of

HEADINGS = (
    "单位编码", "单位名称", "项目名称", "年度", "一级指标", "二级指标", "三级指标", "指标值",
    "计量单位", "实际完成值", "权重", "得分", "偏差原因",
)  # fmt: skip
PROJECTS = (
    ("101001", "石桥乡中心校", "校舍维修"),
    ("101001", "石桥乡中心校", "营养午餐"),
    ("102001", "县林场", "护林防火"),
)
INDICATORS = (
    ("产出指标", "数量指标", "完成处数", "≥20", "处", "20", 30, 30),
    ("产出指标", "质量指标", "验收合格率", "≥95", "%", "98", 30, 30),
    ("效益指标", "社会效益指标", "受益人数", "≥500", "人", "520", 25, 25),
    ("满意度指标", "满意度", "群众满意度", "≥90", "%", "93", 15, 15),
)
WHOSE = 4  # the columns before those of the indicator


def exported(*, written_once: bool = False, missed: bool = False) -> bytes:
    """Return a list; keys in the first line of each group only, a target missed in the last."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "导出"
    sheet.append(["2023年度项目支出绩效自评明细表"])
    sheet.append(HEADINGS)
    for number, project in enumerate(PROJECTS):
        for line, indicator in enumerate(INDICATORS):
            row = [*project, "2023", *indicator, ""]
            if written_once and line:
                row[:WHOSE] = [""] * WHOSE
            if missed and number == len(PROJECTS) - 1 and line == 1:
                row[HEADINGS.index("实际完成值")] = "80"
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("清单")
    (folder / "导出.xlsx").write_bytes(exported())
    adopt_blank(folder / "导出.xlsx", folder / "表单")
    return find_template(folder / "表单")


def test_an_export_is_adopted_as_a_list_and_its_blank_holds_no_data(form: Template) -> None:
    assert form.listed is not None
    assert form.listed.keys == {
        "department": "单位名称",
        "code": "单位编码",
        "item": "项目名称",
        "year": "年度",
    }
    blank = openpyxl.load_workbook(form.folder / form.blank)
    assert [row[1].value for row in blank.active.iter_rows()] == [None, "单位名称"]


@pytest.mark.parametrize("written_once", [False, True])
def test_each_project_is_a_submission(form: Template, tmp_path: Path, written_once: bool) -> None:
    (tmp_path / "清单.xlsx").write_bytes(exported(written_once=written_once))
    entries = check_files([tmp_path / "清单.xlsx"], template=form)
    known = sorted((one.department, one.file.rpartition("·")[2]) for one in entries)
    assert known == sorted((name, f"{item}.xlsx") for _, name, item in PROJECTS)
    findings = [one.code for entry in entries if entry.report for one in entry.report.findings]
    assert not findings


def test_what_is_wrong_is_wrong_with_its_project_alone(form: Template, tmp_path: Path) -> None:
    (tmp_path / "清单.xlsx").write_bytes(exported(missed=True))
    entries = check_files([tmp_path / "清单.xlsx"], template=form)
    wrong = {
        (one.file, finding.place.cell)
        for one in entries
        if one.report
        for finding in one.report.findings
        if finding.severity == "error"
    }
    assert wrong == {("清单.xlsx/县林场·102001·2023·护林防火.xlsx", "L4")}


def test_a_run_scores_and_returns_each(form: Template, tmp_path: Path) -> None:
    inbox = tmp_path / "收件箱"
    inbox.mkdir()
    (inbox / "清单.xlsx").write_bytes(exported(missed=True))
    with (tmp_path / "名册.csv").open("w", encoding="utf-8", newline="") as file:
        rows = {project[:2] for project in PROJECTS}
        csv.writer(file).writerows([("部门编码", "部门名称"), *sorted(rows)])
    season = jx.run([inbox], output=tmp_path / "结果", template=form, roster=tmp_path / "名册.csv")
    assert [entry.status for entry in season.entries] == ["已报"] * len(PROJECTS)
    scored = {path.name for path in (tmp_path / "结果" / "评分").iterdir()}
    assert scored == {"石桥乡中心校-校舍维修.xlsx", "石桥乡中心校-营养午餐.xlsx", "县林场.xlsx"}
    assert (tmp_path / "结果" / "退回" / "县林场").is_dir()


def test_mistakes_about_the_keys_of_a_list_are_named(form: Template, tmp_path: Path) -> None:
    folder = tmp_path / "表单"
    folder.mkdir()
    for path in form.folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    spec = folder / "spec.toml"
    text = spec.read_text(encoding="utf-8").replace("department = ", "departmnt = ")
    spec.write_text(text.replace('item = "项目名称"', 'item = "项目名"'), encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        find_template(folder)
    assert any(
        "departmnt：不认识的键，是不是“department”？" in one for one in raised.value.mistakes
    )
    assert any(
        "item：没有“项目名”这一栏，是不是“项目名称”？" in one for one in raised.value.mistakes
    )


# ---------------------------------------------------------------------- several units in a workbook

SHIPPED = "xiangmu-zhichu-caizhengbu"


def of_two_projects(second: str, *, filled: bool = True) -> bytes:
    """Return a workbook in which the sheet of a form was copied, for another project."""
    source = (
        copy_of(SHIPPED) if filled else (find_template(SHIPPED).folder / "空白表.xlsx").read_bytes()
    )
    book = openpyxl.load_workbook(io.BytesIO(copy_of(SHIPPED)))
    sheet = book.active
    other = openpyxl.load_workbook(io.BytesIO(source)).active
    copied = book.copy_worksheet(sheet)
    copied.title = "第二个"
    for row in other.iter_rows():
        for cell in row:
            if type(copied[cell.coordinate]).__name__ == "Cell":
                copied[cell.coordinate].value = cell.value
    if filled:
        item = next(cell for row in copied.iter_rows() for cell in row if cell.value == "项目名称")
        copied.cell(item.row, item.column + 2).value = second
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def files_of(data: bytes, folder: Path) -> list[tuple[str, str]]:
    (folder / "报送.xlsx").write_bytes(data)
    entries = check_files([folder / "报送.xlsx"], template=find_template(SHIPPED))
    return sorted((one.file, one.status) for one in entries)


def test_a_sheet_copied_for_a_second_project_is_a_line_of_its_own(tmp_path: Path) -> None:
    name = openpyxl.load_workbook(io.BytesIO(copy_of(SHIPPED))).active.title
    assert files_of(of_two_projects("另一个项目"), tmp_path) == [
        (f"报送.xlsx/{name}.xlsx", "已报"),
        ("报送.xlsx/第二个.xlsx", "已报"),
    ]


def test_a_spare_copy_of_the_sheet_is_none(tmp_path: Path) -> None:
    assert files_of(of_two_projects("", filled=False), tmp_path) == [("报送.xlsx", "已报")]
