"""The optional sections of a draft: roles, indicators, the execution rate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jixiao_xlsx.adopting import roles
from jixiao_xlsx.adopting.claims.total_scores import (
    execution_score_spot,
    level_weights,
    printed_weights,
    total_includes,
    weight_column,
)
from jixiao_xlsx.adopting.drafting.named_tables import NamedTable
from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.boxes import Print
from jixiao_xlsx.adopting.seen.tables import RowSeen
from jixiao_xlsx.adopting.understanding import Field, TableUnderstood, Understanding
from jixiao_xlsx.form.paths import RECORD_COLUMN, name_of, relative_years

_EXECUTION = (
    ("original", re.compile(r"^年初预算")),
    ("adjustment", re.compile(r"调整数|调整额|追加")),
    ("budget", re.compile(r"^全年预算|^调整后?预算|^预算数")),
    ("spent", re.compile(r"执行数|决算数|实际支出|支出数")),
    ("rate", re.compile(r"执行率")),
    ("weight", re.compile(r"分值|权重")),
    ("score", re.compile(r"得分")),
    ("explanation", re.compile(r"原因|说明")),
)


def sections(understanding: Understanding, tables: Mapping[str, NamedTable]) -> dict[str, Any]:
    """Return [roles], [indicators] and [execution], each where the form has it."""
    role_values = _roles(understanding, tables)
    indicators = roles.scored_table(understanding)
    if indicators is None or indicators.name not in tables:
        return {"roles": role_values} if role_values else {}
    other = execution_score_spot(understanding, indicators)
    total = roles.total_line(indicators)
    includes = bool(total and other and total_includes(indicators, total))
    if other is not None and not includes:
        role_values.pop("self_total", None)  # it is a part of the total only
    found: dict[str, Any] = {"roles": role_values} if role_values else {}
    named = tables[indicators.name]
    found["indicators"] = {
        "table": named.name,
        "full_mark": _full_mark(indicators, total, includes=includes, execution=other is not None),
        **({"total_includes_execution": True} if includes else {}),
        "weights_by": "level1",
        "columns": {
            role: named.column_name(column)
            for role, column in roles.indicator_columns(indicators).items()
            if named.column_name(column)
        },
    }
    if other is not None and other.line is not None and other.table.name in tables:
        found["execution"] = _execution(tables[other.table.name], other.line)
    return found


def _full_mark(
    table: TableUnderstood, total: RowSeen | None, *, includes: bool, execution: bool
) -> int | float:
    """Return what the weights of the indicators sum to: as printed, else by the form's 100."""
    lines = [line for line in table.found.lines if not line.total]
    printed = printed_weights(table)
    if printed and len(printed) == len(lines):
        whole = sum(printed)
    elif levels := level_weights(table):
        whole = sum(levels)
    else:
        column = weight_column(table.found)
        box = table.found.box(total, column) if total is not None and column else None
        full = float(box.text) if box is not None and box.print is Print.NUMBER else 100.0
        whole = full - 10 if includes or (total is None and execution) else full
    return int(whole) if float(whole).is_integer() else whole


def _execution(named: NamedTable, line: RowSeen) -> dict[str, Any]:
    columns: dict[str, str] = {}
    weight: int | float = 10
    for number in named.columns:
        column = named.table.found.columns[number]
        key = words.plain_title(column.path[-1]) if column.path else ""
        role = next((name for name, pattern in _EXECUTION if pattern.search(key)), "")
        if role and role not in columns:
            columns[role] = named.column_name(column)
            box = named.table.found.box(line, column)
            if role == "weight" and box.print is Print.NUMBER:
                weight = int(float(box.text)) if float(box.text).is_integer() else float(box.text)
    return {
        "table": named.name,
        "row": named.line_name(line),
        "weight": weight,
        "columns": columns,
    }


def _roles(understanding: Understanding, tables: Mapping[str, NamedTable]) -> dict[str, str]:
    found = {
        "department": roles.department_of(understanding),
        "department_code": roles.labelled(understanding, "code"),
        "year": roles.labelled(understanding, "year"),
        "item": roles.labelled(understanding, "item"),
        "self_total": roles.total_score(understanding),
    }
    values = {}
    for role, one in found.items():
        if one is not None and (address := _address(one, understanding, tables)):
            values[role] = address
    return values


def _address(one: Field, understanding: Understanding, tables: Mapping[str, NamedTable]) -> str:
    """Return 表.行.列 of a field."""
    named = tables.get(one.table)
    if named is None:
        pair = next((pair for pair in understanding.pairs if pair.field is one), None)
        year = next(iter(tables.values())).year if tables else None
        titles = [words.plain_title(part) or part for part in one.row[-1:]]
        row = name_of([relative_years(part, year) for part in titles])
        return _dotted(one.table, row, RECORD_COLUMN) if pair else ""
    line = next(line for line in named.table.found.lines if line.row == one.box.top)
    column = next(one_ for one_ in named.table.found.columns if one_.at == one.box.left)
    row = named.line_name(line)
    return _dotted(named.name, row, named.column_name(column)) if row else ""


def _dotted(*parts: str) -> str:
    return ".".join(f"「{part}」" for part in parts)
