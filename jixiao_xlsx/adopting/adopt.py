"""From a county's blank workbook to the folder of a drafted form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jixiao_xlsx.adopting.drafting.draft import FormName, draft_of, form_title
from jixiao_xlsx.adopting.roles import year_of_blank
from jixiao_xlsx.adopting.seen.boxes import boxed_sheets
from jixiao_xlsx.adopting.understanding import Understanding, understand
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.reading.workbook import Unreadable

_NO_ID = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class Adopted:
    """A drafted form: what was understood, its spec as values, and the name of its blank."""

    understanding: Understanding
    spec: dict[str, Any]
    blank: str


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
    understanding = understand_file(data)
    if not understanding.fields:
        raise Unreadable("没有认出要填的格。请确认这是空白表（表头、项目印好，要填的格空着）")
    stated = year_of_blank(understanding)
    year = stated if stated is not None else year
    blank = f"空白表{file.suffix.lower()}"
    name = FormName(_NO_ID.sub("-", folder) or "form", form_title(understanding, file.stem), blank)
    return Adopted(understanding, draft_of(understanding, name, year), blank)
