"""Every rule, through its own cases; and what must be true of the catalogue as a whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from cases import Case, find, load_cases, opening, reference, submission, targets
from messages import PAGES, assert_plain, check_page, coverage, section, wording

from jixiao_xlsx.causes.find_causes import find_causes, with_causes_as_hints
from jixiao_xlsx.checking.rule import Rule, cell_name, rule
from jixiao_xlsx.checking.rules.equations import equation_rules
from jixiao_xlsx.checking.run_rules import CRASH, run_rules
from jixiao_xlsx.examining.check import catalogue, check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.prose.evidence import ProseEvidence as Evidence
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.findings import Expected, Finding, Report
from jixiao_xlsx.values.severity import Severity

TEMPLATE = replace(
    find_template(), severities={}
)  # the rules' own severities, whatever the form says of them
RULES = {one.code: one for one in catalogue(TEMPLATE)}
CASES = load_cases(TEMPLATE)
BY_NAME = {str(case): case for case in CASES}
SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "inbox").glob("*.xlsx"))
FAMILIES = {"BAL", "REC", "RAT", "AMT", "STR", "IND", "PLA", "REF", "NAR", "INT"}


@cache
def report_of(case_name: str) -> Report:
    """What the rule of a case says of it, and why; run once for all tests that look at it."""
    case = BY_NAME[case_name]
    evidence = Evidence(
        submission(case, TEMPLATE), TEMPLATE, reference(case), opening(case), targets(case)
    )
    report = run_rules(evidence, [RULES[case.code]])
    causes = find_causes(evidence, report.findings, [RULES[case.code]]).named
    return replace(report, findings=with_causes_as_hints(report.findings, causes))


@cache
def findings_of_samples() -> Mapping[str, tuple[Finding, ...]]:
    """What the whole check says of every sample, by its file name."""
    form = find_template()
    return {path.stem: check(workbook.read(path, form), form).findings for path in SAMPLES}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_finds_these_cells_and_no_others(case: Case) -> None:
    read = submission(case, TEMPLATE)
    report = report_of(str(case))
    found = Counter((finding.code, str(finding.place)) for finding in report.findings)
    wanted = Counter((case.code, str(find(address, read))) for address in case.finds)
    assert found == wanted, "\n".join(finding.message for finding in report.findings)
    text = "\n".join(f"{finding.message} {finding.hint}" for finding in report.findings)
    assert all(words in text for words in case.says), text
    assert not case.level or {finding.severity.label for finding in report.findings} == {case.level}
    for finding in report.findings:
        assert_plain(finding)


@pytest.mark.parametrize("code", RULES)
def test_the_messages_of_a_rule_are_those_that_were_read(code: str) -> None:
    reports = {case.name: report_of(str(case)) for case in CASES if case.code == code}
    samples = {
        name: [finding for finding in findings if finding.code == code]
        for name, findings in findings_of_samples().items()
    }
    page = [
        section(name, coverage(report, code), wording(report.findings))
        for name, report in reports.items()
    ]
    page += [section(name, wording(findings)) for name, findings in samples.items() if findings]
    check_page(code, "\n".join(page))


def test_every_page_of_messages_belongs_to_a_rule() -> None:
    assert {path.stem for path in PAGES.glob("*.txt")} == set(RULES)


@pytest.mark.parametrize("name", [path.stem for path in SAMPLES])
def test_messages_of_samples_are_plain(name: str) -> None:
    for finding in findings_of_samples()[name]:
        assert_plain(finding)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_rule_crashes_on_the_cases_of_another(case: Case) -> None:
    report = check(
        submission(case, TEMPLATE), TEMPLATE, reference(case), opening(case), targets(case)
    )
    assert not [finding.message for finding in report.findings if finding.code == CRASH]


def test_of_seven_required_cells_that_are_blank_six_are_named() -> None:
    info = TEMPLATE.table["基本信息"]
    asked = [*(row.title for row in info.rows if row.required), "部门编码"]
    rows = tuple(
        replace(row, required=("填报内容",) if row.title in asked else ()) for row in info.rows
    )
    form = replace(TEMPLATE, tables=(replace(info, rows=rows), *TEMPLATE.tables[1:]))
    read = submission(Case("STR103", "七项必填", given={"基本信息": "填报人 | 张三"}), TEMPLATE)
    (found,) = run_rules(Evidence(read, form), [RULES["STR103"]]).findings
    assert (len(asked), found.count) == (7, 7)
    assert found.message.count("“") == 6 and "等 7 项未填" in found.message, found.message


# Without a limit of the form's own: a hundredfold, a hundred points, nothing, the whole, the whole,
# the whole, nothing.
FAR = "三级指标 | 权重 | 目标值 | 业绩值 | 指标得分\n办结群众来信 | {weight} | ≥10 | {actual} | 1"
OFFICE = (
    "支出功能分类科目 | 基本支出小计 | 人员经费 | 公用经费\n教育支出 | 100.00 | {wages} | {office}"
)
SPENT = "资金 | 年初预算数 | 全年预算数 | 全年执行数\n年度资金总额 | 1000.00 | {budget} | {spent}"
COPIED = "三级指标 | 目标值 | 业绩值\n办件及时率 | ≥95% | 95%\n培训合格率 | ≥95% | 95%\n公开及时率 | ≥95% | 95%\n"


@pytest.mark.parametrize(
    ("code", "given", "finds"),
    [
        ("IND111", {"绩效评价表": FAR.format(weight=13.5, actual=1000)}, 0),
        ("IND111", {"绩效评价表": FAR.format(weight=13.5, actual=1001)}, 1),
        ("IND114", {"绩效评价表": "照表样\n" + FAR.format(weight=100, actual=10)}, 0),
        ("IND114", {"绩效评价表": "照表样\n" + FAR.format(weight=100.5, actual=10)}, 1),
        ("IND113", {"绩效评价表": COPIED}, 0),
        (
            "PLA101",
            {
                "基本信息": "单位性质 | 行政",
                "资金预算执行表": OFFICE.format(wages=0, office="100.00"),
            },
            0,
        ),
        (
            "PLA101",
            {
                "基本信息": "单位性质 | 行政",
                "资金预算执行表": OFFICE.format(wages=0, office="100.01"),
            },
            1,
        ),
        (
            "PLA102",
            {
                "基本信息": "年末在职人数（编内） | 3",
                "资金预算执行表": OFFICE.format(wages=0, office="100.00"),
            },
            0,
        ),
        ("RAT104", {"预算执行率": SPENT.format(budget="1000.00", spent="0")}, 0),
        ("RAT105", {"预算执行率": SPENT.format(budget="2000.00", spent="0")}, 0),
        ("RAT105", {"预算执行率": SPENT.format(budget="2000.01", spent="0")}, 1),
    ],
)
def test_a_form_that_sets_no_limits_is_content_with_little(
    code: str, given: dict[str, str], finds: int
) -> None:
    read = submission(Case(code, "没有界限", given=given), TEMPLATE)
    found = run_rules(Evidence(read, replace(TEMPLATE, thresholds={})), [RULES[code]]).findings
    assert len(found) == finds, [finding.message for finding in found]


def test_a_rate_of_figures_in_万元_has_a_range() -> None:
    """A form with its funds in 万元: what was cut off before the rate was worked out makes it a
    little more or less.
    """
    form = find_template("xiangmu-zhichu")
    funds = "资金来源 | 全年预算数 | 全年执行数 | 执行率\n年度资金总额 | 10.00 | 5.00 | 60%"
    read = submission(Case("RAT101", "万元", given={"项目资金": funds}), form)
    (found,) = run_rules(
        Evidence(read, form), [one for one in catalogue(form) if one.code == "RAT101"]
    ).findings
    assert found.expected == Expected(Decimal("49.93"), Decimal("50.08"), "%")
    assert "应为 49.93%–50.08%" in found.message


def test_a_row_that_the_form_has_not_is_named_with_its_column() -> None:
    cell = Cell("基本信息", "B7", "单位性质", "填报内容")
    assert cell_name(cell, TEMPLATE) == "“单位性质”"
    assert cell_name(cell._replace(row="自己加的一行"), TEMPLATE) == "“自己加的一行”的“填报内容”"


# ------------------------------------------------------------------------------------ the catalogue


@pytest.mark.parametrize("code", RULES)
def test_a_rule_has_a_case_of_either_kind(code: str) -> None:
    mine = [case for case in CASES if case.code == code]
    assert any(case.finds for case in mine), "没有反例"
    assert any(not case.finds for case in mine), "没有正例"
    assert len({case.name for case in mine}) == len(mine), "名称重复"


def test_every_case_file_belongs_to_a_rule() -> None:
    assert {case.code for case in CASES} == set(RULES)


def test_names_of_cases_can_be_shown_to_people() -> None:
    assert not [
        str(case) for case in CASES if not 4 <= len(case.name) <= 60 or case.name.endswith("。")
    ]


@pytest.mark.parametrize("one", RULES.values(), ids=lambda one: one.code)
def test_a_rule_says_what_it_is(one) -> None:  # type: ignore[no-untyped-def]
    assert re.fullmatch(r"[A-Z]{3}\d{3}", one.code) and one.code[:3] in FAMILIES
    assert one.title and one.basis and one.doc
    what, _, mend = one.doc.partition("改法：")
    assert (what and mend.strip().endswith("。")) or one.code.startswith("NAR"), "没有写怎么改"
    assert all(
        re.fullmatch(r"C\d\d", relation) and 1 <= int(relation[1:]) <= 74
        for relation in one.relations
    )
    assert set(one.yields_to) <= set(RULES)


@pytest.mark.parametrize(
    ("code", "doc"),
    [
        (
            "BAL103",
            "“收支总表”内应有：基本支出 = 其中：人员经费 + 其中：公用经费。\n\n改法：对照账表，改正等式里填错的一格。",
        ),
        (
            "BAL702",
            "“满意度调查”内应有：有效份数 ≤ 回收份数 ≤ 发放份数。\n\n改法：核对两边，改正填错的一格。",
        ),
        (
            "BAL301",
            "“年度计划”内应有：各行之和 ≤ 部门总体预算。\n\n改法：核对两边，改正填错的一格；确属实情的，附情况说明。",
        ),
        (
            "REC109",
            "各表之间应有（写作“表.行.列”）：预算执行率.当年财政拨款.全年执行数 ≤ 收支总表.其中：财政拨款支出.决算数。"
            "\n\n改法：核对两边，改正填错的一格。",
        ),
    ],
)
def test_the_page_of_an_equation_says_the_law_and_how_to_mend_it(code: str, doc: str) -> None:
    assert next(one.doc for one in equation_rules(TEMPLATE) if one.code == code) == doc


def test_a_code_can_be_taken_once_only() -> None:
    with pytest.raises(ValueError, match="规则编号重复：STR109"):
        rule("STR109", "题", severity=Severity.NOTE, basis="依据")(lambda evidence: iter(()))


def test_a_rule_without_a_page_has_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    registry: dict[str, Rule] = {}
    monkeypatch.setattr("jixiao_xlsx.checking.rule._REGISTRY", registry)
    rule("STR999", "题", severity=Severity.NOTE, basis="依据")(lambda evidence: iter(()))
    assert [(one.code, one.doc) for one in registry.values()] == [("STR999", "")]


def test_codes_are_unique_and_in_order() -> None:
    codes = [one.code for one in catalogue(TEMPLATE)]
    assert codes == sorted(set(codes))
