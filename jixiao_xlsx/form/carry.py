"""Cells whose figures come from elsewhere: from last year's workbook, from the bureau."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jixiao_xlsx.values.equations import Ref


@dataclass(frozen=True, slots=True)
class Carry:
    """A figure of last year's workbook that opens this year's: a closing balance, say."""

    source: Ref
    target: Ref


@dataclass(frozen=True)
class ReferenceTable:
    """A table that figures of the bureau stand for.

    `columns` are its columns by kind of figure (年初预算, 全年预算, 决算, 上年决算), `rows` its rows by
    item, where the bureau calls one otherwise than the form does.
    """

    table: str
    columns: Mapping[str, str]
    rows: Mapping[str, str] = field(default_factory=dict)
