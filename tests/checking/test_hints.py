"""Hints: one slip of the hand in a table that was right, and what is said of it first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from cases import Case, submission

from jixiao_xlsx.checking.balance.hints import hints as found_in
from jixiao_xlsx.checking.balance.judging import judge
from jixiao_xlsx.checking.balance.verdicts import Outcome
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import EquationSpec
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.digit_slips import slip_hint
from jixiao_xlsx.values.equations import Scope, parse_relation
from jixiao_xlsx.values.findings import Expected
from jixiao_xlsx.values.severity import Severity

TEMPLATE = find_template()
UP, DOWN = "填小了 10000 倍（万元当作元）", "填大了 10000 倍（元当作万元）"
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
    report = check(
        submission(
            Case("BAL201", "一处填错的数", given={table: text.replace(old, new, 1)}), TEMPLATE
        ),
        TEMPLATE,
    )
    return [finding.hint for finding in report.findings if finding.hint]


@pytest.mark.parametrize(
    ("old", "new", "cell", "words"),
    [
        ("61.25", "612500", "F5", "填大了 10000 倍（元当作万元），若为 61.25 万元"),
        ("61.25", "0.01", "F5", "填小了 10000 倍（万元当作元），若为 61.25 万元"),
        ("61.25", "61250", "F5", "多了三位，若为 61.25 万元"),
        ("61.25", "6.125", "F5", "少一位，若为 61.25 万元"),
        ("61.25", "612.5", "F5", "多一位，若为 61.25 万元"),
        ("61.25", "0.06125", "F5", "少了三位，若为 61.25 万元"),
        ("61.25", "0.006125", "F5", "填小了 10000 倍（万元当作元），若为 61.25 万元"),
        ("61.25", "-61.25", "F5", "正负号填反，若为 61.25 万元"),
        ("61.25", "62.15", "F5", "有两位数字填颠倒，若为 61.25 万元"),
        ("61.25", "240.50", "F5", "抄了上一行“教育支出”的数，若为 61.25 万元"),
        ("61.25", "61.75", "F5", "填错一位数字，若为 61.25 万元"),
        ("61.25", "58.03", "F5", "有关的 2 个等式差额一致，若为 61.25 万元"),
        ("129.50", "192.50", "G4", "有两位数字填颠倒，若为 129.50 万元"),
        ("506.90", "560.90", "E24", "有两位数字填颠倒，若为 506.90 万元"),
    ],
)
def test_the_crossing_cell_is_blamed_for_what_was_done_to_it(
    old: str, new: str, cell: str, words: str
) -> None:
    found = hints("资金预算执行表", FUNDS, old, new)
    assert found
    assert found[0].startswith(f"资金预算执行表!{cell} 可能")
    assert words in found[0].split("；")[0]


def test_a_formula_follows_the_cell_that_is_corrected() -> None:
    """The totals are formulas and so right in themselves; only the other column of the row
    tells.
    """
    live = FUNDS.replace("61.25", "62.15").replace("346.85", "=347.75")
    found = hints("资金预算执行表", live, "91.80", "91.80")
    assert found[0].startswith("资金预算执行表!F5 可能有两位数字填颠倒，若为 61.25 万元")


def test_a_formula_that_came_out_at_nothing_follows_as_well() -> None:
    table = "项目 | 决算数\n其中：人员经费 | 5.00\n其中：公用经费 | -5.00\n基本支出 | =0\n本年支出合计 | 10.00"
    (hint_text,) = of_rule("BAL104", 收支总表=table)
    assert hint_text.startswith("收支总表!D21 可能正负号填反，若为 5.00 元，则各处都平")


def test_formulas_that_go_round_in_a_circle_come_to_an_end() -> None:
    """A county's form may state a relation twice, solved for either side."""
    back = parse_relation("基本支出小计 = 支出合计 - 项目支出", Scope.ROW, "资金预算执行表")
    equations = [one for one in TEMPLATE.equations if one.code in {"BAL202", "BAL203"}]
    form = replace(
        TEMPLATE,
        equations=(
            *equations,
            EquationSpec("BAL299", "倒推", back, Severity.ERROR, "", table="资金预算执行表"),
        ),
    )
    table = """
    支出功能分类科目 | 基本支出小计 | 项目支出 | 支出合计
    教育支出         | =370.00     | 86.30   | =456.30
    合计             | 307.00      | 86.30   | 456.30
    """
    judged = judge(
        submission(Case("BAL203", "来回推算", given={"资金预算执行表": table}), form), form
    )
    failed = next(
        one
        for one in judged.verdicts
        if one.outcome is Outcome.FAILS and one.instance.spec.code == "BAL203"
    )
    assert (
        found_in(failed, judged)[0].text
        == "资金预算执行表!E24 可能有两位数字填颠倒，若为 370.00 万元，则各处都平"
    )


TOGETHER = "本行合计是按它加的，若为"


@pytest.mark.parametrize(
    ("old", "new", "hint_text"),
    [
        (
            "18.40   | 110.20",
            "184000  | 184091.80",
            f"资金预算执行表!H5 可能{DOWN}，{TOGETHER} 18.40 万元、I5 为 110.20 万元，则各处都平",
        ),
        (
            "86.30   | 456.30",
            "0.01    | 370.01",
            f"资金预算执行表!H4 可能{UP}，{TOGETHER} 86.30 万元、I4 为 456.30 万元，则各处都平",
        ),
        (
            "91.80       | 61.25   | 30.55   | 18.40   | 110.20",
            "612530.55   | 612500  | 30.55   | 18.40   | 612548.95",
            f"资金预算执行表!F5 可能{DOWN}，{TOGETHER} 61.25 万元、E5 为 91.80 万元、I5 为 110.20 万元，则各处都平",
        ),
        (
            "104.70  | 611.60",
            "1047000 | 1047506.90",
            f"资金预算执行表!H24 可能{DOWN}，{TOGETHER} 104.70 万元、I24 为 611.60 万元，则各处都平",
        ),
        (
            "18.40   | 110.20",
            "184000  | =184091.80",
            f"资金预算执行表!H5 可能{DOWN}，若为 18.40 万元，则各处都平",
        ),
    ],
)
def test_a_unit_slip_and_the_row_total_typed_from_it_are_mended_together(
    old: str, new: str, hint_text: str
) -> None:
    found = hints("资金预算执行表", FUNDS, old, new)
    assert len(found) > 1 and {hint.split("；")[0] for hint in found} == {hint_text}


def test_a_row_total_off_for_another_reason_is_not_mended_with_its_part() -> None:
    """The total of the row is not what the cells of the row add up to: no single cause explains
    both.
    """
    found = hints("资金预算执行表", FUNDS, "18.40   | 110.20", "184000  | 184097.80")
    assert not any(TOGETHER in hint for hint in found)


def test_a_limit_exceeded_ten_thousand_times_is_a_matter_of_units() -> None:
    found = hints("三公经费", TRIPS, "120000.00     | 95477.12", "12.00     | 95477.12")
    assert any("填小了 10000 倍" in hint or "可能填错" in hint for hint in found)
    assert not hints("三公经费", TRIPS, "120000.00     | 95477.12", "120000.00     | 95477.12")


def test_a_limit_exceeded_a_little_gets_no_hint() -> None:
    assert not hints("三公经费", TRIPS + "会议费 | | 20000.00 | 23000.00\n", "23000.00", "24000.00")


def of_rule(code: str, **given: str) -> list[str]:
    """The whole hint of every finding of a rule on the given tables."""
    report = check(submission(Case("BAL201", "一张表", given=given), TEMPLATE), TEMPLATE)
    return [finding.hint for finding in report.findings if finding.code == code]


@pytest.mark.parametrize(
    ("budget", "spent", "hint_text"),
    [
        (
            "2.30",
            "23000.00",
            f"三公经费!C11 可能{UP}，若为 23000.00 元，则各处都平；三公经费!D11 可能{DOWN}，若为 2.30 元，则各处都平",
        ),
        (
            "1.00",
            "51.00",
            f"三公经费!C11 可能{UP}，若为 10000.00 元，则各处都平；三公经费!D11 可能{DOWN}，若为 0.01 元，则各处都平",
        ),
        (
            "1.00",
            "50.01",
            f"三公经费!C11 可能{UP}，若为 10000.00 元，则各处都平；三公经费!D11 可能{DOWN}，若为 0.01 元，则各处都平",
        ),
        ("1.00", "50.00", ""),
        ("0.20", "0.50", ""),
        ("-23000.00", "20000.00", "三公经费!C11 可能正负号填反，若为 23000.00 元，则各处都平"),
    ],
)
def test_a_limit_is_doubted_only_for_units_and_signs(
    budget: str, spent: str, hint_text: str
) -> None:
    assert of_rule(
        "BAL504", 三公经费=f"项目 | 预算数（全年） | 决算数\n会议费 | {budget} | {spent}"
    ) == [hint_text]


@pytest.mark.parametrize(
    ("goods", "services", "total", "hint_text"),
    [
        ("5123.45", "3000.00", "0.81", f"资产与采购!C31 可能{UP}，若为 8123.45 元，则各处都平"),
        (
            "5123.45",
            "3000.00",
            "8123450",
            "资产与采购!C31 可能多了三位，若为 8123.45 元，则各处都平",
        ),
        ("600.00", "403.45", "0.10", f"资产与采购!C31 可能{UP}，若为 1003.45 元，则各处都平"),
        ("312.34", "200.00", "0.05", ""),
        ("0.06", "0.04", "100.00", "资产与采购!C31 可能多了三位，若为 0.10 元，则各处都平"),
        ("0.06", "0.03", "90.00", ""),
        (
            "5123.05",
            "3000.00",
            "8123.50",
            "资产与采购!C31 可能有两位数字填颠倒，若为 8123.05 元，则各处都平；"
            "资产与采购!C28 可能有两位数字填颠倒，若为 5123.50 元，则各处都平",
        ),
        (
            "-5123.45",
            "-3000.00",
            "8123.45",
            "资产与采购!C31 可能正负号填反，若为 -8123.45 元，则各处都平",
        ),
        ("5123.45", "3000.00", "812.35", ""),
    ],
)
def test_units_of_a_total_that_stands_in_one_relation(
    goods: str, services: str, total: str, hint_text: str
) -> None:
    table = f"采购类别 | 执行数\n货物 | {goods}\n服务 | {services}\n合计 | {total}"
    assert of_rule("BAL605", 政府采购=table) == [hint_text]


@pytest.mark.parametrize(
    ("staff", "posts", "actual", "hint_text"),
    [
        ("-11", "12", "91.67%", "基本信息!B11 可能正负号填反，若为 11 人，则相符"),
        ("21", "12", "100%", "基本信息!B11 可能有两位数字填颠倒，若为 12 人，则相符"),
        ("120000", "12", "100%", ""),
        ("0", "12", "100%", ""),
    ],
)
def test_a_slip_behind_a_ratio_of_people(
    staff: str, posts: str, actual: str, hint_text: str
) -> None:
    judged = f"三级指标 | 权重 | 目标值 | 业绩值 | 指标得分\n在职人员控制率 | 2.7 | ≤100% | {actual} | 2.7"
    facts = f"编制人数 | {posts}\n年末在职人数（编内） | {staff}"
    assert of_rule("IND116", 绩效评价表=judged, 基本信息=facts) == [hint_text]


@pytest.mark.parametrize(
    ("budget", "spent", "hint_text"),
    [
        ("40000.00", "3.50", f"三公经费!D5 可能{UP}，若为 35000.00 元，则相符"),
        ("40000.00", "350000000", f"三公经费!D5 可能{DOWN}，若为 35000.00 元，则相符"),
        ("40000.00", "53000.00", "三公经费!D5 可能有两位数字填颠倒，若为 35000.00 元，则相符"),
        ("40000.00", "-35000", "三公经费!D5 可能正负号填反，若为 35000.00 元，则相符"),
    ],
)
def test_a_slip_behind_a_ratio_of_money(budget: str, spent: str, hint_text: str) -> None:
    judged = (
        "三级指标 | 权重 | 目标值 | 业绩值 | 指标得分\n“三公经费”控制率 | 2.7 | ≤100% | 87.5% | 2.7"
    )
    trips = f"项目 | 预算数（全年） | 决算数\n“三公经费”合计 | {budget} | {spent}"
    assert of_rule("IND116", 绩效评价表=judged, 三公经费=trips) == [hint_text]


@pytest.mark.parametrize(("cars", "more", "total"), [("3", "1", "2"), ("3", "0.5", "2")])
def test_nobody_types_a_minus_before_a_number_of_cars(cars: str, more: str, total: str) -> None:
    table = f"车辆类别 | 年末数量\n机要通信用车 | {cars}\n应急保障用车 | {more}\n车辆合计 | {total}"
    (hint_text,) = of_rule("BAL604", 车辆=table)
    assert "正负号" not in hint_text


def test_a_small_amount_is_not_blamed_for_the_sign_of_a_rate() -> None:
    judged = "三级指标 | 权重 | 目标值 | 业绩值 | 指标得分\n“三公经费”控制率 | 2.7 | ≤100% | -87.5% | 2.7"
    (hint_text,) = of_rule(
        "IND116",
        绩效评价表=judged,
        三公经费="项目 | 预算数（全年） | 决算数\n“三公经费”合计 | 0.40 | 0.35",
    )
    assert hint_text == "绩效评价表!H4 可能正负号填反，若为 87.5%，则相符"


def test_never_more_than_three() -> None:
    cars = "车辆类别 | 年末数量\n机要通信用车 | 1\n应急保障用车 | 1\n执法执勤用车 | 1\n特种专业技术用车 | 1\n其他用车 | 1\n车辆合计 | 4"
    (hint_text,) = of_rule("BAL604", 车辆=cars)
    assert hint_text.count("；") == 2 and hint_text.startswith(
        "资产与采购!B23 可能漏加“机要通信用车”的年末数量 1 辆；"
    )


def test_a_row_typed_twice_is_said_so() -> None:
    twice = FUNDS.replace(
        "住房保障支出     | 45.10",
        "教育支出         | 370.00      | 240.50  | 129.50  | 86.30   | 456.30\n住房保障支出     | 45.10",
    )
    found = hints("资金预算执行表", twice, "45.10", "45.10")
    assert found and all("是同一行填了两遍" in hint for hint in found)
    assert found[0].startswith("资金预算执行表!E6 可能与 E4 是同一行填了两遍")


def test_two_rows_that_are_rightly_alike_explain_nothing() -> None:
    alike = """
    支出功能分类科目 | 基本支出小计
    教育支出         | 370.00
    教育支出         | 370.00
    住房保障支出     | 45.10
    合计             | 791.46
    """
    (hint_text,) = of_rule("BAL203", 资金预算执行表=alike)
    assert "同一行" not in hint_text


def test_a_part_that_repeats_the_other_rows_is_counted_twice() -> None:
    """The report this began with: 12.37 is the other three rows' sum, and stands in its own 小计 once
    more.
    """
    seed = """
    支出功能分类科目   | 基本支出小计 | 人员经费 | 公用经费
    一般公共服务支出   | 130.62      | 12.37   | 118.25
    社会保障和就业支出 | 6.87        | 6.87    |
    卫生健康支出       | 2.34        | 2.34    |
    住房保障支出       | 3.16        | 3.16    |
    合计               | 130.62      | 12.37   | 118.25
    """
    hint_text = "资金预算执行表!F4 可能与其他各行重复，去掉“一般公共服务支出”的人员经费 12.37 万元 后本行基本支出小计为 118.25 万元，各处都平"
    assert hint_text in [hint.split("；")[0] for hint in of_rule("BAL203", 资金预算执行表=seed)]


@pytest.mark.parametrize(
    ("reported", "expected", "hint_text"),
    [
        ("95.54%", Expected(Decimal("95.45"), Decimal("95.45"), "%"), "若为 95.45%"),
        ("0.9554", "95.45%", "若为 95.45%"),
        ("-2.7", Expected(Decimal("2.7"), Decimal("2.7"), "分"), "正负号填反，若为 2.7 分"),
        ("95.50%", "95.45%", ""),
        ("健全", "95.45%", ""),
        ("95.45%", "95.45%", ""),
    ],
)
def test_a_slip_in_a_cell_whose_right_value_is_known(
    reported: str, expected: Expected | str, hint_text: str
) -> None:
    found = slip_hint(Place("表", "B2"), reported, expected)
    assert hint_text in found
    assert bool(found) == bool(hint_text)
