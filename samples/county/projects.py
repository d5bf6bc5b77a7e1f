"""The bureau's list of projects: some without a 自评表, one in two departments, and of most
departments less or more than the 项目支出 that they report.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from county.final_accounts import Sheets, write_expected
from county.form import Form
from jixiao_xlsx.output.xlsx.page import new_book

HEADS = ("项目编码", "单位", "项目名称", "全年预算数", "执行数", "备注")
FOREST = ("XM2023-0407", "退耕还林补助", 900_000, 880_000)
# code, department, name, budget, spent, remark
LINES: tuple[tuple[object, ...], ...] = (
    ("XM2023-0301", "青禾县水务局", "城区供水管网改造", 6_200_000, 6_005_000),
    ("XM2023-0302", "青禾县水务局", "农村饮水安全巩固提升", 1_800_000, 1_800_000),
    ("XM2023-0303", "青禾县水利局", "山洪灾害防治", 500_000, 450_000),
    ("XM2023-0201", "青禾县教育局", "农村校舍维修", 3_000_000, 2_700_000),
    ("XM2023-0202", "青禾县教育局", "公办幼儿园设施更新", 1_000_000, 950_000),
    ("XM2023-0401", "青禾县农业农村局", "高标准农田建设", 10_000_000, 6_000_000),
    (FOREST[0], "青禾县农业农村局", *FOREST[1:]),
    (FOREST[0], "青禾县林业和草原局", *FOREST[1:]),
    ("XM2023-0901", "青禾县气象局", "人工增雨", 200_000, 200_000),
)
SPENDING = {"青禾县人民政府办公室": "政务督查专项", "青禾县审计局": "审计业务专项"}


def write(folder: Path, forms: Mapping[str, Form]) -> None:
    """Write the list, and by form what must be found: the form, code and departments."""
    lines = [list(line) for line in LINES]
    for number, (department, name) in enumerate(SPENDING.items(), start=801):
        form = forms[department]
        budget, spent = (
            form.number("收支总表", "项目支出", column) for column in ("全年预算数", "决算数")
        )
        remark = "涉密项目，不公开自评" if number > 801 else None
        lines.append([f"XM2023-0{number}", department, name, budget, spent, remark])
    sums = [sum(float(str(line[at])) for line in lines) for at in (3, 4)]
    with new_book(folder / "项目清单.xlsx", "项目清单") as book:
        Sheets(book).add(
            "项目清单",
            [
                ["2023年度项目清单"],
                ["金额单位：元"],
                list(HEADS),
                *lines,
                ["合计", None, None, *sums],
            ],
        )
    projects, whole = "xiangmu-zhichu", "bumen-zhengti"
    shared = "青禾县农业农村局、青禾县林业和草原局"
    missing = ("青禾县水务局", "青禾县农业农村局", "青禾县林业和草原局", "青禾县人民政府办公室")
    found = [(projects, "XDP108", "", name) for name in missing]
    found += [(form, "XDP109", "", shared) for form in (projects, whole)]
    apart = ("青禾县水务局", "青禾县教育局", "青禾县农业农村局", "青禾县林业和草原局")
    found += [(whole, "XDP110", "收支总表!D22", name) for name in apart]
    write_expected(folder / "expected" / "项目.csv", found)
