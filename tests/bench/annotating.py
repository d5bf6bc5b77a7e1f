"""What an annotated copy costs beside a bare openpyxl load and save of the same workbook: `python
tests/bench/annotating.py`. A minute.

For every sample that is returned the two take turns in one process; the garbage of the turn before
is cleared first, and the best of their turns, in process time, are divided. Then the whole inbox is
run, and the departments that an annotated copy was made for are counted. Ends with 1 where the
median costs more than MOST times the bare load and save, or a department without findings pays.
"""

from __future__ import annotations

import gc
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl

import jixiao_xlsx as jx
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.annotated.book import annotate
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.findings import Result

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
MOST = 0.08
TURNS = 4


def timed(run: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    run()
    return (time.process_time() - start) * 1000


def cost(path: Path, form: Template) -> tuple[float, float] | None:
    """Milliseconds of the annotated copy and of the bare load and save; None where nothing is
    returned.
    """
    data = path.read_bytes()
    submission = workbook.read_bytes(data, path.name, form)
    report = check(submission, form)
    if report.result is Result.PASS:
        return None
    ours, bare = [], []
    for _ in range(TURNS):
        ours.append(timed(lambda: annotate(data, submission, report, form)))
        bare.append(timed(lambda: openpyxl.load_workbook(io.BytesIO(data)).save(io.BytesIO())))
    return min(ours), min(bare)


def paying(form: Template) -> tuple[int, int, int]:
    """Of a run over the inbox: departments, those with something to be mended, and those that an
    annotated copy was made for.
    """
    with tempfile.TemporaryDirectory() as name:
        done = jx.run(
            [SAMPLES / "inbox"],
            Path(name),
            template=form,
            roster=SAMPLES / "departments.csv",
            jobs=1,
        )
    counted = [entry for entry in done.entries if entry.counts]
    returned = [
        entry for entry in counted if entry.report and entry.report.result is not Result.PASS
    ]
    copied = [entry for entry in counted if any(path.endswith(".xlsx") for path in entry.returned)]
    assert all(entry in returned for entry in copied)
    return len(counted), len(returned), len(copied)


def main() -> int:
    form = find_template()
    costs = {path.stem: cost(path, form) for path in sorted((SAMPLES / "inbox").glob("*.xlsx"))}
    ratios = {}
    for name, found in costs.items():
        if found:
            ratios[name] = found[0] / found[1]
            print(f"  {ratios[name]:.3f} = {found[0]:.0f} / {found[1]:.0f} ms  {name}")
    departments, returned, copied = paying(form)
    usual = statistics.median(ratios.values())
    print(
        f"批注副本 ÷ openpyxl 读入再存：{len(ratios)} 份，中位 {usual:.3f}（限 {MOST}），"
        f"最高 {max(ratios.values()):.3f}"
    )
    print(f"收件箱 {departments} 个部门，退回 {returned} 个，做批注副本 {copied} 个")
    return int(usual > MOST or copied != returned)


if __name__ == "__main__":
    sys.exit(main())
