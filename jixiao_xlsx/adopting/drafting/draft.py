"""The draft of a form: what is understood of a blank, as the values of its spec.toml."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jixiao_xlsx.adopting import roles
from jixiao_xlsx.adopting.drafting.draft_relations import relations
from jixiao_xlsx.adopting.drafting.draft_sections import sections
from jixiao_xlsx.adopting.drafting.named_tables import NamedTable, named_tables
from jixiao_xlsx.adopting.drafting.toml_text import Inline
from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.boxes import Print
from jixiao_xlsx.adopting.seen.tables import TableColumn
from jixiao_xlsx.adopting.understanding import Field, PairUnderstood, Understanding
from jixiao_xlsx.form.paths import name_of, relative_years
from jixiao_xlsx.values.addresses import a1, column_letters
from jixiao_xlsx.values.text import tidy

_PLACEHOLDER = {"department": "department", "code": "code", "year": "year", "item": "item"}


@dataclass(frozen=True, slots=True)
class FormName:
    """What a drafted form is called: its id, its title, and the file name of its blank."""

    id: str
    title: str
    blank: str


def draft_of(understanding: Understanding, name: FormName, year: int | None) -> dict[str, Any]:
    """Return the spec of a form as plain values, in the order of a spec.toml."""
    tables = named_tables(understanding, year)
    head: dict[str, Any] = {
        "id": name.id,
        "version": "1.0",
        "title": name.title,
        "file_name": name.title,
        "blank": name.blank,
    }
    if year is not None:
        head["year"] = year
    used = dict.fromkeys(
        [*(one.sheet for one in understanding.tables), *_sheets_of_pairs(understanding)]
    )
    in_order = [one.grid.sheet for one in understanding.layouts if one.grid.sheet in used]
    return {
        **head,
        "sheet": [{"title": relative_years(sheet, year)} for sheet in in_order],
        "table": [_table(one, year) for one in tables.values()],
        "cell": [*_cells(understanding, year)],
        **sections(understanding, tables),
        **relations(understanding, tables, dict(_pair_names(understanding, year))),
    }


def _sheets_of_pairs(understanding: Understanding) -> Iterator[str]:
    yield from (pair.field.sheet for pair in understanding.pairs)
    yield from (line.sheet for line in roles.year_lines(understanding.layouts))


# ------------------------------------------------------------------------------------------ tables


def _table(named: NamedTable, year: int | None) -> dict[str, Any]:
    found = named.table.found
    heading = found.heading
    left = min([column.at for column in found.columns])
    right = max(column.leaf.right for column in found.columns)
    bottom = max(line.row for line in found.lines)
    values: dict[str, Any] = {
        "name": named.name,
        "sheet": relative_years(named.table.sheet, year),
        "shape": "list" if _keys(named) else "open" if named.own_lines else "fixed",
        "at": f"{a1(heading.top, left)}:{a1(bottom, right)}",
    }
    if named.unit:
        values["unit"] = named.unit
    if named.own_lines:
        first, last = named.own_lines[0].row + 1, named.own_lines[-1].row + 1
        values["lines"] = f"{first}:{last}"
        if named.total is not None:
            values["total"] = named.total_name
            values["total_at"] = named.total.row + 1
        values |= _line_names(named)
    values["columns"] = [Inline(_column(named, number)) for number in named.columns]
    if rows := [Inline(_row(named, number)) for number in named.fixed]:
        values["rows"] = rows
    if ignore := _ignored(named):
        values["ignore"] = ignore
    if keys := _keys(named):
        values["keys"] = Inline(keys)
    return values


_KEYS = {"department": "department", "code": "code", "year": "year", "item": "item"}


def _keys(named: NamedTable) -> dict[str, str]:
    """Return the columns of a list of indicators that say whose a line is; {} of other tables."""
    if not named.table.found.levels:
        return {}
    found: dict[str, str] = {}
    for column in named.table.found.columns:
        key = _KEYS.get(roles.field_role(column.path))
        if key and key not in found and named.column_name(column):
            found[key] = named.column_name(column)
    return found if {"department", "item"} & found.keys() else {}


def _line_names(named: NamedTable) -> dict[str, Any]:
    """Return what names the lines of an open table, and what holds downwards."""
    table = named.table
    columns = roles.indicator_columns(table) if table.found.levels else {}
    names = {column: named.column_name(column) for column in table.found.columns}
    if "name" in columns:
        outer = [names[columns[key]] for key in ("level1", "level2") if key in columns]
        values: dict[str, Any] = {"label": [names[columns["name"]]]}
        return values | ({"inherit": outer} if outer else {})
    values = {}
    codes = [one for one in table.found.columns if re.search("编码|代码", one.leaf.key)]
    words_in = [
        column
        for column in table.found.columns
        if named.kind(column) == "text"
        and column not in codes
        and not words.is_index(column.leaf.key)
    ]
    if words_in:
        values["label"] = [names[words_in[0]]]
    if named.codes:
        values["codes"] = named.codes
    return values


def _column(named: NamedTable, number: int) -> dict[str, Any]:
    column = named.table.found.columns[number]
    whose = named.column_name(column) in _keys(named).values()
    kind = "text" if whose else named.kind(column)
    values = _called(named.column_path(column), named.column_name(column))
    values |= {"at": column_letters(column.at), "type": kind}
    unit = "" if whose else named.column_unit(column)
    if kind == "percent":
        unit = "%" if _in_points(column) else ""
    if unit and unit != named.unit:
        values["unit"] = unit
    if only := named.only(column):
        values["only"] = only
    if named.computed_column(column):
        values["auto"] = True
    return values


_CHANGE = re.compile(r"增减|增长|变动|幅度")


def _in_points(column: TableColumn) -> bool:
    """Return whether rates are typed without a sign under a heading （%）, however small.

    Of other rates a number below 2 is a share: 0.95 for 95%.
    """
    own = column.path[-1:] or ("",)
    return words.unit_in(own[0]) == "%" and bool(_CHANGE.search(own[0]))


def _row(named: NamedTable, number: int) -> dict[str, Any]:
    line = named.table.found.lines[number]
    values = _called(named.line_path(line), named.line_name(line)) | {"at": line.row + 1}
    unit, kind = named.row_unit(line)
    if kind:
        values["type"] = kind
    if unit:
        values["unit"] = unit
    if named.computed_line(line):
        values["auto"] = True
    return values


def _called(path: Sequence[str], name: str) -> dict[str, Any]:
    """Return the path of a row or column, and its name where that is not the whole path."""
    return ({} if name == name_of(path) else {"title": name}) | {"path": list(path)}


def _ignored(named: NamedTable) -> dict[str, Any]:
    """Return the printed helper rows and columns: 栏次, 行次, 序号."""
    found = named.table.found
    columns = [
        column.leaf.text.strip() for column in found.columns if words.is_index(column.leaf.key)
    ]
    rows = ["栏次"] if found.heading.index else []
    both = {"rows": rows, "columns": columns}
    return Inline({key: value for key, value in both.items() if value})


# ------------------------------------------------------------------------------------------- cells


def _cells(understanding: Understanding, year: int | None) -> Iterator[dict[str, Any]]:
    department = roles.department_of(understanding)
    names = dict(_pair_names(understanding, year))
    for pair in understanding.pairs:
        yield _cell(pair, names[id(pair)], department, year)
    for sheet, boxes in _year_boxes(understanding).items():
        box, found = boxes
        yield {
            "table": f"{sheet}·填报项",
            "name": "年度",
            "sheet": relative_years(sheet, year),
            "at": box.ref,
            "value_at": "inside",
            "inside": [_year_pattern(box.text, found)],
        }


def _pair_names(understanding: Understanding, year: int | None) -> Iterator[tuple[int, str]]:
    """Yield the name of each pair by its id, unique in its record."""
    seen: Counter[tuple[str, str]] = Counter()
    for pair in understanding.pairs:
        name = name_of([relative_years(part, year) for part in _titles(pair)[-1:]])
        seen[pair.field.table, name] += 1
        number = seen[pair.field.table, name]
        yield id(pair), name if number == 1 else f"{name}（{number}）"


def _titles(pair: PairUnderstood) -> Sequence[str]:
    return [words.plain_title(part) or part for part in pair.field.row]


def _cell(
    pair: PairUnderstood, name: str, department: Field | None, year: int | None
) -> dict[str, Any]:
    field = pair.field
    values: dict[str, Any] = {
        "table": field.table,
        "name": name,
        "path": [relative_years(part.strip(), year) for part in field.row],
        "sheet": relative_years(field.sheet, year),
        "at": pair.pair.value.ref,
        "value_at": pair.pair.value_at,
    }
    if pair.pair.value_at == "inside":
        values["inside"] = [_pattern(pair, department, year)]
    values["type"] = field.kind
    if field.unit:
        values["unit"] = field.unit
    return values


def _pattern(pair: PairUnderstood, department: Field | None, year: int | None) -> str:
    role = roles.field_role(pair.field.row)
    if role == "department" and pair.field != department:
        role = "department" if department is None or department.sheet != pair.field.sheet else ""
    part = _PLACEHOLDER.get(role) or {
        "money": "amount",
        "count": "amount",
        "percent": "amount",
        "date": "date",
    }.get(pair.field.kind, "text")
    label = relative_years(pair.pair.label.text.strip().rstrip("_ \u3000"), year)
    return f"{label}{{{part}}}"


def _year_boxes(understanding: Understanding) -> Mapping[str, tuple[Any, int | None]]:
    """Return for each sheet the line that names the year: one of the year alone goes first."""
    if roles.labelled(understanding, "year") is not None:
        return {}
    found: dict[str, tuple[Any, int | None]] = {}
    for line in roles.year_lines(understanding.layouts):
        alone = words.is_year_line(line.box.key)
        if line.sheet not in found or (alone and not words.is_year_line(found[line.sheet][0].key)):
            found[line.sheet] = line.box, line.year
    inline = {(one.field.sheet, one.pair.value.ref) for one in roles.inside_pairs(understanding)}
    return {sheet: one for sheet, one in found.items() if (sheet, one[0].ref) not in inline}


_BLANK_YEAR = re.compile(r"(?<![\s_])[\s_]+(?=年)|(?<=[(（])(?=年)")


def _year_pattern(text: str, year: int | None) -> str:
    """Return a title with the year as a placeholder."""
    if year is not None:
        return text.strip().replace(str(year), "{year}", 1)
    return _BLANK_YEAR.sub("{year}", text.strip(), count=1)


def form_title(understanding: Understanding, fallback: str) -> str:
    """Return the title of a form: that of its first sheet, without the year."""
    for layout in understanding.layouts:
        for line in layout.lines:
            for box in line.boxes:
                bare = tidy(re.sub(r"(?:19|20)\d\d年度?", "", box.text))
                title = words.plain_title(re.sub(r"[(]单位.*[)]$", "", bare))
                plain = not words.is_attachment(box.key) and not words.is_year_line(box.key)
                if plain and len(title) > 3 and box.print is Print.LABEL:
                    return title
    return fallback
