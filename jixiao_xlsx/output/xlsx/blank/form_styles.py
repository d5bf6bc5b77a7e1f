"""The styles of a blank form: fonts, colours, borders and number formats of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jixiao_xlsx.form.spec import ColumnSpec, TableSpec
from jixiao_xlsx.output.xlsx.page import row_height
from jixiao_xlsx.output.xlsx.styles import HEI, SIZE, SONG, Properties, Styles

_SIZE, TITLE_SIZE = 10.5, 18  # points
FILLS: Mapping[str, str] = {
    "input": "#FFF9DB",
    "auto": "#EDEDED",
    "fixed": "#FFFFFF",
    "given": "#E2EFDA",  # typed ahead by the bureau, and not to be changed
    "void": "#D9D9D9",
}
WRONG_FILL = "#FFC7CE"  # a cell that 自检 finds wrong
UNFILLED_FILL = "#FBE0CC"  # a required cell that is still blank
BAND_FILL = "#EEF3FA"
GREEN, AMBER, RED, GREY = "#375623", "#9C5700", "#C00000", "#7F7F7F"
LINK_COLOUR = "#0563C1"
STAR = '@"*"'  # shows a required title with a star without changing the cell's text

_BASE: Properties = {"font_name": SONG, "font_size": _SIZE, "valign": "vcenter"}
_BOXED: Properties = {"border": 1, "border_color": "#7F7F7F", "text_wrap": True}
_TRAITS: Mapping[str, Properties] = {
    "title": {"font_name": HEI, "font_size": TITLE_SIZE, "align": "center", "text_wrap": True},
    "caption": {"font_name": HEI, "font_size": 12},  # the title of one of several tables
    "boxed": _BOXED,
    "head": {**_BOXED, "font_name": HEI, "align": "center", "bg_color": "#DCE6F1"},
    "band": {**_BOXED, "font_name": HEI, "bg_color": BAND_FILL, "indent": 1, "align": "left"},
}
_CENTRED = ("count", "score", "percent", "measure", "choice", "date")


def form_styles(book: Any) -> Styles:
    """Return the formats of a blank form."""
    return Styles(book, _TRAITS, _BASE)


def grid_style(
    styles: Styles,
    role: str,
    align: str,
    number: str,
    *,
    bold: bool = False,
    high: bool = False,
    free: bool = False,
) -> Any:
    """Return the format of a cell of the grid; only inputs are unlocked, and what is `free`.

    `role` is a key of FILLS, `number` a number format; `high`: the text starts at the top.
    """
    return styles(
        "boxed",
        bg_color=FILLS[role],
        align=align,
        valign="top" if high else "vcenter",
        num_format=number,
        locked=role != "input" and not free,
        bold=bold,
        indent=int(align == "left"),
        text_wrap=align != "right",
    )


def form_row_height(cells: Iterable[tuple[str, float]], least: float) -> float:
    """Return the points of a row of (text, column width), for the form's larger letters."""
    return row_height([(text, width * SIZE / _SIZE) for text, width in cells], least=least)


def alignment(kind: str) -> str:
    """Return where the content of a cell of a kind stands: left, center or right."""
    return "right" if kind == "money" else "center" if kind in _CENTRED else "left"


def number_format(table: TableSpec, row: str, column: ColumnSpec, unit: str = "") -> str:
    """Return the number format of a cell. `unit` is the 计量单位 typed beside a measure."""
    kind = table.kind(row, column)
    decimals = table.decimals_of(row, column)
    digits = "." + "0" * decimals if decimals else ""
    match kind:
        case "money":
            # Room at the right that every program keeps, as it does not keep an indent.
            return f"#,##0{digits}_ "
        case "percent":
            return f"0{digits}%"
        case "count":
            in_record = table.shape == "record" and row in table.row
            own = table.row[row].unit if in_record else ""
            return f'0"{own}"' if own else "#,##0"
        case "score":
            return f"0{digits}" if decimals <= 2 else "General"
        case "measure":
            return "0.00%" if unit == "%" else "General"
        case "date":
            return 'yyyy"年"m"月"d"日"'
        case "text":
            return "@"
    return "General"
