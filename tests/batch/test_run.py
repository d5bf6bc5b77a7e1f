"""The whole run: everything accounted for, whole files, same bytes, and nothing of a person's work
lost.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.batch import deliver, outbox
from jixiao_xlsx.batch.executors import processes
from jixiao_xlsx.batch.executors.processes import Executor
from jixiao_xlsx.batch.failures import failure_of_process
from jixiao_xlsx.batch.run import with_output_names
from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.inbox import find_candidates
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.files import Blocked, write_bytes
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.season import Entry, FileStatus, Season

TEMPLATE = find_template()
SAMPLES = Path(__file__).parents[2] / "samples"
ROSTER = SAMPLES / "departments.csv"
BOOKS = sorted((SAMPLES / "inbox").glob("*.xlsx"))
FEW = 3


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Three workbooks of the samples."""
    folder = tmp_path / "收件箱"
    folder.mkdir()
    for book in BOOKS[:FEW]:
        shutil.copy2(book, folder)
    return folder


def run(inbox: Path, output: Path, **options: object) -> Season:
    return jx.run([inbox], output, template=TEMPLATE, roster=ROSTER, **options)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def record(output: Path) -> dict[str, object]:
    return json.loads((output / "run.json").read_text(encoding="utf-8"))


# -------------------------------------------------------------------------------------- all samples


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> tuple[Season, Path]:
    output = tmp_path_factory.mktemp("season") / "结果"
    return jx.run([SAMPLES / "inbox"], output, template=TEMPLATE, roster=ROSTER, jobs=2), output


def test_every_sample_is_accounted_for(season: tuple[Season, Path]) -> None:
    done, output = season
    assert sorted(entry.file for entry in done.entries) == sorted(
        c.file for c in find_candidates([SAMPLES / "inbox"])
    )
    assert not [
        entry for entry in done.entries if entry.problem or entry.status is FileStatus.UNREADABLE
    ]
    totals = record(output)["totals"]
    assert (
        totals["files"]["seen"] == sum(totals["files"]["by_status"].values()) == len(done.entries)
    )
    assert totals["cells"]["read"] == totals["cells"]["handled"] + totals["cells"]["refused"] > 0
    assert (
        totals["departments"]["roster"]
        == totals["departments"]["submitted"] + totals["departments"]["missing"]
    )
    severities = Counter(
        finding.severity.value for entry in done.submitted for finding in entry.report.findings
    )
    assert {name: sum(states.values()) for name, states in totals["findings"].items()} == dict(
        severities
    )


def test_every_department_that_counts_has_its_workbook(season: tuple[Season, Path]) -> None:
    done, output = season
    written = {entry.output for entry in done.submitted}
    assert written == {path.relative_to(output).as_posix() for path in (output / "评分").iterdir()}
    assert len(written) == len(done.submitted)
    assert {"findings.csv", "findings.json", "run.json", "评分", "汇总.xlsx"} <= {
        path.name for path in output.iterdir()
    }
    assert not [path for path in output.rglob("*") if path.name.startswith(".")]


def test_the_record_lists_the_digest_of_everything_written(season: tuple[Season, Path]) -> None:
    _, output = season
    listed = {item["path"]: item["sha256"] for item in record(output)["outputs"]}
    assert listed == {
        path: hashlib.sha256(data).hexdigest()
        for path, data in tree(output).items()
        if path != "run.json"
    }
    assert str(output) not in (output / "run.json").read_text(encoding="utf-8")


def test_the_samples_are_all_of_the_roster_and_the_season(season: tuple[Season, Path]) -> None:
    done, _ = season
    assert {entry.status for entry in done.entries} == {FileStatus.SUBMITTED}
    assert done.year == 2023


def test_entries_carry_no_workbook(season: tuple[Season, Path]) -> None:
    done, _ = season
    assert all(
        not score.places
        for entry in done.submitted
        for card in entry.scorecards
        for score in card.indicators
    )


# --------------------------------------------------------------------------- same input, same bytes


def test_the_same_input_gives_the_same_bytes_whatever_the_processes(
    inbox: Path, tmp_path: Path
) -> None:
    run(inbox, tmp_path / "甲", jobs=1)
    run(inbox, tmp_path / "乙", jobs=2)
    assert tree(tmp_path / "甲") == tree(tmp_path / "乙")
    run(inbox, tmp_path / "甲", jobs=1)
    assert tree(tmp_path / "甲") == tree(tmp_path / "乙")


def test_the_originals_are_untouched(inbox: Path, tmp_path: Path) -> None:
    before = tree(inbox)
    run(inbox, tmp_path / "结果")
    assert tree(inbox) == before


def test_results_inside_the_inbox_are_not_read_again(inbox: Path) -> None:
    first = run(inbox, inbox / "结果")
    assert run(inbox, inbox / "结果").entries == first.entries


# ---------------------------------------------------------------------------------- what goes wrong


def test_the_results_of_an_earlier_run_are_no_submissions(inbox: Path) -> None:
    """Not even the annotated copies in it, which are younger than what was sent."""
    first = run(inbox, inbox / "第一次" / "结果")
    (inbox / "断了的" / outbox.WAITING).mkdir(parents=True)
    shutil.copy2(BOOKS[0], inbox / "断了的")
    second = run(inbox, inbox / "第二次")
    set_aside = {entry.file: entry.reason for entry in second.entries if not entry.counts}
    assert sorted(set_aside) == ["断了的", "第一次/结果"] and all(
        "以前运行的结果" in reason for reason in set_aside.values()
    )
    assert [one.file for one in second.submitted] == [one.file for one in first.submitted]


def test_one_bad_file_is_one_line(inbox: Path, tmp_path: Path) -> None:
    (inbox / "坏.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    (inbox / "空.xlsx").write_bytes(b"")
    (inbox / "~$锁.xlsx").write_bytes(b"x")
    done = run(inbox, tmp_path / "结果")
    status = {entry.file: entry.status for entry in done.entries}
    assert len(done.submitted) == FEW
    assert (
        status["坏.xlsx"] is not FileStatus.SUBMITTED
        and status["空.xlsx"] is not FileStatus.SUBMITTED
    )
    assert status["~$锁.xlsx"] is FileStatus.UNRECOGNISED
    assert all(
        entry.reason and entry.sha256
        for entry in done.entries
        if entry.status is not FileStatus.SUBMITTED
    )


@pytest.mark.parametrize(
    "error", [ValueError("x"), RecursionError(), MemoryError(), PermissionError(13, "denied")]
)
def test_whatever_happens_to_a_file_stops_nothing(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    real = workbook.read_bytes
    victim = sorted(path.name for path in inbox.iterdir())[0]

    def read_bytes(data: bytes, name: str, template: object) -> object:
        if name == victim:
            raise error
        return real(data, name, TEMPLATE)

    monkeypatch.setattr(workbook, "read_bytes", read_bytes)
    done = run(inbox, tmp_path / "结果", jobs=1)
    failed = next(entry for entry in done.entries if entry.file == victim)
    assert (
        failed.status is FileStatus.UNREADABLE and failed.reason and len(done.submitted) == FEW - 1
    )
    assert "Traceback" not in failed.reason
    if isinstance(
        error, ValueError | RecursionError
    ):  # what only a maintainer can use is in the record
        assert not re.search("[A-Za-z]{4}", failed.reason)
        [line] = [line for line in record(tmp_path / "结果")["files"] if line["faults"]]
        assert line["file"] == victim and type(error).__name__ in line["faults"][0]


def test_a_scored_workbook_that_cannot_be_written_costs_only_itself(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(deliver, "write_scored_workbook", fail)
    done = run(inbox, tmp_path / "结果", jobs=1)
    assert len(done.submitted) == FEW
    assert all("没有写成" in entry.problem and not entry.output for entry in done.submitted)
    assert all(
        "KeyError" not in entry.problem
        and entry.faults[0].startswith("KeyError: 'x' (batch/deliver.py:")
        for entry in done.submitted
    )
    assert (tmp_path / "结果" / "汇总.xlsx").is_file()


def test_an_output_open_elsewhere_gets_a_plain_message_and_the_rest_is_written(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "结果"
    first = run(inbox, output)
    locked = first.submitted[0].output
    real = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if Path(target).name in {Path(locked).name, "汇总.xlsx"}:
            raise PermissionError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    done = run(inbox, output, jobs=1)
    assert "正被别的程序打开" in done.submitted[0].problem and done.submitted[0].output == ""
    assert len(done.problems) == 1 and "汇总.xlsx" in done.problems[0]
    assert (output / locked).is_file() and all(entry.output for entry in done.submitted[1:])
    monkeypatch.undo()
    again = run(inbox, output)
    assert (
        not again.problems and not again.notes and not any(entry.problem for entry in again.entries)
    )


def test_an_output_folder_that_is_a_file_is_refused(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "结果").write_text("x")
    with pytest.raises(Blocked):
        run(inbox, tmp_path / "结果")


def test_a_bad_roster_stops_the_run_before_it_writes(inbox: Path, tmp_path: Path) -> None:
    roster = tmp_path / "departments.csv"
    roster.write_text("x\n", encoding="utf-8")
    with pytest.raises(InputError):
        jx.run([inbox], tmp_path / "结果", template=TEMPLATE, roster=roster)
    assert not (tmp_path / "结果").exists()


def test_an_empty_inbox_still_tells_who_is_missing(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    done = run(tmp_path / "空", tmp_path / "结果")
    assert (
        len(done.missing) == len(done.roster)
        and record(tmp_path / "结果")["totals"]["files"]["seen"] == 0
    )


# ---------------------------------------------------------------------------------------- processes


@dataclass(frozen=True)
class FakeTask:
    file: str
    data: bytes = b""


def work(task: FakeTask) -> Entry:
    """Entries, or dies, hangs or takes all memory with its process."""
    if "致命" in task.file:
        os._exit(9)
    if "停住" in task.file:
        while True:
            pass
    if "吞" in task.file:
        bytearray(4 << 30)
    return Entry(task.file, FileStatus.SUBMITTED)


def lost(task: FakeTask, cause: str) -> Entry:
    failure = failure_of_process(cause)
    return Entry(task.file, failure.status, failure.reason, faults=failure.faults)


def tasks_of(*names: str) -> list[FakeTask]:
    return [FakeTask(name) for name in names]


def test_a_process_that_dies_or_hangs_costs_its_file_only(tmp_path: Path) -> None:
    names = ["1", "2", "致命1", "3", "4", "停住", "5", "吞", "6", "致命2"]
    with Executor(2, seconds=1) as executor:
        entries = {one.file: one for one in executor.results(work, tasks_of(*names), lost)}
    assert sorted(entries) == sorted(names)
    reasons = {
        name: one.reason for name, one in entries.items() if one.status is FileStatus.UNREADABLE
    }
    assert sorted(reasons) == sorted(["致命1", "致命2", "停住", "吞"])
    assert (
        "异常中止" in reasons["致命1"]
        and "已放弃" in reasons["停住"]
        and "内存不足" in reasons["吞"]
    )


def end(*_: object) -> None:
    os._exit(1)


def test_where_no_process_starts_the_work_is_done_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_begin", end)  # what starts in the process ends at once
    tasks = tasks_of("甲.xlsx", "乙.xlsx")
    found = [answer.file for answer in Executor(2).results(work, tasks, lost)]
    assert found == ["甲.xlsx", "乙.xlsx"]


def test_progress_counts_every_file(inbox: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    run(inbox, tmp_path / "结果", progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 2 * FEW) for n in range(1, 2 * FEW + 1)]  # identified, then done with


# -------------------------------------------------------------------------------- the output folder


def test_what_an_earlier_run_left_does_not_mislead(inbox: Path, tmp_path: Path) -> None:
    output = tmp_path / "结果"
    gone = run(inbox, output).submitted[0]
    (output / "评分" / "我的笔记.xlsx").write_bytes(b"mine")
    (inbox / gone.file).unlink()
    done = run(inbox, output)
    assert not (output / gone.output).exists()
    assert (output / "评分" / "我的笔记.xlsx").read_bytes() == b"mine"
    assert len(done.submitted) == FEW - 1 and not done.notes


def test_a_workbook_the_reviewer_typed_into_is_kept_beside_the_new_one(
    inbox: Path, tmp_path: Path
) -> None:
    output = tmp_path / "结果"
    first, second = (entry.output for entry in run(inbox, output).submitted[:2])
    fresh = (output / first).read_bytes()
    (output / first).write_bytes(b"reviewed")
    (output / second).write_bytes(b"reviewed too")
    (inbox / next(entry.file for entry in check_files([inbox], template=TEMPLATE)[1:2])).unlink()
    done = run(inbox, output)
    assert (output / first).read_bytes() == fresh
    assert (output / first).with_stem(
        f"{Path(first).stem}（改动保留1）"
    ).read_bytes() == b"reviewed"
    assert (output / second).read_bytes() == b"reviewed too"
    kept, left, hint = done.notes
    assert Path(first).name in kept and Path(second).name in left and "--review" in hint


@pytest.mark.parametrize("pattern", ["findings.csv", "*/*/*.eml", "审核情况汇报.docx"])
def test_a_list_a_draft_or_a_briefing_that_was_edited_is_kept_as_well(
    inbox: Path, tmp_path: Path, pattern: str
) -> None:
    output = tmp_path / "结果"
    run(inbox, output)
    edited = sorted(output.glob(pattern))[0]
    fresh = edited.read_bytes()
    edited.write_bytes(b"a word of the reviewer's")
    done = run(inbox, output)
    assert edited.read_bytes() == fresh and any("改名保留" in note for note in done.notes)
    assert (
        edited.with_stem(f"{edited.stem}（改动保留1）").read_bytes() == b"a word of the reviewer's"
    )


@pytest.mark.parametrize(
    "path", ["../外面.xlsx", "/外面.xlsx", "评分/../../外面.xlsx", "C:\\外面.xlsx", ""]
)
def test_a_forged_record_removes_nothing_outside(tmp_path: Path, path: str) -> None:
    outside = tmp_path / "外面.xlsx"
    outside.write_bytes(b"x")
    folder = tmp_path / "结果"
    forged = {
        "tool": {"name": outbox.TOOL},
        "outputs": [{"path": path, "sha256": hashlib.sha256(b"x").hexdigest()}],
    }
    write_bytes(folder / "run.json", json.dumps(forged).encode())
    outbox.Outbox(folder).remove_stale()
    assert outside.read_bytes() == b"x"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"tool": {"name": "jixiao-xlsx"}, "outputs": 3}', '{"tool": 1}', "\ufeff{"],
)
def test_a_record_that_is_not_ours_is_ignored(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    outbox.Outbox(tmp_path).remove_stale()


def test_the_remains_of_a_killed_run_disappear(inbox: Path, tmp_path: Path) -> None:
    output = tmp_path / "结果"
    (output / outbox.WAITING).mkdir(parents=True)
    (output / outbox.WAITING / "7.xlsx").write_bytes(b"half")
    run(inbox, output)
    assert not (output / outbox.WAITING).exists()
    assert not [path for path in output.rglob("*") if path.name.startswith(".")]


def test_departments_of_like_names_get_files_of_their_own() -> None:
    report = Report("", "", "", "", 2023, (), {}, ())
    alike = [
        Entry(f"{n}.xlsx", FileStatus.SUBMITTED, department=name, report=report)
        for n, name in enumerate(("ABC/局", "abc／局", "乙局"))
    ]
    names = [
        entry.output
        for entry in with_output_names(
            [*alike, replace(alike[0], status=FileStatus.DUPLICATE)], "评分/"
        )
    ]
    assert names == ["评分/ABC／局.xlsx", "评分/abc／局(2).xlsx", "评分/乙局.xlsx", ""]
