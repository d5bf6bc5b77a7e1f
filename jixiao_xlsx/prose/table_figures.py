"""The figures the tables hold for an item in a role, which facts are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from jixiao_xlsx.checking.balance.interpretations import holds_somehow
from jixiao_xlsx.checking.balance.verdicts import Judgement, Outcome
from jixiao_xlsx.prose.language.vocabulary import Subjects, Vocabulary
from jixiao_xlsx.prose.statements import Fact
from jixiao_xlsx.values.amounts import Convention, Figure, Interval, atoms_per, grid_of
from jixiao_xlsx.values.cells import Cell, Row, Submission, Table
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.operands import cells_at
from jixiao_xlsx.values.text import plain, tidy


@dataclass(frozen=True)
class TableFigure:
    """A figure of the tables: one cell, or several that add up."""

    cells: tuple[Cell, ...]

    @cached_property
    def believed(self) -> tuple[Interval, ...]:
        """Every true amount it can stand for, under each convention."""
        figures = [cell.figure for cell in self.cells if cell.figure is not None]
        spans = ([figure.believed(how) for figure in figures] for how in Convention)
        return tuple(sum(parts[1:], parts[0]) for parts in spans)

    @cached_property
    def span(self) -> Interval:
        """Every true amount the cells can stand for."""
        return Interval(min(one.lo for one in self.believed), max(one.hi for one in self.believed))

    @cached_property
    def atoms(self) -> Decimal:
        """The figure as printed."""
        return sum(
            (cell.number * atoms_per(cell.unit) for cell in self.cells if cell.number is not None),
            Decimal(0),
        )

    @property
    def unit(self) -> str:
        """The unit of the table."""
        return self.cells[0].unit

    @cached_property
    def grid(self) -> int:
        """Atoms in the last digit of the figure."""
        return max(
            grid_of(cell.unit, cell.decimals) for cell in self.cells if cell.number is not None
        )

    @property
    def display_text(self) -> str:
        """“954.81万元”."""
        return f"{plain(self.atoms / atoms_per(self.unit))}{self.unit}"

    def display_text_in(self, unit: str, decimals: int) -> str:
        """Return the figure in the unit of the report."""
        digits = None if self.unit == unit else max(decimals, 2)
        return f"{plain(self.atoms / atoms_per(unit), digits)}{unit}"

    @property
    def where(self) -> str:
        """《收支总表》“基本支出”的“决算数”."""
        first = self.cells[0]
        more = f"等 {len(self.cells)} 格之和" if len(self.cells) > 1 else ""
        if first.row in {"", first.column}:
            return f"《{first.sheet}》“{first.column}”{more}"
        return f"《{first.sheet}》“{first.row}”的“{first.column}”{more}"

    def meets(self, span: Interval) -> bool:
        """Return whether they can be the same true amount, each rounded or cut in its own way."""
        return span.lo <= self.atoms <= span.hi or any(one.meets(span) for one in self.believed)


class TableFigures:
    """The figures of one submission's tables, looked up by item and role."""

    def __init__(self, submission: Submission, vocabulary: Vocabulary, judged: Judgement) -> None:
        self.submission, self.vocabulary, self.judged = submission, vocabulary, judged
        self._by_role: dict[tuple[str, str], tuple[TableFigure, ...]] = {}

    def of(self, item: str, role: str) -> tuple[TableFigure, ...]:
        """Return the filled figures of an item; role "": this year's roles, plan: both budgets."""
        return tuple(figure for one in _roles(role) for figure in self._of_role(item, one))

    def _of_role(self, name: str, role: str) -> tuple[TableFigure, ...]:
        if (name, role) not in self._by_role:
            self._by_role[name, role] = tuple(self._look_up(name, role))
        return self._by_role[name, role]

    def _look_up(self, name: str, role: str) -> Iterator[TableFigure]:
        item = self.vocabulary.items.get(name)
        for ref in item.cells.get(role, ()) if item else ():
            if (cell := self.cell(ref)) is not None and cell.number is not None:
                yield TableFigure((cell,))
        if item and item.sources and (cells := tuple(self._of_source(item.sources, role))):
            yield TableFigure(cells)
        if parts := self._subject_cells.get((name, role)):
            yield TableFigure(tuple(parts))
            if more := self._noted_cells.get((name, role)):
                yield TableFigure((*parts, *more))

    def filled(self, item: str) -> bool:
        """Return whether the tables hold a figure of the item."""
        return bool(self.of(item, ""))

    def cell(self, ref: Ref) -> Cell | None:
        """Return the cell at an address, or None."""
        cells = cells_at(self.submission, ref)
        return cells[0] if cells else None

    @cached_property
    def _subject_cells(self) -> dict[tuple[str, str], list[Cell]]:
        """Cells of every 功能分类科目, its rows of several 资金来源 together; none where a part of them is
        unreadable.
        """
        spec = self.vocabulary.subjects
        table = self.submission.get(spec.table) if spec else None
        cells_of: dict[tuple[str, str], list[Cell]] = {}
        if spec is None or table is None:
            return cells_of
        for row in table.open_rows:
            label = row.get(spec.column)
            if label is None or label.blank:
                continue
            name = self.subject(label.text)
            for role in _BY_ROW:
                if cells := _of_row(row, spec, role):
                    cells_of.setdefault((name, role), []).extend(cells)
        return cells_of

    @cached_property
    def _noted_cells(self) -> dict[tuple[str, str], list[Cell]]:
        """Cells of “资源勘探工业信息等支出（信息化）”, which may count as part of the subject."""
        cells_of: dict[tuple[str, str], list[Cell]] = {}
        for (name, role), cells in self._subject_cells.items():
            bare, bracket, _ = name.partition("(")
            if bracket and name.endswith(")"):
                cells_of.setdefault((bare, role), []).extend(cells)
        return cells_of

    def subject(self, label: str) -> str:
        """Return the name a label of the funds table goes by."""
        spec, text = self.vocabulary.subjects, tidy(label)
        official = spec.wrong.get(text) if spec else None
        return official or self._above.get(text) or text

    @cached_property
    def _above(self) -> dict[str, str]:
        """Labels of the levels below that stand in the place of their class."""
        spec = self.vocabulary.subjects
        table = self.submission.get(spec.table) if spec else None
        return standing_for(table, spec) if spec and table else {}

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of the funds table with a figure that is not 0."""
        spec = self.vocabulary.subjects
        table = self.submission.get(spec.table) if spec else None
        if spec is None or table is None:
            return ()
        names = [
            self.subject(cell.text)
            for row in table.open_rows
            if (cell := row.get(spec.column)) and not cell.blank
        ]
        return tuple(
            dict.fromkeys(
                name for name in names if any(figure.atoms for figure in self.of(name, "execution"))
            )
        )

    def _of_source(self, sources: tuple[str, ...], role: str) -> Iterator[Cell]:
        spec = self.vocabulary.subjects
        table = self.submission.get(spec.table) if spec else None
        if spec is None or table is None:
            return
        for row in table.open_rows:
            source = row.get(spec.source)
            if source is not None and source.text in sources and role in _BY_ROW:
                yield from _of_row(row, spec, role)

    def source_of(self, cell: Cell) -> str:
        """Return the 资金来源 of the funds table row of a cell; "" for another cell."""
        spec = self.vocabulary.subjects
        table = self.submission.get(spec.table) if spec else None
        for row in table.open_rows if spec and table else ():
            if any(cell.place == one.place for one in row.cells.values()):
                source = row.get(spec.source) if spec else None
                return source.text if source is not None else ""
        return ""

    def mends(self, fact: Fact, figure: TableFigure) -> bool:
        """Return whether the report's figure would mend an equation the table's figure breaks."""
        gap = fact.believed.lo + fact.believed.hi - 2 * int(figure.atoms)
        for cell in figure.cells:
            for verdict in self.judged.verdicts:
                if verdict.outcome is not Outcome.FAILS or cell.place not in {
                    one.place for one in verdict.instance.cells
                }:
                    continue
                if cell.figure is None:
                    continue
                atoms = (cell.figure.atoms + Decimal(gap) / 2) / atoms_per(cell.unit)
                value = atoms.quantize(Decimal(1).scaleb(-fact_decimals(fact, cell)))
                if holds_somehow(verdict.instance, {cell.place: value}):
                    return True
        return False


_BY_ROW = ("execution", "original", "granted")


def _of_row(row: Row, spec: Subjects, role: str) -> list[Cell]:
    """Return the figure of a row of the funds table in a role; the parts of what was spent, where
    their sum is left out.
    """
    titles = {"execution": spec.execution, "original": spec.original, "granted": spec.granted}
    total = row.get(titles[role])
    if total is not None and total.number is not None:
        return [total]
    parts = spec.parts if role == "execution" else ()
    return [
        cell for title in parts if (cell := row.get(title)) is not None and cell.number is not None
    ]


def standing_for(table: Table, spec: Subjects) -> dict[str, str]:
    """Return the class of each label of the funds table that is of a level below, where every other
    row is a class that is not its own.
    """
    labels = [
        tidy(cell.text)
        for row in table.open_rows
        if (cell := row.get(spec.column)) is not None and not cell.blank
    ]
    named = {spec.wrong.get(label, label) for label in labels}
    above = spec.classes(labels)
    known = all(label in above or label in spec.names for label in named)
    return {label: name for label, name in above.items() if known and name not in named}


def fact_decimals(fact: Fact, cell: Cell) -> int:
    """Return how many decimals the report's figure has in the unit of the cell."""
    figure = Figure(fact.mention.value, fact.mention.unit, fact.mention.decimals)
    digits = 0
    while atoms_per(cell.unit) // 10**digits > max(figure.grid, 1) and digits < 6:
        digits += 1
    return digits


def _roles(role: str) -> tuple[str, ...]:
    if role == "plan":
        return ("original", "budget")
    return (role,) if role else ("execution", "budget", "original")
