"""The written reports of the samples, through the whole of `check`; and by hand against by rule."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.word.document import read_document
from jixiao_xlsx.season.rounds.compare_rounds import compared
from jixiao_xlsx.season.rounds.records import record_of
from jixiao_xlsx.values.cells import Document
from jixiao_xlsx.values.findings import Finding, Report
from jixiao_xlsx.values.season import Entry
from jixiao_xlsx.values.work import Record

TEMPLATE = find_template()
SAMPLES = Path(__file__).parents[2] / "samples"
REPORTS = sorted((SAMPLES / "inbox").glob("*.docx"))
SEED = next(path for path in REPORTS if "临泽县机关事务中心" in path.name)
BOOKS = {"临泽县机关事务中心": "*临泽县机关事务中心*.xlsx", "水务局": "水务局*.xlsx"}
RIGHT = (
    "954.81万元，实际收入954.81",
    "130.62万元、项目支出824.19",
    "6337541.54",
    "编制人数6人",
    "6.877",
    "无上级下达",
    "结转和结余0万元",
    "评审资金共954.81",
)


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Entry]:
    """What `check` says of each report's workbook, by the name of the report."""
    found = {}
    for report in REPORTS:
        folder = tmp_path_factory.mktemp("报送") / "一家"
        folder.mkdir()
        book = next(
            (SAMPLES / "inbox").glob(
                next(glob for name, glob in BOOKS.items() if name in report.name)
            )
        )
        for path in (report, book):
            shutil.copy(path, folder)
        both = {entry.file: entry for entry in check_files([folder], template=TEMPLATE)}
        assert both[report.name].material and "已核对" in both[report.name].reason
        found[report.name] = both[book.name]
    return found


def expected(report: Path) -> list[Mapping[str, str]]:
    with (SAMPLES / "expected" / "reports" / f"{report.stem}.csv").open(
        encoding="utf-8", newline=""
    ) as stream:
        return list(csv.DictReader(stream))


def in_report(entry: Entry, name: str) -> list[Finding]:
    assert entry.report
    return [finding for finding in entry.report.findings if finding.place.sheet == name]


@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_every_slip_is_found_at_its_paragraph_with_its_words_and_nothing_else(
    report: Path, entries: Mapping[str, Entry]
) -> None:
    findings = in_report(entries[report.name], report.name)
    wanted = expected(report)
    for slip in wanted:
        here = [
            f
            for f in findings
            if (f.code, f.place.cell) == (slip["code"], slip["cell"])
            and slip["quote"] in f.reported
        ]
        assert here, slip
    assert sorted((f.code, f.place.cell) for f in findings) == sorted(
        (slip["code"], slip["cell"]) for slip in wanted
    )


def by_hand() -> Iterator[Mapping[str, str]]:
    with (Path(__file__).parent / "corpora" / "seed_report.csv").open(
        encoding="utf-8", newline=""
    ) as stream:
        yield from csv.DictReader(stream)


def test_the_report_by_hand_and_by_rule(
    entries: Mapping[str, Entry], capsys: pytest.CaptureFixture[str]
) -> None:
    """What a careful reader marks with a pencil, and what the tool says; both lists are the same
    but where the table says why.
    """
    report = entries[SEED.name].report
    assert report
    findings = in_report(entries[SEED.name], SEED.name)
    of_book = [finding for finding in report.findings if finding.place.sheet != SEED.name]
    lines = list(by_hand())
    for line in lines:
        where = findings if line["位置"] == "报告" else of_book
        found = [
            f
            for f in where
            if f.code == line["规则"] and (line["原文"] in f.reported or f.reported in line["原文"])
        ]
        print(
            line["序号"],
            line["原文"],
            line["规则"] or "—",
            "找到" if found else "未报",
            line["说明"],
        )
        assert bool(found) == bool(line["规则"]), line
        assert line["规则"] or line["说明"].startswith("不报："), line
    assert len(findings) == sum(bool(line["规则"]) for line in lines if line["位置"] == "报告")
    assert not [f.reported for f in findings for words in RIGHT if words in f.reported]


def document(path: Path = SEED) -> Document:
    return read_document(path.read_bytes(), path.name, TEMPLATE)


def test_the_tables_of_the_form_are_found_among_those_of_the_report() -> None:
    tables = {table.name: table for table in document().tables}
    assert set(tables) == {"资金预算执行表", "年度计划", "绩效评价表"}
    funds, plan, indicators = tables["资金预算执行表"], tables["年度计划"], tables["绩效评价表"]
    assert funds.heading is not None and funds.heading.ref == "第13段"
    assert [row.title for row in funds.rows][-1] == "合计" and funds.total is not None
    assert str(funds.total["基本支出小计"].place) == f"{SEED.name} 表1 第8行第2列"
    assert plan.cell("部门总体预算", "其中：财政拨款（执行）").text == "9548199.71"  # type: ignore[union-attr]
    row = indicators.rows[2]
    assert (row["一级指标"].text, row["二级指标"].text, row["三级指标"].ref) == (
        "部门管理",
        "资金投入",
        "表2 第7行第3列",
    )


def test_checking_with_a_report_leaves_the_findings_of_the_workbook_alone(
    entries: Mapping[str, Entry],
) -> None:
    book = next((SAMPLES / "inbox").glob(BOOKS["临泽县机关事务中心"]))
    alone = check(workbook.read(book, TEMPLATE), TEMPLATE)
    report = entries[SEED.name].report
    assert report is not None
    of_book = [(f.code, f.place, f.message) for f in report.findings if f.place.sheet != SEED.name]
    assert of_book == [(f.code, f.place, f.message) for f in alone.findings]


# ------------------------------------------------------------------------------------------- rounds


def rounds_of(before: tuple[Document, ...], after: tuple[Document, ...]) -> Report:
    """The second round of the seed's workbook, which came with these reports then and now."""
    book = workbook.read(next((SAMPLES / "inbox").glob(BOOKS["临泽县机关事务中心"])), TEMPLATE)
    old, new = replace(book, documents=before), replace(book, documents=after)
    record = Record(
        **json.loads(record_of(check(old, TEMPLATE), old, book.department, (), TEMPLATE))
    )
    return compared(check(new, TEMPLATE), new, record, TEMPLATE)


def without(words: str) -> Document:
    """The report with a paragraph taken out: those after it move up."""
    found = document()
    kept = [one for one in found.paragraphs if words not in one.text]
    return replace(
        found,
        sha256="1" * 64,
        paragraphs=tuple(replace(one, number=n) for n, one in enumerate(kept, 1)),
    )


def test_a_mended_report_is_a_round_of_its_own_and_moved_paragraphs_are_known_again() -> None:
    report = rounds_of((document(),), (without("2．预算配置"),))
    assert report.round == 2
    assert sorted(one.code for one in report.mended) == ["NAR101", "NAR108"]
    assert {f.since for f in report.findings if f.place.sheet == SEED.name} == {1}


def test_a_report_that_is_not_sent_again_is_not_mended() -> None:
    assert not rounds_of((document(),), ()).mended


def test_the_same_report_again_is_no_new_round() -> None:
    assert rounds_of((document(),), (document(),)).round == 1


# ------------------------------------------------------------------------------------------ outputs


def test_findings_about_a_report_lead_nowhere_but_to_the_cell_they_are_held_against(
    tmp_path: Path,
) -> None:
    """In the scored workbook and the annotated copy: place, words and table cell side by side, no
    link that breaks.
    """
    inbox = tmp_path / "收件箱"
    inbox.mkdir()
    for path in (SEED, next((SAMPLES / "inbox").glob(BOOKS["临泽县机关事务中心"]))):
        shutil.copy(path, inbox)
    jx.run([inbox], tmp_path / "结果", template=TEMPLATE, roster=SAMPLES / "departments.csv")
    for pattern, sheet, columns in (
        ("评分/*.xlsx", "核对意见", (5, 8, 9)),
        ("退回/*/*批注副本.xlsx", "审核意见", (3, 5, 6)),
    ):
        book = openpyxl.load_workbook(next((tmp_path / "结果").glob(pattern)))
        rows = list(book[sheet].iter_rows())
        found = [
            [str(row[at - 1].value) for at in columns]
            for row in rows
            if any(c.value == "NAR101" for c in row)
        ]
        [(place, words, right)] = [row for row in found if SEED.name in row[0] and "2.32" in row[1]]
        assert (
            f"{SEED.name} 第28段" in place
            and "2.32万元" in words
            and "2.34 万元" in right
            and "资金预算执行表!" in right
        )
        links = [cell.hyperlink for row in rows for cell in row if cell.hyperlink]
        targets = {(link.location or "").split("!")[0].strip("'#") for link in links}
        assert links and targets <= set(book.sheetnames)
    assert SEED.name in (tmp_path / "结果" / "findings.csv").read_text(encoding="utf-8-sig")
