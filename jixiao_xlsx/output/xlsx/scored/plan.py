"""The block 年度计划完成情况 at the top of 绩效评价表."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jixiao_xlsx.form.spec import TableSpec, Template
from jixiao_xlsx.output.xlsx.cells import CellContent, put_merged
from jixiao_xlsx.output.xlsx.page import row_height
from jixiao_xlsx.output.xlsx.scored.score_columns import (
    LAST_COLUMN,
    WIDTHS,
    content_of,
    share_columns,
)
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.values.cells import Place, Row, Submission
from jixiao_xlsx.values.severity import Severity

_LABEL = "年度计划完成情况"


def write_plan(
    sheet: Any,
    styles: Styles,
    submission: Submission,
    template: Template,
    marks: Mapping[Place, Severity],
    links: dict[Place, str],
) -> int:
    """Write the block 年度计划完成情况; return the row after it, counted from 0.

    The places of its cells are added to `links`.
    """
    spec = template.table.get(template.plan.get("table", ""))
    if spec is None:
        return 2
    table = submission.get(spec.name)
    areas = share_columns(WIDTHS[1:], [column.width for column in spec.columns])
    for (left, right), column in zip(areas, spec.columns, strict=True):
        put_merged(
            sheet, (2, left, 2, right), _with_unit(column.title, spec, column.type), styles["head"]
        )
    sheet.set_row(2, 22)
    rows = table.rows if table else ()
    for at, row in enumerate(rows, 3):
        _write_plan_row(sheet, styles, at, row, spec, areas, marks)
        links |= {
            cell.place: f"internal:'{sheet.get_name()}'!B{at + 1}" for cell in row.cells.values()
        }
    end = 3 + len(rows)
    if not rows:
        put_merged(
            sheet,
            (3, 1, 3, LAST_COLUMN),
            f"报送的文件里没有读到《{spec.name}》。",
            styles["cell warning"],
        )
        end = 4
    put_merged(sheet, (2, 0, end - 1, 0), _LABEL, styles["head"])
    return end


def _with_unit(title: str, spec: TableSpec, kind: str) -> str:
    return f"{title}（{spec.unit}）" if kind == "money" and not title.endswith("）") else title


def _write_plan_row(
    sheet: Any,
    styles: Styles,
    at: int,
    row: Row,
    spec: TableSpec,
    areas: Sequence[tuple[int, int]],
    marks: Mapping[Place, Severity],
) -> None:
    measured: list[tuple[CellContent, float]] = []
    for (left, right), column in zip(areas, spec.columns, strict=True):
        cell = row.get(column.title)
        content = content_of(cell)
        kind = " money" if column.type == "money" and not isinstance(content, str) else ""
        mark = f" {marks[cell.place].value}" if cell and cell.place in marks else ""
        put_merged(sheet, (at, left, at, right), content, styles[f"cell{kind}{mark}"])
        measured.append(
            (content if isinstance(content, str) else None, sum(WIDTHS[left : right + 1]))
        )
    sheet.set_row(at, row_height(measured))
