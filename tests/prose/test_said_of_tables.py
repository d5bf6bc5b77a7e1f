"""Sentences about what the tables have, by pattern: items × roles × orders × numerals.

The patterns are written without the frames and import nothing of the words engine. A wrong sentence
differs from a right one in one number or one word of direction.
`python tests/prose/test_said_of_tables.py 10000 1` prints the figures by pattern.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from test_corpora import findings_in

from jixiao_xlsx.values.severity import Severity

SENTENCES = 400
# of tests/prose/corpora/book.toml, in 元: names, 年初预算, 全年预算, 决算
MONEY = (
    (("基本支出",), "6500000", "6800000", "6745210.35"),
    (("项目支出",), "3850000", "4250000", "4012366.80"),
    (("人员经费",), "5200000", "5400000", "5386905.15"),
    (("公用经费",), "1300000", "1400000", "1358305.20"),
    (("本年支出", "支出合计", "总支出", "部门支出"), "10350000", "11050000", "10757577.15"),
    (("本年收入", "本年收入合计"), "10000000", "10700000", "10638818.60"),
    (("其他收入",), "200000", "200000", "186500"),
)  # fmt: skip
# names, 上年, 全年预算, 决算
YEARLY = (
    (("“三公”经费", "三公经费", "“三公”经费支出"), "83500", "80000", "70940"),
    (("公务接待费",), "21500", "20000", "18640"),
    (("公务用车运行维护费", "公车运行维护费"), "62000", "60000", "52300"),
    (("会议费",), "30000", "30000", "24500"),
)  # fmt: skip
PURCHASES = (
    (("政府采购", "全年政府采购"), "650000", "627000"),
    (("货物类采购", "货物采购"), "400000", "385200"),
    (("服务类采购", "服务采购"), "250000", "241800"),
)  # fmt: skip
SHARES = (
    (("基本支出",), "6745210.35"), (("项目支出",), "4012366.80"),
)  # fmt: skip
PEOPLE = (("年末在职人员", "40", "人"), ("年末在职", "40", "人"), ("编制数", "42", "人"),
          ("核定编制", "42", "人"), ("公务用车", "2", "辆"))  # fmt: skip
ASSETS = ((("固定资产原值",), "5486956"), (("累计折旧",), "2105330"),
          (("固定资产净值",), "3381626"))  # fmt: skip


def changed(value: Decimal, dice: random.Random) -> Decimal:
    """Another number, off by at least a fiftieth."""
    factor = dice.choice(("0.71", "0.9", "1.08", "1.35", "2.1"))
    return value * Decimal(factor)


class Pen:
    """One sentence at a time; of a wrong one, one number is another."""

    def __init__(self, dice: random.Random, *, wrong: bool) -> None:
        self.dice, self.wrong = dice, wrong

    def one(self, *words: str) -> str:
        return self.dice.choice(words)

    def yuan(self, amount: str | Decimal, *, off: bool = False) -> str:
        """An amount of 元 in one of the numerals people use."""
        value = Decimal(amount)
        if off and self.wrong:
            value = changed(value, self.dice).quantize(Decimal("0.01"))
        wan = (value / 10000).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return self.one(
            f"{wan}万元", f"{wan}万元", f"{wan:,}万元", f"{wan} 万元", f"{value:,.2f}元"
        )

    def percent(self, part: Decimal, whole: Decimal, *, off: bool = False) -> str:
        rate = part / whole * 100
        if off and self.wrong:
            rate = changed(rate, self.dice)
        two = rate.quantize(Decimal("0.01"), ROUND_HALF_UP)
        return self.one(f"{two}%", f"{two}%", f"百分之{two}", f"{two}％")

    def opening(self) -> str:
        return self.one("", "", "2023年，", "全年", "我局", "2023年度我局", "截至2023年末，")

    def figure(self) -> str:
        names, original, budget, done = self.dice.choice(MONEY)
        role, value = self.dice.choice(
            [("年初预算", original), ("年初预算数", original), ("全年预算", budget),
             ("调整后预算", budget), ("决算", done), ("决算数", done)]
        )  # fmt: skip
        verb = self.one("为", "", "是")
        opening = self.one("", "2023年，")
        return f"{opening}{self.one(*names)}{role}{verb}{self.yuan(value, off=True)}。"

    def pair(self) -> str:
        names, original, budget, done = self.dice.choice(MONEY)
        plan, value = self.dice.choice([("年初预算", original), ("全年预算", budget)])
        first, second = self.dice.sample([True, False], 2)
        return (
            f"{self.one(*names)}{plan}{self.one('', '为', '数')}{self.yuan(value, off=first)}，"
            f"{self.one('决算', '决算数', '实际完成')}{self.one('', '为')}{self.yuan(done, off=second)}。"
        )

    def completion(self) -> str:
        names, original, budget, done = self.dice.choice(MONEY)
        plan, value = self.dice.choice([("年初预算", original), ("全年预算", budget)])
        rate = self.percent(Decimal(done), Decimal(value), off=True)
        return self.one(
            f"{self.one(*names)}决算{self.yuan(done)}，完成{plan}{self.yuan(value)}的{rate}。",
            f"{self.one(*names)}{plan}{self.yuan(value)}，决算{self.yuan(done)}，完成{plan}的{rate}。",
            f"{self.one(*names)}完成{plan}的{rate}。",
        )

    def against_plan(self) -> str:
        names, original, _, done = self.dice.choice(MONEY)
        gap = Decimal(done) - Decimal(original)
        up = (gap > 0) != self.wrong
        verb = self.one("增加", "超出") if up else self.one("减少", "少支出")
        return f"{self.one(*names)}决算{self.yuan(done)}，比年初预算{verb}{self.yuan(abs(gap))}。"

    def last_year(self) -> str:
        names, before, _, done = self.dice.choice(YEARLY)
        old, new = Decimal(before), Decimal(done)
        return self.one(
            f"{self.one(*names)}{self.yuan(new)}，{self.one('比', '较')}上年{self.yuan(old)}减少"
            f"{self.yuan(old - new, off=True)}。",
            f"{self.one(*names)}{self.yuan(new)}，同比下降{self.percent(old - new, old, off=True)}。",
            f"{self.one(*names)}由上年的{self.yuan(old, off=True)}{self.one('减少到', '降至')}"
            f"{self.yuan(new)}。",
            f"{self.one(*names)}上年{self.yuan(old)}，本年{self.yuan(new, off=True)}。",
        )

    def direction(self) -> str:
        names, before, _, done = self.dice.choice(YEARLY)
        old, new = Decimal(before), Decimal(done)
        verb = self.one("增加", "增长") if self.wrong else self.one("减少", "下降")
        tail = self.yuan(old - new) if verb in {"增加", "减少"} else self.percent(old - new, old)
        than = self.one("比上年", "较上年", "同比")
        return f"{self.one(*names)}{self.yuan(new)}，{than}{verb}{tail}。"

    def bought(self) -> str:
        names, plan, done = self.dice.choice(PURCHASES)
        part, whole = Decimal(done), Decimal(plan)
        return self.one(
            f"{self.one(*names)}预算{self.yuan(plan)}，执行{self.yuan(done, off=True)}。",
            f"{self.one(*names)}预算{self.yuan(plan)}，实际执行{self.yuan(done)}，执行率"
            f"{self.percent(part, whole, off=True)}。",
        )

    def share(self) -> str:
        names, done = self.dice.choice(SHARES)
        whole = Decimal("10757577.15")
        rate = self.percent(Decimal(done), whole, off=True)
        return self.one(
            f"{self.one(*names)}{self.yuan(done)}，占"
            f"{self.one('支出合计', '本年支出', '总支出')}的{rate}。",
            f"本年支出{self.yuan(whole)}，其中{self.one(*names)}{self.yuan(done)}，占{rate}。",
        )

    def parts(self) -> str:
        first, second = self.dice.sample([True, False], 2)
        return self.one(
            f"本年支出{self.yuan('10757577.15')}，其中基本支出{self.yuan('6745210.35', off=first)}、"
            f"项目支出{self.yuan('4012366.80', off=second)}。",
            f"基本支出{self.yuan('6745210.35')}，包括人员经费{self.yuan('5386905.15', off=first)}、"
            f"公用经费{self.yuan('1358305.20', off=second)}。",
            f"人员经费、公用经费分别为{self.yuan('5386905.15', off=first)}、"
            f"{self.yuan('1358305.20', off=second)}。",
        )

    def people(self) -> str:
        name, number, unit = self.dice.choice(PEOPLE)
        right = int(number)
        told = right + self.dice.choice((1, 2, 3, 5)) if self.wrong else right
        return f"{self.one('', '我局', '2023年末')}{name}{self.one('', '为', '共')}{told}{unit}。"

    def assets(self) -> str:
        names, value = self.dice.choice(ASSETS)
        return (
            f"{self.one('', '截至年末，', '我局')}{self.one(*names)}{self.yuan(value, off=True)}。"
        )

    def rate(self) -> str:
        rate = Decimal("97.35") if not self.wrong else Decimal(self.dice.choice(("93.75", "79.35")))
        name = self.one("预算执行率", "部门预算执行率", "全年预算执行率", "整体预算执行率")
        return f"{self.one('', '2023年')}{name}{self.one('为', '达', '')}{rate}%。"


PATTERNS: tuple[Callable[[Pen], str], ...] = (
    Pen.figure, Pen.pair, Pen.completion, Pen.against_plan, Pen.last_year, Pen.direction,
    Pen.bought, Pen.share, Pen.parts, Pen.people, Pen.assets, Pen.rate,
)  # fmt: skip


def judged(
    number: int, seed: int
) -> tuple[Counter[str], Counter[str], Counter[str], list[str], list[str]]:
    """Of half right and half wrong sentences: asked, found, and found as 错误 or 警告 by pattern;
    missed; accused.
    """
    dice = random.Random(seed)
    asked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    sure: Counter[str] = Counter()
    missed, accused = [], []
    for at in range(number):
        pattern = dice.choice(PATTERNS)
        wrong = bool(at % 2)
        text = pattern(Pen(dice, wrong=wrong))
        findings = findings_in(text)
        hit = bool(findings)
        if wrong:
            sure[pattern.__name__] += any(one.severity is not Severity.NOTE for one in findings)
            asked[pattern.__name__] += 1
            found[pattern.__name__] += hit
            missed += [] if hit else [text]
        elif hit:
            accused.append(text)
    return asked, found, sure, missed, accused


def test_right_sentences_of_the_tables_are_left_alone_and_wrong_ones_are_found() -> None:
    asked, found, sure, missed, accused = judged(SENTENCES, 77)
    assert accused == []
    assert found.total() >= 0.97 * asked.total(), missed[:20]
    assert sure.total() >= 0.85 * asked.total()


if __name__ == "__main__":
    asked, found, sure, missed, accused = judged(int(sys.argv[1]), int(sys.argv[2]))
    for name in sorted(asked):
        print(f"{name:<14}{asked[name]:>6}{found[name]:>6}{sure[name]:>6}")
    print(
        f"wrong {asked.total()}, found {found.total()}, sure {sure.total()}"
        f"; right ones accused {len(accused)}"
    )
    print(*missed[:25], *(f"accused: {text}" for text in accused[:15]), sep="\n")
