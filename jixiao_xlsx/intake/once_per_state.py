"""Files of the bureau read once for all the files of a run, and again when they have changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar

_Result = TypeVar("_Result")
_KEPT = 4


def once_per_state(read: Callable[[Path], _Result]) -> Callable[[Path], _Result]:
    """Return `read`, cached for a file or folder by its time of change and its size."""

    @lru_cache(maxsize=_KEPT)
    def known(path: Path, state: tuple[int, int]) -> _Result:
        return read(path)

    @wraps(read)
    def fresh(path: Path) -> _Result:
        return known(path, _state(path))

    return fresh


def _state(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:  # `read` reports it
        return 0, 0
    return facts.st_mtime_ns, facts.st_size
