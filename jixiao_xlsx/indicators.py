"""Indicators: what was typed, what the base data say, and the score that follows.

The arithmetic of 财预〔2020〕10号 as the form's data configure it: direction from the library, target number from the cell.
Scores are exact fractions in 分; rates are fractions (95 % = 0.95). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache

from jixiao_xlsx.amounts import State, atoms_per, believable, percent, plain, tidy
from jixiao_xlsx.balance import Operand, side_cells
from jixiao_xlsx.equations import Ratio
from jixiao_xlsx.model import Cell, IndicatorScore, Method, Row, Submission, Table
from jixiao_xlsx.slips import digits_of
from jixiao_xlsx.spec import IndicatorSpec, Template, Tier

_SIGNS = {
    "<=": "≤", "≤": "≤", "≦": "≤", "<": "≤", "小于等于": "≤", "不超过": "≤", "不高于": "≤", "不大于": "≤", "控制在": "≤",
    ">=": "≥", "≥": "≥", "≧": "≥", ">": "≥", "大于等于": "≥", "不低于": "≥", "不少于": "≥", "达到": "≥",
    "=": "=", "等于": "=",
}  # fmt: skip
_SIGN = "|".join(sorted(_SIGNS, key=len, reverse=True))
_MEASURE = re.compile(rf"(?P<sign>{_SIGN})?(?P<number>[+-]?\d+(?:,\d{{3}})*(?:\.\d+)?)(?P<rest>.*)")
_TRAILING = {"以上": "≥", "及以上": "≥", "以内": "≤", "以下": "≤", "及以下": "≤"}


@dataclass(frozen=True, slots=True)
class Measure:
    """A 目标值 or 业绩值 as understood: sign, number (a rate as a fraction), digits typed, or words."""

    text: str
    sign: str = ""
    number: Fraction | None = None
    digits: int = 0
    rate: bool = False

    @property
    def words(self) -> str:
        """The text, where it is not a number."""
        return "" if self.number is not None else self.text

    def near(self, exact: Fraction) -> bool:
        """Whether the number as typed can be `exact`, rounded or cut to the typed digits."""
        return self.number is not None and abs(self.number - exact) < Fraction(1, 10**self.digits)

    def __str__(self) -> str:
        if self.number is None:
            return self.text
        return percent(self.number, self.digits - 2) if self.rate else plain(self.number)


def read_measure(cell: Cell | None, unit: str = "") -> Measure:
    """Understand “<=100%”, “95%以上”, 0.95 in a percent cell, 12, “健全”."""
    if cell is None or cell.blank:
        return Measure("")
    if isinstance(cell.value, Decimal):
        return _number_measure(cell.value, unit, shown_as_rate=cell.note == "%")
    return read_measure_text(cell.text, unit)


@lru_cache(maxsize=1024)
def read_measure_text(typed: str, unit: str = "") -> Measure:
    """The same for a text."""
    match = _MEASURE.fullmatch(tidy(typed))
    if not match or re.search(r"\d", match["rest"]):
        return Measure(typed)
    number = Decimal(match["number"].replace(",", ""))
    if not believable(number):
        return Measure(typed)
    rest = match["rest"].removeprefix("%")
    sign = _SIGNS.get(match["sign"] or "", "") or _TRAILING.get(rest, "")
    if match["rest"].startswith("%"):
        return Measure(typed, sign, Fraction(number) / 100, digits_of(number) + 2, rate=True)
    return Measure(typed, sign, *_scaled(number, unit))


def _number_measure(value: Decimal, unit: str, *, shown_as_rate: bool) -> Measure:
    if shown_as_rate:
        return Measure(percent(value), "", Fraction(value), max(digits_of(value), 2), rate=True)
    return Measure(plain(value), "", *_scaled(value, unit))


def _scaled(value: Decimal, unit: str) -> tuple[Fraction, int, bool]:
    """A bare number under the unit %: 95 and 0.95 both mean 95 %."""
    if unit not in {"%", "％"}:
        return Fraction(value), digits_of(value), False
    if abs(value) > Decimal("1.5"):
        return Fraction(value) / 100, digits_of(value) + 2, True
    return Fraction(value), max(digits_of(value), 2), True


# ------------------------------------------------------------------------------------------------------ lines


@dataclass(frozen=True)
class Line:
    """One row of the indicator table with its place in the library (None for a 个性 name the library has not)."""

    row: Row
    spec: IndicatorSpec | None
    level1: str
    level2: str
    name: str
    cells: dict[str, Cell]
    target: Measure
    actual: Measure
    base: Base

    def cell(self, role: str) -> Cell:
        """The cell of a role: weight, target, actual, rate, score, direction, unit, deviation, name."""
        return self.cells[role]

    @cached_property
    def numbers(self) -> dict[str, Fraction]:
        """The numbers typed, by role."""
        return {
            role: Fraction(cell.value)
            for role, cell in self.cells.items()
            if isinstance(cell.value, Decimal)
        }

    def number(self, role: str) -> Fraction | None:
        """The number typed there."""
        return self.numbers.get(role)

    @property
    def weight(self) -> Fraction:
        """权重 as typed; 0 where there is none."""
        return self.number("weight") or Fraction(0)

    @property
    def deviation(self) -> str:
        """偏差原因 as typed."""
        cell = self.cells.get("deviation")
        return cell.text if cell else ""

    @property
    def typed_sign(self) -> str:
        """The direction as typed: in its own column, else in front of the target."""
        cell = self.cells.get("direction")
        typed = tidy(cell.text) if cell else ""
        return _SIGNS.get(typed, typed) or self.target.sign

    @property
    def sign_cell(self) -> Cell:
        """Where the direction was typed."""
        cell = self.cells.get("direction")
        return cell if cell and not cell.blank else self.cell("target")

    @property
    def direction(self) -> str:
        """The direction that counts: the library's, else the typed one, else 定性 for words and ≥ for numbers."""
        if self.spec and self.spec.shape == "未定":
            return ""
        if self.spec and self.spec.direction:
            return self.spec.direction
        return self.typed_sign or ("≥" if self.target.number is not None else "定性")

    @property
    def not_applicable(self) -> bool:
        """Whether 不适用 was typed as the result."""
        cell = self.cells.get("actual")
        return bool(cell) and (cell is not None and cell.state is State.NA)


class BaseState(StrEnum):
    """What the base data on other sheets say of an indicator."""

    NONE = "none"
    MISSING = "missing"
    KNOWN = "known"
    NOTHING = "0/0"
    IMPOSSIBLE = "x/0"


@dataclass(frozen=True, slots=True)
class Base:
    """An indicator recomputed from base data: the exact rate, the cells, and the amounts as text."""

    state: BaseState
    rate: Fraction | None = None
    cells: tuple[Cell, ...] = ()
    text: str = ""
    closing_zero: bool = False


NO_BASE = Base(BaseState.NONE)


@lru_cache(maxsize=8)  # the checker, the scorer and the comparison of departments each ask for them
def lines(submission: Submission, template: Template) -> tuple[Line, ...]:
    """The indicator table, line by line; () where the form or the file has none."""
    table = submission.get(template.indicator_table)
    if table is None:
        return ()
    return tuple(
        _line(row, table, submission, template) for row in table.open_rows if _named(row, template)
    )


def _named(row: Row, template: Template) -> bool:
    cell = row.get(template.indicator_columns["name"])
    return cell is not None and not cell.blank


def _line(row: Row, table: Table, submission: Submission, template: Template) -> Line:
    roles = template.indicator_columns
    cells = {role: row.cells[title] for role, title in roles.items() if title in row.cells}
    name = cells["name"].text
    spec = template.library.get(tidy(name))
    unit = tidy(cells["unit"].text) if "unit" in cells else ""
    if spec and (
        spec.base or not unit
    ):  # what other sheets determine is a rate, whatever unit was typed
        unit = spec.unit
    return Line(
        row,
        spec,
        cells["level1"].text if "level1" in cells else "",
        cells["level2"].text if "level2" in cells else "",
        name,
        cells,
        read_measure(cells.get("target"), unit),
        read_measure(cells.get("actual"), unit),
        base_of(spec, submission, template) if spec else NO_BASE,
    )


def base_of(spec: IndicatorSpec, submission: Submission, template: Template) -> Base:
    """The indicator recomputed from other sheets: the first of its formulas whose data are there."""
    if not spec.base:
        return NO_BASE
    found = [
        _evaluate(ratio, submission, template, change=spec.shape == "变动率") for ratio in spec.base
    ]
    return next(
        (base for base in found if base.state is not BaseState.MISSING), Base(BaseState.MISSING)
    )


def _evaluate(ratio: Ratio, submission: Submission, template: Template, *, change: bool) -> Base:
    above, below = (
        side_cells(submission, ratio.numerator),
        side_cells(submission, ratio.denominator),
    )
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
        f"{_called(cell, template)} {cell.text + ' ' + cell.unit if cell.text else '未填'}"
        for cell in cells
    )
    if bottom == 0:
        return Base(
            BaseState.IMPOSSIBLE if top else BaseState.NOTHING, None, cells, text, closing_zero
        )
    return Base(BaseState.KNOWN, top / bottom, cells, text, closing_zero)


def _called(cell: Cell, template: Template) -> str:
    """Row and column, or the row alone where the table has one column."""
    return cell.row if cell.row in template.labels else f"{cell.row}{cell.column}"


def _sum(operands: list[Operand]) -> Fraction:
    return Fraction(
        sum(
            (
                o.sign * o.cell.number * atoms_per(o.cell.unit)
                for o in operands
                if o.cell.number is not None
            ),
            Decimal(0),
        )
    )


# ------------------------------------------------------------------------------------------------------ scores


def scores(found: tuple[Line, ...], template: Template) -> Iterator[IndicatorScore]:
    """The 复算分 of every line, with its arithmetic in words."""
    for line in found:
        yield score_line(line, template)


def score_line(line: Line, template: Template) -> IndicatorScore:
    """One line scored; where it cannot be recomputed the 自评分 is kept and the reason says why."""
    weight, self_score = line.weight, line.number("score")
    if line.not_applicable and line.spec and line.spec.may_be_na and line.deviation:
        return _made(line, Method.NOT_APPLICABLE, None, "不适用，不计分", f"理由：{line.deviation}")
    if line.base.state is BaseState.IMPOSSIBLE:
        return _made(
            line, Method.KEPT, self_score, "年初（预算）为 0，不可计算，保留自评分", "基数为 0"
        )
    if line.base.state is BaseState.NOTHING and line.direction != "定性":
        return _made(
            line,
            Method.KEPT,
            weight,
            "基数与实际均为 0，视为达标，得满分",
            line.base.text,
            met=True,
        )
    if line.direction == "":
        return _made(line, Method.KEPT, self_score, "县里未定方向，不复算，保留自评分", "")
    if line.direction == "定性":
        return _qualitative(line, template)
    actual = line.base.rate if line.base.state is BaseState.KNOWN else line.actual.number
    if actual is None or line.target.number is None:
        missing = "业绩值" if actual is None else "目标值"
        return _made(line, Method.KEPT, self_score, f"{missing}不是数字，不能复算，保留自评分", "")
    return _quantitative(line, actual, line.target.number)


def _quantitative(line: Line, actual: Fraction, target: Fraction) -> IndicatorScore:
    weight = line.weight
    source = f"按基础数据（{line.base.text}）" if line.base.state is BaseState.KNOWN else ""
    shown, wanted = _show(actual, line), _show(target, line)
    w = plain(weight)
    if line.direction == "≤" and line.spec and line.spec.shape == "变动率":
        per = line.spec.per_point
        lost = max(actual - target, Fraction(0)) * 100 * per
        score = weight * max(1 - lost, Fraction(0))
        words = (
            _met_words(shown, "≤", wanted, w)
            if lost == 0
            else f"{w} × (1 − 超出 {plain((actual - target) * 100)} 个百分点 × {percent(per, 0)})"
        )
        return _made(
            line,
            Method.CHANGE,
            score,
            _equals(words, score),
            source,
            actual,
            target,
            lost == 0,
            per,
        )
    if line.direction == "≤":
        met = actual <= target
        score = weight if met else (weight * target / actual if target > 0 else Fraction(0))
        words = _met_words(shown, "≤", wanted, w) if met else f"{w} × {wanted} ÷ {shown}"
        return _made(line, Method.LOWER, score, _equals(words, score), source, actual, target, met)
    if line.direction == "=":
        return _equal(line, actual, target, source)
    met = actual >= target
    score = (
        weight
        if met
        else (weight * max(actual, Fraction(0)) / target if target > 0 else Fraction(0))
    )
    words = _met_words(shown, "≥", wanted, w) if met else f"{w} × {shown} ÷ {wanted}"
    return _made(line, Method.HIGHER, score, _equals(words, score), source, actual, target, met)


def highest(line: Line, item: IndicatorScore) -> Fraction:
    """The best score that the rate behind the typed one allows: 98.37 % is typed for anything from 98.365 % to 98.375 %."""
    score, typed, number = item.score or Fraction(0), line.actual, line.actual.number
    if (
        number is None
        or item.method is Method.COEFFICIENT
        or item.actual is None
        or item.target is None
        or not typed.rate
        or not typed.near(item.actual)
    ):
        return score
    half = Fraction(1, 2 * 10 ** max(typed.digits, 4))
    reach = (number,) if line.base.state is BaseState.KNOWN else (number - half, number + half)
    return max(
        score, *(_quantitative(line, actual, item.target).score or Fraction(0) for actual in reach)
    )


def _equal(line: Line, actual: Fraction, target: Fraction, source: str) -> IndicatorScore:
    full_from = line.spec.full_from if line.spec else Fraction(1)
    small, large = sorted((actual, target))
    ratio = Fraction(1) if small == large else (small / large if small > 0 else Fraction(0))
    met = ratio >= full_from
    score = line.weight if met else line.weight * ratio
    shown, wanted, w = _show(actual, line), _show(target, line), plain(line.weight)
    low, high = (shown, wanted) if actual < target else (wanted, shown)
    words = _met_words(shown, "=", wanted, w) if met else f"{w} × {low} ÷ {high}"
    return _made(line, Method.EQUAL, score, _equals(words, score), source, actual, target, met)


def _qualitative(line: Line, template: Template) -> IndicatorScore:
    weight, self_score, w = line.weight, line.number("score"), plain(line.weight)
    if line.actual.number is not None and line.actual.rate:
        share = min(max(line.actual.number, Fraction(0)), Fraction(1))
        words = f"{w} × {line.actual}（所填百分数作系数）"
        score = weight * share
        return _made(
            line,
            Method.COEFFICIENT,
            score,
            _equals(words, score),
            "定性指标应按三档填写",
            share,
            Fraction(1),
            share >= 1,
        )
    tier = tier_of(line.actual.words, template)
    if tier is None:
        reason = f"“{line.actual.text}”不在三档之内" if line.actual.text else "业绩值未填"
        return _made(line, Method.KEPT, self_score, f"{reason}，保留自评分", "")
    low, high = weight * tier.low, weight * tier.high
    score = high if self_score is None else min(max(self_score, low), high)
    words = f"{tier.name}：{w} × {percent(tier.low, 0)}–{percent(tier.high, 0)}，即 {plain(low)}–{plain(high)} 分，取 {plain(score)}"
    return _made(
        line, Method.TIER, score, words, "", met=tier.high == 1, bounds=(tier.low, tier.high)
    )


def tier_of(words: str, template: Template) -> Tier | None:
    """The 定性 tier of a word such as “达成” or “健全”."""
    return template.tier_words.get(tidy(words))


def _made(
    line: Line,
    method: Method,
    score: Fraction | None,
    arithmetic: str,
    reason: str,
    actual: Fraction | None = None,
    target: Fraction | None = None,
    met: bool | None = None,
    per_point: Fraction = Fraction(0),
    bounds: tuple[Fraction, Fraction] = (Fraction(0), Fraction(1)),
) -> IndicatorScore:
    texts = {role: _as_shown(line.cells.get(role)) for role in ("target", "actual", "rate")}
    return IndicatorScore(
        level1=line.level1,
        level2=line.level2,
        name=line.name,
        kind="共性" if line.spec and line.spec.common else "个性",
        direction=line.direction,
        weight=line.weight,
        self_score=line.number("score"),
        score=score,
        method=method,
        arithmetic=arithmetic,
        reason=reason,
        target_text=texts["target"],
        actual_text=texts["actual"],
        rate_text=texts["rate"],
        deviation_text=line.deviation,
        actual=actual,
        target=target,
        full_from=line.spec.full_from if line.spec else Fraction(1),
        per_point=per_point,
        low=bounds[0],
        high=bounds[1],
        met=met,
        places={role: cell.place for role, cell in line.cells.items()},
    )


def _as_shown(cell: Cell | None) -> str:
    """What the clerk sees in the cell: percentages as percentages."""
    if cell is None:
        return ""
    if isinstance(cell.value, Decimal) and (cell.unit == "%" or cell.note == "%"):
        return percent(cell.value)
    return plain(cell.value) if isinstance(cell.value, Decimal) else cell.text


def _show(value: Fraction, line: Line) -> str:
    rate = line.target.rate or line.actual.rate
    return f"{plain(value * 100)}%" if rate else plain(value)


def _met_words(shown: str, sign: str, wanted: str, weight: str) -> str:
    return (
        f"{shown} {sign} {wanted}，达标，得 {weight}"
        if shown != wanted
        else f"{shown} 达到目标，得 {weight}"
    )


def _equals(words: str, score: Fraction) -> str:
    return words if words.endswith(f"得 {plain(score)}") else f"{words} = {plain(score)}"
