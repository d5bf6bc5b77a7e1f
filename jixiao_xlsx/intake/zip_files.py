"""Zip archives as an inbox: the members by their right names, and the bytes of one at a time.

Names come in UTF-8 or, from older tools, in GBK without a mark. Nothing is unpacked to disk.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import struct
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jixiao_xlsx.intake.file_kinds import ZIP_ERRORS, Refused

MAX_MEMBERS = 5000
_MAX_TOTAL_BYTES = 2 * 2**30
_MAX_NAME = 200
_UNICODE_PATH = 0x7075
_UTF8_FLAG = 0x800
_HEAD = 512
# Archives up to this size are held in memory: on Windows an open file cannot be moved or deleted.
_SMALL = 32 * 2**20
# Names of the first member of a workbook or document; a packed folder of files starts otherwise.
_PACKAGE = (
    "[content_types].xml",
    "_rels/",
    "docprops/",
    "xl/",
    "word/",
    "ppt/",
    "customxml/",
    "mimetype",
    "meta-inf/",
)

Source = Path | bytes


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: `at` is its place in the list, `size` in bytes, `saved` the time of its
    last change in seconds (0: unknown), `locked`: it needs a password, `head` its first bytes.
    """

    name: str
    at: int
    size: int
    saved: int
    locked: bool
    head: bytes


def is_archive(source: Source, head: bytes) -> bool:
    """Return whether a zip (by its first bytes) is packed files, not one workbook or document."""
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    if _first_name(head).startswith(_PACKAGE):
        return False
    try:
        names = {name.lower() for name in _opened(source).namelist()}
    except ZIP_ERRORS:
        return False  # reading reports what is wrong with it
    return not names & {"[content_types].xml", "_rels/.rels", "content.xml"}


def members(source: Source) -> Iterator[Member]:
    """Yield the files of an archive in their order. Raises Refused."""
    try:
        archive = _opened(source)
    except ZIP_ERRORS as error:
        raise Refused("压缩包已损坏，打不开（常见于传输中断）。请重新打包后报送") from error
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS:
        raise Refused(
            f"压缩包里有 {len(entries)} 个文件，超过 {MAX_MEMBERS} 个的上限，没有展开。"
            "请解压后只放入需要的文件"
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _MAX_TOTAL_BYTES:
        raise Refused(
            f"压缩包解开后有 {unpacked / 2**30:.1f} GB，"
            f"超过 {_MAX_TOTAL_BYTES / 2**30:.0f} GB 的上限，没有展开"
        )
    for at, entry in enumerate(entries):
        if not entry.filename.endswith("/"):
            locked = bool(entry.flag_bits & 1)
            head = b"" if locked else _head(archive, entry)
            name = clean_name(_name(entry)) or f"第{at + 1}个"
            yield Member(name, at, entry.file_size, _saved(entry), locked, head)


def _head(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return the first bytes of a member; b"" where it cannot be read."""
    try:
        with archive.open(_plain(entry)) as stream:
            return stream.read(_HEAD)
    except (*ZIP_ERRORS, Refused):
        return b""


def _plain(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return `entry` if packed the common way, since others may need any amount of memory.

    Raises Refused.
    """
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused("压缩方式少见，解不开。请用普通 zip 重新打包，或解压后再放入")
    return entry


def read_member(source: Source, at: int, limit: int) -> bytes:
    """Return the bytes of the member at `at`, at most `limit`. Raises Refused."""
    try:
        archive = _opened(source)
        entry = _plain(archive.infolist()[at])
        if entry.file_size > limit:
            raise Refused(f"文件过大（{entry.file_size // 2**20} MB，上限 {limit // 2**20} MB）")
        return archive.read(entry)
    except ZIP_ERRORS as error:
        raise Refused("压缩包里的这个文件已损坏，解不开。请重新打包后报送") from error


def clean_name(name: str) -> str:
    """Return a foreign name as a label: one line, forward slashes, nothing invisible, at most
    200 characters (the end of the name is kept).
    """
    parts = "".join(_visible(letter) for letter in name.replace("\\", "/")).split("/")
    label = "/".join(part for part in parts if part.strip(" "))
    return label if len(label) <= _MAX_NAME else "…" + label[-_MAX_NAME:]


def _visible(letter: str) -> str:
    if letter.isprintable():
        return letter
    # Full-width spaces are common in names.
    return " " if unicodedata.category(letter) == "Zs" else "�"


def _opened(source: Source) -> zipfile.ZipFile:
    if isinstance(source, bytes):
        return zipfile.ZipFile(io.BytesIO(source))
    facts = source.stat()
    return _on_disk(source, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=1)
def _on_disk(path: Path, size: int, changed: int) -> zipfile.ZipFile:
    """Return the archive at `path`. Cached: its list is read once for all its members."""
    return (
        zipfile.ZipFile(io.BytesIO(path.read_bytes())) if size <= _SMALL else zipfile.ZipFile(path)
    )


def _first_name(head: bytes) -> str:
    """Return the name in the first local header, in lower case."""
    if len(head) < 30:
        return ""
    length = int.from_bytes(head[26:28], "little")
    return head[30 : 30 + length].decode("ascii", "replace").lower()


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name as typed: by the UTF-8 flag or field, else UTF-8 if valid, else GBK."""
    if entry.flag_bits & _UTF8_FLAG:
        return entry.orig_filename
    if name := _unicode_path(entry.extra):
        return name
    with contextlib.suppress(UnicodeEncodeError):
        raw = entry.orig_filename.encode("cp437")  # what zipfile takes unmarked names for
        for encoding in ("utf-8", "gb18030"):
            with contextlib.suppress(UnicodeDecodeError):
                return raw.decode(encoding)
    return entry.orig_filename


def _unicode_path(extra: bytes) -> str:
    """Return the Info-ZIP Unicode Path field, or ""."""
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == _UNICODE_PATH and length > 5:
            return extra[9 : 4 + length].decode("utf-8", "replace")
        extra = extra[4 + length :]
    return ""


def _saved(entry: zipfile.ZipInfo) -> int:
    try:
        return int(dt.datetime(*entry.date_time).timestamp())
    except (ValueError, OverflowError, OSError):
        return 0
