"""The indicator table of a random department: results, fair scores as a clerk works them out,
reasons where points are lost.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from departments import JUDGED, TRIPS, Maker, as_percent, half_up

LIBRARY = (
    Path(__file__).resolve().parents[2] / "workbook_templates" / "bumen-zhengti" / "indicators.csv"
)
GOOD = ("健全", "达成", "规范", "良好")
FAIR = ("部分达成", "基本达成", "较健全")
REASON = "个别环节进度偏慢，已列入下年整改。"
Bases = Mapping[str, tuple[int, int]]


@dataclass
class Item:
    """A row as it will be typed. `score` None: nothing typed."""

    level1: str
    level2: str
    name: str
    sign: str
    weight: Fraction
    target: str
    unit: str
    actual: object = ""
    rate: object = None
    score: Fraction | None = None
    reason: str = ""
    percent: bool = False


def judge(maker: Maker, bases: Bases, execution: Fraction) -> Decimal:
    """Fills the table; the 自评总分 that follows."""
    items = [one for line in _library() for one in _items(maker, line)]
    for item in items:
        _result(maker, item, bases)
    if all(item.score == item.weight for item in items if item.score is not None):
        last = next(i for i in items if i.name == "长效管理体制健全性")
        last.score, last.reason = last.weight - Fraction(1, 2), REASON
    for number, item in enumerate(items):
        _type(maker, number, item)
    weights, scores = (
        sum((i.weight for i in items), Fraction(0)),
        sum((i.score or Fraction(0) for i in items), Fraction(0)),
    )
    maker.put(JUDGED, "合计", "权重", float(weights))
    maker.put(JUDGED, "合计", "指标得分", float(scores))
    if maker.shape("评价表公式", 0.3):
        for column in ("权重", "指标得分"):
            maker.live(
                (JUDGED, "合计", column), *((1, (JUDGED, n, column)) for n in range(len(items)))
            )
    applicable = sum((i.weight for i in items if i.actual != "不适用"), Fraction(0))
    if applicable != weights and maker.shape("折算总分", 0.5):
        return half_up(scores / applicable * 90 + execution, 2)
    return half_up(scores + execution, 2)


def _library() -> list[dict[str, str]]:
    with LIBRARY.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _items(maker: Maker, line: Mapping[str, str]) -> list[Item]:
    """A line of the form, or several of the department's own in its place."""
    weight = Fraction(line["权重"])
    kept = Item(
        line["一级指标"],
        line["二级指标"],
        line["三级指标"],
        line["指标方向"],
        weight,
        line["目标值"],
        line["计量单位"],
    )
    if line["类别"] == "共性" or kept.name == "满意度" or not maker.shape("自设指标", 0.35):
        return [kept]
    count = maker.dice.randint(1, 3)
    shares = (
        [weight]
        if count == 1
        else [Fraction(9, 2)] * 3
        if count == 3
        else [Fraction(8), weight - 8]
    )
    return [_own(maker, kept, number, share) for number, share in enumerate(shares)]


def _own(maker: Maker, like: Item, number: int, weight: Fraction) -> Item:
    name = f"{like.level2}自设{'甲乙丙'[number]}项"
    kind = maker.pick("场次", "比例", "成效", "次数")
    if kind == "场次":
        return Item(
            like.level1, like.level2, name, "≥", weight, str(maker.dice.randint(8, 200)), "场"
        )
    if kind == "次数":
        return Item(
            like.level1, like.level2, name, "≤", weight, str(maker.dice.randint(8, 200)), "次"
        )
    if kind == "比例":
        return Item(like.level1, like.level2, name, maker.pick("≥", "="), weight, "100%", "%")
    return Item(like.level1, like.level2, name, "定性", weight, "良好", "")


# ------------------------------------------------------------------------------------------ results


def _result(maker: Maker, item: Item, bases: Bases) -> None:
    if item.name == "人员变动情况":
        item.actual = maker.pick("退休1人、招录1人", "无变动")
        item.score = item.weight if maker.chance(0.7) else item.weight - Fraction(1, 2)
        item.reason = "" if item.score == item.weight else REASON
    elif item.sign == "定性":
        _in_words(maker, item)
    elif item.name in bases and not bases[item.name][1]:
        _nothing_to_divide(maker, item, bases[item.name][0])
    elif item.name in bases:
        _in_numbers(maker, item, Fraction(*bases[item.name]))
    elif item.unit == "%":
        low, high = (
            (Fraction(9, 10), Fraction(1))
            if item.target == "100%"
            else (Fraction(94, 100), Fraction(1))
        )
        _in_numbers(maker, item, low + (high - low) * maker.dice.randint(0, 1000) / 1000)
    else:
        target = int(item.target)
        _in_numbers(maker, item, Fraction(maker.dice.randint(target * 8 // 10, target * 12 // 10)))


def _in_words(maker: Maker, item: Item) -> None:
    if maker.chance(0.85):
        item.actual = maker.pick(*GOOD)
        item.score = item.weight if maker.chance(0.8) else item.weight * Fraction(9, 10)
    else:
        item.actual = maker.pick(*FAIR)
        item.score = item.weight * Fraction(7, 10)
    item.reason = "" if item.score == item.weight else REASON


def _nothing_to_divide(maker: Maker, item: Item, top: int) -> None:
    if item.name == "“三公经费”控制率" and TRIPS in maker.book.ticks and maker.chance(0.5):
        item.actual, item.score = "0%", item.weight
        return
    item.actual, item.reason = "不适用", "本单位本年度无此项，基数为零。"
    maker.book.shapes.add("不适用")


def _in_numbers(maker: Maker, item: Item, exact: Fraction) -> None:
    """Typed with two decimals of a percentage; the clerk scores from what is typed or from what is
    exact.
    """
    if item.unit != "%":
        typed = Fraction(int(exact))
        item.actual = int(typed) if maker.chance(0.6) else str(int(typed))
    else:
        digits = 2 if maker.chance(0.8) else 4
        typed = Fraction(half_up(exact, digits + 2))
        item.actual = as_percent(exact, digits)
        if maker.chance(0.25):
            item.actual, item.percent = float(half_up(exact, digits + 2)), True
    basis = typed if maker.chance(0.5) else exact
    target = _target(item)
    item.score = Fraction(half_up(_fair(item, basis, target), 2))
    if item.score < item.weight or (basis != typed and _fair(item, typed, target) < item.weight):
        item.reason = REASON
    if target > 0 and typed >= 0 and maker.chance(0.7):
        item.rate = _completion(maker, item, typed, target)


def _target(item: Item) -> Fraction:
    return Fraction(item.target.removesuffix("%")) / (100 if item.target.endswith("%") else 1)


def _fair(item: Item, actual: Fraction, target: Fraction) -> Fraction:
    """财预〔2020〕10号: full marks when the target is reached, else in proportion; 变动率: 1 % of the
    weight a point.
    """
    if item.name == "结转结余变动率":
        return item.weight * max(1 - max(actual - target, Fraction(0)), Fraction(0))
    if item.sign == "≤":
        return item.weight if actual <= target else item.weight * target / actual
    if item.sign == "=":
        return item.weight * max(min(actual, target), Fraction(0)) / max(actual, target)
    return item.weight if actual >= target else item.weight * max(actual, Fraction(0)) / target


def _completion(maker: Maker, item: Item, actual: Fraction, target: Fraction) -> object:
    value = actual / target
    if item.sign == "≤" and actual and maker.chance(0.3):
        value = target / actual
    return float(half_up(value, 4)) if maker.chance(0.7) else as_percent(value, 2)


def _type(maker: Maker, number: int, item: Item) -> None:
    target: object = item.target or None
    if item.unit not in {"", "%"} and item.target and maker.chance(0.5):
        target = int(item.target)
    cells: dict[str, object] = {
        "一级指标": item.level1,
        "二级指标": item.level2,
        "三级指标": item.name,
        "指标方向": item.sign or None,
        "计量单位": item.unit or None,
        "权重": float(item.weight),
        "目标值": target,
        "业绩值": item.actual,
        "完成率": item.rate,
        "指标得分": None if item.score is None else float(item.score),
        "偏差原因及改进措施": item.reason or None,
    }
    for column, value in cells.items():
        maker.put(JUDGED, number, column, value)
    if item.percent:
        maker.book.percents.add((JUDGED, number, "业绩值"))
    if isinstance(item.rate, float):
        maker.book.percents.add((JUDGED, number, "完成率"))
