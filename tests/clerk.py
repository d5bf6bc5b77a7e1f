"""A department's clerk with an annotated copy: mends what it says, as it says it, and answers what
only a department can know.

A number that the copy expects is typed as it stands there, a probable one at the cell that is the
cause or that a hint names. What
is no single number, and what follows from another correction (a total typed beside it, the same
figure in the report), the clerk of that department answers. 警告 that are true are explained in the
prefilled lines of 核实说明.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.findings import Expected, Finding, Report
from jixiao_xlsx.values.severity import Severity

SEED = "附件2：临泽县机关事务中心2023年部门整体支出绩效自评表（终稿）(1)"
_HINT = re.compile(r"([^\s；]+)!([A-Z]+\d+) 可能[^；]*?若为 (-?[\d.]+)")
_SUM = re.compile(r"各分项之和（[^）]*）为 ([\d.]+) 万元")
_LIMIT = re.compile(r"不大于 ([\d.]+) ?\S*")
_RATE = re.compile(r"([\d.]+)%")
_PER_UNIT = {"%": 100}
_SIGN = re.compile(r"<=|>=|[≤≥=]")
KEEP = object()  # the figure is right: another cell was wrong, or it is explained

# What the clerk of a department types: 工作表!单元格 → content.
ANSWERS: dict[str, dict[str, object]] = {
    "附件2：青禾县教育局2023年部门整体支出绩效自评表": {
        f"绩效评价表!J{row}": 13.5 for row in range(14, 18)
    },
    "民政局 2023整体绩效评价表": {"基本信息!B18": 99.27},
    "自然资源局绩效自评表（定稿）": {
        "资金预算执行表!A1": "2023年度青禾县自然资源局资金预算执行表",
        **{f"资金预算执行表!{column}11": None for column in "ABCDEFGHI"},
        **{f"资金预算执行表!{column}24": KEEP for column in "CDHI"},
    },
    "县交通运输局-部门整体绩效评价": {
        "资金预算执行表!A1": "2023年度青禾县交通运输局资金预算执行表",
        "资金预算执行表!H9": 114.89,
        "资金预算执行表!I9": 114.89,
        "资金预算执行表!H24": KEEP,
        "资金预算执行表!I24": KEEP,
        "绩效评价表!H16": "98%",
        "绩效评价表!I16": 1.0316,
    },
    "林业和草原局2023年部门整体支出绩效评价表": {
        "收支总表!D26": 5922636.51,
        "收支总表!D31": 5922636.51,
    },
    "公安局整体支出绩效自评表（3.11）": {
        "预算执行率!C7": 40000,
        "预算执行率!D7": 40000,
        "基本信息!B18": 99.43,
    },
    "人社局部门整体绩效自评表": {"基本信息!B7": "行政"},
    "青禾县应急管理局2023年整体支出绩效评价表(2)": {
        "收支总表!A22": "项目支出",
        "绩效评价表!K15": "两处避难场所因汛期推迟完工，已列入下年计划。",
    },
    "退役军人事务局自评表": {"基本信息!B10": 22, "年度计划!E6": 451542.93, "三公经费!B5": 41218},
    "县医保局绩效评价表（导出）": {},
    "城管局2023年绩效自评": {"基本信息!B18": 98.24},
    "政务服务中心 部门整体支出绩效自评表": {  # what was paid from other money had been put down as 财政拨款
        "预算执行率!E7": 396805.61,
        "收支总表!D5": 4672353.47,
        "收支总表!D12": 394050.68,
        "收支总表!D27": 4672353.47,
        "年度计划!F4": 4672353.47,
    },
    "融媒体中心绩效自评表(修改)": {
        "年度计划!C4": 7392358.9,
        "预算执行率!B8": "两个节目制作项目年底前未完成验收，尾款未付。",
    },
    "机关事务服务中心2023年部门整体支出绩效自评": {
        "绩效评价表!K15": "一处服务点年底前未完成改造，已列入下年计划。",
        "基本信息!B18": 98.42,
    },
    "县委党校整体绩效评价表": {"基本信息!B18": 99.08},
    "疾控中心2023自评表": {
        "绩效评价表!K9": "有一笔支出未按进度支付，已整改。",
        "绩效评价表!K10": "本年度没有政府采购。",
    },
    "县农技中心2023年部门整体绩效评价表（报送稿）": {},
    "商务局绩效自评表-0309": {
        "满意度调查!C5": 84,
        "满意度调查!D5": 84,
        "绩效评价表!I16": "102.29%",
    },
    "科技局2023整体支出绩效评价表": {
        "绩效评价表!H6": "108.28%",
        "绩效评价表!I6": 1.0828,
        "绩效评价表!J6": 2.49,
        "基本信息!B18": 98.83,
    },
    "青禾县妇女联合会绩效评价表": {
        "收支总表!D20": KEEP,
        "收支总表!D21": KEEP,
        "资金预算执行表!F4": 61.28,
        "资金预算执行表!G4": 13.3,
        **{
            f"绩效评价表!{column}20": content
            for column, content in zip(
                "BCDEFGHIJ",
                ("档案管理", "档案归档及时性", "≥", "%", 3, "95%", "97%", 1.0211, 3),
                strict=True,
            )
        },
        "基本信息!B18": 98.97,
    },
    SEED: {
        "基本信息!B11": 6,
        "基本信息!B18": 98.9,  # two scores of 2.565 are typed as 2.57
        "基本信息!B19": "优",
        "收支总表!D5": 9548199.71,
        "收支总表!D20": 123745,
        "收支总表!D21": 1182504.72,
        "收支总表!D22": 8241949.99,
        "收支总表!D27": 9548199.71,
        "资金预算执行表!A1": "2023年度临泽县机关事务中心资金预算执行表",
        "资金预算执行表!F4": None,
        "资金预算执行表!E4": 118.25,
        "资金预算执行表!E24": KEEP,
        "绩效评价表!D4": "=",
        "绩效评价表!G4": "100%",
        "绩效评价表!H7": "-100%",
        "绩效评价表!I7": None,
        "绩效评价表!D12": "≤",
        "绩效评价表!G12": "100%",
        "绩效评价表!G19": None,
        "绩效评价表!I19": None,
        **{
            f"绩效评价表!K{row}": "个别环节未按时完成，已列入下年整改。"
            for row in (8, 13, 14, 17, 18, 20)
        },
        "预算执行率!G4": 10,
    },
}
# Words of 报告正文 that repeat a figure, as they were and as they are now.
WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "城管局2023年绩效自评": (("97.17%", "92.17%"),),
    "公安局整体支出绩效自评表（3.11）": (("98.65%", "98.49%"),),
    SEED: (
        ("执行942.42元", "执行942.44万元"),
        ("942.42", "942.44"),
        ("2.32万元", "2.34万元"),
        (
            "财政拨款基本支出954.81万元，2023年我单位没有配置项目支出",
            "财政拨款基本支出130.62万元，项目支出824.19万元",
        ),
        ("我办", "我单位"),
        ("自评得分90分", "自评得分98.9分"),
    ),
}


def _plan_again(book: Any, template: Template) -> None:
    """年度计划 from the blank form, filled in."""
    blank = openpyxl.load_workbook(template.folder / f"{template.file_name}.xlsx")["年度计划"]
    sheet = book.create_sheet("年度计划")
    for row in blank["A1:F16"]:
        for cell in row:
            sheet[cell.coordinate] = cell.value
    sheet["A4"].value = "部门总体预算"
    for column, content in zip(
        "BCDEF", ("完成98.49%", 25321353.47, 25281353.47, 24938836.91, 24900194.41), strict=True
    ):
        sheet[f"{column}4"] = content
    for row, task in ((5, "重点案件侦办"), (6, "社会面巡防")):
        for column, content in zip(
            "ABCDEF", (task, "完成", 600000, 600000, 580000, 580000), strict=True
        ):
            sheet[f"{column}{row}"] = content


def _column_again(book: Any, template: Template) -> None:
    """公用经费 in a column of its own, as the bureau's form has it."""
    for row, content in ((3, "公用经费"), (4, 69.45), (24, 69.45)):
        book["资金预算执行表"][f"I{row}"] = content


RESTORED: dict[str, Callable[[Any, Template], None]] = {
    "公安局整体支出绩效自评表（3.11）": _plan_again,
    "人社局部门整体绩效自评表": _column_again,
}


def mend(stem: str, report: Report, copy: bytes, template: Template) -> bytes:
    """The annotated copy after the clerk of the workbook called `stem` has worked through it."""
    book: Any = openpyxl.load_workbook(io.BytesIO(copy))
    answers = ANSWERS[stem]
    done = set(answers)
    causes = _probable(report)
    if stem in RESTORED:
        RESTORED[stem](book, template)
    for finding in report.findings:
        where, content = _wanted(finding, book, answers, causes)
        if where not in done and finding.severity is not Severity.NOTE and content is not KEEP:
            sheet, _, cell = where.partition("!")
            if book[sheet][cell].data_type != "f":  # formulas are locked: they follow
                book[sheet][cell] = content
            done.add(where)
    for where, content in answers.items():
        sheet, _, cell = where.partition("!")
        if content is not KEEP:
            book[sheet][cell] = content
    for old, new in WORDS.get(stem, ()):
        _reword(book, old, new)
    _explain(book, template)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _probable(report: Report) -> dict[str, tuple[str, object]]:
    """What to type at the cell that is the cause of a finding, by the finding's fingerprint."""
    return {
        fingerprint: (
            str(cell.place),
            float(cell.probably.value) / _PER_UNIT.get(cell.probably.unit, 1),
        )
        for cause in report.causes
        for cell in cause.cells
        if cell.probably
        for fingerprint in cause.explains
    }


def _wanted(
    finding: Finding,
    book: Any,
    answers: Mapping[str, object],
    causes: Mapping[str, tuple[str, object]],
) -> tuple[str, object]:
    """The cell to type into and what to type, as the copy says; KEEP where it gives no content."""
    where = str(finding.place)
    if where in answers:
        return where, KEEP
    if finding.fingerprint in causes:
        return causes[finding.fingerprint]
    if hint := _HINT.search(finding.hint):
        return f"{hint[1]}!{hint[2]}", float(hint[3])
    expected = finding.expected
    if isinstance(expected, Expected):
        stated = _SUM.search(finding.message)
        number = float(stated[1]) if stated else float(expected.high)
        return where, number / (100 if expected.unit == "%" else 1)
    if not expected:
        return where, KEEP
    if limit := _LIMIT.fullmatch(expected):
        return where, float(limit[1]) if finding.severity is Severity.ERROR else KEEP
    if rate := _RATE.fullmatch(expected):
        return where, float(rate[1]) / 100
    if expected in {"≤", "≥", "="}:
        old = str(book[finding.place.sheet][finding.place.cell].value)
        return where, _SIGN.sub(expected, old, count=1) if len(old) > 1 else expected
    if "、" in expected:
        return where, expected.partition("、")[0]
    return where, expected if expected[:1] in "≤≥=—" or expected in {
        "优",
        "良",
        "中",
        "差",
    } else KEEP


def _reword(book: Any, old: str, new: str) -> None:
    for row in book["报告正文"].iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = cell.value.replace(old, new)


def _explain(book: Any, template: Template) -> None:
    remarks = book[template.remarks["table"]]
    titles = {
        cell.value: cell.column
        for row in remarks.iter_rows(max_row=6)
        for cell in row
        if cell.value
    }
    for row in remarks.iter_rows(min_row=4):
        if str(row[titles[template.remarks["code"]] - 1].value or "")[:3].isupper():
            row[titles[template.remarks["text"]] - 1].value = "经核实，情况属实，依据见附件。"
