"""A compound file (OLE) with whole streams, as small as it gets: for workbooks of Excel 97 and
encrypted ones.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Streams of at least 4096 bytes each, by their paths: “a/b” lies in the storage “a”."""
    bodies = {
        name: data.ljust(-(-len(data) // SECTOR) * SECTOR, b"\0") for name, data in streams.items()
    }
    paths = _with_storages(streams)
    inside: dict[str, list[str]] = {}
    for path in paths:
        inside.setdefault(path.rpartition("/")[0], []).append(path)
    number = {path: at for at, path in enumerate(paths, 1)}
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    fat: list[int] = []
    content = b""
    for path in paths:
        parent, _, name = path.rpartition("/")
        later = inside[parent][inside[parent].index(path) + 1 :]
        right = number[later[0]] if later else _FREE
        if path not in streams:
            child = number[inside[path][0]]
            entries.append(_entry(name, 1, 0, 0, child=child, right=right))
            continue
        first, count = len(fat), len(bodies[path]) // SECTOR
        fat += [*range(first + 1, first + count), _END]
        content += bodies[path]
        entries.append(_entry(name, 2, first, len(streams[path]), right=right))
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


def _with_storages(streams: Mapping[str, bytes]) -> list[str]:
    """Return every path once, those of storages before what lies in them."""
    paths: dict[str, None] = {}
    for path in streams:
        parts = path.split("/")
        paths |= dict.fromkeys("/".join(parts[:end]) for end in range(1, len(parts) + 1))
    return list(paths)


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
