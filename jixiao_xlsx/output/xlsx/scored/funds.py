"""资金执行: the funds table as it was read, and the execution rates recomputed beside the reported ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from jixiao_xlsx.form.spec import TableSpec, Template
from jixiao_xlsx.output.xlsx.cells import CellContent, Live, put, put_merged
from jixiao_xlsx.output.xlsx.page import row_height, set_page, set_widths
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.values.addresses import column_letters
from jixiao_xlsx.values.cells import Cell, Place, Row, Submission, Table
from jixiao_xlsx.values.findings import Severity
from jixiao_xlsx.values.scores import Scorecard

FUNDS = "资金执行"
LABEL_WIDTH, WIDTH = 24.0, 17.0
_KINDS = {"money": "money", "percent": "percent", "score": "score", "count": "int"}


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as written: its rows with their row numbers, its columns with their letters (as Excel counts)."""

    rows: Sequence[tuple[Row, int]]
    columns: Mapping[str, str]
    end: int


def write_funds(
    sheet: Any,
    styles: Styles,
    submission: Submission,
    card: Scorecard,
    template: Template,
    marks: Mapping[Place, Severity],
) -> dict[Place, str]:
    """Fill the sheet 资金执行; returns where it shows each cell of the file."""
    funds = template.table.get(template.funds.get("table", ""))
    execution = template.table.get(template.execution_table)
    widest = max((len(_titles(spec)) for spec in (funds, execution) if spec), default=4) + 1
    set_widths(sheet, [LABEL_WIDTH, *[WIDTH] * (widest - 1)])
    put_merged(sheet, (0, 0, 0, widest - 1), f"{card.name}　{FUNDS}", styles["title"])
    sheet.set_row(0, 28)
    top, links = 2, dict[Place, str]()
    if funds:
        grid = _write_grid(sheet, styles, top, funds, submission.get(funds.name), marks, links)
        top = _write_sums(sheet, styles, grid, funds) + 1
    if execution:
        grid = _write_grid(
            sheet, styles, top, execution, submission.get(execution.name), marks, links
        )
        _write_rates(sheet, styles, grid, template)
    set_page(sheet, footer=f"{card.name}　{FUNDS}")
    return links


def _titles(spec: TableSpec) -> list[str]:
    """Column titles in order; "" stands for the row labels of a table that has them beside its columns."""
    return [*([] if spec.shape == "open" else [""]), *(column.title for column in spec.columns)]


def _write_grid(
    sheet: Any,
    styles: Styles,
    top: int,
    spec: TableSpec,
    table: Table | None,
    marks: Mapping[Place, Severity],
    links: dict[Place, str],
) -> Grid:
    """The table with its heading, from row `top` (from 0) on; what the file left blank stays blank."""
    heading = table.heading.text if table and table.heading and table.heading.text else spec.name
    put(
        sheet,
        top,
        0,
        f"{heading}（单位：{spec.unit}）" if spec.unit else heading,
        styles["section"],
    )
    sheet.set_row(top, 22)
    titles = _titles(spec)
    for at, title in enumerate(titles):
        put(sheet, top + 1, at, title or spec.label_title, styles["head"])
    sheet.set_row(top + 1, row_height([(title, WIDTH) for title in titles], least=24))
    rows = (
        [] if table is None else [(row, number) for number, row in enumerate(table.rows, top + 3)]
    )
    for row, number in rows:
        texts: list[tuple[CellContent, float]] = []
        for at, title in enumerate(titles):
            content, style = _shown(spec, row, title, marks)
            put(sheet, number - 1, at, content, styles[style])
            texts.append(
                (content if isinstance(content, str) else None, WIDTH if at else LABEL_WIDTH)
            )
            if cell := row.get(title):
                links[cell.place] = f"internal:'{sheet.get_name()}'!{column_letters(at)}{number}"
        sheet.set_row(number - 1, row_height(texts))
    end = top + 2 + len(rows)
    if table is None:
        put_merged(
            sheet,
            (end, 0, end, len(titles) - 1),
            f"报送的文件里没有找到《{spec.name}》。",
            styles["cell warning"],
        )
        end += 1
    return Grid(rows, {title: column_letters(at) for at, title in enumerate(titles) if title}, end)


def _shown(
    spec: TableSpec, row: Row, title: str, marks: Mapping[Place, Severity]
) -> tuple[CellContent, str]:
    """What a cell shows and how: numbers as numbers, anything else as it was typed."""
    if not title:
        return row.title, "cell"
    cell, column = row.get(title), spec.column[title]
    mark = f" {marks[cell.place].value}" if cell and cell.place in marks else ""
    total = " strong" if row.kind == "total" else ""
    if cell is None or not column.numeric or (cell.number is None and not cell.blank):
        return (content_of(cell), f"cell{' center' if column.numeric else ''}{total}{mark}")
    return cell.number, f"cell {_KINDS.get(spec.kind(row.title, column), 'weight')}{total}{mark}"


def content_of(cell: Cell | None) -> CellContent:
    """The number as a number, else the text as typed."""
    if cell is None or cell.blank:
        return None
    return cell.number if cell.number is not None else cell.text


def _write_sums(sheet: Any, styles: Styles, grid: Grid, spec: TableSpec) -> int:
    """Under a table with a total: the live sum of its rows, and how far the typed total is from it."""
    parts = [(row, number) for row, number in grid.rows if row.kind != "total"]
    total = next(((row, number) for row, number in grid.rows if row.kind == "total"), None)
    if not parts or total is None:
        return grid.end
    for label, at in (("各行之和（公式）", grid.end), (f"{spec.total} − 各行之和", grid.end + 1)):
        put(sheet, at, 0, label, styles["cell total"])
        sheet.set_row(at, 20)
    for at, column in enumerate(spec.columns):
        if column.type == "money":
            letter = grid.columns[column.title]
            numbers = [
                cell.number
                for row, _ in parts
                if (cell := row.get(column.title)) and cell.number is not None
            ]
            summed = sum(numbers, Decimal(0)) if numbers else None
            area = f"{letter}{parts[0][1]}:{letter}{parts[-1][1]}"
            live = Live(
                f'=IF(COUNT({area})=0,"",SUM({area}))', "" if summed is None else float(summed)
            )
            gap = _gap(
                total[0].get(column.title), summed, f"{letter}{total[1]}", f"{letter}{grid.end + 1}"
            )
            put(sheet, grid.end, at, live, styles["cell money total"])
            put(sheet, grid.end + 1, at, gap, styles["cell money total"])
        elif at:
            put(sheet, grid.end, at, None, styles["cell total"])
            put(sheet, grid.end + 1, at, None, styles["cell total"])
    return grid.end + 2


def _gap(typed: Cell | None, summed: Decimal | None, total_ref: str, sum_ref: str) -> CellContent:
    """Total − sum as a live formula; nothing where either is missing."""
    formula = f'=IF(COUNT({total_ref},{sum_ref})<2,"",ROUND({total_ref}-{sum_ref},6))'
    if typed is None or typed.number is None or summed is None:
        return Live(formula, "")
    return Live(formula, float(round(typed.number - summed, 6)))


def _write_rates(sheet: Any, styles: Styles, grid: Grid, template: Template) -> None:
    """Beside the reported rates: spent ÷ budget as a formula."""
    titles = template.execution_columns
    budget, spent = grid.columns.get(titles["budget"]), grid.columns.get(titles["spent"])
    if not grid.rows or not budget or not spent:
        return
    at = len(grid.columns) + 1
    put(sheet, grid.rows[0][1] - 2, at, f"{titles['rate']}（复算）", styles["head"])
    for row, number in grid.rows:
        formula = f'=IF(N({budget}{number})>0,IF(ISNUMBER({spent}{number}),{spent}{number}/{budget}{number},"—"),"—")'
        rate = _rate(row.get(titles["budget"]), row.get(titles["spent"]))
        put(
            sheet,
            number - 1,
            at,
            Live(formula, "—" if rate is None else float(rate)),
            styles["cell percent strong"],
        )


def _rate(budget: Cell | None, spent: Cell | None) -> Fraction | None:
    if (
        not budget
        or not spent
        or budget.number is None
        or spent.number is None
        or budget.number <= 0
    ):
        return None
    return Fraction(spent.number) / Fraction(budget.number)
