"""The sides of an equation added up on the helper sheet, lowest and highest true amount."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from jixiao_xlsx.output.xlsx.blank.layout import CellAddress, SignedCell
from jixiao_xlsx.output.xlsx.cells import Live
from jixiao_xlsx.output.xlsx.self_check.coarse_figures import (
    HIDDEN_BY_ZERO,
    HIGHEST,
    LOWEST,
    CoarseFigures,
    Ends,
    Parts,
    total_of_run,
)
from jixiao_xlsx.output.xlsx.self_check.helper_cells import HelperSheet
from jixiao_xlsx.output.xlsx.self_check.live_formulas import LIVE_ZERO
from jixiao_xlsx.output.xlsx.self_check.placed_equations import PlacedEquation
from jixiao_xlsx.values.amounts import atoms_per

FIRST_SIDE, SIDE_WIDTH = 3, 12  # columns of the helper sheet: where sides begin, what one takes
STILL = Ends(LIVE_ZERO, LIVE_ZERO)
_NO_SHIFT = (STILL, STILL)
_HUNDRED_YUAN = 10_000  # 分: the grid of a 万元 figure with two decimals


@dataclass(frozen=True, slots=True)
class SideSum:
    """One side of an equation, in atoms.

    `count`: how many numbers are in it; `plain`: its face value, "" when empty. The pairs are once
    for rounded figures, once for figures cut off: `ends` of the true sum, how far typed `zeros`
    open them, and how far the ends move when 元 figures stand on a 100 元 grid (`shifts`).
    """

    count: Live
    plain: Live
    ends: tuple[Ends, Ends]
    zeros: tuple[Live, Live]
    shifts: tuple[Ends, Ends]

    @property
    def coarse(self) -> bool:
        """Whether some figure stands on a grid, so that the two conventions differ."""
        return self.ends[0] is not self.ends[1]

    @property
    def shifted(self) -> bool:
        """Whether 元 figures are in it that may stand on a 100 元 grid."""
        return self.shifts is not _NO_SHIFT


class SideAdder:
    """Adds sides up on the helper sheet."""

    def __init__(self, helper: HelperSheet, parts: Parts | None = None) -> None:
        self.helper = helper
        self.parts = parts or {}
        self.coarse = CoarseFigures(helper, self.parts)
        self._flags: dict[str, Live] = {}

    def add_sides(self, row: int, one: PlacedEquation) -> list[SideSum]:
        """Add up the sides of an equation, each figure as it is printed."""
        return [
            self.add(row, number, side, across=one.spec.across)
            for number, side in enumerate(one.sides)
        ]

    def add_computed(self, one: PlacedEquation) -> list[SideSum]:
        """Add up the sides with each total that the form computes as the sum of its parts.

        Such a total is no rounded figure. [] where the equation has none.
        """
        if not any(address in self.parts for address in one.cells):
            return []
        row = self.helper.next_row(f"{one.spec.code} {one.label} 合计按分项")
        return [
            self.add(row, number, side, across=one.spec.across, summed=True)
            for number, side in enumerate(one.sides)
        ]

    def overflows(self, one: PlacedEquation) -> list[Live]:
        """Return 1 for each table with more open rows than there is room for, if all are used."""
        cells = [*one.cells]
        for address in cells:
            cells += [part for _, part in self.parts.get(address, ())]
        return self.helper.overflows(dict.fromkeys(cells))

    def add(
        self,
        row: int,
        number: int,
        terms: Sequence[SignedCell],
        *,
        across: bool,
        summed: bool = False,
    ) -> SideSum:
        """Add up side `number` of the equation or rate in `row`.

        `across`: between tables; `summed`: computed totals as the sum of their parts.
        """
        self.coarse.summed = summed
        column = FIRST_SIDE + SIDE_WIDTH * number
        counted = self.helper.count([address for _, address in terms])
        count = self.helper.put(row, column, counted.formula, float(counted.value))
        plain = self._plain(row, column + 1, terms, count)
        exact = [term for term in terms if self.helper.figure(term[1]).grid == 1]
        coarse = [term for term in terms if term not in exact]
        rounded = self._ends(row, column + 2, exact, coarse, 0)
        cut, zeros = rounded, (LIVE_ZERO, LIVE_ZERO)
        if coarse:
            cut = self._ends(row, column + 4, exact, coarse, 1)
            zeros = (
                self._zeros(row, column + 6, coarse, HIDDEN_BY_ZERO[0]),
                self._zeros(row, column + 7, coarse, HIDDEN_BY_ZERO[1]),
            )
        shifts = self._shifts(row, column + 8, exact) if across else _NO_SHIFT
        return SideSum(count, plain, (rounded, cut), zeros, shifts)

    def _plain(self, row: int, column: int, terms: Sequence[SignedCell], count: Live) -> Live:
        figure = self.helper.figure
        parts = []
        for unit in dict.fromkeys(figure(address).unit for _, address in terms):
            for sign, mark in ((1, "+"), (-1, "-")):
                own = [a for s, a in terms if s == sign and figure(a).unit == unit]
                if own:
                    spans = ",".join(self.helper.spans(own))
                    parts.append(f"{mark}SUM({spans})*{atoms_per(unit)}")
        value = sum((sign * figure(address).atoms for sign, address in terms), Decimal(0))
        text = f'IF({count.formula}=0,"",ROUND({"".join(parts)},2))'
        return self.helper.put(row, column, text, value if count.value else "")

    def _ends(
        self,
        row: int,
        column: int,
        exact: list[SignedCell],
        coarse: list[SignedCell],
        convention: int,
    ) -> Ends:
        low, high, lo, hi = [], [], 0, 0
        for sign, address in exact:
            atoms, text = self.helper.figure(address).atoms, self.helper.atoms(address)
            below, above = math.floor(atoms), math.ceil(atoms)
            low.append(f"+INT({text})" if sign > 0 else f"+INT(-{text})")
            high.append(f"-INT(-{text})" if sign > 0 else f"-INT({text})")
            lo, hi = lo + (below if sign > 0 else -above), hi + (above if sign > 0 else -below)
        lowest, highest = LOWEST[convention], HIGHEST[convention]
        for sign, run in self.coarse.runs(coarse):
            mark = "+" if sign > 0 else "-"
            own_low, own_high = (lowest, highest) if sign > 0 else (highest, lowest)
            low.append(mark + total_of_run(run, own_low))
            high.append(mark + total_of_run(run, own_high))
            lo += sign * sum(one.values[own_low] for one in run)
            hi += sign * sum(one.values[own_high] for one in run)
        put = self.helper.put
        return Ends(put(row, column, "".join(low), lo), put(row, column + 1, "".join(high), hi))

    def _zeros(self, row: int, column: int, coarse: list[SignedCell], which: int) -> Live:
        runs = [run for _, run in self.coarse.runs(coarse)]
        value = sum(one.values[which] for run in runs for one in run)
        return self.helper.put(
            row, column, "+".join(total_of_run(run, which) for run in runs), value
        )

    # -- sheets typed as 万元 × 10000

    def _shifts(self, row: int, column: int, exact: list[SignedCell]) -> tuple[Ends, Ends]:
        """Add up how far the ends move when 元 figures of a coarse sheet are on a 100 元 grid."""
        terms = [(sign, a) for sign, a in exact if self.helper.figure(a).unit == "元"]
        if not terms:
            return _NO_SHIFT
        half, whole = _HUNDRED_YUAN // 2, _HUNDRED_YUAN
        # How far below and above a positive figure the true amount may be; a negative one mirrors.
        (below, above), (under, over) = (half, half - 1), (0, whole - 1)
        return (
            Ends(
                self._shift(row, column, terms, below, above, -1),
                self._shift(row, column + 1, terms, above, below, 1),
            ),
            Ends(
                self._shift(row, column + 2, terms, under, over, -1),
                self._shift(row, column + 3, terms, over, under, 1),
            ),
        )

    def _shift(
        self, row: int, column: int, terms: list[SignedCell], positive: int, negative: int, way: int
    ) -> Live:
        """Add up, times `way`, `positive` for amounts above 0 and `negative` for those below."""
        parts, value = [], 0
        for sign, address in terms:
            flag = self._hundreds(self.helper.canvas.layout.sheet_of(address[0]))
            x = self.helper.refer(address)
            up, down = (">", "<") if sign > 0 else ("<", ">")
            parts.append(f"{flag.formula}*({positive}*(N({x}){up}0)+{negative}*(N({x}){down}0))")
            amount = sign * self.helper.number(address)
            moves = positive if amount > 0 else negative if amount < 0 else 0
            value += int(flag.value or 0) * moves
        text = "+".join(parts)
        return self.helper.put(row, column, text if way > 0 else f"-({text})", way * value)

    def _hundreds(self, sheet: str) -> Live:
        """Return 1 when every 元 figure of the sheet is a multiple of 100 元."""
        if sheet not in self._flags:
            columns = self._yuan_columns(sheet)
            parts = [
                f'SUMPRODUCT(ISNUMBER({span})*(RIGHT(TEXT({span},"000.00"),5)<>"00.00"))'
                for own in columns
                for span in self.helper.spans(own)
            ]
            fine = all(self.helper.number(a) % 100 == 0 for own in columns for a in own)
            text = f"IF(IFERROR({'+'.join(parts)},1)=0,1,0)"
            row = self.helper.next_row(f"{sheet}：都是100元的倍数")
            self._flags[sheet] = self.helper.put(row, 1, text, int(fine))
        return self._flags[sheet]

    def _yuan_columns(self, sheet: str) -> list[list[CellAddress]]:
        return [
            [
                (table.spec.name, row.key, column.title)
                for row in table.rows
                if table.exists(row, column) and table.spec.unit_of(row.title, column) == "元"
            ]
            for table in self.helper.canvas.layout.tables.values()
            if table.spec.sheet == sheet
            for column in table.spec.columns
        ]
