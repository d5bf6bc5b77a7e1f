"""What must hold in a form, by its words: found, and not claimed where they do not say so."""

from __future__ import annotations

import pytest

from jixiao_xlsx.adopting.adopt import understand_file
from jixiao_xlsx.adopting.described import described
from tests.adopting.forms import ACROSS, SCHOOLS, SCORES, STACKED, TWO_SIDES
from tests.adopting.sheets import book

_MOVES = """
项目（单位：元）|年初数|本年增加|本年减少|年末数
债务||||
"""
_CHANGES = """
项目|2021年决算数|2022年决算数|增减额
维修（元）|||
"""
_NUMBERS = """
项目（万元）|合计数|财政|自筹
栏次|1=2+3|2|3
维修|||
"""
_FIRST = """
项目（万元）|调整预算数|增减额
事业收入||
  其中：专户资金||
"""
_PARTS = """
项目（万元）|金额
公用经费|
  其中：水费|
        电费|
购置和维护费|
  其中：购置|
        维护|
"""
CASES = {
    "a total of numbered titles": (SCHOOLS, "B12 = B7 + B10", True),
    "numbered parts of one title": (SCHOOLS, "B7 = B8 + B9", True),
    "one part after 其中": (SCHOOLS, "B11 <= B10", True),
    "open lines": (STACKED, "C11 = C8 + C9 + C10", True),
    "scores": (SCORES, "G6 = G3 + G4 + G5", True),
    "headings laid across": (ACROSS, "A5 = B5 + C5", True),
    "two sides": (TWO_SIDES, "B6 = D6", True),
    "opening and closing": (_MOVES, "E2 = B2 + C2 - D2", True),
    "a difference of years": (_CHANGES, "D2 = C2 - B2", True),
    "the numbers of the columns": (_NUMBERS, "B3 = C3 + D3", True),
    "a part of a changed budget": (_FIRST, "B3 <= B2", True),
    "a list after 其中 that may go on": (_PARTS, "B2 = B3 + B4", False),
    "a title that names its parts": (_PARTS, "B5 = B6 + B7", True),
}


def equations(text: str) -> dict[str, bool]:
    """Return the equations of a sheet as “B12 = B7 + B10”, each with whether it is ticked."""
    found = described(understand_file(book({"表": text})))["equations"]
    return {
        f"{_side(one['left'])} {one['op']} {_side(one['right'])}": one["ticked"] for one in found
    }


def _side(terms: list[str]) -> str:
    plain = [term.replace("表!", "") for term in terms]
    return " ".join(
        (f"- {term[1:]}" if term.startswith("-") else f"+ {term}") for term in plain
    ).removeprefix("+ ")


@pytest.mark.parametrize(("text", "claim", "ticked"), CASES.values(), ids=CASES)
def test_is_claimed(text: str, claim: str, ticked: bool) -> None:
    assert equations(text).get(claim) is ticked, equations(text)


def test_a_change_may_be_more_than_that_of_the_whole() -> None:
    assert "C3 <= C2" not in equations(_FIRST)


def test_nothing_is_claimed_of_rates_and_words() -> None:
    assert not equations("学校|预算数（元）|执行数（元）|执行率\n甲校|||\n乙校|||")


def test_what_only_looks_like_a_total_sums_nothing() -> None:
    assert not equations("项目|金额（元）\n甲|\n资产总额|\n乙|")
