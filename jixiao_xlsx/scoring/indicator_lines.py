"""The indicator table line by line: what was typed, and the rate that the base data give.

The direction comes from the library, the target from the cell. Scores are fractions in 分, rates
fractions (95 % = 0.95), both exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache

from jixiao_xlsx.form.spec import IndicatorSpec, Template
from jixiao_xlsx.scoring.measures import SIGNS, Measure, read_measure
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell, Row, Submission
from jixiao_xlsx.values.equations import Ratio
from jixiao_xlsx.values.operands import Operand, side_cells
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import State


@dataclass(frozen=True)
class IndicatorLine:
    """One row of the indicator table; `spec` is its entry in the library (None for a 个性 name)."""

    row: Row
    spec: IndicatorSpec | None
    level1: str
    level2: str
    name: str
    cells: Mapping[str, Cell]
    target: Measure
    actual: Measure
    base: Base

    def cell(self, role: str) -> Cell:
        """Return the cell of a role: weight, target, actual, rate, score, direction, unit …"""
        return self.cells[role]

    @cached_property
    def numbers(self) -> dict[str, Fraction]:
        """Return the numbers typed, by role."""
        return {
            role: Fraction(cell.value)
            for role, cell in self.cells.items()
            if isinstance(cell.value, Decimal)
        }

    def number(self, role: str) -> Fraction | None:
        """Return the number typed in the cell of a role."""
        return self.numbers.get(role)

    @property
    def weight(self) -> Fraction:
        """Return 权重 as typed, in 分; 0 where there is none."""
        return self.number("weight") or Fraction(0)

    @property
    def deviation(self) -> str:
        """Return 偏差原因 as typed."""
        cell = self.cells.get("deviation")
        return cell.text if cell else ""

    @property
    def typed_sign(self) -> str:
        """Return the direction as typed: in its own column, else in front of the target."""
        cell = self.cells.get("direction")
        typed = tidy(cell.text) if cell else ""
        return SIGNS.get(typed, typed) or self.target.sign

    @property
    def sign_cell(self) -> Cell:
        """Return the cell in which the direction was typed."""
        cell = self.cells.get("direction")
        return cell if cell and not cell.blank else self.cell("target")

    @property
    def direction(self) -> str:
        """Return the direction that counts; "" where the county has not decided it (未定).

        The library's, else the typed one, else 定性 for words and ≥ for numbers.
        """
        if self.spec and self.spec.shape == "未定":
            return ""
        if self.spec and self.spec.direction:
            return self.spec.direction
        return self.typed_sign or ("≥" if self.target.number is not None else "定性")

    @property
    def not_applicable(self) -> bool:
        """Return whether 不适用 was typed as the result."""
        cell = self.cells.get("actual")
        return cell is not None and cell.state is State.NA


class BaseState(StrEnum):
    """What the base data on other sheets give for an indicator."""

    NONE = "none"
    MISSING = "missing"
    KNOWN = "known"
    NOTHING = "0/0"
    IMPOSSIBLE = "x/0"


@dataclass(frozen=True, slots=True)
class Base:
    """An indicator recomputed from base data: the exact rate, its cells, the amounts as text."""

    state: BaseState
    rate: Fraction | None = None
    cells: tuple[Cell, ...] = ()
    text: str = ""
    closing_zero: bool = False


_NO_BASE = Base(BaseState.NONE)


@lru_cache(maxsize=8)  # rules, scores and the comparison of departments all need them
def indicator_lines(submission: Submission, template: Template) -> tuple[IndicatorLine, ...]:
    """Return the lines of the indicator table; () where the form or the file has none."""
    table = submission.get(template.indicator_table)
    if table is None:
        return ()
    return tuple(
        _line(row, submission, template) for row in table.open_rows if _named(row, template)
    )


def _named(row: Row, template: Template) -> bool:
    cell = row.get(template.indicator_columns["name"])
    return cell is not None and not cell.blank


def _line(row: Row, submission: Submission, template: Template) -> IndicatorLine:
    roles = template.indicator_columns
    cells = {role: row.cells[title] for role, title in roles.items() if title in row.cells}
    name = cells["name"].text
    spec = template.library.get(tidy(name))
    unit = tidy(cells["unit"].text) if "unit" in cells else ""
    if spec and (spec.base or not unit):
        unit = spec.unit  # what other sheets determine is a rate, whatever unit was typed
    return IndicatorLine(
        row,
        spec,
        cells["level1"].text if "level1" in cells else "",
        cells["level2"].text if "level2" in cells else "",
        name,
        cells,
        read_measure(cells.get("target"), unit),
        read_measure(cells.get("actual"), unit),
        _base(spec, submission, template) if spec else _NO_BASE,
    )


def _base(spec: IndicatorSpec, submission: Submission, template: Template) -> Base:
    """Return the indicator recomputed from other sheets, by its first formula with data."""
    if not spec.base:
        return _NO_BASE
    is_change = spec.shape == "变动率"
    bases = (_evaluate(ratio, submission, template, change=is_change) for ratio in spec.base)
    return next(
        (base for base in bases if base.state is not BaseState.MISSING), Base(BaseState.MISSING)
    )


def _evaluate(ratio: Ratio, submission: Submission, template: Template, *, change: bool) -> Base:
    above = side_cells(submission, ratio.numerator)
    below = side_cells(submission, ratio.denominator)
    if above is None or below is None or above[0].cell.number is None:
        return Base(BaseState.MISSING)
    cells = tuple(dict.fromkeys(operand.cell for operand in (*above, *below)))
    if any(cell.state in {State.TEXT, State.ERROR, State.UNCALCULATED} for cell in cells):
        return Base(BaseState.MISSING)
    closing_zero = change and above[0].cell.number == 0
    blank_base = all(operand.cell.number is None for operand in below)
    if blank_base and not closing_zero:
        return Base(BaseState.MISSING)
    top, bottom = _sum(above), _sum(below)
    text = "，".join(
        f"{_label(cell, template)} {cell.text + ' ' + cell.unit if cell.text else '未填'}"
        for cell in cells
    )
    if bottom == 0:
        return Base(
            BaseState.IMPOSSIBLE if top else BaseState.NOTHING, None, cells, text, closing_zero
        )
    return Base(BaseState.KNOWN, top / bottom, cells, text, closing_zero)


def _label(cell: Cell, template: Template) -> str:
    """Return row and column, or the row alone where the table has one column."""
    return cell.row if cell.row in template.labels else f"{cell.row}{cell.column}"


def _sum(operands: list[Operand]) -> Fraction:
    """Return Σ sign·amount in atoms; blanks count as 0."""
    atoms = (
        one.sign * one.cell.number * atoms_per(one.cell.unit)
        for one in operands
        if one.cell.number is not None
    )
    return Fraction(sum(atoms, Decimal(0)))
