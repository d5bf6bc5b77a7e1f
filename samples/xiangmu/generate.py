"""Make samples/xiangmu/inbox and expected again: `python samples/xiangmu/generate.py [-o DIR]`. The same bytes on every run.

Three workbooks of the second form, one project each: a right one, one whose sums and rate are wrong, one whose scores are.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jixiao_xlsx.spec import Template, find_template
from jixiao_xlsx.writers.blank import write_workbook
from jixiao_xlsx.writers.layout import Filling, RowKey, TableFilling, place

HERE = Path(__file__).parent
FORM = "xiangmu-zhichu"
TITLES = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")
Line = tuple[object, ...]


@dataclass(frozen=True)
class Project:
    """A filled form and what must be found in it: (code, table, row, column); open rows by number."""

    file: str
    facts: Mapping[str, object]
    money: Mapping[str, Mapping[str, object]]
    goals: tuple[str, str]
    indicators: Sequence[Line]
    reason: str = ""
    findings: Sequence[tuple[str, str, RowKey, str]] = field(default=())

    @property
    def filling(self) -> Filling:
        lines = [dict(zip(TITLES, line, strict=False)) for line in self.indicators]
        goals = dict(zip(("预期目标", "实际完成情况"), self.goals, strict=True))
        return {
            "项目概况": TableFilling({title: {"填报内容": value} for title, value in self.facts.items()}),
            "项目资金": TableFilling(self.money, extras={"执行率偏低说明": self.reason} if self.reason else {}),
            "年度总体目标": TableFilling({title: {"填报内容": text} for title, text in goals.items()}),
            "绩效指标": TableFilling({}, lines),
        }


def money(whole: Line, fiscal: Line, carried: Line = (None, None, None)) -> dict[str, dict[str, object]]:
    titles = ("年初预算数", "全年预算数", "全年执行数")
    rows = {"年度资金总额": whole, "当年财政拨款": fiscal, "上年结转资金": carried}
    return {row: {t: v for t, v in zip(titles, figures, strict=True) if v is not None} for row, figures in rows.items()}


def facts(name: str, department: str, code: str, unit: str, score: float, grade: str) -> dict[str, object]:
    titles = ("项目名称", "主管部门", "部门编码", "实施单位", "评价年度", "自评总分", "自评等级")
    return dict(zip(titles, (name, department, code, unit, 2023, score, grade), strict=True))


PROJECTS = (
    # 执行率 600.50 ÷ 620.00 = 96.85 %, 9.69 分; 指标 88 分; 合计 97.69 分。
    Project(
        "水务局-城区供水管网改造.xlsx",
        facts("城区供水管网改造", "青禾县水务局", "312001", "青禾县供水站", 97.69, "优"),
        money((500, 620, 600.5), (400, 500, 480.5), (100, 120, 120)),
        ("改造供水管网 12 公里，解决 3000 户用水不稳的问题。", "改造 12.4 公里，3120 户受益，按期完工。"),
        (
            ("产出指标", "数量指标", "改造管网长度（公里）", "≥12", 12.4, 20, 20),
            (None, "质量指标", "工程验收合格率", "≥98%", "100%", 15, 15),
            (None, "时效指标", "按期完工率", "≥95%", "100%", 15, 15),
            ("效益指标", "社会效益指标", "受益居民户数", "≥3000", 3120, 20, 20),
            (None, "可持续影响指标", "管护机制健全程度", "达成预期指标", "部分达成", 10, 8, "管护经费尚未落实，明年列入预算"),
            ("满意度指标", "服务对象满意度指标", "居民满意度", "≥90%", "93.5%", 10, 10),
        ),
    ),
    # 总额 300 ≠ 250 + 40; 产出分值 45、效益 35，应为 50、30; 一项分值超过 30。
    Project(
        "教育局 校舍维修.xlsx",
        facts("农村校舍维修", "青禾县教育局", "205001", "青禾县教育局", 99.0, "优"),
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
    ),
    # 执行率 60 %，没有说明; 时效没有达到仍给满分; 总分 102。
    Project(
        "农业农村局高标准农田项目自评.xlsx",
        facts("高标准农田建设", "青禾县农业农村局", "308001", "青禾县农技中心", 102, "优"),
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
    ),
)


def expected(project: Project, form: Template) -> Iterator[tuple[str, str, str]]:
    layout = place(form, project.filling)
    yield from sorted((code, *layout.ref(table, row, column)) for code, table, row, column in project.findings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=HERE, help="folder for inbox/ and expected/")
    folder = parser.parse_args().output
    form = find_template(FORM)
    for name in ("inbox", "expected"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for project in PROJECTS:
        write_workbook(form, folder / "inbox" / project.file, filling=project.filling)
        with (folder / "expected" / f"{Path(project.file).stem}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([("code", "sheet", "cell"), *expected(project, form)])


if __name__ == "__main__":
    main()
