"""Target and result of one row brought to one unit, or the reason why they cannot be. Pure.

A number without a unit takes that of its row: the unit column, then the other cell. A percentage
without its sign is read by the other cell; where both readings are possible neither is taken.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from jixiao_xlsx.scoring.dates import compact_period, read_period
from jixiao_xlsx.scoring.measures import (
    DATE,
    PERCENT,
    RANK_DIMENSION,
    SHARE,
    Measure,
    under_percent,
)
from jixiao_xlsx.scoring.wording import (
    RATE_DIMENSION,
    Unit,
    folded_words,
    scale_word,
    unit_of,
    wording,
)
from jixiao_xlsx.values.text import plain

_CLOSE = (Fraction(1, 2), Fraction(2))
_POSSIBLE = (Fraction(1, 6), Fraction(6))
_SLIP = (Fraction(3, 10), Fraction(3))  # round ×10000 or ÷10000: the unit, not the work
_LARGEST_SHARE = Fraction(3, 2)
_WHOLE = Measure("100%", "=", Fraction(100), unit=PERCENT, shown="100%")


class Pair(NamedTuple):
    """A target and a result in one unit; `obstacle` says why they are not, "" where they are."""

    target: Measure
    actual: Measure
    obstacle: str = ""


class Setting(NamedTuple):
    """What the row says beside its two cells: unit, direction, name; the rate by other sheets."""

    unit: str = ""
    direction: str = ""
    name: str = ""
    base: Fraction | None = None


def comparable(target: Measure, actual: Measure, row: Setting) -> Pair:
    """Return both measures in units that can be compared; quantities only, words stay."""
    if target.typed is None or actual.typed is None:
        return _one_sided(target, actual, row)
    target, actual = _dated(target, actual), _dated(actual, target)
    if target.date != actual.date:
        return Pair(target, actual, "一个是日期，一个不是")
    if actual.planned is not None:
        if actual.planned != target.typed:
            return Pair(target, actual, f"业绩值“{actual.text}”里有两个数")
        actual = replace(actual, planned=None)
    if target.date or target.dimension == actual.dimension == RANK_DIMENSION:
        return Pair(target, actual)
    was_bare = target.unit is None or actual.unit is None
    pair = _with_units(target, actual, row)
    if pair.obstacle:
        return pair
    target, actual = pair.target, pair.actual
    if target.dimension != actual.dimension and 0 not in {target.typed, actual.typed}:
        return Pair(target, actual, _different(target, actual))
    if was_bare and (slip := _slip(target, actual)):
        return Pair(target, actual, slip)
    return _with_trends(target, actual, row.name)


def _one_sided(target: Measure, actual: Measure, row: Setting) -> Pair:
    """Return a pair of which one at least is words."""
    if actual.rate and folded_words(target.text) in wording().phrases["whole"]:
        return Pair(_WHOLE, actual)
    if target.rate and _all_of_it(actual):
        return Pair(target, replace(_WHOLE, text=actual.text, sign="", shown=actual.text))
    unit = unit_of(row.unit)

    def alone(measure: Measure) -> Measure:
        if measure.typed is None or measure.unit is not None or unit is None:
            return measure
        return under_percent(measure) if unit == PERCENT else replace(measure, unit=unit)

    return Pair(alone(target), alone(actual))


def _all_of_it(measure: Measure) -> bool:
    """Return whether words say that everything was done: 全部通过, 全覆盖."""
    folded, phrases = folded_words(measure.text), wording().phrases
    return folded.startswith(phrases["whole"]) and not any(
        char in folded for char in phrases["doubtful"]
    )


def _dated(one: Measure, other: Measure) -> Measure:
    """Return 20231031, or 2023.10, as a date where the other cell holds one too."""
    if one.unit is not None or one.sign not in {"", "≤"}:
        return one
    days = compact_period(one.shown) or _day_beside(one.shown, other)
    if days is None or not (other.date or compact_period(other.shown)):
        return one
    first, last = (Fraction(day.toordinal()) for day in days)
    return replace(one, typed=first, high=last, step=Fraction(1), unit=DATE, implied="≤")


def _day_beside(shown: str, other: Measure) -> tuple[dt.date, dt.date] | None:
    """Return the day that 11.25 is beside a date, in its year; None for anything else."""
    if not other.date or other.typed is None or not re.fullmatch(r"\d\d?\.\d\d?", shown):
        return None
    year = dt.date.fromordinal(int(other.typed)).year
    period = read_period(f"{shown}前", year)
    return period and (period.first, period.last)


def _with_units(target: Measure, actual: Measure, row: Setting) -> Pair:
    """Return both with a unit: their own, that of the row, that of the other."""
    unit = unit_of(row.unit)
    if unit is not None and unit != PERCENT:
        return Pair(_given(target, unit), _given(actual, unit))
    if RATE_DIMENSION in {target.dimension, actual.dimension} or unit == PERCENT:
        return _rates(target, actual, row)
    unit_of_target, unit_of_actual = target.unit, actual.unit
    if unit_of_target is None and unit_of_actual is not None:
        target = _given(target, unit_of_actual, actual.scale)
    elif unit_of_actual is None and unit_of_target is not None:
        actual = _given(actual, unit_of_target, target.scale)
    return Pair(target, actual)


def _given(measure: Measure, unit: Unit, scale: int = 1) -> Measure:
    """Return a number without unit in `unit`; with a 万 of its own, without that of the unit."""
    if measure.unit is not None:
        return measure
    if measure.scale > 1:
        return replace(measure, unit=replace(unit, factor=unit.factor / unit.scale, scale=1))
    return replace(measure, unit=unit, scale=scale)


def _rates(target: Measure, actual: Measure, row: Setting) -> Pair:
    """Return both as rates; a number without sign by what the other cell makes likely."""
    if target.unit is None and actual.unit is None:
        return _bare_rates(target, actual, row)
    if target.unit is None and actual.number is not None:
        read = _likely(target, actual.number, row._replace(direction=""))
        return Pair(read or target, actual, "" if read else _ambiguous("目标值", target))
    if actual.unit is None and target.number is not None:
        read = _likely(actual, target.number, row)
        return Pair(target, read or actual, "" if read else _ambiguous("业绩值", actual))
    return Pair(target, actual)


def _bare_rates(target: Measure, actual: Measure, row: Setting) -> Pair:
    assert target.typed is not None and actual.typed is not None
    large = max(abs(target.typed), abs(actual.typed))
    if large <= _LARGEST_SHARE:
        unit = SHARE if Fraction(1, 2) <= large <= 1 else PERCENT
        return Pair(replace(target, unit=unit), replace(actual, unit=unit))
    if abs(target.typed) == large:
        return _rates(replace(target, unit=PERCENT), actual, row)
    return _rates(target, replace(actual, unit=PERCENT), row)


def _likely(bare: Measure, other: Fraction, row: Setting) -> Measure | None:
    """Return a number without sign as the rate that it must be beside `other`; None if unclear."""
    assert bare.typed is not None
    percent, share = replace(bare, unit=PERCENT), replace(bare, unit=SHARE)
    if row.base is not None and (share.near(row.base) or percent.near(row.base)):
        return share if share.near(row.base) else percent
    size = abs(bare.typed)
    if size == 0 or other == 0:
        return percent
    as_share, as_percent = size / abs(other), size / 100 / abs(other)
    small_is_good = row.direction == "≤" and as_share > 1
    if size <= _LARGEST_SHARE and _CLOSE[0] <= as_share <= _CLOSE[1]:
        return None if small_is_good else share
    said = unit_of(row.unit) == PERCENT and (small_is_good or size > _LARGEST_SHARE)
    return percent if said or _POSSIBLE[0] <= as_percent <= _POSSIBLE[1] else None


def _ambiguous(where: str, measure: Measure) -> str:
    typed = plain(measure.typed or Fraction(0))
    hundredfold = plain((measure.typed or Fraction(0)) * 100)
    return f"{where}“{measure.text}”没有写百分号，是 {typed}% 还是 {hundredfold}%，看不出来"


def _different(target: Measure, actual: Measure) -> str:
    """Return in words that two units measure different things."""

    def name(measure: Measure) -> str:
        if measure.rate:
            return "百分数"
        unit = measure.unit.name if measure.unit else ""
        scale = scale_word(measure.scale)
        return f"以“{scale}{unit}”计" if unit else "没有单位的数"

    return f"目标值“{target}”是{name(target)}，业绩值“{actual}”是{name(actual)}"


def _slip(target: Measure, actual: Measure) -> str:
    """Return in words that two numbers, one without unit, are apart as 万 is from 1; else ""."""
    if not target.number or not actual.number or target.rate:
        return ""
    ratio = abs(actual.number / target.number)
    steps = (1000, 10_000) if target.dimension in {"长度", "重量", "体积"} else (10_000,)
    if any(_SLIP[0] <= one <= _SLIP[1] for step in steps for one in (ratio / step, ratio * step)):
        times = plain(max(ratio, 1 / ratio), 0)
        return f"目标值“{target.text}”与业绩值“{actual.text}”相差约 {times} 倍，像是单位不同"
    return ""


def _with_trends(target: Measure, actual: Measure, name: str) -> Pair:
    """Return the pair, a result of the opposite trend as a negative number."""
    wanted = target.trend or _trend_of(name)
    if not actual.trend or actual.trend == wanted or actual.typed is None:
        return Pair(target, actual)
    if not wanted:
        return Pair(target, actual, "业绩值写了增减，目标值没有写")
    if actual.high is not None or actual.typed < 0:
        return Pair(target, actual, "业绩值的增减看不清楚")
    return Pair(target, replace(actual, typed=-actual.typed, trend=wanted))


def _trend_of(name: str) -> str:
    """Return the trend in an indicator's name: 增速 +, 降幅 −, 变动率 +; "" where there is none."""
    found = {sign for word, sign in wording().trends.items() if word in name}
    if "变动" in name or "变化" in name or "增" in name:
        found = found or {"+"}
    if not found and "降" in name:
        found = {"-"}
    return found.pop() if len(found) == 1 else ""
