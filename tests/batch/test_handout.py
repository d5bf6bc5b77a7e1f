"""Blank workbooks for a roster: what is typed ahead, what the file remembers, and what is said when
it was changed.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from jixiao_xlsx.batch.handout import blank_workbooks
from jixiao_xlsx.cli import main
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.find_template import edition, find_template
from jixiao_xlsx.form.repeated_sheets import nothing_filled
from jixiao_xlsx.form.spec import SpecError, Template
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
from jixiao_xlsx.output.xlsx.blank.layout import TableFilling, lay_out
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.season import FileStatus

ROSTER = """部门编码,部门名称,简称,曾用名
101,青禾县水务局,水务局,青禾县水利局
102,青禾县林业局,林业局,
103,青禾县档案馆,档案馆,
"""
REFERENCE = """部门编码,项目,年初预算,全年预算,决算
101,项目支出,"1,200.00",1500,1499.50
101,人员经费,600,600,600
101,基本支出,900,950,950
101,不存在的项目,1,1,1
999,项目支出,5,5,5
102,项目支出,12万元,,
"""
BUDGET, YEAR_END = "年初预算数", "决算数"
LAST = {
    "收支总表": {
        "年末结转和结余": {YEAR_END: 88.5},
        "其中：财政拨款年末结转和结余": {YEAR_END: 0},
        "年初结转和结余": {YEAR_END: 7},
    },
    "三公经费": {"公务接待费": {"决算数": 3200, "上年决算数": 1}, "会议费": {"决算数": "—"}},
    "基本信息": {"年末在职人数（编内）": {"填报内容": 6}},
}


@pytest.fixture(scope="module")
def form() -> Template:
    return find_template()


@pytest.fixture(scope="module")
def season(form: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A roster, a reference file and a folder of last year's workbooks."""
    folder = tmp_path_factory.mktemp("season")
    (folder / "departments.csv").write_text(ROSTER, encoding="utf-8")
    (folder / "批复.csv").write_text(REFERENCE, encoding="gb18030")
    last = folder / "上年"
    last.mkdir()
    filling = {name: TableFilling(rows) for name, rows in LAST.items()}
    write_workbook(form, last / "a.xlsx", filling=filling, year=2022, department="青禾县水利局")
    write_workbook(
        form, last / "b.xlsx", filling=filling, year=2021, department="青禾县林业局", code="102"
    )
    (last / "c.xlsx").write_bytes(b"PK\x03\x04 broken")
    return folder


@pytest.fixture(scope="module")
def handed(form: Template, season: Path) -> Any:
    out = season / "空白表"
    done = blank_workbooks(
        out,
        template=form,
        roster_path=season / "departments.csv",
        year=2023,
        reference_path=season / "批复.csv",
        last_year_path=season / "上年",
    )
    return done, {path.name.split("-")[0]: workbook.read(path, form) for path in done.files}


def number(submission: Submission, address: str) -> Decimal | None:
    cell = submission.cell(*address.split("."))
    assert cell is not None
    return cell.number


# ------------------------------------------------------------------------------ what is typed ahead


def test_each_department_gets_what_is_known_of_it(handed: Any) -> None:
    done, books = handed
    water, forest, archive = (
        books[name] for name in ("青禾县水务局", "青禾县林业局", "青禾县档案馆")
    )
    wanted = {
        "收支总表.项目支出.年初预算数": Decimal(1200),
        "收支总表.项目支出.全年预算数": Decimal(1500),
        "收支总表.其中：人员经费.年初预算数": Decimal(600),
        "收支总表.基本支出.年初预算数": Decimal(900),
        "收支总表.项目支出.决算数": None,
        "收支总表.年初结转和结余.决算数": Decimal("88.5"),
        "收支总表.其中：财政拨款年初结转和结余.决算数": Decimal(0),
        "三公经费.公务接待费.上年决算数": Decimal(3200),
        "三公经费.“三公经费”合计.上年决算数": Decimal(3200),
        "三公经费.会议费.上年决算数": None,
        "基本信息.上年末在职人数（编内）.填报内容": Decimal(6),
    }
    assert {address: number(water, address) for address in wanted} == wanted
    assert (water.department, water.code, water.year) == ("青禾县水务局", "101", 2023)
    assert number(forest, "收支总表.项目支出.年初预算数") == 120_000
    assert number(forest, "收支总表.年初结转和结余.决算数") is None
    assert not dict(hidden_mark.prefilled(archive.meta))
    assert done.prefilled == 2


def test_what_could_not_be_placed_is_told(handed: Any) -> None:
    done, _ = handed
    notes = "\n".join(done.notes)
    assert len(done.notes) == 4
    for words in (
        "表里没有“不存在的项目”",
        "部门编码“999”不在名册中",
        "“b.xlsx”未用：非本年度",
        "“c.xlsx”未用：无法读取",
    ):
        assert words in notes


def test_a_total_that_follows_by_itself_stays_a_formula(form: Template, tmp_path: Path) -> None:
    parts = {
        Ref("收支总表", f"其中：{name}经费", BUDGET): Decimal(value)
        for name, value in (("人员", 600), ("公用", 300))
    }
    total = Ref("收支总表", "基本支出", BUDGET)
    for value, formula in ((900, True), (950, False)):
        write_workbook(form, tmp_path / "a.xlsx", prefill=parts | {total: Decimal(value)})
        book = openpyxl.load_workbook(tmp_path / "a.xlsx")
        sheet, ref = lay_out(form).ref("收支总表", "基本支出", BUDGET)
        assert (book[sheet][ref].data_type == "f") is formula
        read = workbook.read(tmp_path / "a.xlsx", form)
        assert (total in dict(hidden_mark.prefilled(read.meta))) is not formula
        assert number(read, "收支总表.基本支出.年初预算数") == value


def test_figures_typed_ahead_may_still_be_corrected(form: Template, tmp_path: Path) -> None:
    write_workbook(
        form, tmp_path / "a.xlsx", prefill={Ref("收支总表", "项目支出", BUDGET): Decimal(5)}
    )
    sheet, ref = lay_out(form).ref("收支总表", "项目支出", BUDGET)
    assert not openpyxl.load_workbook(tmp_path / "a.xlsx")[sheet][ref].protection.locked


def test_an_untouched_workbook_accuses_nobody_of_changes(form: Template, handed: Any) -> None:
    for submission in handed[1].values():
        codes = {finding.code for finding in check(submission, form).findings}
        assert not codes & {
            "STR104",
            "STR109",
            "STR110",
            "STR111",
            "STR112",
            "STR113",
            "IND126",
            "IND102",
            "STR102",
            "STR101",
        }


def test_sources_need_a_roster(form: Template, season: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="名册"):
        blank_workbooks(tmp_path, template=form, reference_path=season / "批复.csv")


def test_the_command_says_what_was_done(season: Path, tmp_path: Path) -> None:
    words = [
        "template",
        "--roster",
        season / "departments.csv",
        "--year",
        "2023",
        "--reference",
        season / "批复.csv",
        "-o",
        tmp_path,
    ]
    done = CliRunner().invoke(main, list(map(str, words)), catch_exceptions=False)
    assert done.exit_code == 0
    assert "已写出 3 份空白表，其中 2 份预填了金额" in done.stderr
    assert "不存在的项目" in done.stderr


def test_mistakes_in_a_carry_are_named(form: Template, tmp_path: Path) -> None:
    text = (form.folder / "spec.toml").read_text(encoding="utf-8")
    wrong = (
        '[[carry]]\nfrom = "收支总表.年末结转和结余.决算数"\nto = "收支总表.收入总计.决算数"\n'
        '[[carry]]\nfrom = "收支总表.没有.决算数"\nto = "三公经费.会议费.上年决算数"\n'
        '[[carry]]\nfrom = "车辆.其他用车.年末数量"\nto = "三公经费.会议费.上年决算数"\n'
    )
    (tmp_path / "spec.toml").write_text(
        text.replace("[[carry]]", wrong + "[[carry]]", 1), encoding="utf-8"
    )
    shutil.copy(form.folder / "indicators.csv", tmp_path)
    with pytest.raises(SpecError) as caught:
        find_template(tmp_path)
    assert len(caught.value.mistakes) == 3
    assert "carry[1]：“收支总表.收入总计.决算数”是自动计算的格，不能预填" in caught.value.mistakes


# ----------------------------------------------------------------------------------------- editions


@pytest.fixture
def newer(form: Template, tmp_path: Path) -> Template:
    """The form at its next version, which keeps the one before."""
    folder = tmp_path / "form"
    (folder / "versions" / form.version).mkdir(parents=True)
    for name in ("spec.toml", "indicators.csv"):
        shutil.copy(form.folder / name, folder / "versions" / form.version)
    text = (form.folder / "spec.toml").read_text(encoding="utf-8")
    text = text.replace(f'version = "{form.version}"', 'version = "99"', 1)
    (folder / "spec.toml").write_text(text.replace("“三公经费”合计", "三公合计"), encoding="utf-8")
    library = (form.folder / "indicators.csv").read_text(encoding="utf-8-sig")
    (folder / "indicators.csv").write_text(
        library.replace("“三公经费”合计", "三公合计"), encoding="utf-8"
    )
    return find_template(folder)


def written(form: Template, **options: Any) -> bytes:
    stream = io.BytesIO()
    write_workbook(form, stream, **options)
    return stream.getvalue()


def test_an_older_workbook_is_read_checked_and_scored_by_its_own_spec(
    form: Template, newer: Template
) -> None:
    from jixiao_xlsx.scoring import scorer

    filling = {"三公经费": TableFilling({"“三公经费”合计": {"决算数": 5}})}
    read = workbook.read_bytes(written(form, filling=filling), "旧.xlsx", newer)
    assert number(read, "三公经费.“三公经费”合计.决算数") == 5
    report = check(read, newer)
    assert not {"STR102", "INT101"} & {finding.code for finding in report.findings}
    assert len(scorer.score(read, newer).indicators) == len(form.indicators)
    now = workbook.read_bytes(written(newer), "新.xlsx", newer)
    assert now.cell("三公经费", "三公合计", "决算数") is not None


def test_a_version_that_was_not_kept_is_refused_with_what_to_do(
    newer: Template, form: Template
) -> None:
    data = written(newer)
    with pytest.raises(workbook.Unreadable, match="versions/99") as caught:
        workbook.read_bytes(data, "新.xlsx", form)
    assert caught.value.status is FileStatus.UNRECOGNISED


@pytest.mark.parametrize("version", ["../..", "..", ".", "1.0/../1.0", "*", "C:\\", ""])
def test_a_version_is_a_name_and_no_path(newer: Template, version: str) -> None:
    assert edition(newer, version) is (newer if version == "" else None)


def test_the_form_of_another_kind_is_named(form: Template, newer: Template) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(form)))
    book["_meta"]["B1"] = "another"
    with pytest.raises(workbook.Unreadable, match=f"另一套表，不是“{form.title}”") as refused:
        workbook.read_bytes(saved(book), "x.xlsx", form)
    assert "another" not in str(refused.value)  # a name of ours


# -------------------------------------------------------------------------------- nothing filled in


def test_what_was_typed_ahead_fills_nothing_in(form: Template, handed: Any) -> None:
    done, _ = handed
    assert done.prefilled
    for path in done.files:
        assert nothing_filled(workbook.read(path, form), form), path


@pytest.mark.parametrize(
    ("cell", "filled"),
    [
        (("基本信息", "财务负责人", "填报内容"), False),
        (("收支总表", "项目支出", "决算数"), True),
        (("报告正文", "部门概况", "填报内容"), True),
    ],
)
def test_a_name_on_the_cover_fills_nothing_in_and_one_figure_does(
    form: Template, handed: Any, cell: tuple[str, str, str], filled: bool
) -> None:
    book = openpyxl.load_workbook(handed[0].files[0])
    table, row, column = cell
    row = row if row in form.table[table].row else form.table[table].rows[0].title
    put(table, row, column, 5)(book)
    assert nothing_filled(workbook.read_bytes(saved(book), "x.xlsx", form), form) is not filled


def test_handing_out_again_replaces_blank_forms_only(form: Template, tmp_path: Path) -> None:
    (tmp_path / "departments.csv").write_text(ROSTER, encoding="utf-8")
    out = tmp_path / "空白表"
    again = partial(blank_workbooks, out, template=form, roster_path=tmp_path / "departments.csv")
    first = again(year=2022).files
    book = openpyxl.load_workbook(first[0])
    put("收支总表", "项目支出", "决算数", 5)(book)
    filled = saved(book)
    first[0].write_bytes(filled)
    done = again(year=2023)
    assert len(done.notes) == 1 and "改名保留" in done.notes[0]
    assert len(list(out.glob("*.xlsx"))) == len(first) + 1
    assert first[0].with_name(f"{first[0].stem}（改动保留1）.xlsx").read_bytes() == filled
    assert all(workbook.read(path, form).year == 2023 for path in done.files)


def test_words_beside_the_form_are_not_nothing(form: Template, handed: Any) -> None:
    book = openpyxl.load_workbook(handed[0].files[0])
    book.create_sheet("情况说明")["A1"] = "我单位各项数字如下：收入 12 万元。"
    assert not nothing_filled(workbook.read_bytes(saved(book), "x.xlsx", form), form)


# ---------------------------------------------------------------------------------------- tampering


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def put(table: str, row: str | int, column: str, value: object) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        sheet, ref = lay_out(find_template()).ref(table, row, column)
        book[sheet][ref] = value

    return change


def label(table: str, row: str) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        sheet, ref = lay_out(find_template()).ref(
            table, row, find_template().table[table].columns[0].title
        )
        book[sheet].cell(book[sheet][ref].row, 1).value = "改了名"

    return change


def heading(table: str, column: str) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        sheet, ref = lay_out(find_template()).column_ref(table, column)
        book[sheet][ref] = "改了名"

    return change


def sheet_gone(name: str) -> Callable[[Any], None]:
    return lambda book: book.remove(book[name])


def sheet_copied(book: Any) -> None:
    book.copy_worksheet(book["收支总表"]).title = "收支总表 (2)"


INDICATORS = "绩效评价表"
TAMPERING = {
    "权重": (
        put(INDICATORS, 8, "权重", 5),
        "IND102",
        (INDICATORS, 8, "权重"),
        "权重填 5，表样规定 2.7",
    ),
    "目标值": (put(INDICATORS, 16, "目标值", "99%"), "IND126", (INDICATORS, 16, "目标值"), "95%"),
    "共性指标名称": (
        put(INDICATORS, 8, "三级指标", "改了名"),
        "IND123",
        (INDICATORS, 8, "三级指标"),
        "“在职人员控制率”（改成了“改了名”）",
    ),
    "计量单位": (
        put(INDICATORS, 8, "计量单位", "人"),
        "STR113",
        (INDICATORS, 8, "计量单位"),
        "印的是“%”，现为“人”",
    ),
    "分值": (
        put("预算执行率", "年度资金总额", "分值", 20),
        "STR113",
        ("预算执行率", "年度资金总额", "分值"),
        "印的是“10”",
    ),
    "指标方向": (
        put(INDICATORS, 8, "指标方向", "≥"),
        "IND108",
        (INDICATORS, 8, "指标方向"),
        "在职人员控制率",
    ),
    "行名": (label("收支总表", "事业收入"), "STR102", None, "“事业收入”（A9 改成了“改了名”）"),
    "列名": (
        heading("收支总表", "全年预算数"),
        "STR102",
        None,
        "“全年预算数”（C3 改成了“改了名”）",
    ),
    "公式换了": (
        put("三公经费", "“三公经费”合计", "决算数", "=D5*1"),
        "STR109",
        ("三公经费", "“三公经费”合计", "决算数"),
        "现为 =D5*1",
    ),
    "公式": (
        put("三公经费", "“三公经费”合计", "决算数", 3000),
        "STR109",
        ("三公经费", "“三公经费”合计", "决算数"),
        "原是公式",
    ),
    "预填数": (
        put("收支总表", "项目支出", BUDGET, 900),
        "STR110",
        ("收支总表", "项目支出", BUDGET),
        "预填 1200 元",
    ),
    "年度": (
        put("基本信息", "评价年度", "填报内容", 2024),
        "STR111",
        ("基本信息", "评价年度", "填报内容"),
        "2023",
    ),
    "部门": (
        put("基本信息", "部门名称", "填报内容", "青禾县林业局"),
        "STR111",
        ("基本信息", "部门名称", "填报内容"),
        "青禾县林业局",
    ),
    "删表": (sheet_gone("三公经费"), "STR101", None, "三公经费"),
    "删自检": (sheet_gone("自检"), "STR112", None, "自检"),
    "复制表": (sheet_copied, "STR104", None, "收支总表 (2)"),
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_what_a_department_must_not_change_is_named_when_it_did(form: Template, kind: str) -> None:
    change, code, address, words = TAMPERING[kind]
    filling = {
        "三公经费": TableFilling({"公务接待费": {"决算数": 3000}}),
        "收支总表": TableFilling({"项目支出": {"全年预算数": 1200}}),
        INDICATORS: TableFilling({one.name: {"业绩值": "95%"} for one in form.indicators}),
    }
    prefill = {Ref("收支总表", "项目支出", BUDGET): Decimal(1200)}
    data = written(
        form, filling=filling, year=2023, department="青禾县水务局", code="101", prefill=prefill
    )
    book = openpyxl.load_workbook(io.BytesIO(data))
    before = reports(form, saved(book))
    change(book)
    new = [
        finding
        for finding in reports(form, saved(book))
        if finding not in before and finding.code == code
    ]
    assert len(new) == 1, [finding.message for finding in new]
    assert words in new[0].message
    if address:
        sheet, ref = lay_out(form).ref(*address)
        assert (new[0].place.sheet, new[0].place.cell) == (sheet, ref)


def reports(form: Template, data: bytes) -> tuple[Any, ...]:
    return check(workbook.read_bytes(data, "x.xlsx", form), form).findings


def test_a_wrong_total_typed_over_a_formula_is_one_finding(form: Template) -> None:
    filling = {
        "三公经费": TableFilling(
            {"公务接待费": {"决算数": 3000}, "“三公经费”合计": {"决算数": 2000}}
        )
    }
    found = reports(form, written(form, filling=filling, year=2023))
    assert [
        finding.code
        for finding in found
        if finding.place.sheet == "三公经费" and finding.code in {"BAL501", "STR109"}
    ] == ["BAL501"]


def test_rows_that_a_clerk_inserted_change_no_formula(form: Template) -> None:
    """Excel moves the references of formulas; what they do stays the same."""
    assert hidden_mark.formula_shape(
        'IF(COUNT(D5:D9)=0,"",ROUND(SUM(D5:D9),2))', "D10"
    ) == hidden_mark.formula_shape('=IF(COUNT($D$5:$D$12)=0, "", ROUND(SUM(D5:D12),2))', "D13")
    assert (
        hidden_mark.formula_shape("SUM(D5:D9)", "D10")
        != hidden_mark.formula_shape("SUM(C5:C9)", "D10")
        != ""
    )
    assert hidden_mark.formula_shape("LOG10(A1)", "B1") == "LOG10([-1])"
    assert hidden_mark.formula_shape("SUM([.D5:.D9])", "D10") == ""  # .ods spells them its own way


@pytest.mark.parametrize("spoilt", ["", "{", "[]", "3", '{"a": 1}', "null"])
def test_a_hidden_sheet_that_someone_spoilt_is_passed_over(spoilt: str) -> None:
    assert (
        hidden_mark.fixed_texts({f"{hidden_mark.PRINTED}|表": spoilt}, hidden_mark.PRINTED, "表")
        == {}
    )
