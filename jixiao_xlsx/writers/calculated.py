"""The results of formulas, carried from the submitted file into its copy: openpyxl writes formulas without them.

Without results a preview shows empty totals, and the copy sent straight back would read differently from the original.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from xml.sax.saxutils import unescape

_CELL = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*)>(<f[^>]*?/>|<f.*?</f>)<v>([^<]*)</v></c>', re.DOTALL)
_BARE = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*)>(<f[^>]*?/>|<f.*?</f>)<v ?/?>(?:</v>)?</c>', re.DOTALL)
_TYPE = re.compile(rb' t="(\w+)"')
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")

Results = Mapping[bytes, tuple[bytes, bytes]]


def results(archive: zipfile.ZipFile) -> dict[str, Results]:
    """Per worksheet name the (type, value) of each formula's cell as the file's XML holds them."""
    paths = _sheet_paths(archive)
    return {name: _results(archive.read(path)) for name, path in paths.items() if path in archive.NameToInfo}


def _results(xml: bytes) -> Results:
    found = {}
    for ref, attributes, _, value in _CELL.findall(xml):
        kind = _TYPE.search(attributes)
        found[ref] = (kind[1] if kind else b"n", value)
    return found


def carried(data: bytes, known: Mapping[str, Results]) -> dict[str, Callable[[bytes], bytes]]:
    """For `package.repacked`: what puts the results back into the worksheets of a copy just saved."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        paths = _sheet_paths(archive)
    return {path: partial(_filled, found=known[name]) for name, path in paths.items() if known.get(name)}


def _filled(xml: bytes, found: Results) -> bytes:
    def fill(match: re.Match[bytes]) -> bytes:
        ref, attributes, formula = match[1], match[2], match[3]
        if ref not in found:
            return match[0]
        kind, value = found[ref]
        attributes = _TYPE.sub(b"", attributes) + (b"" if kind == b"n" else b' t="' + kind + b'"')
        return b'<c r="' + ref + b'"' + attributes + b">" + formula + b"<v>" + value + b"</v></c>"

    return _BARE.sub(fill, xml)


def _sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """The worksheet parts by the names of the sheets."""
    book, rels = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if book not in archive.NameToInfo or rels not in archive.NameToInfo:
        return {}
    targets = {}
    for tag in _RELATION.findall(archive.read(rels).decode("utf-8", "replace")):
        targets[_attribute(tag, "Id")] = _attribute(tag, "Target")
    sheets = {}
    for tag in _SHEET.findall(archive.read(book).decode("utf-8", "replace")):
        target = targets.get(_attribute(tag, "r:id"), "")
        sheets[_attribute(tag, "name")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return sheets


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return unescape(found[1], {"&quot;": '"', "&apos;": "'"}) if found else ""
