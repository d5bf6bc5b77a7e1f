"""What lies inside archives and saved mails, looked for in a process with limits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

from jixiao_xlsx.batch.executors import processes
from jixiao_xlsx.batch.executors.processes import Executor
from jixiao_xlsx.batch.failures import FAULT, Failure, failure_of, failure_of_process
from jixiao_xlsx.batch.forms.listed import parts_of_list
from jixiao_xlsx.batch.forms.several_units import units_of
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.candidates import Candidate
from jixiao_xlsx.intake.file_kinds import Refused, refuse_too_large
from jixiao_xlsx.intake.unpacking import unpack
from jixiao_xlsx.reading.workbook import Unreadable, read_bytes
from jixiao_xlsx.values.cells import Submission

_Value = TypeVar("_Value")
_DIED = "打开时程序异常中止，文件可能已损坏或展开后过大。请在本机确认能打开，解压或取出附件后再放入"
_HUNG = (
    f"打开它用了超过 {processes.SECONDS:.0f} 秒，已放弃；不是正常的压缩包或邮件。"
    "请解压或取出附件后再放入"
)


class Opener:
    """One process that opens containers, and keeps what it opened last. A with-block ends it."""

    def __init__(self) -> None:
        self._executor = Executor(1)

    def __enter__(self) -> Opener:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.__exit__()

    def unpacked(self, candidate: Candidate) -> tuple[Candidate, ...]:
        """Return the candidate itself, or what is inside it."""

        def lost(candidate: Candidate, cause: str) -> tuple[Candidate, ...]:
            failure = _failure(cause)
            return (replace(candidate.unreadable(failure.reason), faults=failure.faults),)

        return next(self._executor.results(unpack, [candidate], lost))

    def content(self, candidate: Candidate) -> bytes | Failure:
        """Return the bytes of a workbook or report, or why there are none to be had."""
        try:
            refuse_too_large(candidate.size)
            if not candidate.steps:  # nothing is looked into
                return candidate.content()
        except (OSError, Refused, MemoryError) as error:
            return failure_of(error)
        return self._inside(_content, candidate)

    def digest(self, candidate: Candidate) -> str:
        """Return the SHA-256 of a file that nobody reads; "" where it cannot be had."""
        found = self._inside(_digest, candidate)
        return found if isinstance(found, str) else ""

    def _inside(
        self, function: Callable[[Candidate], _Value | Failure], candidate: Candidate
    ) -> _Value | Failure:
        return next(self._executor.results(function, [candidate], lambda _, cause: _failure(cause)))

    def listed(self, candidate: Candidate, template: Template) -> tuple[Candidate, ...]:
        """Return a candidate, or its parts: of a list of all departments, of several units."""
        task = (candidate, template.folder)
        return next(self._executor.results(_listed, [task], lambda task, _: (task[0],)))

    def read(self, data: bytes, file: str, template: Template) -> Submission | Failure:
        """Return a workbook as read, or why it cannot be."""
        task = (data, file, template.folder)
        answers = self._executor.results(
            _submission, [task], lambda _, why: failure_of_process(why)
        )
        return next(answers)

    def typed(self, read: Callable[[bytes, str], _Value], data: bytes, file: str) -> _Value:
        """Return what `read` makes of a workbook that a reviewer typed into. Raises Refused."""
        answers = self._executor.results(
            _typed, [(read, data, file)], lambda _, why: failure_of_process(why)
        )
        found = next(answers)
        if isinstance(found, Failure):
            raise Refused(found.reason)
        return cast(_Value, found)


def read_apart(path: Path, template: Template) -> Submission:
    """Read one workbook, in a process with limits. Raises Unreadable."""
    with Opener() as opener:
        try:
            refuse_too_large(path.stat().st_size)
            found = opener.read(path.read_bytes(), path.name, template)
        except (OSError, Refused) as error:
            found = failure_of(error)
    if isinstance(found, Failure):
        raise Unreadable(found.reason, found.status)
    return found


def _submission(task: tuple[bytes, str, Path]) -> Submission | Failure:
    data, file, form = task
    try:
        return read_bytes(data, file, find_template(form))
    except Unreadable as error:
        return failure_of(error)


def _listed(task: tuple[Candidate, Path]) -> tuple[Candidate, ...]:
    candidate, form = task
    try:
        refuse_too_large(candidate.size)
        template = find_template(form)
        parts = parts_of_list if template.listed else units_of
        return parts(candidate, template) or (candidate,)
    except (OSError, Refused, Unreadable):
        return (candidate,)  # it is read again, and its reason said then


def _typed(task: tuple[Callable[[bytes, str], object], bytes, str]) -> object | Failure:
    read, data, file = task
    try:
        return read(data, file)
    except Refused as error:
        return failure_of(error)


def _content(candidate: Candidate) -> bytes | Failure:
    try:
        return candidate.content()
    except (OSError, Refused) as error:
        return failure_of(error)


def _digest(candidate: Candidate) -> str | Failure:
    data = _content(candidate)
    return data if isinstance(data, Failure) else hashlib.sha256(data).hexdigest()


def _failure(cause: str) -> Failure:
    """Return what the end of the process, or the exception of the task, means for a container."""
    reasons = {processes.DIED: _DIED, "MemoryError": _DIED, processes.HUNG: _HUNG}
    reason = reasons.get(cause.partition(":")[0].partition(" ")[0])
    return Failure(reason) if reason else Failure(FAULT, faults=(cause,))
