"""What the titles of a form may look like in a file: spellings, listed aliases, and the words that are no content.

Three ranks of likeness: 0 the title itself, 1 a listed alias, 2 a spelling that differs only by numbering, 其中：, a
unit in brackets or a star, where that is unambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.spec import SheetSpec, TableSpec, Template
from jixiao_xlsx.reading.explanations import REMARKS_SHEET
from jixiao_xlsx.values.text import tidy

LONGEST_TITLE = 80
OPINION_SHEET = "审核意见"  # the sheet that an annotated copy carries and a corrected one brings back: ours, never content
MACHINE_SHEET = "_"
READ_BARE = frozenset({REMARKS_SHEET, hidden_mark.MARK_SHEET})
_MOST_SEEN = 4096
_NUMBERING = re.compile(r"^(?:[(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)、.])+")
_UNIT = re.compile(r"[(\[](?:单位:)?([^()\[\]]{1,4})[)\]]$")
_ORDINAL = frozenset({"序号", "行次", "栏次"})
_NOTE = re.compile(
    r"^(?:[*※]|(?:备?注|说明|填[表报]说明|编制说明|附注)\d*[:.、]|填[表报]说明|(?:金额|计量)?单位:|(?:编制|填报)(?:单位|部门)[:(]"
    r"|还有\d+处不平$|必填未填\d+项$|没有填$|✓相符$)"
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
    """What two spellings of a title share; "" for text too long to be one."""
    return tidy(text) if len(text) <= LONGEST_TITLE else ""


@lru_cache(maxsize=1 << 14)
def loosen(title: str, unit: str = "") -> str:
    """`title` (a key) without numbering, 其中：, stars, a colon at its end, or its own unit in brackets."""
    text = title.strip("*").rstrip(":")
    text = _NUMBERING.sub("", text).removeprefix("其中:")
    found = _UNIT.search(text)
    if found and unit and found[1] == unit:
        text = text[: found.start()]
    return text.strip("*").rstrip(":")


@dataclass(frozen=True)
class Names:
    """The titles of one axis and all their spellings."""

    exact: Mapping[str, str]
    alias: Mapping[str, str]
    loose: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    units: Mapping[str, str]
    seen: dict[str, tuple[int, str] | None] = field(default_factory=dict)

    def find(self, text: str) -> tuple[int, str] | None:
        """(rank, title) of a key, or None. Remembered: the same labels come back in every file of a season."""
        try:
            return self.seen[text]
        except KeyError:
            if len(self.seen) >= _MOST_SEEN:
                self.seen.clear()
            found = self.seen[text] = self._find(text)
            return found

    def _find(self, text: str) -> tuple[int, str] | None:
        if text in self.exact:
            return 0, self.exact[text]
        if text in self.alias:
            return 1, self.alias[text]
        for pattern, title in self.patterns:
            if pattern.fullmatch(text):
                return 1, title
        return self.like(text)

    def like(self, text: str) -> tuple[int, str] | None:
        """The third rank alone."""
        title = self.loose.get(loosen(text))
        if title is None and (found := _UNIT.search(text.strip("*").rstrip(":"))):
            title = self.loose.get(loosen(text, found[1]))
            if title is not None and self.units.get(title) != found[1]:
                return None  # a heading in another unit is another column
        return None if title is None else (2, title)


@dataclass(frozen=True)
class TableTitles:
    """All words of one table; `kinds` and `rows_of` remember what the form says of its cells, and of rows laid out alike."""

    columns: Names
    rows: Names
    extras: Names
    heading: re.Pattern[str]
    caption: str
    total: str
    tick: str
    words: frozenset[str]
    kinds: dict[tuple[str, str], Any] = field(default_factory=dict)
    rows_of: dict[tuple[str, tuple[tuple[int, str], ...]], Any] = field(default_factory=dict)

    def keep(self, key: tuple[str, tuple[tuple[int, str], ...]], row: Any) -> Any:
        """Remember a row of that layout: most files of a season are laid out alike."""
        if len(self.rows_of) >= _MOST_SEEN:
            self.rows_of.clear()
        self.rows_of[key] = row
        return row


@dataclass(frozen=True)
class FormTitles:
    """All words of one form."""

    sheets: Names
    copies: re.Pattern[str] | None
    tables: Mapping[str, TableTitles]
    unread: frozenset[str]
    words: frozenset[str]
    headings: tuple[re.Pattern[str], ...]

    def reads(self, sheet: str, *, hidden: bool) -> bool:
        """Whether a worksheet of that name is read at all; the others are not even looked into."""
        return sheet in READ_BARE or (
            title_key(sheet) not in self.unread and not (hidden and sheet.startswith(MACHINE_SHEET))
        )


_VOCABULARIES: dict[int, tuple[Template, FormTitles]] = {}


def titles_of(template: Template) -> FormTitles:
    """The words of `template`, compiled once (by identity: hashing a whole form would cost more than reading a file)."""
    known = _VOCABULARIES.get(id(template))
    if known is None or known[0] is not template:
        known = _VOCABULARIES[id(template)] = (template, _vocabulary(template))
    return known[1]


def _vocabulary(template: Template) -> FormTitles:
    words = {title_key(template.title), title_key(template.file_name), *_ORDINAL}
    for sheet in template.sheets:
        words |= {title_key(text) for text in (sheet.title, *sheet.aliases, *sheet.signature)}
    repeated = template.repeated
    tables = {table.name: _lexicon(table) for table in template.tables}
    return FormTitles(
        sheets=_names(
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
        words=frozenset(words),
        headings=(
            *(lexicon.heading for lexicon in tables.values()),
            *(_pattern("{year}年度" + (sheet.heading or sheet.title)) for sheet in template.sheets),
        ),
    )


def _copies(titles: Iterable[str]) -> re.Pattern[str]:
    """A repeated sheet's title as copies carry it: 项目, 项目3, 项目 (2), 项目3(2)."""
    known = "|".join(re.escape(title_key(title)) for title in titles)
    return re.compile(rf"(?:{known})\d*(?:\(\d+\))*")


def _titles(sheet: SheetSpec) -> tuple[str, ...]:
    return (sheet.title, *sheet.aliases)


def _lexicon(table: TableSpec) -> TableTitles:
    units = {column.title: table.unit_of("", column) for column in table.columns}
    hints = {row.hint for row in table.rows if row.hint}
    groups = {row.group for row in table.rows if row.group}
    captions = (
        {loosen(title_key(table.heading)), title_key(table.heading)}
        if table.caption
        else {title_key(table.name)}
    )
    return TableTitles(
        columns=_names(
            (column.title, column.aliases, units[column.title]) for column in table.columns
        ),
        rows=_names((row.title, row.aliases, row.unit or table.unit) for row in table.rows),
        extras=_names((extra.title, extra.aliases, "") for extra in table.extras),
        heading=_pattern(table.heading),
        caption=loosen(title_key(table.heading)),
        total=title_key(table.total),
        tick=title_key(table.tick),
        words=frozenset(
            {title_key(text) for text in (table.label_title, table.name, *hints, *groups)}
            | captions
        ),
    )


def _names(titles: Iterable[tuple[str, tuple[str, ...], str]]) -> Names:
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
    return Names(
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
    """A heading or alias with {year} and {department} as a pattern over keys."""
    escaped = (
        re.escape(title_key(text))
        .replace(r"\{year\}", r"(?:\d{2,4})?")
        .replace(r"\{department\}", ".*")
    )
    return re.compile(escaped)


# ------------------------------------------------------------------------------------------------- words around a table


@lru_cache(maxsize=_MOST_SEEN)
def is_note(text: str) -> bool:
    """A line of explanation or of units: known text, never content."""
    return bool(_NOTE.match(text))


@lru_cache(maxsize=_MOST_SEEN)
def is_signature(text: str) -> bool:
    """A place for a name, a stamp or a date at the foot of a form."""
    return bool(_SIGNATURE.match(text) or _STAMP.match(text))


def is_ordinal(text: str) -> bool:
    """The heading of a column, or the label of a row, that only counts."""
    return text in _ORDINAL


def tick_label(text: str) -> str:
    """A tick's label without its box."""
    return text.strip(_BOXES + "()[]:")


def is_ticked(text: str, label: str = "") -> bool:
    """Whether what stands in a tick's cell (a key) says yes."""
    if any(mark in text for mark in _TICKED):
        return True
    return text in _TICK_WORDS or bool(label and text.strip(_BOXES) == label)
