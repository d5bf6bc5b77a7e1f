"""Sums by words: 合计 and 小计 of what is listed, numbered and indented parts, 其中：."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jixiao_xlsx.adopting.seen.words import is_total, of_which, plain_title
from jixiao_xlsx.values.text import tidy

_JOINED = re.compile(r"[和及与、]")


@dataclass(frozen=True, slots=True)
class TitleSum:
    """`whole` = or ≥ the sum of `parts` (places of titles); `sure`: the words suffice for it."""

    op: str
    whole: int
    parts: tuple[int, ...]
    reason: str
    sure: bool = True


@dataclass(slots=True)
class Node:
    """A title among its siblings; `place` is None for a heading over others without own figures."""

    title: str
    place: int | None
    parts: list[Node] = field(default_factory=list)
    of_which: bool = False

    @property
    def total(self) -> bool:
        """Return whether it sums its siblings: a total without parts of its own."""
        return self.place is not None and is_total(_key(self)) and not self.parts

    @property
    def subtotal(self) -> bool:
        """Return whether it is a 小计."""
        return "小计" in _key(self)


def _key(node: Node) -> str:
    return plain_title(node.title)


def sums_of(nodes: Sequence[Node]) -> Iterator[TitleSum]:
    """Yield the sums among siblings and, in each of them, among its parts."""
    for node in nodes:
        yield from sums_of(node.parts)
        if node.place is not None and node.parts:
            yield from _of_parts(node)
    totals = [node for node in nodes if node.total]
    if not totals:
        return
    if nodes[0].total and len(nodes) > 1:
        yield from _from_top(nodes)
    else:
        yield from _from_bottom(nodes)


def places_standing_for(nodes: Sequence[Node]) -> Iterator[int]:
    """Yield the places that stand for the nodes in a sum above them."""
    for node in nodes:
        if node.place is not None:
            yield node.place
            continue
        totals = [one for one in node.parts if one.total]
        if totals:
            yield from places_standing_for([totals[0] if node.parts[0].total else totals[-1]])
        else:
            yield from places_standing_for(node.parts)


def _of_parts(node: Node) -> Iterator[TitleSum]:
    """Yield the sum of a title's own parts: numbered or indented under it, or after 其中：."""
    assert node.place is not None
    listed = [part for part in node.parts if not part.of_which and not part.total]
    named = [part for part in node.parts if part.of_which]
    totals = [part for part in node.parts if part.total]
    if len(listed) > 1:
        parts = tuple(places_standing_for(totals[-1:] or listed))
        yield TitleSum("=", node.place, parts, "编号、缩进：下列各项是它的分项")
    elif listed:
        yield TitleSum("<=", node.place, tuple(places_standing_for(listed)), "缩进：是它的一部分")
    yield from _after_of_which(node, named)


def _after_of_which(node: Node, named: Sequence[Node]) -> Iterator[TitleSum]:
    """Yield the sum of what is listed after 其中：, an equation where the list is complete."""
    assert node.place is not None
    if len(named) > 1:
        whole = is_total(_key(node)) or "其他" in _key(named[-1]) or _names_all(node, named)
        if whole:
            yield TitleSum(
                "=", node.place, tuple(places_standing_for(named)), "词语“其中”，列到“其他”为止"
            )
            return
        yield TitleSum("<=", node.place, tuple(places_standing_for(named)), "词语“其中”")
        yield TitleSum(
            "=", node.place, tuple(places_standing_for(named)), "词语“其中”，各项可能已列全", False
        )
    elif named:
        yield TitleSum("<=", node.place, tuple(places_standing_for(named)), "词语“其中”")


def _names_all(node: Node, parts: Sequence[Node]) -> bool:
    """Return whether a title names each of its parts: “购置及运行维护费” of 购置 and 运行维护."""
    pieces = [piece for piece in _JOINED.split(_key(node)) if piece]
    if len(pieces) != len(parts):
        return False
    return all(
        any(piece[at : at + 2] in _key(part) for at in range(max(1, len(piece) - 1)))
        for piece, part in zip(pieces, parts, strict=True)
    )


def _from_top(nodes: Sequence[Node]) -> Iterator[TitleSum]:
    """Yield the sums of totals that stand above what they sum."""
    first, rest = nodes[0], nodes[1:]
    if rest[-1].total and not any(node.total for node in rest[:-1]) and not rest[-1].subtotal:
        rest = rest[:-1]
    inner = [number for number, node in enumerate(rest) if node.total]
    if not inner or first.subtotal:
        yield from _one(first, rest)
        return
    bounds = [*inner, len(rest)]
    for start, end in itertools.pairwise(bounds):
        yield from _one(rest[start], rest[start + 1 : end])
    yield from _one(first, [*rest[: inner[0]], *(rest[number] for number in inner)])


def _from_bottom(nodes: Sequence[Node]) -> Iterator[TitleSum]:
    """Yield the sums of totals that stand below what they sum.

    A 小计 takes what follows the total before it, any other total all that is not yet summed.
    """
    left: list[Node] = []
    for node in nodes:
        if not node.total:
            left.append(node)
            continue
        if node.subtotal:
            since = next(
                (number + 1 for number in range(len(left) - 1, -1, -1) if left[number].total), 0
            )
            yield from _one(node, left[since:])
            left = [*left[:since], node]
        else:
            yield from _one(node, left)
            left = [node]


def _one(total: Node, parts: Sequence[Node]) -> Iterator[TitleSum]:
    assert total.place is not None
    places = tuple(places_standing_for(parts))
    if len(places) > 1:
        yield TitleSum("=", total.place, places, f"“{total.title.strip()}”：所列各项之和")
    elif places:
        yield TitleSum("<=", total.place, places, f"“{total.title.strip()}”与所列的一项", False)


def nested(paths: Sequence[tuple[str, ...]], places: Sequence[int]) -> list[Node]:
    """Return headings as nodes: those that share a wider heading lie under it.

    A heading “其中：……” is part of the one to its left.
    """
    nodes: list[Node] = []
    number = 0
    while number < len(paths):
        path = paths[number]
        end = number + 1
        if len(path) > 1:
            while end < len(paths) and len(paths[end]) > 1 and paths[end][0] == path[0]:
                end += 1
            inner = nested([one[1:] for one in paths[number:end]], places[number:end])
            nodes.append(Node(path[0], None, inner))
        else:
            title = path[0] if path else ""
            node = Node(title, places[number], [], of_which(tidy(title)))
            if node.of_which and nodes and nodes[-1].place is not None:
                nodes[-1].parts.append(node)
            else:
                nodes.append(node)
        number = end
    return nodes
