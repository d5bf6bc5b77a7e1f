"""What the guard takes of a run: `python tests/bench/guard.py [workbooks]`, in processor time, so
that a busy machine shifts nothing.

guard   all that happens to a file before a library sees it: its container (size, kind, parts), then
the pass over its XML (DOCTYPE, extents, true sizes). The pass collects the flags that reading
needs, too (formulas, errors, percent formats, hidden rows); the bare pass beside it does nothing
but guard.
run     the whole of `jixiao run` with one process: reading, checking, scoring, scored workbook,
copy, letter, summary
"""

from __future__ import annotations

import argparse
import io
import resource
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

import jixiao_xlsx as jx
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake import file_kinds
from jixiao_xlsx.output.xlsx.patch.package import Package
from jixiao_xlsx.output.xlsx.patch.workbook import WorkbookPart
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.flags import xlsx_flags
from jixiao_xlsx.reading.titles import titles_of
from jixiao_xlsx.values.addresses import position

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "inbox"
ROUNDS = 5


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def with_processes(work: Callable[[], object]) -> float:
    """Milliseconds of processor time, that of the processes it starts included."""

    def spent() -> float:
        both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(one.ru_utime + one.ru_stime for one in both)

    start = spent()
    work()
    return (spent() - start) * 1000


def bare(data: bytes, parts: list[str]) -> None:
    """The guard's own part of the pass: unpack, parse, refuse a DOCTYPE, note how far the filled
    cells reach.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.read("xl/sharedStrings.xml")
        for part in parts:
            cell: dict[str, str] = {}
            far = [0, 0]

            def start(
                name: str,
                attributes: dict[str, str],
                cell: dict[str, str] = cell,
                far: list[int] = far,
            ) -> None:
                if name == "c":
                    cell.update(attributes)
                elif name == "v":
                    row, column = position(cell["r"])
                    far[0], far[1] = max(far[0], row), max(far[1], column)

            parser = expat.ParserCreate()
            parser.StartDoctypeDeclHandler = print
            parser.StartElementHandler = start
            parser.Parse(archive.read(part), True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workbooks", nargs="?", type=int, default=40)
    count = parser.parse_args().workbooks
    template = find_template()
    words = titles_of(template)
    books = [path.read_bytes() for path in sorted(SAMPLES.glob("*.xlsx"))[:count]]
    container, scan, pure, reading = [], [], [], []

    def wanted(name: str, hidden: bool) -> bool:
        return words.reads(name, hidden=hidden)

    def look(data: bytes) -> None:
        file_kinds.sniff(data)

    for data in books:
        book = WorkbookPart(Package(data))
        read = xlsx_flags.read_xlsx_flags(data, wanted)
        parts = [sheet.part for name, sheet in book.sheets.items() if name in read]
        for _ in range(ROUNDS):
            container.append(timed(lambda d=data: look(d)))  # type: ignore[misc]
            scan.append(timed(lambda d=data: xlsx_flags.read_xlsx_flags(d, wanted)))
            pure.append(timed(lambda d=data, p=parts: bare(d, p)))  # type: ignore[misc]
            reading.append(timed(lambda d=data: workbook.read_bytes(d, "x.xlsx", template)))
    with tempfile.TemporaryDirectory() as name:
        inbox = Path(name) / "in"
        inbox.mkdir()
        for number, data in enumerate(books):
            (inbox / f"{number}.xlsx").write_bytes(data)
        jx.run([inbox], Path(name) / "0", template=template, jobs=1)  # the libraries are loaded
        run = min(
            with_processes(lambda n=n: jx.run([inbox], Path(name) / n, template=template, jobs=1))
            for n in "12"
        ) / len(books)  # type: ignore[misc]
    box, whole, least = (statistics.mean(times) for times in (container, scan, pure))
    print(f"{len(books)} 个样例 × {ROUNDS} 轮，平均，毫秒处理器时间/个")
    print(f"  看容器                      {box:8.2f}")
    print(f"  逐标签一遍（含读表用的标志）{whole:8.2f}，只做守卫的事要 {least:.2f}")
    print(f"  读表（含以上前两项）        {statistics.mean(reading):8.2f}")
    print(f"  整个 run                    {run:8.2f}")
    print(
        f"守卫占 run 的 {(box + whole) / run:.1%}；不算读表用的标志占 "
        f"{(box + least) / run:.1%}（目标 < 5%）"
    )


if __name__ == "__main__":
    main()
