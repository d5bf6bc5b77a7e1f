"""The indicator table of an honest clerk: results from the accounts, scores by the rule of each
indicator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from county.money import half_up, percent, vary

NA = "不适用"
WORDS = ("健全", "规范", "良好", "达成")
REASONS = {
    "基本支出预算执行率": "公用经费据实列支，年末有少量结余，今后加快支付进度。",
    "项目支出预算执行率": "部分项目跨年实施，按进度支付，下年加强前期准备。",
    "“三公经费”控制率": "车辆老旧、维修增多，今后严格控制。",
    "结转结余变动率": "专款年末才下达，来不及支付，下年尽快使用。",
    "在职人员控制率": "上级安置人员暂未核增编制，已报编办。",
    "工作完成情况": "个别任务受天气影响推迟，已列入下年一季度。",
    "实际完成成果": "个别成果未达预期，已调整工作方法。",
    "满意度": "少数服务对象反映办理时间偏长，已简化环节。",
    "人员变动情况": "退休人员多于补充人员，已报用编计划。",
    "档案归档及时性": "部分业务档案移交较晚，已明确归档时限。",
}
TIER_REASON = "制度执行还有不到位之处，已列入下年整改。"


@dataclass(frozen=True)
class Indicator:
    """A line of the table as it is going to be typed; None in `score` asks for the fair one."""

    level1: str
    level2: str
    name: str
    direction: str
    weight: Fraction
    target: str
    actual: str
    unit: str = "%"
    score: float | str | None = None
    rate: float | str | None = None
    reason: str = ""
    exact: Fraction | None = None
    per_point: Fraction = Fraction(0)

    def cells(self) -> dict[str, object]:
        fair = self.fair()
        score = self.score if self.score is not None or fair is None else float(half_up(fair, 2))
        if isinstance(score, float) and score == float(self.weight):
            score = float(self.weight)
        short = isinstance(score, int | float) and score < float(self.weight)
        reason = self.reason or (REASONS.get(self.name, TIER_REASON) if short else None)
        return {
            "一级指标": self.level1,
            "二级指标": self.level2,
            "三级指标": self.name,
            "指标方向": self.direction or None,
            "计量单位": self.unit or None,
            "权重": float(self.weight),
            "目标值": self.target or None,
            "业绩值": self.actual,
            "完成率": self.rate if self.rate is not None else self.completion(),
            "指标得分": score,
            "偏差原因及改进措施": reason,
        }

    def fair(self) -> Fraction | None:
        """The score by the rule; None where a clerk has to judge."""
        if self.actual == NA or self.direction == "":
            return None
        typed, target = number(self.actual), number(self.target)
        if self.direction == "定性":
            return self.weight * (Fraction(1) if typed is None else min(typed, Fraction(1)))
        if typed is None or target is None:
            return None
        by_typed = self._fair(typed, target)
        assert self.exact is None or half_up(self._fair(self.exact, target), 2) == half_up(
            by_typed, 2
        ), self.name
        return by_typed

    def _fair(self, actual: Fraction, target: Fraction) -> Fraction:
        if self.per_point:
            return self.weight * max(
                1 - max(actual - target, Fraction(0)) * 100 * self.per_point, Fraction(0)
            )
        if self.direction == "≤":
            return self.weight if actual <= target else self.weight * target / actual
        if self.direction == "=":
            return self.weight * min(actual, target) / max(actual, target)
        return self.weight if actual >= target else self.weight * actual / target

    def completion(self) -> float | None:
        """完成率 = 实际 ÷ 目标, where both are numbers."""
        actual, target = number(self.actual), number(self.target)
        if actual is None or not target or self.direction in {"", "定性"}:
            return None
        return float(half_up(actual / target, 4))


def number(text: str) -> Fraction | None:
    """“≥95%” → 0.95, “12” → 12, words → None."""
    digits = text.lstrip("≥≤=<>").removesuffix("%")
    try:
        return Fraction(digits) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None


def results(key: str) -> Mapping[str, str]:
    """业绩值 of the indicators that no other sheet decides, a little different in every department."""
    done = ("100%", "98.5%", "99%", "98%", "100%")[vary(key + "完成", 0, 4)]
    return {
        "工作完成情况": done,
        "实际完成成果": percent(Fraction(vary(key + "成果", 952, 989), 1000), 1),
        "档案归档及时性": percent(Fraction(vary(key + "档案", 96, 100), 100), 0),
        "人员变动情况": ("调入1人、退休1人", "退休2人、招录1人", "无变动", "调出1人、招录2人")[
            vary(key + "人员", 0, 3)
        ],
        "财务管理制度健全性": ("健全", "达成")[vary(key + "财务", 0, 1)],
        "资金使用规范性": ("规范", "达成")[vary(key + "资金", 0, 1)],
        "政府采购规范性": ("达成", "规范")[vary(key + "采购", 0, 1)],
        "资产管理规范性": ("规范", "达成")[vary(key + "资产", 0, 1)],
        "重点工作管理制度健全性": ("健全", "达成")[vary(key + "重点", 0, 1)],
        "履职效果社会影响程度": ("良好", "达成")[vary(key + "影响", 0, 1)],
        "长效管理体制健全性": ("达成", "健全")[vary(key + "长效", 0, 1)],
    }
