"""NAR104–107: the written report's own arithmetic: lists and totals, changes, shares, rates of
completion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.checking.bases import REPORT_ARITHMETIC
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, rule
from jixiao_xlsx.prose import innocent_readings, tallies
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.clauses import Mention
from jixiao_xlsx.prose.language.vocabulary import RateItem, fold
from jixiao_xlsx.prose.match_figures import Amount, of_table_figure
from jixiao_xlsx.prose.proof_flags import with_proofs
from jixiao_xlsx.prose.rules.figures import (
    NO_REPORT,
    ROLE_LABELS,
    beside_its_parts,
    flag_mention,
    quote_of,
)
from jixiao_xlsx.prose.sentence_memory import TIME_WORDS
from jixiao_xlsx.prose.statements import (
    CompletionRate,
    Fact,
    Listing,
    ReportStatements,
    StatedChange,
    StatedRate,
    believed,
)
from jixiao_xlsx.prose.table_figures import TableFigure
from jixiao_xlsx.scoring.measures import read_measure
from jixiao_xlsx.values.amounts import (
    ZERO,
    Convention,
    Figure,
    Interval,
    atoms_per,
    interval_sum,
    rate_holds,
)
from jixiao_xlsx.values.cells import Cell, Place
from jixiao_xlsx.values.digit_slips import is_slip
from jixiao_xlsx.values.findings import Expected, Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain

MAYBE_ANOTHER_ITEM = "可能说的不是同一项，请核对：是同一项的，请改正；不是的，请写明是什么。"


# -------------------------------------------------------------------------------------------- lists


@rule(
    "NAR104",
    "所列分项与总额不符",
    severity=Severity.ERROR,
    basis=REPORT_ARITHMETIC,
    relations=("C10", "C71"),
)
def list_and_total(evidence: ProseEvidence) -> Iterator[Observation]:
    """正文里列出的各项加起来不等于前面的总额。“其中”可以不列全，只在超过总额、或已列全时才算错。

    同段里另有几个数加起来正是这个总额的，不提；总额与各项之和毫不相像、又没有写明是几项的，可能不是一回事，只作提示。

    改法：核对各项和总额，漏列的补上，写错的改正。
    """
    yield from with_proofs(evidence, "sum", _lists(evidence))


def _lists(evidence: ProseEvidence) -> Iterator[Observation]:
    """Yield lists whose total is another, of items of the form."""
    statements = evidence.statements
    if statements is None:
        yield Skipped(NO_REPORT)
        return
    for listing in statements.listings:
        every = (listing.whole, *listing.parts)
        if (
            beside_its_parts(listing)
            or any(fact.mention.approximate for fact in every)
            or evidence.matcher.unit_in_doubt(*every)
            or any(fact.role == "other" for fact in every)
        ):
            continue
        yield Looked(len(every))
        added = [interval_sum((1, fact.under(how)) for fact in listing.parts) for how in Convention]
        wholes = [listing.whole.under(how) for how in Convention]
        if any(parts.meets(whole) for parts, whole in zip(added, wholes, strict=True)):
            continue
        if _explained(evidence, listing) or innocent_readings.adds_up(statements, listing):
            continue
        over = all(parts.lo > whole.hi for parts, whole in zip(added, wholes, strict=True))
        complete = _complete(evidence, listing)
        money = listing.whole.mention.money  # people can be in several of the groups
        if (
            complete
            or listing.sure
            or (over and money and (len(listing.parts) > 1 or _part_of(evidence, listing)))
        ):
            yield _unequal(listing, None if complete or _is_miscounted(listing) else Severity.NOTE)
        elif len(listing.parts) > 1 and (
            not listing.open_ended or _nearly_all(listing) or _comes_last(listing)
        ):
            yield _unequal(listing, Severity.NOTE)
    yield from _sums(statements)
    yield from _short_sums(statements)


def _sums(statements: ReportStatements) -> Iterator[Observation]:
    """Yield lists of things that are only counted."""
    for source, match, added in tallies.sums(statements):
        yield Looked(1)
        if added != int(match["total"]):
            quote = source.text[match.start() : match.end()]
            words = f"正文“{quote}”，各项之和是 {added}{match['unit']}。"
            yield Flag(
                source.place,
                source.title,
                source.title,
                quote,
                words,
                f"{added}{match['unit']}",
                demand="请核对各项与总数。",
            )


def _short_sums(statements: ReportStatements) -> Iterator[Observation]:
    """Yield wrong sums of amounts without their own units: “社保 68.42、卫生 29.85，两项共 98.27 万元”."""
    for source, match, added, digits in tallies.short_sums(statements):
        yield Looked(1)
        if abs(added - Decimal(match["total"])) > Decimal(1).scaleb(-digits):
            quote = source.text[match.start() : match.end()]
            words = f"正文“{quote}”，各项之和是 {plain(added)}万元。"
            yield Flag(
                source.place,
                source.title,
                source.title,
                quote,
                words,
                f"{plain(added)}万元",
                demand="请核对各项与总数。",
            )


def _explained(evidence: ProseEvidence, listing: Listing) -> bool:
    """Return whether the list adds up with the tables' figures for those that contradict them."""
    every = (listing.whole, *listing.parts)
    wrong = [
        fact
        for fact in every
        if not fact.subset
        and evidence.matcher.candidates(fact)
        and not evidence.matcher.agrees(fact)
    ]
    if not wrong:
        return False
    spans = [
        evidence.matcher.computable(fact)[-1].span if fact in wrong else fact.believed
        for fact in every
    ]
    return sum(spans[2:], spans[1]).meets(spans[0])


def _part_of(evidence: ProseEvidence, listing: Listing) -> bool:
    """Return whether the only part that is listed is known to be a part of the whole."""
    groups = evidence.vocabulary.partitions if evidence.vocabulary else {}
    return listing.parts[0].item in groups.get(listing.whole.item, ())


def _complete(evidence: ProseEvidence, listing: Listing) -> bool:
    """Return whether every part of the whole that is not 0 is in the list."""
    vocabulary, names = evidence.vocabulary, {fact.item for fact in listing.parts}
    if (
        vocabulary is None
        or len(listing.parts) < 2
        or "" in names
        or len(names) != len(listing.parts)
    ):
        return False
    subjects = evidence.table_figures.subjects
    if (
        len(subjects) > 1
        and names >= set(subjects)
        and all(_is_subject(evidence, name) for name in names)
    ):
        return True
    if (
        vocabulary.subjects
        and len(subjects) > 1
        and len(names) == len(subjects)
        and all(_is_subject(evidence, name) for name in names)
    ):
        return not listing.open_ended or "主要" in listing.parts[0].mention.gap
    parts = vocabulary.partitions.get(listing.whole.item, ())
    if not names <= set(parts):
        return False
    left = [part for part in parts if part not in names]
    return not any(figure.atoms for part in left for figure in _figures_of(evidence, part))


def _is_miscounted(listing: Listing) -> bool:
    """Return whether the total looks like a slip of the sum, or the parts are all of one kind and
    counted, or stand in one clause.
    """
    whole = listing.whole.mention
    added = sum(
        (fact.mention.value * atoms_per(fact.mention.unit) for fact in listing.parts), Decimal(0)
    ) / atoms_per(whole.unit)
    one_kind = len({fact.role for fact in listing.parts}) == 1
    between = "".join(fact.mention.gap for fact in listing.parts)
    return is_slip(whole.value, added, whole.decimals) or (
        one_kind and (listing.sure or not (";" in between or TIME_WORDS.search(between)))
    )


def _comes_last(listing: Listing) -> bool:
    """Return whether a last total looks like a slip of the list's sum: “A 1 万元、B 2 万元，合计 3.1
    万元”.
    """
    return listing.whole.mention.start > listing.parts[-1].mention.start and _is_miscounted(listing)


_MANY, _ALL_BUT = 4, Fraction(2, 100)


def _nearly_all(listing: Listing) -> bool:
    """Return whether so many parts come so near to the whole that all of them seem to be there: no
    “等” behind the last.
    """
    added = sum(fact.mention.value * atoms_per(fact.mention.unit) for fact in listing.parts)
    whole = listing.whole.mention.value * atoms_per(listing.whole.mention.unit)
    ends = listing.parts[-1].mention.tail[:1] in {"。", ";", ""}
    return (
        len(listing.parts) >= _MANY
        and ends
        and 0 < whole - added <= whole * Decimal(_ALL_BUT.numerator) / _ALL_BUT.denominator
    )


def _figures_of(evidence: ProseEvidence, part: str) -> tuple[TableFigure, ...]:
    """Return figures of a part; a part the vocabulary has no address for is looked up by its
    title.
    """
    if evidence.vocabulary and part in evidence.vocabulary.items:
        return evidence.table_figures.of(part, "")
    cells = [
        cell
        for table in evidence.submission.tables.values()
        if (row := table.by_title.get(part))
        for cell in row.cells.values()
    ]
    return tuple(
        TableFigure((cell,))
        for cell in cells
        if cell.number is not None and cell.unit in {"元", "万元"}
    )


def _is_subject(evidence: ProseEvidence, name: str) -> bool:
    return bool(evidence.vocabulary and name not in evidence.vocabulary.items)


def _unequal(listing: Listing, severity: Severity | None) -> Flag:
    whole = listing.whole.mention
    unit = whole.unit
    numbers = [
        fact.mention.value * atoms_per(fact.mention.unit) / atoms_per(unit)
        for fact in listing.parts
    ]
    added = sum(numbers, Decimal(0))
    names = " + ".join(plain(number) for number in numbers)
    gap = plain(added - whole.value)
    side = "前面" if whole.start > listing.parts[-1].mention.start else "后面"
    words = (
        f"正文“{quote_of(whole)}”，{side}列出的 {len(numbers)} 项之和 {names} = {plain(added)}{unit}，"
        f"相差 {gap.lstrip('-')}{unit}。"
    )
    demand = (
        "请核对各项与总额。" if severity is None else "可能没有列全，也可能有一项写错，请核对。"
    )
    item = listing.whole.item or whole.passage.title
    flag = flag_mention(
        whole,
        item,
        words,
        demand,
        expected=Expected(added, added, unit),
        difference=f"{plain(whole.value - added)}{unit}",
    )
    return Flag(
        flag.place,
        flag.item,
        flag.field,
        _span(listing),
        flag.problem,
        flag.expected,
        flag.difference,
        demand=demand,
        severity=severity,
        count=1,
    )


def _span(listing: Listing) -> str:
    """Return the words from the total to the last part."""
    every = sorted(
        (fact.mention for fact in (listing.whole, *listing.parts)),
        key=lambda mention: mention.start,
    )
    first, last = every[0], every[-1]
    text = first.passage.text[max(first.start - len(first.lead), 0) : last.end].strip("，、；：。 ")
    return text if len(text) <= 120 else f"{text[:60]}…{text[-58:]}"


# ------------------------------------------------------------------------------------------ changes


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


def _either(evidence: ProseEvidence, fact: Fact | None, item: str, role: str) -> tuple[Amount, ...]:
    """Return the figure that is written, or else the tables' of that role."""
    return evidence.matcher.computable(fact) if fact else evidence.matcher.known_amounts(item, role)


def _all_known(evidence: ProseEvidence, item: str, role: str) -> tuple[Amount, ...]:
    """Return every figure of the tables that an item may be, the likeliest last: “本年支出” is that of
    the year or, loosely, the total.
    """
    return tuple(map(of_table_figure, reversed(evidence.table_figures.of(item, role))))


def _change(evidence: ProseEvidence, change: StatedChange) -> Iterator[Observation]:
    mention = change.amount or change.rate
    assert mention is not None
    nows = _either(evidence, change.current, change.item, "execution")
    thens = _either(evidence, change.earlier, change.item, change.base)
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


# ------------------------------------------------------------------------------------ shares, rates


@rule(
    "NAR107",
    "完成率、执行率与数字不符",
    severity=Severity.ERROR,
    basis=REPORT_ARITHMETIC,
    relations=("C29", "C30"),
)
def completion_rates(evidence: ProseEvidence) -> Iterator[Observation]:
    """完成率按文字所说的基数（年初预算还是全年预算）复算；预算执行率、预算调整率、各类对象的满意度、指标业绩值与表内一致；
    基数为 0 不写百分比。

    没有写明基数，同段里有两个数正好得出所写的率的，写的是前面点名的另一行资金的执行率的，不提；与应有的率毫不相像，又不是按另一个预算数算出来的，句子也没有写明的，只作提示。

    改法：按文字所说的基数重算；与表内的率不一致的，改成一致。
    """
    yield from with_proofs(evidence, "completion", _completions(evidence))


def _completions(evidence: ProseEvidence) -> Iterator[Observation]:
    """Yield rates of items of the form that their figures contradict."""
    statements = evidence.statements
    if statements is None:
        yield Skipped(NO_REPORT)
        return
    for completion in statements.completions:
        if not evidence.matcher.unit_in_doubt(completion.part, completion.plan):
            yield Looked(1)
            yield from _done(evidence, completion)
    yield from _ratios(statements)
    for source, match in tallies.rates(statements):
        yield Looked(1)
        stated, right = (
            Fraction(match["rate"]),
            Fraction(int(match["done"]) * 100, int(match["planned"])),
        )
        if abs(stated - right) >= Fraction(1, 10 ** len(match["rate"].partition(".")[2])):
            quote = source.text[match.start() : match.end()]
            words = f"正文“{quote}”，按所写数字复算为 {plain(right, 2)}%。"
            yield Flag(
                source.place,
                source.title,
                source.title,
                quote,
                words,
                f"{plain(right, 2)}%",
                demand="请改正。",
            )
    for rate in statements.rates:
        yield Looked(1)
        yield from _BY_KIND[rate.kind](evidence, rate)


def _ratios(statements: ReportStatements) -> Iterator[Observation]:
    """Yield rates of things that are only counted: 整改率, 审减率."""
    for source, start, match, whole in tallies.ratios(statements):
        figures = [
            Figure(
                Decimal(typed), "万元" if "元" in match["unit"] else match["unit"], _digits(typed)
            )
            for typed in (match["part"], whole)
        ]
        spans = [[figure.believed(how) for how in Convention] for figure in figures]
        part, base = (
            Interval(min(one.lo for one in both), max(one.hi for one in both)) for both in spans
        )
        step = Fraction(1, 10 ** (_digits(match["rate"]) + 2))
        yield Looked(1)
        if base.lo > 0 and not rate_holds(Fraction(match["rate"]) / 100, step, part, base):
            quote = source.text[start : match.end()].strip("，、；：。 \n")
            right = f"{plain(Fraction(match['part']) / Fraction(whole) * 100, 2)}%"
            words = (
                f"正文“{match['verb']}率”写“{match['rate']}%”，"
                f"按所写的 {match['part']} ÷ {whole} 复算为 {right}。"
            )
            yield Flag(
                source.place, source.title, source.title, quote, words, right, demand="请改正。"
            )


def _digits(typed: str) -> int:
    return len(typed.partition(".")[2])


def _done(evidence: ProseEvidence, completion: CompletionRate) -> Iterator[Observation]:
    bases = [completion.base] if completion.base != "plan" else ["budget", "original"]
    parts = _either(evidence, completion.part, completion.item, "execution")
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
    others = (
        of_table_figure(figure)
        for role in ("original", "budget")
        for figure in evidence.table_figures.of(completion.item, role)
    )
    wholes = [whole for whole in (*plans, *others) if whole.printed > 0]
    true = [part.printed / whole.printed * 100 for part in parts for whole in wholes]
    return there or any(is_slip(rate.value, one, rate.decimals) for one in true)


def _rate(evidence: ProseEvidence, rate: StatedRate) -> Iterator[Observation]:
    rate_item = evidence.vocabulary.rates[rate.name] if evidence.vocabulary else None
    if rate_item is None:
        return
    mention = rate.mention
    stated, step = Fraction(mention.value) / 100, Fraction(1, 10 ** (mention.decimals + 2))
    cell = evidence.table_figures.cell(rate_item.display_ref) if rate_item.display_ref else None
    part, whole = (
        evidence.table_figures.cell(rate_item.part),
        evidence.table_figures.cell(rate_item.whole),
    )
    right: list[Fraction] = []
    places: list[Place] = []
    if cell is not None and cell.number is not None:
        if abs(Fraction(cell.number) - stated) < max(step, Fraction(1, 10 ** (cell.decimals + 2))):
            return
        right, places = [Fraction(cell.number)], [cell.place]
    if part and whole and part.figure and whole.figure and whole.figure.value > 0:
        if rate_holds(stated, step, TableFigure((part,)).span, TableFigure((whole,)).span):
            return
        right, places = (
            [*right, Fraction(part.figure.atoms) / Fraction(whole.figure.atoms)],
            [*places, part.place, whole.place],
        )
    if right and not _is_of_another_row(evidence, rate_item, mention):
        sure = (
            bool(re.search(f"{rate.name}|部门|整体|全年", mention.lead))
            or _stands_behind(evidence, mention, (part, whole))
            or any(is_slip(mention.value, one * 100, mention.decimals) for one in right)
        )
        value = f"{plain(right[0] * 100, 2)}%"
        words = f"正文写“{quote_of(mention)}”，表内“{rate.name}”是 {value}。"
        difference = f"{plain((stated - right[0]) * 100, 2)} 个百分点"
        severity = None if sure else Severity.NOTE
        yield flag_mention(
            mention,
            rate.name,
            words,
            "请核对后改成一致。" if sure else MAYBE_ANOTHER_ITEM,
            expected=value,
            difference=difference,
            related=tuple(places),
            severity=severity,
        )


def _is_of_another_row(evidence: ProseEvidence, rate_item: RateItem, mention: Mention) -> bool:
    """Return whether the rate is that of another row named before it, as in “当年财政拨款……，执行率 88.98%”,
    or of the two figures before it.
    """
    text = mention.passage.folded
    before = text[text.rfind("\n", 0, mention.start) + 1 : mention.start]
    table = evidence.submission.get(rate_item.display_ref.table) if rate_item.display_ref else None
    stated, step = Fraction(mention.value) / 100, Fraction(1, 10 ** (mention.decimals + 2))
    named = (
        [
            row
            for row in table.rows
            if row.title != rate_item.display_ref.row and row.title in before
        ]
        if table and rate_item.display_ref
        else []
    )
    cells = [
        cell
        for row in named
        if rate_item.display_ref
        and (cell := row.get(rate_item.display_ref.column))
        and cell.number is not None
    ]
    if any(
        abs(Fraction(cell.number or 0) - stated) < max(step, Fraction(1, 10 ** (cell.decimals + 2)))
        for cell in cells
    ):
        return True
    statements = evidence.statements
    near = innocent_readings.before(statements, mention) if statements else None
    plainly = re.search("部门|整体|全年", mention.lead)
    return bool(
        statements
        and near
        and near.money
        and not plainly
        and innocent_readings.is_quotient(statements, mention, near)
    )


def _groups(evidence: ProseEvidence) -> Iterator[tuple[str, Cell, Decimal]]:
    """Yield the groups of respondents, each with its 满意度."""
    name, label, column = (evidence.vocabulary.respondents if evidence.vocabulary else None) or (
        "",
        "",
        "",
    )
    table = evidence.submission.get(name)
    for row in table.open_rows if table else ():
        who, cell = row.get(label), row.get(column)
        if who is not None and cell is not None and cell.number is not None:
            yield who.text, cell, cell.number


def _off(mention: Mention, cell: Cell, number: Decimal) -> Fraction:
    """Return by how much a percentage is more than that of a cell; 0 where both are the same to the
    last digit of the coarser.
    """
    gap = Fraction(mention.value) / 100 - Fraction(number)
    return (
        gap
        if abs(gap) >= Fraction(1, 10 ** (min(mention.decimals, cell.decimals) + 2))
        else Fraction(0)
    )


def _groups_before(evidence: ProseEvidence, rate: StatedRate) -> list[str]:
    """Return the groups that the sentence names before a bare 满意度, the last first: “受援人问卷 166 份，满意度
    97.59%”.
    """
    mention = rate.mention
    if (
        rate.name
        != ((evidence.vocabulary.respondents if evidence.vocabulary else None) or ("",))[-1]
    ):
        return []
    text = mention.passage.folded
    before = text[max(text.rfind(stop, 0, mention.start) for stop in "。\n") + 1 : mention.start]
    named = [(before.rfind(fold(who)), who) for who, *_ in _groups(evidence)]
    return [who for at, who in sorted(named, reverse=True) if at >= 0]


def _satisfied(evidence: ProseEvidence, rate: StatedRate) -> Iterator[Observation]:
    """Yield a 满意度 of one group that differs from its row of the table."""
    mention = rate.mention
    for who, cell, number in _groups(evidence):
        if who != rate.name or not (gap := _off(mention, cell, number)):
            continue
        sure = mention.has("indicator") or is_slip(mention.value, number * 100, mention.decimals)
        right = f"{plain(number * 100, 2)}%"
        words = f"正文写“{quote_of(mention)}”，《{cell.sheet}》“{rate.name}”的“{cell.column}”是 {right}。"
        yield flag_mention(
            mention,
            f"{rate.name}{cell.column}",
            words,
            "请核对后改成一致。" if sure else MAYBE_ANOTHER_ITEM,
            expected=right,
            difference=f"{plain(gap * 100, 2)} 个百分点",
            related=(cell.place,),
            severity=None if sure else Severity.NOTE,
        )


def _stands_behind(evidence: ProseEvidence, mention: Mention, cells: Sequence[Cell | None]) -> bool:
    """Return whether the number right before the rate is a figure that the table makes the rate
    of.
    """
    near = innocent_readings.before(evidence.statements, mention) if evidence.statements else None
    return near is not None and any(
        TableFigure((cell,)).meets(believed(near))
        for cell in cells
        if cell is not None and near.money
    )


def _indicator(evidence: ProseEvidence, rate: StatedRate) -> Iterator[Observation]:
    line = next(
        (
            line
            for line in evidence.lines
            if rate.name in {line.name, line.spec.name if line.spec else ""}
        ),
        None,
    )
    actual = (
        line.actual
        if line is not None and read_measure(line.cell("actual")).number is not None
        else None
    )
    if line is None or actual is None or actual.number is None or not actual.rate:
        item = rate.name.removesuffix("预算执行率")
        if evidence.vocabulary and item in evidence.vocabulary.items:
            yield from _done(evidence, CompletionRate(rate.mention, item, "budget", None, None))
        return
    mention = rate.mention
    step = max(Fraction(1, 10 ** (mention.decimals + 2)), actual.step * actual.factor)
    stated = Fraction(mention.value) / 100
    if abs(actual.number - stated) >= step and (named := _groups_before(evidence, rate)):
        told = [list(_satisfied(evidence, replace(rate, name=who))) for who in named]
        yield from told[0] if all(told) else ()
    elif abs(actual.number - stated) >= step:
        value = f"{plain(actual.number * 100, 2)}%"
        words = (
            f"正文写“{quote_of(mention)}”，《{line.cell('actual').sheet}》“{line.name}”的业绩值是 "
            f"{line.actual.text}。"
        )
        yield flag_mention(
            mention,
            line.name,
            words,
            "请核对后改成一致。",
            expected=value,
            difference=f"{plain((stated - actual.number) * 100, 2)} 个百分点",
            related=(line.cell("actual").place,),
        )


_BY_KIND = {"rate": _rate, "indicator": _indicator, "respondent": _satisfied}
