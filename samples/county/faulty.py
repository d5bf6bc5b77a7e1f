"""Twenty workbooks with one to five faults each, all different. Every function says what the clerk
did wrong; what follows from it is stated beside the change, from the rules, never from the tool's
output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from county.accounts import line
from county.book import Book
from county.form import Form
from county.money import Amounts
from county.roster import Entry
from county.usual import GENERAL_SERVICES, payroll, projects, tasks, usual
from jixiao_xlsx.form.spec import Template

Roster = dict[str, Entry]
Maker = Callable[[Roster, Template], Form]
FUNDS, ACCOUNTS, PLAN, RATE = "资金预算执行表", "收支总表", "年度计划", "预算执行率"
INDICATORS, FACTS, TRIPS, SURVEYS = "绩效评价表", "基本信息", "三公经费", "满意度调查"
WHOLE, OVERALL, FILLED = "年度资金总额", "部门总体预算", "填报内容"


def book(
    roster: Roster,
    short: str,
    file: str,
    staff: int,
    subject: str = GENERAL_SERVICES,
    **changes: Any,
) -> Book:
    """An ordinary right book: payroll, three project lines, three tasks."""
    entry = roster[short]
    lines = changes.pop("lines", None) or [
        *payroll(entry.name, subject, staff, head=changes.pop("head", 92_000)),
        *projects(
            entry.name,
            subject,
            ("县本级", 41_000 * staff, changes.pop("rate", "0.9652")),
            ("上级下达", 17_000 * staff, changes.pop("granted", "0.9518")),
            ("上年结转", 3_000 * staff, "1"),
        ),
    ]
    work = changes.pop("work", None) or tasks(
        ("重点任务落实", "完成", 40), ("日常业务保障", "完成", 30), ("能力提升", "完成", 15)
    )
    return usual(entry, file, staff, lines, work, **changes)


def rescore(form: Form, made: Book) -> None:
    """自评总分 and 自评等级 again, as they follow from changed scores."""
    form.retotal(float(made.execution_score))


# ------------------------------------------------------------------------------- amounts and totals


def education(roster: Roster, template: Template) -> Form:
    """1 支出总计 overtyped with two digits swapped: neither the sum of its parts nor the 收入总计. 2 One
    weight above 30, at the cost of the three other groups.
    """
    made = book(
        roster,
        "县教育局",
        "附件2：青禾县教育局2023年部门整体支出绩效自评表.xlsx",
        58,
        "教育支出",
        scope="部门汇总",
    )
    form = made.form(template)
    accounts = made.accounts
    right = f"{accounts.all.spent + accounts.carried_out:d}"
    spot = next(i for i in range(2, len(right) - 3) if right[i] != right[i + 1])
    swapped = right[:spot] + right[spot + 1] + right[spot] + right[spot + 2 :]
    form.put(ACCOUNTS, "支出总计", "决算数", int(swapped) / 100)
    form.expect("BAL105", ACCOUNTS, "支出总计", "决算数")
    form.expect("BAL106", ACCOUNTS, "收入总计", "决算数")
    for name, weight in (
        ("工作完成情况", 31.5),
        ("实际完成成果", 7.5),
        ("满意度", 7.5),
        ("履职效果社会影响程度", 7.5),
    ):
        form.measure(name, 权重=weight, 指标得分=weight)
        form.expect_indicator("IND102", name, "权重")
    form.measure("工作完成情况", 业绩值="100%", 完成率=1.0, 偏差原因及改进措施=None)
    form.expect_indicator("IND114", "工作完成情况", "权重")
    rescore(form, made)
    return form


def civil_affairs(roster: Roster, template: Template) -> Form:
    """1 The total of 年初预算数 leaves out a line. 2 A 完成率 typed as 100% where 98 of 100 was done. 3
    Points given away although the target was met.
    """
    indicators = {"工作完成情况": {"actual": "98%"}}
    made = book(
        roster,
        "县民政局",
        "民政局 2023整体绩效评价表.xlsx",
        33,
        "社会保障和就业支出",
        indicators=indicators,
    )
    form = made.form(template)
    left_out = form.number(FUNDS, 1, "年初预算数")
    form.add(FUNDS, "合计", "年初预算数", -left_out)
    form.expect("BAL203", FUNDS, "合计", "年初预算数")
    form.measure("工作完成情况", 完成率=1.0)
    form.expect_indicator("IND115", "工作完成情况", "完成率")
    form.measure("档案归档及时性", 指标得分=2.4, 偏差原因及改进措施=None)
    form.expect_indicator("IND106", "档案归档及时性", "指标得分")
    rescore(form, made)
    return form


def natural_resources(roster: Roster, template: Template) -> Form:
    """1 A line of the funds table copied into a second one. 2 The funds table still names last
    year's filler.
    """
    made = book(
        roster, "县自然资源局", "自然资源局绩效自评表（定稿）.xlsx", 66, "自然资源海洋气象等支出"
    )
    form = made.form(template)
    number = len(form.open_rows(FUNDS))
    for column, value in dict(form.rows[FUNDS][4]).items():  # the 县本级 project line
        form.put(FUNDS, number, column, value)
    for column in ("年初预算数", "下达资金", "项目支出", "支出合计"):
        form.expect("BAL203", FUNDS, "合计", column)
    form.headings[FUNDS] = "2023年度青禾县住房和城乡建设局资金预算执行表"
    form.expect_heading("STR107", FUNDS)
    return form


def transport(roster: Roster, template: Template) -> Form:
    """1 One project line typed in 元 instead of 万元. 2 The heading of the table names another year.
    3 Fewer valid questionnaires than answers; the total follows."""
    made = book(roster, "县交通局", "县交通运输局-部门整体绩效评价.xlsx", 71, "交通运输支出")
    form = made.form(template)
    spent = made.accounts.lines[5].project.spent / 100
    for column in ("项目支出", "支出合计"):
        form.put(FUNDS, 5, column, spent)
        form.expect("BAL203", FUNDS, "合计", column)
    form.headings[FUNDS] = "2021年度青禾县交通运输局资金预算执行表"
    form.expect_heading("STR107", FUNDS)
    form.add(SURVEYS, 0, "有效份数", -4)
    form.expect("BAL701", SURVEYS, 0, "有效份数")
    form.expect("BAL701", SURVEYS, "合计", "有效份数")
    happy, valid = (
        sum(form.number(SURVEYS, r, c) for r in (0, 1) for c in some)
        for some in (("很满意", "满意"), ("有效份数",))
    )
    form.measure("满意度", 业绩值=f"{happy / valid:.2%}", 完成率=round(happy / valid / 0.95, 4))
    return form


def forestry(roster: Roster, template: Template) -> Form:
    """1 A budget cut typed without its minus: line and 总额 no longer add up. 2 培训费 over budget. 3
    本年支出合计 overtyped, the totals beside it are right: it fits nowhere.
    """
    lines = [
        *payroll("林草局", "农林水支出", 41),
        line("林草局", "县本级", "农林水支出", project=1_520_000, rate="0.9583", original="1.42"),
        line("林草局", "上年结转", "农林水支出", project=88_000, original="0"),
    ]
    made = book(
        roster, "县林草局", "林业和草原局2023年部门整体支出绩效评价表.xlsx", 41, lines=lines
    )
    form = made.form(template)
    change = form.number(RATE, "当年财政拨款", "预算调整数")
    assert change < 0
    form.put(RATE, "当年财政拨款", "预算调整数", -change)
    form.expect("BAL402", RATE, "当年财政拨款", "全年预算数")
    form.expect("BAL402", RATE, WHOLE, "全年预算数")
    form.put(TRIPS, "培训费", "决算数", 12_400)
    form.expect("BAL504", TRIPS, "培训费", "决算数")
    spent, whole = made.accounts.all.spent, made.accounts.all.spent + made.accounts.carried_out
    form.put(ACCOUNTS, "本年支出合计", "决算数", (spent + 9_000_000) / 100)
    form.put(ACCOUNTS, "支出总计", "决算数", whole / 100)
    for code in ("BAL104", "REC105", "REC107"):
        form.expect(code, ACCOUNTS, "本年支出合计", "决算数")
    form.expect("BAL105", ACCOUNTS, "支出总计", "决算数")
    return form


def police(roster: Roster, template: Template) -> Form:
    """1 The sheet 年度计划 is gone. 2 More staff than posts, honestly reported. 3 Other money spent
    without a budget.
    """
    lines = [
        *payroll("公安局", "公共安全支出", 153),
        *projects(
            "公安局",
            "公共安全支出",
            ("县本级", 6_100_000, "0.9611"),
            ("上级下达", 2_400_000, "0.9544"),
            ("上年结转", 410_000, "1"),
        ),
        replace(line("公安局", "单位资金", "公共安全支出"), office=Amounts(0, 0, 3_864_250)),
    ]
    money = {"income": {"其他收入": 4_000_000}}
    made = book(
        roster,
        "县公安局",
        "公安局整体支出绩效自评表（3.11）.xlsx",
        153,
        "公共安全支出",
        posts=147,
        lines=lines,
        accounts=money,
    )
    form = made.form(without_table(template, PLAN))
    form.expect_first_sheet("STR101")
    form.expect("IND124", FACTS, "年末在职人数（编内）", FILLED)
    form.put(RATE, "其他资金", "全年预算数", 0)
    form.put(RATE, "其他资金", "全年执行数", made.accounts.own.spent / 100)
    form.expect("RAT103", RATE, "其他资金", "全年预算数")
    form.expect("BAL404", RATE, "其他资金", "全年执行数")
    return form


def social_security(roster: Roster, template: Template) -> Form:
    """1 The column 公用经费 was deleted. 2 A 单位性质 of the clerk's own. 3 Wages of 27 000 元 a head: too
    little.
    """
    made = book(
        roster, "县人社局", "人社局部门整体绩效自评表.xlsx", 47, "社会保障和就业支出", head=27_000
    )
    form = made.form(without_column(template, FUNDS, "公用经费"))
    for row in form.rows[FUNDS].values():
        row.pop("公用经费", None)
    form.expect_heading("STR102", FUNDS)
    form.put(FACTS, "单位性质", FILLED, "机关单位")
    form.expect("STR105", FACTS, "单位性质", FILLED)
    form.expect("PLA102", FUNDS, "合计", "人员经费")
    return form


def emergency(roster: Roster, template: Template) -> Form:
    """1 The row 项目支出 renamed. 2 Points lost without a word why."""
    made = book(
        roster,
        "县应急局",
        "青禾县应急管理局2023年整体支出绩效评价表(2).xlsx",
        31,
        "灾害防治及应急管理支出",
    )
    form = made.form(template)
    form.retouches.append(
        lambda package, where: package.overtype(
            *label_cell(where.ref(ACCOUNTS, "项目支出", "年初预算数")), "专项业务经费"
        )
    )
    form.expect_label("STR102", ACCOUNTS, "项目支出")  # the renamed cell itself
    form.measure(
        "实际完成成果", 业绩值="94%", 完成率=0.9895, 指标得分=13.36, 偏差原因及改进措施=None
    )
    form.expect_indicator("IND107", "实际完成成果", "偏差原因及改进措施")
    rescore(form, made)
    return form


def veterans(roster: Roster, template: Template) -> Form:
    """1 “已完成” in an amount cell. 2 A formula that lost its source. 3 A required cell left blank. 4
    Full marks for everything, and everything was met.
    """
    lines = [
        *payroll("退役军人局", "社会保障和就业支出", 19, rate="1"),
        *projects(
            "退役军人局",
            "社会保障和就业支出",
            ("县本级", 640_000, "1"),
            ("上级下达", 820_000, "1"),
            ("上年结转", 45_000, "1"),
        ),
    ]
    full = {
        "工作完成情况": {"actual": "100%"},
        "重点工作管理制度健全性": {"score": 2.7},
        "长效管理体制健全性": {"score": 3.0},
    }
    made = book(
        roster, "县退役军人局", "退役军人事务局自评表.xlsx", 19, lines=lines, indicators=full
    )
    form = made.form(template)
    form.put(PLAN, 1, "执行数", "已完成")
    form.expect("AMT107", PLAN, 1, "执行数")
    form.retouches.append(
        lambda package, where: package.break_reference(
            *where.ref(TRIPS, "“三公经费”合计", "上年决算数")
        )
    )
    form.expect("AMT108", TRIPS, "“三公经费”合计", "上年决算数")
    form.put(FACTS, "编制人数", FILLED, None)
    form.expect("STR103", FACTS, "编制人数", FILLED)
    form.expect("IND112", INDICATORS, "合计", "指标得分")
    return form


def insurance(roster: Roster, template: Template) -> Form:
    """1 资产与采购 saved without its calculated values. 2 A grade that does not belong to the score. 3
    Tasks above the whole. 4 支出合计 of one line is not its own sum, so the column does not add up
    either.
    """
    made = book(roster, "县医保局", "县医保局绩效评价表（导出）.xlsx", 22, "卫生健康支出")
    form = made.form(template)
    form.retouches.append(lambda package, where: package.forget_values(where.sheet_of("固定资产")))
    form.expect("AMT109", "固定资产", "固定资产原值合计", "原值")
    assert form.get(FACTS, "自评等级", FILLED) == "优"
    form.put(FACTS, "自评等级", FILLED, "良")
    form.expect("IND120", FACTS, "自评等级", FILLED)
    whole = made.accounts.all.spent / 100
    for column in ("执行数", "其中：财政拨款（执行）"):
        form.put(PLAN, 0, column, round(whole + 12_000, 2))
        form.expect("BAL301", PLAN, 0, column)
    form.add(FUNDS, 1, "支出合计", 0.3)
    form.expect("BAL202", FUNDS, 1, "支出合计")
    form.expect("BAL203", FUNDS, "合计", "支出合计")
    return form


# ------------------------------------------------------------------------------ rates and execution


def city_management(roster: Roster, template: Template) -> Form:
    """1 执行率 typed five points too high, 2 and the points with it. 3 A target so low that it was
    passed by half.
    """
    why = "环卫车辆采购流标两次，年底前未能付款。"
    made = book(
        roster,
        "县城管局",
        "城管局2023年绩效自评.xlsx",
        84,
        "城乡社区支出",
        rate="0.7912",
        granted="0.7430",
        why_low=why,
    )
    form = made.form(template)
    rate = round(float(made.execution) + 0.05, 4)
    form.put(RATE, WHOLE, "执行率", rate)
    form.put(RATE, WHOLE, "得分", round(rate * 10, 2))
    form.expect("RAT101", RATE, WHOLE, "执行率")
    form.expect("RAT106", RATE, WHOLE, "得分")
    assert rate < 1
    story = str(form.get("报告正文", "三、部门整体支出绩效评价分析", FILLED))
    form.put(
        "报告正文",
        "三、部门整体支出绩效评价分析",
        FILLED,
        story.replace(f"{float(made.execution):.2%}", f"{rate:.2%}"),
    )
    form.measure("实际完成成果", 目标值="62%", 业绩值="96%", 完成率=1.5484)
    form.expect_indicator("IND111", "实际完成成果", "业绩值")
    form.retotal(round(rate * 10, 2))
    return form


def service_hall(roster: Roster, template: Template) -> Form:
    """1 当年财政拨款 spent beyond its budget. 2 A 执行率 for 上年结转, of which there is none."""
    key = "政务中心"
    lines = [
        *payroll(key, GENERAL_SERVICES, 36),
        line(key, "县本级", GENERAL_SERVICES, project=820_000, rate="0.9710"),
        line(key, "单位资金", GENERAL_SERVICES, project=460_000, rate="0.8102"),
    ]
    over = lines[4].project.budget + 3_215_040  # 32150.40 元 more than was given
    lines[4] = replace(lines[4], project=replace(lines[4].project, spent=over))
    money = {"income": {"其他收入": 37_000_000}, "other_in": 1_520_000}
    made = book(
        roster,
        "县政务中心",
        "政务服务中心 部门整体支出绩效自评表.xlsx",
        36,
        lines=lines,
        accounts=money,
        nature="事业",
    )
    form = made.form(template)
    form.expect("BAL403", RATE, "当年财政拨款", "全年执行数")
    for column in ("年初预算数", "预算调整数", "全年预算数", "全年执行数"):
        form.put(RATE, "上年结转资金", column, 0)
    form.put(RATE, "上年结转资金", "执行率", 1.0)
    form.expect("RAT103", RATE, "上年结转资金", "执行率")
    return form


def media(roster: Roster, template: Template) -> Form:
    """1 执行率 83 % or so and not a word why. 2 全年预算数 differs between two sheets. 3 财政拨款执行数 too."""
    made = book(
        roster, "县融媒体中心", "融媒体中心绩效自评表(修改).xlsx", 44, "文化旅游体育与传媒支出",
        nature="事业", rate="0.5210", granted="0.6180",
    )  # fmt: skip
    assert made.execution < 0.9
    form = made.form(template)
    form.expect("RAT104", RATE, WHOLE, "执行率")
    form.add(PLAN, OVERALL, "预算数", 50_000)
    form.expect("REC111", RATE, WHOLE, "全年预算数")
    form.add(PLAN, OVERALL, "其中：财政拨款（执行）", -8_600)
    form.expect("REC108", PLAN, OVERALL, "其中：财政拨款（执行）")
    return form


# --------------------------------------------------------------------------------------- indicators


def logistics(roster: Roster, template: Template) -> Form:
    """1 Full marks for 93 of 95. 2 “较健全” scored as if it were “健全”. 3 A subtotal of last year's car
    costs is wrong.
    """
    made = book(roster, "县机关事务中心", "机关事务服务中心2023年部门整体支出绩效自评.xlsx", 27)
    form = made.form(template)
    form.measure("实际完成成果", 业绩值="93%", 完成率=0.9789, 指标得分=13.5)
    form.expect_indicator("IND104", "实际完成成果", "指标得分")
    form.measure(
        "财务管理制度健全性",
        业绩值="较健全",
        指标得分=2.5,
        偏差原因及改进措施="内控流程尚未覆盖全部业务。",
    )
    form.expect_indicator("IND105", "财务管理制度健全性", "指标得分")
    form.expect("IND118", INDICATORS, "合计", "指标得分")
    cars = form.number(TRIPS, "其中：公务用车运行维护费", "上年决算数")
    form.put(TRIPS, "公务用车购置及运行维护费", "上年决算数", cars + 3_000)
    form.expect("BAL502", TRIPS, "公务用车购置及运行维护费", "上年决算数")
    rescore(form, made)
    return form


def party_school(roster: Roster, template: Template) -> Form:
    """1 More points than the weight. 2 自评总分 is not what the sheets add up to. 3 Most of 基本支出 is
    公用经费: wages are missing.
    """
    made = book(
        roster, "县委党校", "县委党校整体绩效评价表.xlsx", 23, "教育支出", nature="参公", head=8_000
    )
    form = made.form(template)
    form.measure("资产管理规范性", 指标得分=3.7, 偏差原因及改进措施=None)
    form.expect_indicator("IND103", "资产管理规范性", "指标得分")
    form.expect("IND118", INDICATORS, "合计", "指标得分")
    rescore(form, made)
    total = form.add(FACTS, "自评总分（满分100）", FILLED, -1.5)
    assert total >= 90
    form.expect("IND119", FACTS, "自评总分（满分100）", FILLED)
    form.expect("PLA101", FUNDS, "合计", "公用经费")
    return form


def disease_control(roster: Roster, template: Template) -> Form:
    """1 Weights of two 共性 indicators shifted. 2 A percentage for a 定性 indicator. 3 不适用 without a
    reason. 4 The total of the cars is not their sum.
    """
    made = book(roster, "县疾控中心", "疾控中心2023自评表.xlsx", 49, "卫生健康支出", nature="事业")
    made = replace(made, belongings=replace(made.belongings, purchases=None))
    form = made.form(template)
    form.measure(
        "财务管理制度健全性", 权重=3.2, 指标得分=2.6, 偏差原因及改进措施="个别制度修订滞后。"
    )
    form.measure("资金使用规范性", 权重=2.2, 指标得分=2.2)
    form.expect_indicator("IND102", "财务管理制度健全性", "权重")
    form.expect_indicator("IND102", "资金使用规范性", "权重")
    form.measure(
        "履职效果社会影响程度", 业绩值="96%", 指标得分=12.96, 偏差原因及改进措施="宣传覆盖面不够。"
    )
    form.expect_indicator("IND110", "履职效果社会影响程度", "业绩值")
    form.measure(
        "政府采购规范性", 业绩值="不适用", 完成率=None, 指标得分=None, 偏差原因及改进措施=None
    )
    form.expect_indicator("IND121", "政府采购规范性", "业绩值")
    form.put("车辆", "车辆合计", "年末数量", sum(made.belongings.vehicles.values()) + 2)
    form.expect("BAL604", "车辆", "车辆合计", "年末数量")
    rescore(form, made)
    return form


def farm_extension(roster: Roster, template: Template) -> Form:
    """1 满意度 wanted low. 2 三公 to be exactly 100 %. 3 结转结余 allowed to grow. 4 A rate of training
    wanted low.
    """
    made = book(
        roster,
        "县农技中心",
        "县农技中心2023年部门整体绩效评价表（报送稿）.xlsx",
        38,
        "农林水支出",
        nature="事业",
        audiences=("种植户",),
    )
    form = made.form(template)
    form.measure("满意度", 指标方向="≤")
    form.expect_indicator("IND108", "满意度", "指标方向")
    form.measure("“三公经费”控制率", 指标方向="=")
    form.expect_indicator("IND109", "“三公经费”控制率", "指标方向")
    form.measure("结转结余变动率", 指标方向=None, 目标值="≤10%")
    form.expect_indicator("IND109", "结转结余变动率", "目标值")
    form.measure(
        "实际完成成果",
        三级指标="农技培训任务完成率",
        指标方向="≤",
        目标值="100%",
        业绩值="100%",
        完成率=1.0,
        指标得分=13.5,
    )
    form.measure("农技培训任务完成率", 偏差原因及改进措施=None)
    form.expect_indicator("IND109", "农技培训任务完成率", "指标方向")
    rescore(form, made)
    return form


def commerce(roster: Roster, template: Template) -> Form:
    """1 More valid questionnaires than came back. 2 A wrong 满意度 for one audience. 3 The indicator
    says something else. 4 净值 is not 原值 less 折旧.
    """
    made = book(
        roster,
        "县商务局",
        "商务局绩效自评表-0309.xlsx",
        18,
        "商业服务业等支出",
        audiences=("商贸企业", "电商户"),
    )
    form = made.form(template)
    valid = form.number(SURVEYS, 0, "有效份数")
    form.put(SURVEYS, 0, "回收份数", valid - 3)
    form.expect("BAL702", SURVEYS, 0, "有效份数")
    assert form.number(SURVEYS, 1, "发放份数") - form.number(SURVEYS, 1, "回收份数") >= 3
    form.add(SURVEYS, 1, "回收份数", 3)  # the total still holds
    form.put(SURVEYS, 1, "满意度", 0.99)
    form.expect("RAT102", SURVEYS, 1, "满意度")
    form.measure("满意度", 业绩值="99.5%", 完成率=1.0474)
    form.expect_indicator("IND116", "满意度", "业绩值")
    form.add("固定资产", "净值", "原值", -1_800)
    form.expect("BAL602", "固定资产", "净值", "原值")
    return form


def technology(roster: Roster, template: Template) -> Form:
    """1 三公合计 without 公务接待费. 2 三公 over budget. 3 车辆 of its own cost money but there are none. 4 采购
    over budget. 5 固定资产合计 with a digit wrong.
    """
    made = book(roster, "县科技局", "科技局2023整体支出绩效评价表.xlsx", 15, "科学技术支出")
    trips = {
        "其中：公务用车运行维护费": (26_000, 22_000, 25_300),
        "公务接待费": (8_000, 7_000, 6_100),
        "会议费": (5_000, 5_000, 4_100),
        "培训费": (6_000, 6_000, 5_700),
    }
    own = replace(
        made.belongings,
        vehicles={"其他用车": 0, "应急保障用车": 0},
        purchases={"货物": (63_000, 66_500)},
    )
    made = replace(made, trips=trips, belongings=own)
    form = made.form(template)
    form.put(TRIPS, "“三公经费”合计", "预算数（全年）", 22_000)
    form.expect("BAL501", TRIPS, "“三公经费”合计", "预算数（全年）")
    form.expect("BAL503", TRIPS, "“三公经费”合计", "决算数")
    form.measure(
        "“三公经费”控制率",
        业绩值="142.73%",
        完成率=1.4273,
        指标得分=1.89,
        偏差原因及改进措施="车辆维修支出增加。",
    )
    form.expect("PLA105", TRIPS, "其中：公务用车运行维护费", "决算数")
    form.expect("BAL606", "政府采购", "合计", "执行数")
    parts = [form.number("固定资产", title, "原值") for title in own.assets]
    worn = form.number("固定资产", "累计折旧", "原值")
    form.put("固定资产", "固定资产原值合计", "原值", round(sum(parts) + 9_000, 2))
    form.put("固定资产", "净值", "原值", round(sum(parts) + 9_000 - worn, 2))
    form.expect("BAL601", "固定资产", "固定资产原值合计", "原值")
    rescore(form, made)
    return form


def women(roster: Roster, template: Template) -> Form:
    """1 5 万元 of wages booked as office costs in one sheet only. 2 三公 left blank, unticked. 3
    档案归档及时性 dropped.
    """
    made = book(roster, "县妇联", "青禾县妇女联合会绩效评价表.xlsx", 9, nature="参公")
    made = replace(made, belongings=replace(made.belongings, vehicles={}))
    form = made.form(template)
    for row in (0, "合计"):
        form.add(FUNDS, row, "人员经费", -5)
        form.add(FUNDS, row, "公用经费", 5)
    # The 合计 is a formula of the form: it is the typed figure that is compared with its rows.
    form.expect("REC102", ACCOUNTS, "其中：人员经费", "决算数")
    form.expect("REC103", ACCOUNTS, "其中：公用经费", "决算数")
    form.rows.pop(TRIPS)
    form.expect_indicator("IND117", "“三公经费”控制率", "业绩值")
    del form.rows[INDICATORS][form.indicator("档案归档及时性")]
    form.expect_column("IND123", INDICATORS, "三级指标")
    form.expect("IND101", INDICATORS, "合计", "权重")
    rescore(form, made)
    return form


FAULTY: tuple[Maker, ...] = (
    education,
    civil_affairs,
    natural_resources,
    transport,
    forestry,
    police,
    social_security,
    emergency,
    veterans,
    insurance,
    city_management,
    service_hall,
    media,
    logistics,
    party_school,
    disease_control,
    farm_extension,
    commerce,
    technology,
    women,
)


def faulty_forms(roster: Roster, template: Template) -> Iterator[Form]:
    for maker in FAULTY:
        yield maker(roster, template)


# ------------------------------------------------------------------------------- what clerks delete


def label_cell(place: tuple[str, str]) -> tuple[str, str]:
    """The cell of the row's label, in column A."""
    sheet, ref = place
    return sheet, "A" + ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def without_table(template: Template, name: str) -> Template:
    """The form without a sheet and everything that refers to it."""
    return replace(
        template,
        sheets=tuple(one for one in template.sheets if one.title != name),
        tables=tuple(one for one in template.tables if one.name != name),
        equations=tuple(
            one
            for one in template.equations
            if all(term.ref.table != name for side in one.relation.sides for term in side)
        ),
        plan={},
    )


def without_column(template: Template, name: str, title: str) -> Template:
    """The form without a column of one table."""

    def uses(side: Any) -> bool:
        return any(term.ref.table == name and term.ref.column == title for term in side)

    return replace(
        template,
        tables=tuple(
            replace(one, columns=tuple(c for c in one.columns if c.title != title))
            if one.name == name
            else one
            for one in template.tables
        ),
        equations=tuple(
            one for one in template.equations if not any(uses(side) for side in one.relation.sides)
        ),
        funds={key: value for key, value in template.funds.items() if value != title},
    )
