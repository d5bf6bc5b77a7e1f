"""The files of one department as bytes: scores, copy, letter, mail draft.

They are made in the third phase, from the workbook as it was read for checking; in the last one
where that was not to be had.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jixiao_xlsx.batch.examine import (
    Delivery,
    ExamineTask,
    examined_with_workbook,
    reviewed_cards,
    submission_of,
)
from jixiao_xlsx.batch.executors.limits import undisturbed
from jixiao_xlsx.batch.failures import failure_of_process
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.html.found_in_file import found_in_file
from jixiao_xlsx.output.text import mail_drafts
from jixiao_xlsx.output.typed_content import typed_digest
from jixiao_xlsx.output.xlsx.scored.book import write_scored_workbook
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Report, Result
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.program import error_text
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.work import Delivered, Examined, Work

_NO_COPY = "批注副本没有写成（原件写法异常），请以{}为准"
NO_SCORES = "“{}”没有评分指标，不出评分表"
_FAULT = "评分表没有写成：程序出错，请把文件交给维护人员"


@dataclass(frozen=True, slots=True)
class DeliverTask:
    """A department's workbook with what came of it, and what is to be written of it."""

    work: Work
    data: bytes
    form: Path
    report: Report
    delivery: Delivery
    passwords: tuple[str, ...] = field(default=(), repr=False)

    @property
    def file(self) -> str:
        """Return the name of the file."""
        return self.work.file


@dataclass(frozen=True, slots=True)
class _Checked:
    """A department's workbook as read, its bytes without a password, and what came of it."""

    submission: Submission
    plain: bytes
    report: Report
    cards: tuple[Scorecard, ...]


def examine_and_deliver(task: ExamineTask) -> tuple[Examined, Delivered | None]:
    """Examine one workbook and write what the task asks for, so that it is read only once.

    Never raises: a failure is in the Examined, what cannot be written in the Delivered.
    """
    template = find_template(task.form)
    examined, read = examined_with_workbook(task, template)
    if read is None or examined.report is None or task.delivery is None:
        return examined, None
    submission, plain = read
    report = examined.report

    def checked() -> _Checked:
        return _Checked(submission, plain, report, reviewed_cards(submission, task.work, template))

    return examined, _delivered(task.work, task.delivery, checked, template)


def deliver(task: DeliverTask) -> Delivered:
    """Write the files of one department. Never raises: what cannot be written is in `problem`."""
    template = find_template(task.form)

    def checked() -> _Checked:
        submission, plain = submission_of(task.data, task.file, task.passwords, template)
        cards = reviewed_cards(submission, task.work, template)
        return _Checked(submission, plain, task.report, cards)

    return _delivered(task.work, task.delivery, checked, template)


def not_delivered(task: DeliverTask, cause: str) -> Delivered:
    """Return what came of a department whose process did not come back."""
    failure = failure_of_process(cause)
    faults = failure.faults or (cause,)
    return Delivered(task.file, task.delivery.path, problem=_FAULT, faults=faults)


def _delivered(
    work: Work, delivery: Delivery, checked: Callable[[], _Checked], template: Template
) -> Delivered:
    try:
        with undisturbed():
            return _files(work, delivery, checked(), template)
    except MemoryError:  # the process decides
        raise
    except Exception as error:  # what was checked stays, whatever became of the workbook
        return Delivered(work.file, delivery.path, problem=_FAULT, faults=(error_text(error),))


def _files(work: Work, delivery: Delivery, checked: _Checked, template: Template) -> Delivered:
    path, report = delivery.path, checked.report
    scored = tuple(_scored(path, work, checked, template))
    typed = {path: typed for path, _, typed in scored}
    written = tuple((path, data) for path, data, _ in scored)
    if not delivery.letters:
        problem = "" if scored else NO_SCORES.format(template.title)
        return Delivered(work.file, path, written, typed, problem=problem)
    letters = dict(_letters(work, delivery, checked, template))
    name = Path(path).stem
    folder = f"{report.result.folder}/{name}"
    message, note = mail_drafts.draft(
        delivery.department or Department(report.code, work.department),
        report,
        delivery.bureau,
        _title(report, template),
        [(f"{name}{label}", data) for label, data in letters.items()],
    )
    # not of the copy, whose thousands of formulas it would take longer to digest than to write
    typed |= {
        f"{folder}/{name}{label}": typed_digest(label, data)
        for label, data in letters.items()
        if label.endswith(".docx")
    }
    unmade = report.result is not Result.PASS and len(letters) == 1
    return Delivered(
        work.file,
        path,
        (
            *written,
            *((f"{folder}/{name}{label}", data) for label, data in letters.items()),
            (f"{folder}/{name}.eml", message),
        ),
        typed,
        reason=_NO_COPY.format(report.result.letter) if unmade else "",
        note=note,
        page=gzip.compress(found_in_file(checked.submission, report, template).encode(), mtime=0),
    )


def _scored(
    path: str, work: Work, checked: _Checked, template: Template
) -> Iterator[tuple[str, bytes, str]]:
    """Yield the path of the scored workbook, its bytes, and the digest of what is typed in it,
    where the form has indicators at all.
    """
    if template.indicator_table:
        stream = io.BytesIO()
        typed = write_scored_workbook(
            stream, checked.submission, checked.report, checked.cards, template, work.criteria
        )
        yield path, stream.getvalue(), typed


def _title(report: Report, template: Template) -> str:
    return template.title if report.year is None else f"{report.year}年度{template.title}"


def _letters(
    work: Work, delivery: Delivery, checked: _Checked, template: Template
) -> Iterator[tuple[str, bytes]]:
    """Yield the letter, and the annotated copy where something is open, each by name suffix."""
    from jixiao_xlsx.output.word.letters import write_letter

    report, sheets = checked.report, checked.submission.sheets
    letter = write_letter(report, work.department, delivery.bureau, template, sheets)
    yield f"-{report.result.letter}.docx", letter
    if report.result is not Result.PASS and delivery.copy:
        copy = _annotated(checked, template)
        if copy is not None:
            yield "-批注副本.xlsx", copy


def _annotated(checked: _Checked, template: Template) -> bytes | None:
    """Return the annotated copy; None where openpyxl cannot write it."""
    from jixiao_xlsx.output.xlsx.annotated.book import annotate

    try:
        return annotate(checked.plain, checked.submission, checked.report, template)
    except MemoryError:
        raise
    except Exception:
        return None
