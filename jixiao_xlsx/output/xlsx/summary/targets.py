"""目标对照: approved targets and what each department evaluated itself by, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jixiao_xlsx.output.xlsx.cells import Styled
from jixiao_xlsx.output.xlsx.page import Column
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import ListRow, write_list_sheet
from jixiao_xlsx.values.season import Entry

TARGET_PAIRS = "目标对照"
_SAME = "一致"
_COLUMNS = (
    Column("部门", 20),
    Column("批复的指标", 24),
    Column("自评的指标", 24),
    Column("批复目标值", 14, "cell center"),
    Column("自评目标值", 14, "cell center"),
    Column("批复分值", 9, "cell center"),
    Column("自评分值", 9, "cell center"),
    Column("对照结果", 14, "cell center"),
    Column("调整批复文号", 22),
    Column("单元格", 18),
    Column("来源", 30),
)


def write_target_pairs(sheet: Any, styles: Styles, rows: Sequence[ListRow]) -> None:
    """Write the sheet 目标对照 from `target_rows`."""
    other = sum(1 for row in rows if isinstance(row[7], Styled))
    remark = (
        f"共 {len(rows)} 项，其中 {other} 项与批复不同（未自评、增加、改名、放宽、提高、分值变动）。"
        "批复目标值有调整的，列调整后的。"
    )
    write_list_sheet(sheet, styles, TARGET_PAIRS, remark, _COLUMNS, rows, frozen=3)


def target_rows(entries: Sequence[Entry]) -> Iterator[ListRow]:
    """Yield a line for each approved target and for each indicator that nobody approved."""
    for entry in entries:
        for one in entry.facts.held:
            name = f"{entry.department} {one.item}".strip()
            verdict = (
                one.verdict if one.verdict == _SAME else Styled(one.verdict, "cell center warning")
            )
            yield [
                name,
                one.approved,
                one.reported,
                one.approved_target,
                one.reported_target,
                one.approved_weight,
                one.reported_weight,
                verdict,
                one.document,
                one.place,
                one.source,
            ]
