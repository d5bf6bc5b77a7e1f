"""click in Chinese, on any console.

click's own English is turned into Chinese where it is shown: help, usage and error messages. What a later click words
differently is shown as click says it.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

_HELP = (
    (re.compile(r"^Usage: ", re.MULTILINE), "用法："),
    (re.compile(r"^Options:$", re.MULTILINE), "选项："),
    (re.compile(r"^Commands:$", re.MULTILINE), "命令："),
    (re.compile(r"^Positional arguments:$", re.MULTILINE), "参数："),
    (re.compile(r"\[OPTIONS\]"), "[选项]"),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "命令 [参数]…"),
    (re.compile(r"Show this message and exit\."), "显示这份帮助。"),
    (re.compile(r"Show the version and exit\."), "显示版本号。"),
    (re.compile(r"\[required\]"), "[必填]"),
    (re.compile(r"\[default: ([^\]]*)\]"), r"[默认：\1]"),
    (re.compile(r"\[(\w+)(<=?|>=?)x\]|\[x(<=?|>=?)(\w+)\]"), lambda m: f"[{m[0][1:-1].replace('x', '取值')}]"),
)  # fmt: skip
_ERRORS = (
    (re.compile(r"No such option:? '?([^'\s.]+)'?\.?"), r"没有选项 \1。"),
    (re.compile(r"No such command '([^']*)'\.?"), r"没有命令“\1”。"),
    (re.compile(r"Did you mean '?([^'?]+)'?\?"), r"是不是 \1？"),
    (re.compile(r"\((?:Did you mean one of|Possible options): (.*)\)"), r"（是不是其中之一：\1？）"),
    (re.compile(r"Missing command\.?"), "缺少命令。"),
    (re.compile(r"Missing argument ([^.]*)\."), lambda m: "缺少参数 " + m[1].replace("'", "") + "。"),
    (re.compile(r"Missing option ([^.]*)\."), lambda m: "缺少选项 " + m[1].replace("'", "") + "。"),
    (re.compile(r"Choose from:\s+"), "可选："),
    (re.compile(r"Invalid value for '?(.*?)'?: "), r"\1 的值不对："),
    (re.compile(r"Invalid value: "), "值不对："),
    (re.compile(r"(?:File|Directory|Path) '(.*?)' does not exist\."), r"“\1”不存在。"),
    (re.compile(r"(?:File|Directory|Path) '(.*?)' is a directory\."), r"“\1”是文件夹，这里要文件。"),
    (re.compile(r"(?:File|Directory|Path) '(.*?)' is a file\."), r"“\1”是文件，这里要文件夹。"),
    (re.compile(r"(?:File|Directory|Path) '(.*?)' is not (?:readable|writable)\."), r"“\1”没有读写权限。"),
    (re.compile(r"'(.*?)' is not one of (.*)\."), r"“\1”不在可选范围内（\2）。"),
    (re.compile(r"'(.*?)' is not a valid (?:integer|int)( range)?\."), r"“\1”不是整数。"),
    (re.compile(r"(\S+) is not in the range (.*)\."), lambda m: f"{m[1]} 超出范围（{m[2].replace('x', '取值')}）。"),
    (re.compile(r"Option '?(\S+?)'? requires an argument\."), r"选项 \1 后面要有值。"),
    (re.compile(r"Option '?(\S+?)'? does not take a value\."), r"选项 \1 后面不能有值。"),
    (re.compile(r"Got unexpected extra arguments? \((.*)\)"), r"多出了参数：\1"),
)  # fmt: skip


def _translated(
    text: str, table: Sequence[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]]
) -> str:
    for pattern, chinese in table:
        text = pattern.sub(chinese, text)
    return text


def complaint(error: click.ClickException) -> str:
    """What went wrong, in Chinese."""
    return _translated(error.format_message(), _ERRORS)


class ChineseCommand(click.Command):
    """A command whose help and usage are Chinese."""

    def get_help(self, ctx: click.Context) -> str:
        """The help page."""
        return _translated(super().get_help(ctx), _HELP)

    def get_usage(self, ctx: click.Context) -> str:
        """The usage line."""
        return _translated(super().get_usage(ctx), _HELP)


class ChineseGroup(ChineseCommand, click.Group):
    """The program: its commands, its errors and its exit code. 2 is wrong usage, 130 an interruption."""

    command_class = ChineseCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a season's work."""
        return list(self.commands)

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run, say in Chinese what went wrong, and exit."""
        for stream in (sys.stdout, sys.stderr):
            tolerant(stream)
        run: Any = super().main
        if not standalone_mode:
            return run(*args, standalone_mode=False, **extra)
        try:
            code = run(*args, standalone_mode=False, **extra)
        except click.UsageError as error:
            if error.ctx is not None:
                click.echo(
                    f"{error.ctx.get_usage()}\n查看帮助：{error.ctx.command_path} --help\n",
                    err=True,
                )
            if said := complaint(error):
                click.echo(f"错误：{said}", err=True)
            sys.exit(2)
        except click.ClickException as error:
            click.echo(f"错误：{complaint(error)}", err=True)
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo("已中断。", err=True)
            sys.exit(130)
        sys.exit(code if isinstance(code, int) else 0)


def tolerant(stream: object) -> None:
    """Let a console that lacks a character show “?” for it instead of failing."""
    if isinstance(stream, io.TextIOWrapper):
        with contextlib.suppress(ValueError, io.UnsupportedOperation):
            stream.reconfigure(errors="replace")
