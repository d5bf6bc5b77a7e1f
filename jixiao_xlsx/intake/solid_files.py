"""7z and rar archives as an inbox: unpacked once, in memory, since a member of a solid archive
needs all that lie before it. Nothing is unpacked to disk.

7z by py7zr, rar by libarchive (extra `archives`); where one is missing, `why_not_here` says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.zip_files import MAX_MEMBERS, Member, Source, clean_name

RAR, SEVEN_ZIP = b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c"
_RAR_5 = RAR + b"\x01\0"
_MAX_BYTES = 100 * 2**20  # of the archive, and of one member
_MAX_KEPT = 256 * 2**20  # of all members together
_HEAD = 512
_BROKEN = "压缩包已损坏，打不开（常见于传输中断）。请重新打包后报送"
_BREAKS_OFF = "压缩包已损坏，后面的解不开（常见于传输中断）。请重新打包后报送"
_LOCKED = "压缩包加了密码，打不开。请解压后再放入"
_TOO_LARGE = f"压缩包解开后超过 {_MAX_KEPT // 2**20} MB，后面的没有读。请解压后只放入需要的文件"


@dataclass(slots=True)
class _Unpacked:
    """The members that came out, their bytes, and why no more of them did ("": all did)."""

    members: list[Member] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    kept: int = 0
    reason: str = ""

    def add(self, name: str, data: bytes, saved: int, *, locked: bool = False) -> None:
        """Add a file at the end."""
        at = len(self.members)
        label = clean_name(name) or f"第{at + 1}个"
        self.members.append(Member(label, at, len(data), saved, locked, data[:_HEAD]))
        self.contents.append(data)

    def take(self, size: int, own: int) -> None:
        """Draw bytes of a file that has `own` by then. Raises Refused where it is too much."""
        self.kept += size
        if self.kept > _MAX_KEPT or own > _MAX_BYTES or len(self.members) > MAX_MEMBERS:
            raise Refused(_TOO_LARGE)


def why_not_here(head: bytes) -> str:
    """Return why an archive cannot be opened on this machine; "" where it can."""
    if head.startswith(RAR):
        missing = "" if _library("libarchive") else "rar"
    else:
        missing = "" if _library("py7zr") else "7z"
    return f"{missing} 压缩包，这里没有打开它的部件：请解压后再放入" if missing else ""


def solid_members(source: Source) -> Iterator[Member]:
    """Yield the files of an archive in their order. Raises Refused after what came out of it."""
    unpacked = _unpacked(source)
    yield from unpacked.members
    if unpacked.reason:
        raise Refused(unpacked.reason)


def read_solid_member(source: Source, at: int) -> bytes:
    """Return the bytes of the member at `at`. Raises Refused."""
    contents = _unpacked(source).contents
    if at >= len(contents):
        raise Refused("压缩包已变动，里面的文件找不到了。请重新运行")
    return contents[at]


def forget_archive() -> None:
    """Free the memory of what was unpacked last."""
    _from_bytes.cache_clear()
    _from_disk.cache_clear()


def _unpacked(source: Source) -> _Unpacked:
    if isinstance(source, bytes):
        return _from_bytes(source)
    facts = source.stat()
    if facts.st_size > _MAX_BYTES:
        raise Refused(
            f"压缩包有 {facts.st_size // 2**20} MB，超过 {_MAX_BYTES // 2**20} MB 的上限，没有展开。"
            "请解压后只放入需要的文件"
        )
    return _from_disk(source, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=1)
def _from_bytes(data: bytes) -> _Unpacked:
    return _opened(data)


@lru_cache(maxsize=1)
def _from_disk(path: Path, size: int, changed: int) -> _Unpacked:
    """Unpack the archive at `path`. Cached: its files are fetched one after another."""
    return _opened(path.read_bytes())


def _opened(data: bytes) -> _Unpacked:
    unpack: Callable[[bytes, _Unpacked], None] = (
        _unpack_rar if data.startswith(RAR) else _unpack_seven_zip
    )
    out = _Unpacked()
    try:
        unpack(data, out)
    except Refused as refused:
        out.reason = refused.reason
    except MemoryError:
        raise
    except Exception:  # libraries raise anything on broken bytes; what came before stands
        out.reason = _BREAKS_OFF if out.members else _BROKEN
    return out


@cache
def _library(name: str) -> Any:
    """Return a library of the extra `archives`; None where it, or what it needs, is missing."""
    import importlib

    try:
        return importlib.import_module(name)
    except Exception:  # libarchive looks for a shared library, and fails in several ways
        return None


# --------------------------------------------------------------------------------------------- rar


def _unpack_rar(data: bytes, out: _Unpacked) -> None:
    """Add every file of a rar. Raises Refused, or what the library raises."""
    libarchive = _library("libarchive")
    is_locked = _is_locked(libarchive.ffi.libarchive)
    try:
        # named: asked for any format, the library takes a stored workbook at the end for a zip
        kind = "rar5" if data.startswith(_RAR_5) else "rar"
        with libarchive.memory_reader(data, kind, header_codec="gb18030") as archive:
            for entry in archive:
                if entry.isfile and is_locked(entry._entry_p):
                    out.add(str(entry.pathname), b"", int(entry.mtime or 0), locked=True)
                elif entry.isfile:
                    pieces: list[bytes] = []
                    own = 0
                    for block in entry.get_blocks():
                        own += len(block)
                        out.take(len(block), own)
                        pieces.append(block)
                    out.add(str(entry.pathname), b"".join(pieces), int(entry.mtime or 0))
    except libarchive.exception.ArchiveError as error:
        if "ncrypt" in str(error):
            raise Refused(_LOCKED) from error
        raise


def _is_locked(library: Any) -> Callable[[Any], int]:
    """Return the function that tells whether an entry needs a password; libarchive hands on
    the coded bytes of a stored one as if they were its content.
    """
    function = library.archive_entry_is_data_encrypted
    function.argtypes = [ctypes.c_void_p]
    tells: Callable[[Any], int] = function
    return tells


# ---------------------------------------------------------------------------------------------- 7z


def _unpack_seven_zip(data: bytes, out: _Unpacked) -> None:
    """Add every file of a 7z. Raises Refused, or what the library raises."""
    py7zr = _library("py7zr")
    sinks: dict[str, Any] = {}

    class _Sink(py7zr.io.Py7zIO):  # type: ignore[misc, name-defined]
        """Takes the bytes of one file as they come."""

        def __init__(self) -> None:
            self.pieces: list[bytes] = []
            self.own = 0
            self.whole = False

        def write(self, piece: bytes | bytearray) -> int:
            self.own += len(piece)
            out.take(len(piece), self.own)
            self.pieces.append(bytes(piece))
            return len(piece)

        def read(self, size: int | None = None) -> bytes:
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:
            return offset

        def flush(self) -> None:
            """Nothing waits."""

        def size(self) -> int:
            return self.own

        def close(self) -> None:
            self.whole = True

    class _Sinks(py7zr.io.WriterFactory):  # type: ignore[misc, name-defined]
        """Gives a file its sink."""

        def create(self, filename: str) -> Any:
            sinks[filename] = _Sink()
            return sinks[filename]

    times: dict[str, int] = {}
    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            listed = [one for one in archive.list() if one.is_file]
            if len(listed) > MAX_MEMBERS:
                raise Refused(
                    f"压缩包里有 {len(listed)} 个文件，没有展开。请解压后只放入需要的文件"
                )
            times = {one.filename: _seconds(one.creationtime) for one in listed}
            archive.extract(factory=_Sinks())
    except py7zr.exceptions.PasswordRequired as error:
        raise Refused(_LOCKED) from error
    finally:
        for name, sink in sinks.items():
            if sink.whole:
                out.add(name, b"".join(sink.pieces), times.get(name, 0))


def _seconds(when: dt.datetime | None) -> int:
    with contextlib.suppress(ValueError, OverflowError, OSError):
        return int(when.timestamp()) if when else 0
    return 0
