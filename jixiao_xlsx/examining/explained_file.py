"""One workbook and its report as they were understood: `jixiao explain`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.explain import explained_lines
from jixiao_xlsx.reading.word.document import read_document
from jixiao_xlsx.reading.workbook import Unreadable, read


class NotExplained(Exception):
    """One of the files cannot be read; the message says which and why."""


def explained(path: Path, report: Path | None, template: Template) -> tuple[str, ...]:
    """Return what was understood of the report of a workbook, line by line.

    Raises:
        NotExplained: the workbook or the report cannot be read.
    """
    try:
        submission = read(path, template)
        if report is not None:
            document = read_document(report.read_bytes(), report.name, template)
            submission = replace(submission, documents=(document,))
    except (Unreadable, Refused) as error:
        raise NotExplained(str(error)) from error
    return tuple(
        line for part in submission.parts for line in explained_lines(ProseEvidence(part, template))
    )
