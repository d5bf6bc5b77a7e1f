"""Wholes and the parts listed under them that do not add up, whatever they are of. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from jixiao_xlsx.prose.language.vocabulary import Vocabulary
from jixiao_xlsx.prose.proofs.claims import BUDGET_KINDS, PARTS_KINDS, Claim, Sentence, added
from jixiao_xlsx.prose.proofs.prove import Proof
from jixiao_xlsx.prose.proofs.tokens import NOUN, NOUNS
from jixiao_xlsx.values.amounts import Interval, atoms_per, interval_sum
from jixiao_xlsx.values.digit_slips import is_slip

_FEWEST = 2  # parts that are a list
_CLOSED = 3  # parts after which “其他” is the rest: of two it may be one of many kinds
_MOST_MISSING = 3  # a slip leaves out no more than a third
_OTHERS = {"original", "budget", "previous", "than", "together", "start", "share"}


def head_and_parts(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Proof]:
    """Yield “甲 116.33 万元，其中 30.00 万元、86.34 万元”: parts that exceed their whole, or, where
    the words say that they are all, differ from it.
    """
    for at, first in enumerate(sentence.claims):
        if not at or at < sentence.since:
            continue
        openers = _openers(first, vocabulary)
        head = _head(sentence, at) if openers else None
        if head is None:
            continue
        parts = _list_from(sentence.claims[at:], head)
        whole_group = _is_whole_group(parts, vocabulary.closed) or _ends_with_the_rest(
            parts, vocabulary.rest
        )
        if parts and (whole_group or not _overlap(head, parts, vocabulary.overlapping)):
            every = whole_group or "all_parts" in openers
            yield from _against_head(sentence, head, parts, closed=every)


def _openers(first: Claim, vocabulary: Vocabulary) -> set[str]:
    """Return how the words before a number open a list; "(" for a bracket."""
    kinds = {one.kind for one in first.number.tokens} & PARTS_KINDS
    if any(one.text in vocabulary.within for one in first.number.tokens[:1]):
        kinds |= {"among"}
    if first.number.marks[:1] == "(" and first.number.subject:
        kinds |= {"("}
    return kinds


def _head(sentence: Sentence, at: int) -> Claim | None:
    """Return the whole that the list which begins with a claim is of: the amount right before, or
    what a new sentence of parts is about: “支出 16 万元，比上年增长 5%。其中：……”.
    """
    first = sentence.claims[at]
    if ";" in first.number.marks:
        return None
    head = sentence.claims[at - 1]
    if at == sentence.since:
        sizes = [one for one in sentence.claims[:at] if one.means == "amount"]
        done = [one for one in sizes if one.role in {"", "execution"} and one.kind == first.kind]
        if not done or any(
            one.number.subject for one in sizes if one.number.start > done[-1].number.start
        ):
            return None
        head = done[-1]
    new = head.means == "step" and head.kind == "money" and not head.base
    return head if (head.means == "amount" or new) and not head.number.vague else None


def _ends_with_the_rest(parts: Sequence[Claim], rest: Sequence[str]) -> bool:
    """Return whether the last part is all else: “甲 5 间、乙 3 间、其他库房 1 间”."""
    if len(parts) < _CLOSED:
        return False
    names = [one for one in parts[-1].number.lead if one.kind in NOUNS]
    return bool(names) and names[0].kind == NOUN and names[0].text.startswith(tuple(rest))


def _is_whole_group(parts: Sequence[Claim], closed: Sequence[Sequence[str]]) -> bool:
    """Return whether the parts are all that there can be: men and women."""
    leads = ["".join(token.text for token in one.number.lead) for one in parts]
    return any(
        len(group) == len(parts) and all(any(word in lead for lead in leads) for word in group)
        for group in closed
    )


def _list_from(claims: Sequence[Claim], head: Claim) -> list[Claim]:
    """Return the parts: figures of the head's kind, one mark apart, of no other role; [] where one
    of them has parts of its own.
    """
    if parts := _parted_by_semicolons(claims, head):
        return parts
    for one in claims:
        if one.means in {"share", "percent"}:
            continue
        if not _can_be_part(one, head):
            break
        if parts and (set(_kinds(one)) & PARTS_KINDS or "(" in one.number.marks):
            return []
        marks = one.number.marks.replace("“", "").replace("”", "").lstrip("(。")
        if parts and (len(marks) > 1 or marks in {";", ":", "("} or _is_of_head(one)):
            break
        parts.append(one)
    return parts


def _parted_by_semicolons(claims: Sequence[Claim], head: Claim) -> list[Claim]:
    """Return the parts of “其中：甲 30 万元，占 30%，主要用于……；乙 70 万元，占 70%”; [] where another
    amount of the kind stands among them.
    """
    parts: list[Claim] = []
    for one in claims:
        opens = not parts or (";" in one.number.marks and "。" not in one.number.marks)
        if one.means in {"share", "percent"} and not opens:
            continue
        if not opens or not _can_be_part(one, head) or (parts and _opens_anew(one)):
            return []
        if parts and not one.number.subject:
            return []
        parts.append(one)
    return parts if len(parts) >= _FEWEST and ":" in parts[0].number.marks else []


def _opens_anew(claim: Claim) -> bool:
    """Return whether a word that opens a list stands right before it, after the last “；”."""
    return any(token.kind in PARTS_KINDS for token in claim.number.lead)


def _kinds(claim: Claim) -> list[str]:
    return [token.kind for token in claim.number.tokens]


def _is_of_head(claim: Claim) -> bool:
    """Return whether it names nothing but a role: “其中甲 4 万元、乙 6 万元，实际支出 9 万元”."""
    return (bool(claim.role) or claim.number.has("spent")) and not claim.number.subject


def _can_be_part(claim: Claim, head: Claim) -> bool:
    alike = claim.kind == head.kind and claim.means == "amount" and not claim.number.vague
    done = {"", "execution"} if head.role not in BUDGET_KINDS else {""}
    same = claim.role in {head.role, *done} or _both_planned(claim, head)
    own = {token.kind for token in claim.number.lead}
    return alike and same and not own & {*_OTHERS, "full"}


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
    together = added(parts)
    wholes = head.spans
    if any(together.meets(span) for span in wholes):
        return
    if (slip := _in_another_unit(head, parts)) is not None:
        yield slip
        return
    over = all(together.lo > span.hi for span in wholes)
    if len(parts) < _FEWEST:
        yield from _single_part(head, parts[0]) if over else ()
        return
    others = [one for one in sentence.around if one.kind == head.kind]
    if any(span.meets(together) for one in others for span in one.spans):
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
        rest = added([other for other in others if other is not head])
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
