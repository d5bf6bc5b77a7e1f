"""Read the decisions that a reviewer typed into 问题清单 of 汇总.xlsx: columns by title."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jixiao_xlsx.reading.cell_value import value_text
from jixiao_xlsx.reading.sheets import read_worksheets
from jixiao_xlsx.reading.titles import title_key
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.people import Action, Decision, as_kept
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy

FINDINGS_SHEET = "问题清单"
_DEPARTMENT = "部门"
ACTION, REASON, BY, APPROVED_BY, AT, MARK = (
    "处理意见",
    "理由",
    "经办人",
    "批准人",
    "日期",
    "标识",
)
_NOT_TAKEN = "DEC101"
_TITLES = (_DEPARTMENT, ACTION, REASON, BY, APPROVED_BY, AT, MARK)
_ACTIONS = {action.label: action for action in Action}
_Line = Mapping[str, str]


def mark_of(finding: str, reported: str) -> str:
    """Return 标识 of a row: the finding, and what its cell held when the row was written."""
    return f"{finding} {as_kept(reported)}".strip()


def read_decisions(data: bytes, file: str) -> tuple[tuple[Decision, ...], tuple[BatchFinding, ...]]:
    """Return the decisions in a 汇总.xlsx, and findings on rows that cannot be taken.

    Raises Refused.
    """
    grids = read_worksheets(data, lambda name, _: name == FINDINGS_SHEET)
    lines = [(row, line) for grid in grids for row, line in _lines(grid)]
    decisions, refused = [], []
    for row, line in lines:
        source = f"{file} 第 {row + 1} 行"
        if mistake := _mistake(line):
            refused.append(_unusable(source, line, mistake))
        else:
            decisions.append(_decision(line, source))
    if not lines and not any(_columns(grid) for grid in grids):
        words = f"处理意见：“{file}”里没有本程序写出的“{FINDINGS_SHEET}”，没有采用。"
        hint = "请在以前结果的汇总.xlsx 里填写，不要改列名"
        refused.append(BatchFinding(_NOT_TAKEN, Severity.ERROR, (), words, hint))
    return tuple(decisions), tuple(refused)


def _lines(grid: Worksheet) -> Iterator[tuple[int, _Line]]:
    """Yield each row below the titles in which something was decided."""
    if (found := _columns(grid)) is None:
        return
    head, columns = found
    for row in grid.lines:
        line = {title: _text(grid, row, at) for title, at in columns.items()}
        if row > head and line[ACTION]:
            yield row, line


def _columns(grid: Worksheet) -> tuple[int, Mapping[str, int]] | None:
    """Return the row of the titles, and the column of each."""
    for row in grid.lines:
        at = {grid.keys.get((row, column), ""): column for column in grid.columns_in(row)}
        if all(title_key(title) in at for title in _TITLES):
            return row, {title: at[title_key(title)] for title in _TITLES}
    return None


def _text(grid: Worksheet, row: int, column: int) -> str:
    raw = grid.raw(row, column)
    return value_text(raw) if raw is not None else ""


def _mistake(line: _Line) -> str:
    """Return why a row cannot be taken, and what to do; "" where it can."""
    action = _ACTIONS.get(tidy(line[ACTION]))
    if action is None:
        return f"处理意见填“{line[ACTION]}”，应从“{'、'.join(_ACTIONS)}”中选"
    if not line[MARK]:
        return "这一行没有可以处理的问题（部门之间的问题和无法对应的行不在此填写）"
    if action is Action.WAIVE and not line[APPROVED_BY]:
        return "豁免须填批准人"
    if action is not Action.RETURN and not line[REASON]:
        return f"{action.label}须填理由"
    return ""


def _unusable(source: str, line: _Line, mistake: str) -> BatchFinding:
    words = f"{source} 的处理意见没有采用：{mistake}。"
    departments = (line[_DEPARTMENT],) if line[_DEPARTMENT] else ()
    return BatchFinding(_NOT_TAKEN, Severity.WARNING, departments, words, "请改好后再运行一次")


def _decision(line: _Line, source: str) -> Decision:
    finding, _, reported = line[MARK].partition(" ")
    return Decision(
        line[_DEPARTMENT],
        finding,
        reported,
        _ACTIONS[tidy(line[ACTION])],
        line[REASON],
        line[BY],
        line[APPROVED_BY],
        line[AT],
        source,
    )
