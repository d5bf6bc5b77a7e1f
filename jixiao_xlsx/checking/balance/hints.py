"""“Probably because …”: a closed list of single corrections, offered only when they repair every equation of the cell.

A hint is text on a finding; data are never changed. At most three, likeliest first. Totals that are formulas follow the cell
that is corrected. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from jixiao_xlsx.checking.balance.judging import (
    Instance,
    Judge,
    Verdict,
    holds,
    holds_somehow,
    out_of_reach,
)
from jixiao_xlsx.values.amounts import MONEY_UNITS, atoms_per
from jixiao_xlsx.values.cells import Cell, Place
from jixiao_xlsx.values.digit_slips import SIGN, SWAPPED, swaps
from jixiao_xlsx.values.equations import Scope
from jixiao_xlsx.values.number_text import decimals_of, plain, rounded
from jixiao_xlsx.values.operands import Operand

MOST = 3
_TOO_BIG, _TOO_SMALL = "填大了 10000 倍（元当作万元）", "填小了 10000 倍（万元当作元）"
_SHIFTS = (
    (4, _TOO_BIG),
    (-4, _TOO_SMALL),
    (3, "多了三位"),
    (-3, "少了三位"),
    (1, "多一位"),
    (-1, "少一位"),
)
_SEEN = 10  # last digits: a correction smaller than that would repair nearly anything
_FAR = 50  # a limit exceeded this many times over is a matter of units, not of spending


@dataclass(frozen=True, slots=True)
class Hint:
    """A likely cause in words, the cell it blames, and what should stand there (as shown; "" where that is not the point)."""

    text: str
    place: Place
    value: str = ""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell that may be wrong, and what it is judged with.

    `wanted` is the value that would balance the failed equation (None for a limit), which holds for none further away than
    `slack`; `blame` counts the failed equations in which the cell stands, or a formula that follows it.
    """

    cell: Cell
    number: Decimal
    wanted: Decimal | None
    slack: Decimal
    blame: int
    judged: Judge

    def repaired_by(self, value: Decimal) -> bool:
        """Whether every equation of the cell would hold with this value in it."""
        near = self.wanted is None or abs(value - self.wanted) <= self.slack
        return near and repairs_all({self.cell.place: value}, self.judged)


Correction = Callable[[Suspect], Iterator[tuple[Decimal, str]]]


def hints(verdict: Verdict, judged: Judge) -> tuple[Hint, ...]:
    """The likely causes of a failed equation; () when no single correction explains it."""
    found: list[Hint] = []
    causes = (
        _causes(verdict, judged)
        if verdict.instance.spec.relation.op == "="
        else _of_limit(verdict, judged)
    )
    for hint in causes:
        if not any(
            (hint.place, hint.value or hint.text) == (other.place, other.value or other.text)
            for other in found
        ):
            found.append(hint)
        if len(found) == MOST:
            break
    return tuple(found)


def _causes(verdict: Verdict, judged: Judge) -> Iterator[Hint]:
    suspects = _suspects(verdict, judged)
    for kind in (_units, _lost_digits, _signs, _swaps):
        yield from _repairs(kind, suspects)
    with_totals = _suspects(verdict, judged.added_up)
    for kind in (_units, _lost_digits):
        yield from _with_row_total(kind, with_totals, judged)
    yield from _alone(_row_above, suspects)
    yield from _sums(verdict, judged)
    yield from _alone(_digits, suspects)
    yield from _crossing(suspects)


def _alone(kind: Correction, suspects: list[Suspect]) -> Iterator[Hint]:
    """Said only where a single cell can be meant: any round gap looks like one digit, and equal neighbours are common."""
    found = list(_repairs(kind, suspects))
    if len(found) == 1:
        yield found[0]


def _of_limit(verdict: Verdict, judged: Judge) -> Iterator[Hint]:
    """A limit: only a wrong sign, or wrong units where it is exceeded many times over; the limit before what exceeds it."""
    suspects = _suspects(verdict, judged)[::-1]
    suspects.sort(key=lambda suspect: -suspect.blame)
    yield from _repairs(_signs, [suspect for suspect in suspects if suspect.number < 0])
    sizes = [abs(amount) for amount in verdict.instance.sums]
    if max(sizes) > _FAR * min(sizes):
        yield from _repairs(_ten_thousand, suspects)


def _suspects(verdict: Verdict, judged: Judge) -> list[Suspect]:
    """Every number typed into the equation or behind its formulas: first those in most failed equations, then the anchor."""
    cells = {cell.place: cell for cell in verdict.instance.cells}
    for place in list(cells):
        cells |= {part.place: part for part in _behind(place, judged, frozenset())}
    typed = [cell for place, cell in cells.items() if place not in judged.formulas]
    found = [_suspect(cell, cell.number, verdict.instance, judged) for cell in typed if cell.number]
    return sorted(found, key=lambda one: (-one.blame, one.cell is not verdict.anchor))


def _suspect(cell: Cell, number: Decimal, instance: Instance, judged: Judge) -> Suspect:
    wanted, slack = _balancing(cell, number, instance, judged)
    return Suspect(cell, number, wanted, slack, _blame(cell, judged), judged)


def _behind(place: Place, judged: Judge, above: frozenset[Place]) -> Iterator[Cell]:
    for operand in judged.formulas.get(place, ()):
        if operand.cell.place not in above:
            yield operand.cell
            yield from _behind(operand.cell.place, judged, above | {place})


def _blame(cell: Cell, judged: Judge) -> int:
    """In how many failed equations a cell stands, or a formula that follows it."""
    places = {cell.place, *_above(cell.place, judged, frozenset())}
    return len({one for place in places for one in judged.failures.get(place, ())})


def _above(place: Place, judged: Judge, below: frozenset[Place]) -> Iterator[Place]:
    for total in judged.followers.get(place, ()):
        if total not in below:
            yield total
            yield from _above(total, judged, below | {place})


def _repairs(kind: Correction, suspects: list[Suspect]) -> Iterator[Hint]:
    for suspect in suspects:
        cell = suspect.cell
        for value, why in kind(suspect):
            if suspect.repaired_by(value):
                shown = _shown(value, cell)
                yield Hint(f"{cell.place} 可能{why}，若为 {shown}，则各处都平", cell.place, shown)


def _with_row_total(kind: Correction, suspects: list[Suspect], judged: Judge) -> Iterator[Hint]:
    """A cell together with the totals of its own row, where those were typed as the sum of what stands there."""
    for suspect in suspects:
        cell = suspect.cell
        for value, why in kind(suspect):
            if not suspect.repaired_by(value):
                continue
            alone, moved = (_followed({cell.place: value}, one) for one in (judged, suspect.judged))
            if typed := sorted(moved.keys() - alone.keys(), key=lambda place: place.order):
                shown = _shown(value, cell)
                also = "、".join(
                    f"{place.cell} 为 {_shown(moved[place], judged.cells[place])}"
                    for place in typed
                )
                what = (
                    f"{cell.place} 可能{why}，本行合计是按它加的，若为 {shown}、{also}，则各处都平"
                )
                yield Hint(what, cell.place, shown)


def repairs_all(swapped: Mapping[Place, Decimal], judged: Judge) -> bool:
    """Whether every equation that uses one of these cells, or a formula that follows them, would hold."""
    moved = _followed(swapped, judged)
    touched = {id(i): i for place in moved for i in judged.by_place.get(place, ()) if i.comparable}
    failed_first = sorted(touched.values(), key=lambda instance: id(instance) not in judged.failed)
    figures = [
        (judged.cells[place], value) for place, value in moved.items() if place in judged.cells
    ]
    if not touched or out_of_reach(failed_first[0], figures):
        return False
    lenses = [lens.swapping(figures) for lens in (*judged.lenses.exact, *judged.lenses.loose)]
    return all(any(holds(instance, lens) for lens in lenses) for instance in failed_first)


def _followed(swapped: Mapping[Place, Decimal], judged: Judge) -> dict[Place, Decimal]:
    """The corrected cells, and the formulas above them as they would come out."""
    moved = dict(swapped)
    waiting = [total for place in swapped for total in judged.followers.get(place, ())]
    for _ in range(len(judged.formulas)):
        if not waiting:
            break
        total = waiting.pop(0)
        if total in swapped:
            continue
        value = sum(
            (
                o.sign * moved.get(o.cell.place, o.cell.number or Decimal(0))
                for o in judged.formulas[total]
            ),
            Decimal(0),
        )
        if moved.get(total) != value:
            moved[total] = value
            waiting += judged.followers.get(total, ())
    return moved


# ------------------------------------------------------------------------------------------------------ corrections


def _units(suspect: Suspect) -> Iterator[tuple[Decimal, str]]:
    if suspect.cell.unit in MONEY_UNITS:
        for power, why in _SHIFTS:
            value = suspect.number.scaleb(-power)
            if abs(value) >= _SEEN * _step(suspect.cell):
                yield value, why


def _step(cell: Cell) -> Decimal:
    return Decimal(1).scaleb(-cell.decimals)


def _ten_thousand(suspect: Suspect) -> Iterator[tuple[Decimal, str]]:
    if suspect.cell.unit in MONEY_UNITS:
        yield suspect.number.scaleb(-4), _TOO_BIG
        yield suspect.number.scaleb(4), _TOO_SMALL


def _lost_digits(suspect: Suspect) -> Iterator[tuple[Decimal, str]]:
    """The wanted figure, where its 万元 were typed, rounded: 954.82 for 9548199.71 元."""
    cell, wanted = suspect.cell, suspect.wanted
    if (
        cell.unit not in MONEY_UNITS
        or wanted is None
        or rounded(wanted.scaleb(-4), cell.decimals) != suspect.number
    ):
        return
    if abs(suspect.number) >= Decimal("0.1") or suspect.blame > 1:
        yield _printed(wanted, cell), _TOO_SMALL


def _signs(suspect: Suspect) -> Iterator[tuple[Decimal, str]]:
    """Money may be negative; people, cars and questionnaires are never fewer than none."""
    if suspect.number < 0 or suspect.cell.unit in MONEY_UNITS:
        yield -suspect.number, SIGN


def _swaps(suspect: Suspect) -> Iterator[tuple[Decimal, str]]:
    for value in swaps(
        plain(suspect.number, max(_money_digits(suspect.cell), decimals_of(suspect.number)))
    ):
        yield value, SWAPPED


def _row_above(suspect: Suspect) -> Iterator[tuple[Decimal, str]]:
    """The value that would balance, when what was typed is that of the row above."""
    cell = suspect.cell
    above = _cell_above(cell, suspect.judged) if cell.unit != "分" else None
    if suspect.wanted is not None and above is not None and above.number == suspect.number:
        yield _printed(suspect.wanted, cell), f"抄了上一行“{above.row}”的数"


def _cell_above(cell: Cell, judged: Judge) -> Cell | None:
    for table in judged.submission.tables.values():
        if table.sheet == cell.sheet and cell.column in table.columns:
            for before, row in pairwise(table.rows):
                if row.get(cell.column) is cell:
                    return before.get(cell.column)
    return None


def _digits(suspect: Suspect) -> Iterator[tuple[Decimal, str]]:
    """The value that would balance, when it differs from the typed one in a single digit."""
    if suspect.wanted is None:
        return
    old, new = (
        plain(suspect.number, suspect.cell.decimals),
        plain(suspect.wanted, suspect.cell.decimals),
    )
    if len(old) == len(new) and sum(a != b for a, b in zip(old, new, strict=True)) == 1:
        yield Decimal(new), "填错一位数字"


def _crossing(suspects: list[Suspect]) -> Iterator[Hint]:
    """Two equations that fail by the same amount meet in one cell: that one is wrong, whatever was mistyped."""
    for suspect in suspects:
        cell, count = suspect.cell, suspect.blame
        if suspect.wanted is None or count < 2:
            continue
        value = _printed(suspect.wanted, cell)
        if value != suspect.number and suspect.repaired_by(value):
            shown = _shown(value, cell)
            yield Hint(
                f"{cell.place} 可能填错：有关的 {count} 个等式差额一致，若为 {shown}，则各处都平",
                cell.place,
                shown,
            )
            return


def _printed(value: Decimal, cell: Cell) -> Decimal:
    return rounded(value, cell.decimals)


def _balancing(
    cell: Cell, number: Decimal, instance: Instance, judged: Judge
) -> tuple[Decimal | None, Decimal]:
    """The plain value of `cell` that makes its side equal another one, formulas following it, and how exact that is."""
    if instance.spec.relation.op != "=":
        return None, Decimal(0)
    shares = [
        sum(o.sign * _share(cell, o.cell, judged, 0) * atoms_per(o.cell.unit) for o in side)
        for side in instance.filled
    ]
    own = [n for n, share in enumerate(shares) if share]
    rest = [n for n, share in enumerate(shares) if not share]
    if len(own) != 1 or not rest:
        return None, Decimal(0)
    share = Decimal(shares[own[0]])
    gap = instance.sums[own[0]] - instance.sums[rest[0]]
    return number - gap / share, instance.reach / abs(share)


def _share(cell: Cell, of: Cell, judged: Judge, depth: int) -> int:
    """How often `cell` is contained in `of`: itself, or through formulas."""
    if of is cell:
        return 1
    if depth > 4 or of.place not in judged.formulas:
        return 0
    return sum(o.sign * _share(cell, o.cell, judged, depth + 1) for o in judged.formulas[of.place])


# ------------------------------------------------------------------------------------------------------ sums


def _sums(verdict: Verdict, judged: Judge) -> Iterator[Hint]:
    """What a sum may have left out or taken twice."""
    anchor, instance = verdict.anchor, verdict.instance
    if anchor is None or len(instance.sides) != 2:
        return
    parts = next(
        (side for side in instance.sides if all(operand.cell is not anchor for operand in side)), ()
    )
    doubled = list(_row_doubled(anchor, parts, instance, judged))
    yield from doubled or _row_counted_twice(anchor, parts, judged)
    if len(parts) < 2 or doubled:
        return
    for part in parts:
        if part.cell.number and holds_somehow(instance, [(part.cell, Decimal(0))], judged.lenses):
            what = f"漏{'加' if part.sign > 0 else '减'}“{part.cell.row}”的{part.cell.column} {_shown(part.cell.number, part.cell)}"
            if anchor.formula and isinstance(part.cell.raw, str):  # SUM passes text by
                yield Hint(
                    f"{anchor.place} 的公式可能{what}：{part.cell.ref} 是文本，请改成数字",
                    part.cell.place,
                )
            else:
                yield Hint(f"{anchor.place} 可能{what}", part.cell.place)
    for part in parts:
        if part.cell.number and holds_somehow(
            instance, [(part.cell, part.cell.number * 2)], judged.lenses
        ):
            what = f"把“{part.cell.row}”的{part.cell.column} {_shown(part.cell.number, part.cell)} {'加' if part.sign > 0 else '减'}了两次"
            yield Hint(f"{anchor.place} 可能{what}", part.cell.place)


def _row_doubled(
    anchor: Cell, parts: tuple[Operand, ...], instance: Instance, judged: Judge
) -> Iterator[Hint]:
    """An open row that stands there twice, with the same title and figure."""
    seen: dict[tuple[str, Decimal | None], Cell] = {}
    for part in parts:
        twin = seen.setdefault((part.cell.row, part.cell.number), part.cell)
        if (
            twin is not part.cell
            and part.cell.number
            and holds_somehow(instance, [(part.cell, Decimal(0))], judged.lenses)
        ):
            yield Hint(
                f"{part.cell.place} 可能与 {twin.ref} 是同一行填了两遍，去掉一行则{anchor.column}相符",
                part.cell.place,
            )


def _row_counted_twice(anchor: Cell, parts: tuple[Operand, ...], judged: Judge) -> Iterator[Hint]:
    """A part of a row that repeats the other rows' sum, and is contained in that row's own total."""
    for part in parts:
        for instance in judged.by_place.get(part.cell.place, ()):
            row_total = instance.sides[0] if instance.sides else ()
            if (
                instance.spec.relation.scope is not Scope.ROW
                or len(row_total) != 1
                or row_total[0].cell is not part.cell
            ):
                continue
            for piece in instance.sides[1]:
                if not piece.cell.number or part.cell.number is None:
                    continue
                rest = part.cell.number - piece.cell.number
                if repairs_all({piece.cell.place: Decimal(0), part.cell.place: rest}, judged):
                    cell, after = (
                        piece.cell,
                        f"本行{part.cell.column}为 {_shown(rest, part.cell)}，" if rest else "",
                    )
                    what = f"{cell.place} 可能与其他各行重复，去掉“{cell.row}”的{cell.column} {_shown(piece.cell.number, cell)} 后{after}各处都平"
                    yield Hint(what, cell.place)


def _shown(value: Decimal, cell: Cell) -> str:
    return f"{plain(value, cell.decimals if cell.unit in MONEY_UNITS else None)} {cell.unit}"


# ------------------------------------------------------------------------------------------------------ behind a rate


def base_slip(
    cells: tuple[Cell, ...], fits: Callable[[Mapping[Cell, Decimal]], bool], judged: Judge
) -> str:
    """The cell among those behind a rate that was mistyped, if one slip explains the rate and breaks no equation."""
    for cell in cells:
        if not cell.number:
            continue
        found = [
            *([(-cell.number, SIGN)] if cell.number < 0 else []),
            *(
                (value, SWAPPED)
                for value in swaps(
                    plain(cell.number, max(decimals_of(cell.number), _money_digits(cell)))
                )
            ),
        ]
        if cell.unit in MONEY_UNITS:
            found += [(cell.number.scaleb(-4), _TOO_BIG), (cell.number.scaleb(4), _TOO_SMALL)]
        for value, why in found:
            if fits({cell: value}) and (
                cell.place not in judged.by_place or repairs_all({cell.place: value}, judged)
            ):
                return f"{cell.place} 可能{why}，若为 {_shown(value, cell)}，则相符"
    return ""


def _money_digits(cell: Cell) -> int:
    return cell.decimals if cell.unit in MONEY_UNITS else 0
