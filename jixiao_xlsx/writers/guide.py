"""填报说明: how to fill the form, what the colours mean, and a list of its sheets with what is left to do on each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jixiao_xlsx.spec import SheetSpec, Template
from jixiao_xlsx.writers.canvas import Canvas, quoted, span, write_title
from jixiao_xlsx.writers.checklines import REQUIRED
from jixiao_xlsx.writers.layout import SheetPlace, a1, qualified
from jixiao_xlsx.writers.looks import BAD, FAIR, FILLS, GOOD, MISSING, TODO, row_height
from jixiao_xlsx.writers.selfcheck import Summary
from jixiao_xlsx.writers.styles import Live, page
from jixiao_xlsx.writers.verdicts import FAILED
from jixiao_xlsx.writers.verdicts import GOOD as RIGHT
from jixiao_xlsx.writers.verdicts import MISSING as UNFILLED

_WIDTHS = (7.0, 22.0, 44.0, 10.0, 22.0)
_LINK_COLOUR = "#0563C1"
_COLOURS = (
    (FILLS["input"], "请填写"),
    (MISSING, "必填，还没有填；填好后变成黄色"),
    (FILLS["auto"], "自动计算，不用填"),
    (FILLS["fixed"], "已经印好，不用改"),
    (FILLS["void"], "不用填"),
)


def draw_guide(canvas: Canvas, sheet: Any, spec: SheetSpec, summary: Summary | None) -> None:
    """Draw the first sheet; `summary` is what 自检 says, where the form has one."""
    widths = list(_WIDTHS)
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    last = len(widths) - 1
    write_title(canvas, sheet, (0, 0), "{year}年度" + canvas.template.title, widths)
    span(sheet, (1, 0, 1, last), spec.title, canvas.looks(align="center", font_size=13))
    sheet.set_row(1, 24)
    line = _heading(canvas, sheet, 2, "一、怎样填")
    for number, text in enumerate(_sentences(canvas.template), start=1):
        sheet.write_string(line, 0, f"{number}.", canvas.looks(align="right", valign="top"))
        span(sheet, (line, 1, line, last), text, canvas.looks(text_wrap=True, valign="top"))
        sheet.set_row(line, row_height([(text, sum(widths[1:]))], 19))
        line += 1
    line = _heading(canvas, sheet, line, "二、颜色")
    for colour, text in _COLOURS:
        sheet.write_blank(line, 1, None, canvas.looks.boxed(bg_color=colour))
        span(sheet, (line, 2, line, last), text, canvas.looks(indent=1))
        sheet.set_row(line, 19)
        line += 1
    line = _heading(canvas, sheet, line, "三、目录")
    line = _contents(canvas, sheet, line, summary)
    page(sheet, portrait=spec.orientation == "portrait", footer=spec.title)
    sheet.activate()


def _heading(canvas: Canvas, sheet: Any, line: int, text: str) -> int:
    sheet.write_string(line, 0, text, canvas.looks.caption)
    sheet.set_row(line, 30)
    return line + 1


def _sentences(template: Template) -> Iterator[str]:
    """What a clerk must know, and nothing that this form does not need."""
    units = sorted({table.unit for table in template.tables if table.unit in {"元", "万元", "亿元"}}, key=len)
    ticks = {table.tick for table in template.tables if table.tick}
    yield "只填有颜色提示的格子。灰色格自动计算，白色格已经印好。名称后带 * 的是必填项。"
    if units:
        yield f"金额单位看每张表的右上角（本套表有{'、'.join(units)}），只填数字，不写单位，不写“约”。"
    yield "没有发生的金额留空或填“—”，确实为零的填 0。"
    if ticks:
        yield f"整张表的业务都没有的，在“{'”“'.join(sorted(ticks))}”旁选√，表里不用再填。"
    copies = list(dict.fromkeys(table.sheet for table in template.tables if table.copy_of))
    if copies:
        name = template.roles["item"].row
        yield (
            f"“{copies[0]}”至“{copies[-1]}”每张填一个，先填{name}；没有用到的空着。不够时复制一张没有填的："
            "复制出来的不在自检里，报来后照样核对。"
        )
    if any(table.shape == "open" and table.total for table in template.tables):
        yield "行数不够时，在合计行以上的空行处插入行。"
    if template.indicator_table:
        columns = template.indicator_columns
        target = columns.get("target", "")
        signs = (
            f"{columns['direction']}已选好的不用再在{target}里写≥、≤。" if "direction" in columns else f"{target}前写明≥、≤或=。"
        )
        yield (
            f"{template.indicator_table}：{signs}"
            f"定性指标的{columns['actual']}填{'、'.join(tier.name for tier in template.tiers)}。"
            f"没有得满分的，写明{columns['deviation']}。"
        )
    checks = [sheet.title for sheet in template.sheets if sheet.kind == "selfcheck"]
    if checks:
        yield f"填完看“{checks[0]}”：{FAILED} 要改正；警告类的确有原因不能改，在旁边写情况说明。"
    yield "工作表名、表头和项目名称不要改；另存为 .xlsx 文件，按通知要求报送。"


def _contents(canvas: Canvas, sheet: Any, line: int, summary: Summary | None) -> int:
    for number, title in enumerate(("序号", "工作表", "内容", "单位", "填报情况")):
        sheet.write_string(line, number, title, canvas.looks.head)
    sheet.set_row(line, 24)
    first = line + 1
    for number, place in enumerate(canvas.layout.sheets, start=1):
        line += 1
        sheet.write_number(line, 0, number, canvas.looks.boxed(align="center"))
        link = canvas.looks.boxed(font_color=_LINK_COLOUR, underline=1, indent=1)
        sheet.write_url(line, 1, f"internal:{qualified(place.spec.title, 'A1')}", link, place.spec.title, "转到这张表")
        about = _about(place)
        sheet.write_string(line, 2, about, canvas.looks.boxed(indent=1))
        units = dict.fromkeys(table.spec.unit for table in place.tables if table.spec.unit)
        sheet.write_string(line, 3, "、".join(units), canvas.looks.boxed(align="center"))
        _progress(canvas, sheet, line, place, summary)
        sheet.set_row(line, row_height([(about, _WIDTHS[2] - 2)], 20))
    _colour(canvas, sheet, first, line)
    return line + 1


def _about(place: SheetPlace) -> str:
    """What a sheet is about, in the words of its headings."""
    if not place.tables:
        return {"guide": "怎样填，填什么", "selfcheck": "表内、表间是否相符，必填项是否填完"}.get(place.spec.kind, "")
    return "；".join(t.spec.heading.replace("{year}年度", "").replace("{department}", "") for t in place.tables)


def _progress(canvas: Canvas, sheet: Any, line: int, place: SheetPlace, summary: Summary | None) -> None:
    """What 自检 says of one sheet, in a few words."""
    look = canvas.looks.boxed(align="center")
    own = [state for title, state in summary.lines if title == place.spec.title] if summary else []
    if summary is None or not own:
        sheet.write_blank(line, 4, None, look)
        return
    here = f"({{sheets}}={a1(line, 1, absolute=True)})"
    failed = summary.count(f"{here}*(LEFT({{states}},1)={quoted(FAILED)})", sum(state.startswith(FAILED) for state in own))
    right = summary.count(f"{here}*(LEFT({{states}},1)={quoted(RIGHT)})", sum(state == RIGHT for state in own))
    musts = summary.lines[: summary.required]
    lacking = sum(title == place.spec.title and state == UNFILLED for title, state in musts)
    missing = _required_only(summary, line, lacking)
    formula = (
        f"=IF({failed.formula}>0,{quoted('✗ ')}&{failed.formula}&{quoted(' 处不平')},IF({missing.formula}>0,"
        f"{quoted('必填未填 ')}&{missing.formula}&{quoted(' 项')},IF({right.formula}>0,{quoted('✓ 相符')},{quoted('未填')})))"
    )
    sheet.write_formula(line, 4, formula, look, _words(failed, missing, right))


def _required_only(summary: Summary, line: int, now: int) -> Live:
    test = f"({{sheets}}={a1(line, 1, absolute=True)})*({{labels}}={quoted(REQUIRED)})*({{states}}={quoted(UNFILLED)})"
    return summary.count(test, now)


def _words(failed: Live, missing: Live, right: Live) -> str:
    if failed.value:
        return f"✗ {int(float(failed.value))} 处不平"
    if missing.value:
        return f"必填未填 {int(float(missing.value))} 项"
    return "✓ 相符" if right.value else "未填"


def _colour(canvas: Canvas, sheet: Any, first: int, last: int) -> None:
    cell = f"${a1(first, 4)}"
    for sign, colour in (("✗", BAD), ("必", FAIR), ("✓", GOOD), ("未", TODO)):
        look = canvas.looks.mark(font_color=colour)
        rule = {"type": "formula", "criteria": f"=LEFT({cell},1)={quoted(sign)}", "format": look}
        sheet.conditional_format(first, 4, last, 4, rule)
