"""The values of an .xlsx as an .xlsb: no program here writes that format, so the few records it
takes are written by hand.
"""

from __future__ import annotations

import io
import struct
import zipfile

import python_calamine as calamine

_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def converted(workbook: bytes) -> bytes:
    """Texts and numbers of every visible sheet, without formats or formulas."""
    book = calamine.CalamineWorkbook.from_object(io.BytesIO(workbook))
    sheets = {
        sheet.name: book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        for sheet in book.sheets_metadata
        if sheet.visible == calamine.SheetVisibleEnum.Visible
    }
    targets = {f"rId{n}": f"worksheets/sheet{n}.bin" for n in range(1, len(sheets) + 1)}
    listed = b"".join(
        _record(156, struct.pack("<II", 0, n) + _wide(f"rId{n}") + _wide(name))
        for n, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="{key}" Type="{_KIND}/worksheet" Target="{to}"/>'
        for key, to in targets.items()
    )
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.open'
        b'xmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _links(
            f'<Relationship Id="r" Type="{_KIND}/officeDocument" Target="xl/workbook.bin"/>'
        ),
        "xl/_rels/workbook.bin.rels": _links(links),
        "xl/workbook.bin": _record(131) + _record(143) + listed + _record(144) + _record(132),
    }
    for target, rows in zip(targets.values(), sheets.values(), strict=True):
        parts[f"xl/{target}"] = _sheet(rows)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _sheet(rows: list[list[object]]) -> bytes:
    width = max((len(row) for row in rows), default=1)
    pieces = [
        _record(129),
        _record(148, struct.pack("<IIII", 0, max(len(rows) - 1, 0), 0, max(width - 1, 0))),
        _record(145),
    ]
    for number, row in enumerate(rows):
        pieces.append(_record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0)))
        for column, value in enumerate(row):
            head = struct.pack("<II", column, 0)
            if isinstance(value, bool) or value == "":
                continue
            if isinstance(value, int | float):
                pieces.append(_record(5, head + struct.pack("<d", value)))
            else:
                pieces.append(_record(6, head + _wide(str(value))))
    return b"".join([*pieces, _record(146), _record(130)])


def _record(kind: int, body: bytes = b"") -> bytes:
    return _short(kind, 2) + _short(len(body), 4) + body


def _short(number: int, most: int) -> bytes:
    """Seven bits a byte, as the format counts."""
    out = bytearray()
    for _ in range(most):
        out.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            break
    return bytes(out)


def _wide(text: str) -> bytes:
    raw = text.encode("utf-16-le")
    return struct.pack("<I", len(raw) // 2) + raw


def _links(inside: str) -> bytes:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{inside}</Relationships>"
    ).encode()
