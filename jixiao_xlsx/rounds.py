"""From one round to the next: what a finding keeps, what was mended, and what changed though nobody asked for it.

A finding's fingerprint is made of its rule, table, item and column: moved rows, renamed files and sheets, and re-worded
messages leave it alone. Equal ones are numbered in the order of the file. What a later round needs of a submission is one
small JSON file per department in the output of the earlier one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from jixiao_xlsx.amounts import plain, tidy
from jixiao_xlsx.model import Cell, Change, Finding, FindingState, Mended, Place, Report, Severity, Submission, Table

FOLDER = "轮次"
FORMULA = "="  # stands for whatever a formula gives: a result that follows from another cell is no change of its own
_FULL = 8  # related cells that a finding names at most
_LINE_NUMBER = re.compile(r"第\d+行")
_ADDRESS = re.compile(r"([^\s“”「」、，。；：!]+)!([A-Z]{1,3}\d+)")

Address = tuple[str, str, str]  # table, row (numbered where titles repeat), column


# ----------------------------------------------------------------------------------------------------- fingerprints


def sealed(findings: Iterable[Finding], submission: Submission) -> list[Finding]:
    """`findings`, in the order of the file, each with its fingerprint."""
    seen: Counter[str] = Counter()
    result = []
    for finding in findings:
        table = _table_of(finding.place, submission)
        item, column = (_LINE_NUMBER.sub("第行", tidy(text)) for text in (finding.item, finding.field))
        words = "|".join((finding.code, table, item, column))
        seen[words] += 1
        digest = hashlib.sha256(f"{words}|{seen[words]}".encode(errors="surrogatepass")).hexdigest()[:16]
        result.append(replace(finding, fingerprint=digest))
    return result


def _table_of(place: Place, submission: Submission) -> str:
    """The table a cell belongs to: by the cell, else the only one of its sheet; "" where neither says."""
    tables = [table for table in submission.tables.values() if table.sheet == place.sheet]
    if len(tables) == 1:
        return tables[0].name
    return next((t.name for t in tables if any(cell.ref == place.cell for cell in t.cells())), "")


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
    values: Mapping[str, Mapping[str, Mapping[str, str]]]
    absent: Mapping[str, Sequence[str]] = field(default_factory=dict)


def record_of(report: Report, submission: Submission, department: str, unread: Iterable[str] = ()) -> bytes:
    """The JSON of a Record; tables in `unread` (the list of explanations) hold no figures and are left out."""
    addresses = _addresses(submission)
    tables = [table for table in submission.tables.values() if table.name not in set(unread)]
    record = Record(
        department,
        report.code,
        _identity(report, submission),
        report.round,
        [_finding_record(finding, submission, addresses) for finding in report.findings],
        [asdict(one) for one in report.mended],
        {table.name: _values(table) for table in tables},
        {table.name: list(table.absent) for table in tables if table.absent},
    )
    return (json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":")) + "\n").encode(errors="surrogatepass")


def _finding_record(finding: Finding, submission: Submission, addresses: Mapping[Place, Address]) -> dict[str, Any]:
    named = [Place(sheet, cell) for sheet, cell in _ADDRESS.findall(f"{finding.message} {finding.hint}")]
    asked = {addresses[place] for place in (finding.place, *finding.related, *named) if place in addresses}
    table = _table_of(finding.place, submission)
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
        "since": finding.since,
        "loose": _loose(finding, table, addresses, submission),
        "asked": sorted(asked),
        "whole": table if finding.count > len(asked) or len(finding.related) >= _FULL else "",
    }


def _loose(finding: Finding, table: str, addresses: Mapping[Place, Address], submission: Submission) -> str:
    """For a finding about several rows or cells, which only stands at the first of them: what it is known by instead."""
    if finding.count > 1:
        return f"{finding.code}|{table}|"
    anchor = addresses.get(finding.place)
    rows = {addresses[place][1] for place in finding.related if place in addresses and addresses[place][0] == table}
    if (
        anchor
        and any(row.title == anchor[1].partition("#")[0] for row in submission.tables[table].open_rows)
        and rows - {anchor[1]}
    ):
        return f"{finding.code}|{table}|{tidy(finding.field)}"
    return ""


def _rows(table: Table) -> Iterator[tuple[str, Mapping[str, Cell]]]:
    """Rows by title, numbered where titles repeat, and what stands around the grid as one more."""
    seen: Counter[str] = Counter()
    for row in table.rows:
        seen[row.title] += 1
        yield (row.title if seen[row.title] == 1 else f"{row.title}#{seen[row.title]}"), row.cells
    if table.extras:
        yield "", table.extras


def _addresses(submission: Submission) -> dict[Place, Address]:
    return {
        cell.place: (table.name, row, column)
        for table in submission.tables.values()
        for row, cells in _rows(table)
        for column, cell in cells.items()
    }


def _values(table: Table) -> dict[str, dict[str, str]]:
    lines = ((row, {column: text for column, cell in cells.items() if (text := _text(cell))}) for row, cells in _rows(table))
    return {row: line for row, line in lines if line}


def _text(cell: Cell) -> str:
    if cell.formula is not None:
        return FORMULA
    return cell.text if cell.number is None else plain(cell.number)


@lru_cache(maxsize=2)
def records_in(folder: Path) -> Mapping[str, Record]:
    """The records of an earlier output, by code and by name. Files that are not ours are passed over."""
    found: dict[str, Record] = {}
    for path in sorted((folder / FOLDER).glob("*.json")):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            record = Record(**json.loads(path.read_text(encoding="utf-8")))
            for name in (record.department, record.code):
                if name:
                    found[tidy(name)] = record
    return found


# -------------------------------------------------------------------------------------------------------- comparison


def compared(report: Report, submission: Submission, before: Record | None, unread: Iterable[str] = ()) -> Report:
    """`report` held against the round before: since when each finding stands, what is mended, what else changed.

    The same file, with the same written report, once more is no new round.
    """
    if before is None:
        return report
    same = before.sha256 == _identity(report, submission)
    number = before.round if same else before.round + 1
    known = _recognised(report.findings, before, submission)
    findings = tuple(
        replace(f, since=int(known[f.fingerprint]["since"]) if f.fingerprint in known else number) for f in report.findings
    )
    mended = [Mended(**{**one, "severity": Severity(one["severity"])}) for one in before.mended]
    if not same:
        there = {one["fingerprint"] for one in known.values()}
        gone = [one for one in before.findings if one["fingerprint"] not in there]
        mended += [_mended(one, number) for one in gone if submission.documents or not _in_report(one)]
    changes = () if same else tuple(_changes(before, submission, set(unread)))
    return replace(report, findings=findings, round=number, mended=tuple(mended), changes=changes)


def _identity(report: Report, submission: Submission) -> str:
    """The digest of the workbook, and of the written reports that came with it."""
    return "|".join((report.sha256, *(document.sha256 for document in submission.documents)))


def _in_report(one: Mapping[str, Any]) -> bool:
    """Whether a finding was about a written report: one that is not sent again is not mended."""
    return not str(one["cell"]).isascii()


def _recognised(findings: Sequence[Finding], before: Record, submission: Submission) -> dict[str, Mapping[str, Any]]:
    """For each finding that stood before, by its fingerprint, the earlier one: the same, or one about the same several rows."""
    same = {one["fingerprint"]: one for one in before.findings}
    known = {f.fingerprint: same[f.fingerprint] for f in findings if f.fingerprint in same}
    taken = {one["fingerprint"] for one in known.values()}
    loose = [one for one in before.findings if one["loose"] and one["fingerprint"] not in taken]
    for finding in findings:
        if finding.fingerprint not in known:
            table = _table_of(finding.place, submission)
            names = {f"{finding.code}|{table}|", f"{finding.code}|{table}|{tidy(finding.field)}"}
            found = next((one for one in loose if one["loose"] in names), None)
            if found is not None:
                loose.remove(found)
                known[finding.fingerprint] = found
    return known


def _mended(one: Mapping[str, Any], number: int) -> Mended:
    words = {name: str(one[name]) for name in ("fingerprint", "code", "sheet", "cell", "item", "field", "message")}
    return Mended(**words, severity=Severity(one["severity"]), since=int(one["since"]), until=number)


def _changes(before: Record, submission: Submission, unread: set[str]) -> Iterator[Change]:
    """Cells that differ though no finding of the round before spoke of them. What was missing as a whole had to change."""
    asked = {tuple(address) for one in before.findings for address in one["asked"]}
    wide = {one["whole"] for one in before.findings if one["whole"]}
    for table in submission.tables.values():
        if table.name in unread or table.name not in before.values or table.name in wide:
            continue
        old, missing = before.values[table.name], set(before.absent.get(table.name, ()))
        rows = dict(_rows(table))
        for row in dict.fromkeys((*old, *rows)):
            line, was = rows.get(row, {}), old.get(row, {})
            for column in dict.fromkeys((*was, *line)):
                cell = line.get(column)
                now, then = _text(cell) if cell else "", was.get(column, "")
                if now == then or FORMULA in (now, then) or {row, column} & missing or (table.name, row, column) in asked:
                    continue
                place = cell.place if cell else Place(table.sheet, table.anchor.ref)
                yield Change(place, row.partition("#")[0], column, then, now)


def differences(old: Submission, new: Submission) -> Iterator[Change]:
    """Every cell of the form that is typed differently in two workbooks, row by row by their titles."""
    values = {table.name: _values(table) for table in old.tables.values()}
    none = Record("", "", "", 1, (), (), {name: values.get(name, {}) for name in {*values, *new.tables}})
    yield from _changes(none, new, set())
    for name in values.keys() - new.tables.keys():
        yield Change(Place(old.tables[name].sheet, old.tables[name].anchor.ref), name, "", "（有此表）", "（没有此表）")


def open_counts(report: Report) -> tuple[int, int, int]:
    """How many 错误 and 警告 are 已改正, 未改正, 新出现 in this round; a 提示 asks for nothing."""
    open_ = [f for f in report.findings if f.state is FindingState.OPEN and f.severity is not Severity.NOTE]
    mended = [one for one in report.mended if one.until == report.round and one.severity is not Severity.NOTE]
    fresh = sum(f.since == report.round for f in open_)
    return len(mended), len(open_) - fresh, fresh
