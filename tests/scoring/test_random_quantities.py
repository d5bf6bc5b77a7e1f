"""One true quantity written in many ways is read back equal, or refused: never as another one.

Numbers are drawn first and written afterwards, by tables of this file and none of the package.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction as F

import pytest

from jixiao_xlsx.scoring.comparable import Setting, comparable
from jixiao_xlsx.scoring.measures import Measure, read_measure, read_measure_text
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.typed_numbers import State

TRIES = 4_500  # for each of the five kinds
UNITS: dict[str, dict[str, F]] = {
    "人次": {"人次": F(1)},
    "场": {"场次": F(1), "场": F(1), "次": F(1)},
    "户": {"户": F(1)},
    "盏": {"盏": F(1)},
    "亩": {"亩": F(2000, 3), "公顷": F(10000), "平方米": F(1), "㎡": F(1), "m2": F(1)},
    "公里": {"公里": F(1000), "千米": F(1000), "km": F(1000), "KM": F(1000), "米": F(1), "m": F(1)},
    "吨": {"吨": F(1000), "公斤": F(1), "千克": F(1), "kg": F(1), "毫克": F(1, 10**6)},
    "天": {"天": F(24), "日": F(24), "小时": F(1), "秒": F(1, 3600)},
    "工作日": {"个工作日": F(1), "工作日": F(1)},
    "元": {"元": F(1)},
    "元/人·月": {"元/人·月": F(1), "元/人": F(1)},
}
SCALES = {"": 1, "万": 10_000, "百": 100, "亿": 100_000_000}
BEFORE = [
    ("", ""),
    ("≥", "≥"),
    (">=", "≥"),
    ("不少于", "≥"),
    ("至少", "≥"),
    ("超过", "≥"),
    ("⩾", "≥"),
    ("≤", "≤"),
    ("不超过", "≤"),
    ("控制在", "≤"),
    ("＜＝", "≤"),
    ("=", "="),
    ("达到", ""),
    ("共", ""),
    ("已完成", ""),
    ("全年累计完成", ""),
    ("新建", ""),
]
AFTER = [
    ("", ""),
    ("以上", "≥"),
    ("及以上", "≥"),
    ("以内", "≤"),
    ("以下", "≤"),
    ("（含）以上", "≥"),
    ("左右", ""),
    ("（见附件2）", ""),
    ("。", ""),
]
DIGITS = "零一二三四五六七八九"


def plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def hanzi(number: Decimal) -> str:
    whole, _, fraction = plain(number).partition(".")
    out, gap, left = "", False, int(whole)
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, left = divmod(left, size)
        if digit:
            out += ("零" if gap and out else "") + DIGITS[digit] + name
            gap = False
        elif out:
            gap = True
    out = out[1:] if out.startswith("一十") else out or "零"
    return out + ("点" + "".join(DIGITS[int(char)] for char in fraction) if fraction else "")


def wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def numeral(rng: random.Random, number: Decimal) -> str:
    text = plain(number)
    ways = [
        text,
        text,
        wide(text),
        f"{number:,f}",
        f" {text} ",
        f"\u202d{text}\u202c",
        f"{text}0" if "." in text else text,
    ]
    if number < 10_000:
        ways.append(hanzi(number))
    return rng.choice(ways)


def around(rng: random.Random, body: str) -> tuple[str, str]:
    """Return `body` between words, and the sign that they say."""
    before, after = rng.choice(BEFORE), rng.choice(AFTER)
    if before[1] and after[1]:
        after = ("", "")
    gap = rng.choice(["", "", " ", "\u3000"])
    return f"{before[0]}{gap}{body}{after[0]}", before[1] or after[1]


def held(found: Measure, true: F, sign: str, typed: str) -> bool:
    """Return whether it was read; raise where it was read as another quantity."""
    if found.number is None:
        return False
    assert found.number == true and found.last == true, f"{typed!r}: {found}"
    assert found.sign in {"", sign}, typed
    return True


def measures(rng: random.Random) -> tuple[str, F, str]:
    units = rng.choice(list(UNITS.values()))
    unit = rng.choice(list(units))
    scale = rng.choice(list(SCALES)) if not unit.isascii() and not unit.startswith("个") else ""
    number = Decimal(rng.randint(1, 99_999)).scaleb(-rng.choice([0, 0, 0, 1, 2]))
    typed, sign = around(rng, numeral(rng, number) + scale + unit)
    return typed, F(number) * SCALES[scale] * units[unit], sign


def counts(rng: random.Random) -> tuple[str, F, str]:
    number = Decimal(rng.randint(0, 9_999_999))
    scale = rng.choice(["", "万"])
    typed, sign = around(rng, numeral(rng, number) + scale)
    return typed, F(number) * SCALES[scale], sign


def money(rng: random.Random) -> tuple[str, F, str]:
    number = Decimal(rng.randint(1, 10**9)).scaleb(-2)
    scale = rng.choice(["", "万", "亿"])
    sign_of_money = rng.choice(["", "￥", "¥"]) if not scale else ""
    body = (
        sign_of_money
        + rng.choice([plain(number), f"{number:,f}"])
        + ("" if sign_of_money else f"{scale}元")
    )
    typed, sign = around(rng, body)
    return typed, F(number) * SCALES[scale], sign


def rates(rng: random.Random) -> tuple[str, F, str]:
    number = Decimal(rng.randint(1, 15_000)).scaleb(-rng.choice([1, 2]))
    text = plain(number)
    ways = [
        (f"{text}%", 100),
        (f"{text}％", 100),
        (f"{text} %", 100),
        (f"百分之{text}", 100),
        (f"百分之{hanzi(number)}", 100),
        (f"{text}‰", 1000),
        (f"千分之{hanzi(number)}", 1000),
        (f"{text}（%）", 100),
        (wide(text) + "％", 100),
        (f"{text}/10万", 100_000),
        (f"{text}/10万人", 100_000),
    ]
    body, parts = rng.choice(ways)
    typed, sign = around(rng, body)
    return typed, F(number) / parts, sign


@pytest.mark.parametrize("write", [measures, counts, money, rates])
def test_a_quantity_is_read_as_it_was_meant_or_not_at_all(
    write: Callable[[random.Random], tuple[str, F, str]],
) -> None:
    rng = random.Random(write.__name__)
    tries = [write(rng) for _ in range(TRIES)]
    read = sum(held(read_measure_text(typed), true, sign, typed) for typed, true, sign in tries)
    assert read > 0.9 * TRIES


def test_a_date_is_read_as_it_was_meant_or_not_at_all() -> None:
    rng = random.Random("dates")
    read = 0
    for _ in range(TRIES):
        day = dt.date(2022, 1, 1) + dt.timedelta(days=rng.randrange(1096))
        year, month, date = day.year, day.month, day.day
        year_text = "".join(DIGITS[int(char)] if char != "0" else "〇" for char in str(year))
        exact = [
            f"{year}年{month}月{date}日",
            f"{year}.{month}.{date}",
            f"{year}-{month:02}-{date:02}",
            f"{year}/{month}/{date}",
            f"{month}月{date}日" if year == 2023 else day.isoformat(),
            f"{year_text}年{hanzi(Decimal(month))}月{hanzi(Decimal(date))}日",
        ]
        whole = [
            f"{year}年{month}月",
            f"{year}-{month:02}月",
            f"{month}月" if year == 2023 else f"{year}年{month}月",
        ]
        precise = rng.random() < 0.6
        body = rng.choice(exact if precise else whole)
        typed = (
            rng.choice(["", "≤", "在"])
            + body
            + rng.choice(["", "前", "以前", "前完成", "完成", "底前" if not precise else ""])
        )
        found = read_measure_text(typed, "", 2023)
        if found.number is None or found.last is None:
            continue
        read += 1
        first, last = (dt.date.fromordinal(int(one)) for one in (found.number, found.last))
        assert found.date and first <= day.replace(day=28 if not precise else date) <= last, typed
        assert (
            (first, last) == (day, day) if precise else (first.month, last.month) == (month, month)
        ), typed
    assert read > 0.9 * TRIES


@pytest.mark.parametrize("suffix", ["万亩", "场次", "%", ""])
def test_what_a_number_format_adds_is_read_with_the_number(suffix: str) -> None:
    rng = random.Random(suffix)
    for _ in range(TRIES // 4):
        number = Decimal(rng.randint(1, 99_999)).scaleb(-2)
        before = rng.choice(["", "≥", "不少于"])
        code = f'"{before}"0.00"{suffix}"'
        cell = Cell("表", "H4", "行", "业绩值", float(number), number, State.NUMBER, format=code)
        factor = {"万亩": F(10_000) * F(2000, 3), "%": F(1, 100)}.get(suffix, F(1))
        assert read_measure(cell).number == F(number) * factor


def test_two_quantities_meet_in_one_unit_or_not_at_all() -> None:
    rng = random.Random("pairs")
    met = 0
    for _ in range(TRIES):
        sides = []
        for _ in range(2):
            write = rng.choice([measures, money, rates])
            typed, true, _ = write(rng)
            sides.append((typed, true, read_measure_text(typed)))
        (one, first, target), (other, second, actual) = sides
        if target.number is None or actual.number is None:
            continue
        pair = comparable(target, actual, Setting(direction="≥"))
        if pair.obstacle:
            assert target.dimension != actual.dimension, (one, other, pair.obstacle)
            continue
        met += 1
        assert target.dimension == actual.dimension, (one, other)
        assert (pair.target.number, pair.actual.number) == (first, second), (one, other)
    assert met > 0.2 * TRIES
