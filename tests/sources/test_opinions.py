"""Opinions in the columns that the county's system takes in, as bureau.toml says."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from jixiao_xlsx.batch.job import Job
from jixiao_xlsx.batch.run import run
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.bureau_file import read_bureau
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.values.people import OpinionLayout

SAMPLES = Path(__file__).parents[2] / "samples"
FORM = find_template()
LAYOUT = """
[审核意见导入]
工作表 = "Sheet1"
列 = ["预算单位编码 = 编码", "单位 = 名称", "审核状态 = 审核结果", "审核意见", "评分 = 得分"]
结果 = ["退回修改 = 审核不通过", "待核实说明 = 审核不通过", "通过 = 审核通过"]
"""
BOOKS = ("青禾县信访局.xlsx", "商务局绩效自评表-0309.xlsx")


def bureau(folder: Path, text: str) -> Path:
    path = folder / "bureau.toml"
    path.write_text((SAMPLES / "bureau.toml").read_text("utf-8") + text, encoding="utf-8")
    return path


def opinions(folder: Path, text: str) -> list[tuple[object, ...]] | None:
    """The rows of 审核意见导入.xlsx, None where none was written."""
    job = Job(
        tuple(SAMPLES / "inbox" / name for name in BOOKS),
        folder / "out",
        FORM,
        roster=SAMPLES / "departments.csv",
        bureau=bureau(folder, text),
        jobs=1,
    )
    run(job)
    path = folder / "out" / "审核意见导入.xlsx"
    if not path.is_file():
        return None
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


def test_columns_and_words_are_the_countys(tmp_path: Path) -> None:
    rows = opinions(tmp_path, LAYOUT)
    assert rows is not None
    assert rows[0] == ("预算单位编码", "单位", "审核状态", "审核意见", "评分")
    right, wrong = rows[1:]
    assert right[:4] == ("101012", "青禾县信访局", "审核通过", "审核通过。")
    assert isinstance(right[4], float) and right[4] > 80
    assert wrong[:3] == ("102017", "青禾县商务局", "审核不通过")
    assert str(wrong[3]).startswith("1. ") and "!" in str(wrong[3]) and "请" in str(wrong[3])
    assert wrong[4] is None  # a score is the bureau's to give while something is open


def test_what_is_left_out_is_as_usual(tmp_path: Path) -> None:
    rows = opinions(tmp_path, "\n[审核意见导入]\n")
    assert rows is not None and rows[0] == ("编码", "审核结果", "审核意见", "得分")
    assert [row[1] for row in rows[1:]] == ["通过", "退回修改"]


def test_without_a_layout_nothing_is_written(tmp_path: Path) -> None:
    assert opinions(tmp_path, "") is None


def test_a_layout_is_read(tmp_path: Path) -> None:
    layout = read_bureau(bureau(tmp_path, LAYOUT)).opinions
    assert isinstance(layout, OpinionLayout) and layout.sheet == "Sheet1"
    assert layout.columns[0] == ("预算单位编码", "编码") and layout.words["通过"] == "审核通过"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[审核意见导入]\n列 = ["单位编码 = 代码"]\n', "等号右边应是编码"),
        ('[审核意见导入]\n结果 = ["退回 = 否"]\n', "等号左边应是退回修改"),
        ('[审核意见导入]\n栏 = "x"\n', "审核意见导入.栏：不认识的项目"),
        ('[审核意见导入]\n列 = "编码"\n', "应是一组文字"),
        ('审核意见导入 = "是"\n', "应是单独的一节"),
    ],
)
def test_mistakes_are_named(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        read_bureau(bureau(tmp_path, f"\n{text}"))
