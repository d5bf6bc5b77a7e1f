"""What one file of the inbox may cost to open, whatever is nested in it."""

from __future__ import annotations

from dataclasses import dataclass

from jixiao_xlsx.intake.file_kinds import Refused

MAX_ENTRIES = 20_000
MAX_INFLATED = 2**31  # bytes


class Exhausted(Refused):
    """The file costs more than any submission does: nothing more of it is opened."""


@dataclass(slots=True)
class Budget:
    """The files, and the bytes unpacked or decoded, that are left for one file of the inbox.

    All levels of archives and mails draw on the same budget.
    """

    entries: int = MAX_ENTRIES
    inflated: int = MAX_INFLATED

    def take_entry(self) -> None:
        """Draw one file. Raises Exhausted."""
        self.entries -= 1
        if self.entries < 0:
            raise Exhausted(f"里面的文件超过 {MAX_ENTRIES} 个，后面的没有读。请分批放入")

    def take_bytes(self, size: int) -> None:
        """Draw bytes that are to be unpacked. Raises Exhausted."""
        self.inflated -= size
        if self.inflated < 0:
            raise Exhausted(
                f"里面的文件展开后合计超过 {MAX_INFLATED / 2**30:.0f} GB，后面的没有读。"
                "请解压后只放入需要的文件"
            )
