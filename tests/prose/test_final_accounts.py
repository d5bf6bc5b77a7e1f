"""Explanations of published final accounts (决算说明), by pattern, of departments that have no table
here: right ones are left alone; of every figure changed once, nine in ten are found.

The patterns import nothing of the words engine.
`python tests/prose/test_final_accounts.py 12 1` prints the figures by paragraph.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from cases import Case, submission
from test_corpora import TEMPLATE, findings_in

from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Finding

DEPARTMENTS = 3
NAMES = (
    "应急管理局", "林业和草原局", "融媒体中心", "信访局", "红旗镇人民政府", "特殊教育学校",
    "疾病预防控制中心", "交通运输局", "妇女联合会", "气象局", "退役军人事务局", "供销合作社联合社",
)  # fmt: skip
SUBJECTS = (
    ("一般公共服务支出（类）信访事务（款）信访业务（项）", "年中追加了信访救助经费", "压减了一般性支出"),
    ("社会保障和就业支出（类）行政事业单位养老支出（款）机关事业单位基本养老保险缴费支出（项）",
     "缴费基数上调", "年中有人员退休"),
    ("卫生健康支出（类）行政事业单位医疗（款）事业单位医疗（项）", "新增人员缴费", "人员调出"),
    ("农林水支出（类）林业和草原（款）森林资源培育（项）", "上级追加了造林补助", "部分项目结转下年"),
    ("灾害防治及应急管理支出（类）应急管理事务（款）安全监管（项）", "新增了检查任务", "设备采购节约"),
    ("住房保障支出（类）住房改革支出（款）住房公积金（项）", "缴存基数调整", "年中有人员退休"),
    ("教育支出（类）特殊教育（款）特殊学校教育（项）", "增加了康复设备", "校车租赁费减少"),
)  # fmt: skip


def two(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


class Account:
    """The final accounts of one department, in 万元, and the manner in which they are told."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.name = dice.choice(NAMES)

    def amount(self, low: int, high: int) -> Decimal:
        return Decimal(self.dice.randrange(low, high)) / 100

    def around(self, value: Decimal) -> Decimal:
        """A figure within a third of another, never the same."""
        factor = Decimal(self.dice.choice((71, 78, 86, 93, 106, 113, 122, 131))) / 100
        return (value * factor).quantize(Decimal("0.01"))

    def change(self, new: Decimal, old: Decimal, money: str, rate: str) -> str:
        """Tell a change in amount and rate: `money` is “增加|减少”, `rate` “增长|下降”."""
        at = 0 if new > old else 1
        return (
            f"{money.split('|')[at]}{two(abs(new - old))}万元，"
            f"{rate.split('|')[at]}{two(abs(new - old) / old * 100)}%"
        )

    def totals(self) -> str:
        now = self.amount(80_000, 900_000)
        old = self.around(now)
        reason = "人员经费和项目经费变动"
        return self.dice.choice([
            f"{self.name}2023年度收、支总计均为{two(now)}万元。与上年的{two(old)}万元相比，收、支总计各"
            f"{self.change(now, old, '增加|减少', '增长|下降')}，主要原因是{reason}。",
            f"2023年度收入总计{two(now)}万元，上年收入总计{two(old)}万元，比上年"
            f"{self.change(now, old, '增加|减少', '增长|降低')}。主要是{reason}。",
        ])  # fmt: skip

    def income(self) -> str:
        grant, business, other = (
            self.amount(60_000, 400_000), self.amount(4_000, 90_000), self.amount(900, 40_000),
        )  # fmt: skip
        whole = grant + business + other
        shares = [two(part / whole * 100) for part in (grant, business, other)]
        return self.dice.choice([
            f"本年收入合计{two(whole)}万元，其中：财政拨款收入{two(grant)}万元，占{shares[0]}%；"
            f"事业收入{two(business)}万元，占{shares[1]}%；其他收入{two(other)}万元，占{shares[2]}%。",
            f"2023年度收入合计{two(whole)}万元，包括：财政拨款收入{two(grant)}万元，占总收入的{shares[0]}%；"
            f"事业收入{two(business)}万元，占总收入的{shares[1]}%；"
            f"其他收入{two(other)}万元，占总收入的{shares[2]}%。",
        ])  # fmt: skip

    def spending(self) -> str:
        basic, project = self.amount(50_000, 400_000), self.amount(20_000, 200_000)
        whole = basic + project
        shares = [two(part / whole * 100) for part in (basic, project)]
        return (
            f"本年支出合计{two(whole)}万元，其中：基本支出{two(basic)}万元，占{shares[0]}%；"
            f"项目支出{two(project)}万元，占{shares[1]}%。"
        )

    def subject(self) -> str:
        name, more, less = self.dice.choice(SUBJECTS)
        plan = self.amount(1_200, 60_000)
        done = self.around(plan)
        rate = two(done / plan * 100)
        word, reason = ("大于", more) if done > plan else ("小于", less)
        return self.dice.choice([
            f"{name}年初预算为{two(plan)}万元，支出决算为{two(done)}万元，完成年初预算的{rate}%。"
            f"决算数{word}年初预算数的主要原因是{reason}。",
            f"{name}。年初预算{two(plan)}万元，支出决算{two(done)}万元，完成年初预算的{rate}%，"
            f"决算数{word}预算数，主要是{reason}。",
            f"{name}支出{two(done)}万元，年初预算{two(plan)}万元，完成预算的{rate}%，"
            f"较年初预算{self.change(done, plan, '增加|减少', '增长|下降')}，主要原因是{reason}。",
        ])  # fmt: skip

    def basic(self) -> str:
        people, office = self.amount(30_000, 300_000), self.amount(3_000, 60_000)
        return self.dice.choice([
            f"2023年度一般公共预算财政拨款基本支出{two(people + office)}万元，其中：人员经费{two(people)}万元，"
            f"主要包括基本工资、津贴补贴、绩效工资等；公用经费{two(office)}万元，主要包括办公费、水电费等。",
            f"一般公共预算财政拨款基本支出决算{two(people + office)}万元，其中人员经费{two(people)}万元、"
            f"公用经费{two(office)}万元。",
        ])  # fmt: skip

    def guests(self) -> str:
        car, meal = self.amount(300, 2_500), self.amount(80, 900)
        whole = car + meal
        plan, old = self.around(whole), self.around(whole)
        if plan < whole:
            plan = whole + self.amount(20, 300)
        return self.dice.choice([
            f"“三公”经费财政拨款支出预算为{two(plan)}万元，支出决算为{two(whole)}万元，完成预算的"
            f"{two(whole / plan * 100)}%，决算数小于预算数的主要原因是落实过紧日子要求。其中："
            f"公务用车购置及运行维护费支出决算{two(car)}万元，占{two(car / whole * 100)}%；"
            f"公务接待费支出决算{two(meal)}万元，占{two(meal / whole * 100)}%。",
            f"“三公”经费支出{two(whole)}万元，比上年的{two(old)}万元"
            f"{self.change(whole, old, '增加|减少', '增长|下降')}。其中：公务接待费{two(meal)}万元、"
            f"公务用车运行维护费{two(car)}万元。",
        ])  # fmt: skip

    def office(self) -> str:
        now = self.amount(2_000, 40_000)
        old = self.around(now)
        return self.dice.choice([
            f"本部门2023年度机关运行经费支出{two(now)}万元，比上年决算数{two(old)}万元"
            f"{self.change(now, old, '增加|减少', '增长|下降')}，主要原因是办公用房维修费用变动。",
            f"机关运行经费2023年支出{two(now)}万元，2022年支出{two(old)}万元，较上年"
            f"{self.change(now, old, '增加|减少', '增长|降低')}。",
        ])  # fmt: skip

    def bought(self) -> str:
        goods, works, services = (self.amount(200, 40_000) for _ in range(3))
        whole = goods + works + services
        small = (whole * Decimal(self.dice.randrange(30, 95)) / 100).quantize(Decimal("0.01"))
        return (
            f"政府采购支出总额{two(whole)}万元，其中：政府采购货物支出{two(goods)}万元、政府采购工程支出"
            f"{two(works)}万元、政府采购服务支出{two(services)}万元。授予中小企业合同金额{two(small)}万元，"
            f"占政府采购支出总额的{two(small / whole * 100)}%。"
        )

    def assets(self) -> str:
        law, duty, other = (self.dice.randrange(1, 9) for _ in range(3))
        return (
            f"截至2023年12月31日，本部门共有车辆{law + duty + other}辆，其中：执法执勤用车{law}辆、"
            f"应急保障用车{duty}辆、其他用车{other}辆。"
        )

    def evaluated(self) -> str:
        basic, project = self.amount(20_000, 90_000), self.amount(10_000, 80_000)
        plan = basic + project
        done = (plan * Decimal(self.dice.randrange(70, 99)) / 100).quantize(Decimal("0.01"))
        return (
            f"对专项资金开展绩效评价，涉及全年预算{two(plan)}万元，其中中央资金{two(basic)}万元、县级资金"
            f"{two(project)}万元，实际支出{two(done)}万元，执行率{two(done / plan * 100)}%。"
        )


PARAGRAPHS = (
    Account.totals, Account.income, Account.spending, Account.subject, Account.basic,
    Account.guests, Account.office, Account.bought, Account.assets, Account.evaluated,
)  # fmt: skip
_FIGURE = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?=万元|%|辆)")


def changed_once(text: str, dice: random.Random) -> Iterator[str]:
    """The text with each of its figures changed, one at a time."""
    for match in _FIGURE.finditer(text):
        old = Decimal(match.group())
        if "." in match.group():
            new = two(old * Decimal(dice.choice(("0.72", "0.9", "1.11", "1.4"))) + Decimal("0.07"))
        else:
            new = str(old + dice.choice((1, 2, 3)))
        yield text[: match.start()] + new + text[match.end() :]


@cache
def bare(name: str) -> Submission:
    """A submission with no table filled but the name and the year."""
    given = {"基本信息": f"部门名称 | {name}\n评价年度 | 2023", "报告正文": "一、部门概况 | 见各句"}
    return submission(Case("BARE", name="没有表的部门", given=given), TEMPLATE)


def proved(text: str, name: str) -> list[Finding]:
    return findings_in(text, bare(name))


def judged(
    departments: int, seed: int
) -> tuple[Counter[str], Counter[str], list[str], list[tuple[str, str]]]:
    """Figures changed and found by paragraph; missed; right paragraphs that are accused."""
    dice = random.Random(seed)
    asked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed, accused = [], []
    for _ in range(departments):
        account = Account(dice)
        for paragraph in PARAGRAPHS:
            text = paragraph(account)
            accused += [(text, one.message) for one in proved(text, account.name)]
            for wrong in changed_once(text, dice):
                hit = bool(proved(wrong, account.name))
                asked[paragraph.__name__] += 1
                found[paragraph.__name__] += hit
                missed += [] if hit else [wrong]
    return asked, found, missed, accused


def test_explanations_of_final_accounts() -> None:
    asked, found, missed, accused = judged(DEPARTMENTS, 5)
    assert accused == []
    assert found.total() >= 0.9 * asked.total(), missed[:20]


if __name__ == "__main__":
    asked, found, missed, accused = judged(int(sys.argv[1]), int(sys.argv[2]))
    for name in sorted(asked):
        print(f"{name:<12}{asked[name]:>6}{found[name]:>6}")
    print(f"changed {asked.total()}, found {found.total()}; right ones accused {len(accused)}")
    print(*missed[:25], *(f"accused: {one}" for one in accused[:15]), sep="\n")
