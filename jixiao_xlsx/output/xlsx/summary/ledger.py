"""整改台账: every finding of every round, what became of it, who answers for it and until when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from jixiao_xlsx.output.text.wording import about, before_and_after, in_order, subject
from jixiao_xlsx.output.xlsx.cells import CellContent, Styled
from jixiao_xlsx.output.xlsx.page import Column
from jixiao_xlsx.values.answers import Answer, Batch
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Finding, FindingState, Mended, Severity

LEDGER = "整改台账"
LEDGER_COLUMNS = (
    Column("部门", 20),
    Column("级别", 7, "cell center"),
    Column("编号", 8, "cell center"),
    Column("单元格", 18),
    Column("项目", 20),
    Column("问题", 46),
    Column("轮次", 8, "cell center"),
    Column("状态", 16, "cell center"),
    Column("情况说明", 26),
    Column("责任", 14, "cell center"),
    Column("时限", 14, "cell center"),
)
CHANGES = "其他改动"
CHANGE_COLUMNS = (
    Column("部门", 20),
    Column("轮次", 8, "cell center"),
    Column("单元格", 18),
    Column("项目", 34),
    Column("上次填报", 44),
    Column("这次填报", 44),
)
Line = list[CellContent | Styled]


def ledger_lines(batch: Batch, answers: Sequence[Answer], lone: Collection[str]) -> Iterator[Line]:
    """错误 and 警告 of each department: those that stand, then those that were mended. 轮次 is the round that found them. A
    department that has sent nothing since stands with what it was told last.
    """
    people = {one.name: one.contact or one.office for one in batch.roster}
    known = [(answer.department, answer.report) for answer in answers if answer.report]
    for department, report in (*known, *((report.department, report) for report in batch.earlier)):
        who = people.get(department, "")
        for finding in in_order(report.findings):
            if finding.severity is not Severity.NOTE:
                state = _state(finding, report.round)
                yield [
                    department, finding.severity.label, finding.code, str(finding.place), subject(finding, lone), finding.message,
                    f"第 {finding.since} 次", state, finding.explanation, who,
                    batch.bureau.return_by if finding.state is FindingState.OPEN else "",
                ]  # fmt: skip
        for one in report.mended:
            if one.severity is not Severity.NOTE:
                yield _mended_line(department, one, who)


def change_lines(answers: Sequence[Answer]) -> Iterator[Line]:
    """Cells that differ from the round before though no finding of it spoke of them, those of passed departments too."""
    for answer in answers:
        for change in answer.report.changes if answer.report else ():
            number = f"第 {answer.report.round} 次" if answer.report else ""
            yield [
                answer.department,
                number,
                str(change.place),
                about(change),
                *before_and_after(change),
            ]


def _state(finding: Finding, round_: int) -> Styled:
    if finding.state is FindingState.EXPLAINED:
        return Styled("已说明", "cell center")
    if finding.state is FindingState.WAIVED:
        return Styled("已豁免", "cell center")
    if round_ == 1:
        return Styled("待改正", "cell center warning")
    return (
        Styled("新出现", "cell center warning")
        if finding.since == round_
        else Styled("未改正", "cell center error")
    )


def _mended_line(department: str, one: Mended, who: str) -> Line:
    what = "·".join(part for part in (one.item, one.field) if part)
    state = Styled(f"已改正（第 {one.until} 次）", "cell center good")
    return [
        department, one.severity.label, one.code, str(Place(one.sheet, one.cell)), what, one.message, f"第 {one.since} 次", state, "", who, "",
    ]  # fmt: skip
