"""Find which worksheet of a file is which sheet of the form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jixiao_xlsx.form.spec import SheetSpec, TableSpec, Template
from jixiao_xlsx.reading.find_tables import find_header
from jixiao_xlsx.reading.titles import FormTitles, TableTitles, title_key
from jixiao_xlsx.reading.worksheet import Worksheet

# Parts of a table's titles that a sheet must have to be recognised by its content.
_COLUMNS, _ROWS = 0.6, 0.5
_COPY = re.compile(r"\(\d{1,2}\)$|-?副本$")


@dataclass(frozen=True)
class SheetMatch:
    """Which worksheet is which sheet of the form, by title, as positions in the file.

    `renamed` are the titles of sheets recognised by their content; `copies` are the worksheets that
    are the form's repeated sheet, in the order of the file; `originals` are the hidden ones of a
    title whose visible copy was taken instead.
    """

    by_title: Mapping[str, int]
    renamed: frozenset[str] = field(default_factory=frozenset)
    copies: tuple[int, ...] = ()
    originals: Mapping[str, int] = field(default_factory=dict)

    def of(self, sheet: SheetSpec) -> tuple[int, ...]:
        """Return the worksheets of a sheet of the form: one, several where it repeats, or none."""
        if sheet.repeats:
            return self.copies
        return (self.by_title[sheet.title],) if sheet.title in self.by_title else ()


def match_sheets(form: Template, titles: FormTitles, sheets: Sequence[Worksheet]) -> SheetMatch:
    """Match by title, then alias, then a freer spelling, then content where there is no doubt."""
    named = _by_name(form, titles, sheets)
    originals = _visible_copies(titles, sheets, named)
    copies = _copies(form, titles, sheets, set(named.values()))
    taken = {*named.values(), *copies, *originals.values()}
    free = {
        number: sheet
        for number, sheet in enumerate(sheets)
        if number not in taken and not sheet.hidden and sheet.filled
    }
    alike = _by_content(form, titles, list(_missing(form, named)), free)
    return SheetMatch(named | alike, frozenset(alike), copies, originals)


def _by_name(form: Template, titles: FormTitles, sheets: Sequence[Worksheet]) -> dict[str, int]:
    """Return title → worksheet by the names of the worksheets, the closest spelling first."""
    repeated = form.repeated.title if form.repeated else None
    claims = [
        (match[0], number, match[1])
        for number, sheet in enumerate(sheets)
        if (match := titles.sheets.find(title_key(sheet.name))) and match[1] != repeated
    ]
    named: dict[str, int] = {}
    for _, number, title in sorted(claims):
        if title not in named and number not in named.values():
            named[title] = number
    return named


def _visible_copies(
    titles: FormTitles, sheets: Sequence[Worksheet], named: dict[str, int]
) -> dict[str, int]:
    """Put the visible copy, “收支总表 (2)”, in the place of a hidden original; return those."""
    originals = {}
    for number, sheet in enumerate(sheets):
        stem = _COPY.sub("", title_key(sheet.name))
        if sheet.hidden or stem == title_key(sheet.name):
            continue
        match = titles.sheets.find(stem)
        if match and match[1] in named and sheets[named[match[1]]].hidden:
            originals[match[1]], named[match[1]] = named[match[1]], number
    return originals


def _missing(form: Template, named: Mapping[str, int]) -> Iterator[str]:
    """Yield the titles of sheets with tables that no worksheet is named after."""
    for sheet in form.sheets:
        wanted = sheet.kind == "data" and not sheet.repeats and form.tables_of(sheet.title)
        if wanted and sheet.title not in named:
            yield sheet.title


def _by_content(
    form: Template, titles: FormTitles, missing: Sequence[str], free: Mapping[int, Worksheet]
) -> dict[str, int]:
    """Return title → worksheet where each looks like the other alone."""
    alike = [
        (title, number)
        for title in missing
        for number, sheet in free.items()
        if all(_has(titles.tables[one.name], one, sheet) for one in form.tables_of(title))
    ]
    by_title = Counter(title for title, _ in alike)
    by_number = Counter(number for _, number in alike)
    return {
        title: number for title, number in alike if by_title[title] == 1 and by_number[number] == 1
    }


def _copies(
    form: Template, titles: FormTitles, sheets: Sequence[Worksheet], taken: set[int]
) -> tuple[int, ...]:
    """Return the worksheets that are the repeated sheet.

    By name, or, whatever a department calls them, by most of their tables.
    """
    if form.repeated is None:
        return ()
    tables = form.tables_of(form.repeated.title)

    def alike(sheet: Worksheet) -> bool:
        if titles.copies and titles.copies.fullmatch(title_key(sheet.name)):
            return True
        if sheet.hidden:
            return False
        return 2 * sum(_has(titles.tables[one.name], one, sheet) for one in tables) > len(tables)

    return tuple(
        number for number, sheet in enumerate(sheets) if number not in taken and alike(sheet)
    )


def _has(titles: TableTitles, table: TableSpec, sheet: Worksheet) -> bool:
    """Return whether a worksheet has enough of the titles of a table."""
    matches = (titles.rows.find(text) for text in sheet.keys.values() if text)
    labels = {match[1] for match in matches if match}
    if table.shape == "record":
        return len(table.rows) > 1 and len(labels) >= _COLUMNS * len(table.rows)
    header = find_header(sheet, titles, 0, sheet.height)
    return (
        header is not None
        and len(header.columns) >= max(_COLUMNS * len(table.columns), 1)
        and len(labels) >= _ROWS * len(table.rows)
    )
