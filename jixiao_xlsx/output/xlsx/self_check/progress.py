"""What 自检 shows, repeated beside the input: words in a sheet's header, colour on wrong cells."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from jixiao_xlsx.output.xlsx.blank.canvas import Canvas
from jixiao_xlsx.output.xlsx.blank.data_sheets import sheet_widths
from jixiao_xlsx.output.xlsx.blank.form_styles import AMBER, GREEN, GREY, RED, WRONG_FILL
from jixiao_xlsx.output.xlsx.blank.layout import SheetPlace
from jixiao_xlsx.output.xlsx.cells import Live, cached_result, put_merged, text_constant
from jixiao_xlsx.output.xlsx.self_check.live_formulas import (
    Test,
    choose,
    constant,
    counted_text,
    positive,
)
from jixiao_xlsx.output.xlsx.self_check.open_rows import is_open
from jixiao_xlsx.output.xlsx.self_check.sheet import SelfCheck
from jixiao_xlsx.output.xlsx.self_check.states import (
    FAILED,
    HOLDS,
    MARKS_NAME,
    NOT_FILLED,
    REQUIRED,
    STATES_NAME,
)
from jixiao_xlsx.values.addresses import Area, a1

_ROW = 1  # the row below a sheet's title
_NAME_WIDTH = 40  # characters that 填报单位 and a long name take


def progress(check: SelfCheck, title: str) -> Live | None:
    """Return what 自检 shows of one sheet, in a few words; None where it shows nothing."""
    own = [one for one in check.lines if one.sheet == title]
    filled = check.filled.get(title)
    if not own or filled is None:
        return None
    here = f"({{sheets}}={text_constant(title)})"
    failed = check.count(
        f"{here}*(LEFT({{states}},1)={text_constant(FAILED)})",
        sum(one.state.startswith(FAILED) for one in own),
    )
    right = check.count(
        f"{here}*(LEFT({{states}},1)={text_constant(HOLDS)})",
        sum(one.state == HOLDS for one in own),
    )
    required = f"({{labels}}={text_constant(REQUIRED)})"
    missing = check.count(
        f"{here}*{required}*({{states}}={text_constant(NOT_FILLED)})",
        sum(one.line.label == REQUIRED and one.state == NOT_FILLED for one in own),
    )
    in_order = Test(
        f"AND({right.formula}>0,{filled.formula}>0)", bool(right.value and filled.value)
    )
    return choose(
        [
            (positive(failed), counted_text("还有 ", failed, " 处不平")),
            (positive(missing), counted_text("必填未填 ", missing, " 项")),
            (in_order, counted_text("✓ 核对了 ", right, " 处，相符")),
        ],
        constant("没有填"),
    )


def colour_words(canvas: Canvas, sheet: Any, area: Area) -> None:
    """Show in red, orange, green or grey what `progress` says in an area."""
    cell = f"${a1(*area[:2])}"
    for sign, colour in (("还", RED), ("必", AMBER), ("✓", GREEN), ("没", GREY)):
        style = canvas.styles.conditional(font_color=colour, bold=sign == "还")
        criteria = f"=LEFT({cell},1)={text_constant(sign)}"
        rule = {"type": "formula", "criteria": criteria, "format": style}
        sheet.conditional_format(*area, rule)


def write_progress(canvas: Canvas, sheet: Any, place: SheetPlace, check: SelfCheck) -> None:
    """Write the words below the title, with a link to 自检.

    They stand between 填报单位 and the unit, or in front where nothing else stands.
    """
    words = progress(check, place.spec.title)
    if words is None:
        return
    alone = place.width < 3  # a label/value sheet
    first, last = (0, 0) if alone else (_after_name(place), place.width - 2)
    style = canvas.styles(align="left" if alone else "center")
    put_merged(sheet, (_ROW, first, _ROW, last), "", style)
    sheet.write_url(_ROW, first, f"internal:{check.home}", style, "", "转到自检")
    sheet.write_formula(_ROW, first, f"={words.formula}", style, cached_result(words.value))
    colour_words(canvas, sheet, (_ROW, first, _ROW, first))


def _after_name(place: SheetPlace) -> int:
    """Return the first column that a department's name in front does not reach."""
    widths = sheet_widths(place)
    reached = next((n for n in range(1, place.width) if sum(widths[:n]) >= _NAME_WIDTH), 1)
    return min(reached, place.width - 2)


def mark_wrong(canvas: Canvas, sheet: Any, place: SheetPlace, check: SelfCheck) -> None:
    """Colour each cell while a line of 自检 that points at it fails."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for one in check.lines:
        here = one.sheet == place.spec.title and one.line.label != REQUIRED
        if here and not is_open(one.line.anchor):
            numbers[one.ref].append(one.number)
    style = canvas.styles.conditional(bg_color=WRONG_FILL, font_color=RED)
    _mark_open_rows(sheet, place, check, style)
    for ref, own in numbers.items():
        failed = text_constant(FAILED)
        tests = [f"LEFT(INDEX({STATES_NAME},{number}),1)={failed}" for number in own]
        test = tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
        sheet.conditional_format(ref, {"type": "formula", "criteria": f"={test}", "format": style})


def _mark_open_rows(sheet: Any, place: SheetPlace, check: SelfCheck, style: Any) -> None:
    """Colour the wrong cells of the rows that departments add, by the order of the rows."""
    for table in place.tables:
        for column, at in table.columns.items():
            first = check.wrong and check.wrong.first.get((table.spec.name, column))
            if not check.wrong or not first:
                continue
            # From the row above to the row below, so that it holds wherever a row is inserted.
            top, bottom = table.open_rows[0].line - 1, table.open_rows[-1].line + 1
            here, above = a1(top, at), f"{a1(top, at)[: -len(str(top + 1))]}${top + 1}"
            most = check.wrong.rows[table.spec.name] + 1
            number = f"{first}+MIN(ROW({here})-ROW({above}),{most})"
            rule = {"type": "formula", "format": style}
            rule["criteria"] = f"=INDEX({MARKS_NAME},{number})=1"
            sheet.conditional_format(top, at, bottom, at, rule)
