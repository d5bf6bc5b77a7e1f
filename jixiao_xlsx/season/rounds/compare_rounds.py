"""Compare a round with the one before: each finding's fate, and changes nobody asked for. Pure.

A finding's fingerprint is made of its rule, table, item and column: moved rows, renamed files and
sheets, and re-worded messages leave it alone. Equal ones are numbered in the order of the file;
which of them is which in the next round is known by their rows (see `same_rows`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from jixiao_xlsx.checking.fingerprints import identity_without_row, table_of
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.season.rounds.cells_to_change import Address
from jixiao_xlsx.season.rounds.records import (
    addresses_of,
    identity_of,
    lines_of,
    text_of_cell,
    texts_of,
)
from jixiao_xlsx.season.rounds.same_rows import FORMULA, aligned, titled_alike
from jixiao_xlsx.values.cells import Place, Submission, Table
from jixiao_xlsx.values.findings import Change, Finding, FindingState, Mended, Report
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.work import Record, RowTexts


def compared(
    report: Report, submission: Submission, before: Record | None, template: Template
) -> Report:
    """Return `report` with since when each finding stands, what is mended, and what else changed.

    The same file, with the same written report, once more is no new round.
    """
    if before is None:
        return report
    same = before.sha256 == identity_of(report, submission)
    number = before.round if same else before.round + 1
    known = _recognised(report.findings, before, submission)
    findings = tuple(
        replace(f, since=int(known[f.fingerprint]["since"]) if f.fingerprint in known else number)
        for f in report.findings
    )
    mended = [Mended(**{**one, "severity": Severity(one["severity"])}) for one in before.mended]
    if not same:
        there = {one["fingerprint"] for one in known.values()}
        gone = [one for one in before.findings if one["fingerprint"] not in there]
        mended += [
            _mended(one, number) for one in gone if submission.documents or not _in_report(one)
        ]
    changes = () if same else tuple(_changes(before, submission, template.remarks.get("table")))
    return replace(report, findings=findings, round=number, mended=tuple(mended), changes=changes)


def _in_report(one: Mapping[str, Any]) -> bool:
    """Return whether a finding was about a written report; not sent again, it is not mended."""
    return not str(one["cell"]).isascii()


def _recognised(
    findings: Sequence[Finding], before: Record, submission: Submission
) -> dict[str, Mapping[str, Any]]:
    """Return the earlier finding of each that stood before, by its fingerprint.

    It is the same at the same row, the same where no row decides, or one about the same rows.
    """
    rows = _Rows(before, submission)
    left = list(before.findings)
    known: dict[str, Mapping[str, Any]] = {}

    def join(
        of_new: Callable[[Finding], Iterable[Hashable]],
        of_old: Callable[[Mapping[str, Any]], Hashable],
    ) -> None:
        waiting: dict[Hashable, list[Mapping[str, Any]]] = defaultdict(list)
        for one in left:
            if (name := of_old(one)) is not None:
                waiting[name].append(one)
        for finding in findings:
            if finding.fingerprint not in known and (
                found := next((waiting[n] for n in of_new(finding) if waiting.get(n)), None)
            ):
                known[finding.fingerprint] = found.pop(0)
        taken = {one["fingerprint"] for one in known.values()}
        left[:] = [one for one in left if one["fingerprint"] not in taken]

    def kin_of(finding: Finding) -> str:
        return identity_without_row(finding, submission)

    def at_row(finding: Finding) -> Iterator[Hashable]:
        address = rows.then(finding)
        if address:
            yield kin_of(finding), address
            if rows.retitled(finding):
                yield finding.code, tidy(finding.field), address

    join(at_row, lambda one: (one["kin"], tuple(one["anchor"])) if one["anchor"] else None)
    join(
        at_row,
        lambda one: (
            (one["code"], tidy(one["field"]), tuple(one["anchor"])) if one["anchor"] else None
        ),
    )
    join(
        lambda finding: () if rows.settles(finding) else (kin_of(finding),), lambda one: one["kin"]
    )
    join(lambda finding: (kin_of(finding),), lambda one: None if rows.settled(one) else one["kin"])

    def several(finding: Finding) -> tuple[str, str]:
        table = table_of(finding.place, submission)
        return f"{finding.code}|{table}|", f"{finding.code}|{table}|{tidy(finding.field)}"

    join(several, lambda one: one["loose"] or None)
    return known


class _Rows:
    """The rows of the submission paired with those of the round before."""

    def __init__(self, before: Record, submission: Submission) -> None:
        self.addresses_of = addresses_of(submission)
        self._old = before.values
        self._new = {
            name: texts_of(table)
            for name, table in submission.tables.items()
            if name in before.values
        }
        self.pairs = {name: aligned(self._old[name], new) for name, new in self._new.items()}
        self._alike = {
            name: titled_alike(self._old[name]) | titled_alike(new)
            for name, new in self._new.items()
        }
        self._kept = {
            (name, there) for name, pairs in self.pairs.items() for there in pairs.values()
        }

    def then(self, finding: Finding) -> Address | None:
        """Return the earlier address of a finding's cell; None for a new row or none."""
        table, row, column = self.addresses_of.get(finding.place, ("", 0, ""))
        there = self.pairs.get(table, {}).get(row)
        return None if there is None else (table, there, column)

    def retitled(self, finding: Finding) -> bool:
        """Return whether its row, which was there before, has another title now."""
        table, row, _ = self.addresses_of[finding.place]
        return self._new[table][row][0] != self._old[table][self.pairs[table][row]][0]

    def settles(self, finding: Finding) -> bool:
        """Return whether its row is one of several of equal titles and was there before.

        No other row's finding is this one then.
        """
        table, row, _ = self.addresses_of.get(finding.place, ("", 0, ""))
        return row in self.pairs.get(table, {}) and self._new[table][row][0] in self._alike[table]

    def settled(self, one: Mapping[str, Any]) -> bool:
        """Return the same as `settles` of an earlier finding whose row is still there."""
        table, row, _ = one["anchor"] or ("", 0, "")
        return (table, row) in self._kept and self._old[table][row][0] in self._alike[table]


def _mended(one: Mapping[str, Any], number: int) -> Mended:
    words = {
        name: str(one[name])
        for name in ("fingerprint", "code", "sheet", "cell", "item", "field", "message")
    }
    return Mended(
        **words, severity=Severity(one["severity"]), since=int(one["since"]), until=number
    )


def _changes(before: Record, submission: Submission, unread: str | None = None) -> Iterator[Change]:
    """Yield the cells that differ though no finding of the round before asked for a change.

    What was missing as a whole had to change. `unread` names a table that is not compared.
    """
    expected = {tuple(address) for one in before.findings for address in one["asked"]}
    skip = {unread, *(one["whole"] for one in before.findings)}
    for table in submission.tables.values():
        if table.name in skip or table.name not in before.values:
            continue
        missing = set(before.absent.get(table.name, ()))
        for row, change in _differing(table, before.values[table.name]):
            is_new = bool({change.item, change.field} & missing)
            if not is_new and (table.name, row, change.field) not in expected:
                yield change


def _differing(table: Table, old: Sequence[RowTexts]) -> Iterator[tuple[int | None, Change]]:
    """Yield the cells whose typed texts differ, each with its row in `old`: None for a new row."""
    then = aligned(old, texts_of(table))
    gone = sorted(set(range(len(old))) - set(then.values()))
    rows = [(then.get(at), title, cells) for at, (title, cells) in enumerate(lines_of(table))]
    rows += [(at, old[at][0], {}) for at in gone]
    for row, title, cells in rows:
        was = {} if row is None else old[row][1]
        for column in dict.fromkeys((*was, *cells)):
            cell = cells.get(column)
            place = cell.place if cell else Place(table.sheet, table.anchor.ref)
            before, now = was.get(column, ""), text_of_cell(cell) if cell else ""
            if now != before and FORMULA not in (now, before):
                yield row, Change(place, title, column, before, now)


def differences(old: Submission, new: Submission) -> Iterator[Change]:
    """Yield every cell of the form typed differently in two workbooks, row by row by titles."""
    values = {table.name: texts_of(table) for table in old.tables.values()}
    none = Record(
        "", "", "", 1, (), (), {name: values.get(name, []) for name in {*values, *new.tables}}
    )
    yield from _changes(none, new)
    for name in values.keys() - new.tables.keys():
        yield Change(
            Place(old.tables[name].sheet, old.tables[name].anchor.ref),
            name,
            "",
            "（有此表）",
            "（没有此表）",
        )


def open_counts(report: Report) -> tuple[int, int, int]:
    """Return how many 错误 and 警告 are 已改正, 未改正, 新出现 in this round."""
    open_ = [
        f
        for f in report.findings
        if f.state is FindingState.OPEN and f.severity is not Severity.NOTE
    ]
    mended = [
        one
        for one in report.mended
        if one.until == report.round and one.severity is not Severity.NOTE
    ]
    fresh = sum(f.since == report.round for f in open_)
    return len(mended), len(open_) - fresh, fresh
