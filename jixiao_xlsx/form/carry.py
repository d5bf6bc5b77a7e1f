"""What one year hands on to the next."""

from __future__ import annotations

from dataclasses import dataclass

from jixiao_xlsx.values.equations import Ref


@dataclass(frozen=True, slots=True)
class Carry:
    """A figure of last year's workbook that opens this year's: a closing balance, say."""

    source: Ref
    target: Ref
