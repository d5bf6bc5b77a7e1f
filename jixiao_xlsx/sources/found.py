"""What the sources hold, before anybody decides whose it is. Frozen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class AccountFigure:
    """A figure of a final accounts table: 元, by item and kind, and the cell it stood in."""

    item: str
    kind: str
    amount: Decimal
    cell: str


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """A table of final accounts as read: whose it says it is, and its figures.

    `problem` says why it cannot be used; `grain` is the last digit printed, in 元. `words` name the
    file and the folders it lay in, from which its stage may follow.
    """

    file: str
    sheet: str
    name: str
    code: str
    year: int | None
    figures: tuple[AccountFigure, ...] = ()
    grain: Decimal = Decimal(0)
    problem: str = ""
