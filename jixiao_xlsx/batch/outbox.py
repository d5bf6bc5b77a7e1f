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
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

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

TOOL = "jixiao-xlsx"
_PLACING = "placing.json"
_LOCK = "lock"


class Outbox:
    """Stages files and places them under `folder`; remembers in `outputs` their digests by relative
    path.

    What was changed by hand since an earlier run is never overwritten or removed: it is renamed
    beside its place, and its path goes to `kept`. `notes` gathers what a person should know.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outputs: dict[str, str] = {}
        self.notes: list[str] = []
        self.kept: list[str] = []
        self._staging = folder / WAITING
        self._staged: dict[str, Path] = {}
        self._earlier = _outputs_in(folder / RUN_RECORD)
        self._placing = {
            path: {digest} for path, digest in _outputs_in(self._staging / _PLACING).items()
        }

    def stage(self, path: str, pieces: Iterable[bytes]) -> None:
        """Write a file, whole, to be placed at `path` later. Raises Blocked."""
        place = self._staging / f"{len(self._staged)}.out"
        write_pieces(place, pieces)
        self._staged[path] = place

    def place(self) -> dict[str, str]:
        """Move the staged files to their places; return failures by path. Raises Blocked."""
        digests = {path: sha256_of(place) for path, place in self._staged.items()}
        for path, digest in digests.items():
            self._placing.setdefault(path, set()).add(digest)
        note = {"tool": {"name": TOOL}, "outputs": _listed(self.outputs | digests)}
        write_bytes(self._staging / _PLACING, json.dumps(note, ensure_ascii=False).encode())
        problems = {}
        for path, place in self._staged.items():
            problem = self._place_one(path, place, digests[path])
            if problem:
                problems[path] = problem
        self._staged.clear()
        return problems

    def _place_one(self, path: str, place: Path, digest: str) -> str:
        target = self.folder / path
        try:
            self._keep_edited(target, path, digest)
            move_whole(place, target)
        except Blocked as blocked:
            problem = str(blocked)
        except OSError as error:
            problem = refusal(error, target)
        else:
            self.outputs[path] = digest
            return ""
        if path in self._earlier:  # still there, and still ours: the next run may replace it
            self.outputs[path] = self._earlier[path]
        return problem

    def _keep_edited(self, target: Path, path: str, digest: str) -> None:
        if target.suffix == ".json" or not target.is_file():  # written for programs only
            return
        if sha256_of(target) not in {digest, *self._known(path)}:
            kept = set_aside(target)
            self.kept.append(path)
            self.notes.append(f"“{path}”生成后被人改动过，已改名保留为“{kept.name}”，新结果另写。")

    def _known(self, path: str) -> set[str]:
        """Return the digests with which earlier runs, finished or killed, placed this file."""
        earlier = {self._earlier[path]} if path in self._earlier else set()
        return earlier | self._placing.get(path, set())

    def remove_stale(self) -> None:
        """Remove what an earlier run wrote and this one did not, unless a person changed it."""
        for path in {**self._earlier, **self._placing}:
            target = self.folder / path
            if path in self.outputs or not target.is_file():
                continue
            try:
                if sha256_of(target) in self._known(path):
                    target.unlink()
                else:
                    self.notes.append(f"“{path}”是以前的结果，已被人改动，本次未更新也未删除。")
            except OSError:
                self.notes.append(f"“{path}”是以前的结果，本次已不用，但删不掉：请关闭后自行删除。")

    def close(self, record: bytes) -> None:
        """Write run.json, the list of our files, and remove the staging folder. Raises Blocked."""
        write_bytes(self.folder / RUN_RECORD, record)
        shutil.rmtree(self._staging, ignore_errors=True)


def _listed(outputs: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"path": path, "sha256": digest} for path, digest in outputs.items()]


def _outputs_in(record: Path) -> Mapping[str, str]:
    """Return the files that a run.json lists: only plain relative paths."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        data = json.loads(record.read_text(encoding="utf-8"))
        if data["tool"]["name"] == TOOL:
            pairs = ((str(one["path"]), str(one["sha256"])) for one in data["outputs"])
            return {path: digest for path, digest in pairs if _is_inside(path)}
    return {}


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    plain = not path.startswith("/") and "\\" not in path and ":" not in path
    return bool(parts) and plain and ".." not in parts


@contextlib.contextmanager
def only_one_run(folder: Path) -> Iterator[Callable[[], None]]:
    """Make the output folder and hold it for this run; the system lets go when the process ends.

    Gives what removes the staging folder once all is in its place. Raises Blocked.
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
        yield lambda: shutil.rmtree(staging, ignore_errors=True)


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
