"""A compound file (OLE) with whole streams, as small as it gets: for workbooks of Excel 97 and
encrypted ones.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Streams of at least 4096 bytes each, beside each other in the root."""
    bodies = {
        name: data.ljust(-(-len(data) // SECTOR) * SECTOR, b"\0") for name, data in streams.items()
    }
    names = list(streams)
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    fat: list[int] = []
    content = b""
    for number, name in enumerate(names, 1):
        first, count = len(fat), len(bodies[name]) // SECTOR
        fat += [*range(first + 1, first + count), _END]
        content += bodies[name]
        right = number + 1 if number < len(names) else _FREE
        entries.append(_entry(name, 2, first, len(streams[name]), right=right))
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * SECTOR, b"\0")
    start = len(fat)
    fat += [*range(start + 1, start + len(directory) // SECTOR), _END]
    sectors = 1
    while len(fat) + sectors > sectors * 128:
        sectors += 1
    place = len(fat)
    fat += [_FAT] * sectors
    table = b"".join(struct.pack("<I", at) for at in fat).ljust(sectors * SECTOR, b"\xff")
    difat = [*range(place, place + sectors)] + [_FREE] * (109 - sectors)
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    )
    head += struct.pack("<IIIIIIIII", 0, sectors, start, 0, 4096, _END, 0, _END, 0) + struct.pack(
        "<109I", *difat
    )
    return head + content + directory + table


def _entry(
    name: str, kind: int, start: int, size: int, *, child: int = _FREE, right: int = _FREE
) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(raw), kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
