"""审核情况汇报: figures that agree, no names; the annex has them; one page in LibreOffice."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from office import as_pdf, office

import jixiao_xlsx as jx
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.word.briefing import write_annex, write_briefing
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.season import Season

SAMPLES = Path(__file__).parents[2] / "samples"
FORM = find_template()


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Season:
    files = sorted((SAMPLES / "inbox").glob("*.xlsx"))[::3]
    out = tmp_path_factory.mktemp("结果")
    return jx.run(files, out, roster=SAMPLES / "departments.csv", jobs=1)


def read(data: bytes) -> tuple[str, list[list[str]]]:
    """The words of a document outside its tables, and the lines of its last table."""
    document = docx.Document(io.BytesIO(data))
    lines = [[cell.text for cell in row.cells] for row in document.tables[-1].rows]
    return "\n".join(one.text for one in document.paragraphs), lines


def test_the_briefing_names_nobody_and_the_annex_everybody(season: Season) -> None:
    text, lines = read(write_briefing(season, FORM, {}))
    names = {one.name for one in season.roster} - {season.bureau.name}
    assert not [name for name in names if name in text or any(name in line for line in lines)]
    annexed = [line[1] for line in read(write_annex(season, FORM))[1][1:]]
    assert sorted(annexed) == sorted(one.name for one in season.roster)


def test_the_groups_add_up_to_what_the_text_says(season: Season) -> None:
    text, (head, *lines) = read(write_briefing(season, FORM, {}))
    assert head[:4] == ["类别", "名称", "应报", "已报"]
    offices = [line for line in lines if line[0] == "归口股室"]
    natures = [line for line in lines if line[0] == "单位性质"]
    done = len(season.submitted)
    assert sum(int(line[2]) for line in offices) == len(season.roster)
    for group in (offices, natures):
        assert sum(int(line[3]) for line in group) == done
        assert sum(int(n) for line in group for n in line[4:7]) == done
        for column in (7, 9):
            whole = sum(Decimal(line[column].replace(",", "")) for line in group)
            assert abs(whole - said(text, "预算 " if column == 7 else "差额合计 ")) <= Decimal(
                "0.1"
            )
    assert f"应报 {len(season.roster)} 个部门，已报 {done} 个" in text


def said(text: str, before: str) -> Decimal:
    """The amount in 万元 that stands after some words."""
    return Decimal(text.split(before)[1].split(" ")[0].replace(",", ""))


def test_a_mistaken_unit_is_no_money_at_stake(season: Season) -> None:
    """交通运输局 typed a figure in 元 where 万元 is asked for: a gap of 1,148,772.54 万元."""
    text, _ = read(write_briefing(season, FORM, {}))
    mistaken = "疑似单位填错" in text
    assert said(text, "差额合计 ") < 10_000 and mistaken == any(
        cause.kind.startswith("unit_")
        for entry in season.submitted
        for cause in (entry.report.causes if entry.report else ())
    )


def test_many_offices_still_take_one_line_each_up_to_nine(season: Season) -> None:
    roster = tuple(replace(one, office=f"第{n % 30}股") for n, one in enumerate(season.roster))
    _, lines = read(write_briefing(replace(season, roster=roster), FORM, {}))
    offices = [line for line in lines if line[0] == "归口股室"]
    assert len(offices) == 9 and offices[-1][1] == "其他"
    assert sum(int(line[2]) for line in offices) == len(roster)


def test_without_a_roster_or_anything_sent(season: Season) -> None:
    text, lines = read(write_briefing(replace(season, roster=()), FORM, {}))
    assert "未报 0 个" in text and {line[0] for line in lines[1:]} == {"单位性质"}
    nobody = replace(season, roster=(Department("1", "甲局"),), entries=())
    assert "还没有收到可用的报表" in read(write_briefing(nobody, FORM, {}))[0]


def test_the_parts_stand_in_the_order_of_the_schema(season: Season) -> None:
    for data in (write_briefing(season, FORM, {}), write_annex(season, FORM)):
        with ZipFile(io.BytesIO(data)) as archive:
            assert not [name for name in archive.namelist() if "stylesWithEffects" in name]
            document = archive.read("word/document.xml").decode()
            charts = [archive.read(n).decode() for n in archive.namelist() if "/charts/" in n]
        assert all(
            '<c:overlay val="0"/></c:title>' in chart for chart in charts if "c:title" in chart
        )
        for properties in document.split("<w:tblPr>")[1:]:
            inside = properties.partition("</w:tblPr>")[0]
            order = ["w:tblStyle", "w:tblW", "w:tblLayout", "w:tblCellMar", "w:tblLook"]
            places = [inside.index(f"<{one}") for one in order if f"<{one}" in inside]
            assert places == sorted(places)


@office
def test_the_briefing_is_one_page(season: Season, tmp_path: Path) -> None:
    (tmp_path / "汇报.docx").write_bytes(write_briefing(season, FORM, {}))
    pdf = as_pdf(tmp_path / "汇报.docx", tmp_path / "pdf")
    shown = subprocess.run(["pdfinfo", pdf], capture_output=True, check=True).stdout.decode()
    assert "Pages:           1\n" in shown
