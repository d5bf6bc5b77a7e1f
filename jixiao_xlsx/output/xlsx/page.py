"""The workbook under the pen: what every sheet of the form is drawn with."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.blank.cell_formats import TITLE_SIZE, Looks
from jixiao_xlsx.output.xlsx.blank.contents import Content, Value, text_of
from jixiao_xlsx.output.xlsx.blank.layout import Address, Filling, Layout, Position, a1, qualified
from jixiao_xlsx.output.xlsx.formula_values import cached
from jixiao_xlsx.output.xlsx.styles import height

CALC = "_calc"
_GAP = "　　"
_FIELD = re.compile(r"\{(year|department)\}")


@dataclass(frozen=True)
class Canvas:
    """The workbook, its formats, and everything there is to know about what goes into it."""

    book: Any
    looks: Looks
    layout: Layout
    contents: Mapping[Address, Content]
    filling: Filling

    @property
    def template(self) -> Template:
        """The form."""
        return self.layout.template

    def role(self, name: str) -> tuple[str, Value]:
        """The qualified reference and the value of a role's cell; ("", None) where the form has none."""
        ref = self.template.roles.get(name)
        if ref is None or ref.table not in self.layout.tables:
            return "", None
        address: Address = (ref.table, ref.row, ref.column)
        return self.refer(address), self.contents[address].value

    def refer(self, address: Address) -> str:
        """A grid cell as it stands in a formula on any sheet."""
        return qualified(
            self.layout.sheet_of(address[0]), a1(*self.layout.position(address), absolute=True)
        )


def write(sheet: Any, at: Position, content: Content, look: Any) -> None:
    """Write a cell by the kind of its content; text stays text whatever it looks like."""
    value = content.value
    if content.formula:
        sheet.write_formula(
            *at,
            f"={content.formula}",
            look,
            cached(float(value) if isinstance(value, Decimal) else text_of(value)),
        )
    elif isinstance(value, Decimal):
        sheet.write_number(*at, float(value), look)
    elif isinstance(value, dt.date):
        sheet.write_datetime(*at, dt.datetime(value.year, value.month, value.day), look)
    elif value:
        sheet.write_string(*at, value, look)
    else:
        sheet.write_blank(*at, None, look)


def span(sheet: Any, area: tuple[int, int, int, int], text: str, look: Any) -> None:
    """Text over an area (first row, first column, last row, last column); a single cell is not merged."""
    if area[:2] != area[2:]:
        sheet.merge_range(*area, "", look)
    if text:
        sheet.write_string(area[0], area[1], text, look)
    else:
        sheet.write_blank(area[0], area[1], None, look)


def write_title(
    canvas: Canvas, sheet: Any, at: Position, text: str, widths: list[float], own: str | None = None
) -> None:
    """A title over the sheet's whole width; {year} and {department} follow what is typed in their cells, `own` does not."""
    look = canvas.looks.title
    formula, shown = ("", own) if own is not None else _spelled(canvas, text)
    span(sheet, (at[0], at[1], at[0], len(widths) - 1), shown, look)
    if formula:
        sheet.write_formula(*at, f"={formula}", look, shown)
    sheet.set_row(at[0], height([(shown, sum(widths))], size=TITLE_SIZE, least=36))


def _spelled(canvas: Canvas, text: str) -> tuple[str, str]:
    """A heading with {year} and {department}, as a formula ("" where nothing varies) and as it reads now."""
    pieces: list[str] = []
    shown = ""
    varies = False
    for number, piece in enumerate(_FIELD.split(text)):
        if number % 2 == 0:
            pieces += [quoted(piece)] if piece else []
            shown += piece
            continue
        ref, value = canvas.role(piece)
        gap = _GAP if piece == "year" else ""
        shown += text_of(value) or gap
        varies = varies or bool(ref)
        pieces.append(f'IF({ref}="",{quoted(gap)},{ref})' if ref else quoted(gap))
    return ("&".join(pieces) if varies else ""), shown


def quoted(text: str) -> str:
    """A text constant of a formula."""
    return '"' + text.replace('"', '""') + '"'


def write_who(canvas: Canvas, sheet: Any, line: int) -> None:
    """填报单位 at the left of the unit line."""
    ref, value = canvas.role("department")
    if ref:
        shown = f"填报单位：{text_of(value)}"
        sheet.write_formula(line, 0, f'="填报单位："&IF({ref}="","",{ref})', canvas.looks(), shown)
