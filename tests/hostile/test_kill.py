"""A run that is killed and run again ends as if nothing had been; what a full disk and a forged
note do.
"""

from __future__ import annotations

import errno
import os
import sys
import types
from pathlib import Path

import kill
import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.batch import outbox
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output import files
from jixiao_xlsx.output.files import Blocked
from jixiao_xlsx.values.season import FileStatus

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
    """A run that ends while it moves finished files to their places, after the second of them."""
    real, left = outbox.move_whole, [2]

    def move_whole(source: Path, target: Path) -> None:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "move_whole", move_whole)
        with pytest.raises(KeyboardInterrupt):
            jx.run([inbox], output, template=TEMPLATE, jobs=1)


def test_what_a_killed_run_placed_is_known_for_ours(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "断"
    interrupted(inbox, output, monkeypatch)
    placed = [path for path in output.rglob("*.xlsx") if outbox.WAITING not in path.parts]
    assert placed
    first, second = sorted(inbox.iterdir())[:2]
    first.write_bytes(second.read_bytes())  # other results than those that lie there
    done = jx.run([inbox], output, template=TEMPLATE, jobs=1)
    twins = [entry for entry in done.entries if entry.file in {first.name, second.name}]
    assert {entry.status for entry in twins} == {FileStatus.SUBMITTED, FileStatus.DUPLICATE}
    assert not done.notes  # nothing was set aside as somebody's work
    jx.run([inbox], tmp_path / "整", template=TEMPLATE, jobs=1)
    assert kill.tree(output) == kill.tree(tmp_path / "整")


def test_what_was_typed_between_kill_and_next_run_is_kept(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "断"
    interrupted(inbox, output, monkeypatch)
    edited = next(path for path in output.rglob("*.xlsx") if outbox.WAITING not in path.parts)
    edited.write_bytes(b"a reviewer's word")
    done = jx.run([inbox], output, template=TEMPLATE, jobs=1)
    kept = edited.with_stem(f"{edited.stem}（改动保留1）")
    assert kept.read_bytes() == b"a reviewer's word" and any("改名保留" in n for n in done.notes)


def test_two_runs_do_not_write_into_one_folder(inbox: Path, tmp_path: Path) -> None:
    with (
        outbox.only_one_run(tmp_path / "果"),
        pytest.raises(Blocked, match="另一个 jixiao"),
    ):
        jx.run([inbox], tmp_path / "果", template=TEMPLATE, jobs=1)
    jx.run([inbox], tmp_path / "果", template=TEMPLATE, jobs=1)


def test_windows_tells_a_lock_by_refusing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """As msvcrt does: PermissionError where another process holds the byte."""
    held: list[int] = []

    def locking(descriptor: int, mode: int, count: int) -> None:
        if held:
            raise PermissionError(13, "Permission denied")
        held.append(descriptor)

    monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_NBLCK=2))
    with monkeypatch.context() as patched:
        patched.setattr(outbox.sys, "platform", "win32")
        said = [outbox._locked(5), outbox._locked(6)]
    assert said == [True, False] and held == [5]


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
            jx.run([inbox], output, template=TEMPLATE, jobs=1)
    jx.run([inbox], output, template=TEMPLATE, jobs=1)
    jx.run([inbox], tmp_path / "整", template=TEMPLATE, jobs=1)
    assert kill.tree(output) == kill.tree(tmp_path / "整")


@pytest.mark.parametrize("text", ["", "[", '{"outputs": 3}', '{"tool": {"name": "jixiao-xlsx"}}'])
def test_a_damaged_note_of_what_was_being_placed_is_ignored(tmp_path: Path, text: str) -> None:
    (tmp_path / outbox.WAITING).mkdir()
    (tmp_path / outbox.WAITING / "placing.json").write_text(text, encoding="utf-8")
    (tmp_path / "甲.xlsx").write_bytes(b"mine")
    box = outbox.Outbox(tmp_path)
    box.stage("甲.xlsx", (b"new",))
    assert box.place() == {} and box.kept == ["甲.xlsx"]
    assert (tmp_path / "甲（改动保留1）.xlsx").read_bytes() == b"mine"


def test_nobody_else_writes_into_a_part_of_ours(tmp_path: Path) -> None:
    def pieces() -> object:
        yield b"a"
        [part] = tmp_path.iterdir()
        assert str(os.getpid()) in part.name
        yield b"b"

    files.write_pieces(tmp_path / "甲", pieces())  # type: ignore[arg-type]
    assert (tmp_path / "甲").read_bytes() == b"ab"
