"""Values come back from JSON as they were."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction

import pytest

from jixiao_xlsx.values.causes import Probable
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import BatchFinding, Expected, Finding
from jixiao_xlsx.values.people import Department, Waiver
from jixiao_xlsx.values.scores import Method, Reviewed
from jixiao_xlsx.values.season import FileStatus, Letter
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.showing.json_form import from_json, to_json
from jixiao_xlsx.values.work import Delivered, FileKind, Identity

WHERE = Place("三公经费", "D9")
FINDING = Finding("BAL503", Severity.WARNING, WHERE, "会议费", "决算数", "2\u2028", "超")


@pytest.mark.parametrize(
    "value",
    [
        FINDING,
        Finding(*(getattr(FINDING, n) for n in FINDING.__slots__[:7]), expected="一句话"),
        Finding(
            *(getattr(FINDING, n) for n in FINDING.__slots__[:7]),
            expected=Expected(Decimal("1.10"), Decimal(2), "万元"),
        ),
        BatchFinding("DEC103", Severity.NOTE, ("教育局",), "=1+1", places=(WHERE,)),
        Department("101", "教育局", former=("文教局", "教育科技局")),
        Waiver("教育局", "BAL101", "", "理由", "李局", dt.date(2024, 3, 1), "甲 第 2 行"),
        Reviewed("#2", "9.45", Fraction(189, 20), "理由", None, Fraction(1, 3)),
        Delivered("a.xlsx", page=b"\x1f\x8b\0", typed={"评分/a.xlsx": "0"}),
        Identity(
            "a.xlsx", FileKind.WORKBOOK, FileStatus.SUBMITTED, years=frozenset({2022, 2023}),
            letter=Letter("a@b.cn"), likeness=0.75,
        ),
        Probable(Decimal("12.30"), "元"),
        Probable("县本级"),
        Method.TIER,
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_value_comes_back(value: object) -> None:
    assert from_json(type(value), json.loads(json.dumps(to_json(value)))) == value


@pytest.mark.parametrize(
    "data", [{"file": 3}, {"nothing": ""}, [], "x", {"file": "a", "page": "!"}]
)
def test_what_is_no_such_value_is_refused(data: object) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        from_json(Delivered, data)


def test_what_is_no_value_of_ours_is_not_written() -> None:
    with pytest.raises(TypeError):
        to_json(object())
