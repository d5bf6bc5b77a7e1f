"""The last phase: the files of one department as bytes: scores, copy, letter, mail draft."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jixiao_xlsx.batch.examine import reviewed_cards, submission_of
from jixiao_xlsx.batch.failures import failure_of_process
from jixiao_xlsx.batch.limits import undisturbed
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.html.found_in_file import found_in_file
from jixiao_xlsx.output.text import mail_drafts
from jixiao_xlsx.output.typed_content import typed_digest
from jixiao_xlsx.output.xlsx.scored.book import write_scored_workbook
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Report, Result
from jixiao_xlsx.values.people import Bureau, Department
from jixiao_xlsx.values.program import error_text
from jixiao_xlsx.values.work import Delivered, Work

_NO_COPY = "批注副本没有写成（原件写法异常），请以{}为准"
_FAULT = "评分表没有写成：程序出错，请把文件交给维护人员"


@dataclass(frozen=True, slots=True)
class DeliverTask:
    """A department's workbook with what came of it, and who writes to whom.

    `path` is where the scored workbook goes in the output folder. `department` None: only the
    scored workbook is wanted. `copy`: the annotated copy is wanted too, where something is wrong.
    """

    work: Work
    data: bytes
    form: Path
    report: Report
    path: str
    bureau: Bureau = field(default_factory=Bureau)
    department: Department | None = None
    copy: bool = True
    passwords: tuple[str, ...] = field(default=(), repr=False)

    @property
    def file(self) -> str:
        """Return the name of the file."""
        return self.work.file


def deliver(task: DeliverTask) -> Delivered:
    """Write the files of one department. Never raises: what cannot be written is in `problem`."""
    template = find_template(task.form)
    try:
        with undisturbed():
            return _delivered(task, template)
    except MemoryError:  # the process decides
        raise
    except Exception as error:  # what was checked stays, whatever became of the workbook
        return Delivered(task.file, problem=_FAULT, faults=(error_text(error),))


def not_delivered(task: DeliverTask, cause: str) -> Delivered:
    """Return what came of a department whose process did not come back."""
    failure = failure_of_process(cause)
    return Delivered(task.file, problem=_FAULT, faults=failure.faults or (cause,))


def _delivered(task: DeliverTask, template: Template) -> Delivered:
    submission, plain = submission_of(task.data, task.file, task.passwords, template)
    stream = io.BytesIO()
    cards = reviewed_cards(submission, task.work, template)
    write_scored_workbook(stream, submission, task.report, cards, template)
    scored = (task.path, stream.getvalue())
    typed = {task.path: typed_digest(*scored)}
    if task.department is None:
        return Delivered(task.file, (scored,), typed)
    letters = dict(_letters(task, submission, plain, template))
    name = Path(task.path).stem
    folder = f"{task.report.result.folder}/{name}"
    message, note = mail_drafts.draft(
        task.department,
        task.report,
        task.bureau,
        _title(task.report, template),
        [(f"{name}{label}", data) for label, data in letters.items()],
    )
    # not of the copy, whose thousands of formulas it would take longer to digest than to write
    typed |= {
        f"{folder}/{name}{label}": typed_digest(label, data)
        for label, data in letters.items()
        if label.endswith(".docx")
    }
    result = task.report.result
    unmade = result is not Result.PASS and len(letters) == 1
    return Delivered(
        task.file,
        (
            scored,
            *((f"{folder}/{name}{label}", data) for label, data in letters.items()),
            (f"{folder}/{name}.eml", message),
        ),
        typed,
        reason=_NO_COPY.format(result.letter) if unmade else "",
        note=note,
        page=gzip.compress(found_in_file(submission, task.report, template).encode(), mtime=0),
    )


def _title(report: Report, template: Template) -> str:
    return template.title if report.year is None else f"{report.year}年度{template.title}"


def _letters(
    task: DeliverTask, submission: Submission, plain: bytes, template: Template
) -> Iterator[tuple[str, bytes]]:
    """Yield the letter, and the annotated copy where something is open, each by name suffix."""
    from jixiao_xlsx.output.word.letters import write_letter

    report = task.report
    letter = write_letter(report, task.work.department, task.bureau, template, submission.sheets)
    yield f"-{report.result.letter}.docx", letter
    if report.result is not Result.PASS and task.copy:
        copy = _annotated(plain, submission, report, template)
        if copy is not None:
            yield "-批注副本.xlsx", copy


def _annotated(
    data: bytes, submission: Submission, report: Report, template: Template
) -> bytes | None:
    """Return the annotated copy; None where openpyxl cannot write it."""
    from jixiao_xlsx.output.xlsx.annotated.book import annotate

    try:
        return annotate(data, submission, report, template)
    except MemoryError:
        raise
    except Exception:
        return None
