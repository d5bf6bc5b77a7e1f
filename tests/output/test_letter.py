"""The letters: right words, nothing of a department's text becomes markup, and the same bytes every
time.
"""

from __future__ import annotations

import io
import re
import runpy
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from office import _convert, office

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.text.notices import notices
from jixiao_xlsx.output.word.briefing import write_briefing
from jixiao_xlsx.output.word.letters import write_letter
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Change, Report, Result
from jixiao_xlsx.values.people import Bureau, Department
from jixiao_xlsx.values.season import Season
from jixiao_xlsx.values.severity import Severity

ROOT = Path(__file__).parents[2]
FORM = find_template()
BUREAU = Bureau(
    "青禾县财政局",
    "绩效管理股",
    "顾明月",
    "0900-5550280",
    "2024年3月15日",
    "2024年3月29日",
    "青财绩〔2024〕3号",
    "2024年3月18日",
)


def report(name: str) -> Report:
    return check(workbook.read(ROOT / "samples" / "inbox" / name, FORM), FORM)


FAULTY = report("县医保局绩效评价表（导出）.xlsx")


def words(data: bytes) -> tuple[str, list[list[str]]]:
    document = docx.Document(io.BytesIO(data))
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    return "\n".join(paragraph.text for paragraph in document.paragraphs), rows


def test_a_letter_names_the_cells_that_changed_unasked_and_no_line_of_its_list_is_torn() -> None:
    changes = tuple(
        Change(Place("三公经费", f"D{row}"), "培训费", "决算数", "1", "2") for row in range(5, 12)
    )
    text, _ = words(
        write_letter(replace(FAULTY, round=2, changes=changes), "青禾县医疗保障局", BUREAU, FORM)
    )
    assert (
        "另有 7 处改动（三公经费!D5、三公经费!D6、三公经费!D7、三公经费!D8 等）不在上次要求之内，请确认"
        in text
    )
    text, _ = words(
        write_letter(
            replace(FAULTY, findings=(), round=2, changes=changes[:1]),
            "青禾县医疗保障局",
            BUREAU,
            FORM,
        )
    )
    assert "另有 1 处改动（三公经费!D5）不在上次要求之内，请确认" in text
    (table,) = docx.Document(
        io.BytesIO(write_letter(FAULTY, "青禾县医疗保障局", BUREAU, FORM))
    ).tables
    assert all("w:cantSplit" in row._tr.xml for row in table.rows)


def test_the_letter_lists_every_fault_with_its_cell() -> None:
    data = write_letter(FAULTY, "青禾县医疗保障局", BUREAU, FORM)
    assert data == write_letter(FAULTY, "青禾县医疗保障局", BUREAU, FORM)
    text, rows = words(data)
    for sentence in (
        "绩效自评审核意见反馈单",
        "（退回修改）",
        "青禾县医疗保障局：",
        "2024年3月29日前",
        "顾明月",
        "0900-5550280",
        "青禾县财政局绩效管理股\n2024年3月18日",
    ):
        assert sentence in text
    assert "号" not in text.partition("青禾县医疗保障局")[0]
    assert rows[0] == ["序号", "级别", "表/单元格", "问题", "可能原因", "修改要求"]
    asked = [f for f in FAULTY.findings if f.severity is not Severity.NOTE]
    listed = [notice.place for notice in notices(asked, FAULTY.causes)]  # a wrong cell is one line
    assert len(rows) == len(listed) + 1 and f"有 {len(listed)} 项" in text
    assert f"错误 {FAULTY.count(Severity.ERROR)} 条" in text
    assert [row[2].split(" ")[0] for row in rows[1:]] == [str(place) for place in listed]


def test_a_formal_letter_has_no_number_yet() -> None:
    """It is given when the paper is signed and sealed."""
    formal = replace(BUREAU, formal=True)
    text, _ = words(write_letter(FAULTY, "青禾县医疗保障局", formal, FORM))
    assert text.startswith("青禾县财政局\n青财绩〔2024〕　　号\n关于核实更正《")
    assert "青禾县财政局\n2024年3月18日" in text and "反馈单" not in text


def test_a_clean_one_is_told_so() -> None:
    clean = replace(FAULTY, findings=())
    assert clean.result is Result.PASS
    text, rows = words(write_letter(clean, "青禾县教育局", BUREAU, FORM))
    assert "（审核通过）" in text and "予以通过" in text and rows == []


@pytest.mark.parametrize(
    "evil", ["{{ 7*7 }}", "<w:p/>&amp;", "{% for x in y %}", "a\x07b\ud800", "]]>"]
)
def test_text_stays_text(evil: str) -> None:
    one = replace(FAULTY.findings[0], problem=evil, basis=evil)
    text, rows = words(
        write_letter(replace(FAULTY, findings=(one,), causes=()), evil, Bureau(), FORM)
    )
    display_text = evil.replace("\x07", " ").replace("\ud800", " ")
    assert f"{display_text}：" in text and rows[1][3] == display_text


def test_the_briefing_draws_native_charts() -> None:
    season = Season(
        FORM.id,
        FORM.version,
        2023,
        BUREAU,
        tuple(Department(str(n), f"第{n}局") for n in range(7)),
        (),
    )
    data = write_briefing(season, FORM, {})
    assert data == write_briefing(season, FORM, {})
    text, _ = words(data)
    assert "审核情况汇报" in text and "应报 7 个部门" in text
    with ZipFile(io.BytesIO(data)) as archive:
        document = archive.read("word/document.xml").decode()
        charts = [archive.read(f"word/charts/chart{number}.xml").decode() for number in (1, 2)]
        book = openpyxl.load_workbook(io.BytesIO(archive.read("word/embeddings/chart1.xlsx")))
    assert document.count("<c:chart ") == 2 and "{{" not in document
    assert all(chart.count("<c:showSerName") == 1 and 'r:id="rIdJ1"' in chart for chart in charts)
    rows = dict(book["数据"].iter_rows(min_row=2, values_only=True))
    assert rows == {"应报": 7, "已报": 0, "通过": 0, "待核实说明": 0, "退回修改": 0, "未报": 7}
    display_text = re.findall(r"<c:v>([^<]*)</c:v>", charts[0])
    assert display_text == ["数量", *rows, *(str(count) for count in rows.values())]


def test_numbers_are_those_of_the_annotated_copy() -> None:
    """Listed in the order of the file's sheets, not of their names."""
    submission = workbook.read(ROOT / "samples" / "inbox" / "商务局绩效自评表-0309.xlsx", FORM)
    one = check(submission, FORM)
    _, rows = words(write_letter(one, "青禾县商务局", BUREAU, FORM, submission.sheets))
    asked = [f for f in one.findings if f.severity is not Severity.NOTE]
    listed = [str(notice.place) for notice in notices(asked, one.causes, submission.sheets)]
    assert [row[2] for row in rows[1:]] == listed and listed != sorted(listed)


@pytest.mark.parametrize(
    ("expected", "demand"),
    [
        ("必填", "请补填。"),
        ("有此工作表", "应有此工作表。请补填。"),
        ("不大于 81 份", "应不大于 81 份。请补填。"),
        ("≥", "应为 ≥。请补填。"),
    ],
)
def test_what_is_asked_is_said_once(expected: str, demand: str) -> None:
    one = replace(
        FAULTY.findings[0],
        severity=Severity.ERROR,
        expected=expected,
        problem="甲未填。",
        demand="请补填。",
    )
    _, rows = words(write_letter(replace(FAULTY, findings=(one,)), "甲局", BUREAU, FORM))
    assert rows[1][3:6:2] == ["甲未填。", demand]


def test_the_templates_are_what_the_script_makes(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "workbook_templates" / "make_word.py"))["main"](tmp_path)
    for made in tmp_path.glob("*.docx"):
        shipped = FORM.folder / "word" / made.name
        assert docx.Document(str(shipped)).element.xml == docx.Document(str(made)).element.xml


@office
def test_a_usual_letter_is_one_page(tmp_path: Path) -> None:
    (tmp_path / "信.docx").write_bytes(write_letter(FAULTY, "青禾县医疗保障局", BUREAU, FORM))
    _convert("pdf", [tmp_path / "信.docx"], tmp_path, tmp_path / "profile", recalculate=False)
    assert (tmp_path / "信.pdf").read_bytes().count(b"/Type/Page\n") + (
        tmp_path / "信.pdf"
    ).read_bytes().count(b"/Type/Page/") == 1
