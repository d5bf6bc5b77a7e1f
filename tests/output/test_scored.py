from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import fakes
import office
import openpyxl
import pytest
from dumps import check_golden
from xlsxwriter.worksheet import Worksheet

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.typed_content import typed_digest
from jixiao_xlsx.output.xlsx.page import line_count, new_book, row_height
from jixiao_xlsx.output.xlsx.scored.book import write_scored_workbook
from jixiao_xlsx.output.xlsx.scored.live_scores import recompute
from jixiao_xlsx.season.review.review_marks import SHEET
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.scores import Method, Scorecard

TABLE, OPINION, NOTES, FUNDS = "绩效评价表", "核对意见", "评分说明", "资金执行"
FORM = find_template()


def written(
    submission: Submission | None = None,
    report: Report | None = None,
    card: Scorecard | None = None,
    template: Template = FORM,
) -> bytes:
    stream = BytesIO()
    write_scored_workbook(
        stream,
        submission or fakes.submission(template),
        report or fakes.report(),
        card or fakes.card(template),
        template,
    )
    return stream.getvalue()


def opened(data: bytes, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(BytesIO(data), data_only=values)


def titles(sheet: Any, first: str) -> tuple[int, dict[str, int]]:
    """The row of the column titles (its first cell says `first`) and the columns by title."""
    row = next(cells for cells in sheet.iter_rows() if cells[0].value == first)
    return row[0].row, {cell.value: cell.column for cell in row if cell.value}


def rows_of(sheet: Any, column: int, start: int) -> dict[str, int]:
    return {
        sheet.cell(row, column).value: row
        for row in range(start + 1, sheet.max_row + 1)
        if sheet.cell(row, column).value
    }


def test_golden() -> None:
    check_golden("scored", written())


def test_same_values_same_bytes_whatever_the_target(tmp_path: Path) -> None:
    target = tmp_path / "评分表.xlsx"
    write_scored_workbook(target, fakes.submission(FORM), fakes.report(), fakes.card(FORM), FORM)
    assert target.read_bytes() == written() == written()
    assert [path.name for path in tmp_path.iterdir()] == ["评分表.xlsx"]


@pytest.mark.parametrize(
    "typed", ["普通", "=1+1", "甲\r\n乙", "_x000D_", "\x01", " 甲 ", "<r><x></r>", "'甲'!A1"]
)
def test_the_digest_is_that_of_the_file_and_whatever_was_typed_stays_words(typed: str) -> None:
    card = fakes.card(FORM)
    first, *rest = card.indicators
    own = replace(card, indicators=(replace(first, name=typed), *rest))
    stream = BytesIO()
    digest = write_scored_workbook(stream, fakes.submission(FORM), fakes.report(), own, FORM)
    assert digest == typed_digest("评分.xlsx", stream.getvalue()) != ""
    cells = {cell.value for row in opened(stream.getvalue())[TABLE].iter_rows() for cell in row}
    assert any(typed.strip().strip("\x01").split("\r")[0] in str(value) for value in cells)


def test_formulas_need_none_of_what_the_library_would_look_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = written()
    monkeypatch.setattr("jixiao_xlsx.output.xlsx.page._Sheet", Worksheet)
    assert written() == ours


def test_a_book_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), new_book(tmp_path / "a.xlsx", "t"):
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_text_of_a_department_is_never_a_formula() -> None:
    book = opened(written(), values=False)
    texts = [
        c
        for sheet in book
        for row in sheet.iter_rows()
        for c in row
        if c.data_type == "s" and str(c.value).startswith("=")
    ]
    assert {cell.parent.title for cell in texts} == {TABLE, NOTES, SHEET}
    formulas = [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert len(formulas) > 50
    assert not [cell for cell in formulas if "HYPERLINK" in cell.value]


def test_odd_characters_do_no_harm() -> None:
    name = "1局\x01\ud83d&L" + "甲" * 3000
    one = replace(fakes.findings()[0], problem=name, reported="\x00", item="&" * 40_000)
    data = written(
        replace(fakes.submission(FORM), department=name),
        fakes.report(name, [one]),
        replace(fakes.card(FORM), department=name),
    )
    assert opened(data)[OPINION]["A1"].value.endswith(f"（原文共 {len(name) + 5} 字）")


def test_only_the_reviewers_cells_can_be_typed_into() -> None:
    sheet = opened(written())[TABLE]
    head, at = titles(sheet, "一级指标")
    names = rows_of(sheet, 3, head)
    count = len(fakes.indicators())
    execution = next(cell.row for cell in sheet["A"] if cell.value == FORM.execution_table)
    wanted = {
        (row, at[title])
        for row in [*range(head + 1, head + 1 + count), execution]
        for title in ("财政复核分", "复核理由")
    }
    unlocked = {
        (c.row, c.column) for row in sheet.iter_rows() for c in row if not c.protection.locked
    }
    assert sheet.protection.sheet
    assert unlocked == wanted
    limits = {
        int(str(rule.sqref)[1:]): float(rule.formula2)
        for rule in sheet.data_validations.dataValidation
    }
    weights = {names[one.name]: float(one.weight) for one in fakes.indicators()}
    assert limits == weights | {execution: float(FORM.execution_weight)}
    fills = {sheet.cell(*place).fill.fgColor.rgb for place in unlocked}
    assert fills == {"FFFFFFCC"}


def test_differences_are_highlighted_and_only_they() -> None:
    sheet = opened(written())[TABLE]
    head, at = titles(sheet, "一级指标")
    names = rows_of(sheet, at["三级指标"], head)
    for one in fakes.indicators():
        differs = (
            one.score is not None and one.self_score is not None and one.score != one.self_score
        )
        fill = sheet.cell(names[one.name], at["复算分"]).fill.fgColor.rgb
        assert (fill == "FFFCE4D6") == differs, one.name


def test_levels_are_merged_over_their_rows() -> None:
    sheet = opened(written())[TABLE]
    head, _ = titles(sheet, "一级指标")
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {
        f"A{head + 1}:A{head + 6}",
        f"B{head + 1}:B{head + 3}",
        f"B{head + 4}:B{head + 5}",
        f"A{head + 8}:A{head + 9}",
    } <= merged
    assert sheet.cell(head + 7, 1).value == "能力建设"


def test_the_plan_block_shows_every_row_and_amount() -> None:
    sheet = opened(written())[TABLE]
    values = {cell.value for row in sheet.iter_rows(min_row=3, max_row=5) for cell in row}
    assert {
        "年度计划完成情况",
        "预算数（元）",
        "其中：财政拨款（执行）",
        9548199.71,
        120000000.5,
    } <= values


def test_totals_grade_and_execution_have_the_right_cached_values() -> None:
    card = fakes.card(FORM)
    sheet = opened(written())[TABLE]
    _, at = titles(sheet, "一级指标")
    by_label = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    got = {
        label: sheet.cell(by_label[label], at["复算分"]).value
        for label in ("合计", "预算执行率", "总分（100 分）", "等级")
    }
    assert card.score and card.total and card.execution.score
    assert got["合计"] == pytest.approx(float(card.score))
    assert got["预算执行率"] == pytest.approx(float(card.execution.score))
    assert got["总分（100 分）"] == pytest.approx(float(card.exact_total))
    assert got["等级"] == card.grade


def test_findings_in_order_with_links_to_their_rows() -> None:
    book = opened(written())
    sheet = book[OPINION]
    head, at = titles(sheet, "序号")
    lines_ = [
        {title: sheet.cell(row, column) for title, column in at.items()}
        for row in range(head + 1, head + 8)
    ]
    labels = [line["级别"].value for line in lines_]
    assert labels == ["错误"] * 4 + ["警告", "提示", "警告（已说明）"]
    assert [line["单元格"].value.partition("\n")[0] for line in lines_[:4]] == [
        "基本信息!B6",
        "资金预算执行表!E9",
        "预算执行率!H5",
        "绩效评价表!J8",
    ]
    assert lines_[0]["定位"].value is None
    for line, calculated in (
        (lines_[1], 130.62),
        (lines_[2], 10),
        (lines_[3], "财务管理制度健全性"),
    ):
        target, _, ref = line["定位"].hyperlink.location.rpartition("!")
        assert book[target.strip("'")][ref].value == calculated


def test_indicator_rows_lead_to_their_findings() -> None:
    book = opened(written())
    sheet = book[TABLE]
    head, at = titles(sheet, "一级指标")
    row = rows_of(sheet, at["三级指标"], head)["财务管理制度健全性"]
    cell = sheet.cell(row, at["核对意见序号"])
    assert cell.value == "4、5"
    assert book[OPINION][cell.hyperlink.location.rpartition("!")[2]].value == 4


def test_conclusion_and_coverage() -> None:
    texts = [cell.value for cell in opened(written())[OPINION]["A"] if cell.value]
    assert any("退回" in str(text) and "错误 4 条" in str(text) for text in texts)
    clean = written(report=fakes.report(found=()))
    sheet = opened(clean)[OPINION]
    assert "通过" in sheet["A2"].value
    everything = "\n".join(
        str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value
    )
    assert "没有发现问题" in everything
    assert "未填：4 项" in everything and "BAL103" not in everything
    assert "PLA105" not in everything


def test_a_file_without_tables_still_gives_a_book() -> None:
    bare = replace(fakes.submission(FORM), tables={}, year=None)
    card = replace(
        fakes.card(FORM),
        indicators=(),
        score=None,
        exact_total=None,
        grade="",
        self_sum=None,
        scaling="",
        incomplete="没有读到指标",
    )
    book = opened(written(bare, card=card))
    everything = "\n".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    )
    for text in (
        "没有读到指标",
        "没有读到《年度计划》",
        "没有找到《资金预算执行表》",
        "没有找到《预算执行率》",
    ):
        assert text in everything


def test_every_method_is_a_formula_that_agrees_with_the_score() -> None:
    methods = set()
    for one in fakes.indicators():
        methods.add(one.method)
        assert recompute(one) == one.score, one.name
    assert methods == set(Method)


def test_a_score_that_no_formula_leads_to_is_written_as_it_is() -> None:
    card = fakes.card(FORM)
    odd = replace(card.indicators[0], score=Fraction(1))
    data = written(card=replace(card, indicators=(odd, *card.indicators[1:])))
    formulas, values = opened(data, values=False)[NOTES], opened(data)[NOTES]
    assert formulas["L4"].value == values["L4"].value == 1


def edges() -> Iterator[tuple[Method, dict[str, Fraction], Fraction]]:
    """Corners of each method and the score of weight 2 they give."""
    f = Fraction
    for actual, target, score in (
        (1, 0, 2),
        (-1, 1, 0),
        (0, 0, 2),
        (f(1, 3), 1, f(2, 3)),
        (5, 4, 2),
    ):
        yield Method.HIGHER, {"actual": f(actual), "target": f(target)}, f(score)
    for actual, target, score in (
        (1, 0, 0),
        (0, 0, 2),
        (f(-1, 2), 0, 2),
        (3, 1, f(2, 3)),
        (f(1, 10), f(-1, 10), 0),
    ):
        yield Method.LOWER, {"actual": f(actual), "target": f(target)}, f(score)
    for actual, target, score in (
        (f(-1), 0, 2),
        (f(1, 2), 0, 1),
        (5, 0, 0),
        (f(7, 100), f(5, 100), f(196, 100)),
    ):
        yield (
            Method.CHANGE,
            {"actual": f(actual), "target": f(target), "per_point": f(1, 100)},
            f(score),
        )
    for actual, target, full, score in (
        (0, 0, 1, 2),
        (0, 1, 1, 0),
        (-1, 1, 1, 0),
        (f(19, 20), 1, f(19, 20), 2),
        (2, 1, 1, 1),
    ):
        yield (
            Method.EQUAL,
            {"actual": f(actual), "target": f(target), "full_from": f(full)},
            f(score),
        )
    for actual, score in ((f(-1), 0), (f(3, 2), 2), (f(1, 7), f(2, 7))):
        yield Method.COEFFICIENT, {"actual": f(actual), "target": f(1)}, f(score)
    for own, score in ((0, f(12, 10)), (2, f(16, 10)), (f(13, 10), f(13, 10))):
        yield Method.TIER, {"self_score": f(own), "low": f(6, 10), "high": f(8, 10)}, f(score)


@pytest.mark.parametrize(("method", "given", "score"), list(edges()))
def test_recompute_at_the_edges(
    method: Method, given: dict[str, Fraction], score: Fraction
) -> None:
    assert recompute(fakes.indicator(0, "某指标", "2", method, **given)) == score


@office.office
def test_office_agrees_with_every_cached_value(tmp_path: Path) -> None:
    ones = [
        fakes.indicator(n, f"指标{n}", "2", method, **given, score=score)
        for n, (method, given, score) in enumerate(edges())
    ]
    total = sum((one.score for one in ones if one.score is not None), Fraction(0))
    card = fakes.card(FORM)
    assert card.execution.score is not None
    plain = replace(
        card,
        indicators=tuple(ones),
        score=total,
        scaling="",
        exact_total=total + card.execution.score,
    )
    paths = [tmp_path / name for name in ("a.xlsx", "edges.xlsx", "bare.xlsx")]
    paths[0].write_bytes(written())
    paths[1].write_bytes(
        written(card=replace(plain, grade=FORM.grade(plain.exact_total or Fraction(0))))
    )
    bare = replace(
        card,
        indicators=(),
        score=None,
        exact_total=None,
        grade="",
        scaling="",
        incomplete="没有读到指标",
    )
    paths[2].write_bytes(written(replace(fakes.submission(FORM), tables={}), card=bare))
    for path, calculated in office.recalculated(paths).items():
        assert not list(office.differences(office.values(path), calculated)), path.name
    formulas = opened(paths[1].read_bytes(), values=False)[NOTES]
    assert all(formulas[f"L{row}"].data_type == "f" for row in range(4, 4 + len(ones)))


@office.office
def test_office_adds_what_the_reviewer_types(tmp_path: Path) -> None:
    card = fakes.card(FORM)
    one = replace(
        card, indicators=tuple(i for i in card.indicators if i.score is not None), scaling=""
    )
    total = sum((i.score for i in one.indicators if i.score is not None), Fraction(0))
    assert card.execution.score is not None
    one = replace(
        one,
        score=total,
        exact_total=total + card.execution.score,
        grade=FORM.grade(total + card.execution.score),
    )
    path = tmp_path / "reviewed.xlsx"
    book = openpyxl.load_workbook(BytesIO(written(card=one)))
    sheet = book[TABLE]
    head, at = titles(sheet, "一级指标")
    row = rows_of(sheet, at["三级指标"], head)["工作完成情况"]
    sheet.cell(row, at["财政复核分"]).value = 0
    book.save(path)
    calculated = office.recalculated([path])[path]
    labels = {sheet.cell(r, 1).value: r for r in range(1, sheet.max_row + 1)}
    reviewed = {
        label: calculated[TABLE, f"K{labels[label]}"]
        for label in ("合计", "总分（100 分）", "等级")
    }
    assert reviewed["合计"] == pytest.approx(float(total - Fraction("13.23")))
    assert reviewed["总分（100 分）"] == pytest.approx(
        float(total - Fraction("13.23") + card.execution.score)
    )
    assert reviewed["等级"] == "差"


def test_rows_are_as_high_as_their_text() -> None:
    assert line_count("", 10) == 1
    assert line_count("一二三四", 10) == 1
    assert line_count("一二三四五六七八", 10) == 2
    assert line_count("一\n二\n三", 10) == 3
    assert (
        row_height([("一" * 100, 20.0), (1.5, 8.0)])
        > row_height([("一" * 50, 20.0)])
        > row_height([("一", 20.0)])
    )
    assert row_height([("一" * 100_000, 10.0)]) <= 409
