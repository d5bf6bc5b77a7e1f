"""One bounded pass over an .xls: the guard that runs before any library, and the flags that values alone don't show.

The same flags as `ooxml` gives, but for the text of formulas, which the format keeps as code: their places are known, "" stands
for their words. Positions are (row, column), counted from 0.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping

from jixiao_xlsx.intake.file_kinds import Refused, broken, encrypted
from jixiao_xlsx.reading.xlsx_flags import (
    MAX_AREA,
    MAX_COLUMNS,
    MAX_ROWS,
    SheetFlags,
    percent_format,
)
from jixiao_xlsx.values.addresses import Position, a1

MAX_RECORDS = 3_000_000
_OLE = b"\xd0\xcf\x11\xe0"
_ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
}
_BUILT_IN_PERCENT = frozenset({9, 10})
_BIFF8 = 0x0600
_BOF, _EOF, _BOUNDSHEET, _FORMAT, _XF, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0, 0x002F
_ROW, _FORMULA, _BOOLERR, _NUMBER, _RK, _MULRK, _LABEL, _LABELSST = (
    0x0208,
    0x0006,
    0x0205,
    0x0203,
    0x027E,
    0x00BD,
    0x0204,
    0x00FD,
)
_CELLS = frozenset({_FORMULA, _BOOLERR, _NUMBER, _RK, _LABEL, _LABELSST})
_BAD = (
    struct.error,
    IndexError,
    ValueError,
    OSError,
    UnicodeDecodeError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
)


def read_xls_flags(data: bytes) -> Mapping[str, SheetFlags]:
    """The flags of every worksheet by name; {} for a version before Excel 97. Raises Refused."""
    try:
        stream = _workbook(data)
        return _flags(stream)
    except Refused:
        raise
    except _BAD as error:
        raise broken() from error


def _workbook(data: bytes) -> bytes:
    if not data.startswith(_OLE):
        return data
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as container:
        for name in ("Workbook", "Book"):
            if container.exists(name):
                found = container.openstream(name).read()
                return bytes(found)
    raise broken()


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from `at` to the end of the substream that begins there."""
    depth = count = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
        depth += (kind == _BOF) - (kind == _EOF)
        count += 1
        if depth <= 0:
            return
        if count > MAX_RECORDS:
            raise Refused("工作簿里的单元格过多，未读取。请删去表格以外的空行空列，保存后重报")


def _flags(stream: bytes) -> Mapping[str, SheetFlags]:
    sheets: list[tuple[str, int]] = []
    formats: set[int] = set(_BUILT_IN_PERCENT)
    styles: list[int] = []
    for number, (kind, body) in enumerate(_records(stream, 0)):
        if number == 0 and (kind != _BOF or struct.unpack_from("<H", body)[0] != _BIFF8):
            return {}
        if kind == _FILEPASS:
            raise encrypted()
        if kind == _BOUNDSHEET and body[5] == 0:
            sheets.append((_text(body[6:], body[6], 1), struct.unpack_from("<I", body)[0]))
        elif kind == _FORMAT:
            if percent_format(_text(body[2:], struct.unpack_from("<H", body, 2)[0], 2)):
                formats.add(struct.unpack_from("<H", body)[0])
        elif kind == _XF:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    percents = {number for number, form in enumerate(styles) if form in formats}
    return {name: _sheet(stream, name, at, percents) for name, at in sheets}


def _text(body: bytes, length: int, skip: int) -> str:
    """A string whose length stands before it in `skip` bytes, then a byte that says whether it is two bytes a letter."""
    wide = body[skip] & 1
    raw = body[skip + 1 : skip + 1 + length * (2 if wide else 1)]
    return raw.decode("utf-16-le" if wide else "latin-1")


def _sheet(stream: bytes, name: str, at: int, percents: set[int]) -> SheetFlags:
    formulas: dict[Position, str] = {}
    errors: dict[Position, str] = {}
    shown: set[Position] = set()
    hidden: set[int] = set()
    height = width = 0
    for kind, body in _records(stream, at):
        if kind == _ROW:
            if struct.unpack_from("<I", body, 12)[0] & 0x20:
                hidden.add(struct.unpack_from("<H", body)[0])
            continue
        if kind == _MULRK:
            row, first = struct.unpack_from("<HH", body)
            count = (len(body) - 6) // 6
            shown |= {
                (row, first + n)
                for n in range(count)
                if struct.unpack_from("<H", body, 4 + 6 * n)[0] in percents
            }
            last = first + count - 1
        elif kind in _CELLS:
            row, last, style = struct.unpack_from("<HHH", body)
            if style in percents:
                shown.add((row, last))
            if kind == _FORMULA:
                formulas[row, last] = ""
                if body[12:14] == b"\xff\xff" and body[6] == 2:
                    errors[row, last] = _ERRORS.get(body[8], "#N/A")
            elif kind == _BOOLERR and body[7]:
                errors[row, last] = _ERRORS.get(body[6], "#N/A")
        else:
            continue
        height, width = max(height, row + 1), max(width, last + 1)
        if height > MAX_ROWS or width > MAX_COLUMNS or height * width > MAX_AREA:
            far = a1(row, last)
            raise Refused(
                f"工作表“{name}”的 {far} 有内容，远在表格之外，无法读取。请删去该单元格所在的整行整列，保存后重报"
            )
    return SheetFlags(formulas, errors, frozenset(), frozenset(shown), frozenset(hidden))
