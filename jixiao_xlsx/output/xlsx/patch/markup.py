"""The XML of a workbook's parts: parsed with bounds, written back, elements in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

Element = Any  # lxml publishes no types
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_STRICT = "http://purl.oclc.org/ooxml/"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
MOST_BYTES = 32 * 2**20  # of one part: the parsed tree takes ten times as much memory
_DOCTYPE = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Unpatchable(Exception):
    """A workbook whose parts cannot be changed one by one."""


def parse(xml: bytes) -> Element:
    """Return the root of a part. Raises Unpatchable where it is no XML or declares entities."""
    if any(mark in xml for mark in _DOCTYPE):
        raise Unpatchable("a part declares entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False)
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise Unpatchable(str(error)) from error


def dump(root: Element) -> bytes:
    """Return a part as bytes, with what stands before and after its root."""
    xml: bytes = etree.tostring(
        root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True
    )
    return xml


def local(element: Element) -> str:
    """Return the name of an element without its namespace; "" for a comment."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def qualified_tag(parent: Element, name: str) -> str:
    """Return `name` in the namespace of `parent`, as lxml writes it."""
    namespace = etree.QName(parent).namespace
    return f"{{{namespace}}}{name}" if namespace else name


def child(parent: Element, name: str) -> Element | None:
    """Return the first child of that name in the namespace of its parent."""
    return parent.find(qualified_tag(parent, name))


def children(parent: Element | None, name: str = "") -> Iterator[Element]:
    """Yield the child elements (of that local name); comments are passed over."""
    for one in () if parent is None else parent:
        if isinstance(one.tag, str) and (not name or local(one) == name):
            yield one


def add(parent: Element, name: str, /, **attributes: str) -> Element:
    """Append a child of the same namespace as `parent`, and return it."""
    return etree.SubElement(parent, qualified_tag(parent, name), attributes)


def add_in_order(parent: Element, name: str, order: Sequence[str], /, **attributes: str) -> Element:
    """Insert a child where `order` (the schema's names) wants it, and return it."""
    made = etree.Element(qualified_tag(parent, name), attributes)
    later = frozenset(order[order.index(name) + 1 :])
    for at, one in enumerate(parent):
        inside = one.iter() if local(one) == "AlternateContent" else (one,)
        if any(local(inner) in later for inner in inside):
            parent.insert(at, made)
            return made
    parent.append(made)
    return made


def set_text(element: Element, text: str) -> None:
    """Set a text (as `clean` gives it) that keeps its spaces."""
    element.text = text
    element.set(_SPACE, "preserve")


def clean(text: str) -> str:
    """Return `text` as a workbook stores it: illegal characters are spaces, “_x0041_” is text."""
    return _ESCAPED.sub("_x005F_", _ILLEGAL.sub(" ", text))


def relations_of(root: Element) -> str:
    """Return the namespace of relationships that a part of this root uses."""
    strict = root.tag.startswith(f"{{{_STRICT}")
    return _STRICT_RELATIONS if strict else RELATIONS


def relation_id(element: Element) -> str:
    """Return its r:id; "" where it has none."""
    found = element.get(f"{{{RELATIONS}}}id") or element.get(f"{{{_STRICT_RELATIONS}}}id")
    return str(found or "")


def set_relation_id(element: Element, identity: str) -> None:
    """Set its r:id, in the namespace of the tree it stands in."""
    root = element.getroottree().getroot()
    element.set(f"{{{relations_of(root)}}}id", identity)
