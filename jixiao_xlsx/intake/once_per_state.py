"""What is read out of the bureau's own files: once for all the files of a run, and again after someone has changed them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")
_KEPT = 4


def once_per_state(read: Callable[[Path], Result]) -> Callable[[Path], Result]:
    """`read`, which is not called again for a file or folder as long as its time of change and its size are the same."""

    @lru_cache(maxsize=_KEPT)
    def known(path: Path, state: tuple[int, int]) -> Result:
        return read(path)

    @wraps(read)
    def fresh(path: Path) -> Result:
        return known(path, _state(path))

    return fresh


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:  # for `read` to tell
        return 0, 0
    return found.st_mtime_ns, found.st_size
