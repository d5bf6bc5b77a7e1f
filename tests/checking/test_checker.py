"""How findings are accounted for: what was looked at, what was skipped, a rule that breaks,
findings of one cause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from cases import Case, submission

from jixiao_xlsx.checking.rule import Looked, Observation, Rule, flag
from jixiao_xlsx.checking.run_rules import CRASH, run_rules
from jixiao_xlsx.examining.check import catalogue, check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.prose.evidence import ProseEvidence as Evidence
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.severity import Severity

TEMPLATE = find_template()
RULES = {rule.code: rule for rule in catalogue(TEMPLATE)}
TRIPS = """
项目                     | 预算数（全年） | 决算数
“三公经费”合计           | 40000.00       | 45000.00
公务用车购置及运行维护费 | 30000.00       | 36000.00
公务接待费               | 5000.00        | 5000.00
"""


def read(**given: str) -> Submission:
    return submission(Case("BAL501", "一张表", given=given), TEMPLATE)


def test_a_rule_that_breaks_is_one_finding_and_stops_no_other() -> None:
    def breaks(evidence: Evidence) -> Iterator[Observation]:
        yield Looked(3)
        raise KeyError("…")

    bad = Rule("BAL500", "会坏的规则", Severity.ERROR, "…", "…", breaks)
    report = run_rules(Evidence(read(三公经费=TRIPS), TEMPLATE), [bad, RULES["BAL501"]])
    crash = next(finding for finding in report.findings if finding.code == CRASH)
    assert crash.item == "BAL500" and "BAL500" in crash.message and "会坏的规则" in crash.message
    assert crash.severity is Severity.NOTE  # a fault of ours sends no workbook back
    assert not re.search(
        "[a-z]", crash.message + crash.basis
    )  # a class of Python says nothing to a clerk
    assert report.faults[0].startswith("BAL500: KeyError: '…' (")
    assert [finding.code for finding in report.findings if finding.code != CRASH] == [
        "BAL501",
        "BAL501",
    ]


def test_cells_are_counted_per_rule_and_what_was_skipped_has_its_reason() -> None:
    report = check(read(三公经费=TRIPS), TEMPLATE)
    assert report.checked["BAL501"] == 8  # 合计 and three parts in two columns that are filled
    assert report.checked["REC101"] == 0
    reasons = {skip.code: skip.reason for skip in report.skipped}
    assert reasons["REC101"] == "缺少“资金预算执行表.合计.基本支出小计”"
    assert [(skip.reason, skip.count) for skip in report.skipped if skip.code == "BAL501"] == [
        ("未填", 1)
    ]
    assert set(report.checked) == set(RULES)


def test_a_missing_sheet_is_one_finding_and_not_forty() -> None:
    explained = submission(
        Case(
            "STR101",
            "缺一张表",
            given={"基本信息": "部门名称 | 县财政局"},
            notes=("缺工作表：收支总表",),
        ),
        TEMPLATE,
    )
    report = check(explained, TEMPLATE)
    assert [f.code for f in report.findings if "收支总表" in f.message] == ["STR101"]
    assert sum("收支总表" in skip.text for skip in report.skipped) > 10


def test_a_truncated_sheet_is_one_note_with_a_count() -> None:
    rows = [(f"科目{n}", f"{n}.11", n * 10000 + 1199) for n in range(1, 6)]
    total = sum(fen for _, _, fen in rows)
    funds = "\n".join(
        [
            "支出功能分类科目 | 人员经费",
            *(f"{name} | {wan}" for name, wan, _ in rows),
            f"合计 | {total // 100 / 100}",
        ]
    )
    ledger = f"项目 | 决算数\n其中：人员经费 | {total}"
    report = check(read(资金预算执行表=funds, 收支总表=ledger), TEMPLATE)
    (note,) = [finding for finding in report.findings if finding.code.startswith("AMT101")]
    assert note.severity is Severity.NOTE
    assert not [finding for finding in report.findings if finding.code in {"BAL203", "REC102"}]


def test_the_county_may_lower_a_rule_and_never_raise_its_milder_findings() -> None:
    milder = replace(RULES["BAL501"], severity=Severity.NOTE, configured=True)
    report = run_rules(Evidence(read(三公经费=TRIPS), TEMPLATE), [milder])
    assert {finding.severity for finding in report.findings} == {Severity.NOTE}

    def soft(evidence: Evidence) -> Iterator[Observation]:
        yield flag(evidence.cells[0], "轻的。", severity=Severity.NOTE)

    raised = Rule("PLA500", "轻的", Severity.WARNING, "…", "…", soft, configured=True)
    (finding,) = run_rules(Evidence(read(三公经费=TRIPS), TEMPLATE), [raised]).findings
    assert finding.severity is Severity.NOTE


def test_what_another_finding_explains_is_not_said_again() -> None:
    judged = "三级指标 | 权重 | 目标值 | 业绩值 | 指标得分\n满意度 | 13.5 | ≥95% | 90% | 15"
    codes = [
        f.code for f in check(read(绩效评价表=judged), TEMPLATE).findings if f.item == "满意度"
    ]
    assert "IND103" in codes and "IND104" not in codes and "IND105" not in codes


def test_findings_come_by_weight_then_sheet_then_cell() -> None:
    report = check(
        read(三公经费=TRIPS, 基本信息="编制人数 | 12\n年末在职人数（编内） | 13\n单位性质 | 机关"),
        TEMPLATE,
    )
    ranks = [finding.severity.rank for finding in report.findings]
    assert ranks == sorted(ranks)
    warnings = [
        str(f.place)
        for f in report.findings
        if f.severity is Severity.WARNING and f.place.sheet == "基本信息"
    ]
    assert warnings == ["基本信息!B7", "基本信息!B11"]
