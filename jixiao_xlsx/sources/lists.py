"""Lists of the bureau (approved targets, projects) read by the titles of their columns: data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jixiao_xlsx.reading.cell_value import value_text
from jixiao_xlsx.reading.sheets import read_worksheets
from jixiao_xlsx.reading.titles import title_key
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.sources.sheet_titles import (
    beside_label,
    heading_key,
    name_and_code,
    unit_of_sheet,
    year_of_sheet,
)

_DATA = Path(__file__).with_name("lists.toml")
_DEEPEST = 40  # rows above the headings of a form that has its list below other things
_SUMS = frozenset({"合计", "总计", "小计", "总分"})
# What stands once for several lines: merged, or written in the first of them only. A line that
# has one of a group begins this group, and those after it, anew: a department, its projects.
_GOES_ON = (("code", "department"), ("item", "project"), ("level1", "level2"))
_TARGETS, _PROJECTS = "targets", "projects"


@dataclass(frozen=True)
class ListLayout:
    """The columns of a kind of list by field, each with its titles as keys; what it must have."""

    columns: Mapping[str, frozenset[str]]
    needed: tuple[str, ...]
    above: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a list: what is typed by field, and where.

    `unit` is the unit of money stated above the list, `year` the year.
    """

    source: str
    cells: Mapping[str, str]
    unit: str = ""
    year: int | None = None


@cache
def list_layout(kind: str) -> ListLayout:
    """Return what a kind of list looks like: lists.toml."""
    data = tomllib.loads(_DATA.read_text("utf-8"))
    owner = {"department": data["department"]["name"], "code": data["department"]["code"]}
    titles: dict[str, list[str]] = {**owner, **data[kind]["columns"]}
    return ListLayout(
        {field: frozenset(title_key(one) for one in ones) for field, ones in titles.items()},
        tuple(data[kind]["needed"]),
        {field: tuple(titles[field]) for field in (*owner, *data[kind]["above"])},
    )


def read_targets(data: bytes, file: str) -> tuple[SourceLine, ...]:
    """Return the lines of approved targets in a workbook. Raises Refused."""
    return tuple(_lines(data, file, list_layout(_TARGETS)))


def read_projects(data: bytes, file: str) -> tuple[SourceLine, ...]:
    """Return the lines of a list of projects in a workbook. Raises Refused."""
    return tuple(_lines(data, file, list_layout(_PROJECTS)))


def _lines(data: bytes, file: str, layout: ListLayout) -> Iterator[SourceLine]:
    for sheet in read_worksheets(data, lambda name, hidden: not hidden):
        head = _head(sheet, layout)
        if head is not None:
            yield from _of_sheet(sheet, *head, layout, file)


def _head(sheet: Worksheet, layout: ListLayout) -> tuple[int, Mapping[str, int]] | None:
    """Return the row of the titles and the column of each field; of a field its first title."""
    for row in range(min(_DEEPEST, sheet.height)):
        found: dict[str, int] = {}
        for column in sheet.columns_in(row):
            key = heading_key(sheet.keys.get((row, column), ""))
            for field, titles in layout.columns.items():
                if key in titles:
                    found.setdefault(field, column)
        if all(field in found for field in layout.needed):
            return row, found
    return None


def _of_sheet(
    sheet: Worksheet, head: int, columns: Mapping[str, int], layout: ListLayout, file: str
) -> Iterator[SourceLine]:
    above = {
        field: beside_label(sheet, titles)
        for field, titles in layout.above.items()
        if field not in columns
    }
    unit, year = _unit_of(sheet, head, columns) or unit_of_sheet(sheet), year_of_sheet(sheet)
    last: dict[str, str] = {}
    for row in range(head + 1, sheet.height):
        typed = {field: _text(sheet, row, column) for field, column in columns.items()}
        if not all(typed[field] for field in layout.needed[:1]) or _is_sum(typed.values()):
            continue
        last = _going_on(typed, last)
        cells = {**above, **typed, **{field: text for field, text in last.items() if text}}
        name, code = name_and_code(cells.get("department", ""), cells.get("code", ""))
        cells |= {"department": name, "code": code}
        yield SourceLine(f"“{file}·{sheet.name}”第 {row + 1} 行", cells, unit, year)


def _going_on(typed: Mapping[str, str], last: Mapping[str, str]) -> dict[str, str]:
    """Return what holds for a line of the fields that are written once for several lines."""
    found: dict[str, str] = {}
    anew = False
    for group in _GOES_ON:
        anew = anew or any(typed.get(field) for field in group)
        found |= {field: (typed if anew else last).get(field, "") for field in group}
    if not typed.get("level1") and "level1" in typed:  # of headings only what is above changes
        found["level1"] = last.get("level1", "")
        found["level2"] = typed.get("level2") or last.get("level2", "")
    return found


def _unit_of(sheet: Worksheet, head: int, columns: Mapping[str, int]) -> str:
    """Return the unit of money in brackets in the heading of an amount: 全年预算数（万元）."""
    for field in ("budget", "spent"):
        text = sheet.keys.get((head, columns[field]), "") if field in columns else ""
        for unit in ("万元", "元"):
            if text.endswith((f"({unit})", f"[{unit}]")):
                return unit
    return ""


def _text(sheet: Worksheet, row: int, column: int) -> str:
    area = sheet.covered.get((row, column))
    raw = sheet.raw(*(area[:2] if area else (row, column)))
    if raw is None:
        return ""
    if (row, column) in sheet.flags.percents and isinstance(raw, float):
        return f"{round(raw * 100, 6):g}%"
    return value_text(raw).strip()


def _is_sum(texts: Iterable[str]) -> bool:
    return any(title_key(text) in _SUMS for text in texts)


def sources_of(lines: Sequence[SourceLine]) -> str:
    """Return the file that lines are from, as people call it."""
    return lines[0].source.partition("·")[0] + "”" if lines else ""
