"""Points (分) as messages and expected values give them. Pure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.values.findings import Expected
from jixiao_xlsx.values.text import plain, rounded


def points_text(value: Fraction) -> str:
    """Return points with their unit."""
    return f"{plain(value)} 分"


def expected_points(low: Fraction, high: Fraction | None = None) -> Expected:
    """Return the range of points from `low` to `high`; `low` alone where `high` is None."""
    return Expected(_points(low), _points(low if high is None else high), "分")


def _points(value: Fraction) -> Decimal:
    """Return points to four decimals, without needless zeros and never as 9E+1."""
    return Decimal(plain(rounded(value, 4)))
