"""REF: the bureau's own figures (批复、决算批复) compared with the workbook, both ways."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal

from jixiao_xlsx.checking.bases import APPROVED_FIGURES, CLOSING_FIGURES
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, cell_name, flag, rule
from jixiao_xlsx.values.cells import Cell, Table
from jixiao_xlsx.values.findings import Expected, Skipped
from jixiao_xlsx.values.people import ReferenceLine
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, tidy


def reference_pairs(evidence: Evidence) -> Iterator[tuple[ReferenceLine, str, Cell | None]]:
    """Yield every figure of the bureau with the cell that should hold it."""
    table = evidence.submission.get(evidence.template.reference_table)
    for line in evidence.reference:
        for kind in line.amounts:
            column = evidence.template.reference_columns.get(kind, "")
            yield line, kind, _cell(table, line.item, column) if table else None


def _cell(table: Table, item: str, column: str) -> Cell | None:
    wanted = tidy(item)
    row = next((row for row in table.rows if tidy(row.title) in {wanted, f"其中:{wanted}"}), None)
    return row.get(column) if row else None


def _without_figures(evidence: Evidence) -> Iterator[Observation]:
    if not evidence.reference:
        yield Skipped("没有提供本部门的批复数")


@rule(
    "REF101",
    "与财政批复数不符",
    severity=Severity.ERROR,
    basis=APPROVED_FIGURES,
    relations=("C05",),
)
def differs(evidence: Evidence) -> Iterator[Observation]:
    """填报数与财政部门掌握的批复数不一致。两个数和批复数所在的行都列出。

    改法：按批复数改正；认为批复数有误的，联系财政部门。
    """
    yield from _without_figures(evidence)
    for line, kind, cell in reference_pairs(evidence):
        if cell is None or cell.number is None:
            continue
        yield Looked(1)
        right = line.amounts[kind]
        if cell.number != right:
            words = (
                f"“{cell.row}”的“{cell.column}”填 {plain(cell.number, 2)} 元，"
                f"财政批复{kind} {plain(right, 2)} 元（{line.source}），"
                f"相差 {plain(cell.number - right, 2)} 元。"
            )
            yield flag(
                cell,
                words,
                "请核对，按批复数改正；认为批复数有误的，请联系财政部门。",
                expected=Expected(right, right, "元"),
                difference=f"{plain(cell.number - right, 2)} 元",
            )


@rule("REF102", "财政有批复数而未填", severity=Severity.WARNING, basis=APPROVED_FIGURES)
def not_reported(evidence: Evidence) -> Iterator[Observation]:
    """财政部门有这一项的批复数，表里却空着或没有这一行。

    改法：补填这一项；确无此项的，附情况说明。
    """
    yield from _without_figures(evidence)
    table = evidence.submission.get(evidence.template.reference_table)
    for line, kind, cell in reference_pairs(evidence):
        right = line.amounts[kind]
        if table is None or right == 0 or (cell is not None and not cell.blank):
            continue
        yield Looked(1)
        words = f"“{line.item}”财政批复{kind} {plain(right, 2)} 元（{line.source}），表内没有填数。"
        demand = "请补填；确无此项的，请附情况说明。"
        expected = Expected(right, right, "元")
        if cell is not None:
            yield flag(cell, words, demand, expected=expected)
        else:
            yield Flag(table.anchor.place, line.item, kind, "", words, expected, demand=demand)


@rule("REF103", "填报数不在财政批复之内", severity=Severity.NOTE, basis=APPROVED_FIGURES)
def not_in_reference(evidence: Evidence) -> Iterator[Observation]:
    """表里填了数，而财政部门给出的批复数里没有这一项。批复数可能只列主要项目，所以只作提示。

    改法：核对这一项有没有批复，是否填错了行。
    """
    yield from _without_figures(evidence)
    table = evidence.submission.get(evidence.template.reference_table)
    if table is None:
        return
    approved = {
        (tidy(line.item), evidence.template.reference_columns.get(kind))
        for line in evidence.reference
        for kind in line.amounts
    }
    filled = _filled(table, {column for _, column in approved}, evidence)
    yield Looked(len(filled))
    strange = [cell for cell in filled if not _spellings(cell) & approved]
    if strange:
        file = evidence.reference[0].source.partition(" ")[0]
        names = list(dict.fromkeys(f"“{cell.row}”" for cell in strange))
        more = f"等 {len(names)} 项" if len(names) > 5 else ""
        first = strange[0]
        count = (
            f"（共 {len(strange)} 格）"
            if len(strange) > 1
            else f"（{plain(first.number or Decimal(0), 2)} 元）"
        )
        words = f"{'、'.join(names[:5])}{more}填了数{count}，{file} 里没有。"
        related = tuple(cell.place for cell in strange)
        yield flag(
            first, words, "请核对有没有批复，是否填错了行。", related=related, count=len(strange)
        )


def _filled(table: Table, columns: Collection[str | None], evidence: Evidence) -> list[Cell]:
    """Return the cells with a number in those columns of the bureau that are among `columns`."""
    titles = [title for title in evidence.template.reference_columns.values() if title in columns]
    cells = [row.get(title) for row in table.rows for title in titles]
    return [cell for cell in dict.fromkeys(cells) if cell is not None and cell.number]


def _spellings(cell: Cell) -> set[tuple[str, str | None]]:
    title = tidy(cell.row)
    return {(title, cell.column), (title.removeprefix("其中:"), cell.column)}


@rule("REF104", "年初数与上年年末数不一致", severity=Severity.WARNING, basis=CLOSING_FIGURES)
def opens_otherwise(evidence: Evidence) -> Iterator[Observation]:
    """年初结转、上年末人数、上年决算数，应与本单位上年评价时报来的年末数、决算数一致。上年报错或经批准调整过的，附情况说明。

    改法：对照上年的表核对；上年的数有误或已调整的，附情况说明。
    """
    if not evidence.opening:
        yield Skipped("没有上年的评价结果")
    for ref, closed in evidence.opening.items():
        cell = evidence.submission.cell(ref.table, ref.row, ref.column)
        if cell is None or cell.number is None:
            continue
        yield Looked(1)
        if not _is_printed_as(cell.number, closed, cell):
            gap = f"{plain(cell.number - closed, cell.decimals)} {cell.unit}"
            yield flag(
                cell,
                f"{cell_name(cell, evidence.template)}填 {cell.text} {cell.unit}，"
                f"上年报来的是 {plain(closed, cell.decimals)} {cell.unit}，相差 {gap.lstrip('-')}。",
                "请核对；上年的数有误或已经调整的，请附情况说明。",
                expected=Expected(closed, closed, cell.unit),
                difference=gap,
            )


def _is_printed_as(typed: Decimal, closed: Decimal, cell: Cell) -> bool:
    """Return whether both are the same as far as the cell prints, however it was rounded."""
    return abs(typed - closed) < Decimal(1).scaleb(-cell.decimals) or typed == closed
