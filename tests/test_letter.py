"""The letters: right words, nothing of a department's text becomes markup, and the same bytes every time."""

from __future__ import annotations

import io
import runpy
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from office import _convert, office

from jixiao_xlsx import checker, reader
from jixiao_xlsx.model import Batch, Bureau, Report, Result
from jixiao_xlsx.spec import find_template
from jixiao_xlsx.writers.letter import write_briefing, write_letter

ROOT = Path(__file__).parent.parent
FORM = find_template()
BUREAU = Bureau(
    "青禾县财政局", "绩效管理股", "顾明月", "0900-5550280", "2024年3月15日", "2024年3月29日", "青财绩〔2024〕3号", "2024年3月18日"
)


def report(name: str) -> Report:
    return checker.check(reader.read(ROOT / "samples" / "inbox" / name, FORM), FORM)


FAULTY = report("县医保局绩效评价表（导出）.xlsx")


def words(data: bytes) -> tuple[str, list[list[str]]]:
    document = docx.Document(io.BytesIO(data))
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    return "\n".join(paragraph.text for paragraph in document.paragraphs), rows


def test_the_letter_lists_every_fault_with_its_cell() -> None:
    data = write_letter(FAULTY, "青禾县医疗保障局", BUREAU, FORM)
    assert data == write_letter(FAULTY, "青禾县医疗保障局", BUREAU, FORM)
    text, rows = words(data)
    for said in (
        "退回修改通知",
        "青财绩〔2024〕3号",
        "青禾县医疗保障局：",
        "2024年3月29日前",
        "顾明月",
        "0900-5550280",
        "青禾县财政局",
        "2024年3月18日",
    ):
        assert said in text
    assert rows[0] == ["序号", "表/单元格", "问题", "依据", "修改要求"]
    listed = [f for f in FAULTY.findings if f.severity is not checker.Severity.NOTE]
    assert len(rows) == len(listed) + 1 and f"共 {len(listed)} 项" in text
    assert [row[1].split(" ")[0] for row in rows[1:]] == [str(f.place) for f in listed]


def test_a_clean_one_is_told_so() -> None:
    clean = replace(FAULTY, findings=())
    assert clean.result is Result.PASS
    text, rows = words(write_letter(clean, "青禾县教育局", BUREAU, FORM))
    assert "审核通过通知" in text and "予以通过" in text and rows == []


@pytest.mark.parametrize("evil", ["{{ 7*7 }}", "<w:p/>&amp;", "{% for x in y %}", "a\x07b\ud800", "]]>"])
def test_text_stays_text(evil: str) -> None:
    one = replace(FAULTY.findings[0], message=evil, basis=evil)
    text, rows = words(write_letter(replace(FAULTY, findings=(one,)), evil, Bureau(), FORM))
    shown = evil.replace("\x07", " ").replace("\ud800", " ")
    assert f"{shown}：" in text and rows[1][2] == shown


def test_the_briefing_counts() -> None:
    batch = Batch(FORM.id, FORM.version, 2023, BUREAU, (), ())
    text, rows = words(write_briefing(batch, FORM, {}))
    assert "审核情况汇报" in text and ["应报", "0", ""] in rows


def test_the_templates_are_what_the_script_makes(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "workbook_templates" / "make_word.py"))["main"](tmp_path)
    for made in tmp_path.glob("*.docx"):
        shipped = FORM.folder / "word" / made.name
        assert docx.Document(str(shipped)).element.xml == docx.Document(str(made)).element.xml


@office
def test_a_usual_letter_is_one_page(tmp_path: Path) -> None:
    (tmp_path / "信.docx").write_bytes(write_letter(FAULTY, "青禾县医疗保障局", BUREAU, FORM))
    _convert("pdf", [tmp_path / "信.docx"], tmp_path, tmp_path / "profile", recalculate=False)
    assert (tmp_path / "信.pdf").read_bytes().count(b"/Type/Page\n") + (tmp_path / "信.pdf").read_bytes().count(b"/Type/Page/") == 1
