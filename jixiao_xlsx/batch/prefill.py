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
from jixiao_xlsx.checking.reference_cells import is_referred_to, reference_ref
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
    """Figures by department name, in the unit of their cells, and notes on the sources.

    `locked` are the cells, by department name, that the bureau alone fills.
    """

    by_department: Mapping[str, Figures] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    locked: Mapping[str, frozenset[Ref]] = field(default_factory=dict)

    def __or__(self, other: Ahead) -> Ahead:
        names = self.by_department.keys() | other.by_department.keys()
        joined = {
            name: {**self.by_department.get(name, {}), **other.by_department.get(name, {})}
            for name in names
        }
        return Ahead(joined, self.notes + other.notes, {**self.locked, **other.locked})


# --------------------------------------------------------------------------------- approved budget


def approved(
    lines: Iterable[ReferenceLine], roster: Sequence[Department], template: Template
) -> Ahead:
    """Return the approved budgets of the departments of `roster`; notes name unused lines."""
    owners = {tidy(department.code): department.name for department in roster if department.code}
    found: dict[str, dict[Ref, Decimal]] = {}
    notes: list[str] = []
    for line in lines:
        owner, known = owners.get(tidy(line.code)), is_referred_to(template, line.item)
        if owner is None or not known:
            why = f"部门编码“{line.code}”不在名册中" if owner is None else _no_row(line.item)
            notes.append(f"{line.source}：{why}，未预填")
            continue
        found.setdefault(owner, {}).update(_figures(line, BUDGETS, template))
    return Ahead(found, tuple(notes))


def _no_row(item: str) -> str:
    return f"表里没有“{item}”这一项"


def closed(lines: Iterable[ReferenceLine], template: Template) -> Ahead:
    """Return the figures of the final accounts, which a department need not type and cannot change.

    Those printed too coarsely for their cells (万元 for a cell in 元) are left to the department;
    a formula of the form stays one. A 0 is not typed: beside blanks it would look like a filled
    line, and 自检 of an untouched workbook would call it wrong.
    """
    found: dict[str, dict[Ref, Decimal]] = {}
    coarse: dict[str, str] = {}
    for line in lines:
        if line.grain:
            coarse.setdefault(line.department, line.source)
            continue
        figures = {
            ref: value
            for ref, value in _figures(line, tuple(line.amounts), template)
            if value and not template.is_auto(ref)
        }
        found.setdefault(line.department, {}).update(figures)
    notes = tuple(
        f"{source}：{name}的决算表以万元列示，不够填到元，没有预填（核对时仍然对照）"
        for name, source in coarse.items()
    )
    locked = {name: frozenset(figures) for name, figures in found.items()}
    return Ahead(found, notes, locked)


def _figures(
    line: ReferenceLine, kinds: Iterable[str], template: Template
) -> Iterator[tuple[Ref, Decimal]]:
    for kind in kinds:
        ref = reference_ref(template, line.item, kind) if kind in line.amounts else None
        if ref:
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
