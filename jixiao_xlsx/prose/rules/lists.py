"""NAR104: totals and what is listed under them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.checking.bases import REPORT_ARITHMETIC
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, rule
from jixiao_xlsx.prose import innocent_readings, tallies
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.proof_flags import with_proofs
from jixiao_xlsx.prose.proofs.tokens import tokenized
from jixiao_xlsx.prose.rules.figures import (
    NO_REPORT,
    flag_mention,
    quote_of,
)
from jixiao_xlsx.prose.rules.repeated_figures import beside_its_parts
from jixiao_xlsx.prose.sentence_memory import TIME_WORDS
from jixiao_xlsx.prose.statements import (
    Listing,
    ReportStatements,
)
from jixiao_xlsx.prose.table_figures import TableFigure
from jixiao_xlsx.values.amounts import (
    Convention,
    atoms_per,
    interval_sum,
)
from jixiao_xlsx.values.digit_slips import is_slip
from jixiao_xlsx.values.findings import Expected, Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


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
            or _goes_both_ways(evidence, listing)
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


def _goes_both_ways(evidence: ProseEvidence, listing: Listing) -> bool:
    """Return whether some parts rise and others fall: “增加 19 万元，其中甲增加 24 万元、乙减少 5 万元”."""
    lexicon = evidence.vocabulary.tokens if evidence.vocabulary else None
    if lexicon is None:
        return False
    leads = [
        {token.kind for token in tokenized(part.mention.lead, 0, lexicon, None)}
        for part in listing.parts
    ]
    return any("up" in kinds for kinds in leads) and any("down" in kinds for kinds in leads)


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
