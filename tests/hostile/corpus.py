"""Hostile and odd files, made by code: what arrives in practice, what breaks libraries, and what is
meant to.

Each has the status it must end with and words its reason must hold; those that are read also the
codes of findings they must draw, and with `only` no others.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from jixiao_xlsx.values.season import FileStatus

SAMPLES = Path(__file__).parents[2] / "samples" / "inbox"
BASE = SAMPLES / "青禾县信访局.xlsx"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
READ, BROKEN, FOREIGN = FileStatus.SUBMITTED, FileStatus.UNREADABLE, FileStatus.UNRECOGNISED

Parts = dict[str, bytes]


@dataclass(frozen=True)
class Case:
    """A file and what must become of it. `make` gives its bytes."""

    file: str
    make: Callable[[], bytes]
    status: FileStatus
    words: str = ""
    codes: tuple[str, ...] = ()
    only: bool = False

    def __str__(self) -> str:
        return repr(self.file)


# ---------------------------------------------------------------------------------------- workbooks


@lru_cache(maxsize=1)
def base() -> bytes:
    """A clean workbook of the samples."""
    return BASE.read_bytes()


def unzipped(data: bytes | None = None) -> Parts:
    with zipfile.ZipFile(io.BytesIO(base() if data is None else data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 3, 5, 0, 0, 0)), data, method, 1)
    return stream.getvalue()


def part_of(parts: Mapping[str, bytes], sheet: str) -> str:
    """The part of a worksheet by its title."""
    entry = re.search(
        rb'<sheet name="' + sheet.encode() + rb'"[^>]*r:id="(\w+)"', parts["xl/workbook.xml"]
    )
    assert entry, sheet
    links = parts["xl/_rels/workbook.xml.rels"]
    target = re.search(rb'<Relationship Id="' + entry[1] + rb'"[^>]*Target="([^"]+)"', links)
    assert target
    return "xl/" + target[1].decode()


def edited(sheet: str, change: Callable[[str], str]) -> bytes:
    """The base with the XML of one worksheet changed."""
    parts = unzipped()
    name = part_of(parts, sheet)
    before = parts[name].decode()
    after = change(before)
    assert after != before, "nothing changed"
    parts[name] = after.encode()
    return rezipped(parts)


def typed(sheet: str, ref: str, inner: str, kind: str = "") -> bytes:
    """The base with one cell typed over: `inner` is what stands between its tags, `kind` its
    type.
    """

    def change(xml: str) -> str:
        pattern = re.compile(rf'<c r="{ref}"( s="\d+")?[^>/]*(?:/>|>.*?</c>)', re.DOTALL)
        mark = f' t="{kind}"' if kind else ""
        return pattern.sub(
            lambda match: f'<c r="{ref}"{match[1] or ""}{mark}>{inner}</c>', xml, count=1
        )

    return edited(sheet, change)


def text(sheet: str, ref: str, words: str) -> bytes:
    return typed(sheet, ref, f"<is><t>{words}</t></is>", "inlineStr")


def tiny(
    rows: str,
    *,
    before: str = "",
    after: str = "",
    head: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> bytes:
    """The base with one data sheet replaced by these rows."""
    parts = unzipped()
    xml = (
        f'{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    )
    parts[part_of(parts, "年度计划")] = xml.encode()
    return rezipped(parts)


# ---------------------------------------------------------------------------------- what is no book


def other_files() -> Iterator[Case]:
    yield Case("空.xlsx", lambda: b"", BROKEN, "空的")
    yield Case("零.xls", lambda: bytes(4096), BROKEN, "空的")
    yield Case("逗号.xlsx", lambda: "部门,金额\n甲,1\n".encode(), BROKEN, "文本文件")
    yield Case(
        "网页.xls", lambda: b"<html><table><tr><td>1</td></tr></table></html>", BROKEN, "网页"
    )
    yield Case("网页.xlsx", lambda: b"<!DOCTYPE html><html></html>", BROKEN, "网页")
    yield Case(
        "单一文件网页.xls",
        lambda: b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n",
        BROKEN,
        "网页",
    )
    yield Case("~$自评表.xlsx", lambda: b"\x06user" + bytes(160), FOREIGN, "锁文件")
    yield Case(
        "文档.xlsx",
        lambda: rezipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
        BROKEN,
        "Word",
    )
    yield Case("图片.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(99), BROKEN, "图片")
    yield Case("扫描件.xls", lambda: b"%PDF-1.4\n", BROKEN, "PDF")
    yield Case(
        "表格2003.xls",
        lambda: (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
        ),
        BROKEN,
        "一张工作表也没有",
    )
    yield Case("压缩.xlsx", lambda: b"Rar!\x1a\x07\x00" + bytes(99), BROKEN, "压缩包已损坏")
    yield Case("压缩.7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(99), BROKEN, "压缩包已损坏")
    yield Case("别的.xlsx", other_workbook, FOREIGN, "不是“")
    yield Case(
        "没有工作簿.xlsx",
        lambda: rezipped({"[Content_Types].xml": b"<x/>", "_rels/.rels": b"<x/>"}),
        BROKEN,
        "没有工作表",
    )
    yield Case("嵌套.zip", quine, FOREIGN, "套了")
    yield Case("空压缩包.zip", lambda: rezipped({}), FOREIGN, "没有文件")


def other_workbook() -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet("值班表").write(0, 0, "张三")
    return stream.getvalue()


def quine() -> bytes:
    packed = rezipped({"a.xlsx": b"x"})
    for _ in range(6):
        packed = rezipped({"a.zip": packed})
    return packed


# --------------------------------------------------------------------------------- broken workbooks


def broken_files() -> Iterator[Case]:
    yield Case("半截.xlsx", lambda: base()[: len(base()) // 2], BROKEN, "损坏")
    yield Case("校验不对.xlsx", bad_sum, BROKEN, "损坏")
    yield Case(
        "坏XML.xlsx",
        lambda: edited("年度计划", lambda xml: xml.replace("</row>", "</rwo>", 1)),
        BROKEN,
        "损坏",
    )
    yield Case(
        "坏关系.xlsx",
        lambda: rezipped(unzipped() | {"xl/_rels/workbook.xml.rels": b"<x"}),
        BROKEN,
        "损坏",
    )
    yield Case("缺部件.xlsx", without_part, BROKEN, "损坏")
    yield Case("编号重复.xlsx", other_link, BROKEN, "编号有重复")
    yield Case("两个编号.xlsx", two_ids, BROKEN, "两个编号")
    for tag in ("extLst", "pageMargins"):
        yield Case(f"{tag}后的格.xlsx", partial(cells_behind, tag), BROKEN, "排在别的内容后面")
    yield Case("同名部件.xlsx", twice, BROKEN, "同名部件")
    yield Case(
        "地址不对.xlsx", lambda: tiny('<row r="1"><c r="什么1"><v>1</v></c></row>'), BROKEN, "损坏"
    )
    yield Case(
        "行号不对.xlsx", lambda: tiny('<row r="-5"><c r="A1"><v>1</v></c></row>'), BROKEN, "损坏"
    )


def other_link() -> bytes:
    """A second link of the same Id, as one library takes it and another does not."""
    parts = unzipped()
    links = "xl/_rels/workbook.xml.rels"
    second = b'<Relationship Id="rId3" Type="x" Target="xl/far.xml" TargetMode="External"/>'
    whole = parts[links].replace(b"</Relationships>", second + b"</Relationships>")
    return rezipped(parts | {links: whole})


def two_ids() -> bytes:
    parts = unzipped()
    book = "xl/workbook.xml"
    first = b'<sheet xmlns:q="urn:q" q:id="rId5" '
    return rezipped(parts | {book: parts[book].replace(b"<sheet ", first, 1)})


def cells_behind(tag: str) -> bytes:
    far = f'<{tag}/><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return edited("核实说明", lambda xml: xml.replace("</sheetData>", far, 1))


def bad_sum() -> bytes:
    data = bytearray(base())
    with zipfile.ZipFile(io.BytesIO(base())) as archive:
        entry = archive.getinfo(part_of(unzipped(), "收支总表"))
    data[entry.header_offset + 30 + len(entry.filename.encode()) + 40] ^= 0xFF
    return bytes(data)


def without_part() -> bytes:
    parts = unzipped()
    del parts[part_of(parts, "三公经费")]
    return rezipped(parts)


def twice() -> bytes:
    parts = unzipped()
    name = part_of(parts, "三公经费")
    decoy = name.replace("sheet", "xheet")
    return rezipped(parts | {decoy: b"<x/>"}).replace(decoy.encode(), name.encode())


# -------------------------------------------------------------------------------------------- bombs


def bombs() -> Iterator[Case]:
    row = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'
    yield Case("放大十亿倍.xlsx", laughs, BROKEN, "DOCTYPE")
    yield Case("外部实体.xlsx", entity, BROKEN, "DOCTYPE")
    yield Case("共享字符串实体.xlsx", shared_entity, BROKEN, "DOCTYPE")
    yield Case(
        "三百兆行.xlsx", lambda: stuffed(b"<row><c><v>1</v></c></row>", 300), BROKEN, "解压后"
    )
    yield Case("四亿空格.xlsx", lambda: stuffed(b" " * 64, 400), BROKEN, "解压后")
    yield Case("三百兆字.xlsx", lambda: stuffed(b"x" * 64, 300), BROKEN, "解压后")
    yield Case("谎报大小.xlsx", liar, BROKEN, "损坏")
    yield Case(
        "八百万空格.xlsx",
        lambda: tiny('<row r="1">' + "<c/>" * 100 + "</row>" + "<row/>" * 8_100_000),
        BROKEN,
        "过多",
    )
    yield Case("重叠压缩.zip", overlapping, BROKEN, "上限")
    yield Case(
        "五千个部件.xlsx",
        lambda: rezipped(unzipped() | {f"xl/media/{n}.bin": b"" for n in range(5000)}),
        BROKEN,
        "部件",
    )
    yield Case(
        "角落一格.xlsx",
        lambda: tiny('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        BROKEN,
        "XFD1048576",
    )
    yield Case(
        "底部一格.xlsx",
        lambda: tiny('<row r="1048576"><c r="J1048576"><v>1</v></c></row>'),
        BROKEN,
        "J1048576",
    )
    yield Case(
        "底左一格.xlsx",
        lambda: tiny('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
        BROKEN,
        "A1048576",
    )
    yield Case("一万六千列.xlsx", wide, BROKEN, "有内容")
    yield Case(
        "一万六千列空格式.xlsx",
        lambda: tiny('<row r="1">' + '<c s="1"/>' * 16384 + "</row>" + row.format(2)),
        READ,
        codes=("STR102",),
    )
    yield Case("两百张大表.xlsx", many_wide, BROKEN, "合计过大")
    yield Case(
        "不读的表角落一格.xlsx",
        lambda: unread('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        READ,
        codes=("BAL101",),
    )
    yield Case(
        "不读的表百万格.xlsx",
        lambda: unread("<row>" + "<c/>" * 1_000_000 + "</row>"),
        READ,
        codes=("BAL101",),
    )
    yield Case(
        "不读的表六十兆.xlsx",
        lambda: unread("<row><c/></row>" * 4_000_000, "xl/far/sheet.xml"),
        READ,
        codes=("BAL101",),
    )
    yield Case("不读的部件实体.xlsx", unread_entities, READ, codes=("BAL101",))
    yield Case(
        "不读的表写坏.xlsx",
        lambda: unread('<row r="1"><c r="?!"><v>1</v></c></row>'),
        READ,
        codes=("BAL101",),
    )
    yield Case(
        "九十兆样式.xlsx",
        lambda: swollen("xl/styles.xml", b"<xf/>", b"</cellXfs>"),
        BROKEN,
        "异常庞大",
    )
    yield Case(
        "九十兆清单.xlsx",
        lambda: swollen("xl/_rels/workbook.xml.rels", b"<x/>", b"</Relationships>"),
        BROKEN,
        "异常庞大",
    )
    yield Case(
        "二十兆样式.xlsx",
        lambda: swollen("xl/styles.xml", b"<xf/>", b"</cellXfs>", 20),
        BROKEN,
        "异常庞大",
    )
    yield Case(
        "五十兆字符串.xlsx",
        lambda: swollen("xl/sharedStrings.xml", b"<si><t/></si>", b"</sst>", 50),
        READ,
    )
    yield Case(
        "范围谎报.xlsx",
        lambda: edited(
            "年度计划",
            lambda xml: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', xml),
        ),
        READ,
    )
    yield Case("二十万空行.xlsx", blank_rows, READ)
    yield Case("深套标签.xlsx", lambda: tiny("<row>" * 200_000), BROKEN, "损坏")
    yield Case("长属性.xlsx", lambda: tiny(f'<row r="1" x="{"y" * 30_000_000}"/>'), BROKEN, "损坏")
    yield Case(
        "角落一格.ods",
        lambda: ods(
            '<table:table-row table:number-rows-repeated="1048575"><table:table-cell/>'
            "</table:table-row>"
            '<table:table-row><table:table-cell table:number-columns-repeated="16383"/>'
            '<table:table-cell office:value-type="float" office:value="1"/>'
            "</table:table-row>"
        ),
        BROKEN,
        "XFD1048576",
    )
    yield Case(
        "重复亿格.ods",
        lambda: ods(
            '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
            'office:value-type="float" '
            'office:value="1" table:number-columns-repeated="16384"/></table:table-row>'
        ),
        BROKEN,
        "远在表格之外",
    )
    yield Case(
        "加密.ods", lambda: ods("", manifest=b"<manifest:encryption-data/>"), BROKEN, "另存为 .xlsx"
    )
    yield Case(
        "实体.ods", lambda: ods("", head='<!DOCTYPE x [<!ENTITY a "b">]>'), BROKEN, "DOCTYPE"
    )
    yield Case(
        "角落一格.xls",
        lambda: xls(b"\x03\x02\x0e\x00" + b"\xff\xff\xff\x00\x00\x00" + bytes(8)),
        BROKEN,
        "IV65536",
    )
    yield Case("加密.xls", lambda: xls(b"", b"\x2f\x00\x06\x00" + bytes(6)), BROKEN, "加密")
    yield Case("加密.xlsx", lambda: locked(base(), "对的密码"), BROKEN, "加密")
    yield Case("空壳.xls", lambda: xls(b""), FOREIGN, "不是“")


def laughs() -> bytes:
    return tiny('<row r="1"><c r="A1" t="str"><v>&l9;</v></c></row>', head=doctype())


def doctype() -> str:
    """A declaration of entities that multiply, and of one that fetches a file."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY l0 "lol">{levels}]>'


def entity() -> bytes:
    return tiny(
        '<row r="1"><c r="A1" t="str"><v>&x;</v></c></row>',
        head='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    )


def shared_entity() -> bytes:
    parts = unzipped()
    strings = parts["xl/sharedStrings.xml"].decode()
    declared = strings.replace(
        "<sst", '<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst', 1
    )
    parts["xl/sharedStrings.xml"] = declared.replace("<t>", "<t>&x;", 1).encode()
    return rezipped(parts)


def stuffed(filling: bytes, megabytes: int) -> bytes:
    """A worksheet that unpacks to so many MB."""
    parts = unzipped()
    name = part_of(parts, "年度计划")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for other, data in parts.items():
            if other != name:
                archive.writestr(other, data)
        with archive.open(name, "w") as part:
            part.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            block = filling * (2**20 // len(filling))
            for _ in range(megabytes):
                part.write(block)
            part.write(b"</sheetData></worksheet>")
    return stream.getvalue()


def liar() -> bytes:
    """A part that says it has 100 bytes and has 30 MB."""
    parts = unzipped()
    name = part_of(parts, "年度计划")
    parts[name] = (
        b'<worksheet xmlns="'
        + MAIN.encode()
        + b'"><sheetData>'
        + b" " * 30_000_000
        + b"</sheetData></worksheet>"
    )
    data = bytearray(rezipped(parts))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode())) + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(data)


def overlapping() -> bytes:
    """Two thousand members that all point at the same megabytes."""
    packed = rezipped({"0000.xlsx": bytes(4 * 2**20)})
    at = packed.index(b"PK\x01\x02")
    end = packed.index(b"PK\x05\x06")
    entries = b"".join(packed[at:end].replace(b"0000.xlsx", b"%04d.xlsx" % n) for n in range(2000))
    tail = bytearray(packed[end:])
    tail[8:12] = (2000).to_bytes(2, "little") * 2
    tail[12:16] = len(entries).to_bytes(4, "little")
    return packed[:at] + entries + bytes(tail)


def wide() -> bytes:
    return tiny(
        '<row r="1">' + "".join(f'<c t="n"><v>{n}</v></c>' for n in range(16384)) + "</row>"
    )


def many_wide() -> bytes:
    """Two hundred worksheets, each with two cells a million apart."""
    parts = unzipped()
    name = part_of(parts, "年度计划")
    xml = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row '
        'r="2000"><c r="RN2000"><v>1</v></c></row></sheetData></worksheet>'
    )
    book, links = parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"]
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    for number in range(200):
        parts[f"xl/worksheets/far{number}.xml"] = xml.encode()
        book = book.replace(
            b"</sheets>",
            f'<sheet name="远{number}" sheetId="{900 + number}" r:id="far{number}"/>'
            "</sheets>".encode(),
        )
        links = links.replace(
            b"</Relationships>",
            b'<Relationship Id="far%d" Type="%s" Target="worksheets/far%d.xml"/></Relationships>'
            % (number, kind, number),
        )
    assert name
    return rezipped(parts | {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": links})


def unread(rows: str, part: str = "") -> bytes:
    """A workbook that goes back, with rows in a sheet that nobody reads (its part moved to
    `part`).
    """
    parts = unzipped()
    funds, name = part_of(parts, "收支总表"), part_of(parts, "自检")
    parts[funds] = with_figures(parts[funds].decode(), {"D5": "1495210.09"}).encode()
    del parts[name]
    if part:
        for place in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
            parts[place] = parts[place].replace(
                name.removeprefix("xl/").encode(), part.removeprefix("xl/").encode()
            )
    return rezipped(
        parts
        | {
            part
            or name: f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
        }
    )


def unread_entities() -> bytes:
    """Entities in parts that only the copy's library opens: a sheet that is not read, and the
    properties.
    """
    parts = unzipped(unread('<row r="1"><c r="A1" t="str"><v>&l9;</v></c></row>'))
    for name, within in (
        (part_of(parts, "自检"), "<worksheet"),
        ("docProps/core.xml", "<cp:coreProperties"),
    ):
        xml = parts[name].decode().replace(within, f"{doctype()}{within}", 1)
        parts[name] = xml.replace(
            "</cp:coreProperties>", "<dc:title>&x;&l9;</dc:title></cp:coreProperties>"
        ).encode()
    return rezipped(parts)


def swollen(part: str, tag: bytes, before: bytes, megabytes: int = 90) -> bytes:
    """The base with a part blown up by one tag."""
    parts = unzipped()
    head, tail = parts[part].rsplit(before, 1)
    return rezipped(parts | {part: head + tag * (megabytes * 2**20 // len(tag)) + before + tail})


def blank_rows() -> bytes:
    rows = "".join(
        f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>'
        for n in range(200, 200_200)
    )
    return edited("年度计划", lambda xml: xml.replace("</sheetData>", rows + "</sheetData>"))


def ods(rows: str, *, head: str = "", manifest: bytes = b"<x/>") -> bytes:
    names = ("office", "table", "text", "calcext")
    spaces = " ".join(f'xmlns:{name}="urn:{name}"' for name in names)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<office:document-content {spaces}>'
        "<office:body><office:spreadsheet>"
        f'<table:table table:name="年度计划">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    return rezipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest,
            "content.xml": content.encode(),
        }
    )


def locked(data: bytes, password: str) -> bytes:
    """The workbook encrypted as Excel does it."""
    from msoffcrypto.format.ooxml import OOXMLFile

    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, stream)
    return stream.getvalue()


def xls(records: bytes, first: bytes = b"") -> bytes:
    """A workbook of Excel 97 with one worksheet of these records, in a compound file of its own;
    `first` stands before the list of sheets.
    """
    from ole import compound

    bof = b"\x09\x08\x10\x00\x00\x06%c\x00" + bytes(12)
    name = "表".encode("utf-16-le")
    globals_ = bof % 5 + first
    sheet = b"\x85\x00" + (8 + len(name)).to_bytes(2, "little")
    start = len(globals_) + len(sheet) + 8 + len(name) + 4
    globals_ += (
        sheet + start.to_bytes(4, "little") + b"\x00\x00\x01\x01" + name + b"\x0a\x00\x00\x00"
    )
    stream = globals_ + bof % 0x10 + records + b"\x0a\x00\x00\x00"
    return compound({"Workbook": stream.ljust(4096, b"\0")})


# ----------------------------------------------------------------------------------- legal oddities


def odd_but_legal() -> Iterator[Case]:
    yield Case(
        "宏.xlsm",
        lambda: rezipped(unzipped() | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(999)}),
        READ,
    )
    yield Case("外部链接.xlsx", external, READ)
    yield Case("其实是新版.xls", base, READ)
    yield Case("其实是新版.ods", base, READ)
    yield Case("其实是旧版.xlsx", lambda: xls(b""), FOREIGN, "不是“")
    yield Case(
        "其实是网页.et", lambda: b"<html><body><table></table></body></html>", BROKEN, "网页"
    )
    yield Case("其实是新版.et", base, READ)
    yield Case("没有后缀", base, READ)
    yield Case("严格格式.xlsx", strict, READ)
    yield Case("带前缀.xlsx", prefixed, READ)
    yield Case("没有地址.xlsx", lambda: edited("收支总表", lambda xml: addressless(xml)), READ)
    yield Case("二进制.xlsb", binary, READ, "不含公式信息")


def external() -> bytes:
    parts = unzipped()
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    links = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = links.replace(
        b"</Relationships>",
        b'<Relationship Id="x1" Type="%s" Target="externalLinks/externalLink1.xml"/>'
        b"</Relationships>" % kind,
    )
    parts["xl/externalLinks/externalLink1.xml"] = (
        f'<externalLink xmlns="{MAIN}"><externalBook/></externalLink>'.encode()
    )
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relation'
        b'ships"><Relationship Id="r" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/extern'
        b'alLinkPath" '
        b'Target="http://192.0.2.1/steal.xlsx" TargetMode="External"/></Relationships>'
    )
    return rezipped(parts)


def strict() -> bytes:
    """The base in the namespaces of Strict OOXML."""
    parts = {}
    for name, data in unzipped().items():
        data = data.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        data = data.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        parts[name] = data
    return rezipped(parts)


def prefixed() -> bytes:
    """The base with every tag of its worksheets under a prefix, as some exporters write them."""
    parts = unzipped()
    for name in parts:
        if name.startswith("xl/worksheets/sheet"):
            xml = re.sub(r"<(/?)(?![?!/])([A-Za-z])", r"<\1x:\2", parts[name].decode())
            parts[name] = xml.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"').encode()
    return rezipped(parts)


def addressless(xml: str) -> str:
    """Rows whose cells have no `r=`, where that changes nothing: without a gap from A on."""

    def bare(match: re.Match[str]) -> str:
        letters = re.findall(r'<c r="([A-Z]+)\d+"', match[0])
        whole = letters == [chr(65 + n) for n in range(len(letters))]
        return re.sub(r'<c r="[A-Z]+\d+"', "<c", match[0]) if whole else match[0]

    return re.sub(r"<row .*?</row>", bare, xml, flags=re.DOTALL)


def binary() -> bytes:
    from xlsb import converted

    return converted(base())


# --------------------------------------------------------------------- what people do in a workbook


def peoples_faults() -> Iterator[Case]:
    """What happens in practice, on the clean base; the number after “e” is the row of the list of
    common faults.

    `only`: what is right and merely looks otherwise draws these 提示 at most, since the base draws
    nothing.
    """
    funds, table, rates = "收支总表", "绩效评价表", "预算执行率"
    for n, words in enumerate((" 1,495,210.08\u00a0", "1495210.08", "\u30001495210.08")):
        yield Case(
            f"e01文本数字{n}.xlsx",
            lambda t=words: text(funds, "D5", t),
            READ,
            codes=("AMT106",),
            only=True,
        )  # type: ignore[misc]
    yield Case(
        "e02全角.xlsx",
        lambda: text(funds, "D5", "１，４９５，２１０．０８"),
        READ,
        codes=("AMT106",),
        only=True,
    )
    yield Case(
        "e02全角百分数.xlsx",
        lambda: text(rates, "F4", "９９．７９％"),
        READ,
        codes=("AMT106", "STR109"),
        only=True,
    )
    yield Case(
        "e03双句点.xlsx", lambda: text(funds, "D5", "7.50."), READ, codes=("AMT106", "BAL101")
    )
    yield Case(
        "e03末尾句点.xlsx",
        lambda: text(funds, "D5", "1495210.08."),
        READ,
        codes=("AMT106",),
        only=True,
    )
    for n, words in enumerate(("149.521008万元", "149.521008万", "1495210.08元")):
        yield Case(
            f"e04带单位{n}.xlsx",
            lambda t=words: text(funds, "D5", t),
            READ,
            codes=("AMT106",),
            only=True,
        )  # type: ignore[misc]
    yield Case(
        "e05文本百分数.xlsx",
        lambda: text(table, "I12", "87.50%"),
        READ,
        codes=("AMT106",),
        only=True,
    )
    yield Case(
        "e05百分数作整数.xlsx", lambda: typed(rates, "F4", "<v>99.79</v>"), READ, codes=("RAT101",)
    )
    yield Case("e05业绩值作小数.xlsx", lambda: typed(table, "H12", "<v>0.875</v>"), READ, only=True)
    for n, words in enumerate(("/", "-", "—", "——", "*", "无", "不适用")):
        yield Case(f"e06不适用{n}.xlsx", lambda t=words: text(funds, "D6", t), READ, only=True)
    yield Case(
        "e06全角零.xlsx", lambda: text(funds, "D6", "０"), READ, codes=("AMT106",), only=True
    )
    yield Case("e06空格.xlsx", lambda: text(funds, "D6", "  "), READ, only=True)
    yield Case(
        "e07合并.xlsx",
        lambda: edited(funds, lambda xml: merged(xml, "D5:D6")),
        READ,
        codes=("AMT111",),
    )
    yield Case(
        "e07级别合并.xlsx",
        lambda: edited(table, lambda xml: merged(xml, "A4:A13")),
        READ,
        only=True,
    )
    yield Case(
        "e08插入三行.xlsx", lambda: edited(funds, lambda xml: moved(xml, down=3)), READ, only=True
    )
    yield Case(
        "e08插入一列.xlsx", lambda: edited(funds, lambda xml: moved(xml, right=1)), READ, only=True
    )
    yield Case(
        "e08删去一行.xlsx",
        lambda: edited(funds, lambda xml: without_row(xml, 26)),
        READ,
        codes=("STR102",),
    )
    yield Case("e09改名.xlsx", lambda: renamed("年度计划", "Sheet3"), READ, codes=("STR108",))
    yield Case("e09隐藏.xlsx", lambda: hidden("三公经费"), READ, codes=("STR106",))
    yield Case(
        "e09隐藏行.xlsx",
        lambda: edited(funds, lambda xml: xml.replace('<row r="5"', '<row r="5" hidden="1"')),
        READ,
        codes=("STR106",),
    )
    yield Case("e09换了次序.xlsx", reordered, READ, only=True)
    yield Case(
        "e09复制了一张.xlsx",
        lambda: copied("收支总表", "收支总表 (2)"),
        READ,
        codes=("STR104",),
        only=True,
    )
    yield Case("e10未计算.xlsx", lambda: typed(funds, "D5", "<f>1+1</f>"), READ, codes=("AMT109",))
    yield Case(
        "e10错误值.xlsx",
        lambda: typed(funds, "D5", "<f>1/0</f><v>#DIV/0!</v>", "e"),
        READ,
        codes=("AMT108",),
    )
    yield Case(
        "e10引用没了.xlsx", lambda: typed(funds, "D5", "<v>#REF!</v>", "e"), READ, codes=("AMT108",)
    )
    yield Case(
        "e10引用别的文件.xlsx",
        lambda: typed(funds, "D5", "<f>[1]表!$A$1</f><v>1495210.08</v>"),
        READ,
        only=True,
    )
    yield Case(
        "e11合计手填.xlsx",
        lambda: typed(funds, "D13", "<v>1495210.08</v>"),
        READ,
        codes=("STR109",),
        only=True,
    )
    yield Case("e11合计为零.xlsx", lambda: typed(funds, "D13", "<v>0</v>"), READ, codes=("STR109",))
    yield Case(
        "e12万元表填了元.xlsx", lambda: edited("资金预算执行表", in_yuan), READ, codes=("REC105",)
    )
    yield Case(
        "e13日期.xlsx",
        lambda: typed(funds, "D5", "<v>2023-12-01T00:00:00</v>", "d"),
        READ,
        codes=("AMT107",),
    )
    yield Case("e13年月.xlsx", lambda: typed("基本信息", "B17", "<v>2023.12</v>"), READ)
    for n, words in enumerate(
        ("&gt;=100%", "≧100%", "＞＝ 100%", "大于等于100%", "100%以上", "100%左右")
    ):
        yield Case(f"e14目标{n}.xlsx", lambda t=words: text(table, "G14", t), READ, only=True)
    yield Case("e14目标成段.xlsx", lambda: text(table, "G14", "90-100%"), READ, only=True)
    for n, words in enumerate(("&lt;=100%", "＜＝100%", "小于等于100%", "不超过100%")):
        yield Case(f"e14控制目标{n}.xlsx", lambda t=words: text(table, "G12", t), READ, only=True)
    yield Case("e15定性填百分数.xlsx", lambda: text(table, "H8", "95%"), READ, codes=("IND110",))
    yield Case(
        "e16行名换行.xlsx", lambda: text(funds, "A20", "其中：&#10;人员经费"), READ, only=True
    )
    yield Case(
        "e16引号.xlsx", lambda: text(table, "C6", "&quot;三公经费&quot;控制率"), READ, only=True
    )
    yield Case(
        "e16括号.xlsx", lambda: text("基本信息", "A11", "年末在职人数(编内)"), READ, only=True
    )
    yield Case(
        "e17提示没删.xlsx",
        lambda: text("报告正文", "B5", "（此处填写评价工作开展情况，100字以内）"),
        READ,
        codes=("NAR111",),
    )
    yield Case(
        "e17占位符.xlsx",
        lambda: text("报告正文", "B5", "XX局支出比上年增加（减少）XX万元。"),
        READ,
        codes=("NAR111",),
    )
    yield Case(
        "e18截尾.xlsx",
        lambda: edited("资金预算执行表", lambda xml: without_formulas(cut_off(xml))),
        READ,
        codes=("AMT101", "STR109"),
        only=True,
    )
    # a total that the sheet adds up itself is no rounded figure, so it proves no way of rounding
    yield Case(
        "e18截尾，合计是公式.xlsx", lambda: edited("资金预算执行表", cut_off), READ, only=True
    )
    yield Case("e19整本保护.xlsx", protected, READ)
    yield Case("e20文字.xlsx", lambda: text(funds, "D5", "完成"), READ, codes=("AMT107",))
    yield Case(
        "e00四百位数.xlsx",
        lambda: typed(funds, "D5", f"<v>{'9' * 400}</v>"),
        READ,
        codes=("AMT108",),
    )
    yield Case("e00无穷.xlsx", lambda: typed(funds, "D5", "<v>1E+400</v>"), READ, codes=("AMT108",))
    yield Case(
        "e00极小.xlsx", lambda: typed("基本信息", "B10", "<v>1E-308</v>"), READ, codes=("AMT107",)
    )
    yield Case("e00业绩极大.xlsx", lambda: text(table, "H12", "9" * 400), READ)
    yield Case(
        "e00公式文字.xlsx",
        lambda: text("基本信息", "B4", "=HYPERLINK(&quot;http://192.0.2.1&quot;)"),
        READ,
    )
    yield Case(
        "e00路径名.xlsx",
        lambda: text("基本信息", "B4", "../../../etc/passwd&#10;Bcc: x@example.com"),
        READ,
    )
    yield Case("e00控制符.xlsx", lambda: text("基本信息", "B4", "甲_x0000__x0007_局\u202e"), READ)


def moved(xml: str, *, down: int = 0, right: int = 0) -> str:
    """Every cell of a worksheet so many rows down, or columns (before Z) to the right, and what its
    own formulas refer to.
    """

    def ref(match: re.Match[str]) -> str:
        return f"{chr(ord(match[1]) + right)}{int(match[2]) + down}"

    def refs(match: re.Match[str]) -> str:
        return re.sub(r"\b([A-Y])(\d+)\b", ref, match[0])

    xml = re.sub(r'(?<=<c r=")([A-Y])(\d+)(?=")', ref, xml)
    xml = re.sub(r"(?<=<f>)[^<]*", refs, xml)
    xml = re.sub(r'(?<=<row r=")\d+', lambda match: str(int(match[0]) + down), xml)
    return re.sub(r"<mergeCells.*?</mergeCells>", "", xml)


def without_row(xml: str, number: int) -> str:
    return re.sub(rf'<row r="{number}".*?</row>', "", xml, count=1, flags=re.DOTALL)


def with_figures(xml: str, figures: Mapping[str, str]) -> str:
    """The cached figures of these cells replaced."""
    for ref, figure in figures.items():
        xml, found = re.subn(
            rf'(<c r="{ref}"[^>/]*>(?:<f>[^<]*</f>)?<v>)[^<]*', rf"\g<1>{figure}", xml, count=1
        )
        assert found, ref
    return xml


def in_yuan(xml: str) -> str:
    """A table in 万元, every figure typed in 元."""
    return re.sub(
        r"(?<=<v>)(\d+\.\d+)(?=</v>)", lambda match: f"{float(match[0]) * 10000:.0f}", xml
    )


def cut_off(xml: str) -> str:
    """The 万元 figures of 人员经费 cut off (1288289.96 元 → 128.82) where the base rounds them."""
    return with_figures(xml, {"F4": "95.31", "F24": "128.82"})


def without_formulas(xml: str) -> str:
    """Every result typed, as an accounting program exports its tables."""
    return re.sub(r"<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>", "", xml)


def reordered() -> bytes:
    """The worksheets listed backwards."""
    parts = unzipped()
    book = parts["xl/workbook.xml"]
    sheets = re.findall(rb"<sheet [^>]*/>", book)
    parts["xl/workbook.xml"] = book.replace(b"".join(sheets), b"".join(reversed(sheets)))
    return rezipped(parts)


def copied(sheet: str, name: str) -> bytes:
    """The base with one worksheet twice, as “移动或复制工作表” makes it."""
    parts = unzipped()
    entry = f'<sheet name="{name}" sheetId="900" r:id="again"/></sheets>'.encode()
    link = (
        '<Relationship Id="again" Type="http://schemas.openxmlformats.org/officeDocumen'
        't/2006/relationships/worksheet" Target="worksheets/again.xml"/>'
    )
    parts["xl/worksheets/again.xml"] = parts[part_of(parts, sheet)]
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</sheets>", entry)
    links = "xl/_rels/workbook.xml.rels"
    parts[links] = parts[links].replace(b"</Relationships>", f"{link}</Relationships>".encode())
    return rezipped(parts)


def protected() -> bytes:
    """Structure of the workbook locked with a password; the base's sheets are protected already."""
    parts = unzipped()
    lock = b'<workbookProtection workbookPassword="CC1A" lockStructure="1"/><bookViews>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<bookViews>", lock)
    return rezipped(parts)


def merged(xml: str, area: str) -> str:
    if "<mergeCells" in xml:
        return re.sub(
            r"<mergeCells[^>]*>",
            lambda match: match[0] + f'<mergeCell ref="{area}"/>',
            xml,
            count=1,
        )
    return xml.replace(
        "</sheetData>", f'</sheetData><mergeCells><mergeCell ref="{area}"/></mergeCells>'
    )


def renamed(sheet: str, name: str) -> bytes:
    parts = unzipped()
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        f'name="{sheet}"'.encode(), f'name="{name}"'.encode()
    )
    return rezipped(parts)


def hidden(sheet: str) -> bytes:
    parts = unzipped()
    book = parts["xl/workbook.xml"].decode()
    parts["xl/workbook.xml"] = book.replace(
        f'<sheet name="{sheet}"', f'<sheet name="{sheet}" state="hidden"'
    ).encode()
    return rezipped(parts)


# ------------------------------------------------------------------------------------------ mutants


def truncated(data: bytes, suffix: str) -> Iterator[tuple[str, bytes]]:
    for tenth in range(1, 10):
        yield f"截到{tenth}成{suffix}", data[: len(data) * tenth // 10]


def flipped(data: bytes, suffix: str) -> Iterator[tuple[str, bytes]]:
    for tenth in range(10):
        copy = bytearray(data)
        copy[min(len(copy) * tenth // 10 + 5, len(copy) - 1)] ^= 0x5A
        yield f"翻转{tenth}成{suffix}", bytes(copy)


def mutant(data: bytes, dice: random.Random) -> bytes:
    """The file with a few things wrong: bytes flipped, cut, repeated, zeroed or swapped."""
    copy = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 5, 40))):
        at, length = dice.randrange(len(copy)), dice.choice((1, 1, 4, 64, 1024))
        kind = dice.randrange(6)
        if kind == 0:
            copy[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            copy[at : at + length] = dice.randbytes(len(copy[at : at + length]))
        elif kind == 2:
            copy[at : at + length] = bytes(len(copy[at : at + length]))
        elif kind == 3 and len(copy) > 2 * length:
            del copy[at : at + length]
        elif kind == 4:
            copy[at:at] = copy[at : at + length]
        else:
            copy[at : at + 4] = b"\xff\xff\xff\x7f"[: len(copy[at : at + 4])]
    return bytes(copy) if dice.random() > 0.05 else bytes(copy[: dice.randrange(len(copy))])


def mutant_inside(data: bytes, dice: random.Random) -> bytes:
    """A zip whose parts were changed before packing: the container is whole, the inside is not."""
    parts = unzipped(data)
    name = dice.choice(sorted(parts))
    return rezipped(parts | {name: mutant(parts[name] or b"x", dice)})


def mutant_tags(data: bytes, dice: random.Random) -> bytes:
    """A zip with a part whose XML is whole and whose sense is not: elements gone, repeated or
    moved, odd values.
    """
    parts = unzipped(data)
    name = dice.choice(
        [name for name, part in sorted(parts.items()) if part.lstrip().startswith(b"<")]
    )
    pieces = re.split(r"(<[^>]+>)", parts[name].decode("utf-8", "replace"))
    for _ in range(dice.choice((1, 3, 10))):
        at = dice.randrange(len(pieces))
        values = re.findall(r'"[^"]*"', pieces[at])
        kind = dice.randrange(4)
        if values:
            pieces[at] = pieces[at].replace(dice.choice(values), f'"{dice.choice(_ODD)}"', 1)
        elif not pieces[at].startswith("<"):
            pieces[at] = dice.choice(_ODD)
        elif kind == 0:
            pieces[at] = re.sub(r"^<(\w[^>]*[^/])>$", r"<\1/><\1>", pieces[at])
        elif kind == 1 and pieces[at].endswith("/>"):
            pieces[at] = ""
        elif kind == 2 and pieces[at].endswith("/>"):
            pieces[at] *= dice.choice((2, 1000))
        else:
            other = dice.randrange(len(pieces))
            if not pieces[other].startswith("<"):
                pieces[at - 1 : at] = [pieces[other]]
    return rezipped(parts | {name: "".join(pieces).encode()})


_ODD = (
    "",
    "-1",
    "0",
    "1e308",
    "-1e-308",
    "NaN",
    "inf",
    "1E+400",
    "99999999999999999999",
    "A0",
    "XFD1048576",
    "A1:B",
    "ZZZZ9",
    "真",
    "e",
    "s",
    "b",
    "d",
    "str",
    "=1",
    "9" * 400,
    "２",
    "\u202e",
    "_xD800_",
    "&#10;",
    "veryHidden",
    "../../x.xml",
    "2023-02-30T00:00:00",
    "true",
)


def cases() -> tuple[Case, ...]:
    return (*other_files(), *broken_files(), *bombs(), *odd_but_legal(), *peoples_faults())
