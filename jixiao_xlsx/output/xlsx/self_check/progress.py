"""What 自检 says, said again where the clerk is typing: a few words in the header line of a sheet, and colour on the wrong cell."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from jixiao_xlsx.output.xlsx.blank.canvas import Canvas
from jixiao_xlsx.output.xlsx.blank.data_sheets import sheet_widths
from jixiao_xlsx.output.xlsx.blank.form_styles import AMBER, GREEN, GREY, RED, WRONG_FILL
from jixiao_xlsx.output.xlsx.blank.layout import SheetPlace
from jixiao_xlsx.output.xlsx.cells import Live, cached_result, put_merged, text_constant
from jixiao_xlsx.output.xlsx.self_check.lines import REQUIRED
from jixiao_xlsx.output.xlsx.self_check.sheet import Summary
from jixiao_xlsx.output.xlsx.self_check.states import FAILED, HOLDS, NOT_FILLED
from jixiao_xlsx.values.addresses import a1

STATES = "自检结果"  # the name by which conditional formats reach 自检: older programs allow no other sheet's cells there
_LINE = 1  # the line below a sheet's title
_NAME = 40  # characters that 填报单位 and a long name take
_LINK_TIP = "转到自检"


def progress(summary: Summary, title: str) -> Live | None:
    """What 自检 says of one sheet, in a few words, as a formula without its equals sign; None where it says nothing."""
    own = [line for line in summary.lines if line.sheet == title]
    filled = summary.filled.get(title)
    if not own or filled is None:
        return None
    here = f"({{sheets}}={text_constant(title)})"
    failed = summary.count(
        f"{here}*(LEFT({{states}},1)={text_constant(FAILED)})",
        sum(line.state.startswith(FAILED) for line in own),
    )
    right = summary.count(
        f"{here}*(LEFT({{states}},1)={text_constant(HOLDS)})",
        sum(line.state == HOLDS for line in own),
    )
    lacking = sum(line.label == REQUIRED and line.state == NOT_FILLED for line in own)
    missing = summary.count(
        f"{here}*({{labels}}={text_constant(REQUIRED)})*({{states}}={text_constant(NOT_FILLED)})",
        lacking,
    )
    formula = (
        f"IF({failed.formula}>0,{text_constant('还有 ')}&{failed.formula}&{text_constant(' 处不平')},IF({missing.formula}>0,"
        f"{text_constant('必填未填 ')}&{missing.formula}&{text_constant(' 项')},IF(AND({right.formula}>0,{filled.formula}>0),{text_constant('✓ 相符')},{text_constant('没有填')})))"
    )
    return Live(formula, _words(failed, missing, bool(right.value and filled.value)))


def _words(failed: Live, missing: Live, right: bool) -> str:
    if failed.value:
        return f"还有 {int(float(failed.value))} 处不平"
    if missing.value:
        return f"必填未填 {int(float(missing.value))} 项"
    return "✓ 相符" if right else "没有填"


def colour_words(canvas: Canvas, sheet: Any, area: tuple[int, int, int, int]) -> None:
    """Red, orange, green or grey for what `progress` says in an area."""
    cell = f"${a1(*area[:2])}"
    for sign, colour in (("还", RED), ("必", AMBER), ("✓", GREEN), ("没", GREY)):
        look = canvas.styles.conditional(font_color=colour, bold=sign == "还")
        sheet.conditional_format(
            *area,
            {
                "type": "formula",
                "criteria": f"=LEFT({cell},1)={text_constant(sign)}",
                "format": look,
            },
        )


def write_progress(canvas: Canvas, sheet: Any, place: SheetPlace, summary: Summary) -> None:
    """The words in the header line, with a link to 自检; between 填报单位 and the unit, or in front where nothing stands."""
    said = progress(summary, place.spec.title)
    if said is None:
        return
    alone = place.width < 3  # a label/value sheet
    first, last = (0, 0) if alone else (_after_name(place), place.width - 2)
    look = canvas.styles(align="left" if alone else "center")
    put_merged(sheet, (_LINE, first, _LINE, last), "", look)
    sheet.write_url(_LINE, first, f"internal:{summary.home}", look, "", _LINK_TIP)
    sheet.write_formula(_LINE, first, f"={said.formula}", look, cached_result(str(said.value)))
    colour_words(canvas, sheet, (_LINE, first, _LINE, first))


def _after_name(place: SheetPlace) -> int:
    """The first column that a department's name in front does not reach."""
    widths = sheet_widths(place)
    reached = next((n for n in range(1, place.width) if sum(widths[:n]) >= _NAME), 1)
    return min(reached, place.width - 2)


def mark_wrong(canvas: Canvas, sheet: Any, place: SheetPlace, summary: Summary) -> None:
    """Colour each cell while a line of 自检 that points at it fails."""
    lines: dict[str, list[int]] = defaultdict(list)
    for line in summary.lines:
        if line.sheet == place.spec.title and line.label != REQUIRED:
            lines[line.ref].append(line.number)
    look = canvas.styles.conditional(bg_color=WRONG_FILL, font_color=RED)
    for ref, numbers in lines.items():
        tests = [f"LEFT(INDEX({STATES},{number}),1)={text_constant(FAILED)}" for number in numbers]
        test = tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
        sheet.conditional_format(ref, {"type": "formula", "criteria": f"={test}", "format": look})
