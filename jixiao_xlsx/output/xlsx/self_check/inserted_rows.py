"""Rows that are still to be inserted: one line of 自检 for all, naming the first wrong one."""

from __future__ import annotations

from collections.abc import Sequence

from jixiao_xlsx.output.xlsx.cells import Live, text_constant
from jixiao_xlsx.output.xlsx.self_check.helper_cells import HelperSheet
from jixiao_xlsx.output.xlsx.self_check.live_formulas import constant
from jixiao_xlsx.output.xlsx.self_check.states import (
    EXCUSED,
    FAILED,
    HOLDS,
    NOT_FILLED,
    NOT_NUMERIC,
    TOO_MANY,
)
from jixiao_xlsx.values.addresses import a1

_STATES, _FAILED, _EXCUSED = 1, 2, 3  # columns


def write_joined(
    helper: HelperSheet, states: Sequence[Live], first: int, too_many: Live
) -> tuple[Live, list[Live]]:
    """Return what to show of the rows from number `first` on, and for each 1 while it is wrong.

    None of them is filled while the workbook is drawn. `too_many` is 1 while there are still more.
    """
    top = helper.row
    marks = []
    for number, state in enumerate(states, start=first):
        row = helper.next_row(f"第 {number} 行")
        own = helper.put(row, _STATES, state.formula, state.value)
        test = f"IF(LEFT({own.formula},1)={{}},1,0)"
        marks.append(helper.put(row, _FAILED, test.format(text_constant(FAILED)), 0))
        helper.put(row, _EXCUSED, test.format(text_constant(EXCUSED)), 0)
    spans = {
        column: f"{a1(top, column, absolute=True)}:{a1(helper.row - 1, column, absolute=True)}"
        for column in (_STATES, _FAILED, _EXCUSED)
    }
    row = helper.next_row(f"第 {first} 行起")
    wrong, excused = (
        helper.put(row, column, f"IFERROR(MATCH(1,{spans[column]},0),0)", 0)
        for column in (_FAILED, _EXCUSED)
    )
    text = constant(NOT_FILLED).formula
    for word in (HOLDS, NOT_NUMERIC):
        text = f"IF(COUNTIF({spans[_STATES]},{text_constant(word)})>0,{text_constant(word)},{text})"
    text = f"IF({too_many.formula}>0,{text_constant(TOO_MANY)},{text})"
    for sign, at in ((EXCUSED, excused), (FAILED, wrong)):
        named = f'{text_constant(f"{sign} 第 ")}&({at.formula}+{first - 1})&" 行："'
        said = f"MID(INDEX({spans[_STATES]},{at.formula}),3,99)"
        text = f"IF({at.formula}>0,{named}&{said},{text})"
    return helper.put(row, _STATES, text, NOT_FILLED), marks
