"""The commands on finished results: merge, archive, verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jixiao_xlsx.cli.options import (
    output_option,
    plain_failures,
    print_to_stderr,
    template_option,
)
from jixiao_xlsx.locale.command_line import ChineseCommand

if TYPE_CHECKING:  # the loader of forms is slow to import, and --help needs none
    from jixiao_xlsx.form.spec import Template

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_EXISTING = click.Path(exists=True, path_type=Path)


@click.command(
    cls=ChineseCommand,
    short_help="把几份结果合在一起。",
    examples=[
        "jixiao merge 甲县结果 乙县结果 -o 市级",
        "jixiao merge 第1份 第2份 第3份 -o 结果",
    ],
)
@click.argument("results", metavar="RESULT…", nargs=-1, required=True, type=_FOLDER)
@output_option
@template_option
def merge(results: tuple[Path, ...], output: Path, template: Template) -> None:
    """把几个县的结果并成一本汇总.xlsx；或把 jixiao run --shard 分开做的几份合成一次运行的结果。"""
    from jixiao_xlsx.batch.going_out.shared_files import SUMMARY
    from jixiao_xlsx.batch.merging import merge as merging
    from jixiao_xlsx.output.text import terminal

    with plain_failures():
        done = merging.merge(results, output, template)
    if done.season:
        print_to_stderr(terminal.file_problems(done.season.entries, done.season.problems))
        with_roster = bool(done.season.roster)
        lines = terminal.run_summary(done.season, output, SUMMARY, with_roster=with_roster)
        print_to_stderr(lines)
        return
    print_to_stderr(f"说明：{note}" for note in done.notes)
    departments = sum(len(one.departments) for one in done.counties)
    words = (
        f"已合并 {len(done.counties)} 个县（局）、{departments} 个部门，在“{output / SUMMARY}”。"
    )
    click.echo(words, err=True)


@click.command(
    cls=ChineseCommand,
    short_help="把一季的原件和结果归档。",
    examples=["jixiao archive 结果 第二轮 --originals 收件箱 -o 档案"],
)
@click.argument("results", metavar="RESULT…", nargs=-1, required=True, type=_FOLDER)
@click.option(
    "--originals",
    metavar="PATH",
    multiple=True,
    type=_EXISTING,
    help="部门报来的原件：收件文件夹或文件，可重复。",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="档案文件夹，应是空的。",
)
def archive(results: tuple[Path, ...], originals: tuple[Path, ...], output: Path) -> None:
    """把各轮结果（第一轮在前）和原件抄进档案文件夹，写出目录.csv 和校验.sha256。以后用 jixiao verify 查验。"""
    from jixiao_xlsx.filing import archive as filing
    from jixiao_xlsx.intake.table_files import InputError
    from jixiao_xlsx.output.files import Blocked

    try:
        done = filing.freeze(results, originals, output)
    except (InputError, Blocked) as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"已归档 {done.files} 个文件，在“{output}”。", err=True)
    for which, file in done.absent:
        click.echo(f"说明：{which}读过的“{file}”不在给出的原件里。", err=True)


@click.command(
    cls=ChineseCommand,
    short_help="查验档案有没有变动。",
    examples=["jixiao verify 档案"],
    exits="有变动，逐个列出。",
)
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.pass_context
def verify(context: click.Context, folder: Path) -> None:
    """按归档时的校验码查验档案：哪些文件变了、不见了、是后加的。没有变动时退出码为 0。"""
    from jixiao_xlsx.filing import archive as filing
    from jixiao_xlsx.intake.table_files import InputError

    try:
        problems = filing.deviations(folder)
    except InputError as error:
        raise click.UsageError(str(error)) from error
    for problem in problems:
        click.echo(problem)
    words = f"有 {len(problems)} 处变动。" if problems else "与归档时一致。"
    click.echo(words, err=True)
    context.exit(int(bool(problems)))
