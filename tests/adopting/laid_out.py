"""Ways in which counties lay out a sheet: where a few of its cells belong, and what must add up."""

from __future__ import annotations

from typing import NamedTuple

from tests.adopting.forms import Address


class Layout(NamedTuple):
    """A sheet “表”, the addresses of some of its cells, and all that must add up in it."""

    text: str
    cells: dict[str, Address]
    claims: tuple[str, ...] = ()
    roles: dict[str, str] = {}  # noqa: RUF012 - a NamedTuple's default, never changed


LAYOUTS = {
    "a wide table right below two side by side": Layout(
        """
车辆|<|~|支出|<
类别|数量（辆）|~|科目|金额（元）
一、轿车||~|一、水费|
二、客车||~|二、电费|
车辆合计||~|支出合计|
项目名称|依据|<|<|金额（元）
||<|<|
||<|<|
""",
        {
            "B3": ("一、轿车", "数量（辆）", "辆"),
            "E5": ("支出合计", "金额（元）", "元"),
            "B7": ("", "依据", ""),
        },
        ("B5 = B3+B4", "E5 = E3+E4"),
    ),
    "numbers of two levels in a column of their own": Layout(
        """
!金额单位：|元||
序号|内容|上级资金|本级资金
一|人员费用||
1|工资||
2|劳务费||
二|商品服务||
1|办公费||
2|印刷费||
合计|<||
""",
        {
            "C4": ("人员费用/工资", "上级资金", "元"),
            "D7": ("商品服务/办公费", "本级资金", "元"),
        },
        (
            "C3 = C4+C5",
            "D3 = D4+D5",
            "C6 = C7+C8",
            "D6 = D7+D8",
            "C9 = C3+C6",
            "D9 = D3+D6",
        ),
    ),
    "a column number that is none, a unit stated in the note": Layout(
        """
项目|上年数|本年数|增减额|比上年增减%
栏次|—|1|2|3
接待费||||
培训费||||
!注：本表金额单位为万元。|<|<|<|<
""",
        {
            "B3": ("接待费", "上年数", "万元"),
            "E4": ("培训费", "比上年增减%", "%"),
        },
        ("D3 = C3+-B3", "D4 = C4+-B4"),
    ),
    "values of things whose number has a unit of its own": Layout(
        """
!单位：元|<|<
类别|数量|原值
房屋（平方米）||
仪器（台、套）||
合计||
""",
        {
            "B3": ("房屋（平方米）", "数量", "平方米"),
            "C3": ("房屋（平方米）", "原值", "元"),
            "B4": ("仪器（台、套）", "数量", "台、套"),
        },
        ("C5 = C3+C4",),
    ),
    "what several people are paid is no number of people": Layout(
        """
!单位：万元|<|<|<
科目|合计|在职人员|离退休人员
基本工资|||
奖金|||
合计|||
""",
        {"C3": ("基本工资", "在职人员", "万元"), "D5": ("合计", "离退休人员", "万元")},
        (
            "B5 = B3+B4",
            "C5 = C3+C4",
            "D5 = D3+D4",
            "B3 = C3+D3",
            "B4 = C4+D4",
            "B5 = C5+D5",
        ),
    ),
    "labels before labels, labels over labels, boxes to tick": Layout(
        """
单位名称||单位性质|机关□ 事业□|<
人员|编制数|机关||事业|
^|实有数|机关||事业|
拨款总额||<|按来源分|<|按用途分|<
^|^|<|上级||人员|
^|^|<|本级||公用|
""",
        {
            "D2": ("人员/编制数/机关", "", ""),
            "F3": ("人员/实有数/事业", "", ""),
            "D1": ("单位性质", "", ""),
            "E5": ("拨款总额/按来源分/上级", "", ""),
            "G6": ("拨款总额/按用途分/公用", "", ""),
        },
        (),
        {"department": "B1"},
    ),
    "groups left of the levels, several weights, a score of the bureau": Layout(
        """
!部门名称（公章）：|<|<|||||
评价内容|一级指标|分值|二级指标|分值|自评得分|财政复核得分|扣分原因
履职（60分）|产出|60|完成率|40|||
^|^|^|质量|20|||
管理（40分）|制度|40|健全|40|||
总得分|<|<|<|100|||
""",
        {
            "F3": ("履职（60分）/产出/完成率", "自评得分", "分"),
            "G6": ("总得分", "财政复核得分", "分"),
        },
        ("F6 = F3+F4+F5", "G6 = G3+G4+G5"),
        {"department": "A1", "total_score": "F6"},
    ),
    "数值 is a figure with the unit of its row": Layout(
        """
项目|计量单位|数值
培训班次|次|
委托费|万元|
""",
        {"C2": ("培训班次", "数值", "次"), "C3": ("委托费", "数值", "万元")},
    ),
    "a row that only heads those below it": Layout(
        """
单位|编制|<|<
^|行政|事业|合计
机关|||
二级单位|<|<|<
信息中心|||
服务中心|||
合计|||
""",
        {
            "B3": ("机关", "编制/行政", ""),
            "C5": ("二级单位/信息中心", "编制/事业", ""),
            "D7": ("合计", "编制/合计", ""),
        },
        (
            "B7 = B3+B5+B6",
            "C7 = C3+C5+C6",
            "D7 = D3+D5+D6",
            "D3 = B3+C3",
            "D5 = B5+C5",
            "D6 = B6+C6",
            "D7 = B7+C7",
        ),
    ),
    "prices are not summed, a unit stands in a row of boxes": Layout(
        """
|||单位：元
品目|数量|单价|金额
桌椅|||
电脑|||
合计|||
""",
        {"C3": ("桌椅", "单价", "元"), "D5": ("合计", "金额", "元")},
        ("B5 = B3+B4", "D5 = D3+D4"),
    ),
    "项目 and 内容 say nothing of what stands below": Layout(
        """
项目|内容|项目|内容
单位全称||部门编码|
编制人数（人）||年初预算（万元）|
""",
        {"B3": ("编制人数（人）", "内容", "人"), "D3": ("年初预算（万元）", "内容", "万元")},
        (),
        {"department": "B2", "department_code": "D2"},
    ),
    "scores of the rate of execution are not summed, a side label states none": Layout(
        """
预算执行（10分）|指标|全年预算数|全年执行数|执行率|分值|得分
^|合计||||10|
^|基本支出|||||
^|项目支出|||||
!金额单位：万元|<|<|<|<|<|<
""",
        {"C2": ("合计", "全年预算数", "万元"), "D4": ("项目支出", "全年执行数", "万元")},
        ("C2 = C3+C4", "D2 = D3+D4"),
    ),
    "a 小计 below open lines, and a 合计 of more": Layout(
        """
任务|支出（万元）
|
|
小计|
合计|
""",
        {"B2": ("", "支出（万元）", "万元")},
        ("B4 = B2+B3",),
    ),
    "column numbers in brackets that calculate": Layout(
        """
序号|项目名称|预算金额|实际支出|结余
（1）|（2）|（3）|（4）|（5）=（3）-（4）
1||||
2||||
合计|<|||
""",
        {"B3": ("", "项目名称", ""), "E5": ("合计", "结余", "")},
        (
            "C5 = C3+C4",
            "D5 = D3+D4",
            "E5 = E3+E4",
            "E3 = C3+-D3",
            "E4 = C4+-D4",
            "E5 = C5+-D5",
        ),
    ),
    "what stands beside amounts is one": Layout(
        """
总额|其中|<|<
^|中央补助|县级配套|其他
|||
""",
        {"C3": ("", "其中/县级配套", "")},
        ("A3 = B3+C3+D3",),
    ),
    "one list after 其中 with numbers": Layout(
        """
!单位：元|<
项目|执行数
基本支出|
其中：1.人员经费|
2.公用经费|
""",
        {"B3": ("基本支出", "执行数", "元")},
        ("B4+B5 <= B3",),
    ),
    "a title over one wide box": Layout(
        """
!三、设备情况|<|<
名称|数量（台）|原值（元）
||
||
!||
四、其他需要说明的情况|<|<
|<|<
""",
        {"B4": ("", "数量（台）", "台"), "A7": ("", "四、其他需要说明的情况", "")},
    ),
    "a survey, whose unit some headings leave out": Layout(
        """
对象|发放（份）|收回（份）|满意|不满意|满意率
群众|||||
职工|||||
""",
        {"D2": ("群众", "满意", "份"), "F3": ("职工", "满意率", "%")},
    ),
}
