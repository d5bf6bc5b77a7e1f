"""What a written report costs beside its workbook: `python tests/bench/word.py`. Milliseconds of
processor time.

workbook  reading the workbook
document  reading the .docx: guard, paragraphs, tables
facts     its sentences turned into facts
rules     the rules of words, and the equations on its tables

They take turns, round by round, so that a machine that slows down slows all of them down; each is
the median of its rounds, and so is the ratio. A process takes its own luck with memory: the figures
of several stand one below the other.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from jixiao_xlsx.checking.run_rules import run_rules
from jixiao_xlsx.examining.check import catalogue
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.prose.evidence import ProseEvidence as Evidence
from jixiao_xlsx.reading import workbook as reader
from jixiao_xlsx.reading.word.document import read_document
from jixiao_xlsx.values.cells import Submission

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "inbox"
PAIRS = (
    ("*临泽县机关事务中心*.xlsx", "*临泽县机关事务中心*.docx"),
    ("水务局*.xlsx", "县水务局*.docx"),
)
ROUNDS = 60
PROCESSES = 3


def cost(work: Callable[[], object]) -> float:
    """Milliseconds of one run, with the garbage collector off, as `workers` have it for a file."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    work()
    spent = time.process_time() - start
    gc.enable()
    return spent * 1000


def measure(book: Path, report: Path) -> None:
    template = find_template()
    rules = [rule for rule in catalogue(template) if rule.code.startswith("NAR") or rule.in_word]
    workbook, data = book.read_bytes(), report.read_bytes()
    submission = reader.read_bytes(workbook, book.name, template)
    alone = replace(submission, documents=())
    both = replace(submission, documents=(read_document(data, report.name, template),))

    def judged(one: Submission) -> Callable[[], object]:
        return lambda: run_rules(Evidence(one, template), rules)

    steps: tuple[Callable[[], object], ...] = (
        lambda: reader.read_bytes(workbook, book.name, template),
        lambda: read_document(data, report.name, template),
        lambda: Evidence(both, template).statements,
        lambda: Evidence(alone, template).statements,
        judged(both),
        judged(alone),
    )
    rounds = [[cost(step) for step in steps] for _ in range(ROUNDS)][ROUNDS // 10 :]
    reading, words, *others = (median(column) for column in zip(*rounds, strict=True))
    facts, more = others[0] - others[1], others[2] - others[3] - (others[0] - others[1])
    ratio = median((row[1] + row[2] - row[3]) / row[0] for row in rounds)
    print(
        f"{report.stem[:24]}　工作簿 {reading:.1f}　文档 {words:.1f}　事实 {facts:.1f}　规则 {more:.1f}"
    )
    print(f"  （文档 + 事实）÷ 工作簿 = {ratio:.2f}")


def main() -> None:
    if sys.argv[1:] == ["once"]:
        for book, report in PAIRS:
            measure(*(next(SAMPLES.glob(pattern)) for pattern in (book, report)))
        return
    for _ in range(PROCESSES):
        subprocess.run([sys.executable, __file__, "once"], check=True)


if __name__ == "__main__":
    main()
