"""The output folder of a run: what was put there, what an earlier run left, what a person changed since."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from jixiao_xlsx.intake.inbox import RUN_RECORD
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.output.files import (
    Blocked,
    move_whole,
    set_aside,
    sha256_of,
    sha256_of_bytes,
    write_bytes,
)

TOOL = "jixiao-xlsx"


class Outbox:
    """Puts files under `folder` and remembers in `outputs` their digests by relative path.

    What was changed by hand since the earlier run recorded it is never overwritten or removed: it is renamed
    beside its place, and its path goes to `kept`. `notes` gathers what a person should know. `journal` is where a run that may be killed notes what it is
    about to place, so that the next one knows it for its own.
    """

    def __init__(self, folder: Path, journal: Path | None = None) -> None:
        self.folder = folder
        self.outputs: dict[str, str] = {}
        self.notes: list[str] = []
        self.kept: list[str] = []
        self._journal = journal
        self._earlier = _earlier_outputs(folder / RUN_RECORD)
        self._placed = _placed_outputs(journal) if journal else {}
        self._earlier = {
            path: next(iter(digests)) for path, digests in self._placed.items()
        } | dict(self._earlier)

    def put(self, path: str, content: bytes | Path) -> str:
        """Place `content` (bytes, or a finished file that moves) at `path`; "" or why that failed."""
        target = self.folder / path
        try:
            sha256 = sha256_of_bytes(content) if isinstance(content, bytes) else sha256_of(content)
            self._keep_edited(target, path, sha256)
            self._note_down(path, sha256)
            if isinstance(content, bytes) and self._journal is None:
                write_bytes(target, content)
            else:
                move_whole(self._staged(content), target)
        except (OSError, Blocked) as error:
            if path in self._earlier:  # still there, and still ours: the next run may replace it
                self.outputs[path] = self._earlier[path]
            return (
                str(error)
                if isinstance(error, Blocked)
                else f"“{target.name}”没有写成：{why(error)}。"
            )
        self.outputs[path] = sha256
        return ""

    def remove_stale(self) -> None:
        """Remove what the earlier run wrote and this one did not, unless a person changed it."""
        for path, sha256 in self._earlier.items():
            target = self.folder / path
            if path in self.outputs or not target.is_file():
                continue
            try:
                if sha256_of(target) in {sha256, *self._placed.get(path, ())}:
                    target.unlink()
                else:
                    self.notes.append(f"“{path}”是以前的结果，已被人改动，本次未更新也未删除。")
            except OSError:
                self.notes.append(f"“{path}”是以前的结果，本次已不用，但删不掉：请关闭后自行删除。")

    def close(self, record: bytes) -> None:
        """Write run.json, which tells the next run what is ours. Raises Blocked."""
        target = self.folder / RUN_RECORD
        if self._journal is None:
            write_bytes(target, record)
        else:
            move_whole(self._staged(record), target)

    def _staged(self, content: bytes | Path) -> Path:
        """`content` as a finished file: what a kill leaves half-written must not lie among the results."""
        if isinstance(content, Path):
            return content
        assert self._journal is not None, "bytes are written directly where nothing is staged"
        place = self._journal.with_suffix(".next")
        write_bytes(place, content)
        return place

    def _note_down(self, path: str, sha256: str) -> None:
        if self._journal is not None:
            with self._journal.open("a", encoding="utf-8", newline="\n") as stream:
                # A line of its own, whatever half a line a killed run has left.
                stream.write(
                    "\n" + json.dumps({"path": path, "sha256": sha256}, ensure_ascii=False) + "\n"
                )

    def _keep_edited(self, target: Path, path: str, sha256: str) -> None:
        if target.suffix == ".json" or not target.is_file():  # written for programs only
            return
        if sha256_of(target) in {sha256, self._earlier.get(path), *self._placed.get(path, ())}:
            return
        kept = set_aside(target)
        self.kept.append(path)
        self.notes.append(f"“{path}”生成后被人改动过，已改名保留为“{kept.name}”，新结果另写。")


def _earlier_outputs(record: Path) -> Mapping[str, str]:
    """What an earlier run says it wrote: only plain relative paths of a record that is ours."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        data = json.loads(record.read_text(encoding="utf-8"))
        if data["tool"]["name"] == TOOL:
            return {
                str(item["path"]): str(item["sha256"])
                for item in data["outputs"]
                if _inside(str(item["path"]))
            }
    return {}


def _placed_outputs(journal: Path) -> Mapping[str, tuple[str, ...]]:
    """What runs that were killed say they were placing: the digests of each path, latest first."""
    found: dict[str, tuple[str, ...]] = {}
    with contextlib.suppress(OSError):
        for line in journal.read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(
                ValueError, TypeError, KeyError
            ):  # half a line: it was placing nothing yet
                item = json.loads(line)
                if _inside(path := str(item["path"])):
                    found[path] = (str(item["sha256"]), *found.get(path, ()))
    return found


def _inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and not path.startswith("/")
        and ".." not in parts
        and "\\" not in path
        and ":" not in path
    )
