"""The first phase, for every file of the inbox: its department, year and form. Cheap."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from jixiao_xlsx.batch.executors.choose import TaskExecutor
from jixiao_xlsx.batch.executors.limits import undisturbed
from jixiao_xlsx.batch.failures import Failure, failure_of, failure_of_process
from jixiao_xlsx.batch.opener import Opener
from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.repeated_sheets import item_of, nothing_filled
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.candidates import MAX_FILE_BYTES, Candidate
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.passwords import unlocked
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.first_look import first_look
from jixiao_xlsx.reading.word.document import read_document
from jixiao_xlsx.reading.word.old_word import OLD_WORD
from jixiao_xlsx.season.pair_reports import PDF, TITLE_PARAGRAPHS
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.season import FileStatus
from jixiao_xlsx.values.work import FileKind, Identity

_REPORTS = (".docx", PDF, *OLD_WORD)
_YEAR = re.compile(r"20\d\d(?=年)")
UNLOCKED = "原件加密，已用密码打开"


@dataclass(frozen=True, slots=True)
class IdentifyTask:
    """A file with its bytes, as far as its place in the inbox tells what it is."""

    identity: Identity
    data: bytes
    form: Path
    passwords: tuple[str, ...] = field(default=(), repr=False)

    @property
    def file(self) -> str:
        """Return the name of the file."""
        return self.identity.file


def identify_all(
    candidates: Iterable[Candidate],
    template: Template,
    passwords: tuple[str, ...],
    opener: Opener,
    executor: TaskExecutor,
) -> Iterator[Identity]:
    """Yield the identity of each candidate, in any order."""
    unread: list[Identity] = []

    def tasks() -> Iterator[IdentifyTask]:
        for candidate in sorted(candidates, key=_place):  # one container after another
            start = from_inbox(candidate)
            content = _content(start, candidate, opener)
            if isinstance(content, bytes):
                yield IdentifyTask(start, content, template.folder, passwords)
            else:
                unread.append(content)

    yield from executor.results(identify, tasks(), _lost)
    yield from unread


def _place(candidate: Candidate) -> tuple[object, ...]:
    return (candidate.path, *((step.at, step.end) for step in candidate.steps))


def from_inbox(candidate: Candidate) -> Identity:
    """Return what the inbox alone tells of a file."""
    report = candidate.document and candidate.file.lower().endswith(_REPORTS)
    kind = FileKind.REPORT if report else FileKind.OTHER
    kind = kind if candidate.set_aside else FileKind.WORKBOOK
    return Identity(
        candidate.file,
        kind,
        FileStatus.SUBMITTED if kind is FileKind.WORKBOOK else candidate.status,
        candidate.set_aside,
        size=candidate.size,
        letter=candidate.letter,
        saved=candidate.saved,
        beside=candidate.beside,
        document=candidate.document,
        ignorable=candidate.ignorable,
        faults=candidate.faults,
    )


def _content(start: Identity, candidate: Candidate, opener: Opener) -> bytes | Identity:
    """The bytes of a workbook or report, or the identity of a file that is not read."""
    if start.kind is FileKind.OTHER:
        # a folder that was not entered has no bytes
        has_bytes = (candidate.size or candidate.saved) and candidate.size <= MAX_FILE_BYTES
        return replace(start, sha256=opener.digest(candidate)) if has_bytes else start
    content = opener.content(candidate)
    if isinstance(content, bytes):
        return content
    return failed(start, content)


def identify(task: IdentifyTask) -> Identity:
    """Return the identity of one file. Never raises: whatever happens to it is in the Identity."""
    start = replace(task.identity, sha256=hashlib.sha256(task.data).hexdigest())
    template = find_template(task.form)
    try:
        with undisturbed():
            if start.kind is FileKind.WORKBOOK:
                return _workbook(start, task, template)
            if start.kind is FileKind.REPORT:
                return _report(start, task.data, template)
            return start
    except MemoryError:  # the process decides: it may be what it did before that took the memory
        raise
    except Exception as error:  # one bad file never stops a season
        return failed(start, failure_of(error, passwords=bool(task.passwords)))


def _lost(task: IdentifyTask, cause: str) -> Identity:
    start = replace(task.identity, sha256=hashlib.sha256(task.data).hexdigest())
    return failed(start, failure_of_process(cause))


def failed(start: Identity, failure: Failure) -> Identity:
    """Return the identity of a file that gives nothing."""
    return replace(start, status=failure.status, reason=failure.reason, faults=failure.faults)


def _workbook(start: Identity, task: IdentifyTask, template: Template) -> Identity:
    opened = unlocked(task.data, task.passwords)
    data = opened or task.data
    submission = first_look(data, start.file, template) or workbook.read_bytes(
        data, start.file, template
    )
    notes = (UNLOCKED if opened else "", submission.hides)
    return replace(
        identity_of_submission(start, submission, template),
        reason="；".join(filter(None, notes)),
    )


def identity_of_submission(start: Identity, submission: Submission, template: Template) -> Identity:
    """Return `start` with what a workbook says of itself."""
    return replace(
        start,
        department=submission.department,
        code=submission.code,
        year=submission.year,
        likeness=submission.likeness,
        item=_item(submission, template),
        unasked="department" not in template.roles,
        blank=nothing_filled(submission, hidden_mark.edition_of(submission.meta, template)),
    )


def _item(submission: Submission, template: Template) -> str:
    """Return the project that a workbook of one project is about; "" for other forms."""
    item = None if template.repeated else item_of(submission, template)
    return item.text if item else ""


def _report(start: Identity, data: bytes, template: Template) -> Identity:
    """Return the identity of a written report, with its first paragraphs and the years it names."""
    try:
        document = read_document(data, start.file, template)
    except Refused as refused:
        if not start.file.lower().endswith((PDF, *OLD_WORD)):
            raise
        # a scan that came along, or what LibreOffice is missing for, is no report that failed
        return replace(start, kind=FileKind.OTHER, reason=refused.reason)
    texts = [paragraph.text for paragraph in document.paragraphs]
    return replace(
        start,
        opening=tuple(texts[:TITLE_PARAGRAPHS]),
        years=frozenset(int(year) for text in texts for year in _YEAR.findall(text)),
    )
