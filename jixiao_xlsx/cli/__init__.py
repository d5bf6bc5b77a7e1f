"""The command line: arguments in, a room called, exit code out.

Nothing heavy is imported before a command runs, so that --help is quick.
"""

from __future__ import annotations

import click

from jixiao_xlsx.cli.filing import archive, merge, verify
from jixiao_xlsx.cli.handing_out import adopt, show, template
from jixiao_xlsx.cli.looking import diff, explain, report, rules
from jixiao_xlsx.cli.submissions import check, run, score
from jixiao_xlsx.locale.command_line import ChineseGroup, version_option


@click.group(
    cls=ChineseGroup,
    name="jixiao",
    subcommand_metavar="命令 [参数]…",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    examples=[
        "jixiao run 收件箱 -o 结果 --roster departments.csv",
        "jixiao run --help",
    ],
    exits="有问题、有变动或没有写成的，见各命令的帮助。",
)
@version_option
def main() -> None:
    """部门（单位）整体支出绩效评价：出空白表，核对、评分、汇总各部门报来的工作簿。"""


for _command in (
    *(template, adopt, show),
    *(check, score, run),
    *(report, explain, diff),
    *(merge, archive, verify),
    rules,
):
    main.add_command(_command)
