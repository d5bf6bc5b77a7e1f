"""What every sheet of the form is drawn with, and the titles that sheets share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.blank.constants import CellValue
from jixiao_xlsx.output.xlsx.blank.contents import GridCell
from jixiao_xlsx.output.xlsx.blank.form_styles import TITLE_SIZE
from jixiao_xlsx.output.xlsx.blank.layout import CellAddress, Filling, Layout
from jixiao_xlsx.output.xlsx.cells import (
    put_merged,
    qualified,
    text_constant,
    typed_text,
)
from jixiao_xlsx.output.xlsx.page import row_height
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.values.addresses import Position, a1

CALC = "_calc"
_GAP = "　　"
_FIELD = re.compile(r"\{(year|department)\}")


@dataclass(frozen=True)
class Canvas:
    """The workbook, its formats, the layout and contents of its cells, and the filling."""

    book: Any
    styles: Styles
    layout: Layout
    contents: Mapping[CellAddress, GridCell]
    filling: Filling

    @property
    def template(self) -> Template:
        """The form."""
        return self.layout.template

    def role(self, name: str) -> tuple[str, CellValue]:
        """Return the qualified reference and the value of a role's cell.

        ("", None) where the form has none.
        """
        ref = self.template.roles.get(name)
        if ref is None or ref.table not in self.layout.tables:
            return "", None
        address: CellAddress = (ref.table, ref.row, ref.column)
        return self.refer(address), self.contents[address].value

    def refer(self, address: CellAddress) -> str:
        """Return a grid cell as it stands in a formula on any sheet."""
        return qualified(
            self.layout.sheet_of(address[0]), a1(*self.layout.position(address), absolute=True)
        )


def write_title(
    canvas: Canvas, sheet: Any, at: Position, text: str, widths: list[float], own: str | None = None
) -> None:
    """Write a title over the sheet's whole width.

    {year} and {department} of `text` follow what is typed in their cells; `own` stays as it is.
    """
    style = canvas.styles["title"]
    formula, text_now = ("", own) if own is not None else _heading(canvas, text)
    put_merged(sheet, (at[0], at[1], at[0], len(widths) - 1), text_now, style, whole=True)
    if formula:
        sheet.write_formula(*at, f"={formula}", style, text_now)
    sheet.set_row(at[0], row_height([(text_now, sum(widths))], size=TITLE_SIZE, least=36))


def _heading(canvas: Canvas, text: str) -> tuple[str, str]:
    """Return a heading as a formula, "" where nothing varies, and as it reads now."""
    pieces: list[str] = []
    text_now = ""
    varies = False
    for number, piece in enumerate(_FIELD.split(text)):
        if number % 2 == 0:
            pieces += [text_constant(piece)] if piece else []
            text_now += piece
            continue
        ref, value = canvas.role(piece)
        gap = _GAP if piece == "year" else ""
        text_now += typed_text(value) or gap
        varies = varies or bool(ref)
        pieces.append(f'IF({ref}="",{text_constant(gap)},{ref})' if ref else text_constant(gap))
    return ("&".join(pieces) if varies else ""), text_now


def write_who(canvas: Canvas, sheet: Any, line: int) -> None:
    """Write 填报单位 at the left of the unit line."""
    ref, value = canvas.role("department")
    if ref:
        text_now = f"填报单位：{typed_text(value)}"
        sheet.write_formula(
            line, 0, f'="填报单位："&IF({ref}="","",{ref})', canvas.styles(), text_now
        )
