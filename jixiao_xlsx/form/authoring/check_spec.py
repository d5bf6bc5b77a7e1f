"""Checks of a form: names that lead nowhere, units that cannot meet, codes used twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jixiao_xlsx.form.authoring.check_names import doubtful_names, idle_equations, wrong_weights
from jixiao_xlsx.form.authoring.suggestions import perhaps
from jixiao_xlsx.form.carry import Carry
from jixiao_xlsx.form.spec import EquationSpec, Template
from jixiao_xlsx.values.amounts import dimension
from jixiao_xlsx.values.equations import Ratio, Ref, Scope, Side, names_rows


def inconsistencies(template: Template) -> Iterator[str]:
    """Yield a message for each name that leads nowhere, each mixed unit, each code used twice."""
    yield from _repeated_codes(template)
    yield from _wrong_sheets(template)
    yield from _wrong_copies(template)
    for equation in template.equations:
        yield from _wrong_limits(template, equation)
        yield from _wrong_refs(template, f"equation[{equation.code}]", equation.relation.sides)
        yield from _mixed_units(template, equation)
    for rate in template.rates:
        yield from _wrong_ratio(template, f"rate[{rate.code}]", rate.ratio)
    for indicator in template.indicators:
        for base in indicator.base:
            sides = (base.numerator, base.denominator)
            yield from _wrong_refs(template, f"indicators.csv·{indicator.name}·基础数据", sides)
    yield from _wrong_addresses(template)
    yield from _wrong_sections(template)
    yield from _wrong_rows(template)
    if template.blank and not (template.folder / template.blank).is_file():
        yield f"blank：文件夹里没有“{template.blank}”"
    yield from _wrong_lists(template)
    yield from doubtful_names(template)
    yield from wrong_weights(template)
    yield from idle_equations(template)
    for number, carry in enumerate(template.carries, start=1):
        yield from (f"carry[{number}]：{problem}" for problem in _wrong_carry(template, carry))


def _repeated_codes(template: Template) -> Iterator[str]:
    codes: set[str] = set()
    for code in [e.code for e in template.equations] + [r.code for r in template.rates]:
        if code in codes:
            yield f"{code}：编号重复"
        codes.add(code)


def _wrong_sheets(template: Template) -> Iterator[str]:
    sheets = {sheet.title for sheet in template.sheets}
    for table in template.tables:
        if table.sheet not in sheets:
            yield f"table[{table.name}].sheet：没有名为“{table.sheet}”的工作表{perhaps(table.sheet, sheets)}"


def _wrong_ratio(template: Template, here: str, ratio: Ratio) -> Iterator[str]:
    yield from _wrong_refs(template, here, (ratio.numerator, ratio.denominator))
    if ratio.shown and (problem := _wrong_ref(template, ratio.shown)):
        yield f"{here}：{problem}"


def _wrong_addresses(template: Template) -> Iterator[str]:
    for name, ref in template.roles.items():
        if ref.table and (problem := _wrong_ref(template, ref)):
            yield f"roles.{name}：{problem}"


def _wrong_sections(template: Template) -> Iterator[str]:
    """Yield the columns that a section names but its table does not have."""
    for part, table_name, columns in (
        ("indicators", template.indicator_table, template.indicator_columns),
        ("execution", template.execution_table, template.execution_columns),
        *(("reference", one.table, one.columns) for one in template.references),
    ):
        if table_name:
            yield from _wrong_columns(template, part, table_name, columns, f"{part}.columns")
    for part, section, keys in (
        ("funds", template.funds, ("basic", "wages", "office")),
        ("remarks", template.remarks, ("code", "item", "text")),
    ):
        if section:
            titles = {key: section.get(key, "") for key in keys}
            yield from _wrong_columns(template, part, section.get("table", ""), titles, part)


def _wrong_rows(template: Template) -> Iterator[str]:
    rows: dict[str, Ref] = {}
    if template.execution_table:
        rows["execution.row"] = Ref(template.execution_table, template.execution_row, "")
    if template.plan:
        table, row = (template.plan.get(key, "") for key in ("table", "overall"))
        rows["plan.overall"] = Ref(table, row, "")
    for path, ref in rows.items():
        if problem := _wrong_ref(template, ref):
            yield f"{path}：{problem}"
    for one in template.references:
        for item, row in one.rows.items():
            if one.table in template.table and (
                problem := _wrong_ref(template, Ref(one.table, row, ""))
            ):
                yield f"reference.rows.{item}：{problem}"


def _wrong_copies(template: Template) -> Iterator[str]:
    repeated = [sheet for sheet in template.sheets if sheet.repeats]
    if not repeated:
        return
    if len(repeated) > 1:
        titles = "、".join(sheet.title for sheet in repeated)
        yield f"sheet.repeats：只能有一张重复的工作表，现有 {titles}"
    item = template.roles.get("item")
    first = repeated[0].title
    if item is None or item.table not in {table.name for table in template.tables_of(first)}:
        yield f"roles.item：重复的工作表“{first}”要有一格写明是哪一个（如项目名称）"


def _wrong_lists(template: Template) -> Iterator[str]:
    """Yield the keys of a list that name no column of it, and a second list."""
    lists = [table for table in template.tables if table.shape == "list"]
    if len(lists) > 1:
        yield f"table.shape：只能有一张 list，现有 {'、'.join(table.name for table in lists)}"
    for table in lists:
        for key, title in table.keys.items():
            if title not in table.column:
                near = perhaps(title, table.column)
                yield f"table[{table.name}].keys.{key}：没有“{title}”这一栏{near}"


def _wrong_carry(template: Template, carry: Carry) -> Iterator[str]:
    refs = [ref for ref in (carry.source, carry.target) if ref.table]
    wrong = [problem for ref in refs if (problem := _wrong_ref(template, ref))]
    yield from wrong
    if len(refs) < 2 or wrong:
        return
    for ref in refs:
        if ref.row not in template.table[ref.table].row:
            yield f"“{ref}”不是固定行"
    if template.is_auto(carry.target):
        yield f"“{carry.target}”是自动计算的格，不能预填"
    kinds = {dimension(template.unit_of(ref)) for ref in refs}
    if len(kinds) > 1:
        yield f"单位不同（{'、'.join(sorted(kinds))}）"


def _wrong_limits(template: Template, equation: EquationSpec) -> Iterator[str]:
    """Yield the columns and rows that an equation is limited to but its table does not have."""
    table = template.table.get(equation.table)
    if table is None:
        if equation.table or equation.relation.scope is not Scope.SHEET:
            near = perhaps(equation.table, template.table)
            yield f"equation[{equation.code}].table：没有名为“{equation.table}”的表{near}"
        return
    titles = {"columns": table.column, "note_columns": table.column, "rows": table.row}
    for key, existing in titles.items():
        for title in getattr(equation, key):
            if title not in existing and title != table.total:
                near = perhaps(title, existing)
                yield f"equation[{equation.code}].{key}：表“{table.name}”没有“{title}”{near}"


def _wrong_columns(
    template: Template, part: str, table_name: str, columns: Mapping[str, str], path: str
) -> Iterator[str]:
    table = template.table.get(table_name)
    if table is None:
        near = perhaps(table_name, template.table)
        yield f"{part}.table：没有名为“{table_name}”的表{near}"
        return
    titles = set(table.column) | {extra.title for extra in table.extras}
    yield from (
        f"{path}.{key}：表“{table_name}”没有“{title}”{perhaps(title, titles)}"
        for key, title in columns.items()
        if title not in titles
    )


def _wrong_refs(template: Template, here: str, sides: tuple[Side, ...]) -> Iterator[str]:
    for side in sides:
        for term in side:
            if problem := _wrong_ref(template, term.ref):
                yield f"{here}：{problem}"


def _wrong_ref(template: Template, ref: Ref) -> str:
    """Return what is wrong with an address; "" where nothing is."""
    table = template.table.get(ref.table)
    if table is None:
        return f"没有名为“{ref.table}”的表{perhaps(ref.table, template.table)}"
    if ref.row and ref.row not in table.row and ref.row != table.total and not names_rows(ref.row):
        return f"表“{ref.table}”没有“{ref.row}”这一行{perhaps(ref.row, (*table.row, table.total))}"
    if ref.column and ref.column not in table.column:
        return f"表“{ref.table}”没有“{ref.column}”这一列{perhaps(ref.column, table.column)}"
    return ""


def _mixed_units(template: Template, equation: EquationSpec) -> Iterator[str]:
    kinds = set()
    for side in equation.relation.sides:
        for term in side:
            table = template.table.get(term.ref.table)
            column = table.column.get(term.ref.column) if table else None
            if table and column:
                kinds.add(dimension(table.unit_of(term.ref.row, column)))
    if len(kinds) > 1:
        yield f"equation[{equation.code}].holds：单位不能相加减（{'、'.join(sorted(kinds))}）"
