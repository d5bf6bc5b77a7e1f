"""Does the first cause name what was spoilt? Faults by kind and sheet, alone and together.

    python tests/bench/wrong_cells.py --workbooks 400 --seed 1 [--several 100] [--misses 30]

Only faults are scored that localise.py finds *localisable*; of several faults each is so alone, and
together they break no more than each breaks alone. `right first`: the first cause names a cell that
is right, and that no change would make right either.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from departments import ACCOUNTS, EXECUTION, FUNDS, JUDGED, PLAN, SURVEY, TRIPS, Address, Book
from injuries import Fault, inject, inputs, row_order, typed
from localise import Change, Explanation, TooManyError, broken, changed, explanations
from oracle import doubts, kind_of, typed_number
from reading import Reader
from sheets import department

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.values.cells import Cell, Place, StatedUnit, Submission
from jixiao_xlsx.values.findings import Report

Make = Callable[[Book, random.Random], Fault | None]
_MOST = 3  # cells that a cause of one cell may name
_CARRIED = ("年初结转和结余", "年末结转和结余")


@dataclass(frozen=True)
class Trial:
    """A workbook with faults: `first` that each is among the first causes, as many as faults."""

    kind: str
    sheet: str
    first: bool
    all_first: bool
    right_first: bool
    story: str


# ------------------------------------------------------------------------------------------- kinds


def _as(kind: str, fault: Fault | None) -> Fault | None:
    return fault and replace(fault, kind=kind)


def _digits(book: Book, dice: random.Random, new: Callable[[str], Iterable[str]]) -> Fault | None:
    at = dice.choice(inputs(book))
    one = typed(book, at)
    unit = Decimal(1).scaleb(-one.decimals)
    digits = str(int(abs(one.number) / unit))
    whole, rest = digits[: len(digits) - one.decimals], digits[len(digits) - one.decimals :]
    texts = [text for text in new(whole) if text and text[0] != "0"]
    if not texts or not one.number:
        return None
    sign = 1 if one.number > 0 else -1
    return _with(book, {at: one.back(sign * int(dice.choice(texts) + rest) * unit)})


def _with(book: Book, change: Change, table: str = "", *, moved: bool = False) -> Fault | None:
    if not change or all(book.values.get(at) == value for at, value in change.items()):
        return None
    name = table or next(iter(change))[0]
    return Fault("", name, tuple(change), changed(book, change), rows_moved=moved)


def _dropped(book: Book, dice: random.Random) -> Fault | None:
    return _digits(book, dice, lambda w: [w[:i] + w[i + 1 :] for i in range(len(w))])


def _doubled(book: Book, dice: random.Random) -> Fault | None:
    return _digits(book, dice, lambda w: [w[:i] + w[i] + w[i:] for i in range(len(w))])


def _power(book: Book, dice: random.Random) -> Fault | None:
    at = dice.choice([at for at in inputs(book) if kind_of(at) == "money"])
    one = typed(book, at)
    new = (one.number * dice.choice((10, 100, Decimal("0.1"), Decimal("0.01")))).quantize(
        Decimal(1).scaleb(-one.decimals)
    )
    return _with(book, {at: one.back(new)}) if new else None


def _beside(book: Book, dice: random.Random) -> Fault | None:
    """The figure of the next column."""
    at = dice.choice([at for at in inputs(book) if kind_of(at) == "money"])
    others = [
        other
        for other in inputs(book)
        if other[:2] == at[:2] and kind_of(other) == "money" and book.values[other]
    ]
    others = [one for one in others if book.values[one] != book.values[at]]
    return _with(book, {at: book.values[dice.choice(others)]}) if others else None


def _text(book: Book, dice: random.Random) -> Fault | None:
    parts = [
        cell
        for formula in book.formulas.values()
        for _, cell in formula.above
        if not formula.below and cell in book.values and cell not in book.formulas
    ]
    filled = [at for at in parts if typed_number(book.values[at])]
    if not filled:
        return None
    at = dice.choice(filled)
    fault = _with(book, {at: str(book.values[at])})
    sums = [one for one, f in book.formulas.items() if at in [cell for _, cell in f.above]]
    return fault and replace(fault, cells=(at, *sums))


def _carried(book: Book, dice: random.Random) -> Fault | None:
    at = (ACCOUNTS, dice.choice(_CARRIED), "决算数")
    return _with(book, {at: None}) if typed_number(book.values.get(at)) else None


def _old_total(book: Book, dice: random.Random) -> Fault | None:
    totals = [
        at
        for at in inputs(book)
        if kind_of(at) == "money"
        and (at[1] in {"合计", "本年收入合计", "收入总计", "本年支出合计", "支出总计", "基本支出"})
    ]
    if not totals:
        return None
    at = dice.choice(totals)
    one = typed(book, at)
    share = Decimal(dice.choice((-7, -3, 2, 5, 8))) / 100
    return _with(book, {at: one.back(round(one.number * (1 + share), one.decimals))})


def _money(book: Book, table: str, column: str = "") -> list[Address]:
    cells = [at for at in inputs(book) if at[0] == table and kind_of(at) == "money"]
    return [at for at in cells if column in {"", at[2]} and typed_number(book.values[at])]


def _in_other_unit(book: Book, cells: list[Address]) -> Change:
    factor = Decimal(10_000) if cells and cells[0][0] == FUNDS else Decimal("0.0001")
    return {at: float(round(typed(book, at).number * factor, 6)) for at in cells}


def _column_unit(book: Book, dice: random.Random) -> Fault | None:
    table = dice.choice((FUNDS, ACCOUNTS, PLAN, EXECUTION, TRIPS))
    columns = sorted({at[2] for at in _money(book, table)})
    cells = _money(book, table, dice.choice(columns)) if columns else []
    return _with(book, _in_other_unit(book, cells)) if len(cells) > 1 else None


def _table_unit(book: Book, dice: random.Random) -> Fault | None:
    cells = _money(book, dice.choice((FUNDS, ACCOUNTS, PLAN, EXECUTION, TRIPS)))
    return _with(book, _in_other_unit(book, cells)) if len(cells) > 1 else None


def _subtotal(book: Book, dice: random.Random) -> Fault | None:
    table = FUNDS
    rows = book.rows(table)
    if len(rows) < 2:
        return None
    last = rows[-1] + 1
    sums: dict[str, Decimal] = {}
    for at in _money(book, table):
        if at[1] in rows:
            sums[at[2]] = sums.get(at[2], Decimal(0)) + typed(book, at).number
    change: Change = {(table, last, column): float(number) for column, number in sums.items()}
    change[table, last, "支出功能分类科目"] = "小计"
    return _with(book, change, moved=True)


def _slid(book: Book, dice: random.Random) -> Fault | None:
    table, column = dice.choice(((FUNDS, "人员经费"), (FUNDS, "公用经费"), (FUNDS, "项目支出")))
    rows = [row for row in row_order(book, table) if isinstance(row, int)]
    if len(rows) < 3:
        return None
    contents = [book.values.get((table, row, column)) for row in rows]
    if contents[-1] is not None or sum(typed_number(one) is not None for one in contents) < 2:
        return None
    change = {
        (table, row, column): new
        for row, old, new in zip(rows, contents, [None, *contents[:-1]], strict=True)
        if old != new
    }
    return _with(book, change)


def _left(book: Book, dice: random.Random) -> Fault | None:
    """The columns of a table pasted one too far to the left."""
    table, columns = dice.choice(
        (
            (FUNDS, ("基本支出小计", "人员经费", "公用经费", "项目支出")),
            (ACCOUNTS, ("年初预算数", "全年预算数", "决算数")),
            (TRIPS, ("上年决算数", "预算数（全年）", "决算数")),
        )
    )
    rows = [row for row in row_order(book, table) if row != "合计"]
    change: Change = {}
    for row in rows:
        cells = [(table, row, column) for column in columns]
        if any(at in book.formulas for at in cells):
            return None
        contents = [book.values.get(at) for at in cells]
        change |= {
            at: new
            for at, old, new in zip(cells, contents, [*contents[1:], None], strict=True)
            if old != new
        }
    return _with(book, change) if len(change) > 2 else None


def _injury(kind: str) -> Make:
    return lambda book, dice: inject(book, kind, dice)


def _row(kind: str) -> Make:
    def make(book: Book, dice: random.Random) -> Fault | None:
        fault = inject(book, kind, dice)
        return fault if fault and fault.table in {FUNDS, SURVEY, JUDGED} else None

    return make


KINDS: dict[str, Make] = {
    "×10ⁿ": _power,
    "×10⁴": _injury("×10⁴"),
    "÷10⁴": _injury("÷10⁴"),
    "颠倒两位": _injury("颠倒两位"),
    "错一位": _injury("错一位"),
    "漏一位": _dropped,
    "重一位": _doubled,
    "正负号": _injury("正负号"),
    "抄邻行": _injury("抄了上一行"),
    "抄邻列": _beside,
    "漏填": _injury("空白"),
    "两格互换": _injury("两格互换"),
    "公式漏加文本": _text,
    "缺结转": _carried,
    "旧合计": _old_total,
    "整列单位": _column_unit,
    "整表单位": _table_unit,
    "表头单位": _table_unit,
    "多小计行": _subtotal,
    "行重复": _row("重一行"),
    "漏一行": _row("删一行"),
    "错开一行": _slid,
    "左移一列": _left,
}
TOGETHER = tuple(list(KINDS)[:11])
WHOLE = {"整列单位", "整表单位", "表头单位", "错开一行", "左移一列", "多小计行", "行重复"}


# ------------------------------------------------------------------------------------------ trials


def answer(fault: Fault, reading: Reader) -> tuple[Report, Reader]:
    """What the product says of a fault, and where its cells stand."""
    template = reading.template
    if fault.rows_moved:
        again = Reader(fault.book, template)
        return check(again.submission, template), again
    touched = {*fault.cells, *fault.book.formulas} | _differing(reading.book, fault.book)
    known = {at for at in touched if at in reading.places}
    if touched - known:  # cells that were blank before
        reading = Reader(fault.book, template)
        submission = reading.submission
    else:
        submission = reading.with_values(fault.book, known)
    if fault.kind == "表头单位":
        submission = _with_heading(submission, fault.table)
    return check(submission, template), reading


def _differing(one: Book, other: Book) -> set[Address]:
    keys = one.values.keys() | other.values.keys()
    return {at for at in keys if one.values.get(at) != other.values.get(at)}


def _with_heading(submission: Submission, name: str) -> Submission:
    table = submission.tables[name]
    unit = "元" if name == FUNDS else "万元"
    heading = Cell(table.sheet, "I2", name, "", raw=f"单位：{unit}", value=f"单位：{unit}")
    stated = replace(table, stated_units=(StatedUnit(unit, heading),))
    return replace(submission, tables={**submission.tables, name: stated})


def spots(cells: Iterable[Address], reading: Reader) -> set[Place]:
    """Where cells stand in the workbook."""
    return {reading._place(at) for at in cells if _stands(at, reading)}


def _stands(at: Address, reading: Reader) -> bool:
    return not isinstance(at[1], int) or at[1] in reading.number[at[0]]


def _names(report: Report, number: int, places: set[Place], kind: str) -> bool:
    """Whether one of the first causes is of these cells."""
    for cause in report.causes[:number]:
        named = {cell.place for cell in cause.cells}
        few = len(named) <= _MOST or len(named & places) * 2 >= len(named)
        if named & places and few:
            return True
        if kind in {"漏一行", "表头单位"} and cause.kind in {"row_missing", "unit_heading"}:
            return True
    return False


def judge(faults: list[Fault], whole: Fault, kind: str, known: list[Explanation]) -> Trial:
    """Ask the product of a workbook whose faults are known."""
    report, reading = answer(whole, Reader(whole.book, find_template()))
    places = [spots(fault.cells, reading) for fault in faults]
    good = set().union(*places, *(spots(one.cells, reading) for one in known))
    first = report.causes[0] if report.causes else None
    named = {cell.place for cell in first.cells} if first else set()
    count, known_places = len(faults), list(zip(places, faults, strict=True))
    return Trial(
        kind,
        faults[0].table,
        any(_names(report, 1, place, one.kind) for place, one in known_places),
        all(_names(report, count, place, one.kind) for place, one in known_places),
        bool(first and good) and first.certainty.value != "可能" and not named & good,
        _story(faults, report),
    )


def _story(faults: list[Fault], report: Report) -> str:
    cells = "；".join(
        f"{fault.kind} " + "、".join(".".join(map(str, at)) for at in fault.cells[:3])
        for fault in faults
    )
    told = "；".join(f"{one.kind}@{one.cells[0].place} {one.message}" for one in report.causes[:2])
    return f"{cells} | {told or [f.code for f in report.findings if f.severity.name != 'NOTE']}"


def single(seed: int, kind: str) -> tuple[Trial | None, str]:
    """One fault of a kind in a department's workbook; "" where it was scored."""
    dice = random.Random(f"{seed}{kind}")
    book = department(seed)
    if doubts(book, joint=False) not in {"", "soft"}:
        return None, "unfit"
    for _ in range(12):
        fault = _as(kind, KINDS[kind](book, dice))
        if fault is not None and doubts(fault.book, joint=False) == "hard":
            break
    else:
        return None, "undetectable"
    known = _explained(fault)
    if not known or any(not one.cells <= set(fault.cells) for one in known):
        if kind != "漏一行" and kind != "左移一列":
            return None, "ambiguous"
        if any(one.kind == "cell" for one in known):
            return None, "ambiguous"
    trial = judge([fault], fault, kind, known)
    return replace(trial, story=f"{seed} {trial.story}"), ""


def _explained(fault: Fault) -> list[Explanation]:
    try:
        return explanations(fault.book)
    except TooManyError:
        return []


def several(seed: int, count: int) -> Trial | None:
    """Two or three faults, each localisable alone, which break together what each breaks alone."""
    dice = random.Random(f"{seed}×{count}")
    book = department(seed)
    if doubts(book, joint=False) not in {"", "soft"}:
        return None
    faults: list[Fault] = []
    for _ in range(15):
        kind = dice.choice(TOGETHER)
        fault = _as(kind, KINDS[kind](book, dice))
        if fault is None or doubts(fault.book, joint=False) != "hard":
            continue
        if any(set(fault.cells) & set(one.cells) for one in faults):
            continue
        known = _explained(fault)
        if known and all(one.cells <= set(fault.cells) for one in known):
            faults.append(fault)
        if len(faults) == count:
            break
    if len(faults) < count or _overlap(book, faults):
        return None
    change: Change = {at: one.book.values.get(at) for one in faults for at in one.cells}
    whole = _with(book, change)
    assert whole is not None
    known = [Explanation("cell", frozenset(one.cells)) for one in faults]
    trial = judge(faults, whole, f"{count} 处", known)
    return replace(trial, story=f"{seed} {trial.story}")


def _overlap(book: Book, faults: list[Fault]) -> bool:
    """Whether two faults break the same relation."""
    seen: Counter[object] = Counter()
    for fault in faults:
        seen.update(set(broken(fault.book)))
    return any(count > 1 for count in seen.values())


def run(
    seeds: Iterable[int], kinds: Iterable[str] = tuple(KINDS)
) -> tuple[list[Trial], Counter[str]]:
    """Every seed's workbook with one fault, the kinds in turn."""
    names, trials, left = tuple(kinds), list[Trial](), Counter[str]()
    for number, seed in enumerate(seeds):
        trial, why = single(seed, names[number % len(names)])
        if trial:
            trials.append(trial)
        else:
            left[why] += 1
    return trials, left


def table(trials: list[Trial]) -> Iterator[str]:
    """The figures by kind and sheet."""
    groups: dict[tuple[str, str], list[Trial]] = defaultdict(list)
    for one in trials:
        for key in ((one.kind, one.sheet), (one.kind, "合计"), ("全部", "合计")):
            groups[key].append(one)
    yield "kind·sheet                     n  first  all  right first"
    for (kind, sheet), those in sorted(groups.items()):
        name = f"{kind}·{sheet}".ljust(18, "　")
        sums = (
            sum(getattr(one, f) for one in those) for f in ("first", "all_first", "right_first")
        )
        yield f"{name}{len(those):6}" + "".join(f"{count:7}" for count in sums)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workbooks", type=int, default=230)
    parser.add_argument("--several", type=int, default=0, help="workbooks with two, and with three")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", type=int, default=30)
    options = parser.parse_args()
    seeds = range(options.seed * 100_000, options.seed * 100_000 + options.workbooks)
    trials, left = run(seeds)
    for count in (2, 3):
        more = (several(seed, count) for seed in seeds[: options.several])
        trials += [one for one in more if one]
    print("\n".join(table(trials)))
    print("not scored:", dict(left))
    for one in [one for one in trials if not one.all_first][: options.misses]:
        print("  ", "RIGHT CELL FIRST " if one.right_first else "", one.story)


if __name__ == "__main__":
    main()
