"""Findings under their causes: every finding once, one wrong cell one line, and what people
read.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.text.notice_words import (
    balance_codes,
    notice_demand,
    notice_problem,
    notice_reason,
)
from jixiao_xlsx.output.text.notices import Notice, lines, notices
from jixiao_xlsx.values.causes import Cause, CauseCell, Certainty, Probable
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Expected, Finding, FindingState
from jixiao_xlsx.values.severity import Severity

FORM = find_template()
BALANCE = balance_codes(FORM)
SHEET = "资金预算执行表"


def finding(mark: str, ref: str, code: str = "BAL203", **more: object) -> Finding:
    one = Finding(
        code,
        Severity.ERROR,
        Place(SHEET, ref),
        "合计",
        "项目支出",
        "417.16",
        "“合计”的“项目支出”填 417.16 万元，各分项之和为 500.00 万元，本格少 82.84 万元。",
        "请核对 H9 和本格，改正填错的一处。",
        expected=Expected(Decimal(500), Decimal(500), "万元"),
        difference="-82.84 万元",
        related=(Place(SHEET, "H9"), Place(SHEET, "H10")),
        fingerprint=mark,
    )
    return replace(one, **more)  # type: ignore[arg-type]


def cause(
    mark: str,
    ref: str,
    *explains: str,
    message: str = "H9 疑似把元数填进了万元表",
    probably: Probable | None = None,
) -> Cause:
    cell = CauseCell(Place(SHEET, ref), "交通运输支出", "项目支出", "1148887.42", probably)
    return Cause(mark, "unit_cell", Severity.ERROR, (cell,), Certainty.LIKELY, message, explains)


def shape(listed: list[Notice]) -> list[tuple[str, list[str]]]:
    return [
        (one.cause.id if one.cause else "", [f.fingerprint for f in one.findings]) for one in listed
    ]


@pytest.mark.parametrize(
    ("causes", "expected"),
    [
        ((), [("", ["a"]), ("", ["b"]), ("", ["c"])]),
        ((cause("1", "H9", "a", "c"),), [("1", ["a", "c"]), ("", ["b"])]),
        # An equally good explanation joins the first; a further one has what is left.
        ((cause("1", "H9", "a", "c"), cause("2", "H10", "a")), [("1", ["a", "c"]), ("", ["b"])]),
        (
            (cause("1", "H9", "a"), cause("2", "H8", "a", "b")),
            [("1", ["a"]), ("2", ["b"]), ("", ["c"])],
        ),
        # What else is found at the culprit is no line of its own.
        ((cause("1", "C5", "a"),), [("1", ["a", "b"]), ("", ["c"])]),
        ((cause("1", "H9", "gone"),), [("", ["a"]), ("", ["b"]), ("", ["c"])]),
    ],
)  # fmt: skip
def test_every_finding_stands_once(causes: tuple[Cause, ...], expected: object) -> None:
    found = [finding("c", "I24"), finding("b", "C5", "STR103", field="x"), finding("a", "A3")]
    assert sorted(shape(notices(found, causes))) == sorted(expected)  # type: ignore[call-overload]


def test_causes_come_first_within_their_severity() -> None:
    warning = finding("w", "C1", "IND124", severity=Severity.WARNING)
    found = [finding("a", "C2"), warning, finding("b", "Z9")]
    by = notices(found, [cause("2", "A1", "w"), cause("1", "H9", "b")])
    assert shape(by) == [("1", ["b"]), ("", ["a"]), ("2", ["w"])]


def test_one_cell_is_one_line_and_missing_rows_are_not() -> None:
    twice = [finding("a", "I24"), finding("b", "I24", "REC105", severity=Severity.WARNING)]
    rows = [finding("c", "A1", "STR102", item="甲"), finding("d", "A1", "STR102", item="乙")]
    assert shape(notices([*twice, *rows], ())) == [("", ["d"]), ("", ["c"]), ("", ["a", "b"])]
    numbered = list(lines(notices([*twice, *rows], [cause("1", "H9", "a")])))
    assert [str(line.number) for line in numbered] == ["1", "1-1", "2", "3", "4"]
    assert numbered[0].finding is None


def test_what_is_compared_with_the_culprit_alone_follows_from_it() -> None:
    sums = finding("t", "J27", "IND118", related=(Place(SHEET, "H9"),))
    listed = notices([finding("a", "I24"), sums], [cause("1", "H9", "a")])
    assert shape(listed) == [("1", ["a", "t"])]


def test_what_is_explained_or_waived_comes_last() -> None:
    settled = finding("a", "A3", state=FindingState.EXPLAINED)
    listed = notices([settled, finding("n", "Z1", severity=Severity.NOTE)], ())
    assert shape(listed) == [("", ["n"]), ("", ["a"])]
    assert [one.is_open for one in listed] == [True, False]


def test_a_cause_in_words_names_the_culprit_and_orders_nothing_it_cannot_know() -> None:
    probable = Probable(Decimal("114.89"), "万元")
    (one,) = notices([finding("a", "H24"), finding("b", "I24")], [cause("1", "H9", "a", "b")])
    problem, demand = notice_problem(one, BALANCE), notice_demand(one, BALANCE)
    assert problem.startswith("与《资金预算执行表》H24、I24 对不上（2 条）。")
    assert "不必另改" in problem
    assert notice_reason(one, BALANCE) == "H9 疑似把元数填进了万元表。"
    assert demand == "请核对《资金预算执行表》H9，以账簿、决算报表为准更正。"
    assert "500" not in problem + demand  # what the equation would need is no value to type
    sure = cause("1", "H9", "a", probably=probable)
    (one,) = notices([finding("a", "H24")], [sure])
    assert "（疑似应为 114.89 万元）" in notice_demand(one, BALANCE)
    other = cause("2", "H10", "a", message="疑似少算一行")
    (one,) = notices([finding("a", "H24")], [sure, other])
    assert "也可能：疑似少算一行。" in notice_reason(one, BALANCE)
    assert "；请核对《资金预算执行表》H10" in notice_demand(one, BALANCE)


def test_where_nothing_explains_an_equation_both_sides_are_named() -> None:
    (one,) = notices([finding("a", "H24")], ())
    asked = "左右相差 82.84 万元，请核对《资金预算执行表》H24、H9、H10，以账簿、决算报表为准更正。"
    assert notice_demand(one, BALANCE) == asked
    assert "请" not in notice_problem(one, BALANCE)
    warning = replace(one.findings[0], severity=Severity.WARNING)
    assert "无误的写情况说明" in notice_demand(Notice((warning,)), BALANCE)
    score = finding(
        "a", "J8", "IND105", expected="2.16 分", problem="自评 2.5 分。", demand="请改正得分。"
    )
    assert notice_demand(Notice((score,)), BALANCE) == "应为 2.16 分。请改正得分。"
