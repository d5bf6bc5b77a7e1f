"""A copy of a workbook's bytes without what the library stumbles over; no figure is changed."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterable

from jixiao_xlsx.intake.file_kinds import open_zip

_KNOWN_ERRORS = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#DATA!"}
)
_ERROR_CELL = re.compile(
    rb"""(<(?:\w+:)?c\b[^<>]*\bt=["']e["'][^<>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>)[^<]*(?=<)""",
    re.DOTALL,
)
_CODE_PAGE, _BOF, _UNICODE = 0x0042, 0x0809, 1200
_FIRST_RECORDS = 40


def with_known_errors(data: bytes) -> bytes:
    """Return an .xlsx with every error value as #N/A; the flags keep the true one.

    Newer programs write values (#SPILL!) that the library takes for a broken file.
    """
    written = io.BytesIO()
    with open_zip(data) as archive, zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as copy:
        for entry in archive.infolist():
            content = archive.read(entry)
            if "worksheets" in entry.filename.lower():
                content = _ERROR_CELL.sub(rb"\1#N/A", content)
            copy.writestr(entry.filename, content)
    return written.getvalue()


def unknown_errors(texts: Iterable[str]) -> bool:
    """Return whether the library does not know one of these error values."""
    return not _KNOWN_ERRORS.issuperset(texts)


def with_unicode_page(data: bytes, stream: bytes) -> bytes:
    """Return an .xls whose `stream` states the code page that Excel 97 writes: Unicode.

    Its texts are Unicode whatever page is stated; the library believes the statement.
    """
    at = 0
    for number in range(_FIRST_RECORDS):
        if at + 4 > len(stream):
            return data
        kind, length = struct.unpack_from("<HH", stream, at)
        if number == 0 and (kind != _BOF or stream[at + 4 : at + 6] != b"\x00\x06"):
            return data  # before Excel 97 the page is true
        if kind == _CODE_PAGE and length == 2:
            return _with_page(data, stream[: at + 6], at + 4)
        at += 4 + length
    return data


def _with_page(data: bytes, start: bytes, at: int) -> bytes:
    """Return the file with the page at `at` of its stream replaced; it begins with `start`."""
    where = data.find(start)
    if where < 0 or struct.unpack_from("<H", start, at)[0] == _UNICODE:
        return data
    page = where + at
    return data[:page] + struct.pack("<H", _UNICODE) + data[page + 2 :]
