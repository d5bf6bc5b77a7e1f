"""Help at the cell while a form is filled: dropdowns, input messages, refusal of stray text."""

from __future__ import annotations

from typing import Any

from jixiao_xlsx.form.spec import NUMERIC, ColumnSpec
from jixiao_xlsx.output.xlsx.blank.canvas import Canvas
from jixiao_xlsx.output.xlsx.blank.form_styles import UNFILLED_FILL
from jixiao_xlsx.output.xlsx.blank.layout import RowPlace, TablePlace
from jixiao_xlsx.values.addresses import a1

TICKS = ("√",)
_NA = "|—|——|-|－|/|无|不适用|"
_LIMITS = {
    "count": ("AND({cell}>=0,{cell}=INT({cell}))", "不小于 0 的整数"),
    "score": ("AND({cell}>=0,{cell}<=100)", "介于 0 和 100 之间的数"),
}
_EXAMPLES = {"元": "9548199.71", "万元": "954.82", "分": "2.7"}
_YEAR = "年"
_MAX_TITLE, _MAX_TEXT = 32, 255  # what a spreadsheet allows in these boxes

_COMPUTED: dict[str, object] = {
    "validate": "any",
    "input_message": "自动计算，不用填。插入的行没有公式，把上一行的这一格复制下来。",
}

_GIVEN: dict[str, object] = {
    "validate": "any",
    "input_message": "财政部门按决算报表填好，不用填，也不能改。与本单位账簿不符的，请与财政部门联系。",
}

_Help = tuple[str, str, tuple[str, ...], str]  # kind, unit, choices, hint


def guide_entry(canvas: Canvas, sheet: Any, table: TablePlace) -> None:
    """Add the rules and messages of one table's input cells, neighbours of a column together."""
    for column in table.spec.columns:
        groups: dict[_Help, list[RowPlace]] = {}
        for row in table.rows:
            role = canvas.contents[(table.spec.name, row.key, column.title)].role
            if role == "input":
                groups.setdefault(_help(table, row, column), []).append(row)
            elif role == "given":
                _validate(sheet, table.columns[column.title], [row], _GIVEN)
        computed = [row for row in table.open_rows if _is_computed(canvas, table, row, column)]
        _validate(sheet, table.columns[column.title], computed, _COMPUTED)
        for about, rows in groups.items():
            _validate(sheet, table.columns[column.title], rows, _rule(about, column.title))
        _mark_missing(canvas, sheet, table, column)
    if table.tick:
        rule = {"validate": "list", "source": list(TICKS)} | _message("没有这类业务的，在这里选√。")
        sheet.data_validation(*table.tick, *table.tick, rule)


def _is_computed(canvas: Canvas, table: TablePlace, row: RowPlace, column: ColumnSpec) -> bool:
    return canvas.contents[(table.spec.name, row.key, column.title)].role == "auto"


def required(table: TablePlace, row: RowPlace) -> tuple[str, ...]:
    """Return the columns of a fixed row that a person must fill."""
    spec = table.spec.row.get(row.title)
    return tuple(
        title
        for title in (spec.required if spec else ())
        if not table.spec.is_auto(row.title, table.spec.column[title])
    )


def _mark_missing(canvas: Canvas, sheet: Any, table: TablePlace, column: ColumnSpec) -> None:
    at = table.columns[column.title]
    rule = {"type": "blanks", "format": canvas.styles.conditional(bg_color=UNFILLED_FILL)}
    for row in table.rows:
        if column.title in required(table, row):
            sheet.conditional_format(row.line, at, row.line, at, rule)


def _help(table: TablePlace, row: RowPlace, column: ColumnSpec) -> _Help:
    spec = table.spec.row.get(row.title)
    choices = (spec.choices if spec else ()) or column.choices
    return (
        table.spec.kind(row.title, column),
        table.spec.unit_of(row.title, column),
        choices,
        spec.hint if spec else "",
    )


def _rule(about: _Help, title: str) -> dict[str, object] | None:
    kind, unit, choices, hint = about
    if choices:
        rule: dict[str, object] = {"validate": "list", "source": list(choices)}
        if kind != "choice":  # only what is usual; anything else may be typed
            return (
                rule
                | {"show_error": False}
                | _message(hint or "从下拉列表中选择；列表里没有的，直接填。")
            )
        words = "请从下拉列表中选择。"
        return (
            rule
            | {"error_message": words, "error_title": title[:_MAX_TITLE]}
            | _message(hint or words)
        )
    if kind in NUMERIC:
        return _number_rule(about, title) | _message(hint or _usual(kind, unit))
    if kind == "measure":
        hint = hint or "填数字或百分数；定性指标填达成、部分达成或未达成。"
    if kind == "date":
        hint = hint or "填日期，如 2025-3-20。"
    return {"validate": "any"} | _message(hint) if hint else None


def _usual(kind: str, unit: str) -> str:
    if kind == "percent":
        return "填百分数，如 95.5%。没有的填“—”。"
    if unit == _YEAR:
        return "填四位数的年份，如 2025。"
    return f"单位：{unit}。只填数字，如 {_EXAMPLES.get(unit, '12')}；没有的填“—”。"


def _number_rule(about: _Help, title: str) -> dict[str, object]:
    """Return a rule that allows only a number, or a word for 不适用.

    {cell} stands for the first cell of the area.
    """
    kind, unit, _, _ = about
    limit, what = _LIMITS.get(kind, ("TRUE", "数字"))
    tail = f"（单位：{unit}）" * (unit not in {"", "%"}) + "，不带文字；确实没有的填“—”。"
    if unit == _YEAR:
        limit, what, tail = "AND({cell}>1989,{cell}<2201)", "四位数的年份", "，如 2025。"
    return {
        "validate": "custom",
        "value": f'=IF(ISNUMBER({{cell}}),{limit},ISNUMBER(FIND("|"&TRIM({{cell}})&"|","{_NA}")))',
        "error_type": "stop",
        "error_title": title[:_MAX_TITLE],
        "error_message": f"这里应填{what}{tail}",
    }


def _message(text: str) -> dict[str, object]:
    return {"input_message": text[:_MAX_TEXT]} if text else {}


def _validate(
    sheet: Any, column: int, rows: list[RowPlace], rule: dict[str, object] | None
) -> None:
    if rule is None:
        return
    runs: list[list[int]] = []
    for row in rows:
        if runs and runs[-1][1] == row.line - 1:
            runs[-1][1] = row.line
        else:
            runs.append([row.line, row.line])
    for first, last in runs:
        own = dict(rule)
        if own["validate"] == "custom":
            own["value"] = str(own["value"]).replace("{cell}", a1(first, column))
        sheet.data_validation(first, column, last, column, own)
