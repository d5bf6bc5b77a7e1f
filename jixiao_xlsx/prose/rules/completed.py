"""Rates of completion against what was planned and what was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from jixiao_xlsx.checking.rule import Flag
from jixiao_xlsx.prose import innocent_readings
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.match_figures import Amount, of_table_figure
from jixiao_xlsx.prose.rules.figures import (
    ROLE_LABELS,
    flag_mention,
    quote_of,
)
from jixiao_xlsx.prose.statements import (
    CompletionRate,
    Fact,
)
from jixiao_xlsx.values.amounts import (
    ZERO,
    rate_holds,
)
from jixiao_xlsx.values.digit_slips import is_slip
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain

MAYBE_ANOTHER_ITEM = "可能说的不是同一项，请核对：是同一项的，请改正；不是的，请写明是什么。"


def written_or_known(
    evidence: ProseEvidence, fact: Fact | None, item: str, role: str
) -> tuple[Amount, ...]:
    """Return the figure that is written, or else the tables' of that role."""
    return evidence.matcher.computable(fact) if fact else evidence.matcher.known_amounts(item, role)


def miscalculated(evidence: ProseEvidence, completion: CompletionRate) -> Iterator[Flag]:
    """Yield a rate of completion that neither the figures written nor the tables' give."""
    bases = [completion.base] if completion.base != "plan" else ["budget", "original"]
    parts = written_or_known(evidence, completion.part, completion.item, "execution")
    known = tuple(
        matches
        for base in bases
        for matches in evidence.matcher.known_amounts(completion.item, base)
    )
    plans = evidence.matcher.computable(completion.plan) if completion.plan else known
    if not parts or not plans:
        return
    stated, step = (
        Fraction(completion.mention.value) / 100,
        Fraction(1, 10 ** (completion.mention.decimals + 2)),
    )
    if all(plan.span == ZERO for plan in plans):
        if completion.mention.value and parts[-1].span.hi > 0:
            words = (
                f"正文“{completion.item}”写“{quote_of(completion.mention)}”，"
                f"{ROLE_LABELS[completion.base]}为 0，不能计算完成率。"
            )
            yield flag_mention(completion.mention, completion.item, words, "请改正。", expected="—")
        return
    usable = [plan for plan in plans if plan.span.lo > 0]
    if usable and not any(
        rate_holds(stated, step, part.span, plan.span) for part in parts for plan in usable
    ):
        sure = _is_miscalculated(evidence, completion, parts, usable)
        if sure is None:
            return
        right = plain(parts[-1].printed / usable[-1].printed * 100, 2)
        words = (
            f"正文“{completion.item}”写“{quote_of(completion.mention)}”，"
            f"按{ROLE_LABELS[completion.base]}复算为 {right}%。"
        )
        related = [
            cell.place
            for role in ("execution", *bases)
            for figure in evidence.table_figures.of(completion.item, role)[:1]
            for cell in figure.cells
        ]
        severity = None if sure else Severity.NOTE
        yield flag_mention(
            completion.mention,
            completion.item,
            words,
            "请改正。" if sure else MAYBE_ANOTHER_ITEM,
            expected=f"{right}%",
            related=tuple(related),
            severity=severity,
        )


def _is_of_all(evidence: ProseEvidence, completion: CompletionRate) -> bool:
    """Return whether “支出完成……” after a part is right of the department’s whole spending."""
    subjects = evidence.vocabulary.subjects if evidence.vocabulary else None
    rate = completion.mention
    stated, step = Fraction(rate.value) / 100, Fraction(1, 10 ** (rate.decimals + 2))
    if subjects is None or not rate.has("spent", "execution"):
        return False
    done = evidence.matcher.known_amounts(subjects.whole, "execution")
    plans = evidence.matcher.known_amounts(subjects.whole, completion.base)
    return any(
        plan.span.lo > 0 and rate_holds(stated, step, part.span, plan.span)
        for part in done
        for plan in plans
    )


def _is_miscalculated(
    evidence: ProseEvidence,
    completion: CompletionRate,
    parts: Sequence[Amount],
    plans: Sequence[Amount],
) -> bool | None:
    """Return whether the rate is certainly wrong: a slip, of another budget, or right behind its
    two figures; None if it has another reading.
    """
    rate, statements = completion.mention, evidence.statements
    assert statements is not None
    written = [fact.mention for fact in (completion.part, completion.plan) if fact is not None]
    named = rate.has("original", "budget")
    there = (len(written) > 1 or named) and innocent_readings.follows(statements, rate, *written)
    if (
        not named
        and not there
        and written
        and innocent_readings.is_quotient(statements, rate, written[0])
    ):
        return None
    if not rate.has("item", "subject") and _is_of_all(evidence, completion):
        return None
    others = (
        of_table_figure(figure)
        for role in ("original", "budget")
        for figure in evidence.table_figures.of(completion.item, role)
    )
    wholes = [whole for whole in (*plans, *others) if whole.printed > 0]
    true = [part.printed / whole.printed * 100 for part in parts for whole in wholes]
    return there or any(is_slip(rate.value, one, rate.decimals) for one in true)
