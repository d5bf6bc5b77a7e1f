"""From findings to causes: what is probably wrong, likeliest first, and what follows from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.naming import as_named
from jixiao_xlsx.causes.other_relations import follow_execution
from jixiao_xlsx.causes.readings import Holding, Remedy
from jixiao_xlsx.causes.recheck import gone
from jixiao_xlsx.causes.relations import Condition, Linear
from jixiao_xlsx.causes.search import Explanation, explain
from jixiao_xlsx.causes.words import message, probable, reported
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.fingerprints import table_of
from jixiao_xlsx.checking.rule import Rule
from jixiao_xlsx.values.causes import SEARCH, Cause, CauseCell, Certainty
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Finding, Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy

_MOST_RELATED = 8  # cells
_MOST_ALIKE = 3  # explanations that are all shown
_ABOUT_TYPING = ("STR", "AMT")  # findings on how cells were filled, whatever the figures
_CUT_SHORT = Skipped(
    "对不上的地方较多，可能的起因没有全部试过；所列起因以外也可能有填错之处，请逐条核对",
    subject=SEARCH,
)


@dataclass(frozen=True, slots=True)
class Causes:
    """The causes of a submission, likeliest first, and what the search for them left out."""

    named: tuple[Cause, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def find_causes(evidence: Evidence, findings: Sequence[Finding], rules: Sequence[Rule]) -> Causes:
    """Return the causes of the findings on one submission, and whether more might be found.

    `rules` are those that the findings are from.
    """
    if all(one.severity is Severity.NOTE for one in findings):
        return Causes()
    model = Model(evidence)
    named = [cause for problem in explain(model) for cause in _named(problem, model, findings)]
    causes = _with_what_follows(named, model, findings, rules)
    ranked = sorted(causes, key=lambda cause: cause.severity.rank)
    return Causes(tuple(ranked), (_CUT_SHORT,) if model.cut_short else ())


_Named = tuple[Cause, Remedy]


def _named(
    explanations: Sequence[Explanation], model: Model, findings: Sequence[Finding]
) -> Iterator[_Named]:
    """Yield the causes of the best explanation of a problem, then what is as likely.

    Where many explanations are as good, only what they have in common is named: to name one of
    them would be to guess.
    """
    best, *others = explanations
    common = set.intersection(
        *({remedy.culprits for remedy in one.remedies} for one in explanations)
    )
    guess = len(explanations) > _MOST_ALIKE
    for remedy, mended in _likeliest_first(best, model):
        if remedy.culprits in common:
            yield from _cause(remedy, mended, model, findings, Certainty.LIKELY)
        elif not guess:
            yield from _cause(remedy, mended, model, findings, Certainty.POSSIBLE)
    named = {remedy.culprits for remedy in best.remedies}
    for other in () if guess else others:
        for remedy, mended in _likeliest_first(other, model):
            if remedy.culprits not in named:
                named.add(remedy.culprits)
                yield from _cause(remedy, mended, model, findings, Certainty.POSSIBLE)


def _likeliest_first(
    explanation: Explanation, model: Model
) -> list[tuple[Remedy, list[Condition]]]:
    """Return the changes of an explanation with what each mends, those that mend most first."""
    changes: dict[int, Holding] = {}
    steps = []
    failing: Sequence[Condition] = model.failing
    for remedy in explanation.remedies:
        changes = dict(follow_execution(model, {**changes, **remedy.readings}))
        steps.append((remedy, [one for one in failing if one.holds(changes)]))
        failing = [one for one in failing if not one.holds(changes)]
    return sorted(steps, key=lambda step: (-len(step[1]), step[0].cost))


def _cause(
    remedy: Remedy,
    mended: Sequence[Condition],
    model: Model,
    findings: Sequence[Finding],
    sure: Certainty,
) -> Iterator[_Named]:
    """Yield the cause that a remedy stands for, unless it is a guess or explains no finding."""
    named = as_named(remedy, mended, model)
    if named is None:
        return
    remedy = named
    if remedy.kind == "blank" and len(mended) == 1:
        sure = Certainty.POSSIBLE  # any of its parts may be wrong as well
    explained = _explained(remedy, mended, model, findings)
    if not explained:
        return
    cells = tuple(_cause_cell(remedy, number, model) for number in remedy.culprits)
    cause = Cause(
        _identity(remedy.kind, cells, model),
        remedy.kind,
        _gravest(explained),
        cells,
        sure,
        message(remedy, model),
        tuple(one.fingerprint for one in explained),
        _along(remedy, model),
    )
    yield cause, remedy


def _cause_cell(remedy: Remedy, number: int, model: Model) -> CauseCell:
    cell = model.cells[number]
    return CauseCell(
        cell.place, cell.row, cell.column, reported(cell), probable(remedy, number, model)
    )


def _gravest(findings: Sequence[Finding]) -> Severity:
    return min((one.severity for one in findings), key=lambda one: one.rank)


def _along(remedy: Remedy, model: Model) -> tuple[Place, ...]:
    """Return the typed cells that follow the culprits."""
    followers = (model.cells[one] for one in remedy.readings if one not in remedy.culprits)
    real = (cell for cell in followers if cell.place in model.number and not model.follows(cell))
    return tuple(sorted((cell.place for cell in real), key=lambda place: place.order))


def _identity(kind: str, cells: Sequence[CauseCell], model: Model) -> str:
    """Return what a cause keeps from round to round: kind, table, item and column of its cells."""
    first = cells[0]
    table = table_of(first.place, model.evidence.submission)
    text = "|".join((kind, table, tidy(first.item), tidy(first.field)))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def _explained(
    remedy: Remedy, mended: Sequence[Condition], model: Model, findings: Sequence[Finding]
) -> list[Finding]:
    """Return the findings that say what a remedy puts right, and those at its culprits."""
    places = {model.cells[number].place for number in remedy.culprits}
    return [
        one
        for one in findings
        if one.fingerprint
        and (any(_reports(one, relation) for relation in mended) or one.place in places)
    ]


def _reports(finding: Finding, relation: Condition) -> bool:
    """Return whether a finding says that a relation fails."""
    if finding.code != relation.code:
        return False
    about = relation.about if isinstance(relation, Linear) else ""
    return not about or about in {finding.item, finding.field}


def _with_what_follows(
    causes: Sequence[_Named], model: Model, findings: Sequence[Finding], rules: Sequence[Rule]
) -> list[Cause]:
    """Return the causes with everything that is gone once they, one after the other, are mended.

    A score follows from a figure, a sentence of the report repeats it, a total follows from scores:
    so scores come last, those that still are unfair.
    """
    changes: dict[int, Holding] = {}
    left, result = list(findings), list[Cause]()
    on_scores = [one for one in causes if one[1].culprits[0] in model.scores]
    on_figures = [one for one in causes if one not in on_scores]
    for group in (on_figures, on_scores):
        made = _following(_still_needed(group, left), changes, model, left, rules)
        explained = {fingerprint for cause in made for fingerprint in cause.explains}
        left = [one for one in left if one.fingerprint not in explained]
        result += made
    return result


def _still_needed(causes: Sequence[_Named], findings: Sequence[Finding]) -> list[_Named]:
    """Return the causes that explain any of these findings."""
    left = {one.fingerprint for one in findings}
    return [one for one in causes if not left.isdisjoint(one[0].explains)]


def _following(
    causes: Sequence[_Named],
    changes: dict[int, Holding],
    model: Model,
    findings: Sequence[Finding],
    rules: Sequence[Rule],
) -> list[Cause]:
    """Return the causes with what is gone with each of them, when all before it are mended.

    Adds to `changes` what the causes change; what is only possible is not taken for right.
    """
    known = {fingerprint for cause, _ in causes for fingerprint in cause.explains}
    left = [one for one in findings if one.fingerprint not in known and _may_follow(one)]
    likely = [one for one in causes if one[0].certainty is not Certainty.POSSIBLE]
    follows = _gone_in_turn([remedy for _, remedy in likely], changes, model, left, rules)
    found = {
        cause.id: _explaining_more(cause, more)
        for (cause, _), more in zip(likely, follows, strict=True)
    }
    return [found.get(cause.id, cause) for cause, _ in causes]


def _gone_in_turn(
    remedies: Sequence[Remedy],
    changes: dict[int, Holding],
    model: Model,
    findings: Sequence[Finding],
    rules: Sequence[Rule],
) -> list[list[Finding]]:
    """Return which findings are gone with each remedy; those that no remedy ends are tried once."""
    everything = {cell: new for remedy in remedies for cell, new in remedy.readings.items()}
    left = gone(model, changes | everything, findings, rules) if remedies and findings else []
    follows: list[list[Finding]] = []
    for number, remedy in enumerate(remedies, 1):
        changes |= remedy.readings
        more = left
        if left and number < len(remedies):
            more = gone(model, changes, left, rules)
        follows.append(list(more))
        left = [one for one in left if one not in more]
    return follows


def _may_follow(finding: Finding) -> bool:
    asks = finding.severity is not Severity.NOTE
    return asks and not finding.code.startswith(_ABOUT_TYPING)


def _explaining_more(cause: Cause, findings: Sequence[Finding]) -> Cause:
    if not findings:
        return cause
    fingerprints = tuple(one.fingerprint for one in findings)
    severities = (cause.severity, *(one.severity for one in findings))
    worst = min(severities, key=lambda severity: severity.rank)
    return replace(cause, explains=(*cause.explains, *fingerprints), severity=worst)


def with_causes_as_hints(
    findings: Sequence[Finding], causes: Sequence[Cause]
) -> tuple[Finding, ...]:
    """Return the findings with the causes that explain them as hints, their culprits as related.

    A rule's own hint stays.
    """
    because: dict[str, list[Cause]] = {}
    for cause in causes:
        for fingerprint in cause.explains:
            because.setdefault(fingerprint, []).append(cause)
    return tuple(_with_hint(one, because.get(one.fingerprint, ())) for one in findings)


def _says_it_itself(finding: Finding, cause: Cause) -> bool:
    """Return whether a finding says what a cause says: on a score, on a row of no use."""
    first = cause.cells[0]
    if cause.kind == "subtotal_row":
        return (finding.place.sheet, finding.item) == (first.place.sheet, first.item)
    return cause.kind == "score" and first.place == finding.place


def _with_hint(finding: Finding, causes: Sequence[Cause]) -> Finding:
    elsewhere = [one for one in causes if not _says_it_itself(finding, one)]
    if not elsewhere or finding.hint:
        return finding
    hint = "；".join(f"{cause.cells[0].place} {cause.message.rstrip('。')}" for cause in elsewhere)
    culprits = (cause.cells[0].place for cause in elsewhere)
    places = dict.fromkeys(one for one in (*culprits, *finding.related) if one != finding.place)
    return replace(finding, hint=hint, related=tuple(places)[:_MOST_RELATED])
