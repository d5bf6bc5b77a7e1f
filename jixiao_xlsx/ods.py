"""The guard for .ods: repeated cells are unfolded by the library, so a few bytes may stand for a whole sheet."""

from __future__ import annotations

import zipfile
import zlib
from xml.parsers import expat

from jixiao_xlsx.fileformat import SAVE_AS, Refused, broken, open_zip
from jixiao_xlsx.ooxml import MAX_AREA, MAX_COLUMNS, MAX_ROWS, reference

_CHUNK = 1 << 16


def guard(data: bytes) -> None:
    """Refuse a spreadsheet whose used area is far beyond any form. Raises Refused."""
    scan = _Scan()
    parser = expat.ParserCreate()
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with open_zip(data) as archive:
        try:
            with archive.open("content.xml") as stream:
                while chunk := stream.read(_CHUNK):
                    parser.Parse(chunk)
                parser.Parse(b"", True)
        except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError) as error:
            raise broken() from error


def _refuse_doctype(*_: object) -> None:
    raise Refused("文件内含 DOCTYPE 声明，正常的工作簿没有，出于安全未读取。" + SAVE_AS)


class _Scan:
    """Where the filled cells end; a repeat of blank cells only moves on."""

    def __init__(self) -> None:
        self.sheet = ""
        self.row = self.column = 0
        self.repeat = 1
        self.last_column = 0
        self.filled = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.sheet = attributes.get("table:name", "")
            self.row = self.last_column = 0
        elif name == "table:table-row":
            self.column = 0
            self.filled = False
            self.repeat = _count(attributes, "table:number-rows-repeated")
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            self.column += _count(attributes, "table:number-columns-repeated")
            if "office:value-type" in attributes or "table:formula" in attributes:
                self.filled = True
                self.last_column = max(self.last_column, self.column)

    def end(self, name: str) -> None:
        if name != "table:table-row":
            return
        self.row += self.repeat
        if self.filled and (self.row > MAX_ROWS or self.last_column > MAX_COLUMNS or self.row * self.last_column > MAX_AREA):
            far = reference(self.row - 1, self.last_column - 1)
            raise Refused(f"工作表“{self.sheet}”用到了 {far}，远在表格之外，无法读取。请删去表格以外的内容，保存后重报")


def _count(attributes: dict[str, str], name: str) -> int:
    return int(attributes.get(name, "1"))
