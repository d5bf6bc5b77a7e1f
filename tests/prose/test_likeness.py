"""What looks like a slip and what does not; what comes true with other figures at hand is not
accused.
"""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import pairwise

import pytest
from test_corpora import findings_in

from jixiao_xlsx.values.digit_slips import is_slip
from jixiao_xlsx.values.severity import Severity

DICE = random.Random(104)
NUMBERS = [Decimal(DICE.randint(10_000, 99_999_999)).scaleb(-2) for _ in range(300)]


def slipped(text: str, dice: random.Random) -> str:
    """The numeral with one digit changed, lost or doubled, or two neighbours in each other's
    place.
    """
    places = [at for at, char in enumerate(text) if char != "."]
    at = dice.choice(places[1:])
    kind = dice.choice(["change", "lose", "double", "swap"])
    if kind == "change":
        return (
            text[:at]
            + dice.choice([digit for digit in "0123456789" if digit != text[at]])
            + text[at + 1 :]
        )
    if kind == "lose":
        return text[:at] + text[at + 1 :]
    if kind == "double":
        return text[:at] + text[at] + text[at:]
    before = places[places.index(at) - 1]
    letters = list(text)
    letters[at], letters[before] = letters[before], letters[at]
    return "".join(letters)


def test_every_slip_of_the_pen_is_one() -> None:
    for number in NUMBERS:
        wrong = Decimal(slipped(f"{number:.2f}", DICE).rstrip("."))
        assert is_slip(wrong, number, max(-int(wrong.as_tuple().exponent), 0)), (wrong, number)


def test_a_point_or_a_unit_off_and_last_digits_rounded_otherwise_are_slips() -> None:
    for number in NUMBERS:
        assert all(is_slip(number.scaleb(power), number, 2) for power in (-4, -1, 1, 4))
        assert is_slip(number + Decimal("0.02"), number, 2)


def test_two_figures_of_chance_are_hardly_ever_slips_of_each_other() -> None:
    pairs = [(one, other) for one, other in pairwise(NUMBERS) if one != other]
    assert sum(is_slip(one, other, 2) for one, other in pairs) <= len(pairs) / 100


RIGHT = (
    "结转结余情况：年初352400元，其中财政拨款302400元；年末233641.45元，其中财政拨款200000元。",
    "一般公共服务支出937.17万元，由基本支出535.93万元和项目支出401.24万元构成。基本支出中，人员经费400.10万元，公用经费135.83万元。",
    "会议费预算3万元，支出2.45万元；培训费预算1.5万元，支出1.32万元，两项共支出3.77万元。",
    "我局2023年部门预算1035.00万元，比2022年部门预算992.00万元增加43万元，增长4.33%。",
    "编制42人，在编40人，其中35岁以下11人，占27.5%；大专以上学历38人，占95%。",
    "公用经费1358305.20元，低于全年预算1400000元。",
    "货物类采购执行38.52万元，服务类采购执行24.18万元，合计62.70万元，为预算65.00万元的96.46%。",
    "项目支出有23.76万元当年未执行。",
    "编制42人。\n1.预算编制与执行。全年预算1105万元，执行率97.35%。",
    "“三公”经费预算由2023年的8万元降为7.6万元，下降5%。",
)


@pytest.mark.parametrize("text", RIGHT)
def test_what_other_figures_at_hand_make_true_is_not_accused(text: str) -> None:
    assert [finding.message for finding in findings_in(text)] == []


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("保障运转方面，公用经费135.38万元。", Severity.ERROR),  # two digits have changed places
        (
            "保障运转方面，公用经费97.60万元。",
            Severity.NOTE,
        ),  # nothing like it, and nothing says what it is
        ("公用经费决算97.60万元。", Severity.ERROR),  # the words leave no other reading
        (
            "我局三项费用：公用经费97.60万元，人员经费538.69万元。",
            Severity.ERROR,
        ),  # beside a figure that the table has
        ("年末结转和结余为35.24万元。", Severity.ERROR),  # the figure of another column
    ],
)
def test_how_like_the_figure_is_decides_how_grave_it_is(
    text: str, severity: Severity | None
) -> None:
    assert [finding.severity for finding in findings_in(text)] == [severity]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (
            "2022年末，我局结转和结余资金23.36万元，其中财政拨款20万元。",
            "2022年末，我局结转和结余资金23.36万元",
        ),
        (
            "截至2022年12月31日，我局固定资产原值548.70万元，累计折旧210.53万元。",
            "截至2022年12月31日，我局固定资产原值548.70万元",
        ),
    ],
)
def test_this_years_figures_under_last_years_date_are_told_once(text: str, quote: str) -> None:
    assert [(finding.severity, finding.reported) for finding in findings_in(text)] == [
        (Severity.WARNING, quote)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2022年末，我局结转和结余资金35.24万元。",
        "2022年末固定资产原值548.70万元，2023年没有变动。",
        "2022年末，下属单位结转和结余资金23.36万元。",
    ],
)
def test_last_years_own_figures_are_left_alone(text: str) -> None:
    assert findings_in(text) == []
