"""The whole loop: what a clerk mends by following the annotated copy is 已改正 in the second round, and nothing new appears.

For every workbook of the samples that is returned; `clerk` does what the copy says.
"""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from clerk import ANSWERS, mend
from office import _convert, office

from jixiao_xlsx import batch, checker, reader, rounds
from jixiao_xlsx.model import Batch, FindingState, Result, Severity
from jixiao_xlsx.names import RETURNED
from jixiao_xlsx.spec import find_template

SAMPLES = Path(__file__).parent.parent / "samples"
FORM = find_template()


def ran(inbox: Path, output: Path, previous: Path | None = None) -> Batch:
    done = batch.run([inbox], output, template=FORM, roster_path=SAMPLES / "departments.csv", previous=previous, jobs=1)
    assert not done.problems and not [answer.problem for answer in done.answers if answer.problem]
    return done


@pytest.fixture(scope="module")
def two_rounds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Batch, Batch, Path]:
    folder = tmp_path_factory.mktemp("rounds")
    (inbox := folder / "inbox").mkdir()
    (mended := folder / "mended").mkdir()
    for stem in ANSWERS:
        (inbox / f"{stem}.xlsx").write_bytes((SAMPLES / "inbox" / f"{stem}.xlsx").read_bytes())
    first = ran(inbox, folder / "one")
    for number, answer in enumerate(first.submitted):
        assert answer.report
        (copy,) = (folder / "one" / path for path in answer.returned if path.endswith(".xlsx"))
        data = mend(Path(answer.file).stem, answer.report, copy.read_bytes(), FORM)
        (mended / f"改好的{number}.xlsx").write_bytes(data)
    # A clerk's program calculates and saves.
    _convert("xlsx:Calc MS Excel 2007 XML", sorted(mended.glob("*.xlsx")), folder / "again", folder / "profile", recalculate=True)
    return first, ran(folder / "again", folder / "two", folder / "one"), folder


def test_every_returned_sample_is_mended_here() -> None:
    reports = {path.stem: checker.check(reader.read(path, FORM), FORM) for path in (SAMPLES / "inbox").glob("*.xlsx")}
    assert {stem for stem, report in reports.items() if report.result is Result.RETURN} == set(ANSWERS)


@office
def test_every_fault_is_mended_and_nothing_is_new(two_rounds: tuple[Batch, Batch, Path]) -> None:
    first, second, _ = two_rounds
    before = {answer.department: answer.report for answer in first.submitted}
    assert len(second.submitted) == len(ANSWERS)
    for answer in second.submitted:
        report, earlier = answer.report, before[answer.department]
        assert report and earlier and report.round == 2
        open_ = [f for f in report.findings if f.state is FindingState.OPEN and f.severity is not Severity.NOTE]
        assert [(answer.department, f.code, str(f.place), f.message) for f in open_] == []
        gone = {one.fingerprint for one in report.mended}
        explained = {f.fingerprint for f in report.findings if f.state is FindingState.EXPLAINED}
        assert {f.fingerprint for f in earlier.findings if f.severity is Severity.ERROR} <= gone
        assert {f.fingerprint for f in earlier.findings if f.severity is Severity.WARNING} <= gone | explained
        assert rounds.open_counts(report)[1:] == (0, 0) and report.result is Result.PASS


@office
def test_the_letter_and_the_ledger_say_so(two_rounds: tuple[Batch, Batch, Path]) -> None:
    _, second, folder = two_rounds
    for answer in second.submitted:
        (letter,) = answer.returned
        with ZipFile(folder / "two" / letter) as archive:
            text = re.sub("<[^>]+>", "", archive.read("word/document.xml").decode())
        mended = rounds.open_counts(answer.report)[0]  # type: ignore[arg-type]
        assert mended and f"第 2 次报送，与上次相比：已改正 {mended} 项，未改正 0 项，新出现 0 项" in text
    book = openpyxl.load_workbook(folder / "two" / "汇总.xlsx")
    states = [row[7] for row in book["整改台账"].iter_rows(min_row=4, values_only=True)]
    assert any(str(state).startswith("已改正") for state in states)
    assert not {"新出现", "未改正"} & set(states)
    at = [cell.value for cell in book["部门排名"][3]].index("与上次相比")
    ranked = [row[at] for row in book["部门排名"].iter_rows(min_row=4, values_only=True)]
    assert all("未改正 0，新出现 0" in str(words) for words in ranked)


@office
def test_the_copy_that_came_back_is_read_as_a_submission(two_rounds: tuple[Batch, Batch, Path]) -> None:
    _, second, folder = two_rounds
    for answer in second.submitted:
        submission = reader.read(folder / "again" / answer.file, FORM)
        assert RETURNED not in submission.sheets
        assert not [note for note in submission.notes if note.item == RETURNED]
        names = {note.kind for note in submission.notes}
        assert "unread_sheet" not in names
    assert (folder / "two" / rounds.FOLDER).is_dir()
    assert checker.catalogue(FORM)
