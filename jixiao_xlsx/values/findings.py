"""What the checks find, and the report of them. Frozen, without I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from jixiao_xlsx.values.causes import Cause
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.people import Decision
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.showing.brief import Brief, html_table


class FindingState(StrEnum):
    """open: to be corrected; explained: a 警告 with 情况说明; by the bureau accepted (the explanation
    will do), waived (it may stand) or struck (it is no fault). All are still listed.
    """

    OPEN = "open"
    EXPLAINED = "explained"
    ACCEPTED = "accepted"
    WAIVED = "waived"
    STRUCK = "struck"

    @property
    def is_out(self) -> bool:
        """Return whether the department hears no more of it: it may stand, or is no fault."""
        return self in {FindingState.WAIVED, FindingState.STRUCK}


class Result(StrEnum):
    """What happens to a submission that was read.

    退回修改 while a 错误 is open; 待核实说明 while only 警告 are: the department explains, and nothing
    is sent back.
    """

    RETURN = "退回修改"
    EXPLAIN = "待核实说明"
    PASS = "通过"

    @property
    def folder(self) -> str:
        """The folder of the results that departments with this result are in."""
        return {"RETURN": "退回", "EXPLAIN": "待核实", "PASS": "通过"}[self.name]

    @property
    def letter(self) -> str:
        """The title of the letter that says so, and the name of its Word template."""
        letters = {"RETURN": "退回修改通知", "EXPLAIN": "核实说明通知", "PASS": "审核通过通知"}
        return letters[self.name]


@dataclass(frozen=True, slots=True)
class Expected:
    """The admissible range, in the unit that was typed; both ends included."""

    low: Decimal
    high: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing for a department to correct or explain: never without a cell.

    `problem` says what is wrong, `demand` what is asked for ("" where the rule asks for nothing of
    its own). `fingerprint` identifies it from round to round, `since` is the round in which it
    first stood; `decision` is the reviewer's.
    """

    code: str
    severity: Severity
    place: Place
    item: str
    field: str
    reported: str
    problem: str
    demand: str = ""
    expected: Expected | str | None = None
    difference: str = ""
    hint: str = ""
    basis: str = ""
    related: tuple[Place, ...] = ()
    count: int = 1
    state: FindingState = FindingState.OPEN
    explanation: str = ""
    fingerprint: str = ""
    since: int = 1
    decision: Decision | None = None

    @property
    def message(self) -> str:
        """Return what is wrong and what to do, one after the other."""
        return self.problem + self.demand


@dataclass(frozen=True, slots=True)
class Mended:
    """A finding that is gone; it stood first in round `since` and was gone in round `until`."""

    fingerprint: str
    code: str
    severity: Severity
    sheet: str
    cell: str
    item: str
    field: str
    message: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Change:
    """A cell changed since the round before without a finding; as typed, "" for blank."""

    place: Place
    item: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A check that could not be made, and why.

    `subject` is what it was about, "" where that goes without saying. The runner fills `code` with
    that of the rule.
    """

    reason: str
    count: int = 1
    code: str = ""
    subject: str = ""

    @property
    def text(self) -> str:
        """Return what was not checked and why, in one line."""
        return f"{self.subject}：{self.reason}" if self.subject else self.reason


def skipped_together(skipped: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """Return what was skipped, each reason once with its count, in order of the rules."""
    counts: Counter[Skipped] = Counter()
    for one in skipped:
        counts[replace(one, count=1)] += one.count
    return tuple(
        replace(one, count=count)
        for one, count in sorted(counts.items(), key=lambda item: (item[0].code, item[0].text))
    )


@dataclass(frozen=True, repr=False)
class Report(Brief):
    """The findings of one submission, without the submission itself: small enough to keep sixty.

    `faults` are errors of the program, in the words of a maintainer.
    """

    file: str
    sha256: str
    department: str
    code: str
    year: int | None
    findings: tuple[Finding, ...]
    checked: Mapping[str, int]
    skipped: tuple[Skipped, ...]
    cells_read: int = 0
    cells_handled: int = 0
    round: int = 1
    mended: tuple[Mended, ...] = ()
    changes: tuple[Change, ...] = ()
    faults: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()

    @property
    def result(self) -> Result:
        """Return what the gravest open finding leads to; one that a reviewer returns goes back."""
        if any(f.state is FindingState.OPEN and f.decision for f in self.findings):
            return Result.RETURN
        results = {Severity.ERROR: Result.RETURN, Severity.WARNING: Result.EXPLAIN}
        return Result.PASS if self.worst is None else results.get(self.worst, Result.PASS)

    @property
    def worst(self) -> Severity | None:
        return min(
            (f.severity for f in self.findings if f.state is FindingState.OPEN),
            key=lambda s: s.rank,
            default=None,
        )

    def flatten(self, *names: str) -> list[tuple[object, ...]]:
        """Return the named fields of every finding; `sheet` and `cell` are those of its place."""
        return [tuple(_field(finding, name) for name in names) for finding in self.findings]

    def _repr_html_(self) -> str:
        """Return what a notebook shows: every finding at its cell."""
        rows = (
            (one.severity.label, one.code, one.place, one.item, one.reported, one.message)
            for one in self.findings
        )
        about = f"{self.department} {self.year or ''} {self.result.value}"
        return html_table(about, ("级别", "编号", "单元格", "项目", "填报", "问题"), rows)

    def count(self, severity: Severity, apart: Collection[str] = ()) -> int:
        """Return the number of open findings of a severity outside the sheets in `apart`."""
        open_ = (
            f for f in self.findings if f.severity is severity and f.state is FindingState.OPEN
        )
        return sum(f.place.sheet not in apart for f in open_)


def _field(finding: Finding, name: str) -> object:
    return getattr(finding.place, name) if name in {"sheet", "cell"} else getattr(finding, name)


@dataclass(frozen=True, slots=True)
class BatchFinding:
    """A finding about several submissions, a waiver without effect, or a reviewer's slip."""

    code: str
    severity: Severity
    departments: tuple[str, ...]
    message: str
    hint: str = ""
    places: tuple[Place, ...] = ()
