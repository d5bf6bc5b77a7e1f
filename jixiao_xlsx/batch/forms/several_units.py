"""A workbook in which a form of one sheet stands several times: each is a submission of its own.

A unit copies the sheet for its second project, an office for its second unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jixiao_xlsx.form.repeated_sheets import item_of
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.candidates import Candidate, FileRole, Step, take_step
from jixiao_xlsx.output.file_names import safe_name
from jixiao_xlsx.reading.layout.read_copy import sheets_of_blank
from jixiao_xlsx.reading.sheets import read_worksheets
from jixiao_xlsx.reading.workbook import Unreadable, read_bytes
from jixiao_xlsx.values.text import tidy

_XLSX = b"PK"


def units_of(candidate: Candidate, form: Template) -> tuple[Candidate, ...]:
    """Return a candidate for each sheet that is a filled copy of the form; () for one or none.

    Of copies of one department and project nobody knows which counts: they are not told apart.
    Raises Refused, OSError.
    """
    if not form.blank or len(sheets_of_blank(form)) != 1:
        return ()
    data = candidate.content()
    names = [one.name for one in read_worksheets(data, lambda name, hidden: not hidden)]
    if len(names) <= 1 or data[:2] != _XLSX:
        return ()
    parts = dict(_parts(candidate, data, names, form))
    return tuple(parts.values()) if len(parts) > 1 else ()


def _parts(
    candidate: Candidate, data: bytes, names: list[str], form: Template
) -> Iterator[tuple[tuple[str, str], Candidate]]:
    """Yield whose each copy is, with its candidate."""
    for name in names:
        step = Step(FileRole.SHEET, 0, name=name)
        try:
            submission = read_bytes(take_step(data, step), candidate.file, form)
        except Unreadable:
            continue
        item = item_of(submission, form)
        whose = tidy(submission.department), tidy(item.text) if item else ""
        if any(whose) and not submission.untouched:
            yield (
                whose,
                replace(
                    candidate,
                    file=f"{candidate.file}/{safe_name(name)}.xlsx",
                    steps=(*candidate.steps, step),
                    beside=candidate.file,
                ),
            )
