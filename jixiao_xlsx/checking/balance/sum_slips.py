"""What a failed sum may have left out or counted twice: a text and the cell to correct. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from jixiao_xlsx.checking.balance.corrections import with_unit
from jixiao_xlsx.checking.balance.instances import Instance
from jixiao_xlsx.checking.balance.interpretations import holds_somehow
from jixiao_xlsx.checking.balance.suspects import repairs_all
from jixiao_xlsx.checking.balance.verdicts import Judgement, Verdict
from jixiao_xlsx.values.cells import Cell, Place
from jixiao_xlsx.values.equations import Scope
from jixiao_xlsx.values.operands import Operand, Operands

_Slips = Iterator[tuple[str, Place]]


def sum_slips(verdict: Verdict, judged: Judgement) -> _Slips:
    """Yield what a sum may have left out or counted twice."""
    anchor, instance = verdict.anchor, verdict.instance
    if anchor is None or len(instance.sides) != 2:
        return
    parts = next(
        (side for side in instance.sides if all(operand.cell is not anchor for operand in side)), ()
    )
    repeated = list(_rows_repeated(anchor, parts, instance))
    yield from repeated or _rows_of_the_others(parts, judged)
    if len(parts) > 1 and not repeated:
        for part in parts:
            yield from _left_out(anchor, part, instance)
        for part in parts:
            yield from _added_twice(anchor, part, instance)


def _left_out(anchor: Cell, part: Operand, instance: Instance) -> _Slips:
    cell = part.cell
    if cell.number and holds_somehow(instance, {cell.place: Decimal(0)}):
        what = f"漏{_verb(part)}{_titled(cell)}"
        if anchor.formula and isinstance(cell.raw, str):  # SUM leaves out text
            text = f"{anchor.place} 的公式可能{what}：{cell.ref} 是文本，请改成数字"
            yield text, cell.place
        else:
            yield f"{anchor.place} 可能{what}", cell.place


def _added_twice(anchor: Cell, part: Operand, instance: Instance) -> _Slips:
    cell = part.cell
    if cell.number and holds_somehow(instance, {cell.place: cell.number * 2}):
        yield f"{anchor.place} 可能把{_titled(cell)} {_verb(part)}了两次", cell.place


def _verb(part: Operand) -> str:
    return "加" if part.sign > 0 else "减"


def _titled(cell: Cell) -> str:
    """Return a cell by its titles, with its number."""
    return f"“{cell.row}”的{cell.column} {with_unit(cell.number or Decimal(0), cell)}"


def _rows_repeated(anchor: Cell, parts: Operands, instance: Instance) -> _Slips:
    """Yield open rows that occur twice with the same title and figure."""
    first_of: dict[tuple[str, Decimal | None], Cell] = {}
    for part in parts:
        cell = part.cell
        twin = first_of.setdefault((cell.row, cell.number), cell)
        if twin is cell or not cell.number:
            continue
        if holds_somehow(instance, {cell.place: Decimal(0)}):
            yield (
                f"{cell.place} 可能与 {twin.ref} 是同一行填了两遍，去掉一行则{anchor.column}相符",
                cell.place,
            )


def _rows_of_the_others(parts: Operands, judged: Judgement) -> _Slips:
    """Yield parts of a row that repeat the sum of the other rows, and count in the row's total."""
    for part in parts:
        total = part.cell
        for piece in _pieces(total, judged):
            if not piece.number or total.number is None:
                continue
            rest = total.number - piece.number
            if repairs_all({piece.place: Decimal(0), total.place: rest}, judged):
                after = f"本行{total.column}为 {with_unit(rest, total)}，" if rest else ""
                yield (
                    f"{piece.place} 可能与其他各行重复，去掉{_titled(piece)} 后{after}各处都平",
                    piece.place,
                )


def _pieces(total: Cell, judged: Judgement) -> Iterator[Cell]:
    """Yield the cells that a cell is the total of, within its row."""
    for instance in judged.by_place.get(total.place, ()):
        if instance.spec.relation.scope is Scope.ROW and instance.sides:
            left = instance.sides[0]
            if len(left) == 1 and left[0].cell is total:
                yield from (piece.cell for piece in instance.sides[1])
