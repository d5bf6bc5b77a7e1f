"""What a workbook says of itself, on a very hidden sheet: the form, its version, for whom it was made, what was typed ahead, and
what nobody was to change: the words and figures it printed, and its formulas.

It shows accidents, not intent: who means to deceive can change this sheet as well. It recognises a file and remembers what the spec cannot know; it never locates a value, and a file without it reads just the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from jixiao_xlsx.form.find_template import edition
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.addresses import column_index, position
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.number_text import from_float, plain

SHEET = "_meta"
TEMPLATE, VERSION, YEAR, DEPARTMENT, CODE = "template", "version", "year", "department", "code"
_PREFILL = "prefill"
_BETWEEN = "|"
PRINTED, FORMULAS = "printed", "formulas"
MOST_LINES = 2_000
_REF = re.compile(r"(?<![\w.])([A-Z]{1,3})\d+(?![\w(])")
_STYLE = str.maketrans("", "", " $'=")

Lines = Mapping[str, str]
Texts = Mapping[Ref, str]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a form holds before anyone fills it. `prefill` in the units of the cells; `printed` and `formulas` are what a
    department must not change, by table, row ("" for any open row) and column; a formula by its `shape`.
    """

    prefill: Mapping[Ref, Decimal]
    printed: Texts
    formulas: Texts


def encode(
    form: Template, year: int | None, department: str, code: str, ahead: Ahead
) -> dict[str, str]:
    """The lines of the sheet."""
    lines = {
        TEMPLATE: form.id,
        VERSION: form.version,
        YEAR: str(year or ""),
        DEPARTMENT: department,
        CODE: code,
    }
    lines |= {
        _BETWEEN.join((_PREFILL, ref.table, ref.row, ref.column)): plain(value)
        for ref, value in ahead.prefill.items()
    }
    return (
        lines | dict(_by_table(PRINTED, ahead.printed)) | dict(_by_table(FORMULAS, ahead.formulas))
    )


def _by_table(kind: str, texts: Texts) -> Iterator[tuple[str, str]]:
    """One line per table: most of a file's season is reading, and nobody reads these but who doubts them."""
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for ref, text in texts.items():
        tables.setdefault(ref.table, {}).setdefault(ref.row, {})[ref.column] = text
    for table, rows in tables.items():
        yield (
            _BETWEEN.join((kind, table)),
            json.dumps(rows, ensure_ascii=False, separators=(",", ":")),
        )


def fixed(lines: Lines, kind: str, table: str) -> Mapping[tuple[str, str], str]:
    """What is remembered of a table, PRINTED or FORMULAS, by row and column; {} for a line that someone has spoilt."""
    return _rows(lines.get(_BETWEEN.join((kind, table)), "{}"))


@lru_cache(maxsize=128)
def _rows(text: str) -> Mapping[tuple[str, str], str]:
    """A line of a table; remembered, since a season of files was handed out alike."""
    try:
        return {
            (row, column): str(now)
            for row, cells in json.loads(text).items()
            for column, now in cells.items()
        }
    except (ValueError, AttributeError):
        return {}


@lru_cache(maxsize=1 << 12)
def shape(formula: str, ref: str) -> str:
    """A formula in `ref` by what it does: columns counted from its own and rows left out, so that inserted rows leave it alone.

    "" where the text is not known or is not that of a spreadsheet of our kind.
    """
    if "[" in formula:
        return ""
    home = position(ref)[1]
    return _REF.sub(
        lambda found: f"[{column_index(found[1]) - home}]", formula.translate(_STYLE).upper()
    )


def decode(rows: Iterable[Sequence[object]]) -> dict[str, str]:
    """The lines of a sheet as read: the first two cells of each row; whatever else stands there is passed over."""
    return {
        _text(row[0]): _text(row[1])
        for row, _ in zip(rows, range(MOST_LINES), strict=False)
        if len(row) > 1 and row[0]
    }


def edition_of(lines: Lines, form: Template) -> Template:
    """The form as it was when a file was handed out, where that is kept; else as it is now."""
    return edition(form, lines.get(VERSION, "")) or form


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
