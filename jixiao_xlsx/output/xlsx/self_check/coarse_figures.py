"""Figures on a coarse grid (万元 with two decimals) as ranges of the true amounts they stand for.

The same reasoning as the checker's. Each figure gets a row of the helper sheet: its lowest and
highest true amount when it was rounded, when it was cut off, and what a typed zero may hide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jixiao_xlsx.output.xlsx.blank.layout import CellAddress, SignedCell
from jixiao_xlsx.output.xlsx.cells import Live
from jixiao_xlsx.output.xlsx.self_check.helper_cells import HelperSheet
from jixiao_xlsx.values.addresses import a1
from jixiao_xlsx.values.amounts import Convention

LOWEST, HIGHEST = (0, 2), (1, 3)  # positions in a range: rounded, cut off
HIDDEN_BY_ZERO = (4, 5)


@dataclass(frozen=True, slots=True)
class Ends:
    """The lowest and highest true amount in atoms, or how far each of them moves."""

    lo: Live
    hi: Live


@dataclass(frozen=True, slots=True)
class CoarseRange:
    """A coarse figure's row: references to its ends, and their values in atoms."""

    row: int
    refs: tuple[str, ...]
    values: tuple[int, ...]


class CoarseFigures:
    """The rows of coarse figures, each written when it is first needed."""

    def __init__(self, helper: HelperSheet) -> None:
        self._helper = helper
        self._ranges: dict[CellAddress, CoarseRange] = {}

    def register(self, addresses: Iterable[CellAddress]) -> None:
        """Write the rows in this order: neighbours can then be added up as one range."""
        for address in addresses:
            if self._helper.figure(address).grid > 1:
                self.range(address)

    def range(self, address: CellAddress) -> CoarseRange:
        """Return the row of a figure."""
        if address not in self._ranges:
            self._ranges[address] = self._write(address)
        return self._ranges[address]

    def _write(self, address: CellAddress) -> CoarseRange:
        helper = self._helper
        figure = helper.figure(address)
        g, h = figure.grid, figure.grid // 2
        row = helper.next_row(".".join(str(part) for part in address))
        x = helper.canvas.refer(address)
        w, on = a1(row, 1, absolute=True), a1(row, 2, absolute=True)
        helper.put(row, 1, helper.atoms(address), figure.atoms)
        helper.put(row, 2, f"IF(ROUND({w}/{g},0)*{g}={w},1,0)", int(not figure.excess))
        rounded, cut = (figure.believed(how) for how in (Convention.ROUND, Convention.TRUNCATE))
        typed_zero = helper.is_number(address) and not figure.value
        formulas = (
            (f"INT({w})-{on}*({h}*({w}>0)+{h - 1}*({w}<0))", rounded.lo),
            (f"-INT(-{w})+{on}*({h - 1}*({w}>0)+{h}*({w}<0))", rounded.hi),
            (f"INT({w})-{on}*{g - 1}*({w}<0)", cut.lo),
            (f"-INT(-{w})+{on}*{g - 1}*({w}>0)", cut.hi),
            (f"IF(AND(ISNUMBER({x}),{w}=0),{h - 1},0)", h - 1 if typed_zero else 0),
            (f"IF(AND(ISNUMBER({x}),{w}=0),{g - 1},0)", g - 1 if typed_zero else 0),
        )
        for column, (text, value) in enumerate(formulas, start=3):
            helper.put(row, column, text, value)
        refs = tuple(a1(row, 3 + n, absolute=True) for n in range(len(formulas)))
        return CoarseRange(row, refs, tuple(value for _, value in formulas))

    def runs(self, terms: Iterable[SignedCell]) -> list[tuple[int, list[CoarseRange]]]:
        """Return figures of one sign whose rows follow each other."""
        runs: list[tuple[int, list[CoarseRange]]] = []
        for sign, address in terms:
            one = self.range(address)
            if runs and runs[-1][0] == sign and runs[-1][1][-1].row + 1 == one.row:
                runs[-1][1].append(one)
            else:
                runs.append((sign, [one]))
        return runs

    def nudged(self, address: CellAddress, sign: int, way: int) -> tuple[Ends, Ends]:
        """Return how far a side's ends move when a figure is a last digit more (`way` 1) or less.

        Once when the figures were rounded, once when they were cut off.
        """
        own, figure = self.range(address), self._helper.figure(address)
        other = figure._replace(value=figure.value + way * Decimal(1).scaleb(-figure.decimals))
        w = f"({a1(own.row, 1, absolute=True)}{way * figure.grid:+d})"
        on, g, h = a1(own.row, 2, absolute=True), figure.grid, figure.grid // 2

        def moved(how: Convention, up: tuple[int, int], down: tuple[int, int]) -> Ends:
            at = 0 if how is Convention.ROUND else 2
            new = other.believed(how)
            low = f"(INT({w})-{on}*({up[0]}*({w}>0)+{down[0]}*({w}<0))-{own.refs[at]})"
            high = f"(-INT(-{w})+{on}*({up[1]}*({w}>0)+{down[1]}*({w}<0))-{own.refs[at + 1]})"
            lo, hi = float(new.lo - own.values[at]), float(new.hi - own.values[at + 1])
            if sign > 0:
                return Ends(Live(low, lo), Live(high, hi))
            return Ends(Live(f"(-{high})", -hi), Live(f"(-{low})", -lo))

        return (
            moved(Convention.ROUND, (h, h - 1), (h - 1, h)),
            moved(Convention.TRUNCATE, (0, g - 1), (g - 1, 0)),
        )


def total_of_run(run: Sequence[CoarseRange], which: int) -> str:
    """Return the formula that adds up one end of the figures of a run."""
    first, last = run[0].refs[which], run[-1].refs[which]
    return f"SUM({first}:{last})" if len(run) > 1 else first
