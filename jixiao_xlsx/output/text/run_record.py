"""run.json: the record of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jixiao_xlsx.output.text.findings_json import as_json
from jixiao_xlsx.values.answers import Answer, Batch, FileStatus
from jixiao_xlsx.values.findings import FindingState
from jixiao_xlsx.values.program import version
from jixiao_xlsx.values.severity import Severity


def run_document(
    batch: Batch, inputs: Mapping[str, str], outputs: Mapping[str, str], faults: Sequence[str] = ()
) -> bytes:
    """Return run.json: versions, digests and the control totals.

    `inputs` and `outputs` give digests by name; `faults` are the program's own, besides those on
    single files.
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
