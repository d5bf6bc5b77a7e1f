"""What only several departments show: copied figures and paragraphs, figures far from peers,
targets of one's own.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.season import across_departments
from jixiao_xlsx.season.across_departments import strangers
from jixiao_xlsx.values.cells import Document, Paragraph, Place
from jixiao_xlsx.values.people import ReferenceLine
from jixiao_xlsx.values.season import Entry, Facts, FileStatus
from jixiao_xlsx.values.severity import Severity

SAMPLES = Path(__file__).parents[2] / "samples" / "inbox"


def entries(*facts: Facts) -> list[Entry]:
    return [
        Entry(f"{n}.xlsx", FileStatus.SUBMITTED, department=f"部门{n}", facts=one)
        for n, one in enumerate(facts)
    ]


def codes(*facts: Facts) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (found.code, found.departments) for found in across_departments.crosscheck(entries(*facts))
    ]


def test_equal_figures_are_told_once_for_a_pair() -> None:
    twin = Facts(figures={"收支总表": "x", "三公经费": "y"})
    assert codes(twin, twin, Facts(figures={"收支总表": "z"})) == [("XDP101", ("部门0", "部门1"))]


def test_equal_paragraphs_are_told_with_their_beginning() -> None:
    place = Place("报告正文", "B4")
    one = Facts(paragraphs=(("p", place, "一年来在县委的领导下"), ("q", place, "只有一家写")))
    two = Facts(paragraphs=(("p", place, "一年来在县委的领导下"),))
    (found,) = across_departments.crosscheck(entries(one, two))
    assert (found.code, found.departments) == ("XDP102", ("部门0", "部门1"))
    assert "一年来" in found.message


def test_office_costs_far_from_peers_need_enough_peers() -> None:
    peers = [Facts(office_per_head=Fraction(10_000 + n), nature="行政") for n in range(6)]
    far = Facts(office_per_head=Fraction(90_000), nature="行政")
    assert codes(*peers, far) == [("XDP103", ("部门6",))]
    assert codes(*peers[:3], far) == []


def test_a_target_of_ones_own_is_told_when_most_agree() -> None:
    usual = [Facts(targets=(("档案", "95%", Place("绩效评价表", "G20")),)) for _ in range(7)]
    other = Facts(targets=(("档案", "60%", Place("绩效评价表", "G20")),))
    assert codes(*usual, other) == [("XDP104", ("部门7",))]
    assert codes(*usual[:3], other) == []


def test_a_workbook_sent_twice_under_two_names_is_seen() -> None:
    template = find_template()
    book = next(path for path in sorted(SAMPLES.glob("*.xlsx")) if "教育局" in path.name)
    facts = across_departments.facts_of(workbook.read(book, template), template)
    assert facts.figures
    found = across_departments.crosscheck(entries(facts, facts))
    assert {one.code for one in found} >= {"XDP101"}


def test_the_sample_departments_copied_from_nobody() -> None:
    template = find_template()
    books = sorted(SAMPLES.glob("*.xlsx"))[:20]
    facts = [across_departments.facts_of(workbook.read(book, template), template) for book in books]
    assert {one.code for one in across_departments.crosscheck(entries(*facts))} <= {
        "XDP102",
        "XDP103",
        "XDP104",
    }


def test_figures_of_the_bureau_for_nobody_are_told() -> None:
    lines = [
        ReferenceLine(code, "项目支出", {}, f"批复决算.csv 第 {n} 行")
        for n, code in enumerate(("101", "999", "999"), 2)
    ]
    (found,) = strangers(lines, ["101"])
    assert (found.code, found.severity) == ("XDP105", Severity.NOTE)
    assert "999（批复决算.csv 第 3 行）" in found.message and "101" not in found.message
    assert not list(strangers(lines, ["101", "９９９"]))


def test_a_sentence_of_many_departments_is_the_countys_model_text() -> None:
    same = Facts(paragraphs=(("p", Place("报告.docx", "第3段"), "按照县财政局统一要求"),))
    assert not codes(same, same, same, same)
    assert codes(same, same, same)


def test_paragraphs_of_word_reports_are_compared() -> None:
    document = Document("报告.docx", "0", (Paragraph(1, "短句。"), Paragraph(2, "长" * 61 + "。")))
    submission = replace(
        workbook.read(next(SAMPLES.glob("*.xlsx")), find_template()),
        tables={},
        documents=(document,),
    )
    assert [
        place for _, place, _ in across_departments.facts_of(submission, find_template()).paragraphs
    ] == [Place("报告.docx", "第2段")]
