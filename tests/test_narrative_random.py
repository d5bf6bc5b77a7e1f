"""Random departments and random ways of writing: nothing right is accused, and a number that is changed is found there."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from cases import Case, submission

from jixiao_xlsx.checker import run_rules
from jixiao_xlsx.model import Finding, Severity, Submission
from jixiao_xlsx.narrative.vocabulary import fold
from jixiao_xlsx.rules import Desk, coded_rules
from jixiao_xlsx.spec import find_template

TEMPLATE = replace(find_template(), severities={})  # the rules' own severities, whatever the form says of them
RULES = [rule for rule in coded_rules() if rule.code.startswith("NAR")]
DEPARTMENTS = 60
Money = dict[str, int]  # 分


def department(dice: random.Random) -> Money:
    """Figures that belong together, in 分."""
    wages, office, project = (dice.randrange(3_000_000, 900_000_000) for _ in range(3))
    spent = wages + office + project
    budget = int(spent * dice.uniform(1.0, 1.2))
    original = int(budget * dice.uniform(0.8, 1.0))
    reception, cars = dice.randrange(100_000, 5_000_000), dice.randrange(100_000, 9_000_000)
    return {
        "wages": wages, "office": office, "basic": wages + office, "project": project, "spent": spent, "budget": budget,
        "original": original, "reception": reception, "cars": cars, "three": reception + cars,
        "three_before": int((reception + cars) * dice.uniform(0.7, 1.4)), "posts": dice.randrange(5, 200),
    }  # fmt: skip


def yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:.2f}"


def wan(fen: int) -> str:
    return str((Decimal(fen) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP))


def percent(part: int, whole: int) -> str:
    return str((Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def tables(made: Money) -> dict[str, str]:
    return {
        "基本信息": f"部门名称 | 青禾县财政局\n评价年度 | 2023\n编制人数 | {made['posts']}",
        "收支总表": "项目 | 年初预算数 | 全年预算数 | 决算数\n"
        f"基本支出 | | | {yuan(made['basic'])}\n其中：人员经费 | | | {yuan(made['wages'])}\n其中：公用经费 | | | {yuan(made['office'])}\n"
        f"项目支出 | | | {yuan(made['project'])}\n本年支出合计 | {yuan(made['original'])} | {yuan(made['budget'])} | {yuan(made['spent'])}",
        "三公经费": "项目 | 上年决算数 | 预算数（全年） | 决算数\n"
        f"“三公经费”合计 | {yuan(made['three_before'])} | | {yuan(made['three'])}\n"
        f"公务接待费 | | | {yuan(made['reception'])}\n公务用车购置及运行维护费 | | | {yuan(made['cars'])}",
        "预算执行率": "资金 | 年初预算数 | 全年预算数 | 全年执行数 | 执行率\n"
        f"年度资金总额 | {yuan(made['original'])} | {yuan(made['budget'])} | {yuan(made['spent'])} | {percent(made['spent'], made['budget'])}%",
    }


def report(made: Money, dice: random.Random) -> list[str]:
    """Sentences in an order and with words of chance; a number that may be changed stands in [ ]."""
    money: Callable[[str], str] = lambda key: dice.choice([f"[{wan(made[key])}]万元", f"[{yuan(made[key])}]元"])  # noqa: E731
    who = dice.choice(["我单位", "我局", "青禾县财政局", "县财政局", "本部门", ""])
    year = dice.choice(["2023年", "2023年度", "本年", ""])
    change = made["three"] - made["three_before"]
    word, grown = ("增加", "增长") if change > 0 else ("减少", "下降")
    sentences = [
        f"{who}{year}{dice.choice(['支出合计', '本年支出合计', '总支出'])}{money('spent')}，其中：基本支出{money('basic')}、项目支出{money('project')}。",
        f"{year}人员经费{money('wages')}，公用经费{money('office')}，有力保障了机构运转。",
        f"人员经费、公用经费分别为{money('wages')}、{money('office')}。",
        f"{dice.choice(['预算执行率', '执行率'])}{dice.choice(['为', '达到', ''])}[{percent(made['spent'], made['budget'])}]%。",
        f"{dice.choice(['“三公”经费', '三公经费支出'])}{dice.choice(['决算', ''])}{money('three')}，其中公务接待费{money('reception')}。",
        f"基本支出[{wan(made['basic'])}]万元，占{dice.choice(['支出合计', '总支出'])}的[{percent(made['basic'], made['spent'])}]%。",
        f"{who}核定编制[{made['posts']}]{dice.choice(['人', '名'])}，联系电话0931-6123456。",
        f"年初预算批复后，按照财预〔2020〕10号文件要求开展自评，召开会议{dice.randrange(2, 9)}次，调研项目{dice.randrange(10, 60)}个。",
        f"支出年初预算为{money('original')}，全年预算为{money('budget')}。",
        f"人员经费、公用经费{dice.choice(['共计', '合计'])}{money('basic')}。",
    ]
    if change:
        gap = Decimal(wan(made["three"])) - Decimal(wan(made["three_before"]))
        sentences.append(
            f"“三公”经费{wan(made['three'])}万元，{dice.choice(['比', '较'])}上年{word}[{abs(gap)}]万元，{grown}[{percent(abs(change), made['three_before'])}]%。"
        )
    dice.shuffle(sentences)
    return sentences


def read(made: Money, text: str) -> Submission:
    return submission(Case("RANDOM", "随机", given={**tables(made), "报告正文": f"一、部门概况 | {text}"}), TEMPLATE)


def said(made: Money, text: str) -> tuple[Finding, ...]:
    return run_rules(Desk(read(made, text), TEMPLATE), RULES).findings


def changed(sentence: str, dice: random.Random) -> str:
    """The sentence with one of its numbers changed by at least a twentieth."""
    places = list(re.finditer(r"\[(\d+(?:\.\d+)?)\]", sentence))
    place = dice.choice(places)
    number = Decimal(place[1])
    factor = Decimal(str(round(dice.choice([dice.uniform(0.3, 0.9), dice.uniform(1.1, 2.5)]), 3)))
    step = Decimal(1).scaleb(int(number.as_tuple().exponent))
    other = (number * factor).quantize(step)
    other = other if other != number else number + 3 * step
    return sentence[: place.start(1)] + str(other) + sentence[place.end(1) :]


def bare(text: str) -> str:
    return text.replace("[", "").replace("]", "")


def test_right_reports_are_left_alone_and_changed_numbers_are_found() -> None:
    dice = random.Random(6)
    accused, missed, tried = [], [], 0
    for _ in range(DEPARTMENTS):
        made = department(dice)
        sentences = report(made, dice)
        accused += [finding.message for finding in said(made, bare("".join(sentences)))]
        number = dice.choice([n for n, sentence in enumerate(sentences) if "[" in sentence])
        wrong = bare(changed(sentences[number], dice))
        tried += 1
        text = "".join(bare(one) if n != number else wrong for n, one in enumerate(sentences))
        found = [finding for finding in said(made, text) if finding.severity is not Severity.NOTE]
        if not any(fold(finding.reported.lstrip("…")) in fold(wrong) for finding in found):
            missed.append((wrong, [finding.reported for finding in found]))
    assert accused == []
    assert len(missed) / tried <= 0.05, missed
