"""自检: what is still open in the form, live while it is being filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jixiao_xlsx.form.spec import SheetSpec
from jixiao_xlsx.output.xlsx.blank.canvas import Canvas, write_title
from jixiao_xlsx.output.xlsx.blank.form_styles import (
    AMBER,
    BAND_FILL,
    GREEN,
    GREY,
    LINK_COLOUR,
    RED,
    form_row_height,
    grid_style,
)
from jixiao_xlsx.output.xlsx.blank.layout import CellAddress
from jixiao_xlsx.output.xlsx.cells import (
    Live,
    cached_result,
    put_merged,
    qualified,
    text_constant,
)
from jixiao_xlsx.output.xlsx.page import set_page
from jixiao_xlsx.output.xlsx.self_check.helper_cells import HelperSheet
from jixiao_xlsx.output.xlsx.self_check.lines import CheckLine, write_lines
from jixiao_xlsx.output.xlsx.self_check.live_formulas import (
    Test,
    choose,
    constant,
    counted_text,
)
from jixiao_xlsx.output.xlsx.self_check.open_rows import is_open, with_room
from jixiao_xlsx.output.xlsx.self_check.states import (
    EXCUSED,
    FAILED,
    HOLDS,
    NOT_FILLED,
    NOT_NUMERIC,
    NOT_USED,
)
from jixiao_xlsx.output.xlsx.self_check.wrong_cells import WrongCells, write_wrong_cells
from jixiao_xlsx.values.addresses import a1

_COLUMNS: Mapping[str, float] = {
    "编号": 10,
    "工作表": 17,
    "行 / 列": 30,
    "核对关系": 60,
    "单元格": 9,
    "结果": 40,
    "情况说明": 34,
}
_WIDTHS = list(_COLUMNS.values())
_SHEET, _LABEL, _TEXT, _LINK, _STATE, _REMARK = 1, 2, 3, 4, 5, 6
_COUNTERS, _LEGEND, _HEADER = 1, 2, 3
_EXPLAINED = f"{EXCUSED} 已说明，"
_HOW = (
    f"{HOLDS} 相符（只指这一行的关系，得分另由财政复算）；{FAILED} 不平，请核对，"
    f"“疑似”后是最可能的一格，以账簿为准；{EXCUSED} 尾差，或仅供核对，不必改；"
    f"{NOT_FILLED}：有一边还没有填；{NOT_NUMERIC}：数字栏里填了文字。"
    "“差”是左边减右边。黄色格是警告类的情况说明：确有原因不能改的，在这里写明，就不再算作不平。"
)


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line of the list, the sheet and cell it points at, and its row on 自检 (from 0)."""

    line: CheckLine
    sheet: str
    ref: str
    row: int

    @property
    def state(self) -> str:
        """What the line shows now."""
        return str(self.line.state.value)

    @property
    def number(self) -> int:
        """Its number among the `states`, from 1."""
        return self.row - _HEADER


@dataclass(frozen=True)
class SelfCheck:
    """自检 as drawn, for counting in it: its title, last row and lines, and the required ones.

    `filled`: for each sheet how many cells a person has filled; `wrong`: cells of open rows.
    """

    title: str
    last: int
    lines: Sequence[ListedLine]
    required: Sequence[ListedLine]
    filled: Mapping[str, Live]
    wrong: WrongCells | None

    @property
    def home(self) -> str:
        """The first cell of the sheet."""
        return qualified(self.title, "A1")

    @property
    def states(self) -> str:
        """The column of results."""
        return self._column(_STATE)

    def remarks(self) -> Iterator[tuple[ListedLine, str]]:
        """Yield the lines that a 情况说明 can settle, each with the reference to its cell."""
        for one in self.lines:
            if one.line.explainable:
                yield one, qualified(self.title, a1(one.row, _REMARK, absolute=True))

    def count(self, test: str, now: int) -> Live:
        """Count the lines that pass `test`; {sheets}, {labels}, {states} in it are columns."""
        sheets, labels = self._column(_SHEET), self._column(_LABEL)
        condition = test.format(sheets=sheets, labels=labels, states=self.states)
        return Live(f"SUMPRODUCT({condition})", float(now))

    def _column(self, column: int) -> str:
        first = a1(_HEADER + 1, column, absolute=True)
        return qualified(self.title, f"{first}:{a1(self.last, column, absolute=True)}")


def draw_self_check(canvas: Canvas, sheet: Any, spec: SheetSpec, helper: Any) -> SelfCheck:
    """Draw the sheet; its arithmetic goes to the `helper` worksheet."""
    for number, width in enumerate(_WIDTHS):
        sheet.set_column(number, number, width)
    cells = HelperSheet(with_room(canvas), helper)
    lines = write_lines(cells)
    write_title(canvas, sheet, (0, 0), "{year}年度填报" + spec.title, _WIDTHS)
    for number, title in enumerate(_COLUMNS):
        sheet.write_string(_HEADER, number, title, canvas.styles["head"])
    sheet.set_row(_HEADER, 26)
    row = _HEADER + 1
    parts: list[list[ListedLine]] = []
    for heading, own in (
        ("一、必填项", lines.required),
        ("二、表内关系", lines.inside),
        ("三、表间关系", lines.across),
    ):
        put_merged(sheet, (row, 0, row, len(_COLUMNS) - 1), heading, canvas.styles["band"])
        sheet.set_row(row, 22)
        parts.append([_listed(canvas, one, at) for at, one in enumerate(own, start=row + 1)])
        for one in parts[-1]:
            _draw_line(canvas, sheet, one)
        row += 1 + len(own)
    every = [one for part in parts for one in part]
    wrong = write_wrong_cells(cells, _wrong_tests(spec.title, every))
    check = SelfCheck(spec.title, row - 1, every, parts[0], lines.filled, wrong)
    _draw_counters(canvas, sheet, check)
    _draw_legend(canvas, sheet)
    _colour(canvas, sheet, check.last)
    portrait = spec.orientation == "portrait"
    set_page(sheet, portrait=portrait, repeat=(_HEADER, _HEADER), footer=spec.title)
    sheet.freeze_panes(_HEADER + 1, 0)
    sheet.autofilter(_HEADER, 0, check.last, len(_COLUMNS) - 1)
    return check


def _wrong_tests(title: str, lines: Sequence[ListedLine]) -> Iterator[tuple[CellAddress, Test]]:
    """Yield for each cell of an open row when a line says that it is wrong."""
    for one in lines:
        state = qualified(title, a1(one.row, _STATE, absolute=True))
        failed = f"LEFT({state},1)={text_constant(FAILED)}"
        if one.line.marks:
            for address, mark in one.line.marks:
                yield address, Test(f"AND({mark.formula}=1,{failed})", now=False)
        elif is_open(one.line.anchor):
            yield one.line.anchor, Test(failed, one.state.startswith(FAILED))


def _listed(canvas: Canvas, line: CheckLine, row: int) -> ListedLine:
    table, _, column = line.anchor
    if line.marks:  # rows that are still to be inserted: the column's title
        return ListedLine(line, *canvas.layout.column_ref(table, column), row)
    return ListedLine(line, *canvas.layout.ref(*line.anchor), row)


def _draw_line(canvas: Canvas, sheet: Any, listed: ListedLine) -> None:
    styles, line, row = canvas.styles, listed.line, listed.row
    for number, text in enumerate((line.code, listed.sheet, line.label, line.text)):
        align = "center" if number <= _SHEET else "left"
        style = styles("boxed", align=align, indent=int(number > _SHEET))
        sheet.write_string(row, number, text, style)
    _draw_link(canvas, sheet, listed)
    formula = f"={_with_remark(line, a1(row, _REMARK))}"
    state_style = styles("boxed", align="left", indent=1)
    sheet.write_formula(row, _STATE, formula, state_style, cached_result(listed.state))
    role = "input" if line.explainable else "fixed"
    sheet.write_blank(row, _REMARK, None, grid_style(styles, role, "left", "General"))
    texts = ((_TEXT, line.text), (_LABEL, line.label), (_STATE, listed.state))
    measured = [(text, _WIDTHS[column] - 2) for column, text in texts]
    sheet.set_row(row, form_row_height(measured, 20))


def _draw_link(canvas: Canvas, sheet: Any, listed: ListedLine) -> None:
    """Write the cell's address as a link; a 合计 moves when rows are inserted, so it has a name."""
    style = canvas.styles("boxed", align="center", font_color=LINK_COLOUR, underline=1)
    table, key, _ = listed.line.anchor
    place = canvas.layout.tables[table]
    moves = not listed.line.marks and place.open_rows and place.row[key].kind == "total"
    if not moves:
        target = f"internal:{qualified(listed.sheet, listed.ref)}"
        sheet.write_url(listed.row, _LINK, target, style, listed.ref, "转到这个单元格")
        return
    name, cell = f"自检{listed.row + 1}", canvas.refer(listed.line.anchor)
    canvas.book.define_name(name, f"={cell}")
    sheet.write_url(listed.row, _LINK, f"internal:{name}", style, "", "转到这个单元格")
    formula = f"=ADDRESS(ROW({cell}),COLUMN({cell}),4)"
    sheet.write_formula(listed.row, _LINK, formula, style, listed.ref)


def _with_remark(line: CheckLine, remark: str) -> str:
    """Return the formula of a result; a 警告 that fails no longer counts once it is explained."""
    state = line.state.formula
    if not line.explainable:
        return state
    explained = f"{text_constant(_EXPLAINED)}&MID({state},3,99)"
    test = f'AND({remark}<>"",LEFT({state},1)={text_constant(FAILED)})'
    return f"IF({test},{explained},{state})"


def _draw_counters(canvas: Canvas, sheet: Any, check: SelfCheck) -> None:
    """Write how much is left, in words, at the top."""
    first = a1(_HEADER + 2, _STATE, absolute=True)
    last = a1(_HEADER + 1 + max(len(check.required), 1), _STATE, absolute=True)
    failed = check.count(
        f"--(LEFT({{states}},1)={text_constant(FAILED)})",
        sum(one.state.startswith(FAILED) for one in check.lines),
    )
    missing = check.count(
        f"--({first}:{last}={text_constant(NOT_FILLED)})",
        sum(one.state == NOT_FILLED for one in check.required),
    )
    stray = check.count(
        f"--({{states}}={text_constant(NOT_NUMERIC)})",
        sum(one.state == NOT_NUMERIC for one in check.lines),
    )
    for columns, count, tail, done, colour in (
        ((0, 2), failed, " 处不平", "没有不平的地方", RED),
        ((3, 4), missing, " 项必填未填", "必填项已填完", AMBER),
        ((5, 6), stray, " 处数字栏填了文字", "数字栏没有文字", AMBER),
    ):
        none = Test(f"{count.formula}=0", not count.value)
        text = choose([(none, constant(done))], counted_text("还有 ", count, tail))
        _draw_counter(canvas, sheet, columns, text, colour)
    sheet.set_row(_COUNTERS, 28)


def _draw_counter(
    canvas: Canvas, sheet: Any, columns: tuple[int, int], text: Live, colour: str
) -> None:
    left, right = columns
    style = canvas.styles(
        "boxed", bold=True, align="center", font_size=12, bg_color=BAND_FILL, font_color=GREEN
    )
    sheet.merge_range(_COUNTERS, left, _COUNTERS, right, "", style)
    sheet.write_formula(_COUNTERS, left, f"={text.formula}", style, text.value)
    test = f"=LEFT({a1(_COUNTERS, left, absolute=True)},1)={text_constant('还')}"
    open_style = canvas.styles.conditional(font_color=colour)
    rule = {"type": "formula", "criteria": test, "format": open_style}
    sheet.conditional_format(_COUNTERS, left, _COUNTERS, right, rule)


def _draw_legend(canvas: Canvas, sheet: Any) -> None:
    copies = any(table.spec.copy_of for table in canvas.layout.tables.values())
    how = _HOW + (f"{NOT_USED}：这张表没有用。" if copies else "")
    style = canvas.styles(text_wrap=True, font_size=9, font_color="#595959")
    put_merged(sheet, (_LEGEND, 0, _LEGEND, len(_COLUMNS) - 1), how, style)
    sheet.set_row(_LEGEND, 30)


def _colour(canvas: Canvas, sheet: Any, last: int) -> None:
    first = f"${a1(_HEADER + 1, _STATE)}"
    for sign, colour, bold in (
        (FAILED, RED, True),
        (NOT_NUMERIC[0], RED, True),
        (EXCUSED, AMBER, False),
        (HOLDS, GREEN, False),
        (NOT_FILLED[0], GREY, False),
    ):
        rule = {"type": "formula", "criteria": f"=LEFT({first},1)={text_constant(sign)}"}
        style = canvas.styles.conditional(font_color=colour, bold=bold)
        sheet.conditional_format(_HEADER + 1, _STATE, last, _STATE, rule | {"format": style})
