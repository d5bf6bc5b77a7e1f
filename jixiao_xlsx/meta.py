"""What a workbook says of itself, on a very hidden sheet: the form, its version, for whom it was made, and what was typed ahead.

It recognises a file and remembers what the spec cannot know; it never locates a value, and a file without it reads just the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from jixiao_xlsx.amounts import from_float, plain
from jixiao_xlsx.equations import Ref
from jixiao_xlsx.spec import Template

SHEET = "_meta"
TEMPLATE, VERSION, YEAR, DEPARTMENT, CODE = "template", "version", "year", "department", "code"
_PREFILL = "prefill"
_BETWEEN = "|"
MOST_LINES = 2_000

Lines = Mapping[str, str]


def encode(form: Template, year: int | None, department: str, code: str, prefill: Mapping[Ref, Decimal]) -> dict[str, str]:
    """The lines of the sheet; `prefill` in the units of the cells."""
    lines = {TEMPLATE: form.id, VERSION: form.version, YEAR: str(year or ""), DEPARTMENT: department, CODE: code}
    return lines | {_BETWEEN.join((_PREFILL, ref.table, ref.row, ref.column)): plain(value) for ref, value in prefill.items()}


def decode(rows: Iterable[Sequence[object]]) -> dict[str, str]:
    """The lines of a sheet as read: the first two cells of each row; whatever else stands there is passed over."""
    return {_text(row[0]): _text(row[1]) for row, _ in zip(rows, range(MOST_LINES), strict=False) if len(row) > 1 and row[0]}


def edition_of(lines: Lines, form: Template) -> Template:
    """The form as it was when a file was handed out, where that is kept; else as it is now."""
    return form.edition(lines.get(VERSION, "")) or form


def _text(value: object) -> str:
    return plain(from_float(value)) if isinstance(value, float) else str(value).strip()


def prefilled(lines: Lines) -> Iterator[tuple[Ref, Decimal]]:
    """The figures that were typed ahead. Lines that someone has spoilt are passed over."""
    for key, value in lines.items():
        kind, *parts = key.split(_BETWEEN)
        if kind == _PREFILL and len(parts) == 3:
            try:
                yield Ref(*parts), Decimal(value)
            except InvalidOperation:
                continue
