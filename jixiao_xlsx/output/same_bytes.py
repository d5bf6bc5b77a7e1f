"""Zip containers that are the same bytes whenever their content is the same."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

_DATE = (1980, 1, 1, 0, 0, 0)
_LEVEL = 6
# Times that a library writes when it saves.
_STAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_CORE = "docProps/core.xml"
STAMP = b"2000-01-01T00:00:00Z"


def repacked(data: bytes) -> bytes:
    """Return `data` (.xlsx or .docx) with fixed entry dates and document dates."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return packed({entry.filename: source.read(entry) for entry in source.infolist()})


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return `parts` by their names as one package with fixed entry dates and document dates."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as out:
        for name, content in parts.items():
            fixed = zipfile.ZipInfo(name, _DATE)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            fixed.create_system = 3
            out.writestr(
                fixed,
                _STAMPS.sub(rb"\g<1>" + STAMP + rb"\g<3>", content) if name == _CORE else content,
            )
    return target.getvalue()
