"""What is understood of a sentence, what the seed's report holds against itself, and what reading
it costs.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.prose.language.clauses import passage
from jixiao_xlsx.prose.language.read_words import read_vocabulary
from jixiao_xlsx.prose.language.vocabulary import fold
from jixiao_xlsx.prose.read_statements import read_statements
from jixiao_xlsx.prose.statements import ReportStatements
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.cells import Place

TEMPLATE = replace(
    find_template(), severities={}
)  # the rules' own severities, whatever the form says of them
INBOX = Path(__file__).parents[2] / "samples" / "inbox"
SEED = next(INBOX.glob("*临泽县机关事务中心*.xlsx"))


def statements(text: str) -> ReportStatements:
    vocabulary = read_vocabulary(TEMPLATE)
    assert vocabulary is not None
    return read_statements(
        [passage(Place("报告正文", "B4"), "一、部门概况", text, vocabulary.lexicon)],
        vocabulary,
        (),
        2023,
    )


# -------------------------------------------------------------------------------------------- facts


def test_item_role_and_amount() -> None:
    found = statements("基本支出年初预算数为650万元，决算数为674.52万元。").facts
    assert [(f.item, f.role, f.mention.numeral, f.mention.unit) for f in found] == [
        ("基本支出", "original", "650", "万元"),
        ("基本支出", "execution", "674.52", "万元"),
    ]


def test_a_lead_that_is_not_understood_to_the_end_has_no_subject() -> None:
    assert [fact.items for fact in statements("扶贫项目支出20万元。").facts] == [()]


def test_respectively_and_together() -> None:
    found = statements("基本支出、项目支出分别为1万元、2万元，基本支出、项目支出共计3万元。").facts
    assert [fact.items for fact in found] == [
        ("基本支出",),
        ("项目支出",),
        ("基本支出", "项目支出"),
    ]


def test_another_year_is_another_role() -> None:
    found = statements("2022年基本支出650万元，项目支出380万元；2023年基本支出674万元。").facts
    assert [(fact.item, fact.role) for fact in found] == [
        ("基本支出", "previous"),
        ("项目支出", "previous"),
        ("基本支出", ""),
    ]


def test_change_share_and_completion() -> None:
    facts = statements(
        "基本支出105万元，比上年增加5万元，增长5%，占总支出的50%。项目支出年初预算10万元，决算9万元，完成年初预算的90%。"
    )
    assert [(c.item, c.direction, c.base, bool(c.amount), bool(c.rate)) for c in facts.changes] == [
        ("基本支出", 1, "previous", True, True)
    ]
    assert [(s.part.item, s.whole) for s in facts.shares] == [("基本支出", "总支出")]
    assert [(d.item, d.base) for d in facts.completions] == [("项目支出", "original")]


@pytest.mark.parametrize(
    "text",
    [
        "财预〔2020〕10号",
        "电话0931-1234567",
        "3号楼305室",
        "“三公”“两会”第一",
        "约30万元余",
        "第5分队",
    ],
)
def test_numbers_that_are_nobodys_business(text: str) -> None:
    assert not any(fact.items for fact in statements(text).facts)


def test_folding_keeps_positions() -> None:
    text = "因公出国（境）费　１２．５０万元，（一）"
    assert len(fold(text)) == len(text)
    assert fold("１２．５％，") == "12.5%，"


def test_every_address_of_the_vocabulary_is_on_the_form() -> None:
    vocabulary = read_vocabulary(TEMPLATE)
    assert vocabulary is not None
    refs = [
        ref for item in vocabulary.items.values() for found in item.cells.values() for ref in found
    ]
    refs += [
        ref
        for rate in vocabulary.rates.values()
        for ref in (rate.display_ref, rate.part, rate.whole)
        if ref
    ]
    refs += [ref for advice in vocabulary.advice for ref in advice.zero]
    for ref in refs:
        table = TEMPLATE.table[ref.table]
        assert ref.column in table.column, ref
        assert ref.row in {*table.row, table.total}, ref


# ----------------------------------------------------------------------------------------- the seed

# What a careful reader marks in the seed's 报告正文, read by hand, with the rule that says so.
BY_HAND = (
    ("NAR101", "一般公共预算财政拨款基本支出954.81万元", "基本支出只有 130.62 万元"),
    ("NAR101", "卫生健康支出2.32万元", "执行表 2.34"),
    ("NAR102", "执行942.42元", "万元写成元"),
    ("NAR104", "支出预算954.81万元", "四项之和 954.77"),
    ("NAR108", "没有配置项目支出", "项目支出 824.19 万元"),
    ("NAR110", "我办", "填报单位是中心"),
    ("NAR110", "办公室订有", "与我办、表题同出一家"),
    ("NAR112", "社保保障和就业支出", "社会保障和就业支出"),
    ("NAR113", "6、整改措施", "序号"),
    ("NAR115", "结转资金上缴", "年末结转为 0"),
    ("NAR116", "自评得分90分", "没有等级"),
)
RIGHT = (
    "预算收入954.81",
    "130.62万元、项目支出824.19",
    "6337541.54",
    "编制6人",
    "6.877",
    "无上级下达",
    "结转和结余0万元",
    "年初预算942.42",
)


def test_the_seed_by_hand_and_by_rule() -> None:
    findings = [
        f
        for f in check(workbook.read(SEED, TEMPLATE), TEMPLATE).findings
        if f.code.startswith("NAR")
    ]
    for code, quote, why in BY_HAND:
        assert any(f.code == code and quote in f.reported for f in findings), (code, quote, why)
    assert len(findings) == len(BY_HAND)
    for words in RIGHT:
        assert not any(words in f.reported for f in findings if f.code != "NAR104"), words


def test_a_finding_puts_the_words_beside_the_cell() -> None:
    findings = check(workbook.read(SEED, TEMPLATE), TEMPLATE).findings
    one = next(f for f in findings if f.code == "NAR101" and "2.32" in f.reported)
    assert (
        one.place.sheet == "报告正文"
        and one.related
        and "资金预算执行表" in one.message
        and one.difference == "-0.02万元"
    )


def test_a_heading_holds_until_one_as_high() -> None:
    """What a heading or the title of a table names is no doubt any more under the next heading of
    its level.
    """
    vocabulary = read_vocabulary(TEMPLATE)
    assert vocabulary is not None
    texts = (
        "一、概况",
        "（一）下属单位情况",
        "1.人员",
        "基本支出8万元。",
        "（二）本级情况",
        "基本支出9万元。",
        "政府办公室资金执行表",
        "二、分析",
        "项目支出7万元。",
    )
    passages = [
        passage(Place("报告.docx", f"第{n}段"), "", text, vocabulary.lexicon)
        for n, text in enumerate(texts, 1)
    ]
    found = read_statements(passages, vocabulary, (), 2023).facts
    assert [bool(fact.doubt) for fact in found] == [True, False, False]
