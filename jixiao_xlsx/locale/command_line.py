"""The command line in Chinese, on any console: help, errors, password prompt, progress bar.

click looks up its words by gettext, in messages.po beside this module. What gettext does not reach
is here.
"""

from __future__ import annotations

import contextlib
import gc
import gettext
import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import click

_SELDOM = 50_000  # new objects until garbage is searched for: importing makes many, all to stay


class _Formatter(click.HelpFormatter):
    """Help whose headings end in a Chinese colon."""

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}：\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "用法：")


class _Context(click.Context):
    formatter_class = _Formatter


class ChineseCommand(click.Command):
    """A command whose help is Chinese."""

    context_class = _Context

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[选项]", **extra})


class ChineseGroup(ChineseCommand, click.Group):
    """The program: its commands, errors and exit codes. 2 is wrong usage, 130 an interruption."""

    command_class = ChineseCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of a season's work."""
        return list(self.commands)

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run a command line, print in Chinese what went wrong, and exit."""
        gc.set_threshold(_SELDOM)
        os.environ["LANGUAGE"] = "zh_CN"  # gettext chooses its catalogue by this alone
        gettext.bindtextdomain("messages", str(Path(__file__).parent))
        for stream in (sys.stdout, sys.stderr):
            _replace_what_it_lacks(stream)
        run: Any = super().main
        if not standalone_mode:
            return run(*args, standalone_mode=False, **extra)
        try:
            code = run(*args, standalone_mode=False, **extra)
        except click.UsageError as error:
            click.UsageError(_without_quotes(error), error.ctx).show()
            sys.exit(error.exit_code)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo("已中断。", err=True)
            sys.exit(130)
        sys.exit(code if isinstance(code, int) else 0)


class WholeNumber(click.IntRange):
    """A whole number; the lower limit reads 取值 in help and errors, where click writes x."""

    def _describe_range(self) -> str:
        return super()._describe_range().replace("x>", "取值>")

    def fail(
        self, message: str, param: click.Parameter | None = None, ctx: click.Context | None = None
    ) -> NoReturn:
        """Raise the error, with the range of two limits in Chinese too."""
        super().fail(message.replace("<=x<=", "<=取值<="), param, ctx)


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on a terminal and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    bar: Any = None

    def show(done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = click.progressbar(length=total, label=label, file=sys.stderr, show_pos=True)
            bar.__enter__()
        bar.update(done - bar.pos)

    try:
        yield show
    finally:
        if bar is not None:
            bar.__exit__(None, None, None)


def _show_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Print the version and exit; it is looked up only then, which takes a while."""
    if wanted:
        from jixiao_xlsx.values.program import version

        click.echo(f"jixiao {version()}")
        context.exit()


version_option = click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="显示版本号。",
)


def passwords_given(*, ask: bool) -> tuple[str, ...]:
    """Return candidates from the environment and, with `ask`, typed unseen."""
    from jixiao_xlsx.intake.passwords import passwords_in, split_passwords

    typed = ""
    if ask and sys.stdin.isatty():
        typed = click.prompt(
            "密码（多个用分号隔开，输入时不显示）",
            hide_input=True,
            default="",
            show_default=False,
            err=True,
        )
    elif ask:
        typed = sys.stdin.readline()
    return (*split_passwords(typed), *passwords_in())


def _without_quotes(error: click.UsageError) -> str:
    """Return the message without click's quotes around names, with a Chinese full stop."""
    text = error.format_message()
    names = list(getattr(error, "possibilities", None) or ())
    if isinstance(error, click.BadParameter) and error.param is not None:
        hint = error.param.get_error_hint(error.ctx)
        text = text.replace(hint, hint.replace("'", ""))
    elif len(names) == 1:
        text = text.replace(repr(names[0]), names[0])
    return f"{text[:-1]}。" if isinstance(error, click.MissingParameter) else text


def _replace_what_it_lacks(stream: object) -> None:
    """Let a console that lacks a character show “?” for it instead of failing."""
    if isinstance(stream, io.TextIOWrapper):
        with contextlib.suppress(ValueError, io.UnsupportedOperation):
            stream.reconfigure(errors="replace")
