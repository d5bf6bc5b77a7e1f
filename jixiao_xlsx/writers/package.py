"""The zip container of what other libraries write: the same content, the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

_DATE = (1980, 1, 1, 0, 0, 0)
_LEVEL = 6
# What a library stamps with the clock when it saves.
_STAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_CORE = "docProps/core.xml"
STAMP = b"2000-01-01T00:00:00Z"


def repacked(data: bytes, changed: Mapping[str, Callable[[bytes], bytes]] | None = None) -> bytes:
    """`data` (.xlsx or .docx) with fixed entry dates and document dates; `changed` gives new content to parts by name."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as out,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == _CORE:
                content = _STAMPS.sub(rb"\g<1>" + STAMP + rb"\g<3>", content)
            if changed and entry.filename in changed:
                content = changed[entry.filename](content)
            fixed = zipfile.ZipInfo(entry.filename, _DATE)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            fixed.create_system = 3
            out.writestr(fixed, content)
    return target.getvalue()
