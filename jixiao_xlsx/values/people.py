"""Departments, the bureau, and the figures and waivers it gives. Frozen, without I/O."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Department:
    """One line of the roster (departments.csv)."""

    code: str
    name: str
    short: str = ""
    former: tuple[str, ...] = ()
    parent: str = ""
    office: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A figure of the bureau's: amounts in 元 by kind (年初预算, 全年预算, 决算), and its line."""

    code: str
    item: str
    amounts: Mapping[str, Decimal]
    source: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that may stand. `item` "" means every item; `until` is the last day it holds."""

    department: str
    code: str
    item: str
    reason: str
    approver: str
    until: dt.date | None
    source: str


@dataclass(frozen=True, slots=True)
class Bureau:
    """The bureau that collects, and its dates (bureau.toml), printed as given.

    `notice` is the county's own notice on the evaluation, the first basis of every letter.
    """

    name: str = ""
    office: str = ""
    contact: str = ""
    phone: str = ""
    deadline: str = ""
    return_by: str = ""
    document_number: str = ""
    dated: str = ""
    notice: str = ""
    year: int | None = None
