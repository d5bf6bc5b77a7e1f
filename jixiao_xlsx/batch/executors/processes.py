"""Work in processes that may die, hang or eat memory: each such task costs its own answer only.

Every process has a limit of memory, every task one of processor time. Wall time is a backstop only,
so that a slow machine changes no outcome. No thread is started here: where the program has none of
its own, a process is a fork, which costs a hundredth of a second.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar, cast

from jixiao_xlsx.batch.executors.limits import (
    collect_seldom,
    limit_process,
    limit_time,
    ran_out_of_time,
)
from jixiao_xlsx.values.program import error_text

SECONDS = 60.0  # of processor time for one file; a workbook of the season takes a twentieth of one
MEMORY = 3 << 28  # bytes besides what the program itself takes; together they stay under 1 GiB
_BACKSTOP = 10  # the wall time of a task in its processor times
_PATIENCE = 60.0  # seconds for a process to start, or to end

DIED, HUNG = "died", "hung"
_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")


class _Ready:
    """What a process sends first: it has started."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """An exception of a task, as text."""

    cause: str


@dataclass(slots=True)
class _Given(Generic[_Task]):
    """A task that a process works on, and when it must be done."""

    task: _Task
    deadline: float


class _Worker(Generic[_Task]):
    """One process and the pipe to it; `fresh` until it has answered a first task."""

    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds = seconds
        self._memory = memory
        self._process: BaseProcess | None = None
        self._pipe: Connection[Any, Any] | None = None
        self.given: _Given[_Task] | None = None
        self.fresh = True

    @property
    def pipe(self) -> Connection[Any, Any]:
        """The pipe to the process that was started."""
        assert self._pipe is not None
        return self._pipe

    def give(self, work: Callable[[_Task], Any], task: _Task) -> bool:
        """Give the process a task, starting one where none runs; return whether that succeeded."""
        if self._process is None and not self._start():
            return False
        try:
            self.pipe.send((work, task))
        except OSError:  # it ended while it had nothing to do
            self.end()
            if not self._start():
                return False
            self.pipe.send((work, task))
        self.given = _Given(task, time.monotonic() + _BACKSTOP * self._seconds)
        return True

    def _start(self) -> bool:
        """Start a process; return whether it came up."""
        context = _context()
        ours, theirs = context.Pipe()
        process = context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, self._seconds, self._memory), daemon=True
        )
        self._process, self._pipe, self.fresh = process, ours, True
        with _held_back():
            process.start()
        theirs.close()
        try:
            return ours.poll(_PATIENCE) and isinstance(ours.recv(), _Ready)
        except (EOFError, OSError):
            self.end()
            return False

    def take(self) -> Any:
        """Return what the process sent; a _Fault where it died."""
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            return _Fault(self._why_ended())
        except Exception as error:  # an answer that cannot be built here
            answer = _Fault(error_text(error))
        self.given, self.fresh = None, False
        return answer

    def _why_ended(self) -> str:
        assert self._process is not None
        self._process.join(_PATIENCE)
        out_of_time = ran_out_of_time(self._process.exitcode)
        self.end()
        return HUNG if out_of_time else DIED

    def end(self) -> None:
        """End the process at once, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.join(_PATIENCE)
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None


class Executor:
    """Up to `jobs` processes, each started when there is work for it; a with-block ends them.

    Tasks carry bytes and values, never paths, so that a worker needs no disk in common with the
    parent (what opens archives and saved mails works beside the inbox itself: `batch/opener.py`).
    """

    def __init__(self, jobs: int, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._workers: list[_Worker[Any]] = [_Worker(seconds, memory) for _ in range(jobs)]
        self._helpless = False  # no process starts here

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def results(
        self,
        work: Callable[[_Task], _Answer],
        tasks: Iterable[_Task],
        lost: Callable[[_Task, str], _Answer],
    ) -> Iterator[_Answer]:
        """Yield what `work` makes of each task, in the order of completion.

        A task whose process died or hung, or that raised, is answered by `lost(task, why)`; `why`
        is DIED, HUNG or the exception as text. Where no process can start (in a script without a
        main guard, say) the work is done in this one.
        """
        waiting = iter(tasks)
        try:
            while True:
                for worker in self._workers:
                    if worker.given is None and not self._helpless:
                        yield from self._hand_out(worker, work, waiting)
                if self._helpless:
                    yield from map(work, waiting)
                busy = [worker for worker in self._workers if worker.given]
                if not busy:
                    return
                for worker in _ready(busy):
                    yield from self._answer(worker, work, lost)
        finally:
            for worker in self._workers:
                if worker.given:  # nobody waits for it any more
                    worker.end()
                    worker.given = None

    def _hand_out(
        self, worker: _Worker[_Task], work: Callable[[_Task], _Answer], waiting: Iterator[_Task]
    ) -> Iterator[_Answer]:
        """Give `worker` the next task; yield its answer where no process can do it."""
        for task in waiting:
            if not worker.give(work, task):
                self._helpless = True
                yield work(task)
            return

    def _answer(
        self,
        worker: _Worker[_Task],
        work: Callable[[_Task], _Answer],
        lost: Callable[[_Task, str], _Answer],
    ) -> Iterator[_Answer]:
        """Yield the answer of `worker`; where it died of earlier tasks, this one is tried again."""
        given, fresh = cast("_Given[_Task]", worker.given), worker.fresh
        if time.monotonic() > given.deadline and not worker.pipe.poll():
            worker.end()
            worker.given = None
            yield lost(given.task, HUNG)
            return
        answer = worker.take()
        worker.given = None
        if not isinstance(answer, _Fault):
            yield answer
        elif not fresh and answer.cause.startswith((DIED, "MemoryError")):
            worker.end()  # its memory is what earlier tasks left of it
            if not worker.give(work, given.task):
                yield lost(given.task, answer.cause)
        else:
            yield lost(given.task, answer.cause)


def _ready(busy: list[_Worker[Any]]) -> list[_Worker[Any]]:
    """Wait for workers that have answered, died, or are past their time."""
    first = min(worker.given.deadline for worker in busy if worker.given)
    done = wait([worker.pipe for worker in busy], max(0.0, first - time.monotonic()) + 0.01)
    now = time.monotonic()
    return [
        worker
        for worker in busy
        if worker.pipe in done or (worker.given and now > worker.given.deadline)
    ]


@contextlib.contextmanager
def _held_back() -> Iterator[None]:
    """Hold Ctrl-C back while a process starts: until it ignores it (`_begin`), it would print a
    traceback. What is pressed meanwhile reaches this process afterwards.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _context() -> multiprocessing.context.BaseContext:
    """Return how processes start: a fork copies no threads, so it serves where there are none."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    if threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "jixiao_xlsx.batch.deliver"])
    return context


def _serve(pipe: Connection[Any, Any], seconds: float, memory: int) -> None:
    """Do the tasks that come through `pipe` until there are no more."""
    _begin(memory)
    pipe.send(_Ready())
    while True:
        try:
            work, task = pipe.recv()
        except (EOFError, OSError):
            return
        limit_time(seconds)
        collect_seldom()
        try:
            answer = work(task)
        except Exception as error:
            answer = _Fault(error_text(error))
        try:
            pipe.send(answer)
        except OSError:
            return
        except Exception as error:  # an answer that cannot be sent
            pipe.send(_Fault(error_text(error)))


def _begin(memory: int) -> None:
    """Prepare a process: its limits, its end with the parent, and a quiet stderr."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # ends at once, in the middle of C code too
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who ends this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        # What a library prints before it aborts is of no use on a reviewer's screen.
        os.dup2(nowhere.fileno(), 2)
    limit_process(memory)


def _end_with_parent() -> None:
    """Exit when the parent ends, however it ends: nothing may be written for a run that is over."""
    if parent := multiprocessing.parent_process():
        with contextlib.suppress(OSError):
            parent.join()
        os._exit(1)
