"""Whether a workbook was changed part by part: which parts differ from the file it was made of, and
whether something that stood in them is gone.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lxml import etree

# Attributes that may differ where nothing is lost: counts, extents, the order of sheets.
_MAY_DIFFER = {
    ("c", "s"), ("c", "t"), ("row", "spans"), ("dimension", "ref"), ("calcPr", "fullCalcOnLoad"),
    ("definedName", "localSheetId"), ("workbookView", "activeTab"), ("workbookView", "firstSheet"),
    ("sheetView", "tabSelected"),
    *((name, "count") for name in ("fonts", "fills", "borders", "cellXfs")),
}  # fmt: skip
_KEYS = ("r", "ref", "Id", "name", "Extension", "PartName")
_WHOLE = {"font", "fill", "border", "xf"}  # in lists where only the number counts


def stored(data: bytes) -> dict[str, bytes]:
    """The compressed bytes of each member, as they lie in the container."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            head = data[info.header_offset : info.header_offset + 30]
            begin = info.header_offset + 30
            begin += int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
            found[info.filename] = data[begin : begin + info.compress_size]
    return found


def unpacked(data: bytes) -> dict[str, bytes]:
    """The bytes of each part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def repacked_with(data: bytes, parts: Mapping[str, bytes | str]) -> bytes:
    """The file with some parts set, old or new."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in (unpacked(data) | dict(parts)).items():
            target.writestr(name, content)
    return stream.getvalue()


def changed_parts(before: bytes, after: bytes) -> set[str]:
    """The parts of `before` whose compressed bytes are not those of `after`."""
    old, new = stored(before), stored(after)
    return {name for name in old if new.get(name) != old[name]}


def gone(before: bytes, after: bytes) -> list[str]:
    """What stood in an XML part and is not there any more, or says something else."""
    return list(_gone(etree.fromstring(before), etree.fromstring(after), ""))


def _gone(old: Any, new: Any, where: str) -> Iterator[str]:
    where = f"{where}/{_name(old)}{old.get('r') or old.get('ref') or ''}"
    for key, text in old.attrib.items():
        if new.get(key) != text and (_name(old), key) not in _MAY_DIFFER:
            yield f"{where} {key}: {text} → {new.get(key)}"
    if (old.text or "") != (new.text or ""):
        yield f"{where}: {old.text!r} → {new.text!r}"
    left = [one for one in new if isinstance(one.tag, str)]
    for one in old:
        if not isinstance(one.tag, str):
            continue
        same = next((other for other in left if _like(one, other)), None)
        if same is None:
            yield f"{where}/{_name(one)} {dict(one.attrib)}"
            continue
        del left[: left.index(same) + 1]
        yield from _gone(one, same, where)


def _like(one: Any, other: Any) -> bool:
    """Whether two elements are the same one: same name and address, or else same content."""
    if one.tag != other.tag:
        return False
    keys = [key for key in _KEYS if one.get(key) is not None and _name(one) != "dimension"]
    if keys:
        return all(one.get(key) == other.get(key) for key in keys)
    plain = [etree.tostring(element, method="c14n") for element in (one, other)]
    return _name(one) not in _WHOLE or plain[0] == plain[1]


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def untouched(before: bytes, after: bytes, changed: Collection[str]) -> list[str]:
    """Parts that differ and may not, and whatever is gone from those that may."""
    old, new = unpacked(before), unpacked(after)
    wrong = [f"{name} differs" for name in sorted(changed_parts(before, after) - set(changed))]
    for name in sorted(set(changed) & old.keys()):
        if name not in new:
            wrong.append(f"{name} is gone")
        elif not name.endswith(".vml"):
            wrong += [f"{name} {line}" for line in gone(old[name], new[name])]
    return wrong
