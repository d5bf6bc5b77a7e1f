"""What a batch costs, as ratios against things run side by side: `python tests/bench/throughput.py [60 600]`.

floor   calamine reading the same files, and xlsxwriter in memory writing the same scored workbooks (every call replayed)
script  what a user would write: pandas.read_excel with openpyxl, and openpyxl writing the same cells with their styles
"""

from __future__ import annotations

import argparse
import io
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter

from jixiao_xlsx import checker, reader, scorer
from jixiao_xlsx.spec import find_template
from jixiao_xlsx.writers import scored

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
ROUNDS = 3


# ------------------------------------------------------------------------------------------------------ the floor


class Recorder:
    """Stands in for an xlsxwriter object and keeps every call, so that it can be replayed without our code."""

    def __init__(self, real: Any, name: str, log: list[tuple[str, str, tuple[Any, ...], dict[str, Any], str]]) -> None:
        self.__dict__.update(_real=real, _name=name, _log=log)

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(self._real, attribute)
        if not callable(value):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            result = value(*map(_bare, args), **{k: _bare(v) for k, v in kwargs.items()})
            made = f"o{len(self._log)}"
            self._log.append((self._name, attribute, tuple(map(_named, args)), {k: _named(v) for k, v in kwargs.items()}, made))
            module = type(result).__module__
            return Recorder(result, made, self._log) if module.startswith("xlsxwriter.") else result

        return call

    def __setattr__(self, attribute: str, value: Any) -> None:
        setattr(self._real, attribute, _bare(value))


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _bare(v) for k, v in value.items()}
    return value._real if isinstance(value, Recorder) else value


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _named(v) for k, v in value.items()}
    return _Name(value._name) if isinstance(value, Recorder) else value


class _Name(str):
    __slots__ = ()


def record(write: Callable[[], None]) -> list[Any]:
    """Every xlsxwriter call that `write` makes."""
    log: list[Any] = []
    original = xlsxwriter.Workbook

    def recording(target: Any, options: Any = None) -> Any:
        return Recorder(original(target, options or {}), "book", log)

    xlsxwriter.Workbook = recording  # type: ignore[assignment,misc]
    try:
        write()
    finally:
        xlsxwriter.Workbook = original  # type: ignore[misc]
    return log


def replay(log: list[Any]) -> None:
    objects: dict[str, Any] = {"book": xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})}

    def real(value: Any) -> Any:
        if isinstance(value, _Name):
            return objects[value]
        return {k: real(v) for k, v in value.items()} if isinstance(value, dict) else value

    for name, attribute, args, kwargs, made in log:
        if name in objects:
            objects[made] = getattr(objects[name], attribute)(*map(real, args), **{k: real(v) for k, v in kwargs.items()})


# ------------------------------------------------------------------------------------------------------ the script


def naive_read(path: Path) -> None:
    import pandas as pd

    pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")


def naive_write(cells: list[tuple[str, int, int, Any]]) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, Side

    book = Workbook()
    border = Border(*(Side("thin"),) * 4)
    font, alignment = Font("宋体", 10), Alignment("center", "center", wrap_text=True)
    sheets: dict[str, Any] = {}
    for name, row, column, value in cells:
        sheet = sheets.get(name) or sheets.setdefault(name, book.create_sheet(name))
        cell = sheet.cell(row + 1, column + 1, value)
        cell.border, cell.font, cell.alignment = border, font, alignment
    book.save(io.BytesIO())


def written_cells(log: list[Any]) -> list[tuple[str, int, int, Any]]:
    """The cells of a recorded workbook, as (sheet, row, column, value)."""
    names = {made: str(args[0]) for name, attribute, args, _, made in log if attribute == "add_worksheet" and args}
    kinds = {"write_string", "write_number", "write_blank", "write_formula", "write", "write_url"}
    return [
        (names[name], args[0], args[1], args[2] if isinstance(args[2], str | int | float) else None)
        for name, attribute, args, _, _ in log
        if attribute in kinds and name in names
    ]


# ------------------------------------------------------------------------------------------------------ measuring


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def stages(books: list[Path]) -> None:
    """Per workbook, side by side in one run: our four stages, the floor, the script."""
    import python_calamine

    template = find_template()
    figures: dict[str, list[float]] = {}

    def note(name: str, seconds: float) -> None:
        figures.setdefault(name, []).append(seconds * 1000)

    for _ in range(ROUNDS):
        for path in books:
            keep: dict[str, Any] = {}
            note("read", timed(lambda p=path, k=keep: k.update(s=reader.read(p, template))))  # type: ignore[misc]
            note("check", timed(lambda k=keep: k.update(r=checker.check(k["s"], template))))  # type: ignore[misc]
            note("score", timed(lambda k=keep: k.update(c=scorer.score(k["s"], template))))  # type: ignore[misc]

            def write(k: dict[str, Any] = keep) -> None:
                scored.write_scored(io.BytesIO(), k["s"], k["r"], k["c"], template)

            note("write", timed(write))
            log = record(write)
            cells = written_cells(log)

            def floor_read(p: Path = path) -> None:
                book = python_calamine.CalamineWorkbook.from_path(str(p))
                for name in book.sheet_names:
                    book.get_sheet_by_name(name).to_python(skip_empty_area=False)

            note("floor read", timed(floor_read))
            note("floor write", timed(lambda lines=log: replay(lines)))  # type: ignore[misc]
            note("script read", timed(lambda p=path: naive_read(p)))  # type: ignore[misc]
            note("script write", timed(lambda c=cells: naive_write(c)))  # type: ignore[misc]
    medians = {name: statistics.median(values) for name, values in figures.items()}
    ours = sum(medians[name] for name in ("read", "check", "score", "write"))
    floor, script = medians["floor read"] + medians["floor write"], medians["script read"] + medians["script write"]
    print(f"每个工作簿（{len(books)} 个样例 × {ROUNDS} 轮，中位数，毫秒）")
    for name, value in medians.items():
        print(f"  {name:<13}{value:8.2f}")
    print(
        f"  合计 {ours:.1f}；÷ 底线 {floor:.1f} = {ours / floor:.2f}（目标 ≤ 1.5）；脚本 {script:.1f} ÷ 合计 = {script / ours:.2f}（目标 ≥ 4）"
    )


def renamed(source: Path, target: Path, number: int) -> None:
    """A copy that belongs to a department of its own."""
    name = reader.read(source, find_template()).department
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "xl/sharedStrings.xml":
                data = data.replace(f">{name}<".encode(), f">{name}{number}<".encode())
            new.writestr(part, data)


RUN = """
import resource, sys
import jixiao_xlsx
if __name__ == "__main__":
    jixiao_xlsx.run([sys.argv[1]], sys.argv[2], jobs=int(sys.argv[3]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def batches(sizes: list[int], books: list[Path]) -> None:
    """Whole runs: one process against two, and the parent's peak memory."""
    peaks: dict[int, float] = {}
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
            for jobs in (1, 2):
                start = time.perf_counter()
                out = subprocess.run(
                    [sys.executable, str(script), str(inbox), str(folder / f"out{jobs}"), str(jobs)],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                seconds[jobs] = time.perf_counter() - start
                peaks[size] = int(out.stdout.split()[-1]) / 1024
            print(
                f"{size} 个：一个进程 {seconds[1]:.1f} 秒，两个进程 {seconds[2]:.1f} 秒，比 {seconds[2] / seconds[1]:.2f}；主进程峰值 {peaks[size]:.0f} MB"
            )
    if len(peaks) > 1:
        low, high = peaks[min(peaks)], peaks[max(peaks)]
        print(f"主进程峰值 {max(peaks)} 个 ÷ {min(peaks)} 个 = {high / low:.2f}（目标 ≤ 1.25）")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[60, 600])
    sizes = parser.parse_args().sizes
    books = sorted((SAMPLES / "inbox").glob("*.xlsx"))
    stages(books[:12])
    batches(sizes, books)
    print(f"（基准自身峰值 {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB）")


if __name__ == "__main__":
    main()
