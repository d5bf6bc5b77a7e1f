"""The commands on what came in: check, score, run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jixiao_xlsx.cli.options import (
    EXISTING,
    Unusable,
    ask_option,
    file_option,
    folder_option,
    format_option,
    forms_option,
    jobs_option,
    log_option,
    none_readable,
    output_option,
    path_option,
    paths_argument,
    plain_failures,
    print_to_stderr,
    report_option,
    roster_option,
    write_log,
)
from jixiao_xlsx.locale.command_line import (
    ChineseCommand,
    passwords_given,
    progress_bar,
    show,
    show_in_columns,
)

if TYPE_CHECKING:  # the loader of forms is slow to import, and --help needs none
    from jixiao_xlsx.batch.merging.shard import Shard
    from jixiao_xlsx.form.spec import Template


_UNWRITTEN = "有结果没有写成（屏幕上写明是哪个）。"


@click.command(
    cls=ChineseCommand,
    short_help="核对报来的表，列出问题。",
    examples=[
        "jixiao check 收件箱",
        "jixiao check 教育局.xlsx --report 教育局评价报告.docx",
        "jixiao check 收件箱 --format csv > 问题.csv",
    ],
    exits="有 --fail-on 那一级（及以上）未处理的问题。",
)
@paths_argument
@report_option
@format_option("text", "json", "csv")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    help="有这一级（及以上）未处理的问题时退出码为 1，默认 error。",
)
@log_option
@jobs_option
@ask_option
@forms_option
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[Path, ...],
    report: Path | None,
    output_format: str,
    fail_on: str,
    log: Path | None,
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
    with plain_failures(), progress_bar("核对") as progress:
        given: Any = {"report": report, "passwords": passwords, "jobs": jobs, "progress": progress}
        entries = with_each_form(
            lambda form, only: check_files(paths, template=form, only=only, **given),
            *(paths, forms, passwords),
        )
    write_log(log, "check", entries)
    if output_format == "text":
        show(findings_text(entries).removesuffix("\n"))
    else:
        as_json = output_format == "json"
        for piece in findings_json(entries, forms[0]) if as_json else findings_csv(entries):
            click.echo(piece, nl=False)  # bytes: UTF-8 whatever the encoding of the console
        show(totals_text(entries), err=True)
    context.exit(none_readable(entries) or int(reaches(entries, fail_on)))


@click.command(
    cls=ChineseCommand,
    short_help="复算得分，写出评分表。",
    examples=["jixiao score 收件箱 -o 评分"],
    exits=_UNWRITTEN,
)
@paths_argument
@output_option
@log_option
@jobs_option
@ask_option
@forms_option
@click.pass_context
def score(
    context: click.Context,
    paths: tuple[Path, ...],
    output: Path,
    log: Path | None,
    jobs: int | None,
    ask: bool,
    forms: tuple[Template, ...],
) -> None:
    """复算每个文件的得分，各写一份评分表，并列出自评分、复算分和等级。"""
    from jixiao_xlsx.batch.forms.several_forms import with_each_form
    from jixiao_xlsx.batch.score_files import score_files
    from jixiao_xlsx.output.text import terminal

    passwords = passwords_given(ask=ask)
    with plain_failures(), progress_bar("评分") as progress:
        given: Any = {"passwords": passwords, "jobs": jobs, "progress": progress}
        entries = with_each_form(
            lambda form, only: score_files(paths, output, template=form, only=only, **given),
            *(paths, forms, passwords, output),
        )
    write_log(log, "score", entries)
    show_in_columns(terminal.score_lines(entries))
    print_to_stderr(terminal.file_problems(entries))
    context.exit(none_readable(entries) or int(any(entry.problem for entry in entries)))


def _share(context: click.Context, parameter: click.Parameter, value: str | None) -> Shard | None:
    """Return the share that “2/5” names."""
    if value is None:
        return None
    from jixiao_xlsx.batch.merging.shard import Shard

    match = re.fullmatch(r"\s*(\d{1,4})\s*/\s*(\d{1,4})\s*", value)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise click.BadParameter("应写成 2/5：共 5 份，这是第 2 份")
    return Shard(int(match[1]), int(match[2]))


@click.command(
    cls=ChineseCommand,
    short_help="一次办完：核对、评分、汇总整个收件箱。",
    examples=[
        "jixiao run 收件箱 -o 结果 --roster departments.csv",
        "jixiao run 第二次收件 -o 第二轮 --roster departments.csv --previous 结果",
        "jixiao run 收件箱 -o 结果 --roster departments.csv --review 结果/评分",
        "jixiao run 收件箱 -o 结果 --roster departments.csv --decisions 结果/汇总.xlsx",
    ],
    exits=_UNWRITTEN,
)
@click.argument("inboxes", metavar="INBOX…", nargs=-1, required=True, type=EXISTING)
@output_option
@roster_option
@file_option("--bureau", "本局信息 bureau.toml，默认取名册旁边的。")
@file_option("--reference", "财政批复数：部门编码、项目、年初预算、全年预算、决算。")
@folder_option("--final-accounts", "部门决算表的文件夹（决算软件导出的财决表，或公开的决算表）。")
@path_option("--targets", "批复的绩效目标：申报表或系统导出的清单，一个文件或一个文件夹。")
@file_option("--projects", "项目清单：项目编码、单位、项目名称、全年预算数、执行数。")
@file_option("--waivers", "豁免清单 waivers.csv，默认取名册旁边的。")
@file_option("--choose", "由您指定以哪个文件为准：overrides.csv，两列：部门、文件。")
@folder_option("--previous", "上一轮的结果文件夹，用来说明哪些已改正、未改正、新出现。")
@folder_option("--last-year", "上年的结果文件夹，用来核对年初数、上年数。")
@folder_option("--review", "填好财政复核分的评分表的文件夹（以前结果里的“评分”），按它排名。")
@file_option("--decisions", "问题清单里填了处理意见的汇总.xlsx，可给几份。", multiple=True)
@click.option("--executor", metavar="dask://HOST:PORT", help="交给 Dask 集群去做，默认在本机。")
@log_option
@click.option(
    "--shard",
    metavar="K/N",
    callback=_share,
    help="只做 N 份中的第 K 份；几台机器各做一份，再用 jixiao merge 合并。",
)
@jobs_option
@ask_option
@forms_option
@click.pass_context
def run(
    context: click.Context,
    /,
    inboxes: tuple[Path, ...],
    output: Path,
    log: Path | None,
    ask: bool,
    forms: tuple[Template, ...],
    **options: Any,
) -> None:
    """核对并评分收件箱里的全部文件，写出汇总.xlsx、审核.html、评分/、退回/、待核实/、通过/、findings.csv、findings.json 和 run.json。"""
    from jixiao_xlsx.batch.forms.several_forms import run_each
    from jixiao_xlsx.batch.going_out.shared_files import SUMMARY
    from jixiao_xlsx.batch.job import Job
    from jixiao_xlsx.output.text import terminal

    if options["shard"] and len(forms) > 1:
        raise click.UsageError("--shard 一次只做一个表单，请用 -t 指定其中一个")
    job = Job(inboxes, output, forms[0], passwords=passwords_given(ask=ask), **options)
    with plain_failures(), progress_bar("处理") as progress:
        seasons = list(run_each(job, forms, progress))
    entries = [entry for _, done in seasons for entry in done.entries]
    write_log(log, "run", entries, [done for _, done in seasons])
    with_roster = job.roster is not None
    for folder, done in seasons:
        print_to_stderr(terminal.file_problems(done.entries, done.problems))
        summary = terminal.run_summary(done, folder, SUMMARY, with_roster=with_roster)
        print_to_stderr(terminal.shard_summary(done, folder) if job.shard else summary)
    unwritten = any(done.problems for _, done in seasons) or any(one.problem for one in entries)
    unread = 0 if job.shard else none_readable(entries)  # a share may be empty
    context.exit(unread or int(unwritten))
