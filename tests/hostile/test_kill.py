"""A run that is killed, taken up again, and ends as if nothing had been; what a full disk and a
forged remnant do.
"""

from __future__ import annotations

import errno
import os
import pickle
import sys
import types
from pathlib import Path

import kill
import pytest

from jixiao_xlsx.batch import examine_one, run, staged
from jixiao_xlsx.batch.outbox import Outbox
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output import files
from jixiao_xlsx.output.files import Blocked
from jixiao_xlsx.values.answers import Answer, FileStatus

TEMPLATE = find_template()
FILES = 4


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "收件箱"
    folder.mkdir()
    kill.fill(folder, FILES)
    return folder


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="kills a group of processes")
def test_a_killed_run_is_resumed_to_the_same_bytes(inbox: Path, tmp_path: Path) -> None:
    assert kill.rounds(inbox, tmp_path, kills=2, jobs=2, seed=7) >= 1


def interrupted(inbox: Path, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that reads everything and ends before it delivers anything."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(run.which_counts, "season", stop)
        with pytest.raises(KeyboardInterrupt):
            run.run([inbox], output, template=TEMPLATE, jobs=1)


def test_what_was_finished_is_not_done_again(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, clean = tmp_path / "断", tmp_path / "整"
    interrupted(inbox, output, monkeypatch)
    kept = sorted((output / staged.FOLDER).glob("*.answer"))
    assert len(kept) == FILES
    kept[0].write_bytes(
        kept[0].read_bytes()[:-9]
    )  # half a record, a changed workbook: both are made again
    kept[1].with_suffix(".xlsx").write_bytes(b"half")
    done: list[str] = []
    real = examine_one.check

    def check(submission: object, *rest: object) -> object:
        done.append(submission.file)  # type: ignore[attr-defined]
        return real(submission, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(examine_one, "check", check)
    run.run([inbox], output, template=TEMPLATE, jobs=1)
    assert len(done) == 2
    run.run([inbox], clean, template=TEMPLATE, jobs=1)
    assert kill.tree(output) == kill.tree(clean)
    assert not (output / staged.FOLDER).exists()


def test_another_input_is_not_taken_for_the_kept_one(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(inbox, tmp_path / "断", monkeypatch)
    first, second = sorted(inbox.iterdir())[:2]
    first.write_bytes(second.read_bytes())
    done = run.run([inbox], tmp_path / "断", template=TEMPLATE, jobs=1)
    twins = [answer for answer in done.answers if answer.file in {first.name, second.name}]
    assert {answer.status for answer in twins} == {FileStatus.SUBMITTED, FileStatus.DUPLICATE}


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/evil",)


def test_a_forged_remnant_brings_nothing_to_life(tmp_path: Path) -> None:
    import hashlib

    place = tmp_path / "甲.xlsx"
    place.write_bytes(b"x")
    key = "k" * 64
    staged.keep(place, key, Answer("甲.xlsx", FileStatus.SUBMITTED))
    assert staged.kept(place, key) == Answer("甲.xlsx", FileStatus.SUBMITTED)
    assert staged.kept(place, "j" * 64) is None
    body = pickle.dumps(Evil())
    good = place.with_suffix(".answer").read_bytes()
    place.with_suffix(".answer").write_bytes(
        good[:128] + hashlib.sha256(body).hexdigest().encode() + body
    )
    assert staged.kept(place, key) is None and not Path("/tmp/evil").exists()


def test_two_runs_do_not_write_into_one_folder(inbox: Path, tmp_path: Path) -> None:
    with (
        staged.only_one(tmp_path / "果" / staged.FOLDER),
        pytest.raises(Blocked, match="另一个 jixiao"),
    ):
        run.run([inbox], tmp_path / "果", template=TEMPLATE, jobs=1)
    run.run([inbox], tmp_path / "果", template=TEMPLATE, jobs=1)


def test_windows_tells_a_lock_by_refusing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """As msvcrt does: PermissionError where another process holds the byte."""
    held: list[int] = []

    def locking(descriptor: int, mode: int, count: int) -> None:
        if held:
            raise PermissionError(13, "Permission denied")
        held.append(descriptor)

    monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_NBLCK=2))
    with monkeypatch.context() as patched:
        patched.setattr(staged.os, "name", "nt")
        locked = [staged._locked(5), staged._locked(6)]
    assert locked == [True, False] and held == [5]


def test_a_full_disk_is_told_and_the_same_command_goes_on(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "果"
    real = Path.replace
    left = [3]

    def replace(self: Path, target: Path) -> Path:
        if left[0] <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 1
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replace)
        with pytest.raises(Blocked, match="磁盘空间不足"):
            run.run([inbox], output, template=TEMPLATE, jobs=1)
    run.run([inbox], output, template=TEMPLATE, jobs=1)
    run.run([inbox], tmp_path / "整", template=TEMPLATE, jobs=1)
    assert kill.tree(output) == kill.tree(tmp_path / "整")


def test_a_torn_journal_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    journal = tmp_path / staged.FOLDER / staged.JOURNAL
    journal.parent.mkdir()
    journal.write_bytes(
        '\n{"path": "评分/甲.xlsx", "sha256": "1"}\n\n{"path": "../外", "sha256": "1"}\n'
        '{"path": "评'.encode()
    )
    (tmp_path / "评分").mkdir()
    (tmp_path / "评分" / "甲.xlsx").write_bytes(b"mine")
    box = Outbox(tmp_path, journal)
    assert box.put("评分/甲.xlsx", b"new") == "" and box.notes  # changed since: kept beside
    again = Outbox(tmp_path, journal)
    assert (
        again.put("评分/甲.xlsx", b"newer") == "" and not again.notes
    )  # known from the journal for our own


def test_nobody_else_writes_into_a_part_of_ours(tmp_path: Path) -> None:
    def pieces() -> object:
        yield b"a"
        [part] = tmp_path.iterdir()
        assert str(os.getpid()) in part.name
        yield b"b"

    files.write_pieces(tmp_path / "甲", pieces())  # type: ignore[arg-type]
    assert (tmp_path / "甲").read_bytes() == b"ab"
