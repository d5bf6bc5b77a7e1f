"""“Probably because …”: a closed list of single corrections, offered only when they repair every equation of the cell.

A hint is text on a finding; data are never changed. At most three, likeliest first. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

from jixiao_xlsx.amounts import MONEY_UNITS, Convention, atoms_per, plain
from jixiao_xlsx.balance import Instance, Judge, Lens, Operand, Verdict, holds, holds_somehow, unusable
from jixiao_xlsx.equations import Scope
from jixiao_xlsx.model import Cell, Place

Correction = Callable[[Cell, Instance], Iterator[tuple[Decimal, str]]]
MOST = 3
_SHIFTS = (
    (4, "填大了 10000 倍（元当作万元）"),
    (-4, "填小了 10000 倍（万元当作元）"),
    (3, "多了三位"),
    (-3, "少了三位"),
    (1, "多一位"),
    (-1, "少一位"),
)


def hints(verdict: Verdict, judged: Judge) -> tuple[str, ...]:
    """The likely causes of a failed equation, in words; () when no single correction explains it."""
    found: list[str] = []
    for text in (*_repairs(verdict, judged), *_sums(verdict, judged), *_one_digit(verdict, judged)):
        if text not in found:
            found.append(text)
        if len(found) == MOST:
            break
    return tuple(found)


def _repairs(verdict: Verdict, judged: Judge) -> Iterator[str]:
    """Corrections of one cell: unit, sign, two digits swapped; the anchor before the others."""
    for kind in (_units, _signs, _swaps):
        yield from _repairs_of(kind, verdict, judged)


def _one_digit(verdict: Verdict, judged: Judge) -> Iterator[str]:
    """One digit wrong: said only where a single cell can be meant, since any round gap looks like it everywhere."""
    found = list(_repairs_of(_digits, verdict, judged))
    if len(found) == 1:
        yield found[0]


def _repairs_of(kind: Correction, verdict: Verdict, judged: Judge) -> Iterator[str]:
    cells = sorted(verdict.instance.cells, key=lambda cell: cell is not verdict.anchor)
    for cell in [cell for cell in dict.fromkeys(cells) if cell.number]:
        for value, why in kind(cell, verdict.instance):
            if repairs_all({cell.place: value}, judged):
                yield f"{cell.place} 可能{why}，若为 {_shown(value, cell)} 则各处都平"


def repairs_all(swapped: Mapping[Place, Decimal], judged: Judge) -> bool:
    """Whether every equation that uses one of these cells would hold."""
    touched = {id(i): i for place in swapped for i in judged.by_place.get(place, ())}.values()
    usable = [i for i in touched if not i.missing and not unusable(i.cells) and _comparable(i)]
    return bool(usable) and all(holds_somehow(instance, swapped) for instance in usable)


def _comparable(instance: Instance) -> bool:
    return sum(any(o.cell.number is not None for o in side) for side in instance.sides) > 1


def _units(cell: Cell, _: Instance) -> Iterator[tuple[Decimal, str]]:
    assert cell.number is not None
    if cell.unit in MONEY_UNITS:
        for power, why in _SHIFTS:
            yield cell.number.scaleb(-power), why


def _signs(cell: Cell, _: Instance) -> Iterator[tuple[Decimal, str]]:
    assert cell.number is not None
    yield -cell.number, "正负号填反"


def _swaps(cell: Cell, _: Instance) -> Iterator[tuple[Decimal, str]]:
    text = plain(cell.number or Decimal(0), cell.decimals)
    places = [i for i, char in enumerate(text) if char.isdigit()]
    for a, b in pairwise(places):
        if text[a] != text[b]:
            chars = list(text)
            chars[a], chars[b] = chars[b], chars[a]
            yield Decimal("".join(chars)), "有两位数字填颠倒"


def _digits(cell: Cell, instance: Instance) -> Iterator[tuple[Decimal, str]]:
    """The value that would balance, when it differs from the typed one in a single digit."""
    wanted = _balancing(cell, instance)
    if wanted is None or cell.number is None:
        return
    old, new = plain(cell.number, cell.decimals), plain(wanted, cell.decimals)
    if len(old) == len(new) and sum(a != b for a, b in zip(old, new, strict=True)) == 1:
        yield Decimal(new), "填错一位数字"


def _balancing(cell: Cell, instance: Instance) -> Decimal | None:
    """The plain value of `cell` that makes an equality of two sides hold."""
    if instance.spec.relation.op != "=" or len(instance.sides) != 2:
        return None
    signs = [(1 if index == 0 else -1) * operand.sign for index, side in enumerate(instance.sides) for operand in side]
    rest = Decimal(0)
    own = 0
    for sign, other in zip(signs, instance.cells, strict=True):
        if other is cell:
            own = sign
        elif other.number is not None:
            rest += sign * other.number * atoms_per(other.unit)
    return None if own == 0 else -own * rest / atoms_per(cell.unit)


def _sums(verdict: Verdict, judged: Judge) -> Iterator[str]:
    """What a sum may have left out or taken twice."""
    anchor, instance = verdict.anchor, verdict.instance
    if anchor is None or len(instance.sides) != 2:
        return
    parts = next((side for side in instance.sides if all(operand.cell is not anchor for operand in side)), ())
    yield from _row_counted_twice(anchor, parts, judged)
    if len(parts) < 2:
        return
    for part in parts:
        if part.cell.number and _holds_with(instance, part.cell, Decimal(0)):
            yield f"{anchor.place} 可能漏{'加' if part.sign > 0 else '减'}“{part.cell.row}”的{part.cell.column} {_shown(part.cell.number, part.cell)}"
    for part in parts:
        if part.cell.number and _holds_with(instance, part.cell, part.cell.number * 2):
            yield f"{anchor.place} 可能把“{part.cell.row}”的{part.cell.column} {_shown(part.cell.number, part.cell)} {'加' if part.sign > 0 else '减'}了两次"


def _holds_with(instance: Instance, cell: Cell, value: Decimal) -> bool:
    return any(holds(instance, Lens(how, swapped={cell.place: value})) for how in Convention)


def _row_counted_twice(anchor: Cell, parts: tuple[Operand, ...], judged: Judge) -> Iterator[str]:
    """A part of a row that repeats the other rows' sum, and is contained in that row's own total."""
    for part in parts:
        for instance in judged.by_place.get(part.cell.place, ()):
            row_total = instance.sides[0] if instance.sides else ()
            if instance.spec.relation.scope is not Scope.ROW or len(row_total) != 1 or row_total[0].cell is not part.cell:
                continue
            for piece in instance.sides[1]:
                if not piece.cell.number or part.cell.number is None:
                    continue
                rest = part.cell.number - piece.cell.number
                if repairs_all({piece.cell.place: Decimal(0), part.cell.place: rest}, judged):
                    yield (
                        f"{piece.cell.place}“{piece.cell.row}”的{piece.cell.column} {_shown(piece.cell.number, piece.cell)} "
                        f"可能与其他各行重复；去掉后本行{part.cell.column}为 {_shown(rest, part.cell)}，{anchor.column}合计即平"
                    )


def _shown(value: Decimal, cell: Cell) -> str:
    return f"{plain(value, cell.decimals if cell.unit in MONEY_UNITS else None)} {cell.unit}"
