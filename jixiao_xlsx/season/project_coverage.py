"""The bureau's list of projects: who evaluated which, and what they spent. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.season.across_departments import SHARED, SPENDING, UNEVALUATED, across
from jixiao_xlsx.season.owners import some_of
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.people import Department, ListedProject
from jixiao_xlsx.values.season import Entry, ProjectsCovered
from jixiao_xlsx.values.text import plain, tidy

_WHOLE = "汇总"


def projects_covered(
    projects: Sequence[ListedProject],
    counted: Sequence[Entry],
    roster: Sequence[Department],
    template: Template,
) -> tuple[ProjectsCovered, ...]:
    """Return the listed projects by department, in the order of the list; () without a list."""
    by_owner: dict[str, list[ListedProject]] = defaultdict(list)
    for project in projects:
        by_owner[project.department].append(project)
    items = _evaluated(counted) if "item" in template.roles else None
    entries = {entry.department: entry for entry in counted}
    return tuple(
        _covered(name, own, items, _in_scope(name, by_owner, entries, roster), entries.get(name))
        for name, own in by_owner.items()
    )


def _evaluated(counted: Sequence[Entry]) -> Mapping[str, set[str]]:
    """Return the projects evaluated, by department, as typed in their sheets."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in counted:
        found[entry.department] |= {tidy(card.item) for card in entry.scorecards if card.item}
    return found


def _in_scope(
    name: str,
    by_owner: Mapping[str, Sequence[ListedProject]],
    entries: Mapping[str, Entry],
    roster: Sequence[Department],
) -> Sequence[ListedProject]:
    """Return the projects of which 项目支出 is the sum: of a 部门汇总 those of its units too."""
    own = list(by_owner[name])
    entry = entries.get(name)
    if entry is None or _WHOLE not in entry.facts.scope:
        return own
    names = {tidy(one) for d in roster if d.name == name for one in (d.name, d.short) if one}
    units = [one.name for one in roster if one.parent and tidy(one.parent) in names]
    return own + [project for unit in units for project in by_owner.get(unit, ())]


def _covered(
    name: str,
    own: Sequence[ListedProject],
    items: Mapping[str, set[str]] | None,
    in_scope: Sequence[ListedProject],
    entry: Entry | None,
) -> ProjectsCovered:
    evaluated = None
    if items is not None:
        there = items.get(name, set())
        evaluated = frozenset(
            at for at, one in enumerate(own) if {tidy(one.name), tidy(one.code)} & there - {""}
        )
    total = _total([one.spent for one in in_scope])
    reported = entry.facts.spending if entry else None
    if total is None or reported is None:
        spending = reported[0] if reported else None
        return ProjectsCovered(name, tuple(own), evaluated, total, spending)
    gap = total - reported[0]
    slack = sum((one.grain for one in in_scope), reported[1])
    return ProjectsCovered(
        name,
        tuple(own),
        evaluated,
        total,
        reported[0],
        Decimal(0) if abs(gap) <= slack / 2 else gap,
    )


def _total(amounts: Sequence[Decimal | None]) -> Decimal | None:
    """Return the sum of amounts; None where one of them is missing."""
    known = [one for one in amounts if one is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(amounts) else None


def of_projects(
    coverage: Sequence[ProjectsCovered],
    projects: Sequence[ListedProject],
    counted: Sequence[Entry],
) -> Iterator[BatchFinding]:
    """Yield what the list of projects shows: gaps are said with where they are to be looked for."""
    for one in coverage:
        yield from _unevaluated(one)
    yield from _shared(projects)
    places = {entry.department: entry.facts.spending for entry in counted}
    for one in coverage:
        if one.gap and one.spent is not None and one.spending is not None:
            more = "多" if one.gap > 0 else "少"
            reasons = [project.reason for project in one.projects if project.reason]
            words = (
                f"{one.department}清单上 {len(one.projects)} 个项目的执行数合计 "
                f"{plain(one.spent, 2)} 元，填报的项目支出 {plain(one.spending, 2)} 元，"
                f"清单{more} {plain(abs(one.gap), 2)} 元"
                f"{f'（清单备注：{some_of(reasons)}）' if reasons else ''}。"
            )
            hint = "请核对口径：清单有没有漏列项目，上级专款、上年结转、单位资金安排的项目是否在内"
            spot = places.get(one.department)
            yield across(SPENDING, (one.department,), words, hint, (spot[2],) if spot else ())


def _unevaluated(one: ProjectsCovered) -> Iterator[BatchFinding]:
    if one.evaluated is None:
        return
    missing = [
        project
        for at, project in enumerate(one.projects)
        if at not in one.evaluated and not project.reason
    ]
    if missing:
        names = some_of([f"“{project.name}”" for project in missing])
        budget = sum((project.budget or Decimal(0) for project in missing), Decimal(0))
        words = (
            f"{one.department}有 {len(missing)} 个项目（预算 {plain(budget, 2)} 元）没有自评表："
            f"{names}。"
        )
        yield across(UNEVALUATED, (one.department,), words, "请催报；不用自评的，在清单上注明原因")


def _shared(projects: Sequence[ListedProject]) -> Iterator[BatchFinding]:
    """Yield the projects with one code, or one name and no code, in two departments."""
    owners: dict[str, list[ListedProject]] = defaultdict(list)
    for project in projects:
        owners[tidy(project.code) or tidy(project.name)].append(project)
    for same in owners.values():
        names = tuple(dict.fromkeys(one.department for one in same))
        if len(names) > 1:
            first = same[0]
            called = f"“{first.name}”（{first.code}）" if first.code else f"“{first.name}”"
            words = f"项目{called}列在{'、'.join(names)}名下（{'、'.join(one.source for one in same)}）。"
            yield across(SHARED, names, words, "请核对由哪个部门自评，金额不要重复计算")
