"""One slip of the hand in a table that was right: which cell is named first, and as what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cases import Case, submission

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.values.causes import SEARCH, Cause
from jixiao_xlsx.values.cells import Cell, StatedUnit
from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.severity import Severity

TEMPLATE = find_template()
FUNDS = """
支出功能分类科目 | 基本支出小计 | 人员经费 | 公用经费 | 项目支出 | 支出合计
教育支出         | 370.00      | 240.50  | 129.50  | 86.30   | 456.30
卫生健康支出     | 91.80       | 61.25   | 30.55   | 18.40   | 110.20
住房保障支出     | 45.10       | 45.10   |         |         | 45.10
合计             | 506.90      | 346.85  | 160.05  | 104.70  | 611.60
"""
LIVE = """
支出功能分类科目 | 基本支出小计 | 人员经费 | 公用经费 | 项目支出 | 支出合计
教育支出         | =370.00     | 240.50  | 129.50  | 86.30   | =456.30
卫生健康支出     | 91.80       | 62.15   | 30.55   | 18.40   | =110.20
住房保障支出     | =45.10      | 45.10   |         |         | =45.10
合计             | =506.90     | =347.75 | =160.05 | =104.70 | =611.60
"""
TRIPS = """
项目                       | 上年决算数 | 预算数（全年） | 决算数
“三公经费”合计             | 93000.00  | 120000.00     | 95477.12
公务用车购置及运行维护费    | 93000.00  | 98000.00      | 83477.12
其中：公务用车运行维护费    | 93000.00  | 98000.00      | 83477.12
公务接待费                 |           | 22000.00      | 12000.00
"""


def examined(code: str, **given: str) -> Report:
    """The report on tables typed like this."""
    return check(submission(Case(code, "一张表", given=given), TEMPLATE), TEMPLATE)


def named(report: Report) -> list[tuple[str, str, str]]:
    """Kind, first cell and certainty of each cause."""
    return [(one.kind, str(one.cells[0].place), one.certainty.value) for one in report.causes]


def first_after(table: str, text: str, old: str, new: str) -> Cause:
    """The first cause after `old` was mistyped as `new`."""
    assert text.count(old) >= 1
    return examined("BAL201", **{table: text.replace(old, new, 1)}).causes[0]


@pytest.mark.parametrize(
    ("old", "new", "cell", "kind", "words"),
    [
        ("61.25", "612500", "F5", "unit_cell", "把元当作万元填写"),
        ("61.25", "61250", "F5", "decimal_point", "小数点错位或多填了位数"),
        ("61.25", "6.125", "F5", "decimal_point", "小数点错位或少填了位数"),
        ("61.25", "612.5", "F5", "decimal_point", "小数点错位或多填了位数"),
        ("61.25", "-61.25", "F5", "sign", "正负号填反"),
        ("61.25", "62.15", "F5", "digits_swapped", "有两位数字填颠倒"),
        ("61.25", "240.50", "F5", "neighbour", "填成了相邻一格的数"),
        ("61.25", "61.75", "F5", "digit_wrong", "填错一位数字"),
        ("61.25", "611.25", "F5", "digit_extra", "有一位数字填了两遍"),
        ("240.50", "40.50", "F4", "digit_missing", "少填一位数字"),
        ("61.25", "58.03", "F5", "figure", "填错"),
        ("61.25", "", "F5", "blank", "漏填一个数"),
        ("129.50", "192.50", "G4", "digits_swapped", "有两位数字填颠倒"),
        ("506.90", "560.90", "E24", "digits_swapped", "有两位数字填颠倒"),
    ],
)
def test_the_crossing_cell_is_blamed_for_what_was_done_to_it(
    old: str, new: str, cell: str, kind: str, words: str
) -> None:
    cause = first_after("资金预算执行表", FUNDS, old, new)
    assert (cause.kind, str(cause.cells[0].place)) == (kind, f"资金预算执行表!{cell}")
    assert words in cause.message


def test_a_formula_follows_the_cell_that_is_corrected() -> None:
    """The totals are formulas and so right in themselves; the other column of the row tells."""
    (cause,) = examined("BAL201", 资金预算执行表=LIVE).causes
    assert (cause.kind, str(cause.cells[0].place)) == ("digits_swapped", "资金预算执行表!F5")
    assert not cause.along


@pytest.mark.parametrize(
    ("old", "new", "cell", "along"),
    [
        ("18.40   | 110.20", "184000  | 184091.80", "H5", ["I5"]),
        ("104.70  | 611.60", "1047000 | 1047506.90", "H24", ["I24"]),
        ("18.40   | 110.20", "184000  | =184091.80", "H5", []),
        (
            "91.80       | 61.25   | 30.55   | 18.40   | 110.20",
            "612530.55   | 612500  | 30.55   | 18.40   | 612548.95",
            "F5",
            ["E5", "I5"],
        ),
    ],
)
def test_a_unit_slip_and_the_row_total_typed_from_it_are_mended_together(
    old: str, new: str, cell: str, along: list[str]
) -> None:
    report = examined("BAL201", 资金预算执行表=FUNDS.replace(old, new))
    assert named(report) == [("unit_cell", f"资金预算执行表!{cell}", "很可能")]
    assert [place.cell for place in report.causes[0].along] == along
    assert {f.fingerprint for f in report.findings if f.code[:3] == "BAL"} == set(
        report.causes[0].explains
    )


def test_a_limit_exceeded_ten_thousand_times_is_a_matter_of_units() -> None:
    mistyped = TRIPS.replace("120000.00     | 95477.12", "12.00     | 95477.12")
    assert "unit_cell" in {kind for kind, *_ in named(examined("BAL503", 三公经费=mistyped))}
    assert not examined("BAL503", 三公经费=TRIPS).causes


@pytest.mark.parametrize(("budget", "spent"), [("20000.00", "24000.00"), ("0.20", "0.50")])
def test_a_limit_exceeded_a_little_accuses_no_cell(budget: str, spent: str) -> None:
    table = f"项目 | 预算数（全年） | 决算数\n会议费 | {budget} | {spent}"
    assert not examined("BAL504", 三公经费=table).causes


@pytest.mark.parametrize(
    ("goods", "services", "total", "kind"),
    [
        ("5123.45", "3000.00", "8123450", "decimal_point"),
        ("5123.05", "3000.00", "8123.50", "digits_swapped"),
        ("512.34", "200.00", "5.05", ""),
    ],
)
def test_a_total_that_stands_in_one_relation(
    goods: str, services: str, total: str, kind: str
) -> None:
    table = f"采购类别 | 执行数\n货物 | {goods}\n服务 | {services}\n合计 | {total}"
    kinds = [
        one for one, cell, _ in named(examined("BAL605", 政府采购=table)) if cell[-3:] == "C31"
    ]
    assert kinds[:1] == ([kind] if kind else kinds[:1])


def test_a_total_that_leaves_out_a_part_or_counts_it_twice() -> None:
    bought = "采购类别 | 执行数\n货物 | 5123.45\n工程 | 812.30\n服务 | 3000.17\n合计 | "
    for total, kind in (("5935.75", "left_out"), ("11936.09", "added_twice")):
        report = examined("BAL605", 政府采购=bought + total)
        assert named(report) == [(kind, "资产与采购!C31", "很可能")]


def test_a_row_typed_twice_is_said_so() -> None:
    twice = FUNDS.replace(
        "住房保障支出     | 45.10",
        "教育支出         | 370.00      | 240.50  | 129.50  | 86.30   | 456.30\n住房保障支出     | 45.10",
    )
    (cause,) = examined("BAL203", 资金预算执行表=twice).causes
    assert cause.kind == "row_twice" and "第 4 行与第 6 行" in cause.message


def test_two_rows_that_are_rightly_alike_explain_nothing() -> None:
    alike = """
    支出功能分类科目 | 基本支出小计
    教育支出         | 370.00
    教育支出         | 370.00
    住房保障支出     | 45.10
    合计             | 791.46
    """
    assert "row_twice" not in {kind for kind, *_ in named(examined("BAL203", 资金预算执行表=alike))}


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
    (cause,) = examined("BAL203", 资金预算执行表=seed).causes
    assert (cause.kind, str(cause.cells[0].place)) == ("repeats_rest", "资金预算执行表!F4")
    assert [place.cell for place in cause.along] == ["E4"]


@pytest.mark.parametrize(("staff", "kind"), [("-11", "sign"), ("21", "digits_swapped"), ("0", "")])
def test_a_slip_behind_a_ratio_of_people(staff: str, kind: str) -> None:
    rate = "91.67%" if staff == "-11" else "100%"
    judged = (
        f"三级指标 | 权重 | 目标值 | 业绩值 | 指标得分\n在职人员控制率 | 2.7 | ≤100% | {rate} | 2.7"
    )
    report = examined(
        "IND116", 绩效评价表=judged, 基本信息=f"编制人数 | 12\n年末在职人数（编内） | {staff}"
    )
    assert [one for one, cell, _ in named(report) if cell == "基本信息!B11"][:1] == [kind][
        : len(kind)
    ]


@pytest.mark.parametrize("more", ["1", "0.5"])
def test_nobody_types_a_minus_before_a_number_of_cars(more: str) -> None:
    table = f"车辆类别 | 年末数量\n机要通信用车 | 3\n应急保障用车 | {more}\n车辆合计 | 2"
    assert "sign" not in {kind for kind, *_ in named(examined("BAL604", 车辆=table))}


def test_a_table_in_another_unit_is_no_reason_why_it_does_not_add_up() -> None:
    """Read in 万元 its figures would be coarse, and a cent would not matter."""
    cent = TRIPS.replace("120000.00     | 95477.12", "120000.01     | 95477.12")
    assert not {kind for kind, *_ in named(examined("BAL501", 三公经费=cent))} & {
        "unit_table",
        "unit_column",
    }


def test_a_heading_in_another_unit_with_its_figures_is_one_cause() -> None:
    """The table holds 元 and says so, where the form has 万元: nothing in it needs to be solved."""
    yuan = """
    支出功能分类科目 | 基本支出小计 | 人员经费   | 公用经费   | 项目支出  | 支出合计
    教育支出         | 3700000.00  | 2405000.00 | 1295000.00 | 863000.00 | 4563000.00
    合计             | 3700000.00  | 2405000.00 | 1295000.00 | 863000.00 | 4563000.00
    """
    accounts = """
    项目           | 决算数
    基本支出       | 3700000.00
    其中：人员经费 | 2405000.00
    其中：公用经费 | 1295000.00
    项目支出       | 863000.00
    本年支出合计   | 4563000.00
    """
    read = submission(
        Case("REC101", "改了表头的单位", given={"资金预算执行表": yuan, "收支总表": accounts}),
        TEMPLATE,
    )
    table = read.tables["资金预算执行表"]
    heading = Cell(table.sheet, "I2", table.name, "", raw="单位：元", value="单位：元")
    tables = {
        **read.tables,
        table.name: replace(table, stated_units=(StatedUnit("元", heading),)),
    }
    report = check(replace(read, tables=tables), TEMPLATE)
    (cause,) = report.causes
    assert (cause.kind, cause.cells[0].place.cell) == ("unit_heading", "I2")
    assert {f.code for f in report.findings if f.fingerprint in cause.explains} >= {
        "STR115",
        "REC101",
        "REC104",
    }


def test_of_two_tables_that_differ_the_more_trusted_is_not_named_first() -> None:
    report = examined(
        "REC102",
        资金预算执行表="支出功能分类科目 | 人员经费\n合计 | 84.12",
        收支总表="项目 | 决算数\n其中：人员经费 | 814200.00",
    )
    assert [cell for _, cell, _ in named(report)][:1] == ["资金预算执行表!F24"]
    assert TEMPLATE.trust.index("收支总表") < TEMPLATE.trust.index("资金预算执行表")


SUBTOTAL = "小计             | 461.80      | 301.75  | 160.05  | 104.70  | 566.50"


def test_a_subtotal_row_is_named_whether_the_total_leaves_it_out_or_not() -> None:
    """Left out, nobody else is blamed; counted, the total follows."""
    with_row = FUNDS.replace("住房保障支出", SUBTOTAL + "\n住房保障支出")
    report = examined("BAL203", 资金预算执行表=with_row)
    assert named(report) == [("subtotal_row", "资金预算执行表!E6", "很可能")]
    assert {f.code for f in report.findings if f.severity is not Severity.NOTE} == {"STR118"}
    counted = "合计             | 968.70      | 648.60  | 320.10  | 209.40  | 1178.10"
    head, _, _ = with_row.rpartition("合计 ")
    report = examined("BAL203", 资金预算执行表=f"{head}{counted}")
    assert named(report) == [("subtotal_row", "资金预算执行表!E6", "很可能")]
    assert {f.code for f in report.findings if f.fingerprint in report.causes[0].explains} == {
        "STR118",
        "BAL203",
    }


def test_a_column_slid_down_over_formulas_of_its_rows() -> None:
    """The formula of the first row stayed and gives what slid; what was typed below is wrong."""
    slid = """
    支出功能分类科目 | 基本支出小计 | 人员经费 | 公用经费 | 项目支出 | 支出合计
    教育支出         | =370.00     | 240.50  | 129.50  | 86.30   | 456.30
    卫生健康支出     | 370.00      | 61.25   | 30.55   | 18.40   | 110.20
    住房保障支出     | 91.80       | 45.10   |         |         | 45.10
    其他支出         | 45.10       |         |         |         |
    合计             | 506.90      | 346.85  | 160.05  | 104.70  | 611.60
    """
    (cause,) = examined("BAL201", 资金预算执行表=slid).causes
    assert (cause.kind, [one.place.cell for one in cause.cells]) == ("shifted", ["E5", "E6", "E7"])
    assert "向下错了一行" in cause.message


def test_two_figures_in_each_others_place() -> None:
    cells = FUNDS.replace("61.25   | 30.55", "30.55   | 61.25")
    (cause,) = examined("BAL201", 资金预算执行表=cells).causes
    assert (cause.kind, [one.place.cell for one in cause.cells]) == ("exchanged", ["F5", "G5"])


def test_columns_pasted_one_too_far_to_the_left() -> None:
    """The totals of the rows were pasted over, and follow from what belongs beside them."""
    pasted = """
    支出功能分类科目 | 基本支出小计 | 人员经费 | 公用经费 | 项目支出 | 支出合计
    教育支出         | 240.50      | 129.50  | 86.30   |         | 456.30
    卫生健康支出     | 61.25       | 30.55   | 18.40   |         | 110.20
    住房保障支出     | 45.10       |         |         |         | 45.10
    合计             | 506.90      | 346.85  | 160.05  | 104.70  | 611.60
    """
    (cause,) = examined("BAL201", 资金预算执行表=pasted).causes
    assert cause.kind == "columns_left"
    assert "“基本支出小计”至“公用经费”" in cause.message


def test_an_indicator_listed_twice_is_one_row_too_many() -> None:
    judged = """
    二级指标 | 三级指标       | 权重 | 目标值 | 业绩值 | 指标得分
    人员管理 | 在职人员控制率 | 2.7  | ≤100% | 91.67% | 2.7
    人员管理 | 人员变动情况   | 3    | ≤5    | 3      | 2.5
    人员管理 | 在职人员控制率 | 2.7  | ≤100% | 91.67% | 2.7
    合计     |                | 5.7  |        |        | 5.2
    """
    causes = examined("BAL801", 绩效评价表=judged).causes
    assert [one.kind for one in causes][:1] == ["row_twice"]


def unrelated(rows: int) -> str:
    """A table in which no row and no total holds."""
    title = FUNDS.strip().splitlines()[0]
    lines = [
        f"科目{n} | {371 + n * 13}.17 | {240 + n * 7}.50 | {120 + n}.31 | {86 + n}.30 | {999 + n}.77"
        for n in range(rows)
    ]
    return "\n".join((title, *lines, "合计 | 1.00 | 2.00 | 3.00 | 4.00 | 5.00"))


@pytest.mark.parametrize(
    ("table", "cut"),
    [(unrelated(2), True), (unrelated(12), True), (LIVE, False), (FUNDS, False)],
    ids=("few rows", "many rows", "one slip", "clean"),
)
def test_a_search_that_was_cut_short_says_so(table: str, cut: bool) -> None:
    said = [
        one for one in examined("BAL201", 资金预算执行表=table).skipped if one.subject == SEARCH
    ]
    assert len(said) == cut
    assert all("没有全部试过" in one.text and "逐条核对" in one.text for one in said)
