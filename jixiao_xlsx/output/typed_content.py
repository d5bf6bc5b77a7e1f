"""What a person could have typed into an output: saving it again in another program changes no
digest of it.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from xml.etree import ElementTree

from jixiao_xlsx.intake.file_kinds import Refused, open_zip
from jixiao_xlsx.reading.flags.sheet_flags import WORKBOOK_BOUNDS
from jixiao_xlsx.reading.guard import UNREADABLE_PART

_BOOK, _BOOK_LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedStrings.xml"
_COMMENTS = re.compile(r"xl/(?:comments/)?comments?\d*\.xml")
_WORDS = re.compile(r"word/(?:document|header\d*|footer\d*|comments)\.xml")


def typed_digest(name: str, data: bytes) -> str:
    """Return the digest of the values, formulas and comments of a workbook, or of the words of a
    document, by the end of its `name`; "" for any other file, and for one that cannot be read.
    """
    try:
        if name.endswith(".xlsx"):
            lines = sorted(_workbook(data))
        elif name.endswith(".docx"):
            lines = list(_document(data))
        else:
            return ""
    except (Refused, ElementTree.ParseError, *UNREADABLE_PART):
        return ""
    return digest_of(lines)


def digest_of(lines: Iterable[str]) -> str:
    """Return the digest of what is typed: for a workbook, lines of `sheet!address:content` in their
    order as texts.
    """
    return hashlib.sha256("\0".join(lines).encode("utf-8", "replace")).hexdigest()


def typed_number(value: str) -> str:
    """Return a number as every program writes it."""
    return f"{float(value):.12g}"


def typed_words(text: str) -> str:
    """Return words as every program writes them."""
    return text.replace("\r\n", "\n").replace("_x000D_", "")


def typed_formula(text: str) -> str:
    """Return a formula as every program writes it: some put quotes around names of sheets."""
    return "".join(text.split()).replace("'", "")


def _workbook(data: bytes) -> Iterator[str]:
    with open_zip(data) as archive:
        names = set(archive.namelist())
        strings = [*_texts(_parsed(archive, _STRINGS), "si")] if _STRINGS in names else []
        for title, part in _sheets(archive):
            for typed in _cells(_parsed(archive, part), strings):
                yield f"{title}!{typed}"
        for part in filter(_COMMENTS.fullmatch, names):
            yield from _texts(_parsed(archive, part), "comment")


def _document(data: bytes) -> Iterator[str]:
    with open_zip(data) as archive:
        for part in sorted(filter(_WORDS.fullmatch, archive.namelist())):
            yield from filter(None, _texts(_parsed(archive, part), "p"))


def _parsed(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    """Return the root of a part. Raises Refused where it declares a DOCTYPE."""
    xml = archive.read(part)
    if b"<!DOCTYPE" in xml:
        raise Refused(WORKBOOK_BOUNDS.doctype)
    return ElementTree.fromstring(xml)


def _namespace(root: ElementTree.Element) -> str:
    return root.tag[: root.tag.rfind("}") + 1]


def _texts(root: ElementTree.Element, outer: str) -> Iterator[str]:
    """Yield the text in each element of that name."""
    space = _namespace(root)
    for element in root.iter(f"{space}{outer}"):
        yield "".join(text.text or "" for text in element.iter(f"{space}t"))


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the name and the part of every worksheet."""
    links = {one.get("Id"): one.get("Target", "") for one in _parsed(archive, _BOOK_LINKS)}
    book = _parsed(archive, _BOOK)
    for sheet in book.iter(f"{_namespace(book)}sheet"):
        link = next((text for key, text in sheet.items() if key.endswith("}id")), "")
        part = posixpath.normpath(posixpath.join("/xl", links.get(link, ""))).lstrip("/")
        yield sheet.get("name", ""), part


def _cells(root: ElementTree.Element, strings: list[str]) -> Iterator[str]:
    """Yield the address and the typed content of every cell that has any."""
    space = _namespace(root)
    shared: dict[str, tuple[str, str]] = {}
    for cell in root.iter(f"{space}c"):
        parts = {part.tag: part for part in cell}
        if not parts:
            continue
        address, kind = cell.get("r", ""), cell.get("t", "n")
        if (formula := parts.get(f"{space}f")) is not None:
            typed = f"={_formula(address, formula.attrib, formula.text or '', shared)}"
        elif kind == "inlineStr":
            typed = typed_words("".join(text.text or "" for text in cell.iter(f"{space}t")))
        else:
            value = parts.get(f"{space}v")
            typed = _value(kind, value.text, strings) if value is not None and value.text else ""
        if typed:
            yield f"{address}:{typed}"


def _value(kind: str, value: str, strings: list[str]) -> str:
    """Return a typed value, written alike by every program."""
    if kind == "s":
        return typed_words(strings[int(value)])
    return typed_number(value) if kind == "n" else typed_words(value)


def _formula(
    address: str, attributes: Mapping[str, str], own: str, shared: dict[str, tuple[str, str]]
) -> str:
    """Return the formula of a cell; WPS writes like formulas once, for all that share them."""
    group = attributes.get("si", "")
    if attributes.get("t") == "shared" and own:
        shared[group] = (address, own)
    if not own and group in shared:
        from openpyxl.formula.translate import Translator

        origin, first = shared[group]
        own = Translator(f"={first}", origin).translate_formula(address).removeprefix("=")
    return typed_formula(own)
