"""Three numbers in a row of which the third follows from the other two, whatever they are of. Pure.

“预算 65 万元、成交 62.7 万元，节约 2.3 万元”, “年初预算 1035 万元，追加 70 万元，全年预算 1105 万元”, “较 1035 万元增加 47.5 万元，增长
4.59%”, “5.23 万元，车辆 2 辆，平均每辆 2.62 万元”, “94.80%，……97.35%，高 2.55 个百分点”, “满分 100 分，得 95.36 分，扣 4.64 分”.
Only words that say so plainly count: the gaps before the three numbers must each be of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from jixiao_xlsx.prose.language.clauses import VAGUE_AFTER, Mention
from jixiao_xlsx.prose.statements import Chain, believed
from jixiao_xlsx.values.amounts import Interval, atoms_per, rate_holds

_ASIDE = re.compile(r"\([^()]*\)|〔[^〔〕]*〕")
_VAGUE = re.compile("(?:约|近|逾|超过?|不足|不到|接近|至少)(?:为|达到?)?$")
_MONEY, _PERCENT, _POINTS, _SCORE, _HEADS = "money", "%", "个百分点", "分", "heads"


@dataclass(frozen=True, slots=True)
class _Pattern:
    kinds: tuple[str, str, str]
    gaps: tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]
    test: Callable[[Sequence[Mention]], tuple[bool, Fraction]]
    how: str


def broken_chains(matches: Sequence[Mention]) -> Iterator[Chain]:
    """Yield every chain among the numbers of a sentence that does not hold."""
    kinds = [_kind(one) for one in matches]
    gaps: dict[int, str] = {}
    for first in range(len(matches) - 2):
        for pattern in _BY_KINDS.get((kinds[first], kinds[first + 1], kinds[first + 2]), ()):
            places = (first, first + 1, first + 2)
            for at in places:
                gaps.setdefault(at, _ASIDE.sub("", matches[at].gap))
            if not all(
                words.search(gaps[at])
                for words, at in zip(reversed(pattern.gaps), reversed(places), strict=True)
            ):
                continue
            numbers = (matches[first], matches[first + 1], matches[first + 2])
            if any(
                _VAGUE.search(one.gap) or VAGUE_AFTER.match(one.tail) for one in numbers
            ) or _is_of_more(matches[:first], numbers):
                break
            holds, right = pattern.test(numbers)
            if not holds and any(
                kinds[at] == kinds[first] and pattern.test((matches[at], *numbers[1:]))[0]
                for at in range(first)
            ):
                break  # “总额，其中甲、乙，完成预算的……” is of what stands before the list
            if (
                not holds
                and _HEADS in pattern.kinds
                and _is_of_all(matches[:first], numbers, pattern)
            ):
                break
            if not holds or _is_off(numbers[2], right):
                yield Chain(numbers, right, pattern.how, sure=not holds)
            break


def _is_of_all(
    earlier: Sequence[Mention], numbers: tuple[Mention, Mention, Mention], pattern: _Pattern
) -> bool:
    """Return whether the average is of all units counted earlier in the sentence, as in “公务用车 3
    辆，其中……2 辆，运行维护费 9.05 万元，平均每辆 3.02 万元”.
    """
    countable_mentions = next(one for one in numbers if _kind(one) == _HEADS)
    others = (one for one in earlier if one.unit == countable_mentions.unit)
    return any(
        pattern.test([other if one is countable_mentions else one for one in numbers])[0]
        for other in others
    )


def _is_of_more(earlier: Sequence[Mention], numbers: Sequence[Mention]) -> bool:
    """Return whether the third number depends on more than the other two.

    “共扣 1.5 分” after several full marks, or an average of another amount.
    """
    last = numbers[2]
    if last.unit == "分":
        return "共" in last.gap and any(one.unit == "分" for one in earlier)
    names = [
        {word.name for word in one.words or () if word.kind in {"item", "subject"}}
        for one in (numbers[0], last)
    ]
    return (numbers[1].unit == "辆" and "车" not in numbers[0].gap) or bool(
        names[1] - names[0] and numbers[1].unit in {"辆", "人", "名"}
    )


def _kind(mention: Mention) -> str:
    return (
        _MONEY if mention.money else _HEADS if mention.unit in {"人", "名", "辆"} else mention.unit
    )


# --------------------------------------------------------------------------------------- arithmetic


def _is_off(last: Mention, right: Fraction) -> bool:
    """Return whether an amount is another than the others make it as they are written; a whole
    number of 万元 may still be a rounded one.
    """
    return last.money and abs(Fraction(last.value) - right) > Fraction(2, 10**last.decimals)


def _exact(mention: Mention) -> Fraction:
    return Fraction(mention.value) * atoms_per(mention.unit)


def _printed(atoms: Fraction, unit: str) -> Fraction:
    return atoms / atoms_per(unit)


def _difference(numbers: Sequence[Mention]) -> tuple[bool, Fraction]:
    """Check a − b = c; return whether it holds and the c that a and b give."""
    one, two, three = numbers
    right = _exact(one) - _exact(two)
    return (believed(one) + -believed(two)).meets(believed(three)), _printed(right, three.unit)


def _rise(numbers: Sequence[Mention]) -> tuple[bool, Fraction]:
    """Check b − a = c; return whether it holds and the c that a and b give."""
    one, two, three = numbers
    return _difference((two, one, three))


def _sum_of_change(sign: int) -> Callable[[Sequence[Mention]], tuple[bool, Fraction]]:
    """Return a check of a ± b = c."""

    def test(numbers: Sequence[Mention]) -> tuple[bool, Fraction]:
        one, two, three = numbers
        step = believed(two) if sign > 0 else -believed(two)
        return (believed(one) + step).meets(believed(three)), _printed(
            _exact(one) + sign * _exact(two), three.unit
        )

    return test


def _growth(numbers: Sequence[Mention]) -> tuple[bool, Fraction]:
    """Check b ÷ a = c%; return whether it holds and the c that a and b give."""
    base, step, rate = numbers
    spans = believed(base), believed(step)
    if spans[0].lo <= 0:
        return True, Fraction(0)
    grid = Fraction(1, 10 ** (rate.decimals + 2))
    return rate_holds(Fraction(rate.value) / 100, grid, spans[1], spans[0]), _exact(step) / _exact(
        base
    ) * 100


def _completion(numbers: Sequence[Mention]) -> tuple[bool, Fraction]:
    """Check b ÷ a = c%, where a is the plan.

    100% and “完成 90% 的任务” may refer to the work done, so they always hold.
    """
    if numbers[2].value == 100 or numbers[2].tail.startswith("的"):
        return True, Fraction(0)
    return _growth(numbers)


def _average(numbers: Sequence[Mention]) -> tuple[bool, Fraction]:
    """Check a ÷ b = c; return whether it holds and the c that a and b give."""
    whole, count, each = numbers
    heads = int(count.value)
    if heads <= 0:
        return True, Fraction(0)
    span = believed(each)
    return Interval(span.lo * heads, span.hi * heads).meets(believed(whole)), _printed(
        _exact(whole) / heads, each.unit
    )


def _points(numbers: Sequence[Mention]) -> tuple[bool, Fraction]:
    """Check |a − b| = c, allowing half of the last digit of each number."""
    apart = _APART.search(_ASIDE.sub("", numbers[2].gap))
    if apart and apart["other"] and apart["other"].removesuffix("执行率") not in numbers[0].gap:
        return True, Fraction(0)  # it is compared with something else
    one, two, three = (Fraction(number.value) for number in numbers)
    slack = sum(Fraction(1, 2 * 10**number.decimals) for number in numbers)
    right = abs(one - two)
    return abs(right - three) <= slack, right


def _lost(numbers: Sequence[Mention]) -> tuple[bool, Fraction]:
    """Check full mark − score = deduction, exactly."""
    full, score, lost = (Fraction(number.value) for number in numbers)
    return full - score == lost, full - score


# -------------------------------------------------------------------------------------------- words


def _ends(words: str) -> re.Pattern[str]:
    return re.compile(f"(?:{words})(?:数|金额|总额|额|资金|经费|预算)*(?:为|达到?|是|共|共计)?$")


def _after(words: str) -> re.Pattern[str]:
    """Return the words at the end of a gap of one clause after a comma."""
    return re.compile(
        f"^[，,、;]?[^，,;。、]{{0,16}}?(?:{words})(?:了|数|金额|总额|额|财政|资金|经费|预算|支出)*(?:为|达到?|是|共|共计)?$"
    )


_NEXT = (
    r"^[，,](?!其中)[^;。" r"支费部整收]{0,40}?"
)  # of the same: no other item, no whole of which it were a part
_SPARED = re.compile(
    "^[，,、](?![^，,]*(?:比|较|同比|上年|去年|其中))[^，,;。、]{0,12}?(?:审减|核减|节约|节省|节支|节余)(?:了|金额|总额|额|"
    "财政|采购|投资|资金|经费|预算|支出)*(?:为|达到?|是|共|共计)?$"
)
_EACH = re.compile(
    "^[，,](?:平均每|每|车均|人均|单车)[辆人名]?(?:支出|运行维护费|运行成本|费用|为)*$"
)
_APART = re.compile(
    "^[，,]?(?:两者)?(?:(?:高于|低于|比|较)(?P<other>[^，,;。]{2,12}?)(?:水平)?(?:高出?|低)?|相差|差|高出|低)$"
)
_HOW_MANY = re.compile(
    "^[，,](?:按|以|年末|全年|现有|在职|在编|编内|实有|共|全体|车辆|公务用车|公务车|公车|保有|接待|来宾|参训|培训|人员|职工|干部)*$"
)
_PATTERNS = (
    _Pattern((_MONEY,) * 3, (_ends("送审"), _after("审定"), _SPARED), _difference, "送审金额 − 审定金额"),
    _Pattern(
        (_MONEY,) * 3,
        (_ends("预算|概算|控制价|限价"), _after("成交|中标|合同|实际采购|实际执行|实际支付|实际支出|决算|执行"), _SPARED),
        _difference,
        "预算 − 执行",
    ),
    _Pattern(
        (_MONEY,) * 3,
        (
            re.compile(r"年初(?:部门|支出|批复)?预算(?:数|批复|批复数|安排|总额)*(?:为|是)?$"),
            re.compile(_NEXT + "(?:追加|调增|净增加?|增加)(?:了|预算|资金|经费|财政拨款)*(?:共)?$"),
            re.compile(_NEXT + "(?:(?:全年|调整后|追加后)的?(?:全年)?(?:支出)?预算(?:数|总额)?(?:调整)?(?:为|达到?|增至|是|共|"
                    "到)?|"
                    "(?:预算)?(?:调整|增加)[为到至])$"),
        ),
        _sum_of_change(1),
        "年初预算 + 追加",
    ),
    _Pattern(
        (_MONEY,) * 3,
        (
            re.compile(r"年初(?:部门|支出|批复)?预算(?:数|批复|批复数|安排|总额)*(?:为|是)?$"),
            re.compile(_NEXT + "(?:调减|压减|核减|净减少?|减少)(?:了|预算|资金|经费)*(?:共)?$"),
            re.compile(_NEXT + "(?:全年|调整后)的?(?:全年)?(?:支出)?预算(?:数|总额)?(?:调整)?(?:为|达到?|降至|是|共|到)?$"),
        ),
        _sum_of_change(-1),
        "年初预算 − 调减",
    ),
    *(
        _Pattern(
            (_MONEY,) * 3,
            (
                re.compile(r"年初(?:部门|支出|批复)?预算(?:数|批复|批复数|安排|总额)*(?:为|是)?$"),
                re.compile(_NEXT + "(?:全年|调整后|追加后)的?(?:全年)?(?:支出)?预算(?:数|总额)?(?:调整)?(?:为|是|共|到)?$"),
                re.compile(f"^[，,](?:比|较)?(?:年初)?(?:预算)?(?:净)?(?:{words})(?:了|预算|资金|经费)*(?:共)?$"),
            ),
            test,
            how,
        )
        for words, test, how in (
            ("增加|追加|调增", _rise, "全年预算 − 年初预算"),
            ("减少|调减|压减|核减", _difference, "年初预算 − 全年预算"),
        )
    ),
    _Pattern((_MONEY,) * 3, (_ends("原值"), _after("折旧"), _after("净值")), _difference, "原值 − 折旧"),
    *(
        _Pattern(
            (_MONEY,) * 3,
            (
                re.compile(r"年初[^，,;。、\d]{0,14}$"),
                re.compile(r"^[，,;](?:到|至)?(?:年末|年底)[^，,;。、\d]{0,14}$"),
                re.compile(f"^[，,](?:年末|年底)?(?:比|较|同|与)年初(?:相比)?(?:数|时)?(?:{words})了?$"),
            ),
            test,
            how,
        )
        for words, test, how in (
            ("增加|增长|多", _rise, "年末 − 年初"),
            ("减少|下降|压减|少", _difference, "年初 − 年末"),
        )
    ),
    _Pattern(
        (_MONEY, _MONEY, _PERCENT),
        (
            re.compile("(?:较|比)[^，,;。]{2,20}$"),
            re.compile("^的?(?:增加|减少|增长|下降|提高)了?$"),
            re.compile("^[，,]?(?:增长|下降|增幅|降幅|增加|减少|提高|上升)(?:了|为|达|率)*$"),
        ),
        _growth,
        "增减额 ÷ 比较的基数",
    ),
    _Pattern(
        (_MONEY, _MONEY, _PERCENT),
        (_ends("预算"), _after("执行|决算|实际|支出|支付|完成|"
                "已支出|已支付"), re.compile("^[，,](?:预算)?(?:执行率|完成率|完成|执行|支出进度|支付进度|支出率|支付率)(?:为|达到?|"
                        "了)?$")),
        _completion,
        "执行 ÷ 预算",
    ),
    _Pattern(
        (_MONEY, _MONEY, _PERCENT),
        (
            re.compile(r"(?:收到|下达|到位|争取|分配)[^，,;。、\d]{0,12}(?:资金|补助|经费|债券)$"),
            re.compile("^[，,](?:已|累计|实际|全年)*(?:支出|拨付|支付|使用|执行)$"),
            re.compile("^[，,](?:支出|支付|拨付|使用|执行)(?:进度|率)(?:为|达到?)?$"),
        ),
        _growth,
        "支出 ÷ 到位资金",
    ),
    _Pattern(
        (_MONEY, _HEADS, _MONEY),
        (re.compile(""), _HOW_MANY, _EACH),
        _average,
        "总额 ÷ 数量",
    ),
    _Pattern(
        (_HEADS, _MONEY, _MONEY),
        (re.compile("(?:车|人员|人数|在职|在编|职工)[^，,;。"
                "]{0,6}$"), re.compile("^[，,][^，,;。、]{0,16}$"), _EACH),
        lambda numbers: _average((numbers[1], numbers[0], numbers[2])),
        "总额 ÷ 数量",
    ),
    _Pattern(
        (_MONEY, _MONEY, _PERCENT),
        (re.compile(""), re.compile("^[，,](?:为|是|完成)(?:年初|全年|调整后?)?(?:部门|支出)"
                "?预算(?:数)?$"), re.compile("^的$")),
        lambda numbers: _growth((numbers[1], numbers[0], numbers[2])),
        "执行 ÷ 预算",
    ),
    _Pattern(
        (_PERCENT, _PERCENT, _POINTS),
        (re.compile("率"), re.compile(r"^[，,;][^，,;。]{0,20}?率(?:为|达到?|是)?$"), _APART),
        _points,
        "两个率之差",
    ),
    _Pattern(
        (_SCORE,) * 3,
        (re.compile("(?:满分|分值)(?:为|是|"
                "值)?$"), re.compile("^[，,]?[^，,;。]{0,8}?(?:得分?|评分)(?:为|"
                        "是)?$"), re.compile("^[，,](?:共|合计)?(?:扣|失)(?:了|减|除|分)*$")),
        _lost,
        "满分 − 得分",
    ),
    _Pattern(
        (_SCORE,) * 3,
        (re.compile("(?:满分|分值)(?:为|是|"
                "值)?$"), re.compile("^[，,](?:扣|失)(?:了|减|除|"
                        "分)*$"), re.compile("^[，,](?:实际|自评|最终)?(?:得分?|评分)(?:为|是)?$")),
        _lost,
        "满分 − 扣分",
    ),
)  # fmt: skip
_BY_KINDS = {
    kinds: [one for one in _PATTERNS if one.kinds == kinds]
    for kinds in {one.kinds for one in _PATTERNS}
}
