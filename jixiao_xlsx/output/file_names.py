"""File names made from a department's own text."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 80
MAX_BYTES = 200  # most file systems allow 255, and a suffix is still to come
UNNAMED = "未命名"
# What a file system, a link or a reference to another workbook would not read as a letter, and its full-width twin.
_UNSAFE = str.maketrans(dict(zip('\\/:*?"<>|#%[]', "＼／：＊？＂＜＞｜＃％（）", strict=True)))
_RESERVED = re.compile(
    r"(con|prn|aux|nul|(com|lpt)[\d¹²³]|conin\$|conout\$) *(\.|$)", re.IGNORECASE
)
_SPACES = re.compile(r"\s+")


def safe_name(text: str) -> str:
    """`text` as one file name without a suffix: recognisable, never a path, at most 80 characters and 200 bytes of UTF-8.

    Characters that mean something to a file system or a link become their full-width twins; controls and invisible marks
    disappear; a name that Windows keeps for devices, or one like a lock file's, gets a leading underscore. Two texts may
    give one name: making names unique is the caller's.
    """
    letters = (
        letter for letter in _SPACES.sub(" ", text) if unicodedata.category(letter)[0] != "C"
    )
    visible = _SPACES.sub(" ", unicodedata.normalize("NFC", "".join(letters)))
    name = _shorten(visible.translate(_UNSAFE).strip(" .")).strip(" .")
    if not name:
        return UNNAMED
    return (
        _shorten(f"_{name}").strip(" .") if _RESERVED.match(name) or name.startswith("~") else name
    )


def _shorten(name: str) -> str:
    """The start of `name` within the limits, in whole characters."""
    return name[:MAX_NAME].encode(errors="ignore")[:MAX_BYTES].decode(errors="ignore")
