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
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from jixiao_xlsx.locale.terminal_lines import coloured, width_of, wrapped

_WRONG = "命令写得不对，或给的文件不能用、没有读到任何填报表。"
_SELDOM = 50_000  # new objects until garbage is searched for: importing makes many, all to stay


class _Formatter(click.HelpFormatter):
    """Help whose headings end in a Chinese colon, and whose lines fit the terminal."""

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        self.write(wrapped(indent + " ".join(text.split()), self.width) + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        lines_of = list(rows)
        widest = max((width_of(name) for name, _ in lines_of), default=0)
        first = min(widest, col_max) + col_spacing
        for name, text in lines_of:
            left = f"{'':>{self.current_indent}}{name}"
            room = self.current_indent + first - width_of(left)
            if room < col_spacing:
                self.write(f"{left}\n")
                left, room = "", self.current_indent + first
            hang = self.current_indent + first
            lines = wrapped(text, self.width - hang).split("\n") if text else [""]
            self.write(f"{left}{'':>{room}}{lines[0]}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{'':>{hang}}{line}\n")

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}：\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "用法：")


class _Context(click.Context):
    formatter_class = _Formatter


class ChineseCommand(click.Command):
    """A command whose help is Chinese."""

    context_class = _Context

    def __init__(
        self, *args: Any, examples: Sequence[str] = (), exits: str = "", **extra: Any
    ) -> None:
        super().__init__(*args, **{"options_metavar": "[选项]", **extra})
        self._examples, self._exits = examples, exits

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write examples, each on its line, and what the exit codes mean."""
        if self._examples:
            with formatter.section("例子"):
                for example in self._examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")
        codes = [("0", "办完了。"), ("1", self._exits), ("2", _WRONG), ("130", "按 Ctrl-C 中断。")]
        with formatter.section("退出码"):
            formatter.write_dl([(code, text) for code, text in codes if text])


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
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="显示版本号。",
)


def show(text: str, *, err: bool = False) -> None:
    """Print text for people: on a terminal within its width and, unless NO_COLOR says otherwise,
    with gravity in colour; in a pipe as it is.
    """
    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        text = wrapped(text, shutil.get_terminal_size().columns, hang=2)
        if not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
            text = coloured(text)
    click.echo(text, err=err)


def show_in_columns(lines: Iterable[Sequence[str]]) -> None:
    """Print the lines of a list: on a terminal in columns, in a pipe with tabs between."""
    listed = list(lines)
    if not sys.stdout.isatty():
        click.echo("\n".join("\t".join(line) for line in listed))
        return
    widths = [max(map(width_of, column)) for column in zip(*listed, strict=True)]
    for line in listed:
        cells = zip(line, widths, strict=True)
        show("  ".join(cell + " " * (width - width_of(cell)) for cell, width in cells).rstrip())


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
    choices = error.param.type if isinstance(error, click.BadParameter) and error.param else None
    names = list(getattr(error, "possibilities", None) or ())
    if isinstance(choices, click.Choice):
        names += map(str, choices.choices)
    if isinstance(error, click.BadParameter) and error.param is not None:
        hint = error.param.get_error_hint(error.ctx)
        text = text.replace(hint, hint.replace("'", ""))
    for name in names:
        text = text.replace(repr(name), name)
    for listed in (names, sorted(names)):
        text = text.replace(", ".join(listed), "、".join(listed))
    return f"{text[:-1]}。" if isinstance(error, click.MissingParameter) else text


def _replace_what_it_lacks(stream: object) -> None:
    """Let a console that lacks a character show “?” for it instead of failing."""
    if isinstance(stream, io.TextIOWrapper):
        with contextlib.suppress(ValueError, io.UnsupportedOperation):
            stream.reconfigure(errors="replace")
