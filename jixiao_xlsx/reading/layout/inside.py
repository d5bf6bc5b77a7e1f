"""Values that stand in one cell with their label: “部门：某局”, “（2023年度）”."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from jixiao_xlsx.form.path_fields import PLACEHOLDER

_SPACE = r"\s*"
_PATTERNS = {
    "department": r"[^:]*?",
    "item": r"[^:]*?",
    "text": r"[^:]*?",
    "code": r"[A-Za-z0-9]+",
    "year": r"(?:19|20)\d\d",
    "amount": r"[-+]?[\d,.]*(?:亿元|万元|元|%|人|个|辆)?",
    "date": r"[\d年月日./\s-]*",
}
# A value ends where the text does, before a wide gap, or before the next label.
_END = r"(?=\s*$|\s{2,}|\s+[^\s:]{1,12}:)"
_START = r"(?:^|(?<=\s))\s*"


def value_inside(text: str, patterns: tuple[str, ...], part: str) -> str | None:
    """Return what stands for the placeholder `part`; None where no pattern fits the text."""
    folded = unicodedata.normalize("NFKC", text)
    for pattern in patterns:
        found = _compiled(pattern).search(folded)
        if found is not None and part in found.groupdict():
            return found[part].strip()
    return None


def with_values(text: str, patterns: tuple[str, ...], values: Mapping[str, str]) -> str:
    """Return what a label prints with `values` for its placeholders; other letters stay.

    Of several patterns the first that asks for nothing unknown is taken; "" where none is.
    """
    folded = unicodedata.normalize("NFKC", text)
    fitting = [one for one in patterns if set(PLACEHOLDER.findall(one)) <= values.keys()]
    for pattern in fitting:
        found = _compiled(pattern).search(folded)
        if found is not None and len(folded) == len(text):
            for part in sorted(found.groupdict(), key=found.start, reverse=True):
                start, end = found.span(part)
                text = text[:start] + values[part] + text[end:]
            return text
    return PLACEHOLDER.sub(lambda found: values[found[1]], fitting[0]) if fitting else ""


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    folded = unicodedata.normalize("NFKC", pattern)
    pieces = PLACEHOLDER.split(folded)  # text, name, text, name …
    body = ""
    for number, piece in enumerate(pieces):
        if number % 2:
            body += f"(?P<{piece}>{_PATTERNS.get(piece, '.*?')})"
        else:
            letters = [re.escape(letter) for letter in piece if not letter.isspace()]
            body += _SPACE + _SPACE.join(letters) + (_SPACE if letters else "")
    return re.compile(_START + body + _END)
