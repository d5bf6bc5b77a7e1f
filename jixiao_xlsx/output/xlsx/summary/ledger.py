"""整改台账: every finding of every round, its state, who is responsible, and until when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from jixiao_xlsx.output.text.wording import STATE_LABELS, about, before_and_after, in_order, subject
from jixiao_xlsx.output.xlsx.cells import Styled
from jixiao_xlsx.output.xlsx.page import Column
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import ListRow, write_list_sheet
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Finding, FindingState, Mended
from jixiao_xlsx.values.season import Entry, Season
from jixiao_xlsx.values.severity import Severity

LEDGER = "整改台账"
_LEDGER_COLUMNS = (
    Column("部门", 18),
    Column("级别", 6, "cell center"),
    Column("编号", 8, "cell center"),
    Column("单元格", 16),
    Column("项目", 20),
    Column("问题", 96),
    Column("轮次", 8, "cell center"),
    Column("状态", 12, "cell center"),
    Column("情况说明", 22),
    Column("责任", 10, "cell center"),
    Column("时限", 14, "cell center"),
)
CHANGES = "其他改动"
_CHANGE_COLUMNS = (
    Column("部门", 20),
    Column("轮次", 8, "cell center"),
    Column("单元格", 18),
    Column("项目", 34),
    Column("上次填报", 44),
    Column("这次填报", 44),
)


def write_ledger(
    sheet: Any, styles: Styles, season: Season, entries: Sequence[Entry], lone: Collection[str]
) -> None:
    """Write the sheet 整改台账."""
    rows = list(_ledger_rows(season, entries, lone))
    remark = (
        f"共 {len(rows)} 条错误和警告，“轮次”是第几次报送时发现的；提示不列。"
        "责任取名册的联系人，时限取退回期限。"
    )
    write_list_sheet(sheet, styles, LEDGER, remark, _LEDGER_COLUMNS, rows, frozen=1)


def write_changes(sheet: Any, styles: Styles, rows: Sequence[ListRow]) -> None:
    """Write the sheet 其他改动 from `change_rows`."""
    remark = (
        f"共 {len(rows)} 处，与上次报送不同而上次审核没有要求改；"
        "随改正而变的得分、完成率、偏差原因和公式结果不列。请看是否误改。"
    )
    write_list_sheet(sheet, styles, CHANGES, remark, _CHANGE_COLUMNS, rows, frozen=1)


def _ledger_rows(
    season: Season, entries: Sequence[Entry], lone: Collection[str]
) -> Iterator[ListRow]:
    """Yield the 错误 and 警告 of each department: those that stand, then those that were mended.

    轮次 is the round that found them. A department that has sent nothing since keeps its last ones.
    """
    people = {one.name: one.contact or one.office for one in season.roster}
    reports = [(entry.department, entry.report) for entry in entries if entry.report]
    reports += [(report.department, report) for report in season.earlier]
    for department, report in reports:
        who = people.get(department, "")
        for finding in in_order(report.findings):
            if finding.severity is not Severity.NOTE:
                until = season.bureau.return_by if finding.state is FindingState.OPEN else ""
                yield [
                    department,
                    finding.severity.label,
                    finding.code,
                    str(finding.place),
                    subject(finding, lone),
                    finding.message,
                    f"第 {finding.since} 次",
                    _state(finding, report.round),
                    finding.explanation,
                    who,
                    until,
                ]
        for one in report.mended:
            if one.severity is not Severity.NOTE:
                yield _mended_row(department, one, who)


def change_rows(entries: Sequence[Entry]) -> Iterator[ListRow]:
    """Yield the cells that differ from the round before though no finding named them.

    Departments that passed are included.
    """
    for entry in entries:
        for change in entry.report.changes if entry.report else ():
            number = f"第 {entry.report.round} 次" if entry.report else ""
            yield [
                entry.department,
                number,
                str(change.place),
                about(change),
                *before_and_after(change),
            ]


def _state(finding: Finding, round_: int) -> Styled:
    if finding.state is not FindingState.OPEN:
        return Styled(STATE_LABELS[finding.state], "cell center")
    if round_ == 1:
        return Styled("待改正", "cell center warning")
    if finding.since == round_:
        return Styled("新出现", "cell center warning")
    return Styled("未改正", "cell center error")


def _mended_row(department: str, one: Mended, who: str) -> ListRow:
    return [
        department,
        one.severity.label,
        one.code,
        str(Place(one.sheet, one.cell)),
        "·".join(part for part in (one.item, one.field) if part),
        one.message,
        f"第 {one.since} 次",
        Styled(f"已改正（第 {one.until} 次）", "cell center good"),
        "",
        who,
        "",
    ]
