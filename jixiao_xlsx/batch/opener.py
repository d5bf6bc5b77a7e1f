"""What lies inside archives and saved mails, looked for in a process with limits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from jixiao_xlsx.batch import processes
from jixiao_xlsx.batch.failures import FAULT, Failure, failure_of
from jixiao_xlsx.batch.processes import Executor
from jixiao_xlsx.intake.candidates import Candidate
from jixiao_xlsx.intake.file_kinds import Refused, refuse_too_large
from jixiao_xlsx.intake.unpacking import unpack

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
