"""目标值 and 业绩值 as people write them, and the score that follows, in exact fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction as F

import pytest
from cases import Case, submission
from hypothesis import given
from hypothesis import strategies as st

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.scoring.indicator_lines import BaseState, indicator_lines
from jixiao_xlsx.scoring.measures import read_measure, read_measure_text
from jixiao_xlsx.scoring.score_formulas import tier_of
from jixiao_xlsx.scoring.scorer import score
from jixiao_xlsx.values.cells import Cell, Submission
from jixiao_xlsx.values.scores import IndicatorScore, Method, Scorecard
from jixiao_xlsx.values.typed_numbers import State

TEMPLATE = find_template()


def read(**given_tables: str) -> Submission:
    return submission(Case("TEST", "测试", given=given_tables), TEMPLATE)


def scored(row: str, **others: str) -> IndicatorScore:
    """One indicator: “三级指标 | 权重 | 目标值 | 业绩值 | 指标得分 | 偏差原因”."""
    head = "三级指标 | 权重 | 目标值 | 业绩值 | 指标得分 | 偏差原因及改进措施"
    return score(read(绩效评价表=f"{head}\n{row}", **others), TEMPLATE).indicators[0]


# ---------------------------------------------------------------------------------------- spellings


@pytest.mark.parametrize(
    ("typed", "sign", "number", "rate"),
    [
        ("<=100%", "≤", "1", True),
        ("≤100%", "≤", "1", True),
        ("≦100%", "≤", "1", True),
        ("＜＝100％", "≤", "1", True),
        ("<100%", "≤", "1", True),
        ("小于等于100%", "≤", "1", True),
        ("不超过100%", "≤", "1", True),
        ("100%以内", "≤", "1", True),
        ("100%及以下", "≤", "1", True),
        (">=95%", "≥", "0.95", True),
        ("≥ 95 %", "≥", "0.95", True),
        ("≧95％", "≥", "0.95", True),
        ("不低于95%", "≥", "0.95", True),
        ("95%以上", "≥", "0.95", True),
        ("95%及以上", "≥", "0.95", True),
        ("=100%", "=", "1", True),
        ("＝100％", "=", "1", True),
        ("等于100%", "=", "1", True),
        ("９５．５％", "", "0.955", True),
        ("-100%", "", "-1", True),
        ("−100%", "", "-1", True),
        ("12", "", "12", False),
        ("≥1,200", "≥", "1200", False),
        ("≥12次", "≥", "12", False),
        ("健全", "", None, False),
        ("90-95%", "", "0.9", True),
        ("90%，力争95%", "", None, False),
        ("至少85%", "≥", "0.85", True),
        ("⩾90%", "≥", "0.9", True),
        ("九成以上", "≥", "0.9", True),
        ("不低于百分之九十二点五", "≥", "0.925", True),
        ("24个工作日以内", "≤", "24", False),
        ("不超过千分之三", "≤", "0.003", True),
        ("≥1.2万人次", "≥", "12000", False),
        ("不少于三百二十一场次", "≥", "321", False),
        ("￥1,200,000.00", "", "1200000", False),
        ("12400米", "", "12400", False),
        ("已养护120公里", "", "120000", False),
        ("由80%提高到96.2%", "", "0.962", True),
        ("96.2%（见附件3）", "", "0.962", True),
        ("未完成5件", "", None, False),
        ("1200000\n88289.96", "", None, False),
        ("零事故", "", "0", False),
        ("", "", None, False),
    ],
)
def test_a_measure_as_people_write_it(
    typed: str, sign: str, number: str | None, rate: bool
) -> None:
    found = read_measure_text(typed)
    assert (found.sign, found.number, found.rate) == (
        sign,
        None if number is None else F(number),
        rate,
    )
    assert found.words == ("" if number is not None else typed)


@pytest.mark.parametrize(
    ("value", "note", "unit", "number", "rate", "text"),
    [
        ("0.95", "%", "%", "0.95", True, "95%"),
        ("0.95", "%", "", "0.95", True, "95%"),
        ("0.9555", "%", "%", "0.9555", True, "95.55%"),
        ("95", "", "%", "0.95", True, "95%"),
        ("0.95", "", "%", "0.95", True, "95%"),
        ("1", "", "%", "1", True, "100%"),
        ("1.5", "", "%", "1.5", True, "150%"),
        ("2", "", "%", "0.02", True, "2%"),
        ("100", "", "％", "1", True, "100%"),
        ("12", "", "件", "12", False, "12"),
        ("0", "%", "%", "0", True, "0%"),
    ],
)
def test_a_measure_in_a_number_cell(
    value: str, note: str, unit: str, number: str, rate: bool, text: str
) -> None:
    cell = Cell("表", "H4", "行", "业绩值", float(value), Decimal(value), State.NUMBER, note=note)
    found = read_measure(cell, unit)
    assert (found.number, found.rate, str(found)) == (F(number), rate, text)


def test_an_empty_cell_is_no_measure() -> None:
    assert read_measure(None).number is None
    assert read_measure(Cell("表", "H4", "行", "业绩值")).text == ""


@given(st.text(max_size=15), st.sampled_from(["", "%", "件"]))
def test_no_text_is_too_strange_for_a_measure(typed: str, unit: str) -> None:
    found = read_measure_text(typed, unit)
    assert found.number is None or found.words == ""


@pytest.mark.parametrize(
    ("typed", "exact", "near"),
    [
        ("91.7%", F(11, 12), True),
        ("91.6%", F(11, 12), True),
        ("92%", F(11, 12), True),
        ("91%", F(11, 12), True),
        ("91.67%", F(11, 12), True),
        ("91.68%", F(11, 12), False),
        ("90%", F(11, 12), False),
        ("100%", F(11, 12), False),
        ("-50%", F(-1, 2), True),
        ("92%", F(91, 100), False),
        ("91.7%", F("0.9161"), True),
        ("12", F("12.5"), True),
        ("12", F("13"), False),
    ],
)
def test_a_typed_rate_stands_for_what_rounds_or_is_cut_to_it(
    typed: str, exact: F, near: bool
) -> None:
    assert read_measure_text(typed).near(exact) is near


@pytest.mark.parametrize(("exact", "near"), [(F("0.945"), True), (F("0.93"), False)])
def test_a_bare_number_under_percent_is_known_to_the_typed_digit(exact: F, near: bool) -> None:
    assert read_measure_text("95", "%").near(exact) is near


def test_words_of_a_tier() -> None:
    assert [
        getattr(tier_of(words, TEMPLATE), "name", None)
        for words in ("达成", "健 全", "基本健全", "不规范", "很棒", "")
    ] == [
        "达成",
        "达成",
        "部分达成",
        "未达成",
        None,
        None,
    ]


# ------------------------------------------------------------------------------------------ methods


@pytest.mark.parametrize(
    ("row", "method", "expected"),
    [
        # ≥: W · actual / target
        ("工作完成情况 | 13.5 | ≥100% | 98% | 13.5 |", Method.HIGHER, F("13.23")),
        ("工作完成情况 | 13.5 | ≥100% | 120% | 13.5 |", Method.HIGHER, F("13.5")),
        ("满意度 | 13.5 | ≥95% | 94% | 13.5 |", Method.HIGHER, F("13.5") * F(94, 95)),
        ("工作完成情况 | 13.5 | ≥100% | -5% | 0 |", Method.HIGHER, F(0)),
        ("工作完成情况 | 13.5 | ≥0% | 0% | 0 |", Method.HIGHER, F("13.5")),
        ("工作完成情况 | 13.5 | ≥0% | -5% | 0 |", Method.HIGHER, F(0)),
        ("办结群众来信 | 13.5 | ≥120 | 90 | 13.5 |", Method.HIGHER, F("13.5") * F(90, 120)),
        # the library's direction counts, not the typed one
        ("工作完成情况 | 13.5 | <=100% | 98% | 13.5 |", Method.HIGHER, F("13.23")),
        ("满意度 | 13.5 | <=95% | 95% | 13.5 |", Method.HIGHER, F("13.5")),
        # ≤: met, else W · target / actual
        ("“三公经费”控制率 | 2.7 | ≤100% | 100% | 2.7 |", Method.LOWER, F("2.7")),
        ("“三公经费”控制率 | 2.7 | ≤100% | 40% | 2.7 |", Method.LOWER, F("2.7")),
        ("“三公经费”控制率 | 2.7 | ≤100% | 120% | 2.7 |", Method.LOWER, F("2.25")),
        ("“三公经费”控制率 | 2.7 | ≤0% | 10% | 2.7 |", Method.LOWER, F(0)),
        ("投诉件数 | 13.5 | ≤4 | 5 | 13.5 |", Method.LOWER, F("10.8")),
        # 变动率: a share of the weight per percentage point
        ("结转结余变动率 | 2.7 | ≤0% | -100% | 2.7 |", Method.CHANGE, F("2.7")),
        ("结转结余变动率 | 2.7 | ≤0% | 8% | 2.7 |", Method.CHANGE, F("2.7") * F("0.92")),
        ("结转结余变动率 | 2.7 | ≤5% | 8% | 2.7 |", Method.CHANGE, F("2.7") * F("0.97")),
        ("结转结余变动率 | 2.7 | ≤0% | 250% | 0 |", Method.CHANGE, F(0)),
        # =: W · min / max
        ("基本支出预算执行率 | 2.7 | =100% | 100% | 2.7 |", Method.EQUAL, F("2.7")),
        ("基本支出预算执行率 | 2.7 | =100% | 90% | 2.7 |", Method.EQUAL, F("2.43")),
        ("基本支出预算执行率 | 2.7 | =100% | 120% | 2.7 |", Method.EQUAL, F("2.25")),
        ("基本支出预算执行率 | 2.7 | =100% | 0% | 0 |", Method.EQUAL, F(0)),
        # 定性: a percentage is the coefficient
        ("财务管理制度健全性 | 2.7 | 健全 | 95% | 2.7 |", Method.COEFFICIENT, F("2.565")),
        ("财务管理制度健全性 | 2.7 | 健全 | 130% | 2.7 |", Method.COEFFICIENT, F("2.7")),
        # 定性: a tier accepts any self-score inside it, else its nearest bound
        ("资金使用规范性 | 2.7 | 规范 | 达成 | 2.7 |", Method.TIER, F("2.7")),
        ("资金使用规范性 | 2.7 | 规范 | 达成 | 2.5 |", Method.TIER, F("2.5")),
        ("资金使用规范性 | 2.7 | 规范 | 达成 | 1 |", Method.TIER, F("2.16")),
        ("资金使用规范性 | 2.7 | 规范 | 部分达成 | 2.7 |", Method.TIER, F("2.16")),
        ("资金使用规范性 | 2.7 | 规范 | 部分达成 | 1.9 |", Method.TIER, F("1.9")),
        ("资金使用规范性 | 2.7 | 规范 | 未达成 | 2.7 |", Method.TIER, F("1.62")),
        ("资金使用规范性 | 2.7 | 规范 | 未达成 | 0 |", Method.TIER, F(0)),
        ("资金使用规范性 | 2.7 | 规范 | 达成 |  |", Method.TIER, F("2.7")),
        # what cannot be recomputed keeps the self-score
        ("资金使用规范性 | 2.7 | 规范 | 很棒 | 2.6 |", Method.KEPT, F("2.6")),
        ("人员变动情况 | 3 | ≤5% | 8% | 3 |", Method.KEPT, F(3)),
        ("满意度 | 13.5 | ≥95% | 较高 | 13 |", Method.KEPT, F(13)),
        ("满意度 | 13.5 |  | 96% | 13 |", Method.KEPT, F(13)),
        ("满意度 | 13.5 | ≥95% |  |  |", Method.KEPT, None),
        # 不适用, only where allowed and with a reason
        ("政府采购规范性 | 2.7 | 规范 | 不适用 |  | 全年没有采购", Method.NOT_APPLICABLE, None),
        ("政府采购规范性 | 2.7 | 规范 | 不适用 | 2.7 |", Method.KEPT, F("2.7")),
        ("满意度 | 13.5 | ≥95% | 不适用 | 13.5 | 没有调查", Method.KEPT, F("13.5")),
    ],
)
def test_a_score_and_how_it_came_about(row: str, method: Method, expected: F | None) -> None:
    item = scored(row)
    assert (item.method, item.score) == (method, expected), item.arithmetic
    assert item.arithmetic
    assert item.score is None or 0 <= item.score <= item.weight


@pytest.mark.parametrize(
    ("row", "arithmetic", "met"),
    [
        ("工作完成情况 | 13.5 | ≥100% | 98% | 13 |", "13.5 × 98% ÷ 100% = 13.23", False),
        ("工作完成情况 | 13.5 | ≥100% | 120% | 13 |", "120% ≥ 100%，达标，得 13.5", True),
        ("办结群众来信 | 13.5 | ≥120 | 90 | 13 |", "13.5 × 90 ÷ 120 = 10.125", False),
        ("“三公经费”控制率 | 2.7 | ≤100% | 120% | 2 |", "2.7 × 100% ÷ 120% = 2.25", False),
        ("办结群众来信 | 10 | ≥5 | 2.5 | 5 |", "10 × 2.5 ÷ 5 = 5", False),
        (
            "结转结余变动率 | 2.7 | ≤5% | 8% | 2 |",
            "2.7 × (1 − 超出 3 个百分点 × 1%) = 2.619",
            False,
        ),
        ("结转结余变动率 | 2.7 | ≤5% | 4% | 2 |", "4% ≤ 5%，达标，得 2.7", True),
        ("基本支出预算执行率 | 2.7 | =100% | 90% | 2 |", "2.7 × 90% ÷ 100% = 2.43", False),
        ("基本支出预算执行率 | 2.7 | =100% | 120% | 2 |", "2.7 × 100% ÷ 120% = 2.25", False),
        ("每月例会次数 | 5 | '=12 | 12 | 5 |", "12 达到目标，得 5", True),
        (
            "财务管理制度健全性 | 2.7 | 健全 | 100% | 2 |",
            "2.7 × 100%（所填百分数作系数） = 2.7",
            True,
        ),
        (
            "财务管理制度健全性 | 2.7 | 健全 | 95% | 2 |",
            "2.7 × 95%（所填百分数作系数） = 2.565",
            False,
        ),
        (
            "资金使用规范性 | 2.7 | 规范 | 达成 | 2.7 |",
            "达成：2.7 × 80%–100%，即 2.16–2.7 分，取 2.7",
            True,
        ),
        (
            "资金使用规范性 | 2.7 | 规范 | 部分达成 | 2 |",
            "部分达成：2.7 × 60%–80%，即 1.62–2.16 分，取 2",
            False,
        ),
        ("满意度 | 13.5 | ≥95% | 较高 | 13 |", "业绩值不是数字，不能复算，保留自评分", None),
        ("满意度 | 13.5 |  | 96% | 13 |", "目标值不是数字，不能复算，保留自评分", None),
    ],
)
def test_the_arithmetic_can_be_followed(row: str, arithmetic: str, met: bool | None) -> None:
    item = scored(row)
    assert (item.arithmetic, item.met) == (arithmetic, met)


def test_a_score_carries_what_a_formula_needs_to_work_it_out_again() -> None:
    lower = scored("“三公经费”控制率 | 2.7 | ≤100% | 120% | 2 |")
    assert (lower.actual, lower.target, lower.low, lower.high, lower.per_point) == (
        F("1.2"),
        1,
        0,
        1,
        0,
    )
    assert (lower.target_text, lower.actual_text, lower.rate_text) == ("≤100%", "120.00%", "")
    assert scored("结转结余变动率 | 2.7 | ≤5% | 8% | 2 |").per_point == F("0.01")
    assert scored("每月例会次数 | 5 | '=12 | 12 | 5 |").full_from == 1
    assert scored("办结群众来信 | 13.5 | ≥120 | 90 | 13.5 |").actual_text == "90"
    table = "三级指标 | 目标值 | 业绩值 | 完成率\n办结群众来信 | ≥120 | 90 | 0.75"
    assert card(绩效评价表=table).indicators[0].rate_text == "75.00%"
    share = scored("财务管理制度健全性 | 2.7 | 健全 | 95% | 2 |")
    assert (share.actual, share.target) == (F("0.95"), 1)


def test_an_indicator_of_ones_own_is_read_by_its_columns() -> None:
    table = "一级指标 | 三级指标 | 计量单位 | 目标值 | 业绩值\n履职效果 | 办件提速率 | % | 95 | 96"
    line = indicator_lines(read(绩效评价表=table), TEMPLATE)[0]
    assert (line.level1, line.weight, line.target.number, line.actual.number) == (
        "履职效果",
        0,
        F("0.95"),
        F("0.96"),
    )
    assert line.direction == "≥"


@pytest.mark.parametrize(
    ("unit", "target"),
    [("", "0.95"), ("件", "95")],
)
def test_the_unit_that_was_typed_counts_else_that_of_the_form(unit: str, target: str) -> None:
    table = f"三级指标 | 计量单位 | 目标值\n工作完成情况 | {unit} | 95"
    assert indicator_lines(read(绩效评价表=table), TEMPLATE)[0].target.number == F(target)


def test_what_other_sheets_determine_is_a_rate_whatever_unit_was_typed() -> None:
    table = "三级指标 | 计量单位 | 权重 | 目标值 | 业绩值\n满意度 | 分 | 13.5 | ≥95 | 90"
    survey = "调查对象 | 有效份数 | 很满意 | 满意\n合计 | 100 | 60 | 30"
    (item,) = card(绩效评价表=table, 满意度调查=survey).indicators
    assert (item.score, item.arithmetic) == (F("13.5") * F(90, 95), "13.5 × 90% ÷ 95% = 12.7895")


@given(
    st.integers(0, 300),
    st.integers(0, 300),
    st.sampled_from(["工作完成情况", "“三公经费”控制率", "结转结余变动率", "基本支出预算执行率"]),
)
def test_a_recomputed_score_stays_within_its_weight(target: int, actual: int, name: str) -> None:
    item = scored(f"{name} | 2.7 | {target}% | {actual}% | 2.7 |")
    assert item.score is not None and 0 <= item.score <= item.weight
    assert item.met == (item.score == item.weight)


# ---------------------------------------------------------------------------------------- base data


def funds(opening: str, closing: str) -> str:
    return f"项目 | 决算数\n年初结转和结余 | {opening}\n年末结转和结余 | {closing}"


@pytest.mark.parametrize(
    ("opening", "closing", "state", "method", "expected"),
    [
        ("100000", "50000", BaseState.KNOWN, Method.CHANGE, F("2.7")),
        ("100000", "110000", BaseState.KNOWN, Method.CHANGE, F("2.7") * F("0.9")),
        ("0", "0", BaseState.NOTHING, Method.KEPT, F("2.7")),
        ("0", "50000", BaseState.IMPOSSIBLE, Method.KEPT, F(1)),
        ("", "", BaseState.MISSING, Method.CHANGE, F("2.7")),
        ("/", "/", BaseState.MISSING, Method.CHANGE, F("2.7")),
    ],
)
def test_结转结余变动率_is_computed_from_the_accounts(
    opening: str, closing: str, state: BaseState, method: Method, expected: F
) -> None:
    others = {"收支总表": funds(opening, closing)}
    table = "三级指标 | 权重 | 目标值 | 业绩值 | 指标得分\n结转结余变动率 | 2.7 | ≤0% | 0% | 1"
    assert indicator_lines(read(绩效评价表=table, **others), TEMPLATE)[0].base.state is state
    item = scored("结转结余变动率 | 2.7 | ≤0% | 0% | 1 |", **others)
    assert (item.method, item.score) == (method, expected), item.arithmetic


def test_the_base_data_count_where_they_differ_from_what_was_typed() -> None:
    survey = "调查对象 | 有效份数 | 很满意 | 满意\n合计 | 100 | 60 | 30"
    item = scored("满意度 | 13.5 | ≥95% | 99% | 13.5 |", 满意度调查=survey)
    assert item.score == F("13.5") * F(90, 95)
    assert "90%" in item.arithmetic and "基础数据" in item.reason


def test_nothing_planned_and_nothing_spent_is_met() -> None:
    item = scored("“三公经费”控制率 | 2.7 | ≤100% | 0% | 2.7 |", 三公经费="本单位无此项：√")
    assert (item.score, item.met) == (F("2.7"), True)


# ----------------------------------------------------------------------------------- the whole card

SEED = """
照表样
三级指标               | 目标值 | 业绩值  | 指标得分
基本支出预算执行率     | <=100% | 100%   | 2.7
项目支出预算执行率     | =100%  | 100%   | 2.7
“三公经费”控制率       | <=100% | 100%   | 2.7
结转结余变动率         | <=5%   | 5%     | 2.7
财务管理制度健全性     | 健全   | 95%    | 2.7
资金使用规范性         | 规范   | 100%   | 2.7
政府采购规范性         | 规范   | 100%   | 2.7
资产管理规范性         | 规范   | 100%   | 2.7
在职人员控制率         | =100%  | 100%   | 2.7
重点工作管理制度健全性 | 健全   | 95%    | 2.7
工作完成情况           | <=100% | 98%    | 13.5
实际完成成果           | <=95%  | 95%    | 13.5
满意度                 | <=95%  | 95%    | 13.5
履职效果社会影响程度   | 良好   | 98%    | 13.5
长效管理体制健全性     | 健全   | 95%    | 3
人员变动情况           | <=100% | 100%   | 3
档案归档及时性         | <=100% | 95%    | 3
合计                   |        |        | 90
"""
SPENT = "资金 | 全年预算数 | 全年执行数\n年度资金总额 | 9548199.71 | 9548199.71"
CARRIED = "项目 | 决算数\n其中：财政拨款年末结转和结余 | 0"


def card(**tables: str) -> Scorecard:
    return score(read(**tables), TEMPLATE)


def test_the_report_the_project_started_from_has_88_89_and_98_89() -> None:
    found = card(绩效评价表=SEED, 预算执行率=SPENT, 收支总表=CARRIED)
    lost = 2 * F("2.7") * F("0.05") + 2 * F("13.5") * F("0.02") + 2 * F(3) * F("0.05")
    assert found.score == 90 - lost == F("88.89")
    assert (found.execution.score, found.total, found.grade) == (10, F("98.89"), "优")
    kept = next(item for item in found.indicators if item.name == "结转结余变动率")
    assert kept.score == F("2.7")
    assert (found.self_sum, found.incomplete) == (90, "")


def test_not_applicable_indicators_scale_the_sum() -> None:
    without = SEED + "项目支出预算执行率 | =100% | 不适用 | \n"
    table = without.replace(
        "三级指标               | 目标值 | 业绩值  | 指标得分",
        "三级指标 | 目标值 | 业绩值 | 指标得分",
    )
    found = card(绩效评价表=table, 预算执行率=SPENT)
    assert found.score == F("88.89")  # without a reason it is not accepted
    rows = "照表样\n三级指标 | 业绩值 | 指标得分 | 偏差原因及改进措施\n" + "\n".join(
        f"{one.name} | {'不适用' if one.name == '项目支出预算执行率' else one.target or '100%'} | "
        f"{float(one.weight)} | 没有项目"
        for one in TEMPLATE.indicators
    )
    full = card(绩效评价表=rows, 预算执行率=SPENT)
    assert full.score == 90
    assert "1 项不适用" in full.scaling and "87.3" in full.scaling


@pytest.mark.parametrize(
    ("budget", "spent", "expected"),
    [
        ("1000000", "850000", F("8.5")),
        ("1000000", "1100000", F(10)),
        ("300000", "200000", F(20, 3)),
        ("1000000", "-5", F(0)),
    ],
)
def test_the_execution_score_is_proportional_and_capped(
    budget: str, spent: str, expected: F
) -> None:
    found = card(预算执行率=f"资金 | 全年预算数 | 全年执行数\n年度资金总额 | {budget} | {spent}")
    assert found.execution.score == expected


@pytest.mark.parametrize(
    ("budget", "spent"), [("", "850000"), ("1000000", ""), ("0", "0"), ("=?", "5")]
)
def test_without_a_budget_there_is_no_total(budget: str, spent: str) -> None:
    found = card(
        绩效评价表=SEED,
        预算执行率=f"资金 | 全年预算数 | 全年执行数\n年度资金总额 | {budget} | {spent}",
    )
    assert found.score is not None and found.execution.score is None
    assert found.total is None and found.grade == "" and found.incomplete


def test_a_file_without_an_indicator_table_has_no_score() -> None:
    found = card(预算执行率=SPENT)
    assert (found.indicators, found.score, found.total) == ((), None, None)
    assert "没有读到指标" in found.incomplete
