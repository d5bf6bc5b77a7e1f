"""Make samples/xiangmu/inbox and expected again: `python samples/xiangmu/generate.py [-o DIR]`. The
same bytes on every run.

Three workbooks of the second form: two projects without a fault; one whose sums are wrong beside a
right one; one whose scores are.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.repeated_sheets import named, unrolled
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
from jixiao_xlsx.output.xlsx.blank.layout import Filling, RowKey, TableFilling, lay_out

HERE = Path(__file__).parent
FORM = "xiangmu-zhichu"
TITLES = (
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "实际完成值",
    "分值",
    "得分",
    "偏差原因分析及改进措施",
)
Line = tuple[object, ...]


@dataclass(frozen=True)
class Project:
    """A filled sheet and what must be found in it: (code, table, row, column); open rows by
    number.
    """

    facts: Mapping[str, object]
    money: Mapping[str, Mapping[str, object]]
    goals: tuple[str, str]
    indicators: Sequence[Line]
    reason: str = ""
    findings: Sequence[tuple[str, str, RowKey, str]] = field(default=())

    def filling(self, sheet: str) -> Filling:
        lines = [dict(zip(TITLES, line, strict=False)) for line in self.indicators]
        goals = dict(zip(("预期目标", "实际完成情况"), self.goals, strict=True))
        tables = {
            "项目概况": TableFilling(
                {title: {"填报内容": value} for title, value in self.facts.items()}
            ),
            "项目资金": TableFilling(
                self.money, extras={"执行率偏低说明": self.reason} if self.reason else {}
            ),
            "年度总体目标": TableFilling(
                {title: {"填报内容": text} for title, text in goals.items()}
            ),
            "绩效指标": TableFilling({}, lines),
        }
        return {named(table, sheet): filling for table, filling in tables.items()}


@dataclass(frozen=True)
class Book:
    """A workbook: whose it is, and its projects by the sheet they are filled in on."""

    file: str
    department: str
    code: str
    projects: Mapping[str, Project]

    @property
    def filling(self) -> Filling:
        who = {"主管部门": self.department, "部门编码": self.code, "评价年度": 2023}
        own: Filling = {
            "基本信息": TableFilling({title: {"填报内容": value} for title, value in who.items()})
        }
        return own | {
            name: table
            for sheet, project in self.projects.items()
            for name, table in project.filling(sheet).items()
        }


def money(
    whole: Line, fiscal: Line, carried: Line = (None, None, None)
) -> dict[str, dict[str, object]]:
    titles = ("年初预算数", "全年预算数", "全年执行数")
    rows = {"年度资金总额": whole, "当年财政拨款": fiscal, "上年结转资金": carried}
    return {
        row: {t: v for t, v in zip(titles, figures, strict=True) if v is not None}
        for row, figures in rows.items()
    }


def facts(name: str, unit: str, score: float, grade: str) -> dict[str, object]:
    return dict(
        zip(
            ("项目名称", "实施单位", "自评总分", "自评等级"),
            (name, unit, score, grade),
            strict=True,
        )
    )


# 执行率 600.50 ÷ 620.00 = 96.85 %, 9.69 分; 指标 88 分; 合计 97.69 分。
WATER = Project(
    facts("城区供水管网改造", "青禾县供水站", 97.69, "优"),
    money((500, 620, 600.5), (400, 500, 480.5), (100, 120, 120)),
    (
        "改造供水管网 12 公里，解决 3000 户用水不稳的问题。",
        "改造 12.4 公里，3120 户受益，按期完工。",
    ),
    (
        ("产出指标", "数量指标", "改造管网长度（公里）", "≥12", 12.4, 20, 20),
        (None, "质量指标", "工程验收合格率", "≥98%", "100%", 15, 15),
        (None, "时效指标", "按期完工率", "≥95%", "100%", 15, 15),
        ("效益指标", "社会效益指标", "受益居民户数", "≥3000", 3120, 20, 20),
        (
            None,
            "可持续影响指标",
            "管护机制健全程度",
            "达成预期指标",
            "部分达成",
            10,
            8,
            "管护经费尚未落实，明年列入预算",
        ),
        ("满意度指标", "服务对象满意度指标", "居民满意度", "≥90%", "93.5%", 10, 10),
    ),
)
# 全部执行，10 分; 指标 90 × 28 ÷ 30 的一项扣 1 分，89 分; 合计 99 分。
DRINKING = Project(
    facts("农村饮水安全巩固提升", "青禾县水务局", 99, "优"),
    money((180, 180, 180), (180, 180, 180)),
    ("维修养护 30 处集中供水工程。", "维修养护 28 处，其余 2 处因冬季停工顺延。"),
    (
        ("产出指标", "数量指标", "维修养护工程（处）", "≥30", 28, 15, 14, "2 处冬季停工，开春复工"),
        (None, "质量指标", "水质达标率", "≥95%", "97%", 20, 20),
        (None, "成本指标", "处均维修成本（万元）", "≤6", 5.9, 15, 15),
        ("效益指标", "社会效益指标", "受益人口（人）", "≥12000", 12600, 30, 30),
        ("满意度指标", "服务对象满意度指标", "农户满意度", "≥90%", "92%", 10, 10),
    ),
)
# 总额 300 ≠ 250 + 40; 产出分值 45、效益 35，应为 50、30; 一项分值超过 30。
SCHOOLS = Project(
    facts("农村校舍维修", "青禾县教育局", 99.0, "优"),
    money((300, 300, 270), (250, 250, 230), (40, 40, 40)),
    ("维修校舍 20 所。", "维修校舍 20 所，全部验收。"),
    (
        ("产出指标", "数量指标", "维修校舍（所）", "≥20", 20, 25, 25),
        (None, "质量指标", "验收合格率", "≥98%", "100%", 20, 20),
        ("效益指标", "社会效益指标", "受益学生（人）", "≥4000", 4150, 35, 35),
        ("满意度指标", "服务对象满意度指标", "师生满意度", "≥90%", "95%", 10, 10),
    ),
    findings=(
        ("BAL401", "项目资金", "年度资金总额", "年初预算数"),
        ("BAL401", "项目资金", "年度资金总额", "全年预算数"),
        ("IND102", "绩效指标", 0, "分值"),
        ("IND102", "绩效指标", 2, "分值"),
        ("IND114", "绩效指标", 2, "分值"),
    ),
)
# 同一份工作簿里没有错的一个: 执行率 95 ÷ 100, 9.5 分; 指标 89 分; 合计 98.5 分。
NURSERIES = Project(
    facts("公办幼儿园设施更新", "青禾县第一幼儿园", 98.5, "优"),
    money((100, 100, 95), (100, 100, 95)),
    ("更新 6 所公办幼儿园的活动设施。", "更新 6 所，其中 1 所验收略有延后。"),
    (
        ("产出指标", "数量指标", "更新幼儿园（所）", "≥6", 6, 25, 25),
        (None, "质量指标", "设备合格率", "≥98%", "100%", 15, 15),
        (None, "时效指标", "按期完成率", "≥95%", "85.5%", 10, 9, "1 所验收延后到次年 1 月"),
        ("效益指标", "社会效益指标", "受益幼儿（人）", "≥900", 930, 30, 30),
        ("满意度指标", "服务对象满意度指标", "家长满意度", "≥90%", "96%", 10, 10),
    ),
)
# 执行率 60 %，没有说明; 时效没有达到仍给满分; 总分 102。
FARMLAND = Project(
    facts("高标准农田建设", "青禾县农技中心", 102, "优"),
    money((800, 1000, 600), (800, 1000, 600)),
    ("建成高标准农田 5000 亩。", "建成 5000 亩，其中 1200 亩待验收。"),
    (
        ("产出指标", "数量指标", "建成面积（亩）", "≥5000", 5000, 20, 20),
        (None, "质量指标", "验收合格率", "≥95%", "96%", 15, 15),
        (None, "时效指标", "按期完工率", "≥95%", "76%", 15, 15),
        ("效益指标", "经济效益指标", "亩均增收（元）", "≥200", 235, 30, 30),
        ("满意度指标", "服务对象满意度指标", "农户满意度", "≥90%", "88%", 10, 9, "灌渠配套滞后"),
    ),
    findings=(
        ("RAT104", "项目资金", "年度资金总额", "执行率"),
        ("IND104", "绩效指标", 2, "得分"),
        ("IND118", "绩效指标", "合计", "得分"),
        ("IND119", "项目概况", "自评总分", "填报内容"),
    ),
)
BOOKS = (
    Book(
        "水务局项目支出自评（2个项目）.xlsx",
        "青禾县水务局",
        "312001",
        {"项目1": WATER, "项目2": DRINKING},
    ),
    # 项目2 空着没有用。
    Book(
        "教育局 项目自评汇总.xlsx", "青禾县教育局", "205001", {"项目1": SCHOOLS, "项目3": NURSERIES}
    ),
    Book("农业农村局高标准农田项目自评.xlsx", "青禾县农业农村局", "308001", {"项目1": FARMLAND}),
)


def expected(book: Book, form: Template) -> Iterator[tuple[str, str, str]]:
    layout = lay_out(unrolled(form), book.filling)
    yield from sorted(
        (code, *layout.ref(named(table, sheet), row, column))
        for sheet, project in book.projects.items()
        for code, table, row, column in project.findings
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "-o", "--output", type=Path, default=HERE, help="folder for inbox/ and expected/"
    )
    folder = parser.parse_args().output
    form = find_template(FORM)
    for name in ("inbox", "expected"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for book in BOOKS:
        write_workbook(form, folder / "inbox" / book.file, filling=book.filling)
        with (folder / "expected" / f"{Path(book.file).stem}.csv").open(
            "w", encoding="utf-8", newline=""
        ) as stream:
            csv.writer(stream, lineterminator="\n").writerows(
                [("code", "sheet", "cell"), *expected(book, form)]
            )


if __name__ == "__main__":
    main()
