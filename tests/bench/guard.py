"""What the guard takes of a run: `python tests/bench/guard.py [workbooks] [--formats]`.

guard   the pass over a file before any library sees it (sizes, parts, XML), and telling its container
run     reading, checking, scoring and writing the scored workbook
crew    the same files by way of processes with limits, for formats the guard cannot see into
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from jixiao_xlsx import batch, checker, fileformat, intake, ooxml, reader, scorer
from jixiao_xlsx.names import key, vocabulary
from jixiao_xlsx.spec import find_template
from jixiao_xlsx.writers import scored

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "inbox"
ROUNDS = 5


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workbooks", nargs="?", type=int, default=20)
    count = parser.parse_args().workbooks
    template = find_template()
    words = vocabulary(template)
    books = sorted(SAMPLES.glob("*.xlsx"))[:count]
    guard, whole, wrote = [], [], []

    def wanted(name: str, hidden: bool) -> bool:
        return key(name) not in words.unread and not (hidden and name.startswith("_"))

    def look(data: bytes) -> None:
        fileformat.seen_through(data)
        fileformat.sniff(data)
        ooxml.inspect(data, wanted)

    def work(data: bytes, name: str) -> None:
        submission = reader.read_bytes(data, name, template)
        report = checker.check(submission, template)
        card = scorer.score(submission, template)
        scored.write_scored(io.BytesIO(), submission, report, card, template)

    for book in books:
        data = book.read_bytes()
        work(data, book.name)
        for _ in range(ROUNDS):
            guard.append(timed(lambda d=data: look(d)))  # type: ignore[misc]
            whole.append(timed(lambda d=data, n=book.name: work(d, n)))  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as name:
        inbox = Path(name) / "in"
        inbox.mkdir()
        for book in books:
            (inbox / book.name).write_bytes(book.read_bytes())
        found = timed(lambda: intake.candidates([inbox])) / len(books)
        wrote = [timed(lambda: batch.run([inbox], Path(name) / "out", template=template, jobs=1)) / len(books) for _ in range(2)]
    share = statistics.median(guard) / statistics.median(whole)
    print(f"{len(books)} 个样例 × {ROUNDS} 轮，中位数，毫秒/个")
    print(f"  守卫（拆包检查、逐标签一遍）{statistics.median(guard):8.2f}")
    print(f"  认文件（收件）              {found:8.2f}")
    print(f"  读、核、评、写评分表        {statistics.median(whole):8.2f}")
    print(f"  整个 run（含通知、汇总）    {min(wrote):8.2f}")
    print(f"守卫占读核评写的 {share:.1%}，占整个 run 的 {statistics.median(guard) / min(wrote):.1%}（目标 < 5%）")


if __name__ == "__main__":
    main()
