"""What may stand in a form's files: every section and key, with what it means, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Section:
    """A section of spec.toml as it is written there, what it is for, and its keys with theirs."""

    title: str
    about: str
    keys: Mapping[str, str]
    needed: frozenset[str] = frozenset()


@cache
def spec_sections() -> tuple[Section, ...]:
    """Return all sections, in the order of the reference."""
    text = resources.files(__package__).joinpath("keys.toml").read_text(encoding="utf-8")
    return tuple(_sections(tomllib.loads(text)))


def _sections(data: Mapping[str, Mapping[str, object]]) -> Iterator[Section]:
    for title, part in data.items():
        keys = part.get("keys", {})
        assert isinstance(keys, dict)
        needed = frozenset(key.rstrip("*") for key in keys if key.endswith("*"))
        plain = {key.rstrip("*"): str(text) for key, text in keys.items()}
        yield Section(title, str(part["about"]), plain, needed)


@cache
def keys_in(title: str) -> frozenset[str]:
    """Return the keys of a section: “[roles]”."""
    return frozenset(next(one for one in spec_sections() if one.title == title).keys)


def form_reference() -> str:
    """Return docs/forms.md: every section and key of a form."""
    lines = [
        "# 表单怎么写：spec.toml 的节和键",
        "",
        "<!-- 由 python -m jixiao_xlsx.form.authoring.keys 生成，不要手改 -->",
        "",
        "`jixiao adopt` 起草的表单不用看这一页；要自己写、自己改的，写错的地方会一次列全，"
        "并说是不是另一个词。带 * 的必填。",
    ]
    for one in spec_sections():
        lines += ["", f"## {one.title}", "", one.about]
        if one.keys:
            lines += ["", "| 键 | 是什么 |", "|---|---|"]
            lines += [_line(key, text, one) for key, text in one.keys.items()]
    return "\n".join(lines) + "\n"


def _line(key: str, text: str, section: Section) -> str:
    star = " *" if key in section.needed else ""
    return f"| `{key}`{star} | {text.replace('|', chr(92) + '|')} |"


if __name__ == "__main__":
    print(form_reference(), end="")
