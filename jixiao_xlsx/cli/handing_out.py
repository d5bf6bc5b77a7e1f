"""The commands before the workbooks come: template, adopt, show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jixiao_xlsx.cli.options import (
    EXISTING_FOLDER,
    FILE,
    FOLDER,
    Unusable,
    file_option,
    find_form,
    folder_option,
    output_option,
    path_option,
    plain_failures,
    print_to_stderr,
    roster_option,
    template_option,
)
from jixiao_xlsx.locale.command_line import (
    ChineseCommand,
    WholeNumber,
)

if TYPE_CHECKING:  # the loader of forms is slow to import, and --help needs none
    from jixiao_xlsx.form.spec import Template


@click.command(
    cls=ChineseCommand,
    short_help="生成空白表。",
    examples=[
        "jixiao template --year 2023 -o 空白表",
        "jixiao template --roster departments.csv --year 2023 -o 空白表",
        "jixiao template --roster departments.csv --with-self-check -o 空白表",
    ],
)
@roster_option
@click.option("--year", metavar="YEAR", type=WholeNumber(1990, 2200), help="评价年度，如 2023。")
@file_option("--reference", "批复数（部门编码、项目、年初预算、全年预算），预填各部门的预算数。")
@folder_option("--final-accounts", "部门决算表的文件夹，决算数替各部门填好、锁定。")
@path_option("--targets", "批复的绩效目标，替各部门填好、锁定。")
@folder_option("--last-year", "上年各部门报来的工作簿，预填年初结转、上年数。")
@click.option("--with-self-check", is_flag=True, help="另出 自查.html：在浏览器里离线自查。")
@output_option
@template_option
def template(
    roster: Path | None,
    reference: Path | None,
    final_accounts: Path | None,
    targets: Path | None,
    last_year: Path | None,
    output: Path,
    **options: Any,
) -> None:
    """生成空白表；给出部门名册时，每个部门一份，部门名称、编码和已知的数已填好。"""
    from jixiao_xlsx.batch.handout import blank_workbooks

    with plain_failures():
        done = blank_workbooks(
            output,
            roster_path=roster,
            reference_path=reference,
            accounts_path=final_accounts,
            targets_path=targets,
            last_year_path=last_year,
            **options,
        )
    print_to_stderr(f"说明：{note}" for note in done.notes)
    ahead = (
        f"，其中 {done.prefilled} 份预填了金额" if reference or last_year or final_accounts else ""
    )
    pages = f"，自查页 {len(done.pages)} 份" if done.pages else ""
    click.echo(f"已写出 {len(done.files)} 份空白表{ahead}{pages}，在“{output}”。", err=True)


@click.command(
    cls=ChineseCommand,
    short_help="由本县的空白表起草表单。",
    examples=["jixiao adopt 空白表.xlsx -o 本县表单", "jixiao adopt --confirm 本县表单"],
)
@click.argument("blank", metavar="[空白表]", type=FILE, required=False)
@click.option("-o", "--output", metavar="DIR", type=FOLDER, help="表单写到这个文件夹。")
@click.option(
    "--filled", metavar="DIR", type=EXISTING_FOLDER, help="往年填好的表，用来印证哪些等式成立。"
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
    type=EXISTING_FOLDER,
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


@click.command(
    cls=ChineseCommand,
    short_help="列出看懂了什么。",
    examples=["jixiao show 空白表.xlsx", "jixiao show 教育局.xlsx -t 本县表单 --format json"],
)
@click.argument("path", metavar="FILE", type=FILE)
@click.option(
    "-t",
    "--template",
    metavar="ID|DIR",
    callback=find_form,
    help="按这张表单看；不给就直接看文件。",
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
