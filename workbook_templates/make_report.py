"""Makes the Word template of the written report anew: python workbook_templates/make_report.py
FOLDER. A county edits the .docx.

In the template: 决算("事项"), 全年预算("事项"), 年初预算("事项"), 上年("事项") give a figure with its unit, “” where
the tables leave it blank; 有("事项") asks whether it is more than 0; 列("甲", "乙") lists those that are;
占比, 完成年初预算, 完成全年预算, 比上年, 比率 compare. Names of items are those of items.toml. 表["名称"] has 各行 and
合计, 正文["标题"] the paragraphs typed, 指标 the indicators.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from jixiao_xlsx.output.same_bytes import repacked

CENTER, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT
BODY, HEAD, TITLE, DIGITS = "仿宋", "黑体", "宋体", "Times New Roman"

FUNDS = (
    "资金来源",
    "支出功能分类科目",
    "下达资金",
    "基本支出小计",
    "人员经费",
    "公用经费",
    "项目支出",
    "支出合计",
)
FUNDS_WIDTHS = (1.8, 4.0, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9)
INDICATORS = ("一级指标", "二级指标", "三级指标", "权重", "目标值", "业绩值", "完成率", "指标得分")
WIDTHS = (1.5, 1.8, 3.1, 2.0, 2.2, 2.2, 2.2, 2.2)
PLAN = (
    "工作任务名称",
    "完成情况",
    "预算数",
    "其中：财政拨款（预算）",
    "执行数",
    "其中：财政拨款（执行）",
)

OVERVIEW = (
    "{{年度}}年，{{部门}}",
    '{% if 全年预算("本年支出合计") %}全年预算数为{{全年预算("本年支出合计")}}，{% endif %}',
    '{% if 决算("本年收入合计") %}本年收入合计{{决算("本年收入合计")}}'
    '{% if 列("一般公共预算财政拨款收入", "政府性基金预算财政拨款收入", "上级补助收入", "事业收入", "其他收入") %}，其中：'
    '{{列("一般公共预算财政拨款收入", "政府性基金预算财政拨款收入", "上级补助收入", "事业收入", "其他收入")}}{% endif %}。{% endif %}',
    '{% if 决算("本年支出合计") %}本年支出合计{{决算("本年支出合计")}}'
    '{% if 列("基本支出", "项目支出", "经营支出") %}，其中：{{列("基本支出", "项目支出", "经营支出")}}{% endif %}。{% endif %}',
    '{% if 比率("预算执行率") %}预算执行率为{{比率("预算执行率")}}。{% endif %}',
)
STAFF = (
    '{{部门}}{% if 决算("编制人数") %}核定编制{{决算("编制人数")}}{% endif %}'
    '{% if 决算("年末在职人数") %}，年末在职在编{{决算("年末在职人数")}}{% endif %}。'
)
BUDGET = (
    '{% if 年初预算("本年支出合计") %}年初预算数为{{年初预算("本年支出合计")}}，{% endif %}'
    '{% if 全年预算("本年支出合计") %}全年预算数为{{全年预算("本年支出合计")}}。{% endif %}'
    '{% if 全年预算("基本支出") %}基本支出全年预算数为{{全年预算("基本支出")}}。{% endif %}'
    '{% if 全年预算("项目支出") %}项目支出全年预算数为{{全年预算("项目支出")}}。{% endif %}'
)
SPENDING = (
    '{% if 决算("基本支出") %}基本支出{{决算("基本支出")}}'
    '{% if 占比("基本支出", "本年支出合计") %}，占本年支出合计的{{占比("基本支出", "本年支出合计")}}{% endif %}'
    '{% if 列("人员经费", "公用经费") %}，其中：{{列("人员经费", "公用经费")}}{% endif %}。{% endif %}'
    '{% if 有("项目支出") %}项目支出{{决算("项目支出")}}'
    '{% if 占比("项目支出", "本年支出合计") %}，占本年支出合计的{{占比("项目支出", "本年支出合计")}}{% endif %}。{% endif %}'
    '{% if 决算("年末结转和结余") %}年末结转和结余{{决算("年末结转和结余")}}。{% endif %}'
)
SUBJECTS = (
    "{% if 科目 %}按支出功能分类：{% for 一项 in 科目 %}{{一项.名称}}{{一项.决算}}{% if not loop.last %}；{% endif "
    "%}{% endfor %}。{% endif %}"
)
THREE = (
    '{% if 决算("三公经费") %}“三公”经费支出决算{{决算("三公经费")}}{% if 上年("三公经费") %}，{{比上年("三公经费")}}{% endif %}'
    '{% if 列("公务用车运行维护费", "公务用车购置费", "公务接待费", "因公出国（境）费") %}，其中：'
    '{{列("因公出国（境）费", "公务用车购置费", "公务用车运行维护费", "公务接待费")}}{% endif %}。{% endif %}'
    '{% if 有("会议费") %}会议费{{决算("会议费")}}。{% endif %}{% if 有("培训费") %}培训费{{决算("培训费")}}。{% endif %}'
)
ASSETS = (
    '{% if 有("固定资产原值") %}截至{{年度}}年12月31日，固定资产原值{{决算("固定资产原值")}}'
    '{% if 列("房屋和构筑物", "设备", "文物和陈列品", "图书和档案", "家具和用具", "特种动植物") %}，其中：{{列("房屋和构筑物", "设备",'
    ' "文物和陈列品", "图书和档案", "家具和用具", "特种动植物")}}{% endif %}。{% endif %}'
    '{% if 有("公务用车") %}年末公务用车{{决算("公务用车")}}。{% endif %}'
    '{% if 有("政府采购") %}政府采购支出总额{{决算("政府采购")}}'
    '{% if 列("政府采购货物支出", "政府采购工程支出", "政府采购服务支出") %}，其中：'
    '{{列("政府采购货物支出", "政府采购工程支出", "政府采购服务支出")}}{% endif %}。{% endif %}'
)
SURVEY = (
    '{% if 有("发放问卷") %}本次评价发放问卷{{决算("发放问卷")}}，'
    '回收问卷{{决算("回收问卷")}}，有效问卷{{决算("有效问卷")}}。{% endif %}'
)


def _document() -> Any:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(2.8), Cm(2.6)
    section.left_margin = section.right_margin = Cm(1.9)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = DIGITS, Pt(15)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1.4
    document.core_properties.author = ""
    return document


def _write(
    paragraph: Any,
    text: str,
    size: float = 15,
    *,
    font: str = BODY,
    bold: bool = False,
    align: Any = None,
) -> Any:
    run = paragraph.add_run(text)
    run.font.size, run.font.name, run.bold = Pt(size), DIGITS, bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    if align is not None:
        paragraph.alignment = align
    return paragraph


def _title(document: Any, text: str, size: float) -> None:
    _write(document.add_paragraph(), text, size, font=TITLE, bold=True, align=CENTER)


def _head(document: Any, text: str, level: int = 1) -> None:
    """一、… in 黑体, （一）… in 楷体: a heading that the navigation pane shows."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(30)
    paragraph.paragraph_format.keep_with_next = True
    _write(paragraph, text, 16 if level == 1 else 15, font=HEAD if level == 1 else "楷体")
    outline = paragraph._p.get_or_add_pPr()
    outline.append(outline.makeelement(qn("w:outlineLvl"), {qn("w:val"): str(level - 1)}))


def _when(document: Any, condition: str, text: str) -> None:
    """A paragraph that is left out where there is nothing to say."""
    document.add_paragraph(f"{{%p if {condition} %}}")
    _text(document, text)
    document.add_paragraph("{%p endif %}")


def _text(document: Any, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(30)
    _write(paragraph, text)


def _typed(document: Any, title: str) -> None:
    """What the department typed under that title, paragraph by paragraph."""
    document.add_paragraph(f'{{%p for 一段 in 正文["{title}"] %}}')
    _text(document, "{{一段}}")
    document.add_paragraph("{%p endfor %}")


def _cell(
    cell: Any,
    text: str,
    *,
    size: float = 9,
    bold: bool = False,
    align: Any = CENTER,
    together: bool = False,
) -> None:
    """`together`: the row stays on one page with the next."""
    paragraph = cell.paragraphs[0]
    looks = paragraph.paragraph_format
    looks.line_spacing, looks.keep_with_next = Pt(12), together
    looks.space_before = looks.space_after = Pt(1.5)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _write(paragraph, text, size, font=TITLE, bold=bold, align=align)


def _grid(document: Any, rows: int, widths: tuple[float, ...]) -> Any:
    table = document.add_table(rows=rows, cols=len(widths))
    table.style, table.autofit, table.alignment = "Table Grid", False, WD_TABLE_ALIGNMENT.CENTER
    margins = table._tbl.tblPr.makeelement(qn("w:tblCellMar"), {})
    for side in ("left", "right"):
        margins.append(margins.makeelement(qn(f"w:{side}"), {qn("w:w"): "50", qn("w:type"): "dxa"}))
    table._tbl.tblPr.append(margins)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        properties = row._tr.get_or_add_trPr()
        properties.append(properties.makeelement(qn("w:cantSplit"), {}))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
    return table


def _repeat(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader"), {}))


def _funds(document: Any) -> None:
    _write(
        document.add_paragraph(),
        "{{年度}}年度{{部门}}资金预算执行表（单位：万元）",
        12,
        font=HEAD,
        align=CENTER,
    ).paragraph_format.keep_with_next = True
    table = _grid(document, 5, FUNDS_WIDTHS)
    for number, title in enumerate(FUNDS):
        _cell(table.cell(0, number), title, bold=True)
        _cell(table.cell(2, number), f"{{{{一行.{title}}}}}")
        _cell(
            table.cell(4, number),
            f'{{{{表["资金预算执行表"].合计.{title}}}}}' if number else "合计",
            bold=True,
        )
    _cell(table.cell(1, 0), '{%tr for 一行 in 表["资金预算执行表"].各行 %}')
    _cell(table.cell(3, 0), "{%tr endfor %}")
    _repeat(table.rows[0])


def _evaluation(document: Any) -> None:
    """The table of the form: 年度计划完成情况 above, the indicators below."""
    _write(
        document.add_paragraph(),
        "{{年度}}年度部门（单位）整体绩效评价表",
        12,
        font=HEAD,
        align=CENTER,
    ).paragraph_format.keep_with_next = True
    table = _grid(document, 11, WIDTHS)
    _cell(table.cell(0, 0), "部门名称", bold=True, together=True)
    _cell(table.cell(0, 1).merge(table.cell(0, 7)), "{{部门}}")
    _plan_row(
        table,
        1,
        "年度计划完成情况",
        (*PLAN[:2], "预算数（元）", PLAN[3], "执行数（元）", PLAN[5]),
        bold=True,
        together=True,
    )
    _cell(table.cell(2, 0), '{%tr for 一行 in 表["年度计划"].各行 %}')
    _plan_row(table, 3, "", tuple(f'{{{{一行["{title}"]}}}}' for title in PLAN))
    _cell(table.cell(4, 0), "{%tr endfor %}")
    for number, title in enumerate(INDICATORS):
        _cell(table.cell(5, number), title, bold=True)
        _cell(table.cell(7, number), f"{{{{一项.{title}}}}}", align=LEFT if number < 3 else CENTER)
    _cell(table.cell(6, 0), "{%tr for 一项 in 指标 %}")
    _cell(table.cell(8, 0), "{%tr endfor %}")
    _cell(table.cell(9, 0), "合计", bold=True)
    _cell(table.cell(9, 3), '{{表["绩效评价表"].合计.权重}}', bold=True)
    _cell(table.cell(9, 7), '{{表["绩效评价表"].合计.指标得分}}', bold=True)
    _cell(table.cell(10, 0), "自评总分（满分{{满分}}）", bold=True)
    _cell(
        table.cell(10, 1).merge(table.cell(10, 7)),
        '{{格("self_total")}}　等级：{{格("self_grade")}}',
        bold=True,
    )


def _plan_row(
    table: Any,
    row: int,
    label: str,
    texts: tuple[str, ...],
    *,
    bold: bool = False,
    together: bool = False,
) -> None:
    """Six columns of the plan over the eight of the indicators."""
    _cell(table.cell(row, 0), label, bold=True, together=together)
    places = (
        table.cell(row, 1).merge(table.cell(row, 2)),
        *(table.cell(row, number) for number in range(3, 8)),
    )
    for place, text in zip(places, texts, strict=True):
        _cell(place, text, size=8, bold=bold, together=together)


def report() -> Any:
    """The report in six parts."""
    document = _document()
    _title(document, "{{部门}}", 20)
    _title(document, "部门（单位）整体支出绩效评价报告", 20)
    _title(document, "（{{年度}}年度）", 15)
    _head(document, "一、部门概况")
    _head(document, "（一）机构职能", 2)
    _typed(document, "一、部门概况")
    _head(document, "（二）机构设置", 2)
    _text(document, STAFF)
    _head(document, "（三）部门整体预算支出安排情况", 2)
    _text(document, "".join(OVERVIEW) + "资金执行情况如下表。")
    _funds(document)
    _head(document, "二、评价工作开展")
    _head(document, "（一）绩效评价实施过程", 2)
    _typed(document, "二、评价工作开展")
    _text(document, "本次评价收集、核对了预算、决算、资产和绩效目标等资料，按评价指标逐项打分。")
    _head(document, "（二）绩效评价整体结果", 2)
    _text(
        document,
        '{% if 格("self_total") %}自评总分为{{格("self_total")}}分{% if 格("self_grade") %}，'
        '自评等级为“{{格("self_grade")}}”{% endif %}，'
        "各项指标得分如下表。{% endif %}",
    )
    _evaluation(document)
    _head(document, "三、部门整体支出绩效评价分析")
    _typed(document, "三、部门整体支出绩效评价分析")
    _head(document, "（一）投入情况分析", 2)
    _text(document, BUDGET)
    _head(document, "（二）过程情况分析", 2)
    _when(document, '决算("基本支出") or 决算("年末结转和结余")', SPENDING)
    _when(document, "科目", SUBJECTS)
    _when(document, '决算("三公经费") or 有("会议费") or 有("培训费")', THREE)
    _when(document, '有("固定资产原值") or 有("公务用车") or 有("政府采购")', ASSETS)
    _head(document, "（三）产出情况分析", 2)
    document.add_paragraph('{%p for 一行 in 表["年度计划"].各行[1:] %}')
    _text(document, "{{loop.index}}．{{一行.工作任务名称}}：{{一行.完成情况}}。")
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p for 一项 in 指标 if 一项.失分 %}")
    _text(
        document,
        "“{{一项.三级指标}}”有扣分{% if 一项.偏差 %}，原因和改进措施：{{一项.偏差}}{% endif %}。",
    )
    document.add_paragraph("{%p endfor %}")
    _head(document, "（四）效益情况分析", 2)
    _when(document, '有("发放问卷")', SURVEY)
    _head(document, "四、履职完成情况")
    _typed(document, "四、履职完成情况")
    _head(document, "五、存在的问题")
    _typed(document, "五、存在的问题")
    _head(document, "六、整改措施或建议")
    _typed(document, "六、整改措施或建议")
    return document


def main(folder: Path) -> None:
    """Write the template into `folder`: the same bytes every time."""
    stream = io.BytesIO()
    report().save(stream)
    (folder / "评价报告.docx").write_bytes(repacked(stream.getvalue()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
