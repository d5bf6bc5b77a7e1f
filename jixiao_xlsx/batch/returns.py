"""What goes back to one department, written by the worker that read its file: annotated copy, letter, and the record for the next round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.once_per_state import once_per_state
from jixiao_xlsx.intake.roster import read_roster
from jixiao_xlsx.output.files import write_bytes
from jixiao_xlsx.season.rounds import compared, record_of, records_in
from jixiao_xlsx.season.waivers import waived
from jixiao_xlsx.values.answers import Answer, FileStatus
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Report, Result
from jixiao_xlsx.values.people import Bureau, Waiver
from jixiao_xlsx.values.scores import Review
from jixiao_xlsx.values.text import tidy

FOLDERS = {Result.RETURN: "退回", Result.PASS: "通过"}
COPY, LETTER, RECORD = ".annotated.xlsx", ".docx", ".json"


@dataclass(frozen=True, slots=True)
class Returning:
    """Who writes the letters, what the bureau lets stand on that day, and the output of the round before.

    `chosen` is the department that the reviewer says the file is of, whatever is typed in it ("": as typed).
    """

    bureau: Bureau
    waivers: tuple[Waiver, ...]
    today: dt.date
    roster: Path | None = None
    previous: Path | None = None
    chosen: str = ""

    def name(self, submission: Submission) -> str:
        """The department as its letter calls it."""
        return self.chosen or called(submission, self.roster)

    def names(self, submission: Submission) -> tuple[str, ...]:
        """What it may be known by from earlier, the surest first."""
        return (
            (self.chosen,)
            if self.chosen
            else (submission.code, self.name(submission), submission.department)
        )


def held_against_before(
    report: Report, submission: Submission, template: Template, how: Returning
) -> Report:
    """`report` with what became of the findings of the round before."""
    if how.previous is None:
        return report
    known = records_in(how.previous)
    before = next(
        (known[key] for name in how.names(submission) if (key := tidy(name)) in known), None
    )
    return compared(report, submission, before, template)


def write_returns(
    place: Path,
    data: bytes,
    submission: Submission,
    report: Report,
    template: Template,
    how: Returning,
) -> tuple[str, ...]:
    """Leave beside `place` what goes back, and return the suffixes of what was left; an annotated copy only where the file is
    returned. Raises Blocked.
    """
    from jixiao_xlsx.output.word.letters import write_letter

    name = how.name(submission)
    light = Answer(report.file, FileStatus.SUBMITTED, department=name, report=report)
    settled = waived((light,), how.waivers, how.today)[0][0].report or report
    own = (
        replace(settled, code="") if how.chosen else settled
    )  # the code is somebody else's, or nobody's
    write_bytes(place.with_suffix(RECORD), record_of(own, submission, name, template))
    written = [RECORD, LETTER]
    if settled.result is Result.RETURN:
        copy = _annotated(data, submission, settled, template)
        if copy is not None:
            write_bytes(place.with_suffix(COPY), copy)
            written.append(COPY)
    write_bytes(
        place.with_suffix(LETTER),
        write_letter(settled, name, how.bureau, template, submission.sheets),
    )
    return tuple(written)


def _annotated(
    data: bytes, submission: Submission, report: Report, template: Template
) -> bytes | None:
    """The annotated copy; None where that is beyond openpyxl: the letter and the scores stand, whatever it makes of this workbook."""
    from jixiao_xlsx.output.xlsx.annotated.book import annotate

    try:
        return annotate(data, submission, report, template)
    except Exception:
        return None


def labels(report: Report) -> tuple[tuple[str, str], ...]:
    """What each staged suffix is called after the department's name, the letter first."""
    letter = "退回修改通知" if report.result is Result.RETURN else "审核通过通知"
    copy = ((COPY, "批注副本.xlsx"),) if report.result is Result.RETURN else ()
    return ((LETTER, f"-{letter}.docx"), *((suffix, f"-{label}") for suffix, label in copy))


def called(one: Submission | Review, roster: Path | None) -> str:
    """The department as the roster calls it, by its code or any of its names; else as typed."""
    known = _names(roster) if roster else {}
    return known.get(tidy(one.code)) or known.get(tidy(one.department)) or one.department


@once_per_state
def _names(roster: Path) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for department in read_roster(roster):
        for name in (department.short, *department.former):
            names.setdefault(tidy(name), department.name)
    for department in read_roster(roster):
        names |= {tidy(name): department.name for name in (department.code, department.name)}
    names.pop("", None)
    return names
