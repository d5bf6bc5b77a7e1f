"""The total score of a form: of its indicators, with or without that of 预算执行率."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jixiao_xlsx.adopting.claims.proposals import Proposal, Spot
from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.boxes import Print
from jixiao_xlsx.adopting.seen.tables import RowSeen, TableColumn, TableFound
from jixiao_xlsx.adopting.understanding import TableUnderstood, Understanding
from jixiao_xlsx.values.text import tidy


def overall_scores(understanding: Understanding) -> Iterator[Proposal]:
    """Yield the total of the scores of indicators, with that of 预算执行率 where it is in it."""
    for table in understanding.tables:
        total = next((line for line in table.found.lines if line.total), None)
        for column in score_columns(table.found) if table.found.levels else ():
            if total is not None and table.at(total, column) is not None:
                yield from _overall_score(understanding, table, total, column)


def _overall_score(
    understanding: Understanding, table: TableUnderstood, total: RowSeen, column: TableColumn
) -> Iterator[Proposal]:
    listed = [
        line for line in table.found.lines if not line.total and table.at(line, column) is not None
    ]
    parts = [(1, Spot(table, line, column)) for line in listed]
    reason = f"“{total.path[-1]}”：各指标得分之和"
    other = execution_score_spot(understanding, table)
    if other is not None and total_includes(table, total):
        parts.append((1, other))
        reason += "，加预算执行率得分"
    elif len(parts) > 1:
        own = tuple((1, Spot(table, line, None)) for line in listed)
        yield Proposal("=", ((1, Spot(table, total, None)),), own, reason, True, (column,))
        return
    if len(parts) > 1:
        yield Proposal("=", ((1, Spot(table, total, column)),), tuple(parts), reason)


def score_columns(table: TableFound) -> Sequence[TableColumn]:
    """Return the columns of scores, also those that the bureau fills in: 自评得分, 复核得分."""
    return [one for one in table.columns if re.search(r"得分|自评分|评分$", one.leaf.key)]


_OF_OTHERS = re.compile(r"复核|财政|主管|评审|核定|审核|抽查|考评组|评价组|最终")


def score_column(table: TableFound) -> TableColumn | None:
    """Return the column of the self-score: 得分, not that of whoever checks it."""
    found = score_columns(table)
    own = [one for one in found if "自评" in one.leaf.key] or [
        one for one in found if not _OF_OTHERS.search(one.leaf.key)
    ]
    return (own or list(found))[-1] if found else None


def weight_column(table: TableFound) -> TableColumn | None:
    """Return the column of the weights: 分值, 权重; of several that of the lowest level."""
    found = [one for one in table.columns if re.search(r"分值|权重|标准分|满分", one.leaf.key)]
    levels = [one.at for one in table.columns if words.is_level(one.leaf.key)]
    beside = [one for one in found if levels and one.at > levels[-1]]
    return (beside or list(found))[0] if found else None


def execution_score_spot(understanding: Understanding, table: TableUnderstood) -> Spot | None:
    """Return where the score of 预算执行率 is typed: a table of funds with 执行率 and 得分."""
    for other in understanding.tables:
        if other is table or other.found.levels or other.sheet != table.sheet:
            continue
        column = score_column(other.found)
        if column is None or not any("执行率" in one.leaf.key for one in other.found.columns):
            continue
        for line in other.found.lines:
            if other.at(line, column) is not None:
                return Spot(other, line, column)
    return None


def total_includes(table: TableUnderstood, total: RowSeen) -> bool:
    """Return whether the total contains the score of 预算执行率: what is printed must add up.

    Where no weights are printed, it does: the forms of 100 points are 90 and 10.
    """
    column = weight_column(table.found)
    if column is None:
        return True
    whole = table.found.box(total, column)
    full = float(whole.text) if whole.print is Print.NUMBER else 100.0
    printed, levels = printed_weights(table), level_weights(table)
    lines = [line for line in table.found.lines if not line.total]
    if len(printed) == len(lines):
        return abs(sum(printed) - full) > _NOTHING
    return abs(sum(levels) - full) > _NOTHING if levels else True


_NOTHING = 0.001
_LEVEL_WEIGHT = re.compile(r"[(](\d+(?:\.\d+)?)分[)]")


def printed_weights(table: TableUnderstood) -> Sequence[float]:
    """Return the weights that are printed for indicators."""
    column = weight_column(table.found)
    if column is None:
        return ()
    boxes = [table.found.box(line, column) for line in table.found.lines if not line.total]
    return [float(box.text) for box in boxes if box.print is Print.NUMBER]


def level_weights(table: TableUnderstood) -> Sequence[float]:
    """Return the weights printed in the titles of the first level, where all have one: （50分）."""
    lines = [line for line in table.found.lines if not line.total]
    outer = dict.fromkeys(line.path[0] for line in lines if line.path)
    found = [_LEVEL_WEIGHT.search(tidy(text)) for text in outer]
    known = [float(one[1]) for one in found if one]
    return known if len(known) == len(outer) else ()
