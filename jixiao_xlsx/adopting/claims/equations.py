"""What must hold in a form: by its words, its headings and the county's own formulas."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from jixiao_xlsx.adopting.claims.proposals import Proposal, Spot
from jixiao_xlsx.adopting.claims.sums import Node, TitleSum, nested, sums_of
from jixiao_xlsx.adopting.claims.total_scores import overall_scores
from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.tables import RowSeen, TableColumn, Use
from jixiao_xlsx.adopting.understanding import TableUnderstood, Understanding

SUMMED = frozenset({"money", "count", "score"})


def proposals_of(understanding: Understanding) -> tuple[Proposal, ...]:
    """Return what must hold in a form, table by table, then between tables."""
    found: list[Proposal] = []
    for table in understanding.tables:
        found += _down(table)
        found += _across(table)
        found += _by_column_numbers(table)
        found += _changes(table)
    found += _both_sides(understanding)
    found += overall_scores(understanding)
    return tuple(claim for claim in found if claim.along or _once(claim))


def _once(claim: Proposal) -> bool:
    return all(place.line and place.column for _, place in (*claim.left, *claim.right))


# ------------------------------------------------------------------------------------- down a table


def figures(table: TableUnderstood) -> Sequence[TableColumn]:
    """Return the columns that may be summed, wherever some cell of theirs is a figure."""
    kinds: dict[int, set[str]] = {}
    for one in table.fields:
        kinds.setdefault(one.box.left, set()).add(one.kind)
    summed = SUMMED - {"score"} if _scores_an_execution(table) else SUMMED
    return [
        column
        for column in table.found.columns
        if column.use in (Use.VALUE, Use.ATTRIBUTE) and kinds.get(column.at, set()) & summed
        if not any(_NEVER_SUMMED.search(part) for part in column.path)
    ]


_NEVER_SUMMED = re.compile(r"单价|均价|人均|平均|单位成本|定额|标准$")


def _scores_an_execution(table: TableUnderstood) -> bool:
    """Return whether the scores of a table are of rates of execution: one line has them all."""
    columns = [words.plain_title(one.leaf.text) for one in table.found.columns]
    return not table.found.levels and any("执行率" in key for key in columns)


def _down(table: TableUnderstood) -> Iterator[Proposal]:
    """Yield the sums of rows."""
    lines = table.found.lines
    if table.found.levels:
        return
    if not any(line.path and not line.total for line in lines):
        yield from _of_open_lines(table)
        return
    nodes = _tree(lines)
    for one in sums_of(nodes):
        yield from _claim(table, one)


def _tree(lines: Sequence[RowSeen]) -> list[Node]:
    """Return the titled rows as nodes, merged titles beside them as nodes without figures."""
    own = [
        Node(
            line.title.text if line.title else "",
            None if line.heads else number,
            [],
            line.placed.of_which,
        )
        for number, line in enumerate(lines)
    ]
    tops: list[Node] = []
    groups: dict[tuple[str, ...], Node] = {}
    previous: tuple[str, ...] = ()
    for number, line in enumerate(lines):
        if line.placed.parent is not None:
            own[line.placed.parent].parts.append(own[number])
            continue
        if line.group != previous:
            groups = {key: node for key, node in groups.items() if line.group[: len(key)] == key}
        previous = line.group
        siblings = tops
        for depth in range(1, len(line.group) + 1):
            key = line.group[:depth]
            if key not in groups:
                groups[key] = Node(key[-1], None)
                siblings.append(groups[key])
            siblings = groups[key].parts
        siblings.append(own[number])
    return tops


def _claim(table: TableUnderstood, one: TitleSum) -> Iterator[Proposal]:
    lines = table.found.lines
    whole = ((1, Spot(table, lines[one.whole], None)),)
    parts = tuple((1, Spot(table, lines[part], None)) for part in one.parts)
    along = tuple(
        column
        for column in figures(table)
        if not (one.op == "<=" and _may_be_negative(column))
        if _summable(table, [lines[one.whole], *(lines[part] for part in one.parts)], column)
    )
    if not along:
        return
    left, right = (whole, parts) if one.op == "=" else (parts, whole)
    yield Proposal(one.op, left, right, one.reason, one.sure, along)


_SIGNED = re.compile(r"增减|变动|差额|盈亏|^(?:预算)?(?:调整|调剂)(?:数|额)(?:[(（]|$)")


def _may_be_negative(column: TableColumn) -> bool:
    """Return whether a part may be more than its whole there: changes have signs."""
    return any(_SIGNED.search(part) for part in column.path)


def _summable(table: TableUnderstood, lines: Sequence[RowSeen], column: TableColumn) -> bool:
    """Return whether each line has a figure in that column, all in one unit."""
    cells = [table.at(line, column) for line in lines]
    units = {cell.unit for cell in cells if cell is not None}
    kinds = {cell.kind for cell in cells if cell is not None}
    return all(cells) and kinds <= SUMMED and len(units) == 1 and len(kinds) == 1


def _of_open_lines(table: TableUnderstood) -> Iterator[Proposal]:
    """Yield the total of lines that departments name themselves."""
    lines = table.found.lines
    listed = [line for line in lines if not line.path]
    total = _total_of([line for line in lines if line.total], listed)
    if total is None:
        return
    if any("编码" in column.leaf.key for column in table.found.columns):
        return
    along = tuple(column for column in figures(table) if _summable(table, [total, *listed], column))
    if along:
        whole = ((1, Spot(table, total, None)),)
        parts = tuple((1, Spot(table, line, None)) for line in listed)
        reason = f"“{total.path[-1]}”：各行之和"
        yield Proposal("=", whole, parts, reason, True, along)


def _total_of(totals: Sequence[RowSeen], listed: Sequence[RowSeen]) -> RowSeen | None:
    """Return the only total of listed lines, or the 小计 below them: what follows that sums more."""
    if not totals or not listed:
        return None
    closes = "小计" in totals[0].path[-1] and totals[0].row > listed[-1].row
    return totals[0] if len(totals) == 1 or closes else None


# ----------------------------------------------------------------------------------- across a table


def _across(table: TableUnderstood) -> Iterator[Proposal]:
    """Yield the sums of columns, by the headings over them."""
    columns = [column for column in figures(table) if column.use is Use.VALUE]
    columns = [column for column in columns if not _scores(table, column)]
    nodes = nested([column.path for column in columns], list(range(len(columns))))
    for one in sums_of(nodes):
        parts = [(1, columns[part]) for part in one.parts]
        yield from _row_claim(table, one.op, columns[one.whole], parts, one.reason, one.sure)


def _scores(table: TableUnderstood, column: TableColumn) -> bool:
    return any(one.kind == "score" for one in table.fields if one.box.left == column.at)


def _row_claim(
    table: TableUnderstood,
    op: str,
    whole: TableColumn,
    parts: Sequence[tuple[int, TableColumn]],
    reason: str,
    sure: bool = True,
) -> Iterator[Proposal]:
    along = tuple(
        line
        for line in table.found.lines
        if _alike(table, line, [whole, *(column for _, column in parts)])
    )
    if not along:
        return
    one = ((1, Spot(table, None, whole)),)
    others = tuple((sign, Spot(table, None, column)) for sign, column in parts)
    left, right = (one, others) if op == "=" else (others, one)
    yield Proposal(op, left, right, reason, sure, along)


def _alike(table: TableUnderstood, line: RowSeen, columns: Sequence[TableColumn]) -> bool:
    cells = [table.at(line, column) for column in columns]
    units = {cell.unit for cell in cells if cell is not None}
    kinds = {cell.kind for cell in cells if cell is not None}
    return all(cells) and kinds <= SUMMED and len(units) == 1 and len(kinds) == 1


_INDEX_SUM = re.compile(r"^\(?(\d+)\)?=([+-]?\(?\d+\)?(?:[+-]\(?\d+\)?)*)$")
_INDEX_TERM = re.compile(r"([+-]?)\(?(\d+)\)?")


def _by_column_numbers(table: TableUnderstood) -> Iterator[Proposal]:
    """Yield what the row of column numbers says: “3=1+2”."""
    by_number = {}
    for box in table.found.heading.index:
        number = box.key.replace("(", "").replace(")", "").partition("=")[0]
        column = next((one for one in table.found.columns if one.at == box.left), None)
        if number.isdigit() and column is not None:
            by_number[number] = column
    for box in table.found.heading.index:
        match = _INDEX_SUM.match(box.key)
        if not match or match[1] not in by_number:
            continue
        terms = [
            (-1 if sign == "-" else 1, by_number.get(number))
            for sign, number in _INDEX_TERM.findall(match[2])
        ]
        if all(column is not None for _, column in terms):
            parts = [(sign, column) for sign, column in terms if column is not None]
            reason = f"栏次“{box.text.strip()}”"
            yield from _row_claim(table, "=", by_number[match[1]], parts, reason)


_OPENING = re.compile(r"^(?:年初|期初|上年末)")
_CLOSING = re.compile(r"^(?:年末|期末|本年末)")
_MORE = re.compile(r"增加|新增|追加")
_LESS = re.compile(r"减少|核减|处置")
_FIRST_BUDGET = re.compile(r"^年初预算")
_CHANGE = re.compile(r"^(?:预算)?(?:调整|调剂)(?:预算)?(?:数|额)?(?:[(][^)]*[)])?$|^追加")
_WHOLE_BUDGET = re.compile(r"^(?:全年|调整后)预算")
_DIFFERENCE = re.compile(r"^(?:比上年)?增减(?:额|数|变动(?:额|数)?)?$|^变动额$")
_EARLIER = re.compile(r"上年|上期|年初|期初")
_YEAR = re.compile(r"(?:19|20)\d\d")


def _changes(table: TableUnderstood) -> Iterator[Proposal]:
    """Yield what openings, changes and closings in a row must give."""
    columns = [one for one in figures(table) if one.use is Use.VALUE and not _scores(table, one)]
    keyed = [(words.plain_title(one.path[-1]) if one.path else "", one) for one in columns]

    def only(pattern: re.Pattern[str]) -> TableColumn | None:
        found = [one for key, one in keyed if pattern.search(key)]
        return found[0] if len(found) == 1 else None

    opening, closing, more, less = map(only, (_OPENING, _CLOSING, _MORE, _LESS))
    if opening and closing and more and less:
        parts = [(1, opening), (1, more), (-1, less)]
        yield from _row_claim(table, "=", closing, parts, "年末 = 年初 + 增加 − 减少")
    first, change, whole = map(only, (_FIRST_BUDGET, _CHANGE, _WHOLE_BUDGET))
    if first and change and whole:
        parts = [(1, first), (1, change)]
        yield from _row_claim(table, "=", whole, parts, "全年预算 = 年初预算 + 调整")
    yield from _difference(table, keyed, only(_DIFFERENCE))


def _difference(
    table: TableUnderstood,
    keyed: Sequence[tuple[str, TableColumn]],
    difference: TableColumn | None,
) -> Iterator[Proposal]:
    """Yield 增减额 = 本年数 − 上年数 where just two other columns hold figures."""
    pair = [(key, one) for key, one in keyed if one is not difference]
    if difference and len(pair) == 2:
        earlier, later = in_time(pair)
        parts = [(1, later), (-1, earlier)]
        yield from _row_claim(table, "=", difference, parts, "增减额 = 本年数 − 上年数")


def in_time(pair: Sequence[tuple[str, TableColumn]]) -> tuple[TableColumn, TableColumn]:
    """Return the two columns, the earlier one first: by year, by 上年 and 年初, else as printed."""
    (first_key, first), (second_key, second) = pair
    years = [_YEAR.search(key) for key in (first_key, second_key)]
    swapped = (
        years[0].group() > years[1].group()
        if years[0] and years[1]
        else bool(_EARLIER.search(second_key)) and not _EARLIER.search(first_key)
    )
    return (second, first) if swapped else (first, second)


# ----------------------------------------------------------------------------------- between tables

_GRAND = re.compile(r"总计$|^总计")


def _both_sides(understanding: Understanding) -> Iterator[Proposal]:
    """Yield 收入总计 = 支出总计 where two tables stand side by side under one heading."""
    tables = understanding.tables
    for left, right in itertools.pairwise(tables):
        if left.sheet != right.sheet or left.found.block.top != right.found.block.top:
            continue
        totals = [
            next((line for line in reversed(one.found.lines) if _grand(line)), None)
            for one in (left, right)
        ]
        if totals[0] is None or totals[1] is None:
            continue
        for column in figures(left):
            other = next((one for one in figures(right) if one.path[-1:] == column.path[-1:]), None)
            if other and left.at(totals[0], column) and right.at(totals[1], other):
                one = ((1, Spot(left, totals[0], column)),)
                two = ((1, Spot(right, totals[1], other)),)
                yield Proposal("=", one, two, "收入总计 = 支出总计")


def _grand(line: RowSeen) -> bool:
    return bool(line.title and _GRAND.search(words.plain_title(line.title.text)))
