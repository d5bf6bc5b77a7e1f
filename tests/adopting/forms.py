"""County forms as they are mailed out, each with the addresses of some of its cells."""

from __future__ import annotations

from typing import NamedTuple

Address = tuple[str, str, str]  # the titles of the row and of the column with “/”, the unit


class Case(NamedTuple):
    """A form, what stands where, and how many cells a person fills in."""

    sheets: dict[str, str]
    cells: dict[str, Address]
    count: int
    borders: str = "all"


SCHOOLS = """
!附件3
!县直学校经费收支情况表|<|<|<|<
!编报学校：|<||单位：万元|<
学校经费（万元）|年初安排|<|年末结算|<
^|基本|项目|基本|项目
栏次|1|2|3|4
一、教学经费||||
  1.教材||||
  2.实验||||
二、后勤经费||||
  其中：食堂||||
经费合计||||
!说明：按实际支出填列。
"""
STACKED = """
!（2022年度）|<|<|<
学校名称||负责人|
创办年份（年）||在校学生（人）|
预算安排|实际支出|支出进度|说明
|||
!二、设备情况|<|<|<
设备名称|台数（台）|原值（元）|存放地点
|||
|||
|||
合计|||
"""
SCORES = """
!学校工作考评表|<|<|<|<|<|<
考评内容|一级指标|二级指标|三级指标|分值|目标值|得分|扣分原因
^|办学（60分）|教学|升学率|30|≥90%||
^|^|师资|教师培训|30|≥40人次||
^|保障（40分）|安全|安全事故|40|0起||
总分|<|<|<|100|||
"""
ACROSS = """
!单位：元
2022年支出数|<|<|2023年支出数|<|<
合计|维修|<|合计|维修|<
^|小修|大修|^|小修|大修
|||||
"""
TWO_SIDES = """
来源|<|去向|<
项目|金额（元）|项目|金额（元）
一、拨款||一、人员|
二、捐赠||二、公用|
三、其他|||
来源总计||去向总计|
"""
ON_TOP = """
设备名称|台数（台）|原值（元）
合计||
||
||
"""
CASES = {
    "a total above open lines": Case(
        {"设备": ON_TOP},
        {"设备!B2": ("合计", "台数（台）", "台"), "设备!A4": ("", "设备名称", "")},
        8,
    ),
    "merged headings, numbering, column numbers, a total": Case(
        {"经费": SCHOOLS},
        {
            "经费!A3": ("编报学校", "", ""),
            "经费!B8": ("一、教学经费/1.教材", "年初安排/基本", "万元"),
            "经费!E11": ("二、后勤经费/其中：食堂", "年末结算/项目", "万元"),
            "经费!C12": ("经费合计", "年初安排/项目", "万元"),
        },
        25,
    ),
    "pairs, a table of one line, open lines below": Case(
        {"情况": STACKED},
        {
            "情况!B2": ("学校名称", "", ""),
            "情况!D3": ("在校学生（人）", "", "人"),
            "情况!C5": ("", "支出进度", "%"),
            "情况!B8": ("", "台数（台）", "台"),
            "情况!C11": ("合计", "原值（元）", "元"),
        },
        23,
    ),
    "indicators with a side label": Case(
        {"考评": SCORES},
        {
            "考评!G3": ("办学（60分）/教学/升学率", "得分", "分"),
            "考评!H5": ("保障（40分）/安全/安全事故", "扣分原因", ""),
            "考评!G6": ("总分", "得分", "分"),
        },
        7,
    ),
    "a table laid across": Case(
        {"维修": ACROSS},
        {
            "维修!A5": ("", "2022年支出数/合计", "元"),
            "维修!F5": ("", "2023年支出数/维修/大修", "元"),
        },
        6,
    ),
    "two sides under one heading": Case(
        {"收支": TWO_SIDES},
        {
            "收支!B5": ("三、其他", "来源/金额（元）", "元"),
            "收支!D6": ("去向总计", "去向/金额（元）", "元"),
        },
        7,
    ),
    "the same without any line": Case(
        {"收支": TWO_SIDES},
        {"收支!B3": ("一、拨款", "来源/金额（元）", "元")},
        7,
        "none",
    ),
}
