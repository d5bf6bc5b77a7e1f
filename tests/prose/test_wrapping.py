"""Texts pasted with the line breaks of a page: sentences are put together again, lists and headings
are left alone.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from test_corpora import (
    EXAMS,
    FILES,
    INNOCENT,
    OTHER_BOOKS,
    TEMPLATE,
    corpus,
    findings_in,
    sample,
    with_report,
)

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.prose.language.read_words import read_vocabulary
from jixiao_xlsx.prose.language.vocabulary import UNSURE
from jixiao_xlsx.prose.language.wrapping import unwrapped
from jixiao_xlsx.values.cells import Document, Paragraph
from jixiao_xlsx.values.severity import Severity

KNOWN = read_vocabulary(TEMPLATE)
assert KNOWN is not None
LEXICON = KNOWN.lexicon
WIDTHS = (28, 42)
TOGETHER = (
    # three lines of a page
    "全年支出1075.76万元，其中基本支出674.52万元，占62.70%，项\n目支出401.24万元，占37.30%，均按批复的预算执行，没有超出\n范围的开支。",
    "年末固定资产原值合计5486956元，累计折旧2105330元，账面净\n值3381626元。",  # a word of the field across the break
    "2023年我局全年预算数为1105.00万元，全年执行数为1075.76\n万元。",  # a number without its unit
    "基本支出674.52万元、\n项目支出401.24万元。",  # a list goes on
)
APART = (
    "一、部门概况\n我局是县政府组成部门。",
    "2023年度部门整体支出绩效评价报告\n2023年基本支出555.37万元。",
    "青禾县财政局2023年度部门整体支出绩效评价报告\n我局核定编制42名。",
    "基本支出674.52万元，占62.70%\n项目支出401.24万元，占37.30%",
    "一是制度不全；\n二是人手不足。",
    "全年支出1075.76万元。\n执行率97.35%。",
    "（一）基本情况\n1.人员编制42名\n2.年末在职40名",
    "● 保障机关运转，按月发放人员工资和各项补贴\n● 完成项目支出，开展投资评审和资产清查工作。",
    "保障了机关运转和人员工资\n项目支出用于投资评审等\n结转用于档案库房",
    "全年支出1075.76万元，执行较好\n\n三公经费7.09万元。",
)


@pytest.mark.parametrize("text", TOGETHER)
def test_a_sentence_that_was_broken_is_one_again(text: str) -> None:
    assert unwrapped(text, LEXICON) == text.replace("\n", "")


@pytest.mark.parametrize("text", APART)
def test_lists_headings_and_paragraphs_stay(text: str) -> None:
    assert unwrapped(text, LEXICON) == text


def test_a_line_that_may_go_on_is_not_held_against_anything() -> None:
    """Broken once, in words nobody knows: “投资评审支出 96.5 万元” is not all that was spent."""
    text = "2023年安排项目六个，其中最大的一个是财政投资评\n审支出96.5万元，其余五个金额都不大。"
    assert f"\n{UNSURE}审支出" in unwrapped(text, LEXICON)
    assert findings_in(text) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_wrapped_texts_are_read_like_others(width: int) -> None:
    """Every text of the corpora, broken after so many letters: nothing right is accused, nearly all
    that is wrong is found.
    """
    accused, asked, found = [], 0, 0
    for name in (*FILES, INNOCENT, *EXAMS, *OTHER_BOOKS):
        of = sample(OTHER_BOOKS[name]) if name in OTHER_BOOKS else None
        for _, wanted, text in corpus(name):
            findings = findings_in(_wrapped(text, width), of)
            accused += [
                f.message for f in findings if not wanted and f.severity is not Severity.NOTE
            ]
            asked += len(wanted)
            found += sum(any(f.code == code for f in findings) for code, _ in wanted)
    assert accused == []
    assert found / asked >= 0.95


BROKEN = "全年支出1075.76万元，其中基本支出674.52万元，占62.70%，项目\n支出401.42万元，占37.30%，均按批复的预算执行，没有超出范\n围的开支。"


def test_a_pdf_made_into_word_has_a_paragraph_for_every_line() -> None:
    """The finding stands where the first line of the sentence does."""
    lines = ["一、收支情况", *BROKEN.split("\n"), "年末在职40人。"]
    paragraphs = tuple(Paragraph(n, line, heading=n == 1) for n, line in enumerate(lines, 1))
    report = replace(with_report("见报告。"), documents=(Document("报告.docx", "0", paragraphs),))
    findings = [f for f in check(report, TEMPLATE).findings if f.code == "NAR101"]
    assert [(f.place.cell, f.reported) for f in findings] == [("第2段", "项目支出401.42万元")]


@pytest.mark.parametrize("name", FILES)
def test_lists_without_stops_are_read_as_before(name: str) -> None:
    """Two sentences as lines that end without a stop."""
    texts = [(wanted, text.rstrip("。")) for _, wanted, text in corpus(name) if "\n" not in text]
    right = [text for wanted, text in texts if not wanted]
    for before, after in pairwise(right):
        errors = [
            f.message for f in findings_in(f"{before}\n{after}") if f.severity is Severity.ERROR
        ]
        assert errors == [], (before, after)


def _wrapped(text: str, width: int) -> str:
    lines = (
        [line[at : at + width] for at in range(0, len(line), width)] or [""]
        for line in text.split("\n")
    )
    return "\n".join("\n".join(pieces) for pieces in lines)
