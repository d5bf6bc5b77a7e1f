"""NAR105: changes, and what they are between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.checking.bases import REPORT_ARITHMETIC
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, rule
from jixiao_xlsx.prose import innocent_readings
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.clauses import Mention
from jixiao_xlsx.prose.match_figures import Amount, of_table_figure
from jixiao_xlsx.prose.proof_flags import with_proofs
from jixiao_xlsx.prose.rules.completed import MAYBE_ANOTHER_ITEM, written_or_known
from jixiao_xlsx.prose.rules.figures import (
    NO_REPORT,
    ROLE_LABELS,
    flag_mention,
    quote_of,
)
from jixiao_xlsx.prose.statements import (
    StatedChange,
    believed,
)
from jixiao_xlsx.values.amounts import (
    ZERO,
    atoms_per,
    rate_holds,
)
from jixiao_xlsx.values.digit_slips import is_slip
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


@rule(
    "NAR105",
    "增减与前后数不符",
    severity=Severity.ERROR,
    basis=REPORT_ARITHMETIC,
    relations=("C64", "C65"),
)
def changes(evidence: ProseEvidence) -> Iterator[Observation]:
    """增减额 = 本期 − 上期，增减% = 增减额 ÷ 上期，文字的方向与数字一致；上期为 0 不写百分比。

    同段里有两个数正好得出所写的增减额、百分比的，不提；所写的数与应有的毫不相像、前面紧挨着的又不是这两个数的，可能说的不是同一项，只作提示。

    改法：按本期、上期的数重算增减额、百分比和方向。
    """
    yield from with_proofs(evidence, "change", _changes(evidence))


def _changes(evidence: ProseEvidence) -> Iterator[Observation]:
    """Yield changes of items of the form that their figures contradict."""
    statements = evidence.statements
    if statements is None:
        yield Skipped(NO_REPORT)
        return
    for change in statements.changes:
        if evidence.matcher.unit_in_doubt(change.current, change.earlier):
            continue
        yield Looked(1)
        yield from _change(evidence, change)


def _amount(mention: Mention) -> Amount:
    return Amount(believed(mention), Fraction(mention.value * atoms_per(mention.unit)))


def _all_known(evidence: ProseEvidence, item: str, role: str) -> tuple[Amount, ...]:
    """Return every figure of the tables that an item may be, the likeliest last: “本年支出” is that of
    the year or, loosely, the total.
    """
    return tuple(map(of_table_figure, reversed(evidence.table_figures.of(item, role))))


def _change(evidence: ProseEvidence, change: StatedChange) -> Iterator[Observation]:
    mention = change.amount or change.rate
    assert mention is not None
    nows = written_or_known(evidence, change.current, change.item, "execution")
    thens = written_or_known(evidence, change.earlier, change.item, change.base)
    if (
        change.amount is not None
        and not change.amount.money
        and not (change.current or change.earlier)
    ):
        return
    step = _amount(change.amount) if change.amount else None
    if step is not None and step.printed < 0:
        step = -step
    steps = [step] if step else []
    if change.base:
        known = nows or _all_known(evidence, change.item, "execution")
        reals = [now.less(then) for now in known for then in thens]
        if reals and _all_the_other_way(reals, change.direction) and not (step and 0 in step.span):
            told, right = ("增加", "减少") if change.direction > 0 else ("减少", "增加")
            yield _flag_change(
                evidence,
                change,
                mention,
                f"{_compare(evidence, change)}，是{right}，文字写的是{told}",
                right,
            )
            return
    if nows and thens and change.base:
        sizes = [real if change.direction > 0 else -real for real in reals]
        if (
            step is not None
            and change.amount is not None
            and not any(step.span.meets(size.span) for size in sizes)
        ):
            if _is_the_base(change.amount, step, thens) or _steps_elsewhere(
                evidence, change.amount
            ):
                return
            gap = plain(
                sizes[-1].printed / atoms_per(mention.unit),
                max(mention.decimals, 2) if mention.money else 0,
            )
            sure = is_slip(mention.value, Decimal(gap), mention.decimals) or _follows(
                evidence, change, mention
            )
            words = f"{_compare(evidence, change)}，相差 {gap}{mention.unit}"
            yield _flag_change(evidence, change, mention, words, f"{gap}{mention.unit}", sure=sure)
            return
        steps += sizes
    if change.rate is None or not steps:
        return
    if not thens and change.base:
        thens = tuple(now.less(steps[0] if change.direction > 0 else -steps[0]) for now in nows)
    if thens:
        yield from _growth_rate(evidence, change, change.rate, steps, thens)


def _is_the_base(mention: Mention, step: Amount, thens: Sequence[Amount]) -> bool:
    """Return whether the amount is the base of the comparison, not the difference: “低于全年预算 1400000
    元”.
    """
    return mention.has("over", "under") and any(step.span.meets(then.span) for then in thens)


def _steps_elsewhere(evidence: ProseEvidence, amount: Mention) -> bool:
    return evidence.statements is not None and innocent_readings.differs_by(
        evidence.statements, amount
    )


def _follows(evidence: ProseEvidence, change: StatedChange, mention: Mention) -> bool:
    """Return whether the two figures, or the one whose base is named, stand right before the
    change.
    """
    facts = [fact.mention for fact in (change.current, change.earlier) if fact is not None]
    if change.amount is not None and mention is not change.amount:
        facts.append(change.amount)
    named = len(facts) > 1 or change.base in {"previous", "original", "budget"}
    return (
        named
        and evidence.statements is not None
        and innocent_readings.follows(evidence.statements, mention, *facts)
    )


def _all_the_other_way(reals: list[Amount], direction: int) -> bool:
    return all((real.span.hi < 0) if direction > 0 else (real.span.lo > 0) for real in reals)


def _growth_rate(
    evidence: ProseEvidence,
    change: StatedChange,
    rate: Mention,
    steps: Sequence[Amount],
    thens: Sequence[Amount],
) -> Iterator[Observation]:
    """Yield the rate must follow from the step as written, or from the two figures it is the
    difference of.
    """
    if all(then.span == ZERO for then in thens) and rate.value:
        yield _flag_change(
            evidence, change, rate, "比较的基数为 0，不能计算百分比，应只写增减额", "不写百分比"
        )
        return
    stated, grid = Fraction(abs(rate.value)) / 100, Fraction(1, 10 ** (rate.decimals + 2))
    usable = [then for then in thens if then.span.lo > 0]
    if usable and not any(
        rate_holds(stated, grid, step.span, then.span) for step in steps for then in usable
    ):
        fact = change.current or change.earlier
        if (
            fact
            and evidence.statements
            and innocent_readings.grows_by(
                evidence.statements, rate, fact.mention, up=change.direction > 0
            )
        ):
            return
        true = [step.printed / then.printed * 100 for step in steps for then in usable]
        sure = any(is_slip(rate.value, one, rate.decimals) for one in true) or _follows(
            evidence, change, rate
        )
        right = f"{plain(steps[-1].printed / usable[-1].printed * 100, 2)}%"
        yield _flag_change(evidence, change, rate, f"按所写数字复算为 {right}", right, sure=sure)


def _compare(evidence: ProseEvidence, change: StatedChange) -> str:
    now = f"“{quote_of(change.current.mention)}”" if change.current else "表内本期数"
    then = (
        f"“{quote_of(change.earlier.mention)}”"
        if change.earlier
        else f"表内{ROLE_LABELS.get(change.base, '')}数"
    )
    return f"{now}与{then}比"


def _flag_change(
    evidence: ProseEvidence,
    change: StatedChange,
    mention: Mention,
    why: str,
    expected: str,
    *,
    sure: bool = True,
) -> Flag:
    words = f"正文{f'“{change.item}”' if change.item else ''}写“{quote_of(mention)}”，{why}。"
    role = change.base if change.base in {"previous", "original", "budget"} else ""
    places = [
        figure.cells[0].place
        for one in ("execution", role)
        if one
        for figure in evidence.table_figures.of(change.item, one)[:1]
    ]
    severity = None if sure else Severity.NOTE
    return flag_mention(
        mention,
        change.item or mention.passage.title,
        words,
        "请改正。" if sure else MAYBE_ANOTHER_ITEM,
        expected=expected,
        related=tuple(places),
        severity=severity,
    )
