"""Columns and rows that a form does not print, and reads where a file has them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import pytest
from cases import Case, submission

from jixiao_xlsx.checking.balance.instances import find_instances
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.reading.flags.sheet_flags import SheetFlags
from jixiao_xlsx.reading.table_rows import read_tables
from jixiao_xlsx.reading.titles import titles_of
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.scoring.scorer import score
from jixiao_xlsx.values.cells import Submission

TEMPLATE = find_template("xiangmu-zhichu")


def read(table: str, *rows: list[object]) -> Submission:
    """A submission of one table, typed as it would stand on the sheet."""
    whole = submission(Case("TEST", "空"), TEMPLATE)
    spec = TEMPLATE.table[table]
    sheet = Worksheet("项目1", [[spec.heading], *rows], SheetFlags())
    found = read_tables(sheet, [spec], titles_of(TEMPLATE))
    assert not found.notes
    return replace(whole, tables={table: found.tables[0]})


@pytest.mark.parametrize(
    ("sign", "target", "unit", "actual", "expected"),
    [
        ("≥", 95, "%", 96.5, F(10)),
        ("≥", 95, "%", "90.25%", F("9.5")),
        ("≤", 15, "万元", "12.8", F(10)),
        ("≤", 15, "万元", "150000元", F(10)),
        ("＝", 12, "个", 9, F("7.5")),
        ("≥", 1.2, "万人次", "13000人次", F(10)),
    ],
)
def test_sign_number_and_unit_in_columns_of_their_own(
    sign: str, target: object, unit: str, actual: object, expected: F
) -> None:
    head = ["一级指标", "二级指标", "三级指标", "性质", "指标值", "度量单位", "全年完成值", "分值"]
    row = ["产出指标", "数量指标", "实施情况", sign, target, unit, actual, 10]
    read_back = read("绩效指标", [*head, "得分"], [*row, 10], ["合计", *[None] * 6, 10, 10])
    (item,) = score(read_back, TEMPLATE).indicators
    assert item.score == expected, item.arithmetic


def test_sources_that_the_form_does_not_print_are_added() -> None:
    head = ["资金来源", "年初预算数", "全年预算数", "全年执行数"]
    rows = [
        ["年度资金总额", 100, 100, 90],
        ["当年财政拨款", 50, 50, 50],
        ["上年结转资金", 0, 0, 0],
        ["其他资金", 0, 0, 0],
        ["财政专户管理资金", 20, 20, 10],
        ["单位资金", 30, 30, 30],
    ]
    read_back = read("项目资金", head, *rows)
    spec = next(one for one in TEMPLATE.equations if one.code == "BAL401")
    for one in find_instances(spec, read_back, TEMPLATE):
        assert not one.obstacle and one.sums[0] == one.sums[1]


def test_a_file_without_them_lacks_nothing() -> None:
    given = {
        "绩效指标": "一级指标 | 三级指标 | 年度指标值\n产出指标 | 数 | ≥3个",
        "项目资金": "资金来源 | 全年预算数\n年度资金总额 | 10",
    }
    whole = submission(Case("TEST", "照表样", given=given), TEMPLATE)
    assert not whole["绩效指标"].absent and not whole["项目资金"].absent
