"""How values show themselves: one short line, and a table in a notebook. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import Field
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from jixiao_xlsx.values.text import plain

_LONGEST = 40  # letters of a text
_FIGURES = (int, Decimal, Fraction)


class Brief:
    """A dataclass whose repr is one line: short fields as they are, collections by their length.

    What is empty, and what is itself a value with fields, is left out.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __repr__(self) -> str:
        parts = (_part(name, getattr(self, name)) for name in self.__dataclass_fields__)
        return f"{type(self).__name__}({', '.join(part for part in parts if part)})"


def _part(name: str, value: object) -> str:
    if value is None or value is False or value in ("", b""):
        return ""
    if isinstance(value, str):
        return f"{name}={value[:_LONGEST] + '…' * (len(value) > _LONGEST)!r}"
    if isinstance(value, Decimal | Fraction):
        return f"{name}={plain(value)}"
    if isinstance(value, _FIGURES):
        return f"{name}={value!r}"
    if isinstance(value, tuple | frozenset | Mapping | bytes):
        return f"{len(value)} {name}" if value else ""
    return ""


def html_table(caption: str, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table for a notebook; every text is escaped, exact scores have two decimals."""
    head = "".join(f"<th>{html.escape(title)}</th>" for title in titles)
    body = "".join(
        f"<tr>{''.join(f'<td>{_cell_html(value)}</td>' for value in row)}</tr>" for row in rows
    )
    return (
        f"<table><caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell_html(value: object) -> str:
    if value is None:
        return ""
    return html.escape(plain(value, 2) if isinstance(value, Fraction) else str(value))
