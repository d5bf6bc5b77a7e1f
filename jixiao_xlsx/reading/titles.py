"""Titles of a form as they may look in a file, and texts around tables that are no content.

Three ranks of likeness: 0 the title itself, 1 a listed alias, 2 a spelling that differs only by
numbering, 其中：, a unit in brackets or a star, where that is unambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.spec import SheetSpec, TableSpec, Template
from jixiao_xlsx.reading.explanations import REMARKS_SHEET
from jixiao_xlsx.values.amounts import MONEY_UNITS
from jixiao_xlsx.values.text import tidy

_LONGEST_TITLE = 80
# The sheet that an annotated copy carries and a corrected one brings back: ours, never content.
OPINION_SHEET = "审核意见"
_MACHINE_SHEET = "_"
READ_BARE = frozenset({REMARKS_SHEET, hidden_mark.MARK_SHEET})
_CACHED_TEXTS = 4096
_NUMBERING = re.compile(r"^(?:[(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)、.])+")
_UNIT = re.compile(r"[(\[](?:单位:)?([^()\[\]]{1,4})[)\]]$")
_ORDINAL = frozenset({"序号", "行次", "栏次"})
_NOTE = re.compile(
    r"^(?:[*※]|(?:备?注|说明|填[表报]说明|编制说明|附注)\d*[:.、]|填[表报]说明|(?:金额|计量)?单位:|(?:编制|填报)(?:单位|部门)[:(]"
    r"|还有\d+处不平$|必填未填\d+项$|没有填$|✓(?:核对了\d+处[,，])?相符$)"
)
_SIGNATURE = re.compile(
    r"^(?:单位|部门|财务|分管|主要|机构)?(?:负责人|领导|填[报表]人|制[表单]人?|审核人?|复核人?|经办人|联系人|联系电话|电话|填[报表]日期|日期)"
    r"(?:[(][^()]*[)])*:"
)
_STAMP = re.compile(r"^[(]?(?:单位|部门)?(?:公章|盖章|签章)[)]?:?$|^\d{0,4}年\d{0,2}月\d{0,2}日$")
_BOXES = "□☐☑☒√✓✔■○●◯"
_TICKED = "☑☒√✓✔■●"
_TICK_WORDS = frozenset({"是", "1", "x", "X", "×", "y", "Y", "v", "V", "有", "对"})


@lru_cache(maxsize=1 << 14)
def title_key(text: str) -> str:
    """Return what two spellings of a title share; "" for text too long to be one."""
    return tidy(text) if len(text) <= _LONGEST_TITLE else ""


@lru_cache(maxsize=1 << 14)
def loosen(title: str, unit: str = "") -> str:
    """Return a title key without numbering, 其中：, stars, a final colon, or its unit in brackets."""
    text = title.strip("*").rstrip(":")
    text = _NUMBERING.sub("", text).removeprefix("其中:")
    found = _UNIT.search(text)
    if found and unit and found[1] == unit:
        text = text[: found.start()]
    return text.strip("*").rstrip(":")


@dataclass(frozen=True, eq=False)
class Spellings:
    """The titles of one axis by all their spellings (as keys)."""

    exact: Mapping[str, str]
    alias: Mapping[str, str]
    loose: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    units: Mapping[str, str]

    def find(self, text: str) -> tuple[int, str] | None:
        """Return (rank, title) of a key, or None."""
        return _find_title(self, text)


@lru_cache(maxsize=1 << 16)  # the same labels come back in every file of a season
def _find_title(spellings: Spellings, text: str) -> tuple[int, str] | None:
    if text in spellings.exact:
        return 0, spellings.exact[text]
    if text in spellings.alias:
        return 1, spellings.alias[text]
    for pattern, title in spellings.patterns:
        if pattern.fullmatch(text):
            return 1, title
    return _find_loosely(spellings, text)


def _find_loosely(spellings: Spellings, text: str) -> tuple[int, str] | None:
    title = spellings.loose.get(loosen(text))
    if title is None and (unit := _UNIT.search(text.strip("*").rstrip(":"))):
        title = spellings.loose.get(loosen(text, unit[1]))
        if title is not None and not _same_kind(spellings.units.get(title, ""), unit[1]):
            return None  # a heading in another unit is another column
    return None if title is None else (2, title)


def in_another_unit(text: str, unit: str) -> bool:
    """Return whether a heading (a key) ends in another unit of money than its form's."""
    stated = _UNIT.search(text)
    return stated is not None and stated[1] != unit and {unit, stated[1]} <= MONEY_UNITS


def _same_kind(wanted: str, stated: str) -> bool:
    """Return whether a unit is that of the form, or both are of money: then it is judged later."""
    return wanted == stated or (wanted in MONEY_UNITS and stated in MONEY_UNITS)


@dataclass(frozen=True, eq=False)
class TableTitles:
    """All titles of one table; `other_texts` belong to its form and are no content."""

    table: TableSpec
    columns: Spellings
    rows: Spellings
    extras: Spellings
    heading: re.Pattern[str]
    caption: str
    total: str
    tick: str
    other_texts: frozenset[str]


@dataclass(frozen=True)
class FormTitles:
    """All titles of one form; `other_texts` belong to it and are no content."""

    sheets: Spellings
    copies: re.Pattern[str] | None
    tables: Mapping[str, TableTitles]
    unread: frozenset[str]
    other_texts: frozenset[str]
    headings: tuple[re.Pattern[str], ...]

    def reads(self, sheet: str, *, hidden: bool) -> bool:
        """Return whether a worksheet of that name is read; the guard does not look into others."""
        return sheet in READ_BARE or (
            title_key(sheet) not in self.unread
            and not (hidden and sheet.startswith(_MACHINE_SHEET))
        )


@lru_cache(maxsize=64)
def titles_of(template: Template) -> FormTitles:
    """Return the titles of a form, compiled once."""
    other_texts = {title_key(template.title), title_key(template.file_name), *_ORDINAL}
    for sheet in template.sheets:
        other_texts |= {title_key(text) for text in (sheet.title, *sheet.aliases, *sheet.signature)}
    repeated = template.repeated
    tables = {table.name: _table_titles(table) for table in template.tables}
    return FormTitles(
        sheets=_spellings(
            (sheet.title, sheet.aliases, "") for sheet in template.sheets if sheet.kind == "data"
        ),
        copies=_copies(_titles(repeated)) if repeated else None,
        tables=tables,
        unread=frozenset(
            {
                title_key(OPINION_SHEET),
                *(
                    title_key(title)
                    for sheet in template.sheets
                    if sheet.kind != "data"
                    for title in _titles(sheet)
                ),
            }
        ),
        other_texts=frozenset(other_texts),
        headings=(
            *(titles.heading for titles in tables.values()),
            *(_pattern("{year}年度" + (sheet.heading or sheet.title)) for sheet in template.sheets),
        ),
    )


def _copies(titles: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of a repeated sheet's copies: 项目, 项目3, 项目 (2), 项目3(2)."""
    stems = "|".join(re.escape(title_key(title)) for title in titles)
    return re.compile(rf"(?:{stems})\d*(?:\(\d+\))*")


def _titles(sheet: SheetSpec) -> tuple[str, ...]:
    return (sheet.title, *sheet.aliases)


def _table_titles(table: TableSpec) -> TableTitles:
    units = {column.title: table.unit_of("", column) for column in table.column.values()}
    hints = {row.hint for row in table.rows if row.hint}
    groups = {row.group for row in table.rows if row.group}
    captions = (
        {loosen(title_key(table.heading)), title_key(table.heading)}
        if table.caption
        else {title_key(table.name)}
    )
    return TableTitles(
        table=table,
        columns=_spellings(
            (column.title, column.aliases, units[column.title]) for column in table.column.values()
        ),
        rows=_spellings(
            (row.title, row.aliases, row.unit or table.unit) for row in table.row.values()
        ),
        extras=_spellings((extra.title, extra.aliases, "") for extra in table.extras),
        heading=_pattern(table.heading),
        caption=loosen(title_key(table.heading)),
        total=title_key(table.total),
        tick=title_key(table.tick),
        other_texts=frozenset(
            {title_key(text) for text in (table.label_title, table.name, *hints, *groups)}
            | captions
        ),
    )


def _spellings(titles: Iterable[tuple[str, tuple[str, ...], str]]) -> Spellings:
    entries = list(titles)
    exact = {title_key(title): title for title, _, _ in entries}
    alias: dict[str, str] = {}
    patterns = []
    for title, aliases, _ in entries:
        for name in aliases:
            if "{" in name:
                patterns.append((_pattern(name), title))
            else:
                alias.setdefault(title_key(name), title)
    units = {title: unit for title, _, unit in entries}
    return Spellings(
        exact, alias, _unambiguous([*exact.items(), *alias.items()]), tuple(patterns), units
    )


def _unambiguous(spellings: list[tuple[str, str]]) -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for spelling, title in spellings:
        owners.setdefault(loosen(spelling), set()).add(title)
    return {
        loose: next(iter(titles)) for loose, titles in owners.items() if len(titles) == 1 and loose
    }


def _pattern(text: str) -> re.Pattern[str]:
    """Return the pattern over keys of a heading or alias with {year} and {department}."""
    escaped = (
        re.escape(title_key(text))
        .replace(r"\{year\}", r"(?:\d{2,4})?")
        .replace(r"\{department\}", ".*")
    )
    return re.compile(escaped)


# ----------------------------------------------------------------------------- texts around a table


@lru_cache(maxsize=_CACHED_TEXTS)
def is_note(text: str) -> bool:
    """Return whether a key is a line of explanation or of units, never content."""
    return bool(_NOTE.match(text))


@lru_cache(maxsize=_CACHED_TEXTS)
def is_signature(text: str) -> bool:
    """Return whether a key is a place for a name, a stamp or a date at the foot of a form."""
    return bool(_SIGNATURE.match(text) or _STAMP.match(text))


def is_ordinal(text: str) -> bool:
    """Return whether a key heads a column, or labels a row, that only counts."""
    return text in _ORDINAL


def tick_label(text: str) -> str:
    """Return a tick's label without its box."""
    return text.strip(_BOXES + "()[]:")


def is_ticked(text: str, label: str = "") -> bool:
    """Return whether the text in a tick's cell (a key) means yes."""
    if any(mark in text for mark in _TICKED):
        return True
    return text in _TICK_WORDS or bool(label and text.strip(_BOXES) == label)
