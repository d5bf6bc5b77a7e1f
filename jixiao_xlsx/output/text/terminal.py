"""What `check`, `score` and `run` print for people, and texts made safe for a terminal."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from jixiao_xlsx.output.text.notice_words import (
    look_at,
    notice_address,
    notice_reason,
    notice_subject,
    what_then,
)
from jixiao_xlsx.output.text.notices import notices
from jixiao_xlsx.output.text.wording import STATE_LABELS
from jixiao_xlsx.season.review.apply_reviews import told
from jixiao_xlsx.values.causes import SEARCH
from jixiao_xlsx.values.findings import Finding, FindingState, Report
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.season import Entry, FileStatus, Season
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain

# A figure of five digits or more with a unit of money, alone or as the end of a range.
_AMOUNT = re.compile(r"(?<![\d.,“A-Za-z!])(\d{5,})((?:\.\d+)?)(?=(?:～[\d,.]+)? ?(?:元|万元|亿元))")


def findings_text(entries: Sequence[Entry]) -> str:
    """Return what `check` prints for people: the findings of each file, then the totals."""
    texts = [*(_file_text(entry) for entry in entries), totals_text(entries), ""]
    return with_separators("\n".join(texts))


def with_separators(text: str) -> str:
    """Return `text` with commas between the thousands of amounts; what is quoted stays as typed."""
    return _AMOUNT.sub(lambda found: f"{int(found[1]):,}{found[2]}", text)


def _file_text(entry: Entry) -> str:
    report = entry.report
    if report is None:
        return f"{line_safe(entry.file)}  {entry.status.value}：{line_safe(entry.reason)}\n"
    head = "  ".join(
        line_safe(part)
        for part in (entry.file, report.department, f"{report.year}年度" if report.year else "")
        if part
    )
    return "\n".join(
        [
            f"{head}  {_counts([report])}",
            *_notices_text(report),
            "",
        ]
    )


def _notices_text(report: Report) -> Iterator[str]:
    """Yield the causes, each with what follows from it, and the findings that none explains."""
    for notice in notices(report.findings, report.causes):
        if notice.cause:
            where = f"{notice_address(notice)} {notice_subject(notice, ())}"
            yield f"  {notice.severity.label} 起因 {line_safe(where)}"
            yield f"      {line_safe(notice_reason(notice, ()))}"
            yield f"      {line_safe(look_at(notice) + what_then(notice))}"
        indent = "    " if notice.cause else ""
        for finding in notice.findings:
            yield textwrap.indent(_finding_text(finding, with_hint=not notice.cause), indent)
    for one in report.skipped:
        if one.subject == SEARCH:
            yield f"  {one.text}。"


def _finding_text(finding: Finding, *, with_hint: bool) -> str:
    about = "·".join(part for part in (finding.item, finding.field) if part)
    state = "" if finding.state is FindingState.OPEN else f"（{STATE_LABELS[finding.state]}）"
    lines = [f"  {finding.severity.label}{state} {finding.code} {finding.place} {line_safe(about)}"]
    lines.append(f"      {line_safe(finding.message)}")
    if finding.hint and with_hint:
        lines.append(f"      建议：{line_safe(finding.hint)}")
    return "\n".join(lines)


def totals_text(entries: Sequence[Entry]) -> str:
    """Return “共 40 个文件：已报 38，无法读取 2；错误 33，警告 12，提示 20”."""
    material = sum(entry.material for entry in entries)
    statuses = Counter(entry.status for entry in entries if not entry.material)
    counts = "，".join(
        [f"{status.value} {statuses[status]}" for status in FileStatus if statuses[status]]
        + [f"随附材料 {material}"] * bool(material)
    )
    reports = [entry.report for entry in entries if entry.report]
    return f"共 {len(entries)} 个文件：{counts or '无'}；{_counts(reports)}"


def _counts(reports: Sequence[Report]) -> str:
    return "，".join(
        f"{severity.label} {sum(report.count(severity) for report in reports)}"
        for severity in Severity
    )


def score_lines(entries: Sequence[Entry]) -> Iterator[tuple[str, ...]]:
    """Yield what `score` prints: titles, then per file the typed and the recomputed scores."""
    yield ("部门", "文件", "自评总分", "复算总分", "自评等级", "复算等级", "说明")
    for entry in entries:
        for card in entry.scorecards or (None,):
            yield tuple(map(line_safe, _score_line(entry, card)))


def _score_line(entry: Entry, card: Scorecard | None) -> tuple[str, ...]:
    if card is None:
        note = entry.problem or f"{entry.status.value}：{entry.reason}"
        return (entry.department, entry.file, "", "", "", "", note)
    note = entry.problem or "；".join(filter(None, (card.incomplete, entry.reason)))
    totals = (_points(card.self_total), _points(card.exact_total))
    return (card.name, entry.file, *totals, card.self_grade, card.grade, note)


def file_problems(entries: Sequence[Entry], problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield a line for each file that was not read or not fully written, then `problems`."""
    for entry in entries:
        unread = entry.status in {FileStatus.UNREADABLE, FileStatus.UNRECOGNISED}
        if unread and not entry.ignorable:
            yield line_safe(f"{entry.status.value}：{entry.file}：{entry.reason}")
        if entry.problem:
            yield line_safe(f"注意：{entry.file}：{entry.problem}")
    for problem in problems:
        yield line_safe(f"注意：{problem}")


def run_summary(season: Season, output: Path, summary: str, *, with_roster: bool) -> Iterator[str]:
    """Yield what `run` prints at its end; `summary` is the file name of the summary workbook."""
    for note in season.notes:
        yield line_safe(f"说明：{note}")
    yield totals_text(season.entries)
    if with_roster:
        earlier = f"（其中 {len(season.silent)} 个以前报过）" if season.silent else ""
        yield f"名册 {len(season.roster)} 个部门，未报 {len(season.missing)} 个{earlier}。"
    yield from map(line_safe, told(season.findings))
    if season.findings:
        yield (
            f"部门之间、豁免清单和财政复核另有 {len(season.findings)} 条，"
            f"见 {summary} 的“问题清单”。"
        )
    if faults := sum(len(entry.faults) for entry in season.entries):
        yield f"注意：程序出错 {faults} 处，详情在 run.json 里，请交给维护人员。"
    yield f"结果在“{output}”，先看 {summary}。"


def shard_summary(season: Season, output: Path) -> Iterator[str]:
    """Yield what `run` prints at the end of a shard."""
    for note in season.notes:
        yield line_safe(f"说明：{note}")
    yield totals_text(season.entries)
    yield f"这一份的结果在“{output}”。"


def _points(score: Fraction | None) -> str:
    return "" if score is None else plain(score, 2)


def line_safe(text: str) -> str:
    """Return `text` on one line, without characters that control a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def nothing_read(entries: Iterable[Entry]) -> bool:
    """Return whether no file was one of the form."""
    unread = {FileStatus.UNREADABLE, FileStatus.UNRECOGNISED}
    return all(entry.status in unread or entry.material for entry in entries)


def reaches(entries: Iterable[Entry], fail_on: str) -> bool:
    """Return whether an open finding is as grave as `fail_on` says (a severity, or “never”)."""
    if fail_on == "never":
        return False
    worst = (entry.report.worst for entry in entries if entry.report)
    return any(one is not None and one.rank <= Severity(fail_on).rank for one in worst)
