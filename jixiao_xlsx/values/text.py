"""Folding of text, so that two spellings of a title compare equal."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_QUOTES_AND_DASHES = str.maketrans(dict.fromkeys("\"'“”‘’「」") | dict.fromkeys("﹣−–", "-"))


def without_spaces(text: str) -> str:
    """Return `text` without spaces, line breaks and invisible characters."""
    return _SPACES.sub("", text)


@lru_cache(maxsize=2048)
def tidy(text: str) -> str:
    """Return `text` half-width, without spaces, line breaks and quotes, with one kind of dash."""
    folded = unicodedata.normalize("NFKC", without_spaces(text))
    return without_spaces(folded).translate(_QUOTES_AND_DASHES)
