"""The report the project starts from, typed into the standard workbook with every figure and every
slip it has.
"""

from __future__ import annotations

from county.form import Form
from county.roster import Entry
from jixiao_xlsx.form.spec import Template

TOTAL = 9548199.71
# 三级指标, 目标值, 业绩值, 完成率
ROWS = (
    ("部门管理", "资金投入", "基本支出预算执行率", 2.7, "<=100%", "100%", 1.0),
    ("部门管理", "资金投入", "项目支出预算执行率", 2.7, "=100%", "100%", 1.0),
    ("部门管理", "资金投入", "“三公经费”控制率", 2.7, "<=100%", "100%", 1.0),
    ("部门管理", "资金投入", "结转结余变动率", 2.7, "<=5%", "5%", 1.0),
    ("部门管理", "财务管理", "财务管理制度健全性", 2.7, "健全", "95%", 0.95),
    ("部门管理", "财务管理", "资金使用规范性", 2.7, "规范", "100%", 1.0),
    ("部门管理", "采购管理", "政府采购规范性", 2.7, "规范", "100%", 1.0),
    ("部门管理", "资产管理", "资产管理规范性", 2.7, "规范", "100%", 1.0),
    ("部门管理", "人员管理", "在职人员控制率", 2.7, "=100%", "100%", 1.0),
    ("部门管理", "重点工作管理", "重点工作管理制度健全性", 2.7, "健全", "95%", 0.95),
    ("履职效果", "部门履职目标", "工作完成情况", 13.5, "<=100%", "98%", 0.98),
    ("履职效果", "部门效果目标", "实际完成成果", 13.5, "<=95%", "95%", 1.0),
    ("履职效果", "服务对象满意度", "满意度", 13.5, "<=95%", "95%", 1.0),
    ("履职效果", "社会影响", "履职效果社会影响程度", 13.5, "良好", "98%", 0.98),
    ("能力建设", "长效管理", "长效管理体制健全性", 3, "健全", "95%", 0.95),
    ("能力建设", "人力资源建设", "人员变动情况", 3, "<=100%", "100%", 1.0),
    ("能力建设", "档案管理", "档案归档及时性", 3, "<=100%", "95%", 0.95),
)
PROSE = {
    "一、部门概况": "负责机关办公楼院的管理、维护和后勤保障，为公务活动提供用车。参公编制6人。"
    "2023年全年预算收入954.81万元，实际收入954.81万元，全部为一般公共预算财政拨款；全年支出954.81万元，"
    "其中基本支出130.62万元、项目支出824.19万元，预算执行率100%。无上级下达资金。",
    "二、评价工作开展": "2023年12月起准备，查阅资料、座谈、发放问卷。涉及预算资金954.81万元。自评得分90分。",
    "三、部门整体支出绩效评价分析": "支出预算954.81万元：一般公共服务支出942.42万元、社保保障和就业支出6.87万元、卫生健康支出2.32万元、"
    "住房保障支出3.16万元。一般公共预算财政拨款基本支出954.81万元，2023年我单位没有配置项目支出。"
    "支出合计954.81万元，年末财政拨款结转和结余0万元。"
    "一般公共服务支出年初预算942.42万元，执行942.42元，完成年初预算的100%；"
    "社会保障和就业支出年初预算6.877万元，执行6.877万元，完成100%；"
    "卫生健康支出年初预算2.34万元，执行2.34万元，完成100%；住房保障支出年初预算3.16万元，执行3.16万元，完成100%。"
    "至2023年12月31日固定资产原值6337541.54元：房屋构筑物266672元，设备149批（台）5549033.93元，"
    "家具和用具441批（件）521835.61元。我办工作经费完成率100%。没有超预算和结余。"
    "按《政府会计制度》记账，办公室订有《财务管理内控制度》，开支由办公室领导分工审签。",
    "四、履职完成情况": "一是抓意识形态和主题教育；二是参谋辅政、督查督办、政务服务有新进展；三是廉政责任落实。",
    "五、存在的问题": "工作计划有时间和分工，但整体与明细的绩效目标不够具体、量化。",
    "六、整改措施或建议": "6、整改措施：（一）细化基本支出预算；（二）加快预算执行，需保留的结转资金及时使用，"
    "不再使用的结转资金上缴财政，下年预算考虑结转资金。",
}


def report(entry: Entry, template: Template) -> Form:
    """The seed's workbook: what the report does not give stays blank."""
    form = Form(
        "附件2：临泽县机关事务中心2023年部门整体支出绩效自评表（终稿）(1).xlsx",
        template,
        entry.name,
        "",
    )
    particulars = {
        "部门名称": entry.name,
        "部门编码": None,
        "评价年度": 2023,
        "单位性质": "参公",
        "填报口径": "单位本级",
        "编制人数": 6,
        "自评总分（满分100）": 90,
    }
    for title, value in particulars.items():
        form.put("基本信息", title, "填报内容", value)
    form.put("收支总表", "其中：财政拨款年末结转和结余", "决算数", 0)
    _funds(form)
    for column in ("预算数", "其中：财政拨款（预算）", "执行数", "其中：财政拨款（执行）"):
        form.put("年度计划", "部门总体预算", column, TOTAL)
    form.put("年度计划", "部门总体预算", "完成情况", "100%")
    for column in ("全年预算数", "全年执行数"):
        form.put("预算执行率", "当年财政拨款", column, TOTAL)
    for column in ("分值", "得分"):
        form.put("预算执行率", "年度资金总额", column, None)
    _indicators(form)
    for title, count, value in (
        ("房屋和构筑物", None, 266672),
        ("设备", 149, 5549033.93),
        ("家具和用具", 441, 521835.61),
    ):
        form.put("固定资产", title, "数量", count)
        form.put("固定资产", title, "原值", value)
    for title, text in PROSE.items():
        form.put("报告正文", title, "填报内容", text)
    _expect(form)
    return form


def _funds(form: Form) -> None:
    table = "资金预算执行表"
    form.headings[table] = "2023年度县政府办公室资金预算执行表"
    rows = (
        ("一般公共服务支出", 130.62, 12.37, 118.25, 824.19),
        ("社会保障和就业支出", 6.87, 6.87, None, None),
        ("卫生健康支出", 2.34, 2.34, None, None),
        ("住房公积金", 3.16, 3.16, None, None),
    )
    for number, (subject, basic, wages, office, project) in enumerate(rows):
        cells = {
            "资金来源": "县本级",
            "支出功能分类科目": subject,
            "基本支出小计": basic,
            "人员经费": wages,
            "公用经费": office,
        }
        # The report leaves 支出合计 blank: the formula of the form is cleared.
        for column, value in {**cells, "项目支出": project, "支出合计": None}.items():
            form.put(table, number, column, value)
    form.put(table, 0, "下达资金", 954.81)
    form.merges[table] = [("下达资金", 0, 3)]
    given = {"基本支出小计": 130.62, "项目支出": 824.19, "支出合计": 954.81}
    for column in ("年初预算数", "下达资金", "人员经费", "公用经费", *given):
        form.put(table, "合计", column, given.get(column))
    form.retouches.append(
        lambda package, where: package.type_over(*where.ref(table, "合计", "支出合计"), 954.81)
    )


def _indicators(form: Form) -> None:
    titles = ("一级指标", "二级指标", "三级指标", "权重", "目标值", "业绩值", "完成率")
    for number, row in enumerate(ROWS):
        for title, value in zip(titles, row, strict=True):
            form.put("绩效评价表", number, title, value)
        form.put("绩效评价表", number, "指标方向", None)
        form.put("绩效评价表", number, "计量单位", None)
        form.put("绩效评价表", number, "指标得分", row[3])


def _expect(form: Form) -> None:
    """Issue by issue, in the order of the report."""
    funds, indicators = "资金预算执行表", "绩效评价表"
    form.expect("STR103", "基本信息", "年末在职人数（编内）", "填报内容")
    form.expect("STR103", "收支总表", "本年收入合计", "决算数")
    form.expect_heading("STR107", funds)
    form.expect("BAL203", funds, "合计", "基本支出小计")
    form.expect("PLA106", funds, 0, "人员经费")
    form.expect("PLA101", funds, 0, "公用经费")
    for column in ("下达资金", "人员经费", "公用经费"):
        form.expect("AMT112", funds, "合计", column)
    form.expect("AMT112", funds, 0, "支出合计")
    form.expect("AMT101", funds, "合计", "支出合计")
    form.expect("STR114", funds, 3, "支出功能分类科目")
    form.expect("IND101", indicators, "合计", "权重")
    for name in (
        "财务管理制度健全性",
        "重点工作管理制度健全性",
        "工作完成情况",
        "履职效果社会影响程度",
        "长效管理体制健全性",
        "档案归档及时性",
    ):
        form.expect_indicator("IND104", name, "指标得分")
    for name in ("工作完成情况", "实际完成成果", "满意度", "档案归档及时性"):
        form.expect_indicator("IND108", name, "目标值")
    for name in ("基本支出预算执行率", "在职人员控制率", "结转结余变动率", "人员变动情况"):
        form.expect_indicator("IND109", name, "目标值")
    for name in (
        "财务管理制度健全性",
        "资金使用规范性",
        "政府采购规范性",
        "资产管理规范性",
        "重点工作管理制度健全性",
        "履职效果社会影响程度",
        "长效管理体制健全性",
    ):
        form.expect_indicator("IND110", name, "业绩值")
    form.expect("IND112", indicators, "合计", "指标得分")
    form.expect("IND118", indicators, "合计", "指标得分")
    form.expect_indicator("IND116", "结转结余变动率", "业绩值")
    for name in ("“三公经费”控制率", "政府采购规范性", "在职人员控制率", "满意度"):
        form.expect_indicator("IND117", name, "业绩值")
    form.expect("PLA104", "年度计划", "部门总体预算", "工作任务名称")
    _expect_prose(form)


def _expect_prose(form: Form) -> None:
    """What the words of the report say that is not so; one cell may hold several slips of one
    kind.
    """
    overview, analysis, measures = (
        "二、评价工作开展",
        "三、部门整体支出绩效评价分析",
        "六、整改措施或建议",
    )
    form.expect("NAR116", "报告正文", overview, "填报内容")  # 90分，没有等级
    for code in ("NAR101", "NAR102", "NAR104", "NAR108", "NAR110", "NAR112"):
        form.expect(code, "报告正文", analysis, "填报内容")
    form.expect("NAR113", "报告正文", measures, "填报内容")  # 6、
    form.expect("NAR115", "报告正文", measures, "填报内容")  # 结转资金上缴，年末为 0
