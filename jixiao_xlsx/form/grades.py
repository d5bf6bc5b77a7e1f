"""The scales of a form: 等级 of a total, 定性 tiers of an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Grade:
    """等级 and the score it starts from, on 100."""

    name: str
    floor: Fraction


@dataclass(frozen=True, slots=True)
class Tier:
    """A 定性 tier, its words, and the share of the weight it allows."""

    name: str
    low: Fraction
    high: Fraction
    words: tuple[str, ...]
