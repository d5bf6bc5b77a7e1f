"""What a written report costs beside its workbook: `python tests/bench/word.py`. Milliseconds, the least of several rounds.

workbook  reading the workbook
document  reading the .docx: guard, paragraphs, tables
facts     its sentences turned into facts
rules     the rules of words, and the equations on its tables
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from jixiao_xlsx import checker, reader
from jixiao_xlsx.document import read_document
from jixiao_xlsx.model import Submission
from jixiao_xlsx.rules import Desk
from jixiao_xlsx.spec import find_template

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "inbox"
PAIRS = (("*临泽县机关事务中心*.xlsx", "*临泽县机关事务中心*.docx"), ("水务局*.xlsx", "县水务局*.docx"))
ROUNDS = 9


def least(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def main() -> None:
    template = find_template()
    rules = [rule for rule in checker.catalogue(template) if rule.code.startswith("NAR") or rule.in_word]
    for book, report in PAIRS:
        paths = [next(SAMPLES.glob(pattern)) for pattern in (book, report)]
        workbook, data = (path.read_bytes() for path in paths)
        submission = reader.read_bytes(workbook, paths[0].name, template)
        document = read_document(data, paths[1].name, template)
        alone = replace(submission, documents=())
        both = replace(submission, documents=(document,))

        def judged(one: Submission) -> Callable[[], object]:
            return lambda: checker.run_rules(Desk(one, template), rules)

        reading = least(lambda: reader.read_bytes(workbook, paths[0].name, template))  # noqa: B023
        words = least(lambda: read_document(data, paths[1].name, template))  # noqa: B023
        facts = least(lambda: Desk(both, template).story) - least(lambda: Desk(alone, template).story)  # noqa: B023
        more = least(judged(both)) - least(judged(alone)) - facts
        print(f"{paths[1].stem[:24]}　工作簿 {reading:.1f}　文档 {words:.1f}　事实 {facts:.1f}　规则 {more:.1f}")
        print(f"  （文档 + 事实）÷ 工作簿 = {(words + facts) / reading:.2f}")


if __name__ == "__main__":
    main()
