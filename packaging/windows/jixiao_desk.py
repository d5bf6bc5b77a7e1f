"""What a double click on 核对.bat, 空白表.bat or 自检.bat does: everything is said in Chinese.

    python -m jixiao_desk review | blank | selftest

What was dropped on the .bat comes in the environment (JIXIAO_DROPPED_1 …), where no quote or
percent sign of a path is lost. This module stands in the Windows folder only, beside the package.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]  # the folder with the .bat files
INBOX, ROSTER, BLANKS, SUMS = "收件箱", "departments.csv", "空白表", "校验.txt"
RECORD, EXAMPLE = "出错记录.txt", "样例/青禾县信访局.xlsx"
_LONGEST = 150  # letters of a path to the results, of the 260 that Windows takes
_DROPPED = "JIXIAO_DROPPED_"


class Stop(Exception):
    """What a person has to know or to do before anything can be done."""


def dropped(environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the paths dropped on the .bat, in order."""
    given = (environment.get(f"{_DROPPED}{number}", "") for number in range(1, 10))
    return [Path(path) for path in given if path.strip()]


def review(given: list[Path], ask: Callable[[str], str] = input) -> int:
    """Check and score a folder, and open what came of it. Raises Stop."""
    inboxes = given or [_asked(ask)]
    if wrong := [path for path in inboxes if not path.exists()]:
        raise Stop(f"找不到“{wrong[0]}”。请把收到的文件放进一个文件夹，把文件夹拖到“核对.bat”上。")
    output = _results_of(inboxes[0])
    if len(str(output)) > _LONGEST:
        raise Stop(
            f"“{inboxes[0]}”的路径太长（Windows 一般只认 260 个字符）。"
            "请把文件夹移到较短的位置，如 D:\\绩效，再拖一次。"
        )
    roster = _roster_beside(inboxes[0])
    arguments = [*map(str, inboxes), "-o", str(output)]
    if roster:
        print(f"部门名册：{roster}")
        arguments += ["--roster", str(roster)]
    else:
        print(f"没有部门名册，只核对收到的文件。要看谁没有报，请把名册 {ROSTER} 放在“{HOME}”。")
    print(f"正在核对“{inboxes[0]}”，结果写到“{output}”……")
    code = _command(["run", *arguments])
    for name in ("汇总.xlsx", "审核.html"):
        if (output / name).is_file():
            _open(output / name)
    return code


def blank(given: list[Path]) -> int:
    """Write the blank workbooks, with the page for checking them, and open their folder."""
    from jixiao_xlsx.output.html.self_check_page import ENGINE

    roster = given[0] if given else HOME / ROSTER
    output = (roster.parent if given else HOME) / BLANKS
    arguments = ["template", "-o", str(output)]
    if roster.is_file():
        print(f"按部门名册“{roster}”，每个部门一份。")
        arguments += ["--roster", str(roster)]
    elif given:
        raise Stop(f"“{roster}”不是文件。请把部门名册（{ROSTER}）拖到“空白表.bat”上。")
    code = _command([*arguments, *(["--with-self-check"] if ENGINE.is_file() else [])])
    if not code:
        _open(output)
    return code


def selftest(given: list[Path]) -> int:
    """Say whether this folder is whole and works here. Raises Stop."""
    print(f"Python {sys.version.split()[0]}，系统 {sys.platform}，编码 {sys.stdout.encoding}")
    if damaged := list(_damaged()):
        names = "、".join(damaged[:5])
        raise Stop(f"有 {len(damaged)} 个文件缺失或变了（{names}）。请重新拷贝整个文件夹。")
    print("文件齐全。")
    with tempfile.TemporaryDirectory() as folder:
        blanks, results = Path(folder) / BLANKS, Path(folder) / "结果"
        if _command(["template", "-o", str(blanks)]):
            raise Stop("空白表没有写成。请把上面的话告诉维护人员。")
        if _command(["run", str(HOME / EXAMPLE), "-o", str(results)]):
            raise Stop("试着核对样例，没有办成。请把上面的话告诉维护人员。")
    print("自检通过：能出空白表，能核对，能写汇总。")
    return 0


TASKS = {"review": review, "blank": blank, "selftest": selftest}


def main(name: str) -> int:
    """Do one of the tasks; nothing ends in words that a reviewer cannot read."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        return TASKS[name](dropped())
    except Stop as stop:
        print(stop)
    except (KeyboardInterrupt, EOFError):
        print("已中断。再运行一次即可，不会留下写了一半的文件。")
    except Exception:  # the window shows what to do; the record is for maintainers
        print(f"程序出错，没有办成。详情写在“{_record(traceback.format_exc())}”，请交给维护人员。")
    return 1


def _asked(ask: Callable[[str], str]) -> Path:
    """Return the folder that a person drags into the window, or 收件箱 beside the .bat."""
    typed = ask(f"请把收到的文件夹拖到这个窗口里，再按回车（直接按回车：用“{INBOX}”文件夹）：")
    named = typed.strip().strip('"').strip()
    return Path(named) if named else HOME / INBOX


def _results_of(inbox: Path) -> Path:
    """Return where results go: beside the inbox, and never into it."""
    folder = inbox.absolute() if inbox.is_dir() else inbox.absolute().parent
    if folder.parent == folder:  # the root of a disk or stick has nothing beside it
        raise Stop(f"“{inbox}”是整个盘。请把收到的文件放进一个文件夹，再拖那个文件夹。")
    return folder.with_name(f"{folder.name}-结果")


def _roster_beside(inbox: Path) -> Path | None:
    places = (inbox.absolute().parent / ROSTER, HOME / ROSTER)
    return next((place for place in places if place.is_file()), None)


def _command(arguments: list[str]) -> int:
    """Run a command of jixiao in this process; return its exit code."""
    from jixiao_xlsx.cli import main as jixiao

    try:
        jixiao(arguments, prog_name="jixiao")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _damaged() -> Iterator[str]:
    """Yield the files that are not as they were built; none where the list itself is missing."""
    sums = HOME / SUMS
    if not sums.is_file():
        return
    for line in sums.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        place = HOME / name
        if not place.is_file() or hashlib.sha256(place.read_bytes()).hexdigest() != digest:
            yield name


def _open(path: Path) -> None:
    """Open a file or folder in the program that Windows has for it; say where it is elsewhere."""
    start = getattr(os, "startfile", None)
    try:
        if start:
            start(path)
            return
    except OSError:
        pass
    print(f"请打开“{path}”。")


def _record(text: str) -> Path:
    for folder in (HOME, Path(tempfile.gettempdir())):
        try:
            (folder / RECORD).write_text(text, encoding="utf-8")
        except OSError:
            continue
        return folder / RECORD
    return Path(RECORD)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
