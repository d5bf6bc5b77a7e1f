"""A table while it is read: where it stands, by which titles, and the notes so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from jixiao_xlsx.form.spec import TableSpec
from jixiao_xlsx.reading.cell_value import CellSpec, cell_spec
from jixiao_xlsx.reading.find_tables import Region
from jixiao_xlsx.reading.titles import TableTitles
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.cells import Note, Place

_Layout = tuple[tuple[int, str], ...]  # the columns of a table: place on the sheet, title


@dataclass
class TableDraft:
    """A table while it is read.

    `ignored` are cells under a repeated title, noted already. `complete` tells whether a Table came
    of it, and `top` its first row.
    """

    sheet: Worksheet
    region: Region
    titles: TableTitles
    notes: list[Note] = field(default_factory=list)
    ignored: set[Position] = field(default_factory=set)
    top: int = 0
    complete: bool = False

    def __post_init__(self) -> None:
        self.table: TableSpec = self.region.table
        header = self.region.header
        places = header.columns if header else {}
        columns = [(places[c.title], c) for c in self.table.column.values() if c.title in places]
        self.layout: _Layout = tuple((at, column.title) for at, column in columns)
        self.data = {at for at, _ in columns}
        self.numeric = {at for at, column in columns if column.numeric}
        self.computed = {at for at, column in columns if self.table.is_auto("", column)}
        self.inherited = {at for at, column in columns if column.title in self.table.inherit}
        self.row_titles = {*self.table.row, self.table.total}

    def note(self, kind: str, place: Position, item: str, text: str) -> None:
        """Add a note about a cell."""
        self.notes.append(Note(kind, Place(self.sheet.name, self.sheet.ref(*place)), item, text))

    def note_repeat(self, place: Position, title: str, row: int) -> None:
        """Note a row title that stands there again; only `row` (from 0) is read."""
        text = f"“{title}”出现了两次，只读取了第 {row + 1} 行"
        self.note("duplicate_title", place, title, text)
        self.ignored.update(self.filled_in(place[0]))

    def cells_of(self, title: str) -> tuple[tuple[int, CellSpec], ...]:
        """Return the columns of a row and what the form says of its cells, without absent ones."""
        return row_specs(self.titles, title if title in self.row_titles else "", self.layout)

    def mark_handled(self, *places: Position) -> None:
        """Mark cells as understood."""
        self.sheet.handled.update(places)

    def filled_in(self, row: int) -> list[Position]:
        """Return the filled cells of a row."""
        return [(row, column) for column in self.sheet.columns_in(row)]


@lru_cache(maxsize=1 << 14)  # most files of a season are laid out alike
def row_specs(titles: TableTitles, row: str, layout: _Layout) -> tuple[tuple[int, CellSpec], ...]:
    """Return (place, cell) of the cells that a row has in such columns; "" is an open row."""
    table = titles.table
    specs = ((at, cell_spec(table, row, table.column[title])) for at, title in layout)
    return tuple((at, spec) for at, spec in specs if spec.exists)
