"""The bounded pass over one XML part of a file: the guard that runs before any library does."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from xml.parsers import expat

from jixiao_xlsx.intake.file_kinds import Refused

MAX_SILENCE = 2 * 2**20  # bytes of one tag or text: the parser begins it anew with every chunk
UNREADABLE_PART = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    LookupError,
    ValueError,
    OSError,
)  # what a broken part raises, while it is unpacked, parsed or understood
_CHUNK = 1 << 16
StartHandler = Callable[[str, dict[str, str]], object]


class Handler(Protocol):
    """What takes the events of a pass."""

    def attach(self, parser: expat.XMLParserType) -> None:
        """Set the handlers of `parser`."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the XML of one kind of file may hold, and the reason of each refusal, for people."""

    doctype: str
    silence: str
    too_many: str = ""
    max_tags: int | None = None
    endless_list: str = ""
    max_list: int = 0  # bytes of a part that lists a few things: links, styles, settings
    max_listed: int = 0  # its tags


def bounded_xml(archive: zipfile.ZipFile, part: str, handler: Handler, bounds: Bounds) -> None:
    """Parse `part` in chunks. Raises Refused where it exceeds `bounds` or declares a DOCTYPE."""
    parser = _parser(bounds)
    handler.attach(parser)
    tags = silence = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            tags += chunk.count(b"<")
            silence = 0 if b">" in chunk else silence + len(chunk)
            if silence > MAX_SILENCE:
                raise Refused(bounds.silence)
            if bounds.max_tags is not None and tags > bounds.max_tags:
                raise Refused(bounds.too_many)
            parser.Parse(chunk)
        parser.Parse(b"", True)


def bounded_text(text: str, handler: Handler, bounds: Bounds) -> None:
    """Parse XML that is no part of an archive, as `bounded_xml` does a part."""
    parser = _parser(bounds)
    handler.attach(parser)
    silence = 0
    for at in range(0, len(text), _CHUNK):
        chunk = text[at : at + _CHUNK]
        silence = 0 if ">" in chunk else silence + len(chunk)
        if silence > MAX_SILENCE:
            raise Refused(bounds.silence)
        parser.Parse(chunk)
    parser.Parse("", True)


def read_list(archive: zipfile.ZipFile, part: str, bounds: Bounds) -> bytes:
    """Return a part that lists a few things. Raises Refused where it is too large for that."""
    if archive.getinfo(part).file_size > bounds.max_list:
        raise Refused(bounds.endless_list)
    xml = archive.read(part)
    if xml.count(b"<") > bounds.max_listed:
        raise Refused(bounds.endless_list)
    return xml


def parse_list(xml: bytes, start: StartHandler, bounds: Bounds) -> None:
    """Call `start` for each start tag of a list. Raises Refused where it declares a DOCTYPE."""
    parser = _parser(bounds)
    parser.StartElementHandler = start
    parser.Parse(xml, True)


def unpack_only(archive: zipfile.ZipFile, part: str, bounds: Bounds) -> None:
    """Unpack a part that only a library will parse, without keeping it: its size and checksum are
    true, and it declares no DOCTYPE. Raises Refused.
    """
    before = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if b"<!DOCTYPE" in before[-8:] + chunk:
                raise Refused(bounds.doctype)
            before = chunk


def local_name(name: str) -> str:
    """Return the name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def local_attribute(attributes: Mapping[str, str], name: str) -> str:
    """Return the attribute of that local name, whatever its prefix; "" where there is none."""
    value = attributes.get(f"w:{name}")
    if value is not None:
        return value
    return next((text for key, text in attributes.items() if local_name(key) == name), "")


def _parser(bounds: Bounds) -> expat.XMLParserType:
    def refuse_doctype(*_: object) -> None:
        raise Refused(bounds.doctype)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    return parser
