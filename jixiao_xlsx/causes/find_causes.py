"""From findings to causes: what is probably wrong, likeliest first, and what follows from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from jixiao_xlsx.causes.changes import Remedy
from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.naming import as_named
from jixiao_xlsx.causes.relations import Condition, Linear
from jixiao_xlsx.causes.search import Explanation, explain
from jixiao_xlsx.causes.words import message, probable, reported
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.fingerprints import table_of
from jixiao_xlsx.values.causes import Cause, CauseCell, Certainty
from jixiao_xlsx.values.findings import Finding
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy

_MOST_ALIKE = 3  # explanations that are all shown


def find_causes(evidence: Evidence, findings: Sequence[Finding]) -> tuple[Cause, ...]:
    """Return the causes of the findings on one submission, likeliest first; () without any."""
    if all(one.severity is Severity.NOTE for one in findings):
        return ()
    causes = _searched(Model(evidence), findings)
    return tuple(sorted(causes, key=lambda cause: cause.severity.rank))


def _searched(model: Model, findings: Sequence[Finding]) -> Iterator[Cause]:
    """Yield the causes of the best explanation, then what is as likely.

    Where many explanations are as good, only what they have in common is named: to name one of
    them would be to guess.
    """
    explanations = explain(model)
    if not explanations:
        return
    best, *others = explanations
    common = set.intersection(*({_key(c) for c in one.remedies} for one in explanations))
    guess = len(explanations) > _MOST_ALIKE
    for remedy in _likeliest_first(best, model):
        if _key(remedy) in common:
            yield from _cause(remedy, model, findings, Certainty.LIKELY)
        elif not guess:
            yield from _cause(remedy, model, findings, Certainty.POSSIBLE)
    named = {_key(remedy) for remedy in best.remedies}
    for other in () if guess else others:
        for remedy in other.remedies:
            if _key(remedy) not in named:
                named.add(_key(remedy))
                yield from _cause(remedy, model, findings, Certainty.POSSIBLE)


def _key(remedy: Remedy) -> tuple[int, ...]:
    return remedy.culprits


def _likeliest_first(explanation: Explanation, model: Model) -> list[Remedy]:
    """Return the changes of an explanation, those that mend most first."""
    failing = model.failing({})

    def mended(remedy: Remedy) -> int:
        return sum(not one.cells.isdisjoint(remedy.readings) for one in failing)

    return sorted(explanation.remedies, key=lambda remedy: (-mended(remedy), remedy.cost))


def _cause(
    remedy: Remedy, model: Model, findings: Sequence[Finding], sure: Certainty
) -> Iterator[Cause]:
    """Yield the cause that a remedy stands for, unless it is a guess or explains no finding."""
    named = as_named(remedy, model)
    if named is None:
        return
    remedy = named
    explained = _explained(remedy, model, findings)
    if not explained:
        return
    cells = tuple(_cause_cell(remedy, number, model) for number in remedy.culprits)
    severity = min((one.severity for one in explained), key=lambda one: one.rank)
    yield Cause(
        _identity(remedy.kind, cells, model),
        remedy.kind,
        severity,
        cells,
        sure,
        message(remedy, model),
        tuple(one.fingerprint for one in explained),
    )


def _cause_cell(remedy: Remedy, number: int, model: Model) -> CauseCell:
    cell = model.cells[number]
    return CauseCell(
        cell.place, cell.row, cell.column, reported(cell), probable(remedy, number, model)
    )


def _identity(kind: str, cells: Sequence[CauseCell], model: Model) -> str:
    """Return what a cause keeps from round to round: kind, table, item and column of its cells."""
    first = cells[0]
    table = table_of(first.place, model.evidence.submission)
    text = "|".join((kind, table, tidy(first.item), tidy(first.field)))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def _explained(remedy: Remedy, model: Model, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that follow from what a remedy puts right."""
    relations = [one for one in model.touched(remedy.readings) if not one.holds({})]
    places = {model.cells[number].place for number in remedy.culprits}
    return [
        one
        for one in findings
        if one.fingerprint
        and (any(_reports(one, relation) for relation in relations) or one.place in places)
    ]


def _reports(finding: Finding, relation: Condition) -> bool:
    """Return whether a finding says that a relation fails."""
    if finding.code != relation.code:
        return False
    about = relation.about if isinstance(relation, Linear) else ""
    return not about or about in {finding.item, finding.field}
