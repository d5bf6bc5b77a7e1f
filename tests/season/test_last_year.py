"""Last year's season holds this year's opening figures: at the cell, silent where they agree."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.values.findings import Finding
from jixiao_xlsx.values.season import Season

SAMPLES = Path(__file__).parents[2] / "samples"
SEASON = Path("轮次") / "season.json"
TO = "收支总表.年初结转和结余.决算数"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clean workbook and, as last year's season, its own figures closed."""
    folder = tmp_path_factory.mktemp("years")
    (folder / "in").mkdir()
    book = next(
        path for path in sorted((SAMPLES / "inbox").glob("*.xlsx")) if "市场监督" in path.name
    )
    shutil.copy(book, folder / "in")
    season = run(folder, "now")
    (entry,) = season.submitted
    submission = jx.read(book)
    closing = {}
    for carry in find_template().carries:
        cell = submission.cell(carry.target.table, carry.target.row, carry.target.column)
        if cell is not None and cell.number is not None:
            closing[str(carry.target)] = str(cell.number)
    assert entry.report is not None and TO in closing
    rewrite(folder, "last", closing)
    return folder


def run(folder: Path, name: str, last_year: Path | None = None) -> Season:
    return jx.run(folder / "in", folder / name, last_year=last_year, jobs=1)


def rewrite(folder: Path, name: str, closing: dict[str, str]) -> Path:
    """Write the season of `now` as another year's, closed with these figures."""
    season: dict[str, Any] = json.loads((folder / "now" / SEASON).read_text(encoding="utf-8"))
    for one in season["entries"]:
        one["closing"] = closing
    place = folder / name / SEASON
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(season, ensure_ascii=False), encoding="utf-8")
    return folder / name


def opening(season: Season) -> list[Finding]:
    return [
        finding
        for entry in season.submitted
        if entry.report
        for finding in entry.report.findings
        if finding.code == "REF104"
    ]


def test_a_season_keeps_what_the_next_one_opens_with(clean: Path) -> None:
    season = json.loads((clean / "now" / SEASON).read_text(encoding="utf-8"))
    assert "三公经费.会议费.上年决算数" in season["entries"][0]["closing"]


def test_figures_that_agree_are_silent_and_checked(clean: Path) -> None:
    season = run(clean, "agreed", clean / "last")
    (entry,) = season.submitted
    assert not opening(season) and entry.report and entry.report.checked["REF104"] > 5


def test_a_figure_that_differs_is_named_at_its_cell(clean: Path) -> None:
    last = json.loads((clean / "last" / SEASON).read_text(encoding="utf-8"))["entries"][0][
        "closing"
    ]
    wrong = rewrite(clean, "wrong", {**last, TO: "1.00"})
    (finding,) = opening(run(clean, "differs", wrong))
    assert finding.place.sheet == "收支总表" and "上年报来的是 1.00 元" in finding.message


def test_a_season_that_kept_no_closing_figures_accuses_nobody(clean: Path) -> None:
    older = rewrite(clean, "older", {})
    assert not opening(run(clean, "nothing", older))


# ---------------------------------------------------------------------------------- year by year


def test_totals_go_on_year_by_year_and_are_shown(clean: Path, tmp_path: Path) -> None:
    """Two years back are known from last year's season alone."""
    shutil.copytree(clean / "now", tmp_path / "去年")
    place = tmp_path / "去年" / SEASON
    document = json.loads(place.read_text(encoding="utf-8"))
    (one,) = document["entries"]
    (now,) = one["history"]
    assert now["year"] == 2023 and now["total"] and now["errors"] == 0
    one["history"] = [{**now, "year": 2021, "total": "80"}, {**now, "year": 2022, "total": "85.5"}]
    place.write_text(json.dumps(document), encoding="utf-8")
    season = run(clean, "三年", tmp_path / "去年")
    (entry,) = season.submitted
    assert [(year.year, float(year.total or 0)) for year in entry.years] == [
        (2021, 80),
        (2022, 85.5),
    ]
    sheet = openpyxl.load_workbook(clean / "三年" / "汇总.xlsx")["部门排名"]
    titles = {cell.value: cell.column for cell in sheet[3]}
    assert "2021年 80.00 " in sheet.cell(4, titles["历年评定总分"]).value
    (card,) = entry.scorecards
    assert sheet.cell(4, titles["较上年"]).value == pytest.approx(float(card.total or 0) - 85.5)
    page = (clean / "三年" / "审核.html").read_text(encoding="utf-8")
    assert "历年平均评定总分" in page and "2022年 85.50" in page
    kept = json.loads((clean / "三年" / SEASON).read_text(encoding="utf-8"))["entries"][0]
    assert [year["year"] for year in kept["history"]] == [2021, 2022, 2023]


def test_a_season_without_history_gives_its_own_year(clean: Path, tmp_path: Path) -> None:
    shutil.copytree(clean / "now", tmp_path / "去年")
    place = tmp_path / "去年" / SEASON
    document = json.loads(place.read_text(encoding="utf-8")) | {"year": 2022}
    del document["entries"][0]["history"]
    place.write_text(json.dumps(document), encoding="utf-8")
    (entry,) = run(clean, "两年", tmp_path / "去年").submitted
    assert [year.year for year in entry.years] == [2022]


def test_without_last_year_there_is_no_column_of_years(clean: Path) -> None:
    sheet = openpyxl.load_workbook(clean / "now" / "汇总.xlsx")["部门排名"]
    assert "历年评定总分" not in {cell.value for cell in sheet[3]}
    assert "历年" not in (clean / "now" / "审核.html").read_text(encoding="utf-8")
