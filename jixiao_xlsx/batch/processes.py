"""Work in processes that may die, hang or eat memory: each such task costs its own answer only.

Every process has a limit of memory, every task a limit of time. The pool is pebble's.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from multiprocessing.synchronize import Event
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from jixiao_xlsx.values.program import error_text

SECONDS = 60.0  # for one file; a workbook of the season takes a twentieth of one
_MEMORY = 1 << 30  # bytes of address space, what the libraries take included
_START = 60.0  # seconds for a process to start
_POOLS = 3  # pools that may break before the tasks left are given up

DIED, HUNG = "died", "hung"
_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")


class _Fault(Exception):
    """An exception raised by a task, as text."""


def in_processes(
    work: Callable[[_Task], _Answer],
    tasks: Sequence[_Task],
    jobs: int,
    lost: Callable[[_Task, str], _Answer],
    *,
    seconds: float = SECONDS,
    memory: int = _MEMORY,
) -> Iterator[_Answer]:
    """Yield what `work` makes of each task, in the order of completion.

    A task whose process died or hung, or that raised, is answered by `lost(task, why)`; `why` is
    DIED, HUNG or the exception as text. Where no process can start (in a script without a main
    guard, say) the work is done in this one.
    """
    waiting = deque(tasks)
    context = multiprocessing.get_context("spawn")  # alike everywhere, and never copies threads
    started = context.Event()
    for _ in range(_POOLS):
        if not waiting:
            return
        pool = ProcessPool(
            min(jobs, len(waiting)),
            initializer=_begin,
            initargs=(started, memory),
            context=context,
        )
        try:
            yield from _answers(pool, work, waiting, jobs, lost, seconds)
        finally:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()
        if waiting and not started.is_set():
            yield from map(work, waiting)
            return
    yield from (lost(task, DIED) for task in waiting)


def _answers(
    pool: ProcessPool,
    work: Callable[[_Task], _Answer],
    waiting: deque[_Task],
    jobs: int,
    lost: Callable[[_Task, str], _Answer],
    seconds: float,
) -> Iterator[_Answer]:
    """Yield the answers of one pool; when it breaks, the tasks without one are `waiting` again."""
    running: dict[Future[_Answer], _Task] = {}
    try:
        while waiting or running:
            while waiting and len(running) <= jobs:  # one more than processes: none is idle
                future: Future[_Answer] = pool.schedule(
                    _do, (work, waiting[0], seconds), timeout=seconds
                )
                running[future] = waiting.popleft()
            done = wait(running, seconds + _START, FIRST_COMPLETED).done
            if not done:
                return
            for future in done:
                answer = _result(future, running[future], lost)
                del running[future]
                yield answer
    except RuntimeError:  # the pool broke: BrokenExecutor, or no more tasks taken
        return
    finally:
        waiting.extendleft(reversed(running.values()))


def _result(future: Future[_Answer], task: _Task, lost: Callable[[_Task, str], _Answer]) -> _Answer:
    """Return the answer to a task that is done. Raises BrokenExecutor where its pool broke."""
    try:
        return future.result()
    except BrokenExecutor:
        raise
    except ProcessExpired:
        return lost(task, DIED)
    except TimeoutError:
        return lost(task, HUNG)
    except _Fault as fault:
        return lost(task, str(fault))
    except Exception as error:  # an answer that cannot be sent
        return lost(task, error_text(error))


def _do(work: Callable[[_Task], _Answer], task: _Task, seconds: float) -> _Answer:
    """Do one task in a process of the pool. Raises _Fault for what `work` raises."""
    _limit_time(seconds)
    try:
        return work(task)
    except Exception as error:
        raise _Fault(error_text(error)) from None


def _begin(started: Event, memory: int) -> None:
    """Prepare a process of the pool: its limits, its end with the parent, and a quiet stderr."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # ends at once, in the middle of C code too
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if sys.platform == "win32":
        _limit_windows_memory(memory)
    else:
        _limit_memory(memory)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        # What a library prints before it aborts is of no use on a reviewer's screen.
        os.dup2(nowhere.fileno(), 2)
    started.set()


def _end_with_parent() -> None:
    """Exit when the parent ends, however it ends: nothing may be written for a run that is over."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _limit_memory(memory: int) -> None:
    """Limit the address space of this process, and let it leave no core file."""
    import resource

    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = memory if most == resource.RLIM_INFINITY else min(memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: float) -> None:
    """Limit the CPU time of the task that begins; the pool's own limit comes first, as a rule."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        limit = int(time.process_time() + 2 * seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, most))


def _limit_windows_memory(memory: int) -> None:
    """Put this process into a Job Object with a limit of memory. Not verified on Windows."""
    if sys.platform != "win32":
        return
    # JOBOBJECT_EXTENDED_LIMIT_INFORMATION: the flags stand behind two 64-bit times, the limit of
    # a process's memory behind the basic limits (64 bytes) and the I/O counters (48 bytes).
    information = (ctypes.c_uint64 * 18)()
    ctypes.cast(information, ctypes.POINTER(ctypes.c_uint32))[4] = 0x100  # PROCESS_MEMORY
    information[14] = memory
    kernel = ctypes.WinDLL("kernel32")
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    kernel.SetInformationJobObject(job, 9, ctypes.byref(information), ctypes.sizeof(information))
    kernel.AssignProcessToJobObject(job, ctypes.c_void_p(-1))  # this process
