"""What went wrong inside the program, for whoever maintains it: kept in run.json, never shown to a reviewer or a department."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

_MOST = 400
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # another one in every run
_HERE = Path(__file__).parents[1]


def described(error: BaseException) -> str:
    """The kind of `error`, its words, and the last line of this package that it came through."""
    words = _ADDRESS.sub("", f"{type(error).__name__}: {error}")[:_MOST]
    places = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_HERE)
    ]
    if not places:
        return words
    last = places[-1]
    return (
        f"{words} ({Path(last.filename).relative_to(_HERE).as_posix()}:{last.lineno} {last.name})"
    )
