"""填报说明: how to fill the form, what the colours mean, and a list of its sheets."""

from __future__ import annotations

from typing import Any

from jixiao_xlsx.spec import SheetSpec
from jixiao_xlsx.writers.canvas import Canvas


def draw_guide(canvas: Canvas, sheet: Any, spec: SheetSpec) -> None:
    """Draw the first sheet."""
