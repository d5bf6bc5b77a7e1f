"""The command line; nothing heavy is imported before a command runs, so that --help is quick."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import jixiao_xlsx
from jixiao_xlsx.form.find_template import DEFAULT_TEMPLATE, find_template
from jixiao_xlsx.locale.command_line import (
    ChineseGroup,
    WholeNumber,
    passwords_given,
    progress_bar,
    version_option,
)
from jixiao_xlsx.locale.filing_commands import archive, verify
from jixiao_xlsx.locale.form_commands import Unusable, adopt, show
from jixiao_xlsx.locale.forms_option import forms_option as _forms

if TYPE_CHECKING:
    from jixiao_xlsx.form.spec import Template
    from jixiao_xlsx.values.season import Entry

_EXISTING = click.Path(exists=True, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def _form(context: click.Context, parameter: click.Parameter, value: str) -> Template:
    from jixiao_xlsx.form.spec import SpecError

    try:
        return find_template(value)
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


def _file_option(name: str, text: str, *, multiple: bool = False) -> Callable[[Any], Any]:
    return click.option(name, metavar="FILE", type=_FILE, multiple=multiple, help=text)


def _folder_option(name: str, text: str) -> Callable[[Any], Any]:
    return click.option(name, metavar="DIR", type=_EXISTING_FOLDER, help=text)


_template = click.option(
    "-t",
    "--template",
    metavar="ID|DIR",
    default=DEFAULT_TEMPLATE,
    callback=_form,
    help="表单的名称，或放表单定义的文件夹。",
)
_paths = click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=_EXISTING)
_output = click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    type=_FOLDER,
    callback=_writable_names,
    help="结果写到这个文件夹。",
)
_roster = _file_option("--roster", "部门名册 departments.csv。")
_report = _file_option("--report", "随附的评价报告（Word 文档 .docx），与工作簿一起核对。")
_ask = click.option(
    "--ask-passwords",
    "ask",
    is_flag=True,
    help="问一次加密工作簿的密码（也可放在环境变量 JIXIAO_PASSWORDS 里）。",
)
_jobs = click.option(
    "--jobs", metavar="N", type=WholeNumber(min=1), help="用几个进程，默认按文件多少自动定。"
)


def _format(*names: str) -> Callable[[Any], Any]:
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(names),
        default=names[0],
        help=f"输出格式，默认 {names[0]}。",
    )


@click.group(
    cls=ChineseGroup,
    name="jixiao",
    subcommand_metavar="命令 [参数]…",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@version_option
def main() -> None:
    """部门（单位）整体支出绩效评价：出空白表，核对、评分、汇总各部门报来的工作簿。"""


@main.command(short_help="生成空白表。")
@_roster
@click.option("--year", metavar="YEAR", type=WholeNumber(1990, 2200), help="评价年度，如 2023。")
@_file_option("--reference", "批复数（部门编码、项目、年初预算、全年预算），预填各部门的预算数。")
@_folder_option("--last-year", "上年各部门报来的工作簿，预填年初结转、上年数。")
@click.option("--with-self-check", is_flag=True, help="另出 自查.html：在浏览器里离线自查。")
@_output
@_template
def template(
    roster: Path | None,
    reference: Path | None,
    last_year: Path | None,
    output: Path,
    **options: Any,
) -> None:
    """生成空白表；给出部门名册时，每个部门一份，部门名称、编码和已知的数已填好。"""
    from jixiao_xlsx.batch.handout import blank_workbooks

    with _plain_failures():
        done = blank_workbooks(
            output,
            roster_path=roster,
            reference_path=reference,
            last_year_path=last_year,
            **options,
        )
    _print_to_stderr(f"说明：{note}" for note in done.notes)
    ahead = f"，其中 {done.prefilled} 份预填了金额" if reference or last_year else ""
    pages = f"，自查页 {len(done.pages)} 份" if done.pages else ""
    click.echo(f"已写出 {len(done.files)} 份空白表{ahead}{pages}，在“{output}”。", err=True)


main.add_command(adopt)
main.add_command(show)


@main.command(short_help="核对报来的表，列出问题。")
@_paths
@_report
@_format("text", "json", "csv")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    help="有这一级（及以上）未处理的问题时退出码为 1，默认 error。",
)
@_jobs
@_ask
@_forms
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[Path, ...],
    report: Path | None,
    output_format: str,
    fail_on: str,
    jobs: int | None,
    ask: bool,
    forms: tuple[Template, ...],
) -> None:
    """核对一个或多个文件、文件夹，列出每个问题的位置、数额和改法。同一文件夹、邮件、压缩包里本部门的 Word 评价报告一并核对。"""
    from jixiao_xlsx.batch.forms.several_forms import with_each_form
    from jixiao_xlsx.batch.single_files import check_files
    from jixiao_xlsx.output.text.findings_csv import findings_csv
    from jixiao_xlsx.output.text.findings_json import findings_json
    from jixiao_xlsx.output.text.terminal import findings_text, reaches, totals_text

    if report and report.suffix.lower() not in {".docx", ".pdf", ".doc", ".wps"}:
        words = "不是 Word 文档，也不是 PDF。请用 WPS 或 Word 打开，另存为“Word 文档（.docx）”"
        raise Unusable(f"“{report.name}”{words}")
    passwords = passwords_given(ask=ask)
    with _plain_failures(), progress_bar("核对") as progress:
        given: Any = {"report": report, "passwords": passwords, "jobs": jobs, "progress": progress}
        entries = with_each_form(
            lambda form, only: check_files(paths, template=form, only=only, **given),
            *(paths, forms, passwords),
        )
    if output_format == "text":
        click.echo(findings_text(entries), nl=False)
    else:
        as_json = output_format == "json"
        for piece in findings_json(entries, forms[0]) if as_json else findings_csv(entries):
            click.echo(piece, nl=False)  # bytes: UTF-8 whatever the encoding of the console
        click.echo(totals_text(entries), err=True)
    context.exit(_none_readable(entries) or int(reaches(entries, fail_on)))


@main.command(short_help="复算得分，写出评分表。")
@_paths
@_output
@_jobs
@_ask
@_forms
@click.pass_context
def score(
    context: click.Context,
    paths: tuple[Path, ...],
    output: Path,
    jobs: int | None,
    ask: bool,
    forms: tuple[Template, ...],
) -> None:
    """复算每个文件的得分，各写一份评分表，并列出自评分、复算分和等级。"""
    from jixiao_xlsx.batch.forms.several_forms import with_each_form
    from jixiao_xlsx.batch.score_files import score_files
    from jixiao_xlsx.output.text import terminal

    passwords = passwords_given(ask=ask)
    with _plain_failures(), progress_bar("评分") as progress:
        given: Any = {"passwords": passwords, "jobs": jobs, "progress": progress}
        entries = with_each_form(
            lambda form, only: score_files(paths, output, template=form, only=only, **given),
            *(paths, forms, passwords, output),
        )
    click.echo(terminal.scores_text(entries), nl=False)
    _print_to_stderr(terminal.file_problems(entries))
    context.exit(_none_readable(entries) or int(any(entry.problem for entry in entries)))


@main.command(short_help="一次办完：核对、评分、汇总整个收件箱。")
@click.argument("inboxes", metavar="INBOX…", nargs=-1, required=True, type=_EXISTING)
@_output
@_roster
@_file_option("--bureau", "本局信息 bureau.toml，默认取名册旁边的。")
@_file_option("--reference", "财政批复数：部门编码、项目、年初预算、全年预算、决算。")
@_file_option("--waivers", "豁免清单 waivers.csv，默认取名册旁边的。")
@_file_option("--choose", "由您指定以哪个文件为准：overrides.csv，两列：部门、文件。")
@_folder_option("--previous", "上一轮的结果文件夹，用来说明哪些已改正、未改正、新出现。")
@_folder_option("--last-year", "上年的结果文件夹，用来核对年初数、上年数。")
@_folder_option("--review", "填好财政复核分的评分表的文件夹（以前结果里的“评分”），按它排名。")
@_file_option("--decisions", "问题清单里填了处理意见的汇总.xlsx，可给几份。", multiple=True)
@click.option("--executor", metavar="dask://HOST:PORT", help="交给 Dask 集群去做，默认在本机。")
@_jobs
@_ask
@_forms
@click.pass_context
def run(
    context: click.Context,
    /,
    inboxes: tuple[Path, ...],
    output: Path,
    ask: bool,
    forms: tuple[Template, ...],
    **options: Any,
) -> None:
    """核对并评分收件箱里的全部文件，写出汇总.xlsx、审核.html、评分/、退回/、待核实/、通过/、findings.csv、findings.json 和 run.json。"""
    from jixiao_xlsx.batch.forms.several_forms import run_each
    from jixiao_xlsx.batch.job import Job
    from jixiao_xlsx.batch.shared_files import SUMMARY
    from jixiao_xlsx.output.text import terminal

    job = Job(inboxes, output, forms[0], passwords=passwords_given(ask=ask), **options)
    with _plain_failures(), progress_bar("处理") as progress:
        seasons = list(run_each(job, forms, progress))
    entries = [entry for _, done in seasons for entry in done.entries]
    with_roster = job.roster is not None
    for folder, done in seasons:
        _print_to_stderr(terminal.file_problems(done.entries, done.problems))
        _print_to_stderr(terminal.run_summary(done, folder, SUMMARY, with_roster=with_roster))
    unwritten = any(done.problems for _, done in seasons) or any(one.problem for one in entries)
    context.exit(_none_readable(entries) or int(unwritten))


@main.command(short_help="由各表写出评价报告（Word）。")
@click.argument("path", metavar="FILE", type=_FILE)
@_output
@_template
def report(path: Path, output: Path, template: Template) -> None:
    """由填好的表写出部门的评价报告（.docx）：数字一律取自各表，文字取自报告正文里不涉及这些数的句子。"""
    from jixiao_xlsx.batch.opener import read_apart
    from jixiao_xlsx.output import files
    from jixiao_xlsx.output.word import report as writer
    from jixiao_xlsx.output.word import report_figures
    from jixiao_xlsx.reading.workbook import Unreadable

    with _plain_failures():
        try:
            figures = report_figures.figures_for_report(read_apart(path, template), template)
            target = output / writer.report_file_name(figures, template)
            data = writer.report_document(figures)
            before = files.keep_other(target, data)
            files.write_bytes(target, data)
        except (Unreadable, report_figures.ReportImpossible) as error:
            raise Unusable(str(error)) from error
    _print_to_stderr(f"说明：{note}" for note in figures.notes())
    if before:
        click.echo(f"说明：原来的报告与新写的不同，已改名保留为“{before.name}”。", err=True)
    click.echo(f"报告在“{target}”。", err=True)


@main.command(short_help="说明报告里的每个数是怎样认的。")
@click.argument("path", metavar="FILE", type=_FILE)
@_report
@_template
def explain(path: Path, report: Path | None, template: Template) -> None:
    """逐句列出报告里的数认成了什么、与表里哪一格比；没有认出的，写明是哪个词没有认出（可加到表单的 items.toml 里）。"""
    from jixiao_xlsx.examining.explained_file import NotExplained, explained

    with _plain_failures():
        try:
            click.echo("\n".join(explained(path, report, template)))
        except NotExplained as error:
            raise Unusable(str(error)) from error


@main.command(short_help="比较同一张表的两个文件。")
@click.argument("old", metavar="OLD", type=_FILE)
@click.argument("new", metavar="NEW", type=_FILE)
@_template
@click.pass_context
def diff(context: click.Context, old: Path, new: Path, template: Template) -> None:
    """列出两个工作簿填得不同的每个单元格，按表、行、列对应，行移动过也认得。公式算出的数不列。"""
    from jixiao_xlsx.batch.opener import read_apart
    from jixiao_xlsx.output.text.terminal import line_safe
    from jixiao_xlsx.output.text.wording import about, before_and_after
    from jixiao_xlsx.reading.workbook import Unreadable

    try:
        before, after = (read_apart(path, template) for path in (old, new))
    except Unreadable as error:
        raise Unusable(error.reason) from error
    changes = jixiao_xlsx.differences(before, after)
    for change in changes:
        values = " → ".join(before_and_after(change))
        click.echo(line_safe(f"{change.place}  {about(change)}：{values}"))
    click.echo(f"共 {len(changes)} 处不同。", err=True)
    context.exit(int(bool(changes)))


main.add_command(archive)
main.add_command(verify)


@main.command(short_help="查看核对规则。")
@click.argument("code", metavar="[CODE]", required=False)
@_format("text", "json", "markdown")
@_template
def rules(code: str | None, output_format: str, template: Template) -> None:
    """列出全部核对规则；给出编号时，说明这一条查什么、为什么、依据和级别。"""
    from jixiao_xlsx.examining.check import catalogue
    from jixiao_xlsx.output.text import rule_pages

    every_rule = catalogue(template)
    chosen = [rule for rule in every_rule if code is None or rule.code == code.strip().upper()]
    if not chosen:
        raise Unusable(f"没有编号为“{code}”的规则。全部编号：jixiao rules")
    if output_format == "json":
        click.echo(rule_pages.rules_json(chosen, template), nl=False)
    elif output_format == "markdown":
        click.echo(rule_pages.rules_markdown(chosen, template).encode(), nl=False)
    elif code:
        click.echo(rule_pages.rule_text(chosen[0], template), nl=False)
    else:
        click.echo(rule_pages.rules_text(chosen), nl=False)


@contextmanager
def _plain_failures() -> Iterator[None]:
    from jixiao_xlsx.form.spec import SpecError
    from jixiao_xlsx.intake.table_files import InputError
    from jixiao_xlsx.output.files import Blocked

    try:
        yield
    except (InputError, Blocked, SpecError) as error:
        raise Unusable(str(error)) from error


def _print_to_stderr(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line, err=True)


def _none_readable(entries: Sequence[Entry]) -> int:
    """Return exit code 2, with a message, where no file could be read; else 0."""
    from jixiao_xlsx.output.text.terminal import nothing_read

    if nothing_read(entries):
        click.echo("错误：没有读到任何填报表。", err=True)
        return 2
    return 0
