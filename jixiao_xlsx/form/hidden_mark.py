"""The very hidden sheet of a blank form: which form and version, for whom, and what it printed.

It shows accidents, not intent: somebody who means to deceive can change this sheet as well. It
recognises a file and keeps what the spec cannot know; it never locates a value, and a file without
it reads just the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from jixiao_xlsx.form.find_template import edition
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.addresses import column_index, position
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.text import from_float, plain

MARK_SHEET = "_meta"
TEMPLATE, VERSION, YEAR, DEPARTMENT, CODE = "template", "version", "year", "department", "code"
PRINTED, FORMULAS, GIVEN = "printed", "formulas", "given"
_PREFILL = "prefill"
_BETWEEN = "|"
_MOST_LINES = 2_000
_REF = re.compile(r"(?<![\w.])([A-Z]{1,3})\d+(?![\w(])")
_STYLE = str.maketrans("", "", " $'=")

MarkLines = Mapping[str, str]
TextsByRef = Mapping[Ref, str]


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What a form holds before it is filled.

    `prefill` is in the units of the cells; `printed` and `formulas` are what a department must not
    change, by table, row ("" for any open row) and column; a formula by its `formula_shape`;
    `given` are the bureau's own words and targets, by row and column.
    """

    prefill: Mapping[Ref, Decimal]
    printed: TextsByRef
    formulas: TextsByRef
    given: TextsByRef = field(default_factory=dict)


def mark_lines(
    form: Template, year: int | None, department: str, code: str, handed_out: HandedOut
) -> dict[str, str]:
    """Return the lines of the sheet: key and value."""
    lines = {
        TEMPLATE: form.id,
        VERSION: form.version,
        YEAR: str(year or ""),
        DEPARTMENT: department,
        CODE: code,
    }
    lines |= {
        _BETWEEN.join((_PREFILL, ref.table, ref.row, ref.column)): plain(value)
        for ref, value in handed_out.prefill.items()
    }
    lines |= _by_table(PRINTED, handed_out.printed)
    lines |= _by_table(GIVEN, handed_out.given)
    return lines | dict(_by_table(FORMULAS, handed_out.formulas))


def _by_table(kind: str, texts: TextsByRef) -> Iterator[tuple[str, str]]:
    """Yield one line per table: they are read seldom, so that parsing them may wait."""
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for ref, text in texts.items():
        tables.setdefault(ref.table, {}).setdefault(ref.row, {})[ref.column] = text
    for table, rows in tables.items():
        yield (
            _BETWEEN.join((kind, table)),
            json.dumps(rows, ensure_ascii=False, separators=(",", ":")),
        )


def fixed_texts(lines: MarkLines, kind: str, table: str) -> Mapping[tuple[str, str], str]:
    """Return what a table printed (`kind` PRINTED, FORMULAS or GIVEN), by row and column.

    {} for a line that was spoilt.
    """
    return _rows(lines.get(_BETWEEN.join((kind, table)), "{}"))


@lru_cache(maxsize=128)  # a season of files was handed out alike
def _rows(text: str) -> Mapping[tuple[str, str], str]:
    try:
        return {
            (row, column): str(now)
            for row, cells in json.loads(text).items()
            for column, now in cells.items()
        }
    except (ValueError, AttributeError):
        return {}


@lru_cache(maxsize=1 << 12)
def formula_shape(formula: str, ref: str) -> str:
    """Return the formula in cell `ref` by what it does, so that inserted rows leave it alone.

    Columns are counted from its own, rows left out; "" where the formula leads out of the workbook.
    """
    if "[" in formula:
        return ""
    home = position(ref)[1]
    return _REF.sub(
        lambda match: f"[{column_index(match[1]) - home}]", formula.translate(_STYLE).upper()
    )


def read_mark(rows: Iterable[Sequence[object]]) -> dict[str, str]:
    """Return the lines of a sheet as read: the first two cells of each row."""
    return {
        _text(row[0]): _text(row[1])
        for row, _ in zip(rows, range(_MOST_LINES), strict=False)
        if len(row) > 1 and row[0]
    }


def _text(value: object) -> str:
    return plain(from_float(value)) if isinstance(value, float) else str(value).strip()


def edition_of(lines: MarkLines, form: Template) -> Template:
    """Return the form as it was when a file was handed out, if kept; else as it is now."""
    return edition(form, lines.get(VERSION, "")) or form


def prefilled(lines: MarkLines) -> Iterator[tuple[Ref, Decimal]]:
    """Yield the figures that were typed in advance; spoilt lines are left out."""
    for key, value in lines.items():
        kind, *parts = key.split(_BETWEEN)
        if kind == _PREFILL and len(parts) == 3:
            try:
                yield Ref(*parts), Decimal(value)
            except InvalidOperation:
                continue
