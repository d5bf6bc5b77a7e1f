"""The commands for a county's own form: adopt its blank, show what is understood of a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.locale.command_line import ChineseCommand, WholeNumber

if TYPE_CHECKING:  # the loader of forms is slow to import, and --help needs none
    from jixiao_xlsx.form.spec import Template

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class Unusable(click.ClickException):
    """The form, the roster or the folder for results cannot be used."""

    exit_code = 2


def _form(context: click.Context, parameter: click.Parameter, value: str | None) -> Template | None:
    from jixiao_xlsx.form.spec import SpecError

    try:
        return find_template(value) if value is not None else None
    except SpecError as error:
        raise Unusable(str(error)) from error


@click.command(cls=ChineseCommand, short_help="由本县的空白表起草表单。")
@click.argument("blank", metavar="[空白表]", type=_FILE, required=False)
@click.option("-o", "--output", metavar="DIR", type=_FOLDER, help="表单写到这个文件夹。")
@click.option(
    "--filled", metavar="DIR", type=_EXISTING_FOLDER, help="往年填好的表，用来印证哪些等式成立。"
)
@click.option(
    "--year",
    metavar="YEAR",
    type=WholeNumber(1990, 2200),
    help="空白表说的是哪一年（表上没写时）。",
)
@click.option(
    "--confirm",
    metavar="DIR",
    type=_EXISTING_FOLDER,
    help="按这个表单文件夹里“看懂了什么.xlsx”的答复，定下表单。",
)
def adopt(
    blank: Path | None,
    output: Path | None,
    filled: Path | None,
    year: int | None,
    confirm: Path | None,
) -> None:
    """读本县自己的空白表，起草一张表单：spec.toml、空白表和“看懂了什么.xlsx”；核对后用 --confirm 定下来。"""
    from jixiao_xlsx.batch.forms import adoption
    from jixiao_xlsx.form.spec import SpecError
    from jixiao_xlsx.output.files import Blocked
    from jixiao_xlsx.reading.workbook import Unreadable

    try:
        if confirm is not None:
            notes = adoption.confirm_form(confirm)
        elif blank is not None and output is not None:
            notes = adoption.adopt_blank(blank, output, filled=filled, year=year)
        else:
            raise click.UsageError("请给出空白表和 -o 表单文件夹；或 --confirm 表单文件夹")
    except Unreadable as error:
        raise Unusable(error.reason) from error
    except (Blocked, SpecError) as error:
        raise Unusable(str(error)) from error
    for note in notes:
        click.echo(note, err=True)


@click.command(cls=ChineseCommand, short_help="列出看懂了什么。")
@click.argument("path", metavar="FILE", type=_FILE)
@click.option(
    "-t", "--template", metavar="ID|DIR", callback=_form, help="按这张表单看；不给就直接看文件。"
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text")
def show(path: Path, template: Template | None, output_format: str) -> None:
    """列出一个工作簿里要填的每一格：行、栏、单位，以及等式、指标和部门、年度所在的格。"""
    from jixiao_xlsx.adopting import adopt as adopting
    from jixiao_xlsx.adopting.described import described
    from jixiao_xlsx.adopting.form_shown import shown_by
    from jixiao_xlsx.intake.file_kinds import Refused
    from jixiao_xlsx.reading.workbook import Unreadable

    try:
        data = path.read_bytes()
        found = (
            described(adopting.understand_file(data))
            if template is None
            else shown_by(template, data)
        )
    except (Unreadable, Refused) as error:
        raise Unusable(error.reason) from error
    if output_format == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1).encode())
    else:
        click.echo("\n".join(_lines(found)))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    for cell in found["cells"]:
        titles = " × ".join("／".join(cell[axis]) for axis in ("row", "column") if cell[axis])
        unit = f"，{cell['unit']}" if cell["unit"] else ""
        yield f"{cell['sheet']}!{cell['cell']}  {cell['table']}：{titles}{unit}"
