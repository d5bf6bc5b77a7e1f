"""Random clean workbooks, one fault at a time: what the checker finds, what it misses, and what it
says of clean ones.

    python tests/bench/faults.py --workbooks 1000 --seed 1 [--faults 20] [--jobs 2] [--misses 30]

A fault is “detectable” when no true amounts satisfy the form's relations (oracle.py, which knows
nothing of the checker). With scipy installed the relations around the 万元 sheet are solved together;
without, their bounds are narrowed to a fixed point.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from departments import Book
from injuries import HINTED, KINDS, NUMBERS, Fault, inject, inputs, row_name
from oracle import doubts, has_scipy, tables
from reading import Reader, through_a_file
from sheets import department

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.xlsx.blank.layout import lay_out
from jixiao_xlsx.values.findings import Finding, Report
from jixiao_xlsx.values.severity import Severity

SWEEP = 150  # books that rare cells are looked for in
TYPING = (
    "AMT",
    "STR103",
)  # what tells how cells are typed, or how a failure is to be read: that is no watching of a value
REASONS = {
    "固定资产.*.数量": "件数与金额、与其他表都没有关系，只查是不是负数",
    "三公经费.[会培][议训]费.上年决算数": "不在“三公”合计之内，别的表也不用，只与正文里的增减比",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one fault."""

    kind: str
    sheet: str
    doubt: str
    found: bool
    noted: bool
    anchor: bool
    near: bool
    first: bool
    whole: bool
    where: str
    noticed: bool
    story: str


@dataclass
class Tally:
    """Everything a run has seen."""

    books: int = 0
    alarms: list[str] = field(default_factory=list)
    shapes: Counter[str] = field(default_factory=Counter)
    outcomes: list[Outcome] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: Tally) -> None:
        self.books += other.books
        self.alarms += other.alarms
        self.shapes.update(other.shapes)
        self.outcomes += other.outcomes
        self.apart += other.apart
        self.seconds += other.seconds


# ------------------------------------------------------------------------------------- one workbook


def loud(report: Report) -> list[Finding]:
    """错误 and 警告."""
    return [finding for finding in report.findings if finding.severity is not Severity.NOTE]


def try_book(seed: int, faults: int, *, file: bool = False) -> Tally:
    """One clean workbook and some faults in it."""
    template, dice, tally = find_template(), random.Random(seed * 7919), Tally(books=1)
    book = department(seed)
    tally.shapes.update(book.shapes)
    reading = Reader(book, template)
    start = time.perf_counter()
    clean = check(reading.submission, template)
    tally.seconds = time.perf_counter() - start
    tally.alarms += [f"{seed} {f.code} {f.place} {f.message}" for f in loud(clean)]
    if (doubt := doubts(book)) in {"hard", "joint"} and not tally.alarms:
        tally.apart.append(f"{seed}：独立判定认为干净表有矛盾（{doubt}）")
    if file and not any(
        shape.startswith("执行表") for shape in book.shapes
    ):  # the writer leaves no formulas of the clerk's
        tally.apart += _compared(seed, clean, check(through_a_file(book, template), template))
    for number in range(0 if tally.alarms or doubt in {"hard", "joint"} else faults):
        fault = inject(book, KINDS[(seed * faults + number) % len(KINDS)], dice)
        if fault is not None:
            tally.outcomes.append(_outcome(fault, book, reading, clean, seed, doubt))
    return tally


def _compared(seed: int, direct: Report, read: Report) -> Iterator[str]:
    """The findings of the same book with and without a file between."""
    mine, theirs = ({(f.code, str(f.place)) for f in loud(report)} for report in (direct, read))
    if mine != theirs:
        yield f"{seed}：写成文件再读回后不同：{sorted(mine ^ theirs)}"


def _outcome(
    fault: Fault, book: Book, reading: Reader, clean: Report, seed: int, before: str
) -> Outcome:
    template = reading.template
    if fault.rows_moved:
        again = Reader(fault.book, template)
        report, spots = (
            check(again.submission, template),
            {again.places[at] for at in fault.cells},
        )
    else:
        changed = {*fault.cells, *fault.book.formulas}
        report = check(reading.with_values(fault.book, changed), template)
        spots = {reading.places[at] for at in fault.cells}
    earlier = {(f.code, f.item, f.field) for f in clean.findings}
    new = [f for f in report.findings if (f.code, f.item, f.field) not in earlier]
    hard = [f for f in new if f.severity is not Severity.NOTE]
    named = [cell.place for cell in report.causes[0].cells[:3]] if report.causes else []
    named = named or [f.place for f in hard[:1]]
    told = report.causes[0].message if report.causes else ""
    doubt = doubts(fault.book)
    if doubt == before:  # a clean book may already need the form's indulgence
        doubt = ""
    return Outcome(
        kind=fault.kind,
        sheet=str(tables()[fault.table].get("sheet", fault.table)),
        doubt=doubt,
        found=bool(hard),
        noted=bool(new),
        anchor=any(f.place in spots for f in hard),
        near=any(f.place in spots or spots & set(f.related) for f in hard),
        first=bool(spots & set(named)),
        whole=not spots,
        where=row_name(fault.cells[0]) if fault.cells else "",
        noticed=any(not f.code.startswith(TYPING) for f in new),
        story=_story(fault, book, seed, hard, told),
    )


def _story(fault: Fault, book: Book, seed: int, hard: list[Finding], told: str) -> str:
    changes = "；".join(
        f"{at[0]}.{at[1]}.{at[2]} {book.values.get(at)}→{fault.book.values.get(at)}"
        for at in fault.cells[:2]
    )
    return (
        f"{seed} {fault.kind} {changes} | {' '.join(f'{f.code}@{f.place}' for f in hard[:5])} |"
        f" {told}"
    )


# --------------------------------------------------------------------------------------------- many


def run(seeds: Iterable[int], faults: int, jobs: int = 1, files: int = 10) -> Tally:
    """Every seed's workbook; the first `files` of them through a real file too."""
    tally, seeds = Tally(), list(seeds)
    work = [
        partial(try_book, seed, faults, file=number < files) for number, seed in enumerate(seeds)
    ]
    if jobs == 1:
        for one in work:
            tally.add(one())
        return tally
    with ProcessPoolExecutor(jobs) as pool:
        for part in pool.map(_call, work, chunksize=8):
            tally.add(part)
    return tally


def _call(work: partial[Tally]) -> Tally:
    return work()


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:5.1f}%" if whole else "     —"


@dataclass(frozen=True)
class Figures:
    """The figures of some outcomes. Detectable is hard or joint; `softly` what the form itself
    calls a 提示.
    """

    cells: int
    detectable: int
    found: int
    anchor: int
    near: int
    placed: int
    softly: int
    noted: int
    nameable: int
    first: int

    @classmethod
    def of(cls, outcomes: list[Outcome]) -> Figures:
        hard = [o for o in outcomes if o.doubt in {"hard", "joint"}]
        soft = [o for o in outcomes if o.doubt == "soft"]
        found, nameable = [o for o in hard if o.found], [o for o in hard if o.kind in HINTED]
        placed = [o for o in found if not o.whole]
        return cls(
            len(outcomes),
            len(hard),
            len(found),
            sum(o.anchor for o in placed),
            sum(o.near for o in placed),
            len(placed),
            len(soft),
            sum(o.noted for o in soft),
            len(nameable),
            sum(o.first for o in nameable),
        )

    def line(self) -> str:
        return (
            f"{self.cells:6}{self.detectable:7}{share(self.found, self.detectable):>9}"
            f"{share(self.anchor, self.placed):>9}"
            f"{share(self.near, self.placed):>9}{share(self.first, self.nameable):>9}"
            f"{self.softly:7}{share(self.noted, self.softly):>9}"
        )


HEAD = "  错误数  可查出     查出     本格   本格或相关   提示语对  只提示     提示到"


def show(tally: Tally, misses: int = 0) -> None:
    """The matrix, the totals, the alarms, the cells nobody looks at."""
    print(
        f"干净工作簿 {tally.books} 个，误报错误或警告 {len(tally.alarms)} 条；每本核对 "
        f"{1000 * tally.seconds / max(tally.books, 1):.1f} 毫秒"
    )
    print("  其中：" + "、".join(f"{name} {count}" for name, count in tally.shapes.most_common()))
    for text in [*tally.alarms[:10], *tally.apart[:10]]:
        print("  ！", text)
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for one in tally.outcomes:
        for key in (
            (one.kind, one.sheet),
            (one.kind, "合计"),
            ("全部", one.sheet),
            ("全部", "合计"),
        ):
            groups[key].append(one)
    print(f"{'':22}{HEAD}{'' if has_scipy() else '（无 scipy，联立判定只用区间收紧）'}")
    for kind in (*KINDS, "全部"):
        for sheet in (*sorted({s for k, s in groups if k == kind and s != "合计"}), "合计"):
            if groups.get((kind, sheet)):
                print(
                    f"{kind}·{sheet:　<7}".ljust(14, "　") + Figures.of(groups[kind, sheet]).line()
                )
    _show_unwatched(tally.outcomes, range(SWEEP))
    missed = [o for o in tally.outcomes if o.doubt in {"hard", "joint"} and not o.found]
    print(
        f"漏报 {len(missed)}：单式 {sum(o.doubt == 'hard' for o in missed)}，联立才能查出 "
        f"{sum(o.doubt == 'joint' for o in missed)}"
    )
    away = [
        o
        for o in tally.outcomes
        if o.doubt in {"hard", "joint"} and o.found and not o.near and not o.whole
    ]
    wrong = [
        o
        for o in tally.outcomes
        if o.doubt in {"hard", "joint"} and o.found and o.kind in HINTED and not o.first
    ]
    for title, stories in (("漏报", missed), ("找偏", away), ("提示语不对", wrong)):
        for one in stories[:misses]:
            print(f"  {title} [{one.doubt}] {one.story}")


def unwatched(outcomes: list[Outcome]) -> tuple[list[str], list[str], int]:
    """Numeric cells of the form that were hurt and never told of; those never hurt; and how many
    there are.
    """
    hurt = {o.where for o in outcomes if o.where}
    noticed = {o.where for o in outcomes if o.noticed}
    cells = list(numeric_cells())
    return (
        [name for name in cells if name in hurt - noticed],
        [name for name in cells if name not in hurt],
        len(cells),
    )


def numeric_cells() -> Iterator[str]:
    """Every numeric cell of the standard form, by name; open rows are one."""
    template = find_template()
    for table in template.tables:
        rows = (
            [row.title for row in table.rows]
            + (["各行"] if table.shape == "open" else [])
            + ([table.total] if table.total else [])
        )
        for row in rows:
            for column in table.columns:
                kind = table.kind(row, column)
                if (
                    kind in NUMBERS
                    and table.exists(row, column)
                    and not (row == table.total and kind == "measure")
                ):
                    if (
                        table.name == "绩效评价表"
                        and row == table.total
                        and column.title not in {"权重", "指标得分"}
                    ):
                        continue
                    yield f"{table.name}.{row}.{column.title}"


def standing() -> Counter[str]:
    """How many cells of the blank workbook each name stands for: open rows and their spare ones are
    many.
    """
    found: Counter[str] = Counter()
    names = set(numeric_cells())
    for table, row, column in lay_out(find_template()).cells():
        name = f"{table.spec.name}.{row.title or '各行'}.{column.title}"
        if name in names and table.exists(row, column):
            found[name] += 1
    return found


def reason(name: str) -> str:
    """Why nobody looks at a cell."""
    from fnmatch import fnmatchcase

    return next((why for pattern, why in REASONS.items() if fnmatchcase(name, pattern)), "")


def sweep(names: Iterable[str], seeds: Iterable[int]) -> set[str]:
    """Which of these cells is watched after all: gross faults in them, book after book, until one
    is told.
    """
    template, left, noticed = find_template(), set(names), set()
    for seed in seeds:
        if not left:
            break
        book = department(seed)
        here = {row_name(at): at for at in inputs(book) if row_name(at) in left}
        if not here:
            continue
        reading = Reader(book, template)
        clean = check(reading.submission, template)
        for name, at in here.items():
            for kind in ("+1%", "末位+1", "正负号", "×10⁴"):
                fault = inject(book, kind, random.Random(seed), at)
                if (
                    name in left
                    and fault is not None
                    and _outcome(fault, book, reading, clean, seed, "").noticed
                ):
                    left.discard(name)
                    noticed.add(name)
    return noticed


def _show_unwatched(outcomes: list[Outcome], seeds: Iterable[int]) -> None:
    silent, untried, cells = unwatched(outcomes)
    noticed = sweep([*silent, *untried], seeds)
    silent, untried = (
        [name for name in names if name not in noticed] for names in (silent, untried)
    )
    print(
        f"数字格 {cells} 个，没有规则管到的 {len(silent)} 个（{share(len(silent), cells).strip()}），没有试到的 "
        f"{len(untried)} 个：{'、'.join(untried[:12])}"
    )
    there = standing()
    blank = sum(there[name] for name in silent)
    print(
        f"  按空白表的格数计：{blank} ÷ {sum(there.values())} = {share(blank, sum(there.values())).strip()}"
    )
    for name in silent:
        print(f"  {name}：{reason(name) or '没有理由'}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workbooks", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=20, help="faults per workbook")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--misses", type=int, default=0, help="how many misses to list")
    args = parser.parse_args()
    first = args.seed * 1_000_000
    tally = run(range(first, first + args.workbooks), args.faults, args.jobs)
    show(tally, args.misses)
    sys.exit(bool(tally.alarms or tally.apart))


if __name__ == "__main__":
    main()
