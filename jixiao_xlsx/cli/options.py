"""The options that several commands share, and how a command says what it cannot do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jixiao_xlsx.form.find_template import DEFAULT_TEMPLATE, find_template
from jixiao_xlsx.locale.command_line import WholeNumber, show

if TYPE_CHECKING:  # the loader of forms is slow to import, and --help needs none
    from jixiao_xlsx.form.spec import Template
    from jixiao_xlsx.values.season import Entry, Season

EXISTING = click.Path(exists=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class Unusable(click.ClickException):
    """The form, the roster or the folder for results cannot be used."""

    exit_code = 2


def find_form(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> Template | None:
    """Return the form named on the command line; None where none is named."""
    from jixiao_xlsx.form.spec import SpecError

    try:
        return find_template(value) if value is not None else None
    except SpecError as error:
        raise Unusable(str(error)) from error


def _writable_names(context: click.Context, parameter: click.Parameter, value: Path) -> Path:
    """Refuse, before any work, on a system that cannot write the Chinese names of results."""
    try:
        os.fsencode("结果")
    except UnicodeEncodeError as error:
        raise Unusable(
            "这台电脑现在的语言设置写不出中文文件名。"
            "请先设环境变量 PYTHONUTF8=1（或 LC_ALL=C.UTF-8），再运行"
        ) from error
    return value


def file_option(name: str, text: str, *, multiple: bool = False) -> Callable[[Any], Any]:
    """Return an option that takes a file."""

    return click.option(name, metavar="FILE", type=FILE, multiple=multiple, help=text)


def path_option(name: str, text: str) -> Callable[[Any], Any]:
    """Return an option that takes a file or a folder."""

    return click.option(name, metavar="FILE|DIR", type=EXISTING, help=text)


def folder_option(name: str, text: str) -> Callable[[Any], Any]:
    """Return an option that takes a folder."""

    return click.option(name, metavar="DIR", type=EXISTING_FOLDER, help=text)


def _find_forms(
    context: click.Context, parameter: click.Parameter, value: tuple[str, ...]
) -> tuple[Template, ...]:
    from jixiao_xlsx.form.spec import SpecError

    try:
        forms = [
            find_template(one) for name in value or (DEFAULT_TEMPLATE,) for one in _names(name)
        ]
    except SpecError as error:
        raise Unusable(str(error)) from error
    return tuple(dict.fromkeys(forms))


def _names(name: str) -> Iterator[str | Path]:
    """Yield the name itself, or the folders of the forms in the folder of that name."""
    inside = sorted(path.parent for path in Path(name).glob("*/spec.toml"))
    if inside and not (Path(name) / "spec.toml").is_file():
        yield from inside
    else:
        yield name


template_option = click.option(
    "-t",
    "--template",
    metavar="ID|DIR",
    default=DEFAULT_TEMPLATE,
    callback=find_form,
    help="表单的名称，或放表单定义的文件夹。",
)
paths_argument = click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=EXISTING)
output_option = click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    type=FOLDER,
    callback=_writable_names,
    help="结果写到这个文件夹。",
)
roster_option = file_option("--roster", "部门名册 departments.csv。")
report_option = file_option("--report", "随附的评价报告（Word 文档 .docx），与工作簿一起核对。")
ask_option = click.option(
    "--ask-passwords",
    "ask",
    is_flag=True,
    help="问一次加密工作簿的密码（也可放在环境变量 JIXIAO_PASSWORDS 里）。",
)
jobs_option = click.option(
    "--jobs", metavar="N", type=WholeNumber(min=1), help="用几个进程，默认按文件多少自动定。"
)


def format_option(*names: str) -> Callable[[Any], Any]:
    """Return the option --format; the first name is the default."""

    return click.option(
        "--format",
        "output_format",
        type=click.Choice(names),
        default=names[0],
        help=f"输出格式，默认 {names[0]}。",
    )


forms_option = click.option(
    "-t",
    "--template",
    "forms",
    metavar="ID|DIR",
    multiple=True,
    callback=_find_forms,
    help="表单的名称，或放表单定义的文件夹；可给几个，也可给放着几个表单的文件夹，每个文件自己对上。",
)


log_option = click.option(
    "--log",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="把对每个文件做了什么写进这个文本文件。",
)


def write_log(
    target: Path | None, command: str, entries: Sequence[Entry], seasons: Sequence[Season] = ()
) -> None:
    """Write the log where one is wanted. Raises Unusable where it cannot be written."""
    from jixiao_xlsx.output.files import write_bytes
    from jixiao_xlsx.output.text.run_log import log_text

    if target is not None:
        with plain_failures():
            write_bytes(target, log_text(command, entries, seasons))


@contextmanager
def plain_failures() -> Iterator[None]:
    """Tell what the user can mend in one line, with exit code 2."""

    from jixiao_xlsx.form.spec import SpecError
    from jixiao_xlsx.intake.table_files import InputError
    from jixiao_xlsx.output.files import Blocked

    try:
        yield
    except (InputError, Blocked, SpecError) as error:
        raise Unusable(str(error)) from error


def print_to_stderr(lines: Iterable[str]) -> None:
    """Print what is about the work, not its result."""

    for line in lines:
        show(line, err=True)


def none_readable(entries: Sequence[Entry]) -> int:
    """Return exit code 2, with a message, where no file could be read; else 0."""
    from jixiao_xlsx.output.text.terminal import nothing_read

    if nothing_read(entries):
        click.echo("错误：没有读到任何填报表。", err=True)
        return 2
    return 0
