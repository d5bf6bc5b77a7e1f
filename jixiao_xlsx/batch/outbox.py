"""The output folder of a run: its files, those of earlier runs, those a person changed.

Files are first written whole into a hidden folder beside the results and then moved to their
places, so that a run which is killed leaves no half file. What it was about to place is noted
before the moves: the next run knows those files for its own.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from jixiao_xlsx.batch.executors.processes import Executor
from jixiao_xlsx.intake.inbox import RUN_RECORD, WAITING
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.output.files import (
    Blocked,
    move_whole,
    refusal,
    set_aside,
    sha256_of,
    write_bytes,
    write_pieces,
)
from jixiao_xlsx.output.typed_content import typed_digest

TOOL = "jixiao-xlsx"
WRITTEN = ".jixiao.json"  # the list of what a command wrote that leaves no run.json
_PLACING = "placing.json"
_LOCK = "lock"


class Digests(NamedTuple):
    """What was written to a path: the digest of its bytes, and of what is typed in it (see
    `typed_digest`; "" for text, where every byte counts).
    """

    sha256: str
    typed: str = ""


class Outbox:
    """Stages files and places them under `folder`; remembers in `outputs` what was written where.

    One rule says whose a file is, for all commands: it is ours where its bytes, or what is typed in
    it, are as an earlier run wrote them (`record`, the list kept in the folder). Any other file is
    somebody's: it is never overwritten or removed but renamed beside its place, and its path goes
    to `kept`. `notes` gathers what a person should know.
    """

    def __init__(self, folder: Path, record: str = RUN_RECORD) -> None:
        self.folder = folder
        self.outputs: dict[str, Digests] = {}
        self.notes: list[str] = []
        self.kept: list[str] = []
        self._record = folder / record
        self._staging = folder / WAITING
        self._staged: dict[str, tuple[Path, Digests]] = {}
        self._number = count()
        self._held: set[str] = set()  # departments whose new files could not be placed
        self._earlier = outputs_in(self._record)
        self._placing = {
            path: {written} for path, written in outputs_in(self._staging / _PLACING).items()
        }

    def stage(self, path: str, pieces: Iterable[bytes], typed: str = "") -> None:
        """Write a file, to be placed at `path` later; `typed` as in Digests. Raises Blocked."""
        place = self._staging / f"{next(self._number)}.out"
        write_pieces(place, pieces, path)
        self._staged[path] = place, Digests(sha256_of(place), typed)

    def drop(self, path: str) -> None:
        """Forget a staged file that is not to be placed."""
        self._staged.pop(path, None)

    def place(self) -> dict[str, str]:
        """Move the staged files to their places; return failures by path. Raises Blocked.

        A department's files are placed until one of them cannot be: then its old ones stay.
        """
        for path, (_, written) in self._staged.items():
            self._placing.setdefault(path, set()).add(written)
        coming = {path: written for path, (_, written) in self._staged.items()}
        self._write_list(self._staging / _PLACING, self.outputs | coming)
        for path in self._staged:
            if _department(path) and not _replaceable(self.folder / path):
                self._held.add(_department(path))
        problems = {}
        for path, (place, written) in self._staged.items():
            if problem := self._place_one(path, place, written):
                problems[path] = problem
                if _department(path):
                    self._held.add(_department(path))
        self._staged.clear()
        return problems

    def _place_one(self, path: str, place: Path, written: Digests) -> str:
        target = self.folder / path
        try:
            if _department(path) in self._held:
                problem = _open_elsewhere(target.name)
            else:
                self._keep_edited(target, path, written)
                move_whole(place, target)
                self.outputs[path] = written
                return ""
        except Blocked as blocked:
            problem = str(blocked)
        except OSError as error:
            problem = refusal(error, target)
        if path in self._earlier:  # still there, and still ours: the next run may replace it
            self.outputs[path] = self._earlier[path]
        return problem

    def _keep_edited(self, target: Path, path: str, written: Digests) -> None:
        if target.is_file() and not self._is_ours(target, {written, *self._known(path)}):
            kept = set_aside(target)
            self.kept.append(path)
            self.notes.append(f"“{path}”生成后被人改动过，已改名保留为“{kept.name}”，新结果另写。")

    def _is_ours(self, target: Path, known: Collection[Digests]) -> bool:
        """Return whether a file is as it was written, or was merely saved again. Raises OSError."""
        if sha256_of(target) in {written.sha256 for written in known}:
            return True
        typed = {written.typed for written in known} - {""}
        return bool(typed) and _typed_in(target) in typed

    def _known(self, path: str) -> set[Digests]:
        """Return what earlier runs, finished or killed, wrote to this path."""
        earlier = {self._earlier[path]} if path in self._earlier else set()
        return earlier | self._placing.get(path, set())

    def remove_stale(self, unreplaced: Collection[str] = ()) -> None:
        """Remove what an earlier run wrote and this one did not, unless a person changed it.

        The files of departments that could not be written, and of the `unreplaced` (those that are
        there, but with nothing that could be used), stay as a whole.
        """
        for path in {**self._earlier, **self._placing}:
            target = self.folder / path
            if path in self.outputs or not target.is_file():
                continue
            if _department(path) in {*self._held, *unreplaced}:
                if path in self._earlier:
                    self.outputs[path] = self._earlier[path]
                continue
            try:
                if self._is_ours(target, self._known(path)):
                    target.unlink()
                else:
                    self.notes.append(f"“{path}”是以前的结果，已被人改动，本次未更新也未删除。")
            except OSError:
                self.notes.append(f"“{path}”是以前的结果，本次已不用，但删不掉：请关闭后自行删除。")

    def close(self, record: bytes) -> None:
        """Write run.json, the list of our files, and remove the staging folder. Raises Blocked."""
        write_bytes(self._record, record)
        shutil.rmtree(self._staging, ignore_errors=True)

    def close_list(self) -> None:
        """Write the list of our files, with those of earlier runs, where no run.json holds it.

        Raises Blocked.
        """
        self._write_list(self._record, {**self._earlier, **self.outputs})
        shutil.rmtree(self._staging, ignore_errors=True)

    def _write_list(self, target: Path, outputs: Mapping[str, Digests]) -> None:
        listed = [{"path": path, **written._asdict()} for path, written in sorted(outputs.items())]
        document = {"tool": {"name": TOOL}, "outputs": listed}
        write_bytes(target, json.dumps(document, ensure_ascii=False).encode())


def _department(path: str) -> str:
    """Return the name under which a department's files lie in the folders of a run; else ""."""
    parts = PurePosixPath(path).parts
    if len(parts) == 2 and path.endswith(".xlsx"):
        return parts[1].removesuffix(".xlsx")
    return parts[1] if len(parts) == 3 else ""


def _replaceable(target: Path) -> bool:
    """Return whether a file can be replaced; on Windows it cannot while it is open elsewhere."""
    try:
        if target.exists():
            target.replace(target)
    except OSError:
        return False
    return True


def _open_elsewhere(name: str) -> str:
    return f"“{name}”没有写成：这个部门的结果里有文件正被别的程序打开，原有的都没有动。请关闭后重新运行。"


def _typed_in(target: Path) -> str:
    """Return the digest of what is typed in a file that somebody may have made. Raises OSError."""
    with Executor(1) as executor:
        task = (target.name, target.read_bytes())
        return next(executor.results(_digest_of, [task], lambda *_: ""))


def _digest_of(task: tuple[str, bytes]) -> str:
    return typed_digest(*task)


def outputs_in(record: Path) -> Mapping[str, Digests]:
    """Return the files that a record lists: only plain relative paths."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        data = json.loads(record.read_text(encoding="utf-8"))
        if data["tool"]["name"] == TOOL:
            listed = [
                (str(one["path"]), Digests(str(one["sha256"]), str(one.get("typed", ""))))
                for one in data["outputs"]
            ]
            return {path: written for path, written in listed if _is_inside(path)}
    return {}


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    plain = not path.startswith("/") and "\\" not in path and ":" not in path
    return bool(parts) and plain and ".." not in parts


@contextlib.contextmanager
def only_one_run(folder: Path) -> Iterator[None]:
    """Make the output folder and hold it for this run; the system lets go when the process ends.

    Raises Blocked.
    """
    staging = folder / WAITING
    try:
        staging.mkdir(parents=True, exist_ok=True)
        stream = (staging / _LOCK).open("ab")
    except OSError as error:
        raise Blocked(f"结果文件夹“{folder.name}”不能写入：{why(error)}") from error
    with stream:
        if not _locked(stream.fileno()):
            raise Blocked(
                "另一个 jixiao 正在往这个结果文件夹里写。请等它结束，或换一个结果文件夹。"
            )
        yield


def _locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks; on Windows this is how a lock is refused
        return sys.platform != "win32"
    return True
