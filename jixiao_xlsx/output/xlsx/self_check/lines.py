"""The lines of 自检: every instance of an equation, every rate and every required cell, each with its live verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from jixiao_xlsx.form.repeated_sheets import is_free
from jixiao_xlsx.form.spec import EquationSpec, RateSpec
from jixiao_xlsx.output.xlsx.blank.canvas import Canvas
from jixiao_xlsx.output.xlsx.blank.layout import (
    EMPTY_TABLE,
    CellAddress,
    Layout,
    RowKey,
    RowPlace,
    TablePlace,
)
from jixiao_xlsx.output.xlsx.cells import Live, absolute_reference, qualified, text_constant
from jixiao_xlsx.output.xlsx.self_check.equation_formulas import (
    LiveVerdict,
    PlacedEquation,
    blank_totals,
    write_equation,
)
from jixiao_xlsx.output.xlsx.self_check.helper_cells import Signed, Workings
from jixiao_xlsx.output.xlsx.self_check.rate_formulas import judge_rate
from jixiao_xlsx.output.xlsx.self_check.states import HOLDS, NOT_FILLED, NOT_NUMERIC, NOT_USED
from jixiao_xlsx.values.equations import ALL_ROWS, Scope, Side
from jixiao_xlsx.values.findings import Severity

REQUIRED = "必填"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line to show. `state` is the verdict without 情况说明; a failed `explainable` line is settled by one."""

    code: str
    label: str
    text: str
    anchor: CellAddress
    state: Live
    explainable: bool = False


@dataclass(frozen=True)
class CheckLines:
    """All there is to show; `filled` tells for each sheet how many cells hold what the blank form leaves blank."""

    required: Sequence[CheckLine]
    inner: Sequence[CheckLine]
    outer: Sequence[CheckLine]
    filled: Mapping[str, Live]


def all_lines(workings: Workings) -> CheckLines:
    """Required cells, relations inside tables, relations between tables. What is about a copy that nobody uses says nothing."""
    inner, outer = equation_lines(workings)
    filled = dict(_filled(workings))
    used = dict(_used(workings, filled))
    musts, inner, outer = (
        [
            _if_used(line, used.get(workings.canvas.layout.sheet_of(line.anchor[0])))
            for line in lines
        ]
        for lines in (required_lines(workings.canvas), inner, outer)
    )
    return CheckLines(musts, inner, outer, filled)


def _used(workings: Workings, filled: Mapping[str, Live]) -> Iterator[tuple[str, Live]]:
    """The copies of a sheet that repeats, and whether they are used. While none is, the first counts as used: a workbook with
    nothing in it is not in order.
    """
    copies = dict.fromkeys(
        table.spec.sheet for table in workings.canvas.layout.tables.values() if table.spec.copy_of
    )
    if not copies:
        return
    first, *rest = copies
    every = "+".join(filled[copy].formula for copy in copies)
    now = filled[first].value if any(filled[copy].value for copy in copies) else 1.0
    line = workings.next_line(f"{first} 要填")
    yield first, workings.put(line, 1, f"IF({every}=0,1,{filled[first].formula})", now)
    yield from ((copy, filled[copy]) for copy in rest)


def _filled(workings: Workings) -> Iterator[tuple[str, Live]]:
    """How many cells of each sheet hold what the blank form leaves blank."""
    canvas = workings.canvas
    for sheet in canvas.layout.sheets:
        if not sheet.tables:
            continue
        inputs = [
            (table.spec.name, row.key, column.title)
            for table in sheet.tables
            for column in table.spec.columns
            for row in table.rows
            if is_free(table.spec, row.title, column, canvas.template)
        ]
        extras = [
            absolute_reference(*where) for table in sheet.tables for where in table.extras.values()
        ]
        spans = [*workings.spans(inputs), *(qualified(sheet.spec.title, ref) for ref in extras)]
        filled = sum(canvas.contents[address].value not in (None, "") for address in inputs)
        filled += sum(
            bool(value)
            for table in sheet.tables
            for value in canvas.filling.get(table.spec.name, EMPTY_TABLE).extras.values()
        )
        line = workings.next_line(f"{sheet.spec.title} 已填")
        yield sheet.spec.title, workings.put(line, 1, f"COUNTA({','.join(spans)})", filled)


def _if_used(line: CheckLine, used: Live | None) -> CheckLine:
    if used is None:
        return line
    state = Live(
        f"IF({used.formula}=0,{text_constant(NOT_USED)},{line.state.formula})",
        line.state.value if used.value else NOT_USED,
    )
    return replace(line, state=state)


def required_lines(canvas: Canvas) -> Iterator[CheckLine]:
    """A line for each cell that must not stay blank."""
    for table in canvas.layout.tables.values():
        for row in table.rows:
            spec = table.spec.row.get(row.title)
            for title in spec.required if spec else ():
                if title in table.columns and table.exists(row, table.spec.column[title]):
                    yield _required(canvas, table, row, title)


def _required(canvas: Canvas, table: TablePlace, row: RowPlace, title: str) -> CheckLine:
    address: CellAddress = (table.spec.name, row.key, title)
    filled = canvas.contents[address].value not in (None, "")
    formula = f'IFERROR(IF({canvas.refer(address)}="",{text_constant(NOT_FILLED)},{text_constant(HOLDS)}),{text_constant(NOT_NUMERIC)})'
    text = row.title if len(table.columns) == 1 else f"{row.title}的{title}"
    return CheckLine("", REQUIRED, text, address, Live(formula, HOLDS if filled else NOT_FILLED))


def equation_lines(workings: Workings) -> tuple[list[CheckLine], list[CheckLine]]:
    """Equations and rates inside tables, in the order of the sheets; and equations between tables."""
    canvas = workings.canvas
    found = list(placed_equations(canvas))
    inner = [one for one in found if not one.spec.across]
    # Down the columns first: the parts of a total then stand together on the helper sheet.
    workings.register(
        sorted(
            {a for one in inner for a in one.cells}, key=lambda a: _column_order(canvas.layout, a)
        )
    )
    blanks = blank_totals(workings, found)
    lines: list[CheckLine] = []
    failures: dict[CellAddress, list[Live]] = {}
    for one in inner:
        verdict = write_equation(workings, one, unknown=_added(one, blanks))
        lines.append(_line(canvas, one, verdict))
        for address in one.cells:
            failures.setdefault(address, []).append(verdict.failed)
    lines += _rate_lines(workings)
    order = list(canvas.layout.tables)
    outer = []
    for one in found:
        if one.spec.across:
            broken = [failed for address in one.cells for failed in failures.get(address, [])]
            outer.append(
                _line(canvas, one, write_equation(workings, one, broken, _added(one, blanks)))
            )
    return sorted(lines, key=lambda line: order.index(line.anchor[0])), outer


def _added(one: PlacedEquation, blanks: dict[CellAddress, list[Live]]) -> list[Live]:
    """The marks of totals that a relation adds up with others."""
    return [
        mark
        for side in one.sides
        if len(side) > 1
        for _, address in side
        for mark in blanks.get(address, ())
    ]


def _line(canvas: Canvas, one: PlacedEquation, verdict: LiveVerdict) -> CheckLine:
    severity = canvas.template.severities.get(one.spec.code, one.spec.severity)
    return CheckLine(
        one.spec.code,
        one.label,
        one.spec.relation.text,
        one.anchor,
        verdict.state,
        severity is Severity.WARNING,
    )


def _column_order(layout: Layout, address: CellAddress) -> tuple[int, int, int]:
    line, column = layout.position(address)
    return list(layout.tables).index(address[0]), column, line


# ------------------------------------------------------------------------------------------------------ instances


def placed_equations(canvas: Canvas) -> Iterator[PlacedEquation]:
    """Every place where an equation of the form applies."""
    for spec in canvas.template.equations:
        if spec.code in canvas.template.disabled:
            continue
        if spec.relation.scope is Scope.SHEET:
            yield from _instance(canvas.layout, spec, "表间", "", "")
        elif spec.relation.scope is Scope.ROW:
            yield from _by_row(canvas.layout, spec)
        else:
            yield from _by_column(canvas.layout, spec)


def _by_row(layout: Layout, spec: EquationSpec) -> Iterator[PlacedEquation]:
    table = layout.tables[spec.table]
    names = [term.ref.column for side in spec.relation.sides for term in side]
    for row in table.rows:
        if spec.rows and row.title not in spec.rows:
            continue
        if all(table.exists(row, table.spec.column[name]) for name in names):
            label = _label(row)
            yield from _instance(layout, spec, label, row.key, "")


def _by_column(layout: Layout, spec: EquationSpec) -> Iterator[PlacedEquation]:
    table = layout.tables[spec.table]
    rows = [
        term.ref.row for side in spec.relation.sides for term in side if term.ref.row != ALL_ROWS
    ]
    for column in table.spec.columns:
        wanted = (
            column.title in spec.columns
            if spec.columns
            else column.numeric and column.type != "percent"
        )
        if wanted and all(table.spec.exists(row, column) for row in rows):
            yield from _instance(layout, spec, column.title, "", column.title)


def _instance(
    layout: Layout, spec: EquationSpec, label: str, row: RowKey, column: str
) -> Iterator[PlacedEquation]:
    sides = tuple(_resolve(layout, side, row, column) for side in spec.relation.sides)
    if all(sides):
        yield PlacedEquation(spec, label, sides)


def _resolve(layout: Layout, side: Side, row: RowKey, column: str) -> tuple[Signed, ...]:
    return tuple(
        (term.sign, address) for term in side for address in layout.addresses(term.ref, row, column)
    )


def _label(row: RowPlace) -> str:
    return row.title or f"第 {int(row.key) + 1} 行"


# ------------------------------------------------------------------------------------------------------ rates


def _rate_lines(workings: Workings) -> Iterator[CheckLine]:
    for rate in workings.canvas.template.rates:
        if rate.code not in workings.canvas.template.disabled:
            yield from _of_rate(workings, rate)


def _of_rate(workings: Workings, rate: RateSpec) -> Iterator[CheckLine]:
    layout = workings.canvas.layout
    table = layout.tables[rate.table]
    shown = rate.ratio.shown
    severity = workings.canvas.template.severities.get(rate.code, rate.severity)
    for row in table.rows:
        if shown is None or not table.exists(row, table.spec.column[shown.column]):
            continue
        address: CellAddress = (rate.table, row.key, shown.column)
        part = _resolve(layout, rate.ratio.numerator, row.key, "")
        whole = _resolve(layout, rate.ratio.denominator, row.key, "")
        if part and whole:
            state = judge_rate(workings, f"{rate.code} {_label(row)}", address, part, whole)
            yield CheckLine(
                rate.code,
                _label(row),
                rate.ratio.text,
                address,
                state,
                severity is Severity.WARNING,
            )
