"""Final accounts: read by titles that are data, matched to the roster, compared, typed ahead."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from written_tables import book

from jixiao_xlsx.batch.given.final_accounts import final_accounts
from jixiao_xlsx.batch.handout import blank_workbooks
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.repeated_sheets import nothing_filled
from jixiao_xlsx.intake.roster import read_roster
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.xlsx.blank.layout import lay_out
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.season.final_accounts import Accounts
from jixiao_xlsx.sources.final_accounts import read_final_accounts
from jixiao_xlsx.sources.found import AccountSheet
from jixiao_xlsx.values.people import ReferenceLine, Stage
from jixiao_xlsx.values.severity import Severity

SAMPLES = Path(__file__).parents[2] / "samples"
ACCOUNTS = SAMPLES / "sources" / "决算"
ROSTER = read_roster(SAMPLES / "departments.csv")
FORM = find_template()
MARKET = ACCOUNTS / "上报" / "103003市场监管局.xlsx"
HOUSES = ACCOUNTS / "批复" / "住建局公开表.xlsx"
# A sheet of text is one of the accounts only by its whole title.
EXPORT = """收入支出决算总表
 | | | 财决01表
{who} | | | {unit}
收入 | | | 支出
项目 | 行次 | 决算数 | 项目（按功能分类） | 行次 | 决算数
栏次 | | 1 | 栏次 | | 2
一、一般公共预算财政拨款收入 | 1 | 100.5 | 一、一般公共服务支出 | 31 | 90
本年收入合计 | 27 | 100.5 | 本年支出合计 | 57 | {spent}
总计 | 30 | 110.5 | 总计 | 60 | 120.5
"""


def export(
    who: str = "编制单位：101003-某办公室", unit: str = "金额单位：元", spent: str = "95"
) -> bytes:
    return book(EXPORT.format(who=who, unit=unit, spent=spent))


def figures(sheets: tuple[AccountSheet, ...]) -> dict[tuple[str, str], Decimal]:
    return {(one.item, one.kind): one.amount for sheet in sheets for one in sheet.figures}


# ------------------------------------------------------------------------------------------ reading


def test_both_sides_of_a_table_are_told_apart() -> None:
    (sheet,) = read_final_accounts(export(), "a.xlsx")
    assert (sheet.name, sheet.code) == ("某办公室", "101003")
    found = figures((sheet,))
    assert found["收入总计", "决算"] == Decimal("110.5")
    assert found["支出总计", "决算"] == Decimal("120.5")
    assert found["本年支出合计", "决算"] == 95 and sheet.grain == 0


def test_wan_is_turned_into_yuan_with_its_last_digit() -> None:
    (sheet,) = read_final_accounts(export(unit="单位：万元"), "a.xlsx")
    assert figures((sheet,))["本年支出合计", "决算"] == 950_000 and sheet.grain == 100
    (exact,) = read_final_accounts(export(unit="单位：万元", spent="95.123456"), "a.xlsx")
    assert exact.grain == 0


def test_without_a_unit_nothing_is_taken() -> None:
    (sheet,) = read_final_accounts(export(unit=""), "a.xlsx")
    assert not sheet.figures and "金额单位" in sheet.problem


@pytest.mark.parametrize(
    ("title", "taken"),
    [
        ("收入支出决算总表", True),
        ("2023年度收入支出决算总表", True),
        ("财政拨款收入支出决算总表", False),  # that is another table, with rows of its own
        ("收入支出决算总表说明", False),
        ("预算收入支出总表", False),
    ],
)
def test_a_table_is_known_by_its_whole_title(title: str, taken: bool) -> None:
    text = EXPORT.replace("收入支出决算总表", title).replace("财决01表", "")
    sheets = read_final_accounts(book(text.format(who="部门：甲", unit="单位：元", spent=1)), "a")
    assert (("收入总计", "决算") in figures(sheets)) is taken


def test_the_export_with_three_blocks_gives_budgets_and_natures() -> None:
    found = figures(read_final_accounts(MARKET.read_bytes(), MARKET.name))
    assert found["项目支出", "年初预算"] > 0 and found["人员经费", "决算"] > 0
    assert found["支出总计", "决算"] == found["收入总计", "决算"]
    assert found["“三公经费”合计", "全年预算"] > 0


def test_the_published_tables_give_the_three_levels_of_headings() -> None:
    found = figures(read_final_accounts(HOUSES.read_bytes(), HOUSES.name))
    cars = ("公务用车购置费", "公务用车运行维护费")
    whole = found["公务用车购置及运行维护费", "决算"]
    assert whole == sum(found[one, "决算"] for one in cars) and found["基本支出", "决算"] > 0


# ----------------------------------------------------------------------------------------- matching


@pytest.fixture(scope="module")
def accounts() -> Accounts:
    return final_accounts(ACCOUNTS, ROSTER, 2023)


def test_each_set_says_what_it_is(accounts: Accounts) -> None:
    stages = {line.department: (line.stage, line.dated) for line in accounts.lines}
    assert stages["青禾县市场监督管理局"] == (Stage.REPORTED, "2024年3月20日")
    assert stages["青禾县住房和城乡建设局"] == (Stage.APPROVED, "")
    assert stages["青禾县农业农村局"] == (Stage.REPORTED, "")  # nobody said: the weaker claim
    assert any("农业农村局.xlsx 没有写明" in note for note in accounts.notes)


def test_departments_are_known_by_code_name_and_former_name(accounts: Accounts) -> None:
    names = {line.department for line in accounts.lines}
    assert {"青禾县人民政府办公室", "青禾县发展和改革局", "青禾县信访局", "青禾县图书馆"} <= names
    assert len(names) == 9


def test_what_was_not_used_and_who_has_none_is_said(accounts: Accounts) -> None:
    assert sum("青禾县气象局”不在名册中" in note for note in accounts.notes) == 1
    assert any("52 个部门没有决算表" in note for note in accounts.notes)


def test_the_more_binding_set_counts(tmp_path: Path) -> None:
    for stage, spent in (("上报", "95"), ("批复", "96"), ("账面", "97")):
        (tmp_path / stage).mkdir()
        (tmp_path / stage / "a.xlsx").write_bytes(export(who="编制单位：101003-", spent=spent))
    lines = final_accounts(tmp_path, ROSTER, 2023).lines
    (spent_line,) = (line for line in lines if line.item == "本年支出合计")
    assert (spent_line.amounts["决算"], spent_line.stage) == (96, Stage.APPROVED)


def test_another_year_is_not_used(tmp_path: Path) -> None:
    text = EXPORT.replace("收入支出决算总表", "2022年度收入支出决算总表", 1)
    data = book(text.format(who="编制单位：101003-", unit="单位：元", spent=1))
    (tmp_path / "批复.xlsx").write_bytes(data)
    found = final_accounts(tmp_path, ROSTER, 2023)
    assert not found.lines and any("2022 年度" in note for note in found.notes)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "a.xlsx").write_bytes(b"PK\x03\x04 broken"), "没有读成"),
        (lambda folder: (folder / "a.xlsx").write_bytes(book("名单")), "没有认得的决算表"),
        (lambda folder: None, "没有决算表"),
        (
            lambda folder: [
                (folder / "a.xlsx").write_bytes(export()),
                (folder / "来源.toml").write_text('类别 = "暂定"\n', "utf-8"),
            ],
            "账面、上报、会审、批复",
        ),
    ],
)
def test_a_folder_that_cannot_be_used_stops_the_run(
    spoil: Callable[[Path], object], words: str, tmp_path: Path
) -> None:
    spoil(tmp_path)
    with pytest.raises(InputError, match=words):
        final_accounts(tmp_path, ROSTER, 2023)


# ---------------------------------------------------------------------------------------- comparing


def expected() -> set[tuple[str, str, str, str]]:
    with (SAMPLES / "sources" / "expected" / "决算.csv").open(encoding="utf-8") as stream:
        return {tuple(line.values()) for line in csv.DictReader(stream)}  # type: ignore[misc]


def test_every_planted_difference_is_found_at_its_cell_and_no_other(accounts: Accounts) -> None:
    books = [workbook.read(path, FORM) for path in sorted((SAMPLES / "inbox").glob("*.xlsx"))]
    found = set()
    compared = 0
    for submission in books:
        own = lines_of(accounts, submission.department)
        if not own:
            continue
        report = check(submission, FORM, own)
        compared += sum(report.checked.get(code, 0) for code in ("REF101", "REF105"))
        found |= {
            (submission.file, one.code, one.place.sheet, one.place.cell)
            for one in report.findings
            if one.code.startswith("REF") and one.severity is not Severity.NOTE
        }
    assert found == expected() and compared > 150


def lines_of(accounts: Accounts, name: str) -> tuple[ReferenceLine, ...]:
    return tuple(line for line in accounts.lines if line.department == name)


def test_only_approved_figures_are_an_error(accounts: Accounts) -> None:
    for name, severity in (
        ("青禾县市场监督管理局", Severity.WARNING),
        ("青禾县住房和城乡建设局", Severity.ERROR),
    ):
        path = next(
            path
            for path in sorted((SAMPLES / "inbox").glob("*.xlsx"))
            if {file for file, *_ in expected()} >= {path.name}
            and workbook.read(path, FORM).department == name
        )
        report = check(workbook.read(path, FORM), FORM, lines_of(accounts, name))
        about = [one for one in report.findings if one.code in {"REF101", "REF105"}]
        assert about and {one.severity for one in about} == {severity}
        wanted = "按批复数改正" if severity is Severity.ERROR else "请核实"
        assert all(wanted in one.message for one in about)


def test_a_figure_of_the_accounts_names_the_cell_that_is_wrong(accounts: Accounts) -> None:
    path = SAMPLES / "inbox" / "103-青禾县市场监督管理局整体支出绩效自评表.xlsx"
    submission = workbook.read(path, FORM)
    causes = check(submission, FORM, lines_of(accounts, submission.department)).causes
    assert any("上报决算数是" in cause.message for cause in causes)


# -------------------------------------------------------------------------------------- typed ahead


@pytest.fixture(scope="module")
def blanks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blanks")
    roster = folder / "departments.csv"
    lines = (SAMPLES / "departments.csv").read_text("utf-8").splitlines()
    kept = [
        line for line in lines if line[1:7] == "部门编码,部" or line[:6] in {"101003", "102012"}
    ]
    roster.write_text("\n".join([lines[0], *kept]), encoding="utf-8")
    shutil.copy(SAMPLES / "bureau.toml", folder)
    done = blank_workbooks(
        folder / "out", template=FORM, roster_path=roster, accounts_path=ACCOUNTS
    )
    assert done.prefilled == 1
    assert any("住房和城乡建设局的决算表以万元列示" in note for note in done.notes)
    return folder / "out"


def test_figures_of_the_accounts_are_typed_ahead_and_locked(blanks: Path) -> None:
    (path,) = blanks.glob("青禾县人民政府办公室*.xlsx")
    sheet, ref = lay_out(FORM).ref("收支总表", "项目支出", "决算数")
    cell = openpyxl.load_workbook(path)[sheet][ref]
    (given,) = (
        line.amounts["决算"]
        for line in final_accounts(ACCOUNTS, ROSTER, 2023).lines
        if (line.department, line.item) == ("青禾县人民政府办公室", "项目支出")
        and "决算" in line.amounts
    )
    assert Decimal(str(cell.value)) == given and cell.protection.locked
    free, other = lay_out(FORM).ref("收支总表", "其中：财政拨款支出", "决算数")
    assert not openpyxl.load_workbook(path)[free][other].protection.locked


def test_what_is_too_coarse_is_left_to_the_department(blanks: Path) -> None:
    (path,) = blanks.glob("青禾县住房和城乡建设局*.xlsx")
    sheet, ref = lay_out(FORM).ref("收支总表", "项目支出", "决算数")
    cell = openpyxl.load_workbook(path)[sheet][ref]
    assert cell.value is None and not cell.protection.locked


def test_an_untouched_workbook_is_blank_and_accuses_nobody(
    blanks: Path, accounts: Accounts
) -> None:
    (path,) = blanks.glob("青禾县人民政府办公室*.xlsx")
    submission = workbook.read(path, FORM)
    assert nothing_filled(submission, FORM)
    found = check(submission, FORM, lines_of(accounts, submission.department)).findings
    families = {one.code[:3] for one in found if one.severity is not Severity.NOTE}
    assert not families & {"BAL", "REC", "RAT", "REF", "AMT"}
