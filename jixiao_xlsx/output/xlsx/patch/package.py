"""A package of parts, of which some are changed; all others are copied as they lie in the file."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator

from jixiao_xlsx.output.xlsx.patch.container import (
    PackedPart,
    container_of,
    deflated_member,
    stored_member,
)
from jixiao_xlsx.output.xlsx.patch.markup import (
    MOST_BYTES,
    RELATIONS,
    Element,
    Unpatchable,
    add,
    children,
    dump,
    parse,
)

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "[Content_Types].xml"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class Package:
    """The parts of an OOXML file. Names are found in any letter case, as Office finds them."""

    def __init__(self, data: bytes) -> None:
        """Open a file. Raises Unpatchable where it is no zip container."""
        self._data = data
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile as error:
            raise Unpatchable(str(error)) from error
        self._stored = {info.filename: info for info in self._archive.infolist()}
        self._names = {name.lower(): name for name in self._stored}
        self._new: dict[str, bytes] = {}
        self._trees: dict[str, Element] = {}
        self._edited: dict[str, None] = {}
        self._dropped: set[str] = set()

    # ---------------------------------------------------------------------------------------- parts

    def has(self, part: str) -> bool:
        """Return whether there is such a part."""
        name = self._name(part)
        if name in self._dropped:
            return False
        return name in self._stored or name in self._new or name in self._trees

    def read(self, part: str, most: int = -1) -> bytes:
        """Return (the first `most` bytes of) a part as it is now, unless its tree is edited.

        Raises Unpatchable where it is missing, broken or too large.
        """
        name = self._name(part)
        if name in self._new:
            return self._new[name]
        info = self._stored.get(name)
        if info is None or info.file_size > MOST_BYTES:
            raise Unpatchable(f"{part} is missing or too large")
        try:
            with self._archive.open(info) as stream:
                return stream.read(most)
        except _UNREADABLE as error:
            raise Unpatchable(part) from error

    def tree(self, part: str) -> Element:
        """Return the root of a part, to be looked at. Raises Unpatchable."""
        name = self._name(part)
        if name not in self._trees:
            self._trees[name] = parse(self.read(name))
        return self._trees[name]

    def edit(self, part: str) -> Element:
        """Return the root of a part, to be changed. Raises Unpatchable."""
        tree = self.tree(part)
        self._edited[self._name(part)] = None
        return tree

    def put(self, part: str, content: bytes) -> None:
        """Set the bytes of a part, old or new."""
        name = self._name(part)
        self._names.setdefault(name.lower(), name)
        self._trees.pop(name, None)
        self._edited.pop(name, None)
        self._dropped.discard(name)
        self._new[name] = content

    def drop(self, part: str) -> None:
        """Remove a part with its relationships and its type; who points to it is left alone."""
        for name in (part, _relations_part(part)):
            self._dropped.add(self._name(name))
        for one in list(children(self.tree(_TYPES), "Override")):
            if one.get("PartName", "").lower() == f"/{part}".lower():
                self.edit(_TYPES).remove(one)

    def unused(self, pattern: str) -> str:
        """Return `pattern` with the first number that makes the name of no part."""
        number = 1
        while self.has(pattern.format(number)):
            number += 1
        return pattern.format(number)

    def _name(self, part: str) -> str:
        return self._names.get(part.lower(), part)

    # ------------------------------------------------------------------------- relations and types

    def main_part(self) -> str:
        """Return the part that the file is about: the workbook. Raises Unpatchable."""
        part = self.related("", "officeDocument")
        if not part:
            raise Unpatchable("no main part")
        return part

    def related(self, part: str, kind: str) -> str:
        """Return the first part inside the file that `part` is related to as `kind`; "" if none."""
        return next((target for _, found, target in self.relations(part) if found == kind), "")

    def relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Yield (id, kind, target) of what `part` is related to inside the file."""
        listed = _relations_part(part)
        if not self.has(listed):
            return
        for one in children(self.tree(listed), "Relationship"):
            if one.get("TargetMode") != "External":
                target = posixpath.join("/" + posixpath.dirname(part), one.get("Target", ""))
                name = self._name(posixpath.normpath(target).lstrip("/"))
                yield one.get("Id", ""), one.get("Type", "").rpartition("/")[2], name

    def outside(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield (part, id, kind, target) of every relation of any part to something outside the
        file. Relations that nobody can read lead nowhere and are passed over.
        """
        for listed in [name for name in self._stored if name.lower().endswith(".rels")]:
            if not self.has(listed) or b"External" not in self._readable(listed):
                continue
            folder, _, file = listed.rpartition("/")
            part = f"{folder.rpartition('_rels')[0]}{file.removesuffix('.rels')}"
            for one in children(self.tree(listed), "Relationship"):
                if one.get("TargetMode") == "External":
                    kind = one.get("Type", "").rpartition("/")[2]
                    yield part, one.get("Id", ""), kind, one.get("Target", "")

    def redirect(self, part: str, identity: str, target: str) -> None:
        """Let a relation of `part` lead to another target outside the file."""
        for one in children(self.edit(_relations_part(part)), "Relationship"):
            if one.get("Id") == identity:
                one.set("Target", target)

    def _readable(self, part: str) -> bytes:
        try:
            return self.read(part)
        except Unpatchable:
            return b""

    def relate(self, part: str, kind: str, target: str, namespace: str = RELATIONS) -> str:
        """Relate `part` to another part as `kind`, and return the id."""
        listed = _relations_part(part)
        if not self.has(listed):
            self.put(listed, f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode())
        relations = self.edit(listed)
        taken = {one.get("Id") for one in children(relations)}
        number = 1
        while f"rIdJ{number}" in taken:
            number += 1
        identity = f"rIdJ{number}"
        kind = f"{namespace}/{kind}"
        add(relations, "Relationship", Id=identity, Type=kind, Target=f"/{target}")
        return identity

    def unrelate(self, part: str, identity: str) -> None:
        """Remove the relation of that id."""
        relations = self.edit(_relations_part(part))
        for one in list(children(relations)):
            if one.get("Id") == identity:
                relations.remove(one)

    def type_of(self, part: str) -> str:
        """Return the content type that is declared for a part by its name; "" if none."""
        return next((one.get("ContentType", "") for one in self._overrides(part)), "")

    def declare(self, part: str, content_type: str) -> None:
        """Set the content type of a part."""
        types = self.edit(_TYPES)
        for one in self._overrides(part):
            one.set("ContentType", content_type)
            return
        add(types, "Override", PartName=f"/{part}", ContentType=content_type)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Set the content type of parts by the end of their names, where none is set yet."""
        types = self.tree(_TYPES)
        known = {one.get("Extension", "").lower() for one in children(types, "Default")}
        if extension not in known:
            types = self.edit(_TYPES)
            made = add(types, "Default", Extension=extension, ContentType=content_type)
            types.insert(0, made)

    def _overrides(self, part: str) -> list[Element]:
        wanted = f"/{part}".lower()
        listed = children(self.tree(_TYPES), "Override")
        return [one for one in listed if one.get("PartName", "").lower() == wanted]

    # ----------------------------------------------------------------------------------------- save

    def save(self) -> bytes:
        """Return the file. Raises Unpatchable where a part that is copied is not there."""
        try:
            return container_of(self._members())
        except zipfile.BadZipFile as error:
            raise Unpatchable(str(error)) from error

    def _members(self) -> Iterator[PackedPart]:
        changed = self._new | {name: dump(self._trees[name]) for name in self._edited}
        for name in self._dropped:
            changed.pop(name, None)
        for name, info in self._stored.items():
            if name in changed:
                yield deflated_member(name, changed.pop(name))
            elif name not in self._dropped:
                yield stored_member(self._data, info)
        for name, content in changed.items():
            yield deflated_member(name, content)


def _relations_part(part: str) -> str:
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels".lstrip("/")
