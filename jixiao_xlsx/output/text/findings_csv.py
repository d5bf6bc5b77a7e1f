"""findings.csv: one line per finding, as Excel opens it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from jixiao_xlsx.output.text.wording import STATE_LABELS
from jixiao_xlsx.values.findings import Expected, Finding
from jixiao_xlsx.values.season import Entry
from jixiao_xlsx.values.text import plain

# How a spreadsheet recognises a formula, also after blanks and in full width; a tab or a line break
# starts a new cell.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BREAKS = ("\t", "\r", "\n")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?")

CSV_TITLES = (
    "部门", "文件", "编号", "级别", "状态", "工作表", "单元格", "项目", "栏目", "填报", "应为", "差额",
    "问题", "建议", "依据", "相关单元格", "处数", "情况说明",
)  # fmt: skip


def findings_csv(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield one line per finding, UTF-8 with BOM, file by file; no cell can act as a formula."""
    yield codecs.BOM_UTF8 + _csv_lines([CSV_TITLES])
    for entry in entries:
        if entry.report:
            yield _csv_lines(_csv_line(entry, finding) for finding in entry.report.findings)


def _csv_lines(lines: Iterable[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows(
        [_harmless(text) for text in line] for line in lines
    )
    return stream.getvalue().encode()


def _csv_line(entry: Entry, finding: Finding) -> Sequence[str]:
    return (
        entry.department,
        entry.file,
        finding.code,
        finding.severity.label,
        STATE_LABELS[finding.state],
        finding.place.sheet,
        finding.place.cell,
        finding.item,
        finding.field,
        finding.reported,
        _expected_text(finding.expected),
        finding.difference,
        finding.message,
        finding.hint,
        finding.basis,
        "；".join(str(place) for place in finding.related),
        str(finding.count),
        finding.explanation,
    )


def _expected_text(expected: Expected | str | None) -> str:
    """Return what is right as text: “130.62 万元”, “130.61～130.63 万元”."""
    if not isinstance(expected, Expected):
        return expected or ""
    ends = dict.fromkeys(plain(end) for end in (expected.low, expected.high))
    return f"{'～'.join(ends)} {expected.unit}".rstrip()


def _harmless(text: str) -> str:
    risky = text.startswith(_BREAKS) or text.lstrip().startswith(_FORMULA_STARTS)
    return f"“{text}”" if risky and not _PLAIN_NUMBER.fullmatch(text) else text
