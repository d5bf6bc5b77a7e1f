"""Write 看懂了什么.xlsx: the county's sheets coloured by table, and lists to answer 对 or 改."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from jixiao_xlsx.adopting.confirm import AS_IT_IS, TO_CHANGE, Question, QuestionList, question_lists
from jixiao_xlsx.adopting.seen.boxes import Box, Grid
from jixiao_xlsx.adopting.understanding import Field, Understanding
from jixiao_xlsx.output.same_bytes import repacked
from jixiao_xlsx.output.xlsx.styles import Styles

FILE_NAME = "看懂了什么.xlsx"
_COLOURS = ("#DDEBF7", "#E2EFDA", "#FFF2CC", "#FCE4D6", "#E4DFEC", "#DAEEF3", "#F2DCDB", "#EBF1DE")
_GREY = "#D9D9D9"
_KINDS = {
    "money": "金额",
    "count": "数量",
    "score": "分",
    "percent": "百分比",
    "measure": "指标值",
    "date": "日期",
}
_NARROW, _WIDE = 9, 30


def understood_book(understanding: Understanding, spec: Mapping[str, Any]) -> bytes:
    """Return the workbook in which a person sees and answers what was understood."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    styles = Styles(book)
    lists = question_lists(spec, understanding)
    _guide(book, styles, understanding, lists)
    for one in lists:
        _list(book, styles, one)
    taken = {one.sheet.casefold() for one in lists}
    colours = _colours(understanding)
    for layout in understanding.layouts:
        fields = [one for one in understanding.fields if one.sheet == layout.grid.sheet]
        if fields and layout.grid.sheet.casefold() not in taken:
            _sheet(book, styles, layout.grid, fields, colours)
    book.close()
    return repacked(buffer.getvalue())


def _colours(understanding: Understanding) -> Mapping[str, str]:
    names = dict.fromkeys(one.table for one in understanding.fields)
    return {name: _COLOURS[number % len(_COLOURS)] for number, name in enumerate(names)}


# ------------------------------------------------------------------------------------------- lists


def _guide(
    book: Any, styles: Styles, understanding: Understanding, lists: Sequence[QuestionList]
) -> None:
    sheet = book.add_worksheet("先看这里")
    sheet.set_column(0, 0, 90)
    sheet.write_string(0, 0, "看懂了什么", styles["title"])
    count = sum(len(one.questions) for one in lists)
    lines = (
        f"程序在您的空白表里认出 {len(understanding.fields)} 个要填的格。各表的格涂了颜色，"
        "一种颜色一张表；鼠标移到格上，看到它的行、栏和单位。灰色的格没有看懂，不会核对。",
        f"后面几张“核对”表共 {count} 行，逐行看“对 / 改”一栏：对的不用动；不对的选“改”，"
        "能写明的在“改成”里写明。没有填的等式只列出，不核对。",
        "填完保存，把本文件留在原来的文件夹里，运行：jixiao adopt --confirm 文件夹",
    )
    for number, line in enumerate(lines, 2):
        sheet.write_string(number, 0, line, styles["plain"])
        sheet.set_row(number, 34, styles("plain", text_wrap=True))


def _list(book: Any, styles: Styles, one: QuestionList) -> None:
    """Write a list of questions; the last two columns are for the answer."""
    sheet = book.add_worksheet(one.sheet)
    titles = [*one.titles, "对 / 改", "改成"]
    widths = [*one.widths, 10, 24]
    for column, (title, width) in enumerate(zip(titles, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, styles["head"])
    answer = len(one.titles)
    for row, question in enumerate(one.questions, 1):
        _question(sheet, styles, row, question)
    sheet.freeze_panes(1, 0)
    last = max(1, len(one.questions))
    choices = {"validate": "list", "source": [AS_IT_IS, TO_CHANGE]}
    sheet.data_validation(1, answer, last, answer, choices)


def _question(sheet: Any, styles: Styles, row: int, question: Question) -> None:
    for column, text in enumerate(question.texts):
        sheet.write_string(row, column, text, styles["cell"])
    answer = len(question.texts)
    sheet.write_string(row, answer, question.answer, styles["input center"])
    sheet.write_blank(row, answer + 1, None, styles["input"])


# ------------------------------------------------------------------------------------------ sheets


def _sheet(
    book: Any, styles: Styles, grid: Grid, fields: Sequence[Field], colours: Mapping[str, str]
) -> None:
    """Draw one of the county's sheets, its cells to be filled coloured and explained."""
    sheet = book.add_worksheet(grid.sheet)
    for column, width in enumerate(_widths(grid)):
        sheet.set_column(column, column, width)
    known = {(one.box.top, one.box.left): one for one in fields}
    for box in grid.boxes:
        field = known.pop((box.top, box.left), None)
        _draw(sheet, styles, box, _traits(box, field, colours))
        if field is not None:
            sheet.write_comment(box.top, box.left, _explained(field), {"x_scale": 2})
    for (row, column), field in known.items():
        fill = styles("cell", bg_color=colours[field.table])
        sheet.write_blank(row, column, None, fill)
        sheet.write_comment(row, column, _explained(field), {"x_scale": 2})


def _traits(box: Box, field: Field | None, colours: Mapping[str, str]) -> dict[str, object]:
    traits: dict[str, object] = {"text_wrap": True, "valign": "vcenter"}
    if box.look.edges or field is not None:
        traits["border"] = 1
    if field is not None:
        traits["bg_color"] = colours[field.table]
    elif box.open and box.look.edges:
        traits["bg_color"] = _GREY
    elif box.width > 1 or box.look.bold:
        traits["align"] = "center"
    return traits


def _draw(sheet: Any, styles: Styles, box: Box, traits: Mapping[str, object]) -> None:
    look = styles("plain", **traits)
    if box.merged:
        sheet.merge_range(box.top, box.left, box.bottom, box.right, "", look)
    if box.text:
        sheet.write_string(box.top, box.left, box.text, look)
    else:
        sheet.write_blank(box.top, box.left, None, look)


def _widths(grid: Grid) -> list[float]:
    """Return widths in which the single cells of each column can be read."""
    widths: list[float] = [_NARROW] * grid.width
    for box in grid.boxes:
        if box.width == 1:
            widths[box.left] = max(widths[box.left], min(_WIDE, 2 * len(box.key)))
    return widths


def _explained(field: Field) -> str:
    titles = " × ".join("／".join(axis) for axis in (field.row, field.column) if axis)
    kind = _KINDS.get(field.kind, "文字")
    unit = field.unit if field.unit and field.unit != "%" else kind
    return f"{field.table}\n{titles}\n{unit}"
