"""批复决算.csv: what its figures are, and budgets made of 年初批复 and adjustments."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from jixiao_xlsx.intake.reference import read_reference
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.values.people import ReferenceLine, Stage

HEAD = "部门编码,项目,年初预算,全年预算,决算,调整,原因,文号,类别,日期\n"


def read(folder: Path, text: str) -> tuple[ReferenceLine, ...]:
    path = folder / "批复.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_reference(path)


def test_a_budget_is_its_approval_and_every_adjustment(tmp_path: Path) -> None:
    first, whole = read(
        tmp_path,
        "101,项目支出,1000000,,,,,,,\n"
        "101,项目支出,,,,200000,上级专款,青财农〔2023〕12号,,\n"
        "101,项目支出,,,,-50000,调剂,,,\n",
    )
    assert first.amounts == {"年初预算": Decimal(1_000_000)}
    assert whole.amounts == {"全年预算": Decimal(1_150_000)}
    assert whole.papers == {
        "全年预算": "年初批复 1000000.00 元，调整 200000.00 元（上级专款，青财农〔2023〕12号），"
        "调整 -50000.00 元（调剂）"
    }


def test_a_line_says_what_its_figures_are(tmp_path: Path) -> None:
    reported, approved = read(
        tmp_path, "101,项目支出,,,5,,,,上报,2024年3月20日\n101,基本支出,,,6,,,,,\n"
    )
    assert (reported.stage, reported.dated) == (Stage.REPORTED, "2024年3月20日")
    assert approved.stage is Stage.APPROVED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("101,项目支出,,,,5,上级专款,,,\n", "没有年初预算"),
        ("101,项目支出,10,,,5,,,,\n", "调整要写原因"),
        ("101,项目支出,10,16,,5,结转,,,\n", "年初预算加调整是 15.00 元，全年预算写的是 16.00 元"),
        ("101,项目支出,10,,,,,,暂定,\n", "类别“暂定”应是账面、上报、会审、批复"),
    ],
)
def test_mistakes_are_named(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        read(tmp_path, text)
