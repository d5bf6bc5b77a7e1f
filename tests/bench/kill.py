"""Kill a run at random moments and take it up again: `python tests/bench/kill.py [--files 200] [--kills 20]`.

After every kill each file under a final name must be whole (the bytes of the undisturbed run), and the resumed run must end
with exactly the tree of the undisturbed one. Half of the kills hit the parent alone, half all its processes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "hostile")]

import corpus  # noqa: E402

SCRIPT = """
import sys
from pathlib import Path
from jixiao_xlsx import batch
from jixiao_xlsx.spec import find_template
if __name__ == "__main__":
    batch.run([Path(sys.argv[1])], Path(sys.argv[2]), template=find_template(), jobs=int(sys.argv[3]))
"""


def fill(inbox: Path, files: int) -> None:
    """So many different workbooks, every tenth broken: the samples under other names of departments."""
    from jixiao_xlsx import reader

    books = sorted(corpus.SAMPLES.glob("*.xlsx"))
    for number in range(files):
        book = books[number % len(books)]
        data = book.read_bytes()
        if number % 10 == 9:
            data = data[: len(data) // 2]
        elif number >= len(books):
            name = reader.read(book).department.encode()
            parts = corpus.unzipped(data)
            parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(name, name + str(number).encode())
            data = corpus.rezipped(parts)
        (inbox / f"{number:04d}.xlsx").write_bytes(data)


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def start(script: Path, inbox: Path, output: Path, jobs: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(script), str(inbox), str(output), str(jobs)]
    return subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> None:
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()


def kill(process: subprocess.Popen[bytes], *, all_of_it: bool) -> bool:
    """Whether there was anything left to kill."""
    alive = process.poll() is None
    if alive:
        (os.killpg if all_of_it else os.kill)(process.pid, signal.SIGKILL)
    process.communicate()
    return alive


def rounds(inbox: Path, work: Path, *, kills: int, jobs: int, seed: int, chatty: bool = False) -> int:
    """Kill and resume until `kills` have hit; the number of resumed runs that ended well. Raises AssertionError."""
    dice = random.Random(seed)
    script = work / "run.py"
    script.write_text(SCRIPT, encoding="utf-8")
    before = time.perf_counter()
    finish(start(script, inbox, work / "整", jobs))
    whole = time.perf_counter() - before
    wanted = tree(work / "整")
    good = hit = 0
    while hit < kills:
        output = work / f"断{good}"
        for _ in range(dice.choice((1, 1, 2))):
            process = start(script, inbox, output, jobs)
            # Anywhere, and as often near the end, where the results are put into place.
            time.sleep(dice.uniform(0.1, whole) if dice.random() < 0.5 else dice.uniform(0.85 * whole, 1.02 * whole))
            moment = kill(process, all_of_it=dice.random() < 0.5)
            hit += moment
            seen = (
                {path: digest for path, digest in tree(output).items() if not path.startswith(".jixiao-tmp/")}
                if output.exists()
                else {}
            )
            half = [path for path, digest in seen.items() if wanted.get(path) != digest]
            assert not half, half
        left = len(list(output.glob(".jixiao-tmp/*.answer")))
        before = time.perf_counter()
        finish(start(script, inbox, output, jobs))
        again = time.perf_counter() - before
        ended = tree(output)
        assert ended == wanted, sorted(set(ended.items()) ^ set(wanted.items()))[:9]
        good += 1
        shutil.rmtree(output)
        if chatty:
            print(
                f"  第 {hit} 次中断：已有 {len(seen)} 个成品、{left} 个半成品；续跑 {again:.1f} 秒（整跑 {whole:.1f} 秒），结果一致",
                flush=True,
            )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        inbox = work / "收件箱"
        inbox.mkdir()
        fill(inbox, options.files)
        good = rounds(inbox, work, kills=options.kills, jobs=options.jobs, seed=options.seed, chatty=True)
    print(f"{options.files} 个文件，中断 {options.kills} 次以上，续跑 {good} 次，结果都与不中断的相同")


if __name__ == "__main__":
    main()
