"""The data sheets of the form: titles, ruled tables, merged cells, page set-up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from jixiao_xlsx.form.spec import ColumnSpec, RowSpec
from jixiao_xlsx.output.xlsx.blank.canvas import Canvas, write_title, write_who
from jixiao_xlsx.output.xlsx.blank.contents import GridCell
from jixiao_xlsx.output.xlsx.blank.form_styles import (
    STAR,
    alignment,
    form_row_height,
    grid_style,
    number_format,
)
from jixiao_xlsx.output.xlsx.blank.input_help import TICKS, guide_entry, required
from jixiao_xlsx.output.xlsx.blank.layout import (
    EMPTY_TABLE,
    RowPlace,
    SheetPlace,
    TableFilling,
    TablePlace,
)
from jixiao_xlsx.output.xlsx.cells import put, put_merged, typed_text
from jixiao_xlsx.output.xlsx.page import set_page

_ROW_HEIGHT, _HEAD_HEIGHT, _EXTRA_HEIGHT, _SIGNATURE_HEIGHT = 22.0, 30.0, 60.0, 30.0
_MONEY_WIDTH = 17.5  # 1,234,567,890.12
_ONE_PAGE = 45  # lines of a signed sheet that still go on one page with their signatures
_NARROW = 12  # columns up to here centre their words
_LABEL_WIDTHS, _LONG_LABEL_WIDTH = (12.0, 40.0), 22.0


def draw_sheet(canvas: Canvas, sheet: Any, place: SheetPlace) -> None:
    """Draw a data sheet: its tables from top to bottom and the signatures below."""
    widths = sheet_widths(place)
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    if place.titled:
        write_title(
            canvas, sheet, (0, 0), "{year}年度" + (place.spec.heading or place.spec.title), widths
        )
        write_who(canvas, sheet, 1)
    for table in place.tables:
        _draw_table(canvas, sheet, table, widths)
    for text, line, first, last in place.signature:
        put_merged(sheet, (line, first, line, last), text, canvas.styles())
        sheet.set_row(line, _SIGNATURE_HEIGHT)
    _set_page(sheet, place)


def _set_page(sheet: Any, place: SheetPlace) -> None:
    first = place.tables[0]
    alone = len(place.tables) == 1
    upright = place.spec.orientation == "portrait"
    set_page(
        sheet, portrait=upright, repeat=(0, first.header if alone else 0), footer=place.spec.title
    )
    sheet.print_area(0, 0, place.end - 1, place.width - 1)
    sheet.print_black_and_white()
    if place.signature and place.end <= _ONE_PAGE:
        sheet.fit_to_pages(1, 1)
    if alone:
        sheet.freeze_panes(first.header + 1, 1 if first.labelled else min(first.words, 3))


def sheet_widths(place: SheetPlace) -> list[float]:
    """Return column widths in characters: wide enough for every table of the sheet."""
    widths = [8.0] * place.width
    for table in place.tables:
        if table.labelled:
            widths[0] = max(widths[0], _label_width(table))
        for column in table.spec.columns:
            at = table.columns[column.title]
            widths[at] = max(
                widths[at], column.width, _MONEY_WIDTH if column.type == "money" else 0
            )
    return widths


def _label_width(table: TablePlace) -> float:
    longest = max(
        (
            len(row.title.encode("gb18030", "replace")) * 1.06 + _indent(row) + 3
            for row in table.spec.rows
        ),
        default=0,
    )
    if any(column.type == "long" for column in table.spec.columns):
        return min(longest, _LONG_LABEL_WIDTH)
    return min(max(longest, _LABEL_WIDTHS[0]), _LABEL_WIDTHS[1])


def _indent(row: RowSpec | None) -> int:
    """Return by how many characters a row's title is moved to the right."""
    return 2 + 4 * (row.indent if row else 0)


# -------------------------------------------------------------------------------------- a table


def _draw_table(canvas: Canvas, sheet: Any, table: TablePlace, widths: list[float]) -> None:
    filling = canvas.filling.get(table.spec.name, EMPTY_TABLE)
    _draw_heading(canvas, sheet, table, widths, filling)
    _draw_header(canvas, sheet, table, widths)
    for line, text in table.bands.items():
        put_merged(sheet, (line, 0, line, table.width - 1), text, canvas.styles["band"])
        sheet.set_row(line, _ROW_HEIGHT)
    for row in table.rows:
        _draw_row(canvas, sheet, table, row, widths)
    for first, last, column in _vertical_merges(canvas, table, filling):
        _merge_down(canvas, sheet, table, first, last, column)
    if table.spec.total and not table.labelled and table.words > 1:
        line = table.row[table.spec.total].line
        put_merged(
            sheet,
            (line, 0, line, table.words - 1),
            table.spec.total,
            grid_style(canvas.styles, "fixed", "center", "@", bold=True),
        )
    for title in table.extras:
        _draw_extra(canvas, sheet, table, title, filling.extras.get(title), widths)
    guide_entry(canvas, sheet, table)


def _draw_heading(
    canvas: Canvas, sheet: Any, table: TablePlace, widths: list[float], filling: TableFilling
) -> None:
    spec = table.spec
    if spec.caption:
        sheet.write_string(
            *table.heading, filling.heading or spec.heading, canvas.styles["caption"]
        )
        sheet.set_row(table.heading[0], 24)
    else:
        write_title(canvas, sheet, table.heading, spec.heading, widths, filling.heading)
        if spec.shape != "record":
            write_who(canvas, sheet, table.unit[0])
    remark = (
        f"单位：{spec.unit}"
        if spec.unit
        else "注：带 * 的为必填项"
        if any(required(table, row) for row in table.rows)
        else ""
    )
    if remark:
        sheet.write_string(*table.unit, remark, canvas.styles(align="right"))
    if table.tick:
        line, column = table.tick
        sheet.write_string(line, column - 1, spec.tick, canvas.styles("boxed", align="center"))
        put(
            sheet,
            *table.tick,
            TICKS[0] if filling.ticked else None,
            grid_style(canvas.styles, "input", "center", "@"),
        )
        sheet.set_row(line, _ROW_HEIGHT)


def _draw_header(canvas: Canvas, sheet: Any, table: TablePlace, widths: list[float]) -> None:
    if table.labelled:
        sheet.write_string(table.header, 0, table.spec.label_title, canvas.styles["head"])
    for title, column in table.columns.items():
        put_merged(
            sheet,
            (table.header, column, table.header, _right(table, column, widths)),
            title,
            canvas.styles["head"],
        )
    sheet.set_row(
        table.header,
        form_row_height(
            ((title, widths[column]) for title, column in table.columns.items()), _HEAD_HEIGHT
        ),
    )


def _draw_row(
    canvas: Canvas, sheet: Any, table: TablePlace, row: RowPlace, widths: list[float]
) -> None:
    spec = table.spec.row.get(row.title)
    strong = row.kind == "total" or bool(spec and spec.auto)
    measured: list[tuple[str, float]] = []
    if table.labelled:
        number = STAR if required(table, row) else "@"
        style = canvas.styles(
            "boxed", num_format=number, indent=_indent(spec) // 2, bold=strong, align="left"
        )
        sheet.write_string(row.line, 0, row.title, style)
        measured.append((row.title, widths[0] - _indent(spec)))
    for column in table.spec.columns:
        content = canvas.contents[(table.spec.name, row.key, column.title)]
        at = (row.line, table.columns[column.title])
        right = _right(table, at[1], widths)
        style = _style(canvas, table, row, column, content, strong)
        if right > at[1]:
            sheet.merge_range(*at, row.line, right, "", style)
        put(sheet, *at, content.content, style, whole=True)
        if isinstance(content.value, str):
            measured.append((content.value, sum(widths[at[1] : right + 1]) - 1))
    sheet.set_row(row.line, form_row_height(measured, max(spec.height if spec else 0, _ROW_HEIGHT)))


def _right(table: TablePlace, column: int, widths: list[float]) -> int:
    """Return the last column that a cell covers.

    Words at the edge of one of several tables run on to the sheet's.
    """
    last = table.spec.columns[-1]
    words = table.spec.caption and table.labelled and last.type in {"text", "long"}
    return len(widths) - 1 if words and column == table.columns[last.title] else column


def _style(
    canvas: Canvas,
    table: TablePlace,
    row: RowPlace,
    column: ColumnSpec,
    content: GridCell,
    strong: bool,
) -> Any:
    number = number_format(table.spec, row.title, column, _unit_beside(canvas, table, row))
    if column.title in table.spec.label and required(table, row):
        number = STAR
    essay = table.spec.shape == "record" and table.spec.kind(row.title, column) == "long"
    # A row that is inserted takes after the one above it: its formula must be copied into it.
    free = content.role == "auto" and row.kind == "open"
    align = _align(table, row, column)
    return grid_style(
        canvas.styles, content.role, align, number, bold=strong, high=essay, free=free
    )


def _align(table: TablePlace, row: RowPlace, column: ColumnSpec) -> str:
    if table.spec.shape == "record":
        return "left"
    narrow = column.type == "text" and column.width <= _NARROW
    named = row.kind == "total" and not column.numeric
    return (
        "center"
        if narrow or named or column.title in table.spec.inherit
        else alignment(table.spec.kind(row.title, column))
    )


def _unit_beside(canvas: Canvas, table: TablePlace, row: RowPlace) -> str:
    """Return the 计量单位 of an indicator's row."""
    title = canvas.template.indicator_columns.get("unit", "")
    if table.spec.base != canvas.template.indicator_table or title not in table.columns:
        return ""
    return typed_text(canvas.contents[(table.spec.name, row.key, title)].value)


def _draw_extra(
    canvas: Canvas, sheet: Any, table: TablePlace, title: str, value: object, widths: list[float]
) -> None:
    line, column = table.extras[title]
    last = table.width - 1
    sheet.write_string(line, column - 1, title, canvas.styles("boxed", align="center"))
    put_merged(
        sheet,
        (line, column, line, last),
        typed_text(value),
        grid_style(canvas.styles, "input", "left", "General"),
        whole=True,
    )
    sheet.set_row(
        line, form_row_height([(typed_text(value), sum(widths[column : last + 1]))], _EXTRA_HEIGHT)
    )


# --------------------------------------------------------------------------------------- merges


def _vertical_merges(
    canvas: Canvas, table: TablePlace, filling: TableFilling
) -> Iterator[tuple[int, int, str]]:
    """Yield (first, last, column) of open rows to join.

    They are those that inherit downward, and the merges of the filling.
    """
    filled = _filled_rows(canvas, table)
    starts = {0}
    for title in table.spec.inherit:
        values = [
            canvas.contents[(table.spec.name, number, title)].value for number in range(filled)
        ]
        starts = starts | {n for n in range(1, filled) if values[n] not in (None, values[n - 1])}
        edges = [*sorted(starts), filled]
        yield from ((first, end - 1, title) for first, end in pairwise(edges) if end - first > 1)
    yield from ((first, last, title) for title, first, last in filling.merges)


def _filled_rows(canvas: Canvas, table: TablePlace) -> int:
    name = table.spec.name
    used = [
        number
        for number in range(len(table.open_rows))
        if any(
            canvas.contents[(name, number, column.title)].value is not None
            for column in table.spec.columns
        )
    ]
    return used[-1] + 1 if used else 0


def _merge_down(
    canvas: Canvas, sheet: Any, table: TablePlace, first: int, last: int, title: str
) -> None:
    top, bottom = table.row[first], table.row[last]
    column = table.spec.column[title]
    content = canvas.contents[(table.spec.name, first, title)]
    style = _style(canvas, table, top, column, content, False)
    at = (top.line, table.columns[title])
    sheet.merge_range(*at, bottom.line, at[1], "", style)
    put(sheet, *at, content.content, style, whole=True)
