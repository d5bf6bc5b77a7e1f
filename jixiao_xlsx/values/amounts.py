"""Numbers as people type them, and the whole-number intervals that printed figures stand for.

Money is held in whole 分. A figure printed with few decimals (万元 with two, say) stands for every true amount that would
have been printed that way, so figures become closed integer intervals and intervals are compared, never rounded floats.
Pure: no files, no workbook types.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple


class State(StrEnum):
    """What was found in a cell."""

    BLANK = "blank"
    ZERO = "zero"
    NA = "na"
    NUMBER = "number"
    TEXT = "text"
    ERROR = "error"
    UNCALCULATED = "uncalculated"


class Convention(StrEnum):
    """How a sheet turned true amounts into printed ones."""

    ROUND = "四舍五入"
    TRUNCATE = "截尾"


# Atoms per unit. Money is counted in 分; points (分值) in ten-thousandths; people, copies and cars are whole.
ATOMS: dict[str, int] = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000, "分": 10_000}
MONEY_UNITS = frozenset({"元", "万元", "亿元"})


def atoms_per(unit: str) -> int:
    """Whole atoms in one `unit`: 分 for money, 1/10000 for points, 1 for things that are counted."""
    return ATOMS.get(unit, 1)


@cache
def grid_of(unit: str, decimals: int) -> int:
    """Atoms in the last of `decimals` printed digits; never below one atom."""
    return max(atoms_per(unit) // int(10**decimals), 1)


def dimension(unit: str) -> str:
    """The kind of quantity: only units of one dimension may meet in an equation."""
    return "money" if unit in MONEY_UNITS else unit


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed range of whole atoms."""

    lo: int
    hi: int

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.lo + other.lo, self.hi + other.hi)

    def __neg__(self) -> Interval:
        return Interval(-self.hi, -self.lo)

    def __contains__(self, atoms: int) -> bool:
        return self.lo <= atoms <= self.hi

    def meets(self, other: Interval) -> bool:
        """Whether some true amount lies in both."""
        return self.lo <= other.hi and other.lo <= self.hi


ZERO = Interval(0, 0)


def total(terms: Iterable[tuple[int, Interval]]) -> Interval:
    """Σ sign·interval."""
    lo = hi = 0
    for sign, part in terms:
        lo += part.lo if sign > 0 else -part.hi
        hi += part.hi if sign > 0 else -part.lo
    return Interval(lo, hi)


class Figure(NamedTuple):
    """A figure as printed, on its own unit and grid.

    `value` is in `unit`; `decimals` is what the form prints. Units: 元, 万元, 分 (points), or a counted thing.
    """

    value: Decimal
    unit: str
    decimals: int

    @property
    def grid(self) -> int:
        """Atoms in one last printed digit; never below one atom."""
        return grid_of(self.unit, self.decimals)

    @property
    def atoms(self) -> Decimal:
        return self.value * atoms_per(self.unit)

    @property
    def excess(self) -> bool:
        """Whether the cell holds digits that the form does not print."""
        return bool(self.atoms % self.grid)

    def believed(
        self, how: Convention, *, loose_zero: bool = False, grid: int | None = None
    ) -> Interval:
        """Every true amount this figure can stand for under `how`, in atoms.

        A typed zero is exactly zero unless `loose_zero`; a figure with excess digits is exact. `grid` overrides the
        form's own grid (the 100 元 reading of figures that were converted from 万元).
        """
        atoms = self.atoms
        whole = int(atoms)
        if whole != atoms:
            return Interval(math.floor(atoms), math.ceil(atoms))
        step = self.grid if grid is None else grid
        if step == 1 or whole % step:
            return Interval(whole, whole)
        if whole == 0:
            if not loose_zero:
                return ZERO
            reach = step // 2 if how is Convention.ROUND else step
            return Interval(1 - reach, reach - 1)
        below, above = (step // 2, step // 2 - 1) if how is Convention.ROUND else (0, step - 1)
        return (
            Interval(whole - below, whole + above)
            if whole > 0
            else Interval(whole - above, whole + below)
        )


def vote(exact: Interval, shown: Figure) -> Convention | None:
    """Which convention a pair of an exact amount and its printed figure proves; None where both or neither do."""
    fits = [how for how in Convention if shown.believed(how).meets(exact)]
    return fits[0] if len(fits) == 1 else None


def printable(
    target: Interval, how: Convention, unit: str, decimals: int
) -> tuple[Decimal, Decimal]:
    """The lowest and highest figure of `unit` that may be printed under `how` for a true amount in `target`."""
    step = grid_of(unit, decimals)
    fit = _round_atoms if how is Convention.ROUND else _truncate_atoms
    return Decimal(fit(target.lo, step)) / atoms_per(unit), Decimal(
        fit(target.hi, step)
    ) / atoms_per(unit)


def _round_atoms(atoms: int, step: int) -> int:
    size = (abs(atoms) + step // 2) // step * step
    return size if atoms >= 0 else -size


def _truncate_atoms(atoms: int, step: int) -> int:
    size = abs(atoms) // step * step
    return size if atoms >= 0 else -size


_FLOAT = Fraction(
    1, 10**13
)  # finer digits of a formula's result are the noise of its floating point


def rate_holds(shown: Fraction, step: Fraction, part: Interval, whole: Interval) -> bool:
    """Whether some pair of true amounts gives the printed rate, rounded or truncated to `step`.

    `shown` and `step` are finite decimals as fractions (95.55 % = 0.9555, step 0.0001); `whole.lo` must be positive. Integer cross-multiplication:
    no division, so the tolerance follows the size of the amounts.
    """
    while (
        step > _FLOAT and shown % step
    ):  # more digits than the form prints (a formula's result): those digits are the grid
        step /= 10
    below, above = (step if shown <= 0 else Fraction(0)), (step if shown >= 0 else Fraction(0))
    return _between(shown, step / 2, step / 2, part, whole) or _between(
        shown, below, above, part, whole
    )


def _between(
    shown: Fraction, below: Fraction, above: Fraction, part: Interval, whole: Interval
) -> bool:
    """Whether some true rate lies within; the end away from zero is no part of it (exactly 100 % is never cut to 99.99 %)."""
    least = Fraction(part.lo, whole.hi if part.lo >= 0 else whole.lo)
    most = Fraction(part.hi, whole.lo if part.hi >= 0 else whole.hi)
    low, high = shown - below, shown + above
    reaches = low <= most if shown > 0 else low < most
    return reaches and (least <= high if shown < 0 else least < high)


def rounded(value: Fraction | Decimal, decimals: int) -> Decimal:
    """四舍五入 (half away from zero) to `decimals` places."""
    if isinstance(value, Fraction):
        top, bottom = value.numerator * 10**decimals, value.denominator
        size = (2 * abs(top) + bottom) // (2 * bottom)
        return Decimal(size if top >= 0 else -size).scaleb(-decimals)
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def plain(value: Decimal | Fraction, decimals: int | None = None) -> str:
    """A number as a clerk writes it: no exponent, no group separators, no needless zeros (or exactly `decimals` of them)."""
    if decimals is not None:
        return format(rounded(value, decimals), "f")
    if isinstance(value, Fraction):
        exact = value.denominator
        while exact % 2 == 0:
            exact //= 2
        while exact % 5 == 0:
            exact //= 5
        value = (
            Decimal(value.numerator) / Decimal(value.denominator)
            if exact == 1
            else rounded(value, 4)
        )
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Decimal | Fraction, decimals: int = 2) -> str:
    """0.9555 → “95.55%”."""
    return f"{plain(value * 100, decimals)}%"


# ---------------------------------------------------------------------------------------------- cells as typed

NOT_APPLICABLE = frozenset(
    {"/", "-", "--", "—", "——", "―", "－", "*", "无", "不适用", "不涉及", "n/a", "N/A", "NA"}
)
ERROR_VALUES = frozenset(
    {"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
DIGITS = 15  # that Excel holds; no county's money reaches them
_NO_NUMBERS = (bool, dt.date, dt.time, dt.timedelta)
_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+")
_SUFFIX = re.compile(r"(亿元|亿|万元|万|元|%)$")
_SUFFIX_UNIT = {"亿元": "亿元", "亿": "亿元", "万元": "万元", "万": "万元", "元": "元"}


class Reading(NamedTuple):
    """How a raw cell was understood: its state, the number (in the unit of the form; 95 % as 0.95), and what was odd."""

    state: State
    value: Decimal | None = None
    note: str = ""


@lru_cache(maxsize=2048)
def tidy(text: str) -> str:
    """Half-width, without spaces or line breaks, one kind of quotes: what two spellings of a title have in common."""
    folded = unicodedata.normalize("NFKC", _SPACES.sub("", text))
    return _SPACES.sub("", folded).translate(_QUOTES)


_QUOTES = str.maketrans(dict.fromkeys("\"'“”‘’「」") | dict.fromkeys("﹣−–", "-"))


def from_float(raw: float) -> Decimal:
    """A stored float as the 15 significant digits that Excel works with."""
    return Decimal(f"{raw:.15g}")


def read_number(
    raw: object, unit: str = "", *, percent: bool = False, percent_format: bool | None = None
) -> Reading:
    """Read what was typed into a number cell of a form in `unit`; refuse it (TEXT) rather than guess.

    `percent` asks for a rate: 0.955, “95.5%” and 95.5 in a cell without a percent format are all 0.955; `percent_format` says
    whether the cell shows percentages (None: not known).
    """
    if isinstance(raw, float):
        if not math.isfinite(raw):
            return Reading(State.ERROR, None, "不是有限的数")
        number = from_float(raw)
    elif raw is None or (isinstance(raw, str) and not _SPACES.sub("", raw)):
        return Reading(State.BLANK)
    elif isinstance(raw, _NO_NUMBERS):
        return Reading(State.TEXT, None, "日期或逻辑值，不是数字")
    elif isinstance(raw, int):
        number = Decimal(raw)
    else:
        return _read_text(str(raw), unit, percent=percent)
    return _number(number, *_as_rate(number, percent_format)) if percent else _number(number)


def believable(number: Decimal) -> bool:
    """Whether a number is one that somebody meant: finite, of no more digits than Excel holds, and no mere trace of a sum."""
    return number.is_finite() and -2 * DIGITS < number.adjusted() < DIGITS


def _as_rate(number: Decimal, percent_format: bool | None) -> tuple[Decimal, str]:
    if percent_format or abs(number) <= Decimal("1.5"):
        return Decimal("1"), ""
    if percent_format is None and abs(number) <= 2:
        return Decimal("1"), ""
    return Decimal("0.01"), "没有写百分号"


def _number(number: Decimal, factor: Decimal = Decimal(1), note: str = "") -> Reading:
    value = number * factor
    if not believable(value):
        return Reading(State.TEXT, None, "超过 15 位，不是可信的数")
    return Reading(State.NUMBER if value else State.ZERO, value, note)


def _read_text(raw: str, unit: str, *, percent: bool) -> Reading:
    text = tidy(raw)
    if text in NOT_APPLICABLE:
        return Reading(State.NA)
    if text.upper() in ERROR_VALUES:
        return Reading(State.ERROR, None, text.upper())
    negative = text.startswith("(") and text.endswith(")")
    body = text.strip("()") if negative else text
    body = body.removeprefix("¥").removeprefix("Y") if body.startswith("¥") else body
    suffix = _SUFFIX.search(body)
    digits = body[: suffix.start()] if suffix else body
    trimmed = digits.rstrip(".。")
    if not _NUMBER.fullmatch(trimmed):
        return Reading(State.TEXT, None, "读不出数字")
    try:
        number = Decimal(trimmed.replace(",", ""))
    except InvalidOperation:  # pragma: no cover - the pattern leaves nothing Decimal refuses
        return Reading(State.TEXT, None, "读不出数字")
    factor = _suffix_factor(suffix.group() if suffix else "", unit, percent=percent)
    if factor is None:
        return Reading(
            State.TEXT, None, f"带有与本列不符的单位“{suffix.group() if suffix else ''}”"
        )
    if percent and not suffix:
        factor = _as_rate(number, None)[0]
    return _number(-number if negative else number, factor, "文本型数字")


def _suffix_factor(suffix: str, unit: str, *, percent: bool) -> Decimal | None:
    if not suffix:
        return Decimal(1)
    if suffix == "%":
        return Decimal("0.01") if percent else None
    typed = _SUFFIX_UNIT[suffix]
    if percent or unit not in MONEY_UNITS:
        return None
    return Decimal(atoms_per(typed)) / Decimal(atoms_per(unit))
