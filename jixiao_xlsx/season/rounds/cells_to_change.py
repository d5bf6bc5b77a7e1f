"""Return the cells that a finding asks to change: a change elsewhere is unexpected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.findings import Finding

Address = tuple[str, int, str]  # table, number of the row, column
_REFERENCE = re.compile(
    r"(?<![A-Za-z!'_.\d])([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?(?![\w(!])"
)
_MOST = 200
# What follows in a line once part of it was corrected: never its weight or its target.
_FOLLOW = ("rate", "score", "deviation", "explanation")
_TOTALS = ("self_total", "self_grade")


def asked(finding: Finding, addresses: Mapping[Place, Address]) -> set[Address]:
    """Return its cell and the related ones: every cell that its message and hint name."""
    return {addresses[place] for place in (finding.place, *finding.related) if place in addresses}


def parts(
    cells: set[Address],
    formulas: Mapping[Address, tuple[str, str]],
    addresses: Mapping[Place, Address],
) -> set[Address]:
    """Return the typed cells that the formulas among `cells` depend on: a total is corrected there.

    `formulas` are (sheet, text).
    """
    found, open_ = set(cells), list(cells)
    while open_:
        sheet, text = formulas.get(open_.pop(), ("", ""))
        new = {addresses[place] for place in _referred(sheet, text) if place in addresses} - found
        found |= new
        open_ += new
    return found


def _referred(sheet: str, text: str) -> Iterator[Place]:
    """Yield the cells of its own sheet that a formula reads, in ranges of at most _MOST cells."""
    for first, top, last, bottom in _REFERENCE.findall(text.replace("$", "")):
        if not last:
            yield Place(sheet, first + top)
        elif first == last:
            yield from (
                Place(sheet, f"{first}{row}")
                for row in range(int(top), min(int(bottom), int(top) + _MOST) + 1)
            )


def following(
    cells: set[Address], titles: Mapping[Address, str], template: Template
) -> Iterator[Address]:
    """Return the cells that follow when a line of scores is corrected.

    `titles` are the existing addresses with the title of their row.


    自评总分 and 自评等级 follow any of them, as 审核意见 says.
    """
    for table, row, _ in cells:
        columns = _columns(_own(table), template)
        for column in (columns[name] for name in _FOLLOW if name in columns):
            yield table, row, column
    prefixes = {
        table.removesuffix(_own(table)) for table, _, _ in cells if _columns(_own(table), template)
    }
    wanted = {
        (f"{prefix}{ref.table}", ref.row, ref.column)
        for prefix in prefixes
        for ref in _totals(template)
    }
    yield from (
        address for address, title in titles.items() if (address[0], title, address[2]) in wanted
    )


def _columns(table: str, template: Template) -> Mapping[str, str]:
    """Return the columns of a table of scores by their purpose."""
    if table == template.indicator_table:
        return template.indicator_columns
    return template.execution_columns if table == template.execution_table else {}


def _totals(template: Template) -> Iterator[Ref]:
    return (template.roles[name] for name in _TOTALS if name in template.roles)


def _own(table: str) -> str:
    """Return the form's name of a table that may be one of several copies."""
    return table.rpartition("·")[2]
