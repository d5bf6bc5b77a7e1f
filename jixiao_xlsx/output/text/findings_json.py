"""findings.json: the findings of every file, as `check --format json` prints them.

The same entries give the same bytes: no clock, no absolute path, no order of a set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from textwrap import indent
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.causes import Cause, CauseCell, Certainty
from jixiao_xlsx.values.findings import BatchFinding, Expected, Finding, Report
from jixiao_xlsx.values.people import Decision
from jixiao_xlsx.values.program import version
from jixiao_xlsx.values.scores import Execution, IndicatorScore, ReviewOutcome, Scorecard
from jixiao_xlsx.values.season import Entry
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, rounded

_FEW = 2  # cells named beside that of an equation which nothing explains


def as_json(document: object) -> bytes:
    """Return UTF-8 JSON as people can read it, ending in a newline."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def findings_json(
    entries: Iterable[Entry], template: Template, across: Sequence[BatchFinding] | None = None
) -> Iterator[bytes]:
    """Yield the findings of every file in pieces: building the whole takes ten times its size.

    `across` adds the findings between files.
    """
    head = as_json(
        {
            "schema": 1,
            "version": version(),
            "template": {"id": template.id, "version": template.version},
        }
    )
    yield head.removesuffix(b"\n}\n") + b',\n  "files": ['
    before = b"\n"
    for entry in entries:
        yield before + _indented(_file(entry), "    ")
        before = b",\n"
    yield b"]" if before == b"\n" else b"\n  ]"
    if across is not None:
        body = _indented([_batch_finding(finding) for finding in across], "  ").strip()
        yield b',\n  "batch_findings": ' + body
    yield b"\n}\n"


def _indented(document: object, prefix: str) -> bytes:
    return indent(as_json(document).decode().rstrip("\n"), prefix).encode()


def _batch_finding(finding: BatchFinding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "departments": list(finding.departments),
        "message": finding.message,
        "hint": finding.hint,
        "places": [{"sheet": place.sheet, "cell": place.cell} for place in finding.places],
    }


def _file(entry: Entry) -> dict[str, Any]:
    report = entry.report
    return {
        "file": entry.file,
        "department": entry.department,
        "year": report.year if report else None,
        "status": entry.status.value,
        "reason": entry.reason,
        "result": report.result.value if report else None,
        "checked": dict(sorted(report.checked.items())) if report else {},
        "skipped": [{"code": skipped.code, "reason": skipped.text} for skipped in report.skipped]
        if report
        else [],
        "causes": [_cause(cause) for cause in _causes(report)] if report else [],
        "findings": [_finding(finding) for finding in report.findings] if report else [],
        "reviews": [_review(card, card.review) for card in entry.scorecards if card.review],
    }


def _review(card: Scorecard, review: ReviewOutcome) -> dict[str, Any]:
    """Return the review: the files it was typed into, and its result."""
    total = review.total
    lines: Sequence[IndicatorScore | Execution] = (*card.indicators, card.execution)
    typed = [one.reviewed for one in lines if one.reviewed and one.reviewed.counts is not None]
    return {
        "item": card.item,
        "sha256": list(review.sources),
        "total": None if total is None else _number(rounded(total, 2)),
        "grade": review.grade,
        "lines": [
            {"item": one.name, "score": _number(_decimal(one.counts)), "reason": one.reason}
            for one in typed
        ],
    }


def _decimal(score: Fraction | None) -> Decimal:
    return Decimal(plain(score or Fraction(0)))


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.fingerprint,
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
        "decision": _decision(finding.decision),
    }


def _decision(decision: Decision | None) -> dict[str, str] | None:
    if decision is None:
        return None
    return {
        "action": decision.action.value,
        "reason": decision.reason,
        "by": decision.by,
        "approved_by": decision.approved_by,
        "at": decision.at,
    }


def _causes(report: Report) -> Iterator[Cause]:
    """Yield the causes, then every finding that none explains and that asks for something.

    So whoever reads the causes has read everything; such a one names the cell of the finding and,
    where an equation fails, those on its other side.
    """
    yield from report.causes
    explained = {one for cause in report.causes for one in cause.explains}
    for finding in report.findings:
        if finding.severity is not Severity.NOTE and finding.fingerprint not in explained:
            here = CauseCell(finding.place, finding.item, finding.field, finding.reported)
            others = finding.related[:_FEW] if finding.difference and not finding.hint else ()
            cells = (here, *(CauseCell(place, "", "", "") for place in others))
            yield Cause(
                finding.fingerprint,
                "finding",
                finding.severity,
                cells,
                Certainty.POSSIBLE,
                finding.message,
                (finding.fingerprint,),
            )


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.id,
        "kind": cause.kind,
        "severity": cause.severity.value,
        "cells": [_cause_cell(cell) for cell in cause.cells],
        "certainty": cause.certainty.value,
        "message": cause.message,
        "explains": list(cause.explains),
    }


def _cause_cell(cell: CauseCell) -> dict[str, Any]:
    probably = cell.probably
    value = probably and (
        _number(probably.value) if isinstance(probably.value, Decimal) else probably.value
    )
    return {
        "sheet": cell.place.sheet,
        "cell": cell.place.cell,
        "item": cell.item,
        "field": cell.field,
        "reported": cell.reported,
        "probably": None if probably is None else {"value": value, "unit": probably.unit},
    }


def _expected(expected: Expected | str | None) -> object:
    if isinstance(expected, Expected):
        return {"low": _number(expected.low), "high": _number(expected.high), "unit": expected.unit}
    return expected


def _number(value: Decimal) -> object:
    """Return a JSON number that reads back as exactly `value`, or its digits as text."""
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else format(value, "f")
