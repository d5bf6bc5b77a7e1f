"""Mutants of real samples in every format: none may crash, hang or get lost. `python
tests/bench/fuzz.py [2000] [--seed N]`.

A mutant has a few bytes flipped, cut, repeated or zeroed, in the file as it lies or in a part of it
before packing, or its XML says something odd. .xls and .ods are made by LibreOffice where it is
there.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "hostile")]

import corpus  # noqa: E402
from office import converted  # noqa: E402
from parcels import letter, mbox, zipped  # noqa: E402

from jixiao_xlsx.batch.single_files import check_files  # noqa: E402
from jixiao_xlsx.form.find_template import find_template  # noqa: E402

BATCH = 250


def sources(folder: Path) -> dict[str, list[bytes]]:
    """Whole files by suffix."""
    books = sorted(corpus.SAMPLES.glob("*.xlsx"))[::8]
    data = [path.read_bytes() for path in books]
    found = {
        ".xlsx": data,
        ".xlsm": [corpus.rezipped(corpus.unzipped() | {"xl/vbaProject.bin": bytes(99)})],
        ".xlsb": [corpus.binary()],
        ".zip": [zipped({"报送/一.xlsx": data[0], "二.xlsx": data[1]}, gbk=True)],
        ".eml": [
            letter({"表.xlsx": data[0]}),
            letter({}, forwarded=[letter({"表.xlsx": data[1]})]),
        ],
        ".mbox": [mbox([letter({"表.xlsx": data[0]}), letter({"表.xlsx": data[1]})])],
        "加密.xlsx": [corpus.locked(data[0], "x")],
    }
    if shutil.which("soffice"):
        for suffix, kind in ((".xls", "xls:MS Excel 97"), (".ods", "ods")):
            converted(kind, books[:2], folder)
            found[suffix] = [path.read_bytes() for path in sorted(folder.glob(f"*{suffix}"))]
        found[".et"] = found[".xls"]
    return found


def mutants(
    wholes: dict[str, list[bytes]], numbers: range, dice: random.Random
) -> Iterator[tuple[str, bytes]]:
    """A mutant for each number, the formats in turn: its name and bytes."""
    kinds = sorted(wholes)
    for number in numbers:
        suffix = kinds[number % len(kinds)]
        ways = [corpus.mutant]
        if suffix in {".xlsx", ".xlsm", ".xlsb", ".ods"}:
            ways += (
                [corpus.mutant_inside]
                if suffix == ".xlsb"
                else [corpus.mutant_inside, corpus.mutant_tags, corpus.mutant_tags]
            )
        yield f"{number:05d}{suffix}", dice.choice(ways)(dice.choice(wholes[suffix]), dice)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    template = find_template()
    statuses: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    formats: Counter[str] = Counter()
    faults: list[str] = []
    aborts = 0
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        wholes = sources(Path(name))
        done = 0
        while done < options.count:
            folder = Path(tempfile.mkdtemp(dir=name))
            for file, mutant in mutants(
                wholes, range(done, min(done + BATCH, options.count)), dice
            ):
                (folder / file).write_bytes(mutant)
                formats[file[5:]] += 1
            entries = check_files(
                [folder], template=template, passwords=("x",), jobs=options.jobs, progress=None
            )
            files = {path.name for path in folder.iterdir()}
            lost = files - {entry.file.split("/")[0] for entry in entries}
            faults += [f"没有着落：{file}" for file in lost]
            for entry in entries:
                statuses[entry.status.value] += 1
                if entry.status.value != "已报":
                    reasons[entry.reason[:24]] += 1
                crashed = entry.report and any(
                    finding.code == "INT101" for finding in entry.report.findings
                )
                aborts += "异常中止" in entry.reason
                if "程序出错" in entry.reason or "已放弃" in entry.reason or crashed:
                    faults.append(f"{entry.file}：{entry.reason or 'INT101'}")
                    shutil.copyfile(
                        folder / entry.file.split("/")[0],
                        Path(tempfile.gettempdir()) / f"fuzz-{entry.file.split('/')[0]}",
                    )
            done += len(files)
            shutil.rmtree(folder)
    print(f"{done} 个变异文件，{time.perf_counter() - start:.0f} 秒；格式 {dict(formats)}")
    print(f"状态 {dict(statuses)}")
    for reason, count in reasons.most_common(12):
        print(f"  {count:5d}  {reason}…")
    print(f"库自身中止、由子进程挡住的：{aborts}")
    print(f"崩溃、停住或没有着落：{len(faults)}")
    for fault in faults[:20]:
        print(f"  {fault}")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
