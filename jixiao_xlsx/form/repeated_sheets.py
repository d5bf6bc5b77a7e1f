"""A sheet that repeats, one per project, say: two views of it, so that no other module has to know.

A blank form is drawn from the form `unrolled`: each copy a sheet of its own, each of its tables and
equations written out. A filled workbook is judged by its `parts`: the submission once per copy, as
if that were the only one. As a whole it holds the tables of every copy, under different names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.spec import ColumnSpec, EquationSpec, RateSpec, SheetSpec, TableSpec, Template
from jixiao_xlsx.values.cells import Cell, Submission, Table
from jixiao_xlsx.values.equations import Ratio, Ref, Relation, Side
from jixiao_xlsx.values.text import tidy


def titles(sheet: SheetSpec) -> tuple[str, ...]:
    """Return the titles of the sheets that this one becomes in a blank form."""
    return tuple(f"{sheet.title}{number}" for number in range(1, sheet.repeats + 1)) or (
        sheet.title,
    )


def named(table: str, sheet: str) -> str:
    """Return the name of a table of one copy, among those of all."""
    return f"{sheet}·{table}"


# The blank form.


@lru_cache(maxsize=8)
def unrolled(template: Template) -> Template:
    """Return the form with every copy of its repeated sheet written out; else the form itself.

    Roles mean the first copy.
    """
    repeated = template.repeated
    if repeated is None:
        return template
    own = {table.name for table in template.tables_of(repeated.title)}
    copies = titles(repeated)
    return replace(
        template,
        sheets=tuple(one for sheet in template.sheets for one in _sheets(sheet)),
        tables=tuple(_tables(template, own, copies)),
        equations=tuple(_equations(template.equations, own, copies)),
        rates=tuple(_rates(template.rates, own, copies)),
        roles={role: _ref(ref, own, copies[0]) for role, ref in template.roles.items()},
    )


def _sheets(sheet: SheetSpec) -> Iterator[SheetSpec]:
    for title in titles(sheet):
        yield (
            replace(sheet, title=title, heading=sheet.heading or sheet.title, repeats=0)
            if sheet.repeats
            else sheet
        )


def _tables(template: Template, own: set[str], copies: Sequence[str]) -> Iterator[TableSpec]:
    """Yield the tables in the order of the sheets."""
    for sheet in template.sheets:
        for title in copies if sheet.repeats else (sheet.title,):
            for table in template.tables_of(sheet.title):
                yield (
                    replace(table, name=named(table.name, title), sheet=title, copy_of=table.name)
                    if table.name in own
                    else table
                )


def _equations(
    equations: Sequence[EquationSpec], own: set[str], copies: Sequence[str]
) -> Iterator[EquationSpec]:
    for equation in equations:
        relation = equation.relation
        if {term.ref.table for side in relation.sides for term in side} & own:
            for title in copies:
                sides = tuple(_side(side, own, title) for side in relation.sides)
                moved: Relation = replace(relation, sides=sides)
                yield replace(equation, relation=moved, table=_named(equation.table, own, title))
        else:
            yield equation


def _rates(rates: Sequence[RateSpec], own: set[str], copies: Sequence[str]) -> Iterator[RateSpec]:
    for rate in rates:
        if rate.table in own:
            for title in copies:
                yield replace(
                    rate, ratio=_ratio(rate.ratio, own, title), table=named(rate.table, title)
                )
        else:
            yield rate


def _ratio(ratio: Ratio, own: set[str], title: str) -> Ratio:
    shown = ratio.shown and _ref(ratio.shown, own, title)
    above, below = (_side(side, own, title) for side in (ratio.numerator, ratio.denominator))
    return replace(ratio, numerator=above, denominator=below, shown=shown)


def _side(side: Side, own: set[str], title: str) -> Side:
    return tuple(replace(term, ref=_ref(term.ref, own, title)) for term in side)


def _ref(ref: Ref, own: set[str], title: str) -> Ref:
    return replace(ref, table=_named(ref.table, own, title))


def _named(table: str, own: set[str], title: str) -> str:
    return named(table, title) if table in own else table


# A filled workbook.


def is_free(table: TableSpec, row: str, column: ColumnSpec, template: Template) -> bool:
    """Return whether a cell is left to the department: such cells show that a copy is used."""
    printed = bool(column.preset) or (
        bool(table.source) and column.title in _library_columns(template)
    )
    return (
        table.exists(row, column)
        and row != table.total
        and not table.is_auto(row, column)
        and not printed
    )


@lru_cache(maxsize=8)
def _library_columns(template: Template) -> frozenset[str]:
    """Return the columns of the indicator table that the library fills."""
    parts = {"level1", "level2", "name", "weight"}
    parts |= {
        part
        for part in ("direction", "unit", "target")
        if any(getattr(one, part) for one in template.indicators)
    }
    return frozenset(title for part, title in template.indicator_columns.items() if part in parts)


def untouched(tables: Iterable[Table], template: Template) -> bool:
    """Return whether a copy holds nothing but what the form prints in it."""
    return not any(_typed(table, template) for table in tables)


def nothing_filled(submission: Submission, template: Template) -> bool:
    """Return whether nothing was filled in but the lines that name the department."""
    if template.blank:
        return submission.untouched
    if submission.cells_handled < submission.cells_read:
        return False  # there is content where the form has no cell
    prefill = dict(hidden_mark.prefilled(submission.meta))
    aside = {_cover(template), template.remarks["table"] if template.remarks else ""}
    content = {name for name in template.table if name not in aside}
    return not any(
        _typed(
            part.tables[name],
            template,
            prefill,
            hidden_mark.fixed_texts(submission.meta, hidden_mark.GIVEN, name),
        )
        for part in submission.parts
        for name in content & part.tables.keys()
    )


def _cover(template: Template) -> str:
    """Return the table that only names the department; "" where the form has none."""
    ref = template.roles.get("department")
    return ref.table if ref and template.table[ref.table].shape == "record" else ""


def _typed(
    table: Table,
    template: Template,
    prefill: Mapping[Ref, Decimal] = {},
    given: Mapping[tuple[str, str], str] = {},
) -> bool:
    form = template.table[table.name]
    return any(not cell.blank for cell in table.extras.values()) or any(
        not (
            cell.blank
            or _printed(cell, row.title, form)
            or tidy(given.get((row.title, column.title), "")) == tidy(cell.text)
            or _as_handed_out(cell, prefill.get(Ref(form.name, row.title, column.title)))
        )
        for row in table.rows
        for column in form.columns
        if (cell := row.get(column.title)) is not None
        and is_free(form, row.title, column, template)
    )


def _printed(cell: Cell, row: str, form: TableSpec) -> bool:
    """Return whether it is the label of a row that the form names."""
    return row in form.row and tidy(cell.text) == tidy(row)


def _as_handed_out(cell: Cell, prefill: Decimal | None) -> bool:
    return prefill is not None and cell.number == prefill


def with_parts(whole: Submission, copies: Mapping[str, Mapping[str, Table]]) -> Submission:
    """Return `whole` (its shared tables only) with the tables of every copy and its parts."""
    if not copies:
        return whole
    every = {
        named(name, sheet): replace(table, name=named(name, sheet))
        for sheet, tables in copies.items()
        for name, table in tables.items()
    }
    parts = tuple(
        replace(
            whole,
            tables={**tables, **whole.tables},
            notes=tuple(
                note
                for note in whole.notes
                if note.place.sheet == sheet or note.place.sheet not in copies
            ),
            remarks=tuple(
                remark
                for remark in whole.remarks
                if remark.sheet == sheet or remark.sheet not in copies
            ),
        )
        for sheet, tables in copies.items()
    )
    return replace(whole, tables={**every, **whole.tables}, copies=parts)


def item_of(submission: Submission, template: Template) -> Cell | None:
    """Return the cell that names what a part is about; None where the form has none."""
    ref = template.roles.get("item")
    return submission.cell(ref.table, ref.row, ref.column) if ref else None
