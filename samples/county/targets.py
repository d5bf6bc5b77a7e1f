"""Approved targets of some departments: a list as the system exports it, and one 申报表. Most are
what the departments evaluated themselves by, some are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from county.final_accounts import Sheets, write_expected
from county.form import Form
from jixiao_xlsx.output.xlsx.blank import layout
from jixiao_xlsx.output.xlsx.page import new_book

TABLE = "绩效评价表"
HEADS = (
    "部门编码", "部门名称", "一级指标", "二级指标", "三级指标", "计算符号", "指标值", "计量单位",
    "分值", "调整后指标值", "调整批复文号",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """An approved target."""

    level1: str
    level2: str
    name: str
    sign: str
    value: str
    unit: str
    weight: float
    adjusted: str = ""
    document: str = ""

    def cells(self, code: str, department: str) -> list[object]:
        return [
            code, department, self.level1, self.level2, self.name, self.sign, self.value,
            self.unit, self.weight, self.adjusted or None, self.document or None,
        ]  # fmt: skip


def lines_of(form: Form) -> Iterator[Line]:
    """What a department evaluated itself by, as it would have been approved."""
    for row in form.open_rows(TABLE):
        value = str(row.get("目标值") or "").lstrip("≥≤=").removesuffix("%")
        if value:
            weight = row["权重"]
            assert isinstance(weight, float | int)
            yield Line(
                str(row["一级指标"]), str(row["二级指标"]), str(row["三级指标"]),
                str(row["指标方向"] or ""), value, str(row["计量单位"] or ""), float(weight),
            )  # fmt: skip


def changed(lines: Sequence[Line], form: Form) -> tuple[list[Line], list[tuple[str, ...]]]:
    """The approved targets of 文旅局, from which its own differ, and what must be found."""
    where = layout.lay_out(form.template, form.filling())

    def at(code: str, name: str, column: str) -> tuple[str, ...]:
        return (form.file, code, *where.ref(TABLE, form.indicator(name), column))

    new: Mapping[str, Mapping[str, object]] = {
        "举办群众文化活动场次": {"value": "150"},
        "文化市场投诉件数": {"value": "5"},
        "旅游接待人次增长率": {"value": "10", "adjusted": "8", "document": "青财绩〔2023〕18号"},
        "群众满意度": {"value": "98", "adjusted": "95"},
        "省级以上媒体报道篇数": {"name": "省级以上媒体宣传报道篇数"},
        "广播电视安全播出事故": {"weight": 5.0},
    }
    approved = [
        replace(line, **new.get(line.name, {}))  # type: ignore[arg-type]
        for line in lines
        if line.name != "文物安全巡查完成率"
    ]
    approved.append(Line("履职效果", "部门履职目标", "乡村文化站达标数", "≥", "12", "个", 3.0))
    return approved, [
        at("REF204", "举办群众文化活动场次", "目标值"),
        at("REF204", "文化市场投诉件数", "目标值"),
        at("REF204", "群众满意度", "目标值"),
        at("REF203", "省级以上媒体报道篇数", "三级指标"),
        at("REF205", "广播电视安全播出事故", "权重"),
        at("REF202", "文物安全巡查完成率", "三级指标"),
        (form.file, "REF201", *where.heading_ref(TABLE)),
    ]


def write(folder: Path, forms: Mapping[str, Form]) -> None:
    """Write the list, the 申报表, and what must be found."""
    culture = forms["青禾县文体广电和旅游局"]
    approved, findings = changed([*lines_of(culture)], culture)
    rows = [line.cells("102018", culture.department) for line in approved]
    for short, code in (("青禾县信访局", "101012"), ("青禾县水务局", "")):
        name = "青禾县水利局" if not code else short
        rows += [line.cells(code, name) for line in lines_of(forms[short])]
    (folder / "目标").mkdir(parents=True, exist_ok=True)
    with new_book(folder / "目标" / "绩效目标导出.xlsx", "绩效目标") as book:
        Sheets(book).add("绩效目标", [["2023年度绩效目标批复表"], list(HEADS), *rows])
    audit = forms["青禾县审计局"]
    lines: list[list[object]] = [
        ["部门整体支出绩效目标申报表"],
        ["（2023年度）"],
        ["部门名称", None, audit.department],
        ["年度总体目标", None, "依法开展审计监督，按计划完成各项审计任务。"],
        ["一级指标", "二级指标", "三级指标", "指标值", "分值"],
    ]
    before: tuple[str, str] = ("", "")
    for line in lines_of(audit):
        levels = (line.level1, line.level2)
        sign = line.sign if line.sign != "定性" else ""
        percent = "%" if line.unit == "%" else line.unit
        typed = f"{sign}{line.value}{percent}"
        shown = [new if new != old else None for new, old in zip(levels, before, strict=True)]
        lines.append([*shown, line.name, typed, line.weight])
        before = levels
    with new_book(folder / "目标" / "审计局申报表.xlsx", "绩效目标申报表") as book:
        Sheets(book).add("申报表", lines)
    write_expected(folder / "expected" / "目标.csv", findings)
