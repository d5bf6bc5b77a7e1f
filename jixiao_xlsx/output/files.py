"""Outputs that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from jixiao_xlsx.intake.os_errors import why

PART = ".jixiao-"


class Blocked(Exception):
    """An output could not be written; the text tells a person why and what to do."""


def write_whole(target: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Let `fill` write into memory, and put the bytes at `target` in one step. Raises Blocked."""
    buffer = io.BytesIO()
    fill(buffer)
    write_bytes(target, buffer.getvalue())


def write_bytes(target: Path, data: bytes) -> None:
    """Put `data` at `target` in one step. Raises Blocked."""
    write_pieces(target, (data,))


def write_pieces(target: Path, pieces: Iterable[bytes], name: str = "") -> None:
    """Put all `pieces` at `target` in one step, by way of a file beside it.

    `name` is what a person calls it, where that is not the target's. Raises Blocked.
    """
    # Named after the process too: a process that outlives a killed run must not write into the
    # file of the next one.
    part = target.with_name(
        f"{PART}{hashlib.sha256(target.name.encode()).hexdigest()[:16]}-{os.getpid()}.part"
    )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            stream.writelines(pieces)
        part.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise Blocked(refusal(error, Path(name) if name else target)) from error


def move_whole(source: Path, target: Path) -> None:
    """Put the finished file `source` at `target` in one step. Raises Blocked."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb+") as stream:
            os.fsync(stream.fileno())  # the name must not reach the disk before the content
        source.replace(target)
    except OSError as error:
        raise Blocked(refusal(error, target)) from error


def set_aside(target: Path) -> Path:
    """Rename what is at `target` and return its new place. Raises Blocked."""
    number = 1
    while (kept := target.with_name(f"{target.stem}（改动保留{number}）{target.suffix}")).exists():
        number += 1
    move_whole(target, kept)
    return kept


def keep_other(target: Path, data: bytes) -> Path | None:
    """Set aside a file at `target` with another content than `data`; return its new place.

    Raises Blocked.
    """
    try:
        other = target.is_file() and target.read_bytes() != data
    except OSError as error:
        raise Blocked(refusal(error, target)) from error
    return set_aside(target) if other else None


def unique(stem: str, taken: set[str]) -> str:
    """Return `stem`, numbered where `taken` has it in any letter case, and add it to `taken`."""
    name, number = stem, 2
    while name.casefold() in taken:
        name, number = f"{stem}({number})", number + 1
    taken.add(name.casefold())
    return name


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def refusal(error: OSError, target: Path) -> str:
    """Return for people why `target` could not be written and what to do."""
    name = target.name
    if isinstance(error, PermissionError):
        return f"“{name}”没有写成：文件正被别的程序打开，或没有写入权限。请关闭后重新运行。"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"“{name}”没有写成：磁盘空间不足。请腾出空间后重新运行。"
    if isinstance(error, IsADirectoryError | NotADirectoryError | FileExistsError):
        return f"“{name}”没有写成：同名的文件夹或文件挡住了。请改名或移走后重新运行。"
    return f"“{name}”没有写成：{why(error)}。"
