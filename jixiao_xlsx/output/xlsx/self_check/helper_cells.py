"""The live arithmetic behind 自检, on a very hidden sheet: every figure as the range of true amounts it can stand for.

The same reasoning as the checker's, in functions that Excel 2010, WPS and LibreOffice share. Whole atoms (分 for money) keep
it exact. Each helper cell is written with the value it has now, so that a file reads right before anyone recalculates it.

A figure on a coarse grid (万元 with two decimals) gets a line of its own: its lowest and highest true amount when it was
rounded, when it was cut off, and what a typed zero may hide. An equation gets a line with its sides added up, end by end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jixiao_xlsx.output.xlsx.blank.canvas import CALC, Canvas
from jixiao_xlsx.output.xlsx.blank.layout import CellAddress
from jixiao_xlsx.output.xlsx.cells import Live, absolute_reference, cached_result, qualified
from jixiao_xlsx.values.amounts import Convention, Figure, atoms_per
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import NOT_APPLICABLE

COARSE = 10_000  # 分: the grid of a 万元 figure with two decimals
_WORDS = absolute_reference(0, 1)
_NA_WORDS = "|".join(
    ["", "", *sorted(NOT_APPLICABLE | {tidy(word) for word in NOT_APPLICABLE}), ""]
)
Signed = tuple[int, CellAddress]


@dataclass(frozen=True, slots=True)
class Ends:
    """The lowest and highest true amount, as helper cells."""

    lo: Live
    hi: Live


@dataclass(frozen=True, slots=True)
class Sum:
    """One side of an equation. `count`: how many numbers are in it; `plain`: its face value in atoms, "" when empty.

    `rounded` and `cut` are its ends under the two conventions, `zeros` how far they open when typed zeros are loose
    (likewise twice), `coarse` how far the ends move when figures of a sheet stand on a 100 元 grid.
    """

    count: Live
    plain: Live
    rounded: Ends
    cut: Ends
    zeros: tuple[Live, Live]
    coarse: tuple[Ends, Ends]


@dataclass(frozen=True, slots=True)
class _Range:
    """A coarse figure's own line: refs of its ends, and their values."""

    line: int
    refs: tuple[str, ...]
    values: tuple[int, ...]


@dataclass
class Workings:
    """The helper sheet while it is being written: lines are handed out from the top."""

    canvas: Canvas
    sheet: Any
    line: int = 1
    ranges: dict[CellAddress, _Range] = field(default_factory=dict)
    flags: dict[str, Live] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sheet.write_string(0, 0, "不适用的写法")
        self.sheet.write_string(0, 1, _NA_WORDS)

    # -- writing

    def next_line(self, label: str) -> int:
        """A fresh line of the helper sheet, with a word for whoever styles."""
        line, self.line = self.line, self.line + 1
        self.sheet.write_string(line, 0, label)
        return line

    def put(self, line: int, column: int, formula: str, value: float | int | str | Decimal) -> Live:
        """Write a helper formula; the answer is the reference to it, for formulas of any sheet, and its value now."""
        now = value if isinstance(value, str) else float(value)
        self.sheet.write_formula(line, column, f"={formula}", None, cached_result(now))
        return Live(qualified(CALC, absolute_reference(line, column)), now)

    # -- cells as they stand

    def number(self, address: CellAddress) -> Decimal:
        """What a spreadsheet's N() makes of a cell."""
        value = self.canvas.contents[address].value
        return value if isinstance(value, Decimal) else Decimal(0)

    def counts(self, addresses: Iterable[CellAddress]) -> int:
        """How many of the cells hold numbers."""
        return sum(
            isinstance(self.canvas.contents[address].value, Decimal) for address in addresses
        )

    def figure(self, address: CellAddress) -> Figure:
        """The cell's number on its unit and grid; nothing is 0."""
        table = self.canvas.layout.tables[address[0]]
        title, column = table.row[address[1]].title, table.spec.column[address[2]]
        return Figure(
            self.number(address),
            table.spec.unit_of(title, column),
            table.spec.decimals_of(title, column),
        )

    def spans(self, addresses: Sequence[CellAddress]) -> list[str]:
        """References to the cells, neighbours of a column as one range."""
        runs: list[list[CellAddress]] = []
        where = self.canvas.layout.position
        for address in addresses:
            last = runs[-1][-1] if runs else None
            if (
                last
                and last[0] == address[0]
                and where(address) == (where(last)[0] + 1, where(last)[1])
            ):
                runs[-1].append(address)
            else:
                runs.append([address])
        return [
            self.canvas.refer(run[0])
            + (f":{absolute_reference(*where(run[-1]))}" if len(run) > 1 else "")
            for run in runs
        ]

    # -- what an equation is made of

    def strays(self, line: int, column: int, addresses: Sequence[CellAddress]) -> Live:
        """How many cells hold an error or text that is neither a number nor a word for 不适用."""
        parts = [
            f'SUMPRODUCT(ISERROR({s})+ISTEXT({s})*ISERROR(FIND("|"&TRIM({s})&"|",{_WORDS})))'
            for s in self.spans(addresses)
        ]
        return self.put(
            line, column, "+".join(parts), sum(self._stray(address) for address in addresses)
        )

    def _stray(self, address: CellAddress) -> bool:
        value = self.canvas.contents[address].value
        return isinstance(value, str) and f"|{value.strip(' ')}|" not in _NA_WORDS

    def counted(self, addresses: Sequence[CellAddress]) -> Live:
        """How many of the cells hold a number."""
        return Live(self._count(addresses), float(self._counted(addresses)))

    def blank(self, address: CellAddress) -> Live:
        """Whether a cell shows nothing at all."""
        return Live(
            f'({self.canvas.refer(address)}="")',
            float(self.canvas.contents[address].value in (None, "")),
        )

    def side(self, line: int, column: int, terms: Sequence[Signed], *, across: bool) -> Sum:
        """Add a side up in the columns from `column` on; the answer takes SIDE_WIDTH columns."""
        addresses = [address for _, address in terms]
        count = self.put(line, column, self._count(addresses), self._counted(addresses))
        plain = self._plain(line, column + 1, terms, count)
        exact, gridded = self._split(terms)
        rounded = self._ends(line, column + 2, exact, gridded, 0)
        if gridded:
            cut = self._ends(line, column + 4, exact, gridded, 2)
            zeros = (
                self._zeros(line, column + 6, gridded, 4),
                self._zeros(line, column + 7, gridded, 5),
            )
        else:
            cut, zeros = rounded, (_NONE, _NONE)
        loose = self._loose(line, column + 8, exact) if across else (_STILL, _STILL)
        return Sum(count, plain, rounded, cut, zeros, loose)

    def _count(self, addresses: Sequence[CellAddress]) -> str:
        """How many cells hold a number; under a tick the blank ones are zeros (but “—” stays what it is)."""
        parts = [f"COUNT({','.join(self.spans(addresses))})"]
        for tick in sorted({self._tick(address) for address in addresses} - {""}):
            own = self.spans([address for address in addresses if self._tick(address) == tick])
            blanks = "+".join(f'SUMPRODUCT(({span}="")*1)' for span in own)
            parts.append(f'IF({tick}="",0,{blanks})')
        return "+".join(parts)

    def _counted(self, addresses: Sequence[CellAddress]) -> int:
        filling = self.canvas.filling
        ticked = [
            a for a in addresses if a[0] in filling and filling[a[0]].ticked and self._tick(a)
        ]
        return self.counts(addresses) + sum(
            self.canvas.contents[a].value in (None, "") for a in ticked
        )

    def _tick(self, address: CellAddress) -> str:
        table = self.canvas.layout.tables[address[0]]
        return qualified(table.spec.sheet, absolute_reference(*table.tick)) if table.tick else ""

    def _plain(self, line: int, column: int, terms: Sequence[Signed], count: Live) -> Live:
        parts = []
        for unit in dict.fromkeys(self.figure(address).unit for _, address in terms):
            for sign in (1, -1):
                own = [
                    address
                    for s, address in terms
                    if s == sign and self.figure(address).unit == unit
                ]
                if own:
                    parts.append(
                        f"{'+' if sign > 0 else '-'}SUM({','.join(self.spans(own))})*{atoms_per(unit)}"
                    )
        value = sum((sign * self.figure(address).atoms for sign, address in terms), Decimal(0))
        return self.put(
            line,
            column,
            f'IF({count.formula}=0,"",ROUND({"".join(parts)},2))',
            value if count.value else "",
        )

    def _split(self, terms: Sequence[Signed]) -> tuple[list[Signed], list[Signed]]:
        """Terms whose every atom is printed, and terms on a coarser grid."""
        exact = [term for term in terms if self.figure(term[1]).grid == 1]
        return exact, [term for term in terms if term not in exact]

    def _ends(
        self, line: int, column: int, exact: list[Signed], gridded: list[Signed], first: int
    ) -> Ends:
        low, high, lo, hi = [], [], 0, 0
        for sign, address in exact:
            atoms = self.figure(address).atoms
            text = (
                f"ROUND(N({self.canvas.refer(address)})*{atoms_per(self.figure(address).unit)},2)"
            )
            below, above = math.floor(atoms), math.ceil(atoms)
            low.append(f"+INT({text})" if sign > 0 else f"+INT(-{text})")
            high.append(f"-INT(-{text})" if sign > 0 else f"-INT({text})")
            lo, hi = lo + (below if sign > 0 else -above), hi + (above if sign > 0 else -below)
        for sign, run in self._runs(gridded):
            at = (first, first + 1) if sign > 0 else (first + 1, first)
            mark = "+" if sign > 0 else "-"
            low.append(mark + _total(run, at[0]))
            high.append(mark + _total(run, at[1]))
            lo, hi = (
                lo + sign * sum(r.values[at[0]] for r in run),
                hi + sign * sum(r.values[at[1]] for r in run),
            )
        return Ends(
            self.put(line, column, "".join(low), lo), self.put(line, column + 1, "".join(high), hi)
        )

    def _zeros(self, line: int, column: int, gridded: list[Signed], which: int) -> Live:
        runs = [run for _, run in self._runs(gridded)]
        value = sum(r.values[which] for run in runs for r in run)
        return self.put(line, column, "+".join(_total(run, which) for run in runs), value)

    def _runs(self, gridded: list[Signed]) -> list[tuple[int, list[_Range]]]:
        """Coarse figures of one sign whose lines follow each other."""
        runs: list[tuple[int, list[_Range]]] = []
        for sign, address in gridded:
            one = self._range(address)
            if runs and runs[-1][0] == sign and runs[-1][1][-1].line + 1 == one.line:
                runs[-1][1].append(one)
            else:
                runs.append((sign, [one]))
        return runs

    # -- coarse figures

    def register(self, addresses: Iterable[CellAddress]) -> None:
        """Give coarse figures their lines, in this order: neighbours add up in one range."""
        for address in addresses:
            if self.figure(address).grid > 1:
                self._range(address)

    def _range(self, address: CellAddress) -> _Range:
        if address not in self.ranges:
            self.ranges[address] = self._write_range(address)
        return self.ranges[address]

    def _write_range(self, address: CellAddress) -> _Range:
        figure = self.figure(address)
        g, h = figure.grid, figure.grid // 2
        line = self.next_line(".".join(str(part) for part in address))
        x = self.canvas.refer(address)
        w, on = absolute_reference(line, 1), absolute_reference(line, 2)
        self.put(line, 1, f"ROUND(N({x})*{atoms_per(figure.unit)},2)", figure.atoms)
        self.put(line, 2, f"IF(ROUND({w}/{g},0)*{g}={w},1,0)", int(not figure.excess))
        ends = [figure.believed(how) for how in (Convention.ROUND, Convention.TRUNCATE)]
        typed_zero = self.counts([address]) and not figure.value
        formulas: list[tuple[str, int]] = [
            (f"INT({w})-{on}*({h}*({w}>0)+{h - 1}*({w}<0))", ends[0].lo),
            (f"-INT(-{w})+{on}*({h - 1}*({w}>0)+{h}*({w}<0))", ends[0].hi),
            (f"INT({w})-{on}*{g - 1}*({w}<0)", ends[1].lo),
            (f"-INT(-{w})+{on}*{g - 1}*({w}>0)", ends[1].hi),
            (f"IF(AND(ISNUMBER({x}),{w}=0),{h - 1},0)", h - 1 if typed_zero else 0),
            (f"IF(AND(ISNUMBER({x}),{w}=0),{g - 1},0)", g - 1 if typed_zero else 0),
        ]
        cells = [
            self.put(line, 3 + number, text, value) for number, (text, value) in enumerate(formulas)
        ]
        return _Range(
            line,
            tuple(absolute_reference(line, 3 + n) for n in range(len(cells))),
            tuple(v for _, v in formulas),
        )

    def nudged(self, address: CellAddress, sign: int, way: int) -> tuple[Ends, Ends]:
        """How far a side's ends move, under each convention, when one coarse figure is a last digit more or less."""
        own, figure = self._range(address), self.figure(address)
        other = figure._replace(value=figure.value + way * Decimal(1).scaleb(-figure.decimals))
        w = f"({absolute_reference(own.line, 1)}{way * figure.grid:+d})"
        on, g, h = absolute_reference(own.line, 2), figure.grid, figure.grid // 2
        moves: list[Ends] = []
        for number, how in enumerate(Convention):
            new = other.believed(how)
            up, down = (
                ((h, h - 1), (h - 1, h)) if how is Convention.ROUND else ((0, g - 1), (g - 1, 0))
            )
            low = f"(INT({w})-{on}*({up[0]}*({w}>0)+{down[0]}*({w}<0))-{own.refs[2 * number]})"
            high = (
                f"(-INT(-{w})+{on}*({up[1]}*({w}>0)+{down[1]}*({w}<0))-{own.refs[2 * number + 1]})"
            )
            lo, hi = new.lo - own.values[2 * number], new.hi - own.values[2 * number + 1]
            ends = Ends(Live(low, float(lo)), Live(high, float(hi)))
            moves.append(
                ends
                if sign > 0
                else Ends(Live(f"(-{high})", float(-hi)), Live(f"(-{low})", float(-lo)))
            )
        return moves[0], moves[1]

    def filled(self, address: CellAddress) -> Live:
        """1 when a cell holds a number."""
        return Live(f"COUNT({self.canvas.refer(address)})", float(self.counts([address])))

    # -- sheets typed as 万元 × 10000

    def _loose(self, line: int, column: int, exact: list[Signed]) -> tuple[Ends, Ends]:
        """How far the ends move under each convention when 元 figures of a coarse sheet stand on a 100 元 grid."""
        terms = [(sign, address) for sign, address in exact if self.figure(address).unit == "元"]
        if not terms:
            return _STILL, _STILL
        h, g = COARSE // 2, COARSE
        moves = (
            (h, h - 1),
            (0, g - 1),
        )  # towards and away from zero ... below and above a positive figure
        ends: list[Ends] = []
        for number, (below, above) in enumerate(moves):
            low = self._shift(line, column + 2 * number, terms, below, above, -1)
            high = self._shift(line, column + 2 * number + 1, terms, above, below, 1)
            ends.append(Ends(low, high))
        return ends[0], ends[1]

    def _shift(
        self, line: int, column: int, terms: list[Signed], positive: int, negative: int, way: int
    ) -> Live:
        """Σ over the terms: `positive` where the signed amount is above 0, `negative` where it is below; `way` is the sign."""
        parts, value = [], 0
        for sign, address in terms:
            flag, x = self.flag(self.canvas.layout.sheet_of(address[0])), self.canvas.refer(address)
            up, down = (">", "<") if sign > 0 else ("<", ">")
            parts.append(f"{flag.formula}*({positive}*(N({x}){up}0)+{negative}*(N({x}){down}0))")
            amount = sign * self.number(address)
            value += int(flag.value or 0) * (
                positive if amount > 0 else negative if amount < 0 else 0
            )
        text = "+".join(parts)
        return self.put(line, column, text if way > 0 else f"-({text})", way * value)

    def flag(self, sheet: str) -> Live:
        """1 when every 元 figure of the sheet is a multiple of 100 元."""
        if sheet not in self.flags:
            columns = [own for own in self._yuan(sheet) if own]
            parts = [
                f'SUMPRODUCT(ISNUMBER({s})*(RIGHT(TEXT({s},"000.00"),5)<>"00.00"))'
                for own in columns
                for s in self.spans(own)
            ]
            fine = all(self.number(address) % 100 == 0 for own in columns for address in own)
            text = f"IF(IFERROR({'+'.join(parts)},1)=0,1,0)"
            self.flags[sheet] = self.put(
                self.next_line(f"{sheet}：都是100元的倍数"), 1, text, int(fine)
            )
        return self.flags[sheet]

    def _yuan(self, sheet: str) -> list[list[CellAddress]]:
        found: list[list[CellAddress]] = []
        for table in self.canvas.layout.tables.values():
            if table.spec.sheet == sheet:
                for column in table.spec.columns:
                    rows = [
                        r
                        for r in table.rows
                        if table.exists(r, column) and table.spec.unit_of(r.title, column) == "元"
                    ]
                    found.append([(table.spec.name, row.key, column.title) for row in rows])
        return found


SIDE_WIDTH = 12
_NONE = Live("0", 0.0)
_STILL = Ends(_NONE, _NONE)


def _total(run: list[_Range], which: int) -> str:
    first, last = run[0].refs[which], run[-1].refs[which]
    return f"SUM({first}:{last})" if len(run) > 1 else first
