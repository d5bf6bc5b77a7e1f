"""The worst text for every pattern of the package: `python tests/hostile/worst_text.py`.

Patterns are found in the modules and in what they keep (words of forms, titles); for every
unbounded repeat of one, texts of a megabyte are made that begin as it does and never end as it
wants. Each is searched in a process with a limit of processor time, as the package searches (a
pattern that is only matched from a fixed place is only matched). What does not end is printed.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import jixiao_xlsx
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.prose.language.read_words import read_vocabulary
from jixiao_xlsx.scoring.wording import wording

SIZE = 1 << 20
SECONDS = 5
# Fed with our own text, with texts that are cut before (figures: 300 letters), or only matched.
OF_OUR_OWN = (
    "jixiao_xlsx.output.same_bytes.",
    "jixiao_xlsx.values.equations.",
    "jixiao_xlsx.scoring.measures.",
    "jixiao_xlsx.prose.language.scope._NUMBERED",
)
_SEARCHES = {"search", "finditer", "findall", "sub", "subn", "split"}
_SAMPLES = {
    "CATEGORY_DIGIT": "7",
    "CATEGORY_SPACE": " ",
    "CATEGORY_WORD": "w",
    "CATEGORY_NOT_DIGIT": "数",
    "CATEGORY_NOT_SPACE": "数",
    "CATEGORY_NOT_WORD": "-",
}


def patterns() -> dict[str, tuple[re.Pattern[Any], bool]]:
    """Return every pattern by where it is kept, and whether it is searched for."""
    found: dict[str, tuple[re.Pattern[Any], bool]] = {}
    for info in pkgutil.walk_packages(jixiao_xlsx.__path__, "jixiao_xlsx."):
        if not info.name.endswith("__main__"):
            module = importlib.import_module(info.name)
            searched = _searched(Path(str(module.__file__)))
            for name, value in vars(module).items():
                for at, one in _inside(value, name, 3):
                    found.setdefault(f"{info.name}.{at}", (one, name in searched or at != name))
    for kept in (wording(), read_vocabulary(find_template())):
        for at, one in _inside(kept, type(kept).__name__, 5):
            found.setdefault(at, (one, True))
    return {at: one for at, one in found.items() if not at.startswith(OF_OUR_OWN)}


def _searched(path: Path) -> set[str]:
    """Return the names that the package searches with, not only matches from a place on."""
    names: set[str] = set()
    for source in Path(jixiao_xlsx.__path__[0]).rglob("*.py"):
        if source == path:
            for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    if node.attr in _SEARCHES:
                        names.add(node.value.id)
                elif isinstance(node, ast.Name | ast.keyword):
                    continue
    return names


def _inside(value: Any, at: str, depth: int) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield at, value
    elif depth and isinstance(value, dict):
        for key, one in value.items():
            yield from _inside(one, f"{at}[{key}]", depth - 1)
    elif depth and isinstance(value, tuple | list | frozenset):
        for number, one in enumerate(value):
            yield from _inside(one, f"{at}[{number}]", depth - 1)
    elif depth and hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        for name in value.__dataclass_fields__:
            yield from _inside(getattr(value, name), f"{at}.{name}", depth - 1)


def texts(pattern: re.Pattern[Any], size: int) -> set[str]:
    """Return the worst texts: what may come before a repeat, and what it repeats, so long."""
    text = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else None
    tree = parser.parse(text or pattern.pattern, pattern.flags & ~re.UNICODE if text else 0)
    made: set[str] = set()
    for before, body in _repeats(list(tree), ""):
        unit = body or "数"
        made |= {
            before + unit * (size // len(unit)),
            (before + unit) * (size // len(before + unit)),
            (before + unit * 50) * (size // len(before + unit * 50)),
        }
        if before:
            made.add(before * (size // len(before)))
    return made


def _repeats(tree: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for number, (op, value) in enumerate(tree):
        lead = before + _example(tree[:number])
        if op in {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}:
            _, most, body = value
            if most == ops.MAXREPEAT:
                yield lead, _example(list(body))
            yield from _repeats(list(body), lead)
        elif op is ops.SUBPATTERN:
            yield from _repeats(list(value[3]), lead)
        elif op is ops.BRANCH:
            for branch in value[1]:
                yield from _repeats(list(branch), lead)


def _example(tree: list[Any]) -> str:
    """Return a short text that a pattern matches, roughly."""
    made = ""
    for op, value in tree:
        if op is ops.LITERAL:
            made += chr(value)
        elif op is ops.NOT_LITERAL:
            made += "数" if chr(value) != "数" else "额"
        elif op is ops.ANY:
            made += "数"
        elif op is ops.IN:
            made += _one_of(value)
        elif op is ops.SUBPATTERN:
            made += _example(list(value[3]))
        elif op is ops.BRANCH:
            made += _example(list(value[1][0]))
        elif op in {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}:
            made += _example(list(value[2])) * max(value[0], 0)
    return made


def _one_of(value: list[Any]) -> str:
    negated = value[0][0] is ops.NEGATE
    members = [one for one in value if one[0] is not ops.NEGATE]
    if negated:
        return "7" if any(str(one[1]).startswith("CATEGORY_NOT") for one in members) else "数"
    op, what = members[0]
    if op is ops.LITERAL:
        return chr(what)
    return chr(what[0]) if op is ops.RANGE else _SAMPLES.get(str(what), "7")


def ends(pattern: re.Pattern[Any], text: str, *, searched: bool) -> bool:
    """Return whether the search ends in time; it is made in this process."""
    subject: Any = text.encode() if isinstance(pattern.pattern, bytes) else text

    def too_long(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGVTALRM, too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        for _ in pattern.finditer(subject) if searched else (pattern.match(subject),):
            pass
    except TimeoutError:
        return False
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return True


def slow(size: int) -> list[str]:
    """Return the patterns that some text of so many letters holds up."""
    return [
        at
        for at, (pattern, searched) in patterns().items()
        if not all(ends(pattern, text, searched=searched) for text in texts(pattern, size))
    ]


if __name__ == "__main__":
    found = patterns()
    late = slow(SIZE)
    print("\n".join(late))
    print(f"{len(found)} patterns, {len(late)} slow")
    sys.exit(bool(late))
