"""Lists of the bureau matched to the roster: approved targets, projects. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.season.departments import register
from jixiao_xlsx.season.owners import owner_of, some_of
from jixiao_xlsx.sources.lists import SourceLine
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.people import ApprovedTarget, Department, ListedProject
from jixiao_xlsx.values.typed_numbers import read_number


@dataclass(frozen=True)
class BureauLists:
    """Approved targets and projects by department, and what could not be used of them."""

    targets: tuple[ApprovedTarget, ...] = ()
    projects: tuple[ListedProject, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __or__(self, other: BureauLists) -> BureauLists:
        return BureauLists(
            self.targets + other.targets, self.projects + other.projects, self.notes + other.notes
        )


def targets_of(lines: Sequence[SourceLine], roster: Sequence[Department]) -> BureauLists:
    """Return the approved targets; notes name lines of nobody, and who has none."""
    found: list[ApprovedTarget] = []
    lost: dict[str, str] = {}
    for line, owner in _owned(lines, roster, lost):
        cells = line.cells
        weight = read_number(cells.get("weight", ""), "分").value
        target = ApprovedTarget(
            owner.name,
            cells["name"],
            cells["value"],
            weight=None if weight is None else Fraction(weight),
            source=line.source,
            **{key: cells.get(key, "") for key in _TARGET_FIELDS},
        )
        found.append(target)
    notes = _lost(lost, "绩效目标")
    notes += _without(roster, {one.department for one in found}, "批复的绩效目标")
    return BureauLists(targets=tuple(found), notes=tuple(notes))


_TARGET_FIELDS = (
    "sign", "unit", "level1", "level2", "item", "project", "adjusted", "document",
)  # fmt: skip


def projects_of(lines: Sequence[SourceLine], roster: Sequence[Department]) -> BureauLists:
    """Return the projects, amounts in 元; notes name lines of nobody.

    A project of which the amount cannot be read, or without a unit of money, is in the notes.
    """
    found: list[ListedProject] = []
    lost: dict[str, str] = {}
    for line, owner in _owned(lines, roster, lost):
        cells = line.cells
        budget, spent = (_amount(cells.get(key, ""), line.unit) for key in ("budget", "spent"))
        if budget is None and cells.get("budget"):
            reason = "没有写明金额单位" if not line.unit else f"预算数“{cells['budget']}”不是金额"
            lost.setdefault(reason, line.source)
        found.append(
            ListedProject(
                cells.get("item", ""),
                cells["project"],
                owner.name,
                budget,
                spent,
                cells.get("reason", ""),
                line.source,
                Decimal(0) if line.unit != "万元" else Decimal(100),
            )
        )
    return BureauLists(projects=tuple(found), notes=tuple(_lost(lost, "项目")))


def _owned(
    lines: Sequence[SourceLine], roster: Sequence[Department], lost: dict[str, str]
) -> Iterator[tuple[SourceLine, Department]]:
    """Yield lines with whose they are; `lost` gets why a line is nobody's, with the first such."""
    departments = register(roster)
    for line in lines:
        cells = line.cells
        owner, why = owner_of(cells["code"], cells["department"], line.source, departments, roster)
        if why:
            lost.setdefault(why, line.source)
        else:
            yield line, owner


def _amount(typed: str, unit: str) -> Decimal | None:
    value = read_number(typed, unit).value if unit else None
    return None if value is None else value * atoms_per(unit) / atoms_per("元")


def _lost(lost: dict[str, str], what: str) -> list[str]:
    return [f"{what}清单{source}：{why}" for why, source in lost.items()]


def _without(roster: Sequence[Department], there: set[str], what: str) -> list[str]:
    missing = [one.name for one in roster if one.name not in there]
    if not missing or not there:
        return []
    return [f"{len(missing)} 个部门没有{what}，没有对照：{some_of(missing)}"]
