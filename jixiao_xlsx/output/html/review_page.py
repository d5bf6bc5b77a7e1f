"""审核.html: the whole season in one offline page, to read and go through cause by cause.

Each department's part is made where its workbook is read (`found_in_file`) and stands in the page
as a template, which the browser neither shows nor runs before the reviewer comes to it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from pathlib import Path
from statistics import fmean

from jixiao_xlsx.examining.check import catalogue
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.text.notices import Notice, notices
from jixiao_xlsx.season.at_stake import most_at_stake
from jixiao_xlsx.values.findings import Finding, FindingState, Report, Result
from jixiao_xlsx.values.season import Entry, Season
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, rounded

_PAGE = Path(__file__).parent / "review.html"
_STYLE, _SCRIPT = (re.compile(f"<{tag}>(.*?)</{tag}>", re.S) for tag in ("style", "script"))
_MOST_RULES = 10
_NAME, _BAR = 10, 190  # of a chart, in pixels: before the name; the longest bar
_WAN = Decimal(10_000)


def review_page(season: Season, template: Template) -> Iterator[bytes]:
    """Yield the page in pieces, one per department that counts."""
    entries = sorted(season.submitted, key=_gravest_first)
    before, after = _shell().split("<!--PARTS-->")
    titles = {rule.code: rule.title for rule in catalogue(template)}
    offices = {one.name: one.office for one in season.roster}
    year = f"{season.year}年度" if season.year else ""
    words = {
        "<!--TITLE-->": escape(f"{year}{template.title}审核"),
        "<!--COUNTS-->": _counts(season),
        "<!--CHARTS-->": _charts(entries, titles),
        "<!--OFFICES-->": _choices(sorted({*offices.values()} - {""})),
        "<!--RULES-->": "".join(
            f'<option value="{escape(code)}">{escape(f"{code} {titles.get(code, str())}")}</option>'
            for code in sorted(_rules(entries))
        ),
        "<!--LIST-->": "\n".join(
            _line(at, one, offices.get(one.department, "")) for at, one in enumerate(entries)
        ),
        "<!--MISSING-->": escape("、".join(one.name for one in season.missing)) or "无",
    }
    for mark, text in words.items():
        before = before.replace(mark, text)
    yield before.encode()
    for at, entry in enumerate(entries):
        part = gzip.decompress(entry.page).decode() if entry.page else ""
        yield f'<template id="d{at}">{part}</template>\n'.encode()
    yield after.encode()


def _shell() -> str:
    """Return the page without its contents; only its own style and script may ever take effect."""
    page = _PAGE.read_text(encoding="utf-8")
    return page.replace("<!--STYLE-HASH-->", _hash(_STYLE, page)).replace(
        "<!--SCRIPT-HASH-->", _hash(_SCRIPT, page)
    )


def _hash(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    assert match, "the page has one"
    return f"'sha256-{base64.b64encode(hashlib.sha256(match[1].encode()).digest()).decode()}'"


def _gravest_first(entry: Entry) -> tuple[int, Decimal, str]:
    """Order departments by result, then by the money at stake."""
    report = _report(entry)
    return list(Result).index(report.result), -_stake(report), entry.department


def _report(entry: Entry) -> Report:
    assert entry.report is not None, "Season.submitted has it"
    return entry.report


def _stake(report: Report) -> Decimal:
    return most_at_stake(f for f in report.findings if f.state is FindingState.OPEN)


def _counts(season: Season) -> str:
    results = Counter(_report(entry).result for entry in season.submitted)
    parts = [f"已报 {len(season.submitted)}", f"未报 {len(season.missing)}"]
    parts += [f"{one.value} {results[one]}" for one in Result]
    return escape("　".join(parts))


def _choices(names: Sequence[str]) -> str:
    return "".join(f"<option>{escape(name)}</option>" for name in names)


def _rules(entries: Sequence[Entry]) -> set[str]:
    return {finding.code for entry in entries for finding in _report(entry).findings}


def _line(at: int, entry: Entry, office: str) -> str:
    """Return a department in the list; its attributes are what the filters look at."""
    report = _report(entry)
    listed = [one for one in notices(report.findings, report.causes) if _is_open(one)]
    stake = _stake(report)
    counts = " ".join(
        f'<i class="{one.value}">{report.count(one)}</i>' for one in Severity if report.count(one)
    )
    money = f"<small>涉及 {plain(stake / _WAN, 2)} 万元</small>" if stake else ""
    years = "".join(f"{score.year}年 {score.total}　" for score in entry.years if score.total)
    years = f"<br><small>以前：{escape(years.strip())}</small>" if years else ""
    codes = " ".join(sorted({finding.code for finding in report.findings}))
    return (
        f'<li data-at="{at}" data-result="{report.result.value}" data-office="{escape(office)}"'
        f' data-codes="{escape(codes)}" data-stake="{plain(stake, 2)}" tabindex="-1">'
        f"<b>{escape(entry.department)}</b> {counts}<br>"
        f"<small>{report.result.value}，待看 {len(listed)} 条</small> {money}{years}</li>"
    )


def _asks(finding: Finding) -> bool:
    return finding.state is FindingState.OPEN and finding.severity is not Severity.NOTE


def _is_open(notice: Notice) -> bool:
    return notice.is_open and notice.severity is not Severity.NOTE


# ------------------------------------------------------------------------------------------ charts


def _charts(entries: Sequence[Entry], titles: Mapping[str, str]) -> str:
    results = Counter(_report(entry).result.value for entry in entries)
    grades = Counter(card.final[1] or "未评定" for entry in entries for card in entry.scorecards)
    hits = Counter(
        code for entry in entries for code in {f.code for f in _report(entry).findings if _asks(f)}
    )
    often = sorted(hits.items(), key=lambda hit: (-hit[1], hit[0]))[:_MOST_RULES]
    most = [(titles.get(code, code), number) for code, number in often]
    charts: list[tuple[str, Sequence[tuple[str, float]]]] = [
        ("审核结果（部门数）", [(one.value, results[one.value]) for one in Result]),
        ("评定等级（部门数）", list(grades.items())),
        ("最常见的错误和警告（部门数）", most),
    ]
    charts.append(("历年平均评定总分", _by_year(entries)))
    return "".join(_chart(title, bars) for title, bars in charts if any(n for _, n in bars))


def _by_year(entries: Sequence[Entry]) -> list[tuple[str, float]]:
    """Return the mean total of each year, over the departments that have one in all of them.

    Empty where last year's season was not given.
    """
    rows = []
    for entry in entries:
        totals = {score.year: float(score.total) for score in entry.years if score.total}
        own, now = [card.final[0] for card in entry.scorecards], _report(entry).year
        if len(own) == 1 and own[0] is not None and now and totals:
            rows.append(totals | {now: float(rounded(own[0], 2))})
    common = sorted(set.intersection(*map(set, rows))) if rows else []
    few = len(common) < 2
    return [] if few else [(f"{y}年", round(fmean(row[y] for row in rows), 2)) for y in common]


def _chart(title: str, bars: Sequence[tuple[str, float]]) -> str:
    """Return a bar chart as SVG: a name, a bar, its number."""
    most = max(number for _, number in bars)
    start = _NAME + 12 * max(len(name) for name, _ in bars)
    lines = "".join(
        f'<text x="{start - 6}" y="{22 * at + 15}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{start}" y="{22 * at + 4}" width="{int(_BAR * number / most)}" height="14"/>'
        f'<text x="{start + 6 + int(_BAR * number / most)}" y="{22 * at + 15}">{number}</text>'
        for at, (name, number) in enumerate(bars)
    )
    height, width = 22 * len(bars) + 4, start + _BAR + 40
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img">{lines}</svg></figure>'
    )
