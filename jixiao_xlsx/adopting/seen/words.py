"""What the words printed in a form say of their place: titles, notes, headings, numbering."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from jixiao_xlsx.values.text import tidy

_NOTE = re.compile(
    r"^(?:[*※]|(?:备?注|说明|填[表报]说明|编制说明|附注)\d*[:.、]|填[表报]说明|注\d)"
)
_SIGNATURE = re.compile(
    r"^(?:单位|部门|财务|分管|主要|机构|项目)?(?:负责人|领导|填[报表]人|制[表单]人?|审核人?|复核人?|经办人|联系人"
    r"|联系电话|电话|填[报表]日期|日期)(?:[(][^()]*[)])*:"
)
_STAMP = re.compile(r"^[(]?(?:单位|部门)?(?:公章|盖章|签章)[)]?:?$|^\d{0,4}年\d{0,2}月\d{0,2}日$")
_UNIT_LINE = re.compile(
    r"^(?:(?:金额|计量|货币)?单位[:/]?(?:人民币)?(?:亿元|百万元|万元|千元|百元|元)(?:[、,/].*)?"
    r"|[(](?:金额)?单位:?[^()]*[)])$"
)
_YEAR_LINE = re.compile(r"^[(]?(?:\d{4}|[X×_]{0,4})年(?:度)?[)]?$")
_ATTACHMENT = re.compile(r"^附[件表录]\d*[:一二三四五六七八九十]*$|^.{0,3}公开\d+表$|^表\d+$")
_SECTION = re.compile(
    r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}、|[(][一二三四五六七八九十]{1,3}[)])"
)
_INLINE = re.compile(r"^(?:其中:)?[^:]{2,30}:[_\s]*$")
_SEVERAL_INLINE = re.compile(r"[^:]{2,15}:")
_NUMBERING = (
    re.compile(r"^[一二三四五六七八九十]{1,3}[、.]"),
    re.compile(r"^[(][一二三四五六七八九十]{1,3}[)]"),
    re.compile(r"^\d{1,2}[、.](?!\d)"),
    re.compile(r"^(?:[(]\d{1,2}[)]|\d{1,2}[)])"),
    re.compile(r"^[①-⑳]"),
)
_UNIT = re.compile(
    r"[(\[](?:(?:金额|计量)?单位:?)?"
    r"(亿元|百万元|万元|千元|百元|元|%|\d*分|(?:辆|台|套|个|家|人次|人|户|份|次|件|平方米|㎡|m2|公里|亩|页|册|批|间|处|项)"
    r"(?:[、/](?:辆|台|套|个|家|人次|人|户|份|次|件|批|间|处|项))*)[)\]]:?$"
)
_OF_WHICH = re.compile(r"^其中:?")
TOTAL = re.compile(
    r"合计|总计|小计|^年度资金总额$|^(?:资金)?总额$|^总[评得]?分|总[评得]?分$|^共计|^按.{2,8}分$"
)
INDEX_WORDS = frozenset({"行次", "栏次", "序号", "编号"})
_ROW_TITLES = re.compile(
    r"^(?:项目|内容|类别|类型|事项|科目名称|指标名称|单位名称|名称|项目名称|支出项目|资金来源|经济分类科目?|功能分类科目?|项目[(].*[)]|.*分类科目名称)$"
)
_ATTRIBUTES = re.compile(
    r"^(?:计量单位|单位|指标方向|方向|指标性质|权重|分值|标准分值?|满分|(?:年度|预期|绩效|全年)?(?:指标|目标)值|目标"
    r"|评分标准|评分细则|评分规则|计算公式|指标(?:说明|解释|内容)|备注|说明|填报说明|数据来源|.*编码|代码|行次|栏次|序号|编号)(?:[(].*[)])?$"
)
_LEVELS = re.compile(r"^(?:一|二|三|四)级指标(?:[(].*[)])?$")
_NAMES = re.compile(r"^指标名称$|^(?:具体|绩效|评价)指标$")
_SCORED = re.compile(r"得分|分值|权重|标准分")
_VALUE_LIKE = re.compile(
    r"^(?:[≥≤=<>＞＜]|不(?:少|低|超|高|多)于?|大于|小于|\d)|^[^\d]{0,2}\d+(?:\.\d+)?%|以[上下内]$"
)


def is_explanation(key: str) -> bool:
    """Return whether a text explains the form, or only numbers the paper: 注：…, 附件：."""
    return bool(_NOTE.search(key) or is_attachment(key))


def explains_or_signs(key: str) -> bool:
    """Return whether a text explains the form, or asks for a signature, a stamp, a date."""
    return bool(_NOTE.search(key) or _SIGNATURE.search(key) or _STAMP.search(key))


def is_unit_line(key: str) -> bool:
    """Return whether a text only states the unit of what follows."""
    return bool(_UNIT_LINE.match(key))


def is_year_line(key: str) -> bool:
    """Return whether a text is only the year: （2023年度）, （    年度）."""
    return bool(_YEAR_LINE.match(key))


def is_attachment(key: str) -> bool:
    """Return whether a text only numbers the paper: 附件2, 公开01表."""
    return bool(_ATTACHMENT.match(key))


def is_section(key: str) -> bool:
    """Return whether a text begins as the title of a section does: “二、……”."""
    return bool(_SECTION.match(key))


def is_inline(text: str) -> bool:
    """Return whether a cell holds one label with room for its value: “部门：    ”."""
    return bool(_INLINE.match(tidy(text)))


def is_index(key: str) -> bool:
    """Return whether a heading is of running numbers (行次, 序号)."""
    return key in INDEX_WORDS


_ANY_CONTENT = re.compile(r"^(?:填报)?(?:内容|数据|情况|信息)$")


def is_any_content(key: str) -> bool:
    """Return whether a heading says nothing of what stands below: 内容 beside 项目."""
    return bool(_ANY_CONTENT.match(key))


def is_row_title_heading(key: str) -> bool:
    """Return whether a heading stands above the titles of rows."""
    return bool(_ROW_TITLES.match(key) or is_level(key))


def is_level(key: str) -> bool:
    """Return whether a heading is of a level of indicators."""
    return bool(_LEVELS.match(key) or _NAMES.match(key))


def lists_indicators(headings: Iterable[str]) -> bool:
    """Return whether headings are those of a table of indicators: levels, or a name and a score."""
    keys = tuple(headings)
    if any(map(_LEVELS.match, keys)):
        return True
    return any(map(_NAMES.match, keys)) and any(map(_SCORED.search, keys))


def is_attribute(key: str) -> bool:
    """Return whether a column says something about its row beside its title: unit, target."""
    return bool(_ATTRIBUTES.match(key))


def is_value_like(key: str) -> bool:
    """Return whether a text is a value (≥95%, 120公里) and no title."""
    return bool(_VALUE_LIKE.search(key))


@lru_cache(maxsize=4096)
def numbering(key: str) -> int:
    """Return the level of a title's numbering: 一、1, （一）2, 1.3, （1）4, ①5; 0 for none."""
    found = (level for level, one in enumerate(_NUMBERING, 1) if one.match(key))
    return next(found, 0)


_RUNNING_NUMBERS = (
    re.compile(r"^[一二三四五六七八九十]{1,3}[、.]?$"),
    re.compile(r"^[(][一二三四五六七八九十]{1,3}[)]$"),
    re.compile(r"^\d{1,3}[、.]?$"),
    re.compile(r"^\d{1,2}[.-]\d{1,2}$"),
    re.compile(r"^(?:\d{1,2}[.-]){2}\d{1,2}$|^[(]\d{1,2}[)]$"),
    re.compile(r"^[①-⑳]$"),
)


def running_number(key: str) -> int:
    """Return the level of a number in a column 序号: 一1, （一）2, 1 3, 1.1 4, （1）5; 0: none."""
    found = (level for level, one in enumerate(_RUNNING_NUMBERS, 1) if one.match(key))
    return next(found, 0)


def of_which(key: str) -> bool:
    """Return whether a title is part of the one above: 其中：……."""
    return bool(_OF_WHICH.match(_without_number(key)))


def number_of_part(key: str) -> int:
    """Return the level of the number after 其中：, as in “其中：1.……”; 0 where none is."""
    found = _OF_WHICH.match(key)
    return numbering(key[found.end() :]) if found else 0


def _without_number(key: str) -> str:
    for one in _NUMBERING:
        key = one.sub("", key, count=1)
    return key


@lru_cache(maxsize=4096)
def plain_title(text: str) -> str:
    """Return a title without numbering, 其中：, the unit in brackets and a final colon."""
    key = tidy(text)
    key = _OF_WHICH.sub("", _without_number(key))
    key = _without_number(key)
    return _UNIT.sub("", key).rstrip(":").strip("*_")


@lru_cache(maxsize=4096)
def unit_in(text: str) -> str:
    """Return the unit in brackets at the end of a title; "" where none is."""
    found = _UNIT.search(tidy(text))
    return _plain_unit(found[1]) if found else ""


_STATED = re.compile(
    r"单位(?:[:/]|均?[为是])?(?:人民币)?[(]?(亿元|百万元|万元|千元|百元|元)|[(](亿元|百万元|万元|千元|百元|元)[)]"
)


def money_stated(text: str) -> str:
    """Return the unit of money that a line states: “金额单位：万元”, “……表（万元）”."""
    found = _STATED.search(tidy(text))
    return (found[1] or found[2]) if found else ""


def _plain_unit(unit: str) -> str:
    if unit.endswith("分"):
        return "分"
    return {"㎡": "平方米", "m2": "平方米"}.get(unit, unit)


_UNIT_LABEL = re.compile(r"^(?:金额|计量|货币)?单位:$")


def is_unit_label(key: str) -> bool:
    """Return whether a text announces the unit in the next cell: “金额单位：”."""
    return bool(_UNIT_LABEL.match(key))


def is_money_unit(key: str) -> bool:
    """Return whether a whole text is a unit of money: 万元."""
    return bool(_MONEY_UNIT.match(key))


_MONEY_UNIT = re.compile(r"^(?:人民币)?(?:亿元|百万元|万元|千元|百元|元)$")


def is_total(key: str) -> bool:
    """Return whether a title is of a sum: 合计, 小计, 总计, 总额, 总分."""
    return bool(TOTAL.search(key.rstrip(":")))


def inline_labels(text: str) -> tuple[str, ...]:
    """Return the labels of a text that holds several: “填报人：    电话：    ”."""
    key = tidy(text)
    return tuple(part for part in _SEVERAL_INLINE.findall(key)) if key.count(":") > 1 else ()
