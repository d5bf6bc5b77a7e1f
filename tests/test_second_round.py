"""The whole loop: what a clerk mends by following the annotated copy is 已改正 in the second round, and nothing new appears.

Numbers are typed as the finding expects them, or as its hint says; what is no number, or follows from another correction, a
clerk's answer says. 警告 are explained in the prefilled lines of 核实说明.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from office import _convert, office

from jixiao_xlsx import batch, checker, reader, rounds
from jixiao_xlsx.model import Answer, Batch, Expected, FindingState, Result, Severity
from jixiao_xlsx.names import RETURNED
from jixiao_xlsx.spec import find_template

SAMPLES = Path(__file__).parent.parent / "samples"
FORM = find_template()
HINT = re.compile(r"(\S+?)!([A-Z]+\d+) 可能[^；]*?若为 (-?[\d.]+)")
# What a clerk types where the number expected is not the whole story: department → sheet!cell → content.
ANSWERS: dict[str, dict[str, object]] = {
    "县农技中心2023年部门整体绩效评价表（报送稿）": {},
    "县医保局绩效评价表（导出）": {},
    "县委党校整体绩效评价表": {"基本信息!B18": 99.08},
    "商务局绩效自评表-0309": {"满意度调查!C5": 84, "满意度调查!D5": 84, "绩效评价表!I16": "102.29%"},
    "城管局2023年绩效自评": {"基本信息!B18": 98.24},
    "疾控中心2023自评表": {"绩效评价表!K9": "有一笔支出未按进度支付，已整改。"},
    "林业和草原局2023年部门整体支出绩效评价表": {"收支总表!D26": 5922636.51, "收支总表!D31": 5922636.51},
}
WORDS = {"城管局2023年绩效自评": ("报告正文", "97.17%", "92.17%")}


def mend(answer: Answer, copy: bytes) -> bytes:
    """The annotated copy after the clerk has worked through it."""
    book: Any = openpyxl.load_workbook(io.BytesIO(copy))
    stem, done = Path(answer.file).stem, set()
    assert answer.report
    for finding in answer.report.findings:
        hint = HINT.search(finding.hint)
        where = (hint[1], hint[2]) if hint else (finding.place.sheet, finding.place.cell)
        if finding.severity is not Severity.ERROR or where in done:
            continue
        if hint:
            content: object = float(hint[3])
        elif isinstance(finding.expected, Expected):
            content = float(finding.expected.high) / (100 if finding.expected.unit == "%" else 1)
        else:
            content = finding.expected
        book[where[0]][where[1]] = content
        done.add(where)
    for place, content in ANSWERS[stem].items():
        sheet, _, cell = place.partition("!")
        book[sheet][cell] = content
    if stem in WORDS:
        sheet, old, new = WORDS[stem]
        for row in book[sheet].iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace(old, new)
    remarks = book[FORM.remarks["table"]]
    titles = {cell.value: cell.column for row in remarks.iter_rows(max_row=6) for cell in row if cell.value}
    for row in remarks.iter_rows(min_row=4):
        if str(row[titles[FORM.remarks["code"]] - 1].value or "")[:3].isupper():
            row[titles[FORM.remarks["text"]] - 1].value = "经核实，情况属实，依据见附件。"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ran(inbox: Path, output: Path, previous: Path | None = None) -> Batch:
    done = batch.run([inbox], output, template=FORM, roster_path=SAMPLES / "departments.csv", previous=previous, jobs=1)
    assert not done.problems and not [answer.problem for answer in done.answers if answer.problem]
    return done


@pytest.fixture(scope="module")
def two_rounds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Batch, Batch, Path]:
    folder = tmp_path_factory.mktemp("rounds")
    (inbox := folder / "inbox").mkdir()
    (mended := folder / "mended").mkdir()
    for stem in ANSWERS:
        (inbox / f"{stem}.xlsx").write_bytes((SAMPLES / "inbox" / f"{stem}.xlsx").read_bytes())
    first = ran(inbox, folder / "one")
    for number, answer in enumerate(first.submitted):
        copy = next(path for path in answer.returned if path.endswith(".xlsx"))
        (mended / f"改好的{number}.xlsx").write_bytes(mend(answer, (folder / "one" / copy).read_bytes()))
    # A clerk's program calculates and saves.
    _convert("xlsx:Calc MS Excel 2007 XML", sorted(mended.glob("*.xlsx")), folder / "again", folder / "profile", recalculate=True)
    return first, ran(folder / "again", folder / "two", folder / "one"), folder


@office
def test_every_fault_is_mended_and_nothing_is_new(two_rounds: tuple[Batch, Batch, Path]) -> None:
    first, second, _ = two_rounds
    before = {answer.department: answer.report for answer in first.submitted}
    assert len(second.submitted) == len(ANSWERS)
    for answer in second.submitted:
        report = answer.report
        assert report and report.round == 2
        open_ = [f for f in report.findings if f.state is FindingState.OPEN and f.severity is not Severity.NOTE]
        assert [(answer.department, f.code, str(f.place), f.message) for f in open_] == []
        wrong = {f.fingerprint for f in before[answer.department].findings if f.severity is Severity.ERROR}  # type: ignore[union-attr]
        assert wrong <= {one.fingerprint for one in report.mended}
        assert report.result is Result.PASS


@office
def test_the_letter_and_the_ledger_say_so(two_rounds: tuple[Batch, Batch, Path]) -> None:
    _, second, folder = two_rounds
    for answer in second.submitted:
        (letter,) = answer.returned
        with ZipFile(folder / "two" / letter) as archive:
            text = re.sub("<[^>]+>", "", archive.read("word/document.xml").decode())
        assert "已改正" in text and "新出现 0 项" in text and "第 2 次报送" in text
    book = openpyxl.load_workbook(folder / "two" / "汇总.xlsx")
    states = [row[7] for row in book["整改台账"].iter_rows(min_row=4, values_only=True)]
    assert any(str(state).startswith("已改正") for state in states)
    assert not {"新出现", "未改正"} & set(states)
    at = [cell.value for cell in book["部门排名"][3]].index("与上次相比")
    ranked = [row[at] for row in book["部门排名"].iter_rows(min_row=4, values_only=True)]
    assert all(str(words).startswith("已改正") for words in ranked)


@office
def test_the_copy_that_came_back_is_read_as_a_submission(two_rounds: tuple[Batch, Batch, Path]) -> None:
    _, second, folder = two_rounds
    for answer in second.submitted:
        submission = reader.read(folder / "again" / answer.file, FORM)
        assert RETURNED not in submission.sheets
        assert not [note for note in submission.notes if note.item == RETURNED]
        names = {note.kind for note in submission.notes}
        assert "unread_sheet" not in names
    assert (folder / "two" / rounds.FOLDER).is_dir()
    assert checker.catalogue(FORM)
