"""Where an equation applies: one instance per row or column, its terms resolved to cells. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from jixiao_xlsx.checking.balance.parents import sums_of_parents
from jixiao_xlsx.form.spec import ColumnSpec, EquationSpec, TableSpec, Template
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell, Row, Submission, Table
from jixiao_xlsx.values.equations import ALL_ROWS, PARENT_ROWS, Ref, Scope, Side, Term
from jixiao_xlsx.values.operands import Operand, Operands, cells_at
from jixiao_xlsx.values.typed_numbers import State

_NO_NUMBERS = {State.UNCALCULATED: "的公式未计算", State.TEXT: "不是数字", State.ERROR: "不是数字"}


class Instance(NamedTuple):
    """An equation at one row or column, its terms resolved to cells; made by `build_instance`.

    `missing` names what the file lacks, `odd` the cell that is no number. `cells` are all it
    uses, in order; `filled` the sides that hold any number, `sums` their plain values in atoms.
    """

    spec: EquationSpec
    label: str
    sides: tuple[Operands, ...] = ()
    missing: str = ""
    odd: str = ""
    cells: tuple[Cell, ...] = ()
    filled: tuple[Operands, ...] = ()
    sums: tuple[Decimal, ...] = ()

    @property
    def obstacle(self) -> str:
        """Why it cannot be calculated; "" if it can."""
        return self.missing or self.odd

    @property
    def comparable(self) -> bool:
        """Whether it can be judged at all: no obstacle, and figures on two sides."""
        return not self.obstacle and len(self.filled) > 1

    @property
    def column(self) -> str:
        """The column it is about, when its scope is a column; else ""."""
        return self.label if self.spec.relation.scope is Scope.COLUMN else ""

    @property
    def is_equality(self) -> bool:
        """Whether its sides must be equal (=), not in order (≤)."""
        return self.spec.relation.op == "="


def find_instances(
    spec: EquationSpec, submission: Submission, template: Template
) -> Iterator[Instance]:
    """Yield every place where the equation applies, in the order of the sheet."""
    table = submission.get(spec.table)
    if spec.relation.scope is not Scope.SHEET and table is None:
        yield Instance(spec, "", missing=f"缺少“{spec.table}”")
    elif spec.relation.scope is Scope.ROW and table is not None:
        for row in _rows_of(spec, table, template):
            yield _resolve_row(spec, table, row.title, row.cells)
    elif table is not None and _of_parents(spec):
        for column, sums in sums_of_parents(table).items():
            if _applies_in(spec, template.table[spec.table].column[column]):
                yield from (build_instance(spec, column, sides) for sides in sums)
    else:
        for label, sides in _addressed(template)[spec.code]:
            yield _resolve(spec, submission, label, sides, _optional(template))


def _rows_of(spec: EquationSpec, table: Table, template: Template) -> Iterator[Row]:
    """Yield the rows along which an equation applies."""
    fixed = _fixed_rows(template)[spec.code]
    for row in table.rows:
        own = row.kind != "fixed" and (not spec.rows or row.title in spec.rows)
        if own or row.title in fixed:
            yield row


def _of_parents(spec: EquationSpec) -> bool:
    """Return whether an equation holds for every line with parts: 上级科目 = 下级科目."""
    return any(term.ref.row == PARENT_ROWS for side in spec.relation.sides for term in side)


@lru_cache(maxsize=8)
def _fixed_rows(template: Template) -> Mapping[str, frozenset[str]]:
    """Return, per equation along rows, the fixed rows in which the form has all its cells."""
    rows = {}
    for spec in template.equations:
        if spec.relation.scope is Scope.ROW:
            form = template.table[spec.table]
            columns = [
                form.column[term.ref.column] for side in spec.relation.sides for term in side
            ]
            titles = [row.title for row in form.rows if not spec.rows or row.title in spec.rows]
            rows[spec.code] = frozenset(
                title for title in titles if all(form.exists(title, column) for column in columns)
            )
    return rows


@lru_cache(maxsize=8)
def _optional(template: Template) -> frozenset[Ref]:
    """Return the addresses in rows that a file need not have: where it has none they count as 0."""
    return frozenset(
        Ref(table.name, row.title, column.title)
        for table in template.tables
        for row in table.more_rows
        for column in table.columns
    )


_Addressed = tuple[str, tuple[Side, ...]]  # the label of an instance, and its sides


@lru_cache(maxsize=8)
def _addressed(template: Template) -> Mapping[str, tuple[_Addressed, ...]]:
    """Return, per equation between sheets or along columns, its instances in full addresses."""
    addressed: dict[str, tuple[_Addressed, ...]] = {}
    for spec in template.equations:
        if spec.relation.scope is Scope.SHEET:
            addressed[spec.code] = (("", spec.relation.sides),)
        elif spec.relation.scope is Scope.COLUMN:
            addressed[spec.code] = tuple(_in_columns(spec, template.table[spec.table]))
    return addressed


def _in_columns(spec: EquationSpec, form: TableSpec) -> Iterator[_Addressed]:
    """Yield the equation in each of its columns in which the form has every cell it names."""
    sides = spec.relation.sides
    rows = [term.ref.row for side in sides for term in side if term.ref.row != ALL_ROWS]
    for column in form.columns:
        if _applies_in(spec, column) and all(form.exists(row, column) for row in rows):
            yield column.title, tuple(_in_column(side, column.title) for side in sides)


def _applies_in(spec: EquationSpec, column: ColumnSpec) -> bool:
    if spec.columns:
        return column.title in spec.columns
    return column.numeric and column.type != "percent"


def _in_column(side: Side, title: str) -> Side:
    return tuple(
        Term(term.sign, Ref(term.ref.table, term.ref.row, term.ref.column or title))
        for term in side
    )


def _resolve_row(
    spec: EquationSpec, table: Table, title: str, cells: Mapping[str, Cell]
) -> Instance:
    try:
        sides = [
            tuple([Operand(term.sign, cells[term.ref.column]) for term in side])
            for side in spec.relation.sides
        ]
    except KeyError as absent:
        return Instance(spec, title, missing=f"“{table.name}”缺少“{absent.args[0]}”列")
    return build_instance(spec, title, tuple(sides))


def _resolve(
    spec: EquationSpec,
    submission: Submission,
    label: str,
    sides: tuple[Side, ...],
    optional: frozenset[Ref],
) -> Instance:
    resolved = []
    for side in sides:
        operands: list[Operand] = []
        for term in side:
            cells = cells_at(submission, term.ref)
            if cells is None:
                if term.ref in optional:
                    continue
                return Instance(spec, label, missing=f"缺少“{term.ref}”")
            operands += [Operand(term.sign, cell) for cell in cells]
        resolved.append(tuple(operands))
    return build_instance(spec, label, tuple(resolved))


def build_instance(spec: EquationSpec, label: str, sides: tuple[Operands, ...]) -> Instance:
    """Build an instance with all that judging needs, in one walk over its cells."""
    cells: list[Cell] = []
    filled: list[Operands] = []
    sums: list[Decimal] = []
    odd = ""
    for side in sides:
        amounts = []
        for sign, cell in side:
            cells.append(cell)
            if isinstance(cell.value, Decimal):
                amounts.append(sign * cell.value * atoms_per(cell.unit))
            elif cell.state is not State.BLANK and cell.state in _NO_NUMBERS and not odd:
                odd = f"{cell.place} {_NO_NUMBERS[cell.state]}"
        if amounts:
            filled.append(side)
            sums.append(sum(amounts, Decimal(0)))
    return Instance(spec, label, sides, "", odd, tuple(cells), tuple(filled), tuple(sums))
