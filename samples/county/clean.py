"""Fourteen right workbooks that a naive checker would accuse. Each function says what is particular
about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from county.accounts import FUND, line
from county.book import Belongings, Survey
from county.form import Form
from county.judged import NA, Indicator
from county.money import Amounts, amounts
from county.roster import Entry
from county.usual import GENERAL_SERVICES, payroll, projects, tasks, usual
from jixiao_xlsx.form.spec import Template

Roster = dict[str, Entry]
Maker = Callable[[Roster, Template], Form]


def government_office(roster: Roster, template: Template) -> Form:
    """资金预算执行表 cut off to two decimals instead of rounded."""
    entry = roster["县政府办"]
    lines = payroll(entry.name, GENERAL_SERVICES, 46)
    lines += projects(
        entry.name, GENERAL_SERVICES, ("县本级", 2_380_000, "0.9734"), ("上年结转", 126_000, "1")
    )
    work = tasks(
        ("政务督查", "完成", 30),
        ("公文运转与会务保障", "完成", 40),
        ("值班值守系统维护", "完成96%", 20),
    )
    return usual(
        entry,
        "附件2：青禾县人民政府办公室2023年部门整体支出绩效自评表（终稿）.xlsx",
        46,
        lines,
        work,
        cut=True,
    ).form(template)


def market_office(roster: Roster, template: Template) -> Form:
    """Rounded figures in many lines: printed parts and printed totals differ by 0.01 and 0.02."""
    entry = roster["县市场监管局"]
    lines = payroll(entry.name, GENERAL_SERVICES, 88)
    for subject, budget in (
        ("科学技术支出", 86_000),
        ("农林水支出", 154_000),
        ("商业服务业等支出", 212_000),
        ("灾害防治及应急管理支出", 97_000),
    ):
        lines += projects(
            entry.name, subject, ("县本级", budget, "0.9631"), ("上级下达", budget // 2, "0.9412")
        )
    lines += projects(entry.name, GENERAL_SERVICES, ("上年结转", 203_000, "1"))
    work = tasks(
        ("食品抽检", "完成1260批次", 45), ("特种设备监察", "完成", 25), ("计量检定", "完成", 15)
    )
    return usual(entry, "103-青禾县市场监督管理局整体支出绩效自评表.xlsx", 88, lines, work).form(
        template
    )


def development_office(roster: Roster, template: Template) -> Form:
    """平尾差: 人员经费 and 公用经费 of the total row moved by 0.01 each, so that the printed parts add up."""
    entry = roster["县发改局"]
    key = entry.name
    exact = [  # 人员, 公用 in 分: 0.4 of a last digit in each 人员, 0.6 in each 公用
        ("一般公共服务支出", 212_344_000, 31_156_000),
        ("社会保障和就业支出", 38_124_000, 216_000),
        ("卫生健康支出", 14_644_000, 126_000),
    ]
    lines = [
        replace(
            line(key, "县本级", subject),
            wages=Amounts(wages - 4_000, wages, wages),
            office=Amounts(office - 6_000, office, office),
        )
        for subject, wages, office in exact
    ]
    lines += projects(
        key, GENERAL_SERVICES, ("县本级", 1_460_000, "0.9688"), ("上年结转", 88_000, "1")
    )
    work = tasks(("重大项目谋划", "储备项目82个", 50), ("粮食储备管理", "完成", 30))
    form = usual(entry, "青禾县发展和改革局 2023年部门整体绩效评价表.xlsx", 28, lines, work).form(
        template
    )
    form.add("资金预算执行表", "合计", "人员经费", -0.01)
    form.add("资金预算执行表", "合计", "公用经费", 0.01)
    return form


def water_office(roster: Roster, template: Template) -> Form:
    """执行率 below 90 % with its reason; 上年结转 half spent."""
    entry = roster["县水务局"]
    lines = payroll(entry.name, "农林水支出", 52)
    lines += projects(
        entry.name, "农林水支出", ("县本级", 1_850_000, "0.8215"), ("上级下达", 5_200_000, "0.7104")
    )
    lines += projects(entry.name, "农林水支出", ("上年结转", 1_320_000, "0.6540"))
    work = tasks(
        ("灌区续建配套", "完成工程量的72%", 60),
        ("河湖巡查", "完成", 10),
        ("农村供水管网改造", "完成主管网", 25),
    )
    why = "灌区工程11月才完成招标，汛期停工两个月，工程款按进度支付，余款下年一季度支付。"
    done = {"工作完成情况": {"actual": "92%", "reason": "灌区工程跨年实施。"}}
    return usual(
        entry, "水务局绩效自评表(1).xlsx", 52, lines, work, why_low=why, indicators=done
    ).form(template)


def hospital(roster: Roster, template: Template) -> Form:
    """事业收入 larger than 财政拨款, 使用非财政拨款结余, a 公益 unit of the 事业 kind."""
    entry = roster["县妇幼保健院"]
    lines = payroll(entry.name, "卫生健康支出", 61, head=58_000, office=4_000)
    lines += projects(
        entry.name, "卫生健康支出", ("上级下达", 640_000, "0.9810"), ("上年结转", 51_000, "1")
    )
    lines.append(
        line(
            entry.name,
            "单位资金",
            "卫生健康支出",
            wages=2_460_000,
            office=5_180_000,
            project=780_000,
            rate="0.9542",
        )
    )
    money = {
        "income": {"事业收入": 812_345_678, "其他收入": 1_523_140},
        "other_in": 64_321_055,
        "surplus_used": 12_000_000,
    }
    work = tasks(("两癌筛查", "筛查4200人", 50), ("儿童保健", "管理率95.2%", 30))
    return usual(
        entry,
        "青禾县妇幼保健院整体绩效评价表2023.xlsx",
        61,
        lines,
        work,
        accounts=money,
        nature="事业",
        audiences=("就诊妇女", "儿童家长"),
    ).form(template)


def housing_office(roster: Roster, template: Template) -> Form:
    """政府性基金 and 部门汇总: several units in one book, many lines."""
    entry = roster["县住建局"]
    key = entry.name
    lines = payroll(key, "城乡社区支出", 97)
    lines += projects(
        key, "城乡社区支出", ("县本级", 6_430_000, "0.9577"), ("上年结转", 812_000, "0.95")
    )
    lines += projects(key, "住房保障支出", ("上级下达", 8_900_000, "0.9403"))
    lines.append(
        line(
            key,
            "县本级",
            "国有土地使用权出让收入安排的支出",
            project=12_600_000,
            rate="0.9318",
            kept=2_150_033,
            income=FUND,
        )
    )
    work = tasks(
        ("老旧小区改造", "完工9个", 35),
        ("供热管网更新", "完成12.6公里", 30),
        ("垃圾中转站建设", "投用2座", 20),
    )
    people = (
        Survey("改造小区居民", 300, 288, (171, 104, 10, 3)),
        Survey("物业企业", 40, 38, (20, 16, 2, 0)),
    )
    return usual(
        entry,
        "【住建局】部门整体支出绩效评价表-汇总.xlsx",
        97,
        lines,
        work,
        scope="部门汇总",
        surveys=people,
    ).form(template)


def farm_office(roster: Roster, template: Template) -> Form:
    """上级专款 that arrived during the year: the budget more than doubled."""
    entry = roster["县农业农村局"]
    lines = payroll(entry.name, "农林水支出", 74)
    lines.append(
        line(entry.name, "县本级", "农林水支出", project=2_100_000, rate="0.9644", original="1")
    )
    lines.append(
        line(entry.name, "上级下达", "农林水支出", project=26_400_000, rate="0.9587", original="0")
    )
    lines.append(
        line(entry.name, "上级下达", "节能环保支出", project=3_150_000, rate="0.9281", original="0")
    )
    lines += projects(entry.name, "农林水支出", ("上年结转", 1_090_000, "1"))
    work = tasks(
        ("高标准农田建设", "建成1.8万亩", 60),
        ("耕地地力保护补贴", "发放到户", 20),
        ("畜禽粪污利用", "完成", 8),
    )
    return usual(
        entry,
        "县农业农村局2023年整体支出绩效（修改稿）.xlsx",
        74,
        lines,
        work,
        audiences=("种植户", "养殖户", "合作社"),
    ).form(template)


def data_centre(roster: Roster, template: Template) -> Form:
    """Founded in June: no last year, no budget at the start of the year, money left at the end."""
    entry = roster["县大数据中心"]
    key = entry.name
    lines = [
        line(
            key,
            "县本级",
            "资源勘探工业信息等支出",
            wages=524_000,
            office=168_000,
            rate="0.9480",
            original="0",
        ),
        line(key, "县本级", "社会保障和就业支出", wages=58_300, original="0"),
        line(key, "县本级", "住房保障支出", wages=36_900, original="0"),
        line(
            key,
            "县本级",
            "资源勘探工业信息等支出（信息化）",
            project=1_140_000,
            rate="0.9120",
            original="0",
            kept=4_512_377,
        ),
    ]
    work = tasks(("政务云平台一期", "上线运行", 70), ("数据目录编制", "编目1360条", 15))
    reason = "6月新成立，无年初结转结余，不可计算。"
    own = Belongings(
        assets={"设备": (36, 214_600), "家具和用具": (58, 61_200)},
        worn="0.06",
        purchases={"货物": (280_000, 271_900)},
    )
    return usual(
        entry,
        "青禾县大数据服务中心-部门（单位）整体绩效评价表.xlsx",
        11,
        lines,
        work,
        nature="事业",
        change="新成立（6月）",
        staff_before=None,
        posts=15,
        trips=None,
        belongings=own,
        indicators={
            "结转结余变动率": {"actual": NA, "reason": reason},
            "“三公经费”控制率": {"actual": "0%", "score": 2.7, "rate": "—"},
            "人员变动情况": {"actual": "新成立，招录11人"},
        },
    ).form(template)


def letters_office(roster: Roster, template: Template) -> Form:
    """No projects, no 三公 at all (ticked), no procurement (ticked): three indicators 不适用, the total
    scaled.
    """
    entry = roster["县信访局"]
    lines = payroll(entry.name, GENERAL_SERVICES, 14)
    work = tasks(("信访积案化解", "化解21件", 0), ("领导接访", "接待48批次", 0))
    own = Belongings(assets={"设备": (41, 187_300), "家具和用具": (66, 48_500)}, worn="0.55")
    return usual(
        entry,
        "青禾县信访局.xlsx",
        14,
        lines,
        work,
        nature="参公",
        trips=None,
        belongings=own,
        scaled_total=True,
        accounts={"other_in": 2_316_480},
        indicators={
            "项目支出预算执行率": {"actual": NA, "reason": "本单位2023年无项目支出预算。"},
            "“三公经费”控制率": {"actual": NA, "reason": "本单位无三公经费预算，也无支出。"},
            "政府采购规范性": {"actual": NA, "reason": "本年度没有政府采购。"},
        },
    ).form(template)


def audit_office(roster: Roster, template: Template) -> Form:
    """Negative amounts: budgets cut during the year, and an advance of last year paid back (公用经费
    below zero).
    """
    entry = roster["县审计局"]
    key = entry.name
    lines = [
        line(
            key,
            "县本级",
            GENERAL_SERVICES,
            wages=1_690_000,
            office=385_000,
            project=920_000,
            rate="0.9790",
            original="1.08",
        ),
        line(key, "县本级", "社会保障和就业支出", wages=252_000, original="1.03"),
        line(key, "县本级", "卫生健康支出", wages=88_000, original="1"),
        line(key, "县本级", "住房保障支出", wages=141_000, original="1.01"),
        line(key, "上年结转", GENERAL_SERVICES, project=64_000, rate="1", original="1.5"),
    ]
    lines[4] = replace(lines[4], office=Amounts(0, 0, -125_040))
    money = {"income": {"其他收入": 215_600}, "other_in": 3_804_212}
    work = tasks(("预算执行审计", "完成", 45), ("经济责任审计", "完成17人", 40))
    return usual(
        entry,
        "审计局 部门整体支出绩效自评 2024.3.8.xlsx",
        25,
        lines,
        work,
        accounts=money,
        audiences=("被审计单位",),
    ).form(template)


def library(roster: Roster, template: Template) -> Form:
    """Figures below 100 元 shown as 0.00 万元, and zeros typed wherever there is nothing."""
    entry = roster["县图书馆"]
    key = entry.name
    main = line(key, "县本级", "文化旅游体育与传媒支出", project=186_000, rate="0.9655")
    small = line(key, "单位资金", "文化旅游体育与传媒支出")
    lines = [
        replace(
            main,
            wages=Amounts(86_000_000, 86_994_999, 86_994_999),
            office=Amounts(9_400_000, 9_811_236, 9_544_120),
        ),
        replace(small, wages=Amounts(0, 4_560, 4_560), office=Amounts(0, 4_820, 3_905)),
        line(key, "上年结转", "文化旅游体育与传媒支出", project=23_000, rate="1", original="0"),
    ]
    work = tasks(("图书采购", "入藏2130册", 55), ("全民阅读活动", "举办26场", 25))
    return usual(
        entry,
        "县图书馆2023年度部门整体支出绩效评价表（最终版）.xlsx",
        9,
        lines,
        work,
        accounts={"income": {"其他收入": 9_800}},
        nature="事业",
        zeros=True,
        audiences=("读者",),
    ).form(template)


def culture_office(roster: Roster, template: Template) -> Form:
    """个性 indicators of the department's own: several in one 二级指标, other directions and units."""
    entry = roster["县文旅局"]
    lines = payroll(entry.name, "文化旅游体育与传媒支出", 57)
    lines += projects(
        entry.name,
        "文化旅游体育与传媒支出",
        ("县本级", 3_320_000, "0.9466"),
        ("上级下达", 2_450_000, "0.9711"),
    )
    lines += projects(entry.name, "文化旅游体育与传媒支出", ("上年结转", 176_000, "1"))
    goal, effect, content, impact = "部门履职目标", "部门效果目标", "服务对象满意度", "社会影响"

    def own(
        level2: str,
        name: str,
        sign: str,
        weight: str,
        target: str,
        actual: str,
        unit: str,
        **more: object,
    ) -> Indicator:
        return Indicator(
            "履职效果", level2, name, sign, Fraction(weight), target, actual, unit, **more
        )  # type: ignore[arg-type]

    chosen = [
        own(goal, "举办群众文化活动场次", "≥", "4.5", "120", "131", "场"),
        own(goal, "图书馆、文化馆免费开放率", "=", "4.5", "100%", "100%", "%"),
        own(
            goal,
            "文物安全巡查完成率",
            "≥",
            "4.5",
            "100%",
            "97.5%",
            "%",
            reason="两处野外文物点因道路施工少巡查一次。",
        ),
        own(effect, "旅游接待人次增长率", "≥", "6.5", "8%", "9.6%", "%"),
        own(effect, "文化市场投诉件数", "≤", "4", "10", "7", "件"),
        own(effect, "广播电视安全播出事故", "≤", "3", "0", "0", "次"),
        own(content, "群众满意度", "≥", "13.5", "95%", "96.25%", "%", exact=Fraction(77, 80)),
        own(impact, "省级以上媒体报道篇数", "≥", "5.5", "20", "24", "篇"),
        own(impact, "县域文化品牌影响", "定性", "8", "良好", "达成", ""),
    ]
    people = (
        Survey("群众", 220, 212, (131, 71, 8, 0)),
        Survey("游客", 120, 110, (64, 42, 4, 0), 0),
    )
    work = tasks(
        ("文化惠民演出", "完成131场", 30),
        ("文物保护", "巡查97.5%", 20),
        ("旅游宣传", "完成", 25),
        ("体育赛事", "完成6项", 15),
    )
    return usual(
        entry, "附件3 县文旅局整体绩效评价表.xlsx", 57, lines, work, own=chosen, surveys=people
    ).form(template)


def college(roster: Roster, template: Template) -> Form:
    """经营支出 beside 基本 and 项目 (the funds table shows only these two), and a negative 结余分配."""
    entry = roster["县职教中心"]
    key = entry.name
    lines = payroll(key, "教育支出", 118, head=88_000, office=6_500)
    lines += projects(
        key, "教育支出", ("县本级", 1_260_000, "0.9533"), ("上级下达", 3_480_000, "0.9368")
    )
    lines.append(
        line(key, "单位资金", "教育支出", office=1_120_000, project=460_000, rate="0.9404")
    )
    lines += projects(key, "教育支出", ("上年结转", 342_000, "1"))
    business = amounts(key + "经营", 486_000, "0.9722", "1")
    money = {
        "income": {"事业收入": 151_823_400, "经营收入": 51_236_045},
        "beside": {"经营支出": business},
        "other_in": 21_540_310,
        "distributed": -1_204_566,
    }
    work = tasks(
        ("实训基地建设", "完成设备采购", 55),
        ("技能大赛", "获省级奖4项", 10),
        ("免学费补助", "发放1860人", 20),
    )
    return usual(
        entry,
        "职教中心自评表（3月12日）.xlsx",
        118,
        lines,
        work,
        accounts=money,
        nature="事业",
        audiences=("学生", "家长", "用人单位"),
    ).form(template)


def health_office(roster: Roster, template: Template) -> Form:
    """收支总表 typed from a 万元 report (every figure a multiple of 100 元); a 变动率 above 0, honestly
    scored.
    """
    entry = roster["县卫健局"]
    lines = payroll(entry.name, "卫生健康支出", 63)
    lines += projects(
        entry.name,
        "卫生健康支出",
        ("县本级", 4_240_000, "0.9512"),
        ("上级下达", 9_870_000, "0.9633"),
    )
    lines.append(
        line(entry.name, "上年结转", "卫生健康支出", project=520_000, rate="0.4", original="0")
    )
    lines.append(
        line(
            entry.name,
            "上级下达",
            "社会保障和就业支出",
            project=410_000,
            rate="0.35",
            original="0",
            kept=26_000_000,
        )
    )
    work = tasks(("基本公共卫生服务", "完成", 60), ("村医补助", "发放312人", 20))
    book = usual(
        entry, "青禾县卫生健康局-2023整体支出绩效评价(已审).xlsx", 63, lines, work, scope="部门汇总"
    )
    form = book.form(template)
    for row in form.rows["收支总表"].values():
        for column, value in row.items():
            if isinstance(value, float):
                row[column] = round(value / 100) * 100.0
    return form


CLEAN: tuple[Maker, ...] = (
    government_office,
    market_office,
    development_office,
    water_office,
    hospital,
    housing_office,
    farm_office,
    data_centre,
    letters_office,
    audit_office,
    library,
    culture_office,
    college,
    health_office,
)


def clean_forms(roster: Roster, template: Template) -> Iterator[Form]:
    for maker in CLEAN:
        yield maker(roster, template)
