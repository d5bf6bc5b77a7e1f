"""The seed's written report in Word: its prose in short sentences of our own, its two tables, every
figure and every slip.

Paragraphs are counted as a reader counts them: those with text, outside the tables.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx

from county.seed import ROWS, TOTAL
from jixiao_xlsx.output.same_bytes import repacked

FILE = "附件3：临泽县机关事务中心2023年部门整体支出绩效评价报告.docx"
FUNDS = "2023年度县政府办公室资金预算执行表"
EVALUATION = "部门（单位）整体绩效评价表"
TEXT = (
    "临泽县机关事务中心",
    "（部门）整体支出绩效评价报告",
    "一、部门概况",
    "（一）机构职能",
    "负责机关办公楼院的管理、维护和后勤保障，为公务活动提供用车。",
    "1.节能。推进节约型机关建设。",
    "2.安保。人防、物防、技防结合，管好院内车辆。",
    "（二）机构设置",
    "参公编制人数6人。",
    "（三）预算支出安排",
    "（1）县本级资金",
    "2023年预算收入954.81万元，实际收入954.81万元，其中一般公共预算财政拨款收入954.81万元。"
    "全年支出954.81万元，其中基本支出130.62万元、项目支出824.19万元，预算执行率100%。",
    FUNDS,
    "（2）上级下达资金",
    "无上级下达资金。",
    "二、评价工作开展",
    "（一）实施过程",
    "本次评价涉及预算资金954.81万元。",
    "1、前期准备",
    "自2023年12月开始，定内容、定范围、定指标。",
    "2、数据分析",
    "查阅资料，座谈，发放问卷，评审资金共954.81万元。",
    "（二）结果",
    "2023年度整体支出自评打分，评分结果为90分，见下表。",
    EVALUATION,
    "三、部门整体支出绩效评价分析",
    "（一）投入情况分析",
    "1．预算编制。2023年支出预算954.81万元，分别是：一般公共服务支出942.42万元、"
    "社保保障和就业支出6.87万元、卫生健康支出2.32万元、住房保障支出3.16万元。",
    "2．预算配置。一般公共预算财政拨款基本支出954.81万元，2023年我单位没有配置项目支出。",
    "（二）过程情况分析",
    "1．预算执行",
    "支出合计954.81万元，年末财政拨款结转和结余0万元。",
    "2．预算管理",
    "一是一般公共服务支出年初预算942.42万元，执行942.42元，完成年初预算的100%。",
    "二是社会保障和就业支出年初预算6.877万元，执行6.877万元，完成年初预算的100%。",
    "三是卫生健康支出年初预算2.34万元，执行2.34万元，完成年初预算的100%。",
    "四是住房保障支出年初预算3.16万元，执行3.16万元，完成年初预算的100%。",
    "3．资产管理",
    "2023年12月31日固定资产原值6337541.54元，其中：房屋构筑物266672元；设备149批（台），原值5549033.93元；"
    "家具和用具441批（件），原值521835.61元。",
    "（三）产出情况分析",
    "1.数量指标：我办工作经费全部用完，完成率100%。",
    "2.质量指标：没有超预算，也没有结余，时效上全部达到预期目标。",
    "（四）效益情况分析",
    "1、财务管理",
    "按《政府会计制度》记账，办公室订有《财务管理内控制度》，开支由办公室领导分工审签。",
    "四、履职完成情况",
    "一是抓意识形态和主题教育；二是抓参谋辅政、督查督办、政务服务；三是抓廉政责任。",
    "五、存在的问题",
    "工作计划有时间和分工，绩效目标不够具体、量化。",
    "6、整改措施或建议",
    "（一）细化预算编制",
    "细化基本支出的明细预算。",
    "（二）加快预算执行",
    "确需保留的结转资金抓紧使用，用不完的结转资金上缴财政。",
)
_HEADINGS = 20  # characters of the longest


@dataclass(frozen=True)
class Slip:
    """What must be found: the rule, the paragraph by some of its words (or a cell of a table), and
    the words that are quoted.
    """

    code: str
    where: str
    quote: str

    @property
    def cell(self) -> str:
        if self.where.startswith("表"):
            return self.where
        return f"第{next(number for number, text in enumerate(TEXT, 1) if self.where in text)}段"


# Decided with a pencil from the report itself, in its order.
SLIPS = (
    Slip("STR107", FUNDS, "县政府办公室"),
    Slip(
        "BAL203", "表1 第8行第2列", "130.62"
    ),  # 130.62 + 6.87 + 2.34 + 3.16: the first row holds the total
    Slip(
        "STR114", "表1 第7行第6列", "住房公积金"
    ),  # 住房保障支出 in the words, and a class in every other row
    Slip("NAR116", "评分结果为90分", "90分"),  # no grade
    Slip("NAR104", "1．预算编制", "942.42万元"),  # 942.42 + 6.87 + 2.32 + 3.16 = 954.77
    Slip("NAR112", "社保保障和就业支出", "社保保障和就业支出"),
    Slip("NAR101", "卫生健康支出2.32万元", "2.32万元"),  # 2.34
    Slip("NAR101", "财政拨款基本支出954.81万元", "基本支出954.81万元"),  # 130.62
    Slip("NAR108", "没有配置项目支出", "没有配置项目支出"),  # 824.19
    Slip("NAR102", "执行942.42元", "942.42元"),
    Slip("NAR110", "我办工作经费", "我办"),
    Slip("NAR117", "时效上全部达到", "时效上全部达到预期目标"),  # 档案归档及时性 95%
    Slip(
        "NAR110", "办公室订有", "办公室订有"
    ),  # the same office as in 我办 and in the title of the table
    Slip("NAR113", "6、整改措施", "6、"),
    Slip("NAR115", "结转资金上缴财政", "结转资金"),  # 年末结转 0
)


def write(folder: Path) -> None:
    document: Any = docx.Document()
    document.core_properties.author = ""
    for text in TEXT:
        short = len(text) <= _HEADINGS and text[0] in "一二三四五（6"
        document.add_paragraph(
            text, style="Heading 2" if short and not text.endswith("。") else None
        )
        if text == FUNDS:
            _funds(document)
        elif text == EVALUATION:
            _evaluation(document)
    stream = io.BytesIO()
    document.save(stream)
    (folder / FILE).write_bytes(repacked(stream.getvalue()))


def findings() -> list[tuple[str, str, str, str]]:
    """(code, sheet, cell, words quoted) of every slip."""
    return [(slip.code, FILE, slip.cell, slip.quote) for slip in SLIPS]


def _funds(document: Any) -> None:
    rows = (
        ("下达资金（万元）", "部门资金支付（万元）", "", "", "", ""),
        ("", "基本支出", "", "", "项目支出", "支出项目明细"),
        ("", "小计", "人员经费", "公用经费", "", ""),
        ("954.81", "130.62", "12.37", "118.25", "824.19", "一般公共服务支出"),
        ("", "6.87", "6.87", "", "", "社会保障和就业支出"),
        ("", "2.34", "2.34", "", "", "卫生健康支出"),
        ("", "3.16", "3.16", "", "", "住房公积金"),
        ("合计", "130.62", "", "", "824.19", ""),
    )
    areas = ((0, 0, 2, 0), (0, 1, 0, 5), (1, 1, 1, 3), (1, 4, 2, 4), (1, 5, 2, 5), (3, 0, 6, 0))
    _table(document, rows, areas)


def _evaluation(document: Any) -> None:
    total = f"{TOTAL:.2f}"
    head = (
        "年度计划完成情况",
        "工作任务名称",
        "完成情况",
        "",
        "预算数（元）",
        "其中：财政拨款",
        "执行数（元）",
        "其中：财政拨款",
    )
    rows = [
        ("部门名称", "临泽县机关事务中心", *[""] * 6),
        head,
        ("", "2023年度部门总体预算", "100%", "", *[total] * 4),
        ("一级指标", "二级指标", "目标指标", "权重", "目标值", "业绩值", "完成率", "指标得分"),
    ]
    before = ("", "")
    for level1, level2, name, weight, target, actual, rate in ROWS:
        shown = (level1 if level1 != before[0] else "", level2 if level2 != before[1] else "")
        before = (level1, level2)
        rows.append((*shown, name, f"{weight:g}", target, actual, f"{rate:.2%}", f"{weight:g}"))
    areas = [
        (0, 1, 0, 7),
        (1, 0, 2, 0),
        (1, 2, 1, 3),
        (2, 2, 2, 3),
        *_runs(rows, 0),
        *_runs(rows, 1),
    ]
    _table(document, rows, areas)


def _runs(rows: Sequence[Sequence[str]], column: int) -> list[tuple[int, int, int, int]]:
    """The cells of a column that a name is merged over."""
    starts = [number for number in range(4, len(rows)) if rows[number][column]] + [len(rows)]
    return [(top, column, below - 1, column) for top, below in pairwise(starts) if below - top > 1]


def _table(
    document: Any, rows: Sequence[Sequence[str]], areas: Sequence[tuple[int, int, int, int]]
) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    table.style = "Table Grid"
    for top, left, bottom, right in areas:
        table.cell(top, left).merge(table.cell(bottom, right))
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            if text:
                table.cell(number, column).text = text
