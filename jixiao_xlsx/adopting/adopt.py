"""From a county's blank workbook to the folder of a drafted form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jixiao_xlsx.adopting.drafting.draft import FormName, draft_of, form_title
from jixiao_xlsx.adopting.roles import field_role, year_of_blank
from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.boxes import Box, Grid, boxed_sheets
from jixiao_xlsx.adopting.understanding import Understanding, understand
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.table_files import rows_alone
from jixiao_xlsx.reading.workbook import Unreadable

_LEAST_COLUMNS = 5
_NO_ID = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class Adopted:
    """A drafted form: what was understood, its spec as values, the name and bytes of its blank."""

    understanding: Understanding
    spec: dict[str, Any]
    blank: str
    data: bytes


def understand_file(data: bytes) -> Understanding:
    """Return what is understood of a workbook. Raises Unreadable."""
    try:
        return understand(boxed_sheets(data)[1])
    except Refused as refusal:
        raise Unreadable(refusal.reason) from refusal


def draft_from_blank(data: bytes, file: Path, folder: str, year: int | None = None) -> Adopted:
    """Return the draft of a form for a blank of that name. Raises Unreadable: nothing to fill.

    `year` is the one its titles speak of, where they do not say.
    """
    data = blank_of_list(data) or data
    understanding = understand_file(data)
    if not understanding.fields:
        raise Unreadable("没有认出要填的格。请确认这是空白表（表头、项目印好，要填的格空着）")
    stated = year_of_blank(understanding)
    year = stated if stated is not None else year
    blank = f"空白表{'.xlsx' if data[:2] == b'PK' else file.suffix.lower()}"
    name = FormName(_NO_ID.sub("-", folder) or "form", form_title(understanding, file.stem), blank)
    return Adopted(understanding, draft_of(understanding, name, year), blank, data)


def blank_of_list(data: bytes) -> bytes | None:
    """Return the headings of a list of indicators that came filled in, as exports do, for a blank.

    None of any other workbook. Raises Unreadable.
    """
    try:
        grids = boxed_sheets(data)[1]
        for number, grid in enumerate(grids):
            if (head := _head_of_filled_list(grid)) is not None:
                return rows_alone(data, number, range(head + 1))
    except Refused as refusal:
        raise Unreadable(refusal.reason) from refusal
    return None


def _head_of_filled_list(grid: Grid) -> int | None:
    """Return the row of the headings of a list that has lines filled in below; None of others."""
    for row in range(grid.height):
        boxes = [box for box in grid.starting(row) if box.label]
        if len(boxes) >= _LEAST_COLUMNS and words.lists_indicators(box.key for box in boxes):
            return row if _says_whose(grid, boxes) else None
    return None


def _says_whose(grid: Grid, headings: Sequence[Box]) -> bool:
    """Return whether departments or projects are written below one of the headings."""
    columns = [box for box in headings if field_role((box.text,)) in ("department", "item")]
    return any(grid.box(box.bottom + 1, box.left).label for box in columns)
