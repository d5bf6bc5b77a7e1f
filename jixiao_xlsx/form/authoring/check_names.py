"""Checks of a form: names given twice, weights that do not sum, equations that judge nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

from jixiao_xlsx.form.spec import NUMERIC, EquationSpec, TableSpec, Template
from jixiao_xlsx.values.equations import Ref, Scope, names_rows
from jixiao_xlsx.values.text import plain


def doubtful_names(template: Template) -> Iterator[str]:
    """Yield what is named twice: sheets, tables, the rows and the columns of one table."""
    yield from _twice("sheet", "工作表", (sheet.title for sheet in template.sheets))
    yield from _twice("table", "表", (table.name for table in template.tables))
    for table in template.tables:
        here = f"table[{table.name}]"
        rows = [row.title for row in (*table.rows, *table.more_rows)]
        yield from _twice(f"{here}.rows", "行", [*rows, *filter(None, [table.total])])
        columns = (*table.columns, *table.more_columns)
        yield from _twice(f"{here}.columns", "栏", (column.title for column in columns))
    yield from _twice("indicators.csv", "指标", (one.name for one in template.indicators))


def _twice(path: str, kind: str, titles: Iterable[str]) -> Iterator[str]:
    for title, times in Counter(filter(None, titles)).items():
        if times > 1:
            yield f"{path}：有 {times} 个{kind}都叫“{title}”，认不出是哪一个"


def wrong_weights(template: Template) -> Iterator[str]:
    """Yield that the weights of the indicator library are not the full mark together."""
    if not template.indicators or not template.indicator_table:
        return
    whole = sum((one.weight for one in template.indicators), Fraction(0))
    if whole != template.full_mark:
        yield (
            f"indicators.csv·权重：各指标权重之和是 {plain(whole)}，"
            f"indicators.full_mark 写的是 {plain(template.full_mark)}"
        )


def idle_equations(template: Template) -> Iterator[str]:
    """Yield the equations that can never be judged, for a cell they need holds words."""
    for equation in template.equations:
        table = template.table.get(equation.table)
        refs = [term.ref for side in equation.relation.sides for term in side]
        if equation.relation.scope is Scope.SHEET:
            yield from _words_at(template, equation, refs)
        elif table is not None and not _judged(table, equation, refs):
            yield (
                f"equation[{equation.code}]：永远核对不了，表“{table.name}”里没有一处"
                "它用到的格全是数；记录表（标签、值）请写明 columns，行要写明 type"
            )


def _words_at(template: Template, equation: EquationSpec, refs: list[Ref]) -> Iterator[str]:
    for ref in refs:
        table = template.table.get(ref.table)
        column = table.column.get(ref.column) if table else None
        if table and column and (kind := table.kind(ref.row, column)) not in NUMERIC:
            yield f"equation[{equation.code}]：“{ref}”填的是文字（type = {kind}），不能计算"


def _judged(table: TableSpec, equation: EquationSpec, refs: list[Ref]) -> bool:
    """Return whether there is a row or a column in which all cells of an equation are figures.

    What names a row or column that is not there is another mistake, told elsewhere.
    """
    along_rows = equation.relation.scope is Scope.ROW
    return (_in_a_row if along_rows else _in_a_column)(table, equation, refs)


def _in_a_row(table: TableSpec, equation: EquationSpec, refs: list[Ref]) -> bool:
    columns = [table.column[ref.column] for ref in refs if ref.column in table.column]
    rows = [row.title for row in table.rows if not equation.rows or row.title in equation.rows]
    own = [""] if table.shape in ("open", "list") else []
    return len(columns) < len(refs) or any(
        all(table.kind(row, column) in NUMERIC for column in columns)
        for row in (*rows, *own, table.total)
    )


def _in_a_column(table: TableSpec, equation: EquationSpec, refs: list[Ref]) -> bool:
    named = [ref.row for ref in refs if not names_rows(ref.row)]
    if any(row not in table.row and row != table.total for row in named):
        return True
    chosen = [
        column
        for column in table.columns
        if (column.title in equation.columns if equation.columns else column.numeric)
    ]
    return not set(equation.columns) <= set(table.column) or any(
        all(table.kind(row, column) in NUMERIC for row in named or [""]) for column in chosen
    )
