"""The first cause that 自检 can name by a formula: one cell in the other unit, or a row left out.

Only of a total and its parts inside a table, where exactly one typed cell explains the gap;
what needs more than one relation is for the checker.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from jixiao_xlsx.form.repeated_sheets import is_free
from jixiao_xlsx.output.xlsx.blank.layout import CellAddress
from jixiao_xlsx.output.xlsx.cells import Live, text_constant
from jixiao_xlsx.output.xlsx.self_check.helper_cells import HelperSheet
from jixiao_xlsx.output.xlsx.self_check.live_formulas import Test, choose, constant, number_of
from jixiao_xlsx.output.xlsx.self_check.placed_equations import PlacedEquation
from jixiao_xlsx.values.addresses import a1
from jixiao_xlsx.values.amounts import atoms_per

CAUSE_WIDTH = 4  # columns of the helper sheet: a cell for each kind of mistake, one for the words
_NOTHING = constant("")
_OTHER_UNIT = {"万元": "元", "元": "万元"}
_FACTOR = 10_000  # between the two
_MOST_ADDED = 8  # parts that are really filled in
_CONVERTED = 5_000  # 分: how far 元 may be from a 万元 figure with two decimals


@dataclass(frozen=True, slots=True)
class _Kind:
    """A mistake that shows where |figure × `times` + gap × `gaps`| ≤ `tolerance`, in atoms.

    Only of figures above `least`: smaller ones fit by chance. `gaps` is for a part; for the total,
    where `of_total`, it is turned round.
    """

    text: str
    times: int
    gaps: int
    tolerance: float
    least: float
    of_total: bool = False


def write_first_cause(
    helper: HelperSheet, one: PlacedEquation, at: tuple[int, int], gap: Live
) -> Live:
    """Return what to say after the gap of a total, "；疑似 H9 填成了元" or "".

    `at` is the first free cell of the equation's row on the helper sheet, `gap` left minus right.
    """
    sides = one.total_and_parts()
    if sides is None:
        return _NOTHING
    total, parts = one.sides[sides[0]][0][1], [address for _, address in one.sides[sides[1]]]
    figure = helper.figure(total)
    added = min(len(parts), _MOST_ADDED) + 1
    noise = added * figure.grid / 2 if figure.grid > 1 else 0.5
    cases = []
    for number, kind in enumerate(_kinds(figure.unit, noise)):
        candidates = [(address, 1) for address in parts]
        candidates += [(total, -1)] if kind.of_total else []
        cell = _write_only(helper, (at[0], at[1] + number), candidates, kind, gap, sides[0])
        if cell is _NOTHING:
            continue
        before, after = kind.text.split("{}")
        said = Live(
            f"{text_constant(f'；疑似{before}')}&{cell.formula}&{text_constant(after)}",
            f"；疑似{before}{cell.value}{after}",
        )
        cases.append((Test(f'{cell.formula}<>""', cell.value != ""), said))
    if not cases:
        return _NOTHING
    cause = choose(cases, _NOTHING)
    return helper.put(at[0], at[1] + CAUSE_WIDTH - 1, cause.formula, cause.value)


def _kinds(unit: str, noise: float) -> list[_Kind]:
    """Return the mistakes to try, the likeliest first; total − parts is the gap."""
    kinds = []
    if unit in _OTHER_UNIT:
        larger = unit == "万元"
        gaps, tolerance = (_FACTOR, _FACTOR * noise) if larger else (-1, _CONVERTED + noise)
        text = f" {{}} 填成了{_OTHER_UNIT[unit]}"
        least = 2 * noise * (_FACTOR if larger else 1)
        kinds.append(_Kind(text, _FACTOR - 1, gaps, tolerance, least, of_total=True))
    kinds.append(_Kind("漏加 {}", 1, 1, noise, 2 * noise))
    kinds.append(_Kind("多加了一次 {}", 1, -1, noise, 2 * noise))
    return kinds


def _write_only(
    helper: HelperSheet,
    at: tuple[int, int],
    candidates: list[tuple[CellAddress, int]],
    kind: _Kind,
    gap: Live,
    total_side: int,
) -> Live:
    """Write the address of the only typed cell that the mistake fits; "" for none or several."""
    turned = 1 if total_side == 0 else -1
    typed = [(address, sign) for address, sign in candidates if _is_typed(helper, address)]
    hits, counts, rows, columns = [], [], [], []
    for sign in (1, -1):
        own = [address for address, s in typed if s == sign]
        for span in helper.standing(own):
            hit = _hit_formula(span, kind, gap, sign * turned, helper, own[0])
            counts.append(f"SUMPRODUCT({hit}*1)")
            rows.append(f"SUMPRODUCT({hit}*ROW({span}))")
            columns.append(f"SUMPRODUCT({hit}*COLUMN({span}))")
        hits += [a for a in own if _hits(helper, a, kind, number_of(gap) * sign * turned)]
    if not counts:
        return _NOTHING
    spoilt = any(isinstance(helper.canvas.contents[a].value, str) for a, _ in typed)
    now = ""
    if len(hits) == 1 and not spoilt:
        now = a1(*helper.canvas.layout.position(hits[0]))
    address = f"ADDRESS({'+'.join(rows)},{'+'.join(columns)},4)"
    return helper.put(*at, f'IFERROR(IF({"+".join(counts)}=1,{address},""),"")', now)


def _is_typed(helper: HelperSheet, address: CellAddress) -> bool:
    """Return whether a person types the cell: a formula is never the culprit."""
    table = helper.canvas.layout.tables[address[0]]
    title, column = table.row[address[1]].title, table.spec.column[address[2]]
    return is_free(table.spec, title, column, helper.canvas.template)


def _hit_formula(
    span: str,
    kind: _Kind,
    gap: Live,
    way: int,
    helper: HelperSheet,
    first: CellAddress,
) -> str:
    """Return the formula that is 1 for each cell of a span that the mistake fits."""
    atoms = atoms_per(helper.figure(first).unit)
    shift = f"{gap.formula}*{kind.gaps * way}"
    fits = f"(ABS({span}*{atoms * kind.times}+{shift})<={kind.tolerance:g})"
    return f"{fits}*(ABS({span}*{atoms})>{kind.least:g})"


def _hits(helper: HelperSheet, address: CellAddress, kind: _Kind, gap: Decimal) -> bool:
    atoms = helper.figure(address).atoms
    off = abs(atoms * kind.times + gap * kind.gaps)
    return off <= Decimal(kind.tolerance) and abs(atoms) > Decimal(kind.least)
