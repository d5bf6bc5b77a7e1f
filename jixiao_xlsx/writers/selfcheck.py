"""自检."""

from __future__ import annotations

from typing import Any

from jixiao_xlsx.spec import SheetSpec
from jixiao_xlsx.writers.canvas import Canvas


def draw_selfcheck(canvas: Canvas, sheet: Any, spec: SheetSpec, calc: Any) -> None:
    """Draw it."""
