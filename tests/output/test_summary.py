from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import fakes
import office
import openpyxl
import pytest
from dumps import check_golden
from xlsxwriter.worksheet import Worksheet

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.xlsx.summary.book import write_summary
from jixiao_xlsx.output.xlsx.summary.matrix import score_matrix
from jixiao_xlsx.output.xlsx.summary.ranking import department_results, ranking
from jixiao_xlsx.output.xlsx.summary.rule_hits import rule_hits
from jixiao_xlsx.season.at_stake import at_stake
from jixiao_xlsx.values.causes import Cause, CauseCell, Certainty
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Change, Finding, Report, Result
from jixiao_xlsx.values.season import Season
from jixiao_xlsx.values.severity import Severity

FORM = find_template()


@dataclass(frozen=True)
class FakeRule:
    code: str
    title: str
    severity: Severity
    basis: str = "依据"
    relations: tuple[str, ...] = ()


CATALOGUE = (
    FakeRule("REC101", "基本支出：执行表与收支总表不符", Severity.ERROR, relations=("C13", "C59")),
    FakeRule("IND104", "未达目标仍得满分", Severity.ERROR, relations=("C43",)),
    FakeRule("IND110", "定性指标填了百分数", Severity.WARNING, relations=("C47",)),
    FakeRule("AMT112", "合计未填", Severity.NOTE),
    FakeRule("PLA105", "有公车运行费而无车辆", Severity.WARNING, relations=("C56",)),
    FakeRule("BAL103", "基本支出与分项不符", Severity.ERROR, relations=("C07",)),
)


def written(season: Season | None = None) -> bytes:
    stream = BytesIO()
    write_summary(stream, season or fakes.season(FORM), CATALOGUE, FORM)
    return stream.getvalue()


def sheets(data: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(data), data_only=True)


def listed(sheet: Any) -> list[dict[str, object]]:
    """The lines of a listing whose titles are in row 3."""
    names = [cell.value for cell in sheet[3]]
    return [
        dict(zip(names, row, strict=True))
        for row in sheet.iter_rows(min_row=4, values_only=True)
        if any(row)
    ]


def test_golden() -> None:
    check_golden("summary", written())


def test_same_values_same_bytes(tmp_path: Path) -> None:
    target = tmp_path / "汇总.xlsx"
    write_summary(target, fakes.season(FORM), CATALOGUE, FORM)
    assert target.read_bytes() == written()


def test_formulas_need_none_of_what_the_library_would_look_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = written()
    monkeypatch.setattr("jixiao_xlsx.output.xlsx.page._Sheet", Worksheet)
    assert written() == ours


def test_the_order_of_the_entries_changes_nothing() -> None:
    season = fakes.season(FORM)
    assert written(replace(season, entries=tuple(reversed(season.entries)))) == written(season)


def test_ranking() -> None:
    lines = listed(sheets(written())["部门排名"])
    assert [(line["名次"], line["部门名称"]) for line in lines] == [
        (1, "云川县水务局"),
        (1, "云川县教育局"),
        ("暂不排名", "云川县机关事务中心"),
        ("暂不排名", "云川县档案馆"),
    ]
    assert lines[0]["差异（自评−复算）"] is None  # 复算分 is scaled, 自评分 is not
    assert [line["错误"] for line in lines] == [0, 0, 4, 0]
    assert lines[3]["复算总分"] is None
    assert lines[2]["说明"] == "有 4 条错误未了结，暂不排名"
    assert lines[3]["说明"] == "不能评出总分：没有读到指标"


def test_ties_share_a_rank_and_the_next_is_skipped() -> None:
    season = fakes.season(FORM)
    full = season.submitted[1].scorecards[0]
    assert full is not None
    lower = fakes.answered("云川县档案馆", fakes.scaled_to(full, FORM, Fraction(80)), ())
    entries = tuple(
        lower if entry.department == "云川县档案馆" else entry for entry in season.entries
    )
    lines = ranking(department_results(replace(season, entries=entries)))
    assert [line["名次"] for line in lines][:3] == [1, 1, 3]


def test_scored_workbooks_are_linked_by_a_relative_path() -> None:
    sheet = sheets(written())["部门排名"]
    links = [cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert [link.replace("\\", "/") for link in links[:1]] == ["评分/云川县水务局.xlsx"]
    assert len(links) == 4


def test_all_findings_are_listed_with_their_file() -> None:
    lines = listed(sheets(written())["问题清单"])
    assert len(lines) == 7 + 1 + 2
    first = lines[1]
    assert (first["部门"], first["文件"], first["单元格"]) == (
        "云川县机关事务中心",
        "云川县机关事务中心2025.xlsx",
        "绩效评价表!J8",
    )
    assert {line["应为（范围）"] for line in lines} >= {"142.98～143.00 万元", "9.55～9.56 分"}


def test_findings_can_be_sorted_by_the_money_at_stake_and_lead_to_the_copy() -> None:
    season = fakes.season(FORM)
    copy = "退回/云川县机关事务中心/云川县机关事务中心-批注副本.xlsx"
    entries = tuple(replace(entry, returned=(copy,)) for entry in season.entries)
    sheet = sheets(written(replace(season, entries=entries)))["问题清单"]
    lines = listed(sheet)
    stakes = [line["差额折合元"] for line in lines if line["差额折合元"] is not None]
    assert stakes and all(isinstance(stake, int | float) for stake in stakes)
    for line in lines:
        if line["单位"] == "万元":
            assert line["差额折合元"] == pytest.approx(abs(float(str(line["差额"]))) * 10_000)
    links = {cell.hyperlink.target.replace("\\", "/") for cell in sheet["C"] if cell.hyperlink}
    assert links == {copy}
    where = next(cell for cell in sheet["C"] if cell.value == "绩效评价表!J8")
    assert where.hyperlink.location == "'绩效评价表'!J8"


def test_matrix_groups_own_indicators_and_says_not_applicable() -> None:
    found = score_matrix([fakes.card(FORM)], FORM)
    at = {(heading.level2, heading.name): column for column, heading in enumerate(found.headings)}
    assert found.unscored[0, at["部门履职目标", "个性指标合计"]] == "26.73/27"  # its own full mark
    assert found.scores[0, at["财务管理", "财务管理制度健全性"]] == pytest.approx(2.565)
    assert found.unscored[0, at["采购管理", "政府采购规范性"]] == "不适用"
    assert [heading.level2 for heading in found.headings][:4] == ["资金投入"] * 4
    sheet = sheets(written())["指标得分矩阵"]
    assert len(sheet.conditional_formatting) == len(found.headings)


def test_rules_that_looked_at_nothing_are_named() -> None:
    book = sheets(written())
    assert "2 条没有核对到任何单元格：BAL103、PLA105。" in book["规则命中"]["A2"].value
    lines = {line["编号"]: line for line in listed(book["规则命中"])}
    assert (lines["IND110"]["部门数"], lines["IND110"]["问题数"]) == (2, 2)
    assert (lines["AMT112"]["问题数"], lines["AMT112"]["核对单元格"]) == (2, 160)
    assert lines["STR103"]["规则"] is None, "a code outside the catalogue is not lost"
    assert lines["BAL103"]["未核对（处）"] == 4


def test_delivery_accounts_for_every_department_and_file() -> None:
    sheet = sheets(written())["报送情况"]
    texts = [
        [cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)
    ]
    assert texts[7][:3] == ["110004", "云川县文化体育广电和旅游局（县文物局）", "未报"]
    files = {cell for row in texts for cell in row if str(cell).endswith(".xlsx")}
    assert {entry.file for entry in fakes.season(FORM).entries} <= files
    assert any("另有文件：重复稿/云川县水务局（旧）.xlsx（重复）" in row for row in texts)
    formulas = openpyxl.load_workbook(BytesIO(written()))["报送情况"]
    assert not [cell for row in formulas.iter_rows() for cell in row if cell.data_type == "f"]


def test_cells_that_changed_unasked_are_listed_for_passed_departments_too() -> None:
    long = "本年度各项工作按计划推进。" * 12
    changes = (
        Change(Place("三公经费", "D10"), "公务接待费", "决算数", "", "5000"),
        Change(
            Place("报告正文", "B6"),
            "三、分析",
            "填报内容",
            f"{long}执行率98.65%。{long}",
            f"{long}执行率98.49%。{long}",
        ),
    )
    season = fakes.season(FORM)
    passed = next(a for a in season.submitted if a.report and a.report.result is Result.PASS)
    assert passed.report
    again = replace(passed, report=replace(passed.report, round=2, changes=changes))
    book = sheets(
        written(replace(season, entries=tuple(again if a is passed else a for a in season.entries)))
    )
    first, second = listed(book["其他改动"])
    assert list(first.values()) == [
        passed.department,
        "第 2 次",
        "三公经费!D10",
        "公务接待费·决算数",
        "（空）",
        "5000",
    ]
    assert re.fullmatch(r"….{,20}98\.65%.{,20}…", str(second["上次填报"])) and "98.49%" in str(
        second["这次填报"]
    )
    assert "其他改动" not in sheets(written()).sheetnames


def test_overview_has_its_charts_and_figures() -> None:
    data = written()
    with ZipFile(BytesIO(data)) as parts:
        assert sum(name.startswith("xl/charts/chart") for name in parts.namelist()) == 4
    sheet = sheets(data)["总览"]
    labels = {
        cell.value: sheet.cell(cell.row + 1, cell.column).value
        for row in sheet.iter_rows(max_row=8)
        for cell in row
        if cell.value
    }
    assert (labels["应报部门"], labels["已报"], labels["未报"], labels["通过"]) == (
        5,
        4,
        1,
        2,
    )
    assert (labels["待核实说明"], labels["退回修改"]) == (1, 1)
    assert (labels["错误（条）"], labels["未计入的文件"]) == (4, 3)


def test_without_roster_and_without_entries() -> None:
    season = fakes.season(FORM)
    free = sheets(written(replace(season, roster=())))
    assert [line["部门名称"] for line in listed(free["报送情况"])][:4] == sorted(
        a.department for a in season.submitted
    )
    assert "没有提供部门名册" in free["报送情况"]["A2"].value
    empty = sheets(written(replace(season, entries=())))
    assert empty["报送情况"]["A2"].value.startswith("应报 5 个，已报 0 个，未报 5 个")
    assert not any(line.findings for line in rule_hits(replace(season, entries=()), CATALOGUE))
    nothing = sheets(written(replace(season, roster=(), entries=(), year=None)))
    assert nothing.sheetnames == [
        "今日要办",
        "总览",
        "部门排名",
        "问题清单",
        "指标得分矩阵",
        "规则命中",
        "报送情况",
        "整改台账",
    ]


def _dear(report: Report) -> list[Finding]:
    loud = (one for one in report.findings if one.severity is not Severity.NOTE)
    return [one for one in loud if at_stake(one)]


def test_the_dearest_fault_is_named_by_its_cause_and_leads_to_it() -> None:
    """Not by the total that noticed it, which is right."""
    season = fakes.season(FORM)
    entry = next(one for one in season.submitted if one.report and _dear(one.report))
    assert entry.report
    dear = _dear(entry.report)[0]
    culprit = CauseCell(Place("收支总表", "D9"), "教育支出", "决算数", "9")
    cause = Cause(
        *("起因", "unit_cell", Severity.ERROR, (culprit,), Certainty.LIKELY),
        *("D9 疑似把元当作万元填写。", (dear.fingerprint,)),
    )
    blamed = replace(entry, report=replace(entry.report, causes=(cause,)))
    others = [one for one in season.entries if one is not entry]
    sheet = sheets(written(replace(season, entries=(blamed, *others))))["今日要办"]
    [line] = [row for row in sheet.iter_rows() if cause.message in [cell.value for cell in row]]
    assert line[0].value == entry.department
    assert line[3].value == "收支总表!D9"
    assert not any(dear.message == cell.value for row in sheet.iter_rows() for cell in row)


@office.office
def test_office_agrees_with_every_cached_value(tmp_path: Path) -> None:
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(written())
    assert not list(office.differences(office.values(path), office.recalculated([path])[path]))
