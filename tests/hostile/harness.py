"""Attack what arrives, as long as is wanted, with a fixed seed: `python tests/hostile/harness.py
intake --count 20000 --seed 3`, `… run --count 300 --seed 3`.

`intake`: archives (zip, 7z, rar) and mails (.eml, mbox, .msg, winmail.dat) in one another, damaged
in their bytes, headers and names, are opened (nothing is read). `run`: workbooks (.xlsx, XML 2003,
pages), reports (.docx, .pdf), archives and mails, damaged in their bytes or in a part before
packing, go through `run` in small batches beside clean workbooks, with one process and with two.
What is held: no exception, every file accounted for, the clean ones unharmed, the same outcome
whatever the number of processes. A case that breaks one of these is made as small as may be and
filed in `--cases`; docs/promises.md has the totals of the runs by hand.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
_OWN = ("intake", "reading", "bench", "hostile")
sys.path[:0] = [str(HERE.parent), *(str(HERE.parent / one) for one in _OWN)]

import corpus  # noqa: E402
import test_outlook_files as outlook  # noqa: E402
from parcels import letter, mbox, zipped  # noqa: E402
from rarred import rar4, rar5  # noqa: E402
from test_pdf import TEXT, drawn  # noqa: E402
from test_solid_files import seven_zipped  # noqa: E402
from texts import as_page, as_xml_2003  # noqa: E402

from jixiao_xlsx.intake.candidates import Candidate  # noqa: E402
from jixiao_xlsx.intake.unpacking import unpack  # noqa: E402

BATCH = 10
CLEAN = sorted(corpus.SAMPLES.glob("*.xlsx"))[0]
_BITS = (b"\0", b"\xff", b"(", b";", b"=?", b"?=", b"\n", b'"', b"boundary=", b"PK\x05\x06", b"..")


def containers() -> dict[str, bytes]:
    """Archives and mails, small, in one another."""
    inner = zipped({"甲.xlsx": b"PK\x03\x04 no workbook", "乙.docx": b"x" * 40}, gbk=True)
    mail = letter({"表.xlsx": b"PK\x03\x04x", "包.zip": inner})
    files = {"甲/表.xlsx": outlook.BIG, "包.zip": inner, "信.eml": mail}
    return {
        ".7z": seven_zipped(files),
        ".rar": rar5(files),
        "（旧）.rar": rar4(files, gbk=True),
        ".msg": outlook.compound(outlook.message({"表.xlsx": outlook.BIG, "包.zip": inner})),
        ".dat": outlook.parcel({"表.xlsx": outlook.BIG, "包.zip": inner}),
        ".zip": zipped({"内.zip": inner, "信.eml": mail, "": b"x"}),
        ".eml": letter({"转.zip": inner}, forwarded=[mail]),
        ".mbox": mbox([mail, letter({})]),
    }


def damaged(data: bytes, dice: random.Random) -> bytes:
    """A few bytes flipped, cut, repeated, zeroed, or replaced by what parsers stumble over."""
    broken = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at, size = dice.randrange(len(broken) + 1), dice.choice((1, 2, 4, 30))
        change = dice.randrange(6)
        if change == 0:
            broken[at : at + size] = dice.randbytes(size)
        elif change == 1:
            del broken[at : at + size]
        elif change == 2:
            broken[at:at] = dice.choice(_BITS) * dice.choice((1, 3, 700))
        elif change == 3:
            broken[at : at + 4] = struct.pack("<I", dice.choice((0, 1, 0xFFFF, 0xFFFFFFFF)))
        elif change == 4:
            broken[at:at] = broken[max(0, at - size) : at] * dice.choice((1, 50))
        else:
            broken = broken[: max(1, at)]
    return bytes(broken)


def smallest(data: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """Return `data` with every stretch cut out that the failure does without."""
    step = max(1, len(data) // 2)
    while step:
        at = 0
        while at < len(data):
            less = data[:at] + data[at + step :]
            if less and fails(less):
                data = less
            else:
                at += step
        step //= 2
    return data


def fault_of_intake(data: bytes, suffix: str, folder: Path) -> str:
    """Open a container; return what is wrong with the outcome, or ""."""
    path = folder / f"件{suffix}"
    path.write_bytes(data)
    try:
        found = unpack(Candidate(path, path.name, len(data), 1))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    faults = [fault for one in found for fault in one.faults]
    return "no line" if not found else "; ".join(faults)


def _fails_alike(fault: str, suffix: str, folder: Path, less: bytes) -> bool:
    return fault_of_intake(less, suffix, folder) == fault


def attack_intake(count: int, seed: int, cases: Path | None) -> list[str]:
    """Return the faults that so many damaged containers brought to light."""
    dice, wholes, faults = random.Random(seed), containers(), []
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        for number in range(count):
            suffix = dice.choice(sorted(wholes))
            data = damaged(wholes[suffix], dice)
            if fault := fault_of_intake(data, suffix, folder):
                faults.append(f"{number}{suffix}: {fault}")
                if cases:
                    fails = partial(_fails_alike, fault, suffix, folder)
                    small = smallest(data, fails)
                    cases.mkdir(parents=True, exist_ok=True)
                    (cases / f"intake-{seed}-{number}{suffix}").write_bytes(small)
    return faults


def submissions(numbers: range, dice: random.Random) -> Iterator[tuple[str, bytes]]:
    """Damaged workbooks, reports and mails by name."""
    book = corpus.base()
    report = sorted(corpus.SAMPLES.glob("*.docx"))[0].read_bytes()
    wholes = _wholes(book, report)
    for number in numbers:
        kind = number % (3 + len(wholes))
        if kind == 0:
            yield f"{number}.xlsx", dice.choice((corpus.mutant_inside, corpus.mutant))(book, dice)
        elif kind == 1:
            yield f"{number}.xlsx", corpus.mutant_tags(book, dice)
        elif kind == 2:
            yield f"{number}.docx", dice.choice((corpus.mutant_inside, damaged))(report, dice)
        else:
            suffix, data = wholes[kind - 3]
            yield f"{number}{suffix}", damaged(data, dice)


@lru_cache(maxsize=1)
def _wholes(book: bytes, report: bytes) -> tuple[tuple[str, bytes], ...]:
    """Files whose bytes alone are damaged, by the ends of their names."""
    both = {"表.xlsx": book, "报告.docx": report}
    return (
        (".eml", letter(both)),
        (".7z", seven_zipped(both)),
        (".rar", rar5(both)),
        (".msg", outlook.compound(outlook.message(both))),
        (".dat", outlook.parcel(both)),
        (".pdf", drawn(TEXT)),
        ("（XML）.xls", as_xml_2003(book)),
        ("（网页）.xls", as_page(book, "gbk")),
    )


def outcome(inbox: Path, output: Path, jobs: int) -> tuple[list[list[object]], str]:
    """Run one batch; return what run.json says of each file, and what is wrong, or ""."""
    command = [sys.executable, "-m", "jixiao_xlsx", "run", str(inbox), "-o", str(output)]
    done = subprocess.run(
        [*command, "--jobs", str(jobs)], capture_output=True, text=True, timeout=1800, check=False
    )
    if done.returncode != 0:
        return [], done.stderr[-400:]
    record = json.loads((output / "run.json").read_text(encoding="utf-8"))
    told = [[one["file"], one["status"], one["reason"], one["result"]] for one in record["files"]]
    faults = [fault for one in record["files"] for fault in one["faults"]] + record["faults"]
    sent = {path.name for path in inbox.iterdir()}
    lost = sent - {str(one[0]).split("/")[0] for one in told}
    clean = [one for one in told if one[0] == CLEAN.name and one[1] == "已报"]
    wrong = [*faults, *(f"lost: {name}" for name in sorted(lost))]
    return told, "; ".join(wrong if clean else [*wrong, "the clean workbook was harmed"])


def attack_run(count: int, seed: int, cases: Path | None) -> list[str]:
    """Return the faults that so many damaged submissions brought to light."""
    dice, faults = random.Random(seed), []
    for start in range(0, count, BATCH):
        with tempfile.TemporaryDirectory() as work:
            inbox = Path(work) / "收件箱"
            inbox.mkdir()
            shutil.copy2(CLEAN, inbox)
            for name, data in submissions(range(start, min(count, start + BATCH)), dice):
                (inbox / name).write_bytes(data)
            one, wrong_one = outcome(inbox, Path(work) / "一", 1)
            two, wrong_two = outcome(inbox, Path(work) / "二", 2)
            differs = [f"{a} ≠ {b}" for a, b in zip(one, two, strict=False) if a != b]
            found = [*filter(None, (wrong_one, wrong_two)), *differs]
            faults += [f"{start}: {fault}" for fault in found]
            if found and cases:
                shutil.copytree(inbox, cases / f"run-{seed}-{start}", dirs_exist_ok=True)
    return faults


def main() -> None:
    """Attack, and print the faults and the totals; the exit code says whether there were any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("intake", "run"))
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=Path)
    options = parser.parse_args()
    attack = attack_intake if options.what == "intake" else attack_run
    faults = attack(options.count, options.seed, options.cases)
    print("\n".join(faults))
    print(f"{options.what}: seed {options.seed}, {options.count} mutants, {len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
