"""Kill a run at random moments and take it up again: `python tests/bench/kill.py [--files 200]
[--kills 20] [--work DIR]`.

A run is killed once or several times, then ends. After every kill each file under a final name must
be whole (the bytes of the undisturbed run), and the last run must end with exactly the tree of the
undisturbed one. The moments are counted in what is done, not in seconds, so that a busy machine
shifts none; half of the kills hit the parent alone, half all its processes. `--work` keeps the
inbox and the undisturbed results for the next stretch.
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

WAITING = ".jixiao-tmp"
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "hostile")]

import corpus  # noqa: E402

SCRIPT = """
import sys
from pathlib import Path
import jixiao_xlsx as jx
from jixiao_xlsx.form.find_template import find_template
if __name__ == "__main__":
    inbox, output, steps = map(Path, sys.argv[1:4])
    def progress(done, total):
        steps.write_text(str(done))
    jx.run([inbox], output, template=find_template(), jobs=int(sys.argv[4]), progress=progress)
"""


def fill(inbox: Path, files: int) -> None:
    """So many different workbooks, every tenth broken: the samples under other names of
    departments.
    """
    from jixiao_xlsx.reading import workbook

    books = sorted(corpus.SAMPLES.glob("*.xlsx"))
    for number in range(files):
        book = books[number % len(books)]
        data = book.read_bytes()
        if number % 10 == 9:
            data = data[: len(data) // 2]
        elif number >= len(books):
            name = workbook.read(book).department.encode()
            parts = corpus.unzipped(data)
            parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(
                name, name + str(number).encode()
            )
            data = corpus.rezipped(parts)
        (inbox / f"{number:04d}.xlsx").write_bytes(data)


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def steps(output: Path) -> Path:
    """Return the file in which a run counts its steps: two for each file of the inbox."""
    return output.with_suffix(".steps")


def steps_done(output: Path) -> int:
    try:
        return int(steps(output).read_text() or 0)
    except OSError:
        return 0


def start(script: Path, inbox: Path, output: Path, jobs: int) -> subprocess.Popen[bytes]:
    steps(output).unlink(missing_ok=True)
    command = [sys.executable, script, inbox, output, steps(output), str(jobs)]
    return subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> None:
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()


def wait_for(
    process: subprocess.Popen[bytes], output: Path, dice: random.Random, *, read: int, placed: int
) -> str:
    """Wait until so many steps are done or results in place; return how far the run was."""
    reading = dice.random() < 0.6
    wanted = dice.randrange(2 * read if reading else placed)
    done = 0
    while process.poll() is None:
        done = steps_done(output) if reading else len(results(output))
        if done >= wanted:
            break
        time.sleep(0.01)
    time.sleep(dice.uniform(0, 0.15))
    return f"{done} 步完成" if reading else f"{done} 个成品就位"


def results(output: Path) -> list[Path]:
    """What lies under final names."""
    return (
        [path for path in output.rglob("*") if WAITING not in path.parts and path.is_file()]
        if output.exists()
        else []
    )


def kill(process: subprocess.Popen[bytes], *, all_of_it: bool) -> bool:
    """Whether there was anything left to kill."""
    alive = process.poll() is None
    if alive:
        (os.killpg if all_of_it else os.kill)(process.pid, signal.SIGKILL)
    process.communicate()
    return alive


def rounds(
    inbox: Path, work: Path, *, kills: int, jobs: int, seed: int, chatty: bool = False
) -> int:
    """Kill and resume until `kills` have hit; the number of runs that ended well after that. Raises
    AssertionError.
    """
    dice = random.Random(seed)
    script = work / "run.py"
    script.write_text(SCRIPT, encoding="utf-8")
    if not (work / "整" / "run.json").is_file():
        finish(start(script, inbox, work / "整", jobs))
    wanted = tree(work / "整")
    files = len(list(inbox.iterdir()))
    good = hit = 0
    while hit < kills:
        output = work / f"断{good}"
        shutil.rmtree(output, ignore_errors=True)
        moments = []
        for _ in range(dice.choice((1, 1, 2, 4))):
            process = start(script, inbox, output, jobs)
            moment = wait_for(process, output, dice, read=files, placed=len(wanted))
            if kill(process, all_of_it=dice.random() < 0.5):
                hit += 1
                moments.append(moment)
            folders = {
                path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in results(output)
            }
            half = [path for path, digest in folders.items() if wanted.get(path) != digest]
            assert not half, half
        finish(start(script, inbox, output, jobs))
        ended = tree(output)
        assert ended == wanted, sorted(set(ended.items()) ^ set(wanted.items()))[:9]
        good += 1
        shutil.rmtree(output)
        if chatty:
            print(f"  到第 {hit} 次中断（{'，'.join(moments)}）；续跑后结果一致", flush=True)
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = options.work or Path(name)
        inbox = work / "收件箱"
        if not inbox.is_dir():
            inbox.mkdir(parents=True)
            fill(inbox, options.files)
        good = rounds(
            inbox, work, kills=options.kills, jobs=options.jobs, seed=options.seed, chatty=True
        )
    print(
        f"{options.files} 个文件，中断 {options.kills} 次以上，续跑 {good} 次，结果都与不中断的相同"
    )


if __name__ == "__main__":
    main()
