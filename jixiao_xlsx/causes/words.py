"""What a cause supposes: where, and what seems to have happened. What to check is for the letter.

A figure is only proposed where it follows from typed parts or from the bureau's own figures.
"""

from __future__ import annotations

from decimal import Decimal

from jixiao_xlsx.causes.model import Model
from jixiao_xlsx.causes.readings import Holding, Remedy
from jixiao_xlsx.checking.rule import cell_name
from jixiao_xlsx.values.causes import Probable
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.text import percent, plain

_TYPED = {
    "sign": "正负号填反",
    "digits_swapped": "有两位数字填颠倒",
    "digit_missing": "少填一位数字",
    "digit_extra": "有一位数字填了两遍",
    "digit_wrong": "填错一位数字",
    "neighbour": "填成了相邻一格的数",
    "old_total": "是改动以前的合计",
    "repeats_rest": "与其余各行之和重复",
    "figure": "填错",
    "result": "填错",
}
_BLANK = {"blank": "一个数", "carry_missing": "结转和结余"}
_BIGGER, _SMALLER = "把元当作万元填写，大了 10000 倍", "把万元当作元填写，小了 10000 倍"


def message(change: Remedy, model: Model) -> str:
    """Return the message on a change, as the department reads it."""
    words = _WHOLE.get(change.kind)
    return words(change, model) if words else _one_cell(change, model)


def probable(change: Remedy, number: int, model: Model) -> Probable | None:
    """Return what a cell should probably hold; None where nothing determines it."""
    reading = change.readings.get(number)
    if not change.determined or reading is None or reading.number is None:
        return None
    cell = model.cells[number]
    if _is_rate(cell):
        return Probable(round(reading.number * 100, 2), "%")
    return Probable(round(reading.number, max(cell.decimals, 0)), cell.unit)


def _is_rate(cell: Cell) -> bool:
    return (cell.unit in {"%", ""} and cell.number is None) or cell.unit == "%"


def _one_cell(change: Remedy, model: Model) -> str:
    cell = model.cells[change.culprits[0]]
    name = cell_name(cell, model.evidence.template)
    if why := _BLANK.get(change.kind):
        return f"{name}疑似漏填{why}。"
    return f"{name}填 {reported(cell)}{_unit(cell)}，疑似{_slip(change, model)}。"


def _slip(change: Remedy, model: Model) -> str:
    number = change.culprits[0]
    before, after = model.readings[number].number, change.readings[number].number
    if change.kind in {"unit_cell", "decimal_point"} and before and after:
        bigger = abs(before) > abs(after)
        if change.kind == "unit_cell":
            return _BIGGER if bigger else _SMALLER
        return "小数点错位或多填了位数" if bigger else "小数点错位或少填了位数"
    if change.kind in {"left_out", "added_twice"}:
        return f"漏加 {change.what}" if change.kind == "left_out" else f"把 {change.what} 加了两次"
    return _TYPED[change.kind]


def _unit(cell: Cell) -> str:
    return f" {cell.unit}" if cell.unit and cell.unit != "%" else ""


def _column_unit(change: Remedy, model: Model) -> str:
    cells = [model.cells[one] for one in change.culprits]
    span = f"{cells[0].ref}—{cells[-1].ref}"
    return f"“{change.what}”整列（{span}）疑似{_unit_slip(change, model)}。"


def _table_unit(change: Remedy, model: Model) -> str:
    cell = model.cells[change.culprits[0]]
    return f"本表金额应以{cell.unit}为单位，整表疑似{_unit_slip(change, model)}。表头的单位也请一并核对。"


def _heading_unit(change: Remedy, model: Model) -> str:
    unit = model.cells[change.culprits[1]].unit
    return f"这里写的单位是{change.what}，表样是{unit}，疑似金额也是按{change.what}填的。"


def _unit_slip(change: Remedy, model: Model) -> str:
    number = change.culprits[0]
    before, after = model.readings[number], change.readings[number]
    return _BIGGER if _size(before) > _size(after) else _SMALLER


def _size(reading: Holding) -> Decimal:
    return abs(reading.number or Decimal(0))


def _subtotal(change: Remedy, model: Model) -> str:
    line = _line(model.cells[change.culprits[0]])
    name = f"“{change.what}”" if change.what else ""
    return f"第 {line} 行{name}是其他几行之和，疑似把小计当作明细填写。小计行请删去，以免重复相加。"


def _twice(change: Remedy, model: Model) -> str:
    one, other = change.what.split("|")
    return f"第 {one} 行与第 {other} 行完全相同，疑似同一行填了两遍。"


def _missing_row(change: Remedy, model: Model) -> str:
    figures = "、".join(
        f"{model.cells[n].column} {plain(reading.number)}{_unit(model.cells[n])}"
        for n, reading in change.readings.items()
        if reading.number is not None
    )
    return f"合计比各行之和多，疑似漏填一行（{figures}左右）。"


def _shifted(change: Remedy, model: Model) -> str:
    cells = sorted((model.cells[one] for one in change.culprits), key=lambda c: c.place.order)
    span = f"{cells[0].ref}—{cells[-1].ref}"
    return f"“{cells[0].column}”一列 {span} 的数疑似向{change.what}错了一行。"


def _columns_left(change: Remedy, model: Model) -> str:
    first, last, empty = change.what.split("|")
    name = f"“{first}”" if first == last else f"“{first}”至“{last}”"
    return f"{name}各列的数疑似整体向左错了一列，“{empty}”因此空着。"


def _exchanged(change: Remedy, model: Model) -> str:
    one, other = (model.cells[number] for number in change.culprits)
    return f"{one.ref} 填 {reported(one)}、{other.ref} 填 {reported(other)}，疑似两格填颠倒。"


def _text_in_sum(change: Remedy, model: Model) -> str:
    texts, total = change.culprits[:-1], model.cells[change.culprits[-1]]
    refs = "、".join(model.cells[one].ref for one in texts)
    return (
        f"{refs} 的数是文本，疑似因此没有加进 {total.ref} 的公式。"
        f"请把 {refs} 改成数字，再按 F9 重算。"
    )


def _sum_range(change: Remedy, model: Model) -> str:
    cell = model.cells[change.culprits[0]]
    name = cell_name(cell, model.evidence.template)
    return f"{name}的公式疑似没有加上 {change.what}。请核对公式的求和范围。"


def _old_result(change: Remedy, model: Model) -> str:
    cell = model.cells[change.culprits[0]]
    name = cell_name(cell, model.evidence.template)
    return f"{name}显示 {cell.text}{_unit(cell)}，与公式的各项之和不符，疑似是旧结果。请按 F9 重算后保存。"


def _line(cell: Cell) -> str:
    return "".join(char for char in cell.ref if char.isdigit())


def _score(change: Remedy, model: Model) -> str:
    cell = model.cells[change.culprits[0]]
    name = cell_name(cell, model.evidence.template)
    return f"{name}填 {reported(cell)} 分，疑似与这一项的目标值、业绩值不相称。"


def _given(change: Remedy, model: Model) -> str:
    cell, right = model.cells[change.culprits[0]], change.readings[change.culprits[0]].number
    name = cell_name(cell, model.evidence.template)
    shown = plain(right or Decimal(0), 2 if cell.unit == "元" else None)
    return f"{name}填 {reported(cell)}{_unit(cell)}，疑似填错：{change.what} {shown}{_unit(cell)}。"


_WHOLE = {
    "given": _given,
    "score": _score,
    "unit_column": _column_unit,
    "unit_table": _table_unit,
    "unit_heading": _heading_unit,
    "subtotal_row": _subtotal,
    "row_twice": _twice,
    "row_missing": _missing_row,
    "shifted": _shifted,
    "columns_left": _columns_left,
    "exchanged": _exchanged,
    "text_in_sum": _text_in_sum,
    "sum_range": _sum_range,
    "old_result": _old_result,
}


def reported(cell: Cell) -> str:
    """Return what was typed in a cell, a rate as a percentage."""
    if cell.unit == "%" and cell.number is not None and not str(cell.raw).endswith("%"):
        return percent(cell.number, cell.decimals)
    return cell.text
