"""The guard of an .xlsx, and the flags of its cells: one bounded pass over its XML.

The pass gives flags (formulas, error values, uncalculated cells, percent formats, hidden rows,
merges) and never values. It refuses what must not meet a library: a far stray cell, a DOCTYPE, a
part that lies about its size. Any prefix or namespace (Strict OOXML too) is accepted, and cells
without an address.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from jixiao_xlsx.intake.file_kinds import SAVE_AS, Refused, broken, open_zip, plain_names
from jixiao_xlsx.reading.flags.number_formats import percent_format
from jixiao_xlsx.reading.flags.sheet_flags import (
    MAX_COLUMNS,
    MAX_ROWS,
    WORKBOOK_BOUNDS,
    SheetFlags,
    far_cell,
    too_far,
)
from jixiao_xlsx.reading.guard import (
    UNREADABLE_PART,
    Bounds,
    bounded_xml,
    local_name,
    parse_list,
    read_list,
    unpack_only,
)
from jixiao_xlsx.values.addresses import Area, Position, a1, position

_MAX_TOTAL_AREA = 4_000_000
_MAX_TAGS = 8_000_000
_MAX_SHEETS = 255
_STRANGE = f"{{}}，不是 Excel、WPS 存出来的样子，未读取。{SAVE_AS}"
_TRUE = frozenset({"1", "true", "on"})
_XF_LISTS = frozenset({"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"})
_BUILT_IN_FORMATS = {"9": "0%", "10": "0.00%"}
_CACHED_STYLES = 1 << 18  # bytes


class _Link(NamedTuple):
    """A relationship of a package: the last word of its type, and the path of the part."""

    kind: str
    path: str


class _ListedSheet(NamedTuple):
    """A sheet as the workbook lists it; `part` is "" for what is no worksheet."""

    name: str
    hidden: bool
    part: str


def read_xlsx_flags(
    data: bytes, wanted: Callable[[str, bool], bool] = lambda name, hidden: True
) -> Mapping[str, SheetFlags]:
    """Return the flags of the sheets that are `wanted` (name, hidden), by name. Raises Refused."""
    with open_zip(data) as archive:
        try:
            return _read_flags(archive, wanted)
        except UNREADABLE_PART as error:
            raise broken() from error


def _read_flags(
    archive: zipfile.ZipFile, wanted: Callable[[str, bool], bool]
) -> Mapping[str, SheetFlags]:
    names = plain_names(archive)

    def load(part: str) -> bytes:
        name = names.get(part.lower())
        return read_list(archive, name, WORKBOOK_BOUNDS) if name else b""

    root_links = _links(load("_rels/.rels"), "").values()
    book = next((path for kind, path in root_links if kind == "officeDocument"), "xl/workbook.xml")
    folder, _, file = book.rpartition("/")
    links = _links(load(f"{folder}/_rels/{file}.rels"), folder)
    sheets = tuple(_listed_sheets(load(book), links))
    if not sheets or len(sheets) > _MAX_SHEETS:
        raise Refused(f"工作簿里没有工作表，或工作表过多（{len(sheets)} 张），不能读取。{SAVE_AS}")
    for kind, path in links.values():
        if kind == "sharedStrings" and path.lower() in names:
            unpack_only(archive, names[path.lower()], WORKBOOK_BOUNDS)
    formats = _style_formats(
        load(next((path for kind, path in links.values() if kind == "styles"), ""))
    )
    flags = {}
    total = 0
    for sheet in sheets:
        if sheet.part.lower() in names and wanted(sheet.name, sheet.hidden):
            part = names[sheet.part.lower()]
            flags[sheet.name], area = _scan_sheet(archive, part, sheet.name, formats)
            if _has_pictures(sheet.part, load):
                flags[sheet.name] = replace(flags[sheet.name], pictures=True)
            total += area
            if total > _MAX_TOTAL_AREA:
                raise Refused(
                    f"各工作表用到的范围合计过大（到“{sheet.name}”为止 {total} 格），未读取。"
                    "请删去表格以外的内容，保存后重报"
                )
    return flags


def _has_pictures(part: str, load: Callable[[str], bytes]) -> bool:
    """Return whether a worksheet has a drawing of its own."""
    place, _, file = part.rpartition("/")
    xml = load(f"{place}/_rels/{file}.rels")
    links = _links(xml, place).values() if xml else ()
    return any(kind == "drawing" for kind, _ in links)


# ------------------------------------------------------------------------------------- small parts


def _elements(xml: bytes, names: Collection[str]) -> list[tuple[str, dict[str, str]]]:
    """Return the start tags of a list that have one of these local names, in order."""
    elements: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if (local := local_name(name)) in names:
            elements.append((local, attributes))

    if xml:
        parse_list(xml, start, WORKBOOK_BOUNDS)
    return elements


def _links(xml: bytes, folder: str) -> dict[str, _Link]:
    """Return the relationships of a part in `folder`, by id."""
    links: dict[str, _Link] = {}
    seen: set[str] = set()
    for _, attributes in _elements(xml, {"Relationship"}):
        if attributes.get("Id", "") in seen:
            raise Refused(_STRANGE.format("工作簿内部的编号有重复"))
        seen.add(attributes.get("Id", ""))
        if attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )
            kind = attributes.get("Type", "").rpartition("/")[2]
            links[attributes.get("Id", "")] = _Link(kind, path)
    return links


def _listed_sheets(xml: bytes, links: Mapping[str, _Link]) -> Iterator[_ListedSheet]:
    for _, attributes in _elements(xml, {"sheet"}):
        ids = [text for key, text in attributes.items() if key.endswith(":id")]
        if len(ids) > 1:
            raise Refused(_STRANGE.format(f"工作表“{attributes.get('name', '')}”有两个编号"))
        kind, path = links.get("".join(ids), ("", ""))
        yield _ListedSheet(
            attributes.get("name", ""),
            attributes.get("state", "visible") != "visible",
            path if kind == "worksheet" else "",
        )


def percent_places(formats: Mapping[Position, str]) -> frozenset[Position]:
    """Return the cells whose number format shows a percentage."""
    percents = {code for code in set(formats.values()) if percent_format(code)}
    if not percents:
        return frozenset()
    return frozenset(place for place, code in formats.items() if code in percents)


def _style_formats(xml: bytes) -> Mapping[str, str]:
    """Return the number format of each style number (`s` of a cell) that has one spelt out."""
    return _cached_styles(xml) if len(xml) <= _CACHED_STYLES else _parse_styles(xml)


def _parse_styles(xml: bytes) -> Mapping[str, str]:
    formats = dict(_BUILT_IN_FORMATS)
    styles: dict[str, str] = {}
    number, in_cell_formats = 0, False
    for name, attributes in _elements(xml, {"xf", "numFmt", *_XF_LISTS}):
        if name == "xf":
            if in_cell_formats:
                if code := formats.get(attributes.get("numFmtId", "")):
                    styles[str(number)] = code
                number += 1
        elif name == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        else:
            in_cell_formats = name == "cellXfs"
    return styles


_cached_styles = lru_cache(maxsize=32)(_parse_styles)  # a season's files share their styles


# --------------------------------------------------------------------------------------- one sheet


def _scan_sheet(
    archive: zipfile.ZipFile, part: str, sheet: str, formats: Mapping[str, str]
) -> tuple[SheetFlags, int]:
    """Return the flags of a sheet, and how many cells its used area has."""
    scan = _SheetPass(sheet, formats)
    bounded_xml(archive, part, scan, _bounds_of(sheet))
    return scan.flags(), (scan.last_row + 1) * (scan.last_column + 1)


@lru_cache(maxsize=256)  # a season's files share the names of their sheets
def _bounds_of(sheet: str) -> Bounds:
    too_many = (
        f"工作表“{sheet}”里的单元格（多为空格式）过多，未读取。请删去表格以外的空行空列，保存后重报"
    )
    return replace(WORKBOOK_BOUNDS, max_tags=_MAX_TAGS, too_many=too_many)


_CELL, _VALUE, _FORMULA, _ROW, _MERGE, _TEXT, _DATA, _AFTER, _COLUMN = range(1, 10)
_TAGS = {"c": _CELL, "v": _VALUE, "is": _VALUE, "f": _FORMULA, "row": _ROW, "mergeCell": _MERGE}
_TAGS |= dict.fromkeys(("t", "r", "rPr"), _TEXT) | {"sheetData": _DATA, "col": _COLUMN}
_TAGS |= dict.fromkeys(
    ("conditionalFormatting", "dataValidations", "hyperlinks", "pageMargins", "extLst"), _AFTER
)


class _SheetPass:
    """The state of one pass over a sheet.

    Start tags alone suffice: a cell ends where the next tag that cannot be inside it begins.
    """

    def __init__(self, sheet: str, formats: Mapping[str, str]) -> None:
        self.sheet = sheet
        self.style_formats = formats
        self.tags: dict[str, int] = dict(_TAGS)
        self.formulas: dict[Position, str] = {}
        self.shared: dict[str, tuple[str, Position]] = {}
        self.origins: dict[Position, Position] = {}
        self.errors: dict[Position, str] = {}
        self.uncalculated: set[Position] = set()
        self.formats: dict[Position, str] = {}
        self.hidden: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merges: list[Area] = []
        self.row = self.last_row = self.last_column = -1
        self.last_address = ""  # of the cell before, in this row, where something stands between
        self.cell: dict[str, str] | None = None
        self.formula: dict[str, str] | None = None
        self.has_value = self.collecting = self.in_data = False
        self.value_texts: list[str] = []
        self.formula_texts: list[str] = []

    def attach(self, parser: expat.XMLParserType) -> None:
        """Set the handlers; character data is taken only in a formula or the value of an odd cell.

        An odd cell is one with a formula or an error.
        """
        self.parser = parser
        parser.StartElementHandler = self.start

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""
        tag = self.tags.get(name)
        if tag is None:
            local = local_name(name)
            tag = self.tags[name] = _TAGS.get(local, 0) if ":" in name else 0
        if tag == _CELL:
            if self.collecting:
                self.end_cell()
            if "r" not in attributes:
                self.give_address(attributes)
            self.cell = attributes
            self.has_value = False
        elif tag == _VALUE:
            if self.cell is not None:
                self.start_value(self.cell)
        elif tag == _FORMULA:
            if self.cell is not None:
                self.formula = attributes
                self.collecting = True
                self.parser.CharacterDataHandler = self.formula_texts.append
        elif tag != _TEXT:
            if self.collecting:
                self.end_cell()
            if self.cell is not None:
                self.last_address = self.cell["r"]
                self.cell = None
            if tag:
                self.start_other(tag, attributes)

    def give_address(self, cell: dict[str, str]) -> None:
        """Give a cell without an address that after the one before it, as the library does."""
        before = self.cell["r"] if self.cell is not None else self.last_address
        column = position(before)[1] + 1 if before else 0
        cell["r"] = a1(self.row, column)

    def start_value(self, cell: dict[str, str]) -> None:
        """Begin the value of a cell. Raises Refused where the cell is too far out."""
        self.has_value = True
        place = row, column = position(cell["r"])
        if row > self.last_row or column > self.last_column:
            self.last_row, self.last_column = max(row, self.last_row), max(column, self.last_column)
            if too_far(self.last_row + 1, self.last_column + 1):
                raise far_cell(self.sheet, place)
        if code := self.style_formats.get(cell.get("s", "")):
            self.formats[place] = code
        if self.formula is not None or cell.get("t") == "e":
            self.collecting = True
            self.parser.CharacterDataHandler = self.value_texts.append

    def start_other(self, tag: int, attributes: dict[str, str]) -> None:
        """Begin a row, a merge, the data of the sheet, or what comes after them."""
        if tag == _ROW:
            number = attributes.get("r")
            self.row = int(number) - 1 if number else self.row + 1
            self.last_address = ""
            if attributes.get("ht") == "0" or attributes.get("hidden") in _TRUE:
                self.hidden.add(min(self.row, MAX_ROWS))
        elif tag == _MERGE:
            first, _, last = attributes.get("ref", "").partition(":")
            if first and last:
                self.merges.append((*position(first), *position(last)))
        elif tag == _COLUMN:
            if attributes.get("hidden") in _TRUE or attributes.get("width") == "0":
                left, right = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
                self.hidden_columns.update(range(left - 1, min(right, MAX_COLUMNS)))
        elif tag == _DATA:
            self.in_data = True
        elif self.in_data:
            # cells and merges are over; of the rest only that, and the well-formedness, matter
            self.parser.StartElementHandler = self.start_after

    def start_after(self, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag behind the cells. Raises Refused: what a library reads is unchecked."""
        if name == "c" or name.endswith(":c"):
            raise Refused(_STRANGE.format(f"工作表“{self.sheet}”的单元格排在别的内容后面"))

    def end_cell(self) -> None:
        """Keep what was collected in the current cell."""
        cell, formula = self.cell, self.formula
        self.collecting = False
        self.parser.CharacterDataHandler = None
        if cell is not None:
            place = position(cell["r"])
            text = "".join(self.value_texts).strip()
            if formula is not None:
                self.formulas[place] = self.formula_text(formula, place)
                is_text = cell.get("t") in {"str", "inlineStr", "s"}
                if not self.has_value or (not text and not is_text):
                    self.uncalculated.add(place)
            if cell.get("t") == "e" and text:
                self.errors[place] = text
        self.formula = None
        self.value_texts.clear()
        self.formula_texts.clear()

    def formula_text(self, formula: dict[str, str], place: Position) -> str:
        """Return the text of the formula just read: its own, or that of the group it shares."""
        text = "".join(self.formula_texts).strip()
        group = formula.get("si", "")
        if formula.get("t") == "shared":
            if text:
                self.shared[group] = text, place
            text, self.origins[place] = self.shared.get(group, (text, place))
        return text

    def flags(self) -> SheetFlags:
        """Return the flags of the sheet."""
        if self.collecting:
            self.end_cell()
        return SheetFlags(
            self.formulas,
            self.errors,
            frozenset(self.uncalculated),
            percent_places(self.formats),
            frozenset(self.hidden),
            tuple(self.merges),
            self.formats,
            frozenset(self.hidden_columns),
            self.origins,
        )
