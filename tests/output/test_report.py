"""The report written from the tables: the words and the tables cannot disagree, and a department
would sign it.
"""

from __future__ import annotations

import io
import runpy
import shutil
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from office import _convert, office

from jixiao_xlsx.cli import main
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.files import Blocked
from jixiao_xlsx.output.word.report import TITLE, report_document
from jixiao_xlsx.output.word.report_figures import ReportImpossible, figures_for_report
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.word.document import read_document
from jixiao_xlsx.values.cells import Submission

ROOT = Path(__file__).parents[2]
INBOX = ROOT / "samples" / "inbox"
FORM = find_template()
STRICT = replace(FORM, severities={})  # the rules' own severities, whatever the form says of them
CLEAN = [
    path
    for path in sorted(INBOX.glob("*.xlsx"))
    if len((ROOT / "samples" / "expected" / f"{path.stem}.csv").read_text("utf-8").splitlines())
    == 1
]
SEED = next(INBOX.glob("*临泽县机关事务中心*.xlsx"))
CLEAN_ONE = INBOX / "青禾县信访局.xlsx"


def text_of(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)


def said_of(book: Submission, data: bytes) -> list[tuple[str, str]]:
    """What the rules say of the workbook with its report beside it, and do not say without."""
    before = {(f.code, f.place) for f in check(book, STRICT).findings}
    beside = replace(book, documents=(read_document(data, "报告.docx", STRICT),))
    return [
        (f.code, f.message)
        for f in check(beside, STRICT).findings
        if (f.code, f.place) not in before
    ]


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_nothing_is_found_in_the_report_of_a_clean_workbook(path: Path) -> None:
    book = workbook.read(path, STRICT)
    data = report_document(figures_for_report(book, STRICT))
    assert {"资金预算执行表", "绩效评价表"} <= {
        table.name for table in read_document(data, "报告.docx", STRICT).tables
    }
    assert said_of(book, data) == []


def test_a_figure_changed_in_the_report_is_found() -> None:
    """The test above can fail: the same report with one figure mistyped."""
    book = workbook.read(CLEAN_ONE, STRICT)
    document = docx.Document(io.BytesIO(report_document(figures_for_report(book, STRICT))))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace("本年支出合计149.52万元", "本年支出合计194.52万元")
    stream = io.BytesIO()
    document.save(stream)
    assert "NAR101" in {code for code, _ in said_of(book, stream.getvalue())}


def test_six_parts_and_both_tables() -> None:
    data = report_document(figures_for_report(workbook.read(SEED, FORM), FORM))
    lines = text_of(data).splitlines()
    assert lines[:3] == ["临泽县机关事务中心", "部门（单位）整体支出绩效评价报告", "（2023年度）"]
    heads = [line for line in lines if line[1:2] == "、" and line[0] in "一二三四五六"]
    assert [head[0] for head in heads] == list("一二三四五六")
    tables = docx.Document(io.BytesIO(data)).tables
    assert [cell.text for cell in tables[0].rows[-1].cells][-2:] == ["824.19", "954.81"]
    assert [cell.text for cell in tables[1].rows[-2].cells][3::4] == ["90", "90"]


def test_a_truncated_workbook_is_told_truncated() -> None:
    """9548199.71 元 is 954.81 in the funds table, and so in the words."""
    text = text_of(report_document(figures_for_report(workbook.read(SEED, FORM), FORM)))
    assert "全年预算数为954.81万元" in text and "954.82" not in text


def test_sentences_with_figures_of_the_tables_are_left_out_and_told() -> None:
    figures = figures_for_report(workbook.read(SEED, FORM), FORM)
    text, notes = text_of(report_document(figures)), "\n".join(figures.notes())
    assert "942.42" not in text and "没有配置项目支出" not in text  # the slips of the typed report
    assert "负责机关办公楼院的管理、维护和后勤保障" in text
    assert "“三、部门整体支出绩效评价分析”里有 5 句" in notes and "处错误没有改正" in notes


def test_small_amounts_are_told_in_yuan() -> None:
    figures = figures_for_report(workbook.read(CLEAN_ONE, FORM), FORM)
    assert figures.amount(3_050) == "30.5元"
    assert figures.amount(5_000) == "0.01万元"
    assert figures.amount(0) == "0万元"


def test_the_same_workbook_gives_the_same_bytes() -> None:
    once, again = (
        report_document(figures_for_report(workbook.read(CLEAN_ONE, FORM), FORM)) for _ in range(2)
    )
    assert once == again


def test_the_template_is_what_the_script_makes(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "workbook_templates" / "make_report.py"))["main"](tmp_path)
    assert (tmp_path / f"{TITLE}.docx").read_bytes() == (
        FORM.folder / "word" / f"{TITLE}.docx"
    ).read_bytes()


def test_a_mistake_in_an_edited_template_is_told_plainly(tmp_path: Path) -> None:
    folder = tmp_path / "本县表"
    shutil.copytree(FORM.folder, folder)
    document = docx.Document()
    document.add_paragraph('{{ 决算("基本支出") + 没有的词 }}')
    document.save(str(folder / "word" / f"{TITLE}.docx"))
    own = find_template(folder)
    with pytest.raises(Blocked, match=f"Word 模板“{TITLE}.docx”填不出来"):
        report_document(figures_for_report(workbook.read(CLEAN_ONE, own), own))


def test_text_of_a_department_stays_text() -> None:
    book = workbook.read(CLEAN_ONE, FORM)
    evil = replace(book, department="{{ 7*7 }}<w:p/>&amp;\x07局")
    assert "{{ 7*7 }}<w:p/>&amp; 局核定编制" in text_of(
        report_document(figures_for_report(evil, FORM))
    )


def test_a_form_without_words_says_so() -> None:
    other = find_template("xiangmu-zhichu")
    with pytest.raises(ReportImpossible, match="不能生成报告"):
        figures_for_report(workbook.read(CLEAN_ONE, FORM), other)


def test_the_command(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["report", str(CLEAN_ONE), "-o", str(tmp_path / "报告")], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    (written,) = (tmp_path / "报告").iterdir()
    assert written.name == "青禾县信访局2023年度部门（单位）整体支出绩效评价报告.docx"
    assert "“一、部门概况”在报告里没有文字，请补写。" in done.output and str(written) in done.output
    (tmp_path / "空.xlsx").write_bytes(b"")
    assert (
        CliRunner()
        .invoke(main, ["report", str(tmp_path / "空.xlsx"), "-o", str(tmp_path)])
        .exit_code
        == 2
    )


@office
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    (tmp_path / "报告.docx").write_bytes(
        report_document(figures_for_report(workbook.read(CLEAN_ONE, FORM), FORM))
    )
    _convert("pdf", [tmp_path / "报告.docx"], tmp_path, tmp_path / "profile", recalculate=False)
    assert (tmp_path / "报告.pdf").stat().st_size > 10_000
