"""The messages on equations: what was typed, what would be right, which cells to check."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from jixiao_xlsx.checking.balance.verdicts import Verdict
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import cell_name
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.operands import Operand
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


def anchor_cell(verdict: Verdict) -> Cell:
    """Return the anchor, which every judged equation but a skipped one has."""
    assert verdict.anchor is not None
    return verdict.anchor


def difference_text(verdict: Verdict, anchor: Cell) -> str:
    """Return by how much the anchor is off, in its unit; "" where it cannot be calculated."""
    if verdict.others is None or anchor.number is None:
        return ""
    gap = _side_value(verdict, anchor) - verdict.others
    return amount_text(round(gap, anchor.decimals) or gap, anchor)


def _side_value(verdict: Verdict, anchor: Cell) -> Decimal:
    """Return the value of the anchor, or for ≤ of its whole side, in the anchor's unit."""
    assert anchor.number is not None
    if verdict.instance.is_equality:
        return anchor.number
    side = next(
        side for side in verdict.instance.sides if any(operand.cell is anchor for operand in side)
    )
    total = sum(
        (
            o.sign * o.cell.number * atoms_per(o.cell.unit)
            for o in side
            if o.cell.number is not None
        ),
        Decimal(0),
    )
    return total / atoms_per(anchor.unit)


def mismatch_message(verdict: Verdict, anchor: Cell, evidence: Evidence) -> tuple[str, str]:
    """Return what is wrong with an equality that fails, and what to do."""
    others = [cell for cell in verdict.instance.cells if cell is not anchor]
    across = {cell.sheet for cell in others} != {anchor.sheet}
    source = (
        _named_sources(verdict, others, anchor, evidence)
        if across
        else _parts(verdict, others, evidence)
    )
    low, high = verdict.low, verdict.high
    if low != high:
        right = f"（四舍五入或截尾都算，允许 {_range(low, high, anchor)}）"
    else:
        right = "" if low == verdict.others else f"（即 {amount_text(low, anchor)}）"
    problem = (
        f"{cell_name(anchor, evidence.template)}填 {figure_text(anchor)}，"
        f"{source} {amount_text(verdict.others, anchor)}{right}，"
        f"本格{_more_or_less(verdict, anchor)}。"
    )
    return problem, _demand(verdict, others, anchor)


def _range(low: Decimal | None, high: Decimal | None, anchor: Cell) -> str:
    return (
        f"{amount_text(low, anchor).removesuffix(anchor.unit).strip()}–{amount_text(high, anchor)}"
    )


def _demand(verdict: Verdict, others: list[Cell], anchor: Cell) -> str:
    is_doubt = verdict.instance.spec.severity is Severity.WARNING
    may_stand = "确属实情的，请附情况说明。" if is_doubt else ""
    return f"请核对{_cells_to_check(others, anchor)}，改正填错的一处。{may_stand}"


def _more_or_less(verdict: Verdict, anchor: Cell) -> str:
    assert anchor.number is not None and verdict.others is not None
    exact = anchor.number - verdict.others
    gap = round(exact, anchor.decimals) or exact
    return f"{'多' if gap > 0 else '少'} {amount_text(abs(gap), anchor)}"


def excess_message(verdict: Verdict, anchor: Cell, evidence: Evidence) -> tuple[str, str]:
    """Return what is wrong with a limit (≤) that is exceeded, and what to do."""
    sides = verdict.instance.sides
    at = next(
        number
        for number, side in enumerate(sides)
        if any(operand.cell is anchor for operand in side)
    )
    own = _filled(sides[at])
    later = [cells for side in sides[at + 1 :] if (cells := _filled(side))]
    name = cell_name(anchor, evidence.template)
    what = name if len(own) == 1 else f"{name}等 {len(own)} 格之和"
    limit = min(later, key=_sum_of)
    others = [cell for cell in (*own, *limit) if cell is not anchor]
    problem = (
        f"{what}为 {amount_text(_side_value(verdict, anchor), anchor)}，"
        f"大于{_limit_name(limit, anchor, evidence)}"
        f"（{amount_text(verdict.others, anchor)}），多出 {difference_text(verdict, anchor)}。"
    )
    return problem, _demand(verdict, others, anchor)


def _filled(side: tuple[Operand, ...]) -> list[Cell]:
    return [operand.cell for operand in side if operand.cell.number is not None]


def _sum_of(cells: list[Cell]) -> Decimal:
    return sum(map(_atoms, cells), Decimal(0))


def _atoms(cell: Cell) -> Decimal:
    return (cell.number or Decimal(0)) * atoms_per(cell.unit)


def _limit_name(limit: list[Cell], anchor: Cell, evidence: Evidence) -> str:
    cell = limit[0]
    same_row = cell.sheet == anchor.sheet and cell.row == anchor.row
    name = f"同行的“{cell.column}”" if same_row else _name_with_sheet(cell, anchor.sheet, evidence)
    return name if len(limit) == 1 else f"{name}等 {len(limit)} 格之和"


def _name_with_sheet(cell: Cell, here: str, evidence: Evidence) -> str:
    """Return a cell by its titles, with its sheet where that is not `here`."""
    sheet = "" if cell.sheet == here else f"《{cell.sheet}》"
    return f"{sheet}{cell_name(cell, evidence.template)}"


def _named_sources(verdict: Verdict, others: list[Cell], anchor: Cell, evidence: Evidence) -> str:
    filled = [cell for cell in others if cell.number is not None]
    first = next((cell for cell in filled if cell.sheet != anchor.sheet), filled[0])
    name = _name_with_sheet(first, anchor.sheet, evidence)
    chain = len(verdict.instance.sides) > 2
    if len(filled) > 1 and not (chain and len({_atoms(cell) for cell in filled}) > 1):
        return f"{name}等 {len(filled)} 处{'都为' if chain else '合计为'}"
    return f"{name}为" if first.unit == anchor.unit else f"{name}为 {figure_text(first)}，合"


def _parts(verdict: Verdict, others: list[Cell], evidence: Evidence) -> str:
    """Return what the anchor is compared with: the sum of its parts, or the relation itself."""
    if len(others) == 1:
        return f"{cell_name(others[0], evidence.template)}为"
    relation, sides = verdict.instance.spec.relation, verdict.instance.sides
    if min(map(len, sides)) > 1:
        return "按其余各项推算是"
    if any(operand.sign < 0 for side in sides for operand in side):
        return f"按“{relation.text}”计算是"
    filled = [cell for cell in others if cell.number is not None]
    in_one_row = len({cell.row for cell in others}) == 1
    names = list(dict.fromkeys(cell.column if in_one_row else cell.row for cell in filled))
    if len(filled) == 1:
        return f"各分项中只填了“{names[0]}”，为"
    more = f"等 {len(filled)} 项" if len(filled) > len(names[:3]) else ""
    return f"各分项之和（{'、'.join(names[:3])}{more}）为"


def _cells_to_check(cells: list[Cell], anchor: Cell) -> str:
    """Return the cells to check by their addresses, with the sheet where it is another one."""
    filled = [cell for cell in cells if cell.number is not None] or cells
    sheets: dict[str, list[str]] = defaultdict(list)
    for cell in filled[:4]:
        sheets[cell.sheet].append(cell.ref)
    refs = [
        f"{'' if sheet == anchor.sheet else f'《{sheet}》'}{'、'.join(cells_there)}"
        for sheet, cells_there in sheets.items()
    ]
    more = f" 等 {len(filled)} 格" if len(filled) > 4 else ""
    here = " " if sheets and next(iter(sheets)) == anchor.sheet and filled[0].ref.isascii() else ""
    return f"{here}{'、'.join(refs)}{more or ' '}和本格" if refs else "本格"


def amount_text(value: Decimal | None, anchor: Cell) -> str:
    """Return a value in the anchor's unit, with all its decimals; "" for None."""
    if value is None:
        return ""
    digits = max(anchor.decimals, -int(value.normalize().as_tuple().exponent))
    return f"{plain(value, digits if anchor.unit in {'元', '万元'} else None)} {anchor.unit}"


def figure_text(cell: Cell) -> str:
    """Return a figure with its unit: as it is seen, and as it is stored where that differs."""
    if not cell.shown or cell.number is None:
        return amount_text(cell.number, cell)
    return f"{cell.shown} {cell.unit}（格里存的是 {plain(cell.number)}）"


def counterpart_text(verdict: Verdict, anchor: Cell, evidence: Evidence) -> str:
    """Return the other cells of a relation by the titles and number of the first."""
    others = [
        cell for cell in verdict.instance.cells if cell is not anchor and cell.number is not None
    ]
    first = next((cell for cell in others if cell.sheet != anchor.sheet), others[0])
    named = f"{_name_with_sheet(first, anchor.sheet, evidence)} {figure_text(first)}"
    return named if len(others) == 1 else f"{named}等 {len(others)} 格"
