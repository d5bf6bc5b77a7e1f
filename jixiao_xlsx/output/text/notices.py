"""Findings under what probably caused them: every list that people read is made of these. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from jixiao_xlsx.output.text.wording import in_order
from jixiao_xlsx.values.causes import Cause
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Finding, FindingState, Report
from jixiao_xlsx.values.severity import Severity


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to look at: a mistake with what follows from it, or a cell with what is found
    there.

    `findings` are gravest first. `cause` is None where nothing but themselves explains them;
    `others` are further explanations of the same findings, less likely or as likely.
    """

    findings: tuple[Finding, ...]
    cause: Cause | None = None
    others: tuple[Cause, ...] = ()

    @property
    def place(self) -> Place:
        """The cell to look at first."""
        return self.cause.cells[0].place if self.cause else self.findings[0].place

    @property
    def is_open(self) -> bool:
        """Whether the department has something to do about it."""
        return not self.findings or any(f.state is FindingState.OPEN for f in self.findings)

    @property
    def severity(self) -> Severity:
        """The gravest of what is open, else of what there is."""
        open_ = [f.severity for f in self.findings if f.state is FindingState.OPEN]
        graded = open_ or [f.severity for f in self.findings]
        if not graded:
            assert self.cause
            return self.cause.severity
        return min(graded, key=lambda severity: severity.rank)


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One line of a list, by its 序号: a cause (`finding` None), or a finding.

    What follows from a cause, and what else is found at a cell, has the 序号 of its notice and its
    own.
    """

    number: int | str
    notice: Notice
    finding: Finding | None


def notices(
    findings: Iterable[Finding], causes: Sequence[Cause], sheets: Sequence[str] = ()
) -> list[Notice]:
    """Return every finding once, under the likeliest cause that explains it or else by its cell.

    `causes` are likeliest first. By state and severity; causes come before findings that none
    explains, and these are in the order of the file, whose `sheets` are given.
    """
    left = in_order(findings, sheets)
    explained = _by_cause(left, [cause for cause in causes if cause.cells])
    taken = {finding.fingerprint for notice in explained for finding in notice.findings}
    alone = _by_cell(finding for finding in left if finding.fingerprint not in taken)
    return sorted(
        [*explained, *alone], key=lambda notice: (not notice.is_open, notice.severity.rank)
    )


def asked_of(report: Report, sheets: Sequence[str] = ()) -> list[Notice]:
    """Return what a department is asked to look at: the open 错误 and 警告 under their causes.

    `sheets` are in the order of the file.
    """
    open_ = (one for one in report.findings if one.state is FindingState.OPEN)
    asking = [one for one in open_ if one.severity is not Severity.NOTE]
    return [
        one
        for one in notices(asking, report.causes, sheets)
        if one.is_open and one.severity is not Severity.NOTE
    ]


def lines(listed: Iterable[Notice]) -> Iterator[NoticeLine]:
    """Yield the lines of a list of notices: 1, 1-1, 1-2, 2 …"""
    for number, notice in enumerate(listed, 1):
        first, rest = notice.findings[:1], notice.findings[1:]
        if notice.cause:
            first, rest = (), notice.findings
        yield NoticeLine(number, notice, *(first or (None,)))
        for at, finding in enumerate(rest, 1):
            yield NoticeLine(f"{number}-{at}", notice, finding)


def _by_cause(findings: Sequence[Finding], causes: Sequence[Cause]) -> list[Notice]:
    """Return a notice for each cause that explains something not explained before it.

    What else is found at the first culprit goes along, and what is compared with nothing but it:
    one wrong cell is one line. A cause that only explains anew joins the notice that has those
    findings.
    """
    present = {finding.fingerprint for finding in findings}
    owners: dict[str, int] = {}
    made: list[Notice] = []
    for cause in causes:
        if cause.explains and present.isdisjoint(cause.explains):
            continue  # waived, all of it
        free = (finding for finding in findings if finding.fingerprint not in owners)
        own = [finding for finding in free if _goes_along(finding, cause)]
        again = [owners[one] for one in cause.explains if one in owners]
        if again and not any(finding.fingerprint in cause.explains for finding in own):
            first = made[again[0]]
            made[again[0]] = replace(first, others=(*first.others, cause))
            continue
        owners |= {finding.fingerprint: len(made) for finding in own}
        made.append(Notice(tuple(own), cause))
    return made


def _goes_along(finding: Finding, cause: Cause) -> bool:
    """Whether a finding follows from a cause, is at its culprit, or compares with nothing but
    it.
    """
    culprit = cause.cells[0].place
    explained = finding.fingerprint in cause.explains
    return explained or finding.place == culprit or set(finding.related) == {culprit}


def _by_cell(findings: Iterable[Finding]) -> list[Notice]:
    """Return a notice for each cell, unless it only stands for what has no cell of its own."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.place, finding.item, finding.field), []).append(finding)
    return [Notice(tuple(group)) for group in groups.values()]
