"""Write docs/api.md again: `python docs/make_api.py`. A test holds that it is fresh."""

from __future__ import annotations

import dataclasses
import inspect
import re
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import jixiao_xlsx as jx
from jixiao_xlsx.batch.job import Job
from jixiao_xlsx.values import causes, cells, findings, scores, season
from jixiao_xlsx.values.severity import Severity

PAGE = Path(__file__).parent / "api.md"
VALUES = (
    *(cells.Submission, cells.Table, cells.Row, cells.Cell, cells.Place, cells.Document),
    *(findings.Report, findings.Finding, findings.Expected, findings.Change, findings.Skipped),
    *(causes.Cause, causes.CauseCell, causes.Probable),
    *(scores.Scorecard, scores.IndicatorScore, scores.Execution),
    *(season.Season, season.Entry, Job),
)
CHOICES = (Severity, findings.FindingState, findings.Result, causes.Certainty, season.FileStatus)
_ROOMS = re.compile(r"\b(?:jixiao_xlsx|pd|dt)\.(?:\w+\.)*(?=[A-Z])")

HEAD = """# The Python API

Written by `python docs/make_api.py` from the docstrings. Everything below is in `jixiao_xlsx`
(`import jixiao_xlsx as jx`); the values are frozen. Money is in the unit of its sheet (元 or 万元,
`Cell.unit`), rates are fractions (95 % is 0.95), scores are in 分.

    submission = jx.read("报送表.xlsx")               # Submission
    submission["资金预算执行表"].frame                  # DataFrame (rows, columns), in 万元
    submission["绩效评价表"].frame["业绩值·数值"]        # float64; “95%” is 95.0, its unit beside it
    report = jx.check(submission)                    # Report: findings and causes, each at its cell
    card = jx.score(submission)                      # Scorecard: card.total is Decimal("98.89")
    season = jx.run("收件箱", "结果", roster="departments.csv")

In a notebook a Submission, Table, Report, Scorecard and Season show themselves as tables.
"""


def page() -> str:
    """Return the page as Markdown."""
    parts = [HEAD, "## Functions\n"]
    functions = [name for name in jx.__all__ if not inspect.isclass(getattr(jx, name))]
    parts += [_function(getattr(jx, name), name) for name in functions]
    parts.append("## Errors\n")
    parts += [
        f"### {name}\n\n{inspect.getdoc(getattr(jx, name))}\n"
        for name in jx.__all__
        if name not in functions
    ]
    parts.append("## Values\n")
    parts += [_value(kind) for kind in VALUES]
    parts.append("## Words\n")
    parts += [_choices(kind) for kind in CHOICES]
    return "\n".join(parts)


def _function(function: object, name: str) -> str:
    return f"### {name}\n\n{_code(name, function)}\n\n{inspect.getdoc(function)}\n"


def _code(name: str, function: object) -> str:
    signature = str(inspect.signature(function))  # type: ignore[arg-type]
    signature = re.sub(r"(: |-> )'([^']+)'", r"\1\2", signature).replace("'", '"')
    return f"```python\n{name}{_ROOMS.sub('', signature)}\n```"


def _value(kind: type) -> str:
    doc = (inspect.getdoc(kind) or "").strip()
    lines = [f"### {kind.__name__}", "", doc, "", "| | |", "|---|---|"]
    for name, type_ in kind.__annotations__.items():
        lines.append(f"| `{name}` | `{_plain(type_)}` |")
    lines += [
        f"| `.{name}` | {_first(member)} |"
        for name, member in _members(kind)
        if isinstance(member, property | cached_property)
    ]
    lines += [
        f"| `.{name}{_arguments(member)}` | {_first(member)} |"
        for name, member in _members(kind)
        if inspect.isfunction(member) and name not in {"_repr_html_"}
    ]
    return "\n".join([*lines, ""])


def _members(kind: type) -> list[tuple[str, object]]:
    """Return the own members of a class that say what they are."""
    wanted = [name for name in vars(kind) if not name.startswith("_") or name == "__getitem__"]
    own = {name: vars(kind)[name] for name in wanted}
    if not dataclasses.is_dataclass(kind):
        own = {name: one for name, one in own.items() if name not in kind.__annotations__}
    return [(name, one) for name, one in own.items() if inspect.getdoc(one) and _first(one)]


def _arguments(function: object) -> str:
    names = [one for one in inspect.signature(function).parameters if one != "self"]  # type: ignore[arg-type]
    return f"({', '.join(names)})"


def _first(member: object) -> str:
    text = inspect.getdoc(member) or ""
    return " ".join(text.partition("\n\n")[0].split()).replace("|", "\\|")


def _plain(type_: object) -> str:
    text = getattr(type_, "__forward_arg__", str(type_))
    return text.replace("|", "\\|")


def _choices(kind: type[StrEnum]) -> str:
    doc = " ".join((inspect.getdoc(kind) or "").split())
    listed = "、".join(f"`{one.name}` {one.value}" for one in kind)
    return f"### {kind.__name__}\n\n{doc}\n\n{listed}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
