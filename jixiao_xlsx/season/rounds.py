"""From one round to the next: what a finding keeps, what was mended, and what changed though nobody asked for it.

A finding's fingerprint is made of its rule, table, item and column: moved rows, renamed files and sheets, and re-worded
messages leave it alone. Equal ones are numbered in the order of the file; which of them is which in the next round is known by
their rows (see `alignment`). What a later round needs of a submission is one small JSON file per department in the output of the
earlier one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from jixiao_xlsx.checking.fingerprints import identity_without_row, table_of
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.once_per_state import once_per_state
from jixiao_xlsx.season.cells_to_change import Address, asked, following, parts
from jixiao_xlsx.season.same_rows import FORMULA, Line, aligned, titled_alike
from jixiao_xlsx.values.answers import Answer
from jixiao_xlsx.values.cells import Cell, Place, Row, Submission, Table
from jixiao_xlsx.values.findings import Change, Finding, FindingState, Mended, Report, Severity
from jixiao_xlsx.values.number_text import plain
from jixiao_xlsx.values.text import tidy

FOLDER = "轮次"
_FULL = 8  # related cells that a finding names at most
_KEPT_OF_A_FINDING = frozenset({"kin", "anchor", "loose", "asked", "whole"})


# ----------------------------------------------------------------------------------------------------------- records


@dataclass(frozen=True)
class Record:
    """What one round leaves behind of one department."""

    department: str
    code: str
    sha256: str
    round: int
    findings: Sequence[Mapping[str, Any]]
    mended: Sequence[Mapping[str, Any]]
    values: Mapping[str, Sequence[Line]]
    absent: Mapping[str, Sequence[str]] = field(default_factory=dict)


def record_of(report: Report, submission: Submission, department: str, template: Template) -> bytes:
    """The JSON of a Record; the list of explanations holds no figures and is left out."""
    addresses = _addresses(submission)
    tables = [
        table for table in submission.tables.values() if table.name != template.remarks.get("table")
    ]
    titles = {address: row.title for table in tables for address, row in _titled(table)}
    formulas = {
        addresses[cell.place]: (cell.sheet, cell.formula)
        for table in tables
        for cell in table.cells()
        if cell.formula
    }

    def with_more(cells: set[Address]) -> set[Address]:
        return {*parts(cells, formulas, addresses), *following(cells, titles, template)}

    record = Record(
        department,
        report.code,
        _identity(report, submission),
        report.round,
        [_finding_record(finding, submission, addresses, with_more) for finding in report.findings],
        [asdict(one) for one in report.mended],
        {table.name: _texts(table) for table in tables},
        {table.name: list(table.absent) for table in tables if table.absent},
    )
    return (json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":")) + "\n").encode(
        errors="surrogatepass"
    )


def _titled(table: Table) -> Iterator[tuple[Address, Row]]:
    for number, row in enumerate(table.rows):
        for column in row.cells:
            yield (table.name, number, column), row


def _finding_record(
    finding: Finding,
    submission: Submission,
    addresses: Mapping[Place, Address],
    with_more: Callable[[set[Address]], set[Address]],
) -> dict[str, Any]:
    cells = asked(finding, addresses)
    table = table_of(finding.place, submission)
    return {
        "fingerprint": finding.fingerprint,
        "code": finding.code,
        "severity": finding.severity.value,
        "state": finding.state.value,
        "sheet": finding.place.sheet,
        "cell": finding.place.cell,
        "item": finding.item,
        "field": finding.field,
        "message": finding.message,
        "explanation": finding.explanation,
        "since": finding.since,
        "kin": identity_without_row(finding, submission),
        "anchor": addresses.get(finding.place),
        "loose": _loose(finding, table, addresses, submission),
        "asked": sorted(with_more(cells)),
        "whole": table if finding.count > len(cells) or len(finding.related) >= _FULL else "",
    }


def _loose(
    finding: Finding, table: str, addresses: Mapping[Place, Address], submission: Submission
) -> str:
    """For a finding about several rows or cells, which only stands at the first of them: what it is known by instead."""
    if finding.count > 1:
        return f"{finding.code}|{table}|"
    anchor = addresses.get(finding.place)
    rows = {
        addresses[place][1]
        for place in finding.related
        if place in addresses and addresses[place][0] == table
    }
    if anchor and rows - {anchor[1]} and anchor[1] in _open_rows(submission.tables[table]):
        return f"{finding.code}|{table}|{tidy(finding.field)}"
    return ""


def _open_rows(table: Table) -> set[int]:
    return {number for number, row in enumerate(table.rows) if row.kind == "open"}


def _lines(table: Table) -> Iterator[tuple[str, Mapping[str, Cell]]]:
    """The rows with their titles, and what stands around the grid as one more."""
    for row in table.rows:
        yield row.title, row.cells
    if table.extras:
        yield "", table.extras


def _addresses(submission: Submission) -> dict[Place, Address]:
    return {
        cell.place: (table.name, number, column)
        for table in submission.tables.values()
        for number, (_, cells) in enumerate(_lines(table))
        for column, cell in cells.items()
    }


def _texts(table: Table) -> list[Line]:
    return [
        (title, {column: text for column, cell in cells.items() if (text := _text(cell))})
        for title, cells in _lines(table)
    ]


def _text(cell: Cell) -> str:
    """What is typed there. What a formula gives follows from other cells, and is no change of its own."""
    if cell.formula is not None:
        return FORMULA
    return cell.text if cell.number is None else plain(cell.number)


def records_in(output: Path) -> Mapping[str, Record]:
    """The records of an earlier output, by code and by name."""
    return _records(output / FOLDER)[0]


def unusable_in(output: Path) -> tuple[str, ...]:
    """The files among them that are damaged, of another program, or of an earlier version of this one."""
    return _records(output / FOLDER)[1]


@once_per_state
def _records(folder: Path) -> tuple[Mapping[str, Record], tuple[str, ...]]:
    found: dict[str, Record] = {}
    unusable = []
    for path in sorted(folder.glob("*.json")):
        try:
            record = Record(**json.loads(path.read_text(encoding="utf-8")))
            _report_of(record)
            complete = all(one.keys() >= _KEPT_OF_A_FINDING for one in record.findings)
            if not complete or any(
                len(line) != 2 for rows in record.values.values() for line in rows
            ):
                raise ValueError
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            unusable.append(path.name)
            continue
        for name in (record.department, record.code):
            if name:
                found[tidy(name)] = record
    return found, tuple(unusable)


def remembered(output: Path, counted: Iterable[Answer]) -> tuple[Report, ...]:
    """What an earlier output says of the departments that have nothing among `counted`, each under the name it had there."""
    there = {
        tidy(name)
        for one in counted
        for name in (one.department, one.report.code if one.report else "")
        if name
    }
    records = {id(record): record for record in records_in(output).values()}.values()
    return tuple(
        _report_of(one) for one in records if not there & {tidy(one.department), tidy(one.code)}
    )


def _report_of(record: Record) -> Report:
    mended = tuple(
        Mended(**{**one, "severity": Severity(one["severity"])}) for one in record.mended
    )
    findings = tuple(
        Finding(
            one["code"],
            Severity(one["severity"]),
            Place(one["sheet"], one["cell"]),
            one["item"],
            one["field"],
            "",
            one["message"],
            state=FindingState(one["state"]),
            explanation=one["explanation"],
            fingerprint=one["fingerprint"],
            since=one["since"],
        )
        for one in record.findings
    )
    return Report(
        "",
        "",
        record.department,
        record.code,
        None,
        findings,
        {},
        (),
        round=record.round,
        mended=mended,
    )


# -------------------------------------------------------------------------------------------------------- comparison


def compared(
    report: Report, submission: Submission, before: Record | None, template: Template
) -> Report:
    """`report` held against the round before: since when each finding stands, what is mended, what else changed.

    The same file, with the same written report, once more is no new round.
    """
    if before is None:
        return report
    same = before.sha256 == _identity(report, submission)
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


def _identity(report: Report, submission: Submission) -> str:
    """The digest of the workbook, and of the written reports that came with it."""
    return "|".join((report.sha256, *(document.sha256 for document in submission.documents)))


def _in_report(one: Mapping[str, Any]) -> bool:
    """Whether a finding was about a written report: one that is not sent again is not mended."""
    return not str(one["cell"]).isascii()


def _recognised(
    findings: Sequence[Finding], before: Record, submission: Submission
) -> dict[str, Mapping[str, Any]]:
    """For each finding that stood before, by its fingerprint, the earlier one: the same at the same row, the same where no row
    tells, or one about the same several rows.
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
    """Which row of the submission is which row of the round before."""

    def __init__(self, before: Record, submission: Submission) -> None:
        self._addresses = _addresses(submission)
        self._old = before.values
        self._new = {
            name: _texts(table)
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
        """The address in the round before of the cell that a finding stands at; None where its row is new, or no row."""
        table, row, column = self._addresses.get(finding.place, ("", 0, ""))
        there = self.pairs.get(table, {}).get(row)
        return None if there is None else (table, there, column)

    def retitled(self, finding: Finding) -> bool:
        """Whether its row, which was there before, goes by another title now."""
        table, row, _ = self._addresses[finding.place]
        return self._new[table][row][0] != self._old[table][self.pairs[table][row]][0]

    def settles(self, finding: Finding) -> bool:
        """Whether its row is one of several with equal titles and was there before: no other row's finding is this one."""
        table, row, _ = self._addresses.get(finding.place, ("", 0, ""))
        return row in self.pairs.get(table, {}) and self._new[table][row][0] in self._alike[table]

    def settled(self, one: Mapping[str, Any]) -> bool:
        """As `settles`, of an earlier finding whose row is still there."""
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
    """Cells that differ though no finding of the round before spoke of them. What was missing as a whole had to change."""
    expected = {tuple(address) for one in before.findings for address in one["asked"]}
    wide = {one["whole"] for one in before.findings if one["whole"]}
    for table in submission.tables.values():
        if table.name == unread or table.name not in before.values or table.name in wide:
            continue
        old, missing = before.values[table.name], set(before.absent.get(table.name, ()))
        then = aligned(old, _texts(table))
        gone = sorted(set(range(len(old))) - set(then.values()))
        rows = [
            (then.get(number), title, cells) for number, (title, cells) in enumerate(_lines(table))
        ]
        for number, title, cells in (*rows, *((number, old[number][0], {}) for number in gone)):
            was = {} if number is None else old[number][1]
            for column in dict.fromkeys((*was, *cells)):
                cell = cells.get(column)
                now, before_ = _text(cell) if cell else "", was.get(column, "")
                if now == before_ or FORMULA in (now, before_) or {title, column} & missing:
                    continue
                if (table.name, number, column) not in expected:
                    yield Change(
                        cell.place if cell else Place(table.sheet, table.anchor.ref),
                        title,
                        column,
                        before_,
                        now,
                    )


def differences(old: Submission, new: Submission) -> Iterator[Change]:
    """Every cell of the form that is typed differently in two workbooks, row by row by their titles."""
    values = {table.name: _texts(table) for table in old.tables.values()}
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
    """How many 错误 and 警告 are 已改正, 未改正, 新出现 in this round; a 提示 asks for nothing."""
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
