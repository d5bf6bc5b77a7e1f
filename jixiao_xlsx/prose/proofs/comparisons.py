"""Comparisons in words alone that the figures before them contradict. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jixiao_xlsx.prose.proofs.claims import BUDGET_KINDS, Claim
from jixiao_xlsx.prose.proofs.tokens import NOUNS, Number, Token

_SIGNS = {"over": 1, "under": -1, "up": 1, "down": -1, "equal": 0}
_ROLES = {*BUDGET_KINDS, "previous", "execution", "start"}
_FAR = 3  # tokens between the comparing word and what it compares with


@dataclass(frozen=True, slots=True)
class Comparison:
    """“决算大于预算”: where it stands, and the two figures that contradict it."""

    start: int
    end: int
    sign: int
    now: Number
    then: Number


def contradicted(
    tokens: Sequence[Token], claims: Sequence[Claim], stops: Sequence[int], offset: int
) -> Iterator[Comparison]:
    """Yield comparisons among the tokens of a sentence that the claims before them contradict.

    `stops`: where the numbers of the sentence stand: a comparison that gives one is a change.
    `offset` is the position of the sentence.
    """
    for at, token in enumerate(tokens):
        if token.kind not in _SIGNS:
            continue
        found = _sides(tokens, at)
        if found is None:
            continue
        own, base, end = found
        start = offset + token.start
        if any(start < stop and _one_clause(tokens, token, stop - offset) for stop in stops):
            continue
        pair = _figures(claims, own, base, start)
        if pair is not None and _contradicts(*pair, _SIGNS[token.kind]):
            now, then = pair
            yield Comparison(start, offset + end, _SIGNS[token.kind], now.number, then.number)


def _sides(tokens: Sequence[Token], at: int) -> tuple[str, str, int] | None:
    """Return the role compared, that compared with, and where the comparison ends."""
    after = tokens[at + 1 : at + 1 + _FAR]
    token = tokens[at]
    if token.kind in {"over", "under"}:
        base = next((one for one in after if one.kind in _ROLES), None)
        if base is None or any(one.kind in NOUNS for one in after[: after.index(base)]):
            return None
        return _role_before(tokens, at), base.kind, base.start + len(base.text)
    clause = _clause_before(tokens, at)
    than = next((i for i, one in enumerate(clause) if one.kind == "than"), None)
    if than is None:
        return None
    base = next((one for one in clause[than:] if one.kind in _ROLES), None)
    if base is None or any(one.kind in NOUNS for one in clause[than:]):
        return None
    own = next((one.kind for one in clause[:than] if one.kind in _ROLES), "")
    return own, base.kind, token.start + len(token.text)


def _clause_before(tokens: Sequence[Token], at: int) -> Sequence[Token]:
    cut = next((i for i in range(at - 1, -1, -1) if tokens[i].kind == "break"), -1)
    return tokens[cut + 1 : at]


def _role_before(tokens: Sequence[Token], at: int) -> str:
    return next((one.kind for one in _clause_before(tokens, at) if one.kind in _ROLES), "")


def _one_clause(tokens: Sequence[Token], token: Token, stop: int) -> bool:
    return not any(
        one.kind == "break" and token.start < one.start < stop and one.text not in "“”、"
        for one in tokens
    )


def _figures(
    claims: Sequence[Claim], own: str, base: str, start: int
) -> tuple[Claim, Claim] | None:
    """Return the last two figures of these roles, of one kind, the last figure one of them."""
    sizes = [one for one in claims if one.sized and one.number.start < start]
    wanted = {"execution", "this", ""} if own in {"", "execution"} else {own}
    bases = (
        set(BUDGET_KINDS) if base == "plan" else {base, "plan"} if base in BUDGET_KINDS else {base}
    )
    nows = [one for one in sizes if one.role in wanted]
    thens = [one for one in sizes if one.role in bases]
    if not nows or not thens or nows[-1].kind != thens[-1].kind:
        return None
    now, then = nows[-1], thens[-1]
    last = sizes[-1]
    if last not in (now, then):
        return None
    one, other = now.number.subject, then.number.subject
    return (now, then) if not one or not other or one in other or other in one else None


def _contradicts(now: Claim, then: Claim, sign: int) -> bool:
    gaps = [a + -b for a in now.spans for b in then.spans]
    if sign == 0:
        return all(not gap.lo <= 0 <= gap.hi for gap in gaps)
    return all((gap.hi < 0) if sign > 0 else (gap.lo > 0) for gap in gaps)
