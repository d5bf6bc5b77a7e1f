"""The equations and rates of a draft, in the words of its spec."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jixiao_xlsx.adopting.claims.equations import in_time, proposals_of
from jixiao_xlsx.adopting.claims.pair_sums import PairSum, pair_sums
from jixiao_xlsx.adopting.claims.proposals import Proposal, Spot
from jixiao_xlsx.adopting.drafting.named_tables import NamedTable
from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.tables import RowSeen, TableColumn
from jixiao_xlsx.adopting.understanding import PairUnderstood, Understanding
from jixiao_xlsx.form.paths import RECORD_COLUMN
from jixiao_xlsx.values.equations import ALL_ROWS, CHILD_ROWS, PARENT_ROWS

_BASIS = "表样所列的项目和栏次"


def relations(
    understanding: Understanding,
    tables: Mapping[str, NamedTable],
    names: Mapping[int, str],
) -> dict[str, Any]:
    """Return the sections [[equation]] and [[rate]]; `names` are those of pairs, by their id."""
    equations = [
        values
        for claim in proposals_of(understanding)
        if (values := _equation(claim, tables)) is not None
    ]
    equations += [values for named in tables.values() for values in _by_codes(named)]
    equations += [_of_pairs(one, names) for one in pair_sums(understanding)]
    numbers = {"BAL": 900, "REC": 900}
    for values in equations:
        family = "BAL" if values.get("table") else "REC"
        numbers[family] += 1
        values["code"] = f"{family}{numbers[family]}"
    rates = [rate for named in tables.values() for rate in _rates(named)]
    for number, rate in enumerate(rates, 901):
        rate["code"] = f"RAT{number}"
    return {"equation": equations, "rate": rates}


def _equation(claim: Proposal, tables: Mapping[str, NamedTable]) -> dict[str, Any] | None:
    table = claim.table
    named = tables.get(table.name) if table is not None else None
    if claim.along and named is not None:
        down = claim.left[0][1].column is None
        return _down(claim, named) if down else _across(claim, named)
    if claim.along or any(tables.get(place.table.name) is None for _, place in _places(claim)):
        return None
    return _between(claim, tables)


def _by_codes(named: NamedTable) -> Iterator[dict[str, Any]]:
    """Yield what holds in a table of 类/款/项: by the lengths of the codes of its lines."""
    if not named.codes:
        return
    columns = [
        named.column_name(named.table.found.columns[number])
        for number in named.columns
        if named.kind(named.table.found.columns[number]) in ("money", "count")
    ]
    common = {"severity": "error", "table": named.name, "scope": "column", "columns": columns}
    reason = {"basis": _BASIS, "reason": "科目编码的长短：类、款、项", "ticked": True}
    if named.total is not None:
        title = f"“{named.total_name}”与各科目之和不符"
        holds = f"{_quoted(named.total_name)} = {ALL_ROWS}"
        yield {"code": "", "title": title, **common, "holds": holds, **reason}
    holds = f"{PARENT_ROWS} = {CHILD_ROWS}"
    yield {"code": "", "title": "上级科目与下级科目之和不符", **common, "holds": holds, **reason}


def _of_pairs(one: PairSum, names: Mapping[int, str]) -> dict[str, Any]:
    """Return a sum among labels that hold their amounts."""
    whole = _pair_term(one.whole, names)
    parts = _sum([(1, _pair_term(part, names)) for part in one.parts])
    name = words.plain_title(one.whole.pair.label.text)
    less = one.op == "<="
    return {
        "code": "",
        "title": f"“{name}”小于其中的部分" if less else f"“{name}”与各项之和不符",
        "severity": "error",
        "scope": "sheet",
        "holds": f"{parts} ≤ {whole}" if less else f"{whole} = {parts}",
        "basis": _BASIS,
        "reason": one.reason,
        "ticked": one.sure,
    }


def _pair_term(pair: PairUnderstood, names: Mapping[int, str]) -> str:
    return ".".join(map(_quoted, (pair.field.table, names[id(pair)], RECORD_COLUMN)))


def _places(claim: Proposal) -> Sequence[tuple[int, Spot]]:
    return (*claim.left, *claim.right)


def _down(claim: Proposal, named: NamedTable) -> dict[str, Any] | None:
    """Return an equation between rows, for the columns along which it holds."""
    sides = []
    for side in (claim.left, claim.right):
        lines = [(sign, place.line) for sign, place in side if place.line is not None]
        own = [line for _, line in lines if not named.line_name(line)]
        if own and len(own) != len(named.own_lines):
            return None
        terms = [(sign, _quoted(named.line_name(line))) for sign, line in lines if line not in own]
        sides.append(_sum([*terms, *([(1, ALL_ROWS)] if own else [])]))
    columns = [
        named.column_name(column) for column in claim.along if isinstance(column, TableColumn)
    ]
    return _values(claim, named, "column", sides) | {"columns": columns}


def _across(claim: Proposal, named: NamedTable) -> dict[str, Any]:
    """Return an equation between columns, for the rows along which it holds."""
    sides = [
        _sum(
            [
                (sign, _quoted(named.column_name(place.column)))
                for sign, place in side
                if place.column is not None
            ]
        )
        for side in (claim.left, claim.right)
    ]
    values = _values(claim, named, "row", sides)
    lines = [line for line in claim.along if isinstance(line, RowSeen)]
    names = [named.line_name(line) for line in lines]
    if not named.own_lines and len(lines) < len(named.fixed):
        values["rows"] = [name for name in names if name]
    return values


def _between(claim: Proposal, tables: Mapping[str, NamedTable]) -> dict[str, Any] | None:
    """Return an equation between single cells; None for one over lines that have no names."""
    sides = []
    for side in (claim.left, claim.right):
        terms = []
        for sign, place in side:
            named = tables[place.table.name]
            row = named.line_name(place.line) if place.line else ""
            column = named.column_name(place.column) if place.column else ""
            if not row or not column:
                return None
            terms.append((sign, ".".join(_quoted(part) for part in (named.name, row, column))))
        sides.append(_sum(terms))
    return _values(claim, None, "sheet", sides)


def _values(
    claim: Proposal, named: NamedTable | None, scope: str, sides: Sequence[str]
) -> dict[str, Any]:
    op = "≤" if claim.op == "<=" else "="
    values: dict[str, Any] = {"code": "", "title": _title(claim), "severity": _severity(claim)}
    if named is not None:
        values["table"] = named.name
    values |= {
        "scope": scope,
        "holds": f"{sides[0]} {op} {sides[1]}",
        "basis": _BASIS,
        "reason": claim.reason,
        "ticked": claim.ticked,
    }
    return values


def _severity(claim: Proposal) -> str:
    """Return how grave a failure is: that of a budget's make-up may be explained."""
    return "warning" if claim.reason.startswith("全年预算") else "error"


def _title(claim: Proposal) -> str:
    whole = claim.left[0][1] if claim.op == "=" else claim.right[0][1]
    path = (
        whole.line.path[-1:]
        if whole.column is None and whole.line
        else whole.column.path[-1:]
        if whole.column
        else ()
    )
    name = words.plain_title(path[0]) if path else "合计"
    return f"“{name}”小于其中的部分" if claim.op == "<=" else f"“{name}”与各项计算的结果不符"


def _quoted(name: str) -> str:
    return f"「{name}」"


def _sum(terms: Sequence[tuple[int, str]]) -> str:
    text = ""
    for sign, term in terms:
        mark = "-" if sign < 0 else "+"
        text += term if not text and sign > 0 else f" {mark} {term}"
    return text.strip()


# ------------------------------------------------------------------------------------------- rates

_GROWTH = re.compile(r"^增减额|^增减数|^增长额|^增减变动额")
_BEFORE_AND_AFTER = 2  # figures: of last year and of this
_RATES = (
    (
        re.compile(r"执行率|支出进度|预算完成率"),
        re.compile(r"执行数|决算数|支出数|实际支出|执行金额|支付数"),
        re.compile(r"全年预算|调整后?预算|预算数"),
    ),
    (re.compile(r"控制率"), re.compile(r"实际|在职|决算|执行"), re.compile(r"编制|批复|预算|核定")),
    (
        re.compile(r"^增减(?:率|%|幅度)|^增长率|^增减比例"),
        _GROWTH,
        re.compile(r"上年|年初"),
    ),
)


def _rates(named: NamedTable) -> Iterator[dict[str, Any]]:
    """Yield the rates whose two figures stand in the same row."""
    columns = [named.table.found.columns[number] for number in named.columns]
    figures = [one for one in columns if named.kind(one) in ("money", "count")]
    rates = [one for one in columns if named.kind(one) == "percent"]
    for shown in rates if not named.table.found.levels else ():
        kind = next((one for one in _RATES if one[0].search(_key(shown))), None)
        parts = kind and _parts_of_rate(_nearest(figures, shown), *kind[1:])
        if parts:
            yield _rate(named, shown, *parts)


def _parts_of_rate(
    near: Sequence[TableColumn], numerator: re.Pattern[str], denominator: re.Pattern[str]
) -> tuple[TableColumn, TableColumn] | None:
    """Return the two figures of a rate; None where the words leave a choice."""
    top = [one for one in near if numerator.search(_key(one))]
    bottom = [one for one in near if denominator.search(_key(one)) and one not in top]
    whole = [one for one in bottom if re.search(r"全年|调整", _key(one))] or bottom
    others = [(_key(one), one) for one in near if one not in top]
    if numerator is _GROWTH and len(others) == _BEFORE_AND_AFTER:
        whole = [in_time(others)[0]]
    return (top[0], whole[0]) if len(top) == 1 and len(whole) == 1 else None


def _nearest(figures: Sequence[TableColumn], shown: TableColumn) -> Sequence[TableColumn]:
    """Return the figures that a rate may be of: under its own heading, else the two before it."""
    same = [one for one in figures if one.path[:-1] and one.path[:-1] == shown.path[:-1]]
    if len(same) > 1:
        return same
    before = [one for one in figures if one.at < shown.at]
    return before if len(before) < 5 else before[-2:]


def _key(column: TableColumn) -> str:
    return words.plain_title(column.path[-1]) if column.path else ""


def _rate(
    named: NamedTable, shown: TableColumn, top: TableColumn, bottom: TableColumn
) -> dict[str, Any]:
    names = [_quoted(named.column_name(one)) for one in (shown, top, bottom)]
    values: dict[str, Any] = {
        "code": "",
        "title": f"“{_key(shown)}”与分子、分母计算的结果不符",
        "severity": "error",
        "table": named.name,
        "holds": f"{names[0]} = {names[1]} / {names[2]}",
        "basis": _BASIS,
        "reason": f"栏名“{_key(shown)}”",
        "ticked": True,
    }
    lines = [
        line
        for line in named.table.found.lines
        if all(named.table.at(line, column) for column in (shown, top, bottom))
    ]
    if not named.own_lines and len(lines) < len(named.fixed):
        values["rows"] = [named.line_name(line) for line in lines]
    return values
