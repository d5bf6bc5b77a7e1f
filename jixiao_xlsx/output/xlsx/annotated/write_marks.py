"""Marks put into a workbook, and those of an earlier round taken out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from jixiao_xlsx.output.xlsx.annotated.marks import (
    CULPRIT_COLOURS,
    OUTLINE_COLOURS,
    SEVERITY_COLOURS,
    Look,
    Mark,
)
from jixiao_xlsx.output.xlsx.patch.comments import CellComment, change_notes, notes_of
from jixiao_xlsx.output.xlsx.patch.markup import Unpatchable, clean
from jixiao_xlsx.output.xlsx.patch.sheet import SheetPart
from jixiao_xlsx.output.xlsx.patch.styles import NO_COLOUR, StyleSheet
from jixiao_xlsx.output.xlsx.patch.workbook import WorkbookPart
from jixiao_xlsx.reading.titles import OPINION_SHEET
from jixiao_xlsx.values.addresses import Position, a1
from jixiao_xlsx.values.cells import Place

AUTHOR = "财政审核"
# What a cell looked like before stands behind the author, where nobody has to read it: it moves
# with the cell, and every program keeps it.
_FILL, _BORDER = "底", "框"
_BEFORE = re.compile(
    f"{AUTHOR}(?:·({_FILL}|{_BORDER})(?:[0-9A-Fa-f]{{2}}(?=[0-9A-Fa-f]{{6}}$))?(.*))?"
)
_THEIRS = "\n—— 原有批注 ——\n"
_OURS = frozenset({*SEVERITY_COLOURS.values(), *CULPRIT_COLOURS.values()})
_TOP = 5  # rows of a sheet that hold its title and headings
# Comments: Chinese characters per line, then width, height of a line and greatest height in pixels.
_LETTERS_PER_LINE, _WIDTH, _LINE, _TALLEST = 26, 330, 17, 420
_BACK = f"'{OPINION_SHEET}'!A1"


@dataclass(slots=True)
class _SheetMarks:
    """The comments of a sheet as they will be, while cells are cleared and marked."""

    sheet: SheetPart
    notes: dict[Position, CellComment]
    changes: dict[Position, CellComment | None] = field(default_factory=dict)

    def note(self, at: Position) -> CellComment | None:
        return self.changes[at] if at in self.changes else self.notes.get(at)


def write_marks(book: WorkbookPart, marks: Iterable[Mark]) -> tuple[str, ...]:
    """Take out the marks of an earlier round and put in these; return notes for the department.

    A cell of a merged area is marked at its first cell. A threaded comment stays as it is, and
    its cell is only coloured. Raises Unpatchable.
    """
    by_sheet: dict[str, list[Mark]] = {name: [] for name in book.sheets}
    for mark in marks:
        by_sheet[mark.sheet].append(mark)
    threaded = []
    for name, found in by_sheet.items():
        sheet = book.sheets[name]
        notes = notes_of(sheet) if found else _readable_notes(sheet)
        ours = [at for at, note in notes.items() if _BEFORE.fullmatch(note.author)]
        if not found and not ours:
            continue
        state = _SheetMarks(sheet, notes)
        for at in ours:
            _clear(state, at, book.styles)
        for at, here in _merged_marks(sheet, found).items():
            if not _mark(state, at, here, book.styles):
                threaded.append(str(Place(name, a1(*at))))
        change_notes(sheet, state.changes)
        if found:
            _link_back(sheet, {sheet.top_left(mark.at) for mark in found})
    if not threaded:
        return ()
    return (f"{'、'.join(threaded)} 原有带回复的批注，没有改动；意见见下表。",)


def _readable_notes(sheet: SheetPart) -> dict[Position, CellComment]:
    """Return the comments of a sheet that has no findings; none where they are broken."""
    try:
        return notes_of(sheet)
    except Unpatchable:
        return {}


def _merged_marks(sheet: SheetPart, marks: Sequence[Mark]) -> dict[Position, list[Mark]]:
    """Return the marks by the first cells of the merged areas they are in."""
    found: dict[Position, list[Mark]] = {}
    for mark in marks:
        found.setdefault(sheet.top_left(mark.at), []).append(mark)
    return found


def _clear(state: _SheetMarks, at: Position, styles: StyleSheet) -> None:
    """Remove our comment and put back the fill colour or the border noted in it."""
    note = state.notes[at]
    _, _, theirs = note.text.partition(_THEIRS)
    style, noted = state.sheet.style(at), _BEFORE.fullmatch(note.author)
    kind, before = (noted[1], noted[2]) if noted and noted[1] else ("", NO_COLOUR)
    if kind == _BORDER:
        state.sheet.set_style(at, styles.bordered(style, _unpacked(before)))
    elif kind == _FILL or styles.colour(style) in _OURS:
        state.sheet.set_style(at, styles.filled(style, "" if before == NO_COLOUR else before))
    state.changes[at] = CellComment("", theirs) if theirs else None


def _packed(border: str) -> str:
    """Return the four sides of a border as one where they are alike."""
    sides = set(border.split(","))
    return sides.pop() if len(sides) == 1 else border


def _unpacked(border: str) -> str:
    return border if "," in border else ",".join([border] * 4)


def _mark(state: _SheetMarks, at: Position, marks: Sequence[Mark], styles: StyleSheet) -> bool:
    """Colour or outline a cell and comment on it; return whether the comment could be made."""
    style = state.sheet.style(at)
    strongest = min(marks, key=lambda mark: mark.strength)
    if strongest.look is Look.FOLLOWS:
        outline = styles.outlined(style, OUTLINE_COLOURS[strongest.severity])
        state.sheet.set_style(at, outline)
        before = f"·{_BORDER}{_packed(styles.border(style))}"
    else:
        strong = strongest.look is Look.CULPRIT
        colours = CULPRIT_COLOURS if strong else SEVERITY_COLOURS
        state.sheet.set_style(at, styles.filled(style, colours[strongest.severity]))
        colour = styles.colour(style)
        before = colour and f"·{_FILL}{colour}"
    theirs = state.note(at)
    if theirs is not None and theirs.threaded:
        return False
    text = clean("\n\n".join(mark.text for mark in marks))
    if theirs is not None and theirs.text:
        text += _THEIRS + theirs.text
    lines = sum(max(1, -(-_width(line) // (2 * _LETTERS_PER_LINE))) for line in text.split("\n"))
    height = min(lines * _LINE + 14, _TALLEST)
    state.changes[at] = CellComment(AUTHOR + before, text, _WIDTH, height)
    return True


def _width(text: str) -> int:
    """Return the width of `text` in half-width letters."""
    return len(text.encode("gb18030", "replace"))


def _link_back(sheet: SheetPart, marked: set[Position]) -> None:
    """Let the title of a sheet with findings, or what stands first below it, lead back.

    Cells to be corrected get no link: a click there is to type.
    """
    links = list(sheet.links())
    if any(location == _BACK for _, location in links):
        return  # from an earlier round

    def is_free(at: Position) -> bool:
        linked = any(t <= at[0] <= b and le <= at[1] <= r for (t, le, b, r), _ in links)
        alone = sheet.top_left(at) == at and at not in marked
        return alone and not linked and sheet.is_filled(at)

    free = next((at for at in sheet.cells(0, _TOP - 1) if is_free(at)), None)
    if free is not None:
        sheet.add_link(free, _BACK, f"回到“{OPINION_SHEET}”")
