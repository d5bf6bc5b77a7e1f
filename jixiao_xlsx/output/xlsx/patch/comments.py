"""The comments of a worksheet: read, replaced, removed, with the boxes that belong to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jixiao_xlsx.output.xlsx.patch.markup import (
    Element,
    add,
    add_in_order,
    child,
    children,
    local,
    qualified_tag,
    relation_id,
    relations_of,
    set_relation_id,
    set_text,
)
from jixiao_xlsx.output.xlsx.patch.note_shapes import has_shapes, with_shapes
from jixiao_xlsx.output.xlsx.patch.sheet import WORKSHEET_ORDER, SheetPart
from jixiao_xlsx.values.addresses import Position, a1, position

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_THREAD = "tc="  # begins the author of what older programs show for a threaded comment


@dataclass(frozen=True, slots=True)
class CellComment:
    """A comment on a cell; `width` and `height` of its box are pixels."""

    author: str
    text: str
    width: int = 144
    height: int = 79

    @property
    def threaded(self) -> bool:
        """Whether it stands for a thread, which is kept elsewhere and not to be touched."""
        return self.author.startswith(_THREAD)


def notes_of(sheet: SheetPart) -> dict[Position, CellComment]:
    """Return the comments of a sheet by the cells they are on. Raises Unpatchable."""
    part = sheet.package.related(sheet.part, "comments")
    if not part or not sheet.package.has(part):
        return {}
    root = sheet.package.tree(part)
    authors = [one.text or "" for one in children(child(root, "authors"))]
    notes = {}
    for one in children(child(root, "commentList"), "comment"):
        number = one.get("authorId", "")
        known = number.isdigit() and int(number) < len(authors)
        at = _place(one)
        if at is not None:
            notes[at] = CellComment(authors[int(number)] if known else "", _text(one))
    return notes


def change_notes(sheet: SheetPart, changes: Mapping[Position, CellComment | None]) -> None:
    """Set, replace or (None) remove the comments of some cells. Raises Unpatchable."""
    if not changes:
        return
    package = sheet.package
    part = package.related(sheet.part, "comments")
    if not part or not package.has(part):
        part = package.unused("xl/commentsJ{}.xml")
        namespace = qualified_tag(sheet.root, "")[1:-1]
        listed = f'<comments xmlns="{namespace}"><authors/><commentList/></comments>'
        package.put(part, listed.encode())
        package.declare(part, _TYPE)
        package.relate(sheet.part, "comments", part, relations_of(sheet.root))
    left = _write(package.edit(part), changes)
    if not left:
        _remove(sheet, "comments", part)
    _redraw(sheet, changes, emptied=not left)


def _write(root: Element, changes: Mapping[Position, CellComment | None]) -> int:
    """Change a list of comments, and return how many it has then."""
    listed, authors = child(root, "commentList"), child(root, "authors")
    if authors is None:
        authors = add(root, "authors")
        root.insert(0, authors)
    if listed is None:
        listed = add_in_order(root, "commentList", ("authors", "commentList", "extLst"))
    for one in list(children(listed)):
        if _place(one) in changes:
            listed.remove(one)
    names = [one.text or "" for one in children(authors)]
    for at, note in changes.items():
        if note is None:
            continue
        if note.author not in names:
            add(authors, "author").text = note.author
            names.append(note.author)
        made = add(listed, "comment", ref=a1(*at), authorId=str(names.index(note.author)))
        set_text(add(add(made, "text"), "t"), note.text)
    return sum(1 for _ in children(listed))


def _redraw(
    sheet: SheetPart, changes: Mapping[Position, CellComment | None], *, emptied: bool
) -> None:
    package = sheet.package
    pointer = child(sheet.root, "legacyDrawing")
    identity = "" if pointer is None else relation_id(pointer)
    targets = {one: target for one, _, target in package.relations(sheet.part)}
    part = targets.get(identity, "")
    before = package.read(part) if part and package.has(part) else b""
    added = {at: (note.width, note.height) for at, note in changes.items() if note is not None}
    drawing = with_shapes(before, changes.keys() if before else (), added)
    if emptied and not has_shapes(drawing):
        if pointer is not None:
            sheet.edit().remove(pointer)
            if part:
                _remove(sheet, "", part)
        return
    if not part:
        part = package.unused("xl/drawings/vmlDrawingJ{}.vml")
        identity = package.relate(sheet.part, "vmlDrawing", part, relations_of(sheet.root))
        if pointer is None:
            pointer = add_in_order(sheet.edit(), "legacyDrawing", WORKSHEET_ORDER)
        sheet.edit()
        set_relation_id(pointer, identity)
        package.declare_extension("vml", _DRAWING_TYPE)
    package.put(part, drawing)


def _remove(sheet: SheetPart, kind: str, part: str) -> None:
    """Remove a part of the sheet and the relation to it."""
    for identity, found, target in list(sheet.package.relations(sheet.part)):
        if target == part and kind in {"", found}:
            sheet.package.unrelate(sheet.part, identity)
    sheet.package.drop(part)


def _place(comment: Element) -> Position | None:
    try:
        return position(comment.get("ref", ""))
    except ValueError:
        return None


def _text(comment: Element) -> str:
    """Return the words of a comment, without how to pronounce them."""
    runs = [run for run in children(child(comment, "text")) if local(run) in {"t", "r"}]
    texts = [one for run in runs for one in run.iter() if local(one) == "t"]
    return "".join(one.text or "" for one in texts)
