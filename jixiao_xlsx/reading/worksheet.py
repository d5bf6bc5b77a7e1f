"""A worksheet as read: values by position, beside the flags that its XML gave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from jixiao_xlsx.reading.flags.number_formats import telling_format
from jixiao_xlsx.reading.flags.sheet_flags import SheetFlags
from jixiao_xlsx.reading.titles import title_key
from jixiao_xlsx.values.addresses import Area, Position, a1


@dataclass
class Worksheet:
    """The rows of a sheet from A1 on; positions are (row, column) from 0.

    `keys` maps each text cell to its title key; `filled` are the cells that hold something, in
    reading order; `odd` those that show an error or were never calculated; `handled` those that
    have been understood. `address` names a position for people. `recalculate` gives what the
    formula at a position gives today; it raises UnknownFormula. `telling` are the number formats of
    the sheet that show something else than the number, by their codes.
    """

    name: str
    rows: Sequence[Sequence[object]]
    flags: SheetFlags
    hidden: bool = False
    knows_formats: bool = True
    address: Callable[[int, int], str] = a1
    recalculate: Callable[[Position], float | None] | None = None
    keys: dict[Position, str] = field(default_factory=dict)
    filled: dict[Position, None] = field(default_factory=dict)
    handled: set[Position] = field(default_factory=set)
    covered: dict[Position, Area] = field(default_factory=dict)

    def __post_init__(self) -> None:
        codes = set(self.flags.formats.values())
        self.telling = {code: style for code in codes if (style := telling_format(code))}
        self.odd = odd = self.flags.errors.keys() | self.flags.uncalculated
        keys, filled = self.keys, self.filled
        for number, row in enumerate(self.rows):
            for column, value in enumerate(row):
                if value == "":
                    continue
                place = number, column
                if isinstance(value, str):
                    text = title_key(value)
                    if not text and not value.strip():
                        continue
                    keys[place] = text
                filled[place] = None
        if odd - filled.keys():
            self.filled = dict.fromkeys(sorted(filled.keys() | odd))
        self.lines: dict[int, list[int]] = {}
        for number, column in self.filled:
            self.lines.setdefault(number, []).append(column)
        self.texts = set(keys.values()) - {""}
        self.height = max([len(self.rows), *(row + 1 for row, _ in odd)])
        self._cover(self.flags.merges)
        self.merged_lines = {row for row, _ in self.covered}

    def _cover(self, merges: Iterable[Area]) -> None:
        """Record the cells of the merges, as far as the sheet is used.

        Merges that overlap are no sheet's: those for which no cell is left are passed over.
        """
        width = max((len(row) for row in self.rows[:1]), default=0)
        uncovered = self.height * width
        for area in merges:
            top, left, bottom, right = area
            lines = range(top, min(bottom, self.height - 1) + 1)
            columns = range(left, min(right, width - 1) + 1)
            uncovered -= len(lines) * len(columns)
            if uncovered < 0:
                return
            self.covered.update(((row, column), area) for row in lines for column in columns)

    def raw(self, row: int, column: int) -> object | None:
        """Return the value as the library gave it; None for an empty cell."""
        try:
            value = self.rows[row][column] if row >= 0 <= column else ""
        except IndexError:
            return None
        return None if value == "" else value

    def text(self, row: int, column: int) -> str:
        """Return the title key of a text cell, or of the merge that covers it; else ""."""
        text = self.keys.get((row, column))
        if text is None and (area := self.covered.get((row, column))):
            text = self.keys.get(area[:2])
        return text or ""

    def columns_in(self, row: int) -> list[int]:
        """Return the columns of a row that hold something."""
        return self.lines.get(row, [])

    def right_of(self, row: int, column: int) -> int:
        """Return the next column after a cell and its merge."""
        area = self.covered.get((row, column))
        return area[3] + 1 if area else column + 1

    def beside(self, row: int, column: int) -> Position:
        """Return where a label's value stands: the next filled cell to the right, else the next."""
        after = self.right_of(row, column)
        return row, next((other for other in self.columns_in(row) if other >= after), after)

    def ref(self, row: int, column: int) -> str:
        """Return the address for people: “C9”; in a Word table “表2 第3行第4列”."""
        return self.address(row, column)

    def left(self) -> list[Position]:
        """Return the filled cells that have not been understood."""
        rest = self.filled.keys() - self.handled
        return [place for place in self.filled if place in rest] if rest else []
