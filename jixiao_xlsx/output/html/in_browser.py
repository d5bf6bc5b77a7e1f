"""What 自查.html runs: one workbook, and its report, from bytes to a part of the page.

Only the standard library, python-calamine and (for .xls) olefile are there.
"""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from html import escape
from pathlib import Path

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.output.html.found_in_file import found_in_file
from jixiao_xlsx.reading.word.document import read_document
from jixiao_xlsx.reading.workbook import Unreadable, read_bytes
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.people import ReferenceLine, Stage
from jixiao_xlsx.values.text import tidy

FORM, OWN_FIGURES = "form", "figures.json"


def checked_page(
    site: Path, data: bytes, name: str, report: bytes | None = None, report_name: str = ""
) -> str:
    """Return what is found in a workbook as HTML, or why it cannot be read.

    `site` is the folder of what the page brought along: the form and, in a page made for one
    department, the bureau's figures of it.
    """
    form = find_template(site / FORM)
    try:
        submission = read_bytes(data, name, form)
    except Unreadable as unreadable:
        words = f"{unreadable.status.value}：{unreadable.reason}"
        return f"<h2>{escape(name)}</h2><p class=unread>{escape(words)}</p>"
    if report is not None:
        try:
            submission = replace(submission, documents=(read_document(report, report_name, form),))
        except Refused as refused:
            submission = replace(submission, unread=((report_name, refused.reason),))
    return found_in_file(submission, check(submission, form, _figures(site, submission)), form)


def figures_as_json(lines: tuple[ReferenceLine, ...]) -> bytes:
    """Return the bureau's figures of one department as the page brings them along."""
    written = [
        {
            "code": line.code,
            "item": line.item,
            "amounts": {kind: str(amount) for kind, amount in line.amounts.items()},
            "source": line.source,
            "department": line.department,
            "stage": str(line.stage),
            "dated": line.dated,
            "grain": str(line.grain),
            "papers": dict(line.papers or {}),
        }
        for line in lines
    ]
    return json.dumps(written, ensure_ascii=False).encode()


def _figures(site: Path, submission: Submission) -> tuple[ReferenceLine, ...]:
    """Return the figures of the workbook's department; () where the page has none of it."""
    file = site / OWN_FIGURES
    if not file.is_file():
        return ()
    return tuple(
        ReferenceLine(
            line["code"],
            line["item"],
            {kind: Decimal(amount) for kind, amount in line["amounts"].items()},
            line["source"],
            line["department"],
            Stage(line["stage"]),
            line["dated"],
            Decimal(line["grain"]),
            line["papers"],
        )
        for line in json.loads(file.read_bytes())
        if tidy(line["code"]) == tidy(submission.code)
    )
