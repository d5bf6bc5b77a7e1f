"""NAR106: shares in the written report, of amounts, of what is only named, and in round words."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from jixiao_xlsx.checking.bases import REPORT_ARITHMETIC
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, rule
from jixiao_xlsx.prose import innocent_readings
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.match_figures import Amount, of_table_figure
from jixiao_xlsx.prose.proof_flags import with_proofs
from jixiao_xlsx.prose.rules.figures import NO_REPORT, flag_mention, quote_of
from jixiao_xlsx.prose.statements import BareShare, ReportStatements, Share
from jixiao_xlsx.values.amounts import rate_holds
from jixiao_xlsx.values.digit_slips import is_slip
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


@rule(
    "NAR106",
    "占比与所列数不符",
    severity=Severity.ERROR,
    basis=REPORT_ARITHMETIC,
    relations=("C66",),
)
def shares(evidence: ProseEvidence) -> Iterator[Observation]:
    """占比 = 分项 ÷ 文字所指的合计；没有指明合计的，与前面的总额比，对不上而又可能另有所指的只作提示。
    同段里另有一个数，占它正好是所写的比例的，不提；与应有的毫不相像，前面紧挨着的又不是这一项和合计的，只作提示。

    改法：按所列分项和合计重算占比，并写明占的是哪一项。
    """
    yield from with_proofs(evidence, "share", _shares_of_items(evidence))


def _shares_of_items(evidence: ProseEvidence) -> Iterator[Observation]:
    """Yield shares of items of the form that their figures contradict."""
    statements = evidence.statements
    if statements is None:
        yield Skipped(NO_REPORT)
        return
    for share in statements.shares:
        if share.part.mention.approximate or evidence.matcher.unit_in_doubt(
            share.part, share.parent
        ):
            continue
        if share.whole and share.whole == share.part.item:
            continue  # nothing is a share of itself: the part is another figure of the sentence
        wholes, name, sure = _whole(evidence, share)
        wholes = tuple(whole for whole in wholes if whole.span.lo > 0)
        if not wholes:
            continue
        yield Looked(1)
        rate, parts = share.mention, evidence.matcher.computable(share.part)
        step = Fraction(1, 10 ** (rate.decimals + 2))
        stated = Fraction(rate.value) / 100
        if not any(
            rate_holds(stated, step, part.span, whole.span) for part in parts for whole in wholes
        ):
            if not share.whole and innocent_readings.is_share(statements, rate, share.part.mention):
                continue
            divisor = share.parent if share.parent and share.parent.mention.has("share") else None
            if divisor and innocent_readings.has_share(statements, rate, divisor.mention):
                continue  # “甲 13 万元、乙 6 万元，占预算 20 万元的 95%” is of the total
            middle = parts[-1].printed / wholes[-1].printed * 100
            true = [part.printed / whole.printed * 100 for part in parts for whole in wholes]
            sure = sure and (
                any(is_slip(rate.value, one, rate.decimals) for one in true)
                or _stands_there(statements, share)
            )
            words = (
                f"正文写“{quote_of(rate)}”，“{quote_of(share.part.mention)}”占{name}应为 "
                f"{plain(middle, 2)}%。"
            )
            demand = "请改正。" if sure else "如另有所指，请写明占的是哪一项。"
            yield flag_mention(
                rate,
                share.part.item or rate.passage.title,
                words,
                demand,
                expected=f"{plain(middle, 2)}%",
                severity=None if sure else Severity.NOTE,
            )
    yield from _bare_shares(evidence, statements)
    yield from _round_shares(evidence, statements)


def _stands_there(statements: ReportStatements, share: Share) -> bool:
    """Return whether the part stands right before the share, and the whole is named or stated as an
    amount before the part.
    """
    part, parent = share.part.mention, share.parent.mention if share.parent else None
    if parent is not None and innocent_readings.follows(statements, share.mention, part, parent):
        return True
    return (
        innocent_readings.follows(statements, share.mention, part)
        and part.money
        and bool(share.whole or parent)
    )


def _bare_shares(evidence: ProseEvidence, statements: ReportStatements) -> Iterator[Observation]:
    """Yield wrong shares stated without an amount, computed from the tables' figures."""
    for one in statements.bare_shares:
        parts, wholes = (
            (evidence.table_figures.of(name, one.role) for name in (one.item, one.whole))
            if _heads(evidence, one)
            else ((), ())
        )
        usable = [whole for whole in wholes if whole.span.lo > 0]
        if not parts or not usable:
            continue
        yield Looked(1)
        rate = one.mention
        stated, step = Fraction(rate.value) / 100, Fraction(1, 10 ** (rate.decimals + 2))
        if not any(
            rate_holds(stated, step, part.span, whole.span) for part in parts for whole in usable
        ):
            right = f"{plain(Fraction(parts[0].atoms) / Fraction(usable[0].atoms) * 100, 2)}%"
            words = f"正文写“{quote_of(rate)}”，按表内数“{one.item}”占“{one.whole}”应为 {right}。"
            related = (parts[0].cells[0].place, usable[0].cells[0].place)
            true = [
                Fraction(part.atoms) / Fraction(whole.atoms) * 100
                for part in parts
                for whole in usable
                if whole.atoms
            ]
            sure = any(
                is_slip(rate.value, share, rate.decimals) for share in true
            ) or _is_stated_with(evidence, statements, one)
            yield flag_mention(
                rate,
                one.item,
                words,
                "请改正；如另有所指，请写明占的是哪一项。",
                expected=right,
                related=related,
                severity=None if sure else Severity.NOTE,
            )


def _is_stated_with(evidence: ProseEvidence, statements: ReportStatements, one: BareShare) -> bool:
    """Return whether the words name the whole, or another share of it, right before or after, is as
    the tables have it.
    """
    words = one.mention.words or ()
    after = words[[*(word.kind for word in words), "share"].index("share") :]
    if any(word.kind in {"item", "spent", "earned", "original", "budget"} for word in after):
        return True
    others = (other for other in statements.bare_shares if other.item != one.item)
    pairs = (
        (other, sorted((other.mention, one.mention), key=lambda mention: mention.start))
        for other in others
    )
    return any(
        innocent_readings.follows(statements, last, first) and _holds(evidence, other)
        for other, (first, last) in pairs
    )


def _holds(evidence: ProseEvidence, one: BareShare) -> bool:
    stated, step = Fraction(one.mention.value) / 100, Fraction(1, 10 ** (one.mention.decimals + 2))
    parts, wholes = (evidence.table_figures.of(name, one.role) for name in (one.item, one.whole))
    return any(
        rate_holds(stated, step, part.span, whole.span)
        for part in parts
        for whole in wholes
        if whole.span.lo > 0
    )


def _heads(evidence: ProseEvidence, one: BareShare) -> bool:
    """Return whether the whole is one of which the item, as the tables have it, can be a part: 基本支出
    is not one of 财政拨款支出.
    """
    vocabulary = evidence.vocabulary
    item = vocabulary.items.get(one.whole) if vocabulary else None
    if vocabulary is None or item is None:
        return False
    return bool(item.unit) or item.kind in {"total", "income"} or one.whole in vocabulary.partitions


def _round_shares(evidence: ProseEvidence, statements: ReportStatements) -> Iterator[Observation]:
    """Yield a share in round words that does not fit: “近三成” of what is four tenths."""
    for one in statements.round_shares:
        share = one.share
        if isinstance(share, BareShare):
            names = (share.item, share.whole) if _heads(evidence, share) else ("", "")
            parts, wholes = (
                tuple(map(of_table_figure, evidence.table_figures.of(item, "execution")))
                for item in names
            )
            name, item = f"“{share.whole}”", share.item
        else:
            parts, item = evidence.matcher.computable(share.part), share.part.item
            wholes, name, _ = _whole(evidence, share)
        wholes = tuple(whole for whole in wholes if whole.span.lo > 0)
        if (
            not parts
            or not wholes
            or (
                isinstance(share, Share)
                and evidence.matcher.unit_in_doubt(share.part, share.parent)
            )
        ):
            continue
        yield Looked(1)
        rates = [
            (Fraction(p.span.lo, w.span.hi), Fraction(p.span.hi, w.span.lo))
            for p in parts
            for w in wholes
        ]
        if all(high < one.low or low > one.high for low, high in rates):
            right = f"{plain(parts[-1].printed / wholes[-1].printed * 100, 2)}%"
            mention = share.mention
            quote = mention.passage.text[mention.start - len(mention.lead) : mention.end].strip(
                "，、；：。 "
            )
            words = f"正文写“{quote}”，占{name}应为 {right}。"
            yield Flag(
                mention.passage.place,
                item or mention.passage.title,
                mention.passage.title,
                quote,
                words,
                right,
                demand="请改正。",
            )


def _whole(evidence: ProseEvidence, share: Share) -> tuple[tuple[Amount, ...], str, bool]:
    statements = evidence.statements
    if share.whole:
        role = share.part.role or "execution"
        near = [
            fact
            for fact in (statements.facts if statements else ())
            if fact.item == share.whole
            and (fact.role or "execution") == role
            and not fact.subset
            and fact.mention.money
        ]
        spans = [amount for fact in near for amount in evidence.matcher.computable(fact)]
        spans += [
            of_table_figure(figure) for figure in evidence.table_figures.of(share.whole, role)
        ]
        return tuple(spans), f"“{share.whole}”", True
    if share.like is not None:
        wholes, name, _ = _whole(evidence, share.like)
        return wholes, name, False
    if (
        share.parent is not None
        and not share.parent.mention.approximate
        and share.parent is not share.part
    ):
        return (
            evidence.matcher.computable(share.parent),
            f"“{quote_of(share.parent.mention)}”",
            True,
        )
    return (), "", False
