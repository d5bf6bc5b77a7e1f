"""The annotated copy of a workbook with a known cause: the culprit is the strongest mark."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import openpyxl

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.text.notice_words import balance_codes
from jixiao_xlsx.output.xlsx.annotated.book import annotate
from jixiao_xlsx.output.xlsx.annotated.marks import (
    CULPRIT_COLOURS,
    OUTLINE_COLOURS,
    Look,
    marks_of,
    numbered_lines,
)
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.titles import OPINION_SHEET
from jixiao_xlsx.values.addresses import a1
from jixiao_xlsx.values.causes import Cause, CauseCell, Certainty
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.severity import Severity

FORM = find_template()
PATH = Path(__file__).parents[2] / "samples" / "inbox" / "县交通运输局-部门整体绩效评价.xlsx"
DATA = PATH.read_bytes()
SUBMISSION = workbook.read_bytes(DATA, PATH.name, FORM)
PLAIN = check(SUBMISSION, FORM)
SHEET = "资金预算执行表"
TOTALS = [f for f in PLAIN.findings if f.code == "BAL203"]
CULPRIT = CauseCell(Place(SHEET, "H9"), "交通运输支出", "项目支出", "1148887.42")
CAUSE = Cause(
    "1",
    "unit_cell",
    Severity.ERROR,
    (CULPRIT,),
    Certainty.LIKELY,
    "H9 疑似把元数填进了万元表",
    tuple(f.fingerprint for f in TOTALS),
)
OTHER = replace(CAUSE, id="2", cells=(replace(CULPRIT, place=Place(SHEET, "H8")),))
REPORT = replace(PLAIN, causes=(CAUSE,))


def test_the_culprit_is_the_strongest_and_what_follows_is_outlined() -> None:
    report = replace(REPORT, causes=(CAUSE, OTHER))
    numbered = numbered_lines(report, SUBMISSION.sheets, SUBMISSION.sheets)
    marks = marks_of(numbered, balance_codes(FORM), SUBMISSION.sheets)
    looks = {a1(*mark.at): mark.look for mark in marks if mark.sheet == SHEET}
    follows = {f.place.cell for f in TOTALS}
    assert looks.pop("H9") is Look.CULPRIT and looks.pop("H8") is Look.FOLLOWS
    assert {ref for ref, look in looks.items() if look is Look.FOLLOWS} == follows
    assert {look for ref, look in looks.items() if ref not in follows} == {Look.FOUND}
    words = {a1(*mark.at): mark.text for mark in marks if mark.sheet == SHEET}
    assert "第 1 条" in words["H9"] and "以账簿、决算报表为准" in words["H9"]
    assert all("请先核对那里" in words[ref] and "应为" not in words[ref] for ref in follows)


def test_the_copy_says_so_and_a_later_round_leaves_no_trace() -> None:
    copy = annotate(DATA, SUBMISSION, REPORT, FORM)
    book, original = (openpyxl.load_workbook(io.BytesIO(data)) for data in (copy, DATA))
    sheet = book[SHEET]
    assert sheet["H9"].fill.fgColor.rgb == f"FF{CULPRIT_COLOURS[Severity.ERROR]}"
    for one in TOTALS:
        cell, was = sheet[one.place.cell], original[SHEET][one.place.cell]
        assert cell.border.left.color.rgb == f"FF{OUTLINE_COLOURS[Severity.ERROR]}"
        assert cell.fill.fgColor.rgb == was.fill.fgColor.rgb
    rows = [[cell.value for cell in row] for row in book[OPINION_SHEET].iter_rows()]
    listed = [row for row in rows if str(row[0]).startswith("1") and row[1] == "错误"]
    assert [str(row[0]) for row in listed] == ["1", *(f"1-{n}" for n, _ in enumerate(TOTALS, 1))]
    assert str(listed[0][2]) == f"{SHEET}!H9" and "疑似" in str(listed[0][7])
    again = workbook.read_bytes(copy, PATH.name, FORM)
    bare = openpyxl.load_workbook(
        io.BytesIO(annotate(copy, again, replace(REPORT, findings=(), causes=()), FORM))
    )
    for ref in ("H9", *(one.place.cell for one in TOTALS)):
        cell, was = bare[SHEET][ref], original[SHEET][ref]
        assert cell.comment is None
        assert cell.fill.fill_type == was.fill.fill_type
        assert cell.border.left.style == was.border.left.style
        assert cell.border.bottom.style == was.border.bottom.style
