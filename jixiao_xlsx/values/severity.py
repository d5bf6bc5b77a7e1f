"""How serious a finding or a cause is."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """错误 must be corrected; 警告 may stand with a 情况说明; 提示 is a note."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def label(self) -> str:
        return {"error": "错误", "warning": "警告", "note": "提示"}[self.value]

    @property
    def rank(self) -> int:
        return {"error": 0, "warning": 1, "note": 2}[self.value]
