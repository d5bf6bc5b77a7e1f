"""Messages as a clerk reads them: every word on a page of its own for each rule, and what makes a
message plain.

`tests/checking/messages/CODE.txt` holds what a rule says in each of its cases and on the samples,
and how many cells it looked at. UPDATE_GOLDEN=1 writes the pages anew: read the difference aloud,
as a clerk would, before it is committed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from jixiao_xlsx.values.findings import Expected, Finding, Report

PAGES = Path(__file__).parent / "checking" / "messages"
_QUOTED = re.compile(r"“[^“”]*”|「[^」]*」|《[^》]*》|（[^（）]*第 \d+ 行）|=[A-Z]+\([^）]*")
_LATIN = re.compile(r"[A-Za-z_]{2,}|\b[a-z]\b")
_LATIN_ALLOWED = {"WPS", "Excel", "docx", "REF", "DIV", "NAME", "VALUE", "NUM", "SPILL", "csv"}
_UNITS = {"元", "万元", "亿元", "分", "%", "人", "份", "辆", "件", "年"}
_TO_DO = re.compile(r"请|不用改|不算错")
_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d*|(?:页眉|页脚|脚注|尾注)?第\d+段|表\d+ 第\d+行第\d+列")
_SLIPS = re.compile(
    r"None|nan|Fraction|Decimal|[{}]|\dE[+-]?\d|。。|，，|、、|，。|；。|：。|“”|「」|--|  "
)


def section(title: str, *parts: str) -> str:
    """One case or sample on the page of a rule."""
    return "\n".join([f"== {title}", *filter(None, parts)]) + "\n"


def coverage(report: Report, code: str) -> str:
    """How many cells the rule looked at, and what it left out for which reason."""
    skipped = "；".join(f"{skip.text}×{skip.count}" for skip in report.skipped)
    return f"看了 {report.checked[code]} 格" + (f"，没看：{skipped}" if skipped else "")


def wording(findings: Iterable[Finding]) -> str:
    """The findings as text, with everything that a person or a program gets of them."""
    return "\n".join(_lines(finding) for finding in findings)


def _lines(finding: Finding) -> str:
    expected = finding.expected
    if isinstance(expected, Expected):
        expected = f"{expected.low}–{expected.high} {expected.unit}"
    head = (
        f"{finding.code} {finding.severity.label} {finding.place} "
        f"{finding.item}／{finding.field} 填“{finding.reported}”"
    )
    more = (
        ("共", str(finding.count) if finding.count > 1 else ""),
        ("提示", finding.hint),
        ("应为", expected or ""),
        ("差", finding.difference),
        ("有关", " ".join(map(str, finding.related))),
    )
    return "\n  ".join([head, finding.message, *(f"{name}：{text}" for name, text in more if text)])


def check_page(code: str, page: str) -> None:
    """Compare the page of a rule with tests/checking/messages/CODE.txt; UPDATE_GOLDEN=1
    writes it.
    """
    path = PAGES / f"{code}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(page, encoding="utf-8", newline="\n")
    assert page == path.read_text(encoding="utf-8"), f"{path.name}: read it, then UPDATE_GOLDEN=1"


def assert_plain(finding: Finding) -> None:
    """Where, what, what to do; no internal word, no odd number, no half sentence."""
    _assert_located(finding)
    _assert_well_written(finding)
    _assert_figures_make_sense(finding)


def _assert_located(finding: Finding) -> None:
    assert finding.place.sheet and _CELL.fullmatch(finding.place.cell)
    assert finding.item and finding.basis
    assert len(finding.related) <= 8 and finding.place not in finding.related


def _assert_well_written(finding: Finding) -> None:
    message, expected = finding.message, finding.expected
    assert message.endswith("。") and _TO_DO.search(message), message
    words = expected if isinstance(expected, str) else ""
    for text in (message, finding.hint, finding.difference, words):
        assert not _SLIPS.search(text), text
    bare = _QUOTED.sub("", f"{message} {finding.hint}")
    assert not set(_LATIN.findall(bare)) - _LATIN_ALLOWED, bare
    assert not re.search(r"[,;?()]|:(?![A-Z])", _QUOTED.sub("", message)), message
    assert not re.search(r"(等|共) [01] ", message), message
    parts = [part for part in finding.hint.split("；") if part]
    assert all("可能" in part or "疑似" in part for part in parts), finding.hint


def _assert_figures_make_sense(finding: Finding) -> None:
    if isinstance(finding.expected, Expected):
        assert finding.expected.low <= finding.expected.high
        assert finding.expected.unit in _UNITS
    difference = finding.difference
    assert not difference or re.fullmatch(r"-?\d+(\.\d+)? ?(\S+)", difference), difference
    assert finding.count == 1 or str(finding.count) in finding.message or "、" in finding.message
