"""Could these figures be true? Asked without the checker: the form's equations are parsed again,
straight from spec.toml.

A figure printed in 万元 stands for the amounts that print so, by rounding or by cutting (one way for
the whole sheet); every other figure is exact. `doubts` answers with one word for each kind of
contradiction:

hard   one relation alone cannot hold, in any reading
joint  each relation alone can hold, but no amounts satisfy all of them
soft   only what the form calls a 提示: budget columns, mixed readings, a zero that may be small, one
last digit between sheets
"""

from __future__ import annotations

import csv
import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from departments import EXECUTION, FACTS, FUNDS, JUDGED, SURVEY, TRIPS, Address, Book

FORM = Path(__file__).resolve().parents[2] / "workbook_templates" / "bumen-zhengti"
GRID = 10_000  # 分 in the last digit of 万元 with two decimals
WORDS = frozenset({"/", "-", "--", "—", "——", "无", "不适用"})
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Law:
    """A relation at one place: sides of signed cells, = or ≤. `soft`: the form only notes its
    failure; `across`: of two tables.
    """

    code: str
    op: str
    sides: tuple[tuple[tuple[int, Address], ...], ...]
    soft: bool
    across: bool


# ---------------------------------------------------------------------------------- the form's text


@cache
def form() -> dict[str, Any]:
    return tomllib.loads((FORM / "spec.toml").read_text(encoding="utf-8"))


@cache
def tables() -> dict[str, dict[str, Any]]:
    return {table["name"]: table for table in form()["table"]}


@cache
def library() -> dict[str, dict[str, str]]:
    with (FORM / "indicators.csv").open(encoding="utf-8", newline="") as stream:
        return {line["三级指标"]: line for line in csv.DictReader(stream)}


def split(text: str) -> list[list[tuple[int, str]]]:
    """Sides of signed names. Names never hold an operator, except between 「」."""
    sides = []
    for side in re.split(r"\s[=≤]\s", text):
        terms, sign = [], 1
        for token in re.findall(r"「[^」]*」|\S+", side.strip("() ")):
            if token in {"+", "-"}:
                sign = 1 if token == "+" else -1
            else:
                terms.append((sign, token.strip("「」()")))
        sides.append(terms)
    return sides


def laws(book: Book) -> Iterator[Law]:
    """Every linear relation of the form, at every place of this book."""
    for item in form()["equation"]:
        sides, op = split(item["holds"]), "≤" if "≤" in item["holds"] else "="
        name = item.get("table", "")
        if not name:
            whole = tuple(tuple((sign, _full(term)) for sign, term in side) for side in sides)
            yield Law(item["code"], op, whole, False, True)
        elif item["scope"] == "row":
            for row in item.get("rows") or _rows(book, name):
                here = tuple(
                    tuple((sign, (name, row, term)) for sign, term in side) for side in sides
                )
                yield Law(item["code"], op, here, False, False)
        else:
            for column in item.get("columns") or _columns(name):
                there = tuple(tuple(_in_column(book, name, column, side)) for side in sides)
                yield Law(item["code"], op, there, column in item.get("note_columns", ()), False)


def _full(term: str) -> Address:
    table, row, column = term.split(".")
    return table, row, column


def _rows(book: Book, name: str) -> list[str | int]:
    table = tables()[name]
    return [
        *(row["title"] for row in table.get("rows", ())),
        *book.rows(name),
        *([table["total"]] if table.get("total") else []),
    ]


def _columns(name: str) -> list[str]:
    return [
        c["title"]
        for c in tables()[name]["columns"]
        if c.get("type") in {"money", "count", "score"}
    ]


def _in_column(
    book: Book, name: str, column: str, side: list[tuple[int, str]]
) -> Iterator[tuple[int, Address]]:
    for sign, term in side:
        if term == "各行":
            yield from ((sign, (name, row, column)) for row in book.rows(name))
        else:
            yield sign, (name, term, column)


# ------------------------------------------------------------------------------------------ figures


@dataclass(frozen=True)
class Figures:
    """The typed numbers of a book in atoms: 分 of money, 1/10000 of a point, single things."""

    book: Book
    atoms: Mapping[Address, int]
    words: frozenset[Address]

    def reading(self, at: Address, how: str) -> Range:
        """The true amounts behind a cell. how: round, cut; small (“round small”): a typed zero may
        be little; loose: all of it.
        """
        v = self.atoms.get(at)
        if v is None:
            return 0, 0
        if at[0] != FUNDS or v % GRID:
            return v, v
        below, above = {"round": (GRID // 2, GRID // 2 - 1), "cut": (0, GRID - 1)}.get(
            how.split()[0], (GRID // 2, GRID - 1)
        )
        if v == 0:
            reach = {"round small": GRID // 2 - 1, "cut small": GRID - 1, "loose": GRID - 1}.get(
                how, 0
            )
            return -reach, reach
        return (v - below, v + above) if v > 0 else (v - above, v + below)


def figures(book: Book) -> Figures:
    """What is typed, in atoms; text numbers are read, other text is words."""
    atoms, words = {}, set()
    for at, value in book.values.items():
        if _per(at) == 0:
            continue
        number = typed_number(value)
        if number is not None:
            exact = number * _per(at)
            atoms[at] = int(exact) if exact == int(exact) else math.floor(exact)
        elif str(value).strip() not in WORDS:
            words.add(at)
    for table in book.ticks:
        for row in _rows(book, table):
            for column in _columns(table):
                atoms.setdefault((table, row, column), 0)
    return Figures(book, atoms, frozenset(words))


@cache
def _kinds() -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (name, c["title"]): (c.get("type", "text"), c.get("unit") or t.get("unit", ""))
        for name, t in tables().items()
        for c in t["columns"]
    }


def kind_of(at: Address) -> str:
    """money, count, score, percent, measure … of a cell."""
    row = next((r for r in tables()[at[0]].get("rows", ()) if r["title"] == at[1]), {})
    return str(row.get("type") or _kinds()[at[0], at[2]][0])


def _per(at: Address) -> int:
    kind = kind_of(at)
    if kind == "money":
        return {"元": 100, "万元": 1_000_000}[_kinds()[at[0], at[2]][1]]
    return {"score": 10_000, "count": 1}.get(kind, 0)


def typed_number(value: object) -> Decimal | None:
    """A number, or a text that is one: “1,234.50”, “95.5%” (as 0.955)."""
    if isinstance(value, int | float):
        return Decimal(repr(value))
    if isinstance(value, str) and re.fullmatch(r"-?[\d,]+(\.\d+)?%?", value.strip()):
        text = value.strip().replace(",", "")
        return Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    return None


# --------------------------------------------------------------------------------- linear relations


def _sides(law: Law, known: Figures) -> list[list[tuple[int, Address]]]:
    """The sides that hold a number; [] where one cell is words, or fewer than two sides are
    filled.
    """
    if any(at in known.words for side in law.sides for _, at in side):
        return []
    filled = [list(side) for side in law.sides if any(at in known.atoms for _, at in side)]
    return filled if len(filled) > 1 else []


def _span(side: list[tuple[int, Address]], known: Figures, how: str) -> Range:
    low = high = 0
    for sign, at in side:
        a, b = _deep(at, known, how)
        low, high = low + (a if sign > 0 else -b), high + (b if sign > 0 else -a)
    return low, high


def _deep(at: Address, known: Figures, how: str) -> Range:
    """A live formula over printed figures stands for the sum of what those stand for."""
    formula = known.book.formulas.get(at)
    if formula is None or formula.below or at[0] != FUNDS:
        return known.reading(at, how)
    return _span(list(formula.above), known, how)


def holds_alone(law: Law, known: Figures, how: str) -> bool:
    sides = [_span(side, known, how) for side in _sides(law, known)]
    if law.op == "=":
        return all(
            a[0] <= b[1] and b[0] <= a[1] for i, a in enumerate(sides) for b in sides[i + 1 :]
        )
    return all(a[0] <= b[1] for i, a in enumerate(sides) for b in sides[i + 1 :])


def _last_digit(law: Law, known: Figures) -> bool:
    """Between tables, one 万元 figure moved by its last digit."""
    for side in law.sides:
        for _, at in side:
            if at[0] == FUNDS and at in known.atoms and law.across:
                for step in (GRID, -GRID):
                    moved = Figures(
                        known.book, {**known.atoms, at: known.atoms[at] + step}, known.words
                    )
                    if any(holds_alone(law, moved, how) for how in ("round", "cut")):
                        return True
    return False


def relieved(law: Law, known: Figures) -> bool:
    if law.soft or any(holds_alone(law, known, how) for how in ("round", "cut")):
        return True
    if any(at[0] == FUNDS for side in law.sides for _, at in side) and holds_alone(
        law, known, "loose"
    ):
        return True
    return law.op == "=" and _last_digit(law, known)


def _with_totals(all_laws: list[Law], known: Figures) -> Iterator[Law]:
    """The relations that say something: a total left blank over filled parts is some amount, not
    nothing.
    """
    free = set()
    for law in all_laws:
        for lone, parts in ((law.sides[0], law.sides[-1]), (law.sides[-1], law.sides[0])):
            at = lone[0][1]
            sums = len(parts) > 1 or at[1] == tables()[at[0]].get("total")
            plain = (
                law.op == "="
                and len(law.sides) == 2
                and not law.across
                and len(lone) == 1
                and all(s > 0 for s, _ in parts)
            )
            blank = (
                at not in known.atoms
                and at not in known.words
                and any(part in known.atoms for _, part in parts)
            )
            if sums and plain and blank:
                free.add(at)
    for law in all_laws:
        filled = [side for side in law.sides if any(at in known.atoms for _, at in side)]
        if not any(at in free for side in filled for _, at in side):
            yield law


def linear(book: Book, *, joint: bool = True) -> str:
    """hard, joint, soft or "" for the linear relations."""
    known = figures(book)
    all_laws = list(_with_totals(list(laws(book)), known))
    broken = [
        law
        for law in all_laws
        if not (holds_alone(law, known, "round") and holds_alone(law, known, "cut"))
    ]
    if any(not relieved(law, known) for law in broken):
        return "hard"
    ways = [
        how
        for how in ("round", "cut")
        if all(holds_alone(law, known, how) for law in broken if not law.soft)
    ]
    if any(law.soft and not holds_alone(law, known, "round") for law in broken) or not ways:
        return "soft"
    if not joint or any(_possible(all_laws, known, how) for how in ways):
        return ""
    return "soft" if any(_possible(all_laws, known, f"{how} small") for how in ways) else "joint"


# -------------------------------------------------------------------------------------- all at once


def _possible(all_laws: list[Law], known: Figures, how: str) -> bool:
    """Whether some amounts satisfy every relation of the printed sheet: bounds first, then (with
    scipy) linear programming.
    """
    near = [
        law
        for law in all_laws
        if any(at[0] == FUNDS for side in law.sides for _, at in side) and _sides(law, known)
    ]
    near = [law for law in near if law.op == "="]
    bounds = {at: _own(at, known, how) for law in near for side in law.sides for _, at in side}
    rows = [_row(law, known) for law in near]
    return _tightened(rows, bounds) and _programme(rows, bounds)


def _own(at: Address, known: Figures, how: str) -> Range:
    return _deep(at, known, how)


def _row(law: Law, known: Figures) -> dict[Address, int]:
    left, right = _sides(law, known)[:2]
    row: dict[Address, int] = {}
    for sign, at in [*left, *((-sign, at) for sign, at in right)]:
        row[at] = row.get(at, 0) + sign
    return row


def _tightened(rows: list[dict[Address, int]], bounds: dict[Address, Range]) -> bool:
    """Narrow every amount by every equation until nothing moves; False when one has no room
    left.
    """
    moved = True
    for _ in range(50):
        if not moved:
            return True
        moved = False
        for row in rows:
            low = sum(k * bounds[at][0 if k > 0 else 1] for at, k in row.items())
            high = sum(k * bounds[at][1 if k > 0 else 0] for at, k in row.items())
            if low > 0 or high < 0:
                return False
            for at, k in row.items():
                a, b = bounds[at]
                rest = (low - (k * a if k > 0 else k * b), high - (k * b if k > 0 else k * a))
                new = (
                    (max(a, -rest[1]), min(b, -rest[0]))
                    if k > 0
                    else (max(a, rest[0]), min(b, rest[1]))
                )
                if new[0] > new[1]:
                    return False
                if new != (a, b):
                    low += (k * (new[0] - a)) if k > 0 else k * (new[1] - b)
                    high += (k * (new[1] - b)) if k > 0 else k * (new[0] - a)
                    bounds[at], moved = new, True
    return True


def has_scipy() -> bool:
    try:
        import scipy.optimize  # noqa: F401
    except ImportError:
        return False
    return True


def _programme(rows: list[dict[Address, int]], bounds: Mapping[Address, Range]) -> bool:
    if not has_scipy() or all(a == b for a, b in bounds.values()):
        return True
    import numpy as np
    from scipy.optimize import linprog

    names = {at: index for index, at in enumerate(bounds)}
    base = np.array([a for a, _ in bounds.values()], dtype=float)
    matrix, right = np.zeros((len(rows), len(names))), np.zeros(len(rows))
    for index, row in enumerate(rows):
        for at, k in row.items():
            matrix[index, names[at]] = k
            right[index] -= k * bounds[at][0]
    room = [(0, b - a) for a, b in bounds.values()]
    assert len(base) == len(room)
    return bool(
        linprog(np.zeros(len(names)), A_eq=matrix, b_eq=right, bounds=room, method="highs").status
        != 2
    )


# --------------------------------------------------------------------------------- rates and scores


def fits(typed: Decimal, exact: Fraction, digits: int) -> bool:
    """Whether a number is `exact`, rounded or cut to `digits` places (or with all its digits)."""
    return (
        abs(Fraction(typed) - exact) < Fraction(1, 10**digits)
        if Fraction(typed) % Fraction(1, 10**digits) == 0
        else abs(Fraction(typed) - exact) < Fraction(1, 10**12)
    )


def others(book: Book) -> Iterator[str]:
    """hard or soft, for every contradiction outside the linear relations."""
    for part in _PARTS.values():
        yield from part(book)


def contradictions(book: Book, part: str = "") -> Counter[str]:
    """How many contradictions there are outside the linear relations, by part (of this one)."""
    parts = (part,) if part else tuple(_PARTS)
    return +Counter({name: [*_PARTS[name](book)].count("hard") for name in parts})


def _rates(book: Book, known: Figures) -> Iterator[str]:
    for name, above, below in (
        (EXECUTION, ("全年执行数",), "全年预算数"),
        (SURVEY, ("很满意", "满意"), "有效份数"),
    ):
        for row in _rows(book, name):
            shown = typed_number(
                book.values.get((name, row, "执行率" if name == EXECUTION else "满意度"))
            )
            raw = book.values.get((name, row, "执行率" if name == EXECUTION else "满意度"))
            if shown is None and raw is not None and str(raw) not in WORDS:
                yield "hard"
            parts = [known.atoms.get((name, row, c)) for c in above]
            whole = known.atoms.get((name, row, below))
            if (
                whole is None
                or all(p is None for p in parts)
                or any((name, row, c) in known.words for c in (*above, below))
            ):
                continue
            top = sum(p or 0 for p in parts)
            if whole == 0:
                if top > 0 or (shown is not None and shown != 0):
                    yield "hard"
            elif shown is not None and whole > 0:
                rate = shown if abs(shown) <= Decimal("1.5") else shown / 100
                digits = max(-int(rate.normalize().as_tuple().exponent), 2)
                if not fits(rate, Fraction(top, whole), 4):
                    yield (
                        "soft"
                        if digits < 4 and fits(rate, Fraction(top, whole), digits)
                        else "hard"
                    )
    score, spent, given = (
        known.atoms.get((EXECUTION, "年度资金总额", c))
        for c in ("得分", "全年执行数", "全年预算数")
    )
    if score is not None and spent is not None and given is not None and given > 0:
        right = max(min(Fraction(spent, given), Fraction(1)), Fraction(0)) * 10
        if abs(Fraction(score, 10_000) - right) >= Fraction(1, 100):
            yield "hard"


def _cell(book: Book, row: str | int, column: str) -> Decimal | None:
    return typed_number(book.values.get((JUDGED, row, column)))


def _weights(book: Book) -> Iterator[str]:
    total = Fraction(typed_number(book.values.get((EXECUTION, "年度资金总额", "分值"))) or 0)
    groups: dict[object, Fraction] = {}
    for row in book.rows(JUDGED):
        weight = Fraction(_cell(book, row, "权重") or 0)
        total += weight
        line = library().get(str(book.values.get((JUDGED, row, "三级指标"))))
        if line and line["类别"] == "共性":
            if weight != Fraction(line["权重"]):
                yield "hard"
        else:
            group = book.values.get((JUDGED, row, "二级指标"))
            groups[group] = groups.get(group, Fraction(0)) + weight
    if total != 100:
        yield "hard"
    for line in library().values():
        if line["类别"] != "共性" and groups.get(line["二级指标"]) != Fraction(line["权重"]):
            yield "hard"
    present = {book.values.get((JUDGED, row, "三级指标")) for row in book.rows(JUDGED)}
    yield from (
        "hard"
        for line in library().values()
        if line["类别"] == "共性" and line["三级指标"] not in present
    )


def base(book: Book, known: Figures, name: str) -> Fraction | None:
    """An indicator from the data on other sheets."""

    def v(table: str, row: str, column: str) -> int | None:
        return known.atoms.get((table, row, column))

    pairs: dict[str, tuple[int | None, int | None]] = {
        "基本支出预算执行率": (
            v("收支总表", "基本支出", "决算数"),
            v("收支总表", "基本支出", "全年预算数"),
        ),
        "项目支出预算执行率": (
            v("收支总表", "项目支出", "决算数"),
            v("收支总表", "项目支出", "全年预算数"),
        ),
        "“三公经费”控制率": (
            v(TRIPS, "“三公经费”合计", "决算数"),
            v(TRIPS, "“三公经费”合计", "预算数（全年）"),
        ),
        "在职人员控制率": (
            v(FACTS, "年末在职人数（编内）", "填报内容"),
            v(FACTS, "编制人数", "填报内容"),
        ),
    }
    if name == "结转结余变动率":
        new, old = (v("收支总表", row, "决算数") for row in ("年末结转和结余", "年初结转和结余"))
        pairs[name] = (None if new is None or old is None else new - old, old)
    if name == "满意度":
        good = [v(SURVEY, "合计", c) for c in ("很满意", "满意")]
        pairs[name] = (
            None if good[0] is None else good[0] + (good[1] or 0),
            v(SURVEY, "合计", "有效份数"),
        )
    top, bottom = pairs.get(name, (None, None))
    return None if top is None or not bottom else Fraction(top, bottom)


def _measure(value: object, unit: str, percent: bool) -> tuple[Fraction | None, int]:
    """A result or a target as a number, and its decimals."""
    number = typed_number(value)
    if number is None:
        return None, 0
    if (
        not (isinstance(value, str) and value.endswith("%"))
        and unit == "%"
        and not percent
        and abs(number) > Decimal("1.5")
    ):
        number /= 100
    exponent = number.normalize().as_tuple().exponent
    return Fraction(number), max(
        -exponent if isinstance(exponent, int) else 0, 4 if unit == "%" else 0
    )


def _scores(book: Book) -> Iterator[str]:
    known = figures(book)
    for row in book.rows(JUDGED):
        name, sign = (
            str(book.values.get((JUDGED, row, "三级指标"))),
            book.values.get((JUDGED, row, "指标方向")),
        )
        unit = str(book.values.get((JUDGED, row, "计量单位")) or "")
        weight, score = Fraction(_cell(book, row, "权重") or 0), _cell(book, row, "指标得分")
        if score is not None and not 0 <= Fraction(score) <= weight:
            yield "hard"
        actual, digits = _measure(
            book.values.get((JUDGED, row, "业绩值")), unit, (JUDGED, row, "业绩值") in book.percents
        )
        target, _ = _measure(
            book.values.get((JUDGED, row, "目标值")), unit, (JUDGED, row, "目标值") in book.percents
        )
        if actual is None or target is None or sign not in {"≥", "≤", "="}:
            continue
        exact = base(book, known, name)
        if exact is not None and not abs(exact - actual) < Fraction(1, 10**digits):
            yield "hard"
        rate = _cell(book, row, "完成率")
        if rate is not None and target > 0 and actual >= 0:
            right = [actual / target, *([target / actual] if sign == "≤" and actual else [])]
            right += (
                [Fraction(1)] if (actual <= target if sign == "≤" else actual >= target) else []
            )
            shown = (
                Fraction(rate)
                if abs(rate) <= Decimal("1.5") or (JUDGED, row, "完成率") in book.percents
                else Fraction(rate) / 100
            )
            if not any(abs(shown - value) < Fraction(1, 10_000) for value in right):
                yield "hard"
        if score is not None and Fraction(score) > _most(
            name, sign, weight, actual if exact is None else exact, target, actual
        ) + Fraction(1, 100):
            yield "hard"


def _most(
    name: str, sign: object, weight: Fraction, actual: Fraction, target: Fraction, typed: Fraction
) -> Fraction:
    """The highest fair score, from what is exact or from what is typed."""

    def fair(x: Fraction) -> Fraction:
        if name == "结转结余变动率":
            return weight * max(1 - max(x - target, Fraction(0)), Fraction(0))
        if sign == "≤":
            return (
                weight
                if x <= target
                else weight * max(target, Fraction(0)) / x
                if x > 0
                else Fraction(0)
            )
        if sign == "=":
            return (
                weight * max(min(x, target), Fraction(0)) / max(x, target)
                if max(x, target) > 0
                else weight
            )
        return weight if x >= target else weight * max(x, Fraction(0)) / target

    return max(fair(actual), fair(typed))


def _facts(book: Book, known: Figures) -> Iterator[str]:
    staff, posts = (
        known.atoms.get((FACTS, row, "填报内容")) for row in ("年末在职人数（编内）", "编制人数")
    )
    if staff is not None and posts and staff > posts:
        yield "hard"
    total = typed_number(book.values.get((FACTS, "自评总分（满分100）", "填报内容")))
    summed = _cell(book, "合计", "指标得分")
    execution = typed_number(book.values.get((EXECUTION, "年度资金总额", "得分")))
    if total is None:
        return
    grade = "优" if total >= 90 else "良" if total >= 80 else "中" if total >= 60 else "差"
    if book.values.get((FACTS, "自评等级", "填报内容")) not in {None, grade}:
        yield "hard"
    if summed is None or execution is None:
        return
    weights = [
        (_cell(book, row, "权重") or Decimal(0), book.values.get((JUDGED, row, "业绩值")))
        for row in book.rows(JUDGED)
    ]
    applicable = sum((w for w, actual in weights if actual != "不适用"), Decimal(0))
    right = [summed + execution, *([summed / applicable * 90 + execution] if applicable else [])]
    if all(abs(total - value) >= Decimal("0.1") for value in right[:1]) and all(
        abs(total - value) >= Decimal("0.01") for value in right
    ):
        yield "hard"


def _required(book: Book) -> Iterator[str]:
    """Cells that the form says must be filled."""
    for name, table in tables().items():
        columns = [c["title"] for c in table["columns"]]
        default = [c["title"] for c in table["columns"] if c.get("required")] or columns
        for row in table.get("rows", ()):
            wanted = row.get("required", ())
            for column in default if wanted is True else wanted or ():
                if (name, row["title"], column) not in book.values and name not in book.ticks:
                    yield "hard"


_PARTS: dict[str, Callable[[Book], Iterable[str]]] = {
    "words": lambda book: ("hard" for _ in figures(book).words),
    "rates": lambda book: _rates(book, figures(book)),
    "weights": _weights,
    "scores": _scores,
    "facts": lambda book: _facts(book, figures(book)),
    "required": _required,
}


def doubts(book: Book, *, joint: bool = True) -> str:
    """hard, joint, soft, or "" when the figures could all be true."""
    found = set(others(book))
    if "hard" in found:
        return "hard"
    kind = linear(book, joint=joint)
    return kind or ("soft" if "soft" in found else "")
