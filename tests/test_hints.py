"""Hints: one slip of the hand in a table that was right, and what is said of it first."""

from __future__ import annotations

from decimal import Decimal

import pytest
from cases import Case, submission

from jixiao_xlsx.checker import check
from jixiao_xlsx.model import Expected, Place
from jixiao_xlsx.slips import slip
from jixiao_xlsx.spec import find_template

TEMPLATE = find_template()
FUNDS = """
支出功能分类科目 | 基本支出小计 | 人员经费 | 公用经费 | 项目支出 | 支出合计
教育支出         | 370.00      | 240.50  | 129.50  | 86.30   | 456.30
卫生健康支出     | 91.80       | 61.25   | 30.55   | 18.40   | 110.20
住房保障支出     | 45.10       | 45.10   |         |         | 45.10
合计             | 506.90      | 346.85  | 160.05  | 104.70  | 611.60
"""
TRIPS = """
项目                       | 上年决算数 | 预算数（全年） | 决算数
“三公经费”合计             | 93000.00  | 120000.00     | 95477.12
公务用车购置及运行维护费    | 93000.00  | 98000.00      | 83477.12
其中：公务用车运行维护费    | 93000.00  | 98000.00      | 83477.12
公务接待费                 |           | 22000.00      | 12000.00
"""


def hints(table: str, text: str, old: str, new: str) -> list[str]:
    """The first hint of every finding after `old` was mistyped as `new`."""
    assert text.count(old) >= 1
    report = check(submission(Case("BAL201", "一处填错的数", given={table: text.replace(old, new, 1)}), TEMPLATE), TEMPLATE)
    return [finding.hint for finding in report.findings if finding.hint]


@pytest.mark.parametrize(
    ("old", "new", "cell", "words"),
    [
        ("61.25", "612500", "F5", "填大了 10000 倍（元当作万元），若为 61.25 万元"),
        ("61.25", "0.01", "F5", "填小了 10000 倍（万元当作元），若为 61.25 万元"),
        ("61.25", "61250", "F5", "多了三位，若为 61.25 万元"),
        ("61.25", "6.125", "F5", "少一位，若为 61.25 万元"),
        ("61.25", "-61.25", "F5", "正负号填反，若为 61.25 万元"),
        ("61.25", "62.15", "F5", "有两位数字填颠倒，若为 61.25 万元"),
        ("61.25", "240.50", "F5", "抄了上一行“教育支出”的数，若为 61.25 万元"),
        ("61.25", "61.75", "F5", "填错一位数字，若为 61.25 万元"),
        ("61.25", "58.03", "F5", "有关的 2 个等式差额一致，若为 61.25 万元"),
        ("129.50", "192.50", "G4", "有两位数字填颠倒，若为 129.50 万元"),
        ("506.90", "560.90", "E24", "有两位数字填颠倒，若为 506.90 万元"),
    ],
)
def test_the_crossing_cell_is_blamed_for_what_was_done_to_it(old: str, new: str, cell: str, words: str) -> None:
    found = hints("资金预算执行表", FUNDS, old, new)
    assert found
    assert found[0].startswith(f"资金预算执行表!{cell} 可能")
    assert words in found[0].split("；")[0]


def test_a_formula_follows_the_cell_that_is_corrected() -> None:
    """The totals are formulas and so right in themselves; only the other column of the row tells."""
    live = FUNDS.replace("61.25", "62.15").replace("346.85", "=347.75")
    found = hints("资金预算执行表", live, "91.80", "91.80")
    assert found[0].startswith("资金预算执行表!F5 可能有两位数字填颠倒，若为 61.25 万元")


def test_a_limit_exceeded_ten_thousand_times_is_a_matter_of_units() -> None:
    found = hints("三公经费", TRIPS, "120000.00     | 95477.12", "12.00     | 95477.12")
    assert any("填小了 10000 倍" in hint or "可能填错" in hint for hint in found)
    assert not hints("三公经费", TRIPS, "120000.00     | 95477.12", "120000.00     | 95477.12")


def test_a_limit_exceeded_a_little_gets_no_hint() -> None:
    assert not hints("三公经费", TRIPS + "会议费 | | 20000.00 | 23000.00\n", "23000.00", "24000.00")


@pytest.mark.parametrize(
    ("reported", "expected", "said"),
    [
        ("95.54%", Expected(Decimal("95.45"), Decimal("95.45"), "%"), "若为 95.45%"),
        ("0.9554", "95.45%", "若为 95.45%"),
        ("-2.7", Expected(Decimal("2.7"), Decimal("2.7"), "分"), "正负号填反，若为 2.7 分"),
        ("95.50%", "95.45%", ""),
        ("健全", "95.45%", ""),
        ("95.45%", "95.45%", ""),
    ],
)
def test_a_slip_in_a_cell_whose_right_value_is_known(reported: str, expected: Expected | str, said: str) -> None:
    found = slip(Place("表", "B2"), reported, expected)
    assert said in found
    assert bool(found) == bool(said)
