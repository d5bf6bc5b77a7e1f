"""The digest of what is typed in a book of xlsxwriter, before it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell_fast

from jixiao_xlsx.output.typed_content import digest_of, typed_formula, typed_number, typed_words


def digest_of_book(book: Any) -> str:
    """Return what `typed_digest` will say of the file, for a tenth of the time; "" for a book with
    other cells than numbers, words and formulas.
    """
    strings = [
        typed_words(book._escape_control_characters(text)) for text in book.str_table.string_table
    ]
    try:
        return digest_of(
            sorted(
                f"{sheet.name}!{typed}"
                for sheet in book.worksheets()
                for typed in _cells(sheet, strings)
            )
        )
    except KeyError:
        return ""


def _cells(sheet: Any, strings: Sequence[str]) -> Iterator[str]:
    """Yield the address and the typed content of every cell that has any. Raises KeyError."""
    for row, cells in sheet.table.items():
        for column, cell in cells.items():
            kind = type(cell).__name__
            if kind == "Blank":
                continue
            typed = _KINDS[kind](cell, strings)
            if typed:
                yield f"{xl_rowcol_to_cell_fast(row, column)}:{typed}"


_KINDS: Mapping[str, Callable[[Any, Sequence[str]], str]] = {
    "String": lambda cell, strings: strings[cell.string],
    "Number": lambda cell, _: typed_number(f"{cell.number:.16G}"),
    "Datetime": lambda cell, _: typed_number(f"{cell.number:.16G}"),
    "Formula": lambda cell, _: f"={typed_formula(cell.formula)}",
}
