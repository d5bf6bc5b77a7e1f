"""Text files of a form as editors in China save them."""

from __future__ import annotations

_ENCODINGS = ("utf-8-sig", "gb18030")


def text_of(data: bytes) -> str:
    """Return a text saved as UTF-8, with or without BOM, or in GBK. Raises UnicodeDecodeError."""
    for encoding in _ENCODINGS[:-1]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode(_ENCODINGS[-1])
