"""Figures as intervals: sound whatever was rounded or truncated, and as narrow as that allows."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiao_xlsx.values.amounts import (
    Convention,
    Figure,
    Interval,
    atoms_per,
    interval_sum,
    printable,
    rate_holds,
    vote,
)
from jixiao_xlsx.values.text import plain, rounded, tidy
from jixiao_xlsx.values.typed_numbers import State, read_number

HOW = st.sampled_from(Convention)
UNITS = st.sampled_from([("万元", 2), ("万元", 0), ("亿元", 4), ("元", 2), ("元", 0)])
SMALL = st.integers(-30_000, 30_000)
FEN = st.one_of(SMALL, st.integers(-(10**12), 10**12))


def printed(fen: int, how: Convention, unit: str = "万元", decimals: int = 2) -> Decimal:
    """What a sheet shows for a true amount; written with Decimal's own rounding, not the
    product's.
    """
    mode = ROUND_HALF_UP if how is Convention.ROUND else ROUND_DOWN
    return (Decimal(fen) / atoms_per(unit)).quantize(Decimal(1).scaleb(-decimals), mode)


# ---------------------------------------------------------------------------------------- intervals


@given(FEN, HOW, UNITS)
def test_a_printed_figure_can_stand_for_the_amount_it_was_printed_from(
    fen: int, how: Convention, unit: tuple[str, int]
) -> None:
    figure = Figure(printed(fen, how, *unit), *unit)
    assert fen in figure.believed(how, loose_zero=True)
    if figure.value:
        assert fen in figure.believed(how)


@given(FEN, HOW, UNITS)
def test_and_for_no_amount_that_would_be_printed_differently(
    fen: int, how: Convention, unit: tuple[str, int]
) -> None:
    figure = Figure(printed(fen, how, *unit), *unit)
    around = figure.believed(how, loose_zero=True)
    assert printed(around.lo, how, *unit) == printed(around.hi, how, *unit) == figure.value
    assert printed(around.lo - 1, how, *unit) != figure.value != printed(around.hi + 1, how, *unit)


@pytest.mark.parametrize(
    ("value", "how", "low", "high"),
    [
        ("954.81", Convention.ROUND, 954_805_000, 954_814_999),
        ("954.81", Convention.TRUNCATE, 954_810_000, 954_819_999),
        ("-1.20", Convention.ROUND, -1_204_999, -1_195_000),
        ("-1.20", Convention.TRUNCATE, -1_209_999, -1_200_000),
        ("0", Convention.ROUND, 0, 0),
        ("954.8123", Convention.ROUND, 954_812_300, 954_812_300),
        ("954.8199999", Convention.TRUNCATE, 954_819_999, 954_820_000),
    ],
)
def test_the_interval_of_a_figure_in_万元(value: str, how: Convention, low: int, high: int) -> None:
    assert Figure(Decimal(value), "万元", 2).believed(how) == Interval(low, high)


def test_a_typed_zero_is_exact_unless_it_is_read_loosely() -> None:
    zero = Figure(Decimal(0), "万元", 2)
    assert zero.believed(Convention.ROUND, loose_zero=True) == Interval(-4999, 4999)
    assert zero.believed(Convention.TRUNCATE, loose_zero=True) == Interval(-9999, 9999)
    assert zero.believed(Convention.TRUNCATE) == Interval(0, 0)


def test_元_with_two_decimals_is_exact_and_excess_digits_are_noticed() -> None:
    assert Figure(Decimal("9548199.71"), "元", 2).believed(Convention.ROUND) == Interval(
        954_819_971, 954_819_971
    )
    assert Figure(Decimal("60.123"), "万元", 2).excess
    assert not Figure(Decimal("60.12"), "万元", 2).excess


def test_the_100_元_reading_of_a_converted_figure() -> None:
    assert 954_819_971 in Figure(Decimal(9548200), "元", 2).believed(Convention.ROUND, grid=10_000)


@given(st.lists(st.tuples(st.sampled_from([1, -1]), FEN, HOW), max_size=8))
def test_a_sum_of_figures_can_stand_for_the_sum_of_the_amounts(
    parts: list[tuple[int, int, Convention]],
) -> None:
    figures = [
        (sign, Figure(printed(fen, how), "万元", 2).believed(how, loose_zero=True))
        for sign, fen, how in parts
    ]
    assert sum(sign * fen for sign, fen, _ in parts) in interval_sum(figures)


@given(
    st.lists(
        st.tuples(st.sampled_from([1, -1]), FEN, st.integers(0, 10**6)), min_size=1, max_size=8
    )
)
def test_the_ends_of_a_sum_are_reached(parts: list[tuple[int, int, int]]) -> None:
    ranges = [(sign, Interval(low, low + width)) for sign, low, width in parts]
    whole = interval_sum(ranges)
    assert whole.lo == sum(sign * (part.lo if sign > 0 else part.hi) for sign, part in ranges)
    assert whole.hi == sum(sign * (part.hi if sign > 0 else part.lo) for sign, part in ranges)


def test_intervals_meet_or_are_apart() -> None:
    a, b = Interval(0, 10), Interval(13, 20)
    assert a.meets(Interval(10, 12)) and not a.meets(b)
    assert -a == Interval(-10, 0)
    assert a + b == Interval(13, 30)


# ---------------------------------------------------------------------------------------- printable


@given(st.integers(-60_000, 60_000), st.integers(0, 40_000), HOW)
def test_the_admissible_range_holds_exactly_the_figures_that_may_be_printed(
    low: int, width: int, how: Convention
) -> None:
    target = Interval(low, low + width)
    first, last = printable(target, how, "万元", 2)
    steps = range(low // 10_000 - 2, (low + width) // 10_000 + 3)
    for cents in steps:
        value = Decimal(cents) / 100
        fits = Figure(value, "万元", 2).believed(how, loose_zero=True).meets(target)
        assert fits == (first <= value <= last)


def test_954_81_or_954_82() -> None:
    spent = Interval(954_819_971, 954_819_971)
    assert printable(spent, Convention.ROUND, "万元", 2) == (Decimal("954.82"), Decimal("954.82"))
    assert printable(spent, Convention.TRUNCATE, "万元", 2) == (
        Decimal("954.81"),
        Decimal("954.81"),
    )
    assert vote(spent, Figure(Decimal("954.81"), "万元", 2)) is Convention.TRUNCATE
    assert vote(spent, Figure(Decimal("954.82"), "万元", 2)) is Convention.ROUND
    assert vote(spent, Figure(Decimal("954.83"), "万元", 2)) is None
    assert vote(Interval(954_811_200, 954_811_200), Figure(Decimal("954.81"), "万元", 2)) is None


# -------------------------------------------------------------------------------------------- rates


@given(FEN, st.integers(1, 10**12), HOW, HOW, st.integers(4, 8))
def test_a_rate_printed_from_true_amounts_is_never_refused(
    part: int, whole: int, amounts: Convention, rates: Convention, digits: int
) -> None:
    above = Figure(printed(part, amounts), "万元", 2).believed(amounts, loose_zero=True)
    below = Figure(printed(whole, amounts), "万元", 2).believed(amounts)
    mode = ROUND_HALF_UP if rates is Convention.ROUND else ROUND_DOWN
    exact = Fraction(part, whole)
    scaled = (Decimal(exact.numerator * 10**digits) / Decimal(exact.denominator)).to_integral_value(
        mode
    )
    if below.lo > 0:
        assert rate_holds(Fraction(int(scaled), 10**digits), Fraction(1, 10**4), above, below)


@given(st.integers(0, 10**11), st.integers(100, 10**11))
def test_the_stored_result_of_a_formula_is_never_refused(part: int, whole: int) -> None:
    stored = Decimal(f"{part / whole:.15g}")
    assert rate_holds(
        Fraction(stored), Fraction(1, 10**4), Interval(part, part), Interval(whole, whole)
    )


@pytest.mark.parametrize(
    ("typed", "holds"), [("0.9555", True), ("0.9556", False), ("0.9554", False), ("0.9855", False)]
)
def test_a_rate_of_exact_amounts_is_checked_to_its_last_digit(typed: str, holds: bool) -> None:
    spent, budget = (
        Interval(912_345_678, 912_345_678),
        Interval(954_819_971, 954_819_971),
    )  # 95.5516…%
    assert rate_holds(Fraction(typed), Fraction(1, 10**4), spent, budget) is holds


def test_a_rate_of_small_printed_amounts_leaves_more_room() -> None:
    tenth = Interval(95_000, 104_999)  # 0.10 万元
    assert rate_holds(Fraction("1.05"), Fraction(1, 10**4), tenth, tenth)
    assert not rate_holds(Fraction("1.20"), Fraction(1, 10**4), tenth, tenth)


@pytest.mark.parametrize(
    ("rate", "part", "whole", "holds"),
    [
        ("0.9999", 100, 100, False),  # exactly 100% is never cut to 99.99%
        ("-0.9999", -100, 100, False),
        ("0.9999", 99_991, 100_000, True),
        ("0.9999", 99_982, 100_000, False),
        ("-0.9999", -99_991, 100_000, True),
        ("-0.9999", -99_982, 100_000, False),
        ("0.9555", 95_545, 100_000, True),  # a half is rounded away from zero
        ("-0.9555", -95_545, 100_000, True),
        ("0.9555", 95_544, 100_000, False),
        ("-0.9555", -95_544, 100_000, False),
        ("0", 9, 100_000, True),  # cut to nothing
        ("0", -9, 100_000, True),
        ("0", 1, 10_000, False),
        ("0", -1, 10_000, False),
        ("0.50000000000003", 1, 2, True),  # the noise of floating point
        ("0.5000000000003", 1, 2, False),
    ],
)
def test_the_ends_of_what_a_rate_can_stand_for(
    rate: str, part: int, whole: int, holds: bool
) -> None:
    assert (
        rate_holds(Fraction(rate), Fraction(1, 10**4), Interval(part, part), Interval(whole, whole))
        is holds
    )


# ----------------------------------------------------------------------------------------- as typed


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (954.81, "954.81"),
        (954.8100000000001, "954.81"),
        ("954.81", "954.81"),
        (" 954.81\u00a0", "954.81"),
        ("9,548,199.71", "9548199.71"),
        ("９５４．８１", "954.81"),
        ("7.50.", "7.50"),
        ("954.81万元", "954.81"),
        ("954.81万", "954.81"),
        ("9548100元", "954.81"),
        ("0.095481亿元", "954.81"),
        ("-3.5", "-3.5"),
        ("−3.5", "-3.5"),
        ("(3.5)", "-3.5"),
        ("¥12", "12"),
        (".5", "0.5"),
    ],
)
def test_an_amount_in_万元_is_read(raw: object, value: str) -> None:
    reading = read_number(raw, "万元")
    assert (reading.state, reading.value) == (State.NUMBER, Decimal(value))
    assert bool(reading.note) == isinstance(raw, str)


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        (None, State.BLANK),
        ("  \u3000", State.BLANK),
        (0, State.ZERO),
        ("0.00", State.ZERO),
        ("/", State.NA),
        ("—", State.NA),
        ("——", State.NA),
        ("无", State.NA),
        ("不适用", State.NA),
        ("完成", State.TEXT),
        ("约一百万", State.TEXT),
        ("90-95", State.TEXT),
        ("1,23", State.TEXT),
        ("95%", State.TEXT),
        ("12人", State.TEXT),
        ("(3.5", State.TEXT),
        (True, State.TEXT),
        (dt.date(2023, 12, 31), State.TEXT),
        ("#REF!", State.ERROR),
        ("#div/0!", State.ERROR),
        (float("inf"), State.ERROR),
        (1e15, State.TEXT),
        ("9" * 400, State.TEXT),
        (1e-308, State.TEXT),
        (1e-30, State.TEXT),
    ],
)
def test_what_is_no_amount_says_what_it_is(raw: object, state: State) -> None:
    reading = read_number(raw, "万元")
    assert reading.state is state
    assert not reading.value


def test_the_smallest_trace_that_counts_as_a_number() -> None:
    assert read_number(1.5e-29, "万元").value == Decimal("1.5E-29")


def test_people_are_not_counted_in_yuan() -> None:
    assert read_number("12元", "人").state is State.TEXT


@pytest.mark.parametrize(
    ("raw", "shown_as_percent", "value"),
    [
        (0.9555, True, "0.9555"),
        (0.9555, None, "0.9555"),
        (95.55, None, "0.9555"),
        (95.55, False, "0.9555"),
        (95.55, True, "95.55"),
        (1, None, "1"),
        (100, None, "1"),
        ("95.55%", None, "0.9555"),
        ("９５．８％", None, "0.958"),
        ("95.8", None, "0.958"),
        ("0.958", None, "0.958"),
        ("-100%", None, "-1"),
        ("0.5%", None, "0.005"),
    ],
)
def test_a_rate_is_read_as_a_fraction(
    raw: object, shown_as_percent: bool | None, value: str
) -> None:
    assert read_number(raw, "%", percent=True, percent_format=shown_as_percent).value == Decimal(
        value
    )


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**10), max_value=10**10
    )
)
def test_a_number_written_plainly_is_read_back(value: Decimal) -> None:
    assert read_number(plain(value), "元").value == value
    assert read_number(float(value), "元").value == value


@given(st.text(max_size=20))
def test_no_text_is_too_strange_to_be_read_or_refused(text: str) -> None:
    assert read_number(text, "万元").state in State
    assert read_number(text, "%", percent=True).state in State


def test_spellings_of_a_title_have_something_in_common() -> None:
    assert tidy("“三公”经费\n（元）") == tidy("三公 经费(元)") == "三公经费(元)"


def test_rounding_is_away_from_zero_at_the_half() -> None:
    assert rounded(Fraction(5, 1000), 2) == rounded(Decimal("0.005"), 2) == Decimal("0.01")
    assert rounded(Fraction(-5, 1000), 2) == Decimal("-0.01")
    assert rounded(Fraction(8889, 100), 0) == Decimal(89)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2.700", "2.7"),
        ("90", "90"),
        ("1E+2", "100"),
        ("0.00", "0"),
        ("-13.50", "-13.5"),
        ("0.03125", "0.03125"),
        ("0.00032", "0.00032"),
    ],
)
def test_a_number_is_written_as_a_clerk_writes_it(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text
    assert plain(Fraction(Decimal(value))) == text


def test_an_endless_fraction_is_written_with_four_places() -> None:
    assert (plain(Fraction(1, 3)), plain(Fraction(-200, 3))) == ("0.3333", "-66.6667")


@pytest.mark.parametrize(
    ("raw", "shown_as_percent", "rate"),
    [
        ("2", None, "2"),
        ("2.5", None, "0.025"),
        (1.8, None, "1.8"),
        (2, None, "2"),
        (2.01, None, "0.0201"),
        (1.8, False, "0.018"),
        (1.5, False, "1.5"),
        (1.51, False, "0.0151"),
        (95.5, True, "95.5"),
    ],
)
def test_a_rate_without_its_sign_is_read_by_its_size(
    raw: object, shown_as_percent: bool | None, rate: str
) -> None:
    assert read_number(raw, percent=True, percent_format=shown_as_percent).value == Decimal(rate)
