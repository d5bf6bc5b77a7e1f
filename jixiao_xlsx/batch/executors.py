"""Where the work of a phase is done: in this process, or in several with limits.

Tasks carry bytes and values, never paths, so that a worker needs no disk in common with the parent.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeVar

from jixiao_xlsx.batch.processes import in_processes
from jixiao_xlsx.intake.file_kinds import Refused, is_fully_guarded

# Files from which starting processes gains more than it costs, as measured on two cores.
POOL_FROM_SCORED, POOL_FROM_CHECKED = 24, 48
_AT_ONCE = 200  # tasks whose bytes are held in memory together


class FileTask(Protocol):
    """A task on the bytes of one file."""

    @property
    def file(self) -> str:
        """Return the name of the file."""

    @property
    def data(self) -> bytes:
        """Return the bytes."""


_Task = TypeVar("_Task", bound=FileTask)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Executor:
    """Local processes. `jobs` 1 works here, but for files that the guard cannot see into."""

    jobs: int

    def results(
        self,
        function: Callable[[_Task], _Result],
        tasks: Iterable[_Task],
        lost: Callable[[_Task, str], _Result],
    ) -> Iterator[_Result]:
        """Yield the result of each task in any order; `lost(task, cause)` for a dead process."""
        waiting = iter(tasks)
        while some := list(islice(waiting, _AT_ONCE)):
            opaque = some if self.jobs > 1 else []
            for task in some if self.jobs == 1 else ():
                if _is_opaque(task.data):
                    opaque.append(task)
                else:
                    yield function(task)
            yield from in_processes(function, opaque, self.jobs, lost) if opaque else ()


def _is_opaque(data: bytes) -> bool:
    try:
        return not is_fully_guarded(data)
    except Refused:
        return False


def executor_for(files: int, jobs: int | None, *, scored: bool) -> Executor:
    """Return an executor for so many files; `jobs` None: a process per processor where faster."""
    if jobs is None:
        enough = POOL_FROM_SCORED if scored else POOL_FROM_CHECKED
        jobs = (os.cpu_count() or 1) if files >= enough else 1
    return Executor(max(1, min(jobs, files)))


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Suspend garbage collection during the work on one file: it costs a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
