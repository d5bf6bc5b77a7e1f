"""Random departments and random ways of writing: nothing right is accused, and a number that is
changed is found there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from cases import Case, submission

from jixiao_xlsx.checking.rule import coded_rules
from jixiao_xlsx.checking.run_rules import run_rules
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.prose import rules as prose_rules
from jixiao_xlsx.prose.evidence import ProseEvidence as Evidence
from jixiao_xlsx.prose.language.vocabulary import fold
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Finding
from jixiao_xlsx.values.severity import Severity

TEMPLATE = find_template()
RULES = [rule for rule in coded_rules(prose_rules) if rule.code.startswith("NAR1")]
DEPARTMENTS = 60  # tests/bench/words.py takes 500
Money = dict[str, int]  # 分
NAMES = (
    "青禾县财政局",
    "青禾县档案馆",
    "临水区机关事务服务中心",
    "白塔镇人民政府",
    "青禾县第二中学",
    "金川市残疾人联合会",
)
SUBJECTS = ("一般公共服务支出", "社会保障和就业支出", "卫生健康支出", "住房保障支出")


def department(dice: random.Random) -> Money:
    """Figures that belong together, in 分."""
    parts = [dice.randrange(3_000_000, 900_000_000) for _ in SUBJECTS]
    spent = sum(parts)
    basic = int(spent * dice.uniform(0.3, 0.8))
    wages = int(basic * dice.uniform(0.5, 0.9))
    budget = int(spent * dice.uniform(1.0, 1.2))
    original = int(budget * dice.uniform(0.8, 1.0))
    reception, cars = dice.randrange(100_000, 5_000_000), dice.randrange(100_000, 9_000_000)
    other, carried = dice.randrange(200_000, 30_000_000), dice.randrange(200_000, 90_000_000)
    goods, services = dice.randrange(200_000, 30_000_000), dice.randrange(200_000, 30_000_000)
    houses, devices = (
        dice.randrange(20_000_000, 900_000_000),
        dice.randrange(20_000_000, 300_000_000),
    )
    posts = dice.randrange(12, 200)
    return {
        "wages": wages,
        "office": basic - wages,
        "basic": basic,
        "project": spent - basic,
        "spent": spent,
        "budget": budget,
        "original": original,
        "reception": reception,
        "cars": cars,
        "three": reception + cars,
        "three_before": int((reception + cars) * dice.uniform(0.7, 1.4)),
        "three_planned": int((reception + cars) * dice.uniform(1, 1.3)),
        "posts": posts,
        "staff": posts - dice.randrange(0, 5),
        "other": other,
        "carried": carried,
        "fiscal": spent - other,
        "income": spent,
        "goods": goods,
        "services": services,
        "bought": goods + services,
        "houses": houses,
        "devices": devices,
        "assets": houses + devices,
        "sent": posts * 3,
        "valid": posts * 2 + 7,
    } | dict(zip(SUBJECTS, parts, strict=True))


def yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:.2f}"


def wan(fen: int) -> str:
    return str((Decimal(fen) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP))


def percent(part: int, whole: int) -> str:
    return str((Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def tables(made: Money, name: str) -> dict[str, str]:
    rows = "\n".join(f"县本级 | {subject} | {wan(made[subject])}" for subject in SUBJECTS)
    return {
        "基本信息": f"部门名称 | {name}\n评价年度 | 2023\n编制人数 | {made['posts']}\n年末在职人数（编内） | {made['staff']}",
        "收支总表": "项目 | 年初预算数 | 全年预算数 | 决算数\n"
        f"一般公共预算财政拨款收入 | | | {yuan(made['fiscal'])}\n其他收入 | | | {yuan(made['other'])}\n"
        f"本年收入合计 | | | {yuan(made['income'])}\n年末结转和结余 | | | {yuan(made['carried'])}\n"
        f"基本支出 | | | {yuan(made['basic'])}\n其中：人员经费 | | | {yuan(made['wages'])}\n其中：公用经费 | "
        f"| | {yuan(made['office'])}\n"
        f"项目支出 | | | {yuan(made['project'])}\n本年支出合计 | {yuan(made['original'])} | "
        f"{yuan(made['budget'])} | {yuan(made['spent'])}",
        "资金预算执行表": f"资金来源 | 支出功能分类科目 | 支出合计\n{rows}",
        "三公经费": "项目 | 上年决算数 | 预算数（全年） | 决算数\n"
        f"“三公经费”合计 | {yuan(made['three_before'])} | {yuan(made['three_planned'])} | "
        f"{yuan(made['three'])}\n"
        f"公务接待费 | | | {yuan(made['reception'])}\n公务用车购置及运行维护费 | | | {yuan(made['cars'])}",
        "固定资产": "资产类别 | 原值\n"
        f"房屋和构筑物 | {yuan(made['houses'])}\n设备 | {yuan(made['devices'])}\n固定资产原值合计 | "
        f"{yuan(made['assets'])}",
        "政府采购": "采购类别 | 执行数\n"
        f"货物 | {yuan(made['goods'])}\n工程 | 0\n服务 | {yuan(made['services'])}\n合计 | "
        f"{yuan(made['bought'])}",
        "满意度调查": "\n".join(
            ["调查对象 | 发放份数 | 回收份数 | 有效份数 | 很满意 | 满意 | 一般 | 不满意"]
            + [
                f"{who} | {made['sent']} | {made['sent']} | {made['valid']} | "
                f"{made['valid']} | 0 | 0 | 0"
                for who in ("服务对象", "合计")
            ]
        ),
        "预算执行率": "资金 | 年初预算数 | 全年预算数 | 全年执行数 | 执行率\n"
        f"年度资金总额 | {yuan(made['original'])} | {yuan(made['budget'])} | "
        f"{yuan(made['spent'])} | {percent(made['spent'], made['budget'])}%",
    }


@dataclass
class Pen:
    """Writes one report: its figures, its dice, its habits."""

    made: Money
    dice: random.Random
    name: str

    def __post_init__(self) -> None:
        own = "我" + next(
            (word for word in ("局", "馆", "中心", "镇", "校", "会") if self.name.endswith(word)),
            "单位",
        )
        self.who = [own, "我单位", "本单位", "本部门", self.name, ""]
        self.cut = self.dice.random() < 0.3  # whoever cuts digits off does so throughout
        self.year = ["2023年", "2023年度", "本年", "2023年，", ""]

    def one(self, *words: str) -> str:
        """One of several ways to say it."""
        return self.dice.choice(words)

    def money(self, key: str) -> str:
        """An amount of the tables, in one of the ways amounts are written."""
        fen, short = self.made[key], self.short(key)
        many = f"{Decimal(fen) / 100:,.2f}"
        return self.one(f"[{short}]万元", f"[{short}] 万元", f"[{yuan(fen)}]元", f"[{many}]元")

    def short(self, key: str) -> str:
        """The same in 万元, without the unit."""
        fen = self.made[key]
        return (
            str((Decimal(fen) / 1_000_000).quantize(Decimal("0.01"), ROUND_DOWN))
            if self.cut
            else wan(fen)
        )

    def opening(self) -> str:
        """Of whom and when."""
        return f"{self.one(*self.who)}{self.one(*self.year)}"

    def all_sentences(self) -> Iterator[str]:
        """Sentences about this department; a number that may be changed stands in [ ]."""
        made, one, money = self.made, self.one, self.money
        spent = one("支出合计", "本年支出合计", "总支出", "全年支出", "支出总额")
        yield (
            f"{self.opening()}{spent}{money('spent')}，其中：基本支出{money('basic')}、"
            f"项目支出{money('project')}。"
        )
        yield f"{self.opening()}人员经费{money('wages')}，公用经费{money('office')}，有力保障了机构运转。"
        yield f"人员经费{one('、', '和')}公用经费分别为{money('wages')}{one('、', '和')}{money('office')}。"
        yield (
            f"{one('部门', '', '全年')}{one('预算执行率', '执行率')}{one('为', '达到', '')}["
            f"{percent(made['spent'], made['budget'])}]%。"
        )
        yield (
            f"{one('“三公”经费', '三公经费支出')}{one('决算', '')}{money('three')}，"
            f"其中{one('', '：')}公务接待费{money('reception')}。"
        )
        yield (
            f"基本支出[{wan(made['basic'])}]万元，"
            f"占{one('支出合计', '总支出', '本年支出')}的[{percent(made['basic'], made['spent'])}]%。"
        )
        yield (
            f"项目支出{money('project')}，"
            f"占总支出{money('spent')}的[{percent(made['project'], made['spent'])}]%。"
        )
        yield (
            f"{one(*self.who)}核定编制[{made['posts']}]{one('人', '名')}，"
            f"年末在职[{made['staff']}]{one('人', '名')}，联系电话0931-6123456。"
        )
        yield f"支出年初预算为{money('original')}，全年预算为{money('budget')}。"
        yield f"人员经费、公用经费{one('共计', '合计')}{money('basic')}。"
        yield (
            f"人员经费{money('wages')}、公用经费{money('office')}，"
            f"{one('两项', '二者')}{one('合计', '共计')}{money('basic')}。"
            if one("1", "")
            else ""
        )
        yield (
            f"{self.opening()}{one('本年收入合计', '收入合计')}{money('income')}，"
            f"其中一般公共预算财政拨款收入{money('fiscal')}，其他收入{money('other')}。"
        )
        subjects = list(SUBJECTS)
        self.dice.shuffle(subjects)
        yield f"按功能分类，{one('、', '，').join(subject + money(subject) for subject in subjects)}。"
        yield f"年末结转和结余{money('carried')}，{one('按规定结转下年使用', '均为项目尾款')}。"
        yield f"政府采购{one('支出', '')}{money('bought')}，其中：货物类{money('goods')}、服务类{money('services')}。"
        yield f"固定资产原值{money('assets')}，由房屋和构筑物{money('houses')}和设备{money('devices')}构成。"
        yield f"发放{one('调查', '')}问卷[{made['sent']}]份，有效问卷[{made['valid']}]份。"
        yield (
            f"“三公”经费{one('全年', '')}预算{money('three_planned')}，支出{money('three')}，"
            f"完成预算的[{percent(made['three'], made['three_planned'])}]%。"
        )
        yield (
            f"全年支出[{self.short('spent')}]万元，基本支出[{self.short('basic')}]，"
            f"项目支出[{self.short('project')}]。"
        )
        basic, project = (
            percent(made["basic"], made["spent"]),
            percent(made["project"], made["spent"]),
        )
        yield f"{one('从支出性质看，', '')}基本支出占{one('总支出的', '')}[{basic}]%，项目支出占[{project}]%。"
        yield (
            f"基本支出占{one('总支出', '支出合计')}的{'零一二三四五六七八九'[made['basic'] * 10 // made['spent']]}成"
            f"{one('多', '以上')}。"
        )
        added = made["budget"] - made["original"]
        if added > 100_000_000:
            yield (
                f"年初预算{wan(made['original'])}万元，{one('年中', '执行中')}追加[{wan(added)}]万元，"
                f"{one('全年', '调整后')}预算{wan(made['budget'])}万元。"
            )
        change = made["three"] - made["three_before"]
        gap = abs(Decimal(wan(made["three"])) - Decimal(wan(made["three_before"])))
        if gap > Decimal("0.5"):
            word, grown = ("增加", "增长") if change > 0 else ("减少", "下降")
            rate, before, now = (
                percent(abs(change), made["three_before"]),
                wan(made["three_before"]),
                wan(made["three"]),
            )
            yield (
                f"“三公”经费{now}万元，{one('比', '较')}{one('上年', '2022年', '去年')}{word}[{gap}]万元，"
                f"{grown}[{rate}]%。"
            )
            yield f"“三公”经费支出{now}万元，{one('比', '较')}上年{one('的', '')}[{before}]万元{word}[{gap}]万元。"
            yield (
                f"“三公”经费由上年的[{before}]万元{'增至' if change > 0 else '降至'}[{now}]万元，{word}{gap}万元，"
                f"{grown}{rate}%。"
            )

    def innocent(self) -> Iterator[str]:
        """Sentences about others, other years, projects, heads, plans: any number may stand
        there.
        """
        any_money = f"{self.dice.randrange(3, 90_000) / 100:.2f}万元"
        number, share = self.dice.randrange(2, 60), self.dice.randrange(2, 98)
        yield f"年初预算批复后，按照财预〔2020〕10号文件要求开展自评，召开会议{number}次，调研项目{number + 3}个。"
        yield f"全{self.one('县', '市', '镇')}基本支出{number}亿元，项目支出{any_money}，占比{share}%。"
        yield f"下属{self.one('单位', '事业单位')}公用经费{any_money}，人员经费{any_money}。"
        yield f"2022年基本支出{any_money}，项目支出{any_money}。"
        yield f"2024年计划安排项目支出{any_money}，压减公用经费{number}%。"
        yield (
            f"{self.one('信息化', '办公楼维修', '培训')}项目全年预算{number * 100}万元，实际支出{number * share}万元，"
            f"执行率{share}%。"
        )
        yield f"人均公用经费{any_money}，每辆公务用车运行维护费{any_money}。"
        yield f"截至6月底，项目支出{any_money}，预算执行率{share}%。"
        yield f"公用经费节约{any_money}，主要用于弥补办公经费不足。"
        yield f"追加预算{any_money}，其中人员经费{any_money}。"
        yield f"对县教育局2022年度项目支出{any_money}进行了检查，涉及单位{number}家。"
        yield f"问卷回收率{share}%，整改问题{number}个，办结率{share}%。"

    def report(self) -> list[str]:
        """A report in an order of chance, with headings or without."""
        all_sentences = [sentence for sentence in self.all_sentences() if sentence]
        others = [sentence for sentence in self.innocent() if self.dice.random() < 0.5]
        sentences = all_sentences + [f"\n{sentence}\n" for sentence in others]
        self.dice.shuffle(sentences)
        if self.dice.random() < 0.5:
            sentences.insert(
                len(sentences) // 2,
                self.one("\n（一）预算执行情况分析\n", "\n（一）过程情况分析\n", "\n"),
            )
        return sentences


def findings_in(made: Money, name: str, text: str) -> tuple[Finding, ...]:
    read = submission(
        Case("RANDOM", "随机", given={**tables(made, name), "报告正文": "一、部门概况 | …"}),
        TEMPLATE,
    )
    return run_rules(Evidence(with_text(read, text), TEMPLATE), RULES).findings


def with_text(read: Submission, text: str) -> Submission:
    """The submission with this report, line breaks and all."""
    table = read["报告正文"]
    cells = {
        title: cell._replace(raw=text, value=text) for title, cell in table.rows[0].cells.items()
    }
    return replace(
        read,
        tables={
            **read.tables,
            "报告正文": replace(table, rows=(replace(table.rows[0], cells=cells),)),
        },
    )


def changed(sentence: str, dice: random.Random) -> str:
    """The sentence with one of its numbers changed by at least a twentieth."""
    place = dice.choice(list(re.finditer(r"\[([\d,]+(?:\.\d+)?)\]", sentence)))
    number = Decimal(place[1].replace(",", ""))
    factor = Decimal(str(round(dice.choice([dice.uniform(0.3, 0.9), dice.uniform(1.1, 2.5)]), 3)))
    step = Decimal(1).scaleb(int(number.as_tuple().exponent))
    other = (number * factor).quantize(step)
    other = other if other != number else number + 3 * step
    wrong_number = f"{other:,}" if "," in place[1] else str(other)
    return sentence[: place.start(1)] + wrong_number + sentence[place.end(1) :]


def bare(text: str) -> str:
    return text.replace("[", "").replace("]", "")


def judged(
    number: int, dice: random.Random, log: Callable[[str], object] = lambda line: None
) -> tuple[list[str], list[str]]:
    """Of so many departments: what is said of right reports, and the changed sentences of which
    nothing is said.
    """
    accused, missed = [], []
    for _ in range(number):
        made, name = department(dice), dice.choice(NAMES)
        sentences = Pen(made, dice, name).report()
        found = findings_in(made, name, bare("".join(sentences)))
        accused += [f"{finding.severity} {finding.message}" for finding in found]
        place = dice.choice([n for n, sentence in enumerate(sentences) if "[" in sentence])
        wrong = bare(changed(sentences[place], dice))
        text = "".join(bare(one) if n != place else wrong for n, one in enumerate(sentences))
        found = tuple(
            finding
            for finding in findings_in(made, name, text)
            if finding.severity is not Severity.NOTE
        )
        if not any(fold(finding.reported.lstrip("…")) in fold(wrong) for finding in found):
            missed.append(wrong)
            log(f"没有查出：{wrong}")
    return accused, missed


def test_right_reports_are_left_alone_and_changed_numbers_are_found() -> None:
    accused, missed = judged(DEPARTMENTS, random.Random(6))
    assert accused == []
    assert len(missed) / DEPARTMENTS <= 0.05, missed
