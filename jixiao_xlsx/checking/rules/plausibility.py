"""PLA, BAL107: figures that are possible but should be verified."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.checking.balance.verdicts import Outcome
from jixiao_xlsx.checking.bases import BALANCE_FORMULAS, REVIEW_POINTS
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, flag, rule
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell, Row, Table
from jixiao_xlsx.values.findings import Expected
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import percent, plain
from jixiao_xlsx.values.typed_numbers import State

_MONEY = r"(\d[\d,]{0,15}(?:\.\d{1,6})?)(元|万元|亿元)"
_WHOLE = re.compile(rf"{_MONEY}[,，。；;：:（(]{{0,2}}其中[:：,，]?")
_PART = re.compile(rf"[^\d,，。；;]{{1,20}}{_MONEY}(?=$|[,，、。；;）)\n])")
_ORDINALS = ("第一", "第二", "第三", "第四", "第五", "第六", "第七", "第八")
# The roles of the cells that 年初结转 and 年末结转 must balance with.
_SOURCES = ("carried_in", "income_year", "surplus_used")
_USES = ("spent_year", "surplus_distributed", "carried_out")
_TOTALS = ("income_total", "spent_total")


def _funds(evidence: Evidence) -> Table | None:
    return evidence.submission.get(evidence.template.funds.get("table", ""))


def _amount(table: Table, column: str) -> Decimal:
    """Return the 合计, or the sum of the rows where it is blank, in the unit of the table."""
    total = table.total.get(column) if table.total else None
    if total is not None and total.number is not None:
        return total.number
    return sum(
        (
            cell.number
            for row in table.open_rows
            if (cell := row.get(column)) and cell.number is not None
        ),
        Decimal(0),
    )


def _anchor(table: Table, column: str) -> Cell | None:
    """Return the 合计 cell if it holds a number, else the first such cell of the rows."""
    rows: list[Row] = [row for row in (table.total, *table.open_rows) if row is not None]
    return next(
        (cell for row in rows if (cell := row.get(column)) and cell.number is not None), None
    )


@rule("PLA101", "公用经费占比过高", severity=Severity.WARNING, basis=REVIEW_POINTS)
def wages_missing(evidence: Evidence) -> Iterator[Observation]:
    """行政、参公单位的公用经费超过基本支出的六成，多半是工资混在公用经费里。

    改法：工资列在公用经费里的，改列人员经费；确属实情的，附情况说明。
    """
    table, nature = _funds(evidence), evidence.role("nature")
    if table is None or nature is None or nature.text not in {"行政", "参公"}:
        return
    columns = evidence.template.funds
    basic, office = (_amount(table, columns[key]) for key in ("basic", "office"))
    cell = _anchor(table, columns["office"])
    yield Looked(3)
    if (
        cell is None
        or basic <= 0
        or Fraction(office)
        <= evidence.template.thresholds.get("office_share", Fraction(1)) * Fraction(basic)
    ):
        return
    heads = next(
        (c for c in (evidence.role("staff"), evidence.role("posts")) if c and c.number), None
    )
    people = f"，单位有 {heads.text} 人" if heads else ""
    words = (
        f"公用经费 {plain(office)} {cell.unit}，占基本支出 {plain(basic)} {cell.unit}的 "
        f"{percent(Fraction(office) / Fraction(basic), 1)}，"
        f"人员经费只有 {plain(basic - office)} {cell.unit}{people}。"
    )
    related = [
        c.place
        for c in (_anchor(table, columns["basic"]), _anchor(table, columns["wages"]), heads)
        if c
    ]
    yield flag(
        cell,
        words,
        "请核对工资是否列在公用经费里；确属实情的，请附情况说明。",
        related=tuple(related),
    )


@rule("PLA102", "人均人员经费过低", severity=Severity.WARNING, basis=REVIEW_POINTS)
def low_wages(evidence: Evidence) -> Iterator[Observation]:
    """人员经费除以年末在职人数低于下限（默认 3 万元），可能漏列工资。占比已报过的不再报。

    改法：补上漏列的人员经费；确属实情的，附情况说明。
    """
    table, staff = _funds(evidence), evidence.role("staff")
    if table is None or staff is None or not staff.number:
        return
    column = evidence.template.funds["wages"]
    cell, wages = _anchor(table, column), _amount(table, column)
    floor = evidence.template.thresholds.get("wages_per_head", Fraction(0))
    if cell is None or any(isinstance(one, Flag) for one in wages_missing(evidence)):
        return
    yield Looked(2)
    yuan = Fraction(wages) * atoms_per(cell.unit) / atoms_per("元") / Fraction(staff.number)
    if yuan < floor:
        words = (
            f"人员经费 {plain(wages)} {cell.unit}，年末在职 {staff.text} 人，人均 {plain(yuan, 2)} 元，"
            f"低于 {plain(floor)} 元。"
        )
        yield flag(
            cell, words, "请核对是否漏列工资；确属实情的，请附情况说明。", related=(staff.place,)
        )


@rule("PLA103", "全部执行数等于预算数", severity=Severity.NOTE, basis=REVIEW_POINTS)
def all_spent(evidence: Evidence) -> Iterator[Observation]:
    """各来源的执行数与全年预算数分文不差。年末收回指标、调整预算后常见，只作提示。

    改法：预算数填了执行数的，改填批复的预算数；都没有错的，不用改。
    """
    table = evidence.submission.get(evidence.template.execution_table)
    spent, budget = (
        evidence.template.execution_columns.get(key, "") for key in ("spent", "budget")
    )
    pairs = [(row.get(spent), row.get(budget)) for row in table.rows] if table else []
    filled = [
        (a, b)
        for a, b in pairs
        if a is not None and b is not None and a.number and b.number is not None
    ]
    yield Looked(2 * len(filled))
    if filled and all(a.number == b.number for a, b in filled):
        cell = filled[0][0]
        yield flag(
            cell,
            f"全年执行数与全年预算数完全相等（{cell.text} {cell.unit}）。",
            "请确认预算数是年末调整后的批复数；是的，不用改。",
            related=(filled[0][1].place,),
        )


@rule(
    "PLA104",
    "年度计划只有总体预算",
    severity=Severity.NOTE,
    basis=REVIEW_POINTS,
    relations=("C61",),
)
def no_tasks(evidence: Evidence) -> Iterator[Observation]:
    """年度计划里只填了部门总体预算，没有具体工作任务。

    改法：补填本年主要工作任务。
    """
    plan = evidence.template.plan
    table = evidence.submission.get(plan.get("table", ""))
    row = table.by_title.get(plan.get("overall", "")) if table else None
    if table is None or row is None:
        return
    yield Looked(1)
    if not table.open_rows:
        cell = next(iter(row.cells.values()))
        yield flag(
            cell,
            f"《{table.sheet}》只有“{row.title}”一行，没有列出具体工作任务。",
            "请补填主要任务及其预算、执行数。",
        )


@rule(
    "PLA105",
    "有公车运行费而没有车辆",
    severity=Severity.WARNING,
    basis=REVIEW_POINTS,
    relations=("C56",),
)
def cars_without_cars(evidence: Evidence) -> Iterator[Observation]:
    """“三公”经费里有公务用车运行维护费，车辆数却为 0 或未填。

    改法：核对车辆数；确无车辆的，附情况说明，写明车辆来源。
    """
    cost, cars = evidence.role("vehicle_cost"), evidence.role("vehicles")
    if cost is None or cars is None or not cost.number or cost.number < 0:
        return
    yield Looked(2)
    if cars.state in {State.BLANK, State.ZERO, State.NA} and not _some_cars(evidence, cars):
        count = f"车辆数为 {cars.text}" if cars.text else "车辆数没有填"
        words = f"公务用车运行维护费 {cost.text} 元，{count}。"
        yield flag(
            cost,
            words,
            "请核对车辆数；确无车辆的，请附情况说明，写明车辆来源。",
            related=(cars.place,),
        )


def _some_cars(evidence: Evidence, total: Cell) -> bool:
    """Return whether the rows above a total that was left blank hold any cars."""
    table = evidence.submission.get(evidence.template.roles["vehicles"].table)
    cells = (
        [cell for row in table.rows if (cell := row.get(total.column))]
        if table and total.blank
        else []
    )
    return any(cell.number for cell in cells)


@rule("PLA106", "一行等于其余各行之和", severity=Severity.WARNING, basis=REVIEW_POINTS)
def counted_twice(evidence: Evidence) -> Iterator[Observation]:
    """有一行恰好等于同列其余各行之和，而合计空着或对不上：多半是小计与明细重复计入。

    改法：重复的一行去掉重复的部分；确属巧合的，附情况说明。
    """
    unsettled = {
        (verdict.instance.spec.table, verdict.instance.column)
        for verdict in evidence.judged.verdicts
        if verdict.outcome in {Outcome.FAILS, Outcome.BLANK_TOTAL}
    }
    for name, column in sorted(unsettled):
        table = evidence.submission.get(name)
        cells = [row.get(column) for row in table.open_rows] if table else []
        filled = [cell for cell in cells if cell is not None and cell.number]
        yield Looked(len(filled))
        total = _sum(filled)
        for cell in filled if len(filled) > 2 else ():
            if cell.number is not None and cell.number * 2 == total:
                yield _sum_of_others(cell, filled, total)


def _sum_of_others(cell: Cell, filled: list[Cell], total: Decimal) -> Flag:
    return flag(
        cell,
        f"“{cell.row}”的“{cell.column}”{cell.text} {cell.unit}，"
        f"恰好等于其余 {len(filled) - 1} 行之和，"
        f"一并相加是 {plain(total, cell.decimals)} {cell.unit}，多半是重复计入。",
        "请核对本行；确属巧合的，请附情况说明。",
        expected="不含其余各行的数",
        difference=f"{plain(cell.number or Decimal(0))} {cell.unit}",
        related=tuple(other.place for other in filled if other is not cell),
    )


@rule(
    "BAL107",
    "结转结余勾稽不平",
    severity=Severity.ERROR,
    basis=BALANCE_FORMULAS,
    relations=("C04",),
)
def carried_over(evidence: Evidence) -> Iterator[Observation]:
    """年初结转 + 本年收入 + 使用非财政拨款结余 = 本年支出 + 结余分配 + 年末结转。只在收入总计或支出总计未填、不能分别核对时使用。

    改法：补填收入总计和支出总计，对照账表改正填错的一格。
    """
    came_from, went_to = _role_cells(evidence, _SOURCES), _role_cells(evidence, _USES)
    totals = _role_cells(evidence, _TOTALS)
    if not (came_from and went_to and totals) or all(cell.number is not None for cell in totals):
        return
    if came_from[1].number is None or went_to[0].number is None:
        return
    yield Looked(6)
    came, went = _sum(came_from), _sum(went_to)
    if came != went:
        names = ["、".join(f"“{cell.row}”" for cell in side) for side in (came_from, went_to)]
        cell = went_to[-1]
        right = (cell.number or Decimal(0)) + came - went
        yield flag(
            cell,
            f"{names[0]}之和 {plain(came, 2)} 元，{names[1]}之和 {plain(went, 2)} 元，两边应相等，"
            f"差 {plain(abs(came - went), 2)} 元。",
            "请核对这六格，改正填错的一处。",
            expected=Expected(right, right, "元"),
            difference=f"{plain(went - came, 2)} 元",
            related=tuple(one.place for one in (*came_from, *went_to[:-1])),
        )


def _role_cells(evidence: Evidence, names: tuple[str, ...]) -> list[Cell]:
    """Return the cells of these roles, or [] where one of them is missing."""
    cells = [cell for name in names if (cell := evidence.role(name)) is not None]
    return cells if len(cells) == len(names) else []


def _sum(cells: list[Cell]) -> Decimal:
    return sum((cell.number or Decimal(0) for cell in cells), Decimal(0))


@rule(
    "PLA107",
    "文字里所列分项与总数不符",
    severity=Severity.NOTE,
    basis=REVIEW_POINTS,
    yields_to=("NAR104",),
)
def parts_in_words(evidence: Evidence) -> Iterator[Observation]:
    """格里的话写了一个总金额，“其中”后面的各项加起来却比它多，或者“第一……、第二……”列全了却比它少。

    改法：核对各项与总数，改正写错的；各项之间有重叠的，不用改。
    """
    texts = evidence.by_state[State.TEXT]
    yield Looked(len(texts))
    for cell in texts:
        for whole in _WHOLE.finditer(cell.text):
            parts = _parts(cell.text, whole.end())
            if len(parts) > 1 and _disagree(whole, parts):
                yield _unequal_parts(cell, whole, parts)


def _parts(text: str, at: int) -> list[re.Match[str]]:
    """Return the labelled amounts that follow one another from `at` on."""
    parts: list[re.Match[str]] = []
    while found := _PART.match(text, at):
        parts.append(found)
        at = found.end() + 1
    return parts


def _disagree(whole: re.Match[str], parts: list[re.Match[str]]) -> bool:
    """Return whether parts exceed the whole, or all of the first, second … fall short of it."""
    gap = sum(map(_yuan, parts), Decimal(0)) - _yuan(whole)
    last_digit = min(map(_last_digit, (whole, *parts)))
    in_order = all(word in one[0] for word, one in zip(_ORDINALS, parts, strict=False))
    rounding = len(parts) // 2 * last_digit
    return gap > rounding or (in_order and -gap > rounding)


def _yuan(amount: re.Match[str]) -> Decimal:
    return Decimal(amount[1].replace(",", "")) * _last_digit(amount, 0)


def _last_digit(amount: re.Match[str], decimals: int | None = None) -> Decimal:
    """Return what one in the last digit is worth, in 元; in the last of so many `decimals`."""
    unit = {"元": 0, "万元": 4, "亿元": 8}[amount[2]]
    typed = len(amount[1].partition(".")[2]) if decimals is None else decimals
    return Decimal(1).scaleb(unit - typed)


def _unequal_parts(cell: Cell, whole: re.Match[str], parts: list[re.Match[str]]) -> Flag:
    total = sum(map(_yuan, parts), Decimal(0))
    gap, unit = total - _yuan(whole), _last_digit(whole, 0)
    words = (
        f"“{cell.row}”写总数 {whole[1]} {whole[2]}，其中 {len(parts)} 项相加为 "
        f"{plain(total / unit)} {whole[2]}，{'多' if gap > 0 else '少'} {plain(abs(gap) / unit)} "
        f"{whole[2]}。"
    )
    demand = "请核对各项与总数，改正写错的；各项之间有重叠的，不用改。"
    return flag(cell, words, demand, expected=f"{plain(total / unit)} {whole[2]}")
