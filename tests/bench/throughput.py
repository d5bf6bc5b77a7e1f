"""What a run costs: `python tests/bench/throughput.py [60 600] [--before CHECKOUT --python …]`.

First whole runs of `jixiao run`, the command as a bureau types it, start to end and one process at
work: over all samples, and over those that go back; processor time of the command and its
processes, side by side with an earlier commit where its checkout is given (and the Python of its
environment). Then every sample by itself: our stages, and the rivals of `rivals`; the median of the
rounds of each workbook, then the mean over the workbooks. Then runs by the clock: one process
against two, and the parent's memory.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

from rivals import floor_read, floor_write, record, script_read, script_write

from jixiao_xlsx.batch.executors.limits import undisturbed
from jixiao_xlsx.examining.check import check as checker_check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.word.letters import write_letter
from jixiao_xlsx.output.xlsx.annotated.book import annotate
from jixiao_xlsx.output.xlsx.scored import book as scored
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.scoring import scorer
from jixiao_xlsx.values.findings import Result
from jixiao_xlsx.values.people import Bureau

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
ROUNDS = 6  # even: each of the two orders as often
RUNS = 3
BACK = ("copy", "letter")  # of those that go back
OURS, FLOOR, SCRIPT = (
    ("read", "check", "score", "write"),
    ("floor read", "floor write"),
    ("script read", "script write"),
)


# ------------------------------------------------------------------------------------- the command


def command_cost(inbox: Path, checkout: Path, python: str) -> float:
    """Seconds of processor time of `jixiao run` over `inbox`, by the code of a checkout."""
    with tempfile.TemporaryDirectory() as out:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [python, "-m", "jixiao_xlsx", "run", str(inbox), "-o", f"{out}/out"]
        command += ["--roster", str(checkout / "samples" / "departments.csv"), "--jobs", "1"]
        environment = os.environ | {"PYTHONPATH": str(checkout)}
        # From within the checkout: Python looks for modules where it is started.
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=checkout)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def commands(books: list[Path], before: Path | None, python: str) -> float:
    """Whole runs, ours and those of the checkout `before` in turn; milliseconds a sample costs."""
    form = find_template()
    back = [
        path
        for path in books
        if checker_check(workbook.read(path, form), form).result is not Result.PASS
    ]
    costs = []
    for name, chosen in (("全部样例", books), ("其中要退回、待核实的", back)):
        with tempfile.TemporaryDirectory() as folder:
            for path in chosen:
                shutil.copy(path, folder)
            times: dict[bool, list[float]] = {False: [], True: []}
            for _ in range(RUNS):
                times[False].append(command_cost(Path(folder), ROOT, sys.executable))
                if before:
                    times[True].append(command_cost(Path(folder), before, python))
        ours, theirs = (
            statistics.median(times[old]) * 1000 / len(chosen) if times[old] else 0.0
            for old in (False, True)
        )
        costs.append(ours)
        told = f"；从前 {theirs:.0f}，÷ 现在 = {theirs / ours:.2f}" if before else ""
        print(
            f"整个 run，{name} {len(chosen)} 个：每个 {ours:.0f} 毫秒处理器时间{told}", flush=True
        )
    return costs[0]


# --------------------------------------------------------------------------------------- one by one


class Bench:
    """One workbook, taken through our stages and those of the rivals."""

    def __init__(self, path: Path) -> None:
        self.path, self.template = path, find_template()
        self.submission: Any = None
        self.report: Any = None
        self.card: Any = None
        for work in (self.read, self.check, self.score):
            work()
        self.log = record(self.write)
        self.times: dict[str, list[float]] = {}

    def read(self) -> None:
        self.submission = workbook.read(self.path, self.template)

    def check(self) -> None:
        self.report = checker_check(self.submission, self.template)

    def score(self) -> None:
        self.card = scorer.score(self.submission, self.template)

    def write(self) -> bytes:
        stream = io.BytesIO()
        scored.write_scored_workbook(stream, self.submission, self.report, self.card, self.template)
        return stream.getvalue()

    def copy(self) -> None:
        if self.report.result is not Result.PASS:
            annotate(self.path.read_bytes(), self.submission, self.report, self.template)

    def letter(self) -> None:
        name = self.submission.department
        write_letter(self.report, name, Bureau(), self.template, self.submission.sheets)

    def once(self, *, floor_first: bool) -> None:
        """Every stage once. What comes after the script finds the processor's caches full of other
        things: ours and the floor in turn.
        """
        ours: dict[str, Callable[[], object]] = {
            name: getattr(self, name) for name in (*OURS, *BACK)
        }
        floor: dict[str, Callable[[], object]] = {
            "floor read": lambda: floor_read(self.path),
            "floor write": lambda: floor_write(self.log),
        }
        script: dict[str, Callable[[], object]] = {
            "script read": lambda: script_read(self.path),
            "script write": lambda: script_write(self.log),
        }
        for name, work in (
            {**floor, **ours, **script} if floor_first else {**ours, **floor, **script}
        ).items():
            with undisturbed() if name in ours else nullcontext():  # as the workers of a run do
                start = time.process_time()
                work()
            self.times.setdefault(name, []).append((time.process_time() - start) * 1000)

    def fair(self) -> None:
        """The floor writes the same bytes as we do, and the script the same values."""
        from openpyxl import load_workbook

        ours = self.write()
        assert floor_write(self.log) == ours, self.path.name
        sheets = [
            load_workbook(io.BytesIO(data)).worksheets for data in (ours, script_write(self.log))
        ]
        cells = [
            {
                (s.title, c.coordinate): c.value
                for s in book
                for row in s
                for c in row
                if c.value not in (None, "")
            }
            for book in sheets
        ]
        assert cells[0] == cells[1], self.path.name


def stages(books: list[Path]) -> float:
    """Per workbook, side by side in one run: our stages, the floor (returned), the script."""
    benches = [Bench(path) for path in books]
    benches[0].fair()
    gc.collect()
    gc.freeze()  # nobody pays for what the bench itself keeps
    for number in range(ROUNDS):
        for bench in benches:
            bench.once(floor_first=bool(number % 2))
    means = {
        name: statistics.mean(statistics.median(bench.times[name]) for bench in benches)
        for name in benches[0].times
    }
    ours, floor, script = (sum(means[name] for name in names) for names in (OURS, FLOOR, SCRIPT))
    print(f"每个工作簿（{len(books)} 个样例 × {ROUNDS} 轮；各取中位数再平均，处理器时间，毫秒）")
    for name in (*OURS, *BACK, *FLOOR, *SCRIPT):
        print(f"  {name:<13}{means[name]:8.2f}")
    print(
        f"  合计 {ours:.1f}；÷ 底线 {floor:.1f} = {ours / floor:.2f}（目标 ≤ 1.5）；脚本 {script:.1f} "
        f"÷ 合计 = {script / ours:.2f}（目标 ≥ 4）"
    )
    return floor


# --------------------------------------------------------------------------------------- whole runs


@lru_cache(maxsize=64)
def _parts(source: Path) -> tuple[str, dict[str, bytes]]:
    with zipfile.ZipFile(source) as book:
        return workbook.read(source, find_template()).department, {
            part: book.read(part) for part in book.namelist()
        }


def renamed(source: Path, target: Path, number: int) -> str:
    """A copy that belongs to a department of its own, whose name is returned."""
    name, parts = _parts(source)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for part, data in parts.items():
            own = (
                data.replace(f">{name}<".encode(), f">{name}{number}<".encode())
                if part == "xl/sharedStrings.xml"
                else data
            )
            new.writestr(part, own)
    return f"{name}{number}"


RUN = """
import resource, sys
import jixiao_xlsx as jx
from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.form.find_template import find_template
if __name__ == "__main__":
    inbox, output, jobs, kind = sys.argv[1:]
    if kind == "run":
        jx.run([inbox], output, template=find_template(), jobs=int(jobs))
    else:
        check_files([inbox], template=find_template(), jobs=int(jobs))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def batches(sizes: list[int], books: list[Path], kind: str) -> None:
    """Whole runs, or checks: one process against two, and the parent's peak memory."""
    peaks: dict[int, dict[int, float]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            inbox = folder / "in"
            inbox.mkdir()
            for number in range(size):
                renamed(books[number % len(books)], inbox / f"{number:05d}.xlsx", number)
            script = folder / "run.py"
            script.write_text(RUN, encoding="utf-8")
            seconds = {}
            peaks[size] = {}
            for jobs in (2, 1):
                start = time.perf_counter()
                command = [
                    sys.executable,
                    str(script),
                    str(inbox),
                    str(folder / "out"),
                    str(jobs),
                    kind,
                ]
                out = subprocess.run(command, check=True, capture_output=True, text=True)
                seconds[jobs] = time.perf_counter() - start
                peaks[size][jobs] = int(out.stdout.split()[-1]) / 1024
                shutil.rmtree(folder / "out", ignore_errors=True)
            each = "，".join(
                f"{jobs} 个进程 {size / seconds[jobs]:.1f} 个/秒、主进程峰值 {peaks[size][jobs]:.0f} MB"
                for jobs in (1, 2)
            )
            print(
                f"{kind} {size} 个：{each}；两个进程的时间是一个的 {seconds[2] / seconds[1]:.2f}",
                flush=True,
            )
    if len(peaks) > 1:
        low, high = min(peaks), max(peaks)
        for jobs in (1, 2):
            grown = (peaks[high][jobs] - peaks[low][jobs]) * 1024 / (high - low)
            print(
                f"主进程峰值（{jobs} 个进程）{high} 个 ÷ {low} 个 = "
                f"{peaks[high][jobs] / peaks[low][jobs]:.2f}（目标 ≤ 1.25），每个文件 {grown:.1f} KB"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[60, 600])
    parser.add_argument(
        "--only",
        choices=["command", "stages", "run", "check"],
        help="one part; check reads and judges, and writes nothing",
    )
    parser.add_argument("--before", type=Path, help="the checkout of an earlier commit")
    parser.add_argument("--python", default=sys.executable, help="the Python it runs with")
    options = parser.parse_args()
    books = sorted((SAMPLES / "inbox").glob("*.xlsx"))
    if options.only in {None, "command"}:
        whole = commands(books, options.before, options.python)
    if options.only in {None, "stages"}:
        floor = stages(books)
    if options.only is None:
        print(f"整个 run ÷ 底线（calamine 读、xlsxwriter 写） = {whole / floor:.2f}（目标 ≤ 2.5）")
    if options.only in {None, "run", "check"}:
        batches(options.sizes, books, options.only or "run")


if __name__ == "__main__":
    main()
