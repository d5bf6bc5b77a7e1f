"""Departments, the bureau, and what it gives: figures, waivers, decisions. Frozen, no I/O."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Department:
    """One line of the roster (departments.csv)."""

    code: str
    name: str
    short: str = ""
    former: tuple[str, ...] = ()
    parent: str = ""
    office: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""


class Stage(StrEnum):
    """How far a set of figures has come, the least binding first; only 批复 is final."""

    BOOKS = "账面"
    REPORTED = "上报"
    REVIEWED = "会审"
    APPROVED = "批复"

    @property
    def rank(self) -> int:
        """Return its place: a higher one is worth more."""
        return list(Stage).index(self)


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A figure of the bureau's: amounts in 元 by kind (年初预算, 全年预算, 决算, 上年决算), and its line.

    `code` is the department's, `department` its name in the roster where it was found by that.
    `grain` is the last digit printed, in 元: 100 of 万元 with two decimals, 0 of an exact amount.
    `dated` is as typed; `papers` says what an amount is made of, by kind: 年初批复 and 调整 with
    number and cause.
    """

    code: str
    item: str
    amounts: Mapping[str, Decimal]
    source: str
    department: str = ""
    stage: Stage = Stage.APPROVED
    dated: str = ""
    grain: Decimal = Decimal(0)
    papers: Mapping[str, str] | None = None

    def agrees(self, kind: str, amount: Decimal, grain: Decimal) -> bool:
        """Return whether an amount printed to `grain` (元) can be the figure, cut or rounded."""
        gap = abs(self.amounts[kind] - amount)
        return gap == 0 or gap < max(self.grain, grain)

    def named(self, kind: str) -> str:
        """Return what people call the figure: 批复的决算数, 上报的决算数."""
        return f"{self.stage}{kind}{'' if kind.endswith('数') else '数'}"


@dataclass(frozen=True, slots=True)
class ApprovedTarget:
    """An approved target of a department, or of one of its projects (`item`, `project`).

    `adjusted` is the value after an adjustment, `document` the number of the paper that allowed it.
    """

    department: str
    name: str
    value: str
    sign: str = ""
    unit: str = ""
    weight: Fraction | None = None
    level1: str = ""
    level2: str = ""
    item: str = ""
    project: str = ""
    adjusted: str = ""
    document: str = ""
    source: str = ""

    @property
    def shown(self) -> str:
        """Return the target as people write it: ≥95%; with another unit behind: ≥12 个."""
        return self._with_sign(self.value)

    @property
    def in_force(self) -> str:
        """Return the target that holds now: the adjusted one, if there is one."""
        return self._with_sign(self.adjusted or self.value)

    def _with_sign(self, value: str) -> str:
        sign = "" if value[:1] in "≥≤=<>＝" or self.sign == "定性" else self.sign
        unit = self.unit if value[-1:].isdigit() else ""
        return f"{sign}{value}{unit}"


@dataclass(frozen=True, slots=True)
class HeldTarget:
    """An approved target beside what a department evaluated itself by; "" where one is missing."""

    item: str
    approved: str
    reported: str
    approved_target: str
    reported_target: str
    approved_weight: str
    reported_weight: str
    verdict: str
    document: str
    source: str
    place: str


@dataclass(frozen=True, slots=True)
class ListedProject:
    """A project of the bureau's list: amounts in 元 (None: not given), to the last digit `grain`.

    `department` is its name in the roster, or as typed; `reason` why it has no 自评表, if said.
    """

    code: str
    name: str
    department: str
    budget: Decimal | None
    spent: Decimal | None
    reason: str = ""
    source: str = ""
    grain: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that may stand. `item` "" means every item; `until` is the last day it holds."""

    department: str
    code: str
    item: str
    reason: str
    approver: str
    until: dt.date | None
    source: str


OPINION_PARTS = ("编码", "名称", "项目", "年度", "审核结果", "审核意见", "得分", "等级")


@dataclass(frozen=True)
class OpinionLayout:
    """How the county's system takes in opinions: the sheet, its columns as (title, one of
    OPINION_PARTS), and its own words for the results.
    """

    sheet: str = "审核意见"
    columns: tuple[tuple[str, str], ...] = tuple(
        (part, part) for part in ("编码", "审核结果", "审核意见", "得分")
    )
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bureau:
    """The bureau that collects, and its dates (bureau.toml), printed as given.

    `notice` is the county's own notice on the evaluation, the first basis of every letter.
    `opinions` is how they are written for the county's system (None: they are not). `formal`:
    letters are the bureau's 函, their number left blank; else 反馈单 of the office.
    """

    name: str = ""
    office: str = ""
    contact: str = ""
    phone: str = ""
    deadline: str = ""
    return_by: str = ""
    document_number: str = ""
    dated: str = ""
    notice: str = ""
    year: int | None = None
    formal: bool = False
    opinions: OpinionLayout | None = None


class Action(StrEnum):
    """return: it must be corrected; accept: the explanation of a 警告 will do; waive: it may stand,
    which another person approves; strike: the finding is no fault.
    """

    RETURN = "return"
    ACCEPT = "accept"
    WAIVE = "waive"
    STRIKE = "strike"

    @property
    def label(self) -> str:
        """Return what a reviewer chooses in 处理意见."""
        labels = {"RETURN": "退回", "ACCEPT": "接受说明", "WAIVE": "豁免", "STRIKE": "误报"}
        return labels[self.name]


def as_kept(reported: str) -> str:
    """Return what a cell held, as a decision keeps it: in one line, not too long."""
    line = "".join(filter(str.isprintable, " ".join(reported.split())))
    return line[:_LONGEST].strip()


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on the finding with this fingerprint, while its cell holds `reported` (as_kept).

    `source` is the file and line it was typed in; `at` the date as typed.
    """

    department: str
    finding: str
    reported: str
    action: Action
    reason: str = ""
    by: str = ""
    approved_by: str = ""
    at: str = ""
    source: str = ""

    def holds_for(self, reported: str) -> bool:
        """Return whether the cell still holds what it held when this was decided."""
        return self.reported == as_kept(reported)

    @property
    def said(self) -> str:
        """Return the decision in one line, as lists and letters show it."""
        roles = (("经办", self.by), ("批准", self.approved_by))
        people = "，".join(f"{role} {name}" for role, name in roles if name)
        parts = (self.reason, people, self.at)
        more = "；".join(part for part in parts if part)
        return f"{self.action.label}：{more}" if more else self.action.label
