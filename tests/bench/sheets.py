"""A department's true amounts, typed into the sheets of the standard form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from departments import (
    ACCOUNTS,
    ASSETS,
    CARS,
    EXECUTION,
    FACTS,
    FUNDS,
    MONEY,
    NOW,
    PLAN,
    PURCHASES,
    SURVEY,
    TRIPS,
    Address,
    Book,
    Formula,
    Line,
    Maker,
    Money,
    half_up,
    summed,
    wan,
)
from judging import judge

FUND_COLUMNS = (
    "年初预算数",
    "下达资金",
    "基本支出小计",
    "人员经费",
    "公用经费",
    "项目支出",
    "支出合计",
)
ANSWERS = ("很满意", "满意", "一般", "不满意")


@dataclass
class Year:
    """What the other sheets must know of a department's year, in 分."""

    lines: list[Line]
    beside: dict[str, Money]
    received: dict[str, int]
    fiscal_in: int = 0
    other_in: int = 0
    fiscal_out: int = 0
    other_out: int = 0
    surplus: int = 0
    distributed: int = 0

    def of(self, *sources: str) -> Money:
        return summed(line.all for line in self.lines if line.source in sources)

    @property
    def own(self) -> Money:
        return self.of("单位资金") + summed(self.beside.values())

    @property
    def all(self) -> Money:
        return summed(line.all for line in self.lines) + summed(self.beside.values())

    @property
    def fiscal(self) -> Money:
        return summed(line.all for line in self.lines if line.fiscal)

    @property
    def basic(self) -> Money:
        return summed(line.wages + line.office for line in self.lines)

    @property
    def project(self) -> Money:
        return summed(line.project for line in self.lines)


def department(seed: int) -> Book:
    """The book of one random department."""
    maker = Maker(seed)
    fill(maker)
    return maker.book


def fill(maker: Maker) -> None:
    year = _year(maker)
    _funds(maker, year)
    _accounts(maker, year)
    rate = _execution(maker, year)
    _plan(maker, year)
    trips = _trips(maker)
    _assets(maker)
    survey = _survey(maker)
    changes = year.fiscal_out + year.other_out, year.fiscal_in + year.other_in
    bases = {
        "基本支出预算执行率": (year.basic.spent, year.basic.budget),
        "项目支出预算执行率": (year.project.spent, year.project.budget),
        "“三公经费”控制率": trips,
        "结转结余变动率": (changes[0] - changes[1], changes[1]),
        "在职人员控制率": (maker.staff, maker.posts),
        "满意度": survey,
    }
    total = judge(maker, bases, rate)
    _facts(maker, total)


def _year(maker: Maker) -> Year:
    """Income that covers the spending, and what is left."""
    lines, beside = maker.lines(), maker.beside()
    now, carried = (
        summed(a.all for a in lines if a.source in names) for names in (NOW, ("上年结转",))
    )
    year = Year(lines, beside, {})
    kept = maker.some() if maker.chance(0.5) else 0
    names = ["一般公共预算财政拨款收入"] + [
        n
        for n in ("政府性基金预算财政拨款收入", "国有资本经营预算财政拨款收入")
        if maker.shape(n[:4], 0.12)
    ]
    whole = now.spent + kept
    for name in names[1:]:
        year.received[name] = int(whole * maker.dice.uniform(0.05, 0.2))
    year.received[names[0]] = whole - sum(year.received.values())
    carried_fiscal = summed(a.all for a in lines if a.source == "上年结转" and a.fiscal)
    nothing_before = carried.budget == 0 and maker.shape("无年初结转", 0.2)
    year.fiscal_in = (
        0
        if nothing_before
        else max(carried_fiscal.budget, carried_fiscal.spent)
        + (maker.some(7) if maker.chance(0.5) else 0)
    )
    year.other_in = (
        0
        if nothing_before
        else max(carried.budget, carried.spent) - min(carried_fiscal.budget, carried_fiscal.spent)
    )
    year.other_in += 0 if nothing_before or maker.chance(0.5) else maker.some(7)
    year.fiscal_out = year.fiscal_in + whole - year.fiscal.spent
    _own_income(maker, year)
    return year


def _own_income(maker: Maker, year: Year) -> None:
    spent = year.all.spent - year.fiscal.spent
    titles = [
        n
        for n in ("上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")
        if maker.chance(0.25)
    ] or ["其他收入"]
    incomes = dict.fromkeys(titles, 0)
    for title in titles:
        incomes[title] = maker.some(7) if maker.chance(0.7) else 0
    year.surplus = maker.some(6) if maker.shape("使用非财政拨款结余", 0.15) else 0
    year.distributed = (
        maker.some(6) * (-1 if maker.chance(0.5) else 1) if maker.shape("结余分配", 0.15) else 0
    )
    short = spent + year.distributed - year.other_in - year.surplus - sum(incomes.values())
    if short > 0:
        incomes[titles[0]] += short + (maker.some(6) if maker.chance(0.5) else 0)
    year.received |= {title: fen for title, fen in incomes.items() if fen}
    year.other_out = year.other_in + sum(incomes.values()) + year.surplus - spent - year.distributed


# ------------------------------------------------------------------------------------------ 资金预算执行表


def _funds(maker: Maker, year: Year) -> None:
    """Printed from the true amounts; or totals that add up what is printed; or live formulas."""
    book = maker.book
    book.cut = maker.shape("截尾", 0.35)
    style = maker.pick("各自取舍", "各自取舍", "平尾差", "公式", "行公式", "列公式")
    rows: list[tuple[int | str, Money, Money, Money]] = [
        (n, a.wages, a.office, a.project) for n, a in enumerate(year.lines)
    ]
    for number, one in enumerate(year.lines):
        maker.put(FUNDS, number, "资金来源", one.source)
        maker.put(FUNDS, number, "支出功能分类科目", one.subject)
    rows.append(("合计", *(summed(parts) for parts in zip(*(r[1:] for r in rows), strict=True))))
    for key, wages, office, project in rows:
        whole = wages + office + project
        figures = (
            whole.original,
            whole.budget,
            wages.spent + office.spent,
            wages.spent,
            office.spent,
            project.spent,
            whole.spent,
        )
        for column, fen in zip(FUND_COLUMNS, figures, strict=True):
            value = wan(fen, cut=book.cut) if fen or key == "合计" else maker.nothing()
            maker.put(FUNDS, key, column, value)
    sums = _funds_formulas(len(year.lines))
    wanted = {"公式": (True, True), "行公式": (True, False), "列公式": (False, True)}.get(style)
    if wanted:
        book.shapes.add(f"执行表{style}")
        for at, terms in sums:
            if wanted[at[1] == "合计"]:
                maker.live(at, *terms)
        book.recalculate()
    elif style == "平尾差":
        _level(maker, year, sums)


def _funds_formulas(count: int) -> list[tuple[Address, list[tuple[int, Address]]]]:
    found = []
    for row in range(count):
        found.append(
            (
                (FUNDS, row, "基本支出小计"),
                [(1, (FUNDS, row, "人员经费")), (1, (FUNDS, row, "公用经费"))],
            )
        )
        found.append(
            (
                (FUNDS, row, "支出合计"),
                [(1, (FUNDS, row, "基本支出小计")), (1, (FUNDS, row, "项目支出"))],
            )
        )
    return found + [
        ((FUNDS, "合计", column), [(1, (FUNDS, row, column)) for row in range(count)])
        for column in FUND_COLUMNS
    ]


def _level(maker: Maker, year: Year, sums: list[tuple[Address, list[tuple[int, Address]]]]) -> None:
    """平尾差: totals typed as the sum of the printed parts, if none of them moves by more than one
    last digit.
    """
    book = maker.book
    before = {at: book.number(at) for at, _ in sums}
    trial = book.copy()
    for at, terms in sums:
        value = sum((trial.number(cell) or Decimal(0) for _, cell in terms), Decimal(0))
        if trial.number(at) is not None or value:
            trial.values[at] = float(value)
    moved = [abs((trial.number(at) or Decimal(0)) - (before[at] or Decimal(0))) for at, _ in sums]
    if max(moved) <= Decimal("0.01"):
        book.values = trial.values
        if any(moved):
            book.shapes.add("平尾差")


# --------------------------------------------------------------------------------------------- 收支总表


def _accounts(maker: Maker, year: Year) -> None:
    wages, office = (summed(getattr(a, kind) for a in year.lines) for kind in ("wages", "office"))
    if office.spent > wages.spent:  # running costs this high are no office of the state
        maker.nature = "事业"
    spending = {
        "其中：人员经费": wages,
        "其中：公用经费": office,
        "项目支出": year.project,
        **year.beside,
    }
    carried, fiscal_now = year.of("上年结转"), year.of(*NOW)
    carried_fiscal = summed(
        line.all for line in year.lines if line.source == "上年结转" and line.fiscal
    )
    figures: dict[str, Money] = {title: Money(0, 0, fen) for title, fen in year.received.items()}
    figures["一般公共预算财政拨款收入"] = Money(
        fiscal_now.original, fiscal_now.budget, year.received["一般公共预算财政拨款收入"]
    )
    title = "经营收入" if "经营支出" in year.beside and "经营收入" in year.received else "其他收入"
    figures[title] = Money(year.own.original, year.own.budget, year.received.get(title, 0))
    figures |= spending
    figures |= {
        "使用非财政拨款结余": Money(0, 0, year.surplus),
        "年初结转和结余": Money(carried.original, carried.budget, year.fiscal_in + year.other_in),
        "其中：财政拨款年初结转和结余": Money(
            carried_fiscal.original, carried_fiscal.budget, year.fiscal_in
        ),
        "其中：财政拨款支出": Money(year.fiscal.original, year.fiscal.budget, year.fiscal.spent),
        "结余分配": Money(0, 0, year.distributed),
        "年末结转和结余": Money(0, 0, year.fiscal_out + year.other_out),
        "其中：财政拨款年末结转和结余": Money(0, 0, year.fiscal_out),
    }
    income = summed(m for name, m in figures.items() if name.endswith("收入"))
    came = income + figures["使用非财政拨款结余"] + figures["年初结转和结余"]
    spent = summed(spending.values())
    totals = {
        "本年收入合计": income,
        "收入总计": came,
        "基本支出": wages + office,
        "本年支出合计": spent,
        "支出总计": spent + figures["结余分配"] + figures["年末结转和结余"],
    }
    blank = {"年初预算数"} if maker.shape("年初预算空白", 0.1) else set()
    live = maker.shape("收支总表公式", 0.3)
    for row, one in (figures | totals).items():
        for column, fen in zip(MONEY, (one.original, one.budget, one.spent), strict=True):
            if column not in blank:
                maker.money(ACCOUNTS, row, column, fen, total=row in totals)
    if live:
        for column in MONEY:
            if column not in blank:
                _account_formulas(
                    maker, column, [n for n in figures if n.endswith("收入")], list(year.beside)
                )


def _account_formulas(maker: Maker, column: str, incomes: list[str], beside: list[str]) -> None:
    sums = {
        "本年收入合计": incomes,
        "收入总计": ["本年收入合计", "使用非财政拨款结余", "年初结转和结余"],
        "基本支出": ["其中：人员经费", "其中：公用经费"],
        "本年支出合计": ["基本支出", "项目支出", *beside],
        "支出总计": ["本年支出合计", "结余分配", "年末结转和结余"],
    }
    for row, parts in sums.items():
        maker.live((ACCOUNTS, row, column), *((1, (ACCOUNTS, part, column)) for part in parts))


# --------------------------------------------------------------------------------- the other sheets


def _execution(maker: Maker, year: Year) -> Fraction:
    live = maker.shape("执行率公式", 0.3)
    rows = {
        "当年财政拨款": year.of(*NOW),
        "上年结转资金": year.of("上年结转"),
        "其他资金": year.own,
    }
    rows["年度资金总额"] = summed(rows.values())
    figures: dict[str, tuple[int, ...]] = {}
    for title, one in rows.items():
        columns = ("年初预算数", "预算调整数", "全年预算数", "全年执行数")
        figures[title] = (one.original, one.budget - one.original, one.budget, one.spent)
        if not any(figures[title]) and maker.chance(0.5):
            continue
        for column, fen in zip(columns, figures[title], strict=True):
            maker.money(
                EXECUTION,
                title,
                column,
                fen,
                total=title == "年度资金总额" or column == "全年预算数",
            )
        at = (EXECUTION, title, "执行率")
        if not one.budget:
            maker.put(*at, maker.dice.choice(("—", "/", None)))
            continue
        rate = Fraction(one.spent, one.budget)
        if maker.chance(0.3):
            maker.put(*at, f"{half_up(rate * 100, 2)}%")
        else:
            maker.put(*at, float(half_up(rate, 4)))
            maker.book.percents.add(at)
        if live:
            maker.book.formulas[at] = _ratio(title)
            maker.book.percents.add(at)
    whole = Fraction(rows["年度资金总额"].spent, rows["年度资金总额"].budget)
    score = (
        half_up(min(Fraction(half_up(whole, 4)), Fraction(1)) * 10, 2)
        if maker.chance(0.5)
        else half_up(min(whole, Fraction(1)) * 10, 2)
    )
    maker.put(EXECUTION, "年度资金总额", "分值", 10)
    maker.put(EXECUTION, "年度资金总额", "得分", float(score))
    if whole < Fraction(9, 10):
        maker.book.extras[EXECUTION, "未达说明"] = "部分项目跨年实施，按进度付款。"
    if live:
        maker.book.recalculate()
    return Fraction(score)


def _ratio(title: str) -> Formula:
    return Formula(
        ((1, (EXECUTION, title, "全年执行数")),), ((1, (EXECUTION, title, "全年预算数")),)
    )


def _plan(maker: Maker, year: Year) -> None:
    overall = (year.all.budget, year.fiscal.budget, year.all.spent, year.fiscal.spent)
    columns = ("预算数", "其中：财政拨款（预算）", "执行数", "其中：财政拨款（执行）")
    maker.put(PLAN, "部门总体预算", "完成情况", "完成")
    for column, fen in zip(columns, overall, strict=True):
        maker.money(PLAN, "部门总体预算", column, fen, total=True)
    left = [int(max(fen, 0) * maker.dice.uniform(0.1, 1)) for fen in overall]
    left[1], left[3] = min(left[0], left[1]), min(left[2], left[3])
    for number in range(maker.dice.randint(1, 5)):
        budget, spent = (left[0] // 2, left[2] // 2)
        parts = (budget, min(left[1] // 2, budget), spent, min(left[3] // 2, spent))
        left = [a - b for a, b in zip(left, parts, strict=True)]
        maker.put(PLAN, number, "工作任务名称", f"任务{'一二三四五'[number]}")
        maker.put(PLAN, number, "完成情况", "已完成")
        for column, fen in zip(columns, parts, strict=True):
            maker.money(PLAN, number, column, fen, total=column == "预算数")


def _trips(maker: Maker) -> tuple[int, int]:
    """决算 and 预算 of 三公, in 分."""
    if maker.shape("无三公", 0.15):
        maker.book.ticks.add(TRIPS)
        return 0, 0
    columns = ("上年决算数", "预算数（全年）", "决算数")
    cars = maker.chance(0.7)
    kinds = {
        "因公出国（境）费": 0.15,
        "其中：公务用车购置费": 0.15,
        "其中：公务用车运行维护费": 1 if cars else 0,
        "公务接待费": 0.8,
    }
    rows = {
        title: _trip(maker) if maker.chance(share) else Money() for title, share in kinds.items()
    }
    rows["公务用车购置及运行维护费"] = (
        rows["其中：公务用车购置费"] + rows["其中：公务用车运行维护费"]
    )
    rows["“三公经费”合计"] = (
        rows["因公出国（境）费"] + rows["公务用车购置及运行维护费"] + rows["公务接待费"]
    )
    totals = {"公务用车购置及运行维护费", "“三公经费”合计"}
    for title in ("会议费", "培训费"):
        rows[title] = _trip(maker) if maker.chance(0.6) else Money()
    for title, one in rows.items():
        for column, fen in zip(columns, (one.original, one.budget, one.spent), strict=True):
            maker.money(TRIPS, title, column, fen, total=title in totals)
    if cars:
        _cars(maker)
    if maker.shape("三公公式", 0.3):
        for column in columns:
            maker.live(
                (TRIPS, "公务用车购置及运行维护费", column),
                (1, (TRIPS, "其中：公务用车购置费", column)),
                (1, (TRIPS, "其中：公务用车运行维护费", column)),
            )
            maker.live(
                (TRIPS, "“三公经费”合计", column),
                *(
                    (1, (TRIPS, t, column))
                    for t in ("因公出国（境）费", "公务用车购置及运行维护费", "公务接待费")
                ),
            )
    whole = rows["“三公经费”合计"]
    return whole.spent, whole.budget


def _trip(maker: Maker) -> Money:
    spent = maker.some(6.5)
    return Money(maker.some(6.5), int(spent * maker.dice.uniform(1, 1.3)) + 1, spent)


def _cars(maker: Maker) -> None:
    kinds = ("机要通信用车", "应急保障用车", "执法执勤用车", "特种专业技术用车", "其他用车")
    counts = [maker.dice.choice((0, 0, 1, 2, 7)) for _ in kinds]
    counts[maker.dice.randrange(5)] += 1
    for title, count in zip(kinds, counts, strict=True):
        maker.put(CARS, title, "年末数量", count or maker.nothing())
    maker.put(CARS, "车辆合计", "年末数量", sum(counts))


def _assets(maker: Maker) -> None:
    kinds = ("房屋和构筑物", "设备", "文物和陈列品", "图书和档案", "家具和用具", "特种动植物")
    worth = {title: maker.some(9) for title in kinds if title == "设备" or maker.chance(0.5)}
    for title in kinds:
        maker.put(
            ASSETS, title, "数量", maker.dice.randint(1, 400) if title in worth else maker.nothing()
        )
        maker.money(ASSETS, title, "原值", worth.get(title, 0))
    whole = sum(worth.values())
    worn = int(whole * maker.dice.uniform(0.05, 0.9))
    used = whole if maker.chance(0.3) else int(whole * maker.dice.uniform(0.8, 1))
    for title, fen in (
        ("固定资产原值合计", whole),
        ("累计折旧", worn),
        ("净值", whole - worn),
        ("在用原值", used),
    ):
        maker.money(ASSETS, title, "原值", fen, total=True)
    if maker.shape("无采购", 0.2):
        maker.book.ticks.add(PURCHASES)
        return
    rows = {
        title: _trip(maker) if title == "货物" or maker.chance(0.4) else Money()
        for title in ("货物", "工程", "服务")
    }
    rows["合计"] = summed(rows.values())
    for title, one in rows.items():
        maker.money(PURCHASES, title, "预算数", one.budget, total=title == "合计")
        maker.money(PURCHASES, title, "执行数", one.spent, total=title == "合计")


def _survey(maker: Maker) -> tuple[int, int]:
    """Pleased and valid answers."""
    columns = ("发放份数", "回收份数", "有效份数", *ANSWERS)
    totals = [0] * 7
    for number in range(maker.dice.randint(1, 4)):
        valid = maker.dice.randint(20, 400)
        bad, fair = (maker.dice.randint(0, max(valid // 40, 1)) for _ in range(2))
        best = maker.dice.randint(0, valid - bad - fair)
        back = valid + maker.dice.choice((0, 0, 1, 5))
        figures = [
            back + maker.dice.choice((0, 3, 20)),
            back,
            valid,
            best,
            valid - bad - fair - best,
            fair,
            bad,
        ]
        totals = [a + b for a, b in zip(totals, figures, strict=True)]
        maker.put(SURVEY, number, "调查对象", f"对象{'甲乙丙丁'[number]}")
        for column, count in zip(columns, figures, strict=True):
            maker.put(SURVEY, number, column, count)
        _satisfaction(maker, number, figures)
    for column, count in zip(columns, totals, strict=True):
        maker.put(SURVEY, "合计", column, count)
    _satisfaction(maker, "合计", totals)
    return totals[3] + totals[4], totals[2]


def _satisfaction(maker: Maker, row: int | str, figures: list[int]) -> None:
    at = (SURVEY, row, "满意度")
    maker.put(*at, float(half_up(Fraction(figures[3] + figures[4], figures[2]), 4)))
    maker.book.percents.add(at)


def _facts(maker: Maker, total: Decimal) -> None:
    grade = "优" if total >= 90 else "良" if total >= 80 else "中" if total >= 60 else "差"
    cells = {
        "部门名称": maker.book.department,
        "评价年度": 2023,
        "单位性质": maker.nature,
        "机构变动": "无",
        "编制人数": maker.posts,
        "年末在职人数（编内）": maker.staff,
        "上年末在职人数（编内）": maker.staff + maker.dice.randint(-1, 2),
        "自评总分（满分100）": float(total),
        "自评等级": grade,
    }
    for title, value in cells.items():
        maker.put(FACTS, title, "填报内容", value)
