"""What the author of a form probably meant by a name that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_ALIKE = 0.6


def perhaps(name: str, known: Iterable[str]) -> str:
    """Return “，是不是“…”？” with the known name that is most alike; "" where none is."""
    near = get_close_matches(name, [one for one in known if one], 1, _ALIKE)
    return f"，是不是“{near[0]}”？" if near else ""
