"""A table understood with the names that its rows and columns have in a spec."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.boxes import Print
from jixiao_xlsx.adopting.seen.tables import RowSeen, TableColumn, Use
from jixiao_xlsx.adopting.understanding import Field, TableUnderstood, Understanding
from jixiao_xlsx.form.paths import name_of, relative_years

_NUMERIC = frozenset({"money", "count", "score", "percent"})


@dataclass(frozen=True, eq=False)
class NamedTable:
    """A table with names unique in the form, for its columns and for its fixed rows."""

    table: TableUnderstood
    name: str
    year: int | None

    # ------------------------------------------------------------------------------------- lines

    @cached_property
    def own_lines(self) -> Sequence[RowSeen]:
        """Return the lines that a department names: of an indicator table all but the total.

        Else those without titles; a single one is none: a table laid across has it.
        """
        lines = self.table.found.lines
        if self.table.found.levels:
            return [line for line in lines if not line.total]
        untitled = [line for line in lines if not line.path]
        titled = [line for line in lines if line.path]
        return untitled if len(untitled) > 1 or titled else []

    @cached_property
    def total(self) -> RowSeen | None:
        """Return the total of an open table."""
        if not self.own_lines:
            return None
        first, last = self.own_lines[0].row, self.own_lines[-1].row
        totals = [line for line in self.table.found.lines if line.total]
        outside = [line for line in totals if not first <= line.row <= last]
        return outside[-1] if len(outside) == 1 or (self.table.found.levels and outside) else None

    @cached_property
    def total_name(self) -> str:
        """Return the name of the total row."""
        assert self.total is not None
        return self.line_name(self.total)

    @cached_property
    def codes(self) -> str:
        """Return the name of the column with 类/款/项 codes of an open table; "" where none is."""
        columns = [self.table.found.columns[number] for number in self.columns]
        found = [one for one in columns if re.search(r"科目编码|科目代码", one.leaf.key)]
        return self.column_name(found[0]) if found and self.own_lines else ""

    @cached_property
    def fixed(self) -> Sequence[int]:
        """Return the numbers of the rows that the form names."""
        own = set(map(id, self.own_lines))
        return [
            number
            for number, line in enumerate(self.table.found.lines)
            if id(line) not in own and line is not self.total
        ]

    @cached_property
    def _line_paths(self) -> Mapping[int, tuple[str, ...]]:
        lines = [self.table.found.lines[number] for number in self.fixed]
        lines += [self.total] if self.total is not None else []
        paths = _unique([self._relative(line.path) for line in lines])
        return {id(line): path for line, path in zip(lines, paths, strict=True)}

    def line_path(self, line: RowSeen) -> tuple[str, ...]:
        """Return the path of a fixed row, unique by name."""
        return self._line_paths[id(line)]

    @cached_property
    def _line_names(self) -> Mapping[int, str]:
        return _short_names(self._line_paths)

    def line_name(self, line: RowSeen) -> str:
        """Return the name of a fixed row; "" of a line that a department names."""
        return self._line_names.get(id(line), "")

    # ----------------------------------------------------------------------------------- columns

    @cached_property
    def columns(self) -> Sequence[int]:
        """Return the numbers of the columns with content: filled in, or printed beside titles."""
        filled = {one.box.left for one in self.table.fields}
        levels = self.table.found.levels
        return [
            number
            for number, column in enumerate(self.table.found.columns)
            if column.use is not Use.INDEX
            and (column.use is not Use.TITLE or levels or (self.own_lines and not self.fixed))
            and (column.at in filled or levels or self._prints_numbers(number))
        ]

    def _prints_numbers(self, number: int) -> bool:
        """Return whether figures are printed in a column, as the weight of 预算执行率."""
        return any(line.boxes[number].print is Print.NUMBER for line in self.table.found.lines)

    @cached_property
    def _column_paths(self) -> Mapping[int, tuple[str, ...]]:
        columns = [self.table.found.columns[number] for number in self.columns]
        paths = _unique([self._relative(column.path) for column in columns])
        return {column.at: path for column, path in zip(columns, paths, strict=True)}

    def column_path(self, column: TableColumn) -> tuple[str, ...]:
        """Return the path of a column, unique by name."""
        return self._column_paths[column.at]

    @cached_property
    def _column_names(self) -> Mapping[int, str]:
        return _short_names(self._column_paths)

    def column_name(self, column: TableColumn) -> str:
        """Return the name of a column; "" of one without content."""
        return self._column_names.get(column.at, "")

    def _relative(self, path: Sequence[str]) -> tuple[str, ...]:
        return tuple(relative_years(part, self.year) for part in path)

    # -------------------------------------------------------------------------------- kind, unit

    def _in_column(self, column: TableColumn) -> list[Field]:
        return [one for one in self.table.fields if one.box.left == column.at]

    def kind(self, column: TableColumn) -> str:
        """Return the type of a column: that of most of its cells."""
        kinds = Counter(one.kind for one in self._in_column(column))
        if kinds:
            return kinds.most_common(1)[0][0]
        key = words.plain_title(column.leaf.text)
        if "目标" in key or "指标值" in key:
            return "measure"
        return "score" if any(one in key for one in ("分值", "权重", "标准分")) else "text"

    def column_unit(self, column: TableColumn) -> str:
        """Return the unit of most cells of a column."""
        kind = self.kind(column)
        units = Counter(one.unit for one in self._in_column(column) if one.kind == kind)
        if not units:
            return "分" if kind == "score" else ""
        return units.most_common(1)[0][0]

    @cached_property
    def unit(self) -> str:
        """Return the unit stated for the table, else that of most of its figures."""
        if self.table.unit:
            return self.table.unit
        units = Counter(one.unit for one in self.table.fields if one.kind in ("money", "count"))
        return units.most_common(1)[0][0] if units else ""

    def row_unit(self, line: RowSeen) -> tuple[str, str]:
        """Return the unit and type of a row where they differ from those of its columns."""
        differing = {
            (one.unit, one.kind)
            for one in self.table.fields
            if one.box.top == line.row and one.kind in _NUMERIC
            for column in self.table.found.columns
            if column.at == one.box.left
            and self.kind(column) in ("money", "count")
            and (one.unit, one.kind) != (self.column_unit(column), self.kind(column))
        }
        if len(differing) != 1:
            return "", ""
        unit, kind = next(iter(differing))
        kinds = {one.kind for one in self.table.fields if one.box.top == line.row}
        printed = {self.kind(self.table.found.columns[number]) for number in self.columns}
        return unit, kind if kinds | printed <= {kind, "money", "count"} else ""

    def only(self, column: TableColumn) -> list[str]:
        """Return the fixed rows in which a column has a cell; none where it has in all."""
        number = self.table.found.columns.index(column)
        lines = [self.table.found.lines[one] for one in self.fixed]
        there = [line for line in lines if self._holds(line, number, column)]
        if len(there) == len(lines) or self.own_lines:
            return []
        return [self.line_name(line) for line in there]

    def _holds(self, line: RowSeen, number: int, column: TableColumn) -> bool:
        box = line.boxes[number]
        return self.table.at(line, column) is not None or box.print in (Print.NUMBER, Print.LABEL)

    def computed_column(self, column: TableColumn) -> bool:
        """Return whether the county's own formulas stand in the whole column."""
        cells = self._in_column(column)
        return bool(cells) and all(one.computed for one in cells)

    def computed_line(self, line: RowSeen) -> bool:
        """Return whether the county's own formulas stand in the whole row."""
        cells = [one for one in self.table.fields if one.box.top == line.row]
        cells = [one for one in cells if one.kind in _NUMERIC]
        return bool(cells) and all(one.computed for one in cells)


def _unique(paths: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return paths with （2）, （3） where an equal name stands before."""
    seen: Counter[str] = Counter()
    found = []
    for path in paths:
        name = name_of(path)
        seen[name] += 1
        last = path[-1] if path else ""
        again = seen[name] > 1
        found.append((*path[:-1], f"{last or '金额'}（{seen[name]}）") if again else path)
    return found


def _short_names(paths: Mapping[int, tuple[str, ...]]) -> Mapping[int, str]:
    """Return for each path the fewest of its inner titles that no other path ends with."""
    ends = Counter(
        name_of(path[-depth:]) for path in paths.values() for depth in range(1, len(path) + 1)
    )
    return {key: _short_name(path, ends) for key, path in paths.items()}


def _short_name(path: tuple[str, ...], ends: Counter[str]) -> str:
    for depth in range(1, len(path) + 1):
        name = name_of(path[-depth:])
        if ends[name] == 1:
            return name.rstrip(":：")
    return name_of(path)


def named_tables(understanding: Understanding, year: int | None) -> Mapping[str, NamedTable]:
    """Return the tables by the name that the understanding gave them."""
    return {
        table.name: NamedTable(table, relative_years(table.name, year), year)
        for table in understanding.tables
        if table.fields
    }
