"""What stands on a terminal of 80 columns, and what Ctrl-C leaves there."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as some

from jixiao_xlsx.cli import main
from jixiao_xlsx.locale.terminal_lines import coloured, width_of, wrapped
from jixiao_xlsx.output.text.terminal import with_separators

SAMPLES = Path(__file__).parent.parent / "samples"
FAULTY = SAMPLES / "inbox" / "附件2：青禾县教育局2023年部门整体支出绩效自评表.xlsx"
JIXIAO = [sys.executable, "-m", "jixiao_xlsx"]
COMMANDS = list(main.commands)
COLOUR = re.compile(r"\x1b\[\d*m")
on_linux = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")


def on_terminal(*arguments: object, columns: int = 80, **environment: str) -> str:
    """What a command prints on a terminal of so many columns."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    variables = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    process = subprocess.Popen(
        [*JIXIAO, *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={**variables, "TERM": "xterm", **environment},
    )
    os.close(theirs)
    data = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the terminal is gone with its process
            break
        if not piece:
            break
        data += piece
    process.wait()
    os.close(ours)
    return data.decode().replace("\r\n", "\n")


@on_linux
def test_findings_fit_eighty_columns_and_no_figure_is_broken() -> None:
    text = on_terminal("check", FAULTY)
    lines = COLOUR.sub("", text).split("\n")
    assert max(map(width_of, lines)) <= 80
    unbroken = CliRunner().invoke(main, ["check", str(FAULTY)]).stdout
    figures = re.findall(r"\d[\d,]*\.\d+", unbroken)
    assert len(figures) > 10
    for figure in figures:
        assert any(figure in line for line in lines), figure
    joined = "".join(line.strip() for line in lines)
    assert joined.replace(" ", "") == re.sub(r"\s", "", unbroken)  # nothing lost, nothing added


@on_linux
def test_gravity_is_in_colour_on_a_terminal_only() -> None:
    assert "\x1b[31m错误\x1b[0m BAL106" in on_terminal("check", FAULTY)
    assert "\x1b" not in on_terminal("check", FAULTY, NO_COLOR="1")
    assert "\x1b" not in on_terminal("check", FAULTY, TERM="dumb")
    done = subprocess.run([*JIXIAO, "check", FAULTY], capture_output=True, check=False)
    assert b"\x1b" not in done.stdout + done.stderr


@on_linux
def test_scores_stand_in_columns_on_a_terminal_and_by_tabs_in_a_pipe(tmp_path: Path) -> None:
    text = on_terminal("score", FAULTY, "-o", tmp_path, columns=200)
    assert "\t" not in text and "自评总分" in text
    head, line = text.splitlines()[:2]
    score = re.findall(r"\d+\.\d\d", line)[1]  # after 自评总分
    assert width_of(head[: head.index("复算总分")]) == width_of(line[: line.rindex(score)])
    piped = CliRunner().invoke(main, ["score", str(FAULTY), "-o", str(tmp_path)]).stdout
    assert piped.splitlines()[0].split("\t")[2] == "自评总分"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("填 9609079.26 元，本格少 8100.00 元", "填 9,609,079.26 元，本格少 8100.00 元"),
        ("填 95481.22 万元", "填 95,481.22 万元"),
        ("应为 95481300～95481399.99 元", "应为 95,481,300～95,481,399.99 元"),
        ("填“9609079.26元”，不是数字", "填“9609079.26元”，不是数字"),
        ("编码 2080501，2023年", "编码 2080501，2023年"),
        ("已是 9,609,079.26 元", "已是 9,609,079.26 元"),
    ],
)
def test_amounts_have_thousands_separators_and_quotes_are_as_typed(text: str, shown: str) -> None:
    assert with_separators(text) == shown


@given(some.text(alphabet="错误 中文字，。“”（）《》!A1b9,.%元万-\n", max_size=200))
def test_any_text_fits_and_stays_itself(text: str) -> None:
    shown = wrapped(text, 40, hang=2)
    assert all(width_of(line) <= 40 for line in shown.split("\n"))
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", text)
    assert COLOUR.sub("", coloured(shown)) == shown


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_and_has_examples_and_exit_codes(command: str) -> None:
    environment = {"COLUMNS": "80"}
    text = CliRunner(env=environment).invoke(main, [*command.split(), "--help"]).stdout
    assert all(width_of(line) <= 80 for line in text.splitlines())
    examples = text[text.index("例子：") : text.index("退出码：")].splitlines()[1:]
    codes = re.findall(r"^  (\d+) ", text[text.index("退出码：") :], re.MULTILINE)
    assert codes[0] == "0" and codes[-2:] == ["2", "130"]
    for example in filter(str.strip, examples):
        words = example.split(">")[0].split()
        assert words[0] == "jixiao" and (not command or command in words)
        given = main.commands.get(words[1])
        options = {one for one in words if re.fullmatch("--?[a-z-]+", one)} - {"--help"}
        known = {name for parameter in given.params for name in parameter.opts} if given else set()
        assert options <= known, example


def test_short_version_and_completion() -> None:
    run = CliRunner().invoke
    assert run(main, ["-V"]).stdout == run(main, ["--version"]).stdout
    done = subprocess.run(
        JIXIAO,
        env={
            **os.environ,
            "_JIXIAO_COMPLETE": "bash_complete",
            "COMP_WORDS": "jixiao ch",
            "COMP_CWORD": "1",
        },
        capture_output=True,
        check=False,
    )
    assert done.stdout.decode().strip() == "plain,check"


@on_linux
@pytest.mark.parametrize("after", [0.45, 0.6, 0.8, 1.1, 1.5])
def test_ctrl_c_in_the_first_seconds_leaves_one_line(after: float, tmp_path: Path) -> None:
    command = [*JIXIAO, "run", str(SAMPLES / "inbox"), "-o", str(tmp_path / "out"), "--jobs", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    time.sleep(after)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process gets it
    _, error = process.communicate(timeout=60)
    assert "Traceback" not in error.decode()
    # Python ends itself by the signal where code that it makes while importing was interrupted
    assert process.returncode in {130, -signal.SIGINT}  # a shell shows 130 for both
    assert error.decode().strip().endswith("已中断。")


def test_the_log_says_what_was_done_to_each_file(tmp_path: Path) -> None:
    inbox = tmp_path / "收件箱"
    inbox.mkdir()
    shutil.copy2(FAULTY, inbox)
    (inbox / "坏.xlsx").write_bytes(b"nothing")
    command = ["run", str(inbox), "-o", str(tmp_path / "结果"), "--jobs", "1", "--log"]
    for name in ("一.txt", "二.txt"):
        assert CliRunner().invoke(main, [*command, str(tmp_path / name)]).exit_code == 0
    text = (tmp_path / "一.txt").read_text(encoding="utf-8-sig")
    line = next(one for one in text.splitlines() if one.startswith(FAULTY.name))
    assert "已报" in line and "退回修改" in line and "写出 评分/" in line and "读 " in line
    assert "坏.xlsx  无法读取：" in text
    assert (tmp_path / "一.txt").read_bytes() == (tmp_path / "二.txt").read_bytes()
    for name in ("check", "score"):
        more = ["-o", str(tmp_path / "评分")] if name == "score" else ["--fail-on", "never"]
        CliRunner().invoke(main, [name, str(inbox), *more, "--log", str(tmp_path / name)])
        assert FAULTY.name in (tmp_path / name).read_text(encoding="utf-8-sig")
