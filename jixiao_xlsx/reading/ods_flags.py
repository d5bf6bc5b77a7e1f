"""The guard for .ods, and the flags that values alone don't show.

Repeated cells are unfolded by the library, so a few bytes may stand for a whole sheet. Positions are (row, column) from 0.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from xml.parsers import expat

from jixiao_xlsx.intake.file_kinds import SAVE_AS, Refused, broken, open_zip
from jixiao_xlsx.reading.xlsx_flags import MAX_AREA, MAX_COLUMNS, MAX_ROWS, MAX_SILENCE, SheetFlags
from jixiao_xlsx.values.addresses import Area, Position, a1

_CHUNK = 1 << 16
_BAD = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    ValueError,
    NotImplementedError,
    OSError,
)


def read_ods_flags(data: bytes) -> Mapping[str, SheetFlags]:
    """The flags of every sheet by name. Raises Refused: used far beyond any form, or broken."""
    scan = _Scan()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.CharacterDataHandler = scan.words
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with open_zip(data) as archive:
        try:
            with archive.open("content.xml") as stream:
                silence = 0
                while chunk := stream.read(_CHUNK):
                    silence = 0 if b">" in chunk else silence + len(chunk)
                    if silence > MAX_SILENCE:
                        raise broken()
                    parser.Parse(chunk)
                parser.Parse(b"", True)
        except _BAD as error:
            raise broken() from error
    return scan.found


def _refuse_doctype(*_: object) -> None:
    raise Refused("文件内含 DOCTYPE 声明，正常的工作簿没有，出于安全未读取。" + SAVE_AS)


class _Scan:
    """Where the filled cells end, and what they are; a repeat of blank cells only moves on."""

    def __init__(self) -> None:
        self.found: dict[str, SheetFlags] = {}
        self.sheet = ""
        self.row = self.column = 0
        self.repeat = 1
        self.last_column = 0
        self.filled = self.hidden = False
        self.error: list[str] | None = None
        self._fresh()

    def _fresh(self) -> None:
        self.formulas: dict[Position, str] = {}
        self.errors: dict[Position, str] = {}
        self.percents: set[Position] = set()
        self.hidden_rows: set[int] = set()
        self.merges: list[Area] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.sheet = attributes.get("table:name", "")
            self.row = self.last_column = 0
            self._fresh()
        elif name == "table:table-row":
            self.column = 0
            self.filled = False
            self.repeat = _count(attributes, "table:number-rows-repeated")
            self.hidden = attributes.get("table:visibility", "visible") != "visible"
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            self.cell(attributes)

    def cell(self, attributes: dict[str, str]) -> None:
        """A cell, or a run of like ones."""
        first, count = self.column, _count(attributes, "table:number-columns-repeated")
        self.column += count
        kind, formula = attributes.get("office:value-type"), attributes.get("table:formula")
        down, across = (
            _count(attributes, "table:number-rows-spanned"),
            _count(attributes, "table:number-columns-spanned"),
        )
        if down > 1 or across > 1:
            self.merges.append((self.row, first, self.row + down - 1, first + across - 1))
        if kind is None and formula is None:
            return
        self.filled = True
        self.last_column = max(self.last_column, self.column)
        if self.last_column > MAX_COLUMNS or self.row >= MAX_ROWS:
            return  # refused at the end of the row
        places = [(self.row, column) for column in range(first, self.column)]
        if formula is not None:
            self.formulas |= dict.fromkeys(places, formula.partition("=")[2])
        if kind == "percentage":
            self.percents |= set(places)
        if attributes.get("calcext:value-type") == "error":
            self.error = []
            self.errors |= dict.fromkeys(places, "")

    def words(self, text: str) -> None:
        """The text of a cell, wanted where it names an error."""
        if self.error is not None:
            self.error.append(text)

    def end(self, name: str) -> None:
        if name == "table:table-cell" and self.error is not None:
            said, self.error = "".join(self.error).strip() or "#N/A", None
            self.errors = {place: text or said for place, text in self.errors.items()}
        elif name == "table:table-row":
            self.row_ends()
        elif name == "table:table":
            self.found[self.sheet] = SheetFlags(
                self.formulas,
                self.errors,
                frozenset(),
                frozenset(self.percents),
                frozenset(self.hidden_rows),
                tuple(self.merges),
            )

    def row_ends(self) -> None:
        """Count the row and its repeats."""
        row, self.row = self.row, self.row + self.repeat
        if self.filled and (
            self.row > MAX_ROWS
            or self.last_column > MAX_COLUMNS
            or self.row * self.last_column > MAX_AREA
        ):
            far = a1(self.row - 1, self.last_column - 1)
            raise Refused(
                f"工作表“{self.sheet}”用到了 {far}，远在表格之外，无法读取。请删去表格以外的内容，保存后重报"
            )
        if self.hidden:
            self.hidden_rows |= set(range(row, min(self.row, MAX_ROWS)))
        if self.filled and self.repeat > 1:
            for held in (self.formulas, self.errors):
                held |= {
                    (row + n, column): text
                    for (at, column), text in list(held.items())
                    if at == row
                    for n in range(1, self.repeat)
                }
            self.percents |= {
                (row + n, column)
                for at, column in list(self.percents)
                if at == row
                for n in range(1, self.repeat)
            }


def _count(attributes: dict[str, str], name: str) -> int:
    return int(attributes.get(name, "1"))
