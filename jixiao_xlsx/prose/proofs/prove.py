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

from jixiao_xlsx.prose.proofs.claims import BUDGET_KINDS, Claim, Sentence
from jixiao_xlsx.prose.proofs.tokens import NOUNS, Number
from jixiao_xlsx.values.amounts import ZERO, Interval, atoms_per, rate_holds

_NEAR = 3  # of so many sizes before a rate, two are those it is of
_PLANNED = {*BUDGET_KINDS, "contract"}
_RATE = "率"
_DONE = {"execution", "", "this"}


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
    near = sentence.before(rate)[-_NEAR:]
    if not near:
        return None
    kind = near[-1].kind
    near = [one for one in near if one.kind == kind]
    plans = [one for one in near if one.role in _PLANNED and _is_base(one.role, rate.base)]
    dones = [one for one in near if one.role in _DONE and one.means == "amount"]
    if not dones and len(plans) > 1 and plans[-1].role == "contract":
        dones = [plans.pop()]
    if not plans or not dones or near[-1] not in {plans[-1], dones[-1]}:
        return None
    plan, done = plans[-1], dones[-1]
    if not _same_thing(plan.number, done.number) or not _of_these(rate.number, plan, done):
        return None
    return plan, done


def _is_base(role: str, base: str) -> bool:
    return not base or base == role or "plan" in {role, base}


def _same_thing(one: Number, other: Number) -> bool:
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


def _is_of(number: Number, *others: Claim) -> bool:
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


def adjustment(sentence: Sentence, rate: Claim) -> Iterator[Proof]:
    """Yield a rate of adjustment that the two budgets do not give."""
    sizes = sentence.before(rate)
    first = [one for one in sizes if one.role == "original"]
    last = [one for one in sizes if one.role in {"budget", "plan"}]
    if not first or not last or rate.number.vague or first[-1].kind != last[-1].kind:
        return
    old, new = first[-1], last[-1]
    gaps = [(gap, b) for a in new.spans for b in old.spans for gap in (a + -b, b + -a)]
    if old.number.value > 0 and not _is_growth(rate.number, gaps):
        right = abs(new.number.atoms - old.number.atoms) / old.number.atoms * 100
        yield Proof(rate.number, "completion", right, (old.number, new.number))


# ----------------------------------------------------------------------------------------- changes


def step(sentence: Sentence, claim: Claim) -> Iterator[Proof]:
    """Yield an increase or decrease that is not the difference of the two figures, or the other way
    round.
    """
    pair = now_and_then(sentence, claim)
    if pair is None and claim.number.has("net"):
        yield from _net(sentence, claim)
    if pair is None or not claim.direction or claim.number.vague:
        return
    now, then, certain = pair
    if now.kind != claim.kind or not _is_of(claim.number, now, then):
        return
    sizes = [a + -b if claim.direction > 0 else b + -a for a in now.spans for b in then.spans]
    stated = _size(claim.number)
    if any(size.meets(stated) for size in sizes):
        return
    of = (now.number, then.number)
    if any((-size).meets(stated) for size in sizes):
        if certain:
            yield Proof(claim.number, "change", None, of, turned=True)
        return
    sure = claim.means != "apart" or (claim.role and claim.base)
    if sure and not _is_difference(sentence, claim):
        right = abs(now.number.atoms - then.number.atoms)
        yield Proof(claim.number, "change", right, of)


def _net(sentence: Sentence, claim: Claim) -> Iterator[Proof]:
    """Yield “新进 6 人，减员 3 人，净增加 4 人”: what came less what went, or the other way round."""
    at = sentence.claims.index(claim)
    came_and_went = sentence.claims[max(at - 2, 0) : at]
    if len(came_and_went) < 2 or claim.base or claim.number.vague:
        return
    first, second = came_and_went
    if (
        first.kind != claim.kind
        or second.kind != claim.kind
        or first.direction * second.direction > 0
    ):
        return
    if {first.means, second.means} - {"step", "amount"} or not first.direction + second.direction:
        return
    sign = first.direction or -second.direction
    gap = sign * (first.number.atoms - second.number.atoms)
    of = (first.number, second.number)
    if abs(gap) != claim.number.atoms and not _is_difference(sentence, claim):
        yield Proof(claim.number, "change", abs(gap), of)
    elif gap and (gap > 0) != (claim.direction > 0):
        yield Proof(claim.number, "change", None, of, turned=True)


def reached(sentence: Sentence, claim: Claim) -> Iterator[Proof]:
    """Yield “由 40 万元增加到 34 万元”."""
    before = [one for one in sentence.before(claim) if one.kind == claim.kind]
    if not before or not claim.direction or before[-1].means != "base":
        return
    then = before[-1]
    gaps = [now + -old for now in claim.spans for old in then.spans]
    if all(gap.hi < 0 if claim.direction > 0 else gap.lo > 0 for gap in gaps):
        yield Proof(claim.number, "change", None, (claim.number, then.number), turned=True)


def now_and_then(sentence: Sentence, claim: Claim) -> tuple[Claim, Claim, bool] | None:
    """Return the two figures a change is between, and whether it is certain which is which."""
    before = sentence.before(claim)
    if not before:
        return None
    last = before[-1]
    if last.means == "reached" and len(before) > 1 and before[-2].means == "base":
        return last, before[-2], True
    if last.means == "base":
        if claim.base and claim.base != last.role:
            return None
        kept = [one for one in before[:-1] if one.kind == last.kind and one.role != last.role]
        return (kept[-1], last, True) if kept and len(before) > 1 else None
    if claim.role and claim.base:
        return _by_roles(before, claim.role, claim.base)
    same = [one for one in before if one.kind == last.kind]
    if claim.means == "left" and not claim.base and len(same) > 1:
        spent = last.role == "execution" and same[-2].role != "previous"
        return (last, same[-2], True) if spent else None
    bases = {claim.base} if claim.base else {"previous"}
    if not claim.base and not any(one.role == "previous" for one in same):
        bases = set(BUDGET_KINDS) if claim.number.unit != "%" else set()
    thens = [one for one in same if one.role in bases]
    nows = [one for one in same if one.role in {*_DONE, "contract"}]
    if not claim.base and not nows and last.role == "budget":
        thens, nows = [one for one in same if one.role == "original"], [last]
    if not thens or not nows or not _same_thing(thens[-1].number, nows[-1].number):
        return None
    if last not in {thens[-1], nows[-1]}:
        return None
    return nows[-1], thens[-1], True


def _by_roles(before: list[Claim], role: str, base: str) -> tuple[Claim, Claim, bool] | None:
    nows = [one for one in before if one.role == role]
    thens = [one for one in before if one.role == base]
    return (nows[-1], thens[-1], True) if nows and thens else None


def _size(number: Number) -> Interval:
    span = number.span
    return -span if number.value < 0 else span


def _is_difference(sentence: Sentence, claim: Claim) -> bool:
    stated = _size(claim.number)
    return any((a + -b).meets(stated) for a, b in permutations(sentence.spans(claim.kind), 2))


def growth(sentence: Sentence, rate: Claim) -> Iterator[Proof]:
    """Yield a rate of growth or decline that neither the two figures nor the change give."""
    if rate.number.vague:
        return
    pair, change = now_and_then(sentence, rate), _change_before(sentence, rate)
    if pair is not None and _is_of(rate.number, *pair[:2]):
        now, then, certain = pair
        yield from _growth_of_two(sentence, rate, now, then, certain=certain)
    elif pair is None and change is not None:
        yield from _growth_by_change(sentence, rate, change)


def _change_before(sentence: Sentence, rate: Claim) -> Claim | None:
    """Return the change that stands right before a rate and has its direction."""
    at = sentence.claims.index(rate)
    last = sentence.claims[at - 1] if at else None
    if last is None or last.means not in {"step", "apart"} or last.number.vague:
        return None
    return last if last.direction == rate.direction and not rate.number.subject else None


def _growth_of_two(
    sentence: Sentence, rate: Claim, now: Claim, then: Claim, *, certain: bool
) -> Iterator[Proof]:
    of = (now.number, then.number)
    if all(span == ZERO for span in then.spans):
        if rate.number.value and all(span.lo > 0 for span in now.spans):
            yield Proof(rate.number, "change", None, of)
        return
    if any(span.lo <= 0 for span in then.spans):
        return
    sign = rate.direction or 1
    gaps = [((a + -b) if sign > 0 else (b + -a), b) for a in now.spans for b in then.spans]
    if _is_growth(rate.number, gaps):
        return
    if _is_growth(rate.number, ((-gap, base) for gap, base in gaps)) and rate.number.value:
        if certain:
            yield Proof(rate.number, "change", None, of, turned=True)
        return
    if not _grows_somehow(sentence, rate, now):
        right = abs(now.number.atoms - then.number.atoms) / then.number.atoms * 100
        yield Proof(rate.number, "change", right, of)


def _growth_by_change(sentence: Sentence, rate: Claim, change: Claim) -> Iterator[Proof]:
    """Check “169.80 万元，比上年增加 13.52 万元，增长 8.65%”: the base is what the change leaves."""
    before = [
        one for one in sentence.before(change) if one.kind == change.kind and one.role in _DONE
    ]
    if not before or change.number.subject or not change.direction:
        return
    now = before[-1]
    if not change.base:
        yield from _saved(sentence, rate, now, change)
        return
    base = now.number.atoms - change.direction * change.number.atoms
    if base == 0 and rate.number.value and change.base == "previous":
        yield Proof(rate.number, "change", None, (now.number, change.number))
    elif base > 0 and not _grows_somehow(sentence, rate, now):
        right = change.number.atoms / base * 100
        yield Proof(rate.number, "change", right, (now.number, change.number))


def _saved(sentence: Sentence, rate: Claim, one: Claim, change: Claim) -> Iterator[Proof]:
    """Check “送审 1.86 亿元，审减 2140 万元，审减率 11.51%”: of any figure of the paragraph."""
    spans = sentence.spans(one.kind)
    step = _size(change.number)
    if _is_growth(rate.number, ((step, span) for span in spans)):
        return
    if not _grows_somehow(sentence, rate, one):
        plans = [size for size in sentence.before(change) if size.role in BUDGET_KINDS]
        base = (plans or [one])[-1].number
        if base.value > 0:
            right = change.number.atoms / base.atoms * 100
            named = any(token.text.endswith(_RATE) for token in rate.number.lead)
            kind = "completion" if named else "change"  # 节约率; “下降 5%”
            yield Proof(rate.number, kind, right, (base, change.number))


def _is_growth(rate: Number, pairs: Iterable[tuple[Interval, Interval]]) -> bool:
    stated = Fraction(abs(rate.value)) / 100
    return any(base.lo > 0 and rate_holds(stated, rate.step, gap, base) for gap, base in pairs)


def _grows_somehow(sentence: Sentence, rate: Claim, now: Claim) -> bool:
    """Return whether two figures of the paragraph, or a change and a figure other than what it led
    to, make the rate.
    """
    spans = sentence.spans(now.kind)
    changes = [one for one in sentence.claims if one.means in {"step", "apart", "left"}]
    steps = [_size(one.number) for one in changes if one.kind == now.kind]
    pairs: list[tuple[Interval, Interval]] = []
    if rate.direction >= 0:
        pairs += [(a + -b, b) for a, b in permutations(spans, 2)]
        pairs += [(one, size + -one) for one in steps for size in spans]
    if rate.direction <= 0:
        pairs += [(b + -a, b) for a, b in permutations(spans, 2)]
        pairs += [(one, size + one) for one in steps for size in spans]
    bases = [span for span in spans if span not in now.spans]
    pairs += [(one, base) for one in steps for base in bases]
    return _is_growth(rate.number, pairs)


def ratio_of_two(sentence: Sentence, rate: Claim) -> Iterator[Proof]:
    """Yield “发放 710 份，收回 690 份，回收率 91.12%”: the rate bears the letters of what was done."""
    before = sentence.before(rate)[-2:]
    if len(before) < 2 or before[0].kind != before[1].kind or rate.number.vague:
        return
    whole, part = before
    at = sentence.claims.index(rate)
    if sentence.claims[max(at - 2, 0) : at] != (whole, part):
        return
    stem = rate.number.subject.removesuffix(_RATE)
    verb = "".join(one.text for one in part.number.lead)
    plain = whole.means == part.means == "amount" and whole.number.value > 0
    named = all(one.kind in NOUNS for one in rate.number.lead)
    if not named or stem == rate.number.subject or not stem or not plain:
        return
    if not set(stem) <= set(verb):
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
    wholes = [one for one in before if one.kind == claim.kind]
    counts = [one for one in before if one.number.family == "count" and one.number.value > 0]
    if not wholes or not counts or claim.number.vague or claim.number.has("than", "previous"):
        return
    if not _is_of(claim.number, wholes[-1]) or not _is_of(counts[-1].number, counts[-1]):
        return
    last = Fraction(atoms_per(claim.number.unit), 10**claim.number.decimals)
    least, most = claim.number.atoms - last / 2, claim.number.atoms + last
    all_wholes = [one for one in sentence.around if one.kind == claim.kind]
    all_counts = [one for one in sentence.around if one.number.family == "count"]
    for whole in all_wholes:
        for count in all_counts:
            heads = Fraction(count.number.value)
            if any(span.lo <= most * heads and least * heads <= span.hi for span in whole.spans):
                return
    if _adjacent(before, wholes[-1], counts[-1]):
        right = wholes[-1].number.atoms / Fraction(counts[-1].number.value)
        yield Proof(claim.number, "other", right, (wholes[-1].number, counts[-1].number))


def _adjacent(before: list[Claim], *claims: Claim) -> bool:
    return all(any(one is other for other in before[-2:]) for one in claims)
