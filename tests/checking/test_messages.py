"""Every message as a clerk reads it: where, what, what to do, in plain Chinese; and the words themselves, read over once.

`tests/golden/messages.txt` holds what every case and every sample says, word for word, and what a case's rule looked at. UPDATE_GOLDEN=1 writes it
anew: then read the difference aloud before it is committed. The narrative rules are held by their own corpus.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from cases import Case, load_cases, reference, submission
from dumps import GOLDEN

from jixiao_xlsx.checking.run_rules import run_rules
from jixiao_xlsx.examining.check import catalogue, check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.prose.evidence import ProseEvidence as Evidence
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.findings import Expected, Finding, Report

FORM = find_template()
TEMPLATE = replace(FORM, severities={})  # the rules' own severities, whatever the form says of them
RULES = {rule.code: rule for rule in catalogue(TEMPLATE)}
EVERY = {str(case): case for case in load_cases(TEMPLATE)}
CASES = {name: case for name, case in EVERY.items() if case.finds}
BOOKS = {
    path.stem: path
    for path in sorted((Path(__file__).parents[2] / "samples" / "inbox").glob("*.xlsx"))
}
PAGE = GOLDEN / "messages.txt"
WORDS = "NAR"
QUOTED = re.compile(r"“[^“”]*”|「[^」]*」|《[^》]*》|（[^（）]*第 \d+ 行）|=[A-Z]+\([^）]*")
LATIN = re.compile(r"[A-Za-z_]{2,}|\b[a-z]\b")
KNOWN = {"WPS", "Excel", "docx", "REF", "DIV", "NAME", "VALUE", "NUM", "csv"}
UNITS = {"元", "万元", "亿元", "分", "%", "人", "份", "辆", "件", "年"}
TO_DO = re.compile(r"请|不用改|不算错")


def judged(case: Case) -> Report:
    return run_rules(
        Evidence(submission(case, TEMPLATE), TEMPLATE, reference(case)), [RULES[case.code]]
    )


def of_case(case: Case) -> tuple[Finding, ...]:
    return judged(case).findings


def account(case: Case) -> str:
    """What the rule looked at and what it left out, then what it says."""
    report = judged(case)
    left = "；".join(f"{skip.reason}×{skip.count}" for skip in report.skipped)
    seen = f"看了 {report.checked[case.code]} 格" + (f"，没看：{left}" if left else "")
    return f"{seen}\n{said(report.findings)}".strip()


def of_book(name: str) -> tuple[Finding, ...]:
    return check(workbook.read(BOOKS[name], FORM), FORM).findings


def line(finding: Finding) -> str:
    """A finding as text: everything a person or a program is told of it."""
    wanted = finding.expected
    if isinstance(wanted, Expected):
        wanted = f"{wanted.low}–{wanted.high} {wanted.unit}"
    head = f"{finding.code} {finding.severity.label} {finding.place} {finding.item}／{finding.field} 填“{finding.reported}”"
    more = (
        ("共", str(finding.count) if finding.count > 1 else ""),
        ("提示", finding.hint),
        ("应为", wanted or ""),
        ("差", finding.difference),
        ("有关", " ".join(map(str, finding.related))),
    )
    return "\n  ".join([head, finding.message, *(f"{name}：{text}" for name, text in more if text)])


@cache
def page() -> dict[str, str]:
    """The words that were read over, by case and sample."""
    sections = PAGE.read_text(encoding="utf-8").split("== ")[1:] if PAGE.is_file() else []
    return {
        head: body.strip() for head, _, body in (section.partition("\n") for section in sections)
    }


def said(findings: tuple[Finding, ...]) -> str:
    return "\n".join(line(finding) for finding in findings if not finding.code.startswith(WORDS))


def everything() -> Iterator[tuple[str, str]]:
    for name, case in EVERY.items():
        if not case.code.startswith(WORDS):
            yield name, account(case)
    for name in BOOKS:
        yield name, said(of_book(name))


def test_the_page_of_messages_is_whole() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(
            "".join(f"== {name}\n{body}\n\n" for name, body in everything()), encoding="utf-8"
        )
        page.cache_clear()
    assert set(page()) == {name for name in EVERY if not name.startswith(WORDS)} | BOOKS.keys()


@pytest.mark.parametrize("name", [name for name in EVERY if not name.startswith(WORDS)])
def test_a_case_says_what_was_read_over(name: str) -> None:
    assert account(EVERY[name]) == page()[name]


@pytest.mark.parametrize("name", BOOKS)
def test_a_sample_says_what_was_read_over(name: str) -> None:
    assert said(of_book(name)) == page()[name]


@pytest.mark.parametrize("name", CASES)
def test_messages_of_cases_are_plain_chinese(name: str) -> None:
    for finding in of_case(CASES[name]):
        is_plain(finding)


@pytest.mark.parametrize("name", BOOKS)
def test_messages_of_samples_are_plain_chinese(name: str) -> None:
    for finding in of_book(name):
        is_plain(finding)


def is_plain(finding: Finding) -> None:
    """Where, what, what to do; no internal word, no odd number, no half sentence."""
    message = finding.message
    assert finding.place.sheet and re.fullmatch(
        r"[A-Z]{1,3}[1-9]\d*|(?:页眉|页脚|脚注|尾注)?第\d+段|表\d+ 第\d+行第\d+列",
        finding.place.cell,
    )
    assert finding.item and finding.basis
    assert message.endswith("。") and TO_DO.search(message), message
    for text in (
        message,
        finding.hint,
        finding.difference,
        str(finding.expected) if isinstance(finding.expected, str) else "",
    ):
        assert not re.search(
            r"None|nan|Fraction|Decimal|[{}]|\dE[+-]?\d|。。|，，|、、|，。|；。|：。|“”|「」|--|  ",
            text,
        ), text
    bare = QUOTED.sub("", f"{message} {finding.hint}")
    assert not set(LATIN.findall(bare)) - KNOWN, bare
    assert not re.search(r"[,;?()]|:(?![A-Z])", QUOTED.sub("", message)), message
    assert not re.search(r"(等|共) [01] ", message), message
    if isinstance(finding.expected, Expected):
        assert finding.expected.low <= finding.expected.high
        assert finding.expected.unit in UNITS
    assert not finding.difference or re.fullmatch(r"-?\d+(\.\d+)? ?(\S+)", finding.difference), (
        finding.difference
    )
    assert finding.count == 1 or str(finding.count) in message or "、" in message
    assert len(finding.related) <= 8 and finding.place not in finding.related
    assert all(re.search(r"可能", part) for part in finding.hint.split("；") if part), finding.hint
