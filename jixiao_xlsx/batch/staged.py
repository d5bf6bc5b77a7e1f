"""What is finished of a run that is still under way: scored workbooks that wait, and the answers that go with them.

After a kill the same command takes up from here. A result is only used again for the same bytes, form, roster and program;
whatever is not whole is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.output.files import Blocked, sha256_of, write_pieces
from jixiao_xlsx.values.answers import Answer

FOLDER = ".jixiao-tmp"
JOURNAL = "placed"
_LOCK = "lock"
_DIGEST = 64
# All that an answer is made of. Nothing else is ever brought to life from what lies on a disk.
_KINDS = {("fractions", "Fraction"), ("decimal", "Decimal"), ("datetime", "date")}
_MODEL = "jixiao_xlsx.values."


def place_of(folder: Path, file: str) -> Path:
    """Where the scored workbook of `file` waits."""
    return folder / f"{hashlib.sha256(file.encode(errors='surrogatepass')).hexdigest()[:32]}.xlsx"


def keep(place: Path, key: str, answer: Answer) -> None:
    """Remember `answer`, whose workbook, and whatever goes back with it, lie whole at `place`. Raises Blocked, OSError."""
    body = pickle.dumps(answer)
    head = key + _files_digest(place, answer) + hashlib.sha256(body).hexdigest()
    write_pieces(_beside(place), (head.encode(), body))


def kept(place: Path, key: str) -> Answer | None:
    """The answer that was kept under `key`, if it and its files are whole."""
    with contextlib.suppress(Exception):  # whatever is wrong with it, it can be made again
        data = _beside(place).read_bytes()
        head, body = data[: 3 * _DIGEST].decode("ascii"), data[3 * _DIGEST :]
        told, files, digest = (head[at : at + _DIGEST] for at in range(0, 3 * _DIGEST, _DIGEST))
        if told == key and digest == hashlib.sha256(body).hexdigest():
            answer = _Values(io.BytesIO(body)).load()
            if isinstance(answer, Answer) and files == _files_digest(place, answer):
                return answer
    return None


def _files_digest(place: Path, answer: Answer) -> str:
    """One digest of the workbook and of what lies beside it under the suffixes in `returned`."""
    digests = [
        sha256_of(path)
        for path in (place, *(place.with_suffix(suffix) for suffix in answer.returned))
    ]
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _beside(place: Path) -> Path:
    return place.with_suffix(".answer")


class _Values(pickle.Unpickler):
    """Reads values of the model and numbers, and refuses everything else."""

    def find_class(self, module: str, name: str) -> Any:
        """The class of that name, where it is one of ours."""
        if (module.startswith(_MODEL) and name[:1].isupper() and "." not in name) or (
            module,
            name,
        ) in _KINDS:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Make `folder` and hold it for this run; the system lets go when the process ends, however it ends. Raises Blocked."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / _LOCK).open("ab")
    except OSError as error:
        raise Blocked(f"结果文件夹“{folder.parent.name}”不能写入：{why(error)}") from error
    with stream:
        if not _locked(stream.fileno()):
            raise Blocked(
                "另一个 jixiao 正在往这个结果文件夹里写。请等它结束，或换一个结果文件夹。"
            )
        yield


def _locked(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return (
            os.name != "nt"
        )  # a file system without locks; on Windows this is how a lock is refused
    return True
