"""Random departments that are right by construction: true amounts in 分 first, then what a clerk
would type.

Nothing here looks at the checker or at the form's equations: a department earns, spends and keeps
money, and every sheet follows from that. Titles are those of the standard form.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

Row = str | int
Address = tuple[str, Row, str]  # table, fixed row or number of the open row, column
FUNDS, ACCOUNTS, EXECUTION, PLAN = "资金预算执行表", "收支总表", "预算执行率", "年度计划"
TRIPS, ASSETS, CARS, PURCHASES, SURVEY = "三公经费", "固定资产", "车辆", "政府采购", "满意度调查"
JUDGED, FACTS = "绩效评价表", "基本信息"
MONEY = ("年初预算数", "全年预算数", "决算数")


@dataclass(frozen=True, slots=True)
class Money:
    """年初预算, 全年预算, 决算 in 分."""

    original: int = 0
    budget: int = 0
    spent: int = 0

    def __add__(self, other: Money) -> Money:
        return Money(
            self.original + other.original, self.budget + other.budget, self.spent + other.spent
        )


def summed(parts: Iterable[Money]) -> Money:
    total = Money()
    for part in parts:
        total += part
    return total


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula: Σ sign·cell, or the same divided by `below` (a rate with all its digits)."""

    above: tuple[tuple[int, Address], ...]
    below: tuple[tuple[int, Address], ...] = ()


@dataclass
class Book:
    """What stands in a filled form. `values` are raw cell values (float, int, text); `shapes` names
    what is awkward about it.
    """

    seed: int
    department: str
    values: dict[Address, object] = field(default_factory=dict)
    percents: set[Address] = field(default_factory=set)
    formulas: dict[Address, Formula] = field(default_factory=dict)
    ticks: set[str] = field(default_factory=set)
    extras: dict[tuple[str, str], str] = field(default_factory=dict)
    cut: bool = False
    shapes: set[str] = field(default_factory=set)

    def copy(self) -> Book:
        return Book(
            self.seed,
            self.department,
            dict(self.values),
            set(self.percents),
            dict(self.formulas),
            set(self.ticks),
            dict(self.extras),
            self.cut,
            self.shapes,
        )

    def rows(self, table: str) -> list[int]:
        """The open rows of a table, by number."""
        return sorted(
            {row for name, row, _ in self.values if name == table and isinstance(row, int)}
        )

    def number(self, at: Address) -> Decimal | None:
        """A typed number; None for a blank and for words."""
        value = self.values.get(at)
        return Decimal(repr(value)) if isinstance(value, int | float) else None

    def recalculate(self) -> None:
        """Every live formula again, in order; formulas over nothing stay blank, sums skip words as
        Excel does.
        """
        for at, formula in self.formulas.items():
            above = [
                (sign, number)
                for sign, cell in formula.above
                if (number := self.number(cell)) is not None
            ]
            below = [
                (sign, number)
                for sign, cell in formula.below
                if (number := self.number(cell)) is not None
            ]
            top = sum((sign * number for sign, number in above), Decimal(0))
            bottom = sum((sign * number for sign, number in below), Decimal(0))
            if not formula.below:
                self.values[at] = float(top)
            elif bottom:
                self.values[at] = float(top / bottom)
            else:
                self.values[at] = "—"


# ----------------------------------------------------------------------------------------- printing


def yuan(fen: int) -> float:
    return float(Decimal(fen) / 100)


def wan(fen: int, *, cut: bool) -> float:
    """万元 with two decimals."""
    return float(
        (Decimal(fen) / 1_000_000).quantize(Decimal("0.01"), ROUND_DOWN if cut else ROUND_HALF_UP)
    )


def half_up(value: Fraction, digits: int) -> Decimal:
    scaled = abs(value) * 10**digits
    size = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return (Decimal(size) if value >= 0 else -Decimal(size)).scaleb(-digits)


def as_percent(value: Fraction, digits: int) -> str:
    return f"{half_up(value * 100, digits)}%"


# ------------------------------------------------------------------------------------- true amounts


@dataclass(frozen=True, slots=True)
class Line:
    """One line of 资金预算执行表. `fiscal`: 财政拨款 (上年结转 may be the unit's own money)."""

    source: str
    subject: str
    wages: Money
    office: Money
    project: Money
    fiscal: bool

    @property
    def all(self) -> Money:
        return self.wages + self.office + self.project


SUBJECTS = (
    "一般公共服务支出", "教育支出", "科学技术支出", "文化旅游体育与传媒支出", "社会保障和就业支出", "卫生健康支出",
    "节能环保支出", "城乡社区支出", "农林水支出", "住房保障支出", "灾害防治及应急管理支出", "其他支出",
)  # fmt: skip
NOW = ("县本级", "上级下达")


class Maker:
    """Draws one department. The order of the draws is the seed's meaning."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.book = Book(seed, f"甲县第{seed}局")
        self.nature = self.pick("行政", "行政", "参公", "事业")
        self.posts = int(10 ** self.dice.uniform(0.7, 2.4))
        self.staff = max(1, self.posts - self.dice.randint(0, self.posts // 5))

    # -- dice

    def pick(self, *options: str) -> str:
        return self.dice.choice(options)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def shape(self, name: str, share: float) -> bool:
        """An awkward shape that this book may have."""
        if self.chance(share):
            self.book.shapes.add(name)
            return True
        return False

    def some(self, high: float = 8.5) -> int:
        """An amount in 分: often below 100 元, sometimes a round one, else anything up to 10^high."""
        kind = self.dice.random()
        if kind < 0.25:
            return self.dice.randint(1, 9_999)
        if kind < 0.35:
            return self.dice.randint(1, 500) * 10_000_00
        if kind < 0.4:
            return self.dice.randint(1, 200) * 10_000 + 5_000
        return int(10 ** self.dice.uniform(4.5, high))

    def around(self, spent: int, *, late: bool = False) -> Money:
        """Budgets around an amount spent; a refund has none."""
        if spent <= 0:
            return Money(0, 0, spent)
        budget = spent if self.chance(0.3) else int(spent / self.dice.uniform(0.86, 1))
        original = 0 if late else int(budget * self.dice.uniform(0.7, 1.15))
        return Money(original, budget, spent)

    # -- the year

    def lines(self) -> list[Line]:
        heads = self.staff * int(self.dice.uniform(45_000, 120_000) * 100) + self.dice.randint(
            0, 9_999
        )
        running = self.staff * int(self.dice.uniform(500, 20_000) * 100) + self.dice.randint(
            0, 9_999
        )
        found = [
            Line(
                "县本级",
                SUBJECTS[self.dice.randrange(12)],
                self.around(heads),
                self.around(running),
                Money(),
                True,
            )
        ]
        projects = not self.shape("无项目支出", 0.15)
        for subject in self.dice.sample(SUBJECTS, self.dice.randint(0, 9)):
            source = self.pick("县本级", "县本级", "上级下达", "上年结转", "单位资金")
            late = source == "上级下达" and self.chance(0.6)
            kinds = [self.chance(0.5), self.chance(0.4), projects and self.chance(0.6)]
            amounts = [self.around(self.some(), late=late) if kind else Money() for kind in kinds]
            if source in NOW and self.chance(0.06):
                self.book.shapes.add("负数")
                amounts[1] = self.around(-min(self.some(6), running // 4 + 1))
            own = source == "单位资金" or (
                source == "上年结转" and self.shape("结转为单位资金", 0.15)
            )
            if any(amount.spent for amount in amounts):
                found.append(Line(source, subject, *amounts, not own))
        return found

    def beside(self) -> dict[str, Money]:
        shares = {"上缴上级支出": 0.06, "经营支出": 0.15, "对附属单位补助支出": 0.06}
        return {
            title: self.around(self.some())
            for title, share in shares.items()
            if self.shape(title, share)
        }

    # -- typing

    def put(self, table: str, row: Row, column: str, value: object) -> None:
        if value is not None:
            self.book.values[table, row, column] = value

    def nothing(self) -> object:
        """What stands where there is nothing."""
        style = self.book.seed % 4
        if style == 0:
            return None
        if style == 1:
            return 0
        return self.dice.choice((None, 0, 0.0, "—", "/") if style == 2 else (None, None, 0))

    def money(self, table: str, row: Row, column: str, fen: int, *, total: bool = False) -> None:
        self.put(table, row, column, yuan(fen) if fen or total else self.nothing())

    def live(self, at: Address, *terms: tuple[int, Address]) -> None:
        self.book.formulas[at] = Formula(terms)
