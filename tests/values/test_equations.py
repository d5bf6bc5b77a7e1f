"""The language of the relations, as auditors write them."""

from __future__ import annotations

import pytest

from jixiao_xlsx.values.equations import (
    EquationError,
    Ref,
    Scope,
    Term,
    parse_ratio,
    parse_relation,
)


def terms(side: tuple[Term, ...]) -> list[tuple[int, str]]:
    return [(term.sign, str(term.ref)) for term in side]


def test_names_are_columns_of_each_row() -> None:
    relation = parse_relation("基本支出小计 = 人员经费 + 公用经费", Scope.ROW, "执行表")
    assert relation.op == "="
    assert relation.sides == (
        (Term(1, Ref("执行表", "", "基本支出小计")),),
        (Term(1, Ref("执行表", "", "人员经费")), Term(1, Ref("执行表", "", "公用经费"))),
    )


def test_names_are_rows_of_each_column() -> None:
    relation = parse_relation("合计 = 各行", Scope.COLUMN, "执行表")
    assert [terms(side) for side in relation.sides] == [[(1, "执行表.合计")], [(1, "执行表.各行")]]


def test_names_are_addresses_between_sheets() -> None:
    relation = parse_relation(
        "执行表.合计.支出合计 = 总表.本年支出合计.决算数 = 计划.总体.执行数", Scope.SHEET
    )
    assert [side[0].ref for side in relation.sides] == [
        Ref("执行表", "合计", "支出合计"),
        Ref("总表", "本年支出合计", "决算数"),
        Ref("计划", "总体", "执行数"),
    ]


def test_signs() -> None:
    relation = parse_relation("- 净值 + 原值 = 折旧 − 处置", Scope.COLUMN, "资产")
    assert [terms(side) for side in relation.sides] == [
        [(-1, "资产.净值"), (1, "资产.原值")],
        [(1, "资产.折旧"), (-1, "资产.处置")],
    ]


def test_at_most_may_be_chained() -> None:
    relation = parse_relation("有效份数 ≤ 回收份数 ≤ 发放份数", Scope.ROW, "调查")
    assert relation.op == "≤"
    assert len(relation.sides) == 3


def test_full_width_punctuation_belongs_to_names() -> None:
    relation = parse_relation(
        "“三公经费”合计 = 因公出国（境）费 + 其中：公务用车购置费", Scope.COLUMN, "三公"
    )
    assert terms(relation.sides[1]) == [
        (1, "三公.因公出国（境）费"),
        (1, "三公.其中：公务用车购置费"),
    ]


@pytest.mark.parametrize("name", ["2.1 款", "收入-支出", "A+B", "甲/乙", "a=b", "x≤y", "两 词"])
def test_a_name_with_an_operator_stands_in_quotes(name: str) -> None:
    relation = parse_relation(f"「{name}」 = 公用经费", Scope.ROW, "表")
    assert relation.sides[0][0].ref.column == name
    across = parse_relation(f"表.「{name}」.数 = 表.乙.数", Scope.SHEET)
    assert across.sides[0][0].ref == Ref("表", name, "数")


def test_ratio() -> None:
    ratio = parse_ratio("满意度 = (很满意 + 满意) / 有效份数", Scope.ROW, "调查")
    assert ratio.shown == Ref("调查", "", "满意度")
    assert terms(ratio.numerator) == [(1, "调查.很满意"), (1, "调查.满意")]
    assert terms(ratio.denominator) == [(1, "调查.有效份数")]


def test_a_ratio_may_stand_alone() -> None:
    ratio = parse_ratio("(总表.年末.决算数 - 总表.年初.决算数) / 总表.年初.决算数")
    assert ratio.shown is None
    assert terms(ratio.numerator) == [(1, "总表.年末.决算数"), (-1, "总表.年初.决算数")]


@pytest.mark.parametrize(
    ("text", "scope", "words"),
    [
        ("", Scope.ROW, "缺少"),
        ("合计", Scope.COLUMN, "缺少“=”或“≤”"),
        ("合计 =", Scope.COLUMN, "末尾缺少项"),
        ("= 合计", Scope.COLUMN, "前缺少项"),
        ("甲 = 乙 +", Scope.ROW, "末尾缺少项"),
        ("甲 = 乙 丙", Scope.ROW, "“丙”前缺少运算符"),
        ("甲 = 乙 ≤ 丙", Scope.ROW, "不能混用"),
        ("甲 = 乙 / 丙", Scope.ROW, "不能有除法"),
        ("甲 = 乙「丙", Scope.ROW, "第 6 个字读不懂"),
        ("甲 = 乙.丙", Scope.ROW, "应是一个名称或“表.行.列”"),
        ("甲.乙 = 丙.丁.戊", Scope.SHEET, "应写成“表.行.列”"),
    ],
)
def test_what_is_no_equation_says_why(text: str, scope: Scope, words: str) -> None:
    with pytest.raises(EquationError, match=words):
        parse_relation(text, scope, "表")


@pytest.mark.parametrize(
    "text",
    [
        "甲.乙.丙",
        "甲.乙.丙 / 甲.乙.丙 / 甲.乙.丙",
        "甲 / 乙",
        "/ 甲.乙.丙",
        "甲.乙.丙 /",
        "() / 甲.乙.丙",
    ],
)
def test_what_is_no_ratio_says_why(text: str) -> None:
    with pytest.raises(EquationError):
        parse_ratio(text)


@pytest.mark.parametrize(
    "junk", ["「」 = 甲", "甲.. = 乙", "== ", "≤", "甲 = 「", "（）", "甲 = .", "甲 + + 乙 = 丙"]
)
def test_junk_is_an_error_or_an_equation_but_never_a_crash(junk: str) -> None:
    try:
        parse_relation(junk, Scope.ROW, "表")
    except EquationError as error:
        assert str(error)
