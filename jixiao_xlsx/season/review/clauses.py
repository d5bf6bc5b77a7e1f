"""What a reviewer's clauses deduct, and how their use is checked. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.scores import (
    Clause,
    ClauseUse,
    Execution,
    IndicatorScore,
    Method,
    Reviewed,
    Scorecard,
)
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import percent, plain, rounded

BEYOND, NO_EVIDENCE, UNKNOWN, APART, OVERRULED, IDLE = (f"REV{n}" for n in range(112, 118))
_LISTED = 8


class AppliedClause(NamedTuple):
    """A clause applied to a line of a department: what it takes off, in 分 and of the weight."""

    clause: Clause
    department: str
    line: str
    off: Fraction
    weight: Fraction

    @property
    def measure(self) -> Fraction:
        """Return the deduction as the clause states its range: a share, or points."""
        return self.off / self.weight if self.clause.is_share and self.weight else self.off


def clause_of(typed: str, criteria: Iterable[Clause]) -> Clause | None:
    """Return the clause that was chosen: by its code, the first word."""
    code = typed.strip().partition(" ")[0]
    return next((one for one in criteria if one.code == code), None)


def deduction(use: ClauseUse, clause: Clause, weight: Fraction) -> Fraction:
    """Return what a clause takes off, in 分: as typed, else its least."""
    if use.points is not None:
        return use.points
    return clause.low * weight if clause.is_share else clause.low


def takes_clauses(one: IndicatorScore | Execution) -> bool:
    """Return whether clauses can take off anything: not from 不适用, whose weight does not count."""
    return not isinstance(one, IndicatorScore) or one.method is not Method.NOT_APPLICABLE


def base_of(one: IndicatorScore | Execution) -> Fraction:
    """Return what clauses deduct from: 复算分, where there is none the weight."""
    return one.weight if one.score is None else one.score


def by_clauses(
    line: Reviewed, one: IndicatorScore | Execution, criteria: Sequence[Clause]
) -> Fraction | None:
    """Return the score that the clauses of a line give; None where it has none that is known, or is
    不适用.
    """
    if not takes_clauses(one):
        return None
    known = [(use, c) for use in line.clauses if (c := clause_of(use.clause, criteria)) is not None]
    if not known:
        return None
    off = sum((deduction(use, clause, one.weight) for use, clause in known), Fraction(0))
    return Fraction(rounded(max(base_of(one) - off, Fraction(0)), 4))


def odd_clauses(
    line: Reviewed, one: IndicatorScore | Execution, criteria: Sequence[Clause], where: str
) -> Iterator[tuple[str, Severity, str, str]]:
    """Yield what is odd about the clauses of a line: code, severity, words, hint."""
    if line.clauses and not takes_clauses(one):
        words = f"{where}不适用、不计分，选的条款没有扣分。"
        yield IDLE, Severity.WARNING, words, "请删去条款；确应计分的，请填财政复核分"
        return
    for use in line.clauses:
        clause = clause_of(use.clause, criteria)
        if clause is None:
            words = f"{where}选的条款“{use.clause}”不在复核口径里，没有按它扣分。"
            yield UNKNOWN, Severity.ERROR, words, "请从下拉里重选，或在 criteria.toml 里加上这一条"
            continue
        if use.typed and use.points is None:
            words = f"{where}条款 {clause.code} 的扣分“{use.typed}”不是 0 以上的数字，按下限扣。"
            yield BEYOND, Severity.WARNING, words, "请改填数字（分）"
        off = deduction(use, clause, one.weight)
        low, high = (x * one.weight if clause.is_share else x for x in (clause.low, clause.high))
        if not low <= off <= high:
            span = f"{plain(rounded(low, 2))} 到 {plain(rounded(high, 2))} 分"
            taken = f"{where}按条款 {clause.code} 扣 {plain(off, 2)} 分"
            words = f"{taken}，这一条的幅度是{clause.span}，即 {span}；已按所填的扣。"
            yield BEYOND, Severity.WARNING, words, "请核对扣分，或换一条口径"
        if clause.needs_evidence and not line.evidence:
            words = f"{where}用了条款 {clause.code}（要有佐证），没有写佐证编号。"
            yield NO_EVIDENCE, Severity.WARNING, words, "请补填佐证编号"
    given = by_clauses(line, one, criteria)
    if given is not None and line.score is not None and rounded(given, 2) != rounded(line.score, 2):
        words = f"{where}填的复核分 {plain(line.score)} 分与条款得分 {plain(given, 2)} 分不同，以填的为准。"
        yield OVERRULED, Severity.NOTE, words, "两者应一致的，请删去填的分或改扣分"


def uses_of(
    department: str, cards: Iterable[Scorecard], criteria: Sequence[Clause]
) -> Iterator[AppliedClause]:
    """Yield each clause that was applied to a line of a department."""
    for card in cards:
        for one in card.lines:
            line = one.reviewed if takes_clauses(one) else None
            for use in line.clauses if line else ():
                clause = clause_of(use.clause, criteria)
                if clause is not None and line is not None:
                    off = deduction(use, clause, one.weight)
                    yield AppliedClause(clause, department, line.name, off, one.weight)


def far_apart(uses: Iterable[AppliedClause]) -> Iterator[BatchFinding]:
    """Yield a finding on each clause that takes off much more in one department than in another.

    Much is more than half of the clause's own range.
    """
    by_clause: dict[str, list[AppliedClause]] = defaultdict(list)
    for use in uses:
        by_clause[use.clause.code].append(use)
    for several in by_clause.values():
        clause = several[0].clause
        least, most = (pick(several, key=lambda one: one.measure) for pick in (min, max))
        room = (clause.high - clause.low) / 2
        if least.department == most.department or most.measure - least.measure <= room:
            continue
        listed = sorted(several, key=lambda one: (-one.measure, one.department))
        said = "；".join(f"{one.department}“{one.line}”{_measure(one)}" for one in listed[:_LISTED])
        more = f"等 {len(several)} 处" if len(several) > _LISTED else ""
        words = f"财政复核：同一条款 {clause.code}（{clause.wording}）扣得差别大：{said}{more}。"
        names = tuple(dict.fromkeys(one.department for one in listed))
        yield BatchFinding(APART, Severity.NOTE, names, words, "请核对几处的尺度是否一致")


def _measure(use: AppliedClause) -> str:
    if use.clause.is_share:
        return f"扣 {percent(use.measure)}"
    return f"扣 {plain(use.off, 2)} 分"


def choices(criteria: Iterable[Clause]) -> Mapping[str, Clause]:
    """Return the clauses by what a reviewer chooses: code and wording."""
    return {f"{one.code} {one.wording}": one for one in criteria}
