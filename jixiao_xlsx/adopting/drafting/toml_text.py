"""Plain values as TOML that people can read: a section a paragraph, a row of a table a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def toml_text(values: Mapping[str, Any]) -> str:
    """Return a mapping as TOML: plain keys first, then its sections and lists of sections."""
    return "\n".join(_lines(values, ())) + "\n"


def _lines(values: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in values.items() if not _is_section(value)}
    for key, value in plain.items():
        yield f"{_key(key)} = {_value(value, wide=True)}"
    for key, value in values.items():
        if key in plain:
            continue
        name = ".".join(map(_key, (*path, key)))
        for one in [value] if isinstance(value, Mapping) else value:
            yield ""
            yield f"[{name}]" if isinstance(value, Mapping) else f"[[{name}]]"
            yield from _lines(one, (*path, key))


def _is_section(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not isinstance(value, Inline)
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(isinstance(one, Mapping) and not isinstance(one, Inline) for one in value)
    )


class Inline(dict[str, Any]):
    """A mapping that is written on one line: { path = ["…"], at = "D" }."""


def _value(value: Any, *, wide: bool = False) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(_escaped(letter) for letter in value) + '"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, Sequence):
        parts = [_value(one) for one in value]
        if wide and any(isinstance(one, Mapping) for one in value):
            return "[\n" + "".join(f"  {part},\n" for part in parts) + "]"
        return "[" + ", ".join(parts) + "]"
    return str(value)


def _escaped(letter: str) -> str:
    if letter in _ESCAPED:
        return _ESCAPED[letter]
    return f"\\u{ord(letter):04x}" if ord(letter) < 32 or ord(letter) == 127 else letter


def _key(key: str) -> str:
    plain = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if plain else _value(key)
