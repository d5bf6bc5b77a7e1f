"""How often one wrong last digit is noticed, and how often a right table is accused: `python
tests/bench/detection.py [trials]`.

Tables are drawn as true amounts in 分 first and then printed in 万元 with two decimals; in every
second trial one printed cell is moved by k·0.01. Amounts start at 100 元: smaller ones print as 0,
which the checker tells as a 提示 (AMT103). Ours (intervals of whole 分) stands beside a constant
tolerance and the closed intervals of XBRL Calculations 1.1.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from jixiao_xlsx.values.amounts import Convention, Figure, Interval, interval_sum

GRID, HALF = 10_000, 5_000
SHIFTS = (0, 1, 2, 3, 4)
Test = Callable[[int, list[int]], bool]  # printed total and parts, in 分: whether they are accused


@dataclass(frozen=True)
class Sums:
    """Printed sums: each is a total and its parts. Cells are shared, so they go by number."""

    cells: list[int]
    sums: list[tuple[int, list[int]]]

    def accused(self, test: Test) -> bool:
        return any(
            test(self.cells[whole], [self.cells[part] for part in parts])
            for whole, parts in self.sums
        )


def printed(fen: int, how: Convention) -> int:
    """On the grid of 100 元: half away from zero, or cut."""
    size = (abs(fen) + (HALF if how is Convention.ROUND else 0)) // GRID * GRID
    return size if fen >= 0 else -size


def square(dice: random.Random, how: Convention, rows: int = 5, columns: int = 3) -> Sums:
    """A table with row totals, column totals and a grand total."""
    true = [[dice.randint(GRID, 5_000_000_00) for _ in range(columns)] for _ in range(rows)]
    true = [[*row, sum(row)] for row in true]
    true.append([sum(column) for column in zip(*true, strict=True)])
    width = columns + 1
    cells = [printed(fen, how) for row in true for fen in row]
    across = [
        (r * width + columns, [r * width + c for c in range(columns)]) for r in range(rows + 1)
    ]
    down = [(rows * width + c, [r * width + c for r in range(rows)]) for c in range(width)]
    return Sums(cells, across + down)


def sparse(dice: random.Random, how: Convention) -> Sums:
    """A row of the 自评表: a total and three sources, of which one to three exist."""
    count = dice.choices((1, 2, 3), (55, 35, 10))[0]
    true = [dice.randint(GRID, 5_000_000_00) if n < count else 0 for n in range(3)]
    dice.shuffle(true)
    return Sums([printed(fen, how) for fen in (sum(true), *true)], [(0, [1, 2, 3])])


def constant(tolerance: int) -> Test:
    return lambda whole, parts: abs(whole - sum(parts)) > tolerance


def xbrl(whole: int, parts: list[int]) -> bool:
    """Closed intervals: every reported figure ± half a digit."""
    return abs(whole - sum(parts)) > HALF * (sum(part != 0 for part in parts) + 1)


def ours(*ways: Convention, loose_zero: bool = False) -> Test:
    def believed(fen: int, how: Convention) -> Interval:
        return Figure(Decimal(fen) / 1_000_000, "万元", 2).believed(how, loose_zero=loose_zero)

    def test(whole: int, parts: list[int]) -> bool:
        return not any(
            believed(whole, how).meets(interval_sum((1, believed(part, how)) for part in parts))
            for how in ways
        )

    return test


def rates(
    make: Callable[[random.Random], Sums],
    tests: dict[str, Test],
    shifts: tuple[int, ...],
    trials: int,
    seed: int,
) -> dict[str, list[float]]:
    """The share of tables accused, by method and shift, in percent."""
    dice = random.Random(seed)
    hits = {name: [0] * len(shifts) for name in tests}
    for _ in range(trials):
        table = make(dice)
        for number, shift in enumerate(shifts):
            cells = list(table.cells)
            filled = [index for index, fen in enumerate(cells) if fen] or [0]
            cells[dice.choice(filled)] += dice.choice((-1, 1)) * shift * GRID
            hurt = Sums(cells, table.sums)
            for name, test in tests.items():
                hits[name][number] += hurt.accused(test)
    return {name: [100 * hit / trials for hit in found] for name, found in hits.items()}


def tables(trials: int) -> dict[str, dict[str, list[float]]]:
    """The three parts of the table."""
    round_, cut = Convention.ROUND, Convention.TRUNCATE
    constants = {"常数 ±0.01": constant(GRID), "常数 ±0.05": constant(5 * GRID)}
    return {
        "四舍五入 5×3": rates(
            lambda d: square(d, round_),
            {**constants, "XBRL 闭区间": xbrl, "本工具": ours(round_)},
            SHIFTS,
            trials,
            1,
        ),
        "截尾 5×3": rates(
            lambda d: square(d, cut),
            {
                "XBRL 四舍五入": xbrl,
                "常数 ±0.05": constant(5 * GRID),
                "本工具（已知截尾）": ours(cut),
            },
            SHIFTS,
            trials,
            2,
        ),
        "自评表稀疏行": rates(
            lambda d: sparse(d, round_),
            {
                "XBRL 闭区间": xbrl,
                "本工具（零不作准）": ours(round_, loose_zero=True),
                "本工具": ours(round_),
            },
            SHIFTS[:3],
            trials * 5,
            3,
        ),
    }


def main() -> None:
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 4_000
    print(f"一处错误被查出的比例（%，{trials} 张表）；第一列是没有错误而被误报的比例")
    print(f"{'':24}{'无错误':>6}{'0.01':>8}{'0.02':>8}{'0.03':>8}{'0.04':>8}")
    for title, methods in tables(trials).items():
        for name, found in methods.items():
            print(f"{title}｜{name}".ljust(20, "　") + "".join(f"{value:8.1f}" for value in found))


if __name__ == "__main__":
    main()
