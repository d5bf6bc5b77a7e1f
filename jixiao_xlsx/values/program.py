"""What the program says of itself: its version, and its errors for run.json only."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

_MAX_LENGTH = 400
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # another one in every run
_PACKAGE = Path(__file__).parents[1]


def error_text(error: BaseException) -> str:
    """Return the type of `error`, its message, and the last line of this package it passed."""
    text = _ADDRESS.sub("", f"{type(error).__name__}: {error}")[:_MAX_LENGTH]
    places = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_PACKAGE)
    ]
    if not places:
        return text
    last = places[-1]
    return (
        f"{text} ({Path(last.filename).relative_to(_PACKAGE).as_posix()}:{last.lineno} {last.name})"
    )


def version() -> str:
    """Return the installed version of this package; "0" in a folder that was never installed."""
    from importlib import metadata

    try:
        return metadata.version("jixiao-xlsx")
    except metadata.PackageNotFoundError:
        return "0"
