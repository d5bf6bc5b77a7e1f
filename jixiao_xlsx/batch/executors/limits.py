"""The limits of one process, set in the process itself: memory, processor time, open files."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_OPEN_FILES = 256
_MUCH_GARBAGE = 200_000  # objects, about 20 MB


def limit_process(memory: int) -> None:
    """Let this process take `memory` more bytes, open few files, and leave no core file."""
    if sys.platform == "win32":
        _windows_job(memory, None)
        return
    import resource

    _limit(resource.RLIMIT_AS, _address_space() + memory)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_CORE, 0)


def limit_time(seconds: float) -> None:
    """Let this process take so many seconds of processor time from here on; then it is ended."""
    taken = time.process_time()
    if sys.platform == "win32":
        _windows_job(None, taken + seconds)
        return
    import resource

    _limit(resource.RLIMIT_CPU, int(taken + seconds) + 1)


def ran_out_of_time(exit_code: int | None) -> bool:
    """Return whether a process ended for its limit of processor time."""
    if sys.platform == "win32":
        return exit_code == 1816  # ERROR_NOT_ENOUGH_QUOTA
    import signal

    return exit_code == -signal.SIGXCPU


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Put off the search for circular garbage during one file: it costs a tenth of the time."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def collect_seldom() -> None:
    """Search for circular garbage only where much has gathered, in a process that does tasks.

    What is left by then is not searched again. To be called before every task.
    """
    if gc.isenabled():
        gc.disable()
        gc.freeze()
    elif gc.get_count()[0] > _MUCH_GARBAGE:
        gc.collect()
        gc.freeze()


def _limit(kind: int, wanted: int) -> None:
    import resource

    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(kind)
        limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(kind, (limit, most))


def _address_space() -> int:
    """Return the bytes of address space that this process takes; 0 where that is not told."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return pages * resource.getpagesize()
    return 0


_job: Any = None


def _windows_job(memory: int | None, seconds: float | None) -> None:
    """Put this process into a Job Object with a limit of memory, or limit its time.

    Not verified on Windows.
    """
    if sys.platform != "win32":
        return
    global _job, _job_memory
    kernel = ctypes.WinDLL("kernel32")
    if _job is None:
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        _job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
        kernel.AssignProcessToJobObject(_job, ctypes.c_void_p(-1))  # this process
    _job_memory = memory or _job_memory
    # JOBOBJECT_EXTENDED_LIMIT_INFORMATION: a 64-bit time first (of 100 ns), the flags behind two of
    # them, the limit of a process's memory behind the basic limits (64 bytes) and the I/O counters
    # (48 bytes).
    information = (ctypes.c_uint64 * 18)()
    flags = ctypes.cast(information, ctypes.POINTER(ctypes.c_uint32))
    flags[4] = 0x100 | (0x2 if seconds else 0)  # PROCESS_MEMORY, PROCESS_TIME
    information[0] = int((seconds or 0) * 10_000_000)
    information[14] = _job_memory
    kernel.SetInformationJobObject(_job, 9, ctypes.byref(information), ctypes.sizeof(information))


_job_memory = 0
