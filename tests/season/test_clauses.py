"""复核口径: clauses give the score that a reviewer would have typed, and their use is checked."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from office import office, recalculated

import jixiao_xlsx as jx
from jixiao_xlsx.batch.given.criteria import read_criteria
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.season import Season

SAMPLES = Path(__file__).parents[2] / "samples"
CRITERIA = """
[[条款]]
编号 = "K01"
内容 = "佐证材料不足"
扣分 = "10%-30%"
佐证 = true

[[条款]]
编号 = "K02"
内容 = "目标值明显偏低"
扣分 = "1-2分"

[[条款]]
编号 = "K03"
内容 = "未开展，不得分"
扣分 = "100%"
"""
K01, K02, K03 = "K01 佐证材料不足", "K02 目标值明显偏低", "K03 未开展，不得分"
ONE, OTHER = "青禾县信访局", "青禾县统计局"
BOOKS = ("青禾县信访局.xlsx", "县统计局整体支出绩效自评.xlsx")
Typing = Mapping[int, Mapping[str, object]]  # number of the indicator: title of the column: content


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clauses")
    (folder / "收件").mkdir()
    for name in BOOKS:
        shutil.copy(SAMPLES / "inbox" / name, folder / "收件" / name)
    shutil.copy(SAMPLES / "departments.csv", folder)
    (folder / "criteria.toml").write_text(CRITERIA, encoding="utf-8")
    run(folder, folder / "一")
    return folder


def run(county: Path, output: Path, review: Path | None = None) -> Season:
    roster = county / "departments.csv"
    return jx.run(county / "收件", output, roster=roster, review=review, jobs=1)


def card_of(season: Season, department: str) -> Scorecard:
    (entry,) = (one for one in season.submitted if one.department == department)
    return entry.scorecards[0]


def typed(path: Path, lines: Typing, signed: tuple[str, ...] = ()) -> None:
    """What the reviewer does in 绩效评价表; indicators are counted from 0."""
    book = openpyxl.load_workbook(path)
    sheet = book["绩效评价表"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "条款1" for cell in row))
    columns = {cell.value: cell.column for cell in head}
    for number, cells in lines.items():
        for title, content in cells.items():
            sheet.cell(head[0].row + 1 + number, columns[title]).value = content
    for title, text in zip(("初审人", "初审日期", "复核人", "复核日期"), signed, strict=False):
        place = next(cell for cell in sheet[1] if cell.value == title)
        sheet.cell(1, place.column + 1).value = text
    book.save(path)


@pytest.fixture
def again(county: Path, tmp_path: Path) -> Callable[..., Season]:
    """Type into copies of the first run's scored workbooks, and run once more."""

    def done(lines: Mapping[str, Typing], signed: tuple[str, ...] = ()) -> Season:
        place = tmp_path / "评分"
        shutil.copytree(county / "一" / "评分", place, dirs_exist_ok=True)
        for department, typing in lines.items():
            typed(place / f"{department}.xlsx", typing, signed)
        return run(county, tmp_path / "二", place)

    return done


def codes(season: Season) -> list[str]:
    return [one.code for one in season.findings if one.code.startswith("REV")]


def test_clauses_alone_give_the_scores_of_typed_numbers(
    again: Callable[..., Season], county: Path, tmp_path: Path
) -> None:
    scores = [one.score for one in card_of(run(county, tmp_path / "零"), ONE).indicators]
    weights = [one.weight for one in card_of(run(county, tmp_path / "零"), ONE).indicators]
    typing: dict[int, dict[str, object]] = {
        0: {"条款1": K02, "扣分1": 1.5},
        3: {"条款1": K01, "佐证编号": "3-2"},
        4: {"条款1": K03},
        5: {"条款1": K01, "扣分1": 0.5, "条款2": K02, "佐证编号": "4"},
    }
    by_clauses = card_of(again({ONE: typing}), ONE)
    assert by_clauses.review and by_clauses.review.total is not None
    off = {0: Fraction(3, 2), 3: weights[3] / 10, 4: weights[4], 5: Fraction(3, 2)}
    numbers = {
        at: {"财政复核分": float(max(score - less, 0)), "复核理由": "见底稿"}
        for at, less in off.items()
        if (score := scores[at]) is not None
    }
    assert numbers.keys() == typing.keys(), "each line has a score to take off from"
    shutil.rmtree(tmp_path / "评分")
    by_numbers = card_of(again({ONE: numbers}), ONE)
    assert by_numbers.review
    assert float(by_clauses.review.total) == pytest.approx(float(by_numbers.review.total or 0))
    assert by_clauses.review.grade == by_numbers.review.grade


def test_what_is_not_applicable_takes_no_clause(
    again: Callable[..., Season], county: Path, tmp_path: Path
) -> None:
    before = card_of(run(county, tmp_path / "零"), ONE)
    assert before.indicators[1].method.value == "不适用"
    season = again({ONE: {1: {"条款1": K03}, 0: {"条款1": K02, "扣分1": 1}}})
    card = card_of(season, ONE)
    assert codes(season) == ["REV117"]
    assert card.indicators[1].reviewed and card.indicators[1].reviewed.counts is None
    shutil.rmtree(tmp_path / "评分")
    alone = card_of(again({ONE: {0: {"条款1": K02, "扣分1": 1}}}), ONE)
    assert card.review and alone.review and card.review.total == alone.review.total


def test_a_deduction_that_is_no_number_is_said_and_stays(
    again: Callable[..., Season], tmp_path: Path
) -> None:
    season = again({ONE: {0: {"条款1": K02, "扣分1": "一点"}, 3: {"条款1": K02, "扣分1": -1}}})
    assert codes(season) == ["REV112", "REV112"]
    lines = [one.reviewed for one in card_of(season, ONE).indicators if one.reviewed]
    assert [line.clauses[0].typed for line in lines] == ["一点", "-1"]
    least = [one for one in card_of(season, ONE).indicators if one.reviewed]
    assert [one.reviewed.given for one in least if one.reviewed] == [
        pytest.approx(one.score - 1, abs=1e-4) for one in least if one.score is not None
    ]
    sheet = openpyxl.load_workbook(tmp_path / "二" / "评分" / f"{ONE}.xlsx")["绩效评价表"]
    assert "一点" in {cell.value for row in sheet.iter_rows() for cell in row}


def test_a_typed_score_wins_and_the_difference_is_said(again: Callable[..., Season]) -> None:
    season = again({ONE: {0: {"条款1": K03, "财政复核分": 2, "复核理由": "部分开展"}}})
    (line,) = [one.reviewed for one in card_of(season, ONE).indicators if one.reviewed]
    assert line and (line.counts, line.given) == (2, 0)
    assert codes(season) == ["REV116"]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"条款1": K02, "扣分1": 1}, []),
        ({"条款1": K02, "扣分1": 2}, []),
        ({"条款1": K02, "扣分1": 2.5}, ["REV112"]),
        ({"条款1": K02, "扣分1": 0.5}, ["REV112"]),
        ({"条款1": K01, "扣分1": 0.5, "佐证编号": "7"}, []),
        ({"条款1": K01, "扣分1": 0.5}, ["REV113"]),
        ({"条款1": K01, "扣分1": 2, "佐证编号": "7"}, ["REV112"]),
        ({"条款1": "K99 没有这一条"}, ["REV114"]),
        ({"复核理由": "不得分", "财政复核分": 2}, ["REV111"]),
        ({"复核理由": "扣60%", "财政复核分": 1.89}, ["REV111"]),
        ({"复核理由": "扣30%", "财政复核分": 1.89}, []),
        ({"财政复核分": 1}, ["REV102"]),
        ({"复核理由": "材料不全"}, ["REV103"]),
    ],
)
def test_the_reviewer_is_checked(
    again: Callable[..., Season], cells: Mapping[str, object], found: list[str]
) -> None:
    season = again({ONE: {0: cells}})
    assert sorted(codes(season)) == sorted(found)
    assert all(ONE in one.departments for one in season.findings if one.code in found)


@pytest.mark.parametrize(
    ("here", "there", "found"),
    [(1, 2, ["REV115"]), (1, 1, []), (1, 1.5, [])],
)
def test_one_clause_far_apart_in_two_departments(
    again: Callable[..., Season], here: float, there: float, found: list[str]
) -> None:
    season = again(
        {ONE: {0: {"条款1": K02, "扣分1": here}}, OTHER: {1: {"条款1": K02, "扣分1": there}}}
    )
    assert codes(season) == found
    assert all({ONE, OTHER} <= set(one.departments) for one in season.findings if found)


def test_what_is_found_stands_on_a_sheet_of_the_bureau(
    again: Callable[..., Season], county: Path, tmp_path: Path
) -> None:
    again({ONE: {0: {"条款1": K02, "扣分1": 2.5}}}, ("张三", "2024-03-01", "李四", "2024-03-05"))
    sheet = openpyxl.load_workbook(tmp_path / "二" / "汇总.xlsx")["复核检查"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [text for text in texts if "幅度是1至2 分" in text and ONE in text]
    assert "张三" in texts and "2024-03-05" in texts
    for path in (tmp_path / "二").glob("*/*/*.docx"):
        with zipfile.ZipFile(path) as parts:
            words = parts.read("word/document.xml").decode()
        assert "K02" not in words and "张三" not in words
    first = openpyxl.load_workbook(county / "一" / "汇总.xlsx")
    assert "复核检查" not in first.sheetnames, "nobody reviewed yet"


def test_clauses_and_signatures_go_on_from_run_to_run(
    again: Callable[..., Season], county: Path, tmp_path: Path
) -> None:
    signed = ("张三", "2024-03-01", "李四", "2024-03-05")
    season = again({ONE: {3: {"条款1": K01, "佐证编号": "3-2", "扣分1": 0.4}}}, signed)
    third = run(county, tmp_path / "三", tmp_path / "二" / "评分")
    before, now = card_of(season, ONE), card_of(third, ONE)
    assert before.review and now.review and now.review.total == before.review.total
    assert now.review.signed == before.review.signed and now.review.signed.second == "李四"
    assert now.review.sources == before.review.sources


@office
def test_the_formula_gives_what_reading_back_gives(
    again: Callable[..., Season], tmp_path: Path
) -> None:
    season = again(
        {
            ONE: {
                0: {"条款1": K02, "扣分1": 1.5},
                1: {"条款1": K01, "佐证编号": "1"},
                3: {"条款1": K01, "佐证编号": "1"},
                4: {"条款1": K03, "条款2": K02},
            }
        }
    )
    path = tmp_path / "二" / "评分" / f"{ONE}.xlsx"
    calculated = recalculated([path])[path]
    sheet: Any = openpyxl.load_workbook(path)["绩效评价表"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "条款得分" for cell in row))
    column = next(cell.column for cell in head if cell.value == "条款得分")
    card = card_of(season, ONE)
    for number in (0, 1, 3, 4):
        one = card.indicators[number]
        cell = sheet.cell(head[0].row + 1 + number, column)
        value = calculated[sheet.title, cell.coordinate]
        assert one.reviewed
        if one.reviewed.given is None:
            assert (number, value) == (1, "不适用")
        else:
            assert value == pytest.approx(float(one.reviewed.given), abs=1e-4)
    total = next(row for row in sheet.iter_rows() if str(row[0].value).startswith("总分"))
    value = calculated[sheet.title, total[10].coordinate]
    assert card.review and value == pytest.approx(float(card.review.total or 0), abs=1e-3)


def test_without_criteria_the_table_is_as_before(county: Path, tmp_path: Path) -> None:
    season = jx.run(county / "收件", tmp_path / "无", jobs=1)
    (entry, *_) = season.submitted
    book = openpyxl.load_workbook(tmp_path / "无" / entry.output)
    assert "复核口径" not in book.sheetnames
    assert not [
        cell for row in book["绩效评价表"].iter_rows() for cell in row if cell.value == "条款1"
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[条款]]\n编号 = "A"\n内容 = "甲"\n扣分 = "30%-10%"\n', "前小后大"),
        ('[[条款]]\n编号 = "A"\n内容 = "甲"\n扣分 = "一成"\n', "应写成"),
        ('[[条款]]\n编号 = "A"\n内容 = "甲"\n扣分 = "1分"\n' * 2, "重复"),
        ('[[条款]]\n编号 = ""\n内容 = "甲"\n扣分 = "1分"\n', "都要填"),
        ('[[条款]]\n编号 = "A"\n内容 = "甲"\n扣分 = "1分"\n备注 = "x"\n', "不认识的项目“备注”"),
        ('条款 = "甲"\n', r"\[\[条款\]\]"),
    ],
)
def test_a_mistake_in_the_criteria_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "criteria.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_criteria(path)
