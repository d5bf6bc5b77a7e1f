"""A blank adopted, its book answered, and copies of it checked, from the command line."""

from __future__ import annotations

import io
import json
import tomllib
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from jixiao_xlsx.adopting.drafting.toml_text import Inline, toml_text
from jixiao_xlsx.batch.forms.adoption import adopt_blank
from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.cli import main
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.values.severity import Severity
from tests.adopting.forms import ON_TOP, SCHOOLS
from tests.adopting.sheets import book, filled

BOOK = "看懂了什么.xlsx"
CLEAN = {
    "经费!A3": "编报学校：临水一中",
    **{f"经费!{column}8": 10 for column in "BCDE"},
    **{f"经费!{column}9": 5.5 for column in "BCDE"},
    **{f"经费!{column}7": 15.5 for column in "BCDE"},
    **{f"经费!{column}10": 4 for column in "BCDE"},
    **{f"经费!{column}11": 1 for column in "BCDE"},
    **{f"经费!{column}12": 19.5 for column in "BCDE"},
}
WRONG = CLEAN | {"经费!C12": 20.5, "经费!D11": 5}


def jixiao(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """The folder of a form drafted from a blank."""
    (tmp_path / "发放.xlsx").write_bytes(book({"经费": SCHOOLS}))
    done = jixiao("adopt", tmp_path / "发放.xlsx", "-o", tmp_path / "学校经费", "--year", "2023")
    assert done.exit_code == 0, done.output
    return tmp_path / "学校经费"


def found(form: Path, values: dict[str, object]) -> dict[str, str]:
    """Return the severity of what is found in a filled copy, by cell."""
    copy = form.parent / "临水一中.xlsx"
    copy.write_bytes(filled((form / "空白表.xlsx").read_bytes(), values))
    done = jixiao("check", "-t", form, copy, "--format", "json", "--fail-on", "never")
    (file,) = json.loads(done.stdout)["files"]
    assert file["status"] == "已报" and file["department"] == "临水一中", file
    findings = [one for one in file["findings"] if one["severity"] != "note"]
    return {f"{one['sheet']}!{one['cell']}": one["severity"] for one in findings}


def test_a_drafted_form_checks_copies(form: Path) -> None:
    assert found(form, CLEAN) == {}
    assert found(form, WRONG) == {"经费!C12": "error", "经费!D11": "error"}


def test_the_folder_holds_the_blank_as_it_came(form: Path) -> None:
    assert {path.name for path in form.iterdir()} == {"spec.toml", "空白表.xlsx", BOOK}
    assert (form / "空白表.xlsx").read_bytes() == (form.parent / "发放.xlsx").read_bytes()


def answer(form: Path, sheet: str, name: str, answer: str, change: str = "") -> None:
    """Answer the question of that name in the form's book."""
    workbook = openpyxl.load_workbook(form / BOOK)
    rows = workbook[sheet]
    titles = [cell.value for cell in rows[1]]
    at = titles.index("对 / 改")
    (row,) = [row for row in rows.iter_rows(min_row=2) if row[0].value == name]
    row[at].value, row[at + 1].value = answer, change or None
    workbook.save(form / BOOK)


def test_an_equation_answered_with_改_is_not_checked_any_more(form: Path) -> None:
    spec = tomllib.loads((form / "spec.toml").read_text())
    total = next(one["code"] for one in spec["equation"] if one["holds"].startswith("「经费合计」"))
    answer(form, "核对·等式", total, "改")
    done = jixiao("adopt", "--confirm", form)
    assert done.exit_code == 0, done.output
    assert found(form, WRONG) == {"经费!D11": "error"}


def test_a_unit_is_changed(form: Path) -> None:
    spec = tomllib.loads((form / "spec.toml").read_text())
    answer(form, "核对·表格", spec["table"][0]["name"], "改", "元")
    assert jixiao("adopt", "--confirm", form).exit_code == 0
    shown = json.loads(jixiao("show", form / "空白表.xlsx", "-t", form, "--format", "json").stdout)
    assert {one["unit"] for one in shown["cells"] if one["kind"] == "money"} == {"元"}


def test_an_answer_that_cannot_be_used_is_said(form: Path) -> None:
    answer(
        form, "核对·表格", tomllib.loads((form / "spec.toml").read_text())["table"][0]["name"], "改"
    )
    done = jixiao("adopt", "--confirm", form)
    assert done.exit_code == 0 and "“改成”里请写单位" in done.output


def test_unanswered_the_form_stays_as_it_is(form: Path) -> None:
    before = (form / "spec.toml").read_bytes()
    assert jixiao("adopt", "--confirm", form).exit_code == 0
    assert (form / "spec.toml").read_bytes() == before


def test_filled_copies_speak_for_an_equation(form: Path) -> None:
    copies = form.parent / "往年"
    copies.mkdir()
    blank = (form / "空白表.xlsx").read_bytes()
    for number in range(4):
        (copies / f"{number}.xlsx").write_bytes(filled(blank, CLEAN))
    done = jixiao("adopt", form / "空白表.xlsx", "-o", form.parent / "再来", "--filled", copies)
    assert "读了 4 份填好的表" in done.output
    assert "成立 4/4 份" in (form.parent / "再来" / "spec.toml").read_text()


def test_show_is_the_same_of_the_blank_and_by_the_form(form: Path) -> None:
    blank = form / "空白表.xlsx"
    alone, by_form = (
        json.loads(jixiao("show", blank, *more, "--format", "json").stdout)
        for more in ((), ("-t", form))
    )
    places = [{(one["sheet"], one["cell"]) for one in shown["cells"]} for shown in (alone, by_form)]
    assert places[0] == places[1]
    keys = {"sheet", "cell", "table", "row", "column", "unit", "kind", "value"}
    assert all(set(one) == keys for one in (*alone["cells"], *by_form["cells"]))
    sums = [
        {(one["op"], *one["left"], "|", *sorted(one["right"])) for one in shown["equations"]}
        for shown in (alone, by_form)
    ]
    assert sums[0] == sums[1]


def test_a_file_without_anything_to_fill_in_is_refused(tmp_path: Path) -> None:
    (tmp_path / "通知.xlsx").write_bytes(book({"通知": "!（2023年度）|<|<\n!注：按时报送。|<|<"}))
    done = jixiao("adopt", tmp_path / "通知.xlsx", "-o", tmp_path / "表单")
    assert done.exit_code == 2 and "没有认出要填的格" in done.output
    assert not (tmp_path / "表单").exists()


def test_adopt_needs_a_blank_or_a_form() -> None:
    done = jixiao("adopt")
    assert done.exit_code == 2 and "请给出空白表" in done.output


def test_a_blank_without_lines_in_xls_is_adopted(tmp_path: Path) -> None:
    """What .xls does not show, borders, is not needed."""
    workbook = openpyxl.load_workbook(io.BytesIO(book({"经费": SCHOOLS}, borders="none")))
    workbook.save(tmp_path / "发放.xlsx")
    done = jixiao("show", tmp_path / "发放.xlsx", "--format", "json")
    assert len(json.loads(done.stdout)["cells"]) == 25


_TEXTS = st.text(max_size=12)
_PLAIN = st.one_of(_TEXTS, st.integers(-9, 10**9), st.booleans(), st.lists(_TEXTS, max_size=3))
_KEYS = st.text("abcdefg_-中文 .", min_size=1, max_size=6)
_INLINE = st.dictionaries(_KEYS, _PLAIN, max_size=3).map(Inline)


@given(
    st.dictionaries(
        _KEYS,
        st.one_of(
            _PLAIN,
            st.lists(_INLINE, min_size=1, max_size=3),
            st.dictionaries(_KEYS, _PLAIN, max_size=3),
            st.lists(st.dictionaries(_KEYS, _PLAIN, max_size=3), min_size=1, max_size=3),
        ),
        max_size=4,
    )
)
def test_what_is_written_as_toml_reads_back(values: dict[str, object]) -> None:
    assert tomllib.loads(toml_text(values)) == values


def test_open_lines_below_a_total_are_shown_by_the_form(tmp_path: Path) -> None:
    (tmp_path / "设备.xlsx").write_bytes(book({"设备": ON_TOP}))
    assert jixiao("adopt", tmp_path / "设备.xlsx", "-o", tmp_path / "表单").exit_code == 0
    done = jixiao("show", tmp_path / "设备.xlsx", "-t", tmp_path / "表单", "--format", "json")
    assert len(json.loads(done.stdout)["cells"]) == 8


IN_PARTS = """
部门名称||<|<
!一、产出指标（50分）|<|<|<
三级指标|分值|实际完成值|得分
|||
|||
小计|||
!二、效益指标（50分）|<|<|<
三级指标|分值|实际完成值|得分
|||
|||
小计|||
"""


def test_scores_in_several_tables_are_checked_and_not_scored(tmp_path: Path) -> None:
    blank = book({"自评": IN_PARTS})
    (tmp_path / "空白表.xlsx").write_bytes(blank)
    told = adopt_blank(tmp_path / "空白表.xlsx", tmp_path / "表单")
    assert any("不评分" in line for line in told)
    values = {"B1": "县林场"}
    for top in (4, 9):
        for line in range(2):
            values |= {f"A{top + line}": f"指标{top}{line}", f"B{top + line}": 25}
            values |= {f"C{top + line}": "完成", f"D{top + line}": 25}
        values |= {f"B{top + 2}": 50, f"D{top + 2}": 50}
    right = filled(blank, {f"自评!{place}": value for place, value in values.items()})
    wrong = filled(right, {"自评!D11": 40})
    form = find_template(tmp_path / "表单")
    for data, cells in ((right, set()), (wrong, {"D11"})):
        (tmp_path / "报送.xlsx").write_bytes(data)
        (entry,) = check_files([tmp_path / "报送.xlsx"], template=form)
        assert entry.report is not None
        open_ = [one for one in entry.report.findings if one.severity is not Severity.NOTE]
        assert {one.place.cell for one in open_} == cells
