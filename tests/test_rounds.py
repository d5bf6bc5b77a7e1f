"""Rounds: fingerprints survive what a clerk does to a workbook, and only what was not asked for counts as another change."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jixiao_xlsx import checker, reader, rounds
from jixiao_xlsx.model import Cell, Finding, FindingState, Report, Row, Submission, Table
from jixiao_xlsx.spec import find_template

INBOX = Path(__file__).parent.parent / "samples" / "inbox"
FORM = find_template()
REMARKS = (FORM.remarks["table"],)


def _faulty() -> list[Submission]:
    books = [reader.read(path, FORM) for path in sorted(INBOX.glob("*.xlsx"))[2:12]]
    return [book for book in books if checker.check(book, FORM).count(checker.Severity.ERROR)]


BOOKS = _faulty()


def record(report: Report, submission: Submission) -> rounds.Record:
    return rounds.Record(**json.loads(rounds.record_of(report, submission, submission.department, REMARKS)))


def compared(before: Submission, after: Submission) -> Report:
    first = checker.check(before, FORM)
    return rounds.compared(checker.check(after, FORM), after, record(first, before), REMARKS)


def moved(submission: Submission, rng: random.Random) -> Submission:
    """Open rows in another order, blank ones put in between, every cell at another address."""
    return replace(
        submission,
        file="改名.xlsx",
        sha256="0" * 64,
        tables={name: _moved(table, rng) for name, table in submission.tables.items()},
    )


def _moved(table: Table, rng: random.Random) -> Table:
    rows = list(table.rows)
    opened = [at for at, row in enumerate(rows) if row.kind == "open"]
    if len({rows[at].title for at in opened}) == len(opened):
        shuffled = opened[:]
        rng.shuffle(shuffled)
        for at, row in zip(opened, [rows[number] for number in shuffled], strict=True):
            rows[at] = row
    down = rng.randint(0, 5)
    return replace(table, rows=tuple(_lowered(row, down) for row in rows))


def _lowered(row: Row, down: int) -> Row:
    return replace(row, cells={column: _lower(cell, down) for column, cell in row.cells.items()})


def _lower(cell: Cell, down: int) -> Cell:
    letters = "".join(c for c in cell.ref if c.isalpha())
    return cell._replace(ref=f"{letters}{int(cell.ref[len(letters) :]) + down}")


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(0, len(BOOKS) - 1))
def test_moved_rows_and_renamed_files_change_no_state(seed: int, which: int) -> None:
    before = BOOKS[which]
    report = compared(before, moved(before, random.Random(seed)))
    assert report.round == 2
    assert {f.since for f in report.findings} <= {1}
    assert report.mended == () and report.changes == ()


def test_equal_findings_are_numbered_and_words_do_not_matter() -> None:
    submission = BOOKS[0]
    one = checker.check(submission, FORM).findings[0]
    other = replace(one, message="换一种说法", hint="")
    first, second = rounds.sealed([one, one], submission)
    assert first.fingerprint != second.fingerprint
    assert rounds.sealed([other, other], submission)[1].fingerprint == second.fingerprint


def test_the_same_file_again_is_no_new_round() -> None:
    submission = BOOKS[0]
    report = compared(submission, submission)
    assert report.round == 1 and report.changes == () and report.mended == ()


def _typed(submission: Submission, table: str, row: str, column: str, value: str) -> Submission:
    found = submission[table]
    rows = tuple(
        replace(r, cells={**r.cells, column: r.cells[column]._replace(value=Decimal(value), raw=float(value))})
        if r.title == row
        else r
        for r in found.rows
    )
    return replace(submission, sha256="1" * 64, tables={**submission.tables, table: replace(found, rows=rows)})


def test_a_change_that_nobody_asked_for_is_told_and_an_asked_one_is_not() -> None:
    submission = BOOKS[0]
    first = checker.check(submission, FORM)
    asked = {place for f in first.findings for place in (f.place, *f.related)}
    calm = [
        (table.name, row.title, column, cell)
        for table in submission.tables.values()
        for row in table.rows
        if row.kind == "fixed"
        for column, cell in row.cells.items()
        if cell.number and cell.formula is None and not any(f.place.sheet == cell.sheet for f in first.findings)
    ]
    table, row, column, cell = calm[0]
    report = compared(submission, _typed(submission, table, row, column, "123.45"))
    assert [(c.place, c.item, c.field, c.after) for c in report.changes] == [(cell.place, row, column, "123.45")]
    for finding in first.findings:
        found = next(
            (c for t in submission.tables.values() for r in t.rows for c in r.cells.values() if c.place == finding.place), None
        )
        if found is not None and found.number is not None:
            where = next((t.name, r.title) for t in submission.tables.values() for r in t.rows if found in r.cells.values())
            assert compared(submission, _typed(submission, *where, found.column, "7.77")).changes == ()
    assert asked


def test_three_rounds_remember_the_first() -> None:
    submission = BOOKS[0]
    first = checker.check(submission, FORM)
    second = compared(submission, replace(submission, sha256="2" * 64))
    half = replace(second, findings=second.findings[1:])
    third_file = replace(submission, sha256="3" * 64)
    third = rounds.compared(replace(first, sha256="3" * 64), third_file, record(half, submission), REMARKS)
    assert third.round == 3
    assert [f.since for f in third.findings] == [3, *[1] * (len(first.findings) - 1)]
    fourth = rounds.compared(replace(first, sha256="4" * 64, findings=()), third_file, record(third, third_file), REMARKS)
    assert len(fourth.mended) == len(first.findings) and {one.until for one in fourth.mended} == {4}
    assert rounds.open_counts(fourth) == (len(first.findings), 0, 0)


def test_what_is_not_ours_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / rounds.FOLDER).mkdir()
    (tmp_path / rounds.FOLDER / "x.json").write_text('{"a": 1}', encoding="utf-8")
    (tmp_path / rounds.FOLDER / "y.json").write_text("[", encoding="utf-8")
    assert rounds.records_in(tmp_path) == {}


def test_an_explained_finding_is_neither_mended_nor_open() -> None:
    submission = BOOKS[0]
    report = compared(submission, replace(submission, sha256="5" * 64))
    explained: list[Finding] = [replace(f, state=FindingState.EXPLAINED) for f in report.findings]
    assert rounds.open_counts(replace(report, findings=tuple(explained))) == (0, 0, 0)


@pytest.mark.parametrize("which", range(min(2, len(BOOKS))))
def test_two_equal_workbooks_do_not_differ(which: int) -> None:
    assert list(rounds.differences(BOOKS[which], BOOKS[which])) == []
