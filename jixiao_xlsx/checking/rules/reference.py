"""REF: the bureau's own figures (批复数, 决算数) compared with the workbook, both ways."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from jixiao_xlsx.checking.bases import APPROVED_FIGURES, CLOSING_FIGURES, REPORTED_FIGURES
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.reference_cells import agrees, in_yuan, reference_pairs, reference_ref
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, cell_name, flag, rule
from jixiao_xlsx.values.amounts import MONEY_UNITS, atoms_per
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.findings import Expected, Skipped
from jixiao_xlsx.values.people import ReferenceLine, Stage
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


def _without_figures(evidence: Evidence) -> Iterator[Observation]:
    if not evidence.reference:
        yield Skipped("没有提供本部门的批复数、决算数")


def _differing(
    evidence: Evidence, *, approved: bool
) -> Iterator[tuple[Looked, ReferenceLine, str, Cell | None]]:
    """Yield each figure of the bureau that was compared, with its cell where the two differ."""
    for line, kind, cell in reference_pairs(evidence):
        final = line.stage is Stage.APPROVED
        if final is approved and cell is not None and cell.number is not None:
            yield Looked(1), line, kind, None if agrees(cell, line, kind) else cell


def _as_given(cell: Cell, line: ReferenceLine, kind: str) -> tuple[str, Expected, str]:
    """Return the bureau's figure in words and in the unit of the cell, and by how much they differ.

    A coarse figure is told as what it was printed in, its ends as expected.
    """
    typed, _ = in_yuan(cell)
    right, unit = line.amounts[kind], "元" if cell.unit in MONEY_UNITS else cell.unit
    factor = Decimal(atoms_per(unit)) / atoms_per(cell.unit)
    low, high = ((right + end * line.grain) * factor for end in (-1, 1))
    if not line.grain:
        low = high = right * factor
    words = shown_amount(right, line.grain) if unit == "元" else f"{plain(right)} {unit}"
    return words, Expected(low, high, cell.unit), f"{plain(typed - right, 2)} {unit}"


def shown_amount(amount: Decimal, grain: Decimal) -> str:
    """Return an amount in 元 as its source prints it: 元, or 万元 with its own digits."""
    if not grain:
        return f"{plain(amount, 2)} 元"
    decimals = max(4 - grain.adjusted(), 0)
    return f"{plain(amount / 10_000, decimals)} 万元"


@rule(
    "REF101",
    "与财政批复数不符",
    severity=Severity.ERROR,
    basis=APPROVED_FIGURES,
    relations=("C05",),
)
def differs(evidence: Evidence) -> Iterator[Observation]:
    """填报数与财政部门的批复数不一致。两个数和批复数所在的行都列出；批复数以万元印出的，在它的末位以内的差不算。

    改法：按批复数改正；认为批复数有误的，联系财政部门。
    """
    yield from _without_figures(evidence)
    for looked, line, kind, cell in _differing(evidence, approved=True):
        yield looked
        if cell is not None:
            right, expected, gap = _as_given(cell, line, kind)
            words = (
                f"{cell_name(cell, evidence.template)}填 {_typed(cell)}，"
                f"财政批复{kind} {right}（{_source(line, kind)}），相差 {gap}。"
            )
            demand = "请核对，按批复数改正；认为批复数有误的，请联系财政部门。"
            yield flag(cell, words, demand, expected=expected, difference=gap)


@rule("REF105", "与财政掌握的决算数不一致", severity=Severity.WARNING, basis=REPORTED_FIGURES)
def differs_from_reported(evidence: Evidence) -> Iterator[Observation]:
    """自评在决算批复之前填报：填报数与账面数、上报（会审）决算数不一致时，只请核实，不要求照改。决算数有调整的，说明即可。

    改法：对照决算报表核实；决算数有调整或口径不同的，附情况说明。
    """
    yield from _without_figures(evidence)
    for looked, line, kind, cell in _differing(evidence, approved=False):
        yield looked
        if cell is not None:
            right, expected, gap = _as_given(cell, line, kind)
            dated = f"，{line.dated}" if line.dated else ""
            words = (
                f"{cell_name(cell, evidence.template)}填 {_typed(cell)}，"
                f"与{line.named(kind)}不一致：{line.stage}数是 {right}"
                f"（{_source(line, kind)}{dated}），相差 {gap}。"
            )
            demand = "请核实；决算数有调整或口径不同的，请附情况说明。"
            yield flag(cell, words, demand, expected=expected, difference=gap)


def _typed(cell: Cell) -> str:
    decimals = 2 if cell.unit == "元" else None
    return f"{plain(cell.number or Decimal(0), decimals)} {cell.unit}".strip()


def _source(line: ReferenceLine, kind: str) -> str:
    made_of = (line.papers or {}).get(kind, "")
    return f"{line.source}：{made_of}" if made_of else line.source


@rule("REF102", "财政有批复数而未填", severity=Severity.WARNING, basis=APPROVED_FIGURES)
def not_reported(evidence: Evidence) -> Iterator[Observation]:
    """财政部门有这一项的批复数（或上报的决算数），表里却空着或没有这一行。

    改法：补填这一项；确无此项的，附情况说明。
    """
    yield from _without_figures(evidence)
    for line, kind, cell in reference_pairs(evidence):
        ref = reference_ref(evidence.template, line.item, kind)
        table = evidence.submission.get(_table_of(evidence, ref))
        right = line.amounts[kind]
        if table is None or right == 0 or (cell is not None and not cell.blank):
            continue
        if ref is None and line.department:
            continue  # tables of the accounts hold more than any form asks for
        yield Looked(1)
        given = "财政批复" if line.stage is Stage.APPROVED else line.stage
        shown = shown_amount(right, line.grain)
        words = f"“{line.item}”{given}{kind} {shown}（{_source(line, kind)}），表内没有填数。"
        demand = "请补填；确无此项的，请附情况说明。"
        expected = Expected(right, right, "元")
        if cell is not None:
            yield flag(cell, words, demand, expected=expected)
        else:
            yield Flag(table.anchor.place, line.item, kind, "", words, expected, demand=demand)


def _table_of(evidence: Evidence, ref: Ref | None) -> str:
    """Return the table in which a figure of the bureau should be; the first, where none has it."""
    first = next((one.table for one in evidence.template.references), "")
    return ref.table if ref else first


@rule("REF103", "填报数不在财政批复之内", severity=Severity.NOTE, basis=APPROVED_FIGURES)
def not_in_reference(evidence: Evidence) -> Iterator[Observation]:
    """表里填了数，而财政部门给出的批复数里没有这一项。批复数可能只列主要项目，所以只作提示。

    改法：核对这一项有没有批复，是否填错了行。
    """
    # Tables of the accounts (`department`) have rows of their own: nothing follows from a gap.
    lines = [line for line in evidence.reference if not line.department]
    if not lines:
        yield Skipped("没有提供本部门的批复数")
    form = evidence.template
    known = {reference_ref(form, line.item, kind) for line in lines for kind in line.amounts}
    filled = _filled(evidence, {kind for line in lines for kind in line.amounts})
    yield Looked(len(filled))
    strange = [cell for ref, cell in filled if ref not in known]
    if strange:
        yield _strange(strange, lines[0].source.partition(" ")[0])


def _strange(strange: Sequence[Cell], file: str) -> Flag:
    """Return the finding on all figures that a file of the bureau has not."""
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
    return flag(
        first, words, "请核对有没有批复，是否填错了行。", related=related, count=len(strange)
    )


def _filled(evidence: Evidence, kinds: Collection[str]) -> list[tuple[Ref, Cell]]:
    """Return the cells with a number in the main table, in its columns of these kinds."""
    main = next(iter(evidence.template.references), None)
    table = evidence.submission.get(main.table) if main else None
    if main is None or table is None:
        return []
    columns = [title for kind, title in main.columns.items() if kind in kinds]
    cells = [(row, row.get(title)) for row in table.rows for title in columns]
    return [
        (Ref(main.table, row.title, cell.column), cell)
        for row, cell in cells
        if cell is not None and cell.number
    ]


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
