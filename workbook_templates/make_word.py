"""Makes the Word templates of the letters anew: python workbook_templates/make_word.py FOLDER. A
bureau edits the .docx, not this.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from jixiao_xlsx.output.same_bytes import repacked
from jixiao_xlsx.output.xlsx.patch.package import Package

CENTER, RIGHT, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
BODY, TITLE = "仿宋", "黑体"


def _document(margin: float = 2.2, size: float = 16) -> Any:
    """A4 with the letters of an official paper: 三号仿宋, in Chinese."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin = section.bottom_margin = Cm(margin)
    section.left_margin = section.right_margin = Cm(2.4)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = BODY, Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    language = style.element.rPr.makeelement(qn("w:lang"), {})
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    style.element.rPr.append(language)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1.2
    document.core_properties.author = ""
    return document


def _write(
    paragraph: Any,
    text: str,
    size: float,
    *,
    align: Any = LEFT,
    bold: bool = False,
    indent: bool = False,
    font: str = BODY,
    before: float = 0,
) -> Any:
    run = paragraph.add_run(text)
    run.font.size, run.font.name, run.bold = Pt(size), font, bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    paragraph.alignment = align
    paragraph.paragraph_format.space_before = Pt(before)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(size * 2)
    return run


def _line(document: Any, text: str, size: float = 16, **looks: Any) -> None:
    _write(document.add_paragraph(), text, size, **looks)


def _table(
    document: Any,
    titles: list[str],
    fields: list[str],
    widths: list[float],
    each: str,
    size: float = 9,
    padding: int = 50,
    figures: tuple[str, ...] = (),
) -> Any:
    """A head, and one line per item of `each` (“one in items”)."""
    table = document.add_table(rows=4, cols=len(titles))
    table.style, table.autofit = "Table Grid", False
    _padded(table, padding)
    for number, (title, field, width) in enumerate(zip(titles, fields, widths, strict=True)):
        table.columns[number].width = Cm(width)
        for row in table.rows:
            row.cells[number].width = Cm(width)
        _write(table.cell(0, number).paragraphs[0], title, size, align=CENTER, bold=True)
        align = RIGHT if title in figures else CENTER if width < 1.6 else LEFT
        _write(table.cell(2, number).paragraphs[0], field, size, align=align)
        table.cell(0, number).paragraphs[0].paragraph_format.line_spacing = 1.0
        table.cell(2, number).paragraphs[0].paragraph_format.line_spacing = 1.0
    _write(table.cell(1, 0).paragraphs[0], f"{{%tr for {each} %}}", size)
    _write(table.cell(3, 0).paragraphs[0], "{%tr endfor %}", size)
    for row in (table.rows[0], table.rows[2]):  # no line begins on one page and ends on the next
        kept = row._tr.get_or_add_trPr()
        kept.append(kept.makeelement(qn("w:cantSplit"), {}))
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader"), {}))  # repeated on the next page
    return table


def _padded(table: Any, padding: int) -> None:
    """Room above and below the words of each cell."""
    margins = table._tbl.tblPr.makeelement(qn("w:tblCellMar"), {})
    for side, width in (("top", padding), ("left", 80), ("bottom", padding), ("right", 80)):
        margins.append(
            margins.makeelement(qn(f"w:{side}"), {qn("w:w"): str(width), qn("w:type"): "dxa"})
        )
    look = table._tbl.tblPr.find(qn("w:tblLook"))  # the schema wants it last
    (table._tbl.tblPr.append if look is None else look.addprevious)(margins)
    for cell in table._cells:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _signature(document: Any) -> None:
    """Who to ask, and who writes: never parted by the end of a page."""
    _line(document, "联系人：{{联系人}}　　电话：{{电话}}", indent=True)
    _line(document, "{{落款}}", align=RIGHT, before=14)
    for paragraph in document.paragraphs[-2:]:
        paragraph.paragraph_format.keep_with_next = True
    _line(document, "{{落款日期}}", align=RIGHT)


def _opening(document: Any, result: str, title: str) -> None:
    """What the office says to a department, or, where bureau.toml asks for it, the bureau's 函.

    Its number is left blank: that is given with 签发 and 用印.
    """
    _line(document, "{%p if 正式函 %}")
    _line(document, "{{局名}}", 22, align=CENTER, font=TITLE)
    _line(document, "{{文号}}", align=CENTER)
    _line(document, title, 22, align=CENTER, font=TITLE, before=12)
    _line(document, "{%p else %}")
    _line(document, "绩效自评审核意见反馈单", 22, align=CENTER, font=TITLE)
    _line(document, f"（{result}）", align=CENTER)
    _line(document, "{%p endif %}")


def returned() -> Any:
    """退回修改通知."""
    document = _document()
    _opening(document, "退回修改", "关于核实更正《{{报表}}》的函")
    _line(document, "{{部门}}：")
    _line(
        document,
        "经审核，你单位报送的《{{报表}}》有 {{项数}} 项需要核对（涉及错误 {{错误数}} 条、警告 {{警告数}} 条）。"
        "{{与上次相比}}请对照账簿、决算报表逐项核实，填错的更正，于{{退回期限}}前重新报送。",
        indent=True,
    )
    _items(document, "修改要求")
    _small(
        document,
        "错误须更正；警告经核实无误的，请在核实说明中写明情况。"
        "“可能原因”是按表内、表间关系推算的，只供查找：各数相符不等于各数属实，请不要为求相符而改数。"
        "随附批注副本标明了上述各处，可直接在副本上修改后报送。",
    )
    _small(document, "依据：{{依据}}。", before=2)
    _signature(document)
    return document


def to_explain() -> Any:
    """核实说明通知."""
    document = _document()
    _opening(document, "核实说明", "关于核实《{{报表}}》有关问题的函")
    _line(document, "{{部门}}：")
    _line(
        document,
        "你单位报送的《{{报表}}》已经审核，没有必须更正的错误，有 {{项数}} 项请核实（涉及警告 {{警告数}} 条）。"
        "{{与上次相比}}请于{{退回期限}}前在随附批注副本的核实说明里逐项写明情况后报送；"
        "核实中发现填错的，一并更正。",
        indent=True,
    )
    _items(document, "请核实")
    _small(
        document,
        "“可能原因”是按表内、表间关系推算的，只供查找；情况属实的，数字不用改。",
    )
    _small(document, "依据：{{依据}}。", before=2)
    _signature(document)
    return document


def _items(document: Any, asked: str) -> None:
    """The list of what the department is asked to look at."""
    _table(
        document,
        ["序号", "级别", "表/单元格", "问题", "可能原因", asked],
        [
            *("{{一项.序号}}", "{{一项.级别}}", "{{一项.单元格}}", "{{一项.问题}}"),
            *("{{一项.可能原因}}", "{{一项.修改要求}}"),
        ],
        [1.0, 1.2, 2.5, 4.6, 3.2, 3.7],
        "一项 in 问题清单",
    )


def _small(document: Any, text: str, before: float = 8) -> None:
    _line(document, text, 11, indent=True, before=before)


def passed() -> Any:
    """审核通过通知."""
    document = _document()
    _opening(document, "审核通过", "关于《{{报表}}》审核通过的函")
    _line(document, "{{部门}}：")
    _line(
        document,
        "你单位报送的《{{报表}}》已经审核，没有需要修改或说明的问题，予以通过。{{与上次相比}}",
        indent=True,
    )
    _line(document, "请妥善保管报送的文件及佐证材料，以备抽查复核。", indent=True)
    _signature(document)
    return document


def briefing() -> Any:
    """审核情况汇报, on one page."""
    document = _document(1.5, 12)
    _line(document, "{{年度}}{{报表}}审核情况汇报", 18, align=CENTER, bold=True, font=TITLE)
    _line(document, "一、报送和覆盖", 12, bold=True)
    _line(document, "{{概况}}", 12, indent=True)
    _line(document, "二、审核结果", 12, bold=True)
    _line(document, "{{审核}}", 12, indent=True)
    pair = document.add_table(rows=1, cols=2)
    for cell, chart in zip(pair.rows[0].cells, ("{{报送图}}", "{{等级图}}"), strict=True):
        _write(cell.paragraphs[0], chart, 9, align=CENTER)
    _line(document, "三、分股室、分性质情况（金额：万元）", 12, bold=True)
    _table(
        document,
        ["类别", "名称", "应报", "已报", "通过", "待核实", "退回", "全年预算", "执行率", "差额"],
        [
            *("{{一组.类别}}", "{{一组.名称}}", "{{一组.应报}}", "{{一组.已报}}", "{{一组.PASS}}"),
            *("{{一组.EXPLAIN}}", "{{一组.RETURN}}", "{{一组.预算}}", "{{一组.执行率}}"),
            "{{一组.差额}}",
        ],
        [1.9, 3.6, 1.1, 1.1, 1.1, 1.3, 1.1, 2.2, 1.6, 2.0],
        "一组 in 分组",
        padding=15,
        figures=("全年预算", "执行率", "差额"),
    )
    _line(document, "四、结论和建议", 12, bold=True, before=4)
    _line(document, "{{结论}}", 12, indent=True)
    _line(document, "{%p for 一条 in 建议 %}")
    _line(document, "{{loop.index}}．建议{{一条}}", 12, indent=True)
    _line(document, "{%p endfor %}")
    _line(document, "{{局名}}{{股室}}　{{落款日期}}", 12, align=RIGHT)
    _spaced(document, 17.5)
    return document


def _spaced(document: Any, points: float) -> None:
    """Lines of a fixed height: the same number of pages whichever fonts a PC has."""
    paragraphs = [*document.paragraphs]
    for table in document.tables:
        paragraphs += [one for row in table.rows for cell in row.cells for one in cell.paragraphs]
    for paragraph in paragraphs:
        sizes = [run.font.size.pt for run in paragraph.runs if run.font.size]
        if "图}}" not in paragraph.text and sizes:  # a drawing would be cut
            high = points * max(sizes) / 12
            paragraph.paragraph_format.line_spacing = Pt(round(high * 2) / 2)


def annex() -> Any:
    """审核情况附件（内部）: the names that the briefing leaves out."""
    document = _document(1.8, 12)
    _line(document, "{{年度}}{{报表}}审核情况附件", 18, align=CENTER, bold=True, font=TITLE)
    _line(document, "内部资料，不对外提供。按名册顺序；金额单位：万元。", 11, align=CENTER)
    _table(
        document,
        ["归口股室", "部门", "结果", "总分", "等级", "名次", "差额"],
        [
            *("{{一行.股室}}", "{{一行.部门}}", "{{一行.结果}}", "{{一行.总分}}", "{{一行.等级}}"),
            *("{{一行.名次}}", "{{一行.差额}}"),
        ],
        [2.6, 6.0, 1.9, 1.6, 1.2, 1.8, 2.2],
        "一行 in 名单",
        padding=25,
        figures=("总分", "差额"),
    )
    _spaced(document, 18)
    return document


_UNUSED = {"thumbnail", "customXml", "stylesWithEffects", "webSettings", "numbering"}


def _slim(data: bytes) -> bytes:
    """Return a document without what nothing in it uses: a copy of it lies in every letter."""
    package = Package(data)
    for part in ("", package.main_part()):
        for identity, kind, target in list(package.relations(part)):
            if kind in _UNUSED:
                for _, _, further in list(package.relations(target)):
                    package.drop(further)
                package.unrelate(part, identity)
                package.drop(target)
    styles = package.edit("word/styles.xml")
    named = {style.get(qn("w:styleId")): style for style in styles.findall(qn("w:style"))}
    used = {one for one, style in named.items() if style.get(qn("w:default")) == "1"}
    used |= _styles_named_in(package.tree("word/document.xml"))
    while (
        further := {one for style in used & named.keys() for one in _styles_named_in(named[style])}
        - used
    ):
        used |= further
    for one in styles.findall(qn("w:latentStyles")):
        styles.remove(one)
    for name, style in named.items():
        if name not in used:
            styles.remove(style)
    return package.save()


def _styles_named_in(root: Any) -> set[str]:
    names = ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link")
    return {one.get(qn("w:val")) for name in names for one in root.iter(qn(f"w:{name}"))}


def main(folder: Path) -> None:
    """Write the templates into `folder`: the same bytes every time."""
    for name, document in (
        ("退回修改通知", returned()),
        ("核实说明通知", to_explain()),
        ("审核通过通知", passed()),
        ("审核情况汇报", briefing()),
        ("审核情况附件（内部）", annex()),
    ):
        stream = io.BytesIO()
        document.save(stream)
        (folder / f"{name}.docx").write_bytes(repacked(_slim(stream.getvalue())))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
