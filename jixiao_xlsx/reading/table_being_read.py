"""One table while it is being read: where it is, by which words, and what was odd."""

from __future__ import annotations

from dataclasses import dataclass, field

from jixiao_xlsx.form.spec import ColumnSpec, TableSpec
from jixiao_xlsx.reading.cell_value import CellSpec, cell_spec
from jixiao_xlsx.reading.find_tables import Region
from jixiao_xlsx.reading.titles import TableTitles
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.cells import Note, Place


@dataclass
class Part:
    """One table being read: where, by which words, and the notes so far. `twice` are cells under a title met before."""

    grid: Worksheet
    region: Region
    lexicon: TableTitles
    notes: list[Note] = field(default_factory=list)
    twice: set[Position] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.table: TableSpec = self.region.table
        header = self.region.header
        found = header.columns if header else {}
        self.columns = tuple((found[c.title], c) for c in self.table.columns if c.title in found)
        self.data = {at for at, _ in self.columns}
        self.numeric = {at for at, column in self.columns if column.numeric}
        self.computed = {at for at, column in self.columns if self.table.is_auto("", column)}
        self.titles = {*self.table.row, self.table.total}
        self.layout = tuple((at, column.title) for at, column in self.columns)
        self.top = 0
        self.found = False
        self.idle = {at for at, column in self.columns if column.title in self.table.inherit}

    def note(self, kind: str, place: Position, item: str, text: str) -> None:
        """Keep something for the account."""
        self.notes.append(Note(kind, Place(self.grid.name, self.grid.ref(*place)), item, text))

    def kind(self, title: str, column: ColumnSpec) -> CellSpec:
        """The form's word on a cell; open rows share theirs."""
        table = self.table
        key = (title if title in table.row or title == table.total else "", column.title)
        known = self.lexicon.kinds.get(key)
        if known is None:
            known = self.lexicon.kinds[key] = cell_spec(table, key[0], column)
        return known

    def cells_of(self, title: str) -> tuple[tuple[int, CellSpec], ...]:
        """Where the cells of a row stand and what the form says of each; those it has not are left out."""
        known = title if title in self.titles else ""
        found: tuple[tuple[int, CellSpec], ...] | None = self.lexicon.rows_of.get(
            (known, self.layout)
        )
        if found is None:
            every = ((at, self.kind(known, column)) for at, column in self.columns)
            found = self.lexicon.keep(
                (known, self.layout), tuple((at, kind) for at, kind in every if kind.exists)
            )
        return found

    def handled(self, *places: Position) -> None:
        """These cells have been understood."""
        self.grid.handled.update(places)

    def line(self, row: int) -> list[Position]:
        """The filled cells of a row."""
        return [(row, column) for column in self.grid.columns_in(row)]
