"""A filled form in the hands of a clerk: cells that can still be changed, and what must be found in
them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from county import retouch
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.blank import book, layout
from jixiao_xlsx.values.addresses import a1

RowKey = str | int


@dataclass(frozen=True)
class Expectation:
    """A finding that must appear. kind: cell | label (of a row) | heading | column | extra | first
    (A1 of the first sheet).
    """

    code: str
    kind: str
    table: str = ""
    row: RowKey = ""
    column: str = ""

    def place(self, where: layout.Layout) -> tuple[str, str]:
        match self.kind:
            case "heading":
                return where.heading_ref(self.table)
            case "label":
                return where.sheet_of(self.table), a1(
                    where.tables[self.table].row[self.row].line, 0
                )
            case "column":
                return where.column_ref(self.table, self.column)
            case "extra":
                return where.extra_ref(self.table, self.column)
            case "first":
                return where.sheets[0].spec.title, "A1"
        return where.ref(self.table, self.row, self.column)


@dataclass
class Form:
    """One workbook before it is written."""

    file: str
    template: Template
    department: str
    code: str
    year: int = 2023
    rows: dict[str, dict[RowKey, dict[str, object]]] = field(default_factory=dict)
    extras: dict[str, dict[str, object]] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    ticks: set[str] = field(default_factory=set)
    merges: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)
    retouches: list[Callable[[retouch.Package, layout.Layout], None]] = field(default_factory=list)
    expected: list[Expectation] = field(default_factory=list)

    # -- cells

    def put(self, table: str, row: RowKey, column: str, value: object) -> None:
        self.rows.setdefault(table, {}).setdefault(row, {})[column] = value

    def get(self, table: str, row: RowKey, column: str) -> object:
        return self.rows[table][row][column]

    def number(self, table: str, row: RowKey, column: str) -> float:
        value = self.get(table, row, column)
        assert isinstance(value, int | float), f"{table}.{row}.{column} = {value!r}"
        return value

    def add(self, table: str, row: RowKey, column: str, change: float) -> float:
        """Change a figure; the new one."""
        value = round(self.number(table, row, column) + change, 4)
        self.put(table, row, column, value)
        return value

    def open_rows(self, table: str) -> list[dict[str, object]]:
        found = self.rows.get(table, {})
        return [found[key] for key in sorted(key for key in found if isinstance(key, int))]

    def indicator(self, name: str) -> int:
        """The row of an indicator."""
        return next(
            i for i, row in enumerate(self.open_rows("绩效评价表")) if row["三级指标"] == name
        )

    def measure(self, name: str, **cells: object) -> None:
        """Change cells of an indicator's row."""
        self.rows["绩效评价表"][self.indicator(name)].update(cells)

    def scores(self) -> list[float]:
        return [
            v
            for row in self.open_rows("绩效评价表")
            if isinstance(v := row.get("指标得分"), int | float)
        ]

    def retotal(self, execution_score: float) -> None:
        """自评总分 and 自评等级 as they follow from the scores."""
        total = round(sum(self.scores()) + execution_score, 2)
        self.put("基本信息", "自评总分（满分100）", "填报内容", total)
        grade = "优" if total >= 90 else "良" if total >= 80 else "中" if total >= 60 else "差"
        self.put("基本信息", "自评等级", "填报内容", grade)

    # -- what must be found

    def expect(self, code: str, table: str, row: RowKey, column: str) -> None:
        self.expected.append(Expectation(code, "cell", table, row, column))

    def expect_indicator(self, code: str, name: str, column: str) -> None:
        self.expect(code, "绩效评价表", self.indicator(name), column)

    def expect_heading(self, code: str, table: str) -> None:
        self.expected.append(Expectation(code, "heading", table))

    def expect_label(self, code: str, table: str, row: RowKey) -> None:
        self.expected.append(Expectation(code, "label", table, row))

    def expect_column(self, code: str, table: str, column: str) -> None:
        self.expected.append(Expectation(code, "column", table, column=column))

    def expect_first_sheet(self, code: str) -> None:
        self.expected.append(Expectation(code, "first"))

    # -- out

    def filling(self) -> Mapping[str, layout.TableFilling]:
        return {
            table.name: layout.TableFilling(
                rows={
                    key: row
                    for key, row in self.rows.get(table.name, {}).items()
                    if isinstance(key, str)
                },
                open_rows=self.open_rows(table.name),
                extras=self.extras.get(table.name, {}),
                heading=self.headings.get(table.name),
                ticked=table.name in self.ticks,
                merges=self.merges.get(table.name, ()),
            )
            for table in self.template.tables
        }

    def write(self, folder: Path) -> None:
        filling = self.filling()
        target = folder / self.file
        book.write_workbook(
            self.template,
            target,
            filling=filling,
            year=self.year,
            department=self.department,
            code=self.code,
        )
        if self.retouches:
            where = layout.lay_out(self.template, filling)
            package = retouch.Package(target.read_bytes())
            for change in self.retouches:
                change(package, where)
            target.write_bytes(package.bytes())

    def findings(self) -> list[tuple[str, str, str]]:
        where = layout.lay_out(self.template, self.filling())
        return sorted({(one.code, *one.place(where)) for one in self.expected})
