"""Changes, rates and shares that a sentence disproves by its own numbers. Pure.

A claim is proved wrong only where the sentence itself says of which numbers it is (a plan and
what was done, a base and what became of it, a whole and a part) and where no two numbers of the
paragraph, nor the tables' figures of the same things, make it right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product

from jixiao_xlsx.prose.proofs.claims import BUDGET_KINDS, PARTS_KINDS, Claim, Sentence
from jixiao_xlsx.prose.proofs.tokens import NOUNS, Number
from jixiao_xlsx.values.amounts import ZERO, Interval, atoms_per, rate_holds

_NEAR = 3  # of so many sizes before a rate, two are those it is of
_PLANNED = {*BUDGET_KINDS, "contract"}
RATE_WORD = "率"
DONE = {"execution", "", "this"}


@dataclass(frozen=True, slots=True)
class Proof:
    """A number that the sentence disproves: `kind` is the rule it falls under, `right` what it
    should be (in atoms, a rate in %; None where there is no such number), `of` the numbers it
    follows from. `turned`: only the direction is wrong.
    """

    number: Number
    kind: str
    right: Fraction | None
    of: tuple[Number, ...]
    turned: bool = False
    sure: bool = True


# ------------------------------------------------------------------------------------------- rates


def completion(sentence: Sentence, rate: Claim) -> Iterator[Proof]:
    """Yield a rate of completion that the plan and what was done do not give."""
    pair = _plan_and_done(sentence, rate)
    if pair is None:
        return
    plan, done = pair
    work = rate.number.value == 100 and not rate.base and not rate.number.has("completed")
    if work and not all(span == ZERO for span in plan.spans):
        return  # what was to be done is done, for less money
    if all(span == ZERO for span in plan.spans):
        if rate.number.value and all(span.lo > 0 for span in done.spans):
            yield Proof(rate.number, "completion", None, (plan.number, done.number))
        return
    if not _is_ratio(rate.number, _readings(sentence, plan, rate.base)):
        yield Proof(
            rate.number,
            "completion",
            _percent(done.number.atoms, plan.number.atoms),
            (plan.number, done.number),
        )


def _plan_and_done(sentence: Sentence, rate: Claim) -> tuple[Claim, Claim] | None:
    """Return the plan and what was done, where both stand right before the rate and are of one
    thing.
    """
    near = _main_sizes(sentence.before(rate))[-_NEAR:]
    if not near:
        return None
    kind = near[-1].kind
    near = [one for one in near if one.kind == kind]
    plans = [one for one in near if one.role in _PLANNED and _is_base(one.role, rate.base)]
    dones = [one for one in near if one.role in DONE and one.means == "amount"]
    if not dones and len(plans) > 1 and plans[-1].role == "contract":
        dones = [plans.pop()]
    if not plans or not dones or near[-1] not in {plans[-1], dones[-1]}:
        return None
    plan, done = plans[-1], dones[-1]
    if not same_thing(plan.number, done.number) or not _of_these(rate.number, plan, done):
        return None
    return plan, done


def _main_sizes(sizes: list[Claim]) -> list[Claim]:
    """Return the sizes without parts that were listed and left again: “预算 10 万元，其中甲 4 万元、乙 6
    万元，实际支出 9 万元”.
    """
    main: list[Claim] = []
    inside = False
    for one in sizes:
        number = one.number
        if any(token.kind in PARTS_KINDS for token in number.tokens):
            inside = True
        elif inside and number.marks != "、" and not number.subject:
            inside = not (one.role or number.has("spent"))
        if not inside:
            main.append(one)
    return sizes if inside else main


def _is_base(role: str, base: str) -> bool:
    return not base or base == role or "plan" in {role, base}


def same_thing(one: Number, other: Number) -> bool:
    """Return whether two leads can be of one thing: one names nothing, or what the other does."""
    first, second = one.subject, other.subject
    return not first or not second or first in second or second in first


def _of_these(number: Number, *others: Claim) -> bool:
    """Return whether a rate names nothing, or what one of the others names."""
    return not number.subject or any(
        number.subject in one.number.subject or one.number.subject in number.subject
        for one in others
        if one.number.subject
    )


def is_of(number: Number, *others: Claim) -> bool:
    """Return whether a change is of these figures: it names nothing else and is not of a part."""
    return _of_these(number, *others) and not any(
        one.kind in {"parts", "all_parts", "among"} for one in number.tokens
    )


def _readings(
    sentence: Sentence, like: Claim, base: str = ""
) -> Iterator[tuple[Interval, Interval]]:
    """Yield every two figures of the paragraph of that kind, as part and whole; the whole is of the
    base that is named, where the sentence has one.
    """
    wholes = [one for one in sentence.sizes(like.kind) if base and one.role == base]
    spans = sentence.spans(like.kind)
    if wholes:
        yield from product(spans, (span for one in wholes for span in one.spans))
    else:
        yield from permutations(spans, 2)


def _is_ratio(rate: Number, pairs: Iterable[tuple[Interval, Interval]]) -> bool:
    stated = Fraction(rate.value) / 100
    return any(whole.lo > 0 and rate_holds(stated, rate.step, part, whole) for part, whole in pairs)


def _percent(part: Fraction, whole: Fraction) -> Fraction | None:
    return part / whole * 100 if whole else None


def ratio_of_two(sentence: Sentence, rate: Claim) -> Iterator[Proof]:
    """Yield “发放 710 份，收回 690 份，回收率 91.12%”: the rate bears the letters of what was done."""
    before = sentence.before(rate)[-2:]
    if len(before) < 2 or before[0].kind != before[1].kind or rate.number.vague:
        return
    whole, part = before
    at = sentence.claims.index(rate)
    if sentence.claims[max(at - 2, 0) : at] != (whole, part):
        return
    stem = rate.number.subject.removesuffix(RATE_WORD)
    verb = "".join(one.text for one in part.number.lead)
    plain = whole.means == part.means == "amount" and whole.number.value > 0
    named = all(one.kind in NOUNS for one in rate.number.lead)
    if not named or stem == rate.number.subject or not stem or not plain:
        return
    if not set(stem) <= set(verb):
        return
    counted = part.number.family == "count"
    if counted and part.number.atoms > whole.number.atoms and rate.number.value <= 100:
        right = _percent(part.number.atoms, whole.number.atoms)
        yield Proof(rate.number, "completion", right, (whole.number, part.number))
        return
    spans = sentence.spans(part.kind)
    changes = [one + -other for one, other in permutations(spans, 2)]
    if not _is_ratio(rate.number, (*_readings(sentence, part), *product(changes, spans))):
        right = _percent(part.number.atoms, whole.number.atoms)
        yield Proof(rate.number, "completion", right, (whole.number, part.number))


def bare_percent(sentence: Sentence, rate: Claim) -> Iterator[Proof]:
    """Yield a bare percentage that is a wrong share of what it stands behind, or a wrong rate."""
    yield from share(sentence, rate)
    yield from ratio_of_two(sentence, rate)


# ------------------------------------------------------------------------------------------ shares


def share(sentence: Sentence, rate: Claim) -> Iterator[Proof]:
    """Yield a share that the part and the whole do not give."""
    pair = _part_and_whole(sentence, rate)
    if pair is None or rate.number.vague:
        return
    part, whole = pair
    if part.kind != whole.kind:
        return
    spans = sentence.spans(part.kind)
    changes = [one + -other for one, other in permutations(spans, 2)]
    told = whole.means == "divisor"  # “占计划投资 112.08 万元的”: no other whole is meant
    wholes = list(whole.spans) if told else spans
    readings = product(spans, wholes) if told else _readings(sentence, part)
    if not _is_ratio(rate.number, (*readings, *product(changes, wholes))):
        right = _percent(part.number.atoms, whole.number.atoms)
        yield Proof(rate.number, "share", right, (part.number, whole.number))


def _part_and_whole(sentence: Sentence, rate: Claim) -> tuple[Claim, Claim] | None:
    before = sentence.before(rate)
    if len(before) < 2:
        return None
    last, other = before[-1], before[-2]
    if last.means == "divisor" and not rate.number.lead:
        return other, last
    if rate.means != "share" or last.means == "divisor":
        return None
    named = rate.number.subject
    wholes = [one for one in before[:-1] if named and one.number.subject.endswith(named)]
    return (last, wholes[-1]) if wholes and wholes[-1].number.atoms > last.number.atoms else None


# ---------------------------------------------------------------------------------------- averages


def average(sentence: Sentence, claim: Claim) -> Iterator[Proof]:
    """Yield an average that no amount and number of the paragraph give."""
    before = sentence.before(claim)
    after = sentence.claims[sentence.claims.index(claim) + 1 :][:1]
    last_total = [one for one in after if one.means == "amount" and one.number.has("together")]
    wholes = [one for one in (*before, *last_total) if one.kind == claim.kind]
    counts = [one for one in before if one.number.family == "count" and one.number.value > 0]
    if not wholes or not counts or claim.number.vague or claim.number.has("than", "previous"):
        return
    told = bool(last_total) and not wholes[-1].number.subject
    if not (told or is_of(claim.number, wholes[-1])) or not is_of(counts[-1].number, counts[-1]):
        return
    last = Fraction(atoms_per(claim.number.unit), 10**claim.number.decimals)
    least, most = claim.number.atoms - last / 2, claim.number.atoms + last
    if any(one.number.unit[:1] == "万" for one in sentence.around if one.kind != "money"):
        return  # heads in ten thousands
    all_wholes = [one for one in sentence.around if one.kind == claim.kind]
    all_counts = [one for one in sentence.around if one.number.family == "count"]
    for whole in all_wholes:
        for count in all_counts:
            heads = Fraction(count.number.value)
            if any(span.lo <= most * heads and least * heads <= span.hi for span in whole.spans):
                return
    near = [*before[-1:], *last_total] if last_total else before
    if _adjacent(near, wholes[-1], counts[-1]):
        right = wholes[-1].number.atoms / Fraction(counts[-1].number.value)
        yield Proof(claim.number, "other", right, (wholes[-1].number, counts[-1].number))


def _adjacent(before: list[Claim], *claims: Claim) -> bool:
    return all(any(one is other for other in before[-2:]) for one in claims)
