"""Compile the message catalogue: every messages.po of the package into the messages.mo beside it.

Reads what messages.po needs and no more: msgid, msgid_plural, msgstr, msgstr[n], strings over
several lines, comments.
"""

from __future__ import annotations

import ast
import struct
from pathlib import Path

CATALOGUES = Path(__file__).parent.parent / "jixiao_xlsx" / "locale"
MAGIC, HEADER_BYTES = 0x950412DE, 28


def compiled(text: str) -> bytes:
    """Return the .mo of a .po: sorted message ids and translations, each with its length and
    offset.
    """
    messages = sorted(_entries(text).items())
    data, places = b"", []
    start = HEADER_BYTES + 16 * len(messages)
    for column in (0, 1):
        for message in messages:
            raw = message[column].encode()
            places += [len(raw), start + len(data)]
            data += raw + b"\0"
    tables = HEADER_BYTES, HEADER_BYTES + 8 * len(messages)
    header = struct.pack("<7I", MAGIC, 0, len(messages), *tables, 0, start)
    return header + struct.pack(f"<{len(places)}I", *places) + data


def _entries(text: str) -> dict[str, str]:
    """Return the translation of each message id; plural forms are joined by NUL on both sides."""
    entries: dict[str, str] = {}
    for block in text.split("\n\n"):
        parts: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            keyword, quote, rest = line.partition('"')
            field = keyword.strip() or field
            parts[field] = parts.get(field, "") + ast.literal_eval(quote + rest)
        sides = [
            "\0".join(value for name, value in parts.items() if name.startswith(side))
            for side in ("msgid", "msgstr")
        ]
        entries[sides[0]] = sides[1]
    return entries


if __name__ == "__main__":
    for source in CATALOGUES.rglob("*.po"):
        source.with_suffix(".mo").write_bytes(compiled(source.read_text(encoding="utf-8")))
