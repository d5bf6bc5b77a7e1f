"""The whole loop: what a clerk mends by following the annotated copy is 已改正 in the second round,
and nothing new appears.

For every workbook of the samples that is returned; `clerk` does what the copy says.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from clerk import ANSWERS, mend
from office import _convert, office

import jixiao_xlsx as jx
from jixiao_xlsx.examining.check import catalogue, check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.titles import OPINION_SHEET
from jixiao_xlsx.season.rounds.compare_rounds import open_counts
from jixiao_xlsx.values.findings import FindingState, Result
from jixiao_xlsx.values.season import Season
from jixiao_xlsx.values.severity import Severity

SAMPLES = Path(__file__).parents[2] / "samples"
FORM = find_template()


def ran(inbox: Path, output: Path, previous: Path | None = None) -> Season:
    done = jx.run(
        [inbox],
        output,
        template=FORM,
        roster=SAMPLES / "departments.csv",
        previous=previous,
        jobs=1,
    )
    assert not done.problems and not [entry.problem for entry in done.entries if entry.problem]
    return done


@pytest.fixture(scope="module")
def two_rounds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Season, Season, Path]:
    folder = tmp_path_factory.mktemp("rounds")
    (inbox := folder / "inbox").mkdir()
    (mended := folder / "mended").mkdir()
    for stem in ANSWERS:
        (inbox / f"{stem}.xlsx").write_bytes((SAMPLES / "inbox" / f"{stem}.xlsx").read_bytes())
    first = ran(inbox, folder / "one")
    for number, entry in enumerate(first.submitted):
        assert entry.report
        (copy,) = (folder / "one" / path for path in entry.returned if path.endswith(".xlsx"))
        data = mend(Path(entry.file).stem, entry.report, copy.read_bytes(), FORM)
        (mended / f"改好的{number}.xlsx").write_bytes(data)
    # A clerk's program calculates and saves.
    _convert(
        "xlsx:Calc MS Excel 2007 XML",
        sorted(mended.glob("*.xlsx")),
        folder / "again",
        folder / "profile",
        recalculate=True,
    )
    return first, ran(folder / "again", folder / "two", folder / "one"), folder


def test_every_returned_sample_is_mended_here() -> None:
    reports = {
        path.stem: check(workbook.read(path, FORM), FORM)
        for path in (SAMPLES / "inbox").glob("*.xlsx")
    }
    assert {stem for stem, report in reports.items() if report.result is not Result.PASS} == set(
        ANSWERS
    )


@office
def test_every_fault_is_mended_and_nothing_is_new(two_rounds: tuple[Season, Season, Path]) -> None:
    first, second, _ = two_rounds
    before = {entry.department: entry.report for entry in first.submitted}
    assert len(second.submitted) == len(ANSWERS)
    for entry in second.submitted:
        report, earlier = entry.report, before[entry.department]
        assert report and earlier and report.round == 2
        open_ = [
            f
            for f in report.findings
            if f.state is FindingState.OPEN and f.severity is not Severity.NOTE
        ]
        assert [(entry.department, f.code, str(f.place), f.message) for f in open_] == []
        gone = {one.fingerprint for one in report.mended}
        explained = {f.fingerprint for f in report.findings if f.state is FindingState.EXPLAINED}
        assert {f.fingerprint for f in earlier.findings if f.severity is Severity.ERROR} <= gone
        assert {
            f.fingerprint for f in earlier.findings if f.severity is Severity.WARNING
        } <= gone | explained
        assert open_counts(report)[1:] == (0, 0) and report.result is Result.PASS


@office
def test_the_letter_and_the_ledger_say_so(two_rounds: tuple[Season, Season, Path]) -> None:
    _, second, folder = two_rounds
    for entry in second.submitted:
        (letter,) = entry.returned
        with ZipFile(folder / "two" / letter) as archive:
            text = re.sub("<[^>]+>", "", archive.read("word/document.xml").decode())
        mended = open_counts(entry.report)[0]  # type: ignore[arg-type]
        assert (
            mended
            and f"第 2 次报送，与上次相比：已改正 {mended} 项，未改正 0 项，新出现 0 项" in text
        )
    book = openpyxl.load_workbook(folder / "two" / "汇总.xlsx")
    states = [row[7] for row in book["整改台账"].iter_rows(min_row=4, values_only=True)]
    assert any(str(state).startswith("已改正") for state in states)
    assert not {"新出现", "未改正"} & set(states)
    at = [cell.value for cell in book["部门排名"][3]].index("与上次相比")
    ranked = [row[at] for row in book["部门排名"].iter_rows(min_row=4, values_only=True)]
    assert all("未改正 0，新出现 0" in str(words) for words in ranked)


@office
def test_the_copy_that_came_back_is_read_as_a_submission(
    two_rounds: tuple[Season, Season, Path],
) -> None:
    _, second, folder = two_rounds
    for entry in second.submitted:
        submission = workbook.read(folder / "again" / entry.file, FORM)
        assert OPINION_SHEET not in submission.sheets
        assert not [note for note in submission.notes if note.item == OPINION_SHEET]
        names = {note.kind for note in submission.notes}
        assert "unread_sheet" not in names
    assert (folder / "two" / "轮次").is_dir()
    assert catalogue(FORM)


def test_who_sends_nothing_this_time_is_not_forgotten(tmp_path: Path) -> None:
    """One department passed, one was returned, and the next inbox has only a third: both are told,
    neither is chased as if it had never sent anything; the one that sends again in the third run is
    in its second round.
    """
    passed, late, third = "青禾县信访局", "青禾县教育局", "青禾县统计局"
    names = {passed: "青禾县信访局.xlsx", third: "县统计局整体支出绩效自评.xlsx"}
    names[late] = "附件2：青禾县教育局2023年部门整体支出绩效自评表.xlsx"
    for folder, departments in (("甲", (passed, late)), ("乙", (third,)), ("丙", (late,))):
        (tmp_path / folder).mkdir()
        for department in departments:
            (tmp_path / folder / names[department]).write_bytes(
                (SAMPLES / "inbox" / names[department]).read_bytes()
            )
    first = ran(tmp_path / "甲", tmp_path / "一")
    second = ran(tmp_path / "乙", tmp_path / "二", tmp_path / "一")
    report = next(entry.report for entry in first.submitted if entry.department == late)
    assert report
    errors, warnings = (report.count(severity) for severity in (Severity.ERROR, Severity.WARNING))
    assert set(second.silent) == {passed, late} and any(
        "有 2 个部门这次没有报送" in note for note in second.notes
    )
    book = openpyxl.load_workbook(tmp_path / "二" / "汇总.xlsx")
    round_states = {
        row[1]: row[8] for row in book["报送情况"].iter_rows(min_row=4, values_only=True)
    }
    assert round_states[passed] == "这次没有报送；第 1 次报送已通过"
    assert (
        round_states[late]
        == f"这次没有报送；第 1 次报送退回修改，还有错误 {errors} 条、警告 {warnings} 条"
    )
    lines = [
        row for row in book["整改台账"].iter_rows(min_row=4, values_only=True) if row[0] == late
    ]
    assert (
        len(lines) == errors + warnings
        and {row[7] for row in lines} == {"待改正"}
        and all(row[9] for row in lines)
    )
    with ZipFile(tmp_path / "二" / "审核情况汇报.docx") as archive:
        text = re.sub("<[^>]+>", "", archive.read("word/document.xml").decode())
    assert "另有 2 个部门以前报过，这次没有再报。" in text and passed not in text

    data = (tmp_path / "丙" / names[late]).read_bytes()
    stream = io.BytesIO(data)
    with ZipFile(stream, "a") as archive:
        archive.comment = b"saved again"
    (tmp_path / "丙" / names[late]).write_bytes(stream.getvalue())
    again = ran(tmp_path / "丙", tmp_path / "三", tmp_path / "二")
    (entry,) = again.submitted
    assert (
        entry.report and entry.report.round == 2 and {f.since for f in entry.report.findings} == {1}
    )
    assert set(again.silent) == {passed, third}


def test_a_folder_that_is_no_earlier_output_is_refused_and_a_damaged_record_is_told(
    tmp_path: Path,
) -> None:
    (tmp_path / "甲").mkdir()
    (tmp_path / "甲" / "x.xlsx").write_bytes((SAMPLES / "inbox" / "青禾县信访局.xlsx").read_bytes())
    with pytest.raises(InputError, match="不是以前的结果"):
        ran(tmp_path / "甲", tmp_path / "二", tmp_path / "甲")
    assert not (tmp_path / "二").exists()
    ran(tmp_path / "甲", tmp_path / "一")
    (record,) = (tmp_path / "一" / "轮次").iterdir()
    record.write_text(record.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    done = ran(tmp_path / "甲", tmp_path / "二", tmp_path / "一")
    assert "上一轮有 1 份轮次记录不能用（season.json），这些部门按第一次报送对待。" in done.notes


def test_a_roster_that_was_changed_meanwhile_is_read_again(tmp_path: Path) -> None:
    """In one and the same process, as in a notebook."""
    roster = tmp_path / "departments.csv"
    roster.write_bytes((SAMPLES / "departments.csv").read_bytes())
    (tmp_path / "甲").mkdir()
    (tmp_path / "甲" / "x.xlsx").write_bytes((SAMPLES / "inbox" / "青禾县信访局.xlsx").read_bytes())

    def addressed(output: str) -> str:
        done = jx.run([tmp_path / "甲"], tmp_path / output, template=FORM, roster=roster, jobs=1)
        with ZipFile(tmp_path / output / done.submitted[0].returned[0]) as archive:
            return re.sub("<[^>]+>", "", archive.read("word/document.xml").decode())

    assert "青禾县信访局：" in addressed("一")
    roster.write_text(
        roster.read_text(encoding="utf-8-sig").replace("青禾县信访局", "青禾县信访工作局"),
        encoding="utf-8-sig",
    )
    assert "青禾县信访工作局：" in addressed("二")
