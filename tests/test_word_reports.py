"""The written reports of the samples, through the whole of `check`; and by hand against by rule."""

from __future__ import annotations

import csv
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from jixiao_xlsx import batch, checker, reader
from jixiao_xlsx.document import read_document
from jixiao_xlsx.model import Answer, Document, Finding
from jixiao_xlsx.rules import Desk
from jixiao_xlsx.spec import find_template

TEMPLATE = find_template()
SAMPLES = Path(__file__).parent.parent / "samples"
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
def answers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Answer]:
    """What `check` says of each report's workbook, by the name of the report."""
    found = {}
    for report in REPORTS:
        folder = tmp_path_factory.mktemp("报送") / "一家"
        folder.mkdir()
        book = next((SAMPLES / "inbox").glob(next(glob for name, glob in BOOKS.items() if name in report.name)))
        for path in (report, book):
            shutil.copy(path, folder)
        both = {answer.file: answer for answer in batch.check_files([folder], template=TEMPLATE)}
        assert both[report.name].material and "已核对" in both[report.name].reason
        found[report.name] = both[book.name]
    return found


def expected(report: Path) -> list[Mapping[str, str]]:
    with (SAMPLES / "expected" / "reports" / f"{report.stem}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def in_report(answer: Answer, name: str) -> list[Finding]:
    assert answer.report
    return [finding for finding in answer.report.findings if finding.place.sheet == name]


@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_every_slip_is_found_at_its_paragraph_with_its_words_and_nothing_else(report: Path, answers: Mapping[str, Answer]) -> None:
    findings = in_report(answers[report.name], report.name)
    wanted = expected(report)
    for slip in wanted:
        here = [f for f in findings if (f.code, f.place.cell) == (slip["code"], slip["cell"]) and slip["quote"] in f.reported]
        assert here, slip
    assert sorted((f.code, f.place.cell) for f in findings) == sorted((slip["code"], slip["cell"]) for slip in wanted)


def by_hand() -> Iterator[Mapping[str, str]]:
    with (Path(__file__).parent / "narrative" / "seed_report.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def test_the_report_by_hand_and_by_rule(answers: Mapping[str, Answer], capsys: pytest.CaptureFixture[str]) -> None:
    """What a careful reader marks with a pencil, and what the tool says; both lists are the same but where the table says why."""
    findings = in_report(answers[SEED.name], SEED.name)
    lines = list(by_hand())
    for line in lines:
        found = [f for f in findings if f.code == line["规则"] and (line["原文"] in f.reported or f.reported in line["原文"])]
        print(line["序号"], line["原文"], line["规则"] or "—", "找到" if found else "未报", line["说明"])
        assert bool(found) == bool(line["规则"]), line
        assert line["规则"] or line["说明"].startswith("不报："), line
    assert len(findings) == sum(bool(line["规则"]) for line in lines)
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
    assert (row["一级指标"].text, row["二级指标"].text, row["三级指标"].ref) == ("部门管理", "资金投入", "表2 第7行第3列")


def test_a_report_in_word_costs_less_than_its_workbook() -> None:
    """Reading the text, its tables and its facts, against reading the workbook."""
    book = next((SAMPLES / "inbox").glob(BOOKS["临泽县机关事务中心"]))
    read, data = reader.read(book, TEMPLATE), SEED.read_bytes()
    document(), Desk(read, TEMPLATE).story
    texts, books = [], []
    for _ in range(5):
        start = time.perf_counter()
        found = read_document(data, SEED.name, TEMPLATE)
        texts.append(time.perf_counter() - start)
        start = time.perf_counter()
        reader.read(book, TEMPLATE)
        books.append(time.perf_counter() - start)
    assert found.tables and min(texts) < min(books)


def test_checking_with_a_report_leaves_the_findings_of_the_workbook_alone(answers: Mapping[str, Answer]) -> None:
    book = next((SAMPLES / "inbox").glob(BOOKS["临泽县机关事务中心"]))
    alone = checker.check(reader.read(book, TEMPLATE), TEMPLATE)
    report = answers[SEED.name].report
    assert report is not None
    of_book = [(f.code, f.place, f.message) for f in report.findings if f.place.sheet != SEED.name]
    assert of_book == [(f.code, f.place, f.message) for f in alone.findings]
