"""Changes that the figures they are between do not give, and rates of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import permutations

from jixiao_xlsx.prose.proofs.claims import BUDGET_KINDS, Claim, Sentence
from jixiao_xlsx.prose.proofs.prove import DONE, RATE_WORD, Proof, is_of, same_thing
from jixiao_xlsx.prose.proofs.tokens import Number
from jixiao_xlsx.values.amounts import ZERO, Interval, rate_holds


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
    if now.kind != claim.kind or not is_of(claim.number, now, then):
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
    nows = [one for one in same if one.role in {*DONE, "contract"}]
    if not claim.base and not nows and last.role == "budget":
        thens, nows = [one for one in same if one.role == "original"], [last]
    if not thens or not nows or not same_thing(thens[-1].number, nows[-1].number):
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
    if (opposite := _opposite_before(sentence, rate)) is not None:
        yield Proof(rate.number, "change", None, (opposite.number,), turned=True)
        return
    pair, change = now_and_then(sentence, rate), _change_before(sentence, rate)
    if pair is not None and is_of(rate.number, *pair[:2]):
        now, then, certain = pair
        yield from _growth_of_two(sentence, rate, now, then, certain=certain)
    elif pair is None and change is not None:
        yield from _growth_by_change(sentence, rate, change)


def _opposite_before(sentence: Sentence, rate: Claim) -> Claim | None:
    """Return the change that the rate is of where the two point in opposite directions: “比年初预算减少
    71.39 万元，增长 9.81%”.
    """
    at = sentence.claims.index(rate)
    last = sentence.claims[at - 1] if at else None
    bare = all(one.kind in {"up", "down"} for one in rate.number.lead)
    if last is None or not bare or rate.number.marks not in {"，", ","} or not rate.number.value:
        return None
    changed = last.means in {"step", "apart"} and last.base and last.number.value
    return last if changed and last.direction * rate.direction < 0 else None


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
        one
        for one in sentence.before(change)
        if one.kind == change.kind and one.role in {*DONE, "contract"}
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
            named = any(token.text.endswith(RATE_WORD) for token in rate.number.lead)
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
