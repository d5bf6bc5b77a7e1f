"""Zip containers written from members that may stay compressed as they were."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_LEVEL = 6
_NAME_IS_UTF8 = 0x800
_DATE, _TIME = (1 << 5) | 1, 0  # 1980-01-01: the same content gives the same bytes
_MADE_BY, _NEEDS = (3 << 8) | 20, 20  # Unix; version 2.0 of the format
_RIGHTS = 0o100600 << 16
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class PackedPart:
    """A member of a container as it lies there: compressed by `method`, `size` bytes unpacked."""

    name: str
    method: int
    crc: int
    size: int
    data: bytes
    utf8: bool = True


def stored_member(data: bytes, info: zipfile.ZipInfo) -> PackedPart:
    """Return a member of the container `data` without unpacking it.

    Raises zipfile.BadZipFile where its bytes are not there.
    """
    begin = info.header_offset
    head = data[begin : begin + _LOCAL.size]
    if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
        raise zipfile.BadZipFile(info.filename)
    name_length, extra_length = _LOCAL.unpack(head)[-2:]
    begin += _LOCAL.size + name_length + extra_length
    packed = data[begin : begin + info.compress_size]
    if len(packed) < info.compress_size:
        raise zipfile.BadZipFile(info.filename)
    utf8 = bool(info.flag_bits & _NAME_IS_UTF8)
    return PackedPart(info.filename, info.compress_type, info.CRC, info.file_size, packed, utf8)


def deflated_member(name: str, content: bytes) -> PackedPart:
    """Return `content` compressed, as a member called `name`."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    return PackedPart(name, zipfile.ZIP_DEFLATED, zlib.crc32(content), len(content), packed)


def container_of(members: Iterable[PackedPart]) -> bytes:
    """Return one container of the `members`, in their order, with fixed dates and rights."""
    out, index = io.BytesIO(), []
    for member in members:
        name = member.name.encode("utf-8" if member.utf8 else "cp437")
        flags = _NAME_IS_UTF8 if member.utf8 and not name.isascii() else 0
        sizes = (member.crc, len(member.data), member.size)
        facts = (_NEEDS, flags, member.method, _TIME, _DATE, *sizes, len(name), 0)
        offset = out.tell()
        out.write(_LOCAL.pack(b"PK\3\4", *facts) + name + member.data)
        tail = (0, 0, 0, _RIGHTS, offset)
        index.append(_CENTRAL.pack(b"PK\1\2", _MADE_BY, *facts, *tail) + name)
    start = out.tell()
    listed = b"".join(index)
    out.write(listed)
    out.write(_END.pack(b"PK\5\6", 0, 0, len(index), len(index), len(listed), start, 0))
    return out.getvalue()
