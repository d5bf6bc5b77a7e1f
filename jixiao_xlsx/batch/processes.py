"""Work handed to processes that may die, hang or eat memory: each such task is one lost answer, and the others go on.

Every process has a limit of memory (where the system knows one) and every task a limit of time. A process takes one task
at a time, so whoever dies names its task.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from jixiao_xlsx.values.program_errors import described

SECONDS = 60.0  # for one file; a workbook of the season takes a twentieth of one
MEMORY = 1 << 30  # bytes of address space, what the libraries take included
MOST = 61  # what Windows can wait for
STARTING = 60.0
_PATIENCE = 3  # processes that end before they have begun, after one that began

Task = TypeVar("Task")
Result = TypeVar("Result")
DIED, HUNG = "died", "hung"


@dataclass(frozen=True, slots=True)
class _Fault:
    """What a process says of a task that raised."""

    words: str


@dataclass(slots=True)
class _Worker(Generic[Task]):
    """A process, our end of its pipe, the task it has, and until when."""

    process: Any
    pipe: Connection
    ready: bool = False
    task: Task | None = None
    deadline: float = 0.0


def in_processes(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    jobs: int,
    lost: Callable[[Task, str], Result],
    *,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Iterator[Result]:
    """What `work` makes of each task, as it comes; `lost(task, why)` for those whose process died or hung, or that raised.

    `why` is DIED, HUNG or what is known of an exception. Where no process starts (from a script without a main guard, say) the
    work is done here.
    """
    waiting = deque(tasks)
    crew: list[_Worker[Task]] = []
    started, failed = False, 0
    try:
        while waiting or any(worker.task is not None for worker in crew):
            while len(crew) < min(
                jobs, MOST, len(waiting) + sum(worker.task is not None for worker in crew)
            ):
                crew.append(_start(work, memory))
            for worker in crew:
                if worker.ready and worker.task is None and waiting:
                    worker.task = waiting.popleft()
                    worker.deadline = time.monotonic() + seconds
                    with contextlib.suppress(OSError):  # a process that is gone says so below
                        worker.pipe.send(worker.task)
            soonest = min((worker.deadline for worker in crew), default=0.0)
            said = set(wait([worker.pipe for worker in crew], max(0.0, soonest - time.monotonic())))
            for worker in list(crew):
                told = _told(worker) if worker.pipe in said else None
                if told is None and worker.deadline > time.monotonic():
                    continue
                if isinstance(told, _Ready):
                    worker.ready = started = True
                    worker.deadline = float("inf")
                elif isinstance(told, _Said) and worker.task is not None:
                    task, worker.task, worker.deadline = worker.task, None, float("inf")
                    yield (
                        lost(task, told.what.words) if isinstance(told.what, _Fault) else told.what
                    )
                elif told is not None or worker.deadline <= time.monotonic():
                    crew.remove(worker)
                    _stop(worker)
                    if worker.task is not None:
                        yield lost(worker.task, HUNG if told is None else DIED)
                        continue
                    failed += 1
                    if not started:
                        yield from map(work, waiting)
                        return
                    if failed > _PATIENCE:
                        yield from (lost(task, DIED) for task in waiting)
                        return
    finally:
        for worker in crew:
            _stop(worker)


class _Ready:
    """A process has started."""


class _Gone:
    """A process is no more."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A process has answered."""

    what: Any


def _told(worker: _Worker[Any]) -> _Ready | _Gone | _Said:
    try:
        what = worker.pipe.recv()
    except Exception:  # the end of the pipe, or half an answer
        return _Gone()
    return _Said(what) if worker.ready else _Ready()


def _start(work: Callable[[Task], Result], memory: int) -> _Worker[Task]:
    # Spawn behaves alike everywhere and never copies threads.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work, memory), daemon=True)
    try:
        process.start()
    finally:
        theirs.close()  # so that the pipe ends when the process does
    return _Worker(process, ours, deadline=time.monotonic() + STARTING)


def _stop(worker: _Worker[Any]) -> None:
    worker.pipe.close()
    if worker.task is not None or not worker.ready:
        worker.process.kill()
    worker.process.join(5)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    worker.process.close()


def _serve(pipe: Connection, work: Callable[[Any], Any], memory: int) -> None:
    """The life of a process: one task after another, until the pipe ends."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent tells us when to stop
    threading.Thread(target=_follow_parent, daemon=True).start()
    _limit(memory)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(
            nowhere.fileno(), 2
        )  # what a library shouts before it aborts is nothing for a reviewer's screen
    with contextlib.suppress(EOFError, OSError):
        pipe.send(None)
        while True:
            pipe.send(_answer(work, pipe.recv()))


def _follow_parent() -> None:
    """End with the parent, however it ends: nobody may write on into the folder of a run that is no more."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _answer(work: Callable[[Any], Any], task: Any) -> Any:
    try:
        return work(task)
    except Exception as error:
        return _Fault(described(error))


def _limit(memory: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(
            resource.RLIMIT_AS,
            (memory if most == resource.RLIM_INFINITY else min(memory, most), most),
        )
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
