"""自检 names the first cause where a formula can: the same cell as a clerk would find, or none."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from office import differences, office, recalculated, values

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
from jixiao_xlsx.output.xlsx.blank.layout import TableFilling

FORM = find_template()
WAN = "资金预算执行表"

_FIRST = 4  # the first open row of 执行表


def funds(*rows: tuple[object, object], total: object) -> dict[str, TableFilling]:
    """Rows of 执行表 with 人员经费 and 项目支出, and the 合计 of the latter."""
    lines: list[dict[str, Any]] = [
        {"支出功能分类科目": f"第{n}项", "人员经费": staff, "项目支出": projects}
        for n, (staff, projects) in enumerate(rows, 1)
    ]
    return {WAN: TableFilling({"合计": {"项目支出": total}}, lines)}


CASES = {
    "一格填成了元": (
        funds((1, 100), (2, 1200000), (3, 50.5), total=270.5),
        "BAL203",
        "填成了元",
        2,
    ),
    "漏加一行": (funds((1, 100), (2, 120.25), (3, 50.5), total=150.5), "BAL203", "漏加", 2),
    "多加一行": (funds((1, 100), (2, 120.25), (3, 50.5), total=391.0), "BAL203", "多加了一次", 2),
    "一格填成了万元": (
        {
            "收支总表": TableFilling(
                {
                    "基本支出": {"决算数": 1234600},
                    "项目支出": {"决算数": 500},
                    "本年支出合计": {"决算数": 6234600},
                }
            )
        },
        "BAL104",
        "填成了万元",
        0,
    ),
    "两行都说得通": (funds((1, 100), (2, 100), (3, 50.5), total=150.5), "BAL203", "", 0),
    "说不清": (funds((1, 100), (2, 120.25), (3, 50.5), total=277.77), "BAL203", "", 0),
}


def written(filling: dict[str, TableFilling]) -> bytes:
    stream = io.BytesIO()
    write_workbook(FORM, stream, filling=filling)
    return stream.getvalue()


def shown(data: bytes, code: str, label: str) -> tuple[str, str]:
    """What 自检 says of a relation, and the first cell of its link's table."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    rows = book["自检"].iter_rows(min_row=5, values_only=True)
    return next((str(row[5]), str(row[4])) for row in rows if row[0] == code and row[2] == label)


@pytest.mark.parametrize("name", CASES)
def test_the_cell_that_alone_explains_the_gap_is_named(name: str) -> None:
    filling, code, words, number = CASES[name]
    label = "决算数" if code == "BAL104" else "项目支出"
    state, anchor = shown(written(filling), code, label)
    assert state.startswith("✗ 差 ")
    if words:
        assert "；疑似" in state and words in state
        if number:
            assert f"{anchor.rstrip('0123456789')}{_FIRST + number - 1}" in state
    else:
        assert "疑似" not in state


@office
def test_libreoffice_says_the_same(tmp_path: Path) -> None:
    paths = []
    for number, (filling, *_) in enumerate(CASES.values()):
        paths.append(tmp_path / f"{number}.xlsx")
        paths[-1].write_bytes(written(filling))
    for path, calculated in recalculated(paths).items():
        assert list(differences(values(path), calculated)) == []
