"""The guard of an .xls, and the flags of its cells: one bounded pass over its records.

The flags are those of an .xlsx, but for the text of formulas, which the format keeps as code: their
places are known, and "" stands for their text.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping

from jixiao_xlsx.intake.file_kinds import Encrypted, Refused, broken
from jixiao_xlsx.reading.flags.sheet_flags import MAX_COLUMNS, SheetFlags, far_cell, too_far
from jixiao_xlsx.reading.flags.xlsx_flags import percent_places
from jixiao_xlsx.values.addresses import Position

_MAX_RECORDS = 3_000_000
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
_BUILT_IN_FORMATS = {9: "0%", 10: "0.00%"}
_BIFF8 = 0x0600
_BOF, _EOF, _BOUNDSHEET, _FORMAT, _XF, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0, 0x002F
_COLINFO, _HIDDEN_COLUMN = 0x007D, 1
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
_UNREADABLE = (
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
    """Return the flags of every worksheet by name; {} before Excel 97. Raises Refused."""
    try:
        return _workbook_flags(workbook_stream(data))
    except Refused:
        raise
    except _UNREADABLE as error:
        raise broken() from error


def workbook_stream(data: bytes) -> bytes:
    """Return the records of a workbook. Raises Refused."""
    if not data.startswith(_OLE):
        return data
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as container:
        for name in ("Workbook", "Book"):
            if container.exists(name):
                return bytes(container.openstream(name).read())
    raise broken()


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records from `at` to the end of the substream that begins there."""
    depth = count = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
        depth += (kind == _BOF) - (kind == _EOF)
        count += 1
        if depth <= 0:
            return
        if count > _MAX_RECORDS:
            raise Refused("工作簿里的单元格过多，未读取。请删去表格以外的空行空列，保存后重报")


def _workbook_flags(stream: bytes) -> Mapping[str, SheetFlags]:
    sheets: list[tuple[str, int]] = []
    formats = dict(_BUILT_IN_FORMATS)
    styles: list[int] = []
    for number, (kind, body) in enumerate(_records(stream, 0)):
        if number == 0 and (kind != _BOF or struct.unpack_from("<H", body)[0] != _BIFF8):
            return {}
        if kind == _FILEPASS:
            raise Encrypted
        if kind == _BOUNDSHEET and body[5] == 0:
            sheets.append((_text(body[6:], body[6], 1), struct.unpack_from("<I", body)[0]))
        elif kind == _FORMAT:
            code = _text(body[2:], struct.unpack_from("<H", body, 2)[0], 2)
            formats[struct.unpack_from("<H", body)[0]] = code
        elif kind == _XF:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    shown = {number: formats[style] for number, style in enumerate(styles) if style in formats}
    return {name: _sheet_flags(stream, name, at, shown) for name, at in sheets}


def _text(body: bytes, length: int, skip: int) -> str:
    """Return a string after the `skip` bytes of its length and a byte: whether letters are wide."""
    wide = body[skip] & 1
    raw = body[skip + 1 : skip + 1 + length * (2 if wide else 1)]
    return raw.decode("utf-16-le" if wide else "latin-1")


def _sheet_flags(stream: bytes, name: str, at: int, formats: Mapping[int, str]) -> SheetFlags:
    sheet = _SheetPass(name, formats)
    for kind, body in _records(stream, at):
        if kind == _ROW:
            sheet.take_row(body)
        elif kind == _MULRK:
            sheet.take_numbers(body)
        elif kind == _COLINFO:
            sheet.take_columns(body)
        elif kind in _CELLS:
            sheet.take_cell(kind, body)
    return SheetFlags(
        sheet.formulas,
        sheet.errors,
        frozenset(),
        percent_places(sheet.formats),
        frozenset(sheet.hidden_rows),
        formats=sheet.formats,
        hidden_columns=frozenset(sheet.hidden_columns),
    )


class _SheetPass:
    """The state of one pass over the records of a sheet."""

    def __init__(self, name: str, formats: Mapping[int, str]) -> None:
        self.name = name
        self.style_formats = formats
        self.formulas: dict[Position, str] = {}
        self.errors: dict[Position, str] = {}
        self.formats: dict[Position, str] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.height = self.width = 0

    def take_row(self, body: bytes) -> None:
        """Take the properties of a row."""
        if struct.unpack_from("<I", body, 12)[0] & 0x20:
            self.hidden_rows.add(struct.unpack_from("<H", body)[0])

    def take_columns(self, body: bytes) -> None:
        """Take the properties of a run of columns."""
        first, last, _, _, options = struct.unpack_from("<HHHHH", body)
        if options & _HIDDEN_COLUMN:
            self.hidden_columns.update(range(first, min(last + 1, MAX_COLUMNS)))

    def take_numbers(self, body: bytes) -> None:
        """Take a run of numbers in one row."""
        row, first = struct.unpack_from("<HH", body)
        count = (len(body) - 6) // 6
        for offset in range(count):
            style = struct.unpack_from("<H", body, 4 + 6 * offset)[0]
            if code := self.style_formats.get(style):
                self.formats[row, first + offset] = code
        self.extend(row, first + count - 1)

    def take_cell(self, kind: int, body: bytes) -> None:
        """Take one cell."""
        row, column, style = struct.unpack_from("<HHH", body)
        if code := self.style_formats.get(style):
            self.formats[row, column] = code
        if kind == _FORMULA:
            self.formulas[row, column] = ""
            if body[12:14] == b"\xff\xff" and body[6] == 2:
                self.errors[row, column] = _ERRORS.get(body[8], "#N/A")
        elif kind == _BOOLERR and body[7]:
            self.errors[row, column] = _ERRORS.get(body[6], "#N/A")
        self.extend(row, column)

    def extend(self, row: int, column: int) -> None:
        """Extend the used area to a cell. Raises Refused where that is too far out."""
        self.height, self.width = max(self.height, row + 1), max(self.width, column + 1)
        if too_far(self.height, self.width):
            raise far_cell(self.name, (row, column))
