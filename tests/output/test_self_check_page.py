"""自查.html: what it draws, whose figures are in it, and that it finds what the command finds."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from jixiao_xlsx.cli import main
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template, templates_folder
from jixiao_xlsx.output.html import self_check_page as page_module
from jixiao_xlsx.output.html.found_in_file import found_in_file
from jixiao_xlsx.output.html.in_browser import FORM, OWN_FIGURES, checked_page
from jixiao_xlsx.output.html.neighbourhood import CULPRIT, drawn, neighbourhoods
from jixiao_xlsx.output.html.self_check_page import self_check_page
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.people import Department, ReferenceLine

INBOX = Path(__file__).parents[2] / "samples" / "inbox"
BOOKS = sorted(INBOX.glob("*.xlsx"))
WATER, WOODS = Department("101", "青禾县水务局"), Department("102", "青禾县林业局")
LINES = (
    ReferenceLine("101", "项目支出", {"年初预算": Decimal("12345678.91")}, "批复.csv 第2行"),
    ReferenceLine("102", "项目支出", {"年初预算": Decimal("98765432.19")}, "批复.csv 第3行"),
)


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text of each <span> of a finding."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.found: list[tuple[str, str, str]] = []
        self.marked: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if "data-code" in given:
            self.found.append((given["data-code"], given["data-sheet"], given["data-cell"]))
        if "data-cell" in given and tag == "td":
            self.marked.append((given["class"], given["data-cell"]))


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the browser's Python, which tests without a network have not."""
    place = tmp_path / "engine.zip"
    with zipfile.ZipFile(place, "w") as out:
        out.writestr("pyodide.mjs", "export {}")
        out.writestr("NOTICES.txt", "Pyodide: MPL-2.0 <b>")
    monkeypatch.setattr(page_module, "ENGINE", place)
    return place


def site_of(page: bytes) -> zipfile.ZipFile:
    found = re.search(rb'data-part="site\.zip">([^<]+)<', page)
    assert found
    return zipfile.ZipFile(io.BytesIO(gzip.decompress(base64.b64decode(found[1]))))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    shutil.copytree(templates_folder() / "bumen-zhengti", folder / FORM)
    return folder


@pytest.mark.parametrize("book", BOOKS[::4], ids=lambda book: book.stem)
def test_the_page_finds_what_the_command_finds(book: Path, site: Path) -> None:
    form = find_template()
    report = check(workbook.read(book, form), form)
    page = Page(checked_page(site, book.read_bytes(), book.name))
    assert sorted(page.found) == sorted(
        (one.code, one.place.sheet, one.place.cell) for one in report.findings
    )


def test_a_report_goes_along(site: Path) -> None:
    book = (INBOX / "水务局绩效自评表(1).xlsx").read_bytes()
    report = (INBOX / "县水务局绩效评价报告.docx").read_bytes()
    with_report = Page(checked_page(site, book, "表.xlsx", report, "报告.docx"))
    without = Page(checked_page(site, book, "表.xlsx"))
    assert set(with_report.found) >= set(without.found)
    assert "没有读成" in checked_page(site, book, "表.xlsx", b"PK broken", "报告.docx")


def test_what_cannot_be_read_is_said(site: Path) -> None:
    assert "无法读取" in checked_page(site, b"%PDF-1.4", "<b>.xlsx")
    assert "<b>" not in checked_page(site, b"%PDF-1.4", "<b>.xlsx")


def test_the_cells_of_a_cause_are_drawn_as_the_workbook_has_them() -> None:
    form = find_template()
    for book in BOOKS:
        submission = workbook.read(book, form)
        report = check(submission, form)
        drawable = {cell.place for table in submission.tables.values() for cell in table.cells()}
        for cause in report.causes:
            places = [cell.place for cell in cause.cells]
            parts = neighbourhoods(submission, places)
            marked = {
                Place(part.sheet, cell.cell): cell.text
                for part in parts
                for row in part.rows
                for cell in row.cells
                if cell.mark == CULPRIT
            }
            for cell in cause.cells:
                assert cell.place in marked or cell.place not in drawable, (book.name, cell.place)
            for part in parts:
                assert len(part.rows) <= 12 and drawn(part).count("<table") == 1


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a\u2028b",
    "长" * 100_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=["script", "img", "u2028", "long"])
def test_what_a_department_typed_is_only_text(text: str) -> None:
    form = find_template()
    submission = workbook.read(BOOKS[2], form)
    report = check(submission, form)
    typed = replace(
        report,
        department=text,
        file=text,
        findings=tuple(
            replace(one, item=text, field=text, problem=text, reported=text)
            for one in report.findings
        ),
    )
    table = submission.tables["基本信息"]
    rows = tuple(
        replace(row, cells={name: cell._replace(raw=text) for name, cell in row.cells.items()})
        for row in table.rows
    )
    around = replace(
        submission, tables={**submission.tables, "基本信息": replace(table, rows=rows)}
    )
    page = Page(found_in_file(around, typed, form))
    assert "script" not in page.tags and "img" not in page.tags
    assert len(found_in_file(around, typed, form)) < 3_000_000


def test_a_shared_page_has_no_figure_and_ones_own_only_its_own(engine: Path) -> None:
    form = find_template()
    for page in (self_check_page(form), self_check_page(form, None, LINES)):
        assert OWN_FIGURES not in site_of(page).namelist()
    own = site_of(self_check_page(form, WATER, LINES))
    assert [line["code"] for line in json.loads(own.read(OWN_FIGURES))] == ["101"]
    every = b"".join(own.read(name) for name in own.namelist())
    assert b"12345678.91" in every and b"98765432.19" not in every


def test_the_figures_hold_for_their_department_only(site: Path) -> None:
    form = find_template()
    book = BOOKS[0]
    submission = workbook.read(book, form)
    lines = tuple(replace(line, code=submission.code) for line in LINES[:1])
    (site / OWN_FIGURES).write_bytes(page_module.figures_as_json(lines))
    wanted = check(submission, form, lines)
    found = Page(checked_page(site, book.read_bytes(), book.name)).found
    assert sorted(found) == sorted((f.code, f.place.sheet, f.place.cell) for f in wanted.findings)
    (site / OWN_FIGURES).write_bytes(page_module.figures_as_json(LINES[1:]))
    assert not any(
        code.startswith("REF")
        for code, *_ in Page(checked_page(site, book.read_bytes(), book.name)).found
    )


def test_the_page_holds_the_form_and_no_cases(engine: Path) -> None:
    page = self_check_page(find_template("xiangmu-zhichu"))
    names = site_of(page).namelist()
    assert f"{FORM}/spec.toml" in names and f"{FORM}/indicators.csv" in names
    assert not any("/cases/" in name or "batch/" in name for name in names)
    assert page == self_check_page(find_template("xiangmu-zhichu"))
    assert "Pyodide: MPL-2.0 &lt;b&gt;" in page.decode()


def test_template_hands_the_page_out(engine: Path, tmp_path: Path) -> None:
    out = tmp_path / "空白表"
    done = CliRunner().invoke(main, ["template", "--with-self-check", "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "自查页 1 份" in done.stderr
    assert {path.suffix for path in out.iterdir() if path.name[0] != "."} == {".xlsx", ".html"}


def test_template_makes_a_page_for_each_department_with_figures(
    engine: Path, tmp_path: Path
) -> None:
    roster, approved, out = tmp_path / "名册.csv", tmp_path / "批复.csv", tmp_path / "out"
    roster.write_text("部门编码,部门名称\n101,青禾县水务局\n102,青禾县林业局\n", encoding="utf-8")
    approved.write_text("部门编码,项目,年初预算\n101,项目支出,12345678.91\n", encoding="utf-8")
    arguments = ["--roster", str(roster), "--reference", str(approved), "--year", "2023"]
    done = CliRunner().invoke(main, ["template", *arguments, "--with-self-check", "-o", str(out)])
    assert done.exit_code == 0, done.output
    pages = sorted(path.name for path in out.glob("*.html"))
    assert pages == ["自查.html", "青禾县水务局-自查.html"]
    assert OWN_FIGURES not in site_of((out / "自查.html").read_bytes()).namelist()
    assert OWN_FIGURES in site_of((out / "青禾县水务局-自查.html").read_bytes()).namelist()


def test_without_the_browsers_python_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "ENGINE", tmp_path / "none.zip")
    done = CliRunner().invoke(main, ["template", "--with-self-check", "-o", str(tmp_path / "out")])
    assert done.exit_code == 2 and "packaging/browser/build.py" in done.output
    assert not (tmp_path / "out").exists()
