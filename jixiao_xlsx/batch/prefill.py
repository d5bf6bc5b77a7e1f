"""Prefilled figures of a department: its approved budget, and last year's closing figures.

Which cell follows from which is data ([reference] and [[carry]] of the spec). What cannot be placed
is in the notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from jixiao_xlsx.batch.failures import Failure
from jixiao_xlsx.batch.identify import failed, from_inbox, identity_of_submission
from jixiao_xlsx.batch.opener import Opener
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.inbox import find_candidates
from jixiao_xlsx.season.rounds.closing_figures import carried, converted
from jixiao_xlsx.season.which_counts import place
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.people import Department, ReferenceLine
from jixiao_xlsx.values.text import joined, tidy
from jixiao_xlsx.values.work import Identity

BUDGETS = (
    "年初预算",
    "全年预算",
)  # what is approved before the year is over; 决算 is for the department to report

Figures = Mapping[Ref, Decimal]


@dataclass(frozen=True)
class Ahead:
    """Figures by department name, in the unit of their cells, and notes on the sources."""

    by_department: Mapping[str, Figures] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __or__(self, other: Ahead) -> Ahead:
        names = self.by_department.keys() | other.by_department.keys()
        joined = {
            name: {**self.by_department.get(name, {}), **other.by_department.get(name, {})}
            for name in names
        }
        return Ahead(joined, self.notes + other.notes)


# --------------------------------------------------------------------------------- approved budget


def approved(
    lines: Iterable[ReferenceLine], roster: Sequence[Department], template: Template
) -> Ahead:
    """Return the approved budgets of the departments of `roster`; notes name unused lines."""
    owners = {tidy(department.code): department.name for department in roster if department.code}
    found: dict[str, dict[Ref, Decimal]] = {}
    notes: list[str] = []
    for line in lines:
        owner, row = owners.get(tidy(line.code)), _row(line.item, template)
        if owner is None or row is None:
            notes.append(
                f"{line.source}："
                f"{f'部门编码“{line.code}”不在名册中' if owner is None else f'表里没有“{line.item}”这一项'}"
                "，未预填"
            )
            continue
        found.setdefault(owner, {}).update(_budgets(line, row, template))
    return Ahead(found, tuple(notes))


def _row(item: str, template: Template) -> str | None:
    """Return the row of the form that an item of the reference means."""
    table = template.table.get(template.reference_table)
    wanted = tidy(item)
    for row in table.rows if table else ():
        spellings = {tidy(name) for name in (row.title, *row.aliases)}
        if wanted in spellings or f"其中:{wanted}" in spellings:
            return row.title
    return None


def _budgets(line: ReferenceLine, row: str, template: Template) -> Iterator[tuple[Ref, Decimal]]:
    for kind in BUDGETS:
        column = template.reference_columns.get(kind)
        if column and kind in line.amounts:
            ref = Ref(template.reference_table, row, column)
            yield ref, converted(line.amounts[kind], "元", template.unit_of(ref))


# --------------------------------------------------------------------------------------- last year


def last_year(
    folder: Path, roster: Sequence[Department], year: int | None, template: Template
) -> Ahead:
    """Return the closing figures in last year's workbooks, by the roster's names.

    `year` is the year to come; None: unknown.

    A department's latest workbook counts; files that cannot be used are told in the notes.
    """
    identities: list[Identity] = []
    read: dict[str, Submission] = {}
    with Opener() as opener:
        for candidate in find_candidates([folder], None, opener.unpacked):
            if candidate.set_aside:
                continue
            start = from_inbox(candidate)
            data = opener.content(candidate)
            found = opener.read(data, candidate.file, template) if isinstance(data, bytes) else data
            if isinstance(found, Failure):
                identities.append(failed(start, found))
                continue
            read[candidate.file] = found
            start = replace(start, sha256=found.sha256)
            identities.append(identity_of_submission(start, found, template))
    placed = place(identities, roster, None if year is None else year - 1, {})
    notes = tuple(
        f"上年报表“{one.identity.file}”未用：{one.status.value}，"
        f"{joined(one.identity.reason, one.reason)}"
        for one in placed
        if not one.counts
    )
    return Ahead(
        {
            one.department: dict(carried(read[one.identity.file], template))
            for one in placed
            if one.counts
        },
        notes,
    )
