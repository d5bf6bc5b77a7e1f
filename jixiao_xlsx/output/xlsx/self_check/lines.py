"""The lines of 自检: every place of an equation, every rate and every required cell, each live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from jixiao_xlsx.form.repeated_sheets import is_free
from jixiao_xlsx.form.spec import EquationSpec, RateSpec, Template
from jixiao_xlsx.output.xlsx.blank.canvas import Canvas
from jixiao_xlsx.output.xlsx.blank.layout import (
    EMPTY_TABLE,
    CellAddress,
    Layout,
    RowPlace,
    SheetPlace,
    SignedCell,
    TablePlace,
)
from jixiao_xlsx.output.xlsx.cells import Live, qualified, text_constant
from jixiao_xlsx.output.xlsx.self_check.coarse_figures import Parts
from jixiao_xlsx.output.xlsx.self_check.equation_formulas import (
    LiveVerdict,
    write_blank_totals,
    write_equation,
)
from jixiao_xlsx.output.xlsx.self_check.helper_cells import HelperSheet
from jixiao_xlsx.output.xlsx.self_check.inserted_rows import write_joined
from jixiao_xlsx.output.xlsx.self_check.live_formulas import Test, choose, constant
from jixiao_xlsx.output.xlsx.self_check.placed_equations import (
    PlacedEquation,
    place_equations,
    row_label,
)
from jixiao_xlsx.output.xlsx.self_check.rate_formulas import write_rate
from jixiao_xlsx.output.xlsx.self_check.side_sums import SideAdder
from jixiao_xlsx.output.xlsx.self_check.states import (
    HOLDS,
    NOT_FILLED,
    NOT_NUMERIC,
    NOT_USED,
    REQUIRED,
)
from jixiao_xlsx.values.addresses import a1
from jixiao_xlsx.values.severity import Severity

Marks = dict[CellAddress, list[Live]]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line to show. `state` goes without 情况说明; a failed `explainable` line is settled by one.

    A line about rows that are still to be inserted points at none; `marks` has its wrong cells.
    """

    code: str
    label: str
    text: str
    anchor: CellAddress
    state: Live
    explainable: bool = False
    marks: Sequence[tuple[CellAddress, Live]] = ()


@dataclass(frozen=True)
class CheckLines:
    """All lines, and for each sheet how many cells hold what the blank form leaves blank."""

    required: Sequence[CheckLine]
    inside: Sequence[CheckLine]
    across: Sequence[CheckLine]
    filled: Mapping[str, Live]


def write_lines(helper: HelperSheet) -> CheckLines:
    """Write the arithmetic of required cells and relations inside and between tables."""
    inside, across = _relation_lines(helper)
    filled = {
        sheet.spec.title: _write_filled(helper, sheet)
        for sheet in helper.canvas.layout.sheets
        if sheet.tables
    }
    used = _write_used(helper, filled)
    layout = helper.canvas.layout
    required, inside, across = (
        [_if_used(layout, line, used) for line in lines]
        for lines in (_required_lines(helper.canvas), inside, across)
    )
    return CheckLines(required, inside, across, filled)


def _write_used(helper: HelperSheet, filled: Mapping[str, Live]) -> Mapping[str, Live]:
    """Write whether the copies of a sheet that repeats are used.

    While none is, the first counts as used: a workbook with nothing in it is not in order.
    """
    tables = helper.canvas.layout.tables.values()
    copies = list(dict.fromkeys(table.spec.sheet for table in tables if table.spec.copy_of))
    if not copies:
        return {}
    first = filled[copies[0]]
    every = "+".join(filled[copy].formula for copy in copies)
    row = helper.next_row(f"{copies[0]} 要填")
    now = first.value if any(filled[copy].value for copy in copies) else 1.0
    needed = helper.put(row, 1, f"IF({every}=0,1,{first.formula})", now)
    return {copy: filled[copy] for copy in copies} | {copies[0]: needed}


def _write_filled(helper: HelperSheet, sheet: SheetPlace) -> Live:
    """Count the cells of a sheet that hold what the blank form leaves blank."""
    canvas = helper.canvas
    inputs = [
        (table.spec.name, row.key, column.title)
        for table in sheet.tables
        for column in table.spec.columns
        for row in table.rows
        if is_free(table.spec, row.title, column, canvas.template)
    ]
    title = sheet.spec.title
    spans = helper.standing(inputs)
    filled = sum(not helper.is_blank(address) for address in inputs)
    for table in sheet.tables:
        spans += [qualified(title, a1(*at, absolute=True)) for at in table.extras.values()]
        extras = canvas.filling.get(table.spec.name, EMPTY_TABLE).extras
        filled += sum(bool(value) for value in extras.values())
    # A sheet that is written row by row (核实说明) has none; COUNTA() alone is no formula.
    counted = f"COUNTA({','.join(spans)})" if spans else "0"
    return helper.put(helper.next_row(f"{title} 已填"), 1, counted, filled)


def _if_used(layout: Layout, line: CheckLine, used: Mapping[str, Live]) -> CheckLine:
    """Return the line; about a copy of a sheet that is not used it shows “—”."""
    count = used.get(layout.sheet_of(line.anchor[0]))
    if count is None:
        return line
    unused = Test(f"{count.formula}=0", not count.value)
    return replace(line, state=choose([(unused, constant(NOT_USED))], line.state))


# ------------------------------------------------------------------------------- required cells


def _required_lines(canvas: Canvas) -> Iterator[CheckLine]:
    for table in canvas.layout.tables.values():
        for row in table.rows:
            spec = table.spec.row.get(row.title)
            for title in spec.required if spec else ():
                if title in table.columns and table.exists(row, table.spec.column[title]):
                    yield _required_line(canvas, table, row, title)


def _required_line(canvas: Canvas, table: TablePlace, row: RowPlace, title: str) -> CheckLine:
    address: CellAddress = (table.spec.name, row.key, title)
    blank = Test(f'{canvas.refer(address)}=""', canvas.contents[address].value in (None, ""))
    state = choose([(blank, constant(NOT_FILLED))], constant(HOLDS))
    state = replace(state, formula=f"IFERROR({state.formula},{text_constant(NOT_NUMERIC)})")
    text = row.title if len(table.columns) == 1 else f"{row.title}的{title}"
    return CheckLine("", REQUIRED, text, address, state)


# ------------------------------------------------------------------------------------ relations


def _relation_lines(helper: HelperSheet) -> tuple[list[CheckLine], list[CheckLine]]:
    """Write equations and rates inside tables, by sheet; and equations between tables."""
    layout = helper.canvas.layout
    equations = list(place_equations(layout))
    inside = [one for one in equations if not one.spec.across]
    adder = SideAdder(helper, _computed_totals(helper, inside))
    # Down the columns first: the parts of a total then stand together on the helper sheet.
    cells = {address for one in inside for address in one.cells}
    adder.coarse.register(sorted(cells, key=lambda address: _column_order(layout, address)))
    blanks = write_blank_totals(adder.helper, equations)
    lines: list[CheckLine] = []
    failures: Marks = {}
    for one in inside:
        verdict = write_equation(adder, one, blank_parts=_blank_parts(one, blanks))
        lines.append(_equation_line(adder, one, verdict))
        for address in one.cells:
            failures.setdefault(address, []).append(verdict.failed)
    lines += _rate_lines(adder)
    across = []
    for one in equations:
        if one.spec.across:
            broken = [failed for address in one.cells for failed in failures.get(address, [])]
            verdict = write_equation(adder, one, broken, _blank_parts(one, blanks))
            across.append(_equation_line(adder, one, verdict))
    order = list(layout.tables)
    lines.sort(key=lambda line: order.index(line.anchor[0]))
    return list(_joined(adder.helper, lines)), across


def _joined(helper: HelperSheet, lines: Sequence[CheckLine]) -> Iterator[CheckLine]:
    """Yield the lines, those about rows still to be inserted as one for each relation."""
    rows = helper.open_rows
    groups: dict[tuple[str, str], list[CheckLine]] = {}
    for line in lines:
        if rows.is_extra(line.anchor):
            groups.setdefault((line.code, line.anchor[0]), []).append(line)
    for line in lines:
        group = groups.get((line.code, line.anchor[0]), [])
        if line not in group:
            yield line
        elif line is group[0]:
            first = rows.drawn(line.anchor[0]) + 1
            too_many = helper.overflow(line.anchor[0], line.anchor[2])
            state, marks = write_joined(helper, [one.state for one in group], first, too_many)
            anchors = [one.anchor for one in group]
            yield replace(
                line,
                label=f"第 {first} 行起",
                state=state,
                marks=list(zip(anchors, marks, strict=True)),
            )


def _computed_totals(helper: HelperSheet, inside: Sequence[PlacedEquation]) -> Parts:
    """Return what each total of coarse figures adds up where the form computes it."""
    parts: dict[CellAddress, tuple[SignedCell, ...]] = {}
    for one in inside:
        if one.spec.relation.op == "=" and len(one.sides) == 2 and len(one.sides[0]) == 1:
            total = one.sides[0][0][1]
            table = helper.canvas.layout.tables[total[0]]
            row, column = table.row[total[1]], table.spec.column[total[2]]
            if table.spec.is_auto(row.title, column) and helper.figure(total).grid > 1:
                parts.setdefault(total, one.sides[1])
    return parts


def _blank_parts(one: PlacedEquation, blanks: Marks) -> list[Live]:
    """Return the marks of blank totals that a relation adds up with others."""
    added = [address for side in one.sides if len(side) > 1 for _, address in side]
    return [mark for address in added for mark in blanks.get(address, ())]


def _equation_line(adder: SideAdder, one: PlacedEquation, verdict: LiveVerdict) -> CheckLine:
    spec = one.spec
    severity = adder.helper.canvas.template.severities.get(spec.code, spec.severity)
    explainable = severity is Severity.WARNING
    text = _printed_part(spec, adder.helper.canvas.template)
    return CheckLine(spec.code, one.label, text, one.anchor, verdict.state, explainable)


def _printed_part(spec: EquationSpec, template: Template) -> str:
    """Return a relation without the rows that the form does not print."""
    more = (row.title for table in template.tables for row in table.more_rows)
    text = spec.relation.text
    for title in more:
        text = text.replace(f" + {title}", "")
    return text


def _column_order(layout: Layout, address: CellAddress) -> tuple[int, int, int]:
    """Return the order down the columns; rows still to be inserted stand before the 合计."""
    table = layout.tables[address[0]]
    row = list(table.row).index(address[1])
    return list(layout.tables).index(address[0]), table.columns[address[2]], row


def _rate_lines(adder: SideAdder) -> Iterator[CheckLine]:
    template = adder.helper.canvas.template
    for rate in template.rates:
        if rate.code not in template.disabled:
            severity = template.severities.get(rate.code, rate.severity)
            yield from _lines_of_rate(adder, rate, severity is Severity.WARNING)


def _lines_of_rate(adder: SideAdder, rate: RateSpec, explainable: bool) -> Iterator[CheckLine]:
    layout = adder.helper.canvas.layout
    table, printed = layout.tables[rate.table], rate.ratio.shown
    for row in table.rows:
        if printed is None or not table.exists(row, table.spec.column[printed.column]):
            continue
        address: CellAddress = (rate.table, row.key, printed.column)
        part = layout.signed_cells(rate.ratio.numerator, row.key)
        whole = layout.signed_cells(rate.ratio.denominator, row.key)
        if part and whole:
            label = row_label(row)
            state = write_rate(adder, f"{rate.code} {label}", address, part, whole)
            yield CheckLine(rate.code, label, rate.ratio.text, address, state, explainable)
