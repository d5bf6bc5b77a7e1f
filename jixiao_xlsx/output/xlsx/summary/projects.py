"""项目覆盖 and 项目清单: the bureau's projects, which of them were evaluated, and what they spent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from jixiao_xlsx.output.xlsx.cells import Styled
from jixiao_xlsx.output.xlsx.page import Column
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import ListRow, write_list_sheet
from jixiao_xlsx.values.season import ProjectsCovered

COVERAGE, PROJECT_LIST = "项目覆盖", "项目清单"
_COVERAGE_COLUMNS = (
    Column("部门", 24),
    Column("项目数", 9, "cell int"),
    Column("已自评", 9, "cell int"),
    Column("覆盖率（个数）", 12, "cell percent"),
    Column("全年预算数（元）", 18, "cell money"),
    Column("其中：已自评（元）", 18, "cell money"),
    Column("覆盖率（金额）", 12, "cell percent"),
    Column("执行数合计（元）", 18, "cell money"),
    Column("部门项目支出（元）", 18, "cell money"),
    Column("差额（元）", 16, "cell money"),
    Column("差额原因", 28),
)
_LIST_COLUMNS = (
    Column("部门", 24),
    Column("项目编码", 16, "cell center"),
    Column("项目名称", 32),
    Column("全年预算数（元）", 18, "cell money"),
    Column("执行数（元）", 18, "cell money"),
    Column("自评表", 10, "cell center"),
    Column("清单备注", 26),
    Column("来源", 32),
)
_NOT_KNOWN = "—"


def write_coverage(sheet: Any, styles: Styles, coverage: Sequence[ProjectsCovered]) -> None:
    """Write the sheet 项目覆盖: a line per department, the county's below."""
    count = sum(len(one.projects) for one in coverage)
    evaluated = [len(one.evaluated) for one in coverage if one.evaluated is not None]
    done = f"，已自评 {sum(evaluated)} 个" if evaluated else "；这张表单不是项目自评表，不统计自评"
    remark = (
        f"清单共 {count} 个项目{done}。差额是执行数合计减部门填报的项目支出，"
        "万元尾差以内记 0；原因请核对后填写。"
    )
    rows = [*map(_coverage_row, coverage), _county(coverage)]
    write_list_sheet(sheet, styles, COVERAGE, remark, _COVERAGE_COLUMNS, rows, frozen=1)


def _coverage_row(one: ProjectsCovered) -> ListRow:
    there = one.evaluated
    return [
        one.department,
        len(one.projects),
        _NOT_KNOWN if there is None else len(there),
        _share(None if there is None else Decimal(len(there)), Decimal(len(one.projects))),
        one.budget,
        _NOT_KNOWN if there is None else one.evaluated_budget,
        _share(None if there is None else one.evaluated_budget, one.budget),
        _NOT_KNOWN if one.spent is None else one.spent,
        _NOT_KNOWN if one.spending is None else one.spending,
        _gap(one.gap),
        "；".join(dict.fromkeys(p.reason for p in one.projects if p.reason)) if one.gap else "",
    ]


def _gap(gap: Decimal | None) -> Styled | str:
    if gap is None:
        return _NOT_KNOWN
    return Styled(gap, "cell money differs" if gap else "cell money")


def _share(part: Decimal | None, whole: Decimal) -> float | str:
    return _NOT_KNOWN if part is None or not whole else float(round(part / whole, 4))


def _county(coverage: Sequence[ProjectsCovered]) -> ListRow:
    """Return the line of all departments together."""
    known = all(one.evaluated is not None for one in coverage)
    number = sum(len(one.projects) for one in coverage)
    there = sum(len(one.evaluated or ()) for one in coverage)
    budget, covered = (
        sum(parts, Decimal(0))
        for parts in ([o.budget for o in coverage], [o.evaluated_budget for o in coverage])
    )
    row: ListRow = ["合计", number]
    row += [
        there if known else _NOT_KNOWN,
        _share(Decimal(there) if known else None, Decimal(number)),
    ]
    row += [budget, covered if known else _NOT_KNOWN, _share(covered if known else None, budget)]
    return [*row, "", "", "", ""]


def write_project_list(sheet: Any, styles: Styles, coverage: Sequence[ProjectsCovered]) -> None:
    """Write the sheet 项目清单: a line per project."""
    rows = list(_project_rows(coverage))
    without = sum(1 for row in rows if isinstance(row[5], Styled))
    remark = f"共 {len(rows)} 个项目" + (f"，{without} 个没有自评表。" if without else "。")
    write_list_sheet(sheet, styles, PROJECT_LIST, remark, _LIST_COLUMNS, rows, frozen=3)


def _project_rows(coverage: Sequence[ProjectsCovered]) -> Iterator[ListRow]:
    for one in coverage:
        for at, project in enumerate(one.projects):
            state: Styled | str = _NOT_KNOWN
            if one.evaluated is not None:
                state = "有" if at in one.evaluated else Styled("没有", "cell center warning")
            yield [
                one.department,
                project.code,
                project.name,
                _NOT_KNOWN if project.budget is None else project.budget,
                _NOT_KNOWN if project.spent is None else project.spent,
                state,
                project.reason,
                project.source,
            ]
