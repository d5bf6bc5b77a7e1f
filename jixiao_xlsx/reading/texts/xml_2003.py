"""XML Spreadsheet 2003, as some public systems export it: one bounded pass over its text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from xml.parsers import expat

from jixiao_xlsx.intake.file_kinds import broken
from jixiao_xlsx.reading.flags.sheet_flags import (
    MAX_COLUMNS,
    MAX_ROWS,
    WORKBOOK_BOUNDS,
    SheetFlags,
    far_cell,
)
from jixiao_xlsx.reading.guard import UNREADABLE_PART, bounded_text, local_name
from jixiao_xlsx.reading.texts.text_sheet import TextSheet, decoded, rows_of
from jixiao_xlsx.values.addresses import Area, Position

_HIDDEN = frozenset({"SheetHidden", "SheetVeryHidden"})


def read_xml_2003(data: bytes) -> list[TextSheet]:
    """Return the worksheets. Raises Refused: far too wide, or broken."""
    scan = _BookPass()
    try:
        bounded_text(decoded(data), scan, WORKBOOK_BOUNDS)
    except UNREADABLE_PART as error:
        raise broken() from error
    return scan.sheets


class _BookPass:
    """The state of the pass: the styles, the current sheet, row and cell."""

    def __init__(self) -> None:
        self.sheets: list[TextSheet] = []
        self.formats: dict[str, str] = {}
        self.style = self.name = ""
        self.texts: list[str] | None = None
        self.kind = ""
        self.in_comment = False
        self._start_sheet("")

    def _start_sheet(self, name: str) -> None:
        self.name, self.hidden = name, False
        self.cells: dict[Position, object] = {}
        self.formulas: dict[Position, str] = {}
        self.errors: dict[Position, str] = {}
        self.codes: dict[Position, str] = {}
        self.merges: list[Area] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.row = self.column = self.next_column = -1
        self.place: Position = (0, 0)
        self.answered: set[Position] = set()

    def attach(self, parser: expat.XMLParserType) -> None:
        """Set the handlers."""
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text

    def start(self, tag: str, typed: dict[str, str]) -> None:
        """Begin an element."""
        name = local_name(tag)
        own = {local_name(key): value for key, value in typed.items()}
        if name == "Worksheet":
            self._start_sheet(own.get("Name", ""))
        elif name == "Row":
            self._start_row(own)
        elif name == "Column":
            first = int(own["Index"]) - 1 if "Index" in own else self.next_column + 1
            self.next_column = first + int(own.get("Span", "0"))
            if own.get("Hidden") == "1":
                self.hidden_columns |= set(
                    range(max(first, 0), min(self.next_column + 1, MAX_COLUMNS))
                )
        elif name == "Cell":
            self._start_cell(own)
        elif name == "Comment":
            self.in_comment = True
        elif name == "Data" and not self.in_comment:
            self.texts, self.kind = [], own.get("Type", "String")
        elif name == "Visible":
            self.texts = []
        elif name == "Style":
            self.style = own.get("ID", "")
        elif name == "NumberFormat":
            self.formats[self.style] = own.get("Format", "")

    def _start_row(self, own: Mapping[str, str]) -> None:
        first = int(own["Index"]) - 1 if "Index" in own else self.row + 1
        self.row, self.column = first + int(own.get("Span", "0")), -1
        if own.get("Hidden") == "1":
            self.hidden_rows |= set(range(first, min(self.row + 1, MAX_ROWS)))

    def _start_cell(self, own: Mapping[str, str]) -> None:
        column = int(own["Index"]) - 1 if "Index" in own else self.column + 1
        across, down = int(own.get("MergeAcross", "0")), int(own.get("MergeDown", "0"))
        self.place = self.row, column
        if not (self.row >= 0 and column >= 0 and across >= 0 <= down):
            raise ValueError("no place")
        self.column = column + across
        if across or down:
            self.merges.append((self.row, column, self.row + down, self.column))
        if "Formula" in own:
            self.formulas[self.place] = ""
        code = self.formats.get(own.get("StyleID", ""), "")
        if code:
            self.codes[self.place] = "0.00%" if code == "Percent" else code

    def text(self, part: str) -> None:
        """Keep the text of what is being read."""
        if self.texts is not None:
            self.texts.append(part)

    def end(self, tag: str) -> None:
        """End an element."""
        name = local_name(tag)
        if name == "Worksheet":
            self.sheets.append(self._sheet())
        elif name == "Comment":
            self.in_comment = False
        elif name in {"Data", "Visible"} and self.texts is not None:
            text, self.texts = "".join(self.texts), None
            if name == "Data":
                self._keep(text)
            else:
                self.hidden = text.strip() in _HIDDEN

    def _keep(self, text: str) -> None:
        """Keep the value of the current cell."""
        row, column = self.place
        if row >= MAX_ROWS or column >= MAX_COLUMNS:
            raise far_cell(self.name, self.place)
        self.answered.add(self.place)
        if self.kind == "Error":
            self.errors[self.place] = text
        elif self.kind == "Number":
            self.cells[self.place] = float(text)
        elif self.kind == "Boolean":
            self.cells[self.place] = text.strip() == "1"
        elif self.kind == "DateTime":
            moment = dt.datetime.fromisoformat(text.strip())
            self.cells[self.place] = moment if moment.time() != dt.time() else moment.date()
        elif text:
            self.cells[self.place] = text

    def _sheet(self) -> TextSheet:
        numbers = {at for at, value in self.cells.items() if isinstance(value, float)}
        codes = {at: code for at, code in self.codes.items() if at in numbers}
        return TextSheet(
            self.name,
            rows_of(self.cells, self.name),
            SheetFlags(
                self.formulas,
                self.errors,
                frozenset(self.formulas.keys() - self.answered),
                frozenset(at for at, code in codes.items() if "%" in code.partition(";")[0]),
                frozenset(self.hidden_rows),
                tuple(self.merges),
                {at: code for at, code in codes.items() if re.search("[0#]", code)},
                frozenset(self.hidden_columns),
            ),
            self.hidden,
        )
