"""The examples on the page of a rule: its first failing case (反例) and passing case (正例)."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jixiao_xlsx.form.spec import Template


@dataclass(frozen=True, slots=True)
class Example:
    """A case: its name, the tables as text, and the cells found wrong (none: it passes)."""

    name: str
    tables: Mapping[str, str]
    finds: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownRelation:
    """A relation that the field knows; `reason` says why the form lacks it ("": it has it)."""

    number: str
    formula: str
    reason: str


def examples(template: Template, code: str) -> tuple[Example | None, Example | None]:
    """Return 反例 and 正例 of a rule, from `cases/<code>.toml` of its form."""
    cases = _cases(template.folder / "cases" / f"{code}.toml")
    failing = next((case for case in cases if case.finds), None)
    passing = next((case for case in cases if not case.finds), None)
    return failing, passing


@lru_cache(maxsize=256)
def _cases(path: Path) -> tuple[Example, ...]:
    if not path.is_file():
        return ()
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Example(
            case["name"], _given(case), tuple(case.get("finds", ())), tuple(case.get("notes", ()))
        )
        for case in data.get("case", ())
    )


def _given(case: Mapping[str, Any]) -> dict[str, str]:
    """Return the tables of the workbook, then the texts of the Word report."""
    return dict(case.get("given", {})) | {
        f"Word 报告：{title}": text for title, text in case.get("word", {}).items()
    }


def known_relations(template: Template) -> tuple[KnownRelation, ...]:
    """Return relations.csv: every relation of the field; () where the form has no such list."""
    path = template.folder / "relations.csv"
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return tuple(
            KnownRelation(line["编号"], line["关系"], line["未表达的原因"])
            for line in csv.DictReader(stream)
        )
