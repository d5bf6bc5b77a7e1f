"""The commands that look at one file, or at the rules: report, explain, diff, rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jixiao_xlsx.cli.options import (
    FILE,
    Unusable,
    format_option,
    output_option,
    plain_failures,
    print_to_stderr,
    report_option,
    template_option,
)
from jixiao_xlsx.locale.command_line import (
    ChineseCommand,
)

if TYPE_CHECKING:  # the loader of forms is slow to import, and --help needs none
    from jixiao_xlsx.form.spec import Template


@click.command(
    cls=ChineseCommand,
    short_help="由各表写出评价报告（Word）。",
    examples=["jixiao report 教育局.xlsx -o 报告"],
)
@click.argument("path", metavar="FILE", type=FILE)
@output_option
@template_option
def report(path: Path, output: Path, template: Template) -> None:
    """由填好的表写出部门的评价报告（.docx）：数字一律取自各表，文字取自报告正文里不涉及这些数的句子。"""
    from jixiao_xlsx.batch.opener import read_apart
    from jixiao_xlsx.output import files
    from jixiao_xlsx.output.word import report as writer
    from jixiao_xlsx.output.word import report_figures
    from jixiao_xlsx.reading.workbook import Unreadable

    with plain_failures():
        try:
            figures = report_figures.figures_for_report(read_apart(path, template), template)
            target = output / writer.report_file_name(figures, template)
            data = writer.report_document(figures)
            before = files.keep_other(target, data)
            files.write_bytes(target, data)
        except (Unreadable, report_figures.ReportImpossible) as error:
            raise Unusable(str(error)) from error
    print_to_stderr(f"说明：{note}" for note in figures.notes())
    if before:
        click.echo(f"说明：原来的报告与新写的不同，已改名保留为“{before.name}”。", err=True)
    click.echo(f"报告在“{target}”。", err=True)


@click.command(
    cls=ChineseCommand,
    short_help="说明报告里的每个数是怎样认的。",
    examples=["jixiao explain 教育局.xlsx --report 教育局评价报告.docx"],
)
@click.argument("path", metavar="FILE", type=FILE)
@report_option
@template_option
def explain(path: Path, report: Path | None, template: Template) -> None:
    """逐句列出报告里的数认成了什么、与表里哪一格比；没有认出的，写明是哪个词没有认出（可加到表单的 items.toml 里）。"""
    from jixiao_xlsx.examining.explained_file import NotExplained, explained

    with plain_failures():
        try:
            click.echo("\n".join(explained(path, report, template)))
        except NotExplained as error:
            raise Unusable(str(error)) from error


@click.command(
    cls=ChineseCommand,
    short_help="比较同一张表的两个文件。",
    examples=["jixiao diff 教育局旧.xlsx 教育局新.xlsx"],
    exits="有不同，逐格列出。",
)
@click.argument("old", metavar="OLD", type=FILE)
@click.argument("new", metavar="NEW", type=FILE)
@template_option
@click.pass_context
def diff(context: click.Context, old: Path, new: Path, template: Template) -> None:
    """列出两个工作簿填得不同的每个单元格，按表、行、列对应，行移动过也认得。公式算出的数不列。"""
    from jixiao_xlsx.batch.opener import read_apart
    from jixiao_xlsx.output.text.terminal import line_safe
    from jixiao_xlsx.output.text.wording import about, before_and_after
    from jixiao_xlsx.reading.workbook import Unreadable
    from jixiao_xlsx.season.rounds.compare_rounds import differences

    try:
        before, after = (read_apart(path, template) for path in (old, new))
    except Unreadable as error:
        raise Unusable(error.reason) from error
    changes = tuple(differences(before, after))
    for change in changes:
        values = " → ".join(before_and_after(change))
        click.echo(line_safe(f"{change.place}  {about(change)}：{values}"))
    click.echo(f"共 {len(changes)} 处不同。", err=True)
    context.exit(int(bool(changes)))


@click.command(
    cls=ChineseCommand,
    short_help="查看核对规则。",
    examples=["jixiao rules", "jixiao rules BAL203"],
)
@click.argument("code", metavar="[CODE]", required=False)
@format_option("text", "json", "markdown")
@template_option
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
