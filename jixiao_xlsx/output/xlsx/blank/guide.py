"""填报说明: how to fill the form, the colours, and its sheets with what is left to do on each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jixiao_xlsx.form.spec import SheetSpec, Template
from jixiao_xlsx.output.xlsx.blank.canvas import Canvas, write_title
from jixiao_xlsx.output.xlsx.blank.form_styles import (
    FILLS,
    LINK_COLOUR,
    UNFILLED_FILL,
    WRONG_FILL,
    form_row_height,
)
from jixiao_xlsx.output.xlsx.blank.layout import CellAddress, SheetPlace
from jixiao_xlsx.output.xlsx.cells import put_merged, qualified, text_constant, typed_text
from jixiao_xlsx.output.xlsx.page import set_page
from jixiao_xlsx.output.xlsx.self_check.progress import colour_words, progress
from jixiao_xlsx.output.xlsx.self_check.sheet import SelfCheck
from jixiao_xlsx.output.xlsx.self_check.states import FAILED
from jixiao_xlsx.values.people import Bureau

_WIDTHS = (7.0, 22.0, 44.0, 10.0, 22.0)
_COLOURS = (
    (FILLS["input"], "请填写"),
    (UNFILLED_FILL, "必填，还没有填；填好后变成黄色"),
    (WRONG_FILL, "与别处不相符，原因看自检；改对后颜色消失"),
    (FILLS["auto"], "自动计算，不用填"),
    (FILLS["fixed"], "已经印好，不用改"),
    (FILLS["void"], "不用填"),
)
_GIVEN = (FILLS["given"], "财政部门已经填好，不用填，也不能改")


def draw_guide(
    canvas: Canvas, sheet: Any, spec: SheetSpec, check: SelfCheck | None, bureau: Bureau
) -> None:
    """Draw the first sheet; `check` is the form's 自检, where it has one."""
    widths = list(_WIDTHS)
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    last = len(widths) - 1
    write_title(canvas, sheet, (0, 0), "{year}年度" + canvas.template.title, widths)
    put_merged(sheet, (1, 0, 1, last), spec.title, canvas.styles(align="center", font_size=13))
    sheet.set_row(1, 24)
    line = _heading(canvas, sheet, 2, "一、怎样填")
    for number, text in enumerate(_sentences(canvas.template), start=1):
        sheet.write_string(line, 0, f"{number}.", canvas.styles(align="right", valign="top"))
        put_merged(sheet, (line, 1, line, last), text, canvas.styles(text_wrap=True, valign="top"))
        sheet.set_row(line, form_row_height([(text, sum(widths[1:]))], 19))
        line += 1
    line = _heading(canvas, sheet, line, "二、报送")
    for text in _delivery(bureau):
        put_merged(sheet, (line, 1, line, last), text, canvas.styles(text_wrap=True, valign="top"))
        sheet.set_row(line, form_row_height([(text, sum(widths[1:]))], 19))
        line += 1
    line = _heading(canvas, sheet, line, "三、颜色")
    given = any(cell.role == "given" for cell in canvas.contents.values())
    for colour, text in (*_COLOURS, _GIVEN)[: None if given else len(_COLOURS)]:
        sheet.write_blank(line, 1, None, canvas.styles("boxed", bg_color=colour))
        put_merged(sheet, (line, 2, line, last), text, canvas.styles(indent=1))
        sheet.set_row(line, 19)
        line += 1
    line = _heading(canvas, sheet, line, "四、目录")
    line = _contents(canvas, sheet, line, check)
    set_page(sheet, portrait=spec.orientation == "portrait", footer=spec.title)
    sheet.activate()


def _heading(canvas: Canvas, sheet: Any, line: int, text: str) -> int:
    sheet.write_string(line, 0, text, canvas.styles["caption"])
    sheet.set_row(line, 30)
    return line + 1


def _sentences(template: Template) -> Iterator[str]:
    """Yield what a clerk must know, and nothing that this form does not need."""
    yield "只填有颜色提示的格子。灰色格自动计算，白色格已经印好。名称后带 * 的是必填项。"
    yield from _about_tables(template)
    if template.indicator_table:
        yield _about_indicators(template)
    later = template.table.get(template.remarks.get("table", ""))
    if later:
        yield (
            f"“{later.sheet}”先不用填：退回修改时，要说明的问题已逐条写好，"
            f"在{template.remarks['text']}栏里写明原因。"
        )
    for check in [sheet.title for sheet in template.sheets if sheet.kind == "selfcheck"][:1]:
        yield f"填完看“{check}”：{FAILED} 要改正；警告类的确有原因不能改，在旁边写情况说明。"
    yield "工作表名、表头和项目名称不要改；另存为 .xlsx 文件，按通知要求报送。"


def _about_tables(template: Template) -> Iterator[str]:
    tables = template.tables
    units = sorted({table.unit for table in tables} & {"元", "万元", "亿元"}, key=len)
    if units:
        yield (
            f"金额单位看每张表的右上角（本套表有{'、'.join(units)}），只填数字，不写单位，不写“约”。"
        )
    yield "没有发生的金额留空或填“—”，确实为零的填 0。"
    ticks = sorted({table.tick for table in tables if table.tick})
    if ticks:
        yield f"整张表的业务都没有的，在“{'”“'.join(ticks)}”旁选√，表里不用再填。"
    copies = [table.sheet for table in tables if table.copy_of]
    if copies:
        yield (
            f"“{copies[0]}”至“{copies[-1]}”每张填一个，先填{template.roles['item'].row}；"
            "没有用到的空着。不够时复制一张没有填的：复制出来的不在自检里，报来后照样核对。"
        )
    if any(table.shape == "open" and table.total for table in tables):
        yield (
            "行数不够时，在合计行上方或表中任何一行处插入行，合计和自检会把新行算进去；"
            "新行里灰色格的公式，从上一行复制下来。"
        )


def _about_indicators(template: Template) -> str:
    columns = template.indicator_columns
    target = columns.get("target", "")
    signs = f"{target}前写明≥、≤或=。"
    tables = (table for table in template.tables if table.base == template.indicator_table)
    printed = {column.title for table in tables for column in table.columns}
    if columns.get("direction") in printed:
        signs = f"{columns['direction']}已选好的不用再在{target}里写≥、≤。"
    return (
        f"{template.indicator_table}：{signs}"
        f"定性指标的{columns['actual']}填{'、'.join(tier.name for tier in template.tiers)}。"
        f"没有得满分的，写明{columns['deviation']}。"
    )


def _contents(canvas: Canvas, sheet: Any, line: int, check: SelfCheck | None) -> int:
    for number, title in enumerate(("序号", "工作表", "内容", "单位", "填报情况")):
        sheet.write_string(line, number, title, canvas.styles["head"])
    sheet.set_row(line, 24)
    first = line + 1
    for number, place in enumerate(canvas.layout.sheets, start=1):
        line += 1
        sheet.write_number(line, 0, number, canvas.styles("boxed", align="center"))
        link = canvas.styles("boxed", font_color=LINK_COLOUR, underline=1, indent=1)
        sheet.write_url(
            line,
            1,
            f"internal:{qualified(place.spec.title, 'A1')}",
            link,
            place.spec.title,
            "转到这张表",
        )
        about = _write_about(canvas, sheet, line, place)
        units = dict.fromkeys(table.spec.unit for table in place.tables if table.spec.unit)
        sheet.write_string(line, 3, "、".join(units), canvas.styles("boxed", align="center"))
        words = progress(check, place.spec.title) if check else None
        style = canvas.styles("boxed", align="center")
        if words is None:
            sheet.write_blank(line, 4, None, style)
        else:
            sheet.write_formula(line, 4, f"={words.formula}", style, str(words.value))
        sheet.set_row(line, form_row_height([(about, _WIDTHS[2] - 2)], 20))
    colour_words(canvas, sheet, (first, 4, line, 4))
    return line + 1


def _delivery(bureau: Bureau) -> Iterator[str]:
    """Yield until when and to whom to report, and what happens next."""
    to = "".join(part for part in (bureau.name, bureau.office) if part) or "财政部门"
    until = f"请于{bureau.deadline}前" if bureau.deadline else "请按通知的时限"
    people = "，".join(
        part
        for part in (
            f"联系人{bureau.contact}" * bool(bureau.contact),
            f"电话{bureau.phone}" * bool(bureau.phone),
        )
        if part
    )
    yield (
        f"{until}报{to}"
        + (f"（{people}）" if people else "")
        + "，只报这一个文件，文件名写明单位名称。"
    )
    yield "报来后统一核对：没有问题的发通过通知；有错误的退回一份批注副本，疑似填错的格标了颜色、写明要核对什么，核实更正后再报；只有警告的，在批注副本的核实说明里写明情况即可。"


def _write_about(canvas: Canvas, sheet: Any, line: int, place: SheetPlace) -> str:
    """Write and return what the sheet is about; of copies, the department's name for it."""
    style = canvas.styles("boxed", indent=1)
    item = canvas.template.roles.get("item")
    own = next(
        (
            table.spec.name
            for table in place.tables
            if item and table.spec.base == canvas.layout.tables[item.table].spec.base
        ),
        "",
    )
    if item is None or not own:
        about = _about(place)
        sheet.write_string(line, 2, about, style)
        return about
    address: CellAddress = (own, item.row, item.column)
    ref, now = canvas.refer(address), typed_text(canvas.contents[address].value)
    unused = f"（没有填{item.row}）"
    sheet.write_formula(
        line, 2, f'=IF({ref}="",{text_constant(unused)},{ref})', style, now or unused
    )
    return now or unused


def _about(place: SheetPlace) -> str:
    """Return what a sheet is about, in the words of its headings."""
    if not place.tables:
        return {"guide": "怎样填，填什么", "selfcheck": "表内、表间是否相符，必填项是否填完"}.get(
            place.spec.kind, ""
        )
    return "；".join(
        t.spec.heading.replace("{year}年度", "").replace("{department}", "") for t in place.tables
    )
