"""Reading a .docx: what a person sees of it, its tables, and files that are not to be trusted."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Mapping

import pytest
from parcels import zipped

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.reading.word.content import DocxContent
from jixiao_xlsx.reading.word.document import read_document
from jixiao_xlsx.reading.word.docx import read_docx
from jixiao_xlsx.values.cells import Document

TEMPLATE = find_template()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MORE = 'xmlns:mc="http://m" xmlns:wps="http://s" xmlns:a="http://a" xmlns:m="http://o"'
RELS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="1" Type="http://'
    b'schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    b'Target="word/document.xml"/></Relationships>'
)


def packed(body: str, styles: str = "", parts: Mapping[str, bytes] | None = None) -> bytes:
    document = f"<w:document {W} {MORE}><w:body>{body}</w:body></w:document>"
    files = {
        "[Content_Types].xml": b"<x/>",
        "_rels/.rels": RELS,
        "word/document.xml": document.encode(),
    }
    if styles:
        files["word/styles.xml"] = f"<w:styles {W}>{styles}</w:styles>".encode()
    return zipped(files | dict(parts or {}))


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def texts(body: str, styles: str = "") -> list[str]:
    return [one.text for one in read_docx(packed(body, styles)).paragraphs]


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cells(*contents: str) -> str:
    return "".join(f"<w:tc>{p(text)}</w:tc>" for text in contents)


# --------------------------------------------------------------------------------------------- text


def test_paragraphs_with_text_are_counted() -> None:
    found = read_docx(packed(p("一") + "<w:p/>" + p("  ") + p("二"))).paragraphs
    assert [(one.number, one.text, one.ref) for one in found] == [
        (1, "一", "第1段"),
        (2, "二", "第2段"),
    ]


@pytest.mark.parametrize(
    ("body", "visible"),
    [
        (
            "<w:p><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>"
            "旧</w:delText></w:r></w:del></w:p>",
            ["新"],
        ),
        (
            "<w:p><w:moveFrom><w:r><w:t>旧处</w:t></w:r></w:moveFrom><w:r><w:t>其余</w:t></w:r></w:p>",
            ["其余"],
        ),
        (
            "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r><w:r><w:t>显</w:t></w:r></w:p>",
            ["显"],
        ),
        ('<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>显</w:t></w:r></w:p>', ["显"]),
        ("<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>3页</w:t></w:r></w:p>", ["3页"]),
        (
            "<w:p><w:hyperlink><w:r><w:t>954.81</w:t></w:r></w:hyperlink><w:r><w:t>万元</w:t>"
            "</w:r></w:p>",
            ["954.81万元"],
        ),
        ("<w:sdt><w:sdtContent>" + p("控件里") + "</w:sdtContent></w:sdt>", ["控件里"]),
        (
            "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>",
            ["甲 乙\n丙"],
        ),
        (
            f"<w:p><w:r><w:t>前</w:t></w:r><w:r><wps:txbx><w:txbxContent>{p('框')}</w:txbxCon"
            "tent></wps:txbx></w:r></w:p>",
            ["框", "前"],
        ),
        (
            f"<w:p><w:r><mc:AlternateContent><mc:Choice>{p('框')}</mc:Choice><mc:Fallback>"
            f"{p('框')}</mc:Fallback></mc:AlternateContent></w:r></w:p>",
            ["框"],
        ),
        ("<w:p><w:r><a:p><a:r><a:t>图</a:t></a:r></a:p><w:t>文</w:t></w:r></w:p>", ["文"]),
        (table(cells("边框里的一段") + "") + p("外面"), ["边框里的一段", "外面"]),
    ],
    ids=[
        "tracked",
        "moved",
        "hidden",
        "not hidden",
        "field",
        "link",
        "control",
        "marks",
        "box",
        "box twice",
        "picture",
        "frame",
    ],
)
def test_the_text_is_what_a_person_sees(body: str, visible: list[str]) -> None:
    assert texts(body) == visible


def test_headings_numbering_and_the_table_of_contents() -> None:
    styles = (
        '<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style><w:style '
        'w:styleId="2"><w:name w:val="正文缩进"/>'
        '<w:basedOn w:val="1"/></w:style><w:style w:styleId="10"><w:name w:val="toc 1"/></w:style>'
        '<w:style w:styleId="3"><w:name w:val="列表"/><w:pPr><w:numPr><w:numId w:val="4"/>'
        "</w:numPr></w:pPr></w:style>"
    )
    body = (
        p("一、概况　1", '<w:pStyle w:val="10"/>')
        + p("概况", '<w:pStyle w:val="1"/>')
        + p("职能", '<w:pStyle w:val="2"/>')
        + p("自动编号的一段话。", '<w:pStyle w:val="3"/>')
        + p("不编号。", '<w:pStyle w:val="3"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + p("（二）机构")
        + p("第二部分 收支情况")
    )
    found = read_docx(packed(body, styles)).paragraphs
    assert [one.listed for one in found] == [True, *[False] * 6]
    assert [one.heading for one in found] == [False, True, True, False, False, True, True]
    assert [one.numbered for one in found] == [False, False, False, True, False, False, False]


# ------------------------------------------------------------------------------------------ margins


def with_margins(section: str, settings: str = "", text: str = "正文。") -> DocxContent:
    """A report whose package holds three headers, a footer and notes; `section` says which of them
    a page shows.
    """
    kinds = {"h1": "header1", "h2": "header2", "h3": "header3", "f1": "footer1", "n1": "footnotes"}
    type_of = {link: f"http://r/{name.rstrip('123')}" for link, name in kinds.items()}
    rels = "".join(
        f'<Relationship Id="{link}" Type="{type_of[link]}" Target="{name}.xml"/>'
        for link, name in kinds.items()
    )
    parts = {
        f"word/{name}.xml": f"<w:hdr {W}>{p(name)}</w:hdr>".encode() for name in kinds.values()
    }
    parts["word/footnotes.xml"] = (
        f"<w:footnotes {W}><w:footnote>{p('')}</w:footnote><w:footnote>{p('注')}</w:footn"
        "ote></w:footnotes>".encode()
    )
    parts["word/_rels/document.xml.rels"] = f"<Relationships>{rels}</Relationships>".encode()
    parts["word/settings.xml"] = f"<w:settings {W}>{settings}</w:settings>".encode()
    return read_docx(packed(p(text) + f"<w:sectPr>{section}</w:sectPr>", parts=parts))


@pytest.mark.parametrize(
    ("section", "settings", "visible"),
    [
        ("", "", []),
        ('<w:headerReference w:type="default" r:id="h1"/>', "", ["页眉第1段 header1"]),
        ('<w:headerReference w:type="first" r:id="h2"/>', "", []),
        ('<w:headerReference w:type="first" r:id="h2"/><w:titlePg/>', "", ["页眉第1段 header2"]),
        ('<w:headerReference w:type="even" r:id="h3"/>', "", []),
        (
            '<w:headerReference w:type="even" r:id="h3"/>',
            "<w:evenAndOddHeaders/>",
            ["页眉第1段 header3"],
        ),
        (
            '<w:headerReference w:type="default" r:id="h1"/><w:footerReference '
            'w:type="default" r:id="f1"/>',
            "",
            ["页眉第1段 header1", "页脚第1段 footer1"],
        ),
    ],
    ids=["none", "default", "first not shown", "first", "even not shown", "even", "both"],
)
def test_headers_and_footers_are_read_where_a_page_shows_them(
    section: str, settings: str, visible: list[str]
) -> None:
    found = with_margins(section, settings)
    assert [f"{one.ref} {one.text}" for one in found.margins] == visible
    assert [one.text for one in found.paragraphs] == ["正文。"]


def test_notes_are_read_where_the_text_has_one() -> None:
    body = (
        p("正文。")
        + '<w:p><w:r><w:t>数</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    )
    parts = {
        "word/_rels/document.xml.rels": b'<Relationships><Relationship Id="n" '
        b'Type="http://r/footnotes" Target="footn'
        b'otes.xml"/></Relationships>',
        "word/footnotes.xml": f"<w:footnotes {W}><w:footnote>"
        f"{p('注')}</w:footnote></w:footnotes>".encode(),
    }
    assert [(one.ref, one.text) for one in read_docx(packed(body, parts=parts)).margins] == [
        ("脚注第1段", "注")
    ]
    assert not read_docx(packed(p("正文。"), parts=parts)).margins


def test_figures_of_other_tables_have_the_words_around_them() -> None:
    body = p("支出情况（单位：万元）") + table(
        cells("项目", "年初预算数", "决算数"),
        cells("一、基本支出", "1,120.00", "130.62"),
        cells("", "5", "6"),
        cells("备注", "无", ""),
    )
    found = document(body)
    assert not found.tables
    assert [(c.ref, c.row, c.column, str(c.number), c.unit) for c in found.figures] == [
        ("表1 第2行第2列", "一、基本支出", "年初预算数", "1120.00", "万元"),
        ("表1 第2行第3列", "一、基本支出", "决算数", "130.62", "万元"),
    ]
    assert not document(body.replace("（单位：万元）", "")).figures


# ------------------------------------------------------------------------------------------- tables


FUNDS = ("支出功能分类科目", "下达资金（万元）", "小计", "人员经费", "公用经费", "项目支出")


def document(body: str) -> Document:
    return read_document(packed(body), "报告.docx", TEMPLATE)


def test_merged_cells_give_the_address_a_person_counts() -> None:
    head = (
        "<w:tc>"
        + p("支出功能分类科目")
        + "</w:tc><w:tc><w:tcPr><w:gridSpan w:val='3'/></w:tcPr>"
        + p("基本支出")
        + "</w:tc>"
    )
    head += (
        "<w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr>"
        + p("项目支出")
        + "</w:tc><w:tc>"
        + p("下达资金")
        + "</w:tc>"
    )
    under = (
        cells("", "小计", "人员经费", "公用经费")
        + "<w:tc><w:tcPr><w:vMerge/></w:tcPr>"
        + p("")
        + "</w:tc>"
        + cells("")
    )
    [found] = document(
        table(
            head,
            under,
            cells("教育支出", "3", "1", "2", "4", "7"),
            cells("合计", "3", "1", "2", "4", "7"),
        )
    ).tables
    assert found.name == "资金预算执行表" and found.total
    assert found.columns["项目支出"].ref == "表1 第1行第3列"  # the third cell of its row
    assert found.rows[0]["项目支出"].ref == "表1 第3行第5列"


@pytest.mark.parametrize(
    ("above", "unit"),
    [("单位：元", "元"), ("（单位：万元）", "万元"), ("金额单位：万元", "万元"), ("说明", "万元")],
)
def test_the_unit_that_is_said_counts(above: str, unit: str) -> None:
    [found] = document(
        p("资金预算执行表")
        + p(above)
        + table(cells(*(t.replace("（万元）", "") for t in FUNDS)), cells("教育支出", *"73124"))
    ).tables
    assert {cell.unit for cell in found.rows[0].cells.values() if cell.number} == {unit}


def test_a_unit_we_do_not_know_or_two_of_them_leave_the_table_alone() -> None:
    for above in (p("单位：千元"), p("单位：元") + p("单位：万元")):
        assert not document(
            above
            + table(cells(*(t.replace("（万元）", "") for t in FUNDS)), cells("教育支出", *"73124"))
        ).tables


@pytest.mark.parametrize(
    "rows",
    [
        [("姓名", "职务", "分工"), ("甲", "组长", "总负责")],
        [("项目", "预算数", "执行数"), ("灌区", "30", "29")],
        [("支出功能分类科目", "项目支出"), ("教育支出", "4")],
        [("序号", "指标", "分值", "得分"), ("1", "满意度", "10", "9")],
    ],
)
def test_a_table_that_is_not_plainly_of_the_form_is_left_alone(rows: list[tuple[str, ...]]) -> None:
    found = document(table(*(cells(*row) for row in rows)))
    assert not found.tables and found.tables_seen == 1


def test_tables_inside_tables_are_tables_of_their_own() -> None:
    inner = table(cells(*FUNDS), cells("教育支出", *"73124"))
    found = document(table(f"<w:tc>{p('左')}{inner}{p('')}</w:tc>{cells('右')}"))
    assert [one.name for one in found.tables] == ["资金预算执行表"] and found.tables_seen == 2
    assert found.tables[0].rows[0]["项目支出"].ref == "表2 第2行第6列"


# ------------------------------------------------------------------------------------------ hostile


DOCTYPE = b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]>'


def with_doctype(part: str) -> bytes:
    parts = {
        "word/document.xml": f"<w:document {W}/>".encode(),
        "word/styles.xml": f"<w:styles {W}/>".encode(),
        "_rels/.rels": RELS,
    }
    return zipped({"[Content_Types].xml": b"<x/>", **parts, part: DOCTYPE + parts[part]})


def bomb() -> bytes:
    return packed("", parts={"word/document.xml": b"<a>" + b"x" * (60 * 2**20)})


CASES = {
    "nothing": (b"", "空的"),
    "no zip": (b"hello", "不是 Word 文档"),
    "cut": (packed(p("甲") * 900)[:-200], "损坏"),
    "workbook": (
        zipped(
            {
                "_rels/.rels": RELS.replace(b"word/document", b"xl/workbook"),
                "xl/workbook.xml": b"<x/>",
            }
        ),
        "不是 Word 文档",
    ),
    "no text": (zipped({"_rels/.rels": RELS, "x": b""}), "不是 Word 文档"),
    "not well-formed": (packed("<w:p>"), "损坏"),
    "doctype": (with_doctype("word/document.xml"), "DOCTYPE"),
    "doctype in styles": (with_doctype("word/styles.xml"), "DOCTYPE"),
    "doctype in links": (with_doctype("_rels/.rels"), "DOCTYPE"),
    "macros": (packed(p("甲"), parts={"word/vbaProject.bin": b"x"}), "宏"),
    "bomb": (bomb(), "过大"),
    "large links": (
        zipped(
            {
                "_rels/.rels": RELS.replace(b"</R", b"<x/>" * 250_000 + b"</R"),
                "word/document.xml": b"<x/>",
            }
        ),
        "异常庞大",
    ),
    "large styles": (
        packed(p("甲"), parts={"word/styles.xml": b"<w:styles>" + b" " * (9 * 2**20)}),
        "异常庞大",
    ),
    "many tags": (packed("<w:p/>" * 1_100_000), "过多"),
    "wide": (packed(table(cells(*["x"] * 300))), "表格过大"),
    "wide span": (
        packed(table("<w:tc><w:tcPr><w:gridSpan w:val='99999999'/></w:tcPr></w:tc>" * 9)),
        "表格过大",
    ),
    "odd span": (packed(table("<w:tc><w:tcPr><w:gridSpan w:val='x'/></w:tcPr></w:tc>")), "损坏"),
    "old": (OLE + "WordDocument".encode("utf-16-le"), ".docx"),
    "encrypted": (OLE + "EncryptedPackage".encode("utf-16-le"), "加密"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_to_be_trusted_is_refused_in_plain_words(name: str) -> None:
    data, words = CASES[name]
    with pytest.raises(Refused) as refused:
        read_docx(data)
    assert words in refused.value.reason


def test_a_deep_document_does_not_exhaust_the_stack() -> None:
    deep = "<w:sdt><w:sdtContent>" * 20_000 + p("底") + "</w:sdtContent></w:sdt>" * 20_000
    assert texts(deep) == ["底"]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = bomb()
    tracemalloc.start()
    with pytest.raises(Refused):
        read_docx(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * 2**20


def test_parts_cut_anywhere_are_refused_or_read_but_never_crash() -> None:
    data = packed(p("甲乙丙") * 50 + table(cells(*FUNDS), cells("教育支出", *"73124")))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts["word/document.xml"]
    for at in range(0, len(text), 97):
        for broken in (text[:at], text[:at] + b"<" + text[at:], text[:at] + b"\0\xff" + text[at:]):
            try:
                found = read_docx(zipped(parts | {"word/document.xml": broken}))
            except Refused:
                continue
            assert isinstance(found, DocxContent)
