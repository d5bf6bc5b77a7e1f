"""How a blank form looks: fonts, colours, borders and number formats of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jixiao_xlsx.form.spec import ColumnSpec, TableSpec
from jixiao_xlsx.output.xlsx.styles import SIZE as BASE
from jixiao_xlsx.output.xlsx.styles import height

FONT, TITLE_FONT = "宋体", "黑体"
SIZE, TITLE_SIZE, CAPTION_SIZE = 10.5, 18, 12
LINE = "#7F7F7F"
FILLS: Mapping[str, str] = {
    "input": "#FFF9DB",
    "auto": "#EDEDED",
    "fixed": "#FFFFFF",
    "void": "#D9D9D9",
}
WRONG = "#FFC7CE"  # a cell that 自检 finds wrong
MISSING = "#FBE0CC"  # a required cell that is still blank
HEAD_FILL, BAND_FILL = "#DCE6F1", "#EEF3FA"
GOOD, FAIR, BAD, TODO = "#375623", "#9C5700", "#C00000", "#7F7F7F"
STAR = '@"*"'  # shows a required title with a star without changing what the cell says

ALIGN: Mapping[str, str] = {
    "money": "right",
    "count": "center",
    "score": "center",
    "percent": "center",
    "measure": "center",
}
ALIGN_WORDS: Mapping[str, str] = {
    "choice": "center",
    "date": "center",
    "text": "left",
    "long": "left",
}


class Looks:
    """The cell formats of one workbook, each made once: `looks(bold=True)`."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def __call__(self, **properties: object) -> Any:
        """A format with these properties over the form's font, vertically centred."""
        full = {"font_name": FONT, "font_size": SIZE, "valign": "vcenter"} | properties
        key = tuple(sorted(full.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(full)
        return self._made[key]

    def boxed(self, **properties: object) -> Any:
        """A cell of a ruled table."""
        return self(**({"border": 1, "border_color": LINE, "text_wrap": True} | properties))

    def mark(self, **properties: object) -> Any:
        """What a conditional format changes, and nothing else."""
        key = (("mark", ""), *sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    @property
    def title(self) -> Any:
        """The title of a sheet."""
        return self(font_name=TITLE_FONT, font_size=TITLE_SIZE, align="center", text_wrap=True)

    @property
    def caption(self) -> Any:
        """The title of one of several tables on a sheet."""
        return self(font_name=TITLE_FONT, font_size=CAPTION_SIZE)

    @property
    def head(self) -> Any:
        """A column title."""
        return self.boxed(font_name=TITLE_FONT, align="center", bg_color=HEAD_FILL)

    @property
    def band(self) -> Any:
        """A group title inside a table."""
        return self.boxed(font_name=TITLE_FONT, bg_color=BAND_FILL, indent=1, align="left")

    def cell(
        self, role: str, align: str, number: str, *, bold: bool = False, high: bool = False
    ) -> Any:
        """A cell of the grid; only inputs are unlocked. `high`: its text starts at the top."""
        return self.boxed(
            bg_color=FILLS[role],
            align=align,
            valign="top" if high else "vcenter",
            num_format=number,
            locked=role != "input",
            bold=bold,
            indent=int(align == "left"),
            text_wrap=align != "right",
        )


def row_height(cells: Iterable[tuple[str, float]], least: float) -> float:
    """Points for a row of (text, column width): the shared measure is for slightly smaller letters."""
    return height([(text, width * BASE / SIZE) for text, width in cells], least=least)


def alignment(kind: str) -> str:
    """Numbers by their kind, words to the left."""
    return ALIGN.get(kind) or ALIGN_WORDS.get(kind, "left")


def number_format(table: TableSpec, row: str, column: ColumnSpec, unit: str = "") -> str:
    """The number format of a cell. `unit` is the 计量单位 typed beside a measure."""
    kind = table.kind(row, column)
    decimals = table.decimals_of(row, column)
    digits = "." + "0" * decimals if decimals else ""
    match kind:
        case "money":
            return f"#,##0{digits}_ "  # room at the right that every program keeps, as it does not keep an indent
        case "percent":
            return f"0{digits}%"
        case "count":
            own = (
                (table.row[row].unit if row in table.row else "") if table.shape == "record" else ""
            )
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
