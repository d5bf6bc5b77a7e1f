"""What is to be typed in a column or a row, and in which unit, by the words printed around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from jixiao_xlsx.adopting.seen.words import plain_title, unit_in
from jixiao_xlsx.values.text import tidy

PRINTED_MONEY = frozenset({"亿元", "百万元", "万元", "千元", "百元", "元"})
WORD_KINDS = frozenset({"text", "long", "date"})
_PERCENT = re.compile(r"率$|比例$|比重$|占比$|百分比$|幅度$|%$|进度$|^比上年增减$")
_SCORE = re.compile(r"得分$|分值$|权重$|自评分$|评分$|扣分$|^满分$|^标准分")
_MEASURE = re.compile(
    r"(?:指标|目标|实际|完成|业绩|实现|实际完成|达到|计划|预期)值$|^完成情况$|^(?:年度|全年)?实际完成$"
)
_TEXT = re.compile(
    r"原因|措施|说明|备注|内容|名称|用途|方式|来源|职能|地点|地址|电话|负责人|联系人|日期|时间|编码|代码|类型|类别|性质"
    r"|依据|概况|目标$|情况$|签名|科目$|^(?:主管|实施|填报|编制|预算|计量)?(?:部门|单位)$|事项$|标准$|规则$|方向$|符号$|责任"
)
_LONG = re.compile(r"原因|措施|说明|职能|概况|目标$|情况$|依据|内容")
_DATE = re.compile(r"日期$")
_COUNT = re.compile(r"人数|数量|个数|份数|辆数|台数|户数|次数|编制|实有数|^实有|面积|里程")
_PEOPLE = re.compile(r"^在职|^离退休|^在编|^临聘")  # a number of them, or what they are paid
_PAID = re.compile(r"支出|费|工资|薪|补助|补贴|津贴|奖金|金额|资金|经费")
_VALUED = re.compile(r"原值|净值|价值|金额|折旧|造价|租金")
_KIND_OF_INDICATOR = re.compile(r"指标$")
_MONEY = re.compile(
    r"数$|额$|合计|小计|总计|预算|决算|支出|收入|拨款|资金|费$|经费|结转|结余|年初|年末|增加|减少|变动|原值|净值|债务"
    r"|投资|基金|补助|金$|折旧|价值|款$|成本|执行|下达|采购|处置|年度?$"
)


def kind_of(row: Sequence[str], column: Sequence[str], unit: str) -> str:
    """Return the type of a cell by its titles (innermost last) and the unit printed for it.

    money count score percent measure text long date; "" where the words do not tell.
    """
    for title in (*reversed(column[-1:]), *reversed(row[-1:])):
        if kind := _by_title(title):
            return kind
    if unit == "%":
        return "percent"
    if unit == "分":
        return "score"
    if unit in PRINTED_MONEY:
        return "money"
    if unit:
        return "count"
    return _figures((*row[-1:], *column))


def _by_title(title: str) -> str:
    """Return what a title says by itself: a rate, a score, words."""
    key, unit = plain_title(title), unit_in(title)
    if unit == "%" or _PERCENT.search(key):
        return "percent"
    if unit == "分" or _SCORE.search(key):
        return "score"
    if _MEASURE.search(key):
        return "measure"
    if unit:
        return ""
    if _DATE.search(key):
        return "date"
    if _TEXT.search(key):
        return "long" if _LONG.search(key) else "text"
    return ""


def _figures(titles: Iterable[str]) -> str:
    keys = [key for key in map(plain_title, titles) if not _KIND_OF_INDICATOR.search(key)]
    if any(map(_COUNT.search, keys)):
        return "count"
    if any(map(_PEOPLE.search, keys)) and not any(map(_PAID.search, keys)):
        return "count"
    return "money" if any(map(_MONEY.search, keys)) else ""


def is_valued(column: Sequence[str]) -> bool:
    """Return whether headings name the value of things: 原值, whatever unit their number has."""
    return any(_VALUED.search(plain_title(title)) for title in column)


def counts(column: Sequence[str]) -> bool:
    """Return whether headings name a number of things: 数量, 面积."""
    return any(_COUNT.search(plain_title(title)) for title in column)


def unit_for(kind: str, row: Sequence[str], column: Sequence[str], around: Sequence[str]) -> str:
    """Return the unit of a cell.

    `around` are the units printed for it from near to far: of its row, its headings, its table,
    the lines above. A count takes only what is no money; money only a unit of money.
    """
    if kind == "percent":
        return "%"
    if kind == "score":
        return "分"
    if kind == "money":
        return next((unit for unit in around if unit in PRINTED_MONEY), "")
    if kind == "count":
        return next((unit for unit in around if unit and unit not in PRINTED_MONEY), "")
    return ""


def printed_unit(text: str) -> str:
    """Return the unit that a whole text is, as in a column 计量单位: “万元”, “人”."""
    key = tidy(text)
    return unit_in(f"({key})") if len(key) < 5 else ""
