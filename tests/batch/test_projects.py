"""The second form runs from its data alone; that no line of the package names a form is for
test_house to say.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import office
import openpyxl
import pytest
from cases import Case, find, load_cases, submission
from click.testing import CliRunner
from dumps import dump
from openpyxl.workbook.workbook import Workbook

from jixiao_xlsx.checking.run_rules import run_rules
from jixiao_xlsx.cli import main
from jixiao_xlsx.examining.check import catalogue, check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.repeated_sheets import named, unrolled
from jixiao_xlsx.form.spec import SpecError, Template
from jixiao_xlsx.output.xlsx.annotated.book import annotate
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
from jixiao_xlsx.output.xlsx.blank.layout import lay_out
from jixiao_xlsx.output.xlsx.scored.book import write_scored_workbook
from jixiao_xlsx.prose.evidence import ProseEvidence as Evidence
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.scoring import scorer
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import FindingState
from jixiao_xlsx.values.severity import Severity

FORM = find_template("xiangmu-zhichu")
SAMPLES = Path(__file__).parents[2] / "samples" / "xiangmu"
INBOX = sorted((SAMPLES / "inbox").glob("*.xlsx"))
WATER = next(path for path in INBOX if "水务" in path.name)  # two projects, nothing wrong
SCHOOLS = next(
    path for path in INBOX if "教育" in path.name
)  # 项目1 is wrong, 项目2 is not used, 项目3 is right
CASES = load_cases(FORM)
LAYOUT = lay_out(unrolled(FORM))


def jixiao(*arguments: object) -> object:
    return CliRunner().invoke(main, [*map(str, arguments), "-t", FORM.id], catch_exceptions=False)


# ------------------------------------------------------------------------------------------ samples


@pytest.mark.parametrize("book", INBOX, ids=lambda book: book.stem)
def test_every_finding_is_the_expected_one(book: Path) -> None:
    with (SAMPLES / "expected" / f"{book.stem}.csv").open(encoding="utf-8", newline="") as stream:
        wanted = {(line["code"], line["sheet"], line["cell"]) for line in csv.DictReader(stream)}
    report = check(workbook.read(book, FORM), FORM)
    found = {
        (f.code, f.place.sheet, f.place.cell)
        for f in report.findings
        if f.severity is not Severity.NOTE
    }
    assert found == wanted, "\n".join(f"{f.code} {f.place} {f.message}" for f in report.findings)


def test_right_projects_are_scored_as_they_scored_themselves() -> None:
    cards = scorer.score_each(workbook.read(WATER, FORM), FORM)
    assert [
        (card.item, round(float(card.total or 0), 2), card.grade, len(card.indicators))
        for card in cards
    ] == [
        ("城区供水管网改造", 97.69, "优", 6),
        ("农村饮水安全巩固提升", 99.0, "优", 5),
    ]
    with pytest.raises(ValueError, match="parts"):
        scorer.score(workbook.read(WATER, FORM), FORM)


def test_samples_are_made_by_their_generator(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLES / "generate.py", "-o", tmp_path], check=True)
    assert len(INBOX) == 3
    for book in INBOX:
        assert dump((tmp_path / "inbox" / book.name).read_bytes()) == dump(book.read_bytes())
        expected = f"{book.stem}.csv"
        assert (tmp_path / "expected" / expected).read_bytes() == (
            SAMPLES / "expected" / expected
        ).read_bytes()


# --------------------------------------------------------------------------------- several projects


def changed(book: Path, tmp_path: Path, change: Callable[[Workbook], object]) -> Submission:
    """The workbook as a department saves it after `change`."""
    loaded = openpyxl.load_workbook(book)
    change(loaded)
    loaded.save(tmp_path / book.name)
    return workbook.read(tmp_path / book.name, FORM)


def places_found(submission: Submission) -> set[tuple[str, str, str]]:
    report = check(submission, FORM)
    unsaved = {"AMT109"}  # openpyxl saves no results of formulas
    found = [
        f for f in report.findings if f.severity is not Severity.NOTE and f.code not in unsaved
    ]
    return {(f.code, f.place.sheet, f.place.cell) for f in found}


def test_each_project_is_a_part_with_the_tables_of_the_form() -> None:
    submission = workbook.read(SCHOOLS, FORM)
    parts = submission.parts
    assert [part["项目概况"].cell("项目名称", "填报内容").text for part in parts] == [
        "农村校舍维修",
        "公办幼儿园设施更新",
    ]
    assert [part["项目资金"].sheet for part in parts] == ["项目1", "项目3"]
    assert submission["项目3·项目资金"].cell("年度资金总额", "全年执行数") == parts[1][
        "项目资金"
    ].cell("年度资金总额", "全年执行数")
    assert submission.department == parts[0].department == parts[1].department == "青禾县教育局"
    assert submission.cells_read == submission.cells_handled


def test_copies_are_found_whatever_they_are_called(tmp_path: Path) -> None:
    def rename(book: Workbook) -> None:
        book["项目1"].title = "项目1 (2)"
        book["项目3"].title = "幼儿园设施"
        book.move_sheet("幼儿园设施", -4)
        for sheet in ("项目2", "项目4", "项目5"):
            del book[sheet]

    submission = changed(SCHOOLS, tmp_path, rename)
    assert [part["项目概况"].sheet for part in submission.parts] == ["幼儿园设施", "项目1 (2)"]
    before = places_found(workbook.read(SCHOOLS, FORM))
    assert places_found(submission) == {
        (code, "项目1 (2)" if sheet == "项目1" else sheet, cell) for code, sheet, cell in before
    }


def test_a_sheet_that_a_clerk_copied_is_one_more_project(tmp_path: Path) -> None:
    def copy(book: Workbook) -> None:
        book.copy_worksheet(book["项目1"]).title = "项目1 (2)"

    submission = changed(SCHOOLS, tmp_path, copy)
    assert len(submission.parts) == 3
    assert {
        (code, "项目1 (2)", cell)
        for code, sheet, cell in places_found(workbook.read(SCHOOLS, FORM))
    } <= places_found(submission)


def test_copies_that_are_not_used_are_no_fault_and_nothing_at_all_is() -> None:
    stream = io.BytesIO()
    write_workbook(FORM, stream, year=2023, department="青禾县水务局", code="312001")
    submission = workbook.read_bytes(stream.getvalue(), "空.xlsx", FORM)
    assert len(submission.parts) == 1  # held to the form, so that the blanks are told
    assert {("STR103", "项目1", cell) for cell in ("B5", "C13", "B21")} <= places_found(submission)
    assert {sheet for _, sheet, _ in places_found(submission)} == {"项目1"}


def test_an_explanation_settles_its_own_project_only(tmp_path: Path) -> None:
    def explained(line: int, sheet: str) -> Callable[[Workbook], None]:
        def change(book: Workbook) -> None:
            for name in ("项目1", "项目3"):  # 其他资金: 执行 8 over a budget of 5, a 警告
                for row, column, value in (
                    ("其他资金", "全年预算数", 5),
                    ("其他资金", "全年执行数", 8),
                ):
                    book[name][LAYOUT.ref(named("项目资金", name), row, column)[1]] = value
            for column, text in enumerate(
                ("BAL404", f"{sheet}!D16", "其他资金", "", "上级年末追加"), start=1
            ):
                book["核实说明"].cell(line, column, text)

        return change

    states = {
        f.place.sheet: f.state
        for f in check(changed(SCHOOLS, tmp_path, explained(4, "项目3")), FORM).findings
        if f.code == "BAL404" and f.item == "其他资金"
    }
    assert states == {"项目1": FindingState.OPEN, "项目3": FindingState.EXPLAINED}


def test_the_scored_workbook_holds_every_project(tmp_path: Path) -> None:
    submission = workbook.read(WATER, FORM)
    cards = scorer.score_each(submission, FORM)
    write_scored_workbook(tmp_path / "评分.xlsx", submission, check(submission, FORM), cards, FORM)
    book = openpyxl.load_workbook(tmp_path / "评分.xlsx", data_only=True)
    assert book.sheetnames == [
        "绩效评价表1",
        "绩效评价表2",
        "核对意见",
        "评分说明1",
        "资金执行1",
        "评分说明2",
        "资金执行2",
        "_review1",
        "_review2",
    ]
    assert [book[f"绩效评价表{n}"]["C2"].value for n in (1, 2)] == [card.name for card in cards]


def test_the_annotated_copy_marks_each_project_on_its_own_sheet() -> None:
    submission = workbook.read(SCHOOLS, FORM)
    data = annotate(SCHOOLS.read_bytes(), submission, check(submission, FORM), FORM)
    book = openpyxl.load_workbook(io.BytesIO(data))
    commented = {
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert {(sheet, cell) for _, sheet, cell in places_found(submission)} <= commented
    assert not {sheet for sheet, _ in commented} & {"项目2", "项目3"}


@office.office
def test_recalculation_changes_nothing(tmp_path: Path) -> None:
    submission = workbook.read(WATER, FORM)
    scored, blank = tmp_path / "评分.xlsx", tmp_path / "空白.xlsx"
    write_scored_workbook(
        scored,
        submission,
        check(submission, FORM),
        scorer.score_each(submission, FORM),
        FORM,
    )
    write_workbook(FORM, blank, year=2023)
    copies = [tmp_path / f"{number}.xlsx" for number, _ in enumerate(INBOX)]
    for book, copy in zip(INBOX, copies, strict=True):
        copy.write_bytes(book.read_bytes())
    for path, texts in office.recalculated([scored, blank, *copies]).items():
        assert list(office.differences(office.values(path), texts)) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'title = "核实说明"\norientation',
            'title = "核实说明"\nrepeats = 2\norientation',
            "只能有一张重复的工作表，现有 项目、核实说明",
        ),
        ('item = "项目概况.项目名称.填报内容"\n', "", "重复的工作表“项目”要有一格写明是哪一个"),
        (
            'item = "项目概况.项目名称.填报内容"',
            'item = "基本信息.主管部门.填报内容"',
            "重复的工作表“项目”要有一格写明是哪一个",
        ),
        ("repeats = 5", 'repeats = "五"', "repeats：应是不小于 0 的整数"),
    ],
)
def test_mistakes_about_a_repeated_sheet_are_named(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    text = (FORM.folder / "spec.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "spec.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    shutil.copy(FORM.folder / "indicators.csv", tmp_path)
    with pytest.raises(SpecError) as caught:
        find_template(tmp_path)
    assert any(message in mistake for mistake in caught.value.mistakes), caught.value.mistakes


# ------------------------------------------------------------------------------------- the commands


def test_it_runs_through_every_command(tmp_path: Path) -> None:
    assert jixiao("template", "--year", 2023, "-o", tmp_path / "空白").exit_code == 0
    assert [path.name for path in (tmp_path / "空白").glob("*.xlsx")] == [f"{FORM.file_name}.xlsx"]
    assert jixiao("check", *INBOX).exit_code == 1
    assert jixiao("score", *INBOX, "-o", tmp_path / "评分").exit_code == 0
    assert jixiao("run", SAMPLES / "inbox", "-o", tmp_path / "结果").exit_code == 0
    assert jixiao("rules", "REC901").exit_code == 0
    assert len(list((tmp_path / "结果" / "评分").glob("*.xlsx"))) == 3
    summary = openpyxl.load_workbook(tmp_path / "结果" / "汇总.xlsx", data_only=True)
    texts = {cell.value for sheet in summary for row in sheet.iter_rows() for cell in row}
    named = {
        "青禾县水务局·城区供水管网改造",
        "青禾县水务局·农村饮水安全巩固提升",
        "青禾县教育局·公办幼儿园设施更新",
    }
    assert {"青禾县教育局", "青禾县农业农村局·高标准农田建设", "BAL401", *named} <= texts
    assert {"已报", 3} <= texts  # departments are counted, not projects
    matrix = summary["指标得分矩阵"]
    assert [matrix.cell(5, column).value for column in range(2, 5)] == [
        50,
        30,
        10,
    ]  # by 一级指标: within it weights are free
    assert all(
        0.9 < matrix.cell(6, column).value < 1.03 for column in range(2, 5)
    )  # one of them wrongly gives 35 of 30


def test_a_workbook_of_the_other_form_is_refused() -> None:
    with pytest.raises(workbook.Unreadable, match=f"这是“{FORM.title}”的表") as refused:
        workbook.read(INBOX[0], find_template())
    assert FORM.id not in str(refused.value)
    with pytest.raises(workbook.Unreadable, match="这是另一套表，不是"):
        workbook.read_bytes(
            _handed_out(replace(FORM, id="nobody-has-it")), "甲.xlsx", find_template()
        )


def _handed_out(form: Template) -> bytes:
    stream = io.BytesIO()
    write_workbook(form, stream)
    return stream.getvalue()


# -------------------------------------------------------------------------------------------- rules


@pytest.mark.parametrize("case", CASES, ids=str)
def test_its_own_rules_find_these_cells_and_no_others(case: Case) -> None:
    read = submission(case, FORM)
    rule = next(rule for rule in catalogue(FORM) if rule.code == case.code)
    report = run_rules(Evidence(read, FORM), [rule])
    assert Counter(str(finding.place) for finding in report.findings) == Counter(
        str(find(at, read)) for at in case.finds
    )
    assert all(words in report.findings[0].message for words in case.says)


def test_every_rule_of_its_own_has_cases() -> None:
    own = {equation.code for equation in FORM.equations} - {
        equation.code for equation in find_template().equations
    }
    # weights beside names occur in forms of projects only: a case of a rule of all forms
    assert own | {"IND102"} == {case.code for case in CASES}
