"""No pattern is held up by the worst text for it; by hand with a megabyte (worst_text.py)."""

from __future__ import annotations

import worst_text


def test_no_pattern_is_held_up_by_its_worst_text() -> None:
    assert len(worst_text.patterns()) > 200
    assert worst_text.slow(1 << 17) == []
