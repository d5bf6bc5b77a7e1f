"""The county's roster, as the bureau keeps it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent.parent / "departments.csv"


@dataclass(frozen=True)
class Entry:
    """One line of departments.csv, as far as the workbooks need it."""

    code: str
    name: str
    short: str
    contact: str
    phone: str


def load() -> dict[str, Entry]:
    """Departments by 简称."""
    with FILE.open(encoding="utf-8-sig", newline="") as stream:
        lines = [
            Entry(r["部门编码"], r["部门名称"], r["简称"], r["联系人"], r["电话"])
            for r in csv.DictReader(stream)
        ]
    return {one.short: one for one in lines}
