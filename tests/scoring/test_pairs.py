"""Targets and what was reached, in the manner of real tables of eight provinces (pairs.csv).

They were written before their writer had looked at how figures are read; 对 says that the score
follows from the two, 错 that it does not.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from cases import Case, submission

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.values.severity import Severity

TEMPLATE = find_template("xiangmu-zhichu")
TABLE = "绩效指标"
WITH_REASON = "受天气影响，进度推迟，已安排补做。"


def pairs(verdict: str) -> list[dict[str, str]]:
    """The pairs of a verdict."""
    text = Path(__file__).with_name("pairs.csv").read_text(encoding="utf-8")
    return [row for row in csv.DictReader(text.splitlines()) if row["判定"] == verdict]


def held_against(pair: Mapping[str, str]) -> list[str]:
    """What is said against one row of the project form, 提示 left out."""
    short = float(pair["得分"]) < float(pair["分值"])
    row = {
        "一级指标": _level1(pair["二级指标"]),
        **{title: pair[title] for title in ("二级指标", "三级指标")},
        **{title: _typed(pair[title]) for title in ("年度指标值", "实际完成值", "分值", "得分")},
        "偏差原因分析及改进措施": WITH_REASON if short else "",
    }
    text = f"{' | '.join(row)}\n{' | '.join(row.values())}"
    given = {"基本信息": "评价年度 | 2023", TABLE: text}
    read = submission(Case("TEST", "对子", given=given), TEMPLATE)
    line = read[TABLE].open_rows[0].cells["年度指标值"]
    place = re.compile(rf"[A-Z]+{re.sub('[A-Z]', '', line.ref)}")
    return [
        f"{one.code} {one.message}"
        for one in check(read, TEMPLATE).findings
        if one.severity is not Severity.NOTE
        and one.code != "IND102"  # weights of a group, which has but this row here
        and one.place.sheet == line.sheet
        and place.fullmatch(one.place.cell)
    ]


def _level1(level2: str) -> str:
    if "满意" in level2:
        return "满意度指标"
    return "效益指标" if "效益" in level2 or "影响" in level2 else "产出指标"


def _typed(text: str) -> str:
    """In the notation of the cases: what a spreadsheet would not take for a number is text."""
    return text if re.fullmatch(r"-?\d+(\.\d+)?%?", text) else f"'{text}"


def test_a_right_pair_is_left_alone() -> None:
    right = pairs("对")
    assert len(right) == 300
    assert not [(pair["三级指标"], said) for pair in right if (said := held_against(pair))]


def test_a_wrong_pair_is_found() -> None:
    wrong = pairs("错")
    assert len(wrong) == 150
    missed = [pair["三级指标"] for pair in wrong if not held_against(pair)]
    assert missed == ["资金支付时限"]  # 45日内 may be sooner than 30日内
