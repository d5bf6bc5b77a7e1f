"""Settle a season: every file accounted for, and what all departments together show. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.season.across_departments import (
    crosscheck,
    strangers,
    unused_accounts,
    unused_lists,
)
from jixiao_xlsx.season.assign import Assignment
from jixiao_xlsx.season.bureau_files import BureauFiles
from jixiao_xlsx.season.material import with_hints, with_material
from jixiao_xlsx.season.project_coverage import of_projects, projects_covered
from jixiao_xlsx.season.review import apply_reviews
from jixiao_xlsx.season.review.clauses import far_apart, uses_of
from jixiao_xlsx.season.review.decisions import idle_decisions
from jixiao_xlsx.season.rounds.earlier_round import EarlierRound, reports_left
from jixiao_xlsx.season.waivers import idle_waivers
from jixiao_xlsx.season.which_counts import Placed
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.scores import Clause, Review
from jixiao_xlsx.values.season import Entry, FileStatus, Season
from jixiao_xlsx.values.text import joined, tidy
from jixiao_xlsx.values.work import Examined

_WHOLE = "汇总"


def settle(
    assignment: Assignment,
    examined: Mapping[str, Examined],
    bureau: BureauFiles,
    earlier: EarlierRound,
    template: Template,
) -> Season:
    """Return the season: the files with what came of them, and findings across departments.

    `examined` is what came of each workbook that counts, by file.
    """
    entries = entries_of(assignment, examined, bureau.roster)
    counted = [entry for entry in entries if entry.counts]
    used = {source for one in examined.values() for source in one.used}
    codes = [one.code for one in bureau.roster]
    codes += [entry.report.code for entry in entries if entry.report]
    coverage = projects_covered(bureau.lists.projects, counted, bureau.roster, template)
    findings = (
        *crosscheck(counted),
        *idle_waivers(bureau.waivers, used, bureau.today),
        *bureau.review_findings,
        *idle_decisions(
            bureau.decisions, used, [(one.department, one.report) for one in counted if one.report]
        ),
        *_of_reviews(bureau.reviews, counted, bureau.criteria),
        *strangers(bureau.reference, codes),
        *(unused_accounts(bureau.accounts_notes) if template.references else ()),
        *unused_lists(bureau.lists.notes),
        *of_projects(coverage, bureau.lists.projects, counted),
    )
    names = [name for a in counted for name in (a.department, a.report.code if a.report else "")]
    return Season(
        template.id,
        template.version,
        assignment.year,
        bureau.bureau,
        bureau.roster,
        entries,
        findings,
        notes=assignment.notes,
        earlier=reports_left(earlier, names),
        past=bureau.past,
        coverage=coverage,
    )


def entries_of(
    assignment: Assignment, examined: Mapping[str, Examined], roster: Sequence[Department]
) -> tuple[Entry, ...]:
    """Return every file with its status and reason, and what came of it where it counts."""
    entries = [_entry(one, assignment, examined) for one in assignment.placed]
    documents = {
        one.identity.file: one.identity.beside for one in assignment.placed if one.identity.document
    }
    entries = list(_with_parent(entries, roster))
    return with_hints(with_material(entries, documents, roster), roster)


def _entry(placed: Placed, assignment: Assignment, examined: Mapping[str, Examined]) -> Entry:
    identity = placed.identity
    entry = Entry(
        identity.file,
        placed.status,
        sha256=identity.sha256,
        size=identity.size,
        department=placed.department,
        letter=identity.letter,
        ignorable=identity.ignorable,
        faults=identity.faults,
    )
    if placed.status is FileStatus.DUPLICATE:
        return replace(entry, reason=placed.reason)
    found = examined.get(identity.file) if placed.counts else None
    if found is None:
        return replace(entry, reason=joined(identity.reason, placed.reason))
    return replace(
        entry,
        reason=joined(identity.reason, found.reason, placed.reason),
        report=found.report,
        scorecards=found.scorecards,
        facts=found.facts,
        years=found.years,
        documents=assignment.works[identity.file].documents,
        faults=(*identity.faults, *found.faults),
    )


def _with_parent(entries: Sequence[Entry], roster: Sequence[Department]) -> Iterator[Entry]:
    """Yield the entries, with a reason where a 主管部门 reports a unit in its own sum.

    Figures of such a unit are never added to those of its 主管部门.
    """
    parents = {one.name: tidy(one.parent) for one in roster if one.parent}
    by_name = {tidy(name): one.name for one in roster for name in (one.short, one.name) if name}
    whole = {one.department for one in entries if one.counts and _WHOLE in one.facts.scope}
    for entry in entries:
        parent = by_name.get(parents.get(entry.department, ""), "")
        if entry.counts and parent in whole:
            words = f"主管部门“{parent}”报的是部门汇总，已含本单位：分别评价，金额不重复相加"
            entry = replace(entry, reason=joined(entry.reason, words))
        yield entry


def _of_reviews(
    reviews: Sequence[Review], counted: Sequence[Entry], criteria: Sequence[Clause]
) -> Iterator[BatchFinding]:
    """Yield the findings on reviews: of each department, and of those with nothing that counts."""
    for entry in counted:
        for card in entry.scorecards:
            yield from card.review.findings if card.review else ()
    yield from far_apart(
        use for entry in counted for use in uses_of(entry.department, entry.scorecards, criteria)
    )
    taken = [
        ((a.department, a.report.department, a.report.code), item)
        for a in counted
        if a.report
        for item in apply_reviews.items(a.scorecards)
    ]
    yield from apply_reviews.unused(reviews, taken)
