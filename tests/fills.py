"""Random fillings of the shipped form: accounts that balance, printed rounded or cut off, then
spoilt a little or not at all.

Only what a clerk may type: numbers, blanks and words for nothing. True amounts are whole 分.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jixiao_xlsx.output.xlsx.blank.layout import Filling, TableFilling

INCOMES = (
    "一般公共预算财政拨款收入", "政府性基金预算财政拨款收入", "国有资本经营预算财政拨款收入", "上级补助收入", "事业收入", "经营收入",
    "附属单位上缴收入", "其他收入",
)  # fmt: skip
FISCAL = INCOMES[:3]
FUNDS = ("基本支出小计", "人员经费", "公用经费", "项目支出", "支出合计")
ASSETS = ("房屋和构筑物", "设备", "文物和陈列品", "图书和档案", "家具和用具", "特种动植物")
VEHICLES = ("机要通信用车", "应急保障用车", "执法执勤用车", "特种专业技术用车", "其他用车")
MOODS = ("很满意", "满意", "一般", "不满意")
NOTHING = ("—", "———", "－－", "\\", "//", "无", "无此项", "未发生")  # words for it
WAN = 1_000_000  # 分

Cells = dict[str, dict[str, object]]


@dataclass
class Sheet:
    """What is typed into one table."""

    rows: Cells = field(default_factory=dict)
    lines: list[dict[str, object]] = field(default_factory=list)
    ticked: bool = False

    def numbers(self) -> list[tuple[dict[str, object], str]]:
        """Every number, as a place to change."""
        everywhere = [*self.rows.values(), *self.lines]
        return [
            (row, title)
            for row in everywhere
            for title, value in row.items()
            if isinstance(value, int | float)
        ]


def random_filling(dice: random.Random) -> Filling:
    """A filled form, clean about one time in four."""
    sheets = _accounts(dice)
    for _ in range(dice.choice((0, 1, 2, 4))):
        _spoil(dice, sheets)
    if dice.random() < 0.15:
        _coarsen(sheets[dice.choice(("收支总表", "年度计划", "预算执行率"))])
    return {
        name: TableFilling(sheet.rows, sheet.lines, ticked=sheet.ticked)
        for name, sheet in sheets.items()
    }


# ----------------------------------------------------------------------------------- right accounts


def _accounts(dice: random.Random) -> dict[str, Sheet]:
    cut = dice.random() < 0.4
    lines = [_funds(dice) for _ in range(dice.randint(1, 5))]
    sums = {title: sum(line[title] for line in lines) for title in FUNDS}
    extra = {
        title: _some(dice, 0.8) for title in ("上缴上级支出", "经营支出", "对附属单位补助支出")
    }
    spent = sums["支出合计"] + sum(extra.values())
    fiscal_out, fiscal_end = _part(dice, spent), _some(dice, 0.5)
    end, start = fiscal_end + _some(dice, 0.6), 0
    fiscal_start = min(_some(dice, 0.5), max(fiscal_out + fiscal_end, 0))
    start = fiscal_start + _some(dice, 0.6)
    income = dict(zip(FISCAL, _split(dice, fiscal_out + fiscal_end - fiscal_start, 3), strict=True))
    rest = spent + end - start - sum(income.values())
    income |= dict(zip(INCOMES[3:], _split(dice, rest, 5), strict=True))
    money = {
        **income,
        "年初结转和结余": start,
        "其中：财政拨款年初结转和结余": fiscal_start,
        "其中：人员经费": sums["人员经费"],
        "其中：公用经费": sums["公用经费"],
        "项目支出": sums["项目支出"],
        **extra,
        "其中：财政拨款支出": fiscal_out,
        "年末结转和结余": end,
        "其中：财政拨款年末结转和结余": fiscal_end,
    }
    totals = {
        "本年收入合计": sum(income.values()),
        "收入总计": sum(income.values()) + start,
        "支出总计": spent + end,
    }
    totals |= {"基本支出": sums["基本支出小计"], "本年支出合计": spent}
    return {
        "收支总表": Sheet(_budgets(dice, money, totals)),
        "资金预算执行表": Sheet(
            {"合计": {title: _wan(sums[title], cut) for title in FUNDS}},
            [{title: _wan(value, cut) for title, value in line.items()} for line in lines],
        ),
        "年度计划": _plan(dice, spent, fiscal_out),
        "预算执行率": Sheet(_execution(dice, spent, fiscal_out)),
        "三公经费": _vehicles_and_guests(dice),
        "固定资产": Sheet(_assets(dice)),
        "车辆": Sheet({title: {"年末数量": dice.randint(0, 4)} for title in VEHICLES}),
        "政府采购": Sheet(_purchases(dice), ticked=dice.random() < 0.2),
        "满意度调查": Sheet(lines=[_survey(dice) for _ in range(dice.randint(0, 3))]),
    }


def _some(dice: random.Random, none: float = 0.0) -> int:
    """An amount in 分: small, usual or large, now and then negative or just half a last digit
    of 万元.
    """
    if dice.random() < none:
        return 0
    size = dice.choice(
        (
            dice.randint(0, 9_999),
            dice.randint(10**4, 10**9),
            5_000 * dice.randint(0, 400),
            10_000 * dice.randint(0, 400),
        )
    )
    return -size if dice.random() < 0.05 else size


def _part(dice: random.Random, whole: int) -> int:
    return whole if dice.random() < 0.4 else int(whole * dice.random())


def _split(dice: random.Random, whole: int, parts: int) -> list[int]:
    found = []
    for _ in range(parts - 1):
        share = dice.choice((0, 0, int(whole * dice.random())))
        found.append(share)
        whole -= share
    found.append(whole)
    dice.shuffle(found)
    return found


def _funds(dice: random.Random) -> dict[str, int]:
    wages, office, project = (_some(dice, 0.25) for _ in range(3))
    figures = (wages + office, wages, office, project, wages + office + project)
    return dict(zip(FUNDS, figures, strict=True))


def _yuan(fen: int) -> float:
    return fen / 100


def _wan(fen: int, cut: bool) -> float:
    size = abs(fen) // 10_000 if cut else (abs(fen) + 5_000) // 10_000
    return (-size if fen < 0 else size) / 100


def _typed(dice: random.Random, fen: int) -> object:
    """An amount in 元; nothing is typed as 0, in a word, or not at all."""
    return dice.choice((0, None, None, dice.choice(NOTHING))) if fen == 0 else _yuan(fen)


def _budgets(dice: random.Random, money: Mapping[str, int], totals: Mapping[str, int]) -> Cells:
    rows: Cells = {title: {"决算数": _typed(dice, fen)} for title, fen in money.items()}
    if dice.random() < 0.4:
        for title, fen in money.items():
            rows[title]["全年预算数"] = _typed(dice, fen + dice.choice((0, 0, 0, 100)))
    if dice.random() < 0.3:  # totals typed over their formulas
        rows |= {title: {"决算数": _yuan(fen)} for title, fen in totals.items()}
    return rows


def _plan(dice: random.Random, spent: int, fiscal: int) -> Sheet:
    overall = {
        "预算数": _yuan(spent),
        "其中：财政拨款（预算）": _yuan(fiscal),
        "执行数": _yuan(spent),
        "其中：财政拨款（执行）": _yuan(fiscal),
    }
    tasks = _split(dice, spent, 3)
    lines: list[dict[str, object]] = [
        {"工作任务名称": f"任务{number}", "预算数": _typed(dice, fen), "执行数": _typed(dice, fen)}
        for number, fen in enumerate(tasks, 1)
    ]
    return Sheet({"部门总体预算": dict(overall)}, lines)


def _execution(dice: random.Random, spent: int, fiscal: int) -> Cells:
    carried = _part(dice, fiscal)
    figures = {
        "当年财政拨款": fiscal - carried,
        "上年结转资金": carried,
        "其他资金": spent - fiscal,
    }
    rows: Cells = {}
    for title, done in figures.items():
        budget = done + dice.choice((0, 0, abs(_some(dice))))
        original = budget - dice.choice((0, 0, 5_000))
        rows[title] = {"全年预算数": _typed(dice, budget), "全年执行数": _typed(dice, done)}
        if dice.random() < 0.5:
            rows[title] |= {"年初预算数": _yuan(original), "预算调整数": _yuan(budget - original)}
    return rows


def _vehicles_and_guests(dice: random.Random) -> Sheet:
    leaves = (
        "因公出国（境）费",
        "其中：公务用车购置费",
        "其中：公务用车运行维护费",
        "公务接待费",
        "会议费",
        "培训费",
    )
    columns = ("上年决算数", "预算数（全年）", "决算数")
    return Sheet(
        {
            title: {column: _typed(dice, abs(_some(dice, 0.5))) for column in columns}
            for title in leaves
        },
        ticked=dice.random() < 0.2,
    )


def _assets(dice: random.Random) -> Cells:
    values = {title: abs(_some(dice, 0.4)) for title in ASSETS}
    whole = sum(values.values())
    worn = _part(dice, whole)
    rows: Cells = {
        title: {"原值": _typed(dice, fen), "数量": dice.randint(0, 300)}
        for title, fen in values.items()
    }
    return rows | {
        "累计折旧": {"原值": _yuan(worn)},
        "净值": {"原值": _yuan(whole - worn)},
        "在用原值": {"原值": _yuan(_part(dice, whole))},
    }


def _purchases(dice: random.Random) -> Cells:
    planned = {title: abs(_some(dice, 0.4)) for title in ("货物", "工程", "服务")}
    return {
        title: {"预算数": _typed(dice, fen), "执行数": _typed(dice, _part(dice, fen))}
        for title, fen in planned.items()
    }


def _survey(dice: random.Random) -> dict[str, object]:
    answers = [dice.randint(0, 60) for _ in MOODS]
    valid = sum(answers)
    back = valid + dice.randint(0, 3)
    counts = {"发放份数": back + dice.randint(0, 20), "回收份数": back, "有效份数": valid}
    return {"调查对象": "群众", **counts, **dict(zip(MOODS, answers, strict=True))}


# -------------------------------------------------------------------------------------------- slips


def _spoil(dice: random.Random, sheets: Mapping[str, Sheet]) -> None:
    places: Sequence[tuple[dict[str, object], str]] = sheets[dice.choice(sorted(sheets))].numbers()
    if not places:
        return
    row, title = dice.choice(places)
    value = row[title]
    assert isinstance(value, int | float)
    if title in {*MOODS, "发放份数", "回收份数", "有效份数", "数量", "年末数量"}:
        row[title] = dice.choice((value + 1, max(value - 1, 0), None, 0))
    else:
        slips = (
            value + 0.01,
            value - 0.01,
            value + 0.005,
            value + 0.02,
            value * 10,
            -value,
            0,
            None,
            dice.choice(NOTHING),
            round(value),
            value + 100,
        )
        slip = dice.choice(slips)
        row[title] = round(slip, 4) if isinstance(slip, float) else slip


def _coarsen(sheet: Sheet) -> None:
    """A table in 元 that was multiplied back from 万元."""
    for row, title in sheet.numbers():
        value = row[title]
        assert isinstance(value, int | float)
        row[title] = round(value, -2)
