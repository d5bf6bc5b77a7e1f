"""Measures what docs/performance.md says and writes it there, part by part: `python
tests/bench/performance.py PART … [--before CHECKOUT --python PYTHON] [--sizes 60 600 …]`.

Everything is processor time, of a process and its children, so that other programs disturb little.
What is divided by something is measured in turn with it, and the medians are divided. Modules are
compiled once beforehand, as in an installation. A part that is not named stays as it is.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import io
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from throughput import BACK, FLOOR, OURS, SCRIPT, Bench, command_cost, renamed

from jixiao_xlsx.values.findings import Result

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
BOOKS = sorted((ROOT / "samples" / "inbox").glob("*.xlsx"))
RUNS, ROUNDS = 3, 4


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def table(*heads: str) -> list[str]:
    return [row(*heads), row(*["---"] * len(heads))]


def held(value: float, limit: float, *, at_least: bool = False) -> str:
    """A ratio beside what was asked for."""
    good = value >= limit if at_least else value <= limit
    sign, held = "≥" if at_least else "≤", "held" if good else "**not held**"
    return f"{value:.2f} (asked {sign} {limit:g}: {held})"


def milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


# ------------------------------------------------------------------------------------------- parts


def whole_run(options: argparse.Namespace) -> Iterator[str]:
    """`jixiao run --jobs 1` as typed, start to end, over all samples and over those returned."""
    back = [one.path for one in map(Bench, BOOKS) if one.report.result is not Result.PASS]
    floor = floor_of_samples()
    yield from table("inbox", "files", "ms a file", "before", "before ÷ now", "now ÷ floor")
    for name, books, wanted in (("all samples", BOOKS, 3), ("those that go back", back, 5)):
        with tempfile.TemporaryDirectory() as folder:
            for path in books:
                shutil.copy(path, folder)
            times: dict[str, list[float]] = {"now": [], "before": []}
            for number in range(RUNS + 1):
                for which, checkout, python in (
                    ("before", options.before, options.python),
                    ("now", ROOT, sys.executable),
                ):
                    seconds = command_cost(Path(folder), checkout, python)
                    if number:  # the first compiles
                        times[which].append(seconds * 1000 / len(books))
        now, before = (statistics.median(times[which]) for which in ("now", "before"))
        ratio = held(now / floor, 2.5) if books is BOOKS else ""
        yield row(
            name, len(books), f"{now:.0f}", f"{before:.0f}",
            held(before / now, wanted, at_least=True), ratio,
        )  # fmt: skip
    yield ""
    yield (
        "Floor: calamine reads a sample and xlsxwriter makes the same calls again, "
        f"{floor:.1f} ms. "
        f"Before: commit {commit(options.before)}."
    )


def floor_of_samples() -> float:
    from rivals import floor_read, floor_write

    def floor(one: Bench) -> None:
        floor_read(one.path)
        floor_write(one.log)

    benches = [Bench(path) for path in BOOKS]
    return statistics.mean(
        statistics.median(milliseconds(partial(floor, one)) for _ in range(ROUNDS))
        for one in benches
    )


def stages(options: argparse.Namespace) -> Iterator[str]:
    """Every stage by itself, of every sample, in turn with the floor and with scripts that others
    would write; medians of the rounds, then the mean.
    """
    benches = [Bench(path) for path in BOOKS]
    benches[0].fair()
    gc.collect()
    gc.freeze()
    for number in range(ROUNDS):
        for bench in benches:
            bench.once(floor_first=bool(number % 2))
            bench.times.setdefault("pandas, calamine", []).append(
                milliseconds(lambda path=bench.path: pandas_calamine(path))  # type: ignore[misc]
            )
    means = {
        name: statistics.mean(statistics.median(bench.times[name]) for bench in benches)
        for name in benches[0].times
    }
    yield from table("stage", "ms a file")
    for name in (*OURS, *BACK, *FLOOR, *SCRIPT, "pandas, calamine"):
        yield row(name, f"{means[name]:.1f}")
    ours, floor = (sum(means[name] for name in names) for names in (OURS, FLOOR))
    checked = means["read"] + means["check"]
    yield ""
    yield from table("ratio", "measured")
    yield row("read + check + score + write ÷ floor", held(ours / floor, 1.4))
    yield row(
        "pandas + openpyxl ÷ our read + check",
        held(means["script read"] / checked, 8, at_least=True),
    )
    yield row(
        "pandas + calamine ÷ our read + check",
        held(means["pandas, calamine"] / checked, 3, at_least=True),
    )


def pandas_calamine(path: Path) -> None:
    import pandas as pd

    pd.read_excel(path, sheet_name=None, engine="calamine", header=None)


def letters(options: argparse.Namespace) -> Iterator[str]:
    """The annotated copy beside a bare openpyxl load and save of the same workbook, a letter beside
    a docxtpl render of the same template with the same content.
    """
    from docxtpl import DocxTemplate
    from openpyxl import load_workbook

    from jixiao_xlsx.output.word import letters as ours
    from jixiao_xlsx.output.word.templates import word_file

    benches = [one for one in map(Bench, BOOKS) if one.report.result is not Result.PASS]
    contexts: list[tuple[str, Mapping[str, object]]] = []
    filled = ours._filled

    def keep(title: str, context: Mapping[str, object], template: object) -> bytes:
        contexts.append((title, context))
        return filled(title, context, template)  # type: ignore[arg-type]

    copies, words = [], []
    for bench in benches:
        data = bench.path.read_bytes()
        ours._filled = keep
        bench.letter()
        ours._filled = filled
        title, context = contexts[-1]

        def saved(data: bytes = data) -> None:
            load_workbook(io.BytesIO(data)).save(io.BytesIO())

        template = word_file(title, bench.template)

        def rendered(path: Path = template, context: Mapping[str, object] = context) -> None:
            document = DocxTemplate(path)
            document.render(dict(context), autoescape=True)
            document.save(io.BytesIO())

        for kept, one, other in ((copies, bench.copy, saved), (words, bench.letter, rendered)):
            pairs = []
            for _ in range(ROUNDS):
                gc.collect()
                first = milliseconds(one)
                gc.collect()
                pairs.append((first, milliseconds(other)))
            kept.append(min(a for a, _ in pairs) / min(b for _, b in pairs))
    yield from table("ratio", "median", "least – most")
    for name, found, limit in (
        ("annotated copy ÷ openpyxl load and save", copies, 0.08),
        ("letter ÷ docxtpl render", words, 0.15),
    ):
        median = statistics.median(found)
        yield row(name, held(median, limit), f"{min(found):.3f} – {max(found):.3f}")


def start_up(options: argparse.Namespace) -> Iterator[str]:
    """The program started for one question, beside a bare click program that prints its help."""
    bare = "import click\n@click.group()\ndef main(): 'x'\n@main.command()\ndef one(): 'x'\nmain()"
    commands = {
        "a bare click program, --help": [sys.executable, "-c", bare, "--help"],
        "jixiao --help": [sys.executable, "-m", "jixiao_xlsx", "--help"],
        "jixiao check of one sample": [sys.executable, "-m", "jixiao_xlsx", "check", BOOKS[1]],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(2 * ROUNDS):
        for name, command in commands.items():
            times[name].append(process_cost([str(part) for part in command]))
    medians = {name: statistics.median(found[1:]) for name, found in times.items()}
    first = next(iter(medians.values()))
    yield from table("command", "ms", "÷ bare click")
    for (name, cost), limit in zip(medians.items(), (None, 1.5, 4), strict=True):
        yield row(name, f"{cost:.0f}", "1" if limit is None else held(cost / first, limit))


def process_cost(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


RUN = """
import resource, sys, time
import jixiao_xlsx as jx
import jixiao_xlsx.batch.run as batch
if __name__ == "__main__":
    inbox, output, roster, jobs = sys.argv[1:]
    spent = []
    settle = batch.settle
    def timed(*parts):
        start = time.process_time()
        season = settle(*parts)
        spent.append(time.process_time() - start)
        return season
    batch.settle = timed
    start = time.perf_counter()
    done = jx.run([inbox], output, roster=roster, jobs=int(jobs))
    wall = time.perf_counter() - start
    own, workers = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    used = [one.ru_utime + one.ru_stime for one in (own, workers)]
    print(len(done.submitted), wall, *used, own.ru_maxrss / 1024, spent[0])
"""


def scale(options: argparse.Namespace) -> Iterator[str]:
    """Whole runs over generated departments: samples under names of their own, with a roster."""
    yield from table(
        "departments", "counted", "minutes on the clock", "processor ms a file", "of it the parent",
        "parent's peak MB", "settle, s",
    )  # fmt: skip
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "in").mkdir()
            roster = ["部门编码,部门名称"]
            for number in range(size):
                department = renamed(
                    BOOKS[number % len(BOOKS)], folder / "in" / f"{number:05d}.xlsx", number
                )
                roster.append(f"{900000 + number},{department}")
            (folder / "departments.csv").write_text("\n".join(roster), encoding="utf-8")
            script = folder / "run.py"
            script.write_text(RUN, encoding="utf-8")
            command = [sys.executable, script, folder / "in", folder / "out"]
            command += [folder / "departments.csv", options.jobs]
            out = subprocess.run(
                [str(part) for part in command], check=True, capture_output=True, text=True,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        counted, wall, parent, workers, peak, settled = map(float, out.stdout.split())
        both = parent + workers
        yield row(
            size, int(counted), f"{wall / 60:.1f}", f"{both * 1000 / size:.0f}",
            f"{parent / both:.1%}", f"{peak:.0f}", f"{settled:.2f}",
        )  # fmt: skip


# ------------------------------------------------------------------------------------------ writing


PARTS = {
    "whole": whole_run,
    "stages": stages,
    "letters": letters,
    "start": start_up,
    "scale": scale,
}


def commit(checkout: Path) -> str:
    command = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def write(part: str, lines: Sequence[str]) -> None:
    """Put the lines of a part between its marks."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {part} -->", f"<!-- end of {part} -->"
    made = (
        f"Measured {dt.date.today()} at {commit(ROOT)}, Python {platform.python_version()}, "
        f"{os.cpu_count()} processors."
    )
    body = "\n".join((begin, made, "", *lines, end))
    pattern = re.escape(begin) + ".*?" + re.escape(end)
    PAGE.write_text(re.sub(pattern, lambda _: body, page, flags=re.DOTALL), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="+", choices=PARTS)
    parser.add_argument("--before", type=Path, help="the checkout of an earlier commit")
    parser.add_argument("--python", default=sys.executable, help="the Python it runs with")
    parser.add_argument("--sizes", nargs="*", type=int, default=[60, 600])
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as compiled:
        os.environ.setdefault("PYTHONPYCACHEPREFIX", compiled)
        for part in options.parts:
            lines = list(PARTS[part](options))
            print("\n".join(lines), flush=True)
            write(part, lines)


if __name__ == "__main__":
    main()
