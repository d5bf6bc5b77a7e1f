"""Rar archives of stored files, written here: no free program packs them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

STAMP = 0x5864_4000  # 2024-03-04 08:00 as MS-DOS writes it


def rar4(files: Mapping[str, bytes], *, gbk: bool = False, locked: bool = False) -> bytes:
    """An archive as WinRAR 3 and 4 write it; with `gbk`, names without their Unicode form."""
    parts = [b"Rar!\x1a\x07\x00", _block(0x73, 0, struct.pack("<HI", 0, 0))]
    for name, data in files.items():
        raw = name.replace("/", "\\").encode("gbk" if gbk else "utf-8")
        flags = 0x8000 | (0 if gbk else 0x200) | (0x04 if locked else 0)
        body = struct.pack("<IIBII", len(data), len(data), 2, zlib.crc32(data), STAMP)
        body += struct.pack("<BBHI", 20, 0x30, len(raw), 0x20) + raw
        parts += [_block(0x74, flags, body), data]
    return b"".join([*parts, _block(0x7B, 0x4000, b"")])


def _block(kind: int, flags: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def rar5(files: Mapping[str, bytes]) -> bytes:
    """An archive as WinRAR 5 and later write it."""
    parts = [b"Rar!\x1a\x07\x01\x00", _block5(1, 0, _vint(0))]
    for name, data in files.items():
        raw = name.encode()
        body = _vint(len(data)) + _vint(0x04) + _vint(len(data)) + _vint(0x20)
        body += struct.pack("<I", zlib.crc32(data)) + _vint(0) + _vint(0)
        body += _vint(len(raw)) + raw
        parts += [_block5(2, 0x02, body), data]
    return b"".join([*parts, _block5(5, 0, _vint(0))])


def _block5(kind: int, flags: int, body: bytes) -> bytes:
    inner = _vint(kind) + _vint(flags) + body
    head = _vint(len(inner)) + inner
    return struct.pack("<I", zlib.crc32(head)) + head


def _vint(value: int) -> bytes:
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)
