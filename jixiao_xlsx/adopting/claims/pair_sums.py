"""Sums among labels that hold their amounts, one under the other: 按支出性质分, 其中：……."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jixiao_xlsx.adopting.claims.sums import Node, sums_of
from jixiao_xlsx.adopting.seen.tree import TitleLine, placed
from jixiao_xlsx.adopting.understanding import PairUnderstood, Understanding


@dataclass(frozen=True, slots=True)
class PairSum:
    """`whole` = or ≥ the sum of `parts`, each a label with its amount; `sure` as of a TitleSum."""

    op: str
    whole: PairUnderstood
    parts: tuple[PairUnderstood, ...]
    reason: str
    sure: bool


def pair_sums(understanding: Understanding) -> Iterator[PairSum]:
    """Yield the sums in every column of labelled amounts."""
    for column in _columns(understanding):
        titles = [TitleLine(one.pair.label.text, one.pair.label.indent) for one in column]
        places = placed(titles)
        nodes = [
            Node(title.text, number, [], place.of_which)
            for number, (title, place) in enumerate(zip(titles, places, strict=True))
        ]
        for node, place in zip(nodes, places, strict=True):
            if place.parent is not None:
                nodes[place.parent].parts.append(node)
        tops = [node for node, place in zip(nodes, places, strict=True) if place.parent is None]
        for one in sums_of(tops):
            parts = tuple(column[part] for part in one.parts)
            yield PairSum(one.op, column[one.whole], parts, one.reason, one.sure)


def _columns(understanding: Understanding) -> Iterator[Sequence[PairUnderstood]]:
    """Yield runs of labelled amounts in one unit, in adjoining rows of one width."""
    amounts = [
        one
        for one in understanding.pairs
        if one.field.kind == "money" and one.pair.value_at == "inside"
    ]
    runs: list[list[PairUnderstood]] = []
    for one in amounts:
        run = next((run for run in runs if _follows(run[-1], one)), None)
        if run is None:
            runs.append([one])
        else:
            run.append(one)
    yield from (run for run in runs if len(run) > 1)


def _follows(above: PairUnderstood, below: PairUnderstood) -> bool:
    one, other = above.pair.label, below.pair.label
    same = (one.left, one.right) == (other.left, other.right)
    alike = (above.field.sheet, above.field.unit) == (below.field.sheet, below.field.unit)
    return same and alike and other.top == one.bottom + 1
