"""The guard of an .ods, and the flags of its cells: one bounded pass over its content.

The library unfolds repeated cells, so that a few bytes may stand for a whole sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from jixiao_xlsx.intake.file_kinds import Refused, broken, open_zip
from jixiao_xlsx.reading.flags.sheet_flags import (
    MAX_COLUMNS,
    MAX_ROWS,
    WORKBOOK_BOUNDS,
    SheetFlags,
    too_far,
)
from jixiao_xlsx.reading.guard import UNREADABLE_PART, bounded_xml
from jixiao_xlsx.values.addresses import Area, Position, a1


def read_ods_flags(data: bytes) -> Mapping[str, SheetFlags]:
    """Return the flags of every sheet by name. Raises Refused: far too wide, or broken."""
    scan = _ContentPass()
    with open_zip(data) as archive:
        try:
            bounded_xml(archive, "content.xml", scan, WORKBOOK_BOUNDS)
        except UNREADABLE_PART as error:
            raise broken() from error
    return scan.sheets


class _ContentPass:
    """The state of the pass: where the filled cells end; a repeat of blank cells only moves on."""

    def __init__(self) -> None:
        self.sheets: dict[str, SheetFlags] = {}
        self.sheet = ""
        self.row = self.column = 0
        self.repeat = 1
        self.last_column = 0
        self.filled = self.hidden = False
        self.error: list[str] | None = None
        self._start_sheet()

    def _start_sheet(self) -> None:
        self.formulas: dict[Position, str] = {}
        self.errors: dict[Position, str] = {}
        self.percents: set[Position] = set()
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.next_column, self.pictures = 0, False
        self.merges: list[Area] = []

    def attach(self, parser: expat.XMLParserType) -> None:
        """Set the handlers."""
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.sheet = attributes.get("table:name", "")
            self.row = self.last_column = 0
            self._start_sheet()
        elif name == "table:table-row":
            self.column = 0
            self.filled = False
            self.repeat = _count(attributes, "table:number-rows-repeated")
            self.hidden = attributes.get("table:visibility", "visible") != "visible"
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            self.start_cell(attributes)
        elif name == "table:table-column":
            first, count = self.next_column, _count(attributes, "table:number-columns-repeated")
            self.next_column += count
            if attributes.get("table:visibility", "visible") != "visible":
                self.hidden_columns |= set(range(first, min(self.next_column, MAX_COLUMNS)))
        elif name == "draw:image":
            self.pictures = True

    def start_cell(self, attributes: dict[str, str]) -> None:
        """Take a cell, or a run of like ones."""
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

    def text(self, text: str) -> None:
        """Keep the text of a cell where it names an error."""
        if self.error is not None:
            self.error.append(text)

    def end(self, name: str) -> None:
        if name == "table:table-cell" and self.error is not None:
            name_of_error, self.error = "".join(self.error).strip() or "#N/A", None
            self.errors = {place: text or name_of_error for place, text in self.errors.items()}
        elif name == "table:table-row":
            self.end_row()
        elif name == "table:table":
            self.sheets[self.sheet] = SheetFlags(
                self.formulas,
                self.errors,
                frozenset(),
                frozenset(self.percents),
                hidden_rows=frozenset(self.hidden_rows),
                hidden_columns=frozenset(self.hidden_columns),
                merges=tuple(self.merges),
                pictures=self.pictures,
            )

    def end_row(self) -> None:
        """Count the row and its repeats. Raises Refused where it is too far out."""
        row, self.row = self.row, self.row + self.repeat
        if self.filled and too_far(self.row, self.last_column):
            raise Refused(
                f"工作表“{self.sheet}”用到了 {a1(self.row - 1, self.last_column - 1)}，"
                "远在表格之外，无法读取。请删去表格以外的内容，保存后重报"
            )
        if self.hidden:
            self.hidden_rows |= set(range(row, min(self.row, MAX_ROWS)))
        if self.filled and self.repeat > 1:
            self.repeat_row(row)

    def repeat_row(self, row: int) -> None:
        """Give the flags of a row to its repeats."""
        repeats = range(row + 1, row + self.repeat)
        for texts in (self.formulas, self.errors):
            in_row = [(column, text) for (at, column), text in texts.items() if at == row]
            texts |= {(other, column): text for column, text in in_row for other in repeats}
        percents = [column for at, column in self.percents if at == row]
        self.percents |= {(other, column) for column in percents for other in repeats}


def _count(attributes: dict[str, str], name: str) -> int:
    return int(attributes.get(name, "1"))
