"""run.json: the record of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jixiao_xlsx.output.text.findings_json import as_json
from jixiao_xlsx.values.findings import FindingState
from jixiao_xlsx.values.program import version
from jixiao_xlsx.values.season import Entry, FileStatus, Season
from jixiao_xlsx.values.severity import Severity


def run_document(
    season: Season,
    inputs: Mapping[str, str],
    outputs: Mapping[str, tuple[str, str]],
    faults: Sequence[str] = (),
) -> bytes:
    """Return run.json: versions, digests and the control totals.

    `inputs` and `outputs` give digests by name (and of what is typed in an output); `faults` are
    the program's own, besides those on
    single files.
    """
    return as_json(
        {
            "tool": {"name": "jixiao-xlsx", "version": version()},
            "template": {"id": season.template_id, "version": season.template_version},
            "year": season.year,
            "inputs": [{"name": name, "sha256": sha256} for name, sha256 in inputs.items()],
            "files": [_file_record(entry) for entry in season.entries],
            "reviews": [
                {
                    "department": entry.department,
                    "item": card.item,
                    "sha256": list(card.review.sources),
                }
                for entry in season.submitted
                for card in entry.scorecards
                if card.review and card.review.sources
            ],
            "missing": [department.name for department in season.missing],
            "totals": _totals(season),
            "faults": [*faults],
            "outputs": [
                {"path": path, "sha256": sha256, **({"typed": typed} if typed else {})}
                for path, (sha256, typed) in sorted(outputs.items())
            ],
        }
    )


def _file_record(entry: Entry) -> dict[str, Any]:
    letter = entry.letter
    return {
        "file": entry.file,
        "sha256": entry.sha256,
        "size": entry.size,
        "status": entry.status.value,
        "reason": entry.reason,
        "department": entry.department,
        "result": entry.report.result.value if entry.report else None,
        "output": entry.output,
        "problem": entry.problem,
        "material": entry.material,
        "faults": list(entry.faults),
        "mail": {"sender": letter.sender, "date": letter.date, "subject": letter.subject}
        if letter
        else None,
    }


def _totals(season: Season) -> dict[str, Any]:
    statuses = Counter(entry.status for entry in season.entries)
    reports = [entry.report for entry in season.submitted if entry.report]
    read, handled = (
        sum(report.cells_read for report in reports),
        sum(report.cells_handled for report in reports),
    )
    findings = Counter(
        (finding.severity, finding.state) for report in reports for finding in report.findings
    )
    return {
        "files": {
            "seen": len(season.entries),
            "by_status": {
                status.value: statuses[status]
                for status in FileStatus
                if status is not FileStatus.MISSING
            },
            "material": sum(entry.material for entry in season.entries),
        },
        "departments": {
            "roster": len(season.roster),
            "submitted": len(season.submitted),
            "missing": len(season.missing),
            "by_result": dict(sorted(Counter(report.result.value for report in reports).items())),
        },
        "cells": {"read": read, "handled": handled, "refused": read - handled},
        "findings": {
            severity.value: {state.value: findings[severity, state] for state in FindingState}
            for severity in Severity
        },
    }
