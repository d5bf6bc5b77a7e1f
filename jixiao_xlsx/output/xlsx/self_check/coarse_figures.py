"""Figures on a coarse grid (万元 with two decimals) as ranges of the true amounts they stand for.

The same reasoning as the checker's. Each figure gets a row of the helper sheet: its lowest and
highest true amount when it was rounded, when it was cut off, and what a typed zero may hide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jixiao_xlsx.output.xlsx.blank.layout import CellAddress, SignedCell
from jixiao_xlsx.output.xlsx.cells import Live
from jixiao_xlsx.output.xlsx.self_check.helper_cells import HelperSheet
from jixiao_xlsx.values.addresses import a1
from jixiao_xlsx.values.amounts import Convention

LOWEST, HIGHEST = (0, 2), (1, 3)  # positions in a range: rounded, cut off
HIDDEN_BY_ZERO = (4, 5)
_OTHER_END = {0: 1, 1: 0, 2: 3, 3: 2}
_FACE = -2  # the printed amount itself


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


Parts = Mapping[CellAddress, Sequence[SignedCell]]  # what a total that the form computes adds up


class CoarseFigures:
    """The rows of coarse figures, each written when it is first needed.

    While `summed`, a total that the form computes stands for the sum of its parts.
    """

    def __init__(self, helper: HelperSheet, parts: Parts) -> None:
        self._helper, self._parts = helper, parts
        self._ranges: dict[CellAddress, CoarseRange] = {}
        self._sums: dict[CellAddress, CoarseRange] = {}
        self.summed = False

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
        x = helper.refer(address)
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

    def sum(self, address: CellAddress) -> CoarseRange:
        """Return the row of a figure as the sum of its parts, while it is equal to that.

        Down to the typed figures; else as `range` has it.
        """
        if address not in self._parts:
            return self.range(address)
        if address not in self._sums:
            # Those of a column together, so that they can be added up as one range.
            table, key, column = address
            rows = self._helper.canvas.layout.tables[table].open_rows
            column_of: list[CellAddress] = [(table, row.key, column) for row in rows]
            for one in column_of if isinstance(key, int) else [address]:
                for _, part in self._parts[one]:
                    self.sum(part)
            for one in column_of if isinstance(key, int) else [address]:
                self._sums[one] = self._write_sum(one)
        return self._sums[address]

    def _write_sum(self, address: CellAddress) -> CoarseRange:
        helper, own, parts = self._helper, self.range(address), self._parts[address]
        row = helper.next_row(f"{'.'.join(str(part) for part in address)} 按分项")
        same = self._put_same(row, address)
        runs = self._runs([(sign, self.sum(part)) for sign, part in parts])
        values = []
        for which, ref in enumerate(own.refs):
            text, value = _end_of_runs(runs, which)
            values.append(value if same.value else own.values[which])
            helper.put(row, 3 + which, f"IF({same.formula}=1,{text},{ref})", values[-1])
        refs = tuple(a1(row, 3 + n, absolute=True) for n in range(len(own.refs)))
        return CoarseRange(row, refs, tuple(values))

    def _put_same(self, row: int, address: CellAddress) -> Live:
        """Write whether a figure is equal to the sum of its parts, as they are printed."""
        helper, own, parts = self._helper, self.range(address), self._parts[address]
        strays = helper.put_strays(row, 1, [part for _, part in parts])
        w = "".join(
            f"{'+' if sign > 0 else '-'}{total_of_run(run, _FACE)}"
            for sign, run in self._runs([(sign, self.range(part)) for sign, part in parts])
        )
        face = a1(own.row, 1, absolute=True)
        count = helper.count([part for _, part in parts])
        whole = sum((s * helper.figure(part).atoms for s, part in parts), Decimal(0))
        equal = bool(count.value) and not strays.value and whole == helper.figure(address).atoms
        test = f"AND({strays.formula}=0,{count.formula}>0,ROUND({w}-{face},2)=0)"
        return helper.put(row, 2, f"IF({test},1,0)", int(equal))

    def runs(self, terms: Iterable[SignedCell]) -> list[tuple[int, list[CoarseRange]]]:
        """Return figures of one sign whose rows follow each other."""
        figure = self.sum if self.summed else self.range
        return self._runs((sign, figure(address)) for sign, address in terms)

    @staticmethod
    def _runs(
        terms: Iterable[tuple[int, CoarseRange]],
    ) -> list[tuple[int, list[CoarseRange]]]:
        runs: list[tuple[int, list[CoarseRange]]] = []
        for sign, one in terms:
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


def _end_of_runs(runs: Iterable[tuple[int, Sequence[CoarseRange]]], which: int) -> tuple[str, int]:
    """Return one end of the sum of signed runs: its formula, and its value in atoms.

    What is taken away counts with its other end; what a typed zero hides only adds up.
    """
    text, value = "", 0
    for sign, run in runs:
        end = which if sign > 0 else _OTHER_END.get(which, which)
        added = sign > 0 or which in HIDDEN_BY_ZERO
        text += ("+" if added else "-") + total_of_run(run, end)
        value += (1 if added else -1) * sum(one.values[end] for one in run)
    return text, value


def total_of_run(run: Sequence[CoarseRange], which: int) -> str:
    """Return the formula that adds up one end of the figures of a run, or their face values."""
    first, last = (a1(one.row, 3 + which, absolute=True) for one in (run[0], run[-1]))
    return f"SUM({first}:{last})" if len(run) > 1 else first
