"""Approved targets and the list of projects: read by titles that are data, matched, compared."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from written_tables import book

from jixiao_xlsx.batch.given.bureau_lists import approved_targets, listed_projects
from jixiao_xlsx.batch.handout import blank_workbooks
from jixiao_xlsx.batch.job import Job
from jixiao_xlsx.batch.run import run
from jixiao_xlsx.examining.check import check, held_in
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.repeated_sheets import nothing_filled
from jixiao_xlsx.intake.roster import read_roster
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.season.bureau_lists import BureauLists
from jixiao_xlsx.sources.lists import read_projects, read_targets
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.season import Season
from jixiao_xlsx.values.severity import Severity

SAMPLES = Path(__file__).parents[2] / "samples"
SOURCES = SAMPLES / "sources"
ROSTER = read_roster(SAMPLES / "departments.csv")
FORM, PROJECTS = find_template(), find_template("xiangmu-zhichu")


def expected(name: str) -> set[tuple[str, str, str, str]]:
    with (SOURCES / "expected" / name).open(encoding="utf-8") as stream:
        return {tuple(line.values()) for line in csv.DictReader(stream)}  # type: ignore[misc]


# ------------------------------------------------------------------------------------------ reading


def test_columns_are_found_by_any_of_their_titles() -> None:
    one, two = read_targets(
        book("""
        绩效目标
        单位编码 | 预算单位 | 项目代码 | 项目名称 | 三级指标名称 | 运算符号 | 目标值 | 度量单位 | 权重
        101003   | 甲局     | XM1      | 修路     | 里程         | ≥        | 12     | 公里     | 20
                 |          |          |          | 合格率       | ≥        | 95     | %        | 10
        合计     |          |          |          |              |          |        |          | 30
        """),
        "a.xlsx",
    )
    assert one.cells | {"name": ""} == two.cells | {
        "name": "", "value": "12", "unit": "公里", "weight": "20"
    }  # fmt: skip
    assert (two.cells["project"], two.cells["code"], two.cells["name"]) == (
        "修路",
        "101003",
        "合格率",
    )


def test_a_line_that_names_another_department_takes_no_code_from_above() -> None:
    lines = read_targets(
        book("""
        部门编码 | 部门名称 | 三级指标 | 指标值
        101003   | 甲局     | 里程     | 12
                 | 乙局     | 件数     | 3
        """),
        "a.xlsx",
    )
    assert [(one.cells["code"], one.cells["department"]) for one in lines] == [
        ("101003", "甲局"),
        ("", "乙局"),
    ]


def test_a_form_says_above_whose_it_is() -> None:
    (line,) = read_targets(
        book("""
        项目支出绩效目标申报表
        项目名称 | | 农村公路养护
        主管部门 | | 219001-某县交通运输局
        一级指标 | 二级指标 | 三级指标 | 指标值
        产出 | 数量 | 里程 | ≥120公里
        """),
        "a.xlsx",
    )
    assert line.cells["project"] == "农村公路养护"
    assert (line.cells["code"], line.cells["department"]) == ("219001", "某县交通运输局")


@pytest.mark.parametrize(
    ("unit", "heading", "budget"),
    [
        ("金额单位：元", "全年预算数", Decimal("12.5")),
        ("单位：万元", "全年预算数", Decimal(125_000)),
        ("", "全年预算数（万元）", Decimal(125_000)),
        ("", "全年预算数", None),
    ],
)
def test_amounts_follow_the_unit_that_is_stated(
    unit: str, heading: str, budget: Decimal | None, tmp_path: Path
) -> None:
    text = f"清单\n{unit or '说明'}\n单位 | 项目名称 | {heading}\n青禾县审计局 | 审计 | 12.5\n"
    (tmp_path / "a.xlsx").write_bytes(book(text))
    lists = listed_projects(tmp_path / "a.xlsx", ROSTER)
    assert [one.budget for one in lists.projects] == [budget]
    assert any("金额单位" in note for note in lists.notes) is (budget is None)


@pytest.mark.parametrize("read", [approved_targets, listed_projects])
def test_a_file_that_is_no_list_stops_the_run(read: object, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(book("名单\n甲 | 乙"))
    assert callable(read)
    with pytest.raises(InputError, match="没有认得的"):
        read(tmp_path / "a.xlsx", ROSTER)


def test_a_list_of_another_kind_gives_nothing() -> None:
    assert not read_projects((SOURCES / "目标" / "绩效目标导出.xlsx").read_bytes(), "a.xlsx")


# ------------------------------------------------------------------------------------------ targets


@pytest.fixture(scope="module")
def lists() -> BureauLists:
    return approved_targets(SOURCES / "目标", ROSTER)


def test_every_moved_target_is_found_at_its_cell_and_no_other(lists: BureauLists) -> None:
    found, silent = set(), set()
    for path in sorted((SAMPLES / "inbox").glob("*.xlsx")):
        submission = workbook.read(path, FORM)
        own = tuple(one for one in lists.targets if one.department == submission.department)
        if not own:
            continue
        about = [
            one for one in check(submission, FORM, targets=own).findings if one.code[:4] == "REF2"
        ]
        silent |= set() if about else {submission.department}
        assert {one.severity for one in about} <= {Severity.WARNING}
        found |= {(path.name, one.code, one.place.sheet, one.place.cell) for one in about}
    assert found == expected("目标.csv")
    assert silent == {"青禾县信访局", "青禾县水务局", "青禾县审计局"}


def test_both_stand_side_by_side(lists: BureauLists) -> None:
    path = SAMPLES / "inbox" / "附件3 县文旅局整体绩效评价表.xlsx"
    submission = workbook.read(path, FORM)
    own = tuple(one for one in lists.targets if one.department == submission.department)
    pairs = held_in(submission, FORM, own)
    verdicts = {one.approved or one.reported: one.verdict for one in pairs}
    assert verdicts["举办群众文化活动场次"] == "放宽"
    assert verdicts["旅游接待人次增长率"] == "一致"  # adjusted, by a paper that is named
    assert verdicts["文物安全巡查完成率"] == "增加" and verdicts["乡村文化站达标数"] == "未自评"


def test_who_has_none_is_said_and_not_accused(lists: BureauLists) -> None:
    assert any("57 个部门没有批复的绩效目标" in note for note in lists.notes)
    submission = workbook.read(SAMPLES / "inbox" / "商务局绩效自评表-0309.xlsx", FORM)
    report = check(submission, FORM)
    assert not [one for one in report.findings if one.code[:4] == "REF2"]
    assert any(one.code == "REF201" and "没有提供" in one.reason for one in report.skipped)


def test_targets_of_a_project_are_those_of_its_sheet(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(
        book("""
        部门名称 | 项目名称 | 三级指标 | 计算符号 | 指标值 | 分值
        青禾县水务局 | 城区供水管网改造 | 改造管网长度（公里） | ≥ | 15 | 20
        青禾县水务局 | 农村饮水安全巩固提升 | 水质达标率 | ≥ | 95% | 20
        青禾县水务局 | | 整体目标 | ≥ | 1 |
        """)
    )
    targets = approved_targets(tmp_path, ROSTER).targets
    inbox = SAMPLES / "xiangmu" / "inbox"
    submission = workbook.read(inbox / "水务局项目支出自评（2个项目）.xlsx", PROJECTS)
    found = [
        (one.code, one.item)
        for one in check(submission, PROJECTS, targets=targets).findings
        if one.code in {"REF201", "REF203", "REF204", "REF205"}
    ]
    assert found == [("REF204", "改造管网长度（公里）")]


@pytest.fixture(scope="module")
def blanks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blanks")
    roster = folder / "departments.csv"
    head, *lines = (SAMPLES / "departments.csv").read_text("utf-8").splitlines()
    kept = [line for line in lines if line[:6] in {"102018", "103002", "101003"}]
    roster.write_text("\n".join([head, *kept]), encoding="utf-8")
    blank_workbooks(
        folder / "out",
        template=FORM,
        roster_path=roster,
        year=2023,
        targets_path=SOURCES / "目标",
    )
    return folder / "out"


def handed(blanks: Path, name: str) -> Submission:
    (path,) = blanks.glob(f"{name}*.xlsx")
    return workbook.read(path, FORM)


def test_targets_are_typed_ahead_and_locked(blanks: Path) -> None:
    submission = handed(blanks, "青禾县文体广电和旅游局")
    table = submission.tables["绩效评价表"]
    cells = table.by_title["举办群众文化活动场次"].cells
    shown = [cells[title].text for title in ("指标方向", "计量单位", "权重", "目标值")]
    assert shown == ["≥", "场", "4.5", "150"]
    assert table.cell("群众满意度", "目标值").text == "95%"  # type: ignore[union-attr]
    assert table.cell("广播电视安全播出事故", "目标值").text == "0"  # type: ignore[union-attr]
    (path,) = blanks.glob("青禾县文体广电和旅游局*.xlsx")
    sheet = openpyxl.load_workbook(path)["绩效评价表"]
    assert sheet[cells["目标值"].ref].protection.locked
    assert not sheet[cells["业绩值"].ref].protection.locked
    assert "财务管理制度健全性" in table.by_title  # the form's own lines stay


def test_a_blank_with_targets_is_blank_and_agrees_with_them(
    blanks: Path, lists: BureauLists
) -> None:
    for name in ("青禾县文体广电和旅游局", "青禾县审计局", "青禾县人民政府办公室"):
        submission = handed(blanks, name)
        assert nothing_filled(submission, FORM), name
        own = tuple(one for one in lists.targets if one.department == name)
        codes = {one.code for one in check(submission, FORM, targets=own).findings}
        assert not codes & {"REF201", "REF202", "REF203", "REF205", "STR113", "STR112"}, name


def test_a_department_without_targets_gets_the_usual_blank(blanks: Path) -> None:
    table = handed(blanks, "青禾县人民政府办公室").tables["绩效评价表"]
    assert "工作完成情况" in table.by_title


# ----------------------------------------------------------------------------------------- projects


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("seasons")


@pytest.fixture(scope="module")
def seasons(out: Path) -> dict[str, Season]:
    names = ("水务局", "教育局", "农业农村局", "林业和草原局", "审计局", "政府办公室")
    books = [
        path
        for path in sorted((SAMPLES / "inbox").glob("*.xlsx"))
        if any(name in path.name.replace("审计局 ", "审计局") for name in names)
    ]
    common = {"roster": SAMPLES / "departments.csv", "projects": SOURCES / "项目清单.xlsx"}
    whole = Job(tuple(books), out / "whole", FORM, targets=SOURCES / "目标", jobs=1, **common)
    projects = Job((SAMPLES / "xiangmu" / "inbox",), out / "projects", PROJECTS, jobs=1, **common)
    return {FORM.id: run(whole), PROJECTS.id: run(projects)}


def test_what_the_list_of_projects_shows(seasons: dict[str, Season]) -> None:
    found = {
        (form, one.code, "".join(map(str, one.places)), "、".join(one.departments))
        for form, season in seasons.items()
        for one in season.findings
        if one.code in {"XDP108", "XDP109", "XDP110"}
    }
    assert found == expected("项目.csv")


def test_coverage_is_by_number_and_by_amount(seasons: dict[str, Season]) -> None:
    water = next(one for one in seasons[PROJECTS.id].coverage if one.department == "青禾县水务局")
    assert (len(water.projects), len(water.evaluated or ())) == (3, 2)
    assert (water.budget, water.evaluated_budget) == (8_500_000, 8_000_000)
    audit = next(one for one in seasons[FORM.id].coverage if one.department == "青禾县审计局")
    assert audit.gap == 0 and audit.evaluated is None


def test_the_summary_has_the_sheets(seasons: dict[str, Season], out: Path) -> None:
    assert len(seasons) == 2
    for folder, names in (
        ("whole", {"目标对照", "项目覆盖", "项目清单"}),
        ("projects", {"项目覆盖", "项目清单"}),
    ):
        book = openpyxl.load_workbook(out / folder / "汇总.xlsx", read_only=True)
        assert names <= set(book.sheetnames)
