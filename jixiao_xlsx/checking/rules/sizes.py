"""PLA108: figures too small or too large for the workbook they stand in: often another unit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from jixiao_xlsx.checking.bases import REVIEW_POINTS
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Looked, Observation, cell_name, flag, rule
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


class _Size(NamedTuple):
    """A bound: what `role` holds, for each of what `per` counts, is at least or at most a number of
    元, or a share of an amount. The number is the form's, under [thresholds].
    """

    role: str
    per: str
    threshold: str
    least: bool


_SIZES = (
    _Size("vehicle_cost", "vehicles", "cost_per_car", least=True),
    _Size("assets", "staff", "assets_per_head", least=True),
    _Size("purchases", "", "least_purchase", least=True),
    _Size("trips", "spent_year", "trips_share", least=False),
)


@rule("PLA108", "金额大小不合常理", severity=Severity.NOTE, basis=REVIEW_POINTS)
def odd_sizes(evidence: Evidence) -> Iterator[Observation]:
    """与人数、车辆数和本年支出相比，金额小得或大得不合常理，多半是单位填错（元、万元）。界限是表单的数据，县里可改。

    改法：核对金额的单位；确属实情的不用改。
    """
    for size in _SIZES:
        bound = evidence.template.thresholds.get(size.threshold)
        cell = evidence.role(size.role)
        other = evidence.role(size.per) if size.per else None
        if bound is None or cell is None or not cell.number or cell.number < 0:
            continue
        whole = _whole(other) if size.per else Fraction(atoms_per("元"))
        if whole is None:
            continue
        yield Looked(2 if other else 1)
        share = Fraction(cell.number) * atoms_per(cell.unit) / whole
        if share < bound if size.least else share > bound:
            words = _words(cell, other, size, bound, evidence)
            related = (other.place,) if other else ()
            demand = "请核对金额的单位（元、万元）；确属实情的不用改。"
            yield flag(cell, words, demand, related=related)


def _whole(other: Cell | None) -> Fraction | None:
    """Return what an amount is divided by: 元 for each of a count, or another amount, in atoms."""
    if other is None or not other.number or other.number < 0:
        return None
    unit = other.unit if other.unit in {"元", "万元"} else "元"
    return Fraction(other.number) * atoms_per(unit)


def _words(cell: Cell, other: Cell | None, size: _Size, bound: Fraction, evidence: Evidence) -> str:
    name = f"{cell_name(cell, evidence.template)}填 {cell.text} {cell.unit}"
    edge = f"{'低' if size.least else '高'}于"
    if other is None:
        return f"{name}，{edge} {plain(bound)} {cell.unit}，小得不合常理。"
    beside = f"“{other.row}”为 {other.text} {other.unit}"
    assert cell.number is not None and other.number is not None
    if size.least:
        each = plain(Fraction(cell.number) / Fraction(other.number), 2)
        return f"{name}，{beside}，平均 {each} {cell.unit}，{edge} {plain(bound)} {cell.unit}，小得不合常理。"
    limit = Decimal(bound.numerator * 100) / bound.denominator
    return f"{name}，{beside}，{edge}其 {plain(limit)}%，大得不合常理。"
