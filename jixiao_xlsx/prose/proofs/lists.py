"""Lists of shares, of names that are counted, and of numbers that cannot grow. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from jixiao_xlsx.prose.proofs.claims import Claim, Sentence
from jixiao_xlsx.prose.proofs.prove import Proof
from jixiao_xlsx.prose.proofs.tokens import NOUN
from jixiao_xlsx.values.amounts import Interval, rate_holds

_HARD = re.compile("[，,;:()。!?]")
_AND, _SUCH_AS = re.compile("[和及与]"), "等"
_FEWEST = 3  # names that are a list
_FAR = 2  # a slip of the count


def share_list(sentence: Sentence) -> Iterator[Proof]:
    """Yield the one of “甲 8 万元、乙 12 万元，分别占 40.5%、40.5%” that no whole makes right."""
    for at, first in enumerate(sentence.claims):
        tokens = [one.kind for one in first.number.tokens]
        if first.kind != "%" or "respectively" not in tokens or "share" not in tokens:
            continue
        rates = [first, *_next_rates(sentence.claims[at + 1 :])]
        sizes = [one for one in sentence.before(first) if one.means == "amount"]
        parts = [one for one in sizes if one.kind == sizes[-1].kind][-len(rates) :]
        if len(rates) > 1 and len(parts) == len(rates):
            yield from _odd_share(sentence, parts, rates)


def paired_shares(sentence: Sentence) -> Iterator[Proof]:
    """Yield the one of “甲 8 万元，占 40%；乙 12 万元，占 63%” that no whole makes right: shares in the
    same words are of one whole.
    """
    claims = sentence.claims
    pairs = [
        (size, rate)
        for size, rate in pairwise(claims)
        if rate.means in {"share", "percent"}
        and rate.number.has("share", "whole")
        and size.means == "amount"
        and not size.number.vague | rate.number.vague
    ]
    for said in dict.fromkeys(_words(rate) for _, rate in pairs):
        alike = [(size, rate) for size, rate in pairs if _words(rate) == said]
        parts, rates = [size for size, _ in alike], [rate for _, rate in alike]
        if _names_another(sentence, rates[0]):
            continue
        if len(alike) > 1 and len({one.kind for one in parts}) == 1:
            others = [one for one in sentence.around if one not in parts]
            yield from _odd_share(replace(sentence, around=tuple(others)), parts, rates)


def _names_another(sentence: Sentence, rate: Claim) -> bool:
    """Return whether the whole is something that the words before do not speak of: “占全县的”."""
    before = sentence.text[: rate.number.start - sentence.start - len(rate.number.subject)]
    nouns = [one.text for one in rate.number.lead if one.kind == NOUN]
    return any(noun not in before.removesuffix(noun) for noun in nouns)


def _words(claim: Claim) -> tuple[str, ...]:
    return tuple(one.text for one in claim.number.lead)


def _next_rates(claims: Sequence[Claim]) -> Iterator[Claim]:
    for one in claims:
        if one.kind != "%" or one.number.lead or one.number.marks not in {"、", "，", ""}:
            return
        yield one


def _odd_share(
    sentence: Sentence, parts: Sequence[Claim], rates: Sequence[Claim]
) -> Iterator[Proof]:
    """Yield the only share that does not fit the whole which makes all others right."""
    best: tuple[int, Interval] | None = None
    for whole in sentence.spans(parts[0].kind):
        held = sum(_is(rate, part, whole) for part, rate in zip(parts, rates, strict=True))
        if held == len(rates):
            return
        if best is None or held > best[0]:
            best = held, whole
    if best is None or best[0] < len(rates) - 1:
        return
    for part, rate in zip(parts, rates, strict=True):
        if not _is(rate, part, best[1]):
            right = part.number.atoms / Fraction(best[1].lo + best[1].hi, 2) * 100
            yield Proof(rate.number, "share", right, (part.number,))


def _is(rate: Claim, part: Claim, whole: Interval) -> bool:
    stated = Fraction(rate.number.value) / 100
    return whole.lo > 0 and any(
        rate_holds(stated, rate.number.step, span, whole) for span in part.spans
    )


def rising(sentence: Sentence, descending: Sequence[Sequence[str]]) -> Iterator[Proof]:
    """Yield “发放问卷 183 份，收回 196 份”: more than there were before."""
    last: tuple[int, Claim] | None = None
    for one in sentence.claims:
        if not one.sized or one.number.family != "count":
            continue
        words = "".join(token.text for token in one.number.lead)
        rank = next(
            (at for at, names in enumerate(descending) if any(name in words for name in names)), -1
        )
        if rank < 0:
            continue
        if last is not None and last[0] < rank and last[1].kind == one.kind:
            before = last[1]
            sizes = [size for size in sentence.before(one) if size.kind == one.kind]
            if all(a.lo > b.hi for a in one.spans for size in sizes for b in size.spans):
                yield Proof(one.number, "other", before.number.atoms, (before.number,))
        last = rank, one


def differing_rest(
    sentence: Sentence, groups: Sequence[Sequence[re.Pattern[str]]]
) -> Iterator[Proof]:
    """Yield “编制 20 人，在职 15 人，空编 6 人”: what is left is not the whole less the part."""
    named = list(_with_words(sentence))
    for words in groups:
        found = [[one for one, text in named if word.search(text)] for word in words]
        if any(len(some) != 1 for some in found):
            continue
        whole, part, rest = (some[0] for some in found)
        if rest.number.vague or any(set(_kinds(one)) & {"than", "share"} for one in (part, rest)):
            continue
        if len({whole.kind, part.kind, rest.kind}) > 1 or len({id(whole), id(part), id(rest)}) < 3:
            continue
        gaps = (a + -b for a in whole.spans for b in part.spans)
        if not any(gap.meets(span) for gap in gaps for span in rest.spans):
            right = whole.number.atoms - part.number.atoms
            yield Proof(rest.number, "other", right, (whole.number, part.number))


def _kinds(claim: Claim) -> list[str]:
    return [token.kind for token in claim.number.lead]


def _with_words(sentence: Sentence) -> Iterator[tuple[Claim, str]]:
    """Yield the sizes of a sentence with the words since the last mark before each."""
    after = 0
    for one in sentence.claims:
        text = sentence.text[after : one.number.start - sentence.start]
        after = one.number.end - sentence.start
        if one.sized or one.means == "step":
            yield one, _HARD.split(text)[-1]


def miscounted(sentence: Sentence, named: Sequence[str]) -> Iterator[Proof]:
    """Yield “甲、乙、丙 4 个项目”: another number than there are names."""
    after = sentence.start
    for one in sentence.claims:
        number, begins = one.number, after
        after = number.end
        text = sentence.text[begins - sentence.start : number.start - sentence.start]
        pieces = _HARD.split(text)
        if len(pieces) == 1 and begins != sentence.start:
            continue
        names = pieces[-1].split("、")
        if len(names) < _FEWEST or _SUCH_AS in pieces[-1] or number.vague or not all(names):
            continue
        counted = number.unit in {"个", "项", "类", "条"} and number.tail.startswith(tuple(named))
        more = 1 if _AND.search(names[-1]) else 0
        right = len(names) <= number.value <= len(names) + more
        if counted and not right and abs(number.value - len(names)) <= _FAR:
            yield Proof(number, "other", Fraction(len(names) + more), ())
