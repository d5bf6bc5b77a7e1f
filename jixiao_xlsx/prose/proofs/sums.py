"""Totals that come last and are not the sum of their list. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from jixiao_xlsx.prose.proofs.claims import PARTS_KINDS, Claim, Sentence, added
from jixiao_xlsx.prose.proofs.prove import Proof

_MANY = 8  # of more figures some add up by chance


def total_last(sentence: Sentence, total: Claim) -> Iterator[Proof]:
    """Yield “A 30 元、B 30 元、C 29.99 元，合计 89.97 元”."""
    if not _sums_up(total):
        return
    row = _row_before(sentence, total)
    if row and _is_mixed(sentence, row[0], total):
        return
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


def _is_mixed(sentence: Sentence, first: Claim, total: Claim) -> bool:
    """Return whether other things are counted among the list: “150 期、1840 条，合计 1990 期（条）”."""
    return total.number.family == "count" and any(
        one.number.family == "count" and one.kind != total.kind
        for one in sentence.claims
        if first.number.start < one.number.start < total.number.start
    )


def _opens(claim: Claim) -> bool:
    return any(one.kind in PARTS_KINDS for one in claim.number.tokens) or ":" in claim.number.marks


def _is_sum(sentence: Sentence, total: Claim, row: Sequence[Claim]) -> bool:
    """Return whether the list makes the total, or it stands there already, or, where the list may
    begin elsewhere, some other figures of the paragraph make it.
    """
    if added(row).meets(total.number.span):
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
        added(chosen).meets(total.number.span)
        for size in range(2, len(near) + 1)
        for chosen in combinations(near, size)
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
