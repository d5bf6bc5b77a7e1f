"""Filled copies as witnesses: which proposed equations held in them, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jixiao_xlsx.checking.balance.judging import judge
from jixiao_xlsx.checking.balance.verdicts import Outcome, Verdict
from jixiao_xlsx.form.spec import EquationSpec, Template
from jixiao_xlsx.values.cells import Submission

_ENOUGH = 3  # copies: fewer may agree by chance
_MOST, _FEW = 0.9, 0.5  # shares of the copies in which an equation held
_NOT_JUDGED = frozenset({Outcome.SKIPPED, Outcome.BLANK_TOTAL})


@dataclass(frozen=True, slots=True)
class Witnesses:
    """How many copies were read, and how many equations they confirmed or made doubtful."""

    copies: int = 0
    confirmed: int = 0
    doubted: int = 0


def supported(
    spec: Mapping[str, Any], form: Template, copies: Iterable[Submission]
) -> tuple[dict[str, Any], Witnesses]:
    """Return a draft with what filled copies say of each of its equations.

    A proposal that held in nearly all of several copies is ticked; an equation that failed in most
    of them is not ticked any more.
    """
    proposals = tuple(one for one in form.proposals if isinstance(one, EquationSpec))
    whole = replace(form, equations=(*form.equations, *proposals), rates=())
    held: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    count = 0
    for copy in copies:
        count += 1
        for code, verdicts in judge(copy, whole).by_code.items():
            outcomes = [one for one in verdicts if _tells(one)]
            if outcomes:
                judged[code] += 1
                held[code] += all(one.outcome is not Outcome.FAILS for one in outcomes)
    equations, confirmed, doubted = [], 0, 0
    for equation in spec.get("equation", ()):
        seen, true = judged[equation["code"]], held[equation["code"]]
        values = dict(equation)
        if seen:
            values["reason"] = f"{equation.get('reason', '')}；成立 {true}/{seen} 份"
        if seen >= _ENOUGH and true >= _MOST * seen:
            confirmed += 1
            values["ticked"] = True
        elif seen >= _ENOUGH and true < _FEW * seen:
            doubted += 1
            values["ticked"] = False
        equations.append(values)
    return {**spec, "equation": equations}, Witnesses(count, confirmed, doubted)


def _tells(verdict: Verdict) -> bool:
    """Return whether a verdict says something: judged, and not of nothing but zeros."""
    if verdict.outcome in _NOT_JUDGED:
        return False
    return sum(bool(cell.number) for cell in verdict.instance.cells) > 1
