"""The units of money that a file states: in a line above a table, in its title, in a heading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jixiao_xlsx.reading.cell_value import text_cell
from jixiao_xlsx.reading.find_tables import Header, TitledRows
from jixiao_xlsx.reading.table_draft import TableDraft
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.cells import StatedUnit

_MONEY = r"(?P<unit>亿元|千万元|百万元|十万元|万元|千元|百元|元)"
_LINE = re.compile(rf"(?<![报制送管算])单位:(?:人民币)?[(]?{_MONEY}(?![\u4e00-\u9fff])")
_BESIDE = re.compile(rf"(?:[(\[](?:[^()\[\]]*[:,、])?|[:/]){_MONEY}[)\]]?$")


def stated_units(draft: TableDraft, header: Header, lines: TitledRows) -> Iterator[StatedUnit]:
    """Yield the units stated for a table as a whole, for its columns and for its rows.

    A line above several tables of a sheet is stated for each of them.
    """
    above = _above(draft, header)
    if above is not None:
        place, unit = above
        yield StatedUnit(unit, text_cell(draft.sheet, *place, draft.table.name))
    keys = draft.sheet.keys
    for title, place in header.cells.items():
        if "元" in keys.get(place, "") and (unit := _unit(_BESIDE, keys[place])):
            yield StatedUnit(unit, text_cell(draft.sheet, *place, "", title), column=title)
    for title, place in lines.labels.items():
        if "元" in keys.get(place, "") and (unit := _unit(_BESIDE, keys[place])):
            yield StatedUnit(unit, text_cell(draft.sheet, *place, title), row=title)


def _above(draft: TableDraft, header: Header) -> tuple[Position, str] | None:
    """Return the statement nearest above the headings, or in a corner of them."""
    nearest = None
    for place, text in draft.sheet.keys.items():  # in reading order
        if place[0] > header.bottom:
            break
        if "元" in text and place not in header.cells.values():
            unit = _unit(_LINE, text) or _in_title(draft, place, text)
            nearest = (place, unit) if unit else nearest
    return nearest


def _in_title(draft: TableDraft, place: Position, text: str) -> str:
    """Return the unit in brackets at the end of the table's own title line."""
    own = draft.region.start <= place[0]
    return _unit(_BESIDE, text) if own and len(text) > _SHORT else ""


_SHORT = 6  # letters: a shorter text is no title


def _unit(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match["unit"] if match else ""
