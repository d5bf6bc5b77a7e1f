"""Totals and lists that do not add up, whatever they are of. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from jixiao_xlsx.prose.language.vocabulary import Vocabulary
from jixiao_xlsx.prose.proofs.claims import BUDGET_KINDS, Claim, Sentence
from jixiao_xlsx.prose.proofs.prove import Proof
from jixiao_xlsx.values.amounts import Interval, atoms_per, interval_sum
from jixiao_xlsx.values.digit_slips import is_slip

_FEWEST = 2  # parts that are a list
_MOST_MISSING = 3  # a slip leaves out no more than a third
_MANY = 8  # of more figures some add up by chance
_PARTS = {"parts", "all_parts", "among"}
_OTHERS = {"original", "budget", "previous", "than", "together", "start", "share"}


def total_last(sentence: Sentence, total: Claim) -> Iterator[Proof]:
    """Yield “A 30 元、B 30 元、C 29.99 元，合计 89.97 元”."""
    if not _sums_up(total):
        return
    row = _row_before(sentence, total)
    if len(row) < 2 or _is_sum(sentence, total, row):
        return
    right = sum((one.number.atoms for one in row), Fraction(0))
    yield Proof(total.number, "sum", right, tuple(one.number for one in row))


def _sums_up(total: Claim) -> bool:
    """Return whether the lead says that the number is a sum and names nothing new."""
    number = total.number
    kinds = {one.kind for one in number.lead}
    plain = kinds <= {"together", "counted", "scored", "execution", "spent"}
    return "together" in kinds and plain and total.means == "amount" and number.marks != ""


def _row_before(sentence: Sentence, total: Claim) -> list[Claim]:
    """Return the list before a total, back to its opening; of scores, those that were given."""
    row: list[Claim] = []
    after = total
    for one in reversed(sentence.before(total)):
        if set(after.number.marks) & set("。;:()"):
            break
        after = one
        if one.kind != total.kind:
            continue
        if one.means != "amount":
            break
        row.insert(0, one)
        if _opens(one):
            break
    scored = [one for one in row if one.number.has("scored")]
    return scored if len(scored) > 1 else row


def _opens(claim: Claim) -> bool:
    return any(one.kind in _PARTS for one in claim.number.tokens) or ":" in claim.number.marks


def _is_sum(sentence: Sentence, total: Claim, row: Sequence[Claim]) -> bool:
    """Return whether the list makes the total, or it stands there already, or, where the list may
    begin elsewhere, some other figures of the paragraph make it.
    """
    if _added(row).meets(total.number.span):
        return True
    others = [
        one
        for one in sentence.around
        if one.kind == total.kind and one.number.start != total.number.start
    ]
    if any(span.meets(total.number.span) for one in others for span in one.spans):
        return True
    if all(one.number.marks == "、" for one in row[1:]):
        return False
    if all(one.number.has("scored") for one in row):
        others = [one for one in others if one.number.has("scored")]
    near = [one for one in others if one.number.start < total.number.start][-_MANY:]
    return any(
        _added(chosen).meets(total.number.span)
        for size in range(2, len(near) + 1)
        for chosen in combinations(near, size)
    )


def _added(claims: Sequence[Claim]) -> Interval:
    """Return all that the sum can be, the tables' figures allowed for."""
    spans = [
        Interval(min(one.lo for one in claim.spans), max(one.hi for one in claim.spans))
        for claim in claims
    ]
    return interval_sum((1, span) for span in spans)


def head_and_parts(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Proof]:
    """Yield “甲 116.33 万元，其中 30.00 万元、86.34 万元”: parts that exceed their whole, or, where
    the words say that they are all, differ from it.
    """
    for at, first in enumerate(sentence.claims[1:], 1):
        head = sentence.claims[at - 1]
        opener = [one.kind for one in first.number.tokens if one.kind in _PARTS]
        opener += ["among" for one in first.number.tokens[:1] if one.text in vocabulary.within]
        bracket = first.number.marks[:1] == "(" and first.number.subject
        new = head.means == "step" and head.kind == "money" and not head.base
        whole = (head.means == "amount" or new) and not head.number.vague
        if not (opener or bracket) or not whole or ";" in first.number.marks:
            continue
        parts = _list_from(sentence.claims[at:], head)
        whole_group = _is_whole_group(parts, vocabulary.closed)
        if parts and (whole_group or not _overlap(head, parts, vocabulary.overlapping)):
            every = whole_group or "all_parts" in opener
            yield from _against_head(sentence, head, parts, closed=every)


def _is_whole_group(parts: Sequence[Claim], closed: Sequence[Sequence[str]]) -> bool:
    """Return whether the parts are all that there can be: men and women."""
    return any(
        len(group) == len(parts)
        and all(
            word in "".join(token.text for token in one.number.lead)
            for word, one in zip(group, parts, strict=True)
        )
        for group in closed
    )


def _list_from(claims: Sequence[Claim], head: Claim) -> list[Claim]:
    """Return the parts: figures of the head's kind, one mark apart, of no other role; [] where one
    of them has parts of its own.
    """
    parts: list[Claim] = []
    for one in claims:
        if one.kind != head.kind or one.means != "amount" or one.number.vague:
            if one.means in {"share", "percent"}:
                continue
            break
        tokens = one.number.tokens
        if parts and ("(" in one.number.marks or any(token.kind in _PARTS for token in tokens)):
            return []
        marks = one.number.marks.replace("“", "").replace("”", "").lstrip("(")
        if parts and (len(marks) > 1 or marks in {";", ":", "("}):
            break
        if any(token.kind in _OTHERS for token in tokens) or (
            one.role not in {head.role, "", "execution"} and not _both_planned(one, head)
        ):
            break
        parts.append(one)
    return parts


def _both_planned(one: Claim, head: Claim) -> bool:
    """Return whether one is a “预算” that the other says which of."""
    return one.role == "plan" and head.role in BUDGET_KINDS


def _overlap(head: Claim, parts: Sequence[Claim], overlapping: Sequence[str]) -> bool:
    """Return whether one person or thing can be in several of the groups."""
    if head.number.family != "count":
        return False
    return any(word in one.number.subject for one in parts for word in overlapping)


def _against_head(
    sentence: Sentence, head: Claim, parts: list[Claim], *, closed: bool
) -> Iterator[Proof]:
    added = _added(parts)
    wholes = head.spans
    if any(added.meets(span) for span in wholes):
        return
    if (slip := _in_another_unit(head, parts)) is not None:
        yield slip
        return
    over = all(added.lo > span.hi for span in wholes)
    if len(parts) < _FEWEST:
        yield from _single_part(head, parts[0]) if over else ()
        return
    others = [one for one in sentence.around if one.kind == head.kind]
    if any(span.meets(added) for one in others for span in one.spans):
        return
    right = sum((one.number.atoms for one in parts), Fraction(0))
    of = tuple(one.number for one in parts)
    if over or closed:
        yield Proof(head.number, "sum", right, of)
    elif head.number.decimals > 1 and _ends(parts[-1]) and _nearly(head, parts, right):
        yield Proof(head.number, "sum", right, of, sure=False)


def _single_part(head: Claim, part: Claim) -> Iterator[Proof]:
    """Yield “年初结转 19.37 万元，其中财政拨款 24.09 万元”, unless the unit is what is odd."""
    opened = any(one.kind in {"parts", "among"} for one in part.number.tokens)
    if opened and head.means == "amount" and head.number.unit == part.number.unit:
        yield Proof(part.number, "part", head.number.atoms, (head.number,))


def _in_another_unit(head: Claim, parts: Sequence[Claim]) -> Proof | None:
    """Return the only part whose unit differs from all others’, where in theirs all add up."""
    for one in parts:
        others = [other for other in (head, *parts) if other is not one]
        units = {other.number.unit for other in others}
        if head.kind != "money" or len(units) != 1 or one.number.unit in units:
            continue
        meant = Fraction(one.number.value) * atoms_per(others[0].number.unit)
        rest = _added([other for other in others if other is not head])
        whole = interval_sum([(1, rest), (1, Interval(int(meant), int(meant)))])
        if any(whole.meets(span) for span in head.spans):
            return Proof(one.number, "unit", meant, tuple(other.number for other in others))
    return None


def _ends(last: Claim) -> bool:
    """Return whether nothing comes after the last part, no “等” either."""
    return last.number.tail[:1] in {"", "。", ";"}


def _nearly(head: Claim, parts: Sequence[Claim], right: Fraction) -> bool:
    """Return whether the whole looks like a slip of the sum, or a part like one of what is left:
    all parts seem to be there.
    """
    gap = head.number.atoms - right
    meant = [(head.number, right), *((one.number, one.number.atoms + gap) for one in parts)]
    return gap * _MOST_MISSING < head.number.atoms and any(
        is_slip(number.value, atoms / atoms_per(number.unit), number.decimals)
        for number, atoms in meant
    )


def formula(sentence: Sentence) -> Iterator[Proof]:
    """Yield “30+30+29.99=89.97”: as written, to half of the finest last digit of each."""
    row: list[Claim] = []
    for one in sentence.claims:
        marks = one.number.marks
        if marks == "+" and row:
            row.append(one)
        elif marks == "=" and len(row) > 1:
            right = sum((part.number.atoms for part in row), Fraction(0))
            digits = max(part.number.decimals for part in (*row, one))
            unit = one.number.atoms / Fraction(one.number.value) if one.number.value else 0
            if abs(right - one.number.atoms) > len(row) * Fraction(unit, 2 * 10**digits):
                yield Proof(one.number, "sum", right, tuple(part.number for part in row))
            row = []
        else:
            row = [one]
