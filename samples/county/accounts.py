"""A department's money: what it was given and what it spent, from which every sheet follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from county.money import NIL, Amounts, amounts

FISCAL = ("县本级", "上级下达")
CARRIED = "上年结转"
OWN = "单位资金"
GENERAL = "一般公共预算财政拨款收入"
FUND = "政府性基金预算财政拨款收入"


@dataclass(frozen=True)
class Line:
    """A line of 资金预算执行表. `kept` was received and is carried into the next year (分)."""

    source: str
    subject: str
    wages: Amounts = NIL
    office: Amounts = NIL
    project: Amounts = NIL
    kept: int = 0
    income: str = GENERAL

    @property
    def basic(self) -> Amounts:
        return self.wages + self.office

    @property
    def all(self) -> Amounts:
        return self.basic + self.project


def line(
    key: str,
    source: str,
    subject: str,
    *,
    wages: int = 0,
    office: int = 0,
    project: int = 0,
    rate: str = "1",
    project_rate: str = "",
    original: str = "0.95",
    kept: int = 0,
    income: str = GENERAL,
) -> Line:
    """A line from year budgets in 元 and the shares spent of them; 人员经费 are spent in full."""
    here = f"{key}/{source}/{subject}"
    return Line(
        source,
        subject,
        amounts(here + "人员", wages, "1", original),
        amounts(here + "公用", office, rate, original),
        amounts(here + "项目", project, project_rate or rate, original),
        kept,
        income,
    )


@dataclass(frozen=True)
class Accounts:
    """Everything the year's 决算 knows, in 分. `income`: received, by 收支总表 row, other than 财政拨款."""

    lines: tuple[Line, ...]
    income: Mapping[str, int] = field(default_factory=dict)
    beside: Mapping[str, Amounts] = field(default_factory=dict)
    fiscal_in: int = 0
    other_in: int = 0
    surplus_used: int = 0
    distributed: int = 0

    def sum(self, *sources: str) -> Amounts:
        return total(one.all for one in self.lines if one.source in sources)

    @property
    def wages(self) -> Amounts:
        return total(one.wages for one in self.lines)

    @property
    def office(self) -> Amounts:
        return total(one.office for one in self.lines)

    @property
    def basic(self) -> Amounts:
        return self.wages + self.office

    @property
    def project(self) -> Amounts:
        return total(one.project for one in self.lines)

    @property
    def own(self) -> Amounts:
        """单位资金, 经营支出 and the like included."""
        return self.sum(OWN) + total(self.beside.values())

    @property
    def all(self) -> Amounts:
        return total(one.all for one in self.lines) + total(self.beside.values())

    @property
    def fiscal_spent(self) -> int:
        return self.sum(*FISCAL, CARRIED).spent

    @property
    def fiscal_carried_in(self) -> int:
        return self.sum(CARRIED).budget + self.fiscal_in

    @property
    def carried_in(self) -> int:
        return self.fiscal_carried_in + self.other_in

    @property
    def fiscal_carried_out(self) -> int:
        return self.fiscal_carried_in + self.fiscal_received() - self.fiscal_spent

    @property
    def carried_out(self) -> int:
        spent = self.own.spent + self.distributed
        return (
            self.fiscal_carried_out
            + self.other_in
            + sum(self.income.values())
            + self.surplus_used
            - spent
        )

    def fiscal_received(self, income: str = "") -> int:
        return sum(
            one.all.spent + one.kept
            for one in self.lines
            if one.source in FISCAL and income in {"", one.income}
        )

    def fiscal_planned(self, income: str) -> Amounts:
        return total(one.all for one in self.lines if one.source in FISCAL and one.income == income)

    def incomes(self) -> Mapping[str, Amounts]:
        """收支总表's income rows: 年初预算, 全年预算, 决算. Own spending is planned against the first own
        income.
        """
        planned = {name: self.fiscal_planned(name) for name in (GENERAL, FUND)}
        rows = {
            name: Amounts(p.original, p.budget, self.fiscal_received(name))
            for name, p in planned.items()
        }
        business = self.beside.get("经营支出", NIL)
        rest = Amounts(self.own.original - business.original, self.own.budget - business.budget, 0)
        for name, received in self.income.items():
            plan = business if name == "经营收入" else rest
            rest = rest if name == "经营收入" else NIL
            rows[name] = Amounts(plan.original, plan.budget, received)
        return rows


def total(parts: Iterable[Amounts]) -> Amounts:
    result = NIL
    for part in parts:
        result += part
    return result
