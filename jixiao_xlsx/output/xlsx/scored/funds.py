"""资金执行: the funds table as read, and the execution rates recomputed beside the reported ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from jixiao_xlsx.form.spec import TableSpec, Template
from jixiao_xlsx.output.xlsx.cells import CellContent, Live, put, put_merged
from jixiao_xlsx.output.xlsx.page import row_height, set_page, set_widths
from jixiao_xlsx.output.xlsx.scored.score_columns import content_of
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.values.addresses import column_letters
from jixiao_xlsx.values.cells import Cell, Place, Row, Submission, Table
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.severity import Severity

FUNDS = "资金执行"
_LABEL_WIDTH, _WIDTH = 24.0, 17.0
_SUMS = frozenset({"total", "subtotal"})
_KINDS = {"money": "money", "percent": "percent", "score": "score", "count": "int"}


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table as written: its rows with their numbers, its columns with their letters.

    Numbers are as Excel counts; `end` is the row after the table, counted from 0.
    """

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
    """Write the sheet 资金执行; return where it shows each cell of the file."""
    funds = template.table.get(template.funds.get("table", ""))
    execution = template.table.get(template.execution_table)
    widest = max((len(_titles(spec)) for spec in (funds, execution) if spec), default=4) + 1
    set_widths(sheet, [_LABEL_WIDTH, *[_WIDTH] * (widest - 1)])
    put_merged(sheet, (0, 0, 0, widest - 1), f"{card.name}　{FUNDS}", styles["title"])
    sheet.set_row(0, 28)
    top, links = 2, dict[Place, str]()
    if funds:
        written = _write_table(sheet, styles, top, funds, submission.get(funds.name), marks, links)
        top = _write_sums(sheet, styles, written, funds) + 1
    if execution:
        written = _write_table(
            sheet, styles, top, execution, submission.get(execution.name), marks, links
        )
        _write_rates(sheet, styles, written, template)
    set_page(sheet, footer=f"{card.name}　{FUNDS}")
    return links


def _titles(spec: TableSpec) -> list[str]:
    """Return the column titles in order; "" stands for a column of row labels."""
    return [*([] if spec.shape == "open" else [""]), *(column.title for column in spec.columns)]


def _write_table(
    sheet: Any,
    styles: Styles,
    top: int,
    spec: TableSpec,
    table: Table | None,
    marks: Mapping[Place, Severity],
    links: dict[Place, str],
) -> WrittenTable:
    """Write the table with its heading from row `top` (from 0) on; blank cells stay blank.

    The places of its cells are added to `links`.
    """
    titles = _titles(spec)
    letters = {title: column_letters(at) for at, title in enumerate(titles)}
    _write_head(sheet, styles, top, spec, table, titles)
    rows = [(row, number) for number, row in enumerate(table.rows if table else (), top + 3)]
    for row, number in rows:
        _write_row(sheet, styles, spec, row, number, titles, marks)
        links |= {
            cell.place: f"internal:'{sheet.get_name()}'!{letters[title]}{number}"
            for title in titles
            if (cell := row.get(title))
        }
    end = top + 2 + len(rows)
    if table is None:
        text = f"报送的文件里没有找到《{spec.name}》。"
        put_merged(sheet, (end, 0, end, len(titles) - 1), text, styles["cell warning"])
        end += 1
    return WrittenTable(rows, {title: at for title, at in letters.items() if title}, end)


def _write_head(
    sheet: Any,
    styles: Styles,
    top: int,
    spec: TableSpec,
    table: Table | None,
    titles: Sequence[str],
) -> None:
    heading = table.heading.text if table and table.heading else ""
    unit = f"（单位：{spec.unit}）" if spec.unit else ""
    put(sheet, top, 0, f"{heading or spec.name}{unit}", styles["section"])
    sheet.set_row(top, 22)
    for at, title in enumerate(titles):
        put(sheet, top + 1, at, title or spec.label_title, styles["head"])
    sheet.set_row(top + 1, row_height([(title, _WIDTH) for title in titles], least=24))


def _write_row(
    sheet: Any,
    styles: Styles,
    spec: TableSpec,
    row: Row,
    number: int,
    titles: Sequence[str],
    marks: Mapping[Place, Severity],
) -> None:
    texts: list[tuple[CellContent, float]] = []
    for at, title in enumerate(titles):
        content, style = _content_and_style(spec, row, title, marks)
        put(sheet, number - 1, at, content, styles[style])
        text = content if isinstance(content, str) else None
        texts.append((text, _WIDTH if at else _LABEL_WIDTH))
    sheet.set_row(number - 1, row_height(texts))


def _content_and_style(
    spec: TableSpec, row: Row, title: str, marks: Mapping[Place, Severity]
) -> tuple[CellContent, str]:
    """Return what a cell shows and its traits: numbers as numbers, all else as typed."""
    if not title:
        return row.title, "cell"
    cell, column = row.get(title), spec.column[title]
    mark = f" {marks[cell.place].value}" if cell and cell.place in marks else ""
    total = " strong" if row.kind == "total" else ""
    if cell is None or not column.numeric or (cell.number is None and not cell.blank):
        return (content_of(cell), f"cell{' center' if column.numeric else ''}{total}{mark}")
    return cell.number, f"cell {_KINDS.get(spec.kind(row.title, column), 'weight')}{total}{mark}"


def _write_sums(sheet: Any, styles: Styles, written: WrittenTable, spec: TableSpec) -> int:
    """Write the live sums under a table with a total, and the gap of the typed total to them.

    Return the row after them.
    """
    parts = [(row, number) for row, number in written.rows if row.kind not in _SUMS]
    total = next((one for one in written.rows if one[0].kind == "total"), None)
    if not parts or total is None:
        return written.end
    sums, gaps = written.end, written.end + 1
    for label, at in (("各行之和（公式）", sums), (f"{spec.total} − 各行之和", gaps)):
        put(sheet, at, 0, label, styles["cell total"])
        sheet.set_row(at, 20)
    for at, column in enumerate(spec.columns):
        if column.type == "money":
            letter = written.columns[column.title]
            summed = _sum(row.get(column.title) for row, _ in parts)
            area = _areas(letter, [number for _, number in parts])
            live = Live(
                f'=IF(COUNT({area})=0,"",SUM({area}))', "" if summed is None else float(summed)
            )
            typed, references = total[0].get(column.title), (total[1], sums + 1)
            gap = _gap(typed, summed, *(f"{letter}{number}" for number in references))
            put(sheet, sums, at, live, styles["cell money total"])
            put(sheet, gaps, at, gap, styles["cell money total"])
        elif at:
            put(sheet, sums, at, None, styles["cell total"])
            put(sheet, gaps, at, None, styles["cell total"])
    return gaps + 1


def _areas(letter: str, rows: Sequence[int]) -> str:
    """Return the cells of a column in those rows, a run of them as an area: “E4:E6,E8:E9”."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return ",".join(f"{letter}{run[0]}:{letter}{run[-1]}" for run in runs)


def _sum(cells: Iterable[Cell | None]) -> Decimal | None:
    """Return the sum of the numbers; None where there are none."""
    numbers = [cell.number for cell in cells if cell and cell.number is not None]
    return sum(numbers, Decimal(0)) if numbers else None


def _gap(typed: Cell | None, summed: Decimal | None, total_ref: str, sum_ref: str) -> CellContent:
    """Return total − sum as a live formula; it shows nothing where either is missing."""
    formula = f'=IF(COUNT({total_ref},{sum_ref})<2,"",ROUND({total_ref}-{sum_ref},6))'
    if typed is None or typed.number is None or summed is None:
        return Live(formula, "")
    return Live(formula, float(round(typed.number - summed, 6)))


def _write_rates(sheet: Any, styles: Styles, written: WrittenTable, template: Template) -> None:
    """Write spent ÷ budget as a formula beside the reported rates."""
    titles = template.execution_columns
    keys = (titles.get("budget", ""), titles.get("spent", ""))
    budget, spent = (written.columns.get(key) for key in keys)
    if not written.rows or not budget or not spent:
        return
    at = len(written.columns) + 1
    put(
        sheet, written.rows[0][1] - 2, at, f"{titles.get('rate', '执行率')}（复算）", styles["head"]
    )
    for row, number in written.rows:
        whole, part = f"{budget}{number}", f"{spent}{number}"
        formula = f'=IF(N({whole})>0,IF(ISNUMBER({part}),{part}/{whole},"—"),"—")'
        rate = _rate(*(row.get(key) for key in keys))
        put(
            sheet,
            number - 1,
            at,
            Live(formula, "—" if rate is None else float(rate)),
            styles["cell percent strong"],
        )


def _rate(budget: Cell | None, spent: Cell | None) -> Fraction | None:
    whole, part = (cell.number if cell else None for cell in (budget, spent))
    if whole is None or part is None or whole <= 0:
        return None
    return Fraction(part) / Fraction(whole)
