"""A list of all departments in one sheet, cut into a workbook for each department and project.

A list is a container, as an archive is: its parts are candidates, and read as if each had been
sent alone, with the lines of the headings above.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from jixiao_xlsx.form.spec import TableSpec, Template
from jixiao_xlsx.intake.candidates import Candidate, FileRole, Step
from jixiao_xlsx.reading.workbook import read_bytes
from jixiao_xlsx.values.addresses import position
from jixiao_xlsx.values.cells import Row, Table
from jixiao_xlsx.values.text import tidy

_NO_NAME = re.compile(r'[\\/:*?"<>|\s]+')
_OF_WHOM = ("department", "code", "year", "item")  # from the widest to the narrowest


def parts_of_list(candidate: Candidate, form: Template) -> tuple[Candidate, ...]:
    """Return a candidate for each department and project of a list; () where it is none.

    Raises Unreadable, Refused, OSError.
    """
    spec = form.listed
    assert spec is not None
    submission = read_bytes(candidate.content(), candidate.file, form)
    table = submission.get(spec.name)
    groups = _groups(table, spec) if table is not None else {}
    if table is None or not groups:
        return ()
    sheet = submission.sheets.index(table.sheet)
    first = min(line for lines in groups.values() for line in lines)
    names = _unique([_name(whose) for whose in groups])
    return tuple(
        replace(
            candidate,
            file=f"{candidate.file}/{name}.xlsx",
            steps=(*candidate.steps, Step(FileRole.LIST, sheet, rows=(*range(first), *lines))),
            beside=candidate.file,
        )
        for name, lines in zip(names, groups.values(), strict=True)
    )


def _groups(table: Table, spec: TableSpec) -> Mapping[tuple[str, ...], Sequence[int]]:
    """Return the lines of each department and project, counted from 0.

    A key left blank (merged, or written once) holds from above.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    whose: tuple[str, ...] = ()
    for row in table.open_rows:
        typed = _typed(row, spec)
        whose = _from_above(typed, whose)
        lines = [position(cell.ref)[0] for cell in row.cells.values()]
        if any(whose) and lines:
            groups.setdefault(whose, []).append(lines[0])
    return groups


def _from_above(typed: tuple[str, ...], above: tuple[str, ...]) -> tuple[str, ...]:
    """Return keys with the blanks filled from above, up to the first that is new."""
    found: list[str] = []
    new = not above
    for number, own in enumerate(typed):
        found.append(own if own or new else above[number])
        new = new or bool(own and own != above[number])
    return tuple(found)


def _typed(row: Row, spec: TableSpec) -> tuple[str, ...]:
    cells = [row.get(spec.keys.get(key, "")) for key in _OF_WHOM]
    return tuple(tidy(cell.text) if cell is not None else "" for cell in cells)


def _unique(names: Sequence[str]) -> list[str]:
    """Return names of which none stands twice."""
    seen = Counter[str]()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}（{seen[name]}）")
    return found


def _name(whose: Sequence[str]) -> str:
    """Return what the part of a department and its project is called."""
    return "·".join(_NO_NAME.sub(" ", text).strip() for text in whose if text)
