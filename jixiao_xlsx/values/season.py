"""What became of each file of a run, and of the run as a whole. Frozen, without I/O."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import BatchFinding, FindingState, Report
from jixiao_xlsx.values.people import Bureau, Department, HeldTarget, ListedProject
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.showing.brief import Brief, html_table


class FileStatus(StrEnum):
    """The status of a file or of a department in 报送情况."""

    SUBMITTED = "已报"
    MISSING = "未报"
    DUPLICATE = "重复"
    UNREADABLE = "无法读取"
    UNRECOGNISED = "未识别"
    OTHER_YEAR = "非本年度"
    OTHER_DEPARTMENT = "非本单位"
    NOT_IN_ROSTER = "名册外"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a comparison of departments needs: small, since it is kept for all of them.

    `figures` are digests of the money figures of each table, `paragraphs` of long texts (with their
    cell and beginning), `targets` the 共性 targets as typed; `office_per_head` is in 元; `scope` is
    the 填报口径; `blank`: nothing was filled in. `held` are the approved targets
    beside its own, `spending` is its 项目支出 in 元, the last digit of
    that, and its cell.
    """

    figures: Mapping[str, str] = field(default_factory=dict)
    paragraphs: tuple[tuple[str, Place, str], ...] = ()
    targets: tuple[tuple[str, str, Place], ...] = ()
    office_per_head: Fraction | None = None
    nature: str = ""
    scope: str = ""
    blank: bool = False
    held: tuple[HeldTarget, ...] = ()
    spending: tuple[Decimal, Decimal, Place] | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """The mail a file came with; "" where unknown. `date` is in ISO 8601 with its offset."""

    sender: str = ""
    date: str = ""
    subject: str = ""

    @property
    def sent(self) -> int:
        """Return the date in seconds since 1970; 0 where unknown."""
        try:
            return int(dt.datetime.fromisoformat(self.date).timestamp())
        except (ValueError, OverflowError, OSError):
            return 0


class YearScore(NamedTuple):
    """What a department came to in one year: its total in 分, open 错误 and 警告."""

    year: int
    item: str
    total: Decimal | None
    grade: str
    errors: int = 0
    warnings: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Entry(Brief):
    """One file of the inbox: its status and, where it counts, its report and scorecards.

    `department` is the name in the roster (or as typed, for a department outside it); `output` the
    scored workbook written for it, relative to the output folder; `problem` what went wrong while
    writing it. `material` is a document that belongs to a department and is kept with it
    (随附材料): 已报, but never a workbook that counts. `returned` names what goes back; `documents`
    are the files of written reports that came with it, read or not, each with its note; `faults`
    are errors of the program, for its maintainers. `ignorable` marks what no department sent
    (lock files, system files, earlier results). `page` is its part of 审核.html, packed by gzip;
    `years` are its totals of earlier years, as last year's season knows them.
    """

    file: str
    status: FileStatus
    reason: str = ""
    sha256: str = ""
    size: int = 0
    department: str = ""
    report: Report | None = None
    scorecards: tuple[Scorecard, ...] = ()
    facts: Facts = field(default_factory=Facts)
    output: str = ""
    problem: str = ""
    letter: Letter | None = None
    material: bool = False
    returned: tuple[str, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()
    faults: tuple[str, ...] = ()
    ignorable: bool = False
    page: bytes = b""
    years: tuple[YearScore, ...] = ()

    @property
    def counts(self) -> bool:
        """Return whether this is the workbook by which its department is judged."""
        return self.status is FileStatus.SUBMITTED and not self.material


@dataclass(frozen=True, slots=True)
class ProjectsCovered:
    """The listed projects of a department: which have a 自评表, and what they spent beside it.

    `evaluated` are their places among `projects`; None: the form is not one for projects. Of
    `spending` (项目支出 of the department, 元) None: it is not known in this season. `gap` is Σ 执行数
    minus that, None where one of them is missing, 0 within what is rounded.
    """

    department: str
    projects: tuple[ListedProject, ...]
    evaluated: frozenset[int] | None
    spent: Decimal | None = None
    spending: Decimal | None = None
    gap: Decimal | None = None

    @property
    def budget(self) -> Decimal:
        """Return Σ 全年预算数 of all of them."""
        return sum((one.budget or Decimal(0) for one in self.projects), Decimal(0))

    @property
    def evaluated_budget(self) -> Decimal:
        """Return Σ 全年预算数 of those with a 自评表."""
        there = (self.projects[at] for at in self.evaluated or ())
        return sum((one.budget or Decimal(0) for one in there), Decimal(0))


class PastDecision(NamedTuple):
    """What became of a finding in an earlier round or year."""

    department: str
    finding: str
    code: str
    state: FindingState


@dataclass(frozen=True, repr=False)
class Season(Brief):
    """A whole run: every file once, and the roster it is compared with.

    `problems` are outputs that could not be written, `notes` further messages on the output folder.
    `earlier` are the reports of earlier rounds on departments with nothing that counts in this one,
    `past` what reviewers decided in earlier rounds and years. `faults` are the program's own, in
    files about all departments, for its maintainers.
    """

    template_id: str
    template_version: str
    year: int | None
    bureau: Bureau
    roster: tuple[Department, ...]
    entries: tuple[Entry, ...]
    findings: tuple[BatchFinding, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    earlier: tuple[Report, ...] = ()
    past: frozenset[PastDecision] = frozenset()
    coverage: tuple[ProjectsCovered, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def submitted(self) -> tuple[Entry, ...]:
        """Return the entries that count: 已报, with report and scorecards."""
        return tuple(a for a in self.entries if a.counts and a.report and a.scorecards)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: every file, its status and, where it counts, its result."""
        rows = (
            (
                one.department,
                one.file,
                one.status.value,
                one.report.result.value if one.report else one.reason,
                "、".join(str(card.total) for card in one.scorecards if card.total is not None),
            )
            for one in self.entries
        )
        about = f"{self.year or ''} {len(self.entries)} 个文件"
        return html_table(about, ("部门", "文件", "状态", "结果", "复算总分"), rows)

    @cached_property
    def missing(self) -> tuple[Department, ...]:
        """Return the departments of the roster with nothing that counts."""
        there = {entry.department for entry in self.submitted}
        return tuple(d for d in self.roster if d.name not in there)

    @cached_property
    def silent(self) -> Mapping[str, Report]:
        """Return the earlier report of each `missing` department that has one, by name."""
        by_name = {
            name: report
            for report in self.earlier
            for name in (report.code, report.department)
            if name
        }
        earlier = {d.name: by_name.get(d.name) or by_name.get(d.code) for d in self.missing}
        return {name: report for name, report in earlier.items() if report}
