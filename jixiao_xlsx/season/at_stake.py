"""The money at stake in a finding: how far the figure typed is from what is admissible."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from jixiao_xlsx.values.amounts import MONEY_UNITS, atoms_per
from jixiao_xlsx.values.findings import Expected, Finding
from jixiao_xlsx.values.typed_numbers import read_number


def at_stake(finding: Finding) -> Decimal | None:
    """Return the money a finding is about, in 元: its 差额, else the gap between what was typed and
    the nearest admissible figure.

    None where it is about no amount.
    """
    text, _, unit = finding.difference.rpartition(" ")
    if (
        unit in MONEY_UNITS
        and (stated := read_number(text.replace("−", "-"), unit).value) is not None
    ):
        return abs(stated) * atoms_per(unit) / atoms_per("元")
    expected = finding.expected
    if not isinstance(expected, Expected) or expected.unit not in MONEY_UNITS:
        return None
    typed = read_number(finding.reported, expected.unit).value
    if typed is None:
        return None
    gap = max(expected.low - typed, typed - expected.high, Decimal(0))
    return gap * atoms_per(expected.unit) / atoms_per("元")


def most_at_stake(findings: Iterable[Finding]) -> Decimal:
    """Return the largest gap among findings, in 元; they often tell of one mistake. 0 for none."""
    return max((gap for one in findings if (gap := at_stake(one)) is not None), default=Decimal(0))
