"""One bounded streaming pass over an .xlsx: the guard that runs before any library, and the flags that values alone don't show.

The pass adds flags (formulas, error kinds, uncalculated cells, percent formats, hidden rows, merges) and never values.
It also refuses what must not meet a library: a far stray cell, a DTD, a part that lies about its size.
Positions are (row, column), counted from 0. Any prefix or namespace (Strict OOXML too) is accepted; so are cells without `r`.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from jixiao_xlsx.intake.file_kinds import SAVE_AS, Refused, broken, open_zip
from jixiao_xlsx.values.addresses import Area, Position, a1, position

MAX_ROWS = 20_000
MAX_COLUMNS = 512
MAX_AREA = 1_000_000
MAX_TOTAL_AREA = 4_000_000
MAX_TAGS = 8_000_000
MAX_SHEETS = 255
MAX_SILENCE = 2 * 2**20
MAX_LIST = 32 * 2**20
MAX_LISTED = 1_500_000  # tags of a styles part: Excel's own limit of 65,490 cell formats, twice, with all that may stand in one
_CHUNK = 1 << 16
_TRUE = frozenset({"1", "true", "on"})
_XF_LISTS = frozenset({"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"})
_BUILT_IN_PERCENT = frozenset({"9", "10"})
_BROKEN = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    LookupError,
    ValueError,
    OSError,
)
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass(frozen=True, slots=True)
class SheetFlags:
    """What a sheet's XML says about its cells beyond their values; `merges` are (top, left, bottom, right), inclusive.

    A formula's text is without "="; the members of a shared formula carry the text of its first cell.
    """

    formulas: Mapping[Position, str] = field(default_factory=dict)
    errors: Mapping[Position, str] = field(default_factory=dict)
    uncalculated: frozenset[Position] = frozenset()
    percents: frozenset[Position] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    merges: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it; `state` is visible, hidden or veryHidden."""

    name: str
    state: str
    part: str

    @property
    def hidden(self) -> bool:
        """Whether people don't see it."""
        return self.state != "visible"


@dataclass(frozen=True, slots=True)
class Inspection:
    """The sheets in order, and the flags of those that were asked for."""

    sheets: tuple[SheetEntry, ...]
    flags: Mapping[str, SheetFlags]


def read_xlsx_flags(
    data: bytes, wanted: Callable[[str, bool], bool] = lambda name, hidden: True
) -> Inspection:
    """Look through an OOXML workbook. `wanted(name, hidden)` chooses the sheets to scan. Raises Refused."""
    with open_zip(data) as archive:
        try:
            return _inspect(archive, wanted)
        except _BROKEN as error:
            raise broken() from error


def _inspect(archive: zipfile.ZipFile, wanted: Callable[[str, bool], bool]) -> Inspection:
    names = {name.lower(): name for name in archive.namelist()}

    def load(part: str) -> bytes:
        found = names.get(part.lower())
        if found and archive.getinfo(found).file_size > MAX_LIST:
            raise _no_list()
        return archive.read(found) if found else b""

    book = next(
        (
            path
            for kind, path in _relations(load("_rels/.rels"), "").values()
            if kind == "officeDocument"
        ),
        "xl/workbook.xml",
    )
    folder, _, file = book.rpartition("/")
    links = _relations(load(f"{folder}/_rels/{file}.rels"), folder)
    sheets = tuple(_sheets(load(book), links))
    if not sheets or len(sheets) > MAX_SHEETS:
        raise Refused(f"工作簿里没有工作表，或工作表过多（{len(sheets)} 张），不能读取。{SAVE_AS}")
    for kind, path in links.values():
        if kind == "sharedStrings" and path.lower() in names:
            _read_through(archive, names[path.lower()])
    styles = next((path for kind, path in links.values() if kind == "styles"), "")
    percents = _percent_styles(load(styles))
    flags = {}
    total = 0
    for sheet in sheets:
        if sheet.part.lower() in names and wanted(sheet.name, sheet.hidden):
            flags[sheet.name], area = _scan(
                archive, names[sheet.part.lower()], sheet.name, percents
            )
            total += area
            if total > MAX_TOTAL_AREA:
                raise Refused(
                    f"各工作表用到的范围合计过大（到“{sheet.name}”为止 {total} 格），未读取。请删去表格以外的内容，保存后重报"
                )
    return Inspection(sheets, flags)


# ------------------------------------------------------------------------------------------------------- small parts


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise Refused("文件内含 DOCTYPE 声明，正常的工作簿没有，出于安全未读取。" + SAVE_AS)


def _elements(xml: bytes, names: Collection[str]) -> list[tuple[str, dict[str, str]]]:
    """The start tags of a part that have one of these local names, in order. Raises Refused where the part is no list of a few."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if (local := name.rpartition(":")[2]) in names:
            found.append((local, attributes))

    if xml.count(b"<") > MAX_LISTED:
        raise _no_list()
    if xml:
        parser = _parser()
        parser.StartElementHandler = start
        parser.Parse(xml, True)
    return found


def _no_list() -> Refused:
    return Refused("工作簿的样式或清单异常庞大，不是正常的报表，未读取。请把内容填到空白表里重报")


def _read_through(archive: zipfile.ZipFile, part: str) -> None:
    """Unpack a part once without keeping it: its size and checksum are true, and it declares no entities. Raises Refused."""
    before = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if b"<!DOCTYPE" in before[-8:] + chunk:
                _refuse_doctype()
            before = chunk


def _relations(xml: bytes, folder: str) -> dict[str, tuple[str, str]]:
    """Relationship id → (last word of its type, path of the part)."""
    found = {}
    for _, attributes in _elements(xml, {"Relationship"}):
        if attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)
    return found


def _sheets(xml: bytes, links: Mapping[str, tuple[str, str]]) -> Iterator[SheetEntry]:
    for _, attributes in _elements(xml, {"sheet"}):
        link = next(
            (
                value
                for key, value in attributes.items()
                if key.rpartition(":")[2] == "id" and ":" in key
            ),
            "",
        )
        kind, path = links.get(link, ("", ""))
        yield SheetEntry(
            attributes.get("name", ""),
            attributes.get("state", "visible"),
            path if kind == "worksheet" else "",
        )


def percent_format(code: str) -> bool:
    """Whether a number format shows a percentage: a sign that is no literal."""
    return "%" in _LITERALS.sub("", code)


def _percent_styles(xml: bytes) -> frozenset[str]:
    """The style numbers (`s` of a cell) that show a number as a percentage."""
    return _known_styles(xml) if len(xml) <= _USUAL else _styles(xml)


def _styles(xml: bytes) -> frozenset[str]:
    formats = set(_BUILT_IN_PERCENT)
    styles: set[str] = set()
    number, inside = 0, False
    for name, attributes in _elements(xml, {"xf", "numFmt", *_XF_LISTS}):
        if name == "xf":
            if inside:
                if attributes.get("numFmtId") in formats:
                    styles.add(str(number))
                number += 1
        elif name == "numFmt":
            if percent_format(attributes.get("formatCode", "")):
                formats.add(attributes.get("numFmtId", ""))
        else:
            inside = name == "cellXfs"
    return frozenset(styles)


_known_styles = lru_cache(maxsize=32)(_styles)  # a season's files share their styles
_USUAL = 1 << 18


# ------------------------------------------------------------------------------------------------------- one sheet


def _scan(
    archive: zipfile.ZipFile, part: str, sheet: str, percents: frozenset[str]
) -> tuple[SheetFlags, int]:
    """The flags of a sheet, and how many cells its used area has."""
    scan = _Scan(sheet, percents)
    parser = _parser()
    parser.buffer_text = True
    scan.attach(parser)
    tags = silence = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            tags += chunk.count(b"<")
            silence = 0 if b">" in chunk else silence + len(chunk)
            if (
                silence > MAX_SILENCE
            ):  # one endless tag or text: the parser would begin it anew with every chunk
                raise broken()
            if tags > MAX_TAGS:
                raise Refused(
                    f"工作表“{sheet}”里的单元格（多为空格式）过多，未读取。请删去表格以外的空行空列，保存后重报"
                )
            parser.Parse(chunk)
        parser.Parse(b"", True)
    return scan.flags(), (scan.last_row + 1) * (scan.last_column + 1)


_CELL, _VALUE, _FORMULA, _ROW, _MERGE, _TEXT, _DATA, _AFTER = range(1, 9)
_TAGS = {"c": _CELL, "v": _VALUE, "is": _VALUE, "f": _FORMULA, "row": _ROW, "mergeCell": _MERGE}
_TAGS |= dict.fromkeys(("t", "r", "rPr"), _TEXT) | {"sheetData": _DATA}
_TAGS |= dict.fromkeys(
    ("conditionalFormatting", "dataValidations", "hyperlinks", "pageMargins", "extLst"), _AFTER
)


class _Scan:
    """The state of one pass. Start tags alone suffice: a cell ends where the next tag that can't be inside it begins."""

    def __init__(self, sheet: str, percents: frozenset[str]) -> None:
        self.sheet = sheet
        self.percent_styles = percents
        self.tags: dict[str, int] = dict(_TAGS)
        self.formulas: dict[Position, str] = {}
        self.shared: dict[str, str] = {}
        self.errors: dict[Position, str] = {}
        self.uncalculated: set[Position] = set()
        self.percents: set[Position] = set()
        self.hidden: set[int] = set()
        self.merges: list[Area] = []
        self.row = self.last_row = self.last_column = -1
        self.before = ""  # the address of the cell before, in this row
        self.cell: dict[str, str] | None = None
        self.formula: dict[str, str] | None = None
        self.has_value = self.listening = self.in_data = False
        self.words: list[str] = []
        self.formula_words: list[str] = []

    def attach(self, parser: expat.XMLParserType) -> None:
        """Listen to `parser`; character data only while a formula, or the value of an odd cell, is open."""
        self.parser = parser
        parser.StartElementHandler = self.start

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = self.tags.get(name)
        if tag is None:
            local = name.rpartition(":")[2]
            tag = self.tags[name] = _TAGS.get(local, 0) if ":" in name else 0
        if tag == _CELL:
            if self.listening:
                self.close()
            self.cell = attributes
            self.has_value = False
            if "r" in attributes:
                self.before = attributes["r"]
            else:
                self.before = attributes["r"] = a1(
                    self.row, position(self.before)[1] + 1 if self.before else 0
                )
        elif tag == _VALUE:
            if self.cell is not None:
                self.value(self.cell)
        elif tag == _FORMULA:
            if self.cell is not None:
                self.formula = attributes
                self.listening = True
                self.parser.CharacterDataHandler = self.formula_words.append
        elif tag != _TEXT:
            if self.listening:
                self.close()
            self.cell = None
            if tag:
                self.other(tag, attributes)

    def value(self, cell: dict[str, str]) -> None:
        """A cell that holds something."""
        self.has_value = True
        where = row, column = position(cell["r"])
        if row > self.last_row or column > self.last_column:
            self.last_row, self.last_column = max(row, self.last_row), max(column, self.last_column)
            self.check(where)
        if cell.get("s") in self.percent_styles:
            self.percents.add(where)
        if self.formula is not None or cell.get("t") == "e":
            self.listening = True
            self.parser.CharacterDataHandler = self.words.append

    def other(self, tag: int, attributes: dict[str, str]) -> None:
        if tag == _ROW:
            number = attributes.get("r")
            self.row = int(number) - 1 if number else self.row + 1
            self.before = ""
            if attributes.get("hidden") in _TRUE and self.row < MAX_ROWS:
                self.hidden.add(self.row)
        elif tag == _MERGE:
            first, _, last = attributes.get("ref", "").partition(":")
            if first and last:
                (top, left), (bottom, right) = position(first), position(last)
                self.merges.append((top, left, bottom, right))
        elif tag == _DATA:
            self.in_data = True
        elif (
            self.in_data
        ):  # cells and merges are behind us; only the well-formedness of the rest matters
            self.parser.StartElementHandler = None

    def close(self) -> None:
        """The current cell is over: keep what was collected of it."""
        cell, formula = self.cell, self.formula
        self.listening = False
        self.parser.CharacterDataHandler = None
        if cell is not None:
            where = position(cell["r"])
            text = "".join(self.words).strip()
            if formula is not None:
                self.formulas[where] = self.formula_text(formula)
                if not self.has_value or (
                    not text and cell.get("t") not in {"str", "inlineStr", "s"}
                ):
                    self.uncalculated.add(where)
            if cell.get("t") == "e" and text:
                self.errors[where] = text
        self.formula = None
        self.words.clear()
        self.formula_words.clear()

    def formula_text(self, formula: dict[str, str]) -> str:
        text = "".join(self.formula_words).strip()
        group = formula.get("si", "")
        if formula.get("t") == "shared":
            if text:
                self.shared[group] = text
            return self.shared.get(group, text)
        return text

    def check(self, where: Position) -> None:
        """No cell may stand so far out that a library would have to fill the space up to it."""
        rows, columns = self.last_row + 1, self.last_column + 1
        if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_AREA:
            far = f"工作表“{self.sheet}”的 {a1(*where)} 有内容"
            raise Refused(
                f"{far}，远在表格之外，无法读取。请删去该单元格所在的整行整列，保存后重报"
            )

    def flags(self) -> SheetFlags:
        if self.listening:
            self.close()
        return SheetFlags(
            self.formulas,
            self.errors,
            frozenset(self.uncalculated),
            frozenset(self.percents),
            frozenset(self.hidden),
            tuple(self.merges),
        )
