"""Records for machines and for a terminal: findings.csv, findings.json, run.json, and what `check` prints.

The same answers give the same bytes: no clock, no absolute path, nothing in the order of a set.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from textwrap import indent
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.amounts import plain, rounded
from jixiao_xlsx.values.answers import Answer, Batch, FileStatus
from jixiao_xlsx.values.findings import (
    BatchFinding,
    Expected,
    Finding,
    FindingState,
    Report,
    Severity,
)
from jixiao_xlsx.values.scores import Execution, IndicatorScore, ReviewOutcome, Scorecard
from jixiao_xlsx.values.version import version

_STATES = {
    FindingState.OPEN: "待处理",
    FindingState.EXPLAINED: "已说明",
    FindingState.WAIVED: "已豁免",
}
# What a spreadsheet takes for the start of a formula, behind blanks and in full width too; a tab or a line break starts a cell.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BREAKS = ("\t", "\r", "\n")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?")

COLUMNS = (
    "部门", "文件", "编号", "级别", "状态", "工作表", "单元格", "项目", "栏目", "填报", "应为", "差额",
    "问题", "建议", "依据", "相关单元格", "处数", "情况说明",
)  # fmt: skip


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


# --------------------------------------------------------------------------------------------------------------- json


def findings_json(
    answers: Iterable[Answer], template: Template, across: Sequence[BatchFinding] | None = None
) -> Iterator[bytes]:
    """The findings of every file, piece by piece, as `check --format json` prints them.

    `across` adds the findings of several files together. In pieces, because the whole takes ten times its size to build.
    """
    head = as_json(
        {
            "version": version(),
            "template": {"id": template.id, "version": template.version},
        }
    )
    yield head.removesuffix(b"\n}\n") + b',\n  "files": ['
    before = b"\n"
    for answer in answers:
        yield before + indent(as_json(_file(answer)).decode().rstrip("\n"), "    ").encode()
        before = b",\n"
    yield b"]" if before == b"\n" else b"\n  ]"
    if across is None:
        yield b"\n}\n"
        return
    body = indent(
        as_json([_batch_finding(finding) for finding in across]).decode().rstrip("\n"), "  "
    ).strip()
    yield b',\n  "batch_findings": ' + body.encode() + b"\n}\n"


def _batch_finding(finding: BatchFinding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "departments": list(finding.departments),
        "message": finding.message,
        "hint": finding.hint,
        "places": [{"sheet": place.sheet, "cell": place.cell} for place in finding.places],
    }


def as_json(document: object) -> bytes:
    """UTF-8 JSON as people can read it, ending in a newline."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _file(answer: Answer) -> dict[str, Any]:
    report = answer.report
    return {
        "file": answer.file,
        "department": answer.department,
        "year": report.year if report else None,
        "status": answer.status.value,
        "reason": answer.reason,
        "result": report.result.value if report else None,
        "checked": dict(sorted(report.checked.items())) if report else {},
        "skipped": [{"code": skipped.code, "reason": skipped.reason} for skipped in report.skipped]
        if report
        else [],
        "findings": [_finding(finding) for finding in report.findings] if report else [],
        "reviews": [_review(card, card.review) for card in answer.scorecards if card.review],
    }


def _review(card: Scorecard, review: ReviewOutcome) -> dict[str, Any]:
    """The reviewer's word: the files it was typed into, and what it comes to."""
    total = review.total
    lines: Sequence[IndicatorScore | Execution] = (*card.indicators, card.execution)
    typed = [one.reviewed for one in lines if one.reviewed and one.reviewed.score is not None]
    return {
        "item": card.item,
        "sha256": list(review.sources),
        "total": None if total is None else _number(rounded(total, 2)),
        "grade": review.grade,
        "lines": [
            {"item": one.name, "score": _number(_decimal(one.score)), "reason": one.reason}
            for one in typed
        ],
    }


def _decimal(score: Fraction | None) -> Decimal:
    return Decimal(plain(score or Fraction(0)))


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "state": finding.state.value,
        "sheet": finding.place.sheet,
        "cell": finding.place.cell,
        "item": finding.item,
        "field": finding.field,
        "reported": finding.reported,
        "expected": _expected(finding.expected),
        "difference": finding.difference,
        "message": finding.message,
        "hint": finding.hint,
        "basis": finding.basis,
        "related": [{"sheet": place.sheet, "cell": place.cell} for place in finding.related],
        "count": finding.count,
        "explanation": finding.explanation,
    }


def _expected(expected: Expected | str | None) -> object:
    if isinstance(expected, Expected):
        return {"low": _number(expected.low), "high": _number(expected.high), "unit": expected.unit}
    return expected


def _number(value: Decimal) -> object:
    """A JSON number that reads back as exactly `value`; its digits as text where no such number exists."""
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else format(value, "f")


# ---------------------------------------------------------------------------------------------------------------- csv


def findings_csv(answers: Iterable[Answer]) -> Iterator[bytes]:
    """One line per finding, UTF-8 with BOM, file by file; no cell can be taken for a formula."""
    yield codecs.BOM_UTF8 + _csv_lines([COLUMNS])
    for answer in answers:
        if answer.report:
            yield _csv_lines(_line(answer, finding) for finding in answer.report.findings)


def _csv_lines(lines: Iterable[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows(
        [_harmless(text) for text in line] for line in lines
    )
    return stream.getvalue().encode()


def _line(answer: Answer, finding: Finding) -> Sequence[str]:
    return (
        answer.department,
        answer.file,
        finding.code,
        finding.severity.label,
        _STATES[finding.state],
        finding.place.sheet,
        finding.place.cell,
        finding.item,
        finding.field,
        finding.reported,
        expected_text(finding.expected),
        finding.difference,
        finding.message,
        finding.hint,
        finding.basis,
        "；".join(str(place) for place in finding.related),
        str(finding.count),
        finding.explanation,
    )


def expected_text(expected: Expected | str | None) -> str:
    """What would have been right, in words: “130.62 万元”, “130.61～130.63 万元”."""
    if not isinstance(expected, Expected):
        return expected or ""
    ends = dict.fromkeys(plain(end) for end in (expected.low, expected.high))
    return f"{'～'.join(ends)} {expected.unit}".rstrip()


def _harmless(text: str) -> str:
    risky = text.startswith(_BREAKS) or text.lstrip().startswith(_FORMULA_STARTS)
    return f"'{text}" if risky and not _PLAIN_NUMBER.fullmatch(text) else text


# --------------------------------------------------------------------------------------------------------------- text


def findings_text(answers: Sequence[Answer]) -> str:
    """What `check` prints for people: the findings of each file, then one line of totals."""
    return "\n".join([*(_file_text(answer) for answer in answers), totals_text(answers), ""])


def _file_text(answer: Answer) -> str:
    report = answer.report
    if report is None:
        return f"{line_safe(answer.file)}  {answer.status.value}：{line_safe(answer.reason)}\n"
    head = "  ".join(
        line_safe(part)
        for part in (answer.file, report.department, f"{report.year}年度" if report.year else "")
        if part
    )
    return "\n".join(
        [
            f"{head}  {_counts([report])}",
            *(_finding_text(finding) for finding in report.findings),
            "",
        ]
    )


def _finding_text(finding: Finding) -> str:
    about = "·".join(part for part in (finding.item, finding.field) if part)
    state = "" if finding.state is FindingState.OPEN else f"（{_STATES[finding.state]}）"
    lines = [f"  {finding.severity.label}{state} {finding.code} {finding.place} {line_safe(about)}"]
    lines.append(f"      {line_safe(finding.message)}")
    if finding.hint:
        lines.append(f"      建议：{line_safe(finding.hint)}")
    return "\n".join(lines)


def totals_text(answers: Sequence[Answer]) -> str:
    """“共 40 个文件：已报 38，无法读取 2；错误 33，警告 12，提示 20”."""
    material = sum(answer.material for answer in answers)
    statuses = Counter(answer.status for answer in answers if not answer.material)
    said = "，".join(
        [f"{status.value} {statuses[status]}" for status in FileStatus if statuses[status]]
        + [f"随附材料 {material}"] * bool(material)
    )
    return f"共 {len(answers)} 个文件：{said or '无'}；{_counts([a.report for a in answers if a.report])}"


def _counts(reports: Sequence[Report]) -> str:
    return "，".join(
        f"{severity.label} {sum(report.count(severity) for report in reports)}"
        for severity in Severity
    )


def scores_text(answers: Sequence[Answer]) -> str:
    """What `score` prints: per file the self-scores beside the recomputed ones, tab-separated."""
    lines = ["部门\t文件\t自评总分\t复算总分\t自评等级\t复算等级\t说明"]
    for answer in answers:
        for card in answer.scorecards or (None,):
            name = card.name if card else answer.department
            totals = (
                ("", "", "", "")
                if card is None
                else (_points(card.self_total), _points(card.total), card.self_grade, card.grade)
            )
            known = (
                (card.incomplete, answer.reason)
                if card
                else (f"{answer.status.value}：{answer.reason}",)
            )
            said = answer.problem or "；".join(filter(None, known))
            lines.append("\t".join(line_safe(text) for text in (name, answer.file, *totals, said)))
    return "\n".join([*lines, ""])


def _points(score: Fraction | None) -> str:
    return "" if score is None else plain(score, 2)


def line_safe(text: str) -> str:
    """`text` on one line, without characters that would drive a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


# ----------------------------------------------------------------------------------------------------------- run.json


def run_document(
    batch: Batch, inputs: Mapping[str, str], outputs: Mapping[str, str], faults: Sequence[str] = ()
) -> bytes:
    """run.json: versions, digests and the control totals. `inputs` and `outputs` give the digest of each by its name; `faults`
    are the program's own, besides those on single files.
    """
    return as_json(
        {
            "tool": {"name": "jixiao-xlsx", "version": version()},
            "template": {"id": batch.template_id, "version": batch.template_version},
            "year": batch.year,
            "inputs": [{"name": name, "sha256": sha256} for name, sha256 in inputs.items()],
            "files": [_file_record(answer) for answer in batch.answers],
            "reviews": [
                {
                    "department": answer.department,
                    "item": card.item,
                    "sha256": list(card.review.sources),
                }
                for answer in batch.submitted
                for card in answer.scorecards
                if card.review and card.review.sources
            ],
            "missing": [department.name for department in batch.missing],
            "totals": _totals(batch),
            "faults": [*faults],
            "outputs": [
                {"path": path, "sha256": sha256} for path, sha256 in sorted(outputs.items())
            ],
        }
    )


def _file_record(answer: Answer) -> dict[str, Any]:
    letter = answer.letter
    return {
        "file": answer.file,
        "sha256": answer.sha256,
        "size": answer.size,
        "status": answer.status.value,
        "reason": answer.reason,
        "department": answer.department,
        "result": answer.report.result.value if answer.report else None,
        "output": answer.output,
        "problem": answer.problem,
        "material": answer.material,
        "faults": list(answer.faults),
        "mail": {"sender": letter.sender, "date": letter.date, "subject": letter.subject}
        if letter
        else None,
    }


def _totals(batch: Batch) -> dict[str, Any]:
    statuses = Counter(answer.status for answer in batch.answers)
    reports = [answer.report for answer in batch.submitted if answer.report]
    read, handled = (
        sum(report.cells_read for report in reports),
        sum(report.cells_handled for report in reports),
    )
    findings = Counter(
        (finding.severity, finding.state) for report in reports for finding in report.findings
    )
    return {
        "files": {
            "seen": len(batch.answers),
            "by_status": {
                status.value: statuses[status]
                for status in FileStatus
                if status is not FileStatus.MISSING
            },
            "material": sum(answer.material for answer in batch.answers),
        },
        "departments": {
            "roster": len(batch.roster),
            "submitted": len(batch.submitted),
            "missing": len(batch.missing),
            "by_result": dict(sorted(Counter(report.result.value for report in reports).items())),
        },
        "cells": {"read": read, "handled": handled, "refused": read - handled},
        "findings": {
            severity.value: {state.value: findings[severity, state] for state in FindingState}
            for severity in Severity
        },
    }
