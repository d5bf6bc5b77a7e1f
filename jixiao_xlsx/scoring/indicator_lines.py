"""The indicator table line by line: what was typed, and the rate that the base data give.

The direction comes from the library, the target from the cell. Scores are fractions in 分, rates
fractions (95 % = 0.95), both exact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache

from jixiao_xlsx.form.spec import IndicatorSpec, Template
from jixiao_xlsx.scoring.comparable import Pair, Setting, comparable
from jixiao_xlsx.scoring.directions import direction_by_name, direction_word
from jixiao_xlsx.scoring.measures import Measure, read_measure, read_measure_text
from jixiao_xlsx.scoring.word_results import Reached, words_reached
from jixiao_xlsx.scoring.wording import unit_of, wording
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell, Row, Submission
from jixiao_xlsx.values.equations import Ratio
from jixiao_xlsx.values.operands import Operand, side_cells
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import State

_DURATIONS = frozenset({"时间", "工作日", "月"})
_UNIT_IN_NAME = re.compile(r"\(([^()]{1,8})\)$")


class NoColumn(Exception):
    """The table of indicators lacks a column: its heading was renamed or deleted."""


@dataclass(frozen=True)
class IndicatorLine:
    """One row of the indicator table; `spec` is its entry in the library (None for a 个性 name).

    `target` and `actual` are in one unit; where that could not be done, `obstacle` says why.
    `by_name` is the direction that the indicator's name suggests.
    """

    row: Row
    spec: IndicatorSpec | None
    level1: str
    level2: str
    name: str
    cells: Mapping[str, Cell]
    target: Measure
    actual: Measure
    base: Base
    by_name: str = ""
    obstacle: str = ""

    def cell(self, role: str) -> Cell:
        """Return the cell of a role: weight, target, actual, rate, score, direction, unit …"""
        try:
            return self.cells[role]
        except KeyError:
            raise NoColumn(role) from None

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
        return (direction_word(cell.text) if cell else "") or self.target.sign

    @property
    def sign_cell(self) -> Cell:
        """Return the cell in which the direction was typed."""
        cell = self.cells.get("direction")
        return cell if cell and not cell.blank else self.cell("target")

    @property
    def direction(self) -> str:
        """Return the direction that counts; "" where the county has not decided it (未定).

        The library's, else the typed one, else 定性 for words; for a quantity what goes with it (a
        deadline is ≤), what its name says, ≥.
        """
        if self.spec and self.spec.shape == "未定":
            return ""
        if self.spec and self.spec.direction:
            return self.spec.direction
        typed = self.typed_sign
        if self.target.number is None:
            return "定性" if typed == "" or self.actual.number is None else typed
        if self.target.date:
            return "≤"
        if typed in {"≥", "≤", "="}:
            return typed
        return self.target.sign or self.target.implied or self.by_name or "≥"

    @cached_property
    def words_reached(self) -> Reached:
        """Return whether a result in words reaches a target in words, or a deadline."""
        if self.actual.number is not None or (
            self.target.number is not None and not self.target.date
        ):
            return Reached.UNKNOWN
        return words_reached(self.target, self.actual)

    @property
    def not_applicable(self) -> bool:
        """Return whether 不适用 was typed as the result; 无 beside an upper limit is 0."""
        cell = self.cells.get("actual")
        return cell is not None and cell.state is State.NA and self.actual.number is None


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
    base = _base(spec, submission, template) if spec else _NO_BASE
    pair, by_name = _pair(cells, spec, submission, template, base)
    return IndicatorLine(
        row,
        spec,
        cells["level1"].text if "level1" in cells else "",
        cells["level2"].text if "level2" in cells else "",
        name,
        cells,
        pair.target,
        pair.actual,
        base,
        by_name,
        pair.obstacle,
    )


def _pair(
    cells: Mapping[str, Cell],
    spec: IndicatorSpec | None,
    submission: Submission,
    template: Template,
    base: Base,
) -> tuple[Pair, str]:
    """Return target and result in one unit, and the direction by name."""
    name = cells["name"].text
    target = read_measure(cells.get("target"), year=submission.year)
    actual = _result(cells.get("actual"), target, submission.year)
    level2 = cells["level2"].text if "level2" in cells else ""
    by_name = direction_by_name(name, template.directions) or direction_by_name(
        level2, template.directions
    )
    typed = direction_word(cells["direction"].text) if "direction" in cells else ""
    direction = (
        (spec.direction if spec else "") or typed or target.sign or target.implied or by_name
    )
    row = Setting(_unit(cells, spec), direction, name, base.rate)
    pair = comparable(target, actual, row)
    unclear = not direction and pair.target.dimension in _DURATIONS
    if unclear and _sooner_is_better(name, level2):
        return pair._replace(target=replace(pair.target, implied="≤")), by_name
    if unclear and not pair.obstacle and pair.target.number != pair.actual.number:
        pair = pair._replace(obstacle="目标值没有写明是“以内”还是“以上”")
    return pair, by_name


def _sooner_is_better(name: str, level2: str) -> bool:
    words = wording().words
    return any(word in f"{name}{level2}" for word in words["sooner"]) and not any(
        word in name for word in words["lasting"]
    )


def _result(cell: Cell | None, target: Measure, year: int | None) -> Measure:
    """Return the result; 无 is 0 where the target is an upper limit."""
    limit = target.number is not None and "≤" in {target.sign, target.implied}
    if cell is not None and cell.state is State.NA and (limit or target.number == 0):
        return read_measure_text(cell.text)
    return read_measure(cell, year=year)


def _unit(cells: Mapping[str, Cell], spec: IndicatorSpec | None) -> str:
    """Return the unit of a line: typed in its column, in brackets after its name, or the form's."""
    typed = tidy(cells["unit"].text) if "unit" in cells else ""
    if spec and (spec.base or not typed):
        return spec.unit  # what other sheets determine is a rate, whatever unit was typed
    after_name = _UNIT_IN_NAME.search(tidy(cells["name"].text))
    return typed or (after_name[1] if after_name and unit_of(after_name[1]) else "")


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
