"""File names made from a department's own text."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME_CHARACTERS = 80
MAX_NAME_BYTES = 200  # most file systems allow 255, and a suffix is still to come
UNNAMED = "未命名"
# Characters with a meaning in file systems, links or references, and their full-width twins.
_UNSAFE = str.maketrans(dict(zip('\\/:*?"<>|#%[]', "＼／：＊？＂＜＞｜＃％（）", strict=True)))
_RESERVED = re.compile(
    r"(con|prn|aux|nul|(com|lpt)[\d¹²³]|conin\$|conout\$) *(\.|$)", re.IGNORECASE
)
_SPACES = re.compile(r"\s+")


def safe_name(text: str) -> str:
    """Return `text` as a file name without suffix: at most 80 characters and 200 bytes of UTF-8.

    The name is recognisable and never a path. Characters that mean something to a file system or a
    link become their full-width twins; controls and invisible marks are dropped; a name that
    Windows reserves for devices, or one like a lock file's, gets a leading underscore. Two texts
    may give one name: the caller makes names unique.
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
    """Return the start of `name` within the limits, in whole characters."""
    return (
        name[:MAX_NAME_CHARACTERS].encode(errors="ignore")[:MAX_NAME_BYTES].decode(errors="ignore")
    )
