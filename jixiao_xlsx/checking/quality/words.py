"""The words that rules on quality know (words.toml)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jixiao_xlsx.values.text import tidy

_FILE = Path(__file__).parent / "words.toml"
_CLAUSES = re.compile(r"[，,。；;、\s]+")


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Names with such words, or such an end, that stand under `head` and belong elsewhere."""

    head: str
    belongs: str
    words: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    def holds(self, heads: str, name: str) -> bool:
        """Return whether an indicator under these heads is one, and does not name its head."""
        named = any(word in name for word in self.words) or name.endswith(self.ends or "\0")
        return self.head in heads and self.head not in name and named


@dataclass(frozen=True, slots=True)
class QualityWords:
    """The lists of words.toml; `empty` matches a clause of a measure that names nothing."""

    no_reason: frozenset[str]
    beyond_measure: tuple[str, ...]
    no_result: frozenset[str]
    saving: tuple[str, ...]
    misplaced: tuple[Misplaced, ...]
    empty: re.Pattern[str]

    def says_nothing(self, reason: str) -> bool:
        """Return whether every clause of a reason is made of words that fit any case."""
        clauses = [clause for clause in _CLAUSES.split(reason) if clause]
        return bool(clauses) and all(self.empty.fullmatch(clause) for clause in clauses)


@lru_cache(maxsize=1)
def quality_words() -> QualityWords:
    """Return the words, read once."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return QualityWords(
        frozenset(map(tidy, data["no_reason"])),
        tuple(data["beyond_measure"]),
        frozenset(map(tidy, data["no_result"])),
        tuple(data["saving"]),
        tuple(_misplaced(one) for one in data["misplaced"]),
        _empty(data["empty_measures"]),
    )


def _misplaced(one: dict[str, Any]) -> Misplaced:
    words, ends = tuple(one.get("words", ())), tuple(one.get("ends", ()))
    return Misplaced(one["head"], one["belongs"], words, ends)


def _empty(parts: dict[str, list[str]]) -> re.Pattern[str]:
    """Return the pattern of a verb and an object, with nothing but such words around them.

    Linear: a clause is cut off long before it could cost anything.
    """
    verbs = "|".join(map(re.escape, parts["verbs"]))
    every = sorted((*parts["leads"], *parts["verbs"], *parts["objects"]), key=len, reverse=True)
    return re.compile(rf"(?=.{{2,24}}$)(?=.*(?:{verbs}))(?:{'|'.join(map(re.escape, every))})+")
